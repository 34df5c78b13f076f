/* What the report and the rules of the diagnosis look at: one thread of one process at the moment that matters (the fault, the panic), with everything
 * that was read of it. Made by jit/triage, lives while the report is made. */
#pragma once

#include "engine/engine.h"
#include "jit/history.h"
#include "jit/panic.h"
#include "jit/registry.h"
#include "jit/report.h"

enum crash_access { CRASH_ACCESS_NONE, CRASH_ACCESS_READ, CRASH_ACCESS_WRITE, CRASH_ACCESS_EXECUTE };

struct crash {
	struct report *report; /* what is being made; texts go into its arena */
	struct eng_process *process;
	struct jit_registry *registry;
	struct eng_view view; /* registers, thread, memory as it was */
	uint32_t thread;
	target_tid tid;

	/* The signal that matters; signal 0: none (a panic that ended in exit). */
	struct target_siginfo siginfo;
	bool is_fault;                 /* raised by the CPU at the view's pc */
	const struct jit_panic *panic; /* the crash is this panic, or NULL */

	struct eng_backtrace backtrace; /* with symbols */

	/* The faulting instruction; insn.length 0 when its bytes cannot be had. */
	struct arch_insn insn;
	enum crash_access access;
	bool has_address;
	uint64_t address;                   /* of the faulting access */
	const struct arch_operand *operand; /* in insn; NULL: none (execute), or not told apart */
};

/* Index of the first frame that is not of std, core, alloc or the C library: where a reader looks. count when there is none. */
size_t crash_user_frame(const struct crash *c);
bool crash_is_library_frame(const struct eng_frame *frame);
/* The number that the report gives to the outermost function of physical frame `index`. */
size_t crash_frame_number(const struct crash *c, size_t index);
/* Name of what a physical frame runs: outermost function of its chain, the JIT function, else "code at 0x…" or "file+0x…"; empty where there is
 * no code. In the report's arena or the module. */
struct str crash_frame_name(const struct crash *c, const struct eng_frame *frame);
/* The function whose code the frame runs, inlined ones aside; NULL without debug info. */
const struct sym_function *crash_frame_function(const struct eng_frame *frame);
/* The JIT function of a frame (live, else the latest freed one with *ret_freed); NULL when nobody knows it. */
const struct jit_function *crash_jit_function(const struct crash *c, uint64_t pc, bool *ret_freed);
/* Run-time range of the function that pc is in, for decoding: native by symbols, JIT by registry; false when unknown. */
bool crash_function_range(const struct crash *c, uint64_t pc, uint64_t *ret_start, uint64_t *ret_end);
/* Code bytes at addr as they were: of the process, or the last copy that history has when they are gone. */
size_t crash_code(const struct crash *c, uint64_t addr, uint8_t *buf, size_t size, bool *ret_from_history);
/* "function+0x12" or "JIT name+0x12" for code and data symbols; false when addr is in none. */
bool crash_symbolise(const struct crash *c, uint64_t addr, struct buf *out);
/* "main.rs:12" form of a chain entry's line; empty without one. */
struct str crash_line_text(struct arena *arena, const struct sym_line *line);

/* Fills in insn, access, address, operand. */
void crash_read_fault(struct crash *c);
/* report->fault, ->where, ->instructions, ->registers, ->backtrace. */
void crash_describe_fault(const struct crash *c);
void crash_list_instructions(const struct crash *c);
void crash_describe_registers(const struct crash *c);
void crash_fill_backtrace(const struct crash *c, const struct eng_view *view,
			  const struct eng_backtrace *bt, struct report_backtrace *ret);

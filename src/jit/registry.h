/* What is known of code made at run time, per process: functions with names, ranges and signatures from whatever source tells of them
 * (Cranelift's own structures, a perf map), and the executable memory that nobody named. What was freed
 * keeps its record (the latest 65,536), its last bytes and the backtrace of who freed it (jit/history.h). */
#pragma once

#include "engine/engine.h"

enum jit_source {
	JIT_SOURCE_MAPPING, /* only the memory map: no name */
	JIT_SOURCE_PERF_MAP,
	JIT_SOURCE_CRANELIFT, /* cranelift-jit's structures, through the program's DWARF */
};

/* One parameter or result of a declared signature, as Cranelift has it. */
struct jit_abi_param {
	uint8_t bytes; /* size of the value type: i8 1 … i128 16, f32 4, f64 8 */
	bool is_float, is_vector;
	char type[12]; /* "i64", "f32x4" */
	enum jit_purpose {
		JIT_PURPOSE_NORMAL,
		JIT_PURPOSE_STRUCT_ARGUMENT,
		JIT_PURPOSE_STRUCT_RETURN,
		JIT_PURPOSE_VMCONTEXT,
		JIT_PURPOSE_OTHER
	} purpose;
	enum jit_extension { JIT_EXTENSION_NONE, JIT_EXTENSION_UEXT, JIT_EXTENSION_SEXT } extension;
};

enum jit_call_conv {
	JIT_CC_UNKNOWN,
	JIT_CC_FAST,
	JIT_CC_COLD,
	JIT_CC_TAIL,
	JIT_CC_SYSTEM_V,
	JIT_CC_WINDOWS_FASTCALL,
	JIT_CC_APPLE_AARCH64,
	JIT_CC_PROBESTACK,
	JIT_CC_WINCH,
	JIT_CC_PRESERVE_ALL
};

struct jit_signature {
	bool known;
	enum jit_call_conv conv;
	char conv_name[24]; /* the enumerator's name, also of one oxdb does not know */
	size_t param_count, return_count;
	struct jit_abi_param *params, *returns; /* live as long as the process's registry */
};

/* A relocation that makes a call (or takes an address): where it stands and what it means. */
struct jit_reloc {
	uint32_t offset; /* in the function's code */
	enum jit_reloc_kind {
		JIT_RELOC_ABS8,
		JIT_RELOC_PCREL4,
		JIT_RELOC_CALL_PCREL4,
		JIT_RELOC_OTHER
	} kind;
	bool is_function; /* names a declared function (namespace 0) */
	uint32_t index;   /* FuncId */
	struct str name;  /* declared name of the callee; empty when anonymous or not a function */
	uint64_t target; /* address as the finalized code has it (read from the code); 0 when not known */
	struct jit_signature signature; /* declared for the callee; .known false when not a function */
};

struct jit_trap {
	uint32_t offset;
	uint8_t code;  /* as jit-facts F: 251 stack overflow … 1-250 user; 0 unknown */
	char name[24]; /* "int_divz", "user7" */
};

struct jit_function {
	struct str name; /* empty when not known */
	uint64_t start, end;
	enum jit_source source;
	bool frame_pointer; /* Cranelift: rbp is set up always */
	struct jit_signature signature;
	size_t reloc_count, trap_count;
	struct jit_reloc *relocs;
	struct jit_trap *traps;
	uint64_t module; /* identifies the JITModule within the process (a serial number; never an address) */
	/* Life: history events by index (jit/history.h), SIZE_MAX when none. */
	size_t made, freed;
	const uint8_t *code; /* copy of the bytes when they became executable; NULL when none was taken */
	size_t code_size;
};

struct jit_registry; /* all processes of a session */

/* Sets itself as the session's code source. Call jit_registry_event for every engine event before using it. */
struct jit_registry *jit_registry_create(struct eng_session *s);
void jit_registry_destroy(struct jit_registry *r);
/* Plants and removes hooks as modules come, takes up CODE_MAPPED, forks and execs. Never fails the session: trouble is kept per process. */
void jit_registry_event(struct jit_registry *r, const struct eng_event *event);

/* Takes up what changed unseen (memory mapped or unmapped by raw system calls: history events SEEN and GONE; the perf map). For a report: the
 * process's threads are stopped. */
void jit_registry_refresh(struct jit_registry *r, struct eng_process *p);

/* The live function whose code holds addr, or NULL. Looks at the perf map (again when it grew) when no better source knows. */
const struct jit_function *jit_function_at(struct jit_registry *r, struct eng_process *p, uint64_t addr);
/* Freed functions whose range held addr, latest first; at most `limit`. */
size_t jit_freed_at(struct jit_registry *r, struct eng_process *p, uint64_t addr,
		    const struct jit_function **ret, size_t limit);
/* By declared name (suffix not matched), live or freed. */
const struct jit_function *jit_function_by_name(struct jit_registry *r, struct eng_process *p,
						struct str name);
/* All of cranelift-jit's, in the order in which they were finalized. Those of a perf map (there may be very many) are found by address and name only. */
size_t jit_functions(struct jit_registry *r, struct eng_process *p, const struct jit_function *const **ret);
/* Executable memory without a file at addr now; false when it is none. */
bool jit_code_mapping_at(struct jit_registry *r, struct eng_process *p, uint64_t addr,
			 struct target_mapping *ret);

/* What could not be had and why ("cranelift-jit's structures: JITModule has no field `declarations`"), each once. */
size_t jit_troubles(struct jit_registry *r, struct eng_process *p, const struct error *const **ret);

/* `fn(i64, i64, i64) -> i64 system_v`, as CLIF writes it. */
struct str jit_signature_text(const struct jit_signature *signature, struct arena *arena);
/* What Cranelift's own conventions pass where: flattened to arch's places for SystemV and Fast; false for others. */
bool jit_signature_call(const struct jit_signature *signature, const struct arch *arch,
			struct arch_call *ret);

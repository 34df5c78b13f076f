/* What triage found, as plain data: made by jit/triage and the rules of jit/diagnosis, rendered by ui/report. All memory lives in the report's arena.
 * Empty strings (len 0) mean "not known" throughout. */
#pragma once

#include "base/arena.h"
#include "base/str.h"

/* DETACHED: of a program that was there before, and runs on without us. */
enum report_outcome { REPORT_EXITED, REPORT_CRASHED, REPORT_TIMEOUT, REPORT_FAILED, REPORT_DETACHED };

enum report_frame_kind {
	REPORT_FRAME_NATIVE,
	REPORT_FRAME_JIT,
	REPORT_FRAME_UNKNOWN /* not code, or code of nobody */
};

struct report_argument {
	struct str name, type, value;
};

struct report_instruction {
	uint64_t address;
	size_t length;
	uint8_t bytes[15];
	struct str text; /* with symbols */
	bool marked;     /* the faulting one, or the call that has not returned */
	bool decodable;
};

struct report_frame {
	uint32_t number; /* from 0; inlined frames count as frames, as gdb does */
	enum report_frame_kind kind;
	uint64_t pc;
	struct str function; /* Rust path, JIT name, or symbol */
	uint64_t offset;     /* pc - start of the function */
	struct str file;
	uint32_t line, column;
	struct str module; /* path of the file, or empty for JIT */
	bool inlined;      /* into the next frame */
	const char *how;   /* unwind_how_name() of the physical frame */
	bool guess;
	bool library; /* std, core, alloc, libc start-up: folded in text */
	bool freed;   /* JIT code that was freed when the report was made */
	size_t argument_count;
	struct report_argument *arguments;
	struct str signature; /* JIT: the declared one; native: the prototype when the frame is at a boundary */
};

struct report_backtrace {
	int32_t pid;     /* of its process; 0: the report's */
	uint32_t thread; /* number in the process */
	int32_t tid;
	struct str thread_name;
	size_t count;
	struct report_frame *frames;
	size_t left_out, left_out_at; /* frames not listed in the middle */
	bool complete;                /* reached the program's (thread's) entry */
	struct str end;               /* why it ends there when not complete */
};

struct report_register {
	const char *name;
	uint64_t value;
	bool known;
	uint16_t bits;
	struct str meaning; /* "main+0x12", "stack, frame 3", "\"text…\"", "heap", "unmapped", "JIT parse_document+0x3c" */
};

/* The faulting access. */
struct report_fault {
	bool is_fault;   /* false: a signal from outside, an abort, a panic */
	struct str kind; /* "read", "write", "execute", "divide", "trap", "alignment", "non-canonical", "illegal-instruction", "abort",
	                        * "panic", "signal", "stack-overflow": part of the JSON schema */
	struct str description; /* one sentence in words */
	bool has_address;
	uint64_t address;           /* of the access */
	uint32_t size;              /* bytes of the access; 0 not known */
	struct str address_meaning; /* "unmapped, 18 bytes above zero" */
	struct str operand; /* "[rax + rcx*8]" and how its address came about: "rax = 0x12, rcx = 0" */
	bool first_of_several; /* the program's handler ran and the program died of it afterwards */
	struct str afterwards; /* what happened then: "its handler for SIGSEGV called abort()" */
};

enum report_verdict_kind {
	REPORT_NONE,
	REPORT_STRUCT_RETURN_MISMATCH,
	REPORT_CALLEE_SAVED_CLOBBERED,
	REPORT_FREED_CODE,
	REPORT_NULL_POINTER,
	REPORT_STACK_OVERFLOW,
	REPORT_RUST_PANIC,
	REPORT_JIT_TRAP,
	/* reserved: come with the boundary audit */
	REPORT_ARGUMENT_MISMATCH,
	REPORT_CONVENTION_MISMATCH,
	REPORT_STACK_MISALIGNED,
	REPORT_NOT_EXECUTABLE,
	REPORT_INVALID_VALUE,
};
const char *report_verdict_name(enum report_verdict_kind kind); /* "struct-return-mismatch" … */

enum report_confidence { REPORT_NO_CONFIDENCE, REPORT_LIKELY, REPORT_PROVEN };

struct report_evidence {
	struct str text; /* one sentence */
	bool observed;   /* read or seen in this process; false: inferred */
};

struct report_verdict {
	enum report_verdict_kind kind;
	enum report_confidence confidence;
	struct str summary; /* one or two sentences: the cause */
	struct str hint;    /* how to mend it */
	size_t guilty_count;
	struct str *guilty; /* function names */
	size_t evidence_count;
	struct report_evidence *evidence;
	size_t ruled_out_count;
	struct str *ruled_out; /* for none (and shown on demand otherwise): "freed code: …" */
};

struct report_panic {
	bool present;
	bool has_message;
	struct str message, file;
	uint32_t line, column;
	struct str thread_name;
	bool can_unwind;
};

struct report {
	struct arena arena;
	enum report_outcome outcome;
	struct str failure; /* FAILED: why */
	int32_t pid;
	uint32_t process; /* number in the session */
	bool is_descendant;
	struct str program, command_line;
	bool has_exit_code;
	int exit_code; /* of the reported process, EXITED or a panic's exit */
	int signal;    /* 0: none */
	struct str signal_name, signal_description;
	int signal_code;          /* si_code */
	struct str signal_sender; /* "pid 12 (kill), user 0" */
	struct report_fault fault;
	struct report_panic panic;
	uint32_t thread;
	int32_t tid;
	struct str thread_name;
	struct str where; /* one line: "parse_document+0x3c (JIT)" or "f at src/x.rs:3" */
	size_t instruction_count;
	struct report_instruction *instructions; /* around the faulting one (or the pc) */
	struct str instructions_note;            /* "bytes as they were before the code was freed" */
	struct report_backtrace backtrace;       /* of the guilty thread */
	size_t other_count;
	struct report_backtrace *others; /* TIMEOUT: the other threads (and processes) */
	size_t register_count;
	struct report_register *registers;
	struct report_verdict verdict;
	size_t note_count;
	struct str *notes; /* what the reader should know: missing debug info, code not recorded, further crashes */
};

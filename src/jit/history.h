/* The history of executable memory that belongs to no file: what was mapped, made executable, changed and freed, by whom, with a copy of the code
 * taken before it can go away. Kept from the moment when the first such memory appears (perf event, or hooks from the start where that
 * is refused). */
#pragma once

#include "engine/engine.h"

enum jit_history_kind {
	JIT_HISTORY_SEEN, /* found in the memory map though recording was on: made by a raw system call */
	JIT_HISTORY_EXECUTABLE, /* mprotect or mmap made it executable; call NULL: it was there when recording began */
	JIT_HISTORY_CHANGED, /* lost execute permission, or became writable again */
	JIT_HISTORY_FREED,   /* munmap, or free_memory of its module */
	JIT_HISTORY_GONE,    /* found missing: freed unseen */
};

enum { JIT_HISTORY_FRAMES = 32 };

struct jit_history_event {
	enum jit_history_kind kind;
	uint64_t start, end;
	uint32_t thread; /* eng_thread_number; 0 unknown */
	target_tid tid;
	const char *call; /* "munmap", "mprotect", "mmap", "JITModule::free_memory"; NULL: unseen */
	size_t pc_count;
	uint64_t pcs[JIT_HISTORY_FRAMES]; /* backtrace at the call: pcs[0] is exact, others are return addresses */
	uint64_t code_start;              /* the copy of the code (of the part that was executable) */
	size_t code_size;
	const uint8_t *code;
};

struct jit_history;
/* Events in the order in which they happened. */
size_t jit_history_events(const struct jit_history *h, const struct jit_history_event **ret);
/* Latest event whose range holds addr; NULL when none. */
const struct jit_history_event *jit_history_last(const struct jit_history *h, uint64_t addr);
/* The last copy taken of the code at addr: bytes from addr on; NULL when none. */
const uint8_t *jit_history_code(const struct jit_history *h, uint64_t addr, size_t *ret_size);
/* True when memory events may have been missed (no hooks could be planted, static program without libc's symbols). */
bool jit_history_incomplete(const struct jit_history *h, const char **ret_why);

struct jit_registry;
struct jit_history *jit_history_of(struct jit_registry *r, struct eng_process *p);

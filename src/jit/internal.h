/* What the files that keep the registry and the history share; nobody else includes it. */
#pragma once

#include "base/log.h"
#include "base/map.h"
#include "base/vec.h"
#include "jit/arguments.h"
#include "jit/cranelift_types.h"
#include "jit/history.h"
#include "jit/perf_map.h"
#include "jit/registry.h"
#include "jit/spans.h"

/* ---- memory that a process's records live in ---- */

/* Shared with the children that were forked off: what a record points at stays, its copy may change. */
struct jit_store {
	size_t references;
	struct arena arena;
};

/* ---- history.c ---- */

struct jit_range {
	uint64_t start, end;
};

enum { JIT_MAX_EVENTS = 1 << 16 }; /* when there are so many, the older half is dropped */

/* A call of the C library's that has not returned. A thread has one. */
struct jit_pending_call {
	target_tid tid;
	bool maps; /* mmap of executable memory: recorded at its return */
	/* munmap, mprotect or mmap that ends live code. That is recorded at the entry, for another thread
	 * may run into it before the call returns, and taken back when the kernel refuses. */
	bool ends;
	size_t first, last;          /* events: from first, before last */
	VEC(struct jit_range) taken; /* of live code */
};

struct jit_history {
	struct jit_process *owner;
	/* events, pages and wide may be those of other processes too, parents and children by fork: how many
	 * hold them. Who wants to change them makes a copy first (history.c, own_records). */
	size_t *holders;
	VEC(struct jit_history_event) events;
	struct map pages;           /* page number → index of the latest event there */
	VEC(uint32_t) wide;         /* events of so many pages that they are not in `pages` */
	VEC(struct jit_range) live; /* code memory, as far as is known; sorted, apart */
	size_t copied;              /* bytes of code kept */
	bool planted;               /* hooks on libc; what was there before has been looked for */
	VEC(struct jit_pending_call) pending;
	char *incomplete; /* why, or NULL */
};

void jit_history_init(struct jit_history *h, struct jit_process *owner);
void jit_history_deinit(struct jit_history *h);
void jit_history_copy(struct jit_history *to, struct jit_history *from);
/* Plants the hooks on libc unless they are there. */
void jit_history_plant(struct jit_history *h);
/* Executable memory appeared, as the kernel tells after the fact. */
void jit_history_appeared(struct jit_history *h, uint64_t start, uint64_t end);
/* Compares with the memory map: what came and went unseen. */
void jit_history_reconcile(struct jit_history *h);
/* Adds an event for a call that the thread is making: t may be NULL (nobody was seen), call too. Returns
 * its index, which holds until the next is added; SIZE_MAX for an empty range. `copy`: take the code's
 * bytes along. */
size_t jit_history_add(struct jit_history *h, enum jit_history_kind kind, uint64_t start, uint64_t end,
		       struct eng_thread *t, const char *call, bool copy);
/* The known executable range that holds addr; ret may be NULL. */
bool jit_history_live_at(const struct jit_history *h, uint64_t addr, struct jit_range *ret);

/* Room for a copy of `size` bytes in the store; NULL when no more are kept. */
uint8_t *jit_history_reserve(struct jit_history *h, size_t size);
/* Index of the latest event of addr's page that holds addr; SIZE_MAX when none. Quick. */
size_t jit_history_index_at(const struct jit_history *h, uint64_t addr);
/* Executable, and of no file on disk. */
bool jit_is_code_mapping(const struct target_mapping *m);

/* ---- perf_file.c ---- */

struct jit_perf_place {
	int pid;
	char path[96];
	int64_t start; /* when the process began, in seconds of the realtime clock; 0: not known */
};
struct jit_perf {
	VEC(struct jit_perf_entry) entries; /* names in the store */
	struct jit_spans spans;
	VEC(struct jit_function *) functions; /* those that were asked for, as records */
	struct map function_of;               /* entry → index in functions */
	struct jit_perf_lines lines;
	struct jit_perf_place place; /* pid 0 until it was looked for */
	uint64_t offset;             /* bytes of the file that were read */
	uint64_t device, inode;
	uint64_t looked; /* the registry's stop when it was last looked for */
	size_t looks;    /* how often that was */
	bool refused;
};

void jit_perf_deinit(struct jit_perf *perf);
/* Reads what is new in the process's perf map, once between two events of the engine: code that a hook's
 * backtrace meets meanwhile is named at the next. */
void jit_perf_refresh(struct jit_process *jp);
/* The entry that was written last for addr, as a record with that end; NULL when none. */
const struct jit_function *jit_perf_at(struct jit_process *jp, uint64_t addr, size_t freed);
const struct jit_function *jit_perf_by_name(struct jit_process *jp, struct str name);

/* ---- cranelift.c ---- */

/* A JITModule of the process: known again by the functions that it holds. */
struct jit_cl_module {
	uint64_t serial;
	struct map declarations; /* FuncId → struct jit_declaration * */
};

struct jit_declaration {
	struct str name;
	struct jit_signature signature;
};

/* A call of one of the hooked functions that has not returned. */
struct jit_cl_call {
	target_tid tid;
	uint64_t sp;      /* at entry */
	uint64_t module;  /* where the JITModule is during this call */
	uint64_t context; /* define_function: where its Context is */
	uint32_t id;      /* … and the FuncId */
	struct jit_module_info *info;
	bool listed;   /* finalize_definitions: ids are known */
	uint32_t *ids; /* on the heap */
	size_t id_count;
};

struct jit_traps {
	struct jit_trap *traps;
	size_t count;
};

struct jit_cranelift {
	VEC(struct jit_cl_module *) modules; /* on the heap */
	VEC(struct jit_cl_call) calls;
	struct map traps; /* address of code that is not finalized yet → struct jit_traps * */
};

void jit_cranelift_init(struct jit_cranelift *c);
void jit_cranelift_deinit(struct jit_cranelift *c);
void jit_cranelift_copy(struct jit_cranelift *to, struct jit_cranelift *from);

/* What is looked up in a file's symbols once, for all processes that map it. */
struct jit_module_info {
	struct sym_module *symbols;
	size_t finalize_count, define_count, free_count;
	struct file_addr finalize[4], define[4], free[4];
	bool layout_read;
	unsigned cranelift_minor;            /* of cranelift-jit 0.MINOR; 0 not known */
	struct jit_cranelift_layout *layout; /* NULL: cannot be had, see trouble */
	bool context_read;
	struct jit_context_layout *context; /* the same for Context, without which there are no traps */
	struct error *trouble, *context_trouble;
	size_t memory_count;
	struct jit_memory_symbol {
		struct file_addr addr;
		uint8_t call; /* enum jit_memory_call */
	} memory[8];
};
enum jit_memory_call { JIT_CALL_MMAP, JIT_CALL_MUNMAP, JIT_CALL_MPROTECT };

void jit_cranelift_find(struct jit_module_info *info);
void jit_cranelift_plant(struct jit_process *jp, struct jit_module_info *info, uint64_t bias);
/* The functions that make up and drop memory; from a C library, or from a program that is linked
 * statically. */
void jit_history_find(struct jit_module_info *info, bool is_main);

/* ---- registry.c ---- */

struct jit_mapped_module {
	uint64_t start, path_hash;
	uint64_t bias;
	bool is_main;
	struct jit_module_info *info; /* NULL: no symbols */
};

enum {
	JIT_MAX_FREED = 1 << 16
}; /* freed functions; when there are so many, the older half is dropped */

/* A function as it is kept, on the heap. */
struct jit_record {
	struct jit_function f; /* first: its address is the record's */
	uint32_t index;        /* in functions */
	uint32_t freed_index;  /* in freed, when it is */
	struct jit_details *details;
};

struct jit_process {
	struct jit_registry *registry;
	struct eng_process *process;
	struct jit_store *store;
	VEC(struct jit_store *) inherited;
	VEC(struct jit_function *) functions; /* records */
	VEC(struct jit_function *) freed;     /* those of them that were freed, in that order */
	struct jit_spans live_spans;          /* live ones: index in functions */
	struct jit_spans freed_spans;         /* index in freed */
	uint64_t module_serial;
	struct jit_history history;
	struct jit_perf perf;
	struct jit_cranelift cranelift;
	VEC(struct error *) troubles;
	VEC(struct jit_mapped_module) modules;
};

/* Counts the engine's events, and what a report asks to be looked at anew. */
uint64_t jit_registry_stop(const struct jit_registry *r);
/* What is known of the process, from now on when nothing was. */
struct jit_process *jit_process_get(struct jit_registry *r, struct eng_process *p);
static inline struct arena *jit_arena(struct jit_process *jp)
{
	return &jp->store->arena;
}
/* Takes err; kept once. NULL is fine. */
void jit_trouble(struct jit_process *jp, struct error *err);
/* A new record, indexed. Its relocations and traps are copied. It stays at its address until it is
 * dropped, which only happens to freed ones. */
struct jit_function *jit_function_add(struct jit_process *jp, const struct jit_function *f);
/* Live functions that begin in [start, end) get event `freed`. The same for one that is live. */
void jit_function_freed(struct jit_process *jp, struct jit_function *f, size_t freed);
void jit_functions_freed(struct jit_process *jp, uint64_t start, uint64_t end, size_t freed);
/* Functions that were freed by an event from `first`, before `last`, are live again, unless others are now
 * where they begin. */
void jit_functions_revive(struct jit_process *jp, size_t first, size_t last);
/* The events have other indexes now: renumber[old], UINT32_MAX where one was dropped; with the event of
 * its freeing goes a function's record. */
void jit_functions_renumber(struct jit_process *jp, const uint32_t *renumber, size_t count);
/* The live function of cranelift-jit that begins at addr; NULL when none. */
struct jit_function *jit_function_starting_at(struct jit_process *jp, uint64_t addr);

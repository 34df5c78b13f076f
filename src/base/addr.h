/* The two kinds of address, as types that do not mix: a file address is a link-time virtual address
 * inside one ELF or PE image; a run-time address is one inside a process, and names it. The way from
 * one to the other is a module's load bias (engine/module.h). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct file_addr {
	uint64_t value;
};

struct run_addr {
	uint64_t value;
	uint32_t process; /* the session's number of the process, from 1; 0 = no process (tests) */
};

#define FILE_ADDR(v) ((struct file_addr){ (v) })
#define RUN_ADDR(proc, v) ((struct run_addr){ (v), (proc) })

static inline struct run_addr run_addr_add(struct run_addr a, int64_t bytes)
{
	a.value += (uint64_t)bytes;
	return a;
}

static inline bool run_addr_eq(struct run_addr a, struct run_addr b)
{
	return a.value == b.value && a.process == b.process;
}

/* Half-open ranges [start, end). */
struct file_range {
	struct file_addr start, end;
};

struct run_range {
	struct run_addr start, end;
};

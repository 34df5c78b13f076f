/* Signals as gdb lists them (`info signals`): its order, its names for real-time ones, its defaults. Many do not exist on Linux. */
#pragma once

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct target_gdb_signal {
	const char *name, *description; /* "SIGSEGV", "SIG34"; "Segmentation fault", "Real-time event 34" */
	int number;                     /* Linux's; 0: Linux has none */
	bool stop, print, pass;         /* what `handle` says in the beginning */
};

size_t target_gdb_signals(const struct target_gdb_signal **ret); /* in gdb's order */
/* NULL: gdb calls it "?", "Unknown signal" (SIGSTKFLT). */
const struct target_gdb_signal *target_gdb_signal(int number);
const struct target_gdb_signal *target_gdb_signal_by_name(struct str name);

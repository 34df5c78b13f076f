#pragma once

#include "base/map.h"
#include "base/vec.h"
#include "target/target.h"
#include "ui/symbolize/symbolize.h"

struct symbolize_module {
	struct sym_module *symbols; /* NULL: it could not be opened, which has been told of */
	struct str path;
	size_t told; /* of its troubles */
};

struct symbolize_code { /* of a perf map */
	uint64_t start, end;
	uint64_t reach; /* the largest end up to this one */
	size_t line;    /* the later of two that overlap counts */
	struct str name;
};

struct symbolize_source {
	struct sym_options options;
	int pid; /* 0: a file, the only module */
	VEC(struct symbolize_module) modules;
	VEC(struct error *) troubles; /* of opening */
	size_t troubles_told;
	struct error *said; /* what symbolize_next_trouble gave last */
	struct arena arena;
	/* Of a process. */
	struct target_mappings mappings;
	struct map module_of; /* hash of a path → index + 1 of its module */
	bool perf_read;
	VEC(struct symbolize_code) code; /* sorted by start once read */
};

/* The module whose file is mapped at addr, and addr in it. NULL: none. */
struct symbolize_module *symbolize_find(struct symbolize_source *s, uint64_t addr, uint64_t *ret_file);
/* In the perf map; empty: not there. */
struct str symbolize_perf_name(struct symbolize_source *s, uint64_t addr);
struct error *symbolize_read_mappings(struct symbolize_source *s) ERROR_CHECK;
/* Errors become troubles. NULL then. */
struct symbolize_module *symbolize_add(struct symbolize_source *s, const char *path, struct str name);

#pragma once

#include "base/map.h"
#include "base/vec.h"
#include "jit/perf_map.h"
#include "jit/spans.h"
#include "target/target.h"
#include "ui/symbolize/symbolize.h"

struct symbolize_module {
	struct sym_module *symbols; /* NULL: it could not be opened, which has been told of */
	struct str path;
	size_t told; /* of its troubles */
};

struct symbolize_source {
	struct sym_options options;
	int pid; /* 0: a file, the only module */
	VEC(struct symbolize_module) modules;
	VEC(struct error *) troubles; /* of opening */
	size_t troubles_told;
	struct arena arena;
	/* Of a process. */
	struct target *target;
	struct target_mappings mappings;
	struct arena mappings_arena;
	bool may_look_again;     /* an address that is in no mapping is worth a look at them */
	struct strmap module_of; /* of a file: index of its module */
	bool perf_read;
	VEC(struct jit_perf_entry) code; /* of the perf map, names in the arena */
	struct jit_spans code_spans;     /* index in code */
};

/* The module whose file is mapped at addr, and addr in it. NULL: none. */
struct symbolize_module *symbolize_find(struct symbolize_source *s, uint64_t addr, uint64_t *ret_file);
/* In the perf map; empty: not there. */
struct str symbolize_perf_name(struct symbolize_source *s, uint64_t addr);
struct error *symbolize_read_mappings(struct symbolize_source *s) ERROR_CHECK;
/* What cannot be opened, or could not even be found (err, else NULL), becomes a trouble and a module without symbols. */
struct symbolize_module *symbolize_add(struct symbolize_source *s, const char *path, struct str name,
				       struct error *err);

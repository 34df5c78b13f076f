/* A JITModule in the program's memory, looked at during one stop. */
#pragma once

#include "jit/internal.h"

struct jit_cl_view {
	struct jit_process *jp;
	const struct jit_module_info *info;
	const struct jit_cranelift_layout *layout;
	uint8_t *bytes;                           /* the JITModule itself */
	uint64_t declarations, declaration_count; /* FunctionDeclarations: address, number */
	uint64_t blobs, blob_count;
	struct jit_cl_module *module; /* which one it is; NULL until asked for */
};

/* False (and a trouble) when what is at addr cannot be a JITModule. The layout has been read. */
bool jit_cl_open(struct jit_process *jp, const struct jit_module_info *info, uint64_t addr,
		 struct jit_cl_view *ret);
void jit_cl_close(struct jit_cl_view *view);

/* Ids of the functions that are defined and not finalized; on the heap. False when this version does not
 * list them. */
bool jit_cl_pending(struct jit_cl_view *view, uint32_t **ret, size_t *ret_count);
/* Adds the finalized functions to the registry; those that it has already are left alone. */
void jit_cl_take_functions(struct jit_cl_view *view, const uint32_t *ids, size_t count);
void jit_cl_take_all(struct jit_cl_view *view);
/* Keeps the traps of the function that was just compiled until it is finalized. */
void jit_cl_take_traps(struct jit_cl_view *view, uint32_t id, uint64_t context);
/* All functions of the module are freed by the call that t is making. */
void jit_cl_free_all(struct jit_cl_view *view, struct eng_thread *t);

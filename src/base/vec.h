/* A growable array on the heap: `VEC(struct x) list = {0}; vec_push(&list, x); vec_free(&list);`
 * data may move on push. Copying the struct copies no elements. */
#pragma once

#include "base/arena.h"

#include <stdlib.h>

#define VEC(type)                \
	struct {                 \
		type *data;      \
		size_t count;    \
		size_t capacity; \
	}

#define vec_push(v, ...)                                 \
	do {                                             \
		vec_reserve((v), (v)->count + 1);        \
		(v)->data[(v)->count++] = (__VA_ARGS__); \
	} while (0)

#define vec_reserve(v, wanted)                                                                      \
	do {                                                                                        \
		size_t want_ = (wanted);                                                            \
		if (want_ > (v)->capacity)                                                          \
			(v)->data = vec_grow_((v)->data, &(v)->capacity, want_, sizeof *(v)->data); \
	} while (0)

#define vec_free(v)                             \
	do {                                    \
		free((v)->data);                \
		(v)->data = NULL;               \
		(v)->count = (v)->capacity = 0; \
	} while (0)

#define vec_remove(v, index)                                                                               \
	do {                                                                                               \
		size_t at_ = (index);                                                                      \
		memmove(&(v)->data[at_], &(v)->data[at_ + 1], ((v)->count - at_ - 1) * sizeof *(v)->data); \
		(v)->count--;                                                                              \
	} while (0)

/* An empty one's data may be NULL, to which not even 0 may be added. */
#define vec_for(v, var) \
	for (__typeof__((v)->data) var = (v)->data; var && var < (v)->data + (v)->count; var++)

void *vec_grow_(void *data, size_t *capacity, size_t wanted, size_t element_size);

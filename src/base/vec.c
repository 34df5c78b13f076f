#include "base/vec.h"

enum { VEC_FIRST_BYTES = 128 };

void *vec_grow_(void *data, size_t *capacity, size_t wanted, size_t element_size)
{
	size_t grown = *capacity ? *capacity : VEC_FIRST_BYTES / element_size;
	if (__builtin_mul_overflow(grown, 2, &grown) || grown < wanted)
		grown = wanted;
	size_t bytes;
	if (__builtin_mul_overflow(grown, element_size, &bytes))
		bytes = SIZE_MAX; /* which xrealloc reports as out of memory */
	data = xrealloc(data, bytes);
	*capacity = grown;
	return data;
}

/* A file of visualisers: it is read, and each of its patterns is looked for in a set that holds it. */
#include "natvis/natvis.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT;
	struct nv_match m[NV_MAX_MATCHES];
	const struct nv_problem *problems;
	struct nv_file *f = nv_file_read(STR_LIT("fuzz"), data, size);
	size_t count = nv_file_problems(f, &problems);
	if (count < nv_file_errors(f) && count < NV_MAX_PROBLEMS)
		abort();
	for (size_t i = 0; i < count; i++)
		if (problems[i].message.len == 0 || str_contains(problems[i].message, STR_LIT("\n")))
			abort();
	struct nv_set *s = nv_set_create();
	nv_set_add(s, f);
	/* The text as a name, too: what a name is parsed into comes back the same. */
	struct str text = { (const char *)data, size < 4096 ? size : 4096 };
	struct nv_name *n = nv_name_parse(text, false, &arena, NULL);
	if (n) {
		struct buf first = { 0 }, second = { 0 };
		size_t found = nv_set_find(s, n, size & 1, &arena, m);
		if (found > NV_MAX_MATCHES)
			abort();
		nv_name_text(n, &first);
		nv_name_rust(n, &second);
		buf_deinit(&first);
		buf_deinit(&second);
	}
	nv_set_destroy(s);
	arena_deinit(&arena);
	return 0;
}

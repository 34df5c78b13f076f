/* Where files of symbols are looked for besides where the process has them: what a session's user set. */
#include "engine/internal.h"

#include <stdlib.h>
#include <unistd.h>

enum { MAX_DIRECTORIES = 256 };

static void free_list(const char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free((void *)(uintptr_t)list[i]);
	free(list);
}

/* "a:b" as a list that ends in NULL. */
static const char **split(const char *text)
{
	VEC(const char *) list = { 0 };
	while (text && *text && list.count < MAX_DIRECTORIES) {
		size_t length = strcspn(text, ":");
		if (length)
			vec_push(&list, str_dup((struct str){ text, length }));
		text += length + (text[length] == ':');
	}
	vec_push(&list, NULL);
	return list.data;
}

void eng_session_debug_directories(struct eng_session *s, const char *directories)
{
	free_list(s->debug_directories);
	s->debug_directories = split(directories);
	s->options.debug_directories = s->debug_directories;
	s->directories_set++;
}

void eng_session_library_paths(struct eng_session *s, const char *sysroot, const char *search)
{
	bool none = !sysroot || !*sysroot || strcmp(sysroot, "target:") == 0 || strcmp(sysroot, "/") == 0;
	free(s->sysroot);
	free_list(s->library_directories);
	s->sysroot = none ? NULL : xstrdup(sysroot);
	s->library_directories = split(search);
}

void eng_session_paths_deinit(struct eng_session *s)
{
	free(s->sysroot);
	free_list(s->debug_directories);
	free_list(s->library_directories);
}

static bool readable(struct str path)
{
	return access(path.ptr, R_OK) == 0;
}

bool eng_library_elsewhere(const struct eng_session *s, const char *path, bool there,
			   struct arena *arena, struct str *ret)
{
	const char *slash = strrchr(path, '/');
	if (s->sysroot) {
		*ret = arena_printf(arena, "%s%s%s", s->sysroot, *path == '/' ? "" : "/", path);
		if (readable(*ret))
			return true;
	}
	for (size_t i = 0; !there && s->library_directories && s->library_directories[i]; i++) {
		*ret = arena_printf(arena, "%s/%s", s->library_directories[i], slash ? slash + 1 : path);
		if (readable(*ret))
			return true;
	}
	return false;
}

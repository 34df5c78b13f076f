/* The standard library's sources: debug information calls them /rustc/HASH/library/…, HASH being the commit that the compiler was made
 * of. Toolchains say which one theirs is in files, so that no program has to be run. */
#include "base/file.h"
#include "ui/gdb/looking.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAX_TOOLCHAINS = 256, SHORT_HASH = 9 };

static char *format_path(const char *format, ...) ERROR_PRINTF(1, 2);
static char *format_path(const char *format, ...)
{
	struct buf text = { 0 };
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	return text.data;
}

static bool readable(const char *path)
{
	return access(path, R_OK) == 0;
}

/* The channel's manifest names the compiler that it came with: `version = "1.95.0 (59807616e 2026-04-14)"`. */
static bool manifest_names(const char *path, struct str hash)
{
	struct file_map map;
	struct error *err = file_open(path, &map);
	if (err) {
		error_destroy(err);
		return false;
	}
	struct buf wanted = { 0 };
	buf_printf(&wanted, "(%.*s ", STR_ARG(str_sub(hash, 0, SHORT_HASH)));
	bool found = str_contains((struct str){ (const char *)map.data, map.size }, buf_view(&wanted));
	buf_deinit(&wanted);
	file_close(&map);
	return found;
}

/* The rustup toolchain of this commit, of several one that has the sources; on the heap, or NULL. */
static char *rustup_toolchain(const char *toolchains, struct str hash, bool *ret_has_sources)
{
	DIR *dir = opendir(toolchains);
	char *found = NULL;
	*ret_has_sources = false;
	for (int i = 0; dir && i < MAX_TOOLCHAINS && !*ret_has_sources; i++) {
		const struct dirent *d = readdir(dir);
		if (!d)
			break;
		if (d->d_name[0] == '.')
			continue;
		char *manifest = format_path("%s/%s/lib/rustlib/multirust-channel-manifest.toml",
					     toolchains, d->d_name);
		char *library = format_path("%s/%s/lib/rustlib/src/rust/library", toolchains, d->d_name);
		bool has_sources = readable(library);
		if ((!found || has_sources) && manifest_names(manifest, hash)) {
			free(found);
			found = xstrdup(d->d_name);
			*ret_has_sources = has_sources;
		}
		free(library);
		free(manifest);
	}
	if (dir)
		closedir(dir);
	return found;
}

static char *rustup_toolchains_directory(void)
{
	const char *home = getenv("RUSTUP_HOME");
	if (home && *home)
		return format_path("%s/toolchains", home);
	home = getenv("HOME");
	return home && *home ? format_path("%s/.rustup/toolchains", home) : NULL;
}

/* Debian's compilers are made of a release; its version stands where the commit would. */
static bool is_version(struct str s)
{
	if (s.len == 0 || !isdigit((unsigned char)s.ptr[0]) || !str_contains(s, STR_LIT(".")))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!isalnum((unsigned char)s.ptr[i]) && !strchr(".-+~", s.ptr[i]))
			return false;
	return true;
}

static char *debian_source(struct str version, struct str rest, char **ret_advice)
{
	char *own = format_path("/usr/src/rustc-%.*s/%.*s", STR_ARG(version), STR_ARG(rest));
	if (readable(own))
		return own;
	free(own);
	char *common = format_path("/usr/lib/rustlib/src/rust/%.*s", STR_ARG(rest));
	if (readable(common))
		return common;
	free(common);
	*ret_advice = format_path("(The sources of the standard library are in Debian's package rust-src: "
				  "apt install rust-src)");
	return NULL;
}

static char *rustup_source(struct str hash, struct str rest, char **ret_advice)
{
	char *toolchains = rustup_toolchains_directory();
	bool has_sources = false;
	char *name = toolchains ? rustup_toolchain(toolchains, hash, &has_sources) : NULL;
	char *path = NULL;
	if (name && has_sources)
		path = format_path("%s/%s/lib/rustlib/src/rust/%.*s", toolchains, name, STR_ARG(rest));
	else if (name)
		*ret_advice = format_path("(The sources of the standard library are a component: rustup "
					  "component add rust-src --toolchain %s)",
					  name);
	else
		*ret_advice =
			format_path("(The sources of the standard library are the component rust-src of "
				    "the toolchain made of commit %.*s, which is not installed here)",
				    STR_ARG(str_sub(hash, 0, SHORT_HASH)));
	free(name);
	free(toolchains);
	return path;
}

/* rustup's answer for the commit asked for last: there are hundreds of files, and manifests are big. */
char *gdb_rust_src_find(struct str path, char **ret_advice)
{
	static char *known_hash, *known_root, *known_advice;
	if (!str_starts(path, STR_LIT("/rustc/")))
		return NULL;
	struct str rest = str_sub(path, strlen("/rustc/"), SIZE_MAX);
	size_t slash = str_find(rest, STR_LIT("/"));
	if (slash == SIZE_MAX)
		return NULL;
	struct str hash = str_sub(rest, 0, slash);
	rest = str_sub(rest, slash + 1, SIZE_MAX);
	if (is_version(hash))
		return debian_source(hash, rest, ret_advice);
	if (hash.len < SHORT_HASH)
		return NULL;
	if (!known_hash || !str_is(hash, known_hash)) {
		free(known_hash);
		free(known_root);
		free(known_advice);
		known_advice = NULL;
		known_hash = str_dup(hash);
		known_root = rustup_source(hash, STR_EMPTY, &known_advice);
	}
	if (known_root)
		return format_path("%s%.*s", known_root, STR_ARG(rest));
	*ret_advice = known_advice ? xstrdup(known_advice) : NULL;
	return NULL;
}

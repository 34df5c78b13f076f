/* Cargo's messages: a JSON document a line (the Cargo book, "External tools"). */
#include "ui/cargo/cargo.h"

#include <jansson.h>

static struct str text_of(const json_t *object, const char *key, struct arena *arena)
{
	const json_t *value = json_object_get(object, key);
	if (!json_is_string(value))
		return STR_EMPTY;
	return arena_str(arena, (struct str){ json_string_value(value), json_string_length(value) });
}

struct str cargo_package_of(struct str id)
{
	size_t space = str_find(id, STR_LIT(" "));
	size_t hash = str_rfind(id, STR_LIT("#"));
	if (hash == SIZE_MAX)
		return space == SIZE_MAX ? STR_EMPTY : str_sub(id, 0, space);
	struct str fragment = str_sub(id, hash + 1, id.len);
	size_t at = str_find(fragment, STR_LIT("@"));
	if (at != SIZE_MAX)
		return str_sub(fragment, 0, at);
	/* "path+file:///…/NAME#VERSION": the name is left out where the folder has it */
	struct str source = str_sub(id, 0, hash);
	size_t query = str_find(source, STR_LIT("?"));
	source = str_sub(source, 0, query);
	size_t slash = str_rfind(source, STR_LIT("/"));
	return slash == SIZE_MAX ? STR_EMPTY : str_sub(source, slash + 1, source.len);
}

/* A library is named by its package, whatever kinds it is built as. */
static bool is_library(struct str kind)
{
	return str_ends(kind, STR_LIT("lib")) || str_is(kind, "proc-macro");
}

struct str cargo_program_id(struct str package, struct str kind, struct str target, struct arena *arena)
{
	if (is_library(kind))
		return package;
	if (str_is(kind, "test"))
		return arena_printf(arena, "%.*s::%.*s", STR_ARG(package), STR_ARG(target));
	return arena_printf(arena, "%.*s::%.*s/%.*s", STR_ARG(package), STR_ARG(kind), STR_ARG(target));
}

static void take_artifact(const json_t *message, struct arena *arena, struct cargo_programs *ret)
{
	const json_t *target = json_object_get(message, "target");
	const json_t *kinds = json_object_get(target, "kind");
	const json_t *kind = json_array_get(kinds, 0);
	struct cargo_program p = { .path = text_of(message, "executable", arena),
				   .target = text_of(target, "name", arena) };
	if (!p.path.len || !json_is_true(json_object_get(json_object_get(message, "profile"), "test")))
		return;
	p.package = cargo_package_of(text_of(message, "package_id", arena));
	if (json_is_string(kind))
		p.kind = arena_str(arena, str_from(json_string_value(kind)));
	if (is_library(p.kind))
		p.kind = STR_LIT("lib");
	p.id = cargo_program_id(p.package, p.kind, p.target, arena);
	vec_push(ret, p);
}

void cargo_parse_messages(struct str output, struct arena *arena, struct cargo_programs *ret)
{
	while (output.len) {
		size_t end = str_find(output, STR_LIT("\n"));
		struct str line = str_sub(output, 0, end);
		output = str_sub(output, end == SIZE_MAX ? output.len : end + 1, output.len);
		if (!str_starts(line, STR_LIT("{")))
			continue;
		json_t *message = json_loadb(line.ptr, line.len, 0, NULL);
		const char *reason = json_string_value(json_object_get(message, "reason"));
		if (reason && strcmp(reason, "compiler-artifact") == 0)
			take_artifact(message, arena, ret);
		json_decref(message);
	}
}

/* ---- cargo metadata ---- */

static void take_targets(const json_t *package, struct arena *arena, struct cargo_programs *ret)
{
	size_t i;
	json_t *target;
	struct str name = text_of(package, "name", arena);
	struct str manifest = text_of(package, "manifest_path", arena);
	struct str run = text_of(package, "default_run", arena);
	json_array_foreach(json_object_get(package, "targets"), i, target)
	{
		const json_t *kind = json_array_get(json_object_get(target, "kind"), 0);
		struct cargo_program p = { .package = name,
					   .target = text_of(target, "name", arena),
					   .path = manifest };
		if (!json_is_string(kind) || !p.target.len)
			continue;
		p.kind = arena_str(arena, str_from(json_string_value(kind)));
		p.is_default = str_is(p.kind, "bin") && run.len && str_eq(run, p.target);
		p.id = cargo_program_id(name, p.kind, p.target, arena);
		vec_push(ret, p);
	}
}

struct error *cargo_parse_metadata(struct str output, struct arena *arena, struct cargo_programs *ret)
{
	size_t i;
	json_t *package;
	json_error_t where;
	json_t *metadata = json_loadb(output.ptr ? output.ptr : "", output.len, 0, &where);
	if (!metadata)
		return error_new(ERROR_FORMAT, "cargo metadata: %s", where.text);
	json_array_foreach(json_object_get(metadata, "packages"), i, package)
		take_targets(package, arena, ret);
	json_decref(metadata);
	return NULL;
}

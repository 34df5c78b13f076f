/* find, dump, restore: memory as bytes. */
#include "ui/gdb/looking.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHUNK = 1 << 16, MAX_PATTERN = 1 << 16 };

/* The text up to the next comma outside of brackets and quotes; *s begins behind it. */
static struct str take_until_comma(struct str *s)
{
	int depth = 0;
	char quote = 0;
	for (size_t i = 0; i < s->len; i++) {
		char c = s->ptr[i];
		if (quote) {
			if (c == '\\')
				i++;
			else if (c == quote)
				quote = 0;
		} else if (c == '"') {
			quote = c;
		} else if (strchr("([{", c)) {
			depth++;
		} else if (strchr(")]}", c)) {
			depth--;
		} else if (c == ',' && depth <= 0) {
			struct str part = gdb_strip(str_sub(*s, 0, i));
			*s = gdb_strip(str_sub(*s, i + 1, SIZE_MAX));
			return part;
		}
	}
	struct str part = gdb_strip(*s);
	*s = STR_EMPTY;
	return part;
}

static struct error *eval_address(struct gdb *g, struct str text, uint64_t *ret)
{
	struct eval_value value;
	if (text.len == 0)
		return error_new(ERROR_USAGE, "Argument required (expression to compute).");
	TRY(gdb_eval(g, text, &value));
	return gdb_as_address(&value, ret);
}

/* ---- find ---- */

struct search {
	uint64_t start, length;
	char size; /* of numbers; 0: as their type */
	uint64_t most;
	struct buf pattern;
};

static struct error *take_search_flags(struct str *args, struct search *s)
{
	s->most = UINT64_MAX;
	if (args->len == 0 || args->ptr[0] != '/')
		return NULL;
	struct str rest = *args, word = gdb_take_word(&rest);
	uint64_t count = 0;
	bool has_count = false;
	for (size_t i = 1; i < word.len; i++) {
		char c = word.ptr[i];
		if (c >= '0' && c <= '9') {
			count = count * 10 + (uint64_t)(c - '0');
			has_count = true;
		} else if (strchr("bhwg", c)) {
			s->size = c;
		} else {
			return error_new(ERROR_USAGE, "Invalid size granularity.");
		}
	}
	if (has_count && count == 0)
		return error_new(ERROR_USAGE, "Count must be positive.");
	if (has_count)
		s->most = count;
	*args = rest;
	return NULL;
}

static struct error *add_pattern(struct gdb *g, struct str text, struct search *s)
{
	struct eval_value value;
	TRY(gdb_eval(g, text, &value));
	TRY(eval_check(&value));
	const uint8_t *bytes = value.bytes;
	size_t size = value.size;
	/* Text is looked for without its quotes: a Rust "…" is a pointer and a length. */
	if (text.len >= 2 && text.ptr[0] == '"') {
		const struct sym_member *length = value.type ? sym_type_member(value.type, "length")
							     : NULL;
		uint64_t at = 0, count = 0;
		if (length && size >= 16) {
			memcpy(&at, bytes, 8);
			memcpy(&count, bytes + length->offset, 8);
			uint8_t *copy = arena_alloc(&g->scratch, count < MAX_PATTERN ? count + 1 : 1);
			if (count < MAX_PATTERN && gdb_read(g, at, copy, count) == count) {
				buf_add(&s->pattern, copy, count);
				return NULL;
			}
		}
		buf_add(&s->pattern, text.ptr + 1, text.len - 2);
		return NULL;
	}
	uint64_t number;
	if (s->size && eval_as_unsigned(&value, &number)) {
		buf_add(&s->pattern, &number,
			s->size == 'b'   ? 1
			: s->size == 'h' ? 2
			: s->size == 'w' ? 4
					 : 8);
		return NULL;
	}
	/* An integer without a type is C's int, as with gdb. */
	bool literal = text.len > 0 && text.ptr[0] >= '0' && text.ptr[0] <= '9';
	if (literal && eval_as_unsigned(&value, &number) && number <= INT32_MAX)
		size = 4;
	buf_add(&s->pattern, bytes, size);
	return s->pattern.len > MAX_PATTERN ? error_new(ERROR_LIMIT, "Search pattern is too large.")
					    : NULL;
}

static struct error *parse_search(struct gdb *g, struct str args, struct search *s)
{
	if (args.len == 0)
		return error_new(ERROR_USAGE, "Missing search parameters.");
	TRY(take_search_flags(&args, s));
	TRY(eval_address(g, take_until_comma(&args), &s->start));
	struct str end = take_until_comma(&args);
	bool relative = end.len > 0 && end.ptr[0] == '+';
	uint64_t to;
	TRY(eval_address(g, relative ? gdb_strip(str_sub(end, 1, SIZE_MAX)) : end, &to));
	if (relative && to == 0)
		return error_new(ERROR_USAGE, "Empty search range.");
	if (!relative && to < s->start)
		return error_new(ERROR_USAGE, "Invalid search space, end precedes start.");
	s->length = relative ? to : to - s->start + 1;
	if (args.len == 0)
		return error_new(ERROR_USAGE, "Missing search pattern.");
	while (args.len > 0)
		TRY(add_pattern(g, take_until_comma(&args), s));
	if (s->length < s->pattern.len)
		return error_new(ERROR_USAGE, "Search space too small to contain pattern.");
	return NULL;
}

/* Chunks overlap by the pattern's length, so that none is missed between two. */
static uint64_t search(struct gdb *g, const struct search *s, uint64_t *ret_last)
{
	uint8_t *bytes = xmalloc(CHUNK + s->pattern.len);
	uint64_t found = 0, at = s->start, end = s->start + s->length;
	struct buf out = { 0 };
	while (at < end && found < s->most && !gdb_interrupted(g)) {
		uint64_t left = end - at;
		size_t wanted = left < CHUNK + s->pattern.len ? (size_t)left : CHUNK + s->pattern.len;
		if (wanted < s->pattern.len)
			break;
		size_t have = gdb_read(g, at, bytes, wanted);
		for (size_t i = 0; i + s->pattern.len <= have && found < s->most; i++) {
			const uint8_t *hit = memmem(bytes + i, have - i, s->pattern.data, s->pattern.len);
			if (!hit || (size_t)(hit - bytes) >= CHUNK)
				break;
			i = (size_t)(hit - bytes);
			*ret_last = at + i;
			found++;
			buf_printf(&out, "0x%" PRIx64, at + i);
			size_t before = out.len;
			buf_char(&out, ' ');
			if (!gdb_symbolise_asm(g, at + i, &out))
				out.len = before;
			buf_char(&out, '\n');
		}
		gdb_print_buf(g, &out);
		if (have < wanted) {
			gdb_warn(g,
				 "Unable to access %" PRIu64 " bytes of target memory at 0x%" PRIx64
				 ", halting search.",
				 (uint64_t)(wanted - have), at + have);
			break;
		}
		at += wanted < CHUNK ? wanted : CHUNK;
	}
	buf_deinit(&out);
	free(bytes);
	return found;
}

struct error *gdb_run_find(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct search s = { 0 };
	uint64_t last = 0;
	(void)command;
	struct error *err = parse_search(g, args, &s);
	if (!err) {
		uint64_t found = search(g, &s, &last);
		eval_convenience_set_int(g->eval, STR_LIT("numfound"), (int64_t)found);
		if (found) {
			gdb_set_last_address(g, last, NULL);
			gdb_print(g, "%" PRIu64 " pattern%s found.\n", found, found == 1 ? "" : "s");
		} else {
			gdb_print(g, "Pattern not found.\n");
		}
	}
	buf_deinit(&s.pattern);
	return err;
}

/* ---- dump, append, restore ---- */

static struct error *write_file(struct gdb *g, struct str name, const char *mode, uint64_t start,
				uint64_t end)
{
	char *path = str_dup(name);
	FILE *f = fopen(path, mode);
	struct error *err = f ? NULL : error_errno(errno, "%s", path);
	uint8_t *bytes = xmalloc(CHUNK);
	for (uint64_t at = start; !err && at < end && !gdb_interrupted(g);) {
		size_t wanted = end - at < CHUNK ? (size_t)(end - at) : CHUNK;
		size_t have = gdb_read(g, at, bytes, wanted);
		if (have < wanted)
			err = gdb_memory_error(at + have);
		else if (fwrite(bytes, 1, have, f) != have)
			err = error_errno(errno, "%s", path);
		at += have;
	}
	if (f && fclose(f) != 0 && !err)
		err = error_errno(errno, "%s", path);
	free(bytes);
	free(path);
	return err;
}

static struct error *write_value(struct gdb *g, struct str name, const char *mode, struct str expression)
{
	struct eval_value value;
	if (expression.len == 0)
		return error_new(ERROR_USAGE, "No value to write.");
	TRY(gdb_eval(g, expression, &value));
	TRY(eval_check(&value));
	char *path = str_dup(name);
	FILE *f = fopen(path, mode);
	struct error *err = f ? NULL : error_errno(errno, "%s", path);
	if (f && fwrite(value.bytes, 1, value.size, f) != value.size)
		err = error_errno(errno, "%s", path);
	if (f && fclose(f) != 0 && !err)
		err = error_errno(errno, "%s", path);
	free(path);
	return err;
}

static struct error *dump(struct gdb *g, const struct gdb_command *command, struct str args, bool value)
{
	const char *mode = command->name[0] == 'a' ? "ab" : "wb";
	struct str rest = args, name = gdb_take_word(&rest);
	if (name.len == 0)
		return error_new(ERROR_USAGE, "Missing filename.");
	if (value)
		return write_value(g, name, mode, rest);
	struct str from = gdb_take_word(&rest);
	uint64_t start, end;
	if (from.len == 0 || rest.len == 0)
		return error_new(ERROR_USAGE, "Missing start and stop addresses.");
	TRY(eval_address(g, from, &start));
	TRY(eval_address(g, rest, &end));
	if (end <= start)
		return error_new(ERROR_USAGE, "Invalid memory address range (start >= end).");
	return write_file(g, name, mode, start, end);
}

struct error *gdb_run_dump_memory(struct gdb *g, const struct gdb_command *command, struct str args)
{
	return dump(g, command, args, false);
}

struct error *gdb_run_dump_value(struct gdb *g, const struct gdb_command *command, struct str args)
{
	return dump(g, command, args, true);
}

struct error *gdb_run_restore(struct gdb *g, const struct gdb_command *command, struct str args)
{
	struct str rest = args, name = gdb_take_word(&rest), word = gdb_take_word(&rest);
	uint64_t start = 0, from = 0, to = UINT64_MAX;
	struct eng_inferior *i;
	(void)command;
	TRY(gdb_need_process(g, &i));
	if (name.len == 0)
		return error_new(ERROR_USAGE, "You must supply a filename");
	if (!str_is(word, "binary"))
		return error_new(ERROR_UNSUPPORTED,
				 "Only plain files can be restored: restore FILE binary OFFSET");
	word = gdb_take_word(&rest);
	if (word.len > 0)
		TRY(eval_address(g, word, &start));
	word = gdb_take_word(&rest);
	if (word.len > 0)
		TRY(eval_address(g, word, &from));
	if (rest.len > 0)
		TRY(eval_address(g, rest, &to));
	char *path = str_dup(name);
	FILE *f = fopen(path, "rb");
	struct error *err = f ? NULL : error_errno(errno, "Failed to open %s", path);
	uint8_t *bytes = xmalloc(CHUNK);
	uint64_t at = from, written = 0;
	if (f && fseek(f, (long)from, SEEK_SET) != 0)
		err = error_errno(errno, "%s", path);
	while (!err && at < to) {
		size_t got = fread(bytes, 1, to - at < CHUNK ? (size_t)(to - at) : CHUNK, f);
		if (got == 0)
			break;
		err = eng_write(i->process, RUN_ADDR(eng_process_number(i->process), start + at), bytes,
				got);
		at += got;
		written += got;
	}
	if (!err)
		gdb_print(g, "Restoring binary file %s into memory (0x%" PRIx64 " to 0x%" PRIx64 ")\n",
			  path, start + from, start + from + written);
	if (f)
		fclose(f);
	free(bytes);
	free(path);
	return err;
}

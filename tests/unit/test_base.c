/* What the headers of src/base promise. */
#include "base/addr.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/map.h"
#include "base/pool.h"
#include "base/reader.h"
#include "base/str.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void assert_str(struct str s, const char *expected)
{
	assert_non_null(s.ptr);
	assert_int_equal(s.len, strlen(expected));
	assert_memory_equal(s.ptr, expected, s.len);
}

static void assert_fails(struct error *err, enum error_code code)
{
	assert_non_null(err);
	assert_int_equal(err->code, code);
	error_destroy(err);
}

/* str */

static void str_compares(void **state)
{
	(void)state;
	assert_true(str_eq(STR_EMPTY, STR_LIT("")));
	assert_true(str_is(STR_LIT("abc"), "abc"));
	assert_false(str_is(STR_LIT("abc"), "ab"));
	assert_false(str_eq(STR_LIT("a\0b"), STR_LIT("a\0c")));
	assert_true(str_starts(STR_LIT("abc"), STR_LIT("ab")));
	assert_false(str_starts(STR_LIT("a"), STR_LIT("ab")));
	assert_true(str_starts(STR_LIT("a"), STR_EMPTY));
	assert_true(str_ends(STR_LIT("abc"), STR_LIT("bc")));
	assert_false(str_ends(STR_LIT("c"), STR_LIT("bc")));
	assert_int_equal(str_cmp(STR_LIT("ab"), STR_LIT("ab")), 0);
	assert_true(str_cmp(STR_LIT("ab"), STR_LIT("abc")) < 0);
	assert_true(str_cmp(STR_LIT("b"), STR_LIT("abc")) > 0);
	assert_true(str_cmp(STR_EMPTY, STR_LIT("a")) < 0);
	/* As memcmp: bytes are unsigned. */
	assert_true(str_cmp(STR_LIT("\xff"), STR_LIT("a")) > 0);
	assert_int_equal(str_from(NULL).len, 0);
}

static void str_sub_clamps(void **state)
{
	(void)state;
	struct str s = STR_LIT("hello");
	assert_str(str_sub(s, 1, 3), "ell");
	assert_str(str_sub(s, 1, SIZE_MAX), "ello");
	assert_int_equal(str_sub(s, 9, 3).len, 0);
	assert_int_equal(str_sub(s, 5, 1).len, 0);
	assert_null(str_sub(STR_EMPTY, 2, 2).ptr);
}

static void str_finds(void **state)
{
	(void)state;
	struct str s = STR_LIT("a::bb::c");
	assert_int_equal(str_find(s, STR_LIT("::")), 1);
	assert_int_equal(str_rfind(s, STR_LIT("::")), 5);
	assert_int_equal(str_rfind(s, STR_LIT("a")), 0);
	assert_int_equal(str_rfind(s, STR_LIT(":c")), 6);
	assert_int_equal(str_find(s, STR_LIT("d")), SIZE_MAX);
	assert_int_equal(str_rfind(s, STR_LIT("ba")), SIZE_MAX);
	assert_int_equal(str_find(s, STR_EMPTY), 0);
	assert_int_equal(str_rfind(s, STR_EMPTY), 8);
	assert_int_equal(str_find(STR_EMPTY, STR_LIT("x")), SIZE_MAX);
	assert_int_equal(str_rfind(STR_LIT("x"), STR_LIT("xx")), SIZE_MAX);
	assert_true(str_contains(s, STR_LIT("bb")));
}

static void str_hash_spreads(void **state)
{
	(void)state;
	assert_int_equal(str_hash(STR_EMPTY), str_hash(STR_LIT("")));
	assert_true(str_hash(STR_LIT("")) != str_hash(STR_LIT("\0")));
	assert_true(str_hash(STR_LIT("abcdefgh")) != str_hash(STR_LIT("abcdefgi")));
	/* Consecutive names must not crowd one part of a table. */
	unsigned buckets[256] = { 0 };
	for (int i = 0; i < 256 * 64; i++) {
		char name[32];
		int len = snprintf(name, sizeof name, "core::fmt::f%d", i);
		buckets[str_hash((struct str){ name, (size_t)len }) & 255]++;
	}
	for (int i = 0; i < 256; i++)
		assert_in_range(buckets[i], 16, 160);
}

static void str_dup_terminates(void **state)
{
	(void)state;
	char *copy = str_dup(str_sub(STR_LIT("hello"), 0, 4));
	assert_string_equal(copy, "hell");
	free(copy);
	copy = str_dup(STR_EMPTY);
	assert_string_equal(copy, "");
	free(copy);
}

static void str_utf8(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		bool valid;
	} cases[] = {
		{ "", true },
		{ "plain ascii, longer than eight", true },
		{ "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\xa6\x80", true },
		{ "\xf4\x8f\xbf\xbf", true },
		{ "\xed\x9f\xbf\xee\x80\x80", true },
		{ "\xc0\xaf", false },         /* overlong */
		{ "\xe0\x9f\xbf", false },     /* overlong */
		{ "\xf0\x8f\xbf\xbf", false }, /* overlong */
		{ "\xed\xa0\x80", false },     /* surrogate */
		{ "\xf4\x90\x80\x80", false }, /* past U+10FFFF */
		{ "\xff", false },
		{ "\x80", false },
		{ "12345678\xc3", false },
		{ "\xe2\x82", false },
		{ "\xe2\x82x", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (str_is_utf8(str_from(cases[i].bytes)) != cases[i].valid)
			fail_msg("case %zu", i);
	}
}

/* error */

static void error_messages(void **state)
{
	(void)state;
	struct error *err = error_new(ERROR_FORMAT, "%s: bad magic", "a.out");
	assert_int_equal(err->code, ERROR_FORMAT);
	assert_false(err->has_where);
	assert_int_equal(err->sys_errno, 0);
	assert_string_equal(err->message, "a.out: bad magic");
	err = error_prefix(err, "process %d", 7);
	assert_string_equal(err->message, "process 7: a.out: bad magic");
	assert_int_equal(err->code, ERROR_FORMAT);
	error_destroy(err);

	err = error_at(ERROR_TRUNCATED, 0x1234, "unit");
	assert_true(err->has_where);
	assert_int_equal(err->where, 0x1234);
	assert_string_equal(err->message, "unit at 0x1234");
	struct error *copy = error_copy(err);
	error_destroy(err);
	assert_int_equal(copy->where, 0x1234);
	assert_string_equal(copy->message, "unit at 0x1234");
	error_destroy(copy);

	assert_null(error_copy(NULL));
	error_destroy(NULL);
	/* Longer than any internal buffer, and an empty one. */
	err = error_new(ERROR_LIMIT, "%1000d", 1);
	assert_int_equal(strlen(err->message), 1000);
	error_destroy(err);
	err = error_new(ERROR_LIMIT, "%s", "");
	assert_string_equal(err->message, "");
	error_destroy(err);
}

static void error_from_errno(void **state)
{
	(void)state;
	struct error *err = error_errno(ENOENT, "x");
	assert_int_equal(err->code, ERROR_SYSTEM);
	assert_int_equal(err->sys_errno, ENOENT);
	assert_string_equal(err->message, "x: No such file or directory");
	error_destroy(err);
	err = error_errno(EACCES, "x");
	assert_int_equal(err->sys_errno, EACCES);
	assert_fails(err, ERROR_PERMISSION);
	assert_fails(error_errno(EPERM, "x"), ERROR_PERMISSION);
	err = error_errno(ESRCH, "x");
	assert_int_equal(err->sys_errno, 0);
	assert_fails(err, ERROR_GONE);
}

static struct error *try_two(bool first_fails, int *ret)
{
	TRY(first_fails ? error_new(ERROR_USAGE, "first") : NULL);
	*ret = 2;
	return NULL;
}

static void error_try(void **state)
{
	(void)state;
	int got = 1;
	assert_fails(try_two(true, &got), ERROR_USAGE);
	assert_int_equal(got, 1);
	assert_null(try_two(false, &got));
	assert_int_equal(got, 2);
}

/* arena */

static bool is_zero(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i])
			return false;
	}
	return true;
}

static void arena_is_zeroed_and_aligned(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	for (int round = 0; round < 3; round++) {
		char *previous = NULL;
		for (size_t size = 0; size < 3000; size += 7) {
			char *p = arena_alloc(&a, size);
			assert_int_equal((uintptr_t)p % 16, 0);
			assert_true(is_zero(p, size));
			assert_ptr_not_equal(p, previous);
			memset(p, 0xee, size);
			previous = p;
		}
		char *large = arena_alloc(&a, 3 << 20);
		assert_true(is_zero(large, 3 << 20));
		memset(large, 0xee, 3 << 20);
		assert_true(a.total >= (3 << 20));
		/* What a reset keeps is given out zeroed again. */
		arena_reset(&a);
		assert_int_equal(a.total, 0);
	}
	arena_deinit(&a);
	assert_null(a.head);
	arena_deinit(&a);
}

static void arena_keeps_what_it_gave(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	enum { COUNT = 2000 };
	uint32_t *numbers[COUNT];
	for (uint32_t i = 0; i < COUNT; i++) {
		size_t count = 1 + i % 97 * (i % 11);
		numbers[i] = ARENA_ARRAY(&a, uint32_t, count);
		for (size_t k = 0; k < count; k++)
			numbers[i][k] = i;
	}
	for (uint32_t i = 0; i < COUNT; i++) {
		size_t count = 1 + i % 97 * (i % 11);
		for (size_t k = 0; k < count; k++)
			assert_int_equal(numbers[i][k], i);
	}
	arena_deinit(&a);
}

static void arena_texts(void **state)
{
	(void)state;
	struct arena a = ARENA_INIT;
	struct str s = arena_str(&a, str_sub(STR_LIT("hello"), 0, 2));
	assert_str(s, "he");
	assert_int_equal(s.ptr[2], 0);
	s = arena_str(&a, STR_EMPTY);
	assert_str(s, "");
	assert_int_equal(s.ptr[0], 0);
	s = arena_printf(&a, "%s-%d", "x", 5);
	assert_str(s, "x-5");
	s = arena_printf(&a, "%255d", 1);
	assert_int_equal(s.len, 255);
	s = arena_printf(&a, "%256d", 1);
	assert_int_equal(s.len, 256);
	s = arena_printf(&a, "%9000d", 1);
	assert_int_equal(s.len, 9000);
	assert_int_equal(strlen(s.ptr), 9000);
	const int pair[] = { 4, 5 };
	int *copy = arena_copy(&a, pair, sizeof pair);
	assert_memory_equal(copy, pair, sizeof pair);
	assert_non_null(arena_copy(&a, NULL, 0));
	arena_deinit(&a);
}

/* Runs fn in a child with its stderr in a pipe, and gives its wait status and what it wrote. */
static int run_child(void (*fn)(void), char *output, size_t size)
{
	int fds[2];
	assert_int_equal(pipe(fds), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(fds[1], 2);
		close(fds[0]);
		close(fds[1]);
		fn();
		_exit(0);
	}
	close(fds[1]);
	size_t len = 0;
	ssize_t got;
	while (len < size - 1 && (got = read(fds[0], output + len, size - 1 - len)) > 0)
		len += (size_t)got;
	output[len] = '\0';
	close(fds[0]);
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void array_overflow(void)
{
	struct arena a = ARENA_INIT;
	volatile size_t count = SIZE_MAX / 4;
	arena_array(&a, count, 8);
}

static void alloc_overflow(void)
{
	struct arena a = ARENA_INIT;
	volatile size_t size = SIZE_MAX - 3;
	arena_alloc(&a, size);
}

static void vec_overflow(void)
{
	VEC(uint64_t) v = { 0 };
	volatile size_t count = SIZE_MAX / 8 + 2; /* times 8 it wraps to 8 bytes */
	vec_reserve(&v, count);
}

static void buf_overflow(void)
{
	struct buf b = { 0 };
	buf_char(&b, 'x');
	volatile size_t count = SIZE_MAX;
	buf_pad(&b, ' ', count);
}

static void allocation_overflow_ends_oxdb(void **state)
{
	(void)state;
	void (*cases[])(void) = { array_overflow, alloc_overflow, vec_overflow, buf_overflow };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char output[4096];
		int status = run_child(cases[i], output, sizeof output);
		assert_true(WIFEXITED(status));
		assert_int_not_equal(WEXITSTATUS(status), 0);
		if (!strstr(output, "oxdb: out of memory") && !strstr(output, "Sanitizer: "))
			fail_msg("case %zu: %s", i, output);
	}
}

/* vec */

static void vec_grows(void **state)
{
	(void)state;
	VEC(int) v = { 0 };
	size_t seen = 0;
	vec_for(&v, p)
		seen += (size_t)*p;
	assert_int_equal(seen, 0);
	for (int i = 0; i < 10000; i++)
		vec_push(&v, i);
	assert_int_equal(v.count, 10000);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(v.data[i], i);
	vec_remove(&v, 0);
	vec_remove(&v, 9998);
	assert_int_equal(v.count, 9998);
	assert_int_equal(v.data[0], 1);
	assert_int_equal(v.data[9997], 9998);
	vec_for(&v, p)
		seen++;
	assert_int_equal(seen, 9998);
	vec_free(&v);
	assert_int_equal(v.capacity, 0);
	vec_free(&v);
}

static void vec_of_structs(void **state)
{
	(void)state;
	struct pair {
		uint64_t a, b;
	};
	VEC(struct pair) v = { 0 };
	vec_reserve(&v, 3);
	struct pair *data = v.data;
	for (uint64_t i = 0; i < 3; i++)
		vec_push(&v, (struct pair){ i, i * 2 });
	assert_ptr_equal(v.data, data);
	assert_int_equal(v.data[2].b, 4);
	vec_free(&v);
	/* An element larger than the first allocation. */
	VEC(struct { char bytes[1000]; }) large = { 0 };
	vec_reserve(&large, 1);
	assert_true(large.capacity >= 1);
	memset(large.data, 1, sizeof *large.data);
	vec_free(&large);
}

/* map */

static void map_against_a_plain_table(void **state)
{
	(void)state;
	enum { KEYS = 512 };
	uint64_t values[KEYS] = { 0 };
	bool there[KEYS] = { 0 };
	size_t count = 0;
	struct map m = { 0 };
	assert_false(map_get(&m, 0, NULL));
	assert_false(map_remove(&m, 0));
	uint32_t random = 1;
	for (int i = 0; i < 50000; i++) {
		random = random * 1664525 + 1013904223;
		size_t k = (random >> 8) % KEYS;
		uint64_t key = k << 12; /* as page addresses */
		if (random >> 30 == 0) {
			assert_int_equal(map_remove(&m, key), there[k]);
			count -= there[k];
			there[k] = false;
		} else {
			map_set(&m, key, random);
			count += !there[k];
			there[k] = true;
			values[k] = random;
		}
		assert_int_equal(m.count, count);
		size_t probe = random % KEYS;
		uint64_t value = 7;
		assert_int_equal(map_get(&m, probe << 12, &value), there[probe]);
		assert_int_equal(value, there[probe] ? values[probe] : 7);
	}
	for (size_t k = 0; k < KEYS; k++)
		assert_int_equal(map_get(&m, k << 12, NULL), there[k]);
	map_deinit(&m);
	assert_int_equal(m.count, 0);
	assert_null(m.slots);
}

static void map_pointers(void **state)
{
	(void)state;
	struct map m = { 0 };
	int x;
	assert_null(map_get_ptr(&m, UINT64_MAX));
	map_set_ptr(&m, UINT64_MAX, &x);
	map_set_ptr(&m, 0, &m);
	assert_ptr_equal(map_get_ptr(&m, UINT64_MAX), &x);
	assert_ptr_equal(map_get_ptr(&m, 0), &m);
	assert_null(map_get_ptr(&m, 1));
	map_deinit(&m);
}

static void strmap_holds(void **state)
{
	(void)state;
	enum { COUNT = 5000 };
	struct arena a = ARENA_INIT;
	struct strmap m = { 0 };
	assert_false(strmap_get(&m, STR_LIT("x"), NULL));
	for (uint64_t i = 0; i < COUNT; i++)
		strmap_set(&m, arena_printf(&a, "name%d", (int)i), i);
	assert_int_equal(m.count, COUNT);
	strmap_set(&m, STR_LIT("name7"), 70);
	assert_int_equal(m.count, COUNT);
	for (uint64_t i = 0; i < COUNT; i++) {
		uint64_t value;
		assert_true(strmap_get(&m, arena_printf(&a, "name%d", (int)i), &value));
		assert_int_equal(value, i == 7 ? 70 : i);
	}
	uint64_t untouched = 3;
	assert_false(strmap_get(&m, STR_LIT("name"), &untouched));
	assert_false(strmap_get(&m, STR_EMPTY, &untouched));
	assert_int_equal(untouched, 3);
	strmap_set(&m, STR_EMPTY, 9);
	assert_true(strmap_get(&m, STR_LIT(""), &untouched));
	assert_int_equal(untouched, 9);
	strmap_deinit(&m);
	arena_deinit(&a);
}

/* buf */

static void buf_builds(void **state)
{
	(void)state;
	struct buf b = { 0 };
	buf_add(&b, NULL, 0);
	assert_string_equal(b.data, "");
	buf_str(&b, STR_LIT("ab"));
	buf_char(&b, 'c');
	buf_pad(&b, '.', 3);
	buf_printf(&b, "%d|%s", 42, "z");
	assert_string_equal(b.data, "abc...42|z");
	assert_str(buf_view(&b), "abc...42|z");
	for (int i = 0; i < 300; i++) {
		size_t before = b.len;
		buf_printf(&b, "%*d", i, 1);
		assert_int_equal(b.len, before + (i ? (size_t)i : 1));
		assert_int_equal(b.data[b.len - 1], '1');
		assert_int_equal(b.data[b.len], 0);
	}
	buf_printf(&b, "%s", "");
	buf_deinit(&b);
	assert_null(b.data);
	assert_int_equal(buf_view(&b).len, 0);
}

/* reader */

static void reader_numbers(void **state)
{
	(void)state;
	const uint8_t bytes[] = { 1,  2,  3,    4, 5,    6, 7,    8, 9,    10, 11,   12, 13,
				  14, 15, 0xfe, 7, 0xff, 1, 0x80, 0, 0xff, 3,  0xff, 9 };
	struct reader r = reader_init(bytes, sizeof bytes);
	assert_int_equal(reader_u8(&r), 1);
	assert_int_equal(reader_u16(&r), 0x0302);
	assert_int_equal(reader_u32(&r), 0x07060504);
	assert_int_equal(reader_u64(&r), 0x0f0e0d0c0b0a0908);
	assert_int_equal(reader_int(&r, 1), -2);
	assert_int_equal(reader_uint(&r, 2), 0xff07);
	assert_int_equal(reader_u24(&r), 0x8001 | 0 << 16);
	assert_int_equal(reader_int(&r, 2), 0x03ff);
	assert_int_equal(reader_left(&r), 2);
	assert_int_equal(reader_int(&r, 2), 0x09ff);
	assert_int_equal(reader_left(&r), 0);
	assert_false(r.failed);
	assert_null(reader_error(&r, 0, "x"));

	r = reader_init(bytes + 8, 8);
	assert_int_equal(reader_int(&r, 8), (int64_t)0xfe0f0e0d0c0b0a09);
}

static void reader_fails_and_stays_failed(void **state)
{
	(void)state;
	/* On the heap, so that ASan sees a read past the end. */
	uint8_t *bytes = xmalloc(7);
	for (size_t i = 0; i < 7; i++)
		bytes[i] = (uint8_t)(i + 1);
	struct reader r = reader_init(bytes, 7);
	reader_u32(&r);
	assert_int_equal(reader_u32(&r), 0);
	assert_true(r.failed);
	assert_int_equal(r.failed_pos, 4);
	/* There would be bytes for these, but the record is broken already. */
	assert_int_equal(reader_u8(&r), 0);
	assert_int_equal(reader_uint(&r, 1), 0);
	assert_int_equal(reader_int(&r, 1), 0);
	assert_int_equal(reader_uleb(&r), 0);
	assert_int_equal(reader_sleb(&r), 0);
	assert_null(reader_bytes(&r, 1));
	assert_int_equal(reader_cstr(&r).len, 0);
	reader_skip(&r, 1);
	reader_seek(&r, 0);
	assert_int_equal(reader_left(&r), 0);
	assert_true(r.failed);
	assert_int_equal(r.failed_pos, 4);
	struct error *err = reader_error(&r, 0x100, "header");
	assert_int_equal(err->where, 0x104);
	assert_string_equal(err->message, "header: ends too soon at 0x104");
	assert_fails(err, ERROR_TRUNCATED);

	r = reader_init(bytes, 7);
	assert_int_equal(reader_uint(&r, 9), 0);
	assert_true(r.failed);
	r = reader_init(bytes, 7);
	assert_int_equal(reader_uint(&r, 0), 0);
	assert_true(r.failed);
	r = reader_init(bytes, 7);
	reader_skip(&r, SIZE_MAX);
	assert_true(r.failed);
	r = reader_init(NULL, 0);
	assert_int_equal(reader_u8(&r), 0);
	assert_true(r.failed);
	free(bytes);
}

static void reader_leb(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t size;
		uint64_t u;
		int64_t s;
		bool fails;
	} cases[] = {
		/* DWARF 5, tables 7.7 and 7.8 */
		{ "\x02", 1, 2, 2, false },
		{ "\x7f", 1, 127, -1, false },
		{ "\x80\x01", 2, 128, 128, false },
		{ "\xff\x00", 2, 127, 127, false },
		{ "\x80\x7f", 2, 16256, -128, false },
		{ "\xe5\x8e\x26", 3, 624485, 624485, false },
		{ "\xc0\xbb\x78", 3, 1973696, -123456, false },
		{ "\x80\x80\x80\x00", 4, 0, 0, false },
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, UINT64_MAX, -1, false },
		{ "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f", 10, 1ULL << 63, INT64_MIN, false },
		/* Padding past 64 bits is dropped, up to 16 bytes. */
		{ "\x81\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 16, 1, 1, false },
		{ "\x81\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 17, 0, 0, true },
		{ "\x80", 1, 0, 0, true },
		{ "\x80\xff", 2, 0, 0, true },
		{ "", 0, 0, 0, true },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t *bytes = xmalloc(cases[i].size);
		memcpy(bytes, cases[i].bytes, cases[i].size);
		struct reader u = reader_init(bytes, cases[i].size);
		struct reader s = u;
		if (reader_uleb(&u) != cases[i].u || reader_sleb(&s) != cases[i].s)
			fail_msg("case %zu: value", i);
		if (u.failed != cases[i].fails || s.failed != cases[i].fails)
			fail_msg("case %zu: failed", i);
		if (!cases[i].fails && (u.pos != cases[i].size || s.pos != cases[i].size))
			fail_msg("case %zu: position", i);
		free(bytes);
	}
}

static void reader_parts(void **state)
{
	(void)state;
	const char bytes[] = "one\0two\0\0rest"; /* and a NUL behind it */
	struct reader r = reader_init(bytes, sizeof bytes);
	assert_str(reader_cstr(&r), "one");
	assert_str(reader_cstr(&r), "two");
	assert_str(reader_cstr(&r), "");
	assert_false(r.failed);
	struct reader sub = reader_sub(&r, 4);
	assert_int_equal(r.pos, 13);
	assert_int_equal(sub.pos, 0);
	assert_int_equal(sub.size, 4);
	assert_int_equal(reader_u8(&sub), 'r');
	/* The NUL is in r, but not in sub. */
	assert_int_equal(reader_cstr(&sub).len, 0);
	assert_true(sub.failed);
	assert_int_equal(sub.failed_pos, 1);
	assert_false(r.failed);
	reader_seek(&r, 4);
	assert_memory_equal(reader_bytes(&r, 3), "two", 3);
	assert_non_null(reader_bytes(&r, 0));
	reader_seek(&r, sizeof bytes);
	assert_int_equal(reader_left(&r), 0);
	assert_false(r.failed);
	sub = reader_sub(&r, 1);
	assert_true(r.failed);
	assert_true(sub.failed);
	assert_int_equal(sub.size, 0);
	r = reader_init(bytes, sizeof bytes);
	reader_seek(&r, sizeof bytes + 1);
	assert_true(r.failed);
}

/* file */

static char directory[] = "/tmp/oxdb-test-base-XXXXXX";

static int make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
	(void)state;
	return rmdir(directory);
}

/* A file of `size` bytes, byte i being i % 251. */
static char *make_file(size_t size)
{
	struct buf path = { 0 }, bytes = { 0 };
	buf_printf(&path, "%s/file", directory);
	for (size_t i = 0; i < size; i++)
		buf_char(&bytes, (char)(i % 251));
	int fd = open(path.data, O_CREAT | O_WRONLY | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.data, size), size);
	close(fd);
	buf_deinit(&bytes);
	return path.data;
}

static void assert_contents(const struct file_map *f, size_t size)
{
	assert_int_equal(f->size, size);
	for (size_t i = 0; i < size; i++) {
		if (f->data[i] != i % 251)
			fail_msg("byte %zu", i);
	}
}

static void file_sizes(void **state)
{
	(void)state;
	const size_t sizes[] = { 0, 1, 16383, 16384, 16385, 65535, 65536, 300000 };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		char *path = make_file(sizes[i]);
		struct file_map f;
		assert_null(file_open(path, &f));
		assert_contents(&f, sizes[i]);
		assert_int_equal(f.mapped, sizes[i] >= 65536);
		if (sizes[i] == 0)
			assert_null(f.data);
		file_close(&f);
		file_close(&f);

		assert_null(file_read_all(path, sizes[i], &f));
		assert_contents(&f, sizes[i]);
		assert_false(f.mapped);
		file_close(&f);
		if (sizes[i] > 0)
			assert_fails(file_read_all(path, sizes[i] - 1, &f), ERROR_LIMIT);
		unlink(path);
		free(path);
	}
}

static size_t resident_pages(const struct file_map *f)
{
	struct file_map smaps;
	assert_null(file_read_all("/proc/self/smaps", 64 << 20, &smaps));
	struct buf start = { 0 };
	buf_printf(&start, "\n%lx-", (unsigned long)f->data);
	struct str text = { (const char *)smaps.data, smaps.size };
	size_t at = str_find(text, buf_view(&start));
	assert_int_not_equal(at, SIZE_MAX);
	text = str_sub(text, at, SIZE_MAX);
	struct str rss = str_sub(text, str_find(text, STR_LIT("\nRss:")), 40);
	unsigned long kib = strtoul(rss.ptr + 5, NULL, 10);
	buf_deinit(&start);
	file_close(&smaps);
	return kib / 4;
}

static void file_drop_gives_pages_back(void **state)
{
	(void)state;
	const size_t size = 1 << 20;
	char *path = make_file(size);
	struct file_map f;
	assert_null(file_open(path, &f));
	assert_contents(&f, size);
	assert_true(resident_pages(&f) >= 200);
	file_drop(&f, 0, size / 2);
	file_drop(&f, size / 2, SIZE_MAX);
	assert_true(resident_pages(&f) < 20);
	file_drop(&f, size + 1, 1);
	assert_contents(&f, size);
	file_close(&f);
	file_drop(&f, 0, 1);
	unlink(path);
	free(path);
}

static void file_refusals(void **state)
{
	(void)state;
	struct file_map f = { .size = 77 };
	struct error *err = file_open("/nonexistent/file", &f);
	assert_non_null(err);
	assert_int_equal(err->sys_errno, ENOENT);
	assert_true(str_starts(str_from(err->message), STR_LIT("/nonexistent/file: ")));
	assert_fails(err, ERROR_SYSTEM);
	assert_fails(file_open(directory, &f), ERROR_SYSTEM);
	assert_fails(file_read_all("/dev/zero", 1 << 20, &f), ERROR_LIMIT);
	assert_int_equal(f.size, 77);
	/* /proc says size 0 and is read nevertheless. */
	assert_null(file_open("/proc/self/maps", &f));
	assert_true(f.size > 0);
	file_close(&f);

	struct buf path = { 0 };
	buf_printf(&path, "%s/fifo", directory);
	assert_int_equal(mkfifo(path.data, 0600), 0);
	assert_null(file_open(path.data, &f));
	assert_int_equal(f.size, 0);
	file_close(&f);
	unlink(path.data);
	buf_deinit(&path);
}

/* pool */

struct pool_test {
	atomic_uint calls[10000];
	atomic_bool bad_worker, unblocked;
	pthread_t caller;
};

static void pool_item(void *ctx, size_t index, size_t worker)
{
	struct pool_test *t = ctx;
	atomic_fetch_add(&t->calls[index], 1);
	if (worker >= pool_width())
		t->bad_worker = true;
	sigset_t mask;
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	bool is_caller = pthread_equal(pthread_self(), t->caller);
	if (is_caller != (worker == 0) || (!is_caller && !sigismember(&mask, SIGINT)))
		t->unblocked = true;
}

static void pool_does_each_once(void **state)
{
	(void)state;
	assert_in_range(pool_width(), 1, 16);
	const size_t counts[] = { 0, 1, 2, 3, 10000 };
	for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
		struct pool_test *t = xmalloc(sizeof *t);
		t->caller = pthread_self();
		pool_for(counts[c], pool_item, t);
		for (size_t i = 0; i < 10000; i++)
			assert_int_equal(t->calls[i], i < counts[c] ? 1 : 0);
		assert_false(t->bad_worker);
		assert_false(t->unblocked);
		free(t);
	}
	sigset_t mask;
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	assert_false(sigismember(&mask, SIGINT));
}

/* Two items that wait for each other: they end only when they run side by side. */
static void pool_meet(void *ctx, size_t index, size_t worker)
{
	(void)index;
	(void)worker;
	pthread_barrier_wait(ctx);
}

static void pool_is_parallel(void **state)
{
	(void)state;
	if (pool_width() < 2) {
		print_message("only one CPU\n");
		skip();
	}
	pthread_barrier_t barrier;
	pthread_barrier_init(&barrier, NULL, 2);
	pool_for(2, pool_meet, &barrier);
	pthread_barrier_destroy(&barrier);
}

/* log: the environment is read once, so each setting needs a process of its own. */

static void log_child(void)
{
	LOG("dwarf", "unit %d", 3);
	LOG("dwar", "never");
	LOG("unwind", "frame");
}

static void log_follows_the_environment(void **state)
{
	(void)state;
	static const struct {
		const char *value, *expected;
	} cases[] = {
		{ NULL, "" },
		{ "", "" },
		{ "dwarf", "oxdb: dwarf: unit 3\n" },
		{ "jit,unwind", "oxdb: unwind: frame\n" },
		{ "all", "oxdb: dwarf: unit 3\noxdb: dwar: never\noxdb: unwind: frame\n" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unsetenv("OXDB_LOG");
		if (cases[i].value)
			setenv("OXDB_LOG", cases[i].value, 1);
		char output[4096];
		assert_int_equal(run_child(log_child, output, sizeof output), 0);
		assert_string_equal(output, cases[i].expected);
	}
	unsetenv("OXDB_LOG");
}

/* addr */

static void addr_arithmetic(void **state)
{
	(void)state;
	struct run_addr a = RUN_ADDR(2, 0x1000);
	assert_true(run_addr_eq(run_addr_add(a, -16), RUN_ADDR(2, 0xff0)));
	assert_false(run_addr_eq(a, RUN_ADDR(1, 0x1000)));
	assert_int_equal(FILE_ADDR(5).value, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(str_compares),
		cmocka_unit_test(str_sub_clamps),
		cmocka_unit_test(str_finds),
		cmocka_unit_test(str_hash_spreads),
		cmocka_unit_test(str_dup_terminates),
		cmocka_unit_test(str_utf8),
		cmocka_unit_test(error_messages),
		cmocka_unit_test(error_from_errno),
		cmocka_unit_test(error_try),
		cmocka_unit_test(arena_is_zeroed_and_aligned),
		cmocka_unit_test(arena_keeps_what_it_gave),
		cmocka_unit_test(arena_texts),
		cmocka_unit_test(allocation_overflow_ends_oxdb),
		cmocka_unit_test(vec_grows),
		cmocka_unit_test(vec_of_structs),
		cmocka_unit_test(map_against_a_plain_table),
		cmocka_unit_test(map_pointers),
		cmocka_unit_test(strmap_holds),
		cmocka_unit_test(buf_builds),
		cmocka_unit_test(reader_numbers),
		cmocka_unit_test(reader_fails_and_stays_failed),
		cmocka_unit_test(reader_leb),
		cmocka_unit_test(reader_parts),
		cmocka_unit_test(file_sizes),
		cmocka_unit_test(file_drop_gives_pages_back),
		cmocka_unit_test(file_refusals),
		cmocka_unit_test(pool_does_each_once),
		cmocka_unit_test(pool_is_parallel),
		cmocka_unit_test(log_follows_the_environment),
		cmocka_unit_test(addr_arithmetic),
	};
	return cmocka_run_group_tests_name("base", tests, make_directory, remove_directory);
}

/* The ELF reader, on hand-made files and on this very program. */
#include "base/file.h"
#include "object/elf.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <cmocka.h>

static struct file_map self;

static void ok(struct error *err)
{
	if (err)
		fail_msg("%s", err->message);
}

static void fails(struct error *err, enum error_code code)
{
	assert_non_null(err);
	assert_int_equal(err->code, code);
	error_destroy(err);
}

/* A copy, for tests that change bytes. */
static uint8_t *copy_of_self(void)
{
	uint8_t *copy = malloc(self.size);
	memcpy(copy, self.data, self.size);
	return copy;
}

/* Something for the symbol table to hold; the tests look for its name, address and size. */
int object_test_landmark(int x);
__attribute__((noinline)) int object_test_landmark(int x)
{
	return x * 7 + 1;
}

static uint64_t load_bias(struct elf_file *elf)
{
	return getauxval(AT_ENTRY) - elf_entry(elf).value;
}

static void test_open_refuses(void **state)
{
	(void)state;
	struct elf_file *elf;
	uint8_t header[64];
	memcpy(header, self.data, sizeof header);
	fails(elf_open("x", "not an ELF file at all", 22, &elf), ERROR_FORMAT);
	fails(elf_open("x", "", 0, &elf), ERROR_FORMAT);
	fails(elf_open("x", header, 63, &elf), ERROR_TRUNCATED);
	header[EI_CLASS] = ELFCLASS32;
	fails(elf_open("x", header, 64, &elf), ERROR_UNSUPPORTED);
	header[EI_CLASS] = ELFCLASS64;
	header[EI_DATA] = ELFDATA2MSB;
	fails(elf_open("x", header, 64, &elf), ERROR_UNSUPPORTED);
}

static void test_sections_and_segments(void **state)
{
	(void)state;
	struct elf_file *elf;
	ok(elf_open("self", self.data, self.size, &elf));
	assert_null(elf_trouble(elf));
	assert_string_equal(elf_name(elf), "self");
	assert_true(elf_type(elf) == ET_DYN || elf_type(elf) == ET_EXEC);

	const struct elf_section *text = elf_section_by_name(elf, ".text");
	assert_non_null(text);
	assert_ptr_equal(elf_section(elf, text->index), text);
	assert_null(elf_section(elf, elf_section_count(elf)));
	assert_null(elf_section_by_name(elf, ".no such section"));
	assert_ptr_equal(elf_section_at(elf, text->addr), text);
	assert_ptr_equal(elf_section_at(elf, FILE_ADDR(text->addr.value + text->size - 1)), text);
	assert_ptr_not_equal(elf_section_at(elf, FILE_ADDR(text->addr.value + text->size)), text);
	assert_null(elf_section_at(elf, FILE_ADDR(UINT64_MAX)));

	const uint8_t *data, *loaded;
	size_t size, offset, range;
	ok(elf_section_data(elf, text, &data, &size));
	assert_int_equal(size, text->size);
	assert_true(elf_loaded_bytes(elf, text->addr, size, &loaded));
	assert_ptr_equal(loaded, data);
	assert_true(elf_section_file_range(elf, text, &offset, &range));
	assert_ptr_equal(self.data + offset, data);
	assert_int_equal(range, size);

	/* The landmark's code, at its run-time address and in the file. */
	uint64_t addr = (uint64_t)(uintptr_t)object_test_landmark - load_bias(elf);
	assert_true(elf_loaded_bytes(elf, FILE_ADDR(addr), 4, &loaded));
	assert_memory_equal(loaded, (const void *)(uintptr_t)object_test_landmark, 4);
	assert_false(elf_loaded_bytes(elf, FILE_ADDR(UINT64_MAX - 8), 4, &loaded));

	const struct elf_section *bss = elf_section_by_name(elf, ".bss");
	assert_non_null(bss);
	ok(elf_section_data(elf, bss, &data, &size));
	assert_int_equal(size, 0);
	assert_false(elf_section_file_range(elf, bss, &offset, &range));
	elf_close(elf);
}

struct wanted {
	const char *name;
	bool found;
	struct elf_symbol symbol;
	size_t seen;
};

static bool look_for(void *ctx, const struct elf_symbol *symbol)
{
	struct wanted *wanted = ctx;
	wanted->seen++;
	if (!str_is(symbol->name, wanted->name))
		return true;
	wanted->found = true;
	wanted->symbol = *symbol;
	return false;
}

static void test_symbols(void **state)
{
	(void)state;
	struct elf_file *elf;
	ok(elf_open("self", self.data, self.size, &elf));
	struct wanted landmark = { .name = "object_test_landmark" };
	ok(elf_symbols(elf, false, look_for, &landmark));
	assert_true(landmark.found);
	assert_int_equal(landmark.symbol.addr.value + load_bias(elf), (uintptr_t)object_test_landmark);
	assert_int_equal(landmark.symbol.type, STT_FUNC);
	assert_int_equal(landmark.symbol.binding, STB_GLOBAL);
	assert_true(landmark.symbol.size > 0);
	assert_int_not_equal(landmark.symbol.section, SHN_UNDEF);

	struct wanted dynamic = { .name = "_cmocka_run_group_tests" };
	ok(elf_symbols(elf, true, look_for, &dynamic));
	assert_true(dynamic.found);
	assert_int_equal(dynamic.symbol.section, SHN_UNDEF);
	elf_close(elf);
}

/* As an image in memory without section headers: by PT_DYNAMIC and the hash table. */
static void test_dynamic_symbols_without_sections(void **state)
{
	(void)state;
	struct elf_file *elf;
	ok(elf_open("self", self.data, self.size, &elf));
	struct wanted all = { .name = "no such symbol" };
	ok(elf_symbols(elf, true, look_for, &all));
	assert_true(all.seen > 3);
	elf_close(elf);

	uint8_t *copy = copy_of_self();
	Elf64_Ehdr *header = (Elf64_Ehdr *)copy;
	header->e_shoff = header->e_shnum = header->e_shstrndx = 0;
	ok(elf_open("no sections", copy, self.size, &elf));
	assert_null(elf_trouble(elf));
	assert_int_equal(elf_section_count(elf), 0);
	struct wanted found = { .name = "no such symbol" };
	ok(elf_symbols(elf, true, look_for, &found));
	/* A DT_GNU_HASH that holds nothing may not even count the undefined ones. */
	assert_true(found.seen <= all.seen);
	assert_true(elf_build_id(elf).len >= 8);
	elf_close(elf);
	free(copy);
}

static void test_vdso(void **state)
{
	(void)state;
	const uint8_t *image = (const uint8_t *)getauxval(AT_SYSINFO_EHDR);
	if (!image)
		skip();
	struct elf_file *elf;
	/* Its first page has the dynamic symbols. */
	uint8_t copy[4096];
	memcpy(copy, image, sizeof copy);
	Elf64_Ehdr *header = (Elf64_Ehdr *)copy;
	header->e_shoff = header->e_shnum = header->e_shstrndx = 0;
	ok(elf_open("[vdso]", copy, sizeof copy, &elf));
	struct wanted clock = { .name = "__vdso_clock_gettime" };
	ok(elf_symbols(elf, true, look_for, &clock));
	assert_true(clock.found);
	assert_true(str_starts(elf_soname(elf), STR_LIT("linux-vdso")));
	elf_close(elf);
}

static void test_build_id(void **state)
{
	(void)state;
	struct elf_file *elf;
	struct arena arena = ARENA_INIT;
	ok(elf_open("self", self.data, self.size, &elf));
	struct str id = elf_build_id(elf);
	const struct elf_section *note = elf_section_by_name(elf, ".note.gnu.build-id");
	assert_non_null(note);
	assert_int_equal(id.len, note->size - 16);
	assert_memory_equal(id.ptr, self.data + note->offset + 16, id.len);
	assert_true(str_starts(elf_interp(elf), STR_LIT("/lib")));
	elf_close(elf);

	struct str path = elf_build_id_path(&arena, STR_LIT("/d"), (struct str){ "\xab\xcd\x01\xef", 4 });
	assert_true(str_is(path, "/d/.build-id/ab/cd01ef.debug"));
	assert_int_equal(elf_build_id_path(&arena, STR_LIT("/d"), STR_LIT("x")).len, 0);
	arena_deinit(&arena);
	assert_int_equal(elf_crc32("123456789", 9), 0xcbf43926);
}

/* Every length, sparsely: opening gives an error or a file whose every function works. */
static void test_truncation(void **state)
{
	(void)state;
	bool troubled = false, refused = false;
	for (size_t size = 0; size < self.size; size += size < 4096 ? 61 : 4099) {
		/* An allocation of its own, so that ASan sees what is read behind it. */
		uint8_t *copy = malloc(size ? size : 1);
		memcpy(copy, self.data, size);
		struct elf_file *elf;
		struct error *err = elf_open("cut", copy, size, &elf);
		refused |= err != NULL;
		if (!err) {
			troubled |= elf_trouble(elf) != NULL;
			struct wanted all = { .name = "no such symbol" };
			for (size_t i = 0; i < elf_section_count(elf); i++) {
				const uint8_t *data;
				size_t data_size;
				error_destroy(
					elf_section_data(elf, elf_section(elf, i), &data, &data_size));
			}
			error_destroy(elf_symbols(elf, false, look_for, &all));
			error_destroy(elf_symbols(elf, true, look_for, &all));
			elf_build_id(elf);
			elf_close(elf);
		}
		error_destroy(err);
		free(copy);
	}
	assert_true(refused);
	assert_true(troubled);
}

static void test_lying_tables(void **state)
{
	(void)state;
	struct elf_file *elf;
	uint8_t *copy = copy_of_self();
	Elf64_Ehdr *header = (Elf64_Ehdr *)copy, saved = *header;

	header->e_shstrndx = 0xfff0;
	ok(elf_open("x", copy, self.size, &elf));
	assert_non_null(elf_trouble(elf));
	assert_null(elf_section_by_name(elf, ".text"));
	assert_true(elf_section_count(elf) > 10);
	elf_close(elf);

	*header = saved;
	header->e_shoff = UINT64_MAX - 10;
	ok(elf_open("x", copy, self.size, &elf));
	assert_int_equal(elf_trouble(elf)->code, ERROR_TRUNCATED);
	assert_int_equal(elf_section_count(elf), 0);
	assert_true(elf_segment_count(elf) > 2);
	elf_close(elf);

	*header = saved;
	header->e_phentsize = 1;
	ok(elf_open("x", copy, self.size, &elf));
	assert_int_equal(elf_trouble(elf)->code, ERROR_FORMAT);
	assert_int_equal(elf_segment_count(elf), 0);
	elf_close(elf);

	*header = saved;
	Elf64_Shdr *sections = (Elf64_Shdr *)(copy + header->e_shoff);
	for (int i = 0; i < header->e_shnum; i++)
		if (sections[i].sh_type == SHT_SYMTAB)
			sections[i].sh_offset = self.size - 10;
	ok(elf_open("x", copy, self.size, &elf));
	struct wanted any = { .name = "" };
	fails(elf_symbols(elf, false, look_for, &any), ERROR_TRUNCATED);
	elf_close(elf);
	free(copy);
}

/* Compressed sections and PLTs come from the seeds of the fuzz target. */
static struct elf_file *open_seed(const char *name, struct file_map *ret)
{
	char path[128];
	snprintf(path, sizeof path, "tests/fuzz/corpus/elf/%s", name);
	ok(file_open(path, ret));
	struct elf_file *elf;
	ok(elf_open(name, ret->data, ret->size, &elf));
	return elf;
}

static void test_compressed(void **state)
{
	(void)state;
	static const char *const good[] = { ".debug_zlib", ".debug_zstd", ".zdebug_gnu" };
	struct file_map map;
	struct elf_file *elf = open_seed("hand-compressed", &map);
	const uint8_t *data, *again;
	size_t size;
	for (size_t i = 0; i < 3; i++) {
		const struct elf_section *s = elf_section_by_name(elf, good[i]);
		assert_non_null(s);
		ok(elf_section_data(elf, s, &data, &size));
		assert_int_equal(size, 220);
		assert_memory_equal(data, "compressed compressed ", 22);
		ok(elf_section_data(elf, s, &again, &size));
		assert_ptr_equal(data, again);
	}
	assert_ptr_equal(elf_section_by_name(elf, ".debug_gnu"), elf_section_by_name(elf, ".zdebug_gnu"));
	fails(elf_section_data(elf, elf_section_by_name(elf, ".debug_odd"), &data, &size),
	      ERROR_UNSUPPORTED);
	fails(elf_section_data(elf, elf_section_by_name(elf, ".debug_lie"), &data, &size), ERROR_LIMIT);
	elf_close(elf);

	/* Damaged data, and a claim that the data do not fill. */
	uint8_t *copy = malloc(map.size);
	memcpy(copy, map.data, map.size);
	ok(elf_open("damaged", copy, map.size, &elf));
	const struct elf_section *zlib = elf_section_by_name(elf, ".debug_zlib");
	copy[zlib->offset + 8] = 221;
	fails(elf_section_data(elf, zlib, &data, &size), ERROR_FORMAT);
	copy[zlib->offset + 8] = 220;
	copy[zlib->offset + 24] ^= 0xff;
	fails(elf_section_data(elf, zlib, &data, &size), ERROR_FORMAT);
	elf_close(elf);
	free(copy);
	file_close(&map);
}

static void test_plt(void **state)
{
	(void)state;
	static const struct {
		const char *seed, *section;
	} cases[] = { { "lazy-plt", ".plt" }, { "ibt-plt", ".plt.sec" } };
	for (size_t i = 0; i < 2; i++) {
		struct file_map map;
		struct elf_file *elf = open_seed(cases[i].seed, &map);
		const struct elf_section *plt = elf_section_by_name(elf, cases[i].section);
		assert_non_null(plt);
		struct str name = STR_EMPTY;
		size_t found = 0;
		for (uint64_t at = plt->addr.value; at < plt->addr.value + plt->size; at++)
			found += elf_plt_target(elf, FILE_ADDR(at), &name);
		assert_int_equal(found, 16);
		assert_true(str_is(name, "external"));
		struct file_range stub, slot;
		uint64_t last = plt->addr.value + plt->size - 1;
		assert_true(elf_plt_stub(elf, FILE_ADDR(last), &name, &stub));
		assert_int_equal(stub.end.value, last + 1);
		assert_int_equal(stub.end.value - stub.start.value, 16);
		assert_false(elf_plt_slot(elf, stub.start, &name, &slot));
		assert_true(elf_plt_by_name(elf, STR_LIT("external"), &slot));
		assert_int_equal(slot.start.value, stub.start.value);
		assert_false(elf_plt_by_name(elf, STR_LIT("extern"), &slot));
		const struct elf_section *got = elf_section_by_name(elf, ".got.plt");
		assert_non_null(got);
		/* Three words are the dynamic linker's. */
		assert_false(elf_plt_slot(elf, FILE_ADDR(got->addr.value + 23), &name, &slot));
		assert_true(elf_plt_slot(elf, FILE_ADDR(got->addr.value + 31), &name, &slot));
		assert_int_equal(slot.start.value, got->addr.value + 24);
		assert_true(str_is(name, "external"));
		assert_false(elf_plt_target(elf, elf_section_by_name(elf, ".text")->addr, &name));
		elf_close(elf);
		file_close(&map);
	}
}

static void test_soname_and_debuglink(void **state)
{
	(void)state;
	struct file_map map;
	struct elf_file *elf = open_seed("debuglink", &map);
	struct str name;
	uint32_t crc;
	assert_true(str_is(elf_soname(elf), "libseed.so"));
	assert_true(elf_debuglink(elf, &name, &crc));
	assert_true(str_is(name, "seed.debug"));
	elf_close(elf);
	file_close(&map);

	struct file_map debug;
	elf = open_seed("only-keep-debug", &debug);
	assert_int_equal(elf_crc32(debug.data, debug.size), crc);
	assert_false(elf_debuglink(elf, &name, &crc));
	elf_close(elf);
	file_close(&debug);
}

int main(void)
{
	struct error *err = file_open("/proc/self/exe", &self);
	if (err) {
		fprintf(stderr, "%s\n", err->message);
		return 1;
	}
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open_refuses),
		cmocka_unit_test(test_sections_and_segments),
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_dynamic_symbols_without_sections),
		cmocka_unit_test(test_vdso),
		cmocka_unit_test(test_build_id),
		cmocka_unit_test(test_truncation),
		cmocka_unit_test(test_lying_tables),
		cmocka_unit_test(test_compressed),
		cmocka_unit_test(test_plt),
		cmocka_unit_test(test_soname_and_debuglink),
	};
	int failed = cmocka_run_group_tests_name("object", tests, NULL, NULL);
	file_close(&self);
	return failed;
}

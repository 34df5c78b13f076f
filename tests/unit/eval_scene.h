/* A scene for tests of eval: debug information that the test writes, a memory that it makes up, and one frame. */
#pragma once

#include "eval/eval.h"

#include "dwarf/constants.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- a writer of debug information: one DWARF 4 unit in an ELF file ---- */

struct scene {
	struct buf info, abbrev;
	uint64_t next_code;
	bool open; /* the last DIE's attributes are not ended */
	uint8_t memory[0x8000];
	size_t memory_used;
	struct arch_regs regs;
	uint64_t cfa;
	uint32_t frame_index;
	bool exact_pc;
	uint8_t xmm[16][16];
	struct arena arena;
	/* As made by finish(): */
	struct buf elf;
	struct sym_module *module;
	struct unwind_context context;
	struct unwind_frame unwind;
	struct eval_frame frame;
};

enum {
	MEMORY = 0x7000000,
	BIAS = 0x5000000,
	TEXT = 0x1000,
	TEXT_SIZE = 0x100,
	ATE_BOOLEAN = 2,
	ATE_FLOAT = 4,
	ATE_SIGNED = 5,
	ATE_UNSIGNED = 7,
	ATE_UTF = 0x10,
	OP_ADDR = 0x03,
	LANG_RUST = 0x1c,
};

static inline void uleb(struct buf *b, uint64_t v)
{
	do {
		buf_char(b, (char)((v & 0x7f) | (v >> 7 ? 0x80 : 0)));
		v >>= 7;
	} while (v);
}

static inline void number(struct buf *b, uint64_t v, size_t size)
{
	for (size_t i = 0; i < size; i++)
		buf_char(b, (char)(v >> (8 * i)));
}

static inline void end_die(struct scene *s)
{
	if (s->open)
		number(&s->abbrev, 0, 2);
	s->open = false;
}

/* Gives the DIE's offset for references. */
static inline uint32_t die(struct scene *s, unsigned tag, bool children)
{
	end_die(s);
	uint32_t offset = (uint32_t)s->info.len;
	uleb(&s->info, ++s->next_code);
	uleb(&s->abbrev, s->next_code);
	uleb(&s->abbrev, tag);
	number(&s->abbrev, children, 1);
	s->open = true;
	return offset;
}

static inline void end_children(struct scene *s)
{
	end_die(s);
	number(&s->info, 0, 1);
}

static inline void attr(struct scene *s, unsigned name, unsigned form)
{
	uleb(&s->abbrev, name);
	uleb(&s->abbrev, form);
}

static inline void at_str(struct scene *s, unsigned name, const char *v)
{
	attr(s, name, DW_FORM_string);
	buf_add(&s->info, v, strlen(v) + 1);
}

static inline void at_u(struct scene *s, unsigned name, uint64_t v)
{
	attr(s, name, DW_FORM_udata);
	uleb(&s->info, v);
}

static inline void at_ref(struct scene *s, unsigned name, uint32_t v)
{
	attr(s, name, DW_FORM_ref4);
	number(&s->info, v, 4);
}

static inline void at_block(struct scene *s, unsigned name, unsigned form, const void *bytes, size_t size)
{
	attr(s, name, form);
	uleb(&s->info, size);
	buf_add(&s->info, bytes, size);
}

static inline void scene_start(struct scene *s)
{
	memset(s, 0, sizeof *s);
	number(&s->info, 0, 4); /* length, later */
	number(&s->info, 4, 2);
	number(&s->info, 0, 4);
	number(&s->info, 8, 1);
	die(s, DW_TAG_compile_unit, true);
	at_str(s, DW_AT_name, "scene.rs");
	at_u(s, DW_AT_language, LANG_RUST);
	attr(s, DW_AT_low_pc, DW_FORM_addr);
	number(&s->info, TEXT, 8);
	at_u(s, DW_AT_high_pc, TEXT_SIZE);
	s->cfa = 0;
	s->exact_pc = true;
}

static inline void function(struct scene *s, const uint8_t *frame_base, size_t size)
{
	die(s, DW_TAG_subprogram, true);
	at_str(s, DW_AT_name, "scene");
	attr(s, DW_AT_low_pc, DW_FORM_addr);
	number(&s->info, TEXT, 8);
	at_u(s, DW_AT_high_pc, TEXT_SIZE);
	at_block(s, DW_AT_frame_base, DW_FORM_exprloc, frame_base, size);
}

static inline uint64_t put(struct scene *s, const void *bytes, size_t size)
{
	s->memory_used = (s->memory_used + 15) & ~(size_t)15;
	assert_true(s->memory_used + size <= sizeof s->memory);
	memcpy(s->memory + s->memory_used, bytes, size);
	s->memory_used += size;
	return MEMORY + s->memory_used - size;
}

static inline void variable_at(struct scene *s, const char *name, uint32_t type, const uint8_t *expr,
			       size_t size)
{
	die(s, DW_TAG_formal_parameter, false);
	at_str(s, DW_AT_name, name);
	at_ref(s, DW_AT_type, type);
	at_block(s, DW_AT_location, DW_FORM_exprloc, expr, size);
}

/* A variable in memory, with these bytes. */
static inline void variable(struct scene *s, const char *name, uint32_t type, const void *bytes, size_t size)
{
	uint64_t addr = put(s, bytes, size) - BIAS;
	uint8_t expr[9] = { OP_ADDR };
	memcpy(expr + 1, &addr, 8);
	variable_at(s, name, type, expr, sizeof expr);
}

static inline void put_section(struct buf *out, uint32_t name, uint32_t type, uint64_t addr,
			       uint64_t offset, uint64_t size)
{
	Elf64_Shdr h = { .sh_name = name,
			 .sh_type = type,
			 .sh_addr = addr,
			 .sh_offset = offset,
			 .sh_size = size,
			 .sh_addralign = 1 };
	if (type == SHT_NOBITS)
		h.sh_flags = SHF_ALLOC | SHF_EXECINSTR;
	buf_add(out, &h, sizeof h);
}

static inline bool scene_memory(void *ctx, uint64_t addr, void *buf, size_t size)
{
	struct scene *s = ctx;
	if (addr < MEMORY || addr - MEMORY > sizeof s->memory || size > sizeof s->memory - (addr - MEMORY))
		return false;
	memcpy(buf, s->memory + (addr - MEMORY), size);
	return true;
}

/* Ends function and unit, makes the file and opens it. */
static inline void scene_finish(struct scene *s)
{
	static const char names[] = "\0.text\0.debug_info\0.debug_abbrev\0.shstrtab";
	end_children(s);
	end_children(s);
	number(&s->abbrev, 0, 1);
	uint32_t length = (uint32_t)s->info.len - 4;
	memcpy(s->info.data, &length, 4);
	Elf64_Ehdr e = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_DYN,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof e,
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = 5,
		.e_shstrndx = 4,
	};
	uint64_t info = sizeof e, abbrev = info + s->info.len, strings = abbrev + s->abbrev.len;
	e.e_shoff = strings + sizeof names;
	buf_add(&s->elf, &e, sizeof e);
	buf_add(&s->elf, s->info.data, s->info.len);
	buf_add(&s->elf, s->abbrev.data, s->abbrev.len);
	buf_add(&s->elf, names, sizeof names);
	put_section(&s->elf, 0, SHT_NULL, 0, 0, 0);
	put_section(&s->elf, 1, SHT_NOBITS, TEXT, info, TEXT_SIZE);
	put_section(&s->elf, 7, SHT_PROGBITS, 0, info, s->info.len);
	put_section(&s->elf, 19, SHT_PROGBITS, 0, abbrev, s->abbrev.len);
	put_section(&s->elf, 33, SHT_STRTAB, 0, strings, sizeof names);
	struct error *err = sym_module_open_bytes("scene", s->elf.data, s->elf.len, &s->module);
	if (err)
		fail_msg("%s", err->message);
	s->context = (struct unwind_context){ .ctx = s, .arch = &arch_x86_64, .memory = scene_memory };
	s->unwind = (struct unwind_frame){ .pc = RUN_ADDR(0, TEXT + BIAS),
					   .cfa = s->cfa,
					   .exact_pc = s->exact_pc,
					   .regs = s->regs,
					   .index = s->frame_index };
	s->frame = (struct eval_frame){ .context = &s->context,
					.frame = &s->unwind,
					.module = s->module,
					.bias = BIAS,
					.pc = FILE_ADDR(TEXT),
					.xmm = (const uint8_t(*)[16])s->xmm };
}

static inline void scene_end(struct scene *s)
{
	sym_module_close(s->module);
	buf_deinit(&s->info);
	buf_deinit(&s->abbrev);
	buf_deinit(&s->elf);
	arena_deinit(&s->arena);
	free(s);
}

static inline struct eval_value evaluate(struct scene *s, const char *name)
{
	const struct sym_function *f = sym_function_at(s->module, FILE_ADDR(TEXT));
	assert_non_null(f);
	const struct sym_variable *const *params;
	size_t count = sym_function_params(f, &params);
	struct eval_value value;
	for (size_t i = 0; i < count; i++) {
		if (str_is(sym_variable_name(params[i]), name)) {
			eval_variable(&s->frame, params[i], &s->arena, &value);
			return value;
		}
	}
	fail_msg("no variable %s", name);
	abort();
}

static inline void check_width(struct scene *s, const char *name, const char *text, size_t width)
{
	struct eval_value value = evaluate(s, name);
	struct buf out = { 0 };
	buf_str(&out, STR_LIT("= "));
	eval_format(&s->frame, &value, width, &out);
	if (strcmp(out.data + 2, text) != 0)
		print_error("%s:\n", name);
	assert_string_equal(out.data + 2, text);
	buf_deinit(&out);
}

static inline void check(struct scene *s, const char *name, const char *text)
{
	check_width(s, name, text, 200);
}

/* ---- types ---- */

static inline uint32_t base(struct scene *s, const char *name, unsigned encoding, unsigned size)
{
	uint32_t t = die(s, DW_TAG_base_type, false);
	at_str(s, DW_AT_name, name);
	at_u(s, DW_AT_encoding, encoding);
	at_u(s, DW_AT_byte_size, size);
	return t;
}

static inline uint32_t pointer(struct scene *s, const char *name, uint32_t target)
{
	uint32_t t = die(s, DW_TAG_pointer_type, false);
	if (name)
		at_str(s, DW_AT_name, name);
	at_ref(s, DW_AT_type, target);
	return t;
}

static inline uint32_t structure(struct scene *s, const char *name, uint64_t size)
{
	uint32_t t = die(s, DW_TAG_structure_type, true);
	at_str(s, DW_AT_name, name);
	at_u(s, DW_AT_byte_size, size);
	return t;
}

static inline void member(struct scene *s, const char *name, uint32_t type, uint64_t offset)
{
	die(s, DW_TAG_member, false);
	if (name)
		at_str(s, DW_AT_name, name);
	at_ref(s, DW_AT_type, type);
	at_u(s, DW_AT_data_member_location, offset);
}

/* A structure of members {name, type, offset}…, ended by a NULL name. */
struct member {
	const char *name;
	uint32_t type;
	uint64_t offset;
};

static inline uint32_t structure_of(struct scene *s, const char *name, uint64_t size,
				    const struct member *members)
{
	uint32_t t = structure(s, name, size);
	for (; members->name; members++)
		member(s, members->name, members->type, members->offset);
	end_children(s);
	return t;
}

static inline uint32_t array(struct scene *s, uint32_t element, uint64_t count)
{
	uint32_t t = die(s, DW_TAG_array_type, true);
	at_ref(s, DW_AT_type, element);
	die(s, DW_TAG_subrange_type, false);
	at_u(s, DW_AT_count, count);
	end_children(s);
	return t;
}

static const uint8_t no_frame_base[] = { 0x57 }; /* DW_OP_reg7 */

static inline struct scene *scene_new(void)
{
	struct scene *s = malloc(sizeof *s);
	assert_non_null(s);
	scene_start(s);
	return s;
}

#define VARIABLE(s, name, type, ...)                                   \
	do {                                                           \
		__auto_type bytes_ = (__VA_ARGS__);                    \
		variable((s), (name), (type), &bytes_, sizeof bytes_); \
	} while (0)

/* One variant of a variant part; discr NULL: the default. */
static inline void variant(struct scene *s, const void *discr, size_t discr_size, const char *name,
			   uint32_t payload)
{
	die(s, DW_TAG_variant, true);
	if (discr && discr_size == 16) {
		at_block(s, DW_AT_discr_value, DW_FORM_block1, discr, discr_size);
	} else if (discr) {
		uint64_t v = 0;
		memcpy(&v, discr, discr_size);
		at_u(s, DW_AT_discr_value, v);
	}
	member(s, name, payload, 0);
	end_children(s);
}

/* Opens the variant part; its discriminant is the member that follows at once. */
static inline void variant_part(struct scene *s, uint32_t discr_type, uint64_t offset)
{
	uint32_t part = die(s, DW_TAG_variant_part, true);
	/* The member follows at once: DIE offsets of this writer are predictable from the reference's
	 * own size. */
	attr(s, DW_AT_discr, DW_FORM_ref4);
	number(&s->info, (uint32_t)s->info.len + 4, 4);
	(void)part;
	die(s, DW_TAG_member, false);
	at_ref(s, DW_AT_type, discr_type);
	at_u(s, DW_AT_data_member_location, offset);
	at_u(s, DW_AT_artificial, 1);
}

#define AT(s, name, type, ...)                                             \
	variable_at((s), (name), (type), (const uint8_t[]){ __VA_ARGS__ }, \
		    sizeof((const uint8_t[]){ __VA_ARGS__ }))

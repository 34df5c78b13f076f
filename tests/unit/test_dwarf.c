/* The DWARF readers, on hand-made bytes and on this very program's debug information. */
#include "dwarf_bytes.h"

#include "dwarf/cfi.h"
#include "dwarf/expr.h"
#include "dwarf/line.h"

#include <stdio.h>
#include <sys/auxv.h>

/* --- hand-made units --- */

/* A unit of one DIE per case: abbreviations and DIEs are put by the test. */
struct made {
	struct buf abbrev, info;
	struct dw_sections sections;
	struct dw_unit unit;
	struct dw_abbrevs *abbrevs;
	bool is_64;
};

static void made_begin(struct made *m, uint16_t version, bool is_64)
{
	memset(m, 0, sizeof *m);
	m->is_64 = is_64;
	m->sections.name = "made";
	if (is_64)
		put(&m->info, 0xffffffff, 4);
	put(&m->info, 0, is_64 ? 8 : 4);
	put(&m->info, version, 2);
	if (version >= 5)
		PUT_BYTES(&m->info, DW_UT_compile, 8);
	put(&m->info, 0, is_64 ? 8 : 4);
	if (version < 5)
		put(&m->info, 8, 1);
}

static struct error *made_open(struct made *m)
{
	uint64_t next;
	end_length(&m->info, m->is_64 ? 4 : 0, m->is_64 ? 8 : 4);
	m->sections.section[DW_SECTION_INFO] = span_of(&m->info);
	m->sections.section[DW_SECTION_ABBREV] = span_of(&m->abbrev);
	TRY(dw_unit_read(&m->sections, 0, &m->unit, &next));
	assert_int_equal(next, m->info.len);
	TRY(dw_abbrevs_parse(&m->sections, 0, m->unit.address_size, m->unit.is_64, &m->abbrevs));
	return dw_unit_set_abbrevs(&m->unit, m->abbrevs);
}

static void made_end(struct made *m)
{
	dw_abbrevs_destroy(m->abbrevs);
	buf_deinit(&m->abbrev);
	buf_deinit(&m->info);
}

static struct dw_cursor first_die(struct made *m)
{
	struct dw_cursor c = dw_cursor_at(&m->unit, m->unit.first_die);
	assert_true(dw_cursor_next(&c));
	return c;
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(dw_tag_name(0x2e), "DW_TAG_subprogram");
	assert_string_equal(dw_at_name(0x3f), "DW_AT_external");
	assert_string_equal(dw_form_name(0x21), "DW_FORM_implicit_const");
	assert_string_equal(dw_op_name(0xf3), "DW_OP_GNU_entry_value");
	assert_string_equal(dw_op_name(0x8f), "DW_OP_breg31");
	assert_string_equal(dw_ate_name(8), "DW_ATE_unsigned_char");
	assert_string_equal(dw_lang_name(0x1c), "DW_LANG_Rust");
	assert_string_equal(dw_cfa_name(0x0c), "DW_CFA_def_cfa");
	assert_string_equal(dw_tag_name(0x7777), "DW_TAG_?");
	assert_string_equal(dw_section_name(DW_SECTION_LOCLISTS), ".debug_loclists");
}

/* --- abbreviations --- */

static struct error *parse_abbrevs(const uint8_t *bytes, size_t size, struct dw_abbrevs **ret)
{
	struct dw_sections sections = { .name = "made" };
	sections.section[DW_SECTION_ABBREV] = (struct dw_span){ bytes, size };
	return dw_abbrevs_parse(&sections, 0, 8, false, ret);
}
#define PARSE_ABBREVS(ret, ...) \
	parse_abbrevs((const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }), ret)

static void test_abbrevs(void **state)
{
	(void)state;
	struct dw_abbrevs *a;
	ok(PARSE_ABBREVS(&a, 1, DW_TAG_subprogram, 1, DW_AT_low_pc, DW_FORM_addr, DW_AT_sibling,
			 DW_FORM_ref4, 0, 0, 2, DW_TAG_variable, 0, DW_AT_name, DW_FORM_string, 0, 0, 0));
	assert_true(a->dense);
	assert_int_equal(a->count, 2);
	const struct dw_abbrev *first = dw_abbrevs_find(a, 1), *second = dw_abbrevs_find(a, 2);
	assert_int_equal(first->tag, DW_TAG_subprogram);
	assert_true(first->children && first->has_sibling);
	assert_int_equal(first->fixed_size, 12);
	assert_int_equal(second->fixed_size, 0);
	assert_false(second->children || second->has_sibling);
	assert_null(dw_abbrevs_find(a, 0));
	assert_null(dw_abbrevs_find(a, 3));
	assert_null(dw_abbrevs_find(a, UINT64_MAX));
	dw_abbrevs_destroy(a);

	/* Sparse codes, not in order. */
	ok(PARSE_ABBREVS(&a, 0x90, 1, DW_TAG_variable, 0, 0, 0, 7, DW_TAG_member, 0, 0, 0, 0));
	assert_false(a->dense);
	assert_int_equal(dw_abbrevs_find(a, 0x90)->tag, DW_TAG_variable);
	assert_int_equal(dw_abbrevs_find(a, 7)->tag, DW_TAG_member);
	assert_null(dw_abbrevs_find(a, 8));
	dw_abbrevs_destroy(a);

	fails(PARSE_ABBREVS(&a, 5, 0x34, 0, 0, 0, 5, 0x34, 0, 0, 0, 0), ERROR_FORMAT); /* the same code */
	fails(PARSE_ABBREVS(&a, 1, 0x34, 0, 3, 0x7f, 0, 0, 0), ERROR_UNSUPPORTED);     /* no such form */
	fails(PARSE_ABBREVS(&a, 1, 0x34, 2, 0, 0, 0), ERROR_FORMAT);                   /* children 2 */
	fails(PARSE_ABBREVS(&a, 1, 0x80, 0x80, 0x10, 0, 0, 0, 0), ERROR_FORMAT);       /* tag 0x40000 */
	fails(PARSE_ABBREVS(&a, 1, 0x34, 0, 3), ERROR_TRUNCATED);
	struct error *err = PARSE_ABBREVS(&a, 1, 0x34, 0, 3, 0x7f, 0, 0, 0);
	assert_true(err->has_where && err->where == 5);
	error_destroy(err);
}

/* --- unit headers --- */

static struct error *read_unit(const struct buf *b, struct dw_unit *ret, uint64_t *ret_next)
{
	static struct dw_sections sections;
	sections = (struct dw_sections){ .name = "made" };
	sections.section[DW_SECTION_INFO] = span_of(b);
	return dw_unit_read(&sections, 0, ret, ret_next);
}

static void test_unit_headers(void **state)
{
	(void)state;
	struct dw_unit unit;
	uint64_t next = 99;
	struct buf b = { 0 };
	PUT_BYTES(&b, 8, 0, 0, 0, 3, 0, 0x34, 0x12, 0, 0, 4, 0);
	ok(read_unit(&b, &unit, &next));
	assert_int_equal(unit.version, 3);
	assert_int_equal(unit.address_size, 4);
	assert_int_equal(unit.abbrev_offset, 0x1234);
	assert_int_equal(unit.type, DW_UT_compile);
	assert_int_equal(unit.first_die, 11);
	assert_int_equal(unit.end, 12);
	assert_int_equal(next, 12);
	buf_deinit(&b);

	b = (struct buf){ 0 };
	put(&b, 0xffffffff, 4);
	put(&b, 28, 8);
	PUT_BYTES(&b, 5, 0, DW_UT_type, 8);
	put(&b, 0x77, 8);
	put(&b, 0x1122334455667788, 8);
	put(&b, 40, 8);
	ok(read_unit(&b, &unit, &next));
	assert_true(unit.is_64);
	assert_int_equal(unit.type, DW_UT_type);
	assert_int_equal(unit.abbrev_offset, 0x77);
	assert_true(unit.type_signature == 0x1122334455667788);
	assert_int_equal(unit.type_die, 40);
	assert_int_equal(unit.first_die, 40);
	buf_deinit(&b);

	/* Unknown version: what follows can be read. A length behind the section: it cannot. */
	b = (struct buf){ 0 };
	PUT_BYTES(&b, 8, 0, 0, 0, 6, 0, 0, 0, 0, 0, 8, 0);
	fails(read_unit(&b, &unit, &next), ERROR_UNSUPPORTED);
	assert_int_equal(next, 12);
	b.data[0] = 9;
	fails(read_unit(&b, &unit, &next), ERROR_TRUNCATED);
	assert_int_equal(next, 0);
	b.data[0] = 3;
	b.data[4] = 4;
	fails(read_unit(&b, &unit, &next), ERROR_TRUNCATED);
	assert_int_equal(next, 7);
	buf_deinit(&b);
}

/* --- the cursor --- */

/* unit > (function > variable), variable; `sibling` is the function's DW_AT_sibling, relative to the
 * unit. */
static void made_tree(struct made *m, uint32_t sibling)
{
	made_begin(m, 4, false);
	PUT_BYTES(&m->abbrev, 1, DW_TAG_compile_unit, 1, 0, 0, 2, DW_TAG_subprogram, 1, DW_AT_sibling,
		  DW_FORM_ref4, DW_AT_name, DW_FORM_string, 0, 0, 3, DW_TAG_variable, 0, DW_AT_location,
		  DW_FORM_exprloc, DW_AT_decl_line, DW_FORM_udata, 0, 0, 0);
	PUT_BYTES(&m->info, 1); /* 11 */
	PUT_BYTES(&m->info, 2); /* 12 */
	put(&m->info, sibling, 4);
	put_str(&m->info, "f");
	PUT_BYTES(&m->info, 3, 1, DW_OP_reg0, 0x81, 0x01); /* 19 */
	PUT_BYTES(&m->info, 0);                            /* 24 */
	PUT_BYTES(&m->info, 3, 0, 5);                      /* 25 */
	PUT_BYTES(&m->info, 0);                            /* 28 */
}

static void test_cursor(void **state)
{
	(void)state;
	static const struct {
		uint64_t die;
		uint16_t tag;
		int depth;
	} wanted[] = { { 11, DW_TAG_compile_unit, 0 }, { 12, DW_TAG_subprogram, 1 },
		       { 19, DW_TAG_variable, 2 },     { 24, 0, 2 },
		       { 25, DW_TAG_variable, 1 },     { 28, 0, 1 } };
	struct made m;
	made_tree(&m, 25);
	ok(made_open(&m));
	struct dw_cursor c = dw_cursor_at(&m.unit, m.unit.first_die);
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		assert_true(dw_cursor_next(&c));
		assert_int_equal(c.die, wanted[i].die);
		assert_int_equal(c.abbrev ? c.abbrev->tag : 0, wanted[i].tag);
		assert_int_equal(c.depth, wanted[i].depth);
	}
	assert_false(dw_cursor_next(&c));
	ok(dw_cursor_error(&c));

	/* In the middle: depths count from there. */
	c = dw_cursor_at(&m.unit, 19);
	assert_true(dw_cursor_next(&c));
	assert_int_equal(c.depth, 0);
	struct dw_value value;
	uint64_t line = 0;
	assert_true(dw_attr(&c, DW_AT_decl_line, &value));
	assert_true(dw_value_unsigned(&value, &line));
	assert_int_equal(line, 129);
	assert_false(dw_attr(&c, DW_AT_name, &value));
	made_end(&m);
}

static void test_skip_children(void **state)
{
	(void)state;
	/* Forward to the next sibling; backward, itself, behind the unit, which make it walk. */
	static const uint32_t siblings[] = { 25, 12, 3, 0x1000 };
	for (size_t i = 0; i < 4; i++) {
		struct made m;
		made_tree(&m, siblings[i]);
		ok(made_open(&m));
		struct dw_cursor c = first_die(&m);
		assert_true(dw_cursor_next(&c));
		assert_true(dw_cursor_skip_children(&c));
		assert_true(dw_cursor_next(&c));
		assert_int_equal(c.die, 25);
		assert_int_equal(c.depth, 1);
		assert_true(dw_cursor_skip_children(&c)); /* it has none */
		assert_true(dw_cursor_next(&c));
		assert_int_equal(c.die, 28);
		assert_false(dw_cursor_next(&c));
		ok(dw_cursor_error(&c));
		made_end(&m);
	}
}

static void test_cursor_errors(void **state)
{
	(void)state;
	struct made m;
	made_tree(&m, 25);
	m.info.data[25] = 9;
	ok(made_open(&m));
	struct dw_cursor c = dw_cursor_at(&m.unit, m.unit.first_die);
	while (dw_cursor_next(&c))
		;
	struct error *err = dw_cursor_error(&c);
	assert_non_null(err);
	assert_int_equal(err->where, 25);
	assert_non_null(strstr(err->message, ".debug_info"));
	error_destroy(err);
	made_end(&m);

	/* An expression that runs out of the unit. */
	made_tree(&m, 25);
	m.info.data[26] = 100;
	ok(made_open(&m));
	c = dw_cursor_at(&m.unit, m.unit.first_die);
	while (dw_cursor_next(&c))
		;
	fails(dw_cursor_error(&c), ERROR_TRUNCATED);
	made_end(&m);

	made_begin(&m, 4, false);
	PUT_BYTES(&m.abbrev, 1, DW_TAG_lexical_block, 1, 0, 0, 0);
	for (int i = 0; i < DW_MAX_DEPTH + 1; i++)
		put(&m.info, 1, 1);
	ok(made_open(&m));
	c = dw_cursor_at(&m.unit, m.unit.first_die);
	while (dw_cursor_next(&c))
		;
	fails(dw_cursor_error(&c), ERROR_LIMIT);
	c = dw_cursor_at(&m.unit, m.unit.end + 1);
	assert_false(dw_cursor_next(&c));
	fails(dw_cursor_error(&c), ERROR_FORMAT);
	made_end(&m);
}

/* --- forms --- */

struct form_case {
	uint16_t form;
	enum dw_value_kind kind;
	uint64_t u; /* or the first byte of a string or block */
	uint8_t size;
	uint8_t bytes[20];
};

/* clang-format off */
static const struct form_case form_cases[] = {
	{ DW_FORM_addr, DW_VALUE_ADDRESS, 0x1122, 8, { 0x22, 0x11 } },
	{ DW_FORM_data1, DW_VALUE_UNSIGNED, 0xfe, 1, { 0xfe } },
	{ DW_FORM_data2, DW_VALUE_UNSIGNED, 0xfffe, 2, { 0xfe, 0xff } },
	{ DW_FORM_data4, DW_VALUE_UNSIGNED, 5, 4, { 5 } },
	{ DW_FORM_data8, DW_VALUE_UNSIGNED, 6, 8, { 6 } },
	{ DW_FORM_data16, DW_VALUE_BLOCK, 7, 16, { 7 } },
	{ DW_FORM_udata, DW_VALUE_UNSIGNED, 300, 2, { 0xac, 2 } },
	{ DW_FORM_sdata, DW_VALUE_SIGNED, (uint64_t)-2, 1, { 0x7e } },
	{ DW_FORM_flag, DW_VALUE_FLAG, 1, 1, { 0x40 } },
	{ DW_FORM_flag_present, DW_VALUE_FLAG, 1, 0, { 0 } },
	{ DW_FORM_string, DW_VALUE_STRING, 'h', 3, { 'h', 'i', 0 } },
	{ DW_FORM_strp, DW_VALUE_STRING, 'B', 4, { 6 } },
	{ DW_FORM_strp, DW_VALUE_BAD, 0, 4, { 0xff } },
	{ DW_FORM_line_strp, DW_VALUE_STRING, 'L', 4, { 0 } },
	{ DW_FORM_strx, DW_VALUE_STRING, 'B', 1, { 1 } },
	{ DW_FORM_strx1, DW_VALUE_STRING, 'A', 1, { 0 } },
	{ DW_FORM_strx2, DW_VALUE_STRING, 'B', 2, { 1 } },
	{ DW_FORM_strx3, DW_VALUE_STRING, 'B', 3, { 1 } },
	{ DW_FORM_strx4, DW_VALUE_BAD, 0, 4, { 2 } },
	{ DW_FORM_addrx, DW_VALUE_ADDRESS, 0x5000, 1, { 1 } },
	{ DW_FORM_addrx1, DW_VALUE_ADDRESS, 0x4000, 1, { 0 } },
	{ DW_FORM_addrx2, DW_VALUE_BAD, 0, 2, { 9 } },
	{ DW_FORM_addrx3, DW_VALUE_ADDRESS, 0x5000, 3, { 1 } },
	{ DW_FORM_addrx4, DW_VALUE_BAD, 0, 4, { 0xff, 0xff, 0xff, 0xff } },
	{ DW_FORM_GNU_addr_index, DW_VALUE_ADDRESS, 0x5000, 1, { 1 } },
	{ DW_FORM_GNU_str_index, DW_VALUE_STRING, 'B', 1, { 1 } },
	{ DW_FORM_block1, DW_VALUE_BLOCK, 9, 3, { 2, 9, 8 } },
	{ DW_FORM_block2, DW_VALUE_BLOCK, 9, 4, { 2, 0, 9, 8 } },
	{ DW_FORM_block4, DW_VALUE_BLOCK, 9, 6, { 2, 0, 0, 0, 9, 8 } },
	{ DW_FORM_block, DW_VALUE_BLOCK, 9, 3, { 2, 9, 8 } },
	{ DW_FORM_exprloc, DW_VALUE_BLOCK, 9, 3, { 2, 9, 8 } },
	{ DW_FORM_ref1, DW_VALUE_REFERENCE, 12, 1, { 12 } },
	{ DW_FORM_ref2, DW_VALUE_REFERENCE, 12, 2, { 12 } },
	{ DW_FORM_ref4, DW_VALUE_REFERENCE, 12, 4, { 12 } },
	{ DW_FORM_ref8, DW_VALUE_BAD, 0, 8, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
	{ DW_FORM_ref_udata, DW_VALUE_REFERENCE, 12, 1, { 12 } },
	{ DW_FORM_ref_addr, DW_VALUE_REFERENCE, 2, 4, { 2 } },
	{ DW_FORM_ref_addr, DW_VALUE_BAD, 0, 4, { 0xff, 0xff } },
	{ DW_FORM_ref_sig8, DW_VALUE_SIGNATURE, 3, 8, { 3 } },
	{ DW_FORM_ref_sup4, DW_VALUE_OTHER_FILE, 3, 4, { 3 } },
	{ DW_FORM_ref_sup8, DW_VALUE_OTHER_FILE, 3, 8, { 3 } },
	{ DW_FORM_strp_sup, DW_VALUE_OTHER_FILE, 3, 4, { 3 } },
	{ DW_FORM_GNU_ref_alt, DW_VALUE_OTHER_FILE, 3, 4, { 3 } },
	{ DW_FORM_GNU_strp_alt, DW_VALUE_OTHER_FILE, 3, 4, { 3 } },
	{ DW_FORM_sec_offset, DW_VALUE_SEC_OFFSET, 4, 4, { 4 } },
	{ DW_FORM_loclistx, DW_VALUE_LIST_INDEX, 4, 1, { 4 } },
	{ DW_FORM_rnglistx, DW_VALUE_LIST_INDEX, 4, 1, { 4 } },
	{ DW_FORM_indirect, DW_VALUE_UNSIGNED, 4, 2, { DW_FORM_data1, 4 } },
	{ DW_FORM_indirect, DW_VALUE_BLOCK, 4, 3, { DW_FORM_exprloc, 1, 4 } },
};
/* clang-format on */

static void check_form(const struct form_case *f)
{
	static const uint8_t strings[] = "Alpha\0Beta", line_strings[] = "Line";
	struct buf offsets = { 0 }, addrs = { 0 };
	put(&offsets, 0, 8);
	put(&offsets, 0, 4);
	put(&offsets, 6, 4);
	put(&addrs, 0, 8);
	put(&addrs, 0x4000, 8);
	put(&addrs, 0x5000, 8);
	struct made m;
	made_begin(&m, 5, false);
	m.sections.section[DW_SECTION_STR] = (struct dw_span){ strings, sizeof strings };
	m.sections.section[DW_SECTION_LINE_STR] = (struct dw_span){ line_strings, sizeof line_strings };
	m.sections.section[DW_SECTION_STR_OFFSETS] = span_of(&offsets);
	m.sections.section[DW_SECTION_ADDR] = span_of(&addrs);
	/* The attribute behind it tells whether its size was right. */
	put_uleb(&m.abbrev, 1);
	PUT_BYTES(&m.abbrev, DW_TAG_variable, 0, DW_AT_const_value);
	put_uleb(&m.abbrev, f->form);
	PUT_BYTES(&m.abbrev, DW_AT_decl_line, DW_FORM_implicit_const, 0x7b, DW_AT_count, DW_FORM_data1,
		  0, 0, 0);
	put(&m.info, 1, 1);
	buf_add(&m.info, f->bytes, f->size);
	put(&m.info, 0x5a, 1);
	put(&m.info, 0, 1);
	ok(made_open(&m));

	struct dw_cursor c = first_die(&m);
	struct dw_value value, line, count;
	int64_t s = 0;
	assert_true(dw_attr(&c, DW_AT_const_value, &value));
	assert_int_equal(value.kind, f->kind);
	if (f->kind == DW_VALUE_STRING)
		assert_int_equal(value.str.ptr[0], f->u);
	else if (f->kind == DW_VALUE_BLOCK)
		assert_int_equal(value.block.data[0], f->u);
	else if (f->kind != DW_VALUE_BAD)
		assert_true(value.u == f->u);
	assert_true(dw_attr(&c, DW_AT_decl_line, &line));
	assert_true(dw_value_signed(&line, &s));
	assert_int_equal(s, -5);
	assert_true(dw_attr(&c, DW_AT_count, &count));
	assert_int_equal(count.u, 0x5a);
	/* The cursor steps over as many bytes as the decoder read. */
	assert_true(dw_cursor_next(&c));
	assert_null(c.abbrev);
	assert_int_equal(c.die, m.info.len - 1);
	made_end(&m);
	buf_deinit(&offsets);
	buf_deinit(&addrs);
}

static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof form_cases / sizeof *form_cases; i++)
		check_form(&form_cases[i]);
}

static void test_64_bit_forms(void **state)
{
	(void)state;
	static const uint8_t strings[] = "x\0yes";
	struct made m;
	made_begin(&m, 4, true);
	m.sections.section[DW_SECTION_STR] = (struct dw_span){ strings, sizeof strings };
	PUT_BYTES(&m.abbrev, 1, DW_TAG_compile_unit, 0, DW_AT_name, DW_FORM_strp, DW_AT_stmt_list,
		  DW_FORM_sec_offset, 0, 0, 0);
	put(&m.info, 1, 1);
	put(&m.info, 2, 8);
	put(&m.info, 0x123456789a, 8);
	ok(made_open(&m));
	struct dw_cursor c = first_die(&m);
	struct dw_value value;
	assert_true(dw_attr(&c, DW_AT_name, &value));
	assert_true(str_is(value.str, "yes"));
	assert_true(dw_attr(&c, DW_AT_stmt_list, &value));
	assert_true(value.u == 0x123456789a);
	assert_false(dw_cursor_next(&c));
	ok(dw_cursor_error(&c));
	made_end(&m);
}

static void test_signedness(void **state)
{
	(void)state;
	static const uint8_t block[] = { 0xff, 0xff };
	struct dw_value byte = { .form = DW_FORM_data1, .kind = DW_VALUE_UNSIGNED, .u = 0xff };
	struct dw_value wide = { .form = DW_FORM_udata, .kind = DW_VALUE_UNSIGNED, .u = 0xff };
	struct dw_value bytes = { .form = DW_FORM_block1, .kind = DW_VALUE_BLOCK, .block = { block, 2 } };
	struct dw_value text = { .form = DW_FORM_string, .kind = DW_VALUE_STRING };
	uint64_t u;
	int64_t s = 0;
	assert_true(dw_value_signed(&byte, &s) && s == -1);
	assert_true(dw_value_unsigned(&byte, &u) && u == 0xff);
	assert_true(dw_value_signed(&wide, &s) && s == 0xff);
	assert_true(dw_value_signed(&bytes, &s) && s == -1);
	assert_true(dw_value_unsigned(&bytes, &u) && u == 0xffff);
	assert_false(dw_value_unsigned(&text, &u));
}

/* --- ranges and locations --- */

struct ranges {
	struct file_range range[16];
	struct dw_span expr[16];
	size_t count;
};

static void on_range(void *ctx, struct file_range range)
{
	struct ranges *r = ctx;
	assert_true(r->count < 16);
	r->range[r->count++] = range;
}

static void on_location(void *ctx, struct file_range range, struct dw_span expr)
{
	struct ranges *r = ctx;
	r->expr[r->count] = expr;
	on_range(ctx, range);
}

static void expect_range(const struct ranges *r, size_t i, uint64_t start, uint64_t end)
{
	assert_true(i < r->count);
	assert_int_equal(r->range[i].start.value, start);
	assert_int_equal(r->range[i].end.value, end);
}

/* A unit DIE with low_pc 0x1000 and a list at offset 0, or by index 0. */
static void made_list_unit(struct made *m, uint16_t version, uint16_t attribute, uint16_t form)
{
	made_begin(m, version, false);
	PUT_BYTES(&m->abbrev, 1, DW_TAG_compile_unit, 0, DW_AT_low_pc, DW_FORM_addr);
	put_uleb(&m->abbrev, attribute);
	put_uleb(&m->abbrev, form);
	PUT_BYTES(&m->abbrev, 0, 0, 0);
	put(&m->info, 1, 1);
	put(&m->info, 0x1000, 8);
	put(&m->info, 0, form == DW_FORM_rnglistx ? 1 : 4);
}

static void test_old_ranges(void **state)
{
	(void)state;
	struct made m;
	struct buf list = { 0 };
	static const uint64_t words[] = {
		0x10, 0x20, 0x30, 0x30, ~UINT64_C(0), 0x8000, 0, 0x5, ~UINT64_C(0), 1, 0, 9, 0, 0
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		put(&list, words[i], 8);
	made_list_unit(&m, 4, DW_AT_ranges, DW_FORM_sec_offset);
	m.sections.section[DW_SECTION_RANGES] = span_of(&list);
	ok(made_open(&m));
	assert_true(m.unit.has_low_pc);
	struct dw_cursor c = first_die(&m);
	struct ranges r = { .count = 0 };
	ok(dw_die_ranges(&c, true, on_range, &r));
	assert_int_equal(r.count, 2);
	expect_range(&r, 0, 0x1010, 0x1020);
	expect_range(&r, 1, 0x8000, 0x8005);
	r.count = 0;
	ok(dw_die_ranges(&c, false, on_range, &r));
	assert_int_equal(r.count, 3);
	expect_range(&r, 2, 1, 10);
	/* No end: what was there is given, then the error. */
	m.sections.section[DW_SECTION_RANGES].size -= 8;
	r.count = 0;
	fails(dw_die_ranges(&c, true, on_range, &r), ERROR_TRUNCATED);
	assert_int_equal(r.count, 2);
	made_end(&m);
	buf_deinit(&list);
}

static void test_new_ranges(void **state)
{
	(void)state;
	struct made m;
	struct buf list = { 0 }, addrs = { 0 };
	put(&addrs, 0, 8);
	put(&addrs, 0x4000, 8);
	put(&addrs, 0x4100, 8);
	put(&list, 0, 8); /* header */
	put(&list, 1, 4);
	put(&list, 4, 4); /* the only offset */
	PUT_BYTES(&list, DW_RLE_offset_pair, 1, 2, DW_RLE_base_addressx, 0, DW_RLE_offset_pair, 0x80, 1,
		  0x90, 1, DW_RLE_startx_endx, 0, 1, DW_RLE_startx_length, 1, 4, DW_RLE_base_address);
	put(&list, 0, 8);
	PUT_BYTES(&list, DW_RLE_offset_pair, 3, 4, DW_RLE_start_end);
	put(&list, 0x7000, 8);
	put(&list, 0x7010, 8);
	PUT_BYTES(&list, DW_RLE_start_length);
	put(&list, 0x7100, 8);
	PUT_BYTES(&list, 2, DW_RLE_end_of_list);
	made_list_unit(&m, 5, DW_AT_ranges, DW_FORM_rnglistx);
	m.sections.section[DW_SECTION_RNGLISTS] = span_of(&list);
	m.sections.section[DW_SECTION_ADDR] = span_of(&addrs);
	ok(made_open(&m));
	struct dw_cursor c = first_die(&m);
	struct ranges r = { .count = 0 };
	ok(dw_die_ranges(&c, true, on_range, &r));
	assert_int_equal(r.count, 6);
	expect_range(&r, 0, 0x1001, 0x1002);
	expect_range(&r, 1, 0x4080, 0x4090);
	expect_range(&r, 2, 0x4000, 0x4100);
	expect_range(&r, 3, 0x4100, 0x4104);
	expect_range(&r, 4, 0x7000, 0x7010);
	expect_range(&r, 5, 0x7100, 0x7102);
	list.data[16] = 0x33;
	fails(dw_die_ranges(&c, true, on_range, &r), ERROR_FORMAT);
	made_end(&m);
	buf_deinit(&list);
	buf_deinit(&addrs);
}

/* ---- the text of expressions ---- */

static void name_reg(void *ctx, unsigned reg, struct buf *out)
{
	(void)ctx;
	buf_printf(out, "r%u", reg);
}

static void name_type(void *ctx, uint64_t die, struct buf *out)
{
	(void)ctx;
	buf_printf(out, "type%llu", (unsigned long long)die);
}

static const struct dw_expr_names text_names = { .reg = name_reg, .type = name_type };

static void expect_text(const uint8_t *bytes, size_t size, size_t end, const char *expected)
{
	struct buf out = { 0 };
	size_t at = 0;
	ok(dw_expr_text(NULL, (struct dw_span){ bytes, size }, &text_names, &out, &at));
	assert_string_equal(out.data, expected);
	assert_int_equal(at, end);
	buf_deinit(&out);
}

static void test_expression_text(void **state)
{
	(void)state;
	static const uint8_t entry[] = { DW_OP_GNU_entry_value, 2, DW_OP_breg5, 0x7f, DW_OP_stack_value };
	expect_text(entry, sizeof entry, sizeof entry,
		    "     0: DW_OP_GNU_entry_value\n"
		    "       2: DW_OP_breg5 -1 [$r5]\n"
		    "     4: DW_OP_stack_value\n");
	static const uint8_t numbers[] = {
		DW_OP_const1s, 0xff, DW_OP_const2u, 0, 1, DW_OP_plus_uconst, 0x81, 1,         DW_OP_bra,
		0xfd,          0xff, DW_OP_skip,    1, 0, DW_OP_pick,        2,    DW_OP_lit3
	};
	expect_text(numbers, sizeof numbers, sizeof numbers,
		    "     0: DW_OP_const1s -1\n"
		    "     2: DW_OP_const2u 256\n"
		    "     5: DW_OP_plus_uconst 129\n"
		    "     8: DW_OP_bra 8\n"
		    "    11: DW_OP_skip to 15\n"
		    "    14: DW_OP_pick 2\n"
		    "    16: DW_OP_lit3\n");
	static const uint8_t typed[] = { DW_OP_regval_type,
					 3,
					 40,
					 DW_OP_convert,
					 0,
					 DW_OP_const_type,
					 41,
					 2,
					 1,
					 2,
					 DW_OP_deref_type,
					 4,
					 42,
					 DW_OP_implicit_value,
					 2,
					 7,
					 7 };
	expect_text(typed, sizeof typed, sizeof typed,
		    "     0: DW_OP_regval_type<type40 [0x28]> [$r3]\n"
		    "     3: DW_OP_convert<0>\n"
		    "     5: DW_OP_const_type<type41 [0x29]> 2-byte block: 01 02\n"
		    "    10: DW_OP_deref_type<type42 [0x2a]> 4-byte\n"
		    "    13: DW_OP_implicit_value 2\n");
	/* A piece ends it. */
	static const uint8_t piece[] = { DW_OP_bregx, 17, 8, DW_OP_piece, 8, DW_OP_reg1 };
	expect_text(piece, sizeof piece, 3, "     0: DW_OP_bregx register 17 [$r17] offset 8\n");
}

static void test_expression_text_bad(void **state)
{
	(void)state;
	static const uint8_t unknown[] = { DW_OP_lit0, 0x02 }, cut[] = { DW_OP_addr, 1, 2 },
			     longer[] = { DW_OP_entry_value, 9, DW_OP_reg1 };
	uint8_t deep[2 * (DW_EXPR_MAX_DEPTH + 2)];
	struct buf out = { 0 };
	size_t at;
	fails(dw_expr_text(NULL, (struct dw_span){ unknown, sizeof unknown }, &text_names, &out, &at),
	      ERROR_UNSUPPORTED);
	fails(dw_expr_text(NULL, (struct dw_span){ cut, sizeof cut }, &text_names, &out, &at),
	      ERROR_TRUNCATED);
	fails(dw_expr_text(NULL, (struct dw_span){ longer, sizeof longer }, &text_names, &out, &at),
	      ERROR_TRUNCATED);
	for (size_t i = 0; i < sizeof deep / 2; i++) {
		deep[2 * i] = DW_OP_entry_value;
		deep[2 * i + 1] = (uint8_t)(sizeof deep - 2 * i - 2);
	}
	fails(dw_expr_text(NULL, (struct dw_span){ deep, sizeof deep }, &text_names, &out, &at),
	      ERROR_LIMIT);
	buf_deinit(&out);
}

static void on_entry(void *ctx, const struct dw_location_entry *entry)
{
	struct ranges *r = ctx;
	if (r->count < sizeof r->range / sizeof *r->range)
		r->range[r->count++] =
			(struct file_range){ entry->base ? FILE_ADDR(0) : entry->start, entry->end };
}

/* As it is written: with the base, and what covers nothing. */
static void test_location_entries(void **state)
{
	(void)state;
	struct buf list = { 0 };
	PUT_BYTES(&list, DW_LLE_base_address, 0, 0x40, 0, 0, 0, 0, 0, 0, DW_LLE_offset_pair, 3, 3, 1,
		  DW_OP_reg0, DW_LLE_offset_pair, 4, 6, 1, DW_OP_reg1, DW_LLE_end_of_list);
	struct made m;
	made_list_unit(&m, 5, DW_AT_location, DW_FORM_sec_offset);
	m.sections.section[DW_SECTION_LOCLISTS] = span_of(&list);
	ok(made_open(&m));
	struct dw_cursor c = first_die(&m);
	struct dw_value value;
	struct ranges r = { .count = 0 };
	assert_true(dw_attr(&c, DW_AT_location, &value));
	ok(dw_location_entries(&m.unit, &value, on_entry, &r));
	assert_int_equal(r.count, 3);
	expect_range(&r, 0, 0, 0x4000);
	expect_range(&r, 1, 0x4003, 0x4003);
	expect_range(&r, 2, 0x4004, 0x4006);
	made_end(&m);
	buf_deinit(&list);
}

static void test_locations(void **state)
{
	(void)state;
	/* clang-format off */
	static const uint8_t list[] = {
		DW_LLE_GNU_view_pair, 0, 1, DW_LLE_offset_pair, 0x10, 0x20, 1, DW_OP_reg0,
		DW_LLE_default_location, 1, DW_OP_reg1, DW_LLE_start_length, 0, 0x20, 0, 0, 0, 0, 0, 0, 8,
		1, DW_OP_reg2, DW_LLE_end_of_list,
	};
	/* clang-format on */
	struct made m;
	made_list_unit(&m, 5, DW_AT_location, DW_FORM_sec_offset);
	m.sections.section[DW_SECTION_LOCLISTS] = (struct dw_span){ list, sizeof list };
	ok(made_open(&m));
	struct dw_cursor c = first_die(&m);
	struct dw_value value;
	struct dw_span expr;
	assert_true(dw_attr(&c, DW_AT_location, &value));
	ok(dw_location_at(&m.unit, &value, FILE_ADDR(0x1010), &expr));
	assert_int_equal(expr.data[0], DW_OP_reg0);
	ok(dw_location_at(&m.unit, &value, FILE_ADDR(0x2007), &expr));
	assert_int_equal(expr.data[0], DW_OP_reg2);
	ok(dw_location_at(&m.unit, &value, FILE_ADDR(0x1020), &expr));
	assert_int_equal(expr.data[0], DW_OP_reg1);
	struct ranges r = { .count = 0 };
	ok(dw_locations(&m.unit, &value, on_location, &r));
	assert_int_equal(r.count, 3);
	expect_range(&r, 0, 0x1010, 0x1020);
	expect_range(&r, 1, 0, UINT64_MAX);
	assert_int_equal(r.expr[2].data[0], DW_OP_reg2);
	made_end(&m);

	struct buf old = { 0 };
	put(&old, 0x10, 8);
	put(&old, 0x20, 8);
	PUT_BYTES(&old, 1, 0, DW_OP_reg5);
	put(&old, 0, 8);
	put(&old, 0, 8);
	made_list_unit(&m, 4, DW_AT_location, DW_FORM_sec_offset);
	m.sections.section[DW_SECTION_LOC] = span_of(&old);
	ok(made_open(&m));
	ok(dw_location_at(&m.unit, &value, FILE_ADDR(0x101f), &expr));
	assert_int_equal(expr.data[0], DW_OP_reg5);
	fails(dw_location_at(&m.unit, &value, FILE_ADDR(0x1020), &expr), ERROR_NOT_FOUND);
	value = (struct dw_value){ .kind = DW_VALUE_BLOCK, .block = expr };
	ok(dw_location_at(&m.unit, &value, FILE_ADDR(77), &expr));
	made_end(&m);
	buf_deinit(&old);
}

/* --- line programs --- */

struct rows {
	struct dw_line row[32];
	size_t count, stop_after;
};

static bool on_row(void *ctx, const struct dw_line *row)
{
	struct rows *r = ctx;
	assert_true(r->count < 32);
	r->row[r->count++] = *row;
	return r->count != r->stop_after;
}

static void put_line_header(struct buf *b, uint16_t version, uint8_t min_inst, uint8_t max_ops,
			    size_t *ret_header_at)
{
	put(b, 0, 4);
	put(b, version, 2);
	if (version >= 5)
		PUT_BYTES(b, 8, 0);
	*ret_header_at = b->len;
	put(b, 0, 4);
	put(b, min_inst, 1);
	if (version >= 4)
		put(b, max_ops, 1);
	PUT_BYTES(b, 1, (uint8_t)-5, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1);
}

static void run_lines(const struct buf *b, struct arena *arena, struct dw_line_header *header,
		      struct rows *rows)
{
	static const uint8_t line_strings[] = "/build\0src\0a.rs";
	struct dw_sections sections = { .name = "made" };
	sections.section[DW_SECTION_LINE] = span_of(b);
	sections.section[DW_SECTION_LINE_STR] = (struct dw_span){ line_strings, sizeof line_strings };
	struct dw_unit unit = { .sections = &sections, .version = 5, .address_size = 8 };
	ok(dw_line_header(&sections, &unit, 0, arena, header));
	ok(dw_line_run(&sections, header, on_row, rows));
}

static void expect_row(const struct rows *r, size_t i, uint64_t addr, uint32_t line, uint32_t column,
		       uint8_t flags)
{
	assert_true(i < r->count);
	assert_int_equal(r->row[i].addr.value, addr);
	assert_int_equal(r->row[i].line, line);
	assert_int_equal(r->row[i].column, column);
	assert_int_equal(r->row[i].flags, flags);
}

static void test_old_lines(void **state)
{
	(void)state;
	struct buf b = { 0 };
	size_t header_at;
	put_line_header(&b, 3, 1, 1, &header_at);
	put_str(&b, "inc");
	put_str(&b, "/abs");
	put_str(&b, "");
	put_str(&b, "a.c");
	PUT_BYTES(&b, 0, 0, 0);
	put_str(&b, "b.h");
	PUT_BYTES(&b, 1, 0, 0);
	put_str(&b, "c.h");
	PUT_BYTES(&b, 2, 0, 0);
	put_str(&b, "");
	end_length(&b, header_at, 4);
	PUT_BYTES(&b, 0, 9, DW_LNE_set_address);
	put(&b, 0x1000, 8);
	PUT_BYTES(&b, DW_LNS_advance_line, 9, DW_LNS_set_column, 3, DW_LNS_copy); /* 0: 0x1000 line 10 */
	PUT_BYTES(&b, DW_LNS_set_prologue_end, 13 + 14 * 4 + 5 + 2);              /* 1: +4, +2 */
	PUT_BYTES(&b, 0, 3, 0x99, 1, 2); /* unknown extended: skipped */
	PUT_BYTES(&b, DW_LNS_negate_stmt, DW_LNS_const_add_pc, DW_LNS_copy); /* 2: +17 */
	PUT_BYTES(&b, DW_LNS_fixed_advance_pc, 0x00, 0x01, DW_LNS_set_file, 2, 0, 2,
		  DW_LNE_set_discriminator, 6, DW_LNS_set_epilogue_begin, DW_LNS_set_basic_block,
		  DW_LNS_set_isa, 1, DW_LNS_copy);                            /* 3: +256 */
	PUT_BYTES(&b, DW_LNS_advance_pc, 0x80, 1, 0, 1, DW_LNE_end_sequence); /* 4: +128 */
	PUT_BYTES(&b, DW_LNS_copy);                                           /* 5: registers are new */
	end_length(&b, 0, 4);

	struct arena arena = ARENA_INIT;
	struct dw_line_header header;
	struct rows rows = { .count = 0 };
	run_lines(&b, &arena, &header, &rows);
	assert_int_equal(rows.count, 6);
	expect_row(&rows, 0, 0x1000, 10, 3, DW_LINE_STMT);
	expect_row(&rows, 1, 0x1004, 12, 3, DW_LINE_STMT | DW_LINE_PROLOGUE_END);
	expect_row(&rows, 2, 0x1015, 12, 3, 0);
	expect_row(&rows, 3, 0x1115, 12, 3, DW_LINE_EPILOGUE_BEGIN | DW_LINE_BASIC_BLOCK);
	assert_int_equal(rows.row[3].file, 2);
	assert_int_equal(rows.row[3].discriminator, 6);
	expect_row(&rows, 4, 0x1195, 12, 3, DW_LINE_END);
	assert_int_equal(rows.row[4].discriminator, 0);
	expect_row(&rows, 5, 0, 1, 0, DW_LINE_STMT);

	assert_int_equal(header.file_count, 4);
	assert_true(str_is(dw_line_path(&header, 1, STR_LIT("/w"), &arena), "/w/a.c"));
	assert_true(str_is(dw_line_path(&header, 2, STR_LIT("/w"), &arena), "/w/inc/b.h"));
	assert_true(str_is(dw_line_path(&header, 3, STR_LIT("/w"), &arena), "/abs/c.h"));
	assert_int_equal(dw_line_path(&header, 4, STR_LIT("/w"), &arena).len, 0);

	rows = (struct rows){ .stop_after = 2 };
	run_lines(&b, &arena, &header, &rows);
	assert_int_equal(rows.count, 2);
	arena_deinit(&arena);
	buf_deinit(&b);
}

static void test_new_lines(void **state)
{
	(void)state;
	struct buf b = { 0 };
	size_t header_at;
	put_line_header(&b, 5, 4, 3, &header_at); /* VLIW: three operations of an instruction of 4 bytes */
	PUT_BYTES(&b, 1, DW_LNCT_path, DW_FORM_line_strp, 2);
	put(&b, 0, 4);
	put(&b, 7, 4);
	/* A vendor's content type in between is skipped by its form. */
	PUT_BYTES(&b, 4, DW_LNCT_path, DW_FORM_string, DW_LNCT_directory_index, DW_FORM_udata, 0x81,
		  0x40, DW_FORM_block1, DW_LNCT_MD5, DW_FORM_data16, 1);
	put_str(&b, "m.rs");
	PUT_BYTES(&b, 1, 2, 0xaa, 0xbb, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
	end_length(&b, header_at, 4);
	PUT_BYTES(&b, DW_LNS_advance_pc, 2, DW_LNS_copy, DW_LNS_advance_pc, 2, DW_LNS_copy);
	end_length(&b, 0, 4);

	struct arena arena = ARENA_INIT;
	struct dw_line_header header;
	struct rows rows = { .count = 0 };
	run_lines(&b, &arena, &header, &rows);
	assert_int_equal(header.directory_count, 2);
	assert_int_equal(header.file_count, 1);
	assert_true(header.files[0].has_md5);
	assert_int_equal(header.files[0].md5[15], 16);
	assert_true(str_is(dw_line_path(&header, 0, STR_LIT("/w"), &arena), "/w/src/m.rs"));
	expect_row(&rows, 0, 0, 1, 0, DW_LINE_STMT);
	expect_row(&rows, 1, 4, 1, 0, DW_LINE_STMT); /* operation 4 is in the second instruction */

	struct dw_sections sections = { .name = "made" };
	struct dw_unit unit = { .sections = &sections, .version = 5, .address_size = 8 };
	for (size_t size = 0; size < b.len; size++) {
		sections.section[DW_SECTION_LINE] = (struct dw_span){ (uint8_t *)b.data, size };
		fails(dw_line_header(&sections, &unit, 0, &arena, &header), ERROR_TRUNCATED);
	}
	arena_deinit(&arena);
	buf_deinit(&b);
}

/* --- call frame information --- */

struct cfi {
	struct buf frame;
	size_t cie, fde;
	struct dw_cfi_section section;
};

/* A CIE (CFA = rsp+8, ra at c-8) and an FDE of [0x2000, 0x2100) with the given instructions. */
static void made_cfi(struct cfi *c, const uint8_t *instructions, size_t size)
{
	memset(c, 0, sizeof *c);
	struct buf *b = &c->frame;
	PUT_BYTES(b, 20, 0, 0, 0, 0, 0, 0, 0, 1, 'z', 'R', 'S', 0, 1, 0x78, 16, 1, DW_EH_PE_absptr,
		  DW_CFA_def_cfa, 7, 8, DW_CFA_offset | 16, 1, DW_CFA_nop);
	c->fde = b->len;
	put(b, 0, 4);
	put(b, b->len, 4);
	put(b, 0x2000, 8);
	put(b, 0x100, 8);
	put(b, 0, 1);
	buf_add(b, instructions, size);
	end_length(b, c->fde, 4);
	put(b, 0, 4);
	c->section = (struct dw_cfi_section){
		.name = "made", .data = span_of(b), .addr = 0x9000, .is_eh = true, .address_size = 8
	};
}

static void test_cfi_rows(void **state)
{
	(void)state;
	/* clang-format off */
	static const uint8_t code[] = {
		DW_CFA_advance_loc | 1, DW_CFA_def_cfa_offset, 16, DW_CFA_offset | 6, 2,
		DW_CFA_remember_state, DW_CFA_advance_loc1, 0x10, DW_CFA_def_cfa_register, 6,
		DW_CFA_val_offset, 3, 4, DW_CFA_register, 12, 13, DW_CFA_expression, 14, 2, DW_OP_breg7, 8,
		DW_CFA_undefined, 15, DW_CFA_GNU_args_size, 8, DW_CFA_offset_extended_sf, 0xc6, 0, 1, /*
		register 70 is not kept */ DW_CFA_advance_loc2, 0x20, 0, DW_CFA_restore_state,
		DW_CFA_advance_loc4, 1, 0, 0, 0, DW_CFA_restore | 6, DW_CFA_same_value, 3,
		DW_CFA_def_cfa_expression, 2, DW_OP_breg7, 16, DW_CFA_GNU_negative_offset_extended, 5, 3,
	};
	/* clang-format on */
	struct cfi c;
	struct dw_cfi_row row;
	made_cfi(&c, code, sizeof code);
	ok(dw_cfi_row_at(&c.section, NULL, FILE_ADDR(0x2000), &row));
	assert_int_equal(row.function.start.value, 0x2000);
	assert_int_equal(row.function.end.value, 0x2100);
	assert_int_equal(row.cfa_reg, 7);
	assert_int_equal(row.cfa_offset, 8);
	assert_int_equal(row.return_reg, 16);
	assert_true(row.signal_frame);
	assert_int_equal(row.rules[16].kind, DW_CFI_OFFSET);
	assert_int_equal(row.rules[16].offset, -8);
	assert_int_equal(row.rules[6].kind, DW_CFI_UNDEFINED_BY_DEFAULT);

	ok(dw_cfi_row_at(&c.section, NULL, FILE_ADDR(0x2010), &row));
	assert_int_equal(row.cfa_offset, 16);
	assert_int_equal(row.rules[6].offset, -16);
	assert_int_equal(row.rules[3].kind, DW_CFI_UNDEFINED_BY_DEFAULT);

	ok(dw_cfi_row_at(&c.section, NULL, FILE_ADDR(0x2011), &row));
	assert_int_equal(row.cfa_reg, 6);
	assert_int_equal(row.rules[3].kind, DW_CFI_VAL_OFFSET);
	assert_int_equal(row.rules[3].offset, -32);
	assert_int_equal(row.rules[12].kind, DW_CFI_REGISTER);
	assert_int_equal(row.rules[12].reg, 13);
	assert_int_equal(row.rules[14].kind, DW_CFI_EXPRESSION);
	assert_int_equal(row.rules[14].expr.size, 2);
	assert_int_equal(row.rules[15].kind, DW_CFI_UNDEFINED);

	ok(dw_cfi_row_at(&c.section, NULL, FILE_ADDR(0x2031), &row));
	assert_int_equal(row.cfa_reg, 7);
	assert_int_equal(row.cfa_offset, 16);
	assert_int_equal(row.rules[12].kind, DW_CFI_UNDEFINED_BY_DEFAULT);

	ok(dw_cfi_row_at(&c.section, NULL, FILE_ADDR(0x20ff), &row));
	assert_true(row.cfa_is_expr);
	assert_int_equal(row.cfa_expr.data[1], 16);
	assert_int_equal(row.rules[6].kind, DW_CFI_UNDEFINED_BY_DEFAULT);
	assert_int_equal(row.rules[3].kind, DW_CFI_SAME);
	assert_int_equal(row.rules[5].offset, 24);

	fails(dw_cfi_row_at(&c.section, NULL, FILE_ADDR(0x1fff), &row), ERROR_NOT_FOUND);
	fails(dw_cfi_row_at(&c.section, NULL, FILE_ADDR(0x2100), &row), ERROR_NOT_FOUND);
	buf_deinit(&c.frame);
}

static void test_cfi_errors(void **state)
{
	(void)state;
	static const uint8_t pop_nothing[] = { DW_CFA_restore_state }, unknown[] = { 0x3f },
			     cut[] = { DW_CFA_def_cfa, 7 };
	uint8_t deep[32];
	memset(deep, DW_CFA_remember_state, sizeof deep);
	static const struct dw_span cases[] = { { pop_nothing, 1 }, { unknown, 1 }, { cut, 2 } };
	static const enum error_code codes[] = { ERROR_FORMAT, ERROR_UNSUPPORTED, ERROR_TRUNCATED };
	struct cfi c;
	struct dw_cfi_row row;
	for (size_t i = 0; i < 3; i++) {
		made_cfi(&c, cases[i].data, cases[i].size);
		fails(dw_cfi_row_at(&c.section, NULL, FILE_ADDR(0x2000), &row), codes[i]);
		buf_deinit(&c.frame);
	}
	made_cfi(&c, deep, sizeof deep);
	fails(dw_cfi_row_at(&c.section, NULL, FILE_ADDR(0x2000), &row), ERROR_LIMIT);
	buf_deinit(&c.frame);
}

static void test_cfi_header(void **state)
{
	(void)state;
	struct cfi c;
	struct dw_cfi_row row;
	struct buf hdr = { 0 };
	made_cfi(&c, NULL, 0);
	c.section.hdr_addr = 0x8000;
	PUT_BYTES(&hdr, 1, DW_EH_PE_udata4, DW_EH_PE_udata4, DW_EH_PE_datarel | DW_EH_PE_sdata4);
	put(&hdr, 0x9000, 4);
	put(&hdr, 1, 4);
	put(&hdr, 0x2000 - 0x8000, 4);
	put(&hdr, 0x9000 + c.fde - 0x8000, 4);
	c.section.hdr = span_of(&hdr);
	ok(dw_cfi_row_at(&c.section, NULL, FILE_ADDR(0x2050), &row));
	fails(dw_cfi_row_at(&c.section, NULL, FILE_ADDR(0x1000), &row), ERROR_NOT_FOUND);

	/* The table says another start than the FDE, or leads nowhere: the entries themselves are asked. */
	struct dw_cfi_index *index;
	ok(dw_cfi_index_build(&c.section, &index));
	hdr.data[12] ^= 4;
	ok(dw_cfi_row_at(&c.section, NULL, FILE_ADDR(0x2050), &row));
	ok(dw_cfi_row_at(&c.section, index, FILE_ADDR(0x2050), &row));
	hdr.data[12] ^= 4;
	hdr.data[19] = 0x7f;
	ok(dw_cfi_row_at(&c.section, index, FILE_ADDR(0x2050), &row));
	assert_int_equal(row.function.start.value, 0x2000);
	dw_cfi_index_destroy(index);
	buf_deinit(&hdr);
	buf_deinit(&c.frame);
}

/* --- expressions --- */

static bool get_reg(void *ctx, unsigned reg, uint64_t *ret)
{
	(void)ctx;
	*ret = 1000 + reg;
	return reg != 9;
}

static bool get_memory(void *ctx, uint64_t addr, void *buf, size_t size)
{
	(void)ctx;
	if (addr < 1000)
		return false;
	memset(buf, 0x80, size);
	return true;
}

static bool get_base(void *ctx, uint64_t *ret)
{
	(void)ctx;
	*ret = 0x5000;
	return true;
}

static uint64_t add_bias(void *ctx, uint64_t addr)
{
	(void)ctx;
	return addr + 0x100000;
}

static const struct dw_expr_context outside = { .address_size = 8,
						.version = 5,
						.reg = get_reg,
						.memory = get_memory,
						.frame_base = get_base,
						.cfa = get_base,
						.relocate = add_bias };

struct value_case {
	uint64_t value;
	enum error_code code;
	uint8_t size, bytes[14];
};

/* clang-format off */
static const struct value_case value_cases[] = {
	{ 7, 0, 1, { DW_OP_lit7 } },
	{ 0xff, 0, 2, { DW_OP_const1u, 0xff } },
	{ -1ull, 0, 2, { DW_OP_const1s, 0xff } },
	{ -2ull, 0, 3, { DW_OP_const2s, 0xfe, 0xff } },
	{ 0xfffffffe, 0, 5, { DW_OP_const4u, 0xfe, 0xff, 0xff, 0xff } },
	{ -2ull, 0, 5, { DW_OP_const4s, 0xfe, 0xff, 0xff, 0xff } },
	{ 300, 0, 3, { DW_OP_constu, 0xac, 2 } },
	{ -3ull, 0, 2, { DW_OP_consts, 0x7d } },
	{ 0x101000, 0, 9, { DW_OP_addr, 0, 0x10 } },
	{ 1015, 0, 2, { DW_OP_breg7, 8 } },
	{ 1039, 0, 3, { DW_OP_bregx, 40, 0x7f } },
	{ 0x4ff0, 0, 2, { DW_OP_fbreg, 0x70 } },
	{ 0x5000, 0, 1, { DW_OP_call_frame_cfa } },
	{ 0x8080808080808080, 0, 3, { DW_OP_breg0, 0, DW_OP_deref } },
	{ 0x8080, 0, 4, { DW_OP_breg0, 0, DW_OP_deref_size, 2 } },
	{ 2, 0, 3, { DW_OP_lit9, DW_OP_lit7, DW_OP_minus } },
	/* The generic type divides as signed but takes remainders as unsigned. */
	{ -4ull, 0, 4, { DW_OP_const1s, 0xf8, DW_OP_lit2, DW_OP_div } },
	{ (1ull << 63) + 4 - 8, 0, 14,
	  { DW_OP_const1s, 0xf8, DW_OP_const8u, 0, 0, 0, 0, 0, 0, 0, 0x80, DW_OP_mod, DW_OP_lit4, DW_OP_plus } },
	{ 1, 0, 4, { DW_OP_const1s, 0xf8, DW_OP_lit2, DW_OP_lt } },
	{ -2ull, 0, 4, { DW_OP_const1s, 0xf8, DW_OP_lit2, DW_OP_shra } },
	{ 0, 0, 4, { DW_OP_lit1, DW_OP_const1u, 64, DW_OP_shl } },
	{ 5, 0, 3, { DW_OP_const1s, 0xfb, DW_OP_abs } },
	{ 12, 0, 3, { DW_OP_lit2, DW_OP_plus_uconst, 10 } },
	{ 2, 0, 4, { DW_OP_lit1, DW_OP_lit2, DW_OP_lit3, DW_OP_drop } },
	{ 3 - 2, 0, 5, { DW_OP_lit2, DW_OP_lit3, DW_OP_swap, DW_OP_minus, DW_OP_nop } },
	{ 2, 0, 4, { DW_OP_lit1, DW_OP_lit2, DW_OP_lit3, DW_OP_rot } },
	{ 1, 0, 5, { DW_OP_lit1, DW_OP_lit2, DW_OP_lit3, DW_OP_pick, 2 } },
	{ 9, 0, 6, { DW_OP_lit1, DW_OP_bra, 1, 0, DW_OP_lit8, DW_OP_lit9 } },
	{ 1007, 0, 1, { DW_OP_reg7 } },
	{ 5, 0, 2, { DW_OP_lit5, DW_OP_stack_value } },
	{ 0x0201, 0, 4, { DW_OP_implicit_value, 2, 1, 2 } },
	{ 0, ERROR_FORMAT, 3, { DW_OP_lit1, DW_OP_lit0, DW_OP_div } },
	{ 0, ERROR_FORMAT, 2, { DW_OP_lit1, DW_OP_plus } },
	{ 0, ERROR_FORMAT, 0, { 0 } },
	{ 0, ERROR_FORMAT, 3, { DW_OP_skip, 0xf0, 0xff } },
	{ 0, ERROR_LIMIT, 3, { DW_OP_skip, 0xfd, 0xff } },
	{ 0, ERROR_LIMIT, 5, { DW_OP_lit1, DW_OP_dup, DW_OP_skip, 0xfc, 0xff } },
	{ 0, ERROR_TRUNCATED, 3, { DW_OP_const4u, 1, 2 } },
	{ 0, ERROR_NOT_FOUND, 2, { DW_OP_breg9, 0 } },
	{ 0, ERROR_NOT_FOUND, 2, { DW_OP_lit1, DW_OP_deref } },
	{ 0, ERROR_NOT_FOUND, 3, { DW_OP_entry_value, 1, DW_OP_reg5 } },
	{ 0, ERROR_NOT_FOUND, 2, { DW_OP_lit8, DW_OP_form_tls_address } },
	{ 0, ERROR_UNSUPPORTED, 3, { DW_OP_lit1, DW_OP_lit1, DW_OP_xderef } },
	{ 0, ERROR_UNSUPPORTED, 1, { 0xff } },
};
/* clang-format on */

static void test_expression_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof value_cases / sizeof *value_cases; i++) {
		const struct value_case *v = &value_cases[i];
		uint64_t value = 0;
		struct error *err =
			dw_expr_value(&outside, (struct dw_span){ v->bytes, v->size }, false, 0, &value);
		if (v->code ? !err || err->code != v->code : err || value != v->value)
			fail_msg("case %zu (%s …): got 0x%llx, %s", i, dw_op_name(v->bytes[0]),
				 (unsigned long long)value, err ? err->message : "no error");
		error_destroy(err);
	}
	uint64_t value;
	static const uint8_t add[] = { DW_OP_plus_uconst, 8 };
	ok(dw_expr_value(&outside, (struct dw_span){ add, 2 }, true, 100, &value));
	assert_int_equal(value, 108);

	struct dw_expr_context narrow = outside;
	narrow.address_size = 4;
	static const uint8_t wrap[] = { DW_OP_const4u, 0xff, 0xff, 0xff, 0xff, DW_OP_lit2, DW_OP_plus };
	ok(dw_expr_value(&narrow, (struct dw_span){ wrap, sizeof wrap }, false, 0, &value));
	assert_int_equal(value, 1);
}

static void test_error_names_the_operation(void **state)
{
	(void)state;
	static const uint8_t expr[] = { DW_OP_breg9, 0 };
	uint64_t value;
	struct error *err = dw_expr_value(&outside, (struct dw_span){ expr, 2 }, false, 0, &value);
	assert_non_null(strstr(err->message, "DW_OP_breg9"));
	assert_non_null(strstr(err->message, "register 9"));
	error_destroy(err);
}

static void test_expression_places(void **state)
{
	(void)state;
	/* clang-format off */
	static const uint8_t pieces[] = {
		DW_OP_reg3, DW_OP_piece, 8, DW_OP_piece, 4, DW_OP_breg7, 0, DW_OP_bit_piece, 5, 2,
		DW_OP_lit1, DW_OP_stack_value, DW_OP_piece, 1,
	};
	/* clang-format on */
	struct dw_location l;
	ok(dw_expr_location(&outside, (struct dw_span){ pieces, sizeof pieces }, &l));
	assert_int_equal(l.count, 4);
	assert_int_equal(l.places[0].kind, DW_PLACE_REGISTER);
	assert_int_equal(l.places[0].u, 3);
	assert_int_equal(l.places[0].size_bits, 64);
	assert_int_equal(l.places[1].kind, DW_PLACE_EMPTY);
	assert_int_equal(l.places[2].kind, DW_PLACE_MEMORY);
	assert_int_equal(l.places[2].u, 1007);
	assert_int_equal(l.places[2].size_bits, 5);
	assert_int_equal(l.places[2].offset_bits, 2);
	assert_int_equal(l.places[3].kind, DW_PLACE_VALUE);

	ok(dw_expr_location(&outside, (struct dw_span){ NULL, 0 }, &l));
	assert_int_equal(l.count, 1);
	assert_int_equal(l.places[0].kind, DW_PLACE_EMPTY);
	ok(dw_expr_location(&outside, (struct dw_span){ pieces, 1 }, &l));
	assert_int_equal(l.places[0].kind, DW_PLACE_REGISTER);
	assert_int_equal(l.places[0].size_bits, 0);
	static const uint8_t two[] = { DW_OP_reg3, DW_OP_reg4 };
	fails(dw_expr_location(&outside, (struct dw_span){ two, 2 }, &l), ERROR_FORMAT);
	uint8_t many[130];
	for (size_t i = 0; i < sizeof many; i += 2) {
		many[i] = DW_OP_piece;
		many[i + 1] = 1;
	}
	fails(dw_expr_location(&outside, (struct dw_span){ many, sizeof many }, &l), ERROR_LIMIT);
}

static bool call_self(void *ctx, uint64_t die, struct dw_span *ret)
{
	static const uint8_t literal[] = { DW_OP_lit5 }, again[] = { DW_OP_call2, 1, 0 };
	(void)ctx;
	*ret = die == 1 ? (struct dw_span){ again, 3 } : (struct dw_span){ literal, 1 };
	return true;
}

/* Typed values and calls need a unit: base types at 12 (i8), 15 (u64) and 18 (f32). */
static void test_typed_and_called(void **state)
{
	(void)state;
	struct made m;
	made_begin(&m, 4, false);
	PUT_BYTES(&m.abbrev, 1, DW_TAG_compile_unit, 1, 0, 0, 2, DW_TAG_base_type, 0, DW_AT_encoding,
		  DW_FORM_data1, DW_AT_byte_size, DW_FORM_data1, 0, 0, 0);
	PUT_BYTES(&m.info, 1, 2, DW_ATE_signed, 1, 2, DW_ATE_unsigned, 8, 2, DW_ATE_float, 4, 0);
	ok(made_open(&m));
	struct dw_expr_context context = outside;
	context.unit = &m.unit;
	context.call = call_self;
	uint64_t value;
	/* 0x80 as i8 to u64 extends the sign; u64 divides as unsigned. */
	/* clang-format off */
	static const uint8_t typed[] = {
		DW_OP_const_type, 12, 1, 0x80, DW_OP_convert, 15, DW_OP_const_type, 15, 8, 2, 0, 0, 0, 0, 0,
		0, 0, DW_OP_div, DW_OP_convert, 0,
	};
	/* clang-format on */
	ok(dw_expr_value(&context, (struct dw_span){ typed, sizeof typed }, false, 0, &value));
	assert_true(value == 0x7fffffffffffffc0);
	static const uint8_t mixed[] = { DW_OP_lit1, DW_OP_regval_type, 0, 15, DW_OP_plus };
	fails(dw_expr_value(&context, (struct dw_span){ mixed, sizeof mixed }, false, 0, &value),
	      ERROR_FORMAT);
	static const uint8_t floating[] = { DW_OP_regval_type, 17, 18 };
	fails(dw_expr_value(&context, (struct dw_span){ floating, sizeof floating }, false, 0, &value),
	      ERROR_UNSUPPORTED);
	static const uint8_t called[] = { DW_OP_call4, 2, 0, 0, 0, DW_OP_lit1, DW_OP_plus };
	ok(dw_expr_value(&context, (struct dw_span){ called, sizeof called }, false, 0, &value));
	assert_int_equal(value, 6);
	static const uint8_t endless[] = { DW_OP_call2, 1, 0 };
	fails(dw_expr_value(&context, (struct dw_span){ endless, sizeof endless }, false, 0, &value),
	      ERROR_LIMIT);
	made_end(&m);
}

/* --- this program --- */

static struct file_map self;
static struct dw_sections self_sections;

static uint64_t self_bias(void)
{
	return getauxval(AT_ENTRY) - ((const Elf64_Ehdr *)self.data)->e_entry;
}

enum { LANDMARK_LINE = __LINE__ + 3 };
int dwarf_test_landmark(int first, const char *second);
__attribute__((noinline)) int dwarf_test_landmark(int first, const char *second)
{
	return first + second[0];
}

struct landmark {
	struct dw_unit unit;
	struct dw_abbrevs *abbrevs; /* of that unit, kept */
	uint64_t die;
	size_t units, dies, parameters;
};

static void swallow(void *ctx, struct file_range range, struct dw_span expr)
{
	(void)expr;
	assert_true(range.start.value < range.end.value);
	++*(size_t *)ctx;
}

static void scan_unit(struct dw_unit *unit, struct landmark *l, bool *ret_keep)
{
	size_t locations = 0;
	struct dw_cursor c = dw_cursor_at(unit, unit->first_die);
	while (dw_cursor_next(&c)) {
		l->dies++;
		if (!c.abbrev)
			continue;
		struct dw_value value;
		uint32_t attrs = 0;
		for (struct dw_attr_iter it = dw_attrs(&c); dw_attr_next(&it, &value); attrs++) {
			assert_int_not_equal(value.kind, DW_VALUE_BAD);
			if (value.name == DW_AT_location)
				ok(dw_locations(unit, &value, swallow, &locations));
			if (value.name == DW_AT_name && c.abbrev->tag == DW_TAG_subprogram &&
			    str_is(value.str, "dwarf_test_landmark") && dw_attr(&c, DW_AT_low_pc, &value)) {
				l->unit = *unit;
				l->die = c.die;
				*ret_keep = true;
			}
		}
		assert_int_equal(attrs, c.abbrev->spec_count);
	}
	ok(dw_cursor_error(&c));
	assert_int_equal(c.next_depth, 0);
}

static struct landmark find_landmark(void)
{
	struct landmark l = { .die = 0 };
	uint64_t next;
	for (uint64_t at = 0; at < self_sections.section[DW_SECTION_INFO].size; at = next, l.units++) {
		struct dw_unit unit;
		struct dw_abbrevs *abbrevs;
		bool keep = false;
		ok(dw_unit_read(&self_sections, at, &unit, &next));
		ok(dw_abbrevs_parse(&self_sections, unit.abbrev_offset, unit.address_size, unit.is_64,
				    &abbrevs));
		ok(dw_unit_set_abbrevs(&unit, abbrevs));
		scan_unit(&unit, &l, &keep);
		if (keep)
			l.abbrevs = abbrevs;
		else
			dw_abbrevs_destroy(abbrevs);
	}
	assert_int_not_equal(l.die, 0);
	return l;
}

static void test_self_function(void **state)
{
	(void)state;
	struct landmark l = find_landmark();
	assert_true(l.units > 3 && l.dies > 500);
	struct dw_cursor c = dw_cursor_at(&l.unit, l.die);
	assert_true(dw_cursor_next(&c));
	struct ranges r = { .count = 0 };
	ok(dw_die_ranges(&c, true, on_range, &r));
	assert_int_equal(r.count, 1);
	assert_int_equal(r.range[0].start.value + self_bias(), (uintptr_t)dwarf_test_landmark);

	struct dw_value value;
	uint64_t line = 0;
	assert_true(dw_attr(&c, DW_AT_decl_line, &value));
	assert_true(dw_value_unsigned(&value, &line));
	assert_in_range(line, LANDMARK_LINE - 2, LANDMARK_LINE - 1);
	while (dw_cursor_next(&c) && c.depth > 0)
		if (c.abbrev && c.abbrev->tag == DW_TAG_formal_parameter) {
			struct dw_span expr;
			l.parameters++;
			assert_true(dw_attr(&c, DW_AT_location, &value));
			ok(dw_location_at(&l.unit, &value, r.range[0].start, &expr));
			assert_true(expr.size > 0);
		}
	assert_int_equal(l.parameters, 2);
	dw_abbrevs_destroy(l.abbrevs);
}

struct wanted_row {
	uint64_t addr;
	bool found, in_order, after_end;
	uint64_t last;
	uint32_t line, file;
};

static bool look_for_row(void *ctx, const struct dw_line *row)
{
	struct wanted_row *w = ctx;
	if (!w->after_end && row->addr.value < w->last)
		w->in_order = false;
	w->last = row->addr.value;
	w->after_end = row->flags & DW_LINE_END;
	/* The function before may end in a row at the same address: the last one counts. */
	if (row->addr.value == w->addr && !w->after_end) {
		w->found = true;
		w->line = row->line;
		w->file = row->file;
	}
	return true;
}

static void test_self_lines(void **state)
{
	(void)state;
	struct landmark l = find_landmark();
	struct dw_cursor c = dw_cursor_at(&l.unit, l.unit.first_die);
	struct dw_value value, comp_dir;
	struct arena arena = ARENA_INIT;
	struct dw_line_header header;
	assert_true(dw_cursor_next(&c));
	assert_true(dw_attr(&c, DW_AT_stmt_list, &value));
	assert_true(dw_attr(&c, DW_AT_comp_dir, &comp_dir));
	ok(dw_line_header(&self_sections, &l.unit, value.u, &arena, &header));
	struct wanted_row w = { .addr = (uintptr_t)dwarf_test_landmark - self_bias(),
				.in_order = true,
				.after_end = true };
	ok(dw_line_run(&self_sections, &header, look_for_row, &w));
	assert_true(w.found && w.in_order);
	assert_in_range(w.line, LANDMARK_LINE - 1, LANDMARK_LINE + 1);
	struct str path = dw_line_path(&header, w.file, comp_dir.str, &arena);
	assert_true(str_starts(path, STR_LIT("/")));
	assert_true(str_ends(path, STR_LIT("/test_dwarf.c")));
	arena_deinit(&arena);
	dw_abbrevs_destroy(l.abbrevs);
}

struct functions {
	struct dw_cfi_section *section, *bare;
	struct dw_cfi_index *index;
	size_t count;
};

static bool compare_ways(void *ctx, struct file_range range)
{
	struct functions *f = ctx;
	struct dw_cfi_row by_header, by_index, by_walk;
	struct file_addr pcs[] = { range.start, FILE_ADDR(range.end.value - 1) };
	for (size_t i = 0; i < 2; i++) {
		ok(dw_cfi_row_at(f->section, NULL, pcs[i], &by_header));
		ok(dw_cfi_row_at(f->bare, f->index, pcs[i], &by_index));
		ok(dw_cfi_row_at(f->bare, NULL, pcs[i], &by_walk));
		assert_memory_equal(&by_header, &by_index, sizeof by_header);
		assert_memory_equal(&by_header, &by_walk, sizeof by_header);
	}
	return ++f->count < 200;
}

static void test_self_cfi(void **state)
{
	(void)state;
	uint64_t addr = 0, hdr_addr = 0;
	struct dw_cfi_section section = { .name = "self", .is_eh = true, .address_size = 8 };
	section.data = self_section(&self, ".eh_frame", &addr);
	section.hdr = self_section(&self, ".eh_frame_hdr", &hdr_addr);
	section.addr = addr;
	section.hdr_addr = hdr_addr;
	assert_true(section.hdr.size > 0);
	struct dw_cfi_section bare = section;
	bare.hdr = (struct dw_span){ 0 };
	struct functions f = { .section = &section, .bare = &bare };
	ok(dw_cfi_index_build(&bare, &f.index));
	ok(dw_cfi_functions(&section, compare_ways, &f));
	assert_true(f.count > 20);

	struct dw_cfi_row row;
	uint64_t landmark = (uintptr_t)dwarf_test_landmark - self_bias();
	ok(dw_cfi_row_at(&section, NULL, FILE_ADDR(landmark), &row));
	assert_int_equal(row.function.start.value, landmark);
#ifdef __x86_64__
	/* On entry the return address is on top of the stack (DWARF registers 7 and 16 are rsp and the
	 * return address). */
	assert_false(row.cfa_is_expr);
	assert_int_equal(row.cfa_reg, 7);
	assert_int_equal(row.cfa_offset, 8);
	assert_int_equal(row.return_reg, 16);
	assert_int_equal(row.rules[16].kind, DW_CFI_OFFSET);
	assert_int_equal(row.rules[16].offset, -8);
#endif
	dw_cfi_index_destroy(f.index);
}

int main(void)
{
	struct error *err = file_open("/proc/self/exe", &self);
	if (err) {
		fprintf(stderr, "%s\n", err->message);
		return 1;
	}
	self_sections.name = "self";
	for (int i = 0; i < DW_SECTION_COUNT; i++)
		self_sections.section[i] = self_section(&self, dw_section_name(i), NULL);
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_names),
					    cmocka_unit_test(test_abbrevs),
					    cmocka_unit_test(test_unit_headers),
					    cmocka_unit_test(test_cursor),
					    cmocka_unit_test(test_skip_children),
					    cmocka_unit_test(test_cursor_errors),
					    cmocka_unit_test(test_forms),
					    cmocka_unit_test(test_64_bit_forms),
					    cmocka_unit_test(test_signedness),
					    cmocka_unit_test(test_old_ranges),
					    cmocka_unit_test(test_new_ranges),
					    cmocka_unit_test(test_expression_text),
					    cmocka_unit_test(test_expression_text_bad),
					    cmocka_unit_test(test_location_entries),
					    cmocka_unit_test(test_locations),
					    cmocka_unit_test(test_old_lines),
					    cmocka_unit_test(test_new_lines),
					    cmocka_unit_test(test_cfi_rows),
					    cmocka_unit_test(test_cfi_errors),
					    cmocka_unit_test(test_cfi_header),
					    cmocka_unit_test(test_expression_values),
					    cmocka_unit_test(test_error_names_the_operation),
					    cmocka_unit_test(test_expression_places),
					    cmocka_unit_test(test_typed_and_called),
					    cmocka_unit_test(test_self_function),
					    cmocka_unit_test(test_self_lines),
					    cmocka_unit_test(test_self_cfi) };
	int failed = cmocka_run_group_tests_name("dwarf", tests, NULL, NULL);
	file_close(&self);
	return failed;
}

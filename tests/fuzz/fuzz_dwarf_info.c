/* The input is a set of sections (sections.h). Every unit, DIE, attribute, range and location list is
 * read. */
#include "sections.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile uint8_t sink;

/* Entries of lists that many DIEs share multiply; a real reader asks for few. */
struct budget {
	size_t lists;
};

static void touch(struct dw_span span)
{
	if (span.size > 0)
		sink = span.data[span.size - 1];
}

static void on_range(void *ctx, struct file_range range)
{
	(void)ctx;
	if (range.start.value >= range.end.value)
		abort();
}

static void on_location(void *ctx, struct file_range range, struct dw_span expr)
{
	(void)ctx;
	(void)range;
	touch(expr);
}

static void read_attrs(const struct dw_cursor *c, struct budget *budget)
{
	struct dw_value value;
	for (struct dw_attr_iter it = dw_attrs(c); dw_attr_next(&it, &value);) {
		uint64_t u;
		int64_t s;
		struct dw_span expr;
		dw_value_unsigned(&value, &u);
		dw_value_signed(&value, &s);
		if (value.kind == DW_VALUE_STRING)
			touch((struct dw_span){ (const uint8_t *)value.str.ptr, value.str.len });
		if (value.kind == DW_VALUE_BLOCK)
			touch(value.block);
		if (value.kind != DW_VALUE_SEC_OFFSET && value.kind != DW_VALUE_LIST_INDEX)
			continue;
		if (budget->lists == 0)
			continue;
		budget->lists--;
		error_destroy(dw_locations(c->unit, &value, on_location, NULL));
		error_destroy(dw_location_at(c->unit, &value, FILE_ADDR(c->unit->low_pc + 1), &expr));
	}
	if (budget->lists > 0) {
		budget->lists--;
		error_destroy(dw_die_ranges(c, true, on_range, NULL));
	}
}

static void read_unit(struct dw_unit *unit, struct budget *budget)
{
	struct dw_abbrevs *abbrevs;
	struct error *err = dw_abbrevs_parse(unit->sections, unit->abbrev_offset, unit->address_size,
					     unit->is_64, &abbrevs);
	if (err) {
		error_destroy(err);
		return;
	}
	err = dw_unit_set_abbrevs(unit, abbrevs);
	if (!err) {
		struct dw_cursor c = dw_cursor_at(unit, unit->first_die);
		uint64_t last = 0;
		for (size_t i = 0; dw_cursor_next(&c); i++) {
			if (c.die <= last)
				abort();
			last = c.die;
			read_attrs(&c, budget);
			if (i % 7 == 3)
				dw_cursor_skip_children(&c);
		}
		err = dw_cursor_error(&c);
	}
	error_destroy(err);
	dw_abbrevs_destroy(abbrevs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_sections f;
	struct budget budget = { .lists = 256 };
	fuzz_sections_init(&f, data, size);
	for (int types = 0; types < 2; types++) {
		uint64_t offset = 0;
		/* Units of one shared table of abbreviations parse it each time: bounded like the lists. */
		for (int i = 0; i < 64; i++) {
			struct dw_unit unit;
			uint64_t next;
			struct error *err = types ? dw_unit_read_types(&f.sections, offset, &unit, &next)
						  : dw_unit_read(&f.sections, offset, &unit, &next);
			if (!err)
				read_unit(&unit, &budget);
			error_destroy(err);
			if (next == 0)
				break;
			if (next <= offset)
				abort();
			offset = next;
		}
	}
	fuzz_sections_deinit(&f);
	return 0;
}

/* From pc to the frame description entry, and from there to the row (cfi_run.c). */
#include "dwarf/cfi_internal.h"

#include "base/vec.h"

#include <stdlib.h>

static struct error *bad(const struct dw_cfi_section *s, enum error_code code, uint64_t offset,
			 const char *what)
{
	return error_at(code, offset, "%s: %s: %s", s->name, s->is_eh ? ".eh_frame" : ".debug_frame", what);
}

bool dw_cfi_read_pointer(const struct dw_cfi_section *s, struct reader *r, uint64_t data_addr,
			 uint8_t encoding, uint64_t function, uint64_t *ret)
{
	if (encoding == DW_EH_PE_omit || (encoding & DW_EH_PE_indirect))
		return false;
	uint64_t base;
	switch (encoding & 0x70) {
	case 0:
		base = 0;
		break;
	case DW_EH_PE_pcrel:
		base = data_addr + r->pos;
		break;
	case DW_EH_PE_textrel:
		base = s->text_addr;
		break;
	case DW_EH_PE_datarel:
		base = s->got_addr;
		break;
	case DW_EH_PE_funcrel:
		base = function;
		break;
	case DW_EH_PE_aligned:
		base = 0;
		reader_skip(r, (size_t)(-(data_addr + r->pos) & (s->address_size - 1u)));
		break;
	default:
		return false;
	}
	uint64_t value;
	switch (encoding & 0x0f) {
	case DW_EH_PE_absptr:
		value = reader_uint(r, s->address_size);
		break;
	case DW_EH_PE_uleb128:
		value = reader_uleb(r);
		break;
	case DW_EH_PE_sleb128:
		value = (uint64_t)reader_sleb(r);
		break;
	case DW_EH_PE_udata2:
		value = reader_u16(r);
		break;
	case DW_EH_PE_udata4:
		value = reader_u32(r);
		break;
	case DW_EH_PE_udata8:
	case DW_EH_PE_sdata8:
		value = reader_u64(r);
		break;
	case DW_EH_PE_sdata2:
		value = (uint64_t)(int16_t)reader_u16(r);
		break;
	case DW_EH_PE_sdata4:
		value = (uint64_t)(int32_t)reader_u32(r);
		break;
	default:
		return false;
	}
	value += base;
	*ret = s->address_size == 4 ? (uint32_t)value : value;
	return !r->failed;
}

/* An entry's frame: where it lies, and whether it is a CIE. */
struct entry {
	uint64_t offset, next; /* of the length; behind the entry */
	uint64_t id_offset;
	uint64_t id;
	bool is_64, is_cie;
	bool is_end;          /* the terminator of .eh_frame */
	struct reader reader; /* behind the id, to the entry's end */
};

static struct error *read_entry(const struct dw_cfi_section *s, uint64_t offset, struct entry *ret)
{
	struct reader r = reader_init(s->data.data, s->data.size);
	struct entry e = { .offset = offset };
	if (offset >= s->data.size)
		return bad(s, ERROR_FORMAT, offset, "an entry begins behind the section");
	reader_seek(&r, (size_t)offset);
	uint64_t length = dw_read_initial_length(&r, &e.is_64);
	if (r.failed || length > r.size - r.pos)
		return bad(s, ERROR_TRUNCATED, offset, "an entry ends behind the section");
	e.next = r.pos + length;
	e.is_end = length == 0;
	if (!e.is_end) {
		r.size = (size_t)e.next;
		e.id_offset = r.pos;
		/* .eh_frame's id has 4 bytes even where the length is an extended one. */
		bool wide = e.is_64 && !s->is_eh;
		e.id = dw_read_offset(&r, wide);
		if (r.failed)
			return bad(s, ERROR_TRUNCATED, offset, "an entry is shorter than its id");
		e.is_cie = e.id == (s->is_eh ? 0 : wide ? UINT64_MAX : UINT32_MAX);
	}
	e.reader = r;
	*ret = e;
	return NULL;
}

static struct error *read_augmentation(const struct dw_cfi_section *s, const struct entry *e,
				       struct reader *r, struct str letters, struct dw_cie *cie)
{
	cie->has_augmentation_data = true;
	uint64_t size = reader_uleb(r);
	struct reader data = reader_sub(r, size > SIZE_MAX ? SIZE_MAX : (size_t)size);
	if (r->failed)
		return bad(s, ERROR_TRUNCATED, e->offset, "a CIE's augmentation ends behind it");
	/* reader_sub counts from 0; positions must stay section offsets for pc-relative pointers. */
	data = (struct reader){ .data = s->data.data, .size = r->pos, .pos = r->pos - data.size };
	for (size_t i = 1; i < letters.len; i++) {
		uint8_t encoding;
		uint64_t personality = 0;
		switch (letters.ptr[i]) {
		case 'R':
			cie->pointer_encoding = reader_u8(&data);
			break;
		case 'L':
			cie->lsda_encoding = reader_u8(&data);
			break;
		case 'P':
			encoding = reader_u8(&data) & (uint8_t)~DW_EH_PE_indirect;
			if (encoding != (DW_EH_PE_omit & ~DW_EH_PE_indirect) &&
			    !dw_cfi_read_pointer(s, &data, s->addr, encoding, 0, &personality))
				return bad(s, ERROR_FORMAT, e->offset,
					   "a CIE's personality cannot be read");
			cie->has_personality = encoding != (DW_EH_PE_omit & ~DW_EH_PE_indirect);
			cie->personality = cie->has_personality ? personality : 0;
			break;
		case 'S':
			cie->signal_frame = true;
			break;
		case 'B': /* aarch64: return addresses are signed with the B key */
			break;
		default:
			/* What an unknown letter means is unknown, and so is where the next one's data
			 * begin; the size leads to the instructions all the same. */
			return NULL;
		}
	}
	return data.failed ? bad(s, ERROR_TRUNCATED, e->offset, "a CIE's augmentation is too short")
			   : NULL;
}

static struct error *read_cie(const struct dw_cfi_section *s, uint64_t offset, struct dw_cie *ret)
{
	struct entry e;
	TRY(read_entry(s, offset, &e));
	if (e.is_end || !e.is_cie)
		return bad(s, ERROR_FORMAT, offset, "an FDE names a CIE that is none");
	struct reader *r = &e.reader;
	struct dw_cie cie = { .pointer_encoding = DW_EH_PE_absptr,
			      .lsda_encoding = DW_EH_PE_omit,
			      .address_size = s->address_size };
	uint8_t version = reader_u8(r);
	if (!r->failed && version != 1 && version != 3 && version != 4)
		return bad(s, ERROR_UNSUPPORTED, offset, "a CIE of unknown version");
	struct str letters = reader_cstr(r);
	if (version == 4) {
		cie.address_size = reader_u8(r);
		uint8_t segment_size = reader_u8(r);
		if (!r->failed && (cie.address_size != s->address_size || segment_size != 0))
			return bad(s, ERROR_UNSUPPORTED, offset,
				   "a CIE of another address size or with segments");
	}
	/* gcc 2 had a pointer here. */
	if (str_is(letters, "eh"))
		reader_skip(r, s->address_size);
	cie.code_align = reader_uleb(r);
	cie.data_align = reader_sleb(r);
	uint64_t return_reg = version == 1 ? reader_u8(r) : reader_uleb(r);
	if (return_reg > UINT16_MAX)
		return bad(s, ERROR_FORMAT, offset, "a CIE's return address is in no register");
	cie.return_reg = (uint16_t)return_reg;
	if (letters.len > 0 && letters.ptr[0] == 'z')
		TRY(read_augmentation(s, &e, r, letters, &cie));
	else if (letters.len > 0 && !str_is(letters, "eh"))
		return bad(s, ERROR_UNSUPPORTED, offset, "a CIE with an unknown augmentation");
	if (r->failed)
		return bad(s, ERROR_TRUNCATED, offset, "a CIE is cut off");
	cie.offset = offset;
	cie.version = version;
	cie.augmentation = letters;
	cie.instructions = *r;
	*ret = cie;
	return NULL;
}

static struct error *read_fde(const struct dw_cfi_section *s, const struct entry *e, struct dw_fde *ret)
{
	/* .eh_frame: how far back from the id; .debug_frame: where. */
	uint64_t cie_offset = e->id;
	if (s->is_eh && __builtin_sub_overflow(e->id_offset, e->id, &cie_offset))
		return bad(s, ERROR_FORMAT, e->offset, "an FDE's CIE begins before the section");
	struct dw_fde fde = { .offset = e->offset };
	TRY(read_cie(s, cie_offset, &fde.cie));

	struct reader r = e->reader;
	uint64_t start, size;
	uint8_t encoding = fde.cie.pointer_encoding;
	if (!dw_cfi_read_pointer(s, &r, s->addr, encoding, 0, &start))
		return bad(s, ERROR_FORMAT, e->offset, "an FDE's address cannot be read");
	/* The length has the format alone. */
	if (!dw_cfi_read_pointer(s, &r, s->addr, encoding & 0x0f, 0, &size))
		return bad(s, ERROR_FORMAT, e->offset, "an FDE's length cannot be read");
	if (fde.cie.has_augmentation_data) {
		uint64_t skip = reader_uleb(&r);
		fde.augmentation = r;
		reader_skip(&r, skip > SIZE_MAX ? SIZE_MAX : (size_t)skip);
		fde.augmentation.size = r.pos;
	}
	if (r.failed)
		return bad(s, ERROR_TRUNCATED, e->offset, "an FDE is cut off");
	if (__builtin_add_overflow(start, size, &fde.end))
		return bad(s, ERROR_FORMAT, e->offset, "an FDE's range wraps around");
	fde.start = start;
	fde.instructions = r;
	*ret = fde;
	return NULL;
}

struct error *dw_cfi_fde_at(const struct dw_cfi_section *s, uint64_t offset, struct dw_fde *ret)
{
	struct entry e;
	TRY(read_entry(s, offset, &e));
	if (e.is_end || e.is_cie)
		return bad(s, ERROR_FORMAT, offset, "no FDE");
	return read_fde(s, &e, ret);
}

/* Every FDE in turn until fn gives false. A damaged one is left out; the walk ends where an entry's
 * length cannot be believed. *ret_trouble gets the first of these, for the caller to own. */
static void walk(const struct dw_cfi_section *s, bool (*fn)(void *ctx, const struct dw_fde *fde),
		 void *ctx, struct error **ret_trouble)
{
	struct error *trouble = NULL;
	for (uint64_t offset = 0; offset < s->data.size;) {
		struct entry e;
		struct dw_fde fde;
		struct error *err = read_entry(s, offset, &e);
		bool framed = !err;
		if (!err && e.is_end && s->is_eh)
			break;
		bool is_fde = !err && !e.is_end && !e.is_cie;
		if (is_fde)
			err = read_fde(s, &e, &fde);
		if (err) {
			if (trouble)
				error_destroy(err);
			else
				trouble = err;
		} else if (is_fde && !fn(ctx, &fde)) {
			break;
		}
		if (!framed)
			break;
		offset = e.next;
	}
	*ret_trouble = trouble;
}

struct index_entry {
	uint64_t start, end, offset;
};

struct dw_cfi_index {
	VEC(struct index_entry) entries; /* sorted by start */
};

static bool add_to_index(void *ctx, const struct dw_fde *fde)
{
	struct dw_cfi_index *index = ctx;
	if (fde->start < fde->end)
		vec_push(&index->entries, (struct index_entry){ fde->start, fde->end, fde->offset });
	return true;
}

static int compare_entries(const void *a, const void *b)
{
	const struct index_entry *x = a, *y = b;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

struct error *dw_cfi_index_build(const struct dw_cfi_section *section, struct dw_cfi_index **ret)
{
	struct dw_cfi_index *index = xmalloc(sizeof *index);
	struct error *trouble;
	walk(section, add_to_index, index, &trouble);
	if (index->entries.count == 0 && trouble) {
		dw_cfi_index_destroy(index);
		return trouble;
	}
	error_destroy(trouble); /* what can be read is of use without the rest */
	if (index->entries.count > 0)
		qsort(index->entries.data, index->entries.count, sizeof *index->entries.data,
		      compare_entries);
	*ret = index;
	return NULL;
}

void dw_cfi_index_destroy(struct dw_cfi_index *index)
{
	if (!index)
		return;
	vec_free(&index->entries);
	free(index);
}

struct search {
	uint64_t pc;
	bool found;
	struct dw_fde fde;
};

static bool match(void *ctx, const struct dw_fde *fde)
{
	struct search *search = ctx;
	if (search->pc < fde->start || search->pc >= fde->end)
		return true;
	search->found = true;
	search->fde = *fde;
	return false;
}

static struct error *find_by_walk(const struct dw_cfi_section *s, struct search *search)
{
	struct error *trouble;
	walk(s, match, search, &trouble);
	if (search->found) {
		error_destroy(trouble);
		return NULL;
	}
	return trouble;
}

static struct error *find_by_index(const struct dw_cfi_section *s, const struct dw_cfi_index *index,
				   struct search *search)
{
	size_t low = 0, high = index->entries.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (index->entries.data[mid].start <= search->pc)
			low = mid + 1;
		else
			high = mid;
	}
	/* Entries may overlap (assembly, linkers' leftovers at 0): a few steps back, no full scan. */
	for (size_t i = low, tries = 8; i > 0 && tries > 0; i--, tries--) {
		const struct index_entry *e = &index->entries.data[i - 1];
		if (search->pc < e->end) {
			TRY(dw_cfi_fde_at(s, e->offset, &search->fde));
			search->found = true;
			return NULL;
		}
	}
	return NULL;
}

/* The binary search table of .eh_frame_hdr (LSB core 10.6.2). Linkers write it one way; other encodings
 * are legal and make no usable table. */
struct table {
	const uint8_t *entries;
	size_t count;
	uint64_t base;
};

static bool table_open(const struct dw_cfi_section *s, struct table *ret)
{
	enum { SDATA4_DATAREL = DW_EH_PE_sdata4 | DW_EH_PE_datarel };
	if (!s->is_eh || s->hdr.size == 0 || s->address_size != 8)
		return false;
	struct reader r = reader_init(s->hdr.data, s->hdr.size);
	uint8_t version = reader_u8(&r), frame_encoding = reader_u8(&r), count_encoding = reader_u8(&r);
	uint8_t table_encoding = reader_u8(&r);
	uint64_t frame, count;
	if (version != 1 || table_encoding != SDATA4_DATAREL ||
	    !dw_cfi_read_pointer(s, &r, s->hdr_addr, frame_encoding, 0, &frame) ||
	    !dw_cfi_read_pointer(s, &r, s->hdr_addr, count_encoding, 0, &count))
		return false;
	if (frame != s->addr || count == 0 || count > (r.size - r.pos) / 8)
		return false;
	*ret = (struct table){ s->hdr.data + r.pos, (size_t)count, s->hdr_addr };
	return true;
}

static uint64_t table_addr(const struct table *t, size_t index, size_t field)
{
	int32_t value;
	memcpy(&value, t->entries + index * 8 + field * 4, sizeof value);
	return t->base + (uint64_t)(int64_t)value;
}

/* False when the table contradicts itself or the entries: the caller looks elsewhere. */
static bool find_by_table(const struct dw_cfi_section *s, const struct table *t, struct search *search)
{
	size_t low = 0, high = t->count;
	uint64_t floor = 0, ceiling = UINT64_MAX;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		uint64_t start = table_addr(t, mid, 0);
		if (start < floor || start > ceiling)
			return false;
		if (start <= search->pc) {
			low = mid + 1;
			floor = start;
		} else {
			high = mid;
			ceiling = start;
		}
	}
	if (low == 0)
		return true;
	struct error *err = dw_cfi_fde_at(s, table_addr(t, low - 1, 1) - s->addr, &search->fde);
	if (err) {
		error_destroy(err);
		return false;
	}
	if (search->fde.start != floor)
		return false;
	search->found = search->pc < search->fde.end;
	return true;
}

struct error *dw_cfi_row_at(const struct dw_cfi_section *section, const struct dw_cfi_index *index,
			    struct file_addr pc, struct dw_cfi_row *ret)
{
	struct search search = { .pc = pc.value };
	struct table table;
	if (!table_open(section, &table) || !find_by_table(section, &table, &search)) {
		search.found = false;
		if (index)
			TRY(find_by_index(section, index, &search));
		else
			TRY(find_by_walk(section, &search));
	}
	if (!search.found)
		return bad(section, ERROR_NOT_FOUND, pc.value, "no entry for the code");
	TRY(dw_cfi_run(section, &search.fde, pc.value, ret));
	ret->ruled = 0;
	for (unsigned reg = 0; reg < DW_CFI_MAX_REG; reg++)
		if (ret->rules[reg].kind != DW_CFI_UNDEFINED_BY_DEFAULT)
			ret->ruled |= UINT64_C(1) << reg;
	return NULL;
}

struct functions {
	bool (*fn)(void *ctx, struct file_range range);
	void *ctx;
};

static bool give_function(void *ctx, const struct dw_fde *fde)
{
	struct functions *f = ctx;
	if (fde->start >= fde->end)
		return true;
	return f->fn(f->ctx, (struct file_range){ FILE_ADDR(fde->start), FILE_ADDR(fde->end) });
}

struct error *dw_cfi_functions(const struct dw_cfi_section *section,
			       bool (*fn)(void *ctx, struct file_range range), void *ctx)
{
	struct functions f = { fn, ctx };
	struct error *trouble;
	walk(section, give_function, &f, &trouble);
	return trouble;
}

/* ---- everything ---- */

static void describe_cie(const struct dw_cie *cie, struct dw_cfi_entry *ret)
{
	ret->cie = cie->offset;
	ret->version = cie->version;
	ret->pointer_encoding = cie->pointer_encoding;
	ret->lsda_encoding = cie->lsda_encoding;
	ret->augmentation = cie->augmentation;
	ret->code_align = cie->code_align;
	ret->data_align = cie->data_align;
	ret->return_reg = cie->return_reg;
	ret->signal_frame = cie->signal_frame;
	ret->has_personality = cie->has_personality;
	ret->personality = cie->personality;
	ret->instructions = cie->instructions.pos;
}

/* A pointer of 0 is none, relative or not. */
static bool read_lsda(const struct dw_cfi_section *s, const struct dw_fde *fde, uint64_t *ret)
{
	struct reader r = fde->augmentation, raw = r;
	uint8_t encoding = fde->cie.lsda_encoding;
	uint64_t value;
	return encoding != DW_EH_PE_omit && reader_left(&r) > 0 &&
	       dw_cfi_read_pointer(s, &raw, s->addr, encoding & 0x0f, 0, &value) && value != 0 &&
	       dw_cfi_read_pointer(s, &r, s->addr, encoding, fde->start, ret);
}

static struct error *describe(const struct dw_cfi_section *s, const struct entry *e,
			      struct dw_cfi_entry *ret)
{
	struct dw_fde fde;
	if (e->is_cie) {
		TRY(read_cie(s, e->offset, &fde.cie));
		describe_cie(&fde.cie, ret);
		return NULL;
	}
	TRY(read_fde(s, e, &fde));
	describe_cie(&fde.cie, ret);
	ret->range = (struct file_range){ FILE_ADDR(fde.start), FILE_ADDR(fde.end) };
	ret->has_lsda = read_lsda(s, &fde, &ret->lsda);
	ret->instructions = fde.instructions.pos;
	return NULL;
}

void dw_cfi_each(const struct dw_cfi_section *section, dw_cfi_entry_fn *fn, void *ctx)
{
	bool more = true;
	for (uint64_t offset = 0; more && offset < section->data.size;) {
		struct entry e;
		struct dw_cfi_entry entry = { .offset = offset };
		struct error *err = read_entry(section, offset, &e);
		if (!err) {
			entry.next = offset = e.next;
			entry.is_cie = e.is_cie;
			entry.is_end = e.is_end;
			if (!e.is_end)
				err = describe(section, &e, &entry);
		}
		more = fn(ctx, &entry, err) && entry.next;
		error_destroy(err);
	}
}

/* Names for the stubs of procedure linkage tables (x86-64 psABI 5.2). */
#include "object/elf_internal.h"

#include <stdlib.h>

static int compare_slots(const void *a, const void *b)
{
	uint64_t x = ((const struct elf_got_slot *)a)->addr, y = ((const struct elf_got_slot *)b)->addr;
	return x < y ? -1 : x > y;
}

static void add_relocations(struct elf_file *elf, const struct elf_section *section,
			    const struct elf_symbol_table *symbols)
{
	struct elf_span span;
	struct error *err = elf_section_data(elf, section, &span.data, &span.size);
	if (err) {
		error_destroy(err); /* names for stubs are an extra: the section's other users report it */
		return;
	}
	for (size_t at = 0; span.size - at >= sizeof(Elf64_Rela); at += sizeof(Elf64_Rela)) {
		Elf64_Rela rela;
		memcpy(&rela, span.data + at, sizeof rela);
		uint32_t type = ELF64_R_TYPE(rela.r_info);
		uint64_t index = ELF64_R_SYM(rela.r_info);
		if ((type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT) || index == 0 ||
		    index >= symbols->count)
			continue;
		Elf64_Sym symbol;
		memcpy(&symbol, symbols->symbols.data + index * sizeof symbol, sizeof symbol);
		struct str name = elf_string(symbols->strings, symbol.st_name);
		if (name.len > 0)
			vec_push(&elf->got, (struct elf_got_slot){ rela.r_offset, name,
								   type == R_X86_64_JUMP_SLOT });
	}
}

static void read_got(struct elf_file *elf)
{
	elf->got_read = true;
	struct elf_symbol_table symbols;
	struct error *err = elf_symbol_table(elf, true, &symbols);
	if (err) {
		error_destroy(err);
		return;
	}
	for (size_t i = 0; i < elf->section_count; i++)
		if (elf->sections[i].type == SHT_RELA && (elf->sections[i].flags & SHF_ALLOC))
			add_relocations(elf, &elf->sections[i], &symbols);
	if (elf->got.count > 0)
		qsort(elf->got.data, elf->got.count, sizeof *elf->got.data, compare_slots);
}

/* The slot at addr; NULL: none. */
static const struct elf_got_slot *slot_at(struct elf_file *elf, uint64_t addr)
{
	if (!elf->got_read)
		read_got(elf);
	size_t low = 0, high = elf->got.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (elf->got.data[mid].addr < addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low < elf->got.count && elf->got.data[low].addr == addr ? &elf->got.data[low] : NULL;
}

/* The GOT slot that a stub jumps through: [endbr64] [bnd] jmp *disp32(%rip). */
static bool stub_slot(const uint8_t *stub, size_t size, uint64_t addr, uint64_t *ret)
{
	static const uint8_t endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	size_t at = 0;
	if (size >= sizeof endbr64 && memcmp(stub, endbr64, sizeof endbr64) == 0)
		at += sizeof endbr64;
	if (at < size && stub[at] == 0xf2)
		at++;
	if (size - at < 6 || stub[at] != 0xff || stub[at + 1] != 0x25)
		return false;
	int32_t displacement;
	memcpy(&displacement, stub + at + 2, sizeof displacement);
	*ret = addr + at + 6 + (uint64_t)(int64_t)displacement;
	return true;
}

bool elf_plt_target(struct elf_file *elf, struct file_addr addr, struct str *ret_name)
{
	struct file_range stub;
	return elf_plt_stub(elf, addr, ret_name, &stub);
}

void elf_plt_each(struct elf_file *elf, elf_plt_fn *fn, void *ctx)
{
	enum { LEAST = 8 };
	for (size_t i = 0; i < elf->section_count; i++) {
		const struct elf_section *s = &elf->sections[i];
		if (!str_starts(s->name, STR_LIT(".plt")))
			continue;
		for (uint64_t at = 0; at < s->size && at < elf->size;) {
			struct file_range stub;
			struct str name;
			bool is_stub = elf_plt_stub(elf, FILE_ADDR(s->addr.value + at), &name, &stub);
			if (is_stub && !fn(ctx, name, stub))
				return;
			at += is_stub ? stub.end.value - stub.start.value : LEAST;
		}
	}
}

struct wanted_stub {
	struct str name;
	struct file_range range;
	bool found;
};

static bool compare_stub(void *ctx, struct str name, struct file_range stub)
{
	struct wanted_stub *wanted = ctx;
	wanted->found = str_eq(name, wanted->name);
	wanted->range = stub;
	return !wanted->found;
}

bool elf_plt_by_name(struct elf_file *elf, struct str name, struct file_range *ret)
{
	struct wanted_stub wanted = { .name = name };
	elf_plt_each(elf, compare_stub, &wanted);
	*ret = wanted.range;
	return wanted.found;
}

bool elf_plt_slot(struct elf_file *elf, struct file_addr addr, struct str *ret_name, struct file_range *ret)
{
	const struct elf_section *section = elf_section_at(elf, addr);
	if (!section || elf->header.e_machine != EM_X86_64 || !(section->flags & SHF_WRITE))
		return false;
	for (uint64_t back = 0; back < 8 && back <= addr.value; back++) {
		const struct elf_got_slot *slot = slot_at(elf, addr.value - back);
		if (!slot)
			continue;
		*ret_name = slot->name;
		*ret = (struct file_range){ FILE_ADDR(slot->addr), FILE_ADDR(slot->addr + 8) };
		return slot->jump;
	}
	return false;
}

bool elf_plt_stub(struct elf_file *elf, struct file_addr addr, struct str *ret_name, struct file_range *ret)
{
	const struct elf_section *section = elf_section_at(elf, addr);
	if (!section || elf->header.e_machine != EM_X86_64 ||
	    !(str_is(section->name, ".plt") || str_is(section->name, ".plt.got") ||
	      str_is(section->name, ".plt.sec")))
		return false;
	struct elf_span span;
	if (section->type == SHT_NOBITS || elf_is_compressed(section) || section->offset > elf->size ||
	    section->size > elf->size - section->offset)
		return false;
	span = (struct elf_span){ elf->bytes + section->offset, (size_t)section->size };

	/* Stubs are 16 bytes; .plt.got's are 8 unless they begin with endbr64, and lld leaves sh_entsize
	 * 0. */
	size_t stub_size = section->entry_size == 8 ? 8 : 16;
	size_t at = (size_t)(addr.value - section->addr.value) / stub_size * stub_size;
	size_t left = span.size - at;
	uint64_t slot;
	if (!stub_slot(span.data + at, left < stub_size ? left : stub_size, section->addr.value + at, &slot))
		return false;
	const struct elf_got_slot *found = slot_at(elf, slot);
	if (!found)
		return false;
	*ret_name = found->name;
	*ret = (struct file_range){ FILE_ADDR(section->addr.value + at),
				    FILE_ADDR(section->addr.value + at + stub_size) };
	return true;
}

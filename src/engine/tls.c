/* Thread-local variables: where a thread has its block of a module (U. Drepper, "ELF Handling For Thread-Local Storage"; x86-64 uses variant
 * II: blocks of the modules loaded at start lie below the thread pointer). */
#include "engine/internal.h"

#include <elf.h>

enum { LINK_MAP_LIMIT = 65536, RELA_LIMIT = 1 << 20, MODULE_ID_LIMIT = 1 << 20 };
/* struct r_debug and struct link_map of <link.h>, 64-bit. */
enum { R_MAP = 8, L_ADDR = 0, L_LD = 16, L_NEXT = 24 };
/* tcbhead_t of glibc (sysdeps/x86_64/nptl/tls.h), and dtv_t. */
enum { TCB_DTV = 8, DTV_SIZE = 16 };

static const struct elf_segment *tls_segment(const struct elf_file *elf)
{
	for (size_t i = 0; i < elf_segment_count(elf); i++) {
		const struct elf_segment *s = elf_segment(elf, i);
		if (s->type == PT_TLS)
			return s;
	}
	return NULL;
}

/* The program's own block ends at the thread pointer, but for its alignment. The same for every libc. */
static uint64_t main_block(uint64_t pointer, const struct elf_segment *segment)
{
	uint64_t align = segment->align > 1 ? segment->align : 1;
	uint64_t misplaced = -(segment->mem_size + segment->addr.value) & (align - 1);
	return pointer - segment->mem_size - misplaced;
}

/* What libthread_db reads: size in bits, count and offset of a field of the dynamic linker's. */
static bool thread_db_offset(struct eng_process *p, const char *symbol, uint64_t *ret)
{
	struct eng_module *const *modules;
	size_t count = eng_modules(p, &modules);
	for (size_t i = 0; i < count; i++) {
		struct sym_module *symbols = eng_module_symbols(p, modules[i]);
		struct sym_symbol found;
		uint32_t field[3];
		const uint8_t *bytes;
		if (!symbols || !sym_symbol_by_name(symbols, str_from(symbol), &found) ||
		    !elf_loaded_bytes(sym_module_elf(symbols), found.addr, sizeof field, &bytes))
			continue;
		memcpy(field, bytes, sizeof field);
		*ret = field[2];
		return true;
	}
	return false;
}

static bool find_link_map(struct eng_process *p, const struct eng_module *m, uint64_t *ret)
{
	uint64_t map, dynamic;
	if (!p->r_debug || !eng_read_u64(p, p->r_debug + R_MAP, &map))
		return false;
	for (unsigned i = 0; map != 0 && i < LINK_MAP_LIMIT; i++) {
		if (!eng_read_u64(p, map + L_LD, &dynamic))
			return false;
		if (dynamic >= m->start && dynamic < m->end) {
			*ret = map;
			return true;
		}
		if (!eng_read_u64(p, map + L_NEXT, &map))
			return false;
	}
	return false;
}

/* Without the symbols: code that asks for the module's own variables has the number in its global offset table. */
static bool id_by_relocation(struct eng_process *p, const struct eng_module *m, struct elf_file *elf,
			     uint64_t *ret)
{
	const struct elf_section *section = elf_section_by_name(elf, ".rela.dyn");
	const uint8_t *data;
	size_t size;
	if (!section)
		return false;
	struct error *err = elf_section_data(elf, section, &data, &size);
	if (err) {
		eng_ignore(err);
		return false;
	}
	Elf64_Rela rela;
	for (size_t i = 0; i < size / sizeof rela && i < RELA_LIMIT; i++) {
		memcpy(&rela, data + i * sizeof rela, sizeof rela);
		if (rela.r_info == R_X86_64_DTPMOD64)
			return eng_read_u64(p, m->bias + rela.r_offset, ret);
	}
	return false;
}

static struct error *module_id(struct eng_process *p, struct eng_module *m, struct elf_file *elf,
			       uint64_t *ret)
{
	uint64_t map, offset, id = 0;
	bool found = find_link_map(p, m, &map) &&
		     thread_db_offset(p, "_thread_db_link_map_l_tls_modid", &offset) &&
		     eng_read_u64(p, map + offset, &id);
	if (!found || id == 0)
		found = id_by_relocation(p, m, elf, &id);
	if (!found || id == 0 || id > MODULE_ID_LIMIT)
		return error_new(ERROR_NOT_FOUND, "%s: cannot find its thread-local storage", m->path);
	*ret = id;
	return NULL;
}

static struct error *block_by_vector(struct eng_thread *t, uint64_t pointer, struct eng_module *m,
				     struct elf_file *elf, uint64_t *ret)
{
	struct eng_process *p = t->process;
	uint64_t id, vector, count, block;
	TRY(module_id(p, m, elf, &id));
	if (!eng_read_u64(p, pointer + TCB_DTV, &vector) || vector < DTV_SIZE ||
	    !eng_read_u64(p, vector, &count))
		return error_at(ERROR_MEMORY, pointer, "thread %d: no thread-local storage yet", t->tid);
	/* dtv[0] is the generation; it may lag behind until the thread uses a new module's variables. The length is in front of it. */
	uint64_t capacity = 0;
	if (!eng_read_u64(p, vector - DTV_SIZE, &capacity) || id > capacity ||
	    !eng_read_u64(p, vector + id * DTV_SIZE, &block) || block == 0 || block == UINT64_MAX)
		return error_new(ERROR_NOT_FOUND, "%s: its thread-local storage is not allocated yet",
				 m->path);
	*ret = block;
	return NULL;
}

struct error *eng_tls(struct eng_thread *t, struct eng_module *m, uint64_t offset, uint64_t *ret)
{
	struct eng_process *p = t->process;
	TRY(eng_thread_fetch(t));
	if (!arch_reg_known(&t->regs, ARCH_FS_BASE) || t->regs.value[ARCH_FS_BASE] == 0)
		return error_new(ERROR_NOT_FOUND, "thread %d: no thread-local storage yet", t->tid);
	uint64_t pointer = t->regs.value[ARCH_FS_BASE], block;
	struct sym_module *symbols = eng_module_symbols(p, m);
	if (!symbols)
		return m->trouble ? error_copy(m->trouble)
				  : error_new(ERROR_NOT_FOUND, "%s: no symbols", m->path);
	const struct elf_segment *segment = tls_segment(sym_module_elf(symbols));
	if (!segment)
		return error_new(ERROR_NOT_FOUND, "%s: has no thread-local storage", m->path);
	if (m->is_main)
		block = main_block(pointer, segment);
	else
		TRY(block_by_vector(t, pointer, m, sym_module_elf(symbols), &block));
	*ret = block + offset;
	return NULL;
}

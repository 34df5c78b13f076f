/* The dynamic linker, where it has been mapped and nothing of it has run yet: the function that it calls whenever its list of objects has changed.
 * Afterwards struct r_debug has its address (image.c); but the first call, before any constructor runs, is not to be missed. */
#include "engine/internal.h"

#include "base/reader.h"

/* ELF64 (gABI chapters 4 and 5): the header, the program headers behind it, the dynamic section; DT_GNU_HASH. */
enum { EHDR_SIZE = 64, PHDR_SIZE = 56, PHDR_LIMIT = 64, DYN_SIZE = 16, DYN_LIMIT = 256, SYM_SIZE = 24 };
enum { PT_DYNAMIC = 2, DT_NULL = 0, DT_STRTAB = 5, DT_SYMTAB = 6, DT_GNU_HASH = 0x6ffffef5 };
/* A chain holds a few symbols. */
enum { CHAIN_LIMIT = 256 };

/* Of glibc, musl and others; gdb looks for the same. */
static const char *const names[] = { "_dl_debug_state", "_r_debug_state", "rtld_db_dlactivity" };

struct tables {
	uint64_t strings, symbols, hash; /* run-time addresses */
};

static bool read_at(struct eng_process *p, uint64_t addr, void *buf, size_t size)
{
	return eng_read(p, RUN_ADDR(p->number, addr), buf, size) == size;
}

static bool find_dynamic(struct eng_process *p, uint64_t base, uint64_t *ret)
{
	static const uint8_t magic[] = { 0x7f, 'E', 'L', 'F', 2 /* 64-bit */, 1 /* little-endian */ };
	uint8_t header[EHDR_SIZE], one[PHDR_SIZE];
	if (!read_at(p, base, header, sizeof header) || memcmp(header, magic, sizeof magic) != 0)
		return false;
	struct reader r = reader_init(header, sizeof header);
	reader_seek(&r, 32);
	uint64_t at = reader_u64(&r);
	reader_seek(&r, 56);
	unsigned count = reader_u16(&r);
	for (unsigned i = 0; i < count && i < PHDR_LIMIT; i++) {
		if (!read_at(p, base + at + (uint64_t)i * PHDR_SIZE, one, sizeof one))
			return false;
		struct reader entry = reader_init(one, sizeof one);
		if (reader_u32(&entry) != PT_DYNAMIC)
			continue;
		reader_seek(&entry, 16);
		*ret = base + reader_u64(&entry);
		return true;
	}
	return false;
}

/* Its addresses are the file's until it has relocated itself. */
static bool read_tables(struct eng_process *p, uint64_t base, uint64_t dynamic, struct tables *ret)
{
	*ret = (struct tables){ 0 };
	for (uint64_t i = 0; i < DYN_LIMIT; i++) {
		uint64_t entry[2];
		if (!read_at(p, dynamic + i * DYN_SIZE, entry, sizeof entry) || entry[0] == DT_NULL)
			break;
		uint64_t addr = entry[1] < base ? base + entry[1] : entry[1];
		if (entry[0] == DT_STRTAB)
			ret->strings = addr;
		else if (entry[0] == DT_SYMTAB)
			ret->symbols = addr;
		else if (entry[0] == DT_GNU_HASH)
			ret->hash = addr;
	}
	return ret->strings && ret->symbols && ret->hash;
}

static uint32_t hash_of(const char *name)
{
	uint32_t h = 5381;
	for (; *name; name++)
		h = h * 33 + (unsigned char)*name;
	return h;
}

/* The symbol with this index, if it has this name and is defined. */
static bool is_named(struct eng_process *p, const struct tables *t, uint32_t index, const char *name,
		     uint64_t *ret_value)
{
	uint8_t bytes[SYM_SIZE];
	char text[32];
	size_t size = strlen(name) + 1;
	if (!read_at(p, t->symbols + (uint64_t)index * SYM_SIZE, bytes, sizeof bytes))
		return false;
	struct reader r = reader_init(bytes, sizeof bytes);
	uint32_t offset = reader_u32(&r);
	reader_seek(&r, 6);
	uint16_t section = reader_u16(&r);
	*ret_value = reader_u64(&r);
	return section != 0 && size <= sizeof text && read_at(p, t->strings + offset, text, size) &&
	       memcmp(text, name, size) == 0;
}

/* The table's layout: number of buckets, index of the first symbol in it, words of the filter, its shift; the filter, the buckets, the hashes of
 * the symbols with the lowest bit set at the end of each chain. */
static bool look_up(struct eng_process *p, const struct tables *t, const char *name, uint64_t *ret_value)
{
	uint32_t head[4], index, hash = hash_of(name);
	if (!read_at(p, t->hash, head, sizeof head) || head[0] == 0)
		return false;
	uint64_t buckets = t->hash + sizeof head + (uint64_t)head[2] * 8;
	uint64_t chains = buckets + (uint64_t)head[0] * 4;
	if (!read_at(p, buckets + (uint64_t)(hash % head[0]) * 4, &index, sizeof index) || index < head[1])
		return false;
	for (unsigned i = 0; i < CHAIN_LIMIT; i++, index++) {
		uint32_t other;
		if (!read_at(p, chains + (uint64_t)(index - head[1]) * 4, &other, sizeof other))
			return false;
		if ((other | 1) == (hash | 1) && is_named(p, t, index, name, ret_value))
			return true;
		if (other & 1)
			return false;
	}
	return false;
}

bool eng_linker_notifies(struct eng_process *p, uint64_t base, uint64_t *ret)
{
	uint64_t dynamic, value;
	struct tables tables;
	if (!find_dynamic(p, base, &dynamic) || !read_tables(p, base, dynamic, &tables))
		return false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (look_up(p, &tables, names[i], &value)) {
			*ret = base + value;
			return true;
		}
	}
	return false;
}

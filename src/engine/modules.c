/* The files that are mapped as code, from the memory map and the ELF headers in memory. */
#include "engine/internal.h"

#include "base/file.h"
#include "base/reader.h"
#include "object/elf.h"

#include <stdlib.h>
#include <sys/stat.h>

/* ELF64 header and program headers (gABI chapters 4 and 5): as much of the file's beginning as holds them. */
enum { EHDR_SIZE = 64, PHDR_SIZE = 56, HEADERS_MAX = ENG_PAGE, PT_LOAD = 1, PF_X = 1 };
/* A vDSO is two pages. */
enum { VDSO_LIMIT = 1 << 20 };

struct load {
	uint32_t flags;
	uint64_t offset, vaddr, file_size, mem_size;
};

/* ---- ELF headers in memory ---- */

static bool next_load(struct reader *r, unsigned *left, struct load *ret)
{
	while (*left > 0) {
		(*left)--;
		struct reader one = reader_sub(r, PHDR_SIZE);
		uint32_t type = reader_u32(&one);
		ret->flags = reader_u32(&one);
		ret->offset = reader_u64(&one);
		ret->vaddr = reader_u64(&one);
		reader_skip(&one, 8);
		ret->file_size = reader_u64(&one);
		ret->mem_size = reader_u64(&one);
		if (one.failed)
			return false;
		if (type == PT_LOAD)
			return true;
	}
	return false;
}

/* The program headers behind an ELF header at `bytes`; false when there is none. */
static bool program_headers(const uint8_t *bytes, size_t size, struct reader *ret, unsigned *ret_count)
{
	static const uint8_t magic[] = { 0x7f, 'E', 'L', 'F', 2 /* 64-bit */, 1 /* little-endian */ };
	if (size < EHDR_SIZE || memcmp(bytes, magic, sizeof magic) != 0)
		return false;
	struct reader r = reader_init(bytes, size);
	reader_seek(&r, 32);
	uint64_t phoff = reader_u64(&r);
	reader_seek(&r, 54);
	uint16_t entry_size = reader_u16(&r);
	*ret_count = reader_u16(&r);
	if (entry_size != PHDR_SIZE || phoff > size)
		return false;
	reader_seek(&r, (size_t)phoff);
	*ret = r;
	return !r.failed;
}

static uint64_t page_of(uint64_t addr)
{
	return addr & ~(uint64_t)(ENG_PAGE - 1);
}

/* Run-time minus file address of what is mapped from file offset 0 at start, and where its last segment (.bss too) ends. */
static bool image_at(struct eng_process *p, uint64_t start, uint64_t *ret_bias, uint64_t *ret_end)
{
	uint8_t bytes[HEADERS_MAX];
	struct reader r;
	unsigned count;
	struct load load;
	bool found = false;
	uint64_t bias = 0, end = 0;
	size_t got = eng_read(p, RUN_ADDR(p->number, start), bytes, sizeof bytes);
	if (!program_headers(bytes, got, &r, &count))
		return false;
	while (next_load(&r, &count, &load)) {
		if (page_of(load.offset) == 0 && !found) {
			bias = start - page_of(load.vaddr);
			found = true;
		}
		if (load.vaddr + load.mem_size > end)
			end = load.vaddr + load.mem_size;
	}
	*ret_bias = bias;
	*ret_end = page_of(bias + end + ENG_PAGE - 1);
	return found;
}

/* Where an instruction's copy stands matters when it addresses something relative to pc: near the program's own code. */
bool eng_modules_slack(struct eng_process *p, uint64_t *ret_start, uint64_t *ret_end)
{
	enum { ENOUGH = 8 * ENG_SLOT_SIZE };
	uint64_t best = 0;
	vec_for(&p->modules, module) {
		const struct eng_module *m = *module;
		uint8_t bytes[HEADERS_MAX];
		struct reader r;
		unsigned count;
		struct load load;
		if (m->is_vdso ||
		    !program_headers(bytes, eng_read(p, RUN_ADDR(p->number, m->start), bytes, sizeof bytes),
				     &r, &count))
			continue;
		while (next_load(&r, &count, &load)) {
			uint64_t end = m->bias + load.vaddr + load.mem_size;
			uint64_t page_end = page_of(end + ENG_PAGE - 1);
			const struct eng_code_range *code = eng_code_at(p, end);
			if (!(load.flags & PF_X) || !code || code->module != m || page_end - end <= best)
				continue;
			best = page_end - end;
			*ret_start = end;
			*ret_end = page_end;
		}
		if (best >= ENOUGH)
			break;
	}
	return best >= ENG_SLOT_SIZE;
}

/* ---- the list ---- */

static bool file_mapping(const struct target_mapping *m)
{
	return m->inode != 0 && m->name.len > 0 && m->name.ptr[0] == '/';
}

/* Index behind the last mapping of the file that begins at `first`: its pieces follow each other, with anonymous memory (.bss, gaps) in
 * between at most. A smaller offset is the same file mapped once more. */
static size_t group_end(const struct target_mappings *list, size_t first)
{
	const struct target_mapping *head = &list->data[first];
	size_t end = first + 1;
	uint64_t offset = head->offset;
	for (size_t i = first + 1; i < list->count; i++) {
		const struct target_mapping *m = &list->data[i];
		if (m->inode == 0 && !str_starts(m->name, STR_LIT("[")))
			continue;
		if (m->inode != head->inode || m->offset < offset || !str_eq(m->name, head->name))
			break;
		offset = m->offset;
		end = i + 1;
	}
	return end;
}

static struct eng_module *find(const struct eng_process *p, uint64_t addr)
{
	size_t low = 0, high = p->modules.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (p->modules.data[mid]->end <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low < p->modules.count && p->modules.data[low]->start <= addr ? p->modules.data[low] : NULL;
}

static struct eng_module *known_module(struct eng_process *p, uint64_t start, uint64_t inode,
				       struct str path)
{
	struct eng_module *m = find(p, start);
	bool known = m && m->start == start && m->inode == inode && str_eq(str_from(m->path), path);
	return known ? m : NULL;
}

struct build {
	VEC(struct eng_module *) modules;
	VEC(struct eng_code_range) code;
	bool changed;
};

/* Where the next mapping that is not anonymous begins. */
static uint64_t next_file(const struct target_mappings *list, size_t from)
{
	while (from < list->count && list->data[from].inode == 0 && list->data[from].name.len == 0)
		from++;
	return from < list->count ? list->data[from].start : UINT64_MAX;
}

static void add_group(struct eng_process *p, const struct target_mappings *list, size_t first,
		      size_t end, struct build *build)
{
	const struct target_mapping *head = &list->data[first];
	bool vdso = str_is(head->name, "[vdso]");
	bool code = false;
	for (size_t i = first; i < end; i++)
		code |= list->data[i].inode == head->inode && (list->data[i].flags & TARGET_EXEC);
	uint64_t bias, image_end;
	if (!code || head->offset != 0)
		return;
	struct eng_module *m = known_module(p, head->start, head->inode, head->name);
	if (!m) {
		if (!image_at(p, head->start, &bias, &image_end))
			return;
		build->changed = true;
		m = xmalloc(sizeof *m);
		m->path = str_dup(head->name);
		m->bias = bias;
		m->start = head->start;
		m->inode = head->inode;
		m->device = (uint64_t)head->device_major << 32 | head->device_minor;
		m->is_vdso = vdso;
		m->end = list->data[end - 1].end;
		/* A header that lies cannot reach into the next file. */
		if (image_end > m->end && (end == list->count || image_end <= next_file(list, end)))
			m->end = image_end;
	}
	m->is_main = p->phdr >= m->start && p->phdr < m->end;
	vec_push(&build->modules, m);
	for (size_t i = first; i < end; i++) {
		const struct target_mapping *one = &list->data[i];
		struct eng_code_range range = { one->start, one->end, m, (one->flags & TARGET_WRITE) != 0 };
		if (one->inode == head->inode && (one->flags & TARGET_EXEC))
			vec_push(&build->code, range);
	}
}

/* Both lists are sorted by start. */
static void retire(struct eng_process *p, const struct build *build)
{
	size_t i = 0;
	vec_for(&p->modules, old) {
		while (i < build->modules.count && build->modules.data[i]->start < (*old)->start)
			i++;
		if (i < build->modules.count && build->modules.data[i] == *old)
			continue;
		eng_traps_unmapped(p->space, (*old)->start, (*old)->end);
		vec_push(&p->retired, *old);
	}
}

bool eng_modules_refresh(struct eng_process *p)
{
	const struct target_mappings *list;
	if (!p->space)
		return false;
	p->modules_generation = p->space->generation;
	struct error *err = eng_mappings(p, &list);
	if (err) {
		eng_ignore(err);
		return false;
	}
	struct build build = { 0 };
	for (size_t i = 0; i < list->count;) {
		const struct target_mapping *m = &list->data[i];
		bool vdso = str_is(m->name, "[vdso]");
		size_t end = !vdso && file_mapping(m) ? group_end(list, i) : i + 1;
		if (vdso || file_mapping(m))
			add_group(p, list, i, end, &build);
		i = end;
	}
	bool changed = build.changed || build.modules.count != p->modules.count;
	if (changed)
		retire(p, &build);
	vec_free(&p->modules);
	vec_free(&p->code);
	memcpy(&p->modules, &build.modules, sizeof p->modules);
	memcpy(&p->code, &build.code, sizeof p->code);
	return changed;
}

/* Before the entry point nobody tells when the list is complete: it is made anew at each stop at which it is asked for. */
static void ensure(struct eng_process *p)
{
	if (!p->past_entry && p->space && p->modules_generation != p->space->generation)
		eng_modules_refresh(p);
}

size_t eng_modules(struct eng_process *p, struct eng_module *const **ret)
{
	ensure(p);
	*ret = p->modules.data;
	return p->modules.count;
}

struct eng_module *eng_module_at(struct eng_process *p, uint64_t addr)
{
	ensure(p);
	return find(p, addr);
}

const struct eng_code_range *eng_code_at(struct eng_process *p, uint64_t pc)
{
	ensure(p);
	size_t low = 0, high = p->code.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (p->code.data[mid].end <= pc)
			low = mid + 1;
		else
			high = mid;
	}
	return low < p->code.count && p->code.data[low].start <= pc ? &p->code.data[low] : NULL;
}

void eng_modules_copy(const struct eng_process *parent, struct eng_process *child)
{
	size_t r = 0; /* code is in the modules' order */
	for (size_t i = 0; i < parent->modules.count; i++) {
		const struct eng_module *m = parent->modules.data[i];
		struct eng_module *copy = xmalloc(sizeof *copy);
		*copy = *m;
		copy->path = xstrdup(m->path);
		copy->trouble = error_copy(m->trouble);
		vec_push(&child->modules, copy);
		for (; r < parent->code.count && parent->code.data[r].module == m; r++) {
			struct eng_code_range range = parent->code.data[r];
			range.module = copy;
			vec_push(&child->code, range);
		}
	}
	child->modules_generation = child->space->generation;
}

static void free_module(struct eng_module *m)
{
	error_destroy(m->trouble);
	free(m->path);
	free(m);
}

void eng_image_drop(struct eng_process *p)
{
	const struct eng_observer *observer = &p->session->observer;
	if (observer->image_dropped)
		observer->image_dropped(observer->ctx, p);
	vec_for(&p->modules, m)
		free_module(*m);
	vec_for(&p->retired, m)
		free_module(*m);
	vec_free(&p->modules);
	vec_free(&p->retired);
	vec_free(&p->code);
	p->modules_generation = 0;
}

/* ---- symbols ---- */

void eng_symbol_files_close(struct eng_session *s)
{
	vec_for(&s->symbol_files, f)
		sym_module_close(f->symbols);
	vec_free(&s->symbol_files);
	if (s->vdso)
		sym_module_close(s->vdso);
	s->vdso = NULL;
}

/* One for all processes: the kernel has one image of it for 64-bit programs. */
static struct error *open_vdso(struct eng_process *p, const struct eng_module *m, struct sym_module **ret)
{
	struct eng_session *s = p->session;
	if (!s->vdso) {
		uint64_t size = m->end - m->start;
		if (size > VDSO_LIMIT)
			return error_new(ERROR_LIMIT, "[vdso]: larger than the limit of %d bytes",
					 VDSO_LIMIT);
		uint8_t *bytes = xmalloc(size);
		struct error *err = eng_read_exact(p, RUN_ADDR(p->number, m->start), bytes, size);
		if (!err)
			err = sym_module_open_bytes("[vdso]", bytes, size, &s->vdso);
		free(bytes);
		if (err)
			return err;
	}
	*ret = s->vdso;
	return NULL;
}

static bool identify(const char *path, struct eng_symbol_file *ret)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return false;
	ret->device = (uint64_t)st.st_dev;
	ret->inode = (uint64_t)st.st_ino;
	ret->size = (uint64_t)st.st_size;
	ret->mtime = (uint64_t)st.st_mtim.tv_sec * 1000000000 + (uint64_t)st.st_mtim.tv_nsec;
	return true;
}

static bool same_file(const struct eng_symbol_file *a, const struct eng_symbol_file *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size && a->mtime == b->mtime;
}

struct error *eng_symbols_of_file(struct eng_session *s, const char *path, const char *root,
				  const char *name, struct sym_module **ret)
{
	struct eng_symbol_file file = { 0 };
	if (!identify(path, &file))
		return error_new(ERROR_NOT_FOUND, "%s: cannot be found any more", name);
	file.directories = s->directories_set;
	vec_for(&s->symbol_files, f) {
		/* Its debug information may be where it was not looked for. */
		bool stale = f->directories != file.directories && !sym_module_has_debug_info(f->symbols);
		if (same_file(f, &file) && !stale) {
			*ret = f->symbols;
			return NULL;
		}
	}
	struct sym_options options = { .debug_directories = s->options.debug_directories, .root = root };
	TRY(sym_module_open(root ? path + strlen(root) : path, &options, &file.symbols));
	vec_push(&s->symbol_files, file);
	*ret = file.symbols;
	return NULL;
}

static struct error *open_file(struct eng_process *p, const struct eng_module *m, const char *path,
			       struct sym_module **ret)
{
	struct arena arena = ARENA_INIT;
	/* In another mount namespace its debug files are there, too. */
	struct str root = arena_printf(&arena, "/proc/%d/root", p->pid);
	bool inside = str_starts(str_from(path), root) && str_sub(str_from(path), root.len, 1).len == 1;
	struct error *err = eng_symbols_of_file(p->session, path, inside ? root.ptr : NULL, m->path, ret);
	arena_deinit(&arena);
	return err;
}

static bool same_build_id(const char *path, const char *other)
{
	const char *paths[2] = { path, other };
	struct file_map maps[2];
	struct elf_file *files[2] = { 0 };
	bool good = true;
	for (size_t i = 0; i < 2 && good; i++) {
		struct error *err = file_open(paths[i], &maps[i]);
		if (!err) {
			err = elf_open(paths[i], maps[i].data, maps[i].size, &files[i]);
			if (err)
				file_close(&maps[i]);
		}
		good = !err;
		error_destroy(err);
	}
	bool same = good && str_eq(elf_build_id(files[0]), elf_build_id(files[1]));
	for (size_t i = 0; i < 2 && files[i]; i++) {
		elf_close(files[i]);
		file_close(&maps[i]);
	}
	return same;
}

/* The user's own place for a library, when what is there is the same build. False: there is none. */
static bool open_elsewhere(struct eng_process *p, const struct eng_module *m, const char *path,
			   bool there, struct arena *arena, struct sym_module **ret)
{
	struct str other;
	if (m->is_main || !m->path || !eng_library_elsewhere(p->session, m->path, there, arena, &other) ||
	    (there && !same_build_id(path, other.ptr)))
		return false;
	struct error *err = eng_symbols_of_file(p->session, other.ptr, NULL, m->path, ret);
	error_destroy(err);
	return !err;
}

static struct error *open_symbols(struct eng_process *p, const struct eng_module *m, struct sym_module **ret)
{
	if (m->is_vdso)
		return open_vdso(p, m, ret);
	struct target *target = p->session->target;
	struct target_mapping mapping = {
		.start = m->start, .end = m->end, .inode = m->inode, .name = str_from(m->path)
	};
	/* The first piece's own end is what the kernel's names for mappings want. */
	const struct target_mapping *first = eng_mapping_at(p, m->start);
	if (first)
		mapping.end = first->end;
	struct arena arena = ARENA_INIT;
	struct str path;
	struct error *err = target->ops->mapped_file(target, p->pid, &mapping, &arena, &path);
	if (!open_elsewhere(p, m, err ? NULL : path.ptr, !err, &arena, ret)) {
		if (!err)
			err = open_file(p, m, path.ptr, ret);
	} else {
		error_destroy(err);
		err = NULL;
	}
	arena_deinit(&arena);
	return err;
}

struct sym_module *eng_module_symbols(struct eng_process *p, struct eng_module *m)
{
	if (!m->symbols && !m->symbols_failed && !p->gone) {
		m->trouble = open_symbols(p, m, &m->symbols);
		m->symbols_failed = m->trouble != NULL;
	}
	return m->symbols;
}

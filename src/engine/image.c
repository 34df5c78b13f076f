/* What the kernel and the dynamic linker tell of a program that begins: the auxiliary vector (getauxval(3)), and struct r_debug of
 * <link.h> with the function that the linker calls whenever its list of objects changes. */
#include "engine/internal.h"

#include "base/log.h"

#include <stdlib.h>

enum { AT_PHDR = 3, AT_PHNUM = 5, AT_BASE = 7, AT_ENTRY = 9, AT_SYSINFO_EHDR = 33 };
enum { PT_DYNAMIC = 2, PT_PHDR = 6, DT_NULL = 0, DT_DEBUG = 21 };
enum { PHDR_SIZE = 56, PHDR_LIMIT = 256, DYNAMIC_LIMIT = 1024, RT_CONSISTENT = 0 };
/* Offsets in struct r_debug, 64-bit. */
enum { R_BRK = 16, R_STATE = 24 };

static uint64_t auxiliary(struct eng_process *p, uint64_t type)
{
	struct target *target = p->session->target;
	uint64_t value = 0;
	eng_ignore(target->ops->auxv(target, p->pid, type, &value));
	return value;
}

static char *take_name(struct str s)
{
	return s.len ? str_dup(s) : NULL;
}

/* Now: when it has died there is no asking any more. */
static void read_names(struct eng_process *p)
{
	struct target *target = p->session->target;
	struct arena arena = ARENA_INIT;
	struct str open_path, name = STR_EMPTY, command = STR_EMPTY;
	eng_ignore(target->ops->executable(target, p->pid, &arena, &open_path, &name));
	eng_ignore(target->ops->command_line(target, p->pid, &arena, &command));
	free(p->name);
	free(p->command);
	p->name = take_name(name);
	p->command = take_name(command);
	arena_deinit(&arena);
}

/* ---- the dynamic linker's list ---- */

static bool find_r_debug(struct eng_process *p);
static void wait_for_entry(struct eng_process *p);

/* At start-up everything that the program is linked with is mapped and relocated at the first consistent state, and no constructor has run. */
static void list_changed(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	(void)user;
	struct eng_process *p = t->process;
	uint32_t state;
	if (!p->r_debug && !find_r_debug(p)) { /* one that does not tell */
		eng_hook_remove(hook);
		wait_for_entry(p);
		return;
	}
	if (eng_read(p, RUN_ADDR(p->number, p->r_debug + R_STATE), &state, sizeof state) != sizeof state ||
	    state != RT_CONSISTENT)
		return;
	bool first = !p->past_entry;
	p->past_entry = true;
	if ((eng_modules_refresh(p) || first) && !t->held)
		eng_emit(p, t, (struct eng_event){ .kind = ENG_EVENT_MODULES });
}

static bool read_phdr(struct eng_process *p, uint64_t index, uint32_t *ret_type, uint64_t *ret_vaddr,
		      uint64_t *ret_size)
{
	uint8_t bytes[PHDR_SIZE];
	if (eng_read(p, RUN_ADDR(p->number, p->phdr + index * PHDR_SIZE), bytes, sizeof bytes) !=
	    sizeof bytes)
		return false;
	memcpy(ret_type, bytes, sizeof *ret_type);
	memcpy(ret_vaddr, bytes + 16, sizeof *ret_vaddr);
	memcpy(ret_size, bytes + 40, sizeof *ret_size);
	return true;
}

/* The program's dynamic section, through its program headers in memory. */
static bool find_dynamic(struct eng_process *p, uint64_t *ret_addr, uint64_t *ret_size)
{
	uint64_t bias = 0, dynamic = 0, vaddr, size;
	bool found = false;
	uint32_t type;
	for (uint64_t i = 0;
	     i < p->phdr_count && i < PHDR_LIMIT && read_phdr(p, i, &type, &vaddr, &size); i++) {
		if (type == PT_PHDR)
			bias = p->phdr - vaddr;
		if (type == PT_DYNAMIC) {
			dynamic = vaddr;
			*ret_size = size;
			found = true;
		}
	}
	if (found)
		*ret_addr = dynamic + bias;
	return found;
}

static bool find_r_debug(struct eng_process *p)
{
	uint64_t dynamic, size, entry[2];
	if (!find_dynamic(p, &dynamic, &size))
		return false;
	for (uint64_t i = 0; i < size / sizeof entry && i < DYNAMIC_LIMIT; i++) {
		if (eng_read(p, RUN_ADDR(p->number, dynamic + i * sizeof entry), entry, sizeof entry) !=
			    sizeof entry ||
		    entry[0] == DT_NULL)
			break;
		if (entry[0] == DT_DEBUG)
			p->r_debug = entry[1];
	}
	return p->r_debug != 0;
}

static void watch_linker(struct eng_process *p)
{
	uint64_t brk;
	if (p->r_debug || !find_r_debug(p))
		return;
	if (!eng_read_u64(p, p->r_debug + R_BRK, &brk) || !brk) {
		p->r_debug = 0;
		return;
	}
	eng_ignore(eng_hook_add(p, RUN_ADDR(p->number, brk), list_changed, NULL, NULL));
}

/* ---- */

/* The program's first own instruction: everything that it is linked with is mapped. */
static void reached_entry(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	(void)user;
	struct eng_process *p = t->process;
	eng_hook_remove(hook);
	p->past_entry = true;
	eng_modules_refresh(p);
	watch_linker(p);
	eng_emit(p, t, (struct eng_event){ .kind = ENG_EVENT_MODULES });
}

static void wait_for_entry(struct eng_process *p)
{
	if (p->entry)
		eng_ignore(eng_hook_add(p, RUN_ADDR(p->number, p->entry), reached_entry, NULL, NULL));
}

void eng_image_begin(struct eng_process *p)
{
	read_names(p);
	p->past_entry = false;
	p->r_debug = 0;
	p->phdr = auxiliary(p, AT_PHDR);
	p->phdr_count = auxiliary(p, AT_PHNUM);
	p->entry = auxiliary(p, AT_ENTRY);
	p->vdso = auxiliary(p, AT_SYSINFO_EHDR);
	p->loader = auxiliary(p, AT_BASE);
	uint64_t brk;
	struct error *err = NULL;
	bool known = p->loader && eng_linker_notifies(p, p->loader, &brk);
	if (known)
		err = eng_hook_add(p, RUN_ADDR(p->number, brk), list_changed, NULL, NULL);
	if (!known || err)
		wait_for_entry(p);
	eng_ignore(err);
}

void eng_image_adopt(struct eng_process *p)
{
	read_names(p);
	p->phdr = auxiliary(p, AT_PHDR);
	p->phdr_count = auxiliary(p, AT_PHNUM);
	p->entry = auxiliary(p, AT_ENTRY);
	p->vdso = auxiliary(p, AT_SYSINFO_EHDR);
	p->past_entry = true;
	eng_modules_refresh(p);
	watch_linker(p);
}

void eng_image_copy(const struct eng_process *parent, struct eng_process *child)
{
	child->name = parent->name ? xstrdup(parent->name) : NULL;
	child->command = parent->command ? xstrdup(parent->command) : NULL;
	child->entry = parent->entry;
	child->phdr = parent->phdr;
	child->phdr_count = parent->phdr_count;
	child->vdso = parent->vdso;
	child->loader = parent->loader;
	child->past_entry = parent->past_entry;
	child->r_debug = parent->r_debug;
	if (child->hidden)
		return;
	eng_modules_copy(parent, child);
}

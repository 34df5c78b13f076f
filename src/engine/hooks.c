/* The table of traps of an address space, and the hooks on each. */
#include "engine/internal.h"

#include <stdlib.h>

/* The copied frame's return address is 8 bytes above the stack pointer on entry; a callee that pops its arguments (Cranelift's tail
 * convention) ends higher. Beyond this it is another, later call: the frame was left by unwinding. */
enum { RETURN_POP_MAX = 4096 };

/* ---- traps ---- */

size_t eng_trap_from(const struct eng_space *space, uint64_t addr)
{
	size_t low = 0, high = space->traps.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (space->traps.data[mid]->addr < addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct eng_trap *eng_trap_at(const struct eng_space *space, uint64_t addr)
{
	size_t i = eng_trap_from(space, addr);
	return i < space->traps.count && space->traps.data[i]->addr == addr ? space->traps.data[i] : NULL;
}

static void insert_trap(struct eng_space *space, struct eng_trap *trap)
{
	size_t at = eng_trap_from(space, trap->addr);
	vec_push(&space->traps, trap);
	memmove(&space->traps.data[at + 1], &space->traps.data[at],
		(space->traps.count - 1 - at) * sizeof(struct eng_trap *));
	space->traps.data[at] = trap;
}

struct error *eng_trap_plant(struct eng_process *p, struct eng_trap *trap)
{
	const struct arch *arch = p->session->arch;
	struct target *target = p->session->target;
	if (!eng_read_raw(p, trap->addr, trap->original, arch->trap_size))
		return error_at(ERROR_MEMORY, trap->addr, "process %d: no code to stop at", p->pid);
	target->ops->trap_planted(target, p->pid, trap->addr, trap->original, arch->trap, arch->trap_size);
	struct error *err = eng_write_raw(p, trap->addr, arch->trap, arch->trap_size);
	if (err)
		target->ops->trap_lifted(target, p->pid, trap->addr);
	trap->planted = !err;
	return err;
}

void eng_trap_lift(struct eng_process *p, struct eng_trap *trap)
{
	if (!trap->planted)
		return;
	trap->planted = false;
	if (p->space->dead)
		return;
	struct target *target = p->session->target;
	eng_ignore(eng_write_raw(p, trap->addr, trap->original, p->session->arch->trap_size));
	target->ops->trap_lifted(target, p->pid, trap->addr);
}

/* Up to 8 bytes as a map's value. */
static uint64_t pack(const struct eng_trap *trap)
{
	uint64_t value;
	memcpy(&value, trap->original, sizeof value);
	return value;
}

static void remove_trap(struct eng_process *p, struct eng_trap *trap)
{
	struct eng_space *space = p->space;
	if (trap->planted)
		map_set(&space->removed, trap->addr, pack(trap));
	eng_trap_lift(p, trap);
	size_t at = eng_trap_from(space, trap->addr);
	vec_remove(&space->traps, at);
	free(trap);
}

bool eng_trap_was_ours(struct eng_process *p, uint64_t addr)
{
	const struct arch *arch = p->session->arch;
	uint8_t now[ENG_TRAP_MAX];
	return map_get(&p->space->removed, addr, NULL) && (!eng_read_raw(p, addr, now, arch->trap_size) ||
							   memcmp(now, arch->trap, arch->trap_size) != 0);
}

void eng_traps_unmapped(struct eng_space *space, uint64_t start, uint64_t end)
{
	for (size_t i = eng_trap_from(space, start);
	     i < space->traps.count && space->traps.data[i]->addr < end; i++)
		space->traps.data[i]->planted = false;
}

void eng_traps_lift(struct eng_process *p)
{
	vec_for(&p->space->traps, trap) {
		if ((*trap)->planted)
			map_set(&p->space->removed, (*trap)->addr, pack(*trap));
		eng_trap_lift(p, *trap);
	}
}

/* The child's memory is the parent's as it was in the moment of the fork; the table is the parent's of a moment later, and another of
 * its threads may have planted or lifted in between. */
void eng_traps_verify(struct eng_process *p)
{
	const struct arch *arch = p->session->arch;
	struct eng_space *space = p->space;
	uint8_t now[ENG_TRAP_MAX];
	vec_for(&space->traps, trap) {
		if ((*trap)->planted && eng_read_raw_cached(p, (*trap)->addr, now, arch->trap_size) &&
		    memcmp(now, arch->trap, arch->trap_size) != 0) {
			memcpy((*trap)->original, now, arch->trap_size);
			eng_ignore(eng_write_raw(p, (*trap)->addr, arch->trap, arch->trap_size));
		}
	}
	for (size_t i = 0; i < space->removed.capacity; i++) {
		const struct map_slot *slot = &space->removed.slots[i];
		const struct eng_trap *trap = slot->used ? eng_trap_at(space, slot->key) : NULL;
		if (slot->used && !(trap && trap->planted) &&
		    eng_read_raw_cached(p, slot->key, now, arch->trap_size) &&
		    memcmp(now, arch->trap, arch->trap_size) == 0)
			eng_ignore(eng_write_raw(p, slot->key, &slot->value, arch->trap_size));
	}
	/* Its only thread has not been at any of them, and they are not in its memory: nor will its own children ask. */
	map_deinit(&space->removed);
	p->check_traps = false;
}

void eng_traps_prune(struct eng_process *p)
{
	for (size_t i = p->space->traps.count; i > 0; i--) {
		struct eng_trap *trap = p->space->traps.data[i - 1];
		if (!trap->hooks)
			remove_trap(p, trap);
	}
}

/* ---- hooks ---- */

static struct error *find_or_plant(struct eng_process *p, uint64_t addr, struct eng_trap **ret)
{
	struct eng_trap *trap = eng_trap_at(p->space, addr);
	if (!trap) {
		trap = xmalloc(sizeof *trap);
		trap->addr = addr;
		struct error *err = eng_trap_plant(p, trap);
		if (err) {
			free(trap);
			return err;
		}
		insert_trap(p->space, trap);
	} else if (!trap->planted) { /* its mapping had gone, and another is there now */
		TRY(eng_trap_plant(p, trap));
	}
	*ret = trap;
	return NULL;
}

static void append(struct eng_trap *trap, struct eng_hook *hook)
{
	hook->trap = trap;
	struct eng_hook **at = &trap->hooks;
	while (*at)
		at = &(*at)->next;
	*at = hook;
}

struct error *eng_hook_add(struct eng_process *p, struct run_addr addr, eng_hook_fn *fn, void *user,
			   struct eng_hook **ret)
{
	if (!p->space || p->gone)
		return error_new(ERROR_GONE, "process %d: no longer exists", p->pid);
	struct eng_trap *trap;
	TRY(find_or_plant(p, addr.value, &trap));
	struct eng_hook *hook = xmalloc(sizeof *hook);
	hook->process = p;
	hook->fn = fn;
	hook->user = user;
	append(trap, hook);
	if (ret)
		*ret = hook;
	return NULL;
}

void eng_free_removed(struct eng_session *s)
{
	vec_for(&s->removed_hooks, hook)
		free(*hook);
	s->removed_hooks.count = 0;
}

/* The hook leaves its trap; the struct stays until no callback can be looking at it. */
static void unlink_hook(struct eng_hook *hook)
{
	struct eng_hook **at = &hook->trap->hooks;
	while (*at != hook)
		at = &(*at)->next;
	*at = hook->next;
	hook->removed = true;
	if (hook->thread && hook->thread->return_hooks > 0)
		hook->thread->return_hooks--;
	vec_push(&hook->process->session->removed_hooks, hook);
}

void eng_hook_remove(struct eng_hook *hook)
{
	if (!hook || hook->removed)
		return;
	struct eng_process *p = hook->process;
	struct eng_trap *trap = hook->trap;
	unlink_hook(hook);
	if (!trap->hooks && !p->space->dead)
		remove_trap(p, trap);
	if (p->session->callback_depth == 0)
		eng_free_removed(p->session);
}

void eng_hook_hold(struct eng_thread *t)
{
	if (!t->held && !t->gone)
		eng_emit(t->process, t, (struct eng_event){ .kind = ENG_EVENT_HIT });
}

struct run_addr eng_hook_addr(const struct eng_hook *hook)
{
	return RUN_ADDR(hook->process->number, hook->trap->addr);
}

struct eng_process *eng_hook_process(const struct eng_hook *hook)
{
	return hook->process;
}

struct eng_hook *eng_hook_in_child(const struct eng_hook *hook, const struct eng_process *child)
{
	return hook->child && hook->child->process == child ? hook->child : NULL;
}

/* A return hook of t that waits for a frame which cannot be there any more, because another now begins at the same place: left behind by
 * unwinding. One function that ends in a jump to another begins there, too, but then the return address is the same. */
static struct eng_hook *find_stale(const struct eng_thread *t, uint64_t sp, uint64_t pc, uint64_t back)
{
	const struct eng_space *space = t->process->space;
	for (size_t i = 0; i < space->traps.count && t->return_hooks > 0; i++) {
		for (struct eng_hook *hook = space->traps.data[i]->hooks; hook; hook = hook->next) {
			if (hook->thread == t && hook->sp == sp &&
			    (hook->entry == pc || hook->trap->addr != back) && hook->arrival != t->arrival)
				return hook;
		}
	}
	return NULL;
}

struct error *eng_hook_return(struct eng_thread *t, eng_hook_fn *fn, void *user)
{
	TRY(eng_thread_fetch(t));
	struct eng_process *p = t->process;
	const struct arch *arch = p->session->arch;
	struct eng_view view = { .process = p, .thread = t, .regs = t->regs };
	struct unwind_context context;
	eng_view_unwind_context(&view, &context);
	struct arch_memory memory = { .ctx = context.ctx, .read = context.memory };
	uint64_t back, sp = t->regs.value[arch->sp];
	if (!arch_return_address(arch, &t->regs, &memory, &back))
		return error_at(ERROR_MEMORY, sp, "thread %d: cannot read the return address", t->tid);
	uint64_t pc = t->regs.value[arch->pc];
	for (struct eng_hook *stale; (stale = find_stale(t, sp, pc, back)) != NULL;)
		eng_hook_remove(stale);
	struct eng_hook *hook;
	TRY(eng_hook_add(p, RUN_ADDR(p->number, back), fn, user, &hook));
	hook->thread = t;
	hook->sp = sp;
	hook->entry = pc;
	hook->arrival = t->arrival;
	t->return_hooks++;
	return NULL;
}

/* May this hook run for a thread that has arrived? Return hooks are taken out on the way. */
static bool admits(struct eng_hook *hook, const struct eng_thread *t)
{
	if (!hook->thread)
		return true;
	uint64_t sp = t->regs.value[t->process->session->arch->sp];
	if (hook->thread != t || sp <= hook->sp)
		return false;
	eng_hook_remove(hook);
	return sp - hook->sp <= RETURN_POP_MAX;
}

void eng_hooks_run(struct eng_thread *t, struct eng_trap *trap)
{
	struct eng_session *s = t->process->session;
	VEC(struct eng_hook *) list = { 0 };
	for (struct eng_hook *hook = trap->hooks; hook; hook = hook->next)
		vec_push(&list, hook);
	s->callback_depth++;
	vec_for(&list, hook) {
		/* A child that borrows its parent's memory until it execs runs through the parent's traps; they aren't meant for it. */
		if (!(*hook)->removed && (*hook)->process == t->process && !t->gone && admits(*hook, t))
			(*hook)->fn(t, *hook, (*hook)->user);
	}
	s->callback_depth--;
	vec_free(&list);
	if (s->callback_depth == 0)
		eng_free_removed(s);
}

void eng_hooks_drop_all(struct eng_session *s, struct eng_space *space)
{
	vec_for(&space->traps, trap) {
		while ((*trap)->hooks)
			unlink_hook((*trap)->hooks);
		free(*trap);
	}
	space->traps.count = 0;
	if (s->callback_depth == 0)
		eng_free_removed(s);
}

void eng_hooks_leave(struct eng_process *p)
{
	vec_for(&p->space->traps, trap) {
		struct eng_hook *next;
		for (struct eng_hook *hook = (*trap)->hooks; hook; hook = next) {
			next = hook->next;
			if (hook->process == p)
				unlink_hook(hook);
		}
	}
}

void eng_hooks_drop_thread(struct eng_thread *t)
{
	struct eng_space *space = t->process->space;
	for (size_t i = space ? space->traps.count : 0; i > 0 && t->return_hooks > 0; i--) {
		struct eng_trap *trap = space->traps.data[i - 1];
		struct eng_hook *next;
		for (struct eng_hook *hook = trap->hooks; hook; hook = next) {
			next = hook->next;
			bool last = trap->hooks == hook && !next; /* the trap goes with it */
			if (hook->thread == t)
				eng_hook_remove(hook);
			if (last)
				break;
		}
	}
	t->return_hooks = 0;
}

/* ---- fork ---- */

void eng_hooks_copy(struct eng_process *parent, struct eng_process *child,
		    const struct eng_thread *forker, struct eng_thread *child_thread)
{
	vec_for(&parent->space->traps, trap) {
		struct eng_trap *copy = xmalloc(sizeof *copy);
		*copy = **trap;
		copy->hooks = NULL;
		if (copy->planted)
			child->session->target->ops->trap_planted(
				child->session->target, child->pid, copy->addr, copy->original,
				child->session->arch->trap, child->session->arch->trap_size);
		vec_push(&child->space->traps, copy);
		for (struct eng_hook *hook = (*trap)->hooks; hook; hook = hook->next) {
			hook->child = NULL;
			/* Of the threads only the one that forked lives on. */
			if (child->hidden || hook->process != parent ||
			    (hook->thread && hook->thread != forker))
				continue;
			struct eng_hook *twin = xmalloc(sizeof *twin);
			*twin = *hook;
			twin->next = NULL;
			twin->process = child;
			if (twin->thread) {
				twin->thread = child_thread;
				child_thread->return_hooks++;
			}
			append(copy, twin);
			hook->child = twin;
		}
	}
	for (size_t i = 0; i < parent->space->removed.capacity; i++) {
		const struct map_slot *slot = &parent->space->removed.slots[i];
		if (slot->used)
			map_set(&child->space->removed, slot->key, slot->value);
	}
	child->space->scratch = parent->space->scratch;
	struct eng_scratch *scratch = &child->space->scratch;
	memset(scratch->user, 0, sizeof scratch->user);
	/* Which instruction a slot held in the moment of the fork is not known for sure. */
	for (size_t i = 0; i < ENG_SLOT_MAX; i++) {
		scratch->valid[i] = false;
		scratch->resident[i] = 0;
	}
}

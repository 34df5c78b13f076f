#include "target/fake/fake.h"

#include "base/map.h"
#include "base/vec.h"

#include <assert.h>
#include <stdlib.h>

enum { PAGE = 4096 };

struct fake_area {
	uint64_t start, size;
	uint8_t flags;
	char *name;
	uint8_t *bytes;
};

struct fake_memory {
	size_t refs;
	VEC(struct fake_area) areas; /* sorted */
};

struct fake_process {
	target_pid pid;
	struct fake_memory *memory;
	struct map auxv;
};

struct fake_thread {
	target_tid tid;
	target_pid pid;
	bool running, deaf;
	struct arch_regs regs;
	int signal;
	struct target_watch watches[TARGET_MAX_WATCHES];
};

struct fake_target {
	struct target base;
	VEC(struct fake_process *) processes;
	VEC(struct fake_thread *) threads;
	VEC(struct target_event) events;
	size_t head;
	fake_resume_fn *on_resume;
	void *ctx;
	struct buf log;
};

static struct fake_target *fake(struct target *t)
{
	return (struct fake_target *)t;
}

static struct fake_process *find_process(struct target *t, target_pid pid)
{
	vec_for(&fake(t)->processes, p) {
		if ((*p)->pid == pid)
			return *p;
	}
	return NULL;
}

static struct fake_thread *find_thread(struct target *t, target_tid tid)
{
	vec_for(&fake(t)->threads, th) {
		if ((*th)->tid == tid)
			return *th;
	}
	return NULL;
}

static struct error *gone(target_tid tid)
{
	return error_new(ERROR_GONE, "%d: no longer exists", tid);
}

/* ---- memory ---- */

static void memory_unref(struct fake_memory *m)
{
	if (--m->refs > 0)
		return;
	vec_for(&m->areas, a) {
		free(a->bytes);
		free(a->name);
	}
	vec_free(&m->areas);
	free(m);
}

static struct fake_memory *memory_create(void)
{
	struct fake_memory *m = xmalloc(sizeof *m);
	m->refs = 1;
	return m;
}

static struct fake_memory *memory_copy(const struct fake_memory *m)
{
	struct fake_memory *copy = memory_create();
	for (size_t i = 0; i < m->areas.count; i++) {
		struct fake_area area = m->areas.data[i];
		area.name = xstrdup(area.name);
		area.bytes = xmalloc(area.size);
		memcpy(area.bytes, m->areas.data[i].bytes, area.size);
		vec_push(&copy->areas, area);
	}
	return copy;
}

static struct fake_area *area_at(struct fake_memory *m, uint64_t addr)
{
	vec_for(&m->areas, a) {
		if (addr - a->start < a->size)
			return a;
	}
	return NULL;
}

/* Up to the first byte that is not there. */
static size_t transfer(struct fake_memory *m, uint64_t addr, void *buf, size_t size, bool write)
{
	size_t done = 0;
	while (done < size) {
		struct fake_area *a = area_at(m, addr + done);
		if (!a)
			break;
		uint64_t offset = addr + done - a->start;
		size_t part = a->size - offset < size - done ? (size_t)(a->size - offset) : size - done;
		if (write)
			memcpy(a->bytes + offset, (const char *)buf + done, part);
		else
			memcpy((char *)buf + done, a->bytes + offset, part);
		done += part;
	}
	return done;
}

void fake_map(struct target *t, target_pid pid, uint64_t start, uint64_t size, uint8_t flags,
	      const char *name)
{
	struct fake_memory *m = find_process(t, pid)->memory;
	assert(start % PAGE == 0 && size % PAGE == 0);
	struct fake_area area = { start, size, flags, xstrdup(name), xmalloc(size) };
	vec_push(&m->areas, area);
	for (size_t i = m->areas.count - 1; i > 0 && m->areas.data[i - 1].start > start; i--) {
		m->areas.data[i] = m->areas.data[i - 1];
		m->areas.data[i - 1] = area;
	}
}

void fake_unmap(struct target *t, target_pid pid, uint64_t start)
{
	struct fake_memory *m = find_process(t, pid)->memory;
	for (size_t i = 0; i < m->areas.count; i++) {
		if (m->areas.data[i].start != start)
			continue;
		free(m->areas.data[i].bytes);
		free(m->areas.data[i].name);
		vec_remove(&m->areas, i);
		return;
	}
}

void fake_poke(struct target *t, target_pid pid, uint64_t addr, const void *bytes, size_t size)
{
	size_t done = transfer(find_process(t, pid)->memory, addr, (void *)(uintptr_t)bytes, size, true);
	assert(done == size);
}

void fake_peek(struct target *t, target_pid pid, uint64_t addr, void *bytes, size_t size)
{
	size_t done = transfer(find_process(t, pid)->memory, addr, bytes, size, false);
	assert(done == size);
}

/* ---- set-up ---- */

static void add_process(struct target *t, target_pid pid, struct fake_memory *memory)
{
	struct fake_process *p = xmalloc(sizeof *p);
	p->pid = pid;
	p->memory = memory;
	vec_push(&fake(t)->processes, p);
	fake_add_thread(t, pid, pid);
}

void fake_add_process(struct target *t, target_pid pid)
{
	add_process(t, pid, memory_create());
}

void fake_add_thread(struct target *t, target_pid pid, target_tid tid)
{
	struct fake_thread *th = xmalloc(sizeof *th);
	th->tid = tid;
	th->pid = pid;
	for (unsigned reg = 0; reg <= ARCH_RIP; reg++)
		arch_reg_set(&th->regs, reg, 0);
	arch_reg_set(&th->regs, ARCH_RFLAGS, 0x202);
	vec_push(&fake(t)->threads, th);
}

void fake_fork(struct target *t, target_pid parent, target_pid child, bool share)
{
	struct fake_memory *memory = find_process(t, parent)->memory;
	if (share)
		memory->refs++;
	add_process(t, child, share ? memory : memory_copy(memory));
	find_thread(t, child)->regs = find_thread(t, parent)->regs;
}

void fake_clear_memory(struct target *t, target_pid pid)
{
	struct fake_process *p = find_process(t, pid);
	memory_unref(p->memory);
	p->memory = memory_create();
	map_deinit(&p->auxv);
}

static void free_process(struct fake_process *p)
{
	memory_unref(p->memory);
	map_deinit(&p->auxv);
	free(p);
}

void fake_forget(struct target *t, target_tid tid)
{
	struct fake_target *f = fake(t);
	for (size_t i = 0; i < f->threads.count; i++) {
		if (f->threads.data[i]->tid == tid) {
			free(f->threads.data[i]);
			vec_remove(&f->threads, i);
			break;
		}
	}
	for (size_t i = 0; i < f->processes.count; i++) {
		if (f->processes.data[i]->pid == tid) {
			free_process(f->processes.data[i]);
			vec_remove(&f->processes, i);
			break;
		}
	}
}

void fake_auxv(struct target *t, target_pid pid, uint64_t type, uint64_t value)
{
	map_set(&find_process(t, pid)->auxv, type, value);
}

struct arch_regs *fake_regs(struct target *t, target_tid tid)
{
	return &find_thread(t, tid)->regs;
}

void fake_event(struct target *t, const struct target_event *event)
{
	vec_push(&fake(t)->events, *event);
}

void fake_on_resume(struct target *t, fake_resume_fn *fn, void *ctx)
{
	fake(t)->on_resume = fn;
	fake(t)->ctx = ctx;
}

const struct target_watch *fake_watches(struct target *t, target_tid tid)
{
	return find_thread(t, tid)->watches;
}

void fake_deaf(struct target *t, target_tid tid, bool deaf)
{
	find_thread(t, tid)->deaf = deaf;
}

struct buf *fake_log(struct target *t)
{
	return &fake(t)->log;
}

/* ---- operations ---- */

static void fake_destroy(struct target *t)
{
	struct fake_target *f = fake(t);
	vec_for(&f->processes, p)
		free_process(*p);
	vec_for(&f->threads, th)
		free(*th);
	vec_free(&f->processes);
	vec_free(&f->threads);
	vec_free(&f->events);
	buf_deinit(&f->log);
	free(f);
}

static struct error *fake_launch(struct target *t, const struct target_launch *spec, target_pid *ret_pid)
{
	(void)spec;
	if (fake(t)->processes.count == 0)
		return error_new(ERROR_NOT_FOUND, "no process was set up");
	*ret_pid = fake(t)->processes.data[0]->pid;
	return NULL;
}

static struct error *fake_attach(struct target *t, target_pid pid)
{
	return find_process(t, pid) ? NULL : gone(pid);
}

static struct error *fake_detach(struct target *t, target_pid pid, target_tid tid, int signal)
{
	(void)pid, (void)signal;
	buf_printf(&fake(t)->log, "detach %d\n", tid);
	return find_thread(t, tid) ? NULL : gone(tid);
}

static struct error *fake_kill(struct target *t, target_pid pid)
{
	buf_printf(&fake(t)->log, "kill %d\n", pid);
	return find_process(t, pid) ? NULL : gone(pid);
}

static struct error *fake_wait(struct target *t, int timeout_ms, struct target_event *ret)
{
	struct fake_target *f = fake(t);
	if (f->head == f->events.count) {
		if (timeout_ms < 0)
			return error_new(ERROR_GONE, "the test has no more events");
		*ret = (struct target_event){ .kind = TARGET_EVENT_NONE };
		return NULL;
	}
	*ret = f->events.data[f->head++];
	struct fake_thread *th = find_thread(t, ret->tid);
	if (th && ret->kind != TARGET_EVENT_CODE_MAPPED && !ret->lost) {
		th->running = false;
		th->signal = ret->signal;
	}
	return NULL;
}

static struct error *fake_resume(struct target *t, target_tid tid, enum target_go how, int signal)
{
	struct fake_target *f = fake(t);
	struct fake_thread *th = find_thread(t, tid);
	if (!th || th->running)
		return gone(tid);
	buf_printf(&f->log, "%s %d",
		   how == TARGET_GO_STEP      ? "step"
		   : how == TARGET_GO_SYSCALL ? "syscall"
					      : "resume",
		   tid);
	if (signal)
		buf_printf(&f->log, " signal %d", signal);
	buf_char(&f->log, '\n');
	th->running = true;
	if (f->on_resume)
		f->on_resume(f->ctx, t, tid, how == TARGET_GO_STEP, signal);
	return NULL;
}

static struct error *fake_listen(struct target *t, target_tid tid)
{
	struct fake_thread *th = find_thread(t, tid);
	if (!th)
		return gone(tid);
	buf_printf(&fake(t)->log, "listen %d\n", tid);
	th->running = true;
	return NULL;
}

static struct error *fake_interrupt(struct target *t, target_pid pid, target_tid tid)
{
	struct fake_thread *th = find_thread(t, tid);
	if (!th)
		return gone(tid);
	buf_printf(&fake(t)->log, "interrupt %d\n", tid);
	struct target_event event = { .kind = TARGET_EVENT_INTERRUPTED, .pid = pid, .tid = tid };
	if (th->running && !th->deaf)
		fake_event(t, &event);
	return NULL;
}

static struct error *fake_read(struct target *t, target_pid pid, uint64_t addr, void *buf, size_t size,
			       size_t *ret_count)
{
	struct fake_process *p = find_process(t, pid);
	if (!p)
		return gone(pid);
	size_t done = transfer(p->memory, addr, buf, size, false);
	if (done == 0 && size > 0)
		return error_at(ERROR_MEMORY, addr, "process %d: cannot read memory", pid);
	*ret_count = done;
	return NULL;
}

static struct error *fake_write(struct target *t, target_pid pid, uint64_t addr, const void *buf,
				size_t size)
{
	struct fake_process *p = find_process(t, pid);
	if (!p)
		return gone(pid);
	if (transfer(p->memory, addr, (void *)(uintptr_t)buf, size, true) < size)
		return error_at(ERROR_MEMORY, addr, "process %d: cannot write memory", pid);
	return NULL;
}

static struct error *fake_get_regs(struct target *t, target_tid tid, struct arch_regs *ret)
{
	struct fake_thread *th = find_thread(t, tid);
	if (!th || th->running)
		return gone(tid);
	*ret = th->regs;
	return NULL;
}

static struct error *fake_set_regs(struct target *t, target_tid tid, const struct arch_regs *regs)
{
	struct fake_thread *th = find_thread(t, tid);
	if (!th || th->running)
		return gone(tid);
	th->regs = *regs;
	return NULL;
}

static struct error *no_xstate(struct target *t, target_tid tid, uint8_t **ret, size_t *ret_size)
{
	(void)t, (void)tid, (void)ret, (void)ret_size;
	return error_new(ERROR_UNSUPPORTED, "no vector registers");
}

static struct error *no_set_xstate(struct target *t, target_tid tid, const uint8_t *bytes, size_t size)
{
	(void)t, (void)tid, (void)bytes, (void)size;
	return error_new(ERROR_UNSUPPORTED, "no vector registers");
}

static struct error *fake_siginfo(struct target *t, target_tid tid, struct target_siginfo *ret)
{
	struct fake_thread *th = find_thread(t, tid);
	if (!th || th->running)
		return gone(tid);
	*ret = (struct target_siginfo){ .signal = th->signal };
	return NULL;
}

static struct error *fake_mappings(struct target *t, target_pid pid, struct arena *arena,
				   struct target_mappings *ret)
{
	struct fake_process *p = find_process(t, pid);
	if (!p)
		return gone(pid);
	struct fake_memory *m = p->memory;
	ret->count = m->areas.count;
	ret->data = ARENA_ARRAY(arena, struct target_mapping, ret->count + 1);
	for (size_t i = 0; i < ret->count; i++) {
		const struct fake_area *a = &m->areas.data[i];
		ret->data[i] = (struct target_mapping){ .start = a->start,
							.end = a->start + a->size,
							.flags = a->flags,
							.inode = a->name[0] == '/'
									 ? str_hash(str_from(a->name))
									 : 0,
							.name = arena_str(arena, str_from(a->name)) };
	}
	return NULL;
}

static struct error *fake_get_auxv(struct target *t, target_pid pid, uint64_t type, uint64_t *ret)
{
	struct fake_process *p = find_process(t, pid);
	if (!p)
		return gone(pid);
	return map_get(&p->auxv, type, ret) ? NULL : error_new(ERROR_NOT_FOUND, "no auxiliary value");
}

static struct error *fake_auxv_all(struct target *t, target_pid pid, struct arena *arena,
				   struct target_auxv **ret, size_t *ret_count)
{
	struct fake_process *p = find_process(t, pid);
	if (!p)
		return gone(pid);
	*ret = ARENA_ARRAY(arena, struct target_auxv, p->auxv.count + 1);
	*ret_count = 0;
	for (size_t i = 0; i < p->auxv.capacity; i++) {
		const struct map_slot *slot = &p->auxv.slots[i];
		if (slot->used)
			(*ret)[(*ret_count)++] = (struct target_auxv){ slot->key, slot->value };
	}
	(*ret)[(*ret_count)++] = (struct target_auxv){ 0, 0 };
	return NULL;
}

static struct error *fake_mapped_file(struct target *t, target_pid pid,
				      const struct target_mapping *mapping, struct arena *arena,
				      struct str *ret)
{
	(void)t, (void)pid;
	*ret = arena_str(arena, mapping->name);
	return NULL;
}

static struct error *fake_executable(struct target *t, target_pid pid, struct arena *arena,
				     struct str *ret_open, struct str *ret_name)
{
	if (!find_process(t, pid))
		return gone(pid);
	*ret_open = *ret_name = arena_printf(arena, "/fake/%d", pid);
	return NULL;
}

static struct error *fake_thread_name(struct target *t, target_pid pid, target_tid tid,
				      struct arena *arena, struct str *ret)
{
	(void)t, (void)pid;
	*ret = arena_printf(arena, "thread-%d", tid);
	return NULL;
}

static struct error *fake_command_line(struct target *t, target_pid pid, struct arena *arena,
				       struct str *ret)
{
	if (!find_process(t, pid))
		return gone(pid);
	*ret = arena_printf(arena, "fake %d", pid);
	return NULL;
}

static struct error *fake_signal_caught(struct target *t, target_pid pid, target_tid tid, int signal,
					bool *ret)
{
	(void)t, (void)pid, (void)tid, (void)signal;
	*ret = false;
	return NULL;
}

static struct error *fake_threads(struct target *t, target_pid pid, struct arena *arena,
				  target_tid **ret, size_t *ret_count)
{
	if (!find_process(t, pid))
		return gone(pid);
	struct fake_target *f = fake(t);
	target_tid *tids = ARENA_ARRAY(arena, target_tid, f->threads.count + 1);
	size_t count = 0;
	vec_for(&f->threads, th) {
		if ((*th)->pid == pid)
			tids[count++] = (*th)->tid;
	}
	*ret = tids;
	*ret_count = count;
	return NULL;
}

static struct error *fake_set_watches(struct target *t, target_tid tid,
				      const struct target_watch watches[TARGET_MAX_WATCHES])
{
	struct fake_thread *th = find_thread(t, tid);
	if (!th || th->running)
		return gone(tid);
	memcpy(th->watches, watches, sizeof th->watches);
	buf_printf(&fake(t)->log, "watch %d", tid);
	for (unsigned i = 0; i < TARGET_MAX_WATCHES; i++) {
		if (watches[i].size)
			buf_printf(&fake(t)->log, " 0x%llx+%u", (unsigned long long)watches[i].addr,
				   watches[i].size);
	}
	buf_char(&fake(t)->log, '\n');
	return NULL;
}

static void fake_trap_planted(struct target *t, target_pid pid, uint64_t addr, const void *original,
			      const void *trap, size_t size)
{
	(void)t, (void)pid, (void)addr, (void)original, (void)trap, (void)size;
}

static void fake_trap_lifted(struct target *t, target_pid pid, uint64_t addr)
{
	(void)t, (void)pid, (void)addr;
}

static struct error *fake_settle(struct target *t, target_tid tid)
{
	return find_thread(t, tid) ? NULL : gone(tid);
}

static void fake_stay_near(struct target *t, target_tid tid)
{
	(void)t, (void)tid;
}

static void fake_terminal_to_program(struct target *t, target_pid pid)
{
	(void)t, (void)pid;
}

static void fake_terminal_to_us(struct target *t)
{
	(void)t;
}

static void fake_wake(struct target *t)
{
	struct target_event event = { .kind = TARGET_EVENT_NONE };
	fake_event(t, &event);
}

static struct error *fake_watch_code(struct target *t, target_pid pid)
{
	(void)t, (void)pid;
	return error_new(ERROR_UNSUPPORTED, "no kernel to ask");
}

static const struct target_ops fake_ops = {
	.name = "fake",
	.destroy = fake_destroy,
	.launch = fake_launch,
	.attach = fake_attach,
	.detach = fake_detach,
	.kill = fake_kill,
	.wait = fake_wait,
	.resume = fake_resume,
	.listen = fake_listen,
	.interrupt = fake_interrupt,
	.read_memory = fake_read,
	.write_memory = fake_write,
	.trap_planted = fake_trap_planted,
	.trap_lifted = fake_trap_lifted,
	.settle = fake_settle,
	.get_regs = fake_get_regs,
	.set_regs = fake_set_regs,
	.get_xstate = no_xstate,
	.set_xstate = no_set_xstate,
	.siginfo = fake_siginfo,
	.mappings = fake_mappings,
	.auxv = fake_get_auxv,
	.auxv_all = fake_auxv_all,
	.mapped_file = fake_mapped_file,
	.executable = fake_executable,
	.thread_name = fake_thread_name,
	.command_line = fake_command_line,
	.signal_caught = fake_signal_caught,
	.threads = fake_threads,
	.set_watches = fake_set_watches,
	.stay_near = fake_stay_near,
	.terminal_to_program = fake_terminal_to_program,
	.terminal_to_us = fake_terminal_to_us,
	.wake = fake_wake,
	.watch_code = fake_watch_code,
};

struct target *target_fake_create(const struct arch *arch)
{
	struct fake_target *f = xmalloc(sizeof *f);
	f->base.ops = &fake_ops;
	f->base.arch = arch;
	return &f->base;
}

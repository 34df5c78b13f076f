#include "engine/internal.h"

#include <stdlib.h>

/* ---- the registry ---- */

struct eng_process *eng_process_add(struct eng_session *s, target_pid pid, struct eng_process *parent)
{
	struct eng_process *p = xmalloc(sizeof *p);
	p->session = s;
	p->pid = pid;
	p->parent = parent;
	vec_push(&s->all, p);
	map_set_ptr(&s->living, (uint64_t)pid, p);
	return p;
}

struct eng_process *eng_process_find(struct eng_session *s, target_pid pid)
{
	return map_get_ptr(&s->living, (uint64_t)pid);
}

void eng_process_announce(struct eng_process *p)
{
	if (p->announced)
		return;
	p->announced = true;
	vec_push(&p->session->visible, p);
}

struct eng_thread *eng_thread_add(struct eng_process *p, target_tid tid)
{
	struct eng_thread *t = xmalloc(sizeof *t);
	t->process = p;
	t->tid = tid;
	t->number = ++p->last_thread_number;
	t->running = true;
	vec_push(&p->threads, t);
	map_set_ptr(&p->session->threads, (uint64_t)tid, t);
	return t;
}

struct eng_thread *eng_thread_find(struct eng_session *s, target_tid tid)
{
	return map_get_ptr(&s->threads, (uint64_t)tid);
}

static void unlist_thread(struct eng_thread *t)
{
	struct map *threads = &t->process->session->threads;
	if (map_get_ptr(threads, (uint64_t)t->tid) == t)
		map_remove(threads, (uint64_t)t->tid);
}

void eng_thread_renumber(struct eng_thread *t, target_tid tid)
{
	unlist_thread(t);
	t->tid = tid;
	map_set_ptr(&t->process->session->threads, (uint64_t)tid, t);
}

/* Events that the caller has not seen yet and that show a thread which is no longer there say nothing. */
static void forget_events(struct eng_session *s, const struct eng_thread *t)
{
	size_t kept = s->events_head;
	for (size_t i = s->events_head; i < s->events.count; i++) {
		if (s->events.data[i].thread != t)
			s->events.data[kept++] = s->events.data[i];
	}
	s->events.count = kept;
}

void eng_thread_drop(struct eng_thread *t)
{
	struct eng_process *p = t->process;
	if (t->gone)
		return;
	if (t->queued)
		eng_unroute(p->session, t);
	const struct eng_observer *observer = &p->session->observer;
	t->gone = true;
	if (observer->dropped)
		observer->dropped(observer->ctx, t);
	t->running = t->held = t->has_deferred = t->queued = false;
	unlist_thread(t);
	eng_step_abandon(t);
	eng_hooks_drop_thread(t);
	forget_events(p->session, t);
	for (size_t i = 0; i < p->threads.count; i++) {
		if (p->threads.data[i] == t) {
			vec_remove(&p->threads, i);
			break;
		}
	}
	vec_push(&p->session->gone_threads, t);
}

void eng_free_gone(struct eng_session *s)
{
	vec_for(&s->gone_threads, t)
		free(*t);
	s->gone_threads.count = 0;
}

void eng_process_drop_data(struct eng_process *p)
{
	/* From the last: a layer may use what another attached before it. */
	while (p->data.count > 0) {
		struct eng_data d = p->data.data[--p->data.count];
		if (d.destroy)
			d.destroy(d.data);
	}
}

void eng_process_unlist(struct eng_process *p)
{
	for (size_t i = 0; i < p->session->visible.count; i++) {
		if (p->session->visible.data[i] == p) {
			vec_remove(&p->session->visible, i);
			break;
		}
	}
}

void eng_process_gone(struct eng_process *p)
{
	if (p->gone)
		return;
	p->gone = true;
	while (p->threads.count > 0)
		eng_thread_drop(p->threads.data[p->threads.count - 1]);
	if (map_get_ptr(&p->session->living, (uint64_t)p->pid) == p)
		map_remove(&p->session->living, (uint64_t)p->pid);
	if (p->space && p->space->refs == 1)
		p->space->dead = true;
	eng_process_unlist(p);
}

void eng_process_bury(struct eng_process *p)
{
	if (p->buried)
		return;
	p->buried = true;
	if (p->space && p->space->refs > 1)
		eng_hooks_leave(p);
	eng_process_drop_data(p);
	if (p->space) {
		if (p->space->refs == 1)
			eng_hooks_drop_all(p->session, p->space);
		eng_space_unref(p->space);
		p->space = NULL;
	}
	eng_image_drop(p);
	vec_free(&p->threads);
	vec_free(&p->data);
}

void eng_process_free(struct eng_process *p)
{
	eng_process_gone(p);
	eng_process_bury(p);
	free(p->name);
	free(p->command);
	free(p);
}

void eng_process_copy_data(struct eng_process *parent, struct eng_process *child)
{
	vec_for(&parent->data, d) {
		void *copy = d->copy ? d->copy(d->data, child) : NULL;
		if (copy)
			eng_process_attach_data(child, d->key, copy, d->destroy, d->copy);
	}
}

/* ---- the public face ---- */

uint32_t eng_process_number(const struct eng_process *p)
{
	return p->number;
}

target_pid eng_process_pid(const struct eng_process *p)
{
	return p->pid;
}

struct eng_process *eng_process_parent(const struct eng_process *p)
{
	return p->parent;
}

struct eng_session *eng_process_session(const struct eng_process *p)
{
	return p->session;
}

const struct arch *eng_process_arch(const struct eng_process *p)
{
	return p->session->arch;
}

const char *eng_process_name(struct eng_process *p)
{
	return p->name ? p->name : "";
}

const char *eng_process_command(struct eng_process *p)
{
	return p->command ? p->command : "";
}

size_t eng_processes(struct eng_session *s, struct eng_process *const **ret)
{
	*ret = s->visible.data;
	return s->visible.count;
}

size_t eng_threads(struct eng_process *p, struct eng_thread *const **ret)
{
	*ret = p->threads.data;
	return p->threads.count;
}

struct eng_process *eng_thread_process(const struct eng_thread *t)
{
	return t->process;
}

target_tid eng_thread_tid(const struct eng_thread *t)
{
	return t->tid;
}

uint32_t eng_thread_number(const struct eng_thread *t)
{
	return t->number;
}

uint64_t eng_thread_pointer(const struct eng_thread *t)
{
	return t->pointer;
}

bool eng_thread_stopped(const struct eng_thread *t)
{
	return !t->running && !t->gone;
}

void eng_process_attach_data(struct eng_process *p, const void *key, void *data,
			     void (*destroy)(void *data),
			     void *(*copy)(void *data, struct eng_process *child))
{
	struct eng_data entry = { key, data, destroy, copy };
	vec_push(&p->data, entry);
}

void *eng_process_data(const struct eng_process *p, const void *key)
{
	for (size_t i = 0; i < p->data.count; i++) {
		if (p->data.data[i].key == key)
			return p->data.data[i].data;
	}
	return NULL;
}

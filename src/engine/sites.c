/* Places in processes where traps of the session are: for breakpoints, and for the command that is under way. One hook each, whoever wants
 * it; which of those stop is found out while only the thread that arrived is stopped. */
#include "engine/control_internal.h"

#include <stdlib.h>

/* Traps that a command has no more use for stay so long as there are not more: the next step in a loop wants the same. */
enum { IDLE_MAX = 32 };

static const char sites_key;

static void destroy_sites(void *data)
{
	struct eng_sites *sites = data;
	vec_for(&sites->list, site) {
		vec_free(&(*site)->users);
		free(*site);
	}
	vec_free(&sites->list);
	vec_free(&sites->idle);
	free(sites);
}

static void arrived(struct eng_thread *t, struct eng_hook *hook, void *user);

/* The child's hooks are copies with the parent's `user`: their callback finds the child's own site by address. */
static void *copy_sites(void *data, struct eng_process *child)
{
	struct eng_sites *from = data;
	struct eng_sites *to = xmalloc(sizeof *to);
	to->control = from->control;
	to->process = child;
	vec_for(&from->list, old) {
		struct eng_hook *hook = eng_hook_in_child((*old)->hook, child);
		if (!hook)
			continue;
		struct eng_site *site = xmalloc(sizeof *site);
		site->control = from->control;
		site->process = child;
		site->addr = (*old)->addr;
		site->hook = hook;
		vec_push(&to->list, site);
		vec_push(&to->idle, site->addr);
	}
	return to;
}

struct eng_sites *eng_sites_of(struct eng_control *c, struct eng_process *p)
{
	struct eng_sites *sites = eng_process_data(p, &sites_key);
	if (!sites) {
		sites = xmalloc(sizeof *sites);
		sites->control = c;
		sites->process = p;
		eng_process_attach_data(p, &sites_key, sites, destroy_sites, copy_sites);
	}
	return sites;
}

/* Index of the first at or behind addr. */
static size_t site_from(const struct eng_sites *sites, uint64_t addr)
{
	size_t low = 0, high = sites->list.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (sites->list.data[mid]->addr < addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct eng_site *site_at(const struct eng_sites *sites, uint64_t addr)
{
	size_t i = site_from(sites, addr);
	return i < sites->list.count && sites->list.data[i]->addr == addr ? sites->list.data[i] : NULL;
}

static void remove_site(struct eng_sites *sites, struct eng_site *site)
{
	vec_remove(&sites->list, site_from(sites, site->addr));
	eng_hook_remove(site->hook);
	vec_free(&site->users);
	free(site);
}

static void not_idle(struct eng_sites *sites, uint64_t addr)
{
	for (size_t i = 0; i < sites->idle.count; i++) {
		if (sites->idle.data[i] == addr) {
			vec_remove(&sites->idle, i);
			return;
		}
	}
}

static struct error *get_site(struct eng_sites *sites, uint64_t addr, struct eng_site **ret)
{
	size_t at = site_from(sites, addr);
	if (at < sites->list.count && sites->list.data[at]->addr == addr) {
		*ret = sites->list.data[at];
		if ((*ret)->temps == 0 && (*ret)->users.count == 0)
			not_idle(sites, addr);
		return NULL;
	}
	struct eng_site *site = xmalloc(sizeof *site);
	site->control = sites->control;
	site->process = sites->process;
	site->addr = addr;
	struct error *err = eng_hook_add(sites->process, RUN_ADDR(sites->process->number, addr), arrived,
					 sites->control, &site->hook);
	if (err) {
		free(site);
		return err;
	}
	vec_push(&sites->list, site);
	memmove(&sites->list.data[at + 1], &sites->list.data[at],
		(sites->list.count - 1 - at) * sizeof(struct eng_site *));
	sites->list.data[at] = site;
	*ret = site;
	return NULL;
}

/* Nobody may want it any more. */
static void release_site(struct eng_sites *sites, struct eng_site *site, bool keep)
{
	if (site->temps > 0 || site->users.count > 0)
		return;
	if (!keep) {
		not_idle(sites, site->addr);
		remove_site(sites, site);
		return;
	}
	if (sites->idle.count >= IDLE_MAX) {
		struct eng_site *oldest = site_at(sites, sites->idle.data[0]);
		vec_remove(&sites->idle, 0);
		if (oldest)
			remove_site(sites, oldest);
	}
	vec_push(&sites->idle, site->addr);
}

/* ---- for plans ---- */

struct error *eng_trap_keep(struct eng_control *c, struct eng_process *p, uint64_t addr)
{
	struct eng_site *site;
	TRY(get_site(eng_sites_of(c, p), addr, &site));
	site->temps++;
	return NULL;
}

void eng_trap_release(struct eng_process *p, uint64_t addr)
{
	struct eng_sites *sites = p->gone ? NULL : eng_process_data(p, &sites_key);
	struct eng_site *site = sites ? site_at(sites, addr) : NULL;
	if (!site || site->temps == 0)
		return;
	site->temps--;
	release_site(sites, site, true);
}

struct error *eng_temp_add(struct eng_control *c, enum eng_temp_kind kind, uint64_t addr, uint64_t min_sp)
{
	struct eng_process *p = c->plan.thread->process;
	TRY(eng_trap_keep(c, p, addr));
	vec_push(&c->plan.temps,
		 (struct eng_temp){ .kind = kind, .addr = addr, .min_sp = min_sp, .process = p });
	return NULL;
}

void eng_temps_clear(struct eng_control *c, unsigned kinds)
{
	size_t kept = 0;
	for (size_t i = 0; i < c->plan.temps.count; i++) {
		struct eng_temp *temp = &c->plan.temps.data[i];
		if (!(kinds >> temp->kind & 1)) {
			c->plan.temps.data[kept++] = *temp;
			continue;
		}
		eng_trap_release(temp->process, temp->addr);
	}
	c->plan.temps.count = kept;
}

static unsigned temps_hit(struct eng_control *c, struct eng_thread *t, uint64_t pc, uint64_t sp)
{
	unsigned mask = 0;
	if (c->plan.thread != t)
		return 0;
	vec_for(&c->plan.temps, temp) {
		if (temp->addr == pc && temp->process == t->process && sp >= temp->min_sp)
			mask |= 1u << temp->kind;
	}
	return mask;
}

/* ---- arrivals ---- */

/* Counts and conditions of one breakpoint. */
bool eng_breakpoint_admits(struct eng_control *c, struct eng_breakpoint *b, struct eng_thread *t)
{
	if (!b->enabled)
		return false;
	if (b->thread && b->thread != eng_thread_global_number(c, t))
		return false;
	if (b->condition) {
		bool stop = true;
		struct error *err = b->condition(b->condition_ctx, c, t, b, &stop);
		if (err) { /* it stops, and says why it did */
			eng_notify(c, &(struct eng_notice){ .kind = ENG_NOTICE_CONDITION,
							    .thread = t,
							    .text = str_from(err->message) });
			error_destroy(err);
			stop = true;
		}
		if (!stop)
			return false;
	}
	b->hits++;
	if (b->ignore > 0) {
		b->ignore--;
		return false;
	}
	if (!b->instead)
		return true;
	bool stop = true;
	eng_ignore(b->instead(b->instead_ctx, c, t, b, &stop));
	return stop;
}

static bool site_admits(struct eng_control *c, struct eng_thread *t, const struct eng_site_user *user)
{
	struct eng_breakpoint *b = user->breakpoint;
	if (user->location >= b->location_count || !b->locations[user->location].enabled)
		return false;
	if (b->kind == ENG_BP_PANIC && !eng_panic_admits(c, b, user->location, t))
		return false;
	uint64_t before = b->hits;
	bool stops = eng_breakpoint_admits(c, b, t);
	if (b->hits != before)
		b->locations[user->location].hits++;
	return stops;
}

static void take_hits(struct eng_control *c, struct eng_thread *t, const struct eng_site *site)
{
	const struct arch *arch = c->session->arch;
	struct eng_thread_control *tc = eng_thread_control(c, t);
	/* A condition may change nothing here, but what it says may come late: the list is read by index. */
	for (size_t i = 0; i < site->users.count; i++) {
		struct eng_site_user one = site->users.data[i];
		if (one.location == ENG_SITE_SCOPE) {
			if (one.breakpoint->watch_thread == t &&
			    t->regs.value[arch->sp] >= one.breakpoint->watch_cfa)
				tc->hit_scope = one.breakpoint;
			continue;
		}
		if (!site_admits(c, t, &one))
			continue;
		if (tc->hits.count == 0)
			tc->hit_location = one.location;
		vec_push(&tc->hits, one.breakpoint);
		if (one.breakpoint->instead) /* it could not do what it is for: that is what is told */
			break;
	}
}

void eng_sites_here(struct eng_control *c, struct eng_thread *t)
{
	struct eng_sites *sites = eng_process_data(t->process, &sites_key);
	struct eng_site *site = sites ? site_at(sites, t->regs.value[c->session->arch->pc]) : NULL;
	struct eng_thread_control *tc = eng_thread_control(c, t);
	tc->hits.count = 0;
	if (site)
		take_hits(c, t, site);
	tc->hit_scope = NULL;
}

static void arrived(struct eng_thread *t, struct eng_hook *hook, void *user)
{
	struct eng_control *c = user;
	struct eng_process *p = t->process;
	const struct arch *arch = p->session->arch;
	struct eng_sites *sites = eng_process_data(p, &sites_key);
	uint64_t pc = eng_hook_addr(hook).value;
	struct eng_site *site = sites ? site_at(sites, pc) : NULL;
	if (!site)
		return;
	if (site->temps == 0 && site->users.count == 0) { /* others than the command's run through here */
		release_site(sites, site, false);
		return;
	}
	struct eng_thread_control *tc = eng_thread_control(c, t);
	tc->hits.count = 0;
	tc->hit_scope = NULL;
	tc->hit_temps = temps_hit(c, t, pc, t->regs.value[arch->sp]);
	tc->hit_left = eng_left_call_ends(tc, pc, t->regs.value[arch->sp]);
	take_hits(c, t, site);
	if (tc->hits.count > 0 || tc->hit_temps || tc->hit_scope || tc->hit_left)
		eng_hook_hold(t);
	else
		eng_stay_near(c, t);
}

/* ---- for breakpoints ---- */

static void want_scope(struct eng_sites *sites, struct eng_breakpoint *b)
{
	struct eng_site *site;
	struct error *err = get_site(sites, b->watch_return, &site);
	if (err) {
		eng_ignore(err);
		return;
	}
	site->wanted = true;
	vec_push(&site->users, (struct eng_site_user){ b, ENG_SITE_SCOPE });
}

static void want(struct eng_sites *sites, struct eng_breakpoint *b, unsigned index)
{
	struct eng_site *site;
	struct eng_location *location = &b->locations[index];
	struct error *err = get_site(sites, location->place.address, &site);
	location->planted = !err;
	if (err) {
		error_destroy(err);
		eng_notify_trouble(
			sites->control,
			error_new(ERROR_MEMORY,
				  "Cannot insert breakpoint %u.\nCannot access memory at address 0x%llx\n",
				  b->number, (unsigned long long)location->place.address));
		return;
	}
	site->wanted = true;
	vec_push(&site->users, (struct eng_site_user){ b, index });
}

void eng_sites_sync(struct eng_control *c, struct eng_process *p)
{
	if (p->gone || !p->space)
		return;
	struct eng_inferior *inferior = eng_inferior_of(c, p);
	struct eng_sites *sites = eng_sites_of(c, p);
	vec_for(&sites->list, site) {
		(*site)->wanted = (*site)->users.count == 0;
		(*site)->users.count = 0;
	}
	vec_for(&c->breakpoints, bp) {
		struct eng_breakpoint *b = *bp;
		if (b->watch_scoped && b->watch_thread && b->watch_thread->process == p)
			want_scope(sites, b);
		if (b->kind != ENG_BP_CODE && b->kind != ENG_BP_PANIC)
			continue;
		for (unsigned i = 0; i < b->location_count; i++) {
			struct eng_location *location = &b->locations[i];
			if (location->inferior != inferior)
				continue;
			if (b->enabled && location->enabled)
				want(sites, b, i);
			else
				location->planted = false;
		}
	}
	/* Those that had users and have none now. Idle ones and the plan's stay. */
	for (size_t i = sites->list.count; i > 0; i--) {
		struct eng_site *site = sites->list.data[i - 1];
		if (!site->wanted && site->users.count == 0)
			release_site(sites, site, false);
	}
}

#include "arch/clobber_state.h"

static uint64_t bit(unsigned reg)
{
	return UINT64_C(1) << reg;
}

void state_init(struct state *st, uint64_t interesting)
{
	memset(st, 0, sizeof *st);
	st->interesting = interesting;
	for (unsigned i = 0; i < TRACKED_REGS; i++)
		st->regs[i] = (struct value){ .kind = VALUE_ENTRY, .base = (uint8_t)i };
}

struct value value_const(uint64_t k, uint32_t pc)
{
	return (struct value){ .kind = VALUE_CONST, .k = k, .pc = pc };
}

struct value value_other(uint64_t deps, uint32_t pc)
{
	return (struct value){ .kind = VALUE_OTHER, .deps = deps, .pc = pc };
}

bool value_is_entry(const struct value *v, unsigned reg, uint64_t k)
{
	return v->kind == VALUE_ENTRY && v->base == reg && v->k == k;
}

bool value_is_stack(const struct value *v)
{
	return v->kind == VALUE_ENTRY && (v->base == ARCH_RSP || v->base == ALIGNED_SP);
}

uint64_t value_deps(const struct state *st, const struct value *v)
{
	switch (v->kind) {
	case VALUE_ENTRY:
		return bit(v->base == ALIGNED_SP ? ARCH_RSP : v->base) & st->interesting;
	case VALUE_OTHER:
		return v->deps;
	default:
		return 0;
	}
}

static bool value_eq(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case VALUE_ENTRY:
		return a->base == b->base && a->k == b->k;
	case VALUE_CONST:
		return a->k == b->k;
	default:
		return a->deps == b->deps;
	}
}

/* An interesting register's own entry value, as a prologue saves it. */
static bool is_save(const struct state *st, const struct slot *slot)
{
	return slot->value.kind == VALUE_ENTRY && slot->value.k == 0 && slot->value.base != ARCH_RSP &&
	       value_deps(st, &slot->value) != 0;
}

static void slot_drop(struct state *st, uint32_t index)
{
	st->slots[index] = st->slots[--st->slot_count];
}

static void slot_escape(struct state *st, uint32_t index)
{
	st->escaped |= value_deps(st, &st->slots[index].value);
	slot_drop(st, index);
}

static bool overlaps(const struct slot *slot, const struct value *address, size_t size)
{
	int64_t start = (int64_t)address->k;
	return slot->origin == address->base && slot->offset < start + (int64_t)size &&
	       start < slot->offset + slot->size;
}

static bool make_room(struct state *st)
{
	if (st->slot_count < SLOTS_MAX)
		return true;
	for (uint32_t i = 0; i < st->slot_count; i++) {
		if (!is_save(st, &st->slots[i])) {
			slot_escape(st, i);
			return true;
		}
	}
	return false;
}

/* Distances beyond any stack would overflow the comparisons above. */
static bool sane_offset(uint64_t k)
{
	int64_t offset = (int64_t)k;
	return offset > -(INT64_C(1) << 40) && offset < (INT64_C(1) << 40);
}

void slot_store(struct state *st, const struct value *address, size_t size, const struct value *value,
		bool direct)
{
	uint64_t deps = value_deps(st, value);
	if (!value_is_stack(address) || !sane_offset(address->k)) {
		slot_store_unknown(st, deps);
		return;
	}
	for (uint32_t i = st->slot_count; i-- > 0;) {
		if (!overlaps(&st->slots[i], address, size))
			continue;
		if (!direct && deps == 0 && is_save(st, &st->slots[i]))
			return;
		slot_drop(st, i);
	}
	if (deps == 0)
		return;
	if ((size != 8 && size != 16) || !make_room(st)) {
		st->escaped |= deps;
		return;
	}
	st->slots[st->slot_count++] = (struct slot){ .value = *value,
						     .offset = (int64_t)address->k,
						     .origin = address->base,
						     .size = (uint8_t)size };
}

void slot_store_unknown(struct state *st, uint64_t deps)
{
	st->escaped |= deps;
}

struct value slot_load(const struct state *st, const struct value *address, size_t size, uint32_t pc)
{
	uint64_t deps = st->escaped;
	if (!value_is_stack(address) || !sane_offset(address->k)) {
		if (value_deps(st, address) & bit(ARCH_RSP))
			deps |= slots_deps(st);
		return value_other(deps, pc);
	}
	for (uint32_t i = 0; i < st->slot_count; i++) {
		const struct slot *slot = &st->slots[i];
		if (!overlaps(slot, address, size))
			continue;
		if (slot->offset == (int64_t)address->k && slot->size == size) {
			struct value v = slot->value;
			v.pc = pc;
			return v;
		}
		deps |= value_deps(st, &slot->value);
	}
	return value_other(deps, pc);
}

void slots_after_call(struct state *st)
{
	const struct value *sp = &st->regs[ARCH_RSP];
	for (uint32_t i = st->slot_count; i-- > 0;) {
		struct slot *slot = &st->slots[i];
		if (value_is_stack(sp) && slot->origin == sp->base && slot->offset < (int64_t)sp->k)
			slot_escape(st, i);
		else if (!is_save(st, slot))
			slot->value =
				value_other(value_deps(st, &slot->value) | st->escaped, slot->value.pc);
	}
}

uint64_t slots_deps(const struct state *st)
{
	uint64_t deps = 0;
	for (uint32_t i = 0; i < st->slot_count; i++)
		deps |= value_deps(st, &st->slots[i].value);
	return deps;
}

static const struct slot *same_slot(const struct state *st, const struct slot *slot)
{
	for (uint32_t i = 0; i < st->slot_count; i++)
		if (st->slots[i].origin == slot->origin && st->slots[i].offset == slot->offset &&
		    st->slots[i].size == slot->size)
			return &st->slots[i];
	return NULL;
}

/* The entry value of an interesting register, or where rsp is. Other addresses on the stack may be joined: a pointer that a loop
 * moves along must become unknown at once, not be followed into the save slots. */
static bool matters(const struct state *st, unsigned reg)
{
	const struct value *v = &st->regs[reg];
	return v->kind == VALUE_ENTRY && value_deps(st, v) != 0 && (reg == ARCH_RSP || !value_is_stack(v));
}

static bool has_saves_of(const struct state *a, const struct state *b)
{
	for (uint32_t i = 0; i < a->slot_count; i++) {
		if (!is_save(a, &a->slots[i]))
			continue;
		const struct slot *other = same_slot(b, &a->slots[i]);
		if (!other || !value_eq(&other->value, &a->slots[i].value))
			return false;
	}
	return true;
}

bool state_same_saves(const struct state *a, const struct state *b)
{
	return has_saves_of(a, b) && has_saves_of(b, a);
}

bool state_same_shape(const struct state *a, const struct state *b)
{
	for (unsigned i = 0; i < TRACKED_REGS; i++) {
		if ((matters(a, i) || matters(b, i)) && !value_eq(&a->regs[i], &b->regs[i]))
			return false;
		/* What is shown to be broken must not be joined with what is only not known. */
		if ((bit(i) & a->interesting) &&
		    !(value_deps(a, &a->regs[i]) & bit(i)) != !(value_deps(b, &b->regs[i]) & bit(i)))
			return false;
	}
	return state_same_saves(a, b);
}

static bool value_join(const struct state *a, struct value *into, const struct state *b,
		       const struct value *from)
{
	if (value_eq(into, from))
		return false;
	uint64_t deps = value_deps(a, into) | value_deps(b, from);
	if (into->kind == VALUE_OTHER && into->deps == deps)
		return false;
	*into = value_other(deps, into->pc);
	return true;
}

bool state_join(struct state *into, const struct state *from)
{
	bool changed = false;
	for (unsigned i = 0; i < TRACKED_REGS; i++)
		changed |= value_join(into, &into->regs[i], from, &from->regs[i]);
	uint64_t escaped = into->escaped | from->escaped;
	for (uint32_t i = into->slot_count; i-- > 0;) {
		const struct slot *other = same_slot(from, &into->slots[i]);
		if (other) {
			changed |= value_join(into, &into->slots[i].value, from, &other->value);
		} else {
			escaped |= value_deps(into, &into->slots[i].value);
			slot_drop(into, i);
			changed = true;
		}
	}
	for (uint32_t i = 0; i < from->slot_count; i++)
		if (!same_slot(into, &from->slots[i]))
			escaped |= value_deps(from, &from->slots[i].value);
	if (escaped != into->escaped) {
		into->escaped = escaped;
		changed = true;
	}
	if (into->compared && (!from->compared || into->compared_a != from->compared_a ||
			       into->compared_b != from->compared_b)) {
		into->compared = false;
		changed = true;
	}
	return changed;
}

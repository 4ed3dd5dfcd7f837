/* One fact: its key, its order among others, its call and its text; widening it, and uniting two. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "policies/abi/power/danger.h"
#include "policies/profile/profile_parts.h"

struct fact_key fact_key_make(enum phase phase, enum arch arch, uint32_t nr, const uint64_t args[6])
{
	struct syscall_desc room;
	const struct syscall_desc *call = abi_select(abi_by_nr(arch, nr), arch, args, 0x3f, &room);
	struct fact_key key = {.phase = (uint8_t)phase, .arch = (uint8_t)arch, .nr = nr, .args = syscall_checkable(call)};
	for (unsigned i = 0; i < 6; i++)
		if ((key.args >> i & 1) != 0)
			key.values[i] = abi_canonical(call, arch, i, args[i]);
	return key;
}

const struct syscall_desc *fact_call(const struct fact *f, struct syscall_desc *room)
{
	return abi_select(abi_by_nr(f->key.arch, f->key.nr), f->key.arch, f->key.values, f->wide ? 0 : f->key.args, room);
}

static int compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

int fact_compare(const struct fact *a, const struct fact *b)
{
	int order = compare(a->key.phase, b->key.phase);
	order = order != 0 ? order : compare(a->key.arch, b->key.arch);
	order = order != 0 ? order : compare(a->key.nr, b->key.nr);
	order = order != 0 ? order : compare(a->key.args, b->key.args);
	order = order != 0 ? order : compare(a->wide, b->wide);
	for (unsigned i = 0; order == 0 && i < 6; i++)
		order = compare(a->key.values[i], b->key.values[i]);
	return order;
}

struct seccomp_data fact_data(const struct fact *f, const uint64_t values[6])
{
	struct seccomp_data data = {.nr = (int)f->key.nr, .arch = arch_audit((enum arch)f->key.arch)};
	if (fact_is_numbers(f)) {
		data.nr = (int)values[0];
		return data;
	}
	for (unsigned i = 0; i < 6; i++) {
		data.args[i] = values[i];
		if (f->key.arch == ARCH_I386)
			data.args[i] &= UINT32_MAX; /* 32-bit registers (arch/x86/include/asm/syscall.h) */
	}
	return data;
}

bool fact_is_numbers(const struct fact *f)
{
	return f->wide && f->key.nr >= ABI_NR_UNUSED;
}

bool fact_has_number(const struct fact *f, uint32_t nr)
{
	if (!fact_is_numbers(f))
		return f->key.nr == nr;
	return nr >= f->min[0] && nr <= f->max[0] && (nr & ~f->bits[0]) == 0;
}

const char *fact_name(const struct fact *f, char *buffer, size_t size)
{
	const char *name = abi_name(f->key.arch, fact_is_numbers(f) ? (uint32_t)f->min[0] : f->key.nr, buffer, size);
	size_t n = strlen(name);
	if (fact_is_numbers(f) && n < size)
		snprintf(buffer + n, size - n, "..0x%" PRIx64, f->max[0]);
	return name;
}

uint64_t fact_total(const struct fact *f)
{
	uint64_t total = 0;
	for (size_t i = 0; i < f->runs.count; i++)
		total += f->runs.items[i].count;
	return total;
}

struct fact_key group_key(const struct fact_key *key)
{
	struct fact_key group = {.phase = key->phase, .arch = key->arch, .args = key->args, .nr = key->nr};
	if (group.nr >= ABI_NR_UNUSED) {
		group.nr = ABI_NR_UNUSED;
		group.args = 0;
	}
	return group;
}

bool facts_together(const struct fact_key *a, const struct fact_key *b)
{
	struct fact_key x = group_key(a), y = group_key(b);
	return x.phase == y.phase && x.arch == y.arch && x.args == y.args && x.nr == y.nr;
}

void fact_text(const struct fact *f, struct text *out)
{
	char buffer[32];
	struct syscall_desc room;
	const struct syscall_desc *call = fact_call(f, &room);
	text_add(out, "%s(", fact_name(f, buffer, sizeof(buffer)));
	const char *between = "";
	for (unsigned i = 0; i < 6; i++) {
		bool unknown = (fact_unknown_args(f) >> i & 1) != 0;
		if ((f->key.args >> i & 1) == 0 && !unknown)
			continue;
		text_add(out, "%s%s=", between, syscall_arg_name(call, i));
		if (unknown)
			text_add(out, "?");
		else if (f->wide)
			text_add(out, "0x%" PRIx64 "..0x%" PRIx64, f->min[i], f->max[i]);
		else
			abi_value_text(call, f->key.arch, i, f->key.values[i], out);
		between = ", ";
	}
	text_add(out, ")");
	for (size_t i = 0; f->outcome == OUTCOME_FAILED && i < f->failed.count; i++) {
		const char *name = errno_name(f->failed.items[i]);
		text_add(out, i == 0 ? " = " : "|");
		if (name != NULL)
			text_add(out, "%s", name);
		else
			text_add(out, "errno %u", f->failed.items[i]);
	}
}

uint8_t fact_unknown_args(const struct fact *f)
{
	struct syscall_desc room;
	return syscall_checkable(fact_call(f, &room)) & (uint8_t)~f->key.args;
}

bool fact_is_denied(const struct profile *p, const struct fact *f)
{
	for (size_t i = 0; i < f->runs.count; i++)
		if (p->runs.items[f->runs.items[i].run].denied == NULL)
			return false;
	return f->runs.count > 0;
}

bool fact_is_explored(const struct profile *p, const struct fact *f)
{
	for (size_t i = 0; i < f->runs.count; i++)
		if (!run_is_explored(&p->runs.items[f->runs.items[i].run]))
			return false;
	return f->runs.count > 0;
}

void fact_denied_text(const struct profile *p, const struct fact *f, struct text *out)
{
	size_t told = 0;
	for (size_t i = 0; i < f->runs.count; i++) {
		const char *action = p->runs.items[f->runs.items[i].run].denied;
		bool again = action == NULL;
		for (size_t k = 0; k < i && !again; k++)
			again = strcmp(null_as_empty(p->runs.items[f->runs.items[k].run].denied), action) == 0;
		if (!again)
			text_add(out, "%s%s", told++ > 0 ? ", " : "", action);
	}
}

void fact_marked_text(const struct profile *p, const struct fact *f, struct text *out)
{
	fact_text(f, out);
	if (fact_is_explored(p, f))
		text_add(out, "  explored");
	if (!fact_is_denied(p, f))
		return;
	text_add(out, "  denied: ");
	fact_denied_text(p, f, out);
}

bool fact_executes(const struct fact *f, enum phase phase)
{
	char buffer[32];
	const char *name = abi_name((enum arch)f->key.arch, f->key.nr, buffer, sizeof(buffer));
	return f->key.phase == phase && f->outcome == OUTCOME_ANY &&
	       (strcmp(name, "execve") == 0 || strcmp(name, "execveat") == 0);
}

const char *profile_phases_at_entry(const struct profile *p)
{
	for (size_t i = 0; i < profile_fact_count(p); i++)
		if (fact_executes(profile_fact(p, i), PHASE_MAIN))
			return NULL;
	return profile_phase_at(p) != NULL ? "main,serve" : "main";
}

/* Returns whether (value & mask) == want holds or may hold for the argument. */
static bool may_be(const struct fact *f, unsigned arg, uint64_t mask, uint64_t want)
{
	if ((f->key.args >> arg & 1) == 0)
		return true; /* not recorded */
	if (!f->wide)
		return (f->key.values[arg] & mask) == want;
	if ((want & ~f->bits[arg]) != 0)
		return false;
	return ~mask != 0 || (want >= f->min[arg] && want <= f->max[arg]);
}

bool fact_is_dangerous(const struct fact *f, const struct danger *d)
{
	struct error e = {0};
	const struct syscall_desc *call = abi_call(f->key.arch, d->syscall);
	uint64_t mask = UINT64_MAX, want = 0;
	if (d->arg == NULL)
		return true;
	int arg = call != NULL ? syscall_arg_by_name(call, d->arg) : -1;
	if (arg < 0 || (d->mask != NULL && abi_value_parse(call, f->key.arch, (unsigned)arg, d->mask, &mask, &e) < 0) ||
	    abi_value_parse(call, f->key.arch, (unsigned)arg, d->value, &want, &e) < 0)
		return false;
	return may_be(f, (unsigned)arg, mask, want);
}

unsigned fact_dangers(const struct fact *f)
{
	char room[32];
	size_t n;
	unsigned levels = 0;
	const struct danger *d = abi_dangers(abi_name(f->key.arch, f->key.nr, room, sizeof(room)), &n);
	for (size_t i = 0; i < n; i++)
		if (fact_is_dangerous(f, &d[i]))
			levels |= 1u << d[i].level;
	return levels;
}

/* Uniting facts. -------------------------------------------------------------------------------------------- */

void fact_clear(struct fact *f)
{
	vec_free(&f->failed);
	vec_free(&f->programs);
	vec_free(&f->runs);
}

struct fact_run *fact_run_of(struct fact *f, uint32_t run)
{
	size_t at = f->runs.count;
	while (at > 0 && f->runs.items[at - 1].run > run)
		at--;
	if (at > 0 && f->runs.items[at - 1].run == run)
		return &f->runs.items[at - 1];
	if (!vec_reserve(&f->runs, 1))
		return NULL;
	memmove(f->runs.items + at + 1, f->runs.items + at, (f->runs.count - at) * sizeof(struct fact_run));
	f->runs.items[at] = (struct fact_run){run, 0, 0};
	f->runs.count++;
	return &f->runs.items[at];
}

void fact_run_first(struct fact_run *r, uint64_t first)
{
	if (first > 0 && (r->first == 0 || r->first > first))
		r->first = first;
}

/* Which of bits, min and max a group's wide fact has. */
static uint8_t wide_places(const struct fact_key *k)
{
	return k->nr >= ABI_NR_UNUSED ? 1 : k->args;
}

/* A value as an unsigned number of its argument's width, as ranges and bits of wide facts use
 * it. */
static uint64_t unsigned_value(const struct fact_key *k, unsigned i)
{
	if (k->nr >= ABI_NR_UNUSED)
		return k->nr;
	unsigned bits = syscall_arg_bits(abi_by_nr(k->arch, k->nr), k->arch, i);
	return bits >= 64 ? k->values[i] : k->values[i] & (((uint64_t)1 << bits) - 1);
}

void fact_widen(struct fact *wide, const struct fact *f)
{
	for (unsigned i = 0; i < 6; i++) {
		if ((wide_places(&f->key) >> i & 1) == 0)
			continue;
		uint64_t value = f->wide ? 0 : unsigned_value(&f->key, i);
		uint64_t bits = f->wide ? f->bits[i] : value, min = f->wide ? f->min[i] : value;
		uint64_t max = f->wide ? f->max[i] : value;
		wide->bits[i] |= bits;
		wide->min[i] = min < wide->min[i] ? min : wide->min[i];
		wide->max[i] = max > wide->max[i] ? max : wide->max[i];
	}
}

struct fact fact_wide_new(const struct fact_key *key)
{
	struct fact wide = {.key = group_key(key), .wide = true};
	for (unsigned i = 0; i < 6; i++)
		wide.min[i] = (wide_places(key) >> i & 1) != 0 ? UINT64_MAX : 0;
	return wide;
}

bool fact_join_outcome(struct fact *into, uint8_t outcome, const uint16_t *failed, size_t n)
{
	if (outcome == OUTCOME_NONE)
		return true;
	if (outcome == OUTCOME_ANY || into->outcome == OUTCOME_ANY) {
		into->outcome = OUTCOME_ANY;
		vec_free(&into->failed);
		return true;
	}
	into->outcome = OUTCOME_FAILED;
	for (size_t i = 0; i < n; i++) {
		size_t at = into->failed.count;
		while (at > 0 && into->failed.items[at - 1] > failed[i])
			at--;
		if (at > 0 && into->failed.items[at - 1] == failed[i])
			continue;
		if (!vec_reserve(&into->failed, 1))
			return false;
		memmove(into->failed.items + at + 1, into->failed.items + at,
			(into->failed.count - at) * sizeof(uint16_t));
		into->failed.items[at] = failed[i];
		into->failed.count++;
	}
	return true;
}

bool fact_absorb(struct stack_table *t, struct fact *into, const struct fact *f, bool larger)
{
	if (!fact_join_outcome(into, f->outcome, f->failed.items, f->failed.count) || !fact_add_stacks(t, into, f))
		return false;
	for (size_t i = 0; i < f->programs.count; i++)
		if (!positions_add(&into->programs, f->programs.items[i]))
			return false;
	for (size_t i = 0; i < f->runs.count; i++) {
		struct fact_run *r = fact_run_of(into, f->runs.items[i].run);
		if (r == NULL)
			return false;
		uint64_t count = f->runs.items[i].count;
		r->count = !larger ? r->count + count : r->count < count ? count : r->count;
		fact_run_first(r, f->runs.items[i].first);
	}
	return true;
}

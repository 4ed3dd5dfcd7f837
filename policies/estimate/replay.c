/* Finds the calls of a profile that a policy or filter denies. SPDX-License-Identifier: MIT */
#include "policies/estimate/replay.h"

#include <linux/sched.h>
#include <string.h>

static struct action by_policy(const void *self, const struct seccomp_data *call)
{
	return policy_evaluate(self, call);
}

struct judge policy_judge(const struct policy *p)
{
	return (struct judge){by_policy, p};
}

void replay_clear(struct replay *r)
{
	key_set_clear(&r->answered);
	key_set_clear(&r->followed);
	vec_free(&r->facts);
	vec_free(&r->next);
}

static const struct fallback *rows_of(const struct fact_key *key, size_t *n)
{
	char buffer[32];
	return abi_fallbacks(abi_name((enum arch)key->arch, key->nr, buffer, sizeof(buffer)), n);
}

static bool is_enosys(struct action a)
{
	return a.kind == ACTION_ERRNO && a.data == (uint16_t)errno_by_name("ENOSYS");
}

/* Whether a program works with this refusal: it is the same error that the call always ended with
 * (for numbers that are not calls, ENOSYS); or it is ENOSYS and libc or a runtime has fallback
 * calls, which are checked later. */
static bool makes_no_difference(struct replay *r, const struct fact *f, const uint64_t values[6], struct action a)
{
	struct fact_key key = f->key;
	size_t n;
	if (a.kind != ACTION_ERRNO)
		return false;
	for (size_t i = 0; f->outcome == OUTCOME_FAILED && i < f->failed.count; i++)
		if (f->failed.items[i] == a.data)
			return true;
	if (is_enosys(a) && fact_is_numbers(f))
		return true;
	if (!is_enosys(a) || rows_of(&key, &n) == NULL)
		return false;
	memcpy(key.values, values, sizeof(key.values));
	key.phase = PHASE_LOAD; /* a policy gives the same answer in all phases */
	key_set_add(&r->answered, &key, r->e);
	return true;
}

static bool passes(struct replay *r, const struct fact *f, const uint64_t values[6], struct action *a)
{
	struct seccomp_data data = fact_data(f, values);
	*a = r->judge.answer(r->judge.self, &data);
	return lets_through(*a) || makes_no_difference(r, f, values, *a);
}

/* The single values of a wide fact are unknown. These stand for them: the smallest and the largest
 * value; and for flag words each bit that was ever set, combined with the smallest and the largest
 * of the others. Counts which pass and which do not; *a becomes the last refusal. */
static void replay_wide(struct replay *r, const struct fact *f, size_t verdicts[2], struct action *a)
{
	struct syscall_desc room;
	const struct syscall_desc *call = fact_call(f, &room);
	struct action last;
	for (unsigned side = 0; side < 2; side++) {
		const uint64_t *others = side == 0 ? f->min : f->max;
		bool fine = passes(r, f, others, &last);
		verdicts[fine]++;
		*a = fine ? *a : last;
		for (unsigned i = 0; i < 6; i++) {
			if ((f->key.args >> i & 1) == 0 || call == NULL || call->args[i].kind != ARG_FLAGS)
				continue;
			for (uint64_t bits = f->bits[i]; bits != 0; bits &= bits - 1) {
				uint64_t values[6];
				memcpy(values, others, sizeof(values));
				values[i] = bits & -bits;
				fine = passes(r, f, values, &last);
				verdicts[fine]++;
				*a = fine ? *a : last;
			}
		}
	}
}

/* Arguments that a fact does not know may have had any value: tries all bits clear, all set, and
 * every other bit set. */
static void replay_unknown(struct replay *r, const struct fact *f, size_t verdicts[2], struct action *a)
{
	static const uint64_t tries[] = {0, UINT64_MAX, UINT64_C(0x5555555555555555)};
	for (size_t k = 0; k < sizeof(tries) / sizeof(tries[0]); k++) {
		struct action last;
		uint64_t values[6];
		for (unsigned i = 0; i < 6; i++)
			values[i] = (fact_unknown_args(f) >> i & 1) ? tries[k] : f->key.values[i];
		bool fine = passes(r, f, values, &last);
		verdicts[fine]++;
		*a = fine ? *a : last;
	}
}

static void replay_fact(struct replay *r, const struct fact *f)
{
	struct action a = {ACTION_ALLOW, 0};
	size_t verdicts[2] = {0, 0};
	if (f->wide)
		replay_wide(r, f, verdicts, &a);
	else if (fact_unknown_args(f) != 0)
		replay_unknown(r, f, verdicts, &a);
	else
		verdicts[passes(r, f, f->key.values, &a)]++;
	if (verdicts[false] > 0 && !vec_push(&r->facts, (struct denied_fact){f, a, verdicts[true] > 0}))
		error_memory(r->e);
}

/* Checks one call that follows; if it gets ENOSYS too, also the calls that follow it. */
static void try_next(struct replay *r, const struct fallback *row, const struct fact_key *key)
{
	struct fact f = {.key = *key};
	struct seccomp_data data = fact_data(&f, key->values);
	struct action a = r->judge.answer(r->judge.self, &data);
	size_t n;
	if (key_set_add(&r->followed, key, r->e) <= 0 || lets_through(a))
		return;
	if (is_enosys(a) && rows_of(key, &n) != NULL) {
		key_set_add(&r->answered, key, r->e);
		return;
	}
	struct denied_next *last = r->next.count > 0 ? &r->next.items[r->next.count - 1] : NULL;
	if (last != NULL && last->row == row && last->call.arch == key->arch && action_equal(last->action, a))
		last->count++;
	else if (!vec_push(&r->next, (struct denied_next){row, *key, a, 1}))
		error_memory(r->e);
}

/* A program that calls clone3 directly with namespaces falls back to clone with the same, or
 * fails. */
static const struct fallback by_clone = {.call = {.from = "clone3", .to = "clone", .why = "with the flags that it was seen with"}};

bool makes_namespaces(const struct fact_key *key)
{
	char buffer[32];
	return strcmp(abi_name((enum arch)key->arch, key->nr, buffer, sizeof(buffer)), by_clone.call.from) == 0 &&
	       (key->args & 1) != 0 && (key->values[0] & (CLONE_NAMESPACES | CLONE_NEWTIME)) != 0;
}

static void try_clone(struct replay *r, const struct fact_key *clone3)
{
	enum { EXIT_SIGNAL = 0xff }; /* CSIGNAL; clone3 has it in another field */
	const struct syscall_desc *clone = abi_call((enum arch)clone3->arch, by_clone.call.to);
	struct fact_key key = *clone3;
	key.nr = (uint32_t)clone->nr[clone3->arch];
	key.values[0] = (uint32_t)clone3->values[0] & ~(uint32_t)EXIT_SIGNAL;
	try_next(r, &by_clone, &key);
}

/* Checks the calls that follow the policy's own answers. The list grows meanwhile. */
static void replay_next(struct replay *r)
{
	for (size_t i = 0; i < r->answered.keys.count && r->e->code == 0; i++) {
		const struct fact_key key = r->answered.keys.items[i];
		size_t n;
		const struct fallback *rows = rows_of(&key, &n);
		if (makes_namespaces(&key))
			try_clone(r, &key);
		for (size_t k = 0; k < n && r->e->code == 0; k++) {
			struct key_set calls = {0};
			follow_calls(&key, &rows[k], &calls, r->e);
			for (size_t c = 0; c < calls.keys.count && r->e->code == 0; c++)
				try_next(r, &rows[k], &calls.keys.items[c]);
			key_set_clear(&calls);
		}
	}
}

int replay_profile(const struct profile *p, const struct fact_filter *only, struct judge judge, struct replay *out,
		   struct error *e)
{
	out->judge = judge;
	out->e = e;
	for (size_t i = 0; i < profile_fact_count(p) && e->code == 0; i++) {
		const struct fact *f = profile_fact(p, i);
		if (only == NULL || only->takes(only->self, f))
			replay_fact(out, f);
	}
	replay_next(out);
	return e->code;
}

size_t replay_next_count(const struct replay *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->next.count; i++)
		n += r->next.items[i].count;
	return n;
}

void denied_fact_text(const struct denied_fact *d, struct text *out)
{
	text_add(out, "%s %s ", phase_name(d->fact->key.phase), arch_name(d->fact->key.arch));
	fact_text(d->fact, out);
	text_add(out, ": ");
	action_text(d->action, out);
	if (d->some_pass && !d->fact->wide)
		text_add(out, " for some values of its unknown arguments");
	else if (d->some_pass)
		text_add(out, " for some of its values; the fact is widened, so its single values are unknown");
}

void denied_next_text(const struct denied_next *d, struct text *out)
{
	struct fact f = {.key = d->call};
	text_add(out, "%s %s is answered by ENOSYS; then ", arch_name((enum arch)d->call.arch), d->row->call.from);
	fact_text(&f, out);
	if (d->count > 1)
		text_add(out, " and %zu more such call%s", d->count - 1, d->count == 2 ? "" : "s");
	text_add(out, " follow%s (%s): ", d->count == 1 ? "s" : "", d->row->call.why);
	action_text(d->action, out);
}

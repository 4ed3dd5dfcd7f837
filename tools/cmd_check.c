/* pinhole check: replays every fact of a profile against a policy or filter. SPDX-License-Identifier: MIT */
#include <linux/sched.h>
#include <string.h>

#include "policies/profile/fallback_facts.h"
#include "tools/command.h"

static struct action verdict(const struct input *in, const struct seccomp_data *data)
{
	if (in->policy != NULL)
		return policy_evaluate(in->policy, data);
	struct action a = {ACTION_KILL, 0};
	action_from_ret(filter_run(in->filter.code.items, in->filter.code.count, data, NULL), &a);
	return a;
}

/* A call that follows where another is answered by ENOSYS, and that is denied. */
struct denied_next {
	const struct fallback *row;
	struct fact_key call; /* the first of them */
	struct action action;
	size_t count;
};

/* A replay on its way. */
struct replay {
	const struct input *in;
	struct key_set answered; /* calls that get ENOSYS, for which libc or a runtime has others */
	struct key_set followed; /* the others */
	VEC(struct denied_next) next;
	struct error *e;
};

static void replay_free(struct replay *r)
{
	key_set_clear(&r->answered);
	key_set_clear(&r->followed);
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

/* Whether a program can do without: the very error that the call ended with whenever it was made, as numbers that are no
 * calls do with ENOSYS; or ENOSYS where libc or a runtime has other calls, which are looked at later. */
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
	key.phase = PHASE_LOAD; /* a policy answers alike in all of them */
	key_set_add(&r->answered, &key, r->e);
	return true;
}

static bool passes(struct replay *r, const struct fact *f, const uint64_t values[6], struct action *a)
{
	struct seccomp_data data = fact_data(f, values);
	*a = verdict(r->in, &data);
	return lets_through(*a) || makes_no_difference(r, f, values, *a);
}

/* A wide fact's single values are not known. What stands for them: the smallest and the largest, and of flag words each
 * bit that was ever set, beside the smallest and beside the largest of the others. Counts what passes and what does not;
 * *a becomes the last refusal. */
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

/* Arguments that a fact does not know may have had any value: tried with all bits clear, all set, and every other one. */
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

static size_t replay_facts(struct replay *r, const struct profile *p, struct text *out)
{
	size_t denied = 0;
	for (size_t i = 0; i < profile_fact_count(p); i++) {
		const struct fact *f = profile_fact(p, i);
		struct action a = {ACTION_ALLOW, 0};
		size_t verdicts[2] = {0, 0};
		if (f->wide)
			replay_wide(r, f, verdicts, &a);
		else if (fact_unknown_args(f) != 0)
			replay_unknown(r, f, verdicts, &a);
		else
			verdicts[passes(r, f, f->key.values, &a)]++;
		if (verdicts[false] == 0)
			continue;
		denied++;
		text_add(out, "%s %s ", phase_name(f->key.phase), arch_name(f->key.arch));
		fact_text(f, out);
		text_add(out, ": ");
		action_text(a, out);
		if (verdicts[true] > 0 && !f->wide)
			text_add(out, " for some values of what is not known");
		else if (verdicts[true] > 0)
			text_add(out, " for some of its values; it is a widened fact, of which single values are not known");
		text_add(out, "\n");
	}
	return denied;
}

/* Looks at one call that follows; where it gets ENOSYS in its turn, so are those that follow it. */
static void try_next(struct replay *r, const struct fallback *row, const struct fact_key *key)
{
	struct fact f = {.key = *key};
	struct seccomp_data data = fact_data(&f, key->values);
	struct action a = verdict(r->in, &data);
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

/* A program's own clone3 with namespaces falls back to clone with the same, or fails. */
static const struct fallback by_clone = {.call = {.from = "clone3", .to = "clone", .why = "with the flags that it was seen with"}};

static bool makes_namespaces(const struct fact_key *key)
{
	char buffer[32];
	return strcmp(abi_name((enum arch)key->arch, key->nr, buffer, sizeof(buffer)), by_clone.call.from) == 0 &&
	       (key->args & 1) != 0 && (key->values[0] & (CLONE_NAMESPACES | CLONE_NEWTIME)) != 0;
}

static void try_clone(struct replay *r, const struct fact_key *clone3)
{
	enum { EXIT_SIGNAL = 0xff }; /* CSIGNAL, which clone3 has elsewhere */
	const struct syscall_desc *clone = abi_call((enum arch)clone3->arch, by_clone.call.to);
	struct fact_key key = *clone3;
	key.nr = (uint32_t)clone->nr[clone3->arch];
	key.values[0] = (uint32_t)clone3->values[0] & ~(uint32_t)EXIT_SIGNAL;
	try_next(r, &by_clone, &key);
}

/* What follows the answers of the policy itself. The list grows meanwhile. */
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

/* That it falls back is not known: glibc's do, others' may not. */
static void warn_of_namespaces(const struct replay *r, struct text *out)
{
	for (size_t i = 0; i < r->answered.keys.count; i++) {
		struct fact f = {.key = r->answered.keys.items[i]};
		if (!makes_namespaces(&f.key))
			continue;
		text_add(out, "%s ", arch_name((enum arch)f.key.arch));
		fact_text(&f, out);
		text_add(out, " is answered by ENOSYS: a program that does not fall back to clone fails\n");
	}
}

/* Says which of them are denied, a line a row. Returns how many are. */
static size_t tell_next(const struct replay *r, struct text *out)
{
	size_t denied = 0;
	for (size_t i = 0; i < r->next.count; i++) {
		const struct denied_next *d = &r->next.items[i];
		struct fact f = {.key = d->call};
		denied += d->count;
		text_add(out, "%s %s is answered by ENOSYS; then ", arch_name((enum arch)d->call.arch), d->row->call.from);
		fact_text(&f, out);
		if (d->count > 1)
			text_add(out, " and %zu more such call%s", d->count - 1, d->count == 2 ? "" : "s");
		text_add(out, " follow%s (%s): ", d->count == 1 ? "s" : "", d->row->call.why);
		action_text(d->action, out);
		text_add(out, "\n");
	}
	return denied;
}

/* Replays everything. Returns how much would be denied. */
static size_t replay(const struct input *in, const struct profile *p, struct text *out, struct error *e)
{
	struct replay r = {.in = in, .e = e};
	size_t denied = replay_facts(&r, p, out);
	replay_next(&r);
	warn_of_namespaces(&r, out);
	size_t next = tell_next(&r, out);
	text_add(out, "%zu of %zu fact%s would be denied", denied, profile_fact_count(p),
		 plural_s(profile_fact_count(p)));
	if (next > 0)
		text_add(out, ", and %zu call%s that follow%s where it answers ENOSYS", next, next == 1 ? "" : "s",
			 next == 1 ? "s" : "");
	text_add(out, "\n");
	replay_free(&r);
	return denied + next;
}

static int run(int argc, char **argv)
{
	struct error e = {0};
	struct text out = {0};
	struct input in = {0};
	while (command_option(argc, argv) != -1)
		;
	command_operands(argc, argv, 2, 2);
	struct profile *p = NULL;
	int status = EXIT_ERROR;
	if (input_policy(argv[optind], true, NULL, &in, &e) == 0)
		p = profile_read(argv[optind + 1], &e);
	if (p == NULL) {
		command_fail(&e);
	} else {
		size_t denied = replay(&in, p, &out, &e);
		if (e.code == 0)
			status = command_output(NULL, &out, false, &e);
		else
			command_fail(&e);
		if (status == EXIT_FINE && denied > 0)
			status = EXIT_NO;
	}
	profile_free(p);
	text_free(&out);
	input_free(&in);
	return status;
}

const struct command cmd_check = {
	.name = "check",
	.usage = "FILTER|POLICY PROFILE",
	.summary = "Replay every fact and list what would be denied; exit 1 if any",
	.run = run,
};

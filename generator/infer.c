/* From what a program was seen to do to what it may do: every generalising rule, and only here.
 * SPDX-License-Identifier: MIT
 *
 * The rules, one function each:
 *   always_allowed    exit, exit_group, rt_sigreturn, restart_syscall (i386: sigreturn)
 *   clone3_by_clone   clone3 is answered by ENOSYS, clone is allowed without new namespaces but those seen
 *   locks_of_threads  futex, where threads were started: waiting and waking, whichever of them was seen
 *   names_only        --args=none: the call, whatever its arguments
 *   shape_of_call     --args=shape: one alternative, a test per argument:
 *     exact_values      enumerations, selectors, signals, protections: the values seen
 *     seen_flags        flags: the values seen of enumerated fields, and no other bits than those seen
 *     waiting_and_waking  the futex operation (with --args=exact too)
 *     (modes are not constrained: permission bits depend on umask and on the program's input)
 *   exact_tuples      --args=exact: one alternative per tuple seen
 * A fact that the profile has widened (it stands for more tuples than PROFILE_FACT_CAP) constrains flags and
 * protections by the bits seen, all else by smallest and largest value; so does an argument of more than VALUE_LIMIT
 * values. Every rule that is not plain says why. */
#include "generator.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <stdlib.h>
#include <string.h>

/* More values of one argument than this become one range, more tuples of one call its shape. */
#define VALUE_LIMIT 128
#define TUPLE_LIMIT 256

/* CLONE_NEWTIME is not among them: clone reads that bit as part of the exit signal (CSIGNAL). */
#define NAMESPACES                                                                                                     \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

/* All facts about one call on one architecture, of whatever phase. */
struct seen_call {
	enum arch arch;
	uint32_t nr;
	const struct syscall_desc *desc; /* or NULL */
	const struct fact *const *facts;
	size_t n;
};

struct inferring {
	struct policy *policy;
	const struct infer_options *options;
	struct text *warnings;
	struct error *e;
	arch_set clone3; /* architectures where clone3 was seen */
	unsigned futex;	 /* where futex, futex_time64 were seen: bits 2 * arch and 2 * arch + 1 */
};

static const struct action allow = {.kind = ACTION_ALLOW};

static uint64_t width(const struct seen_call *c, unsigned arg)
{
	return UINT64_MAX >> (64 - syscall_arg_bits(c->desc, c->arch, arg));
}

static bool add_reason(struct text *why, const char *argument, const char *said)
{
	text_add(why, "%s%s %s", why->count > 0 ? "; " : "", argument, said);
	return !why->failed;
}

static int by_lo(const void *a, const void *b)
{
	const struct range *x = a, *y = b;
	if (x->lo != y->lo)
		return x->lo < y->lo ? -1 : 1;
	return (x->hi > y->hi) - (x->hi < y->hi);
}

struct ranges {
	VEC(struct range) v;
};

/* Sorts, and joins what touches. */
static void join(struct ranges *r)
{
	size_t kept = 0;
	if (r->v.count == 0)
		return;
	qsort(r->v.items, r->v.count, sizeof(*r->v.items), by_lo);
	for (size_t i = 1; i < r->v.count; i++) {
		struct range *last = &r->v.items[kept], *next = &r->v.items[i];
		if (last->hi == UINT64_MAX || next->lo <= last->hi + 1) {
			if (next->hi > last->hi)
				last->hi = next->hi;
		} else {
			r->v.items[++kept] = *next;
		}
	}
	r->v.count = kept + 1;
}

/* Appends the values of (argument & mask) that facts show: points, and a range for each wide fact. Returns how many
 * different points, or -1: no memory. */
static long values_seen(const struct seen_call *c, unsigned arg, uint64_t mask, struct ranges *out)
{
	long points = 0;
	for (size_t i = 0; i < c->n; i++) {
		const struct fact *f = c->facts[i];
		uint64_t value = f->key.values[arg] & width(c, arg) & mask;
		struct range r = {value, value};
		if (f->wide)
			r = (struct range){f->min[arg] & width(c, arg), f->max[arg] & width(c, arg)};
		if (!vec_push(&out->v, r))
			return -1;
	}
	if (out->v.count > 1)
		qsort(out->v.items, out->v.count, sizeof(*out->v.items), by_lo);
	for (size_t i = 0; i < out->v.count; i++)
		if (i == 0 || out->v.items[i].lo != out->v.items[i - 1].lo)
			points++;
	join(out);
	return points;
}

static bool any_wide(const struct seen_call *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->facts[i]->wide)
			return true;
	return false;
}

static uint64_t bits_seen(const struct seen_call *c, unsigned arg)
{
	uint64_t bits = 0;
	for (size_t i = 0; i < c->n; i++)
		bits |= c->facts[i]->wide ? c->facts[i]->bits[arg] : c->facts[i]->key.values[arg];
	return bits & width(c, arg);
}

/* A test that no bit but these is set; nothing where these are all. */
static int only_bits(const struct seen_call *c, unsigned arg, uint64_t bits, struct alternative *out, struct error *e)
{
	uint64_t others = width(c, arg) & ~bits;
	if (others == 0)
		return 0;
	return alternative_add_test(out, c->desc, c->arch, arg, others, &(struct range){0, 0}, 1, e);
}

/* Enumerations, selectors, signals, protections: the values seen. A protection is kept whole, so that no union makes
 * write+exec of write and exec. */
static int exact_values(const struct seen_call *c, unsigned arg, struct alternative *out, struct text *why,
			struct error *e)
{
	const char *name = syscall_arg_name(c->desc, arg);
	bool bits = c->desc->args[arg].kind == ARG_PROT && any_wide(c);
	struct ranges r = {0};
	struct text said = {0};
	long points = values_seen(c, arg, UINT64_MAX, &r);
	int rc = 0;
	if (points < 0)
		rc = error_memory(e);
	if (rc == 0 && bits) {
		text_add(&said, "had only bits that were seen (the profile keeps no single values)");
		rc = only_bits(c, arg, bits_seen(c, arg), out, e);
		goto out;
	}
	if (points > VALUE_LIMIT) {
		r.v.items[0].hi = r.v.items[r.v.count - 1].hi;
		r.v.count = 1;
		text_add(&said, "had %ld values, more than are told apart: all between the smallest and the largest",
			 points);
	} else if (any_wide(c)) {
		text_add(&said,
			 "was between the smallest and the largest value seen (the profile keeps no single values)");
	} else if (points == 1) {
		text_add(&said, "was always ");
		abi_value_text(c->desc, c->arch, arg, c->facts[0]->key.values[arg], &said);
	} else {
		text_add(&said, "was one of %ld values", points);
	}
	if (rc == 0)
		rc = alternative_add_test(out, c->desc, c->arch, arg, UINT64_MAX, r.v.items, r.v.count, e);
out:
	if (rc == 0 && (said.failed || !add_reason(why, name, text_string(&said))))
		rc = error_memory(e);
	text_free(&said);
	vec_free(&r.v);
	return rc;
}

/* The enumerated fields of a flag word on that architecture: the first entry of `set` from *at on that shows one. */
static uint64_t next_field(const struct name_set *set, enum arch arch, uint64_t within, size_t *at)
{
	while (set != NULL && *at < set->count) {
		const struct name_value *v = &set->values[(*at)++];
		bool one_bit = (v->mask & (v->mask - 1)) == 0;
		/* A mask of all the word is a name for a whole value (AT_FDCWD), not a field. */
		if ((v->archs & ARCH_BIT(arch)) && !one_bit && v->mask != v->value && (v->mask & within) != within)
			return v->mask & within;
	}
	return 0;
}

/* Flags: of each enumerated field the values seen, and no other bits than those seen. */
static int seen_flags(const struct seen_call *c, unsigned arg, struct alternative *out, struct text *why,
		      struct error *e)
{
	const char *name = syscall_arg_name(c->desc, arg);
	uint64_t bits = bits_seen(c, arg), fields = 0, field;
	struct ranges r = {0};
	int rc = 0;
	for (size_t at = 0;
	     !any_wide(c) && (field = next_field(c->desc->args[arg].set, c->arch, width(c, arg), &at)) != 0;) {
		if (field & fields)
			continue; /* the same one again, or one that overlaps: its bits are looked at already */
		r.v.count = 0;
		long points = values_seen(c, arg, field, &r);
		if (points < 0)
			rc = error_memory(e);
		if (rc != 0 || points > VALUE_LIMIT)
			break;
		fields |= field;
		rc = alternative_add_test(out, c->desc, c->arch, arg, field, r.v.items, r.v.count, e);
	}
	vec_free(&r.v);
	if (rc == 0)
		rc = only_bits(c, arg, bits | fields, out, e);
	if (rc == 0 && !add_reason(why, name,
				   any_wide(c)	 ? "had only bits that were seen (the profile keeps no single values)"
				   : fields != 0 ? "had only bits and field values that were seen"
						 : "had only bits that were seen"))
		rc = error_memory(e);
	return rc;
}

/* The futex operation. A lock asks the kernel only when two threads meet at it, so that which operations a run shows is
 * chance: those of plain locks and conditions (glibc's and musl's) go together, private or not, with either clock. Not
 * so the priority-inheriting ones. Without facts (locks_of_threads): these alone. */
static int waiting_and_waking(const struct seen_call *c, unsigned arg, struct alternative *out, struct text *why,
			      struct error *e)
{
	static const uint64_t together[] = {FUTEX_WAIT, FUTEX_WAKE, FUTEX_REQUEUE, FUTEX_WAIT_BITSET,
					    FUTEX_WAKE_BITSET};
	uint64_t commands = (uint32_t)FUTEX_CMD_MASK;
	struct ranges r = {0};
	bool room = values_seen(c, arg, commands, &r) >= 0;
	for (size_t i = 0; i < sizeof(together) / sizeof(together[0]) && room; i++)
		room = vec_push(&r.v, (struct range){together[i], together[i]});
	if (room)
		join(&r);
	int rc = room ? alternative_add_test(out, c->desc, c->arch, arg, commands, r.v.items, r.v.count, e)
		      : error_memory(e);
	vec_free(&r.v);
	if (rc == 0 &&
	    !add_reason(why, syscall_arg_name(c->desc, arg),
			c->n > 0 ? "may wait and wake, as it is chance whether a lock asks the kernel; seen"
				 : "may wait and wake, as it is chance whether a lock asks the kernel; not seen, "
				   "but threads were"))
		rc = error_memory(e);
	return rc;
}

static bool is_futex(const struct seen_call *c)
{
	return c->desc != NULL && (strcmp(c->desc->name, "futex") == 0 || strcmp(c->desc->name, "futex_time64") == 0);
}

/* The arguments that every fact of the call shows. */
static unsigned recorded(const struct seen_call *c)
{
	unsigned args = syscall_checkable(c->desc);
	for (size_t i = 0; i < c->n; i++)
		args &= c->facts[i]->key.args;
	return args;
}

/* One alternative: a test per argument, each by its kind. Arguments that hang together are not kept together. */
static int shape_of_call(const struct seen_call *c, struct rule *rule, struct text *why, struct error *e)
{
	struct alternative a = {0};
	int rc = 0;
	for (unsigned arg = 0; arg < 6 && rc == 0; arg++) {
		if (!(recorded(c) >> arg & 1))
			continue;
		switch (c->desc->args[arg].kind) {
		case ARG_FLAGS:
			rc = seen_flags(c, arg, &a, why, e);
			break;
		case ARG_MODE:
			break;
		default:
			rc = (is_futex(c) && !any_wide(c) ? waiting_and_waking : exact_values)(c, arg, &a, why, e);
		}
	}
	if (rc == 0 && a.tests.count == 0) {
		why->count = 0; /* nothing is tested: nothing to explain */
	} else if (rc == 0 && !vec_push(&rule->any, a)) {
		rc = error_memory(e);
	} else if (rc == 0) {
		if (c->n > 0)
			text_add(why, " in %zu fact%s", c->n, c->n == 1 ? "" : "s");
		return why->failed ? error_memory(e) : 0;
	}
	alternative_clear(&a);
	return rc;
}

/* One fact as an alternative. */
static int exact_tuple(const struct seen_call *c, const struct fact *f, struct alternative *out, struct error *e)
{
	struct seen_call one = *c;
	struct text unused = {0};
	int rc = 0;
	one.facts = &f;
	one.n = 1;
	for (unsigned arg = 0; arg < 6 && rc == 0; arg++) {
		unsigned kind = c->desc->args[arg].kind;
		if (!(recorded(c) >> arg & 1))
			continue;
		if (f->wide && (kind == ARG_FLAGS || kind == ARG_MODE))
			rc = only_bits(&one, arg, bits_seen(&one, arg), out, e);
		else
			rc = exact_values(&one, arg, out, &unused, e);
	}
	text_free(&unused);
	return rc;
}

static int by_tuple(const void *a, const void *b)
{
	const struct fact *x = *(const struct fact *const *)a, *y = *(const struct fact *const *)b;
	if (x->key.arch != y->key.arch)
		return x->key.arch < y->key.arch ? -1 : 1;
	if (x->key.nr != y->key.nr)
		return x->key.nr < y->key.nr ? -1 : 1;
	if (x->wide != y->wide)
		return x->wide ? 1 : -1;
	for (int i = 0; i < 6; i++)
		if (x->key.values[i] != y->key.values[i])
			return x->key.values[i] < y->key.values[i] ? -1 : 1;
	return (int)x->key.phase - (int)y->key.phase;
}

/* One alternative per tuple seen. */
static int exact_tuples(const struct seen_call *c, struct rule *rule, struct text *why, struct error *e)
{
	size_t tuples = 0, wide = 0;
	for (size_t i = 0; i < c->n; i++) {
		const struct fact *f = c->facts[i];
		struct alternative a = {0};
		/* The same tuple in two phases: they stand beside each other. */
		if (i > 0 && !f->wide && !c->facts[i - 1]->wide &&
		    memcmp(f->key.values, c->facts[i - 1]->key.values, sizeof(f->key.values)) == 0)
			continue;
		int rc = exact_tuple(c, f, &a, e);
		if (rc == 0 && a.tests.count > 0 && !vec_push(&rule->any, a))
			rc = error_memory(e);
		if (rc != 0 || a.tests.count == 0)
			alternative_clear(&a);
		if (rc != 0)
			return rc;
		tuples += !f->wide;
		wide += f->wide;
	}
	text_add(why, "its arguments were one of %zu tuple%s in %zu fact%s", tuples, tuples == 1 ? "" : "s", c->n,
		 c->n == 1 ? "" : "s");
	if (wide > 0)
		text_add(why, "; or within bounds: the profile keeps no single values past %d facts", PROFILE_FACT_CAP);
	return why->failed ? error_memory(e) : 0;
}

/* The call, whatever its arguments. On several architectures it is one rule. */
static int names_only(struct inferring *in, const char *name, arch_set archs, const char *why)
{
	for (size_t i = 0; i < in->policy->rules.count && why == NULL; i++) {
		struct rule *r = &in->policy->rules.items[i];
		if (strcmp(r->syscall, name) == 0 && r->any.count == 0 && r->why == NULL &&
		    r->action.kind == ACTION_ALLOW) {
			r->archs |= archs;
			return 0;
		}
	}
	if (policy_add_rule(in->policy, name, archs, allow, why) == NULL)
		return error_memory(in->e);
	return 0;
}

static const struct {
	const char *name, *why;
} always[] = {
    {"exit", "always allowed: a thread must be able to end"},
    {"exit_group", "always allowed: a process must be able to end"},
    {"restart_syscall", "always allowed: the kernel restarts interrupted calls with it, which no short trace shows"},
    {"rt_sigreturn", "always allowed: every signal handler returns by it"},
    {"sigreturn", "always allowed: every signal handler returns by it"},
};

static bool is_always_allowed(const char *name)
{
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		if (strcmp(always[i].name, name) == 0)
			return true;
	return false;
}

/* What a program needs that no trace need show. */
static int always_allowed(struct inferring *in)
{
	int rc = 0;
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]) && rc == 0; i++) {
		arch_set archs = 0;
		for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
			if ((in->policy->archs & ARCH_BIT(arch)) && abi_call((enum arch)arch, always[i].name) != NULL)
				archs |= ARCH_BIT(arch);
		if (archs != 0)
			rc = names_only(in, always[i].name, archs, always[i].why);
	}
	return rc;
}

/* clone3's flags are behind a pointer, where no filter can look. libc asks for clone3 first and falls back to clone
 * where that answers ENOSYS (glibc 2.34, musl does not use it); clone's flags can be checked. `clone` is what was
 * seen of clone itself, or has no facts. */
static int clone3_by_clone(struct inferring *in, enum arch arch, const struct seen_call *clone)
{
	const struct syscall_desc *desc = abi_call(arch, "clone");
	int flags = desc == NULL ? -1 : syscall_arg_by_name(desc, "flags");
	if (policy_add_rule(in->policy, "clone3", ARCH_BIT(arch), (struct action){ACTION_ERRNO, ENOSYS},
			    "its flags are behind a pointer; libc falls back to clone") == NULL)
		return error_memory(in->e);
	if (flags < 0)
		return 0;
	uint64_t seen = clone->n > 0 ? bits_seen(clone, (unsigned)flags) : 0;
	/* A clone whose flags were not recorded may have had any. */
	if (clone->n > 0 && !(recorded(clone) >> flags & 1))
		seen = NAMESPACES;
	uint64_t forbidden = NAMESPACES & ~seen;
	struct rule *rule =
	    policy_add_rule(in->policy, "clone", ARCH_BIT(arch), allow,
			    forbidden == 0 ? "clone3 was seen, and clone with every kind of namespace"
			    : clone->n > 0 ? "clone3 was seen, which clone stands for: no new namespaces "
					     "but those that clone was seen to make"
					   : "clone3 was seen, which clone stands for: no new namespaces");
	struct alternative a = {0};
	if (rule == NULL)
		return error_memory(in->e);
	if (forbidden == 0)
		return 0;
	int rc = alternative_add_test(&a, desc, arch, (unsigned)flags, forbidden, &(struct range){0, 0}, 1, in->e);
	if (rc == 0 && !vec_push(&rule->any, a))
		rc = error_memory(in->e);
	if (rc != 0)
		alternative_clear(&a);
	return rc;
}

static int infer_arguments(struct inferring *in, const struct seen_call *c, const char *name)
{
	struct text why = {0};
	struct rule *rule = policy_add_rule(in->policy, name, ARCH_BIT(c->arch), allow, NULL);
	if (rule == NULL)
		return error_memory(in->e);
	int rc;
	if (in->options->args == ARGS_EXACT && c->n <= TUPLE_LIMIT && !is_futex(c)) {
		rc = exact_tuples(c, rule, &why, in->e);
	} else {
		rc = shape_of_call(c, rule, &why, in->e);
		if (rc == 0 && in->options->args == ARGS_EXACT && c->n > TUPLE_LIMIT)
			text_add(&why, "; more than %d facts, so that arguments are tested one by one", TUPLE_LIMIT);
	}
	if (rc == 0 && why.count > 0) {
		rule->why = strdup(text_string(&why));
		if (rule->why == NULL || why.failed)
			rc = error_memory(in->e);
	}
	text_free(&why);
	return rc;
}

static int infer_call(struct inferring *in, const struct seen_call *c)
{
	char buffer[32];
	const char *name = abi_name(c->arch, c->nr, buffer, sizeof(buffer));
	if (is_always_allowed(name))
		return 0;
	if (strcmp(name, "io_uring_setup") == 0)
		text_add(in->warnings, "the program used io_uring (%s): what goes through the ring is not filtered\n",
			 arch_name(c->arch));
	if (strcmp(name, "clone3") == 0 || (strcmp(name, "clone") == 0 && (in->clone3 & ARCH_BIT(c->arch))))
		return 0; /* clone3_by_clone */
	if (in->options->args == ARGS_NONE || recorded(c) == 0)
		return names_only(in, name, ARCH_BIT(c->arch), NULL);
	return infer_arguments(in, c, name);
}

/* A program that starts threads uses futex, whether or not a run shows it. */
static int locks_of_threads(struct inferring *in, enum arch arch)
{
	static const char *const names[] = {"futex", "futex_time64"};
	int rc = 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && rc == 0; i++) {
		struct seen_call c = {.arch = arch, .desc = abi_call(arch, names[i])};
		if (c.desc != NULL && !(in->futex & 1u << (2 * arch + i)))
			rc = in->options->args == ARGS_NONE ? names_only(in, names[i], ARCH_BIT(arch), NULL)
							    : infer_arguments(in, &c, names[i]);
	}
	return rc;
}

static bool is_call(const struct seen_call *c, const char *name)
{
	return c->desc != NULL && strcmp(c->desc->name, name) == 0;
}

/* Runs over the sorted facts, one call at a time; twice, as clone's rule depends on whether clone3 was seen. */
static int infer_calls(struct inferring *in, const struct fact *const *facts, size_t n)
{
	struct seen_call clone[ARCH_COUNT] = {0};
	int rc = 0;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0, next; i < n && rc == 0; i = next) {
			struct seen_call c = {.arch = (enum arch)facts[i]->key.arch, .nr = facts[i]->key.nr};
			for (next = i + 1; next < n && facts[next]->key.arch == c.arch && facts[next]->key.nr == c.nr;)
				next++;
			c.desc = abi_by_nr(c.arch, c.nr);
			c.facts = facts + i;
			c.n = next - i;
			if (pass == 1)
				rc = infer_call(in, &c);
			else if (is_call(&c, "clone3"))
				in->clone3 |= ARCH_BIT(c.arch);
			else if (is_call(&c, "clone"))
				clone[c.arch] = c;
			else if (is_futex(&c))
				in->futex |= 1u << (2 * c.arch + (strcmp(c.desc->name, "futex") != 0));
		}
	for (unsigned arch = 0; arch < ARCH_COUNT && rc == 0; arch++) {
		if (in->clone3 & ARCH_BIT(arch))
			rc = clone3_by_clone(in, (enum arch)arch, &clone[arch]);
		if (rc == 0 && ((in->clone3 & ARCH_BIT(arch)) || (bits_seen(&clone[arch], 0) & CLONE_THREAD)))
			rc = locks_of_threads(in, (enum arch)arch);
	}
	return rc;
}

/* The facts that a filter can allow, sorted; what can't be is said. Returns how many, or a negative code. */
static int usable_facts(struct inferring *in, const struct profile *p, const struct fact **out)
{
	int n = 0;
	size_t x32 = 0;
	for (size_t i = 0; i < profile_fact_count(p); i++) {
		const struct fact *f = profile_fact(p, i);
		if (f->key.nr >= ABI_NR_FOREIGN) {
			x32++;
			continue;
		}
		out[n++] = f;
		in->policy->archs |= ARCH_BIT(f->key.arch);
	}
	if (x32 > 0)
		text_add(in->warnings, "%zu fact%s of x32 calls (numbers from 0x%x up): these are not allowed\n", x32,
			 x32 == 1 ? "" : "s", ABI_NR_FOREIGN);
	if (n == 0)
		return error_set(
		    in->e, ERR_INPUT,
		    "the profile has no facts%s; a policy of it would forbid everything: record a run first",
		    x32 > 0 ? " but of x32 calls" : "");
	qsort(out, (size_t)n, sizeof(*out), by_tuple);
	return n;
}

struct policy *infer(const struct profile *p, const struct infer_options *options, struct text *warnings,
		     struct error *e)
{
	struct inferring in = {.policy = policy_new(), .options = options, .warnings = warnings, .e = e};
	const struct fact **facts = calloc(profile_fact_count(p) + 1, sizeof(*facts));
	int rc = 0;
	if (in.policy == NULL || facts == NULL) {
		rc = error_memory(e);
		goto out;
	}
	in.policy->fallback = options->fallback;
	/* Where nothing is to break (log, allow) or all is to be seen (trace), that goes for later calls too. */
	if (options->fallback.kind >= ACTION_TRACE)
		in.policy->newer = options->fallback;
	rc = usable_facts(&in, p, facts);
	if (rc > 0)
		rc = infer_calls(&in, facts, (size_t)rc);
	if (rc == 0)
		rc = always_allowed(&in);
	if (rc == 0 && warnings->failed)
		rc = error_memory(e);
	if (rc == 0)
		rc = policy_finish(in.policy, e);
out:
	free(facts);
	if (rc < 0) {
		policy_free(in.policy);
		return NULL;
	}
	return in.policy;
}

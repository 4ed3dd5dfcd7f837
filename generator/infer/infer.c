/* Derives a policy from a profile. SPDX-License-Identifier: MIT
 *
 * The rules, one function each (argument_tests.c has those about arguments, portable.c those of --portable):
 *   always_allowed    exit, exit_group, rt_sigreturn, restart_syscall (i386: sigreturn)
 *   clone3_by_clone   clone3 gets ENOSYS; clone is allowed, without the special flags that were not seen
 *   locks_of_threads  a program with threads may wait and wake by futex
 *   only_failed       --failed=errno: a call that always failed with one error gets this error
 *   infer_call        every other seen call, with the tests of argument_tests.c
 *   infer_in_place    the calls that libc makes after the policy's ENOSYS (after_enosys.c)
 *   infer_generalise  --generalize: chance, and the classes that the facts show (generalise.c)
 * A rule says why, unless it only allows a seen call with any arguments. */
#include "generator/infer/infer.h"

#include "policies/base/escape.h"

#include <errno.h>
#include <linux/sched.h>
#include <stdlib.h>
#include <string.h>

/* Adds a rule that allows the call with any arguments. Several architectures share one rule, unless
 * it has a reason of its own. Returns 0 or ERR_MEMORY. */
static int infer_name(struct inferring *in, const char *name, arch_set archs, const char *why)
{
	for (size_t i = 0; i < in->policy->rules.count && why == NULL; i++) {
		struct rule *r = &in->policy->rules.items[i];
		if (strcmp(r->syscall, name) == 0 && r->any.count == 0 && r->why == NULL &&
		    r->action.kind == ACTION_ALLOW) {
			r->archs |= archs;
			return 0;
		}
	}
	if (policy_add_rule(in->policy, name, archs, infer_allow, why) == NULL)
		return error_memory(in->e);
	return 0;
}

struct rule *infer_rule(struct inferring *in, enum arch arch, const char *name)
{
	return (struct rule *)policy_rule(in->policy, arch, name);
}

const struct seen_call *infer_seen(const struct inferring *in, enum arch arch, const char *name)
{
	for (size_t i = 0; i < in->calls.count; i++)
		if (in->calls.items[i].arch == arch && in->calls.items[i].desc != NULL &&
		    strcmp(in->calls.items[i].desc->name, name) == 0)
			return &in->calls.items[i];
	return NULL;
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

bool infer_always(const char *name)
{
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		if (strcmp(always[i].name, name) == 0)
			return true;
	return false;
}

/* Allows the calls that every program needs, and that a trace may lack. */
static int always_allowed(struct inferring *in)
{
	int rc = 0;
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]) && rc == 0; i++) {
		arch_set archs = 0;
		for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
			if ((in->policy->archs & ARCH_BIT(arch)) && abi_call((enum arch)arch, always[i].name) != NULL)
				archs |= ARCH_BIT(arch);
		if (archs != 0)
			rc = infer_name(in, always[i].name, archs, always[i].why);
	}
	return rc;
}

/* Flags that no libc gives clone when it replaces clone3: new namespaces; a child that a tracer cannot follow, or must follow; a
 * child of the caller's own parent. */
#define CLONE_SPECIAL (CLONE_NAMESPACES | CLONE_UNTRACED | CLONE_PTRACE | CLONE_PARENT)

/* Returns the special flags that clone3 was seen with. Unknown flags count as none. */
static uint64_t special_by_clone3(const struct seen_call *clone3)
{
	uint64_t flags = 0;
	for (size_t i = 0; clone3 != NULL && i < clone3->n; i++)
		if ((clone3->facts[i]->key.args & 1) != 0)
			flags |= clone3->facts[i]->wide ? clone3->facts[i]->bits[0] : clone3->facts[i]->key.values[0];
	return flags & (CLONE_SPECIAL | CLONE_NEWTIME);
}

/* Warns if clone3 makes namespaces: libc falls back to clone, but a program's own code may not. */
static void warn_of_namespaces(struct inferring *in, enum arch arch, uint64_t namespaces)
{
	if (namespaces == 0)
		return;
	text_add(in->warnings, "clone3 makes namespaces (");
	abi_value_text(abi_call(arch, "clone3"), arch, 0, namespaces, in->warnings);
	text_add(in->warnings,
		 "), but the policy answers it by ENOSYS, as no filter can test its flags; clone may make them%s; if the program "
		 "does not fall back to clone, use --clone3=allow, which allows clone3 with any flags\n",
		 (namespaces & CLONE_NEWTIME) != 0 ? ", except time namespaces" : "");
}

/* Adds the rule for clone if clone3 gets ENOSYS. `clone`: the facts of clone itself, or NULL. */
static int clone_for_clone3(struct inferring *in, enum arch arch, const struct seen_call *clone)
{
	const struct syscall_desc *desc = abi_call(arch, "clone");
	int flags = desc == NULL ? -1 : syscall_arg_by_name(desc, "flags");
	if (flags < 0)
		return 0;
	/* --args=none allows a seen clone with any flags. If only clone3 was seen, the flags of clone are tested. */
	if (in->options->args == ARGS_NONE && clone != NULL)
		return infer_name(in, "clone", ARCH_BIT(arch), NULL);
	uint64_t by_clone3 = special_by_clone3(infer_seen(in, arch, "clone3"));
	uint64_t forbidden = CLONE_SPECIAL & ~(by_clone3 | (clone != NULL ? seen_bits(clone, (unsigned)flags) : 0));
	struct rule *rule =
	    policy_add_rule(in->policy, "clone", ARCH_BIT(arch), infer_allow,
			    forbidden == 0   ? "replaces clone3, which was seen; all kinds of new namespaces and of special children "
					       "(CLONE_UNTRACED, CLONE_PTRACE, CLONE_PARENT) were seen"
			    : by_clone3 != 0 || clone != NULL
				? "replaces clone3, which was seen; of new namespaces and special children "
				  "(CLONE_UNTRACED, CLONE_PTRACE, CLONE_PARENT) only the seen ones"
				: "replaces clone3, which was seen; no new namespaces, and no special children "
				  "(CLONE_UNTRACED, CLONE_PTRACE, CLONE_PARENT)");
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

/* Answers clone3 by ENOSYS: its flags are behind a pointer, and no filter can test them. libc tries clone3 first and falls
 * back to clone after ENOSYS (glibc since 2.34; musl does not call clone3). A filter can test the flags of clone.
 * --clone3=allow allows clone3 with any flags. */
static int clone3_by_clone(struct inferring *in, enum arch arch)
{
	if (in->options->allow_clone3)
		return infer_name(in, "clone3", ARCH_BIT(arch),
				  "allowed by --clone3=allow: no filter can test its flags, which are behind a pointer");
	if (policy_add_rule(in->policy, "clone3", ARCH_BIT(arch), (struct action){ACTION_ERRNO, ENOSYS},
			    "its flags are behind a pointer; libc falls back to clone") == NULL)
		return error_memory(in->e);
	warn_of_namespaces(in, arch, special_by_clone3(infer_seen(in, arch, "clone3")) & (CLONE_NAMESPACES | CLONE_NEWTIME));
	return clone_for_clone3(in, arch, infer_seen(in, arch, "clone"));
}

/* Returns whether all its calls failed with one error, *error. */
static bool failed_alike(const struct seen_call *c, uint16_t *error)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct fact *f = c->facts[i];
		if (f->outcome != OUTCOME_FAILED || f->failed.count != 1 || (i > 0 && f->failed.items[0] != *error))
			return false;
		*error = f->failed.items[0];
	}
	return c->n > 0;
}

/* Whether an error means "not yet": the same call can succeed later. */
static bool is_not_yet(uint16_t error)
{
	return error == EINPROGRESS || error == EALREADY || error == EAGAIN || error == EINTR || error == ETIMEDOUT;
}

/* Adds "only ever failed with ENOENT", for the reviewer. */
static void add_failures(const struct seen_call *c, struct text *why)
{
	uint16_t error = 0;
	if (!failed_alike(c, &error))
		return;
	text_add(why, "%sonly ever failed with ", why->count > 0 ? "; " : "");
	if (errno_name(error) != NULL)
		text_add(why, "%s", errno_name(error));
	else
		text_add(why, "errno %u", error);
}

/* --failed=errno: answers a call that always failed by its error. */
static int only_failed(struct inferring *in, const struct seen_call *c, const char *name, uint16_t error)
{
	struct text why = {0};
	add_failures(c, &why);
	text_add(&why, " in %zu fact%s", c->n, c->n == 1 ? "" : "s");
	struct rule *rule = why.failed ? NULL
				       : policy_add_rule(in->policy, name, ARCH_BIT(c->arch),
							 (struct action){ACTION_ERRNO, error}, text_string(&why));
	text_free(&why);
	return rule == NULL ? error_memory(in->e) : 0;
}

/* Adds "was only ever denied (kill)": the facts come from the log of a filter, so the call has never succeeded. */
static void add_denials(const struct inferring *in, const struct seen_call *c, struct text *why)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n; i++)
		n += fact_is_denied(in->profile, c->facts[i]);
	if (n == 0)
		return;
	text_add(why, "%s", why->count > 0 ? "; " : "");
	if (n < c->n)
		text_add(why, "in %zu of the facts ", n);
	text_add(why, "was only ever denied (");
	for (size_t i = 0; i < c->n && n > 0; i++)
		if (fact_is_denied(in->profile, c->facts[i])) {
			fact_denied_text(in->profile, c->facts[i], why);
			text_add(why, --n > 0 ? ", " : ")");
		}
}

/* Adds that a call was only seen after an injected failure, with an example. */
static void add_explored(const struct inferring *in, const struct seen_call *c, struct text *why)
{
	size_t n = 0;
	const char *label = NULL;
	for (size_t i = 0; i < c->n; i++) {
		const struct fact *f = c->facts[i];
		if (!fact_is_explored(in->profile, f))
			continue;
		n++;
		label = label != NULL ? label : profile_run(in->profile, f->runs.items[0].run)->label;
	}
	if (n == 0)
		return;
	text_add(why, "%s", why->count > 0 ? "; " : "");
	if (n < c->n)
		text_add(why, "in %zu of the facts ", n);
	text_add(why, "only seen when something was made to fail");
	if (label != NULL) {
		text_add(why, ": ");
		text_add_safe(why, label);
	}
}

static int add_arguments(struct inferring *in, const struct seen_call *c, const char *name)
{
	struct text why = {0};
	struct rule *rule = policy_add_rule(in->policy, name, ARCH_BIT(c->arch), infer_allow, NULL);
	if (rule == NULL)
		return error_memory(in->e);
	int rc = infer_arguments(in->options->args, c, rule, &why, in->e);
	if (rc == 0)
		add_failures(c, &why);
	add_denials(in, c, &why);
	add_explored(in, c, &why);
	if (rc == 0 && why.count > 0) {
		rule->why = strdup(text_string(&why));
		if (rule->why == NULL || why.failed)
			rc = error_memory(in->e);
	} else if (rc == 0) {
		/* No reason: architectures share one rule. */
		rule_clear(rule);
		in->policy->rules.count--;
		rc = infer_name(in, name, ARCH_BIT(c->arch), NULL);
	}
	text_free(&why);
	return rc;
}

static int infer_call(struct inferring *in, const struct seen_call *c)
{
	char buffer[32];
	uint16_t error = 0;
	const char *name = abi_name(c->arch, c->nr, buffer, sizeof(buffer));
	bool clone3 = !in->options->allow_clone3 && infer_seen(in, c->arch, "clone3") != NULL;
	if (infer_always(name))
		return 0;
	if (strcmp(name, "io_uring_setup") == 0)
		text_add(in->warnings, "the program used io_uring (%s): no filter sees the operations in its ring\n",
			 arch_name(c->arch));
	if (strcmp(name, "clone3") == 0 || (strcmp(name, "clone") == 0 && clone3))
		return 0; /* clone3_by_clone */
	if (in->options->deny_failed && failed_alike(c, &error) && !is_not_yet(error))
		return only_failed(in, c, name, error);
	return add_arguments(in, c, name);
}

/* Allows futex if threads were started: a lock asks the kernel only if two threads meet at it. */
static int locks_of_threads(struct inferring *in, enum arch arch)
{
	static const char *const names[] = {"futex", "futex_time64"};
	const struct seen_call *clone = infer_seen(in, arch, "clone");
	bool threads = infer_seen(in, arch, "clone3") != NULL || (clone != NULL && (seen_bits(clone, 0) & CLONE_THREAD));
	int rc = 0;
	for (size_t i = 0; threads && i < sizeof(names) / sizeof(names[0]) && rc == 0; i++) {
		struct seen_call c = {.arch = arch, .desc = abi_call(arch, names[i])};
		if (c.desc != NULL && infer_seen(in, arch, names[i]) == NULL)
			rc = add_arguments(in, &c, names[i]);
	}
	return rc;
}

static int infer_calls(struct inferring *in)
{
	int rc = 0;
	for (size_t i = 0; i < in->calls.count && rc == 0; i++)
		rc = infer_call(in, &in->calls.items[i]);
	for (unsigned arch = 0; arch < ARCH_COUNT && rc == 0; arch++) {
		if (infer_seen(in, (enum arch)arch, "clone3") != NULL)
			rc = clone3_by_clone(in, (enum arch)arch);
		if (rc == 0 && (in->policy->archs & ARCH_BIT(arch)))
			rc = locks_of_threads(in, (enum arch)arch);
	}
	if (rc == 0)
		rc = infer_in_place(in);
	if (rc == 0 && in->options->portable)
		rc = infer_portable(in);
	if (rc == 0 && in->options->generalize != GENERALIZE_NONE)
		rc = infer_generalise(in);
	return rc;
}

int infer_by_tuple(const void *a, const void *b)
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
	/* An unknown argument has the value 0, but its tuple is another one. */
	return x->key.args != y->key.args ? (int)x->key.args - (int)y->key.args : (int)x->key.phase - (int)y->key.phase;
}

/* Splits the sorted facts by call. */
static int gather_calls(struct inferring *in, const struct fact *const *facts, size_t n)
{
	for (size_t i = 0, next; i < n; i = next) {
		struct seen_call c = {.arch = (enum arch)facts[i]->key.arch, .nr = facts[i]->key.nr};
		for (next = i + 1; next < n && facts[next]->key.arch == c.arch && facts[next]->key.nr == c.nr;)
			next++;
		c.desc = abi_by_nr(c.arch, c.nr);
		c.facts = facts + i;
		c.n = next - i;
		if (!vec_push(&in->calls, c))
			return error_memory(in->e);
	}
	return 0;
}

/* --program: finds the programs of that path. Returns how many, or a negative code: ERR_INPUT for a run of another mode than
 * exact or plain, because only these modes stop at every call of each program. */
static int find_program(const struct profile *p, const char *path, bool *wanted, struct error *e)
{
	int n = 0;
	struct text known = {0};
	for (size_t i = 0; i < profile_program_count(p); i++) {
		wanted[i] = strcmp(profile_program(p, i)->path, path) == 0;
		n += wanted[i];
		text_add(&known, "%s%s", i > 0 ? ", " : "", profile_program(p, i)->path);
	}
	if (n == 0)
		n = error_set(e, ERR_INPUT, "no program %.200s in the profile; its programs are: %.300s", path,
			      text_string(&known));
	text_free(&known);
	for (size_t i = 0; n > 0 && i < profile_run_count(p); i++) {
		const char *mode = profile_run(p, i)->mode;
		if (mode == NULL || (strcmp(mode, "exact") != 0 && strcmp(mode, "plain") != 0))
			return error_set(e, ERR_INPUT,
					 "run %zu was recorded in mode %.20s, which does not see every call of "
					 "each program; record it again with --mode=exact",
					 i, mode == NULL ? "(unknown)" : mode);
	}
	return n;
}

static bool made_by(const struct fact *f, const bool *wanted)
{
	for (size_t i = 0; i < f->programs.count; i++)
		if (wanted[f->programs.items[i]])
			return true;
	return false;
}

/* Lists the facts that the policy is about, sorted. Warns of facts that no filter can allow. Returns how many, or a negative code. */
static int usable_facts(struct inferring *in, const struct profile *p, const struct carried *carried, const struct fact **out)
{
	int n = 0;
	size_t x32 = 0, denied = 0, numbers = 0;
	bool loads = false, *wanted = NULL;
	if (in->options->program != NULL) {
		wanted = calloc(profile_program_count(p) + 1, sizeof(*wanted));
		int rc = wanted == NULL ? error_memory(in->e) : find_program(p, in->options->program, wanted, in->e);
		if (rc < 0) {
			free(wanted);
			return rc;
		}
	}
	for (size_t i = 0, own = profile_fact_count(p); i < own + carried_count(carried); i++) {
		const struct fact *f = i < own ? profile_fact(p, i) : profile_fact(carried->profile, i - own);
		if (!phase_listed(in->options->phase, (enum phase)f->key.phase) ||
		    (in->options->unexplored && fact_is_explored(p, f)) ||
		    (in->options->archs != 0 && !(in->options->archs & ARCH_BIT(f->key.arch))) ||
		    (wanted != NULL && !made_by(f, wanted)) ||
		    (in->options->only != NULL && !in->options->only->takes(in->options->only->self, f)))
			continue;
		if (fact_is_numbers(f)) {
			numbers++;
			x32 += f->max[0] >= ABI_NR_FOREIGN;
			continue;
		}
		if (f->key.nr >= ABI_NR_FOREIGN) {
			x32++;
			continue;
		}
		out[n++] = f;
		denied += fact_is_denied(p, f);
		loads |= fact_executes(f, PHASE_MAIN);
		in->policy->archs |= ARCH_BIT(f->key.arch);
	}
	free(wanted);
	if (loads && !phase_listed(in->options->phase, PHASE_LOAD))
		text_add(in->warnings,
			 "the program executes others, and these are loaded under its filter; include phase load (--phase=load,%s)\n",
			 in->options->phase);
	if (x32 > 0)
		text_add(in->warnings, "%zu fact%s of x32 calls (numbers from 0x%x up): a policy never allows them\n", x32,
			 x32 == 1 ? "" : "s", ABI_NR_FOREIGN);
	if (numbers > 0)
		text_add(in->warnings,
			 "%zu fact%s for more than %d numbers without a call: they get the answer for newer calls\n",
			 numbers, numbers == 1 ? " stands" : "s stand", PROFILE_FACT_CAP);
	if (n == 0)
		return error_set(in->e, ERR_INPUT,
				 "the profile has no facts%s%s%s, so its policy would forbid everything; record a run first",
				 in->options->phase != NULL ? " of phase " : "",
				 in->options->phase != NULL ? in->options->phase : "",
				 numbers > 0 ? " except of numbers without a call" : x32 > 0 ? " except of x32 calls" : "");
	if (denied == (size_t)n)
		text_add(in->warnings, "all facts are calls that a filter denied, and the policy allows nothing else; add them to the "
				       "program's profile by 'pinhole merge'\n");
	qsort(out, (size_t)n, sizeof(*out), infer_by_tuple);
	return n;
}

static int start(struct inferring *in)
{
	const struct infer_options *o = in->options;
	in->policy->default_action = o->default_action;
	/* A default of log or allow must break nothing, and trace must see everything: newer calls get the same answer. */
	if (o->default_action.kind >= ACTION_TRACE)
		in->policy->newer = o->default_action;
	if (o->phase == NULL)
		return 0;
	if (phases_parse(o->phase) == 0)
		return error_set(in->e, ERR_INPUT, "\"%.40s\" is no phase; one of load, main, serve, or several like main,serve",
				 o->phase);
	in->policy->phase = strdup(o->phase);
	return in->policy->phase == NULL ? error_memory(in->e) : 0;
}

struct policy *infer(const struct profile *p, const struct infer_options *options, struct text *warnings,
		     struct error *e)
{
	struct inferring in = {.policy = policy_new(), .profile = p, .options = options, .warnings = warnings, .e = e};
	struct carried carried = {0};
	const struct fact **facts = NULL;
	int rc = in.policy == NULL ? error_memory(e) : start(&in);
	if (rc == 0 && options->archs != 0)
		rc = infer_carry(p, options->archs, &carried, warnings, e);
	if (rc == 0 && (facts = calloc(profile_fact_count(p) + carried_count(&carried) + 1, sizeof(*facts))) == NULL)
		rc = error_memory(e);
	if (rc == 0)
		rc = usable_facts(&in, p, &carried, facts);
	if (rc > 0)
		rc = gather_calls(&in, facts, (size_t)rc);
	if (rc == 0)
		rc = always_allowed(&in);
	if (rc == 0)
		rc = infer_calls(&in);
	if (rc == 0)
		rc = carried_whys(&carried, in.policy, e);
	if (rc == 0 && warnings->failed)
		rc = error_memory(e);
	if (rc == 0)
		rc = policy_finish(in.policy, e);
	free(facts);
	carried_clear(&carried);
	vec_free(&in.calls);
	if (rc < 0) {
		policy_free(in.policy);
		return NULL;
	}
	return in.policy;
}

struct policy *infer_of(const void *options, const struct profile *p, const struct fact_filter *only, struct error *e)
{
	struct infer_options o = *(const struct infer_options *)options;
	struct text warnings = {0};
	o.only = only;
	struct policy *policy = infer(p, &o, &warnings, e);
	text_free(&warnings);
	return policy;
}

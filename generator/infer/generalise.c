/* --generalize: adds calls that the next run may make although no run has shown them.
 * SPDX-License-Identifier: MIT
 *
 * The rows come from one table (policies/abi/power/capabilities.c). A class whose use a fact shows adds its
 * rows; chance and base always do. An added row keeps its conditions, with any --args. Answers that
 * infer.c chose (ENOSYS, --failed=errno) stay. i386 makes some calls of sockets and System V IPC
 * also through a multiplexer: such a call is added there too, if the multiplexer was seen and the
 * row has no condition. */
#include <errno.h>
#include <string.h>

#include "generator/infer/infer.h"
#include "policies/abi/power/capabilities.h"

/* The generalisation for one architecture. */
struct generalising {
	struct inferring *in;
	enum arch arch;
	capability_set shown;
	struct text reasons[CAPABILITY_COUNT]; /* "part of writing files: openat, ftruncate and 2 others were seen" */
};

/* Whether a fact of the call was seen through i386's multiplexer. */
static bool seen_behind(const struct inferring *in, enum arch arch, const char *syscall)
{
	uint32_t number;
	const char *behind = arch == ARCH_I386 ? abi_multiplexer(syscall, &number) : NULL;
	const struct seen_call *c = behind != NULL ? infer_seen(in, arch, behind) : NULL;
	for (size_t i = 0; c != NULL && i < c->n; i++)
		if (!c->facts[i]->wide && (c->facts[i]->key.args & 1) != 0 && (c->facts[i]->key.values[0] & 0xffff) == number)
			return true;
	return false;
}

/* Whether a fact of the call meets the row's conditions. A call that the policy answers with an
 * error does not count. */
static bool is_shown(const struct inferring *in, const struct capability_row *row, enum arch arch, const char *syscall)
{
	struct capability_bits bits[CAPABILITY_CONDITIONS];
	size_t n;
	const struct seen_call *c = infer_seen(in, arch, syscall);
	const struct rule *rule = c != NULL ? policy_rule(in->policy, arch, syscall) : NULL;
	if (!capability_row_bits(row, arch, syscall, bits, &n))
		return false;
	if (n == 0 && c == NULL)
		return seen_behind(in, arch, syscall);
	if (rule == NULL || (rule->action.kind != ACTION_ALLOW && strcmp(syscall, "clone3") != 0))
		return false;
	for (size_t i = 0; i < c->n; i++)
		if (n == 0 || (!c->facts[i]->wide && capability_meets(bits, n, c->facts[i]->key.values, c->facts[i]->key.args)))
			return true;
	return false;
}

enum { NAMED = 2 };

/* Adds the first calls that show a class to its reason, and counts the rest. */
static void tell(struct text *reason, const char *syscall, size_t *told)
{
	if (++*told <= NAMED)
		text_add(reason, "%s%s", *told > 1 ? ", " : "", syscall);
}

static void reason_of(struct generalising *g, enum capability c, const char *const *calls, size_t n)
{
	struct text *reason = &g->reasons[c];
	size_t told = 0;
	text_add(reason, "part of %s: ", abi_capabilities[c].name);
	if (CAPABILITY_ALWAYS & CAPABILITY_BIT(c)) {
		text_add(reason, c == CAPABILITY_CHANCE ? "another run may make it, without more power" : "every program may make it");
		return;
	}
	for (size_t i = 0; i < n; i++)
		tell(reason, calls[i], &told);
	if (told > NAMED)
		text_add(reason, " and %zu other%s", told - NAMED, told - NAMED == 1 ? "" : "s");
	text_add(reason, " %s seen", told == 1 ? "was" : "were");
}

/* Finds out whether facts show a class, and which calls do. */
static void look_for(struct generalising *g, enum capability c)
{
	enum { MOST = 64 };
	const char *calls[MOST];
	size_t rows, n = 0;
	const struct capability_row *row = abi_capability_rows(&rows);
	for (size_t i = 0; i < rows; i++) {
		char name[32];
		for (size_t k = 0; row[i].shows && (row[i].classes & CAPABILITY_BIT(c)) && capability_row_call(&row[i], k, name); k++) {
			const struct syscall_desc *call = abi_by_name(name);
			bool told = false;
			for (size_t m = 0; m < n; m++)
				told |= strcmp(calls[m], name) == 0;
			if (!told && call != NULL && n < MOST && is_shown(g->in, &row[i], g->arch, name))
				calls[n++] = call->name;
		}
	}
	const char *without = abi_capabilities[c].without;
	if (n == 0 && !(CAPABILITY_ALWAYS & CAPABILITY_BIT(c)) && (without == NULL || abi_call(g->arch, without) != NULL))
		return;
	g->shown |= CAPABILITY_BIT(c);
	reason_of(g, c, calls, n);
}

/* Makes the alternative that a row allows for a call. Returns 1, 0 if the row is not about that
 * architecture's call, or a negative code. */
static int alternative_of(const struct capability_row *row, enum arch arch, const char *syscall, struct alternative *out,
			  struct error *e)
{
	struct capability_bits bits[CAPABILITY_CONDITIONS];
	struct range ranges[CAPABILITY_VALUES];
	size_t n;
	if (!capability_row_bits(row, arch, syscall, bits, &n))
		return 0;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < bits[i].n; k++)
			ranges[k] = (struct range){bits[i].values[k], bits[i].values[k]};
		if (alternative_add_test(out, abi_call(arch, syscall), arch, bits[i].arg, bits[i].mask, ranges, bits[i].n, e) < 0)
			return e->code;
	}
	return 1;
}

/* Adds an alternative (takes it over; without tests it means any arguments) to the allowed ones of
 * a call. */
static int allow(struct generalising *g, const char *syscall, struct alternative *a, const char *why)
{
	struct inferring *in = g->in;
	struct rule *rule = infer_rule(in, g->arch, syscall);
	bool fresh = rule == NULL;
	if (!fresh && (rule->action.kind != ACTION_ALLOW || rule->any.count == 0)) {
		alternative_clear(a);
		return 0; /* allowed already, or infer.c chose another answer */
	}
	if (fresh)
		rule = policy_add_rule(in->policy, syscall, ARCH_BIT(g->arch), infer_allow, NULL);
	if (rule == NULL) {
		alternative_clear(a);
		return error_memory(in->e);
	}
	return infer_widen(rule, a, g->arch, why, in->e);
}

/* Allows a call through its multiplexer too, if the multiplexer was seen. */
static int allow_behind(struct generalising *g, const char *syscall, const char *why)
{
	uint32_t number;
	const char *behind = g->arch == ARCH_I386 ? abi_multiplexer(syscall, &number) : NULL;
	struct alternative a = {0};
	struct inferring *in = g->in;
	if (behind == NULL || infer_seen(in, g->arch, behind) == NULL)
		return 0;
	int rc = alternative_add_test(&a, abi_call(g->arch, behind), g->arch, 0, UINT64_MAX, &(struct range){number, number}, 1, in->e);
	if (rc == 0)
		return allow(g, behind, &a, why);
	alternative_clear(&a);
	return rc;
}

static int add_row(struct generalising *g, const struct capability_row *row, const char *why)
{
	char name[32];
	int rc = 0;
	for (size_t i = 0; rc >= 0 && capability_row_call(row, i, name); i++) {
		struct alternative a = {0};
		rc = alternative_of(row, g->arch, name, &a, g->in->e);
		if (rc > 0)
			rc = allow(g, name, &a, why);
		else
			alternative_clear(&a);
		if (rc == 0 && row->when[0].test == CAPABILITY_NO_TEST)
			rc = allow_behind(g, name, why);
	}
	return rc < 0 ? rc : 0;
}

/* Answers clone3 by ENOSYS: libc tries it first, and falls back to clone only after ENOSYS. */
static int answer_clone3(struct generalising *g, const char *why)
{
	struct text t = {0};
	if (abi_call(g->arch, "clone3") == NULL || infer_rule(g->in, g->arch, "clone3") != NULL)
		return 0;
	text_add(&t, "%s; libc tries it first, and falls back to clone", why);
	bool added = !t.failed && policy_add_rule(g->in->policy, "clone3", ARCH_BIT(g->arch),
						  (struct action){ACTION_ERRNO, ENOSYS}, text_string(&t)) != NULL;
	text_free(&t);
	return added ? 0 : error_memory(g->in->e);
}

static int add_class(struct generalising *g, enum capability c)
{
	size_t n;
	const struct capability_row *rows = abi_capability_rows(&n);
	int rc = g->reasons[c].failed ? error_memory(g->in->e) : 0;
	const char *why = text_string(&g->reasons[c]);
	for (size_t i = 0; i < n && rc == 0; i++)
		if (rows[i].adds && (rows[i].classes & CAPABILITY_BIT(c)) && !(rows[i].needs & ~g->shown))
			rc = add_row(g, &rows[i], why);
	if (rc == 0 && (c == CAPABILITY_THREADS || c == CAPABILITY_PROCESSES))
		rc = answer_clone3(g, why);
	return rc;
}

int infer_generalise(struct inferring *in)
{
	int rc = 0;
	for (unsigned arch = 0; arch < ARCH_COUNT && rc == 0; arch++) {
		struct generalising g = {.in = in, .arch = (enum arch)arch};
		if (!(in->policy->archs & ARCH_BIT(arch)))
			continue;
		/* Find the shown classes before adding anything: only seen calls show a class. */
		for (int c = 0; c < (in->options->generalize == GENERALIZE_CHANCE ? CAPABILITY_BASE : CAPABILITY_COUNT); c++)
			look_for(&g, (enum capability)c);
		for (int c = 0; c < CAPABILITY_COUNT && rc == 0; c++)
			if (g.shown & CAPABILITY_BIT(c))
				rc = add_class(&g, (enum capability)c);
		for (int c = 0; c < CAPABILITY_COUNT; c++)
			text_free(&g.reasons[c]);
	}
	return rc;
}

/* Reads rules in libseccomp's form as a policy. SPDX-License-Identifier: MIT */
#include "policies/import/scmp.h"

#include <stdlib.h>
#include <string.h>

#include "policies/policy/call_set.h"

/* The order of rules. ------------------------------------------------------------------------------------------ */

/* libseccomp compares registers of 64 bits by halves (_db_rule_gen_64), and keeps comparisons in a
 * tree with sorted levels (_db_chain_lt): higher arguments first; for one argument, equality before
 * <= and < before >= and >; then higher values first, but lower ones for <= and <. */
struct half {
	unsigned arg_half, kind;
	bool downwards;
	uint32_t mask, value;
};

static unsigned op_kind(enum scmp_op op)
{
	return op == SCMP_EQ || op == SCMP_NE || op == SCMP_MASKED ? 3 : op == SCMP_LE || op == SCMP_LT ? 2 : 1;
}

static struct half half_of(const struct scmp_rule *r, size_t i)
{
	const struct scmp_condition *c = &r->all[r->arch == ARCH_I386 ? i : i / 2];
	unsigned high = r->arch != ARCH_I386 && i % 2 == 0;
	uint64_t mask = c->op == SCMP_MASKED ? c->value : UINT64_MAX;
	uint64_t value = c->op == SCMP_MASKED ? c->second & mask : c->value;
	return (struct half){c->arg * 2 + high, op_kind(c->op), op_kind(c->op) == 2, (uint32_t)(high ? mask >> 32 : mask),
			     (uint32_t)(high ? value >> 32 : value)};
}

static bool half_less(const struct half *a, const struct half *b)
{
	if (a->arg_half != b->arg_half)
		return a->arg_half < b->arg_half;
	if (a->kind != b->kind)
		return a->kind < b->kind;
	return a->downwards ? a->value > b->value : a->value < b->value;
}

/* Returns whether libseccomp tries b's comparisons before those of a, which was added earlier. */
static bool goes_before(const struct scmp_rule *b, const struct scmp_rule *a)
{
	size_t parts = a->arch == ARCH_I386 ? 1 : 2;
	for (size_t i = 0; i < a->count * parts && i < b->count * parts; i++) {
		struct half x = half_of(a, i), n = half_of(b, i);
		if (half_less(&x, &n))
			return true;
		if (half_less(&n, &x) || x.mask != n.mask)
			return false;
	}
	return false;
}

static bool same_conditions(const struct scmp_rule *a, const struct scmp_rule *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct scmp_condition *x = &a->all[i], *y = &b->all[i];
		if (x->arg != y->arg || x->op != y->op || x->value != y->value || x->second != y->second)
			return false;
	}
	return true;
}

static void drop(struct scmp *s, size_t i)
{
	free(s->rules.items[i].why);
	memmove(&s->rules.items[i], &s->rules.items[i + 1], (--s->rules.count - i) * sizeof(s->rules.items[0]));
}

static void warn_conflict(struct scmp *s, const struct scmp_rule *had, const struct scmp_rule *r)
{
	struct text first = {0}, second = {0};
	action_text(had->action, &first);
	action_text(r->action, &second);
	foreign_warn(s->foreign,
		     "%s: libseccomp refuses two answers for the same arguments, so runtimes do not start; %s is kept, "
		     "%s dropped",
		     r->syscall, text_string(&first), text_string(&second));
	s->foreign->warnings->failed |= first.failed || second.failed;
	text_free(&first);
	text_free(&second);
}

/* Inserts a rule at the place where libseccomp does (db_rule_add). A rule without comparisons
 * removes those with comparisons, and the first of two such rules stays. A rule with more
 * comparisons than an earlier one is dropped. */
static int place(struct scmp *s, struct scmp_rule *r, struct error *e)
{
	size_t at = s->rules.count;
	for (size_t i = 0; i < s->rules.count;) {
		struct scmp_rule *had = &s->rules.items[i];
		bool same_call = had->arch == r->arch && strcmp(had->syscall, r->syscall) == 0;
		size_t shorter = had->count < r->count ? had->count : r->count;
		if (same_call && had->count == 0)
			return 0;
		if (same_call && r->count == 0) {
			at = at == s->rules.count ? i : at;
			drop(s, i);
			continue;
		}
		if (same_call && same_conditions(had, r, shorter)) {
			bool again = action_equal(had->action, r->action);
			if (!again && had->count >= r->count)
				warn_conflict(s, had, r);
			if (!again || had->count <= r->count)
				return 0;
		}
		if (same_call && at == s->rules.count && goes_before(r, had))
			at = i;
		i++;
	}
	at = at > s->rules.count ? s->rules.count : at;
	if (!vec_push(&s->rules, *r))
		return error_memory(e);
	memmove(&s->rules.items[at + 1], &s->rules.items[at], (s->rules.count - 1 - at) * sizeof(*r));
	s->rules.items[at] = *r;
	r->why = NULL;
	return 0;
}

/* A rule of a file.
 * -------------------------------------------------------------------------------------------- */

static int by_arg(const void *a, const void *b)
{
	return (int)((const struct scmp_condition *)a)->arg - (int)((const struct scmp_condition *)b)->arg;
}

/* `all`: conditions, each argument once. Ignores comparisons of no bits. */
static int add_one(struct scmp *s, const char *syscall, enum arch arch, struct action action, const struct scmp_condition *all,
		   size_t n, const char *why, struct error *e)
{
	struct scmp_rule r = {syscall, arch, action, {{0}}, 0, NULL};
	uint64_t width = arch == ARCH_I386 ? UINT32_MAX : UINT64_MAX;
	for (size_t i = 0; i < n; i++) {
		struct scmp_condition c = all[i];
		c.value &= width;
		c.second = c.op == SCMP_MASKED ? c.second & c.value : 0;
		if (c.op != SCMP_MASKED || c.value != 0)
			r.all[r.count++] = c;
	}
	qsort(r.all, r.count, sizeof(r.all[0]), by_arg);
	if (why != NULL && (r.why = strdup(why)) == NULL)
		return error_memory(e);
	int rc = place(s, &r, e);
	free(r.why);
	return rc;
}

/* i386 has two ways to make some calls: directly, and through socketcall or ipc. libseccomp adds
 * a rule to both, and compares the sub-call's number in place of the first argument
 * (abi_rule_add). */
static int add_behind(struct scmp *s, const char *syscall, struct action action, const struct scmp_condition *all, size_t n,
		      const char *why, bool *any, struct error *e)
{
	struct scmp_condition inner[6];
	size_t count = 0;
	uint32_t number;
	const char *outer = abi_multiplexer(syscall, &number);
	if (outer == NULL || !(s->archs & ARCH_BIT(ARCH_I386)))
		return 0;
	*any = true;
	inner[count++] = (struct scmp_condition){0, SCMP_EQ, number, 0};
	for (size_t i = 0; i < n; i++)
		if (all[i].arg != 0)
			inner[count++] = all[i];
	return add_one(s, outer, ARCH_I386, action, inner, count, why, e);
}

static int add_everywhere(struct scmp *s, const char *syscall, struct action action, const struct scmp_condition *all, size_t n,
			  const char *why, bool *any, struct error *e)
{
	int rc = add_behind(s, syscall, action, all, n, why, any, e);
	for (unsigned arch = 0; arch < ARCH_COUNT && rc == 0; arch++) {
		const struct syscall_desc *call = abi_call((enum arch)arch, syscall);
		*any |= call != NULL;
		if (call != NULL && (s->archs & ARCH_BIT(arch)))
			rc = add_one(s, call->name, (enum arch)arch, action, all, n, why, e);
	}
	return rc;
}

int scmp_add(struct scmp *s, const char *syscall, struct action action, const struct scmp_condition *all, size_t n,
	     const char *why, struct error *e)
{
	unsigned seen = 0;
	bool twice = false, any = false;
	for (size_t i = 0; i < n; i++) {
		twice |= seen >> all[i].arg & 1;
		seen |= 1u << all[i].arg;
	}
	int rc = twice ? 0 : add_everywhere(s, syscall, action, all, n, why, &any, e);
	for (size_t i = 0; i < n && twice && rc == 0; i++)
		rc = add_everywhere(s, syscall, action, &all[i], 1, why, &any, e);
	return rc < 0 ? rc : !any;
}

/* Rules → the policy. ------------------------------------------------------------------------------------------ */

static bool is_address(const struct syscall_desc *call, unsigned arg)
{
	return arg < syscall_arg_count(call) && arg_is_address(&call->args[arg]);
}

/* Returns whether an argument of this width can have this register value. A sign-extended negative
 * number counts. */
static bool value_fits(uint64_t value, uint64_t compared, uint64_t width)
{
	uint64_t above = value & ~width, sign = (width >> 1) + 1;
	return above == 0 || (above == (compared & ~width) && ((value | ~compared) & sign) != 0);
}

/* Computes the values of an argument of this width whose register meets a comparison: one or two
 * ranges of the bits in *mask. *n is 0 if there are none. */
static void values(const struct scmp_condition *c, uint64_t width, uint64_t whole, uint64_t *mask, struct range r[2], size_t *n)
{
	uint64_t value = c->op == SCMP_MASKED ? c->second : c->value, compared = c->op == SCMP_MASKED ? c->value : whole;
	bool fits = value_fits(value, compared, width);
	*mask = width & compared;
	*n = 1;
	r[0] = (struct range){0, width};
	if (c->op == SCMP_EQ || c->op == SCMP_MASKED) {
		r[0] = (struct range){value & width, value & width};
		*n = fits;
	} else if (c->op == SCMP_NE && fits) {
		value &= width;
		*n = 0;
		if (value > 0)
			r[(*n)++] = (struct range){0, value - 1};
		if (value < width)
			r[(*n)++] = (struct range){value + 1, width};
	} else if (c->op == SCMP_LT || c->op == SCMP_LE) {
		*n = c->op == SCMP_LE || value > 0;
		r[0].hi = value > width ? width : c->op == SCMP_LT ? value - 1 : value;
	} else if (c->op == SCMP_GT || c->op == SCMP_GE) {
		*n = value < width || (value == width && c->op == SCMP_GE);
		r[0].lo = c->op == SCMP_GT ? value + 1 : value;
	}
}

/* libseccomp compares the register, but a policy compares the argument, whose width is the
 * kernel's. *never: no argument can meet the test, unless the caller left other bits in the
 * register. */
static int add_test(struct scmp *s, struct alternative *a, const struct scmp_condition *c, const struct syscall_desc *call,
		    enum arch arch, bool *never, struct error *e)
{
	unsigned bits = syscall_arg_bits(call, arch, c->arg);
	uint64_t width = bits >= 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1, mask;
	struct range r[2];
	size_t n;
	uint64_t whole = arch == ARCH_I386 ? UINT32_MAX : UINT64_MAX;
	values(c, width, whole, &mask, r, &n);
	*never = n == 0;
	if (width != whole)
		foreign_warn(s->foreign,
			     "arguments narrower than their register: the policy ignores the register's other bits; "
			     "libseccomp compares them");
	bool always = n == 1 && (mask == 0 || (r[0].lo == 0 && r[0].hi == width));
	return n == 0 || always ? 0 : alternative_add_test(a, call, arch, c->arg, mask, r, n, e);
}

static int add_rule(struct scmp *s, const struct scmp_rule *r, struct alternative *a, struct error *e)
{
	struct foreign_alternatives any = {0};
	bool always = a->tests.count == 0;
	if (!always && !vec_push(&any, *a))
		return error_memory(e);
	if (!always)
		*a = (struct alternative){0};
	int rc = foreign_rule(s->foreign, r->arch, r->syscall, r->action, always ? NULL : &any, r->why, e);
	foreign_alternatives_clear(&any);
	return rc;
}

static int add_to_policy(struct scmp *s, const struct scmp_rule *r, struct error *e)
{
	const struct syscall_desc *call = abi_call(r->arch, r->syscall);
	struct alternative a = {0};
	bool never = false;
	int rc = 0;
	for (size_t i = 0; i < r->count && rc == 0 && !never; i++) {
		if (is_address(call, r->all[i].arg))
			foreign_warn(
			    s->foreign,
			    "%s: %s is an address, which a policy does not compare: any value, so that more is %s",
			    r->syscall, syscall_arg_name(call, r->all[i].arg),
			    lets_through(r->action) ? "let through" : "denied");
		else
			rc = add_test(s, &a, &r->all[i], call, r->arch, &never, e);
	}
	if (rc == 0 && never)
		foreign_warn(s->foreign, "%s: no argument of this width can meet a comparison", r->syscall);
	else if (rc == 0)
		rc = add_rule(s, r, &a, e);
	alternative_clear(&a);
	return rc;
}

static bool orders(const struct scmp_rule *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (op_kind(r->all[i].op) != 3)
			return true;
	return false;
}

/* Warns if libseccomp may not keep the order of comparisons with different answers: it makes a
 * single tree of a call's comparisons. */
static void warn_orders(struct scmp *s, size_t i)
{
	const struct scmp_rule *r = &s->rules.items[i];
	for (size_t k = 0; k < s->rules.count && orders(r); k++) {
		const struct scmp_rule *other = &s->rules.items[k];
		if (other->arch == r->arch && !action_equal(other->action, r->action) && strcmp(other->syscall, r->syscall) == 0) {
			foreign_warn(s->foreign,
				     "%s: if several answers apply, libseccomp may choose another one than this policy",
				     r->syscall);
			return;
		}
	}
}

int scmp_finish(struct scmp *s, struct error *e)
{
	int rc = 0;
	for (size_t i = 0; i < s->rules.count && rc == 0; i++) {
		warn_orders(s, i);
		rc = add_to_policy(s, &s->rules.items[i], e);
	}
	return rc == 0 ? foreign_finish(s->foreign, e) : rc;
}

void scmp_clear(struct scmp *s)
{
	for (size_t i = 0; i < s->rules.count; i++)
		free(s->rules.items[i].why);
	vec_free(&s->rules);
}

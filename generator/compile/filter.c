/* Makes a filter of a policy: lower, compile, assemble, and then the proof of the result.
 * SPDX-License-Identifier: MIT */
#include "generator/compile/pipeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* How many of the largest rules the message of a filter that is too long names. */
#define CULPRITS 5

void filter_clear(struct filter *f)
{
	vec_free(&f->code);
}

struct cost {
	const struct compiled_rule *rule;
	size_t instructions;
};

static int by_cost(const void *a, const void *b)
{
	const struct cost *x = a, *y = b;
	if (x->instructions != y->instructions)
		return x->instructions < y->instructions ? 1 : -1;
	return (x->rule > y->rule) - (x->rule < y->rule);
}

/* Sets the error of a filter that is too long, with the largest rules: "ioctl (x86_64) 3000, fcntl (x86_64) 700". A size of 0
 * means that the graph reached its limit within the last rule. Returns ERR_LIMIT or ERR_MEMORY. */
static int too_long(struct compiled *c, size_t size, struct error *e)
{
	struct text t = {0};
	struct cost *costs = calloc(c->rules.count + 1, sizeof(*costs));
	if (costs == NULL)
		return error_memory(e);
	for (size_t i = 0; i < c->rules.count; i++)
		costs[i] = (struct cost){&c->rules.items[i], node_size(&c->nodes, c->rules.items[i].node, NULL)};
	if (size == 0 && c->rules.count > 0)
		costs[c->rules.count - 1].instructions = NODE_LIMIT;
	qsort(costs, c->rules.count, sizeof(*costs), by_cost);
	for (size_t i = 0; i < c->rules.count && i < CULPRITS; i++) {
		text_add(&t, "%s%s (%s) ", i > 0 ? ", " : "", costs[i].rule->rule->syscall, arch_name(costs[i].rule->arch));
		if (costs[i].instructions >= NODE_LIMIT)
			text_add(&t, "far more than the kernel takes");
		else
			text_add(&t, "%zu", costs[i].instructions);
	}
	free(costs);
	char total[32] = "far more";
	if (size > 0)
		snprintf(total, sizeof(total), "%zu", size);
	int rc = t.failed
		     ? error_memory(e)
		     : error_set(e, ERR_LIMIT,
				 "the filter needs %s instructions and the kernel takes %d; these rules need most: %s; give them "
				 "fewer alternatives, or none",
				 total, BPF_MAXINSNS, text_string(&t));
	text_free(&t);
	return rc;
}

/* Sets the error of a filter that differs from its policy: a bug of this program. */
static int refuse(const struct seccomp_data *w, struct error *e)
{
	char buffer[32];
	int arch = arch_by_audit(w->arch);
	const char *name = arch < 0 ? "?" : abi_name((enum arch)arch, (uint32_t)w->nr, buffer, sizeof(buffer));
	return error_set(e, ERR_INTERNAL,
			 "internal error: the filter differs from the policy at %s (architecture 0x%" PRIx32
			 ", number %d, "
			 "arguments 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64
			 ", 0x%" PRIx64 "); please report it with the policy",
			 name, w->arch, w->nr, (uint64_t)w->args[0], (uint64_t)w->args[1], (uint64_t)w->args[2],
			 (uint64_t)w->args[3], (uint64_t)w->args[4], (uint64_t)w->args[5]);
}

/* Proves the filter. With `quick`, returns ERR_LIMIT where the proof would take long. */
static int check(const struct policy *p, const struct filter *f, bool quick, struct error *e)
{
	struct seccomp_data witness = {0};
	int rc = filter_validate(f->code.items, f->code.count, e);
	if (rc < 0) {
		error_prefix(e, "internal error: the filter is not valid: ");
		return rc;
	}
	rc = (quick ? filter_verify_quick : filter_verify)(f->code.items, f->code.count, p, &witness, e);
	return rc == 1 ? refuse(&witness, e) : rc;
}

static int make(const struct compile_input *in, struct filter *out, struct error *e)
{
	struct compiled c = {0};
	int rc = compile(in, &c, e);
	if (rc == ERR_LIMIT)
		rc = too_long(&c, 0, e);
	if (rc == 0)
		rc = assemble(&c.nodes, c.root, out, e);
	if (rc == 0 && out->code.count > BPF_MAXINSNS)
		rc = too_long(&c, out->code.count, e);
	compiled_clear(&c);
	return rc;
}

/* Where the fastest filter is too long, makes the smallest one. */
static int make_what_fits(struct compile_input in, struct filter *out, struct error *e)
{
	int rc = make(&in, out, e);
	if (rc != ERR_LIMIT || !in.options->speed)
		return rc;
	struct compile_options smallest = *in.options;
	smallest.speed = false;
	in.options = &smallest;
	filter_clear(out);
	*e = (struct error){0};
	return make(&in, out, e);
}

/* Builds a filter without proving it. `steps` limits the work for the graphs of all rules; with 0, each rule tries one
 * alternative after the other. */
static int build(const struct policy *p, const struct compile_options *options, size_t steps, struct filter *out,
		 struct error *e)
{
	struct decisions d = {0};
	struct lowered lowered[ARCH_COUNT] = {0};
	struct samples samples;
	size_t n = 0;
	int rc = samples_make(&samples, options->counts) ? 0 : error_memory(e);
	for (unsigned arch = 0; arch < ARCH_COUNT && rc == 0; arch++)
		if (p->archs & ARCH_BIT(arch))
			rc = lower(p, (enum arch)arch, &d, &steps, &lowered[n++], e);
	if (rc == 0)
		rc = make_what_fits((struct compile_input){p, &d, lowered, n, &samples, options}, out, e);
	for (size_t i = 0; i < n; i++)
		lowered_clear(&lowered[i]);
	decisions_free(&d);
	samples_free(&samples);
	return rc;
}

/* Replaces a filter by one that tries one alternative after the other, if that one can be proven quickly. Returns whether it
 * did. */
static bool plain_filter(const struct policy *p, const struct compile_options *options, struct filter *f)
{
	struct filter plain = {0};
	struct error ignored = {0};
	bool fine = build(p, options, 0, &plain, &ignored) == 0 && check(p, &plain, true, &ignored) == 0;
	filter_clear(fine ? f : &plain);
	if (fine)
		*f = plain;
	return fine;
}

int filter_compile(const struct policy *p, const struct compile_options *options, struct filter *out, struct error *e)
{
	static const struct compile_options smallest;
	struct filter f = {0};
	if (p->archs == 0)
		return error_set(e, ERR_INPUT, "the policy is for no architecture");
	options = options != NULL ? options : &smallest;
	int rc = build(p, options, RULE_STEPS, &f, e);
	bool built = rc == 0;
	if (built)
		rc = check(p, &f, true, e);
	if (rc == ERR_LIMIT && plain_filter(p, options, &f)) {
		*e = (struct error){0};
		rc = 0;
	} else if (rc == ERR_LIMIT && built) {
		rc = check(p, &f, false, e);
	}
	if (rc < 0)
		filter_clear(&f);
	else
		*out = f;
	return rc;
}

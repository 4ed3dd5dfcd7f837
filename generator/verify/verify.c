/* Decides whether a filter says what a policy says: makes decision diagrams of both, which are equal where they are one node, and
 * compares what the diagrams say with the filter and with the direct evaluator. SPDX-License-Identifier: MIT */
#include "generator/verify/verify.h"

#include <stdlib.h>
#include <string.h>

/* How many cases of equal diagrams are tried again, spread evenly; how many cases that are not followed are tried, and how often
 * each. */
#define SAMPLES	 500
#define GUESSES	 64
#define UNKNOWNS 64

struct comparing {
	struct instructions program;
	const struct policy *policy;
	struct seccomp_data *witness;
	struct diagram diagram;
	uint32_t said, meant; /* the diagrams of the filter and of the policy */
	uint64_t random;

	/* Walking through a diagram: */
	struct seccomp_data call;
	bool *seen; /* per node */
	size_t cases, stride;
};

static uint32_t said_of(const struct comparing *c, const struct seccomp_data *call)
{
	return filter_run(c->program.code, c->program.n, call, NULL);
}

/* Returns whether filter and policy differ for a call; keeps it as the witness then. */
static bool true_witness(struct comparing *c, const struct seccomp_data *call)
{
	if (said_of(c, call) == action_ret(policy_evaluate(c->policy, call)))
		return false;
	*c->witness = *call;
	return true;
}

static int contradicted(struct error *e)
{
	return error_set(e, ERR_INTERNAL,
			 "internal error: the proof contradicts the filter or the policy that it is about; please "
			 "report it with both");
}

/* Returns the part of a diagram for one value of the architecture, whose bits come first. */
static uint32_t of_arch(const struct diagram *d, uint32_t node, uint32_t audit)
{
	while (d->nodes.items[node].bit < 32)
		node = (audit >> (31 - d->nodes.items[node].bit) & 1) ? d->nodes.items[node].hi : d->nodes.items[node].lo;
	return node;
}

/* Walks down both diagrams to a call that they answer differently, one with small values. Returns 1 or a negative code. */
static int find_difference(struct comparing *c, uint32_t a, uint32_t b, uint32_t audit, struct error *e)
{
	const struct choice_node *nodes = c->diagram.nodes.items;
	struct seccomp_data call = {.arch = audit};
	while (nodes[a].bit != BITS || nodes[b].bit != BITS) {
		uint32_t bit = nodes[a].bit < nodes[b].bit ? nodes[a].bit : nodes[b].bit;
		uint32_t a_lo = nodes[a].bit == bit ? nodes[a].lo : a, b_lo = nodes[b].bit == bit ? nodes[b].lo : b;
		bool one = a_lo == b_lo;
		bit_set(&call, bit, one);
		a = one && nodes[a].bit == bit ? nodes[a].hi : one ? a : a_lo;
		b = one && nodes[b].bit == bit ? nodes[b].hi : one ? b : b_lo;
	}
	return a != b && true_witness(c, &call) ? 1 : contradicted(e);
}

/* Finds a call that differs: on an architecture of the policy if there is one, else on a known one, else on any. Returns 1 or a
 * negative code. */
static int difference(struct comparing *c, uint32_t said, struct error *e)
{
	for (int policys = 1; policys >= 0; policys--)
		for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
			uint32_t audit = arch_audit((enum arch)arch);
			uint32_t a = of_arch(&c->diagram, said, audit), b = of_arch(&c->diagram, c->meant, audit);
			if (a != b && ((c->policy->archs & ARCH_BIT(arch)) != 0) == policys)
				return find_difference(c, a, b, audit, e);
		}
	return find_difference(c, said, c->meant, 0, e);
}

/* Completes the call that led to a node at random and runs filter and evaluator on it. Returns 0, 1 where they differ, or a
 * negative code. */
static int ask(struct comparing *c, uint32_t node, struct error *e)
{
	const struct diagram *d = &c->diagram;
	struct seccomp_data call = c->call;
	while (!diagram_is_end(d, node)) {
		bool value = probe_random(&c->random) >> 63;
		bit_set(&call, d->nodes.items[node].bit, value);
		node = value ? d->nodes.items[node].hi : d->nodes.items[node].lo;
	}
	if (true_witness(c, &call))
		return 1;
	/* They agree about this call. Then their answer must be the one that was proven. */
	const struct choice_node *end = &d->nodes.items[node];
	bool agreed = end->hi == END_VERDICT && end->lo == said_of(c, &call);
	return agreed || end->hi == END_APART ? 0 : contradicted(e);
}

/* Visits each node once. Tries a call on each way that ends, or meets a visited node: there is one way more than nodes. */
static int sample(struct comparing *c, uint32_t node, struct error *e)
{
	const struct choice_node *n = &c->diagram.nodes.items[node];
	if (n->bit == BITS || c->seen[node])
		return c->cases++ % c->stride == 0 ? ask(c, node, e) : 0;
	c->seen[node] = true;
	bit_set(&c->call, n->bit, false);
	int rc = sample(c, n->lo, e);
	if (rc == 0) {
		bit_set(&c->call, n->bit, true);
		rc = sample(c, n->hi, e);
	}
	return rc;
}

static size_t count_nodes(struct comparing *c, uint32_t node)
{
	const struct choice_node *n = &c->diagram.nodes.items[node];
	if (n->bit == BITS || c->seen[node])
		return 0;
	c->seen[node] = true;
	return 1 + count_nodes(c, n->lo) + count_nodes(c, n->hi);
}

/* The diagrams are equal: checks on samples that filter and evaluator do what the diagrams say. */
static int ask_again(struct comparing *c, struct error *e)
{
	c->seen = calloc(c->diagram.nodes.count, sizeof(*c->seen));
	if (c->seen == NULL)
		return error_memory(e);
	c->stride = 1 + count_nodes(c, c->said) / SAMPLES;
	memset(c->seen, 0, c->diagram.nodes.count * sizeof(*c->seen));
	for (size_t i = 0; i < sizeof(c->call) / 8; i++)
		memcpy((char *)&c->call + 8 * i, &(uint64_t){probe_random(&c->random)}, 8);
	return sample(c, c->said, e);
}

/* Looks for a difference where the program was not followed. Returns 1 where it finds one; 0 proves nothing. */
static int guess(struct comparing *c, uint32_t node, uint32_t *instruction)
{
	const struct choice_node *n = &c->diagram.nodes.items[node];
	if (c->seen[node] || c->cases >= UNKNOWNS)
		return 0;
	c->seen[node] = n->bit != BITS;
	if (n->bit == BITS) {
		if (n->hi != END_UNKNOWN)
			return 0;
		*instruction = n->lo;
		c->cases++;
		for (int i = 0; i < GUESSES; i++) {
			/* The way to here did not ask all bits: changes one argument at a time. */
			if (true_witness(c, &c->call))
				return 1;
			uint64_t any = probe_random(&c->random);
			struct seccomp_data call = c->call;
			call.args[any % 6] = probe_random(&c->random) >> (any >> 8) % 64;
			if (true_witness(c, &call))
				return 1;
		}
		return 0;
	}
	bit_set(&c->call, n->bit, false);
	int rc = guess(c, n->lo, instruction);
	if (rc == 0) {
		bit_set(&c->call, n->bit, true);
		rc = guess(c, n->hi, instruction);
	}
	return rc;
}

/* The diagrams are equal, except where the program was not followed. Returns 1 with a witness, or a negative code. */
static int cannot_tell(struct comparing *c, struct error *e)
{
	uint32_t instruction = 0;
	c->seen = calloc(c->diagram.nodes.count, sizeof(*c->seen));
	if (c->seen == NULL)
		return error_memory(e);
	if (guess(c, c->said, &instruction) == 1)
		return 1;
	return error_set(e, ERR_LIMIT,
			 "cannot decide whether the filter equals the policy: instruction %u depends on a product, "
			 "quotient, sum or comparison of loaded words, which is not followed",
			 instruction);
}

/* Lists the answers that the policy can give. NULL: no memory. The caller frees the list. */
static uint32_t *verdicts_of(const struct policy *p, size_t *n)
{
	uint32_t *verdicts = calloc(p->rules.count + 3, sizeof(*verdicts));
	if (verdicts == NULL)
		return NULL;
	uint32_t all[] = {action_ret(p->default_action), action_ret(p->newer), SECCOMP_RET_KILL_PROCESS};
	*n = 0;
	for (size_t i = 0; i < p->rules.count + 3; i++) {
		uint32_t v = i < 3 ? all[i] : action_ret(p->rules.items[i - 3].action);
		size_t k = 0;
		while (k < *n && verdicts[k] != v)
			k++;
		verdicts[k] = v;
		*n += k == *n;
	}
	return verdicts;
}

/* Compares both as diagrams. Calls with too many alternatives are added to *apart and not compared (NULL: all are compared).
 * Returns 0, 1 with a witness, or a negative code. */
static int compare(struct comparing *c, struct apart_rules *apart, struct error *e)
{
	static const struct apart_rules none = {0};
	struct diagram *d = &c->diagram;
	struct largest_rule largest;
	int rc = diagram_start(d) ? policy_diagram(d, c->policy, &c->meant, &largest, apart, e) : error_memory(e);
	if (rc == 0) {
		rc = program_diagram(d, &c->program, apart == NULL ? &none : apart, &c->meant, &c->said, e);
		if (rc == ERR_LIMIT && largest.rule != NULL)
			error_prefix(e, "the rule of %s (%s) is the largest: ", largest.rule->syscall,
				     arch_name(largest.arch));
	}
	if (rc < 0)
		return rc;
	if (c->said == c->meant)
		return ask_again(c, e);
	uint32_t known = diagram_where_known(d, c->said, c->meant);
	if (diagram_useless(d))
		return d->failed ? error_memory(e)
				 : error_set(e, ERR_LIMIT, "cannot decide whether the filter equals the policy: "
							   "they are too large to be compared");
	return known != c->meant ? difference(c, known, e) : cannot_tell(c, e);
}

/* Frees what a comparison made, so that another one can begin. */
static void compared(struct comparing *c)
{
	diagram_free(&c->diagram);
	free(c->seen);
	c->seen = NULL;
	c->cases = 0;
}

/* Proves the calls that compare left out. Returns 0, 1 with a witness, ERR_LIMIT where one is not proven, or another negative
 * code. */
static int prove_apart(struct comparing *c, const struct apart_rules *apart, struct error *e)
{
	for (size_t i = 0; i < apart->all.count; i++) {
		const struct apart *rule = &apart->all.items[i];
		if (probe_call(&c->program, c->policy, rule, c->witness))
			return 1;
		int rc = rule_holds(&c->program, c->policy, rule, c->witness, e);
		if (rc == RULE_DIFFERS)
			return 1;
		if (rc == RULE_UNDECIDED)
			rc = error_set(e, ERR_LIMIT,
				       "cannot decide whether the filter equals the policy: the rule of %s (%s) has alternatives that combine in "
				       "more ways than pinhole can hold",
				       rule->rule->syscall, arch_name(rule->arch));
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Tries the quick way first: one diagram for all calls, except those with many alternatives. */
static int verify(struct comparing *c, bool quick, struct error *e)
{
	struct apart_rules apart = {0};
	int rc = compare(c, &apart, e);
	bool whole = rc == 0 && apart.all.count > 0;
	compared(c);
	if (whole)
		rc = prove_apart(c, &apart, e);
	if (whole && rc == ERR_LIMIT && !quick) {
		rc = compare(c, NULL, e);
		compared(c);
	}
	vec_free(&apart.all);
	return rc == ERR_LIMIT && !quick && probe_all(&c->program, c->policy, c->witness) ? 1 : rc;
}

static int verify_filter(struct instructions program, const struct policy *p, bool quick, struct seccomp_data *witness,
			 struct error *e)
{
	uint32_t *verdicts = verdicts_of(p, &program.verdict_count);
	if (verdicts == NULL)
		return error_memory(e);
	program.verdicts = verdicts;
	struct comparing c = {.program = program, .policy = p, .witness = witness, .random = 0x9e3779b97f4a7c15};
	int rc = verify(&c, quick, e);
	free(verdicts);
	return rc;
}

int filter_verify(const struct sock_filter *code, size_t n, const struct policy *p, struct seccomp_data *witness,
		  struct error *e)
{
	return verify_filter((struct instructions){.code = code, .n = n}, p, false, witness, e);
}

int filter_verify_quick(const struct sock_filter *code, size_t n, const struct policy *p, struct seccomp_data *witness,
			struct error *e)
{
	return verify_filter((struct instructions){.code = code, .n = n}, p, true, witness, e);
}

/* Does a filter say what a policy says? Both as decision diagrams (equal where they are one node), and what these say
 * asked of the filter and of the direct evaluator again. SPDX-License-Identifier: MIT */
#include "verify.h"

#include <stdlib.h>
#include <string.h>

/* How many of the cases of an equal pair are asked again, spread evenly, and how often each case that is not followed. */
#define SAMPLES	 500
#define GUESSES	 64
#define UNKNOWNS 64

struct comparing {
	const struct sock_filter *code;
	size_t n;
	const struct policy *policy;
	struct seccomp_data *witness;
	struct diagram diagram;
	uint32_t said, meant; /* the filter's and the policy's diagram */
	uint64_t random;

	/* Walking through a diagram: */
	struct seccomp_data call;
	bool *seen; /* per node */
	size_t cases, stride;
};

/* xorshift64*: the same calls each time. */
static uint64_t next_random(struct comparing *c)
{
	c->random ^= c->random >> 12;
	c->random ^= c->random << 25;
	c->random ^= c->random >> 27;
	return c->random * 2685821657736338717u;
}

static bool true_witness(struct comparing *c, const struct seccomp_data *call)
{
	if (filter_run(c->code, c->n, call, NULL) == action_ret(policy_evaluate(c->policy, call)))
		return false;
	*c->witness = *call;
	return true;
}

static int contradicted(struct error *e)
{
	return error_set(e, ERR_SYSTEM,
			 "internal error: the proof contradicts the filter or the policy that it is about; please "
			 "report it with both");
}

/* What is left of a diagram for one value of the architecture, whose bits come first. */
static uint32_t of_arch(const struct diagram *d, uint32_t node, uint32_t audit)
{
	while (d->nodes.items[node].bit < 32)
		node = (audit >> (31 - d->nodes.items[node].bit) & 1) ? d->nodes.items[node].hi : d->nodes.items[node].lo;
	return node;
}

/* Goes down both diagrams where they differ, by the smaller values where there is a choice. */
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

/* On an architecture of the policy if there is one such, else on another one that is known, else on any. */
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

/* Completes the call that led to a node in any way, asks both sides. Returns 0, 1 or a negative code. */
static int ask(struct comparing *c, uint32_t node, struct error *e)
{
	const struct diagram *d = &c->diagram;
	struct seccomp_data call = c->call;
	while (!diagram_is_end(d, node)) {
		bool value = next_random(c) >> 63;
		bit_set(&call, d->nodes.items[node].bit, value);
		node = value ? d->nodes.items[node].hi : d->nodes.items[node].lo;
	}
	if (true_witness(c, &call))
		return 1;
	/* They agree about this call; then it must be about what was proven. */
	const struct choice_node *end = &d->nodes.items[node];
	bool agreed = end->hi == END_VERDICT && end->lo == filter_run(c->code, c->n, &call, NULL);
	return agreed ? 0 : contradicted(e);
}

/* Comes to each node once, and asks at the ways that end or meet a known node: one more than there are nodes. */
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

/* The diagrams are equal: does the filter do what they say, and the evaluator mean it? */
static int ask_again(struct comparing *c, struct error *e)
{
	c->seen = calloc(c->diagram.nodes.count, sizeof(*c->seen));
	if (c->seen == NULL)
		return error_memory(e);
	c->stride = 1 + count_nodes(c, c->said) / SAMPLES;
	memset(c->seen, 0, c->diagram.nodes.count * sizeof(*c->seen));
	for (size_t i = 0; i < sizeof(c->call) / 8; i++)
		memcpy((char *)&c->call + 8 * i, &(uint64_t){next_random(c)}, 8);
	return sample(c, c->said, e);
}

/* Tries to find a difference where the program was not followed; none found says nothing. */
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
			/* What the way here did not ask is free: of the words, one at a time. */
			if (true_witness(c, &c->call))
				return 1;
			uint64_t any = next_random(c);
			struct seccomp_data call = c->call;
			call.args[any % 6] = next_random(c) >> (any >> 8) % 64;
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

/* Equal where the program is followed, and not followed everywhere. */
static int cannot_tell(struct comparing *c, struct error *e)
{
	uint32_t instruction = 0;
	c->seen = calloc(c->diagram.nodes.count, sizeof(*c->seen));
	if (c->seen == NULL)
		return error_memory(e);
	if (guess(c, c->said, &instruction) == 1)
		return 1;
	return error_set(e, ERR_LIMIT,
			 "cannot tell whether the filter says what the policy says: instruction %u depends on a product, "
			 "quotient, sum or comparison of loaded words, which is not followed",
			 instruction);
}

/* What the policy may answer. */
static uint32_t *verdicts_of(const struct policy *p, size_t *n)
{
	uint32_t *verdicts = calloc(p->rules.count + 3, sizeof(*verdicts));
	if (verdicts == NULL)
		return NULL;
	uint32_t all[] = {action_ret(p->fallback), action_ret(p->newer), SECCOMP_RET_KILL_PROCESS};
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

static int compare(struct comparing *c, struct error *e)
{
	struct diagram *d = &c->diagram;
	struct largest_rule largest;
	size_t n = 0;
	uint32_t *verdicts = verdicts_of(c->policy, &n);
	int rc = verdicts == NULL || !diagram_start(d) ? error_memory(e) : 0;
	if (rc == 0)
		rc = policy_diagram(d, c->policy, &c->meant, &largest, e);
	if (rc == 0) {
		struct instructions program = {c->code, c->n, verdicts, n};
		rc = program_diagram(d, &program, &c->meant, &c->said, e);
		if (rc == ERR_LIMIT && largest.rule != NULL)
			error_prefix(e, "the rule of %s (%s) is the largest: ", largest.rule->syscall,
				     arch_name(largest.arch));
	}
	free(verdicts);
	if (rc < 0)
		return rc;
	if (c->said == c->meant)
		return ask_again(c, e);
	uint32_t known = diagram_where_known(d, c->said, c->meant);
	if (diagram_useless(d))
		return d->failed ? error_memory(e)
				 : error_set(e, ERR_LIMIT, "cannot tell whether the filter says what the policy says: "
							   "they are too large to be compared");
	return known != c->meant ? difference(c, known, e) : cannot_tell(c, e);
}

int filter_verify(const struct sock_filter *code, size_t n, const struct policy *p, struct seccomp_data *witness,
		  struct error *e)
{
	struct comparing c = {.code = code, .n = n, .policy = p, .witness = witness, .random = 0x9e3779b97f4a7c15};
	int rc = compare(&c, e);
	diagram_free(&c.diagram);
	free(c.seen);
	return rc;
}

/* Proves the rules of one call with many alternatives without a diagram of them all: each place of the program gets a claim, and
 * each claim must follow from the claims of the next places. SPDX-License-Identifier: MIT
 *
 * A claim about a place says: if each argument has one of the values that are `possible` there, the program answers with the
 * action of the first alternative that holds among those that are `left`, and with the policy's default where none holds. At the
 * first place all values are possible and all alternatives are left: that claim is the one to prove. Programs that try one
 * alternative after the other have such claims. For other programs there may be none, even if the program is right. */
#include "generator/verify/verify.h"

#include <stdlib.h>
#include <string.h>

/* The number of arguments. */
#define ARGS 6

/* How many calls are tried where claims fail, and how many of them with the same sets of values. */
#define TRIES_MOST ((size_t)1 << 16)
#define TRIES_EACH 4

struct claim {
	bool reached;
	uint32_t possible[ARGS]; /* of each argument: a diagram */
	uint64_t *left;		 /* a bit for each alternative */
};

struct proof {
	struct diagram *diagram;
	const struct place_end *places;
	struct claim *claims; /* per place */
	size_t place_count, count;
	uint32_t (*alternatives)[ARGS]; /* per alternative: the values of each argument that meet it */
	uint32_t *actions, default_action; /* verdicts as diagrams */
	const struct instructions *program;
	const struct policy *policy;
	struct seccomp_data call; /* of the rule's architecture and number */
	uint64_t random;
};

static size_t words_of(size_t bits)
{
	return (bits + 63) / 64;
}

static bool has(const uint64_t *set, size_t i)
{
	return set[i / 64] >> i % 64 & 1;
}

static bool disjoint(struct diagram *d, uint32_t a, uint32_t b)
{
	return diagram_if(d, a, b, DIAGRAM_FALSE) == DIAGRAM_FALSE;
}

/* Whether a is within b. */
static bool within(struct diagram *d, uint32_t a, uint32_t b)
{
	return diagram_if(d, b, DIAGRAM_FALSE, a) == DIAGRAM_FALSE;
}

/* Returns the argument that a condition is about; ARGS: it is about none, or about several. */
static unsigned argument_of(const struct diagram *d, uint32_t condition)
{
	uint32_t bit = d->nodes.items[condition].bit;
	if (bit < ARGUMENTS || bit >= ARGUMENTS + ARGS * ARGUMENT_BITS)
		return ARGS;
	unsigned arg = (bit - ARGUMENTS) / ARGUMENT_BITS;
	return diagram_asks_before(d, condition, ARGUMENTS + (arg + 1) * ARGUMENT_BITS) ? arg : ARGS;
}

/* Returns whether an alternative holds for none of the possible values. */
static bool impossible(const struct proof *p, size_t i, const uint32_t *possible)
{
	for (unsigned arg = 0; arg < ARGS; arg++)
		if (disjoint(p->diagram, possible[arg], p->alternatives[i][arg]))
			return true;
	return false;
}

/* Returns whether an alternative holds for all possible values. */
static bool certain(const struct proof *p, size_t i, const uint32_t *possible)
{
	for (unsigned arg = 0; arg < ARGS; arg++)
		if (!within(p->diagram, possible[arg], p->alternatives[i][arg]))
			return false;
	return true;
}

/* Finding the claims. ---------------------------------------------------------------------------------------- */

/* Fills in the values that are possible after a branch. Returns false where there are none. */
static bool branch(const struct proof *p, const struct claim *c, unsigned arg, uint32_t condition, bool holds,
		   uint32_t *possible)
{
	memcpy(possible, c->possible, sizeof(c->possible));
	if (condition == (holds ? DIAGRAM_FALSE : DIAGRAM_TRUE))
		return false;
	if (arg < ARGS)
		possible[arg] = holds ? diagram_if(p->diagram, condition, possible[arg], DIAGRAM_FALSE)
				      : diagram_if(p->diagram, condition, DIAGRAM_FALSE, possible[arg]);
	return arg >= ARGS || possible[arg] != DIAGRAM_FALSE;
}

/* Returns whether a claim can be made about a place: its condition is about one argument (*arg), or a constant. */
static bool one_argument(const struct proof *p, const struct place_end *at, unsigned *arg)
{
	*arg = argument_of(p->diagram, at->condition);
	return *arg < ARGS || at->condition == DIAGRAM_TRUE || at->condition == DIAGRAM_FALSE;
}

/* Adds the values of one way to a place to those that are possible there. */
static void arrive(struct proof *p, uint32_t to, const uint32_t *possible)
{
	struct claim *c = &p->claims[to];
	for (unsigned arg = 0; arg < ARGS; arg++)
		c->possible[arg] =
		    c->reached ? diagram_if(p->diagram, c->possible[arg], DIAGRAM_TRUE, possible[arg]) : possible[arg];
	c->reached = true;
}

/* Finds the values that are possible at each place, from the first to the last. Returns false where no claims can be made. */
static bool find_possible(struct proof *p)
{
	for (size_t at = 0; at < p->place_count; at++) {
		const struct place_end *here = &p->places[at];
		uint32_t possible[ARGS];
		unsigned arg;
		if (!p->claims[at].reached || here->condition == NOWHERE)
			continue;
		if (!one_argument(p, here, &arg) || diagram_useless(p->diagram))
			return false;
		if (branch(p, &p->claims[at], arg, here->condition, true, possible) && here->yes != NOWHERE)
			arrive(p, here->yes, possible);
		if (branch(p, &p->claims[at], arg, here->condition, false, possible) && here->no != NOWHERE)
			arrive(p, here->no, possible);
	}
	return true;
}

static bool goes_on(const struct proof *p, uint32_t to)
{
	return to != NOWHERE && p->places[to].condition != NOWHERE;
}

/* Finds the alternatives that are left at each place, from the last to the first. An alternative is left where a later condition
 * makes it certain and the program ends there with its action. */
static void find_left(struct proof *p)
{
	for (size_t at = p->place_count; at-- > 0;) {
		const struct place_end *here = &p->places[at];
		struct claim *c = &p->claims[at];
		unsigned arg;
		if (!c->reached || here->condition == NOWHERE)
			continue;
		one_argument(p, here, &arg);
		for (int holds = 0; holds < 2; holds++) {
			uint32_t to = holds ? here->yes : here->no, possible[ARGS];
			if (!branch(p, c, arg, here->condition, holds, possible))
				continue;
			for (size_t i = 0; i < words_of(p->count) && goes_on(p, to); i++)
				c->left[i] |= p->claims[to].left[i];
			if (to == NOWHERE || goes_on(p, to))
				continue;
			for (size_t i = 0; i < p->count; i++)
				if (p->actions[i] == p->places[to].answer && !has(c->left, i) && certain(p, i, possible) && !certain(p, i, c->possible))
					c->left[i / 64] |= (uint64_t)1 << i % 64;
		}
	}
}

/* Checking the claims, however they were found. ------------------------------------------------------------------ */

/* Returns whether a claim holds where the program ends with a verdict: all alternatives that can hold, up to the first one that
 * is certain, must have that verdict; where none is certain, so must the default. */
static bool ends_well(const struct proof *p, const struct claim *c, const uint32_t *possible, uint32_t verdict)
{
	for (size_t i = 0; i < p->count; i++) {
		if (!has(c->left, i) || impossible(p, i, possible))
			continue;
		if (p->actions[i] != verdict)
			return false;
		if (certain(p, i, possible))
			return true;
	}
	return verdict == p->default_action;
}

/* Returns whether the claim of the next place implies, for the values that are possible after a branch, the claim before. */
static bool follows(const struct proof *p, const struct claim *before, const struct claim *after, const uint32_t *possible)
{
	for (unsigned arg = 0; arg < ARGS; arg++)
		if (!after->reached || !within(p->diagram, possible[arg], after->possible[arg]))
			return false;
	for (size_t i = 0; i < p->count; i++)
		if (has(before->left, i) != has(after->left, i) && !impossible(p, i, possible))
			return false;
	return true;
}

static bool claim_holds(struct proof *p, size_t at)
{
	const struct place_end *here = &p->places[at];
	const struct claim *c = &p->claims[at];
	unsigned arg;
	if (here->condition == NOWHERE)
		return at > 0 || ends_well(p, c, c->possible, here->answer); /* ends are checked from the places before them */
	if (!one_argument(p, here, &arg))
		return false;
	for (int holds = 0; holds < 2; holds++) {
		uint32_t to = holds ? here->yes : here->no, possible[ARGS];
		if (!branch(p, c, arg, here->condition, holds, possible))
			continue;
		uint32_t verdict = to == NOWHERE ? DIAGRAM_FALSE : p->places[to].answer;
		if (goes_on(p, to) ? !follows(p, c, &p->claims[to], possible) : !ends_well(p, c, possible, verdict))
			return false;
	}
	return true;
}

/* Where a claim fails: looking for a call that the program answers otherwise than the policy. ------------------- */

/* Gives an argument a value of a set that is not empty, with as many bits as can be of `wish`. */
static void take_from(struct proof *p, unsigned arg, uint32_t set, uint64_t wish)
{
	const struct choice_node *nodes = p->diagram->nodes.items;
	p->call.args[arg] = wish;
	while (nodes[set].bit != BITS) {
		bool value = wish >> (ARGUMENT_BITS - 1 - (nodes[set].bit - ARGUMENTS) % ARGUMENT_BITS) & 1;
		if ((value ? nodes[set].hi : nodes[set].lo) == DIAGRAM_FALSE)
			value = !value;
		bit_set(&p->call, nodes[set].bit, value);
		set = value ? nodes[set].hi : nodes[set].lo;
	}
}

/* Tries some calls whose arguments are in those sets. Returns whether one differs: it is in p->call then. */
static bool try_sets(struct proof *p, const uint32_t *sets)
{
	for (int n = 0; n < TRIES_EACH; n++) {
		/* The least and the greatest values first: few others' tests of single bits hold of these. */
		for (unsigned arg = 0; arg < ARGS; arg++)
			take_from(p, arg, sets[arg], n == 0 ? 0 : n == 1 ? UINT64_MAX : probe_random(&p->random));
		uint32_t said = filter_run(p->program->code, p->program->n, &p->call, NULL);
		if (said != action_ret(policy_evaluate(p->policy, &p->call)))
			return true;
	}
	return false;
}

/* The possible values that meet an alternative, but those of one argument (`outside`; ARGS: of none) that do not meet it.
 * Returns whether there are any. */
static bool values_near(const struct proof *p, size_t i, unsigned outside, const uint32_t *possible, uint32_t *sets)
{
	for (unsigned arg = 0; arg < ARGS; arg++) {
		uint32_t meets = p->alternatives[i][arg];
		sets[arg] = arg == outside ? diagram_if(p->diagram, meets, DIAGRAM_FALSE, possible[arg])
					   : diagram_if(p->diagram, meets, possible[arg], DIAGRAM_FALSE);
		if (sets[arg] == DIAGRAM_FALSE || diagram_useless(p->diagram))
			return false;
	}
	return true;
}

/* Tries calls with possible values, in each alternative and beside it by one argument, from any of them on. */
static bool differs_near(struct proof *p, const uint32_t *possible, size_t tries)
{
	size_t kinds = p->count * (ARGS + 1), first = kinds > 0 ? probe_random(&p->random) % kinds : 0;
	for (size_t n = 0; n < kinds && tries > 0; n++) {
		size_t kind = (first + n) % kinds;
		uint32_t sets[ARGS];
		bool any = values_near(p, kind / (ARGS + 1), kind % (ARGS + 1), possible, sets);
		if (any && try_sets(p, sets))
			return true;
		tries -= !any ? 1 : tries < TRIES_EACH ? tries : TRIES_EACH;
	}
	return false;
}

static bool differs_at(struct proof *p, size_t at, size_t tries)
{
	const struct place_end *here = &p->places[at];
	const struct claim *c = &p->claims[at];
	unsigned arg;
	if (here->condition == NOWHERE)
		return differs_near(p, c->possible, tries);
	one_argument(p, here, &arg);
	for (int holds = 0; holds < 2; holds++) {
		uint32_t possible[ARGS];
		if (branch(p, c, arg, here->condition, holds, possible) && differs_near(p, possible, tries / 2))
			return true;
	}
	return false;
}

/* Checks all claims, and looks for a call that differs where some fail. Returns RULE_…. */
static int check_claims(struct proof *p)
{
	bool *fails = calloc(p->place_count, sizeof(*fails));
	size_t failed = 0;
	int result = RULE_UNDECIDED;
	if (fails == NULL) {
		p->diagram->failed = true;
		return RULE_UNDECIDED;
	}
	for (size_t at = 0; at < p->place_count; at++) {
		fails[at] = p->claims[at].reached && !claim_holds(p, at);
		failed += fails[at];
	}
	if (failed == 0)
		result = diagram_useless(p->diagram) ? RULE_UNDECIDED : RULE_PROVEN;
	for (size_t at = 0; at < p->place_count && result == RULE_UNDECIDED; at++)
		if (fails[at] && !diagram_useless(p->diagram) && differs_at(p, at, TRIES_MOST / failed + 1))
			result = RULE_DIFFERS;
	free(fails);
	return result;
}

/* ----------------------------------------------------------------------------------------------------------------- */

/* Returns whether all values that meet alternative i meet alternative k. */
static bool contained(const struct proof *p, size_t i, size_t k)
{
	for (unsigned arg = 0; arg < ARGS; arg++)
		if (!within(p->diagram, p->alternatives[i][arg], p->alternatives[k][arg]))
			return false;
	return true;
}

/* Drops the alternatives that never answer first: those contained in one before, or, of those that answer alike and stand
 * together, in another. */
static bool drop_superfluous(struct proof *p)
{
	bool *superfluous = calloc(p->count + 1, sizeof(*superfluous));
	size_t kept = 0;
	if (superfluous == NULL)
		return false;
	for (size_t i = 0; i < p->count; i++) {
		bool alike = true;
		for (size_t k = 0; k < p->count && !superfluous[i]; k++) {
			alike = k <= i || (alike && p->actions[k] == p->actions[i]);
			superfluous[i] = k != i && alike && !superfluous[k] && contained(p, i, k);
		}
	}
	for (size_t i = 0; i < p->count; i++)
		if (!superfluous[i]) {
			p->actions[kept] = p->actions[i];
			memmove(p->alternatives[kept++], p->alternatives[i], sizeof(*p->alternatives));
		}
	p->count = kept;
	free(superfluous);
	return true;
}

/* Lists all alternatives of the call's rules, in their order. A rule without alternatives counts as one alternative without
 * tests. Returns false where there is no memory. */
static bool take_alternatives(struct proof *p, const struct policy *policy, const struct apart *of)
{
	static const struct alternative always = {0};
	size_t n = 0;
	for (const struct rule *r = of->rule; r != NULL; r = policy_next_rule(policy, of->arch, r))
		n += r->any.count > 0 ? r->any.count : 1;
	p->alternatives = calloc(n, sizeof(*p->alternatives));
	p->actions = calloc(n, sizeof(*p->actions));
	if (p->alternatives == NULL || p->actions == NULL)
		return false;
	for (const struct rule *r = of->rule; r != NULL; r = policy_next_rule(policy, of->arch, r))
		for (size_t i = 0; i == 0 || i < r->any.count; i++) {
			const struct alternative *a = r->any.count > 0 ? &r->any.items[i] : &always;
			p->actions[p->count] = diagram_end(p->diagram, END_VERDICT, action_ret(r->action));
			for (unsigned arg = 0; arg < ARGS; arg++)
				p->alternatives[p->count][arg] = argument_node(p->diagram, a, of, arg);
			p->count++;
		}
	return drop_superfluous(p);
}

static bool proof_start(struct proof *p, const struct places *places, const struct policy *policy, const struct apart *of)
{
	p->places = places->all.items;
	p->place_count = places->all.count;
	p->claims = calloc(p->place_count, sizeof(*p->claims));
	if (p->claims == NULL || !take_alternatives(p, policy, of))
		return false;
	for (size_t i = 0; i < p->place_count; i++)
		if ((p->claims[i].left = calloc(words_of(p->count) + 1, sizeof(uint64_t))) == NULL)
			return false;
	p->default_action = diagram_end(p->diagram, END_VERDICT, action_ret(policy->default_action));
	p->claims[0].reached = true;
	for (unsigned arg = 0; arg < ARGS; arg++)
		p->claims[0].possible[arg] = DIAGRAM_TRUE;
	return true;
}

static void proof_end(struct proof *p)
{
	for (size_t i = 0; p->claims != NULL && i < p->place_count; i++)
		free(p->claims[i].left);
	free(p->claims);
	free(p->alternatives);
	free(p->actions);
}

/* Proves or refutes the claim of the first place, where all alternatives are left. Returns RULE_…. */
static int prove(struct proof *p)
{
	if (!find_possible(p))
		return RULE_UNDECIDED;
	find_left(p);
	for (size_t i = 0; i < p->count; i++)
		p->claims[0].left[i / 64] |= (uint64_t)1 << i % 64;
	return check_claims(p);
}

int rule_holds(const struct instructions *program, const struct policy *policy, const struct apart *of,
	       struct seccomp_data *witness, struct error *e)
{
	struct diagram d;
	struct places places = {0};
	struct proof p = {.diagram = &d, .program = program, .policy = policy, .random = 0x9e3779b97f4a7c15};
	p.call = (struct seccomp_data){.arch = arch_audit(of->arch), .nr = (int)of->nr};
	int rc = diagram_start(&d) ? program_places(&d, program, &p.call, &places, e) : error_memory(e);
	if (rc == 0)
		rc = proof_start(&p, &places, policy, of) ? prove(&p) : error_memory(e);
	if (rc >= 0 && d.failed)
		rc = error_memory(e);
	else if (rc == ERR_LIMIT)
		rc = RULE_UNDECIDED;
	if (rc == RULE_DIFFERS)
		*witness = p.call;
	proof_end(&p);
	vec_free(&places.all);
	diagram_free(&d);
	return rc;
}

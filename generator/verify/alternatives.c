/* The rules of one call with many alternatives, proven without a diagram of them all: each place of the program is given a
 * claim, and each claim follows from those of the next places. SPDX-License-Identifier: MIT
 *
 * A claim about a place: if each argument has one of the values that are `possible` there, the program answers from there on
 * with the action of the first alternative that holds, of those that are `left`, and with the policy's default where none does.
 * The claim of the first place, of which all values are possible and all alternatives left, is what has to be proven. Programs
 * that try one alternative after the other have such claims; for others there may be none, though the program is right. */
#include "generator/verify/verify.h"

#include <stdlib.h>
#include <string.h>

/* 6 arguments have values. */
#define ARGS 6

/* So often claims are made to agree with those of the next places. */
#define ROUNDS_MOST 8

struct claim {
	bool reached;
	uint32_t possible[ARGS]; /* of each argument: a diagram */
	uint64_t *left;		 /* a bit for each alternative */
};

struct proof {
	struct diagram *diagram;
	const struct place_end *places;
	struct claim *claims; /* one a place */
	size_t place_count, count;
	uint32_t (*alternatives)[ARGS]; /* of each: which values of each argument meet it */
	uint32_t *actions, default_action;	/* verdicts as diagrams */
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

/* Which argument a condition is about: all its bits are of one. ARGS: of none, or of several. */
static unsigned argument_of(const struct diagram *d, uint32_t condition)
{
	uint32_t bit = d->nodes.items[condition].bit;
	if (bit < ARGUMENTS || bit >= ARGUMENTS + ARGS * ARGUMENT_BITS)
		return ARGS;
	unsigned arg = (bit - ARGUMENTS) / ARGUMENT_BITS;
	return diagram_asks_before(d, condition, ARGUMENTS + (arg + 1) * ARGUMENT_BITS) ? arg : ARGS;
}

/* Whether an alternative cannot hold where those values are possible. */
static bool impossible(const struct proof *p, size_t i, const uint32_t *possible)
{
	for (unsigned arg = 0; arg < ARGS; arg++)
		if (disjoint(p->diagram, possible[arg], p->alternatives[i][arg]))
			return true;
	return false;
}

static bool certain(const struct proof *p, size_t i, const uint32_t *possible)
{
	for (unsigned arg = 0; arg < ARGS; arg++)
		if (!within(p->diagram, possible[arg], p->alternatives[i][arg]))
			return false;
	return true;
}

/* Finding the claims. ---------------------------------------------------------------------------------------- */

/* What is possible after a branch; false: nothing is. */
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

/* Whether a place is one that a claim can be made about: its condition is about one argument, or a constant. */
static bool one_argument(const struct proof *p, const struct place_end *at, unsigned *arg)
{
	*arg = argument_of(p->diagram, at->condition);
	return *arg < ARGS || at->condition == DIAGRAM_TRUE || at->condition == DIAGRAM_FALSE;
}

/* Adds to what is possible at a place what one way to it brings. */
static void arrive(struct proof *p, uint32_t to, const uint32_t *possible)
{
	struct claim *c = &p->claims[to];
	for (unsigned arg = 0; arg < ARGS; arg++)
		c->possible[arg] =
		    c->reached ? diagram_if(p->diagram, c->possible[arg], DIAGRAM_TRUE, possible[arg]) : possible[arg];
	c->reached = true;
}

/* Which values are possible at each place: from the first to the last. */
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

/* Which alternatives are left at each place, from the last to the first: those that the program still asks for, because a
 * condition after the place makes them certain, and the program ends there with the action. */
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

/* Checking them: nothing is taken from the search but the claims. ----------------------------------------------- */

/* Whether a program that ends with a verdict, of what is possible there, keeps a claim: it is what the first alternative says
 * that can hold, and all after it up to one that is certain. */
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

/* Whether the claim of the next place says, of what is possible after a branch, what the claim before says. */
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
		return at > 0 || ends_well(p, c, c->possible, here->answer); /* ways to an end are checked before it */
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

static bool claims_hold(struct proof *p)
{
	for (size_t at = 0; at < p->place_count; at++)
		if (p->claims[at].reached && !claim_holds(p, at))
			return false;
	return !diagram_useless(p->diagram);
}

/* ----------------------------------------------------------------------------------------------------------------- */

/* Whether all that meets alternative i meets k. */
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

/* All alternatives of the call's rules, in their order. A rule without any is one without tests. */
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

/* What has to be proven: at the first place all alternatives are left. */
static bool proven(struct proof *p)
{
	if (!find_possible(p))
		return false;
	find_left(p);
	for (size_t i = 0; i < p->count; i++)
		p->claims[0].left[i / 64] |= (uint64_t)1 << i % 64;
	return claims_hold(p);
}

int rule_holds(const struct instructions *program, const struct policy *policy, const struct apart *of, struct error *e)
{
	struct diagram d;
	struct places places = {0};
	struct proof p = {.diagram = &d};
	struct seccomp_data fixed = {.arch = arch_audit(of->arch), .nr = (int)of->nr};
	int rc = diagram_start(&d) ? program_places(&d, program, &fixed, &places, e) : error_memory(e);
	if (rc == 0)
		rc = proof_start(&p, &places, policy, of) ? proven(&p) : error_memory(e);
	if (rc >= 0 && d.failed)
		rc = error_memory(e);
	else if (rc == ERR_LIMIT)
		rc = 0;
	proof_end(&p);
	vec_free(&places.all);
	diagram_free(&d);
	return rc;
}

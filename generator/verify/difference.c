/* Decides whether two policies answer some call of a name differently. SPDX-License-Identifier: MIT
 *
 * An alternative is a product: one set of values for each argument, which a diagram holds, so that equal sets are one node however
 * they are written. A diagram of all calls that are answered differently tells at once whether there are any, but may be too large.
 * Then products are compared: the calls that one rule of each policy answers are the common products of the two, without the
 * products of the rules before them. They are none where the products before cover the common ones. */
#include "generator/verify/verify.h"

#include <string.h>

#define ARGS 6

/* How many products are looked at before the search gives up: a second or two. */
#define STEPS_MOST ((size_t)1 << 19)

/* How many nodes the diagram of a difference may have: less than a second. */
#define NODES_MORE (1u << 18)

struct product {
	uint32_t values[ARGS]; /* diagrams, none of them DIAGRAM_FALSE */
};

/* A policy's rules of the call as products, in their order, and the default as one more rule, which always holds. */
struct answer {
	struct action action;
	bool by_default;
	size_t first, end; /* its products */
};

struct answers {
	VEC(struct answer) all;
	VEC(struct product) products;
};

struct search {
	struct diagram *diagram;
	size_t steps; /* left */
};

static const struct product every_call = {{DIAGRAM_TRUE, DIAGRAM_TRUE, DIAGRAM_TRUE, DIAGRAM_TRUE, DIAGRAM_TRUE, DIAGRAM_TRUE}};

static uint32_t both(struct diagram *d, uint32_t a, uint32_t b)
{
	return diagram_if(d, a, b, DIAGRAM_FALSE);
}

static uint32_t without(struct diagram *d, uint32_t a, uint32_t b)
{
	return diagram_if(d, b, DIAGRAM_FALSE, a);
}

/* Sets *out to what two products have in common. Returns false where that is nothing. */
static bool common(struct diagram *d, const struct product *a, const struct product *b, struct product *out)
{
	bool any = true;
	for (unsigned k = 0; k < ARGS && any; k++) {
		out->values[k] = both(d, a->values[k], b->values[k]);
		any = out->values[k] != DIAGRAM_FALSE;
	}
	return any;
}

/* Returns for how many arguments a product has values that another one lacks. *arg is one of these arguments. */
static unsigned beyond(struct diagram *d, const struct product *p, const struct product *other, unsigned *arg)
{
	unsigned n = 0;
	for (unsigned k = 0; k < ARGS; k++)
		if (without(d, p->values[k], other->values[k]) != DIAGRAM_FALSE) {
			*arg = k;
			n++;
		}
	return n;
}

/* A list of products that cover others, without those that have nothing in common with these. */
struct cover {
	VEC(struct product) list;
};

/* What one look at a list found. */
struct look {
	bool contained;		  /* one of the products covers *p alone */
	bool smaller;		  /* *p became smaller */
	size_t at;		  /* the product that lacks values of the fewest arguments, and one of them */
	unsigned arg;
};

/* Drops the products that have nothing in common with *p. With `take`, also takes from *p what products cover that lack values of
 * one argument alone, and drops these. */
static struct look look_at(struct search *s, struct product *p, struct cover *c, bool take)
{
	struct look out = {0};
	unsigned fewest = ARGS + 1;
	size_t kept = 0;
	for (size_t i = 0; i < c->list.count && !out.contained && s->steps > 0; i++) {
		struct product *b = &c->list.items[i], in;
		unsigned arg = 0, n;
		s->steps--;
		if (!common(s->diagram, p, b, &in))
			continue;
		n = beyond(s->diagram, p, b, &arg);
		if (n == 1 && take) {
			p->values[arg] = without(s->diagram, p->values[arg], b->values[arg]);
			out.smaller = true;
			continue;
		}
		out.contained = n == 0;
		if (n < fewest) {
			fewest = n;
			out.at = kept;
			out.arg = arg;
		}
		c->list.items[kept++] = *b;
	}
	c->list.count = kept;
	return out;
}

/* Repeats that until nothing changes. A product that covers *p alone is looked for first: rules that differ in the order of their
 * alternatives are told at once. */
static struct look shrink(struct search *s, struct product *p, struct cover *c)
{
	struct look found;
	do {
		found = look_at(s, p, c, false);
		if (!found.contained)
			found = look_at(s, p, c, true);
	} while (found.smaller && !found.contained && s->steps > 0 && !diagram_useless(s->diagram));
	return found;
}

static bool copy_list(struct cover *out, const struct cover *from)
{
	for (size_t i = 0; i < from->list.count; i++)
		if (!vec_push(&out->list, from->list.items[i]))
			return false;
	return true;
}

/* Returns 1 where a list covers a product, 0 where not, or a negative code: ERR_LIMIT where that takes too long to tell. Changes the
 * list. */
static int is_covered(struct search *s, struct product p, struct cover *c)
{
	for (;;) {
		struct look found = shrink(s, &p, c);
		if (s->diagram->failed)
			return ERR_MEMORY;
		if (s->steps == 0 || diagram_useless(s->diagram))
			return ERR_LIMIT;
		if (found.contained)
			return 1;
		if (c->list.count == 0)
			return 0;
		/* Only for the values that it has, the product `at` may cover the rest. */
		struct product part = p;
		struct cover rest = {0};
		part.values[found.arg] = both(s->diagram, p.values[found.arg], c->list.items[found.at].values[found.arg]);
		p.values[found.arg] = without(s->diagram, p.values[found.arg], c->list.items[found.at].values[found.arg]);
		int rc = copy_list(&rest, c) ? is_covered(s, part, &rest) : ERR_MEMORY;
		vec_free(&rest.list);
		if (rc != 1)
			return rc;
	}
}

/* Lists the products of a rule; leaves out those that no call meets. Returns false where there is no memory. */
static bool add_products(struct diagram *d, const struct rule *r, const struct apart *of, struct answers *out)
{
	if (r->any.count == 0)
		return vec_push(&out->products, every_call);
	for (size_t i = 0; i < r->any.count; i++) {
		struct product p;
		bool any = true;
		for (unsigned k = 0; k < ARGS && any; k++) {
			p.values[k] = argument_node(d, &r->any.items[i], of, k);
			any = p.values[k] != DIAGRAM_FALSE;
		}
		if (any && !vec_push(&out->products, p))
			return false;
	}
	return true;
}

static bool list_answers(struct diagram *d, const struct policy *p, const struct apart *of, const char *syscall,
			 struct answers *out)
{
	struct answer a = {.action = p->default_action, .by_default = true};
	for (const struct rule *r = policy_rule(p, of->arch, syscall); r != NULL; r = policy_next_rule(p, of->arch, r)) {
		struct answer one = {.action = r->action, .first = out->products.count};
		if (!add_products(d, r, of, out))
			return false;
		one.end = out->products.count;
		if (!vec_push(&out->all, one))
			return false;
	}
	a.first = out->products.count;
	a.end = a.first + 1;
	return vec_push(&out->products, every_call) && vec_push(&out->all, a);
}

/* Returns 1 where two products have a call in common that no earlier rule of either policy answers, 0 where not, or a negative
 * code. */
static int meet(struct search *s, const struct answers *a, const struct answer *x, size_t i, const struct answers *b,
		const struct answer *y, size_t k)
{
	struct product p;
	struct cover before = {0};
	bool room = true;
	if (!common(s->diagram, &a->products.items[i], &b->products.items[k], &p))
		return 0;
	for (size_t n = 0; room && n < x->first; n++)
		room = vec_push(&before.list, a->products.items[n]);
	for (size_t n = 0; room && n < y->first; n++)
		room = vec_push(&before.list, b->products.items[n]);
	int rc = room ? is_covered(s, p, &before) : ERR_MEMORY;
	vec_free(&before.list);
	return rc < 0 ? rc : rc == 0;
}

/* Returns 1 where one rule of each policy answer the same call, 0 where not, or a negative code. */
static int rules_meet(struct search *s, const struct answers *a, const struct answer *x, const struct answers *b,
		      const struct answer *y)
{
	for (size_t i = x->first; i < x->end; i++)
		for (size_t k = y->first; k < y->end; k++) {
			int rc = meet(s, a, x, i, b, y, k);
			if (rc != 0)
				return rc;
		}
	return 0;
}

static int find_by_products(struct search *s, const struct answers *a, const struct answers *b)
{
	bool unsure = false;
	for (size_t i = 0; i < a->all.count; i++)
		for (size_t k = 0; k < b->all.count; k++) {
			const struct answer *x = &a->all.items[i], *y = &b->all.items[k];
			if (action_equal(x->action, y->action) || (x->by_default && y->by_default))
				continue;
			int rc = rules_meet(s, a, x, b, y);
			if (rc == 1 || rc == ERR_MEMORY)
				return rc;
			unsure |= rc == ERR_LIMIT;
		}
	return unsure ? ERR_LIMIT : 0;
}

/* The other way: one diagram of all calls that are answered differently. Short where alternatives test few bits, however they
 * overlap. ---------------------------------------------------------------------------------------------------------------- */

/* Returns the condition that a call is in one of the products from `first` to `end`. Joins halves, so that each is joined a few
 * times only. */
static uint32_t products_node(struct diagram *d, const struct answers *a, size_t first, size_t end)
{
	if (end - first > 1) {
		size_t middle = first + (end - first) / 2;
		uint32_t left = products_node(d, a, first, middle);
		return diagram_if(d, left, DIAGRAM_TRUE, products_node(d, a, middle, end));
	}
	uint32_t node = first < end ? DIAGRAM_TRUE : DIAGRAM_FALSE;
	for (unsigned k = ARGS; k-- > 0 && first < end;)
		node = both(d, a->products.items[first].values[k], node);
	return node;
}

/* Returns the condition that a policy answers differently than an answer of the other one. */
static uint32_t differs_node(struct diagram *d, const struct answer *x, const struct answers *b)
{
	uint32_t node = DIAGRAM_FALSE;
	for (size_t i = b->all.count; i-- > 0;) {
		const struct answer *y = &b->all.items[i];
		bool differs = !action_equal(x->action, y->action) && !(x->by_default && y->by_default);
		node = diagram_if(d, products_node(d, b, y->first, y->end), differs ? DIAGRAM_TRUE : DIAGRAM_FALSE, node);
	}
	return node;
}

/* Returns 1, 0, or ERR_LIMIT where the diagram would be too large. */
static int find_by_diagram(struct diagram *d, const struct answers *a, const struct answers *b)
{
	uint32_t node = DIAGRAM_FALSE;
	size_t whole = d->limit;
	d->limit = d->nodes.count + NODES_MORE;
	for (size_t i = a->all.count; i-- > 0 && !diagram_useless(d);) {
		const struct answer *x = &a->all.items[i];
		node = diagram_if(d, products_node(d, a, x->first, x->end), differs_node(d, x, b), node);
	}
	int rc = d->failed ? ERR_MEMORY : d->full ? ERR_LIMIT : node != DIAGRAM_FALSE;
	d->limit = whole;
	d->full = false;
	return rc;
}

int policies_differ(const struct policy *a, const struct policy *b, enum arch arch, const char *syscall, struct error *e)
{
	struct diagram d;
	struct search s = {.diagram = &d, .steps = STEPS_MOST};
	struct answers ours = {0}, theirs = {0};
	struct apart of = {.arch = arch};
	/* The architecture may have no such call: also "syscall_0x160", if the number has a name there. */
	if (abi_number(arch, syscall, &of.nr, NULL) != 0)
		return 0;
	int rc;
	bool room = diagram_start(&d) && list_answers(&d, a, &of, syscall, &ours) && list_answers(&d, b, &of, syscall, &theirs);
	rc = d.full ? ERR_LIMIT : room ? find_by_diagram(&d, &ours, &theirs) : ERR_MEMORY;
	if (rc == ERR_LIMIT && !d.full)
		rc = find_by_products(&s, &ours, &theirs);
	diagram_free(&d);
	vec_free(&ours.all);
	vec_free(&ours.products);
	vec_free(&theirs.all);
	vec_free(&theirs.products);
	if (rc == ERR_LIMIT)
		return error_set(e, ERR_LIMIT, "the rules of %s (%s) have alternatives that combine in too many ways to compare them",
				 syscall, arch_name(arch));
	return rc == ERR_MEMORY ? error_memory(e) : rc;
}

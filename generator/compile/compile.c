/* Compiling: makes a graph of loads and comparisons of the decisions. SPDX-License-Identifier: MIT */
#include "generator/compile/pipeline.h"

#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>

/* Weights of calls that were not counted. A call whose arguments are tested runs the filter each time. A refused call is hardly
 * ever made. A call that the kernel's bitmap answers runs the filter only where the process has another filter that does not
 * always allow the call. */
#define WEIGHT_TESTED  ((uint64_t)256)
#define WEIGHT_COUNTED ((uint64_t)1 << 20) /* the sum of all counts is scaled to this */
#define CACHED_ONE_IN  8

struct compiling {
	const struct compile_input *in;
	struct nodes *g;
	uint64_t *weights; /* per edge: how often samples took it */
	uint32_t *node;	   /* per decision: its node, plus 1; 0: not compiled yet */
	unsigned char *had; /* per node: an earlier span has it */
	bool alone;	    /* the size of a span includes nodes that earlier spans have */
	uint64_t total;	   /* the sum of all counts */
	bool speed;
};

/* Returns the share of a count in all counts, of WEIGHT_COUNTED. */
static uint64_t scaled(const struct compiling *c, uint64_t count)
{
	if (c->total == 0 || count == 0)
		return 0;
	return (uint64_t)((double)count / (double)c->total * (double)WEIGHT_COUNTED) + 1;
}

/* Returns the edge that a value of the decision's word takes. */
static uint32_t edge_of(const struct decisions *d, const struct decision *n, uint32_t value)
{
	uint32_t low = n->first, high = n->first + n->count;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		if (d->edges.items[middle].lo <= (value & n->mask))
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Adds the counts of the samples to the edges that they take. */
static void weigh(struct compiling *c, uint32_t root, const struct sample *samples, size_t n)
{
	const struct decisions *d = c->in->decisions;
	for (size_t i = 0; i < n; i++)
		for (const struct decision *at = &d->all.items[root]; at->word != WORD_NONE;) {
			uint32_t value;
			memcpy(&value, (const char *)&samples[i].data + at->word, sizeof(value));
			uint32_t edge = edge_of(d, at, value);
			c->weights[edge] += samples[i].count;
			at = &d->all.items[d->edges.items[edge].to];
		}
}

/* Compiles one decision. Those that it leads to are compiled already. */
static uint32_t compile_decision(struct compiling *c, const struct decision *n)
{
	const struct decisions *d = c->in->decisions;
	if (n->word == WORD_NONE)
		return node_return(c->g, n->mask);
	struct word_case *cases = calloc(n->count, sizeof(*cases));
	if (cases == NULL) {
		c->g->failed = true;
		return 0;
	}
	for (uint32_t i = 0; i < n->count; i++) {
		const struct edge *edge = &d->edges.items[n->first + i];
		cases[i] = (struct word_case){edge->lo, c->node[edge->to] - 1, scaled(c, c->weights[n->first + i])};
	}
	uint32_t node = dispatch_word(c->g, n->word, n->mask, cases, n->count, c->speed);
	free(cases);
	return node;
}

/* Compiles a decision and all that it leads to. These have smaller positions: one pass down finds them, one pass up compiles
 * them. */
static uint32_t compile_graph(struct compiling *c, uint32_t root)
{
	const struct decisions *d = c->in->decisions;
	unsigned char *wanted = calloc((size_t)root + 1, 1);
	if (wanted == NULL) {
		c->g->failed = true;
		return 0;
	}
	wanted[root] = 1;
	for (size_t i = (size_t)root + 1; i-- > 0;)
		for (uint32_t e = 0; wanted[i] && c->node[i] == 0 && e < d->all.items[i].count; e++)
			wanted[d->edges.items[d->all.items[i].first + e].to] = 1;
	for (size_t i = 0; i <= root && !c->g->failed && !c->g->too_big; i++)
		if (wanted[i] && c->node[i] == 0)
			c->node[i] = compile_decision(c, &d->all.items[i]) + 1;
	free(wanted);
	return c->g->failed || c->g->too_big ? 0 : c->node[root] - 1;
}

/* What a graph costs: instructions that other spans do not have yet, steps of all samples, steps of the longest way. */
struct cost {
	size_t size, steps, longest;
};

static struct cost cost_of(const struct compiling *c, uint32_t node, const struct sample *samples, size_t n)
{
	struct cost cost = {node_size(c->g, node, c->alone ? NULL : c->had), 0, node_longest(c->g, node)};
	for (size_t i = 0; i < n; i++)
		cost.steps += node_steps(c->g, node, &samples[i].data) * samples[i].count;
	return cost;
}

static bool is_cheaper(const struct compiling *c, const struct cost *a, const struct cost *b)
{
	/* A graph that is too large for a filter is useless, however fast. */
	bool fits = a->size <= BPF_MAXINSNS;
	if (c->speed && fits != (b->size <= BPF_MAXINSNS))
		return fits;
	if ((!c->speed || !fits) && a->size != b->size)
		return a->size < b->size;
	if (a->steps != b->steps)
		return a->steps < b->steps;
	if (a->longest != b->longest)
		return a->longest < b->longest;
	return a->size < b->size;
}

/* Returns the node of the span's cheapest graph. */
static uint32_t compile_span(struct compiling *c, enum arch arch, const struct span *s)
{
	size_t n;
	const struct sample *samples = samples_of(c->in->samples, arch, s->lo, s->hi, &n);
	struct cost least = {0};
	uint32_t best = 0;
	for (size_t i = 0; i < s->roots.of.count && !c->g->failed && !c->g->too_big; i++) {
		if (c->node[s->roots.of.items[i]] == 0)
			weigh(c, s->roots.of.items[i], samples, n);
		uint32_t node = compile_graph(c, s->roots.of.items[i]);
		if (c->g->too_big && i > 0) {
			/* An earlier graph of the span did fit. */
			c->g->too_big = false;
			continue;
		}
		if (c->g->failed || c->g->too_big || s->roots.of.count == 1)
			return node;
		struct cost cost = cost_of(c, node, samples, n);
		if (i == 0 || is_cheaper(c, &cost, &least)) {
			best = node;
			least = cost;
		}
	}
	return best;
}

/* Returns how many numbers of a span are calls. */
static uint64_t span_calls(enum arch arch, const struct span *s)
{
	uint64_t n = 0;
	for (uint32_t nr = s->lo; nr <= s->hi && nr <= abi_newest(arch); nr++)
		n += abi_by_nr(arch, nr) != NULL;
	return n;
}

/* Returns how often the filter runs for the calls of a span, compared with other spans. Since Linux 5.11 a bitmap answers the
 * calls that are always allowed (kernel/seccomp.c, seccomp_cache_prepare). Without counts, all calls that are let through weigh
 * the same, and refused ones nothing: a refusal ends the program, or is tried once. */
static uint64_t span_weight(const struct compiling *c, enum arch arch, const struct span *s)
{
	const struct decision *root = &c->in->decisions->all.items[s->roots.of.items[0]];
	bool tested = root->word != WORD_NONE;
	bool cached = !tested && root->mask == SECCOMP_RET_ALLOW && !c->in->options->no_bitmap;
	struct action answer;
	uint64_t count = 0, alike = 0;
	size_t n;
	const struct sample *samples = samples_of(c->in->samples, arch, s->lo, s->hi, &n);
	for (size_t i = 0; i < n; i++)
		count += samples[i].count;
	uint64_t share = scaled(c, count); /* divided after it: counts may be small */
	if (cached)
		share /= CACHED_ONE_IN;
	if (tested)
		alike = WEIGHT_TESTED;
	else if ((c->speed || c->in->options->no_bitmap) && action_from_ret(root->mask, &answer) == 0 && lets_through(answer))
		alike = cached ? WEIGHT_TESTED / CACHED_ONE_IN : WEIGHT_TESTED;
	return share + alike * (alike > 0 ? span_calls(arch, s) : 0);
}

/* The numbers of one architecture, and the node that answers each. */
struct numbers {
	struct word_case *cases;
	size_t n;
};

static void compile_spans(struct compiling *c, struct compiled *out, const struct lowered *l, struct numbers *numbers)
{
	struct nodes *g = c->g;
	numbers->cases = calloc(l->spans.count, sizeof(*numbers->cases));
	g->failed |= numbers->cases == NULL;
	for (size_t i = 0; i < l->spans.count && !g->failed && !g->too_big; i++) {
		const struct span *s = &l->spans.items[i];
		struct word_case one = {s->lo, compile_span(c, l->arch, s), span_weight(c, l->arch, s)};
		if (!g->failed && !g->too_big)
			node_mark(g, one.node, c->had);
		struct compiled_rule r = {s->rule, l->arch, one.node};
		if (s->rule != NULL && !vec_push(&out->rules, r))
			g->failed = true;
		if (numbers->n > 0 && numbers->cases[numbers->n - 1].node == one.node)
			numbers->cases[numbers->n - 1].weight += one.weight;
		else
			numbers->cases[numbers->n++] = one;
	}
}

/* Returns how many cases at the end are the same for all architectures: numbers from 424 on are the same everywhere (Linux 5.1),
 * and newer numbers and x32's have the same answers. */
static size_t common_end(const struct numbers *of, size_t n)
{
	for (size_t common = 0;; common++)
		for (size_t i = 0; i < n; i++) {
			if (of[i].n <= common + 1)
				return common;
			const struct word_case *a = &of[i].cases[of[i].n - 1 - common], *b = &of[0].cases[of[0].n - 1 - common];
			if (a->lo != b->lo || a->node != b->node)
				return common;
		}
}

/* Makes the tree of an architecture. Its last `common` cases become `end`, a tree that all architectures share. */
static uint32_t dispatch_numbers(struct compiling *c, const struct numbers *of, size_t common, uint32_t end)
{
	size_t n = of->n - common;
	if (c->g->failed || c->g->too_big)
		return 0;
	if (common == 0)
		return n == 1 ? of->cases[0].node : dispatch_word(c->g, WORD_NR, UINT32_MAX, of->cases, n, c->speed);
	struct word_case *cases = calloc(n + 1, sizeof(*cases));
	uint32_t node = 0;
	c->g->failed |= cases == NULL;
	if (cases != NULL) {
		memcpy(cases, of->cases, n * sizeof(*cases));
		cases[n] = (struct word_case){of->cases[n].lo, end, 0};
		for (size_t i = n; i < of->n; i++)
			cases[n].weight += of->cases[i].weight;
		node = dispatch_word(c->g, WORD_NR, UINT32_MAX, cases, n + 1, c->speed);
	}
	free(cases);
	return node;
}

/* Makes the whole graph: one architecture after the other, which share the tree of their last `common` cases. */
static uint32_t dispatch_archs(struct compiling *c, const struct numbers *of, size_t common)
{
	struct nodes *g = c->g;
	/* The same number means another call on another architecture: an architecture that the policy does not have is refused. */
	struct action foreign = c->in->policy->default_action;
	if (foreign.kind == ACTION_ALLOW)
		foreign = (struct action){.kind = ACTION_KILL};
	uint32_t node = node_return(g, action_ret(foreign)), end = 0;
	if (common > 0) {
		struct word_case *last = &of[0].cases[of[0].n - common], first = *last;
		last->lo = 0; /* smaller numbers do not reach the shared tree */
		end = dispatch_word(g, WORD_NR, UINT32_MAX, last, common, c->speed);
		*last = first;
	}
	for (size_t i = c->in->n; i-- > 0 && !g->failed && !g->too_big;)
		node = node_jump(g, BPF_JEQ, WORD_ARCH, UINT32_MAX, arch_audit(c->in->lowered[i].arch),
				 dispatch_numbers(c, &of[i], common, end), node);
	return c->in->n > 0 ? node_load(g, WORD_ARCH, UINT32_MAX, node) : node;
}

static void compile_once(struct compiling *c, struct compiled *out)
{
	struct numbers of[ARCH_COUNT] = {{0}};
	struct nodes *g = c->g;
	for (size_t i = 0; i < c->in->n && !g->failed && !g->too_big; i++)
		compile_spans(c, out, &c->in->lowered[i], &of[i]);
	if (!g->failed && !g->too_big)
		out->root = dispatch_archs(c, of, 0);
	size_t common = c->in->n > 1 && !c->speed && !g->failed && !g->too_big ? common_end(of, c->in->n) : 0;
	if (common > 1) {
		uint32_t shared = dispatch_archs(c, of, common);
		if (!g->failed && !g->too_big && node_size(g, shared, NULL) < node_size(g, out->root, NULL))
			out->root = shared;
		g->too_big = false; /* the unshared graph did fit */
	}
	for (size_t i = 0; i < ARCH_COUNT; i++)
		free(of[i].cases);
}

/* Compiles twice and keeps the smaller result: once each call takes the graph that adds least to the earlier calls' graphs, once
 * the graph that is smallest by itself. Either may win. */
static void compile_all(struct compiling *c, struct compiled *out)
{
	struct nodes *g = c->g;
	compile_once(c, out);
	if (c->speed || g->failed || g->too_big)
		return;
	uint32_t shared = out->root;
	c->alone = true;
	out->rules.count = 0;
	compile_once(c, out);
	if (g->too_big || (!g->failed && node_size(g, shared, NULL) < node_size(g, out->root, NULL)))
		out->root = shared;
	g->too_big = false; /* the first graph did fit */
}

int compile(const struct compile_input *in, struct compiled *out, struct error *e)
{
	*out = (struct compiled){0};
	struct nodes *g = &out->nodes;
	struct compiling c = {.in = in,
			      .g = g,
			      .weights = calloc(in->decisions->edges.count + 1, sizeof(*c.weights)),
			      .node = calloc(in->decisions->all.count + 1, sizeof(*c.node)),
			      .had = calloc(NODE_LIMIT, 1),
			      .speed = in->options->speed};
	g->failed = c.weights == NULL || c.node == NULL || c.had == NULL;
	for (size_t i = 0; i < in->samples->all.count; i++)
		c.total += in->samples->all.items[i].count;
	if (!g->failed)
		compile_all(&c, out);
	free(c.weights);
	free(c.node);
	free(c.had);
	if (g->failed)
		return error_memory(e);
	return g->too_big ? ERR_LIMIT : 0;
}

void compiled_clear(struct compiled *c)
{
	nodes_free(&c->nodes);
	vec_free(&c->rules);
}

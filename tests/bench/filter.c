/* Compares pinhole's filters with libseccomp's for the same policies: sizes, paths, and what a call takes under the
 * kernel. Prints tables in Markdown, and on standard error what does not hold of what pinhole promises; exit status 1
 * then. filter [--rounds=N] [--calls=N] POLICY[,PROFILE]… The policies are reduced to this machine's architecture, and
 * without a profile to their unconditional rules. SPDX-License-Identifier: MIT */
#include "bench.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/libseccomp_helper.h"

static bool failed;

static void fails(const struct subject *s, const char *what)
{
	fprintf(stderr, "does not hold: %s: %s\n", s->name, what);
	failed = true;
}

static int die(const struct error *e)
{
	fprintf(stderr, "bench-filter: %s\n", e->text);
	return 2;
}

const struct rule *unconditional(const struct policy *p, uint32_t nr)
{
	char buffer[32];
	const struct rule *r = policy_rule(p, ARCH_NATIVE, abi_name(ARCH_NATIVE, nr, buffer, sizeof(buffer)));
	return r != NULL && r->any.count == 0 && r->action.kind == ACTION_ALLOW ? r : NULL;
}

/* Leaves the rules of this architecture, of a policy without a profile only the unconditional ones. */
static int reduce(struct subject *s, struct error *e)
{
	struct policy *p = s->policy;
	size_t kept = 0;
	for (size_t i = 0; i < p->rules.count; i++) {
		struct rule *r = &p->rules.items[i];
		bool plain = r->any.count == 0 && r->action.kind == ACTION_ALLOW;
		if ((r->archs & ARCH_BIT(ARCH_NATIVE)) && (plain || s->profile != NULL)) {
			r->archs = ARCH_BIT(ARCH_NATIVE);
			p->rules.items[kept++] = *r;
		} else {
			rule_clear(r);
		}
	}
	p->rules.count = kept;
	p->archs = ARCH_BIT(ARCH_NATIVE);
	if (p->default_action.kind != ACTION_ERRNO)
		return error_set(e, ERR_INPUT, "%s: the default must be an errno, so that a denied call can be timed",
				 s->name);
	return policy_finish(p, e);
}

/* "DIR/NAME.policy,PROFILE" or "DIR/NAME.json". */
static int subject_read(struct subject *s, char *argument, struct error *e)
{
	char *comma = strchr(argument, ','), *slash;
	if (comma != NULL)
		*comma = '\0';
	if ((s->policy = policy_read(argument, e)) == NULL)
		return e->code;
	if (comma != NULL && (s->profile = profile_read(comma + 1, e)) == NULL)
		return e->code;
	slash = strrchr(argument, '/');
	s->name = slash == NULL ? argument : slash + 1;
	argument[strlen(argument) - strlen(strrchr(s->name, '.') == NULL ? "" : strrchr(s->name, '.'))] = '\0';
	return reduce(s, e);
}

/* libseccomp's filter may be none that the kernel takes, and may say something else. */
static void compile_theirs(struct subject *s, enum variant v)
{
	struct action newer = s->policy->newer;
	struct seccomp_data witness;
	struct error e = {0};
	s->missing[v] = libseccomp_compile(s->policy, v == LIBSECCOMP_TREE, &s->filters[v], &s->rules, &e) != 0;
	s->policy->newer = s->policy->default_action;
	if (!s->missing[v] &&
	    filter_verify(s->filters[v].code.items, s->filters[v].code.count, s->policy, &witness, &e) == 1)
		error_set(&e, ERR_INPUT, "libseccomp allows, or denies, another call of number %d", witness.nr);
	s->policy->newer = newer;
	if (e.code != 0)
		fprintf(stderr, "note: %s: %s: %s\n", s->name, v == LIBSECCOMP ? "default" : "tree", e.text);
}

static int subject_compile(struct subject *s, struct error *e)
{
	const struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	const struct compile_options small = {.counts = s->profile}, fast = {.speed = true, .counts = s->profile};
	if (!vec_push(&s->filters[ALLOW_ALL].code, allow))
		return error_memory(e);
	if (filter_compile(s->policy, &small, &s->filters[PINHOLE], e) != 0 ||
	    filter_compile(s->policy, &fast, &s->filters[PINHOLE_SPEED], e) != 0)
		return e->code;
	compile_theirs(s, LIBSECCOMP);
	compile_theirs(s, LIBSECCOMP_TREE);
	return 0;
}

/* What is measured of a filter without running the kernel. */
struct cost {
	size_t instructions, dispatch, longest;
	double mean, with_bitmap;
};

/* Every unconditional call once, where there is no profile to say how often. */
static void mean_of_all(const struct subject *s, const struct filter *f, struct cost *c)
{
	double calls = 0, steps = 0, run = 0;
	for (uint32_t nr = 0; nr <= abi_newest(ARCH_NATIVE); nr++) {
		const struct seccomp_data d = {.arch = arch_audit(ARCH_NATIVE), .nr = (int)nr};
		size_t n;
		if (unconditional(s->policy, nr) == NULL)
			continue;
		filter_run(f->code.items, f->code.count, &d, &n);
		calls++;
		steps += (double)n;
		run += filter_is_cached(f->code.items, f->code.count, ARCH_NATIVE, nr) ? 0 : (double)n;
	}
	c->mean = steps / calls;
	c->with_bitmap = run / calls;
}

static int cost_of(const struct subject *s, enum variant v, struct cost *c, struct error *e)
{
	const struct filter *f = &s->filters[v];
	struct filter_size size;
	struct filter_weight weight = {0};
	if (filter_measure(f->code.items, f->code.count, &size, e) != 0)
		return e->code;
	*c = (struct cost){.instructions = size.all,
			   .dispatch = size.comparisons[COMPARED_ARCH] + size.comparisons[COMPARED_NUMBER],
			   .longest = size.longest};
	if (s->profile == NULL) {
		mean_of_all(s, f, c);
	} else if (filter_weigh(f->code.items, f->code.count, s->profile, &weight, e) == 0) {
		c->mean = weight.steps / weight.calls;
		c->with_bitmap = weight.run_steps / weight.calls;
	}
	return e->code;
}

/* A line of the table for a number that pinhole's and libseccomp's filters have; `least`: the computed minimum, or
 * NULL. */
static void row_begins(const struct subject *s, const char *label, const size_t *least)
{
	printf("| %s | %s | | |", s->name, label);
	if (least != NULL)
		printf(" %zu", *least);
	printf(" |");
}

static void row_of_sizes(const struct subject *s, const char *label, const struct cost *costs, size_t offset,
			 const size_t *least)
{
	row_begins(s, label, least);
	for (enum variant v = PINHOLE; v < VARIANTS; v++)
		if (s->missing[v])
			printf(" – |");
		else
			printf(" %zu |", *(const size_t *)(const void *)((const char *)&costs[v] + offset));
	printf("\n");
}

static void row_of_means(const struct subject *s, const char *label, const struct cost *costs, size_t offset)
{
	row_begins(s, label, NULL);
	for (enum variant v = PINHOLE; v < VARIANTS; v++)
		if (s->missing[v])
			printf(" – |");
		else
			printf(" %.1f |", *(const double *)(const void *)((const char *)&costs[v] + offset));
	printf("\n");
}

static void row_of_times(const struct subject *s, const char *label, const struct probe_call *probe)
{
	if (probe->name == NULL)
		return;
	printf("| %s | %s, ns (%s) |", s->name, label, probe->name);
	for (enum variant v = NO_FILTER; v < VARIANTS; v++) {
		if (v == PINHOLE)
			printf(" |");
		if (s->missing[v])
			printf(" – |");
		else
			printf(" %.0f |", probe->ns[v]);
	}
	printf("\n");
}

/* One promise about a number of ours and of libseccomp's tree. */
static void no_more(const struct subject *s, enum variant v, const char *what, double ours, double theirs)
{
	char text[200];
	snprintf(text, sizeof(text), "compiled for %s, %s (%.2f) is no more than that of libseccomp's tree (%.2f)",
		 v == PINHOLE ? "size" : "speed", what, ours, theirs);
	if (ours > theirs)
		fails(s, text);
}

static void judge_costs(const struct subject *s, const struct cost *costs, const struct filter_bound *bound)
{
	if (costs[PINHOLE].dispatch != bound->archs + bound->numbers)
		fails(s, "the comparisons of architecture and number are the fewest possible");
	for (enum variant v = LIBSECCOMP; v < VARIANTS; v++)
		if (!s->missing[v] && costs[PINHOLE].instructions > costs[v].instructions)
			fails(s, "pinhole's filter is no larger than libseccomp's");
	const struct cost *tree = &costs[LIBSECCOMP_TREE];
	for (enum variant v = PINHOLE; !s->missing[LIBSECCOMP_TREE] && v <= PINHOLE_SPEED; v++) {
		no_more(s, v, "the longest path", (double)costs[v].longest, (double)tree->longest);
		no_more(s, v, "the mean path", costs[v].mean, tree->mean);
		no_more(s, v, "the mean path where the bitmap does not answer", costs[v].with_bitmap,
			tree->with_bitmap);
	}
}

static int print_costs(const struct subject *s, struct error *e)
{
	struct cost costs[VARIANTS] = {0};
	struct filter_bound bound;
	for (enum variant v = PINHOLE; v < VARIANTS; v++)
		if (!s->missing[v] && cost_of(s, v, &costs[v], e) != 0)
			return e->code;
	const struct filter *f = &s->filters[PINHOLE];
	if (filter_bound(f->code.items, f->code.count, &bound, e) != 0)
		return e->code;
	const size_t least = bound.archs + bound.numbers;
	row_of_sizes(s, "instructions", costs, offsetof(struct cost, instructions), NULL);
	row_of_sizes(s, "of these compare architecture or number", costs, offsetof(struct cost, dispatch), &least);
	row_of_sizes(s, "longest path", costs, offsetof(struct cost, longest), NULL);
	row_of_means(s, s->profile == NULL ? "path, mean of all calls" : "path, mean of the profile's calls", costs,
		     offsetof(struct cost, mean));
	row_of_means(s, "the same, 0 where the bitmap answers", costs, offsetof(struct cost, with_bitmap));
	judge_costs(s, costs, &bound);
	return 0;
}

/* How many of the unconditional calls the bitmap answers, by our model of the kernel. */
static size_t modelled(const struct subject *s, enum variant v)
{
	const struct filter *f = &s->filters[v];
	size_t n = 0;
	for (uint32_t nr = 0; nr <= abi_newest(ARCH_NATIVE); nr++)
		n += unconditional(s->policy, nr) != NULL &&
		     filter_is_cached(f->code.items, f->code.count, ARCH_NATIVE, nr);
	return n;
}

/* Every unconditional call by the model, and those that can be made without harm by time. */
static int print_cached(const struct subject *s, struct error *e)
{
	struct cached_count small = {0}, fast = {0};
	size_t models[2] = {modelled(s, PINHOLE), modelled(s, PINHOLE_SPEED)};
	if (bench_cached(s, PINHOLE, &small, e) != 0 || bench_cached(s, PINHOLE_SPEED, &fast, e) != 0)
		return e->code;
	if (models[0] != small.calls || models[1] != small.calls || small.timed == 0 || small.cached != small.timed ||
	    fast.cached != fast.timed)
		fails(s, "every unconditional call is answered by the bitmap");
	printf("| %s | %zu | %zu | %zu | %zu | %zu | %zu | %zu |\n", s->name, small.calls, models[0], models[1],
	       small.timed, small.cached, fast.cached, s->rules);
	return 0;
}

static int bench(struct subject *subjects, size_t n, const struct bench_options *options, struct error *e)
{
	printf("| policy | | no filter | allow all | least | pinhole | pinhole, for speed | libseccomp | libseccomp, "
	       "tree |\n"
	       "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
	for (size_t i = 0; i < n; i++) {
		struct subject *s = &subjects[i];
		fprintf(stderr, "%s\n", s->name);
		if (subject_compile(s, e) != 0 || bench_timing(s, options, e) != 0 || print_costs(s, e) != 0)
			return e->code;
		row_of_times(s, "cached call", &s->probes[PROBE_CACHED]);
		row_of_times(s, "hottest tested call", &s->probes[PROBE_TESTED]);
		row_of_times(s, "denied call", &s->probes[PROBE_DENIED]);
		fflush(stdout);
	}
	printf("\n| policy | unconditional calls | answered by the bitmap: by the model | the same, for speed | calls "
	       "timed | of these "
	       "answered by the bitmap | the same, for speed | rules of libseccomp |\n"
	       "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
	for (size_t i = 0; i < n; i++)
		if (print_cached(&subjects[i], e) != 0)
			return e->code;
	printf("\n");
	if (!bench_large()) {
		fprintf(stderr, "does not hold: 5,000 alternatives compile, or are refused, within a second\n");
		failed = true;
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
	    {"rounds", required_argument, NULL, 'r'}, {"calls", required_argument, NULL, 'c'}, {0}};
	struct bench_options options = {.rounds = 101, .calls = 5000};
	struct error e = {0};
	for (int option; (option = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
		unsigned long n = optarg == NULL ? 0 : strtoul(optarg, NULL, 10);
		if (option == '?' || n == 0 || n > 100000000)
			return 2;
		*(option == 'r' ? &options.rounds : &options.calls) = (unsigned)n;
	}
	size_t n = (size_t)(argc - optind);
	struct subject *subjects = calloc(n + 1, sizeof(*subjects));
	if (n == 0 || subjects == NULL) {
		fprintf(stderr, "usage: filter [--rounds=N] [--calls=N] POLICY[,PROFILE]…\n");
		return 2;
	}
	for (size_t i = 0; i < n; i++)
		if (subject_read(&subjects[i], argv[optind + (int)i], &e) != 0)
			return die(&e);
	int rc = bench(subjects, n, &options, &e);
	for (size_t i = 0; i < n; i++) {
		for (enum variant v = 0; v < VARIANTS; v++)
			filter_clear(&subjects[i].filters[v]);
		policy_free(subjects[i].policy);
		profile_free(subjects[i].profile);
	}
	free(subjects);
	return rc != 0 ? die(&e) : failed;
}

/* Learns policies from some of a program's scenarios and tries them on the others: what share of these would be denied,
 * and what the policies leave open. Writes one line for each setting and number of scenarios known, words separated by
 * tabs.
 *
 *     crossval [-o ORDERS] [-d] [-s ARGS/GENERALIZE] [-k KNOWN,KNOWN…] PROFILE…
 *
 * Lines that begin with "predicted" hold what `confidence --policy` predicts against what the others show.
 * -d lists what the default denies instead, and -s does so of another setting. SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "generator/generator.h"
#include "policies/abi/power/danger.h"
#include "policies/base/file.h"
#include "policies/estimate/denials.h"
#include "policies/estimate/replay.h"
#include "policies/policy/call_set.h"
#include "policies/report/report_parts.h"
#include "policies/show/show.h"

enum { PROFILES_MOST = 256, SIZES_MOST = 8, PROFILE_LIMIT = 64 << 20, COMPILED = 10 };

struct setting {
	const char *name;
	struct infer_options options;
};

#define SETTING(text, how, far)                                                                                        \
	{                                                                                                              \
		text, { .args = how, .generalize = far, .default_action = {ACTION_KILL, 0} }                           \
	}
static const struct setting settings[] = {
    SETTING("none/none", ARGS_NONE, GENERALIZE_NONE),
    SETTING("none/chance", ARGS_NONE, GENERALIZE_CHANCE),
    SETTING("none/capability", ARGS_NONE, GENERALIZE_CAPABILITY),
    SETTING("shape/none", ARGS_SHAPE, GENERALIZE_NONE),
    SETTING("shape/chance", ARGS_SHAPE, GENERALIZE_CHANCE),
    SETTING("shape/capability", ARGS_SHAPE, GENERALIZE_CAPABILITY),
    SETTING("exact/none", ARGS_EXACT, GENERALIZE_NONE),
    SETTING("exact/chance", ARGS_EXACT, GENERALIZE_CHANCE),
    SETTING("exact/capability", ARGS_EXACT, GENERALIZE_CAPABILITY),
};
static const char default_setting[] = "shape/capability";

/* A scenario: its profile as it is, and its bytes, of which merging makes others. */
struct scenario {
	const char *path;
	char *bytes;
	size_t count;
	struct profile *profile;
};

struct trial {
	struct scenario scenarios[PROFILES_MOST];
	size_t count, orders, sizes[SIZES_MOST], size_count;
	const char *listed; /* the setting of which denied facts are listed; NULL: none */
};

/* What was found of a setting and a number of scenarios known, summed over the orders. */
struct score {
	double tried, denied, calls, dangers, instructions;
};

/* What the estimate said, summed over the orders. */
struct prediction {
	double said, error, within, asked;
};

static struct error failure;

static void die(const char *what)
{
	fprintf(stderr, "crossval: %s\n", failure.code != 0 ? failure.text : what);
	exit(2);
}

static struct profile *parse(const struct scenario *s)
{
	struct profile *p = profile_parse(s->bytes, s->count, s->path, &failure);
	if (p == NULL)
		die("no profile");
	return p;
}

/* The same order for a seed on every machine. */
static void shuffle(size_t *items, size_t n, uint64_t seed)
{
	uint64_t state = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
	for (size_t i = 0; i < n; i++)
		items[i] = i;
	for (size_t i = n; i > 1; i--) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		size_t k = (size_t)(state % i), kept = items[i - 1];
		items[i - 1] = items[k];
		items[k] = kept;
	}
}

static bool was_seen(const struct profile *known, enum arch arch, const struct danger *d)
{
	const struct syscall_desc *call = abi_call(arch, d->syscall);
	bool seen = false;
	for (size_t i = 0; i < profile_fact_count(known) && !seen; i++) {
		const struct fact *f = profile_fact(known, i);
		seen = f->key.arch == arch && fact_has_number(f, (uint32_t)call->nr[arch]) && fact_is_dangerous(f, d);
	}
	return seen;
}

/* How many dangers a policy leaves open that nothing known did. */
static size_t unseen_dangers(const struct policy *p, const struct profile *known, enum arch arch, bool tell)
{
	size_t open = 0;
	for (uint32_t nr = 0; nr <= abi_newest(arch); nr++) {
		const struct syscall_desc *call = abi_by_nr(arch, nr);
		size_t n = 0;
		const struct danger *d = call != NULL ? abi_dangers(call->name, &n) : NULL;
		struct call_set permitted = {0};
		if (n > 0 && policy_permits(p, arch, call->name, true, &permitted, &failure) != 0)
			die("what a policy permits is not known");
		for (size_t i = 0; i < n; i++)
			if (danger_is_let_through(&permitted, &d[i], arch, &failure) && !was_seen(known, arch, &d[i])) {
				open++;
				if (tell)
					printf("open\t%s\t%s\t%s\n", d[i].syscall, d[i].arg != NULL ? d[i].arg : "",
					       d[i].value != NULL ? d[i].value : "");
			}
		call_set_clear(&permitted);
	}
	return open;
}

static size_t calls_allowed(const struct policy *p, enum arch arch)
{
	size_t n = 0;
	const char *last = "";
	for (size_t i = 0; i < p->rules.count; i++) {
		const struct rule *r = &p->rules.items[i];
		if (!(r->archs & ARCH_BIT(arch)) || !lets_through(r->action) || strcmp(last, r->syscall) == 0)
			continue;
		n++;
		last = r->syscall;
	}
	return n;
}

static size_t instructions(const struct policy *p)
{
	struct filter f = {0};
	if (filter_compile(p, NULL, &f, &failure) != 0)
		die("a policy does not compile");
	size_t n = f.code.count;
	filter_clear(&f);
	return n;
}

/* Names a denied fact as one that may be among several runs: without its phase. */
static void list_denied(const struct scenario *s, const struct replay *r)
{
	struct text out = {0};
	for (size_t i = 0; i < r->facts.count; i++) {
		text_add(&out, "denied\t%s\t", s->path);
		fact_text(r->facts.items[i].fact, &out);
		text_add(&out, "\n");
	}
	for (size_t i = 0; i < r->next.count; i++) {
		text_add(&out, "denied\t%s\t", s->path);
		denied_next_text(&r->next.items[i], &out);
		text_add(&out, "\n");
	}
	fputs(text_string(&out), stdout);
	text_free(&out);
}

static bool is_denied(const struct scenario *s, const struct policy *p, bool tell)
{
	struct replay r = {0};
	if (replay_profile(s->profile, NULL, policy_judge(p), &r, &failure) != 0)
		die("no memory");
	bool denied = r.facts.count + r.next.count > 0;
	if (tell)
		list_denied(s, &r);
	replay_clear(&r);
	return denied;
}

/* Whether a share of so many may come of a chance within the interval, at 95 %. */
static bool may_be_within(double share, double n, struct interval in)
{
	return share >= in.low - 1.96 * sqrt(in.low * (1 - in.low) / n) &&
	       share <= in.high + 1.96 * sqrt(in.high * (1 - in.high) / n);
}

/* Adds what is predicted of the share of n others that is denied. */
static void predict(const struct setting *s, const struct profile *known, double share, double n,
		    struct prediction *out)
{
	struct denials d = {0};
	struct policy_maker maker = {infer_of, NULL, &s->options};
	if (denials_find(known, &maker, &d, &failure) != 0)
		die("no estimate");
	if (d.estimated) {
		out->said += d.chance;
		out->error += fabs(d.chance - share);
		out->within += may_be_within(share, n, d.within);
		out->asked++;
	}
	denials_clear(&d);
}

/* One order, one size, one setting. Filters are compiled in the first two orders alone, of COMPILED scenarios: that takes longest. */
static void try_setting(const struct trial *t, const struct setting *s, const struct profile *known,
			const size_t *order, size_t k, size_t round, struct score *out, struct prediction *said)
{
	double denied = 0, tried = (double)(t->count - k);
	bool tell = t->listed != NULL;
	struct policy *p = infer_of(&s->options, known, NULL, &failure);
	if (p == NULL)
		die("no policy");
	for (size_t i = k; i < t->count; i++)
		denied += is_denied(&t->scenarios[order[i]], p, tell);
	out->denied += denied;
	out->tried += tried;
	if (!tell && strcmp(s->name, default_setting) == 0)
		predict(s, known, denied / tried, tried, said);
	out->calls += (double)calls_allowed(p, ARCH_NATIVE);
	out->dangers += (double)unseen_dangers(p, known, ARCH_NATIVE, tell);
	if (round < 2 && k == COMPILED && !tell)
		out->instructions += (double)instructions(p);
	policy_free(p);
}

static void try_size(const struct trial *t, size_t k)
{
	enum { SETTINGS = sizeof(settings) / sizeof(settings[0]) };
	struct score scores[SETTINGS] = {0};
	struct prediction said = {0};
	for (size_t round = 0; round < t->orders; round++) {
		size_t order[PROFILES_MOST];
		shuffle(order, t->count, round);
		struct profile *known = parse(&t->scenarios[order[0]]);
		for (size_t i = 1; i < k; i++) {
			struct profile *more = parse(&t->scenarios[order[i]]);
			if (profile_merge(known, more, &failure) != 0)
				die("not merged");
			profile_free(more);
		}
		if (profile_sort(known, &failure) != 0)
			die("no memory");
		for (size_t i = 0; i < SETTINGS; i++)
			if (t->listed == NULL || strcmp(t->listed, settings[i].name) == 0)
				try_setting(t, &settings[i], known, order, k, round, &scores[i], &said);
		profile_free(known);
	}
	double n = (double)t->orders, compiled = n < 2 ? n : 2;
	for (size_t i = 0; i < SETTINGS && t->listed == NULL; i++)
		printf("%s\t%zu\t%.6f\t%.1f\t%.1f\t%.1f\n", settings[i].name, k, scores[i].denied / scores[i].tried,
		       scores[i].calls / n, scores[i].dangers, scores[i].instructions / compiled);
	if (t->listed == NULL && said.asked > 0)
		printf("predicted\t%zu\t%.6f\t%.6f\t%.6f\n", k, said.said / said.asked, said.error / said.asked,
		       said.within / said.asked);
}

static void read_sizes(char *words, struct trial *t)
{
	t->size_count = 0;
	for (char *word = strtok(words, ","); word != NULL && t->size_count < SIZES_MOST; word = strtok(NULL, ","))
		t->sizes[t->size_count++] = strtoul(word, NULL, 10);
}

static void read_options(int argc, char **argv, struct trial *t)
{
	for (int option; (option = getopt(argc, argv, "o:ds:k:")) != -1;) {
		if (option == 'o')
			t->orders = strtoul(optarg, NULL, 10);
		else if (option == 'd')
			t->listed = default_setting;
		else if (option == 's')
			t->listed = optarg;
		else if (option == 'k')
			read_sizes(optarg, t);
		else
			exit(2);
	}
}

int main(int argc, char **argv)
{
	static struct trial t = {.orders = 8, .sizes = {3, 5, 10, 20}, .size_count = 4};
	read_options(argc, argv, &t);
	for (int i = optind; i < argc && t.count < PROFILES_MOST; i++, t.count++) {
		struct scenario *s = &t.scenarios[t.count];
		s->path = argv[i];
		if (file_read(argv[i], PROFILE_LIMIT, &s->bytes, &s->count, &failure) != 0)
			die("not read");
		s->profile = parse(s);
	}
	if (t.count < 2 || t.orders == 0)
		die("usage: crossval [-o ORDERS] [-d] [-s ARGS/GENERALIZE] [-k KNOWN,KNOWN…] PROFILE…");
	for (size_t i = 0; i < t.size_count; i++)
		if (t.sizes[i] > 0 && t.sizes[i] < t.count)
			try_size(&t, t.sizes[i]);
	for (size_t i = 0; i < t.count; i++) {
		profile_free(t.scenarios[i].profile);
		free(t.scenarios[i].bytes);
	}
	return 0;
}

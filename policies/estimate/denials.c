/* Finds the runs that policies learned from other runs deny. SPDX-License-Identifier: MIT */
#include "policies/estimate/denials.h"

#include <stdlib.h>

struct trying {
	const struct profile *profile;
	const struct policy_maker *maker;
	const struct run_clusters *clusters;
	struct policy *of_all; /* the policy of all runs */
	struct error *e;
};

/* The facts that any run other than `run` had, or any earlier run. */
struct teachers {
	const struct trying *of;
	uint32_t run;
	bool before;
};

static bool is_taught(const void *self, const struct fact *f)
{
	const struct teachers *t = self;
	for (size_t i = 0; i < f->runs.count; i++) {
		uint32_t run = f->runs.items[i].run;
		const struct run_clusters *c = t->of->clusters;
		if (t->before ? c->place[run] < c->place[t->run] : c->of[run] != c->of[t->run])
			return true;
	}
	return false;
}

/* The facts that a run had and that the policies are about. */
struct pupil {
	const struct trying *of;
	uint32_t run;
};

static bool is_covered(const struct trying *t, const struct fact *f)
{
	return t->maker->covers == NULL || t->maker->covers(t->maker->self, t->profile, f);
}

static bool is_asked(const void *self, const struct fact *f)
{
	const struct pupil *p = self;
	bool had = false;
	for (size_t i = 0; i < f->runs.count && !had; i++)
		had = p->of->clusters->of[f->runs.items[i].run] == p->of->clusters->of[p->run];
	return had && is_covered(p->of, f);
}

/* Finds the clusters with something that no other has: alone[cluster], or first[place] in the order of time. The policy of all
 * runs judges the others. */
static void find_news(const struct trying *t, bool *alone, bool *first)
{
	const struct run_clusters *c = t->clusters;
	for (size_t i = 0; i < profile_fact_count(t->profile); i++) {
		const struct fact *f = profile_fact(t->profile, i);
		uint32_t earliest = UINT32_MAX;
		bool one = f->runs.count > 0;
		for (size_t k = 0; k < f->runs.count; k++) {
			uint32_t run = f->runs.items[k].run;
			earliest = c->place[run] < earliest ? c->place[run] : earliest;
			one &= c->of[run] == c->of[f->runs.items[0].run];
		}
		if (one)
			alone[c->of[f->runs.items[0].run]] = true;
		if (earliest != UINT32_MAX)
			first[earliest] = true;
	}
}

/* The policy learned from the other runs; if they have no facts, a policy that allows nothing. */
static struct policy *taught(const struct trying *t, const struct teachers *by)
{
	struct fact_filter only = {is_taught, by};
	for (size_t i = 0; i < profile_fact_count(t->profile); i++) {
		const struct fact *f = profile_fact(t->profile, i);
		if (is_taught(by, f) && is_covered(t, f))
			return t->maker->make(t->maker->self, t->profile, &only, t->e);
	}
	struct policy *nothing = policy_new();
	if (nothing == NULL)
		error_memory(t->e);
	return nothing;
}

/* Tries a run. Returns whether something is denied, and stores what; false also means an error. */
static bool try_run(const struct trying *t, uint32_t run, bool news, bool before, struct denied_run *out)
{
	struct teachers by = {t, run, before};
	struct pupil asked = {t, run};
	struct policy *p = news ? taught(t, &by) : t->of_all;
	*out = (struct denied_run){.run = run, .recent = 2 * (size_t)t->clusters->place[run] + 1 >= t->clusters->count};
	if (p != NULL)
		replay_profile(t->profile, &(struct fact_filter){is_asked, &asked}, policy_judge(p), &out->denied,
			       t->e);
	if (news)
		policy_free(p);
	bool denied = t->e->code == 0 && out->denied.facts.count + out->denied.next.count > 0;
	if (!denied)
		replay_clear(&out->denied);
	return denied;
}

static void try_complete(const struct trying *t, const bool *alone, bool *tried, struct denials *out)
{
	struct denied_run r;
	for (size_t i = 0; i < profile_run_count(t->profile) && t->e->code == 0; i++) {
		uint32_t cluster = t->clusters->of[i];
		if (!run_is_complete(profile_run(t->profile, i)) || tried[cluster])
			continue;
		tried[cluster] = true;
		out->complete++;
		if (try_run(t, (uint32_t)i, alone[cluster], false, &r) && !vec_push(&out->alone, r)) {
			replay_clear(&r.denied);
			error_memory(t->e);
		}
	}
	out->estimated = out->complete >= ESTIMATE_RUNS;
	if (!out->estimated)
		return;
	out->chance = (double)out->alone.count / (double)out->complete;
	out->within = share_within((double)out->alone.count, (double)out->complete);
}

static void try_row(const struct trying *t, const bool *first, bool *denied, struct denials *out)
{
	struct denied_run r;
	size_t n = profile_run_count(t->profile);
	uint32_t *at = calloc(n + 1, sizeof(*at));
	if (at == NULL) {
		error_memory(t->e);
		return;
	}
	for (uint32_t i = 0; i < n; i++)
		if (t->clusters->place[i] != UINT32_MAX)
			at[t->clusters->place[i]] = i;
	for (size_t i = 0; i < out->runs && t->e->code == 0; i++) {
		denied[i] = try_run(t, at[i], first[i], true, &r);
		if (denied[i] && !vec_push(&out->row_denied, r)) {
			replay_clear(&r.denied);
			error_memory(t->e);
		}
	}
	free(at);
	out->row_estimated = t->e->code == 0 && estimate_row(denied, out->runs, &out->row);
}

int denials_find(const struct profile *p, const struct policy_maker *maker, struct denials *out, struct error *e)
{
	return denials_find_by(p, NULL, maker, out, e);
}

int denials_find_by(const struct profile *p, const char *word, const struct policy_maker *maker, struct denials *out, struct error *e)
{
	*out = (struct denials){0};
	if (run_clusters_make(p, word, &out->clusters, e) < 0)
		return e->code;
	out->runs = out->clusters.count;
	size_t all = profile_run_count(p) + 1;
	struct trying t = {p, maker, &out->clusters, NULL, e};
	bool *flags = calloc(4 * all, sizeof(*flags)), *alone = flags;
	if (flags == NULL) {
		error_memory(e);
	} else if ((t.of_all = maker->make(maker->self, p, NULL, e)) != NULL) {
		bool *first = flags + all, *denied = first + all, *tried = denied + all;
		find_news(&t, alone, first);
		try_complete(&t, alone, tried, out);
		if (e->code == 0)
			try_row(&t, first, denied, out);
	}
	policy_free(t.of_all);
	free(flags);
	return e->code;
}

void denials_clear(struct denials *d)
{
	run_clusters_clear(&d->clusters);
	for (size_t i = 0; i < d->alone.count; i++)
		replay_clear(&d->alone.items[i].denied);
	for (size_t i = 0; i < d->row_denied.count; i++)
		replay_clear(&d->row_denied.items[i].denied);
	vec_free(&d->alone);
	vec_free(&d->row_denied);
}

bool denials_chance(const struct denials *d, double *chance, struct interval *within, size_t *runs)
{
	*chance = d->estimated ? d->chance : d->row.news;
	*within = d->estimated ? d->within : d->row.news_within;
	*runs = d->estimated ? d->complete : d->runs;
	return d->estimated || d->row_estimated;
}

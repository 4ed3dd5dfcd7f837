/* Delta debugging over the calls that a policy allows. SPDX-License-Identifier: MIT */
#include "generator/minimize/minimize.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generator/generator.h"
#include "policies/abi/groups.h"
#include "policies/policy/call_set.h"

struct search {
	struct candidate *candidates;
	size_t n;
	const struct minimize_options *options;
	uint16_t *chosen; /* what has been put together so far */
	bool late;	  /* the time ended before a trial */
	bool begun;	  /* the first trial of calls together was made */
};

struct candidate *minimize_candidates(const struct policy *p, size_t *n)
{
	struct candidate *all = calloc(p->rules.count + 1, sizeof(*all));
	*n = 0;
	for (size_t i = 0; all != NULL && i < p->rules.count; i++) {
		const struct rule *r = &p->rules.items[i];
		/* Rules are sorted by name: those of one call are neighbours. */
		if (lets_through(r->action) && !infer_always(r->syscall) &&
		    (*n == 0 || strcmp(all[*n - 1].syscall, r->syscall) != 0))
			all[(*n)++] = (struct candidate){.syscall = r->syscall, .group = abi_group(r->syscall)};
	}
	return all;
}

void minimize_free(struct candidate *candidates, size_t n)
{
	for (size_t i = 0; candidates != NULL && i < n; i++)
		free(candidates[i].evidence);
	free(candidates);
}

static void free_trials(struct trial *trials, size_t n)
{
	for (size_t i = 0; trials != NULL && i < n; i++)
		free(trials[i].answers);
	free(trials);
}

/* Returns n trials that answer no call yet. NULL: no memory. Free them by free_trials. */
static struct trial *new_trials(const struct search *s, size_t n)
{
	struct trial *trials = calloc(n + 1, sizeof(*trials));
	for (size_t i = 0; trials != NULL && i < n; i++) {
		trials[i].about = -1;
		trials[i].answers = calloc(s->n + 1, sizeof(*trials[i].answers));
		if (trials[i].answers == NULL) {
			free_trials(trials, n);
			return NULL;
		}
	}
	return trials;
}

static int make(struct search *s, struct trial *trials, size_t n, struct error *e)
{
	int rc = n > 0 ? s->options->make(s->options->context, trials, n, e) : 0;
	for (size_t i = 0; i < n; i++)
		s->late |= !trials[i].made;
	return rc;
}

/* Tries each group with all its calls answered by the first errno. Calls of a group that passes need no trials of their own. */
static int try_groups(struct search *s, struct error *e)
{
	struct trial *trials = new_trials(s, s->n);
	const char **groups = calloc(s->n + 1, sizeof(*groups));
	size_t n = 0;
	if (trials == NULL || groups == NULL) {
		free(groups);
		free_trials(trials, s->n);
		return error_memory(e);
	}
	for (size_t i = 0; i < s->n; i++) {
		size_t g = 0;
		while (g < n && strcmp(groups[g], s->candidates[i].group) != 0)
			g++;
		n += g == n;
		groups[g] = s->candidates[i].group;
		trials[g].answers[i] = s->options->errnos[0];
	}
	int rc = make(s, trials, n, e);
	for (size_t g = 0; rc == 0 && g < n; g++) {
		size_t members = 0;
		for (size_t i = 0; i < s->n; i++)
			members += trials[g].answers[i] != 0;
		for (size_t i = 0; trials[g].passed && i < s->n; i++)
			if (trials[g].answers[i] != 0) {
				s->candidates[i].answer = trials[g].answers[i];
				s->candidates[i].in_group = members > 1;
			}
	}
	free(groups);
	free_trials(trials, s->n);
	return rc;
}

/* Tries each call that has not passed yet by itself, answered by one errno. */
static int try_each(struct search *s, uint16_t number, struct error *e)
{
	struct trial *trials = new_trials(s, s->n);
	size_t n = 0;
	if (trials == NULL)
		return error_memory(e);
	for (size_t i = 0; i < s->n; i++)
		if (s->candidates[i].answer == 0) {
			trials[n].about = (ptrdiff_t)i;
			trials[n++].answers[i] = number;
		}
	int rc = make(s, trials, n, e);
	for (size_t t = 0; rc == 0 && t < n; t++) {
		struct candidate *c = &s->candidates[trials[t].about];
		if (!trials[t].made)
			c->verdict = VERDICT_UNTRIED;
		else if (trials[t].passed)
			c->answer = number;
		else
			c->verdict = VERDICT_NEEDED;
	}
	free_trials(trials, s->n);
	return rc;
}

/* Adds the n listed candidates to the chosen ones, or as many of them as pass together with these. */
static int put_together(struct search *s, const size_t *list, size_t n, struct error *e)
{
	struct trial *trial = n > 0 && !s->late ? new_trials(s, 1) : NULL;
	if (n == 0 || s->late)
		return 0;
	if (trial == NULL)
		return error_memory(e);
	memcpy(trial->answers, s->chosen, s->n * sizeof(*s->chosen));
	for (size_t i = 0; i < n; i++)
		trial->answers[list[i]] = s->candidates[list[i]].answer;
	trial->about = n == 1 ? (ptrdiff_t)list[0] : -1;
	trial->together = true;
	trial->must = !s->begun;
	s->begun = true;
	int rc = make(s, trial, 1, e);
	bool passed = trial->passed;
	if (rc == 0 && passed)
		memcpy(s->chosen, trial->answers, s->n * sizeof(*s->chosen));
	free_trials(trial, 1);
	for (size_t i = 0; rc == 0 && !s->late && (passed || n == 1) && i < n; i++)
		s->candidates[list[i]].verdict = passed ? VERDICT_STUBBABLE : VERDICT_ALONE;
	if (rc != 0 || passed || n == 1)
		return rc;
	rc = put_together(s, list, n / 2, e);
	return rc != 0 ? rc : put_together(s, list + n / 2, n - n / 2, e);
}

int minimize(struct candidate *candidates, size_t n, const struct minimize_options *options, struct error *e)
{
	struct search s = {candidates, n, options, calloc(n + 1, sizeof(*s.chosen)), false, false};
	size_t *list = calloc(n + 1, sizeof(*list)), count = 0;
	int rc = s.chosen != NULL && list != NULL ? 0 : error_memory(e);
	if (rc == 0 && options->by_group)
		rc = try_groups(&s, e);
	for (const uint16_t *number = options->errnos; rc == 0 && *number != 0; number++)
		rc = try_each(&s, *number, e);
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (candidates[i].answer != 0)
			list[count++] = i;
	s.late = false;
	if (rc == 0)
		rc = put_together(&s, list, count, e);
	for (size_t i = 0; i < n; i++)
		if (candidates[i].answer != 0 && candidates[i].verdict == VERDICT_NEEDED)
			candidates[i].verdict = VERDICT_UNTRIED;
	free(list);
	free(s.chosen);
	return rc;
}

int minimize_apply(struct policy *p, const struct candidate *candidates, size_t n, const uint16_t *answers,
		   const char *why, struct error *e)
{
	int rc = 0;
	size_t c = 0;
	for (size_t i = 0; rc == 0 && i < p->rules.count; i++) {
		struct rule *r = &p->rules.items[i];
		while (c < n && strcmp(candidates[c].syscall, r->syscall) < 0)
			c++;
		if (c == n || strcmp(candidates[c].syscall, r->syscall) != 0 || answers[c] == 0 ||
		    !lets_through(r->action))
			continue;
		for (size_t a = 0; a < r->any.count; a++)
			alternative_clear(&r->any.items[a]);
		vec_free(&r->any);
		r->action = (struct action){ACTION_ERRNO, answers[c]};
		rc = why != NULL ? rule_add_why(r, why, e) : 0;
	}
	policy_drop_unreached(p);
	return rc;
}

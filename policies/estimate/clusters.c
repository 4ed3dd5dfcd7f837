/* Divides runs into clusters, and puts them into the order of time. SPDX-License-Identifier: MIT */
#include "policies/estimate/clusters.h"

#include <stdlib.h>
#include <string.h>

/* The order of time. Of runs that began in the same second, the one that knew less comes first. */
struct moment {
	const struct run *run;
	uint32_t at;
};

static int order_moments(const void *a, const void *b)
{
	const struct moment *x = a, *y = b;
	if (run_is_explored(x->run) != run_is_explored(y->run))
		return run_is_explored(y->run) ? -1 : 1;
	int order =
	    strcmp(x->run->started != NULL ? x->run->started : "", y->run->started != NULL ? y->run->started : "");
	if (order == 0 && x->run->known != y->run->known)
		order = x->run->known < y->run->known ? -1 : 1;
	return order != 0 ? order : x->at < y->at ? -1 : x->at > y->at;
}

size_t runs_unprovoked(const struct profile *p)
{
	size_t n = 0;
	for (size_t i = 0; i < profile_run_count(p); i++)
		n += !run_is_explored(profile_run(p, i));
	return n;
}

/* A run with the value of the word in its label. */
struct labelled {
	const char *value; /* not terminated */
	size_t n;	   /* bytes of it; 0: the label has no such word */
	uint32_t run;
};

static int order_values(const void *a, const void *b)
{
	const struct labelled *x = a, *y = b;
	size_t n = x->n < y->n ? x->n : y->n;
	int order = n > 0 ? memcmp(x->value, y->value, n) : 0;
	return order != 0 ? order : (x->n > y->n) - (x->n < y->n);
}

static bool is_name(const char *word)
{
	return word[0] != '\0' && word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")] == '\0';
}

/* Gives the runs with the same value the same number. */
static int number_by_word(const struct profile *p, const char *word, struct run_clusters *out, struct error *e)
{
	size_t n = profile_run_count(p), found = 0;
	struct labelled *runs = calloc(n + 1, sizeof(*runs));
	if (runs == NULL)
		return error_memory(e);
	for (size_t i = 0; i < n; i++) {
		runs[i].run = (uint32_t)i;
		runs[i].value = run_label_word(profile_run(p, i), word, &runs[i].n);
		found += runs[i].n > 0;
	}
	if (n > 1)
		qsort(runs, n, sizeof(*runs), order_values);
	for (size_t i = 0; i < n; i++) {
		out->all += i == 0 || order_values(&runs[i - 1], &runs[i]) != 0;
		out->of[runs[i].run] = (uint32_t)out->all - 1;
	}
	free(runs);
	if (found == 0)
		return error_set(e, ERR_INPUT, "--cluster=%s: no run has a label with the word %s=VALUE; record with --label=%s=VALUE",
				 word, word, word);
	return 0;
}

/* Returns the runs in the order of time, the explored ones last; the caller frees them. NULL: no memory. */
static struct moment *order_runs(const struct profile *p)
{
	size_t n = profile_run_count(p);
	struct moment *moments = calloc(n + 1, sizeof(*moments));
	for (size_t i = 0; moments != NULL && i < n; i++)
		moments[i] = (struct moment){profile_run(p, i), (uint32_t)i};
	if (moments != NULL && n > 1)
		qsort(moments, n, sizeof(*moments), order_moments);
	return moments;
}

/* A cluster stands where the first of its runs does. */
static bool put_in_order(const struct profile *p, struct run_clusters *out)
{
	size_t n = profile_run_count(p);
	struct moment *moments = order_runs(p);
	uint32_t *place_of = malloc((out->all + 1) * sizeof(*place_of)); /* by cluster */
	bool fine = moments != NULL && place_of != NULL;
	if (fine)
		memset(place_of, 0xff, (out->all + 1) * sizeof(*place_of));
	for (size_t i = 0; fine && i < n; i++) {
		uint32_t run = moments[i].at, *place = &place_of[out->of[run]];
		if (!run_is_explored(moments[i].run) && *place == UINT32_MAX)
			*place = (uint32_t)out->count++;
		out->place[run] = run_is_explored(moments[i].run) ? UINT32_MAX : *place;
	}
	free(place_of);
	free(moments);
	return fine;
}

int run_clusters_make(const struct profile *p, const char *word, struct run_clusters *out, struct error *e)
{
	size_t n = profile_run_count(p);
	*out = (struct run_clusters){.noun = word != NULL ? word : "run"};
	if (word != NULL && !is_name(word))
		return error_set(e, ERR_INPUT, "--cluster=%.40s: not the name of a word in labels; give letters and digits, such as host",
				 word);
	out->of = calloc(n + 1, sizeof(*out->of));
	out->place = calloc(n + 1, sizeof(*out->place));
	if (out->of == NULL || out->place == NULL)
		return error_memory(e);
	if (word != NULL && number_by_word(p, word, out, e) < 0)
		return e->code;
	for (size_t i = 0; word == NULL && i < n; i++)
		out->of[i] = (uint32_t)out->all++;
	return put_in_order(p, out) ? 0 : error_memory(e);
}

void run_clusters_clear(struct run_clusters *c)
{
	free(c->of);
	free(c->place);
	*c = (struct run_clusters){0};
}

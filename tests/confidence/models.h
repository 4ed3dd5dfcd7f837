/* Programs whose facts and chances are known: what the estimates are held against. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TEST_MODELS_H
#define PINHOLE_TEST_MODELS_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policies/estimate/estimate.h"

enum { MODEL_FACTS = 200, MODEL_RUNS = 200, ROUNDS_MAX = 2000 };

/* A run shows each fact with its chance, independently; or it does one of some things, by their chances, and then shows
 * all facts of it: clumps. */
struct model {
	const char *name;
	bool clumped;
	size_t facts;
	double chance[MODEL_FACTS];  /* of a fact, or of the thing it belongs to */
	size_t belongs[MODEL_FACTS]; /* clumped: to which thing */
	size_t things;
};

static uint64_t model_state = 1;

static inline double model_random(void) /* in [0, 1): splitmix64 */
{
	uint64_t z = model_state += 0x9e3779b97f4a7c15;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (double)((z ^ z >> 31) >> 11) / 9007199254740992.0;
}

/* All facts alike. */
static inline void model_homogeneous(struct model *m)
{
	*m = (struct model){.name = "homogeneous, p = 0.08", .facts = 100};
	for (size_t i = 0; i < m->facts; i++)
		m->chance[i] = 0.08;
}

/* Chances drawn from Beta(1, 9), mean 0.1: by its distribution function's inverse. */
static inline void model_beta(struct model *m)
{
	*m = (struct model){.name = "Beta(1, 9)", .facts = 100};
	for (size_t i = 0; i < m->facts; i++)
		m->chance[i] = 1 - pow(1 - model_random(), 1.0 / 9);
}

static inline void model_zipf(struct model *m)
{
	*m = (struct model){.name = "Zipf, p = 1/rank", .facts = 200};
	for (size_t i = 0; i < m->facts; i++)
		m->chance[i] = 1.0 / (double)(i + 1);
}

/* Sixty facts that each run has, and thirty things to do, by Zipf's law, each with one to five facts of its own. */
static inline void model_clumped(struct model *m)
{
	*m = (struct model){.name = "clumped, 30 things", .clumped = true, .things = 31};
	double sum = 0;
	for (size_t thing = 1; thing < m->things; thing++)
		sum += 1.0 / (double)thing;
	for (; m->facts < 60; m->facts++)
		m->chance[m->facts] = 1;
	for (size_t thing = 1; thing < m->things; thing++)
		for (size_t n = 1 + thing % 5; n > 0; n--, m->facts++) {
			m->belongs[m->facts] = thing;
			m->chance[m->facts] = 1.0 / (double)thing / sum;
		}
}

static void (*const models[])(struct model *m) = {model_homogeneous, model_beta, model_zipf, model_clumped};
enum { MODELS = sizeof(models) / sizeof(models[0]) };

static inline size_t model_thing(const struct model *m)
{
	double at = model_random();
	for (size_t i = 60; i < m->facts; i++) {
		if (i > 60 && m->belongs[i] == m->belongs[i - 1])
			continue;
		if ((at -= m->chance[i]) < 0)
			return m->belongs[i];
	}
	return m->things - 1;
}

/* What was estimated of one sample, and what is true. */
struct trial {
	struct estimate of;
	struct row_estimate row;
	double unseen, news, new_facts; /* the truth of what was not seen */
};

static inline void model_truth(const struct model *m, const size_t *seen, struct trial *t)
{
	double none = 1;
	size_t last = 0;
	for (size_t i = 0; i < m->facts; i++) {
		if (seen[i] > 0)
			continue;
		t->unseen++;
		t->new_facts += m->chance[i];
		if (!m->clumped)
			none *= 1 - m->chance[i];
		else if (m->belongs[i] != last)
			none -= m->chance[i];
		last = m->belongs[i];
	}
	t->news = 1 - none;
}

/* Draws so many runs of a model and estimates. false: no memory. */
static inline bool model_trial(const struct model *m, size_t runs, struct trial *t)
{
	static uint32_t saw[MODEL_FACTS][MODEL_RUNS];
	size_t seen[MODEL_FACTS] = {0};
	bool news[MODEL_RUNS] = {false};
	struct incidence x;
	*t = (struct trial){0};
	for (size_t run = 0; run < runs; run++) {
		size_t thing = m->clumped ? model_thing(m) : 0;
		for (size_t i = 0; i < m->facts; i++)
			if (m->clumped ? m->belongs[i] == 0 || m->belongs[i] == thing : model_random() < m->chance[i]) {
				news[run] |= seen[i] == 0;
				saw[i][seen[i]++] = (uint32_t)run;
			}
	}
	bool fine = incidence_make(&x, runs);
	for (size_t i = 0; fine && i < m->facts; i++)
		fine = incidence_add(&x, saw[i], seen[i]);
	if (fine) {
		estimate(&x, &t->of);
		estimate_row(news, runs, &t->row);
		model_truth(m, seen, t);
	}
	incidence_free(&x);
	return fine;
}

static inline bool is_within(double value, struct interval in);

/* A fleet: each host has three of the things of a clumped model, and each of its runs does one of these. */
enum { HOST_THINGS = 3, HOST_RUNS = 10, HOSTS_TRIED = 200 };

struct fleet_score {
	double host_true, host, host_error, host_covered; /* a further host shows something new; estimated by hosts */
	double run_true, run, run_error, run_covered;	  /* a run on a further host does; estimated by runs */
};

static inline void fleet_host(const struct model *m, size_t things[HOST_THINGS])
{
	for (size_t i = 0; i < HOST_THINGS; i++)
		things[i] = model_thing(m);
}

static inline size_t fleet_run(const size_t things[HOST_THINGS])
{
	return things[(size_t)(model_random() * HOST_THINGS)];
}

/* Draws a fleet of so many hosts and estimates by hosts and by runs. false: no memory. */
static inline bool fleet_trial(const struct model *m, size_t hosts, struct estimate *by_host, struct estimate *by_run,
			       bool *seen)
{
	static uint32_t host_of[MODEL_FACTS][MODEL_RUNS], run_of[MODEL_FACTS][MODEL_RUNS]; /* by thing */
	size_t in_hosts[MODEL_FACTS] = {0}, in_runs[MODEL_FACTS] = {0}, things[HOST_THINGS];
	struct incidence x, y;
	for (size_t host = 0; host < hosts; host++) {
		fleet_host(m, things);
		for (size_t i = 0; i < HOST_RUNS; i++) {
			size_t thing = fleet_run(things), n = in_hosts[thing];
			run_of[thing][in_runs[thing]++] = (uint32_t)(host * HOST_RUNS + i);
			if (n == 0 || host_of[thing][n - 1] != host)
				host_of[thing][in_hosts[thing]++] = (uint32_t)host;
			seen[thing] = true;
		}
	}
	bool fine = incidence_make(&x, hosts), also = incidence_make(&y, hosts * HOST_RUNS);
	for (size_t i = 0; fine && also && i < m->facts; i++) {
		size_t thing = m->belongs[i];
		fine = thing == 0 || (incidence_add(&x, host_of[thing], in_hosts[thing]) && incidence_add(&y, run_of[thing], in_runs[thing]));
	}
	if (fine && also) {
		estimate(&x, by_host);
		estimate(&y, by_run);
	}
	incidence_free(&x);
	incidence_free(&y);
	return fine && also;
}

static inline bool fleet_score(size_t hosts, size_t rounds, struct fleet_score *s)
{
	struct model m;
	model_clumped(&m);
	*s = (struct fleet_score){0};
	for (size_t i = 0; i < rounds; i++) {
		struct estimate by_host, by_run;
		bool seen[MODEL_FACTS] = {false};
		double host_true = 0, run_true = 0, each = 1.0 / (double)rounds;
		size_t things[HOST_THINGS];
		if (!fleet_trial(&m, hosts, &by_host, &by_run, seen))
			return false;
		for (size_t k = 0; k < HOSTS_TRIED; k++) {
			bool news = false;
			fleet_host(&m, things);
			for (size_t run = 0; run < HOST_RUNS; run++) {
				bool unseen = !seen[fleet_run(things)];
				news |= unseen;
				run_true += run == 0 && unseen ? 1.0 / HOSTS_TRIED : 0;
			}
			host_true += news ? 1.0 / HOSTS_TRIED : 0;
		}
		s->host_true += host_true * each;
		s->host += by_host.news * each;
		s->host_error += fabs(by_host.news - host_true) * each;
		s->host_covered += is_within(host_true, by_host.news_within) * each;
		s->run_true += run_true * each;
		s->run += by_run.news * each;
		s->run_error += fabs(by_run.news - run_true) * each;
		s->run_covered += is_within(run_true, by_run.news_within) * each;
	}
	return true;
}

static inline bool is_within(double value, struct interval in)
{
	return value >= in.low - 1e-9 && value <= in.high + 1e-9;
}

/* Means over many trials. */
struct score {
	double unseen, unseen_true, unseen_error, unseen_covered, classic;
	double news, news_true, news_error, news_covered;
	double new_facts, new_facts_true;
	double row, row_error, row_covered, row_below; /* below: not above the interval's upper end */
};

static inline bool model_score(void (*make)(struct model *m), size_t runs, size_t rounds, struct model *m,
			       struct score *s)
{
	*s = (struct score){0};
	for (size_t i = 0; i < rounds; i++) {
		struct trial t;
		make(m);
		if (!model_trial(m, runs, &t))
			return false;
		double each = 1.0 / (double)rounds;
		s->unseen += t.of.unseen * each;
		s->classic += (t.of.classic ? t.of.unseen_classic : t.of.unseen) * each;
		s->unseen_true += t.unseen * each;
		s->unseen_error += fabs(t.of.unseen - t.unseen) * each;
		s->unseen_covered += is_within(t.unseen, t.of.unseen_within) * each;
		s->news += t.of.news * each;
		s->news_true += t.news * each;
		s->news_error += fabs(t.of.news - t.news) * each;
		s->news_covered += is_within(t.news, t.of.news_within) * each;
		s->new_facts += t.of.new_facts * each;
		s->new_facts_true += t.new_facts * each;
		s->row += t.row.news * each;
		s->row_error += fabs(t.row.news - t.news) * each;
		s->row_covered += is_within(t.news, t.row.news_within) * each;
		s->row_below += (t.news <= t.row.news_within.high + 1e-9) * each;
	}
	return true;
}

#endif

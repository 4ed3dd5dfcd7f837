/* Holds the estimates against models whose truth is known, and writes tables of tests/bench/RESULTS.md. SPDX-License-Identifier:
 * MIT */
#include <stdio.h>

#include "models.h"

enum { RUNS = 4 };

static void say_unseen(const struct model *m, const struct score *s, size_t runs)
{
	printf("| %s | %zu | %.1f | %.1f (%.1f) | %.0f %% |\n", m->name, runs, s->unseen_true, s->unseen, s->unseen_error,
	       100 * s->unseen_covered);
}

static void say_news(const struct model *m, const struct score *s, size_t runs)
{
	printf("| %s | %zu | %.2f | %.2f (%.2f) | %.0f %% | %.2f (%.2f) | %.0f %% |\n", m->name, runs, s->news_true, s->news,
	       s->news_error, 100 * s->news_covered, s->row, s->row_error, 100 * s->row_below);
}

/* Runs of one host resemble each other: counted as if they did not, they promise too much. */
static bool say_fleets(void)
{
	static const size_t hosts[] = {5, 10, 20};
	printf("\n| hosts, %d runs each | a further host has news: true | by hosts (mean error) | in the interval | a run on a further host has "
	       "news: true | by runs (mean error) | in the interval |\n| ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
	       HOST_RUNS);
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct fleet_score s;
		if (!fleet_score(hosts[i], ROUNDS_MAX, &s))
			return false;
		printf("| %zu | %.2f | %.2f (%.2f) | %.0f %% | %.2f | %.2f (%.2f) | %.0f %% |\n", hosts[i], s.host_true, s.host,
		       s.host_error, 100 * s.host_covered, s.run_true, s.run, s.run_error, 100 * s.run_covered);
	}
	return true;
}

int main(void)
{
	static const size_t runs[RUNS] = {10, 20, 40, 80};
	static struct model m[MODELS][RUNS];
	static struct score s[MODELS][RUNS];
	for (size_t i = 0; i < MODELS; i++)
		for (size_t k = 0; k < RUNS; k++)
			if (!model_score(models[i], runs[k], ROUNDS_MAX, &m[i][k], &s[i][k]))
				return 2;
	printf("| model | runs | unseen facts: true | estimated (mean error) | in the interval |\n"
	       "| --- | ---: | ---: | ---: | ---: |\n");
	for (size_t i = 0; i < MODELS; i++)
		for (size_t k = 0; k < RUNS; k++)
			say_unseen(&m[i][k], &s[i][k], runs[k]);
	printf("\n| model | runs | chance of news: true | estimated (mean error) | in the interval | from the row (mean error) | "
	       "below its upper end |\n"
	       "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
	for (size_t i = 0; i < MODELS; i++)
		for (size_t k = 0; k < RUNS; k++)
			say_news(&m[i][k], &s[i][k], runs[k]);
	return say_fleets() ? 0 : 2;
}

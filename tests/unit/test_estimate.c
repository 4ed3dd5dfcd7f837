/* The estimates against numbers from the literature and by hand, and against models whose truth is known.
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../confidence/models.h"

#define assert_near(a, b, e) assert_true(fabs((a) - (b)) <= (e))

/* Facts that so many runs saw, `counts` ending with 0: run numbers go round, so that tallies are spread. */
static struct incidence seen_in(size_t runs, const unsigned *counts)
{
	struct incidence x;
	uint32_t next = 0, list[64];
	assert_true(incidence_make(&x, runs));
	for (; *counts != 0; counts++) {
		for (unsigned i = 0; i < *counts; i++)
			list[i] = next++ % (uint32_t)runs;
		assert_true(incidence_add(&x, list, *counts));
	}
	return x;
}

/* Ten runs: 6 facts in one, 3 in two, 5 in all. By hand: A = 0.9, bias-corrected 0.9·6·5/(2·4) = 3.375, classic
 * 0.9·36/(2·3) = 5.4; coverage 1 - 6/62 · 9·6/(9·6 + 2·3). */
static void by_hand(void **unused)
{
	(void)unused;
	struct incidence x = seen_in(10, (unsigned[]){1, 1, 1, 1, 1, 1, 2, 2, 2, 10, 10, 10, 10, 10, 0});
	struct estimate of;
	assert_true(estimate(&x, &of));
	assert_int_equal(of.facts, 14);
	assert_int_equal(of.once, 6);
	assert_int_equal(of.twice, 3);
	assert_near(of.unseen, 3.375, 1e-12);
	assert_near(of.unseen_classic, 5.4, 1e-12);
	assert_near(of.new_facts, 0.6, 1e-12);
	assert_near(of.coverage, 1 - 6.0 / 62 * 54 / 60, 1e-12);
	assert_int_equal(of.runs_alone, 6);
	/* Rare facts come one by one: 6 in 6 runs, 3 in 6. So Chao's variance 3.375 + 0.81·6·121/(4·16) + 0.81·36·3·25/(4·256)
	 * = 14.699, and the factor exp(1.96 √ln(1 + 14.699/3.375²)) = 5.9552 */
	assert_near(of.unseen_within.high, 3.375 * 5.95524, 1e-4);
	assert_near(of.unseen_within.low, 3.375 / 5.95524, 1e-4);
	assert_near(of.news, 0.6, 1e-12);
	/* q = 6/(10·3.375 + 6) = 0.150943; ln 0.5 / ln(1 - q) */
	assert_near(of.halving, 4.2361, 1e-3);
	incidence_free(&x);
}

/* The spiders of Sackett et al. (2011) as Hsieh, Ma and Chao (2016), Methods in Ecology and Evolution 7, give them:
 * species, individuals, singletons, doubletons, and what iNEXT makes of these: Chao's estimate (classic form), its
 * interval, and the coverage. Each individual is a run here, so that abundance is incidence. */
static void published_spiders(void **unused)
{
	(void)unused;
	static const struct {
		size_t facts, runs, once, twice;
		double all, low, high, coverage;
	} sites[] = {{26, 168, 12, 4, 43.893, 30.511, 96.971, 0.9289},
		     {37, 252, 14, 4, 61.403, 43.502, 128.583, 0.9446}};
	for (size_t i = 0; i < 2; i++) {
		struct incidence x;
		struct estimate of;
		uint32_t list[300];
		size_t next = 0;
		for (uint32_t k = 0; k < 300; k++)
			list[k] = k;
		assert_true(incidence_make(&x, sites[i].runs));
		for (size_t k = 0; k < sites[i].facts; k++) {
			size_t others = sites[i].facts - k;
			size_t n = k < sites[i].once			? 1
				   : k < sites[i].once + sites[i].twice ? 2
									: (sites[i].runs - next) / others;
			assert_true(incidence_add(&x, list + next, n));
			next += n;
		}
		assert_true(estimate(&x, &of));
		assert_int_equal(x.total, sites[i].runs);
		assert_near((double)of.facts + of.unseen_classic, sites[i].all, 5e-4);
		assert_near((double)of.facts + of.classic_within.low, sites[i].low, 5e-4);
		assert_near((double)of.facts + of.classic_within.high, sites[i].high, 5e-3);
		assert_near(of.coverage, sites[i].coverage, 5e-5);
		incidence_free(&x);
	}
}

/* What one run of all runs saw is gone from smaller samples in the share of them that miss it. */
static void curves(void **unused)
{
	(void)unused;
	struct incidence x = seen_in(10, (unsigned[]){1, 1, 2, 10, 0});
	struct estimate of;
	double deviation, before = 0;
	assert_true(estimate(&x, &of));
	/* one run: 2·0.1 + 0.2 + 1; five: 2·0.5 + (1 - C(8,5)/C(10,5)) + 1 */
	assert_near(estimate_curve(&x, &of, 1, &deviation), 1.4, 1e-9);
	assert_near(estimate_curve(&x, &of, 5, &deviation), 1 + 1 - 56.0 / 252 + 1, 1e-9);
	assert_near(estimate_curve(&x, &of, 10, &deviation), 4, 1e-9);
	for (double t = 1; t < 1000; t++) {
		double now = estimate_curve(&x, &of, t, &deviation);
		assert_true(now >= before - 1e-9 && now <= 4 + of.unseen + 1e-9);
		before = now;
	}
	assert_near(estimate_curve(&x, &of, 10 + of.halving, &deviation), 4 + of.unseen / 2, 1e-6);
	assert_near(estimate_curve(&x, &of, 1e12, &deviation), 4 + of.unseen, 1e-9);
	incidence_free(&x);
}

/* Nothing, everything in every run, everything alone, too few runs. */
static void extremes(void **unused)
{
	(void)unused;
	struct estimate of;
	double deviation;
	struct incidence none = seen_in(8, (unsigned[]){0});
	assert_true(estimate(&none, &of));
	assert_true(of.unseen == 0 && !signbit(of.unseen) && of.news == 0 && of.coverage == 1 && of.halving == 0);
	assert_true(estimate_curve(&none, &of, 100, &deviation) == 0);
	incidence_free(&none);

	struct incidence all = seen_in(20, (unsigned[]){20, 20, 20, 0});
	assert_true(estimate(&all, &of));
	assert_true(of.unseen == 0 && !signbit(of.unseen) && of.news == 0 && of.unseen_within.high < 0.1);
	assert_near(of.news_within.high, 1.96 * 1.96 / (20 + 1.96 * 1.96), 1e-3); /* near to 3/n */
	incidence_free(&all);

	struct incidence alone = seen_in(6, (unsigned[]){1, 1, 1, 1, 1, 1, 0});
	assert_true(estimate(&alone, &of));
	assert_near(of.unseen, 5.0 / 6 * 6 * 5 / 2, 1e-9);
	assert_true(of.news == 1 && !of.classic && isfinite(of.unseen_within.high) && of.coverage < 0.2);
	incidence_free(&alone);

	struct incidence few = seen_in(4, (unsigned[]){1, 2, 0});
	assert_false(estimate(&few, &of));
	assert_int_equal(of.facts, 2);
	incidence_clear(&few);
	assert_true(few.facts == 0 && few.tallies[0].alone == 0);
	incidence_free(&few);
}

static void rows(void **unused)
{
	(void)unused;
	bool news[100] = {true, true, true, false, true};
	struct row_estimate row;
	assert_false(estimate_row(news, 7, &row));
	assert_int_equal(row.idle, 2);
	assert_true(estimate_row(news, 100, &row));
	assert_true(row.with_news == 4 && row.idle == 95 && row.recent == 50 && row.recent_news == 0);
	/* Crow by hand: 3 / Σ ln(100/t) = 3 / (5.2983 + 4.1997 + 3.6889 + 3.1011), times 4/100 */
	assert_near(row.growth, 3 / 16.288, 1e-3);
	assert_near(row.news, fmin(3 / 16.288 * 0.04, 0.5 / 26), 1e-4);
	assert_near(row.news_within.high, 3.8415 / (50 + 3.8415), 1e-4);
	for (size_t i = 0; i < 100; i++)
		news[i] = true;
	assert_true(estimate_row(news, 100, &row) && row.news > 0.9 && row.growth > 0.9);
	for (size_t i = 0; i < 100; i++)
		news[i] = false;
	assert_true(estimate_row(news, 100, &row) && row.news < 0.02 && row.news_within.high < 0.08);
}

static void wilson(void **unused)
{
	(void)unused;
	/* Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29 */
	const double cases[][4] = {
	    {81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}};
	for (size_t i = 0; i < 4; i++) {
		struct interval in = share_within(cases[i][0], cases[i][1]);
		assert_near(in.low, cases[i][2], 5e-5);
		assert_near(in.high, cases[i][3], 5e-5);
	}
}

/* Chao2 is consistent where facts are alike, and a lower bound of the others; the chance of news is right in all. */
static void models_are_estimated(void **unused)
{
	(void)unused;
	static const size_t runs[] = {10, 20, 40};
	for (size_t i = 0; i < MODELS; i++)
		for (size_t k = 0; k < sizeof(runs) / sizeof(runs[0]); k++) {
			struct model m;
			struct score s;
			model_state = 7;
			assert_true(model_score(models[i], runs[k], 400, &m, &s));
			bool alike = i == 0;
			if (fabs(s.news - s.news_true) > 0.06 || s.news_covered < 0.85 || s.row_below < 0.9 ||
			    fabs(s.new_facts - s.new_facts_true) > 0.25 * s.new_facts_true ||
			    (alike &&
			     (s.unseen_covered < 0.85 || fabs(s.unseen - s.unseen_true) > 0.1 * s.unseen_true + 0.3)) ||
			    s.unseen > 1.3 * s.unseen_true + 1)
				fail_msg(
				    "%s, %zu runs: news %.3f of %.3f in %.2f, unseen %.1f of %.1f in %.2f, row %.2f",
				    m.name, runs[k], s.news, s.news_true, s.news_covered, s.unseen, s.unseen_true,
				    s.unseen_covered, s.row_below);
		}
}

/* Runs of one host resemble each other: by hosts the estimate holds, by runs it promises far too much. */
static void clusters_are_estimated(void **unused)
{
	(void)unused;
	static const size_t hosts[] = {5, 10, 20};
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct fleet_score s;
		model_state = 7;
		assert_true(fleet_score(hosts[i], 400, &s));
		if (fabs(s.host - s.host_true) > 0.08 || s.host_covered < 0.85 || s.run > 0.5 * s.run_true)
			fail_msg("%zu hosts: %.3f of %.3f in %.2f; by runs %.3f of %.3f", hosts[i], s.host, s.host_true,
				 s.host_covered, s.run, s.run_true);
	}
}

/* A file may claim anything: a million runs take no time to speak of. */
static void many_runs(void **unused)
{
	(void)unused;
	struct incidence x;
	struct estimate of;
	double deviation;
	uint32_t list[1000];
	assert_true(incidence_make(&x, 1000000));
	for (uint32_t i = 0; i < 1000; i++) {
		list[i] = i * 999;
		assert_true(incidence_add(&x, list, i + 1));
	}
	assert_true(estimate(&x, &of));
	assert_true(isfinite(estimate_curve(&x, &of, 500000, &deviation)) && isfinite(of.halving));
	incidence_free(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(by_hand),
	    cmocka_unit_test(published_spiders),
	    cmocka_unit_test(curves),
	    cmocka_unit_test(extremes),
	    cmocka_unit_test(rows),
	    cmocka_unit_test(wilson),
	    cmocka_unit_test(models_are_estimated),
	    cmocka_unit_test(clusters_are_estimated),
	    cmocka_unit_test(many_runs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Estimates what further runs would show. estimate.h names the papers.
 * SPDX-License-Identifier: MIT */
#include "policies/estimate/estimate.h"

#include <math.h>
#include <stdlib.h>

#define Z95 1.959963984540054

/* With fewer news there is no trend. */
enum { ROW_NEWS = 4 };

/* Estimates beyond this only say "very many". */
#define MOST 1e15

bool incidence_make(struct incidence *x, size_t runs)
{
	*x = (struct incidence){.runs = runs, .tallies = calloc(runs + 1, sizeof(*x->tallies))};
	return x->tallies != NULL;
}

void incidence_free(struct incidence *x)
{
	free(x->tallies);
	vec_free(&x->counts);
	vec_free(&x->touched);
	*x = (struct incidence){0};
}

void incidence_clear(struct incidence *x)
{
	for (size_t i = 0; i < x->touched.count; i++)
		x->tallies[x->touched.items[i]] = (struct tally){0};
	x->counts.count = x->touched.count = 0;
	x->facts = x->once = x->twice = 0;
	x->total = 0;
}

bool incidence_add(struct incidence *x, const uint32_t *runs, size_t n)
{
	if (n == 0)
		return true;
	if (!vec_push(&x->counts, (uint32_t)n))
		return false;
	x->facts++;
	x->total += n;
	x->once += n == 1;
	x->twice += n == 2;
	for (size_t i = 0; n <= 2 && i < n; i++) {
		struct tally *t = &x->tallies[runs[i]];
		*(n == 1 ? &t->alone : &t->twice) += 1;
		if (!vec_push(&x->touched, runs[i]))
			return false;
	}
	return true;
}

struct interval share_within(double part, double n)
{
	double p = part / n, z = Z95 * Z95 / n;
	double middle = (p + z / 2) / (1 + z), half = Z95 / (1 + z) * sqrt(p * (1 - p) / n + z / (4 * n));
	return (struct interval){part <= 0 ? 0 : fmax(middle - half, 0), part >= n ? 1 : fmin(middle + half, 1)};
}

/* Chao2's bias-corrected form, less the facts seen. */
static double unseen(double runs, double once, double twice)
{
	return once > 1 ? (runs - 1) / runs * once * (once - 1) / (2 * (twice + 1)) : 0;
}

/* Its variance if facts occurred independently of each other (EstimateS, appendix B). */
static double variance_independent(double runs, double facts, double once, double twice)
{
	double a = (runs - 1) / runs;
	if (twice > 0)
		return a * once * (once - 1) / (2 * (twice + 1)) +
		       a * a * once * pow(2 * once - 1, 2) / (4 * pow(twice + 1, 2)) +
		       a * a * once * once * twice * pow(once - 1, 2) / (4 * pow(twice + 1, 4));
	double all = facts + unseen(runs, once, 0);
	return fmax(
	    a * once * (once - 1) / 2 + a * a * once * pow(2 * once - 1, 2) / 4 - a * a * pow(once, 4) / (4 * all), 0);
}

/* The variance of the classic form, which exists if twice > 0. */
static double variance_classic(double runs, double once, double twice)
{
	double a = (runs - 1) / runs, r = once / twice;
	return twice * (a / 2 * r * r + a * a * r * r * r + a * a / 4 * r * r * r * r);
}

static int order_numbers(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

/* Each touched run once: leaving out any other run changes nothing. */
static void touch_once(struct incidence *x)
{
	size_t kept = 0;
	if (x->touched.count > 0)
		qsort(x->touched.items, x->touched.count, sizeof(uint32_t), order_numbers);
	for (size_t i = 0; i < x->touched.count; i++)
		if (kept == 0 || x->touched.items[kept - 1] != x->touched.items[i])
			x->touched.items[kept++] = x->touched.items[i];
	x->touched.count = kept;
}

/* How much larger the variance is because facts do not occur independently: a run that does
 * something rare shows several facts at once. For groups that come and go together the variance is
 * the sum of the squares of their sizes; for single facts it is their number. Computed so for the
 * facts that one run saw, and for those that two saw. */
static double clumping(const struct incidence *x)
{
	double once = 0, twice = 0;
	for (size_t i = 0; i < x->touched.count; i++) {
		once += pow(x->tallies[x->touched.items[i]].alone, 2);
		twice += pow(x->tallies[x->touched.items[i]].twice, 2);
	}
	return 1 + (x->once > 0 ? once / (double)x->once - 1 : 0) + (x->twice > 0 ? fmax(twice / (2 * (double)x->twice) - 1, 0) : 0);
}

/* Chao's interval: the logarithm of the number of unseen facts is roughly normal. If that number is
 * 0: the interval of EstimateS, from how often facts were seen on average. */
static struct interval unseen_within(const struct incidence *x, double number, double variance)
{
	if (number > 0) {
		double k = exp(Z95 * sqrt(log1p(variance / (number * number))));
		return (struct interval){number / k, fmin(number * k, MOST)};
	}
	if (x->facts == 0)
		return (struct interval){0, 0};
	double facts = (double)x->facts, p = exp(-(double)x->total / facts);
	return (struct interval){0, facts / (1 - p) + Z95 * sqrt(facts * p) / (1 - p) - facts};
}

/* Chao et al. (2014), equation 4a for incidence. */
static double coverage(const struct incidence *x)
{
	double runs = (double)x->runs, once = (double)x->once, twice = (double)x->twice;
	if (x->total == 0 || x->once == 0)
		return 1;
	double rest = x->twice > 0 ? (runs - 1) * once / ((runs - 1) * once + 2 * twice)
				   : (runs - 1) * (once - 1) / ((runs - 1) * (once - 1) + 2);
	return 1 - once / (double)x->total * rest;
}

/* The chance that one further run sees a given unseen fact (Colwell et al. 2012, equation 18). */
static double unseen_chance(const struct estimate *of)
{
	double once = (double)of->once;
	return once > 0 ? once / ((double)of->runs * of->unseen + once) : 0;
}

/* The estimated value is a chance that itself depends on which facts were seen by chance. So its
 * error is larger than that of a share: Esty (1983) has N1 (1 - N1/n) + 2 N2 in place of N1 (1 -
 * N1/n). Here N1 counts the runs that alone saw something, and N2 those that would have but for one
 * other run. Near 0 and 1 this is no interval; then Wilson's is used. */
static struct interval news_within(double alone, double almost, double runs)
{
	double half = Z95 * sqrt(alone * (1 - alone / runs) + almost) / runs;
	struct interval share = share_within(alone, runs);
	return (struct interval){fmax(fmin(alone / runs - half, share.low), 0),
				 fmin(fmax(alone / runs + half, share.high), 1)};
}

static double halving(const struct estimate *of)
{
	double q = unseen_chance(of);
	return of->unseen <= 0 || q <= 0 ? 0 : q >= 1 ? 1 : fmin(log(0.5) / log1p(-q), MOST);
}

bool estimate(struct incidence *x, struct estimate *out)
{
	*out = (struct estimate){.runs = x->runs, .facts = x->facts, .once = x->once, .twice = x->twice};
	if (x->runs < ESTIMATE_RUNS)
		return false;
	double runs = (double)x->runs, once = (double)x->once, twice = (double)x->twice;
	touch_once(x);
	if (x->counts.count > 1)
		qsort(x->counts.items, x->counts.count, sizeof(uint32_t), order_numbers);
	size_t almost = 0;
	for (size_t i = 0; i < x->touched.count; i++) {
		const struct tally *t = &x->tallies[x->touched.items[i]];
		out->runs_alone += t->alone > 0;
		almost += t->alone == 0 && t->twice > 0;
	}
	out->coverage = coverage(x);
	out->news = (double)out->runs_alone / runs;
	out->news_within = news_within((double)out->runs_alone, (double)almost, runs);
	out->new_facts = once / runs;
	out->unseen = unseen(runs, once, twice);
	out->classic = x->twice > 0;
	out->unseen_classic = out->classic ? (runs - 1) / runs * once * once / (2 * twice) : 0;
	if (out->classic)
		out->classic_within = unseen_within(x, out->unseen_classic, variance_classic(runs, once, twice));
	out->unseen_within = unseen_within(
	    x, out->unseen, clumping(x) * variance_independent(runs, (double)x->facts, once, twice));
	out->halving = halving(out);
	return true;
}

/* The share of the samples of t among T runs that contain none of k runs: C(T-k, t) / C(T, t). */
static double missed(double all, double k, double t)
{
	int sign;
	if (t > all - k)
		return 0;
	return exp(lgamma_r(all - k + 1, &sign) - lgamma_r(all - k - t + 1, &sign) - lgamma_r(all + 1, &sign) +
		   lgamma_r(all - t + 1, &sign));
}

double estimate_curve(const struct incidence *x, const struct estimate *of, double runs, double *deviation)
{
	double facts = (double)x->facts, all = (double)x->runs, gone = 0, squares = 0;
	*deviation = 0;
	if (runs >= all)
		return facts + of->unseen * -expm1((runs - all) * log1p(-fmin(unseen_chance(of), 1 - 1e-12)));
	for (size_t i = 0, next; i < x->counts.count; i = next) {
		for (next = i + 1; next < x->counts.count && x->counts.items[next] == x->counts.items[i];)
			next++;
		double m = missed(all, x->counts.items[i], runs);
		gone += m * (double)(next - i);
		squares += (1 - m) * (1 - m) * (double)(next - i);
	}
	double seen = facts - gone;
	*deviation = sqrt(fmax(squares - seen * seen / fmax(facts + of->unseen, 1), 0));
	return seen;
}

/* The present rate of news by Crow's power law: with N news at times t of 1 to T, the growth b is
 * N-1 over the sum of ln(T/t), and the rate now is b N/T. A run stands for its middle: otherwise
 * the first run would have no logarithm. */
static double rate_now(const bool *news, size_t length, double *growth)
{
	double sum = 0, n = 0;
	for (size_t i = 0; i < length; i++)
		if (news[i]) {
			sum += log((double)length / ((double)i + 0.5));
			n++;
		}
	*growth = n > 1 ? fmin((n - 1) / sum, 1) : 0;
	return *growth * n / (double)length;
}

/* The share of the last quarter that had news, plus half a news in one more run: none so far does
 * not mean never. */
static double late_share(const bool *news, size_t length)
{
	size_t late = (length + 3) / 4, with = 0;
	for (size_t i = length - late; i < length; i++)
		with += news[i];
	return ((double)with + 0.5) / ((double)late + 1);
}

bool estimate_row(const bool *news, size_t length, struct row_estimate *out)
{
	*out = (struct row_estimate){.length = length};
	while (out->idle < length && !news[length - 1 - out->idle])
		out->idle++;
	for (size_t i = 0; i < length; i++)
		out->with_news += news[i];
	if (length < ESTIMATE_ROW)
		return false;
	out->recent = (length + 1) / 2;
	for (size_t i = length - out->recent; i < length; i++)
		out->recent_news += news[i];
	out->news_within = share_within((double)out->recent_news, (double)out->recent);
	out->news_within.low = 0;
	double rate = rate_now(news, length, &out->growth), late = late_share(news, length);
	out->news = fmin(out->with_news < ROW_NEWS ? late : fmin(rate, late), out->news_within.high);
	return true;
}

/* What a run taught, in a line for people, and what to do next. SPDX-License-Identifier: MIT */
#include <string.h>

#include "policies/abi/power/capabilities.h"
#include "policies/abi/power/danger.h"
#include "policies/base/vector.h"
#include "policies/estimate/confidence.h"
#include "policies/show/show.h"

/* What new facts show. */
struct learned {
	size_t facts;
	capability_set classes;
	bool executes;
	VEC(const char *) dangers; /* names of calls with grave ones */
	bool failed;
};

static void take(struct learned *l, const struct fact *f)
{
	const struct syscall_desc *call = abi_by_nr((enum arch)f->key.arch, f->key.nr);
	int c = fact_capability(f);
	l->facts++;
	l->classes |= c < CAPABILITY_COUNT ? CAPABILITY_BIT(c) & ~CAPABILITY_ALWAYS : 0;
	l->executes |= fact_executes(f, PHASE_MAIN) || fact_executes(f, PHASE_SERVE);
	bool known = call == NULL || danger_style(fact_dangers(f)) != STYLE_DANGER;
	for (size_t i = 0; i < l->dangers.count; i++)
		known |= call != NULL && strcmp(l->dangers.items[i], call->name) == 0;
	if (!known && !vec_push(&l->dangers, call->name))
		l->failed = true;
}

/* Takes the facts that `old` lacks. */
static void take_new(struct learned *l, const struct profile *old, const struct profile *now)
{
	size_t k = 0, n = old != NULL ? profile_fact_count(old) : 0;
	for (size_t i = 0; i < profile_fact_count(now); i++) {
		const struct fact *f = profile_fact(now, i);
		while (k < n && fact_compare(profile_fact(old, k), f) < 0)
			k++;
		if (k == n || fact_compare(profile_fact(old, k), f) != 0)
			take(l, f);
	}
}

void learned_words(const struct profile *old, const struct profile *now, struct text *out)
{
	enum { NAMED = 6 };
	struct learned l = {0};
	take_new(&l, old, now);
	const char *between = "";
	text_add(out, old != NULL ? "new in this run: " : "seen: ");
	for (int c = 0; c < CAPABILITY_COUNT; c++)
		if ((l.classes & CAPABILITY_BIT(c)) != 0) {
			text_add(out, "%s%s", between, abi_capabilities[c].name);
			between = ", ";
		}
	if (l.executes) {
		text_add(out, "%sexecuting programs", between);
		between = ", ";
	}
	if (*between == '\0')
		text_add(out, l.facts == 0 ? "nothing" : "no further kind of activity");
	for (size_t i = 0; i < l.dangers.count && i < NAMED; i++)
		text_add(out, "%s%s", i == 0 ? "; dangerous: " : ", ", l.dangers.items[i]);
	if (l.dangers.count > NAMED)
		text_add(out, " and %zu more", l.dangers.count - NAMED);
	out->failed |= l.failed;
	vec_free(&l.dangers);
}

void next_words(const struct profile *p, const char *path, struct text *out)
{
	enum { SURE = 20 }; /* 1 run in so many */
	struct confidence c;
	struct error e = {0};
	double chance = 1;
	size_t runs;
	bool told = confidence_make(p, &c, &e) == 0 && confidence_chance(&c, &chance, &runs);
	out->failed |= e.code != 0;
	if (told && chance * SURE < 1)
		text_add(out, "next: pinhole policy %s -o policy.json; ", path);
	else if (told)
		text_add(out, "next: record again; ");
	else
		text_add(out, "next: record more of what the program does into the same file; ");
	if (told) {
		chance_text(chance, c.clusters.noun, out);
		text_add(out, " would still show something new; ");
	}
	if (!told && c.spans_estimated) {
		chance_text(c.spans.news, "span", out);
		text_add(out, " of ");
		duration_text(c.span_ms, out);
		text_add(out, " in its longest run would now show something new; ");
	}
	text_add(out, "'pinhole show %s' lists what was seen", path);
	confidence_clear(&c);
}

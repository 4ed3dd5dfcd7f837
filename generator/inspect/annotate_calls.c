/* Names the calls that reach an instruction: the headings of a listing. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "generator/inspect/annotate.h"
#include "policies/show/show.h"

/* Beside numbers without a name, up to NAMED_LIMIT calls are named; more are only counted. */
enum { NAMED_LIMIT = 12, COLUMNS = 100 };

/* A line of a heading, which is continued on the next line where it becomes long. */
struct line {
	struct text *out;
	size_t began;
};

static void begin(struct line *l)
{
	l->began = l->out->count;
	text_add(l->out, "; ");
}

/* Appends a word after a separator. */
static void add(struct line *l, const char *between, const char *word)
{
	text_add(l->out, "%s", between);
	if (l->out->count - l->began + strlen(word) > COLUMNS) {
		text_add(l->out, "\n");
		l->began = l->out->count;
		text_add(l->out, ";    ");
	}
	text_add(l->out, "%s%s", between[0] != '\0' && l->out->count - l->began > 5 ? " " : "", word);
}

static size_t known_calls(const struct numbers *s, enum arch arch)
{
	size_t n = 0;
	for (uint32_t nr = 0; nr <= abi_newest(arch); nr++)
		n += abi_by_nr(arch, nr) != NULL && numbers_have(s, nr);
	return n;
}

static void name_calls(const struct numbers *s, enum arch arch, bool absent, struct line *l)
{
	const char *between = "";
	for (uint32_t nr = 0; nr <= abi_newest(arch); nr++) {
		const struct syscall_desc *call = abi_by_nr(arch, nr);
		if (call == NULL || numbers_have(s, nr) == absent)
			continue;
		add(l, between, call->name);
		between = ",";
	}
}

/* Appends numbers that are no known calls: "x86_64: numbers from 472 to 1073741823". */
static void say_uncalled(const struct numbers *s, enum arch arch, struct line *l)
{
	const struct number_range *first = &s->ranges.items[0], *last = &s->ranges.items[s->ranges.count - 1];
	char word[96];
	const char *x32 = first->lo == ABI_NR_FOREIGN && arch == ARCH_X86_64 ? "x32 calls and other " : "";
	if (s->ranges.count == 1 && last->hi == UINT32_MAX) {
		snprintf(word, sizeof(word), "%snumbers from 0x%" PRIx32 " up", x32, first->lo);
		add(l, "", word);
	} else if (s->ranges.count == 1 && first->lo == abi_newest(arch) + 1 && last->hi == ABI_NR_FOREIGN - 1) {
		add(l, "", "calls newer than any known here");
	} else if (numbers_count(s) == 1) {
		snprintf(word, sizeof(word), first->lo < ABI_NR_FOREIGN ? "number %" PRIu32 : "number 0x%" PRIx32,
			 first->lo);
		add(l, "", word);
	} else {
		snprintf(word, sizeof(word), "%snumbers from 0x%" PRIx32 " to 0x%" PRIx32 "%s", x32, first->lo,
			 last->hi, x32[0] == '\0' ? ", none a known call" : "");
		add(l, "", word);
	}
}

static void say_calls(const struct numbers *s, enum arch arch, struct line *l)
{
	struct numbers all = {0};
	uint64_t count = numbers_count(s);
	size_t known = known_calls(s, arch), of;
	char word[64];
	if (numbers_all(s))
		return; /* the architecture's name says it */
	all.ranges.items = (struct number_range[]){{0, UINT32_MAX}};
	all.ranges.count = 1;
	of = known_calls(&all, arch);
	add(l, "", ":");
	text_add(l->out, " ");
	if (known == 0) {
		say_uncalled(s, arch, l);
	} else if (known == count || known <= NAMED_LIMIT) {
		name_calls(s, arch, false, l);
		if (known < count)
			add(l, ",", "and numbers that are no known calls");
	} else if (of == known) {
		add(l, "", "every known call, and numbers that are none");
	} else if (of - known <= NAMED_LIMIT) {
		add(l, "", "every known call but ");
		name_calls(s, arch, true, l);
		add(l, ";", "and numbers that are none");
	} else {
		snprintf(word, sizeof(word), "%zu of the %zu known calls, and numbers that are none", known, of);
		add(l, "", word);
	}
}

/* Appends the policy's rules for the only call, as `pinhole show` prints them, one line for each alternative. Returns whether
 * there are any. */
static bool say_rule(const struct policy *p, const struct numbers *s, enum arch arch, struct text *out)
{
	const struct syscall_desc *call = numbers_count(s) == 1 ? abi_by_nr(arch, s->ranges.items[0].lo) : NULL;
	const struct rule *r = p != NULL && call != NULL ? policy_rule(p, arch, call->name) : NULL;
	if (r == NULL)
		return false;
	for (bool first = true; r != NULL; r = policy_next_rule(p, arch, r), first = false) {
		if (first)
			text_add(out, "; %s: ", arch_name(arch));
		else
			text_add(out, ";    else ");
		rule_text(r, arch, "\n;    or ", out);
		text_add(out, "\n");
	}
	return true;
}

static bool alike(const struct dataflow *r)
{
	for (int arch = 1; arch < DATAFLOW_ARCHS; arch++)
		if (!numbers_equal(&r->numbers[0], &r->numbers[arch]))
			return false;
	return true;
}

void annotate_calls(const struct dataflow *r, const struct policy *p, struct text *out)
{
	struct line l = {out, 0};
	if (alike(r)) {
		begin(&l);
		add(&l, "", "every architecture");
		if (!numbers_all(&r->numbers[0])) {
			text_add(out, ", the same numbers; these are on %s", arch_name(ARCH_NATIVE));
			say_calls(&r->numbers[ARCH_NATIVE], ARCH_NATIVE, &l);
		}
		text_add(out, "\n");
		return;
	}
	for (int arch = 0; arch < DATAFLOW_ARCHS; arch++) {
		const struct numbers *s = &r->numbers[arch];
		if (s->ranges.count == 0 || (arch < DATAFLOW_OTHER && say_rule(p, s, (enum arch)arch, out)))
			continue;
		begin(&l);
		if (arch == DATAFLOW_OTHER) {
			add(&l, "", numbers_all(s) ? "other architectures" : "some numbers of other architectures");
		} else {
			add(&l, "", arch_name((enum arch)arch));
			say_calls(s, (enum arch)arch, &l);
		}
		text_add(out, "\n");
	}
}

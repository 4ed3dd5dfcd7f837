/* Writes the report in short, for a comment on a change. Text from the profile is always inside
 * code spans, so it cannot become markup. SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "policies/abi/power/capabilities.h"
#include "policies/reach/unseen.h"
#include "policies/report/report_parts.h"
#include "policies/show/caller.h"
#include "policies/show/show.h"

/* A comment on GitHub holds 65,536 characters. */
enum { NAME_LIMIT = 200, DANGERS_SHOWN = 40, BEYOND_SHOWN = 40, COULD_SHOWN = 40 };

static void heading(const struct report *r, struct text *out)
{
	struct text title = {0};
	subject_text(r, &title);
	text_add(out, "### pinhole: system calls of ");
	markdown_code(text_string(&title), NAME_LIMIT, false, out);
	text_add(out, "\n\n**");
	verdict_text(r, out);
	text_add(out, "**\n\n%zu fact%s of %zu call%s in ", r->facts, plural_s(r->facts), r->calls.count, plural_s(r->calls.count));
	plural(out, r->runs.count, "run");
	text_add(out, " of ");
	plural(out, profile_program_count(r->profile), "program");
	text_add(out, "; %zu of them marked as dangerous. ", r->dangerous);
	discovery_text(r, out);
	text_add(out, " ");
	confidence_words(&r->confidence, out);
	text_add(out, "\n\n");
	out->failed |= title.failed;
	text_free(&title);
}

static void groups(const struct report *r, struct text *out)
{
	text_add(out, "| group | what | calls | facts | to look at |\n| --- | --- | ---: | ---: | ---: |\n");
	for (size_t i = 0, k; i < r->calls.count; i = k) {
		size_t facts = 0, dangerous = 0;
		const char *name = r->calls.items[i].group, *what = "";
		for (k = i; k < r->calls.count && strcmp(r->calls.items[k].group, name) == 0; k++) {
			const struct report_call *c = &r->calls.items[k];
			facts += c->facts.count;
			for (size_t j = 0; j < c->facts.count; j++)
				dangerous += fact_dangers(profile_fact(r->profile, c->facts.items[j])) != 0;
		}
		for (size_t j = 0; j < abi_group_count; j++)
			if (strcmp(abi_groups[j].name, name) == 0)
				what = abi_groups[j].what;
		/* In a code span: "@process" may be the name of a GitHub user. */
		text_add(out, "| `%s` | %s | %zu | %zu | %zu |\n", name, what, k - i, facts, dangerous);
	}
	text_add(out, "\n");
}

static void caller(const struct report *r, const struct fact *f, size_t which, struct text *out)
{
	const struct stack *s = profile_stack(r->profile, f->stacks.items[which]);
	caller_text(r->profile, s->frames.items[stack_caller(r->profile, s)], out);
}

/* Adds the callers of a fact, each once. */
static void callers(const struct report *r, const struct fact *f, struct text *out)
{
	for (size_t i = 0; i < f->stacks.count; i++) {
		struct text words = {0};
		bool said = false;
		caller(r, f, i, &words);
		for (size_t k = 0; k < i && !said; k++) {
			struct text before = {0};
			caller(r, f, k, &before);
			said = strcmp(text_string(&before), text_string(&words)) == 0;
			out->failed |= before.failed;
			text_free(&before);
		}
		if (!said) {
			text_add(out, i == 0 ? "\n  from " : ", ");
			markdown_code(text_string(&words), NAME_LIMIT, false, out);
		}
		out->failed |= words.failed;
		text_free(&words);
	}
}

static void danger(const struct report *r, const struct report_call *c, const struct fact *f, struct text *out)
{
	struct text words = {0};
	size_t n;
	const struct danger *d = abi_dangers(c->name, &n);
	fact_marked_text(r->profile, f, &words);
	text_add(out, "- ");
	markdown_code(text_string(&words), NAME_LIMIT, false, out);
	text_add(out, " in %s", phase_name((enum phase)f->key.phase));
	const char *between = ": ";
	for (size_t i = 0; i < n; i++)
		if (fact_is_dangerous(f, &d[i])) {
			text_add(out, "%s**%s**, %s", between, danger_level_name(d[i].level), d[i].why);
			between = "; ";
		}
	callers(r, f, out);
	text_add(out, "\n");
	out->failed |= words.failed;
	text_free(&words);
}

/* Adds the dangers, the gravest first. */
static void dangers(const struct report *r, struct text *out)
{
	size_t shown = 0;
	if (r->dangerous > 0)
		text_add(out, "#### To look at\n\n");
	for (unsigned level = 0; level < 3; level++)
		for (size_t i = 0; i < r->calls.count; i++)
			for (size_t k = 0; k < r->calls.items[i].facts.count; k++) {
				const struct fact *f = profile_fact(r->profile, r->calls.items[i].facts.items[k]);
				unsigned levels = fact_dangers(f), graver = (1u << level) - 1;
				if ((levels >> level & 1) != 0 && (levels & graver) == 0 && shown++ < DANGERS_SHOWN)
					danger(r, &r->calls.items[i], f, out);
			}
	if (shown > DANGERS_SHOWN)
		text_add(out, "- and %zu more\n", shown - DANGERS_SHOWN);
	text_add(out, shown > 0 ? "\n" : "");
}

static void comparison(const struct report *r, const struct comparisons *c, struct text *out)
{
	text_add(out, "#### The derived policy and Docker's default profile\n\n");
	if (r->in->policy == NULL) {
		text_add(out, "No policy can be derived: ");
		markdown_code(r->in->why_none, NAME_LIMIT, false, out);
		text_add(out, ".\n");
	}
	for (size_t i = 0; i < c->archs.count; i++) {
		const struct comparison *at = &c->archs.items[i];
		text_add(out,
			 "On %s it lets %zu calls through. Of the %zu that Docker's lets through, %zu are not needed, "
			 "and %zu of the "
			 "others are let through with fewer arguments only.\n",
			 arch_name(at->arch), at->own, at->docker, at->needless, at->narrowed);
	}
	if (c->beyond.count > 0)
		text_add(out, "\nIt lets through what Docker's denies:\n\n");
	else if (c->archs.count > 0)
		text_add(out, "It lets nothing through that Docker's denies.\n");
	for (size_t i = 0; i < c->beyond.count && i < BEYOND_SHOWN; i++) {
		text_add(out, "- ");
		markdown_code(c->beyond.items[i].words, NAME_LIMIT, false, out);
		text_add(out, " (%s)\n", arch_name(c->beyond.items[i].arch));
	}
	if (c->beyond.count > BEYOND_SHOWN)
		text_add(out, "- and %zu more\n", c->beyond.count - BEYOND_SHOWN);
}

/* What the policy allows though no run showed it, by capability class, and what each class costs. */
static void added(const struct report *r, struct text *out)
{
	size_t shown = 0;
	for (unsigned arch = 0; r->in->policy != NULL && arch < ARCH_COUNT; arch++)
		for (int c = 0; (r->in->policy->archs & ARCH_BIT(arch)) && c < CAPABILITY_COUNT; c++) {
			const char *reason;
			size_t dangers, calls = policy_added(r->in->policy, (enum arch)arch, c, &reason, &dangers);
			if (calls == 0)
				continue;
			text_add(out, "%s", shown++ > 0 ? "" : "\nAdded, not seen (`--generalize=none` allows what was seen alone):\n\n"
							       "| class | as | calls | dangers | |\n| --- | --- | ---: | ---: | --- |\n");
			text_add(out, "| %s | ", abi_capabilities[c].name);
			markdown_code(reason, NAME_LIMIT, true, out);
			text_add(out, " | %zu | %zu | %s |\n", calls, dangers, arch_name((enum arch)arch));
		}
}

/* What changed since an older policy, on the native architecture. */
static void changes(const struct report *r, struct text *out)
{
	struct map m;
	struct error e = {0};
	if (r->in->old == NULL || r->in->policy == NULL)
		return;
	out->failed |= map_make(r, ARCH_NATIVE, &m, &e) < 0;
	text_add(out, "\n#### Since ");
	markdown_code(r->in->old_name, NAME_LIMIT, false, out);
	text_add(out, m.changes.count == 0 ? "\n\nBoth let the same calls through.\n" : "\n\n");
	for (size_t i = 0; i < m.changes.count && i < BEYOND_SHOWN; i++) {
		text_add(out, m.changes.items[i].opened ? "- now possible: " : "- no longer possible: ");
		markdown_code(m.changes.items[i].words, NAME_LIMIT, false, out);
		text_add(out, "\n");
	}
	if (m.changes.count > BEYOND_SHOWN)
		text_add(out, "- and %zu more\n", m.changes.count - BEYOND_SHOWN);
	map_clear(&m);
}

/* Replaces arrows by ASCII, as the code spans of this page have nothing else. */
static void plain_arrows(const char *path, struct text *out)
{
	static const char arrow[] = "→";
	for (const char *next; (next = strstr(path, arrow)) != NULL; path = next + sizeof(arrow) - 1)
		text_add(out, "%.*s->", (int)(next - path), path);
	text_add(out, "%s", path);
}

static void unseen_row(const struct unseen_call *call, struct text *out)
{
	struct text path = {0}, plain = {0};
	size_t n;
	const struct danger *d = abi_dangers(call->name, &n);
	reachable_path_text(call->by, call->call, &path);
	plain_arrows(text_string(&path), &plain);
	text_add(out, "| `%s` | `%s` | %s | ", call->name, abi_group(call->name),
		 n > 0 ? danger_level_name((enum danger_level)d[0].level) : "");
	markdown_code(text_string(&plain), NAME_LIMIT, true, out);
	text_add(out, " |\n");
	out->failed |= path.failed || plain.failed;
	text_free(&plain);
	text_free(&path);
}

/* Adds the calls that were never seen. Dangerous ones come first, as the list may be cut. */
static void unseen(const struct report *r, struct text *out)
{
	const struct unseen_of of = {r->profile, NULL, NULL};
	struct unseen_kinds kinds = {0};
	struct error e = {0};
	size_t shown = 0, n;
	if (r->in->unseen == NULL)
		return;
	out->failed |= unseen_sort_out(r->in->unseen, &of, &kinds, &e) < 0;
	text_add(out,
		 "\n#### What the code could do besides\n\nOf the calls of %s, %zu were seen, %zu were never seen though the "
		 "code can reach them, and %zu are not reachable.",
		 arch_name(r->in->unseen->arch), kinds.seen, kinds.unseen.count, kinds.unreachable);
	if (r->in->unseen->undecided > 0) {
		text_add(out, " But at ");
		plural(out, r->in->unseen->undecided, "place");
		text_add(out, " of the code the number can't be told: any call could be made there.");
	}
	text_add(out, kinds.unseen.count > 0 ? "\n\n| call | group | danger | a way to it |\n| --- | --- | --- | --- |\n" : "\n");
	for (int harmless = 0; harmless < 2; harmless++)
		for (size_t i = 0; i < kinds.unseen.count; i++) {
			abi_dangers(kinds.unseen.items[i].name, &n);
			if ((n == 0) == harmless && shown++ < COULD_SHOWN)
				unseen_row(&kinds.unseen.items[i], out);
		}
	if (shown > COULD_SHOWN)
		text_add(out, "\nand %zu more\n", shown - COULD_SHOWN);
	vec_free(&kinds.unseen);
}

int report_markdown(const struct report_input *in, struct text *out, struct error *e)
{
	struct report r;
	struct comparisons c = {0};
	int rc = report_make(&r, in, e);
	if (rc == 0)
		rc = compare_with_docker(in->policy, &c, e);
	if (rc == 0) {
		heading(&r, out);
		groups(&r, out);
		dangers(&r, out);
		comparison(&r, &c, out);
		added(&r, out);
		changes(&r, out);
		unseen(&r, out);
	}
	if (rc == 0 && out->failed)
		rc = error_memory(e);
	comparisons_clear(&c);
	report_clear(&r);
	return rc;
}

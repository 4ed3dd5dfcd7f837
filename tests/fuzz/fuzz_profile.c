/* Fuzz target: any bytes as a profile; what is accepted is written and read back to the same bytes, and united with
 * itself; and so it is once some of its symbols are others. SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policies/estimate/confidence.h"
#include "policies/show/diff.h"
#include "policies/show/explain.h"
#include "policies/profile/profile.h"
#include "policies/show/show.h"
#include "policies/profile/stacks.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* Aborts where the profile, written and read back, is another one. The text is the caller's. */
static struct text written_and_read(struct profile *p, struct profile **again)
{
	struct error e = {0};
	struct text first = {0}, second = {0};
	if (profile_format(p, &first, &e) != 0)
		abort();
	*again = profile_parse(first.bytes, first.count, "own", &e);
	if (*again == NULL || profile_format(*again, &second, &e) != 0 || first.count != second.count ||
	    memcmp(first.bytes, second.bytes, first.count) != 0)
		abort();
	text_free(&second);
	return first;
}

/* Names that make frames alike that were not, and others differ. */
static void rename_frames(struct profile *p)
{
	static const char *const names[] = {"main", NULL, "operator+"};
	struct error e = {0};
	for (size_t i = 0; i < profile_frame_count(p); i++)
		if (profile_set_symbol(p, i, names[i % 3], i % 2, &e) != 0)
			abort();
}

/* All that tells of its facts. */
static void tell(const struct profile *p, struct text *out)
{
	static const char *const views[] = {"syscall", "group", "program", "library", "caller"};
	struct error e = {0};
	struct fact_list all = {0};
	struct profile *none = profile_new();
	for (size_t i = 0; i < profile_fact_count(p); i++)
		if (!vec_push(&all.facts, i))
			abort();
	explain_text(p, &all, out);
	explain_folded(p, &all, out);
	struct confidence c;
	if (confidence_make(p, &c, &e) != 0 || confidence_text(&c, "syscall", 78, out, &e) != 0 || confidence_text(&c, "program", 1, out, &e) != 0)
		abort();
	confidence_json(&c, NULL, out);
	confidence_clear(&c);
	explain_json(p, &all, out);
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		if (profile_show_by(p, views[i], out, &e) != 0)
			abort();
	if (none == NULL || profile_diff(none, p, true, out, &e) < 0 || profile_diff(p, none, false, out, &e) < 0 ||
	    profile_diff(p, p, true, out, &e) != 0 || out->failed)
		abort();
	vec_free(&all.facts);
	profile_free(none);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct error e = {0};
	struct text shown = {0}, united = {0};
	struct profile *q, *r;
	struct profile *p = profile_parse((const char *)bytes, n, "input", &e);
	if (p == NULL) {
		if (e.code == 0 || e.text[0] == '\0')
			abort();
		return 0;
	}
	struct text own = written_and_read(p, &q);
	profile_show(p, &shown);
	tell(p, &shown);
	if (profile_merge(p, q, &e) != 0 || profile_format(p, &united, &e) != 0 || own.count != united.count ||
	    memcmp(own.bytes, united.bytes, own.count) != 0)
		abort();
	rename_frames(p);
	struct text renamed = written_and_read(p, &r);
	text_free(&own);
	text_free(&united);
	text_free(&renamed);
	text_free(&shown);
	profile_free(p);
	profile_free(q);
	profile_free(r);
	return 0;
}

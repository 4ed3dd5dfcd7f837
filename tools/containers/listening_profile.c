/* The OCI profile that makes a runtime send its containers to pinhole listen. SPDX-License-Identifier: MIT */
#include "tools/containers/listening_profile.h"

#include <stdlib.h>
#include <string.h>

#include "tracer/notify/notified.h"
#include "tracer/record/known_filter.h"

/* A call with more facts always notifies: runtimes compile by libseccomp, and a filter has at most 4096 instructions. */
enum { MOST_FACTS = 16 };

int listening_parse_runtime(const char *text, struct listening_options *o, struct error *e)
{
	o->crun = strcmp(text, "crun") == 0;
	o->runtime = true;
	if (o->crun || strcmp(text, "runc") == 0)
		return 0;
	return error_set(e, ERR_INPUT, "--runtime=%.40s: not a runtime; give runc or crun", text);
}

int listening_profile_make(const char *source, const struct listening_options *o, struct text *out, struct emit_notes *notes,
			   struct error *e)
{
	const struct known_filter passes = {.last = PHASE_MAIN, .must_stop = notified_always};
	struct profile *p = source != NULL ? profile_read(source, e) : NULL;
	const struct fact **facts = calloc(p != NULL ? profile_fact_count(p) + 1 : 1, sizeof(*facts));
	struct policy *known = NULL;
	int rc = facts == NULL ? error_memory(e) : e->code;
	if (rc == 0) {
		size_t n = known_filter_facts(&passes, p, facts);
		known = infer_watch(facts, n, MOST_FACTS, 0, e);
		rc = e->code;
		if (rc == 0) {
			bool x86 = (known->archs & ARCH_BIT(ARCH_X86_64)) != 0;
			arch_set archs = (arch_set)(known->archs | (x86 ? ARCH_BIT(ARCH_I386) : 0));
			rc = emit_listening(&(struct listening_profile){known, n, archs, o->socket, o->name, !o->crun}, out, notes, e);
		}
	}
	free(facts);
	policy_free(known);
	profile_free(p);
	return rc;
}

/* Any text as a policy: what is one compiles to a valid filter that means the same, or says why not.
 * SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "generator/generator.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void generate(const struct policy *p, const struct compile_options *options)
{
	struct error e = {0};
	struct filter f = {0};
	struct seccomp_data witness;
	struct text t = {0};
	struct emit_notes notes = {0};
	if (filter_compile(p, options, &f, &e) != 0) {
		/* A policy that was read is complete: only its size can be in the way. */
		if (e.code != ERR_LIMIT)
			abort();
		return;
	}
	if (filter_validate(f.code.items, f.code.count, &e) != 0 ||
	    filter_verify(f.code.items, f.code.count, p, &witness, &e) != 0)
		abort();
	for (size_t i = 0; emitters[i] != NULL; i++)
		for (int strict = 0; strict < 2; strict++) {
			struct emit_input in = {.policy = p, .filter = &f, .source = "fuzz", .strict = strict};
			struct error refused = {0};
			/* A format that is for one architecture says so, and what --strict can't deny. */
			if (emitters[i]->emit(&in, &t, &notes, &refused) != 0 &&
			    (refused.code != ERR_INPUT || refused.text[0] == '\0'))
				abort();
		}
	text_free(&t);
	text_free(&notes.text);
	filter_clear(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct error e = {0};
	struct policy *p = policy_parse((const char *)bytes, n, "fuzz", &e);
	if (p == NULL)
		return 0;
	generate(p, NULL);
	generate(p, &(struct compile_options){.speed = true, .no_bitmap = true});
	policy_free(p);
	return 0;
}

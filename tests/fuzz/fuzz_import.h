/* What the fuzz targets of importers share. SPDX-License-Identifier: MIT */
#ifndef FUZZ_IMPORT_H
#define FUZZ_IMPORT_H

#include <stdlib.h>
#include <string.h>

#include "generator/generator.h"
#include "policies/import/import.h"
#include "policies/policy/policy.h"
#include "policies/profile/profile.h"
#include "policies/show/show.h"

/* Imports; the text of the profile, or nothing where the files were refused. */
static struct text imported(import_read *read, const struct import_file *files, size_t n, struct profile **p)
{
	struct import_options options = {.arch = ARCH_X86_64, .label = "fuzz"};
	struct import_result result = {0};
	struct text warnings = {0}, out = {0};
	struct error e = {0};
	int rc = read(files, n, &options, &result, &warnings, &e);
	if ((rc < 0) != (e.code != 0) || (rc < 0 && (e.text[0] == '\0' || result.profile != NULL)) ||
	    (rc == 0 && profile_format(result.profile, &out, &e) != 0))
		abort();
	text_free(&warnings);
	*p = result.profile;
	return out;
}

/* Whether the policy of the profile, of whatever tightness, allows what each of its facts stands for, as far as one
 * call shows. */
static void check_policies(const struct profile *p)
{
	for (int args = 0; args < 3; args++) {
		struct infer_options options = {
		    .args = (enum args_mode)args, .default_action = {ACTION_KILL, 0}, .allow_clone3 = true};
		struct text warnings = {0};
		struct error e = {0};
		struct policy *policy = infer(p, &options, &warnings, &e);
		for (size_t i = 0; policy != NULL && i < profile_fact_count(p); i++) {
			const struct fact *f = profile_fact(p, i);
			struct seccomp_data data = fact_data(f, f->key.values);
			if (!f->wide && f->key.nr < ABI_NR_FOREIGN &&
			    policy_evaluate(policy, &data).kind != ACTION_ALLOW)
				abort();
			/* What it does not know may be anything. */
			for (unsigned arg = 0; arg < 6; arg++)
				if (fact_unknown_args(f) >> arg & 1)
					data.args[arg] = f->key.arch == ARCH_I386 ? 0x5a5a5a5a : 0x5a5a5a5a5a5a5a5a;
			if (!f->wide && f->key.nr < ABI_NR_FOREIGN &&
			    policy_evaluate(policy, &data).kind != ACTION_ALLOW)
				abort();
		}
		text_free(&warnings);
		policy_free(policy);
	}
}

static void import_and_check(import_read *read, const struct import_file *files, size_t n)
{
	struct profile *p, *q, *again;
	struct error e = {0};
	struct text first = imported(read, files, n, &p), shown = {0}, united = {0};
	if (p == NULL)
		return;
	struct text second = imported(read, files, n, &q);
	again = profile_parse(first.bytes, first.count, "own", &e);
	for (size_t i = 0; read == import_audit && i < profile_fact_count(p); i++)
		if (!fact_is_denied(p, profile_fact(p, i)))
			abort();
	if (again == NULL || second.count != first.count || memcmp(first.bytes, second.bytes, first.count) != 0)
		abort();
	profile_show(p, &shown);
	check_policies(p);
	if (profile_merge(p, q, &e) != 0 || profile_merge(p, again, &e) != 0 || profile_format(p, &united, &e) != 0 ||
	    united.count != first.count || memcmp(united.bytes, first.bytes, first.count) != 0)
		abort();
	text_free(&first);
	text_free(&second);
	text_free(&shown);
	text_free(&united);
	profile_free(p);
	profile_free(q);
	profile_free(again);
}

#endif

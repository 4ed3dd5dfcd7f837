/* Compares the derived policy with Docker's default profile. SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "policies/policy/call_set.h"
#include "policies/report/report_parts.h"
#include "policies/show/show.h"

int call_set_less(struct call_set *a, const struct call_set *b, enum arch arch, const char *name, struct error *e)
{
	struct error inner = {0};
	int rc = call_set_subtract(a, b, arch, name, &inner);
	if (rc == ERR_LIMIT)
		return 1;
	return rc < 0 ? error_set(e, rc, "%s", inner.text) : 0;
}

void call_set_words(const struct call_set *set, bool untold, enum arch arch, const char *name, struct text *out)
{
	struct rule shown = {.syscall = (char *)name, .archs = ARCH_BIT(arch), .action = {.kind = ACTION_ALLOW}};
	memcpy(&shown.any, &set->any, sizeof(shown.any)); /* only looked at */
	if (untold)
		text_add(out, "%s: more than can be said in words", name);
	else
		rule_text(&shown, arch, "; or ", out);
}

static int add_beyond(struct comparisons *c, const struct call_set *set, bool untold, enum arch arch, const char *name,
		      struct error *e)
{
	struct text words = {0};
	call_set_words(set, untold, arch, name, &words);
	char *copy = words.failed ? NULL : strdup(text_string(&words));
	text_free(&words);
	if (copy == NULL || !vec_push(&c->beyond, (struct beyond){name, arch, copy})) {
		free(copy);
		return error_memory(e);
	}
	return 0;
}

static int compare_call(const struct policy *own, const struct policy *docker, const char *name, struct comparison *at,
			struct comparisons *c, struct error *e)
{
	struct call_set mine = {0}, theirs = {0}, rest = {0};
	int rc = policy_permits(own, at->arch, name, true, &mine, e);
	if (rc == 0)
		rc = policy_permits(docker, at->arch, name, true, &theirs, e);
	bool has = mine.any.count > 0, had = theirs.any.count > 0;
	at->own += has;
	at->docker += had;
	at->needless += had && !has;
	if (had && !has && !vec_push(&at->needless_calls, name))
		rc = error_memory(e);
	if (rc == 0 && has && had && (rc = call_set_copy(&rest, &theirs, at->arch, name, e)) == 0 &&
	    (rc = call_set_less(&rest, &mine, at->arch, name, e)) >= 0) {
		at->narrowed += rc > 0 || rest.any.count > 0;
		rc = 0;
	}
	if (rc == 0 && has && (rc = call_set_less(&mine, &theirs, at->arch, name, e)) >= 0)
		rc = rc > 0 || mine.any.count > 0 ? add_beyond(c, &mine, rc > 0, at->arch, name, e) : 0;
	call_set_clear(&mine);
	call_set_clear(&theirs);
	call_set_clear(&rest);
	return rc;
}

static int compare_policies(const struct policy *own, const struct policy *docker, struct comparisons *out,
			    struct error *e)
{
	for (int arch = 0; arch < ARCH_COUNT; arch++) {
		struct comparison at = {.arch = (enum arch)arch};
		if ((own->archs & docker->archs & ARCH_BIT(arch)) == 0)
			continue;
		for (size_t i = 0; i < abi_syscall_count; i++)
			if (abi_syscalls[i].nr[arch] >= 0 &&
			    compare_call(own, docker, abi_syscalls[i].name, &at, out, e) < 0) {
				vec_free(&at.needless_calls);
				return e->code;
			}
		if (!vec_push(&out->archs, at)) {
			vec_free(&at.needless_calls);
			return error_memory(e);
		}
	}
	return 0;
}

int compare_with_docker(const struct policy *own, struct comparisons *out, struct error *e)
{
	struct asset file = asset_docker();
	if (own == NULL)
		return 0;
	struct policy *docker = policy_parse(file.bytes, file.count, "docker-default.json", e);
	int rc = docker != NULL ? compare_policies(own, docker, out, e) : e->code;
	policy_free(docker);
	return rc;
}

void comparisons_clear(struct comparisons *c)
{
	for (size_t i = 0; i < c->beyond.count; i++)
		free(c->beyond.items[i].words);
	for (size_t i = 0; i < c->archs.count; i++)
		vec_free(&c->archs.items[i].needless_calls);
	vec_free(&c->beyond);
	vec_free(&c->archs);
}

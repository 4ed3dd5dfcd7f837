/* A filter that lets through what is known. SPDX-License-Identifier: MIT */
#include "tracer/record/known_filter.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <unistd.h>

#include "tracer/record/fault.h"

/* A fact that has only failed so far is not let through, as nobody would see its first success. After so many failures
 * in one run its end is taken for unknown, and it is let through. */
#define FAILURES 32

static uint64_t most_calls(const struct fact *f)
{
	uint64_t most = 0;
	for (size_t i = 0; i < f->runs.count; i++)
		most = f->runs.items[i].count > most ? f->runs.items[i].count : most;
	return most;
}

/* Imported denials must stop: no run has seen the call succeed. */
static bool may_pass(const struct known_filter *k, const struct profile *p, const struct fact *f)
{
	return f->key.phase == k->last && f->outcome == OUTCOME_ANY && !k->must_stop(f) &&
	       !fault_concerns(k->fault, f) && !fact_is_denied(p, f);
}

/* Forgets the end of calls that this run has seen: of those that fail all the time, and with `unended` of those that
 * have not returned yet. */
static int forget_ends(struct known_filter *k, bool unended, struct error *e)
{
	for (size_t i = 0; i < profile_fact_count(k->seen); i++) {
		const struct fact *f = profile_fact(k->seen, i);
		bool failing = f->outcome == OUTCOME_FAILED && most_calls(f) >= FAILURES;
		if (!failing && !(unended && f->outcome == OUTCOME_NONE))
			continue;
		int rc = profile_ended(k->seen, &f->key, 0, e);
		if (rc < 0)
			return rc;
	}
	return 0;
}

size_t known_filter_facts(const struct known_filter *k, const struct profile *p, const struct fact **out)
{
	size_t n = 0;
	for (size_t i = 0; p != NULL && i < profile_fact_count(p); i++)
		if (may_pass(k, p, profile_fact(p, i)))
			out[n++] = profile_fact(p, i);
	return n;
}

/* The compiler answers SECCOMP_RET_TRACE to what is not known. */
static void set_answer(const struct known_filter *k)
{
	for (size_t i = 0; i < k->filter.length; i++) {
		struct sock_filter *instruction = &k->filter.code[i];
		if (instruction->code == (BPF_RET | BPF_K) && instruction->k == SECCOMP_RET_TRACE)
			instruction->k = k->answer;
	}
}

static int make_filter(struct known_filter *k, struct error *e)
{
	size_t most = profile_fact_count(k->seen) + (k->known != NULL ? profile_fact_count(k->known) : 0);
	const struct fact **facts = calloc(most + 1, sizeof(*facts));
	int rc = facts == NULL ? error_memory(e) : forget_ends(k, true, e);
	if (rc == 0) {
		size_t n = known_filter_facts(k, k->known, facts);
		n += known_filter_facts(k, k->seen, facts + n);
		known_filter_free(k);
		rc = k->compile(facts, n, getpid(), &k->filter, e);
		set_answer(k);
	}
	free(facts);
	return rc;
}

const struct watch_filter *known_filter_get(struct known_filter *k, struct error *e)
{
	if (k->impossible)
		return NULL;
	if (!k->current) {
		int rc = make_filter(k, e);
		if (rc == ERR_LIMIT) {
			*e = (struct error){0};
			k->impossible = true;
		}
		if (rc < 0)
			return NULL;
		k->current = true;
	}
	return &k->filter;
}

bool known_filter_is_warm(const struct known_filter *k)
{
	for (size_t i = 0; k->known != NULL && i < profile_fact_count(k->known); i++)
		if (may_pass(k, k->known, profile_fact(k->known, i)))
			return true;
	return false;
}

void known_filter_outdated(struct known_filter *k)
{
	k->current = false;
}

int known_filter_finish(struct known_filter *k, struct error *e)
{
	return k->compile == NULL ? 0 : forget_ends(k, false, e);
}

void known_filter_free(struct known_filter *k)
{
	free(k->filter.code);
	k->filter = (struct watch_filter){0};
}

/* The recorder: makes facts of calls. SPDX-License-Identifier: MIT */
#include "tracer/record/recorder.h"

#include <string.h>

#include "policies/base/clock.h"
#include "tracer/process/memory.h"
#include "tracer/record/run_record.h"

int recorder_begin(struct recorder *r, struct profile *p, const struct record_options *options, char *const argv[],
		   struct error *e)
{
	int run = run_begin(p, options, argv, e);
	if (run < 0)
		return run;
	*r = (struct recorder){.profile = p, .options = options, .run = (uint32_t)run};
	r->callers = (struct callers){.frames = options->frames, .known = options->known};
	r->began = r->last_new = r->last_told = now_ms();
	profile_set_unfinished(p, r->run, true);
	return 0;
}

bool recorder_progress_due(const struct recorder *r)
{
	enum { TELL_EVERY = 500 }; /* milliseconds */
	return r->options->progress != NULL && now_ms() - r->last_told >= TELL_EVERY;
}

void recorder_progress(struct recorder *r, uint64_t stops, unsigned processes)
{
	r->last_told = now_ms();
	r->options->progress(
	    &(struct record_progress){stops, profile_fact_count(r->profile), processes, r->last_told - r->last_new});
}

int64_t recorder_watched(struct recorder *r)
{
	const struct record_options *o = r->options;
	int64_t lasted = now_ms() - r->began;
	if (o->watcher != NULL)
		o->watcher(o->context, r->profile, r->run, (uint64_t)lasted);
	return lasted;
}

void recorder_end(struct recorder *r)
{
	profile_set_lasted(r->profile, r->run, (uint64_t)(now_ms() - r->began));
	profile_set_unfinished(r->profile, r->run, false);
}

void recorder_free(struct recorder *r)
{
	programs_free(&r->programs);
	callers_free(&r->callers);
}

int recorder_program(struct recorder *r, pid_t tid, bool *readable, struct error *e)
{
	return programs_find(&r->programs, tid, r->profile, readable, e);
}

struct fact_key recorder_key(pid_t tid, enum phase phase, const struct call *call, const uint64_t *pointed)
{
	struct fact_key key = fact_key_make(phase, call->arch, call->nr, call->args);
	const struct syscall_desc *desc = (key.args & 1) != 0 ? abi_by_nr(call->arch, call->nr) : NULL;
	if (desc == NULL || desc->args[0].kind != ARG_POINTED)
		return key;
	uint64_t flags = pointed != NULL ? *pointed : 0;
	bool known = pointed != NULL || memory_read_once(tid, key.values[0], &flags, sizeof(flags));
	key.values[0] = known ? flags : 0;
	key.args &= (uint8_t)~(known ? 0 : 1);
	return key;
}

int recorder_count(struct recorder *r, const struct fact_key *key, uint32_t program, struct error *e)
{
	int observed = profile_observe(r->profile, key, program, r->run, 1, e);
	if (observed >= 0 && (observed & OBSERVED_NEW) != 0) {
		r->last_new = now_ms();
		profile_first_seen(r->profile, key, r->run, (uint64_t)(r->last_new - r->began));
	}
	return observed;
}

int recorder_stack(struct recorder *r, const struct fact_key *key, pid_t tid, read_registers *at, struct error *e)
{
	return callers_note(&r->callers, tid, at, key, r->profile, e);
}

int recorder_ended(struct recorder *r, const struct fact_key *key, unsigned error, struct error *e)
{
	return profile_ended(r->profile, key, error, e);
}

bool recorder_has_no_result(const struct call *call)
{
	char buffer[32];
	const char *name = abi_name(call->arch, call->nr, buffer, sizeof(buffer));
	return strcmp(name, "rt_sigreturn") == 0 || strcmp(name, "sigreturn") == 0;
}

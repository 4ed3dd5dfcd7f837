/* Mode quiet: when a process has shown nothing new for long enough to be given a filter. SPDX-License-Identifier:
 * MIT */
#ifndef PINHOLE_TRACER_RECORD_QUIET_H
#define PINHOLE_TRACER_RECORD_QUIET_H

#include "tracer/ptrace/tracee.h"
#include "tracer/record/known_filter.h"

/* All zero, but for `after`, `privileged` and what known_filter.h says, is a beginning. */
struct quiet {
	struct known_filter passes; /* its `compile` is NULL in the other modes */
	uint64_t after;		    /* see struct record_options, quiet_after */
	struct lull lull;	    /* of the whole tree */
	bool privileged;	    /* the recorder may trace anyone (CAP_SYS_PTRACE). Then programs gain privileges by executing, as
				     * without a tracer (ptrace(2)), but with no_new_privs they would not */
};

/* Sets the answer of the filters: SECCOMP_RET_TRACE with a mark chosen by chance, so that no filter of a program's own
 * has it. Returns the mark, or a negative code. */
int quiet_choose_mark(struct quiet *q, struct error *e);

/* Returns whether the tracer must see every call of that fact (known_filter's must_stop). */
bool quiet_must_stop(const struct fact *f);

/* A call was counted as a fact; `new`: one that this run had not seen. */
void quiet_count(struct quiet *q, struct process *process, bool new);

/* At the entry stop of this call: returns whether to give the process a filter now. The call must be one that can be
 * put off, and the filter of any use. It is time when the process has shown nothing new for long; when the whole tree
 * has not, and the process has reached its entry point; or when it is about to give up privileges. */
bool quiet_due(struct quiet *q, struct process *process, enum arch arch, const char *name);

/* Returns whether a new process, a copy of one that was being given our filter, has that filter: /proc says how many
 * filters it has (Linux 5.9). */
bool quiet_has_filter(pid_t pid);

#endif

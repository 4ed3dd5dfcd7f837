/* Mode quiet: what may pass without a stop, and when a process is quiet. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_RECORD_QUIET_H
#define PINHOLE_TRACER_RECORD_QUIET_H

#include "tracer/ptrace/tracee.h"
#include "tracer/tracer.h"

/* All zero, but for the first five, the mark and `privileged`, is a beginning. */
struct quiet {
	watch_compiler *compile;     /* NULL: another mode */
	const struct profile *known; /* what need not be seen again; or NULL */
	struct profile *seen;	     /* what was, in this run */
	uint64_t after;
	enum phase last; /* that processes come to: what is known in it may pass, and a filter is given to who has reached it */
	struct lull lull;	    /* of the whole tree */
	struct watch_filter filter; /* of what was known when it was made; see quiet_filter */
	bool current;		    /* nothing new is known since */
	bool impossible;	    /* no filter can be made */
	uint16_t mark;		    /* what our filters' RET_TRACE carries (SECCOMP_RET_DATA), and no filter of a program's own */
	bool privileged;	    /* the recorder may trace anyone (CAP_SYS_PTRACE): then programs gain privileges by
	                               executing as ever (ptrace(2)), but not with no_new_privs */
};

/* Chooses the mark, by chance: a program cannot know it. Returns 0 or a negative code. */
int quiet_choose_mark(struct quiet *q, struct error *e);

/* The filter of what is known by now, made anew where something is; valid until the next call. Whatever it lets pass has
 * no failures to be told of any more. NULL, and *error untouched: none can be made; or an error. */
const struct watch_filter *quiet_filter(struct quiet *q, struct error *e);

/* Whether the profile that was known before says anything that can pass. */
bool quiet_is_warm(const struct quiet *q);

/* A call was counted as a fact; `new`: one that this run had not seen. */
void quiet_count(struct quiet *q, struct process *process, bool new);

/* Whether that process is to be given a filter now, at the entry stop of this call: it has shown nothing new for a while,
 * or nothing in the whole tree has, and it has reached its entry point; its calls come so fast that stops cost it
 * something; or it is about to give up privileges; and the call is one that can be put off. */
bool quiet_due(struct quiet *q, struct process *process, enum arch arch, const char *name);

/* Whether a new process, a copy of `parent`, has the filter that its maker was just being given: /proc tells. */
bool quiet_has_filter(pid_t pid);

/* The end of a run: what failed so often that the next run had better not stop for it has an unknown end. Returns 0 or a
 * negative code. */
int quiet_end(struct quiet *q, struct error *e);

void quiet_free(struct quiet *q);

#endif

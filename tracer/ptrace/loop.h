/* The loop: waits for the next stop of any tracee, classifies it, acts on it. It is the only place that restarts
 * tracees. SPDX-License-Identifier: MIT
 *
 * It follows every thread and process that the first one makes, and knows nothing of facts and filters: what is to be
 * done at a call is up to the watcher. */
#ifndef PINHOLE_TRACER_PTRACE_LOOP_H
#define PINHOLE_TRACER_PTRACE_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "policies/base/error.h"
#include "tracer/process/call.h"
#include "tracer/ptrace/fair_wait.h"
#include "tracer/ptrace/tracee.h"

struct loop;
struct __ptrace_syscall_info;

/* What differs between those who watch. The functions are called at a stop of the tracee. Those of type int return 0,
 * or a negative code with which the loop ends. None is NULL. */
struct watcher {
	/* Before each wait. Returns whether to go on; else the loop ends. */
	bool (*goes_on)(struct loop *l);

	/* A call begins. tracee->state is THREAD_IN_CALL at its entry stop, where it can be put off by inject.h; else
	 * this is the filter's stop. To be told how it ends: set tracee->awaited. Calls before the command's first
	 * execve(2) are not told. */
	int (*called)(struct loop *l, struct tracee *tracee, const struct call *call, const char *name, struct error *e);

	/* An awaited call has ended: with that errno value; or 0: it succeeded, will never return, or nobody can
	 * tell. */
	int (*returned)(struct loop *l, struct tracee *tracee, unsigned error, struct error *e);

	/* A stop of a tracee that makes calls for us (THREAD_INJECTS): take the next step (inject_stop). `info`: as
	 * inject_stop. */
	int (*injected)(struct loop *l, struct tracee *tracee, const struct __ptrace_syscall_info *info, struct error *e);

	/* The process has a thread that makes calls for us, and that ends or executes a program, so that it will not
	 * finish; or another thread executes a program. */
	void (*injection_lost)(struct process *process);

	/* A process was made as a copy of `maker`, by vfork(2) or otherwise; it has what process_inherit gives it. */
	void (*made)(struct loop *l, struct process *process, const struct process *maker, bool vfork);

	/* A process whose maker has not told of it in time. It is taken for a copy of its parent by /proc (NULL: none).
	 * `tid`: the thread that showed it. */
	int (*found)(struct loop *l, pid_t tid, struct process *process, const struct process *parent, struct error *e);

	/* A process has executed a program; `first`: the command's first execve(2). *readable: see
	 * proc_program_is_readable. */
	int (*executed)(struct loop *l, struct tracee *tracee, bool first, bool *readable, struct error *e);

	/* How long a thread is kept stopped until its maker tells of it, in milliseconds: while other tracees stop, and
	 * while none does. `orphans`: one whose maker has ended is not kept that long. Normally the maker tells within
	 * microseconds. */
	struct {
		int64_t busy, idle;
		bool orphans;
	} patience;
};

struct loop {
	const struct watcher *watcher;
	void *self; /* the watcher's */
	struct tracee_table tracees;
	struct fair_wait fair;
	pid_t command; /* the first process; 0: processes that ran before are watched */
	bool started;  /* the command's first execve has succeeded: what came before was pinhole's own doing */
	/* Whether pinhole stands between the command and the command's parent, which a signal to our id is then meant
	 * for. */
	bool between;
	uint16_t mark;		   /* what our filters' RET_TRACE carries (SECCOMP_RET_DATA), and no filter of a program's own */
	void (*traces)(pid_t pid); /* see struct record_options; NULL once it was called */
	uint64_t stops;		   /* of all tracees, so far */
	uint64_t strange;	   /* calls of an architecture that abi.h does not know (32-bit ARM), so far */
	unsigned processes;	   /* that were made, so far */
	int status;		   /* the command's wait status, once it has ended */
	int64_t checked;	   /* when unknown threads were looked at last; milliseconds, now_ms() */
};

/* Watches until no tracee is left or the watcher ends it. Returns 0 or a negative code. */
int loop_run(struct loop *l, struct error *e);

/* Restarts a tracee after that stop, or leaves it where its process was released. The tracee may be gone then. */
void loop_restart(struct loop *l, struct tracee *tracee, struct stop stop);

/* Fills *call with the call at whose entry a tracee is, or that its filter asks about. Returns false where it is at
 * none, or one of an architecture that abi.h does not know. */
bool loop_call(const struct __ptrace_syscall_info *info, struct call *call);

/* Releases what the loop holds. Tracees are not restarted. */
void loop_free(struct loop *l);

#endif

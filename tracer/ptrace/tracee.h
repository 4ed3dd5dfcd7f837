/* The threads that are traced, and their processes. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_TRACEE_H
#define PINHOLE_TRACER_PTRACE_TRACEE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "policies/profile/profile.h"
#include "tracer/ptrace/stop.h"
#include "tracer/tracer.h"

/* How a process is watched in mode quiet. */
enum watch {
	WATCH_CLOSELY,	   /* as in the other modes, to its end: it has or may have a filter of its own, or could not be given ours */
	WATCH_UNTIL_QUIET, /* with PTRACE_SYSCALL, until it shows nothing new for long (quiet.h) */
	WATCH_CHANGING,	   /* it is being given a filter (inject.h) */
	WATCH_QUIETLY,	   /* it has our filter, under which known calls do not stop */
};

/* A row of calls that showed nothing new. */
struct lull {
	uint64_t calls;
	int64_t since; /* now_ms() at the first of them */
};

/* A process: the state that its threads share. */
struct process {
	pid_t tgid;
	unsigned threads;    /* tracees that point here */
	enum phase phase;
	uint32_t program;    /* position among the profile's programs */
	bool syscall_stops;  /* followed with PTRACE_SYSCALL: in plain mode, and where a filter of its own could hide
				calls from ours (the strictest answer counts, seccomp(2)) */
	enum watch watch;
	struct lull lull;    /* in this image and before its fork */
	bool all_threads;    /* it had several threads when it got its filter, of which one may have forked just before */
	bool leaderless;     /* its first thread has ended before the others */
	bool borrows;	     /* made by vfork: it has its parent's memory until its exec */
	bool foreign;	     /* made a call of another architecture */
	bool named;	     /* ran before it was watched, and its program is known */
	bool guessed;        /* its maker has not told of it: it is taken for a copy of its parent by /proc */
	bool released;	     /* nothing is left to do: its threads are left as soon as they stop */
	/* The last signal that a process sent to this one directly; see signals.c. */
	struct {
		int signal;
		pid_t sender;
		int64_t when;
		unsigned count; /* in a row */
	} direct;
	/* A signal that would have killed it; see doomed.h. */
	struct {
		int signal; /* 0: none */
		char state; /* of the thread that does not take it, since then: now_ms(), and its time in the kernel */
		int64_t since;
		uint64_t spent;
		bool killed;
	} doomed;
	/* The breakpoint at the entry point, while the dynamic loader works. */
	bool armed;
	bool trap_blocked; /* SIGTRAP was blocked at exec */
	uint64_t entry;
	long saved; /* the word at the entry point without the breakpoint */
	bool blind; /* it has a loader, but no breakpoint could be set */
	/* Of a program that is given its filters while it runs (deploy.h). */
	struct {
		unsigned filters; /* how many of our filters it has */
		unsigned target;  /* how many it will have after the injection that began last; 0: none has begun */
		uint64_t before;  /* how many filters of any origin it had when that began */
		pid_t installer;  /* the thread that makes the calls for it */
		bool refused;	  /* it cannot have its filters, and is ended */
		bool own;	  /* one of its threads may have a filter of its own */
	} deployed;
};

/* What clone_untraced.c has changed in a call and must put back. */
struct untraced {
	enum { UNTRACED_NOTHING, UNTRACED_REGISTER, UNTRACED_MEMORY } where;
	uint64_t flags, address; /* the original ones; of UNTRACED_REGISTER the offset in struct user */
	bool shared;		 /* the new process has the same memory */
};

/* What alter.c has changed in a call and must put back. */
enum { ALTERED = 4 };
struct altered {
	bool set;
	enum arch arch;
	uint64_t args[ALTERED]; /* the program's own */
};

/* Where a thread is between its stops, and what its next stop means (event.h). */
enum thread_state {
	THREAD_RUNS,	 /* its next stop at a call begins a new call: count that */
	THREAD_IN_CALL,	 /* it has stopped at the entry of a call, which was counted: the filter's stop is for the same call */
	THREAD_INJECTS,	 /* it makes calls for pinhole instead of its own (inject.h): give each stop to the injection */
	THREAD_UNKNOWN,	 /* it has no process yet: nobody has told whose thread it is. Keep it at the stop `held` until that is known */
	THREAD_LEAVING,	 /* it is to be left once its leader has been left: keep it at the stop `held` until then */
	THREAD_FAILED,	 /* an error occurred at the stop `held`: do not restart it; it is left or killed at the end */
};

/* Whether PTRACE_INTERRUPT was sent while a thread ran. It stops once for that, and a call that ends by it is made
 * anew. */
enum interruption {
	INTERRUPTION_NONE,
	INTERRUPTION_SENT,	 /* or the thread was attached to; it has not stopped for that yet */
	INTERRUPTION_FOR_FILTER, /* the same, while another thread gives it a filter, which may deny restart_syscall(2) */
};

/* A thread. */
struct tracee {
	pid_t tid;
	enum thread_state state;
	enum interruption interruption;
	struct process *process; /* NULL in the state THREAD_UNKNOWN */
	struct stop held;
	int64_t held_since; /* of THREAD_UNKNOWN; milliseconds, CLOCK_MONOTONIC; 0: it has not stopped yet */
	bool stood;	 /* a stopping signal took effect, and no SIGCONT was delivered since */
	/* Of the call that it is at (waits.h): when it began, and when its time is up, by now_ns(); 0: not known, and:
	 * it was not made anew. */
	int64_t entered, deadline;
	bool rung; /* it was interrupted as its time is up */
	bool remade; /* its last call was restarted: it has not begun anew yet */
	uint32_t slept; /* see waits_look */
	bool deaf;	   /* it is not to be interrupted yet: see attach_hear */
	uint64_t switches; /* how often it had gone to sleep by then */
	struct {
		int signal; /* that came last */
		int64_t last;
		unsigned count; /* in a row */
		bool blocked;	/* by us: see flood.h */
	} flood;
	bool awaited;	 /* how its call ends is to be told to the profile */
	struct fact_key call;
	struct altered altered;
	int64_t transferred; /* by the call that goes on with the rest, see transfers.h; 0: none does */
	struct untraced untraced;
	struct injection *injection; /* of THREAD_INJECTS; else NULL */
	struct tracee *next;
};

enum { BUCKETS = 1024 };

/* All tracees by thread id. All zero is an empty table. */
struct tracee_table {
	struct tracee *buckets[BUCKETS];
	size_t count, unknown, leaving, deadlines, deaf; /* threads: all; in THREAD_UNKNOWN; in THREAD_LEAVING; with a deadline; deaf */
	int64_t next_deadline; /* of these; by now_ns() */
	int64_t next_hearing;  /* when the deaf are looked at again; by now_ms() */
	int64_t next_look;     /* of doomed_look; by now_ms() */
	filter_lets_through *judge; /* or NULL */
};

struct tracee *tracee_find(const struct tracee_table *t, pid_t tid);

/* Adds a thread to a process (NULL: not known yet, THREAD_UNKNOWN). NULL: no memory. */
struct tracee *tracee_add(struct tracee_table *t, pid_t tid, struct process *process);

/* Returns whether a thread stands for its process: it is the first thread, or that one has ended. */
bool tracee_leads(const struct tracee *tracee);

/* Says whose thread it is, of one in THREAD_UNKNOWN, which is THREAD_RUNS then. */
void tracee_join(struct tracee_table *t, struct tracee *tracee, struct process *process);

/* Forgets a thread; with the last thread of a process, the process too. */
void tracee_remove(struct tracee_table *t, pid_t tid);

/* Forgets all threads of a process but one, which is the one that execve(2) leaves. */
void tracee_keep_only(struct tracee_table *t, struct process *process, pid_t tid);

/* A new process as a child of `parent` (NULL: the first). NULL: no memory. Owned by its tracees once one joined. */
struct process *process_new(pid_t tgid, const struct process *parent);

/* Frees a process that no tracee has joined. */
void process_free(struct process *process);

/* What a process has from the one that it is a copy of: the phase, the program, and the memory, breakpoint included. */
void process_inherit(struct process *process, const struct process *parent);

/* Forgets everything. */
void tracee_table_free(struct tracee_table *t);

#endif

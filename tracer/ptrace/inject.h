/* Giving a filter to a process that runs: it makes the calls for that itself. SPDX-License-Identifier: MIT
 *
 * At the entry of a call, which is put off: mmap of a page (never the stack: it may be tiny, or another's), the filter
 * written there, seccomp for all threads, munmap; then the call is made again with the registers that it had. Signals
 * are blocked meanwhile (SIGSTOP and SIGKILL work as ever), so that no handler runs in between. All of it is a sequence
 * of stops: in the state THREAD_INJECTS a tracee is restarted with PTRACE_SYSCALL, and each of its stops is given to
 * inject_stop. */
#ifndef PINHOLE_TRACER_PTRACE_INJECT_H
#define PINHOLE_TRACER_PTRACE_INJECT_H

#include "tracer/ptrace/tracee.h"
#include "tracer/tracer.h"

/* At the entry stop of a call (PTRACE_SYSCALL_INFO_ENTRY) of that architecture: begins. Where the process lacks
 * privileges for a filter it gets no_new_privs if it may. false: it could not, and nothing is changed. */
bool inject_begin(struct tracee *tracee, enum arch arch, bool may_give_up_privileges);

/* At such a stop: puts the call off, as often as need be, and does nothing in its place. At the next entry stop
 * inject_stop says INJECT_DONE. false: it could not. */
bool inject_wait(struct tracee *tracee, enum arch arch);

/* The architecture of that call. */
enum arch inject_arch(const struct tracee *tracee);

struct __ptrace_syscall_info;

enum inject_state {
	INJECT_GOES_ON,
	INJECT_INSTALLED, /* now all threads of the process have the filter; goes on */
	INJECT_DONE,	  /* the tracee is at the entry of its own call again; *error: 0, or why it has no filter */
	INJECT_REFUSED,	  /* the same without a filter: errno value in *error */
};

/* At a stop of the tracee since: takes the next step. `info`: what PTRACE_GET_SYSCALL_INFO says at a call's stop; NULL
 * at any other. `filter` is written to the process when it is due. */
enum inject_state inject_stop(struct tracee *tracee, const struct __ptrace_syscall_info *info, const struct watch_filter *filter,
			      int *error);

/* At the entry stop of a call of that architecture: makes it exit_group(2) with that status instead. false: it
 * cannot. */
bool inject_exit(pid_t tid, enum arch arch, int status);

/* Takes no more steps, as the tracee executes another program by now. It is THREAD_IN_CALL, if it was
 * THREAD_INJECTS. */
void inject_forget(struct tracee *tracee);

#endif

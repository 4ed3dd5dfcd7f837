/* Giving a filter to a running process: one of its threads makes the calls for that. SPDX-License-Identifier: MIT
 *
 * At the entry of a call, which is put off, the thread makes these calls instead: mmap of a page, into which we write
 * the filter (the stack may be too small, or another thread's); seccomp for all threads; munmap. Then it makes its own
 * call with the registers that it had. Signals are blocked meanwhile, except SIGSTOP and SIGKILL, so that no handler
 * runs in between. All of this is a sequence of stops: in the state THREAD_INJECTS a tracee is restarted with
 * PTRACE_SYSCALL, and each of its stops is given to inject_stop. */
#ifndef PINHOLE_TRACER_PTRACE_CHANGE_INJECT_H
#define PINHOLE_TRACER_PTRACE_CHANGE_INJECT_H

#include "tracer/ptrace/tracee.h"
#include "tracer/tracer.h"

/* At the entry stop of a call (PTRACE_SYSCALL_INFO_ENTRY) of that architecture: begins. A process without the
 * privileges for a filter gets no_new_privs, if it may give up privileges. Returns false where it cannot begin; then
 * nothing is changed. */
bool inject_begin(struct tracee *tracee, enum arch arch, bool may_give_up_privileges);

/* At such a stop: puts the call off and does nothing in its place. At the next entry stop inject_stop returns
 * INJECT_DONE, and the call can be put off again. Returns false where it cannot. */
bool inject_wait(struct tracee *tracee, enum arch arch);

/* Returns the architecture of the call that is put off. */
enum arch inject_arch(const struct tracee *tracee);

struct __ptrace_syscall_info;

enum inject_state {
	INJECT_GOES_ON,
	INJECT_INSTALLED, /* all threads of the process have the filter now; the injection goes on */
	INJECT_DONE,	  /* the tracee is at the entry of its own call again, and has the filter */
	INJECT_REFUSED,	  /* the same, but it has no filter; *error says why: an errno value */
};

/* At each following stop of the tracee: takes the next step. `info`: what PTRACE_GET_SYSCALL_INFO says at a call's
 * stop; NULL at any other. `filter` is written to the process when it is due. */
enum inject_state inject_stop(struct tracee *tracee, const struct __ptrace_syscall_info *info, const struct watch_filter *filter,
			      int *error);

/* At the entry stop of a call of that architecture: has exit_group(2) made instead, with that status. Returns false
 * where it cannot. */
bool inject_exit(pid_t tid, enum arch arch, int status);

/* Takes no more steps, as the tracee executes another program by now. It is THREAD_IN_CALL, if it was
 * THREAD_INJECTS. */
void inject_forget(struct tracee *tracee);

#endif

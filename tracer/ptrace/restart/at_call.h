/* The interrupted call that a stopped thread was in, by its registers. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_RESTART_AT_CALL_H
#define PINHOLE_TRACER_PTRACE_RESTART_AT_CALL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "policies/abi/abi.h"

/* Error numbers inside the kernel (include/linux/errno.h): restart the call unless a handler runs,
 * otherwise it fails with EINTR; and continue it by restart_syscall. */
enum { ERESTARTNOHAND = 514, ERESTART_RESTARTBLOCK = 516 };

struct at_call {
	enum arch arch;
	uint32_t nr;
	int32_t result; /* -EINTR, or one of the above, negative */
	uint64_t args[6];
};

/* What is known of a stop that is not at a call's exit. x86_64 needs none of it: its registers tell. */
enum at_stop {
	AT_ANY,	   /* nothing */
	AT_OURS,   /* an interruption of ours made it */
	AT_REMADE, /* at_call_again was called at the exit of the thread's last call */
};

/* Reads the call whose result is one of those above. Returns false where there is none. */
bool at_call_read(pid_t tid, enum at_stop stop, struct at_call *out);

/* Sets the result of that call. */
void at_call_return(pid_t tid, int result);

/* Restarts it, unless a handler runs. At a call's exit another stop must follow. */
void at_call_again(pid_t tid);

/* Restarts it as another call with the same arguments. */
void at_call_number(pid_t tid, uint32_t nr);

#endif

/* Restarts calls that a stop of ours, or a signal that does nothing, has interrupted.
 * SPDX-License-Identifier: MIT */
#include "tracer/ptrace/restart/interrupted.h"

#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>

#include "tracer/ptrace/restart/transfers.h"
#include "tracer/ptrace/restart/waits.h"

/* After a stopping signal the call must end. Another thread may have taken the signal that
 * interrupted it. */
bool interrupted_at_exit(struct tracee_table *t, struct tracee *tracee, struct __ptrace_syscall_info *info)
{
	enum { RESTART_BLOCK = -516 }; /* linux/errno.h, not for user space */
	bool ours = tracee->interruption != INTERRUPTION_NONE;
	bool broken = ours || info->exit.rval == -EINTR || info->exit.rval == RESTART_BLOCK;
	bool anew = broken && (ours || !tracee->stood) && waits_make_anew(t, tracee);
	tracee->interruption = INTERRUPTION_NONE;
	if (anew && !ours) /* after our own interruption another stop follows; see waits_restart */
		ptrace(PTRACE_INTERRUPT, tracee->tid, NULL, NULL);
	if (anew)
		return true;
	if (info->exit.rval != RESTART_BLOCK)
		waits_over(t, tracee);
	if (broken) /* if its time was up, waits_make_anew has changed its result */
		ptrace(PTRACE_GET_SYSCALL_INFO, tracee->tid, (void *)sizeof(*info), info);
	return false;
}

void interrupted_at_trap(struct tracee_table *t, struct tracee *tracee)
{
	if (tracee->interruption != INTERRUPTION_NONE && !waits_make_anew(t, tracee))
		transfer_go_on(tracee, 0);
	tracee->interruption = INTERRUPTION_NONE;
}

/* If a handler runs, or the process stops, the kernel lets the call fail with EINTR. */
void interrupted_at_signal(struct tracee_table *t, struct tracee *tracee, int signal, bool delivered)
{
	if (signal == SIGCONT)
		tracee->stood = false;
	if (waits_look_at(tracee).kind == WAIT_NONE) { /* waits_effect reads /proc: avoid it for most signals */
		if (!tracee->stood)
			transfer_go_on(tracee, delivered ? signal : 0);
		return;
	}
	enum effect effect = delivered ? waits_effect(tracee->tid, signal) : EFFECT_NONE;
	if (effect == EFFECT_NONE && !tracee->stood)
		waits_make_anew(t, tracee);
	else
		waits_over(t, tracee);
	if (effect == EFFECT_STOP)
		waits_interrupt(tracee);
}

void interrupted_at_group_stop(struct tracee *tracee)
{
	tracee->stood = true;
	waits_note(tracee);
	waits_interrupt(tracee);
}

void interrupted_at_leaving(struct tracee_table *t, struct tracee *tracee, struct stop stop, int signal)
{
	enum effect effect = stop.kind == STOP_SIGNAL ? waits_effect(tracee->tid, signal) : EFFECT_OTHER;
	if (stop.kind == STOP_TRAP || stop.kind == STOP_SYSCALL || effect == EFFECT_NONE)
		waits_make_anew(t, tracee);
	else if (effect == EFFECT_STOP)
		waits_interrupt(tracee);
}

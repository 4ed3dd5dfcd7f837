/* Stops a program at its entry point. SPDX-License-Identifier: MIT */
#include "tracer/ptrace/change/entry_point.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>

#include "tracer/process/auxv.h"
#include "tracer/process/proc.h"

/* Whether the program ignores SIGTRAP. The kernel would reset that to deliver our breakpoint's (force_sig_info,
 * kernel/signal.c), and the program could see the change. */
static bool ignores_trap(pid_t pid)
{
	return (proc_status(pid, "SigIgn:", 16) >> (SIGTRAP - 1) & 1) != 0;
}

#if defined(__x86_64__)
static const unsigned char trap_code[] = {0xcc}; /* int3 */
enum { TRAP_LENGTH = 1 }; /* afterwards the instruction pointer is this many bytes past the entry */
#elif defined(__aarch64__)
static const unsigned char trap_code[] = {0x00, 0x00, 0x20, 0xd4}; /* brk #0 */
enum { TRAP_LENGTH = 0 };
#endif

static bool set_breakpoint(struct process *process)
{
	void *address = (void *)(uintptr_t)process->entry;
	errno = 0;
	process->saved = ptrace(PTRACE_PEEKTEXT, process->tgid, address, NULL);
	if (errno != 0)
		return false;
	long word = process->saved;
	memcpy(&word, trap_code, sizeof(trap_code));
	return ptrace(PTRACE_POKETEXT, process->tgid, address, (void *)word) == 0;
}

/* The kernel's signal set has 64 bits on both architectures (PTRACE_GETSIGMASK, ptrace(2), Linux 3.11). */
static const uint64_t trap_bit = (uint64_t)1 << (SIGTRAP - 1);

void entry_point_watch(struct process *process, bool readable)
{
	uint64_t mask = 0;
	struct auxv auxv = {0};
	process->armed = process->guessed = process->blind = false;
	if (process->phase == PHASE_SERVE)
		return;
	process->phase = PHASE_MAIN;
	if (readable)
		auxv = auxv_read(process->tgid);
	process->entry = auxv.entry;
	if (auxv.told && auxv.base == 0)
		return;
	process->blind = true;
	if (!auxv.told || ignores_trap(process->tgid))
		return;
	ptrace(PTRACE_GETSIGMASK, process->tgid, (void *)sizeof(mask), &mask);
	process->trap_blocked = (mask & trap_bit) != 0;
	if (set_breakpoint(process)) {
		process->armed = true;
		process->blind = false;
		process->phase = PHASE_LOAD;
	}
}

/* Resets the instruction pointer to the entry: on x86 int3 leaves it one byte past it. */
static void rewind_to(pid_t tid, uint64_t entry)
{
#if defined(__x86_64__)
	ptrace(PTRACE_POKEUSER, tid, (void *)offsetof(struct user, regs.rip), (void *)(uintptr_t)entry);
#else
	(void)tid, (void)entry;
#endif
}

void entry_point_forget(struct tracee *tracee)
{
	struct process *process = tracee->process;
	if (process->armed)
		ptrace(PTRACE_POKETEXT, tracee->tid, (void *)(uintptr_t)process->entry, (void *)process->saved);
	process->armed = false;
}

bool entry_point_reached(struct tracee *tracee)
{
	struct process *process = tracee->process;
	struct __ptrace_syscall_info info;
	if (!process->armed || ptrace(PTRACE_GET_SYSCALL_INFO, tracee->tid, (void *)sizeof(info), &info) <= 0 ||
	    info.instruction_pointer != process->entry + TRAP_LENGTH)
		return false;
	entry_point_forget(tracee);
	rewind_to(tracee->tid, process->entry);
	uint64_t mask;
	if (process->trap_blocked && ptrace(PTRACE_GETSIGMASK, tracee->tid, (void *)sizeof(mask), &mask) == 0) {
		mask |= trap_bit; /* the kernel unblocked it to deliver the trap */
		ptrace(PTRACE_SETSIGMASK, tracee->tid, (void *)sizeof(mask), &mask);
	}
	process->phase = PHASE_MAIN;
	return true;
}

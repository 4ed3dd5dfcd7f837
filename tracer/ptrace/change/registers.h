/* Reading and writing the registers of a stopped tracee. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PTRACE_CHANGE_REGISTERS_H
#define PINHOLE_TRACER_PTRACE_CHANGE_REGISTERS_H

#include "tracer/process/registers.h"

/* Reads the general registers. On x86_64 by PTRACE_GETREGS, which has the 64-bit layout for 32-bit tracees too, unlike
 * PTRACE_GETREGSET (arch/x86/kernel/ptrace.c, task_user_regset_view). Returns false where the thread is no tracee, not
 * at a stop, was killed, or is an aarch64 thread of 32 bits. */
bool registers_read(pid_t tid, struct user_regs_struct *out);

/* Writes them. Returns false as above. On aarch64 the number of the call that is about to be made is not among them. */
bool registers_write(pid_t tid, const struct user_regs_struct *r);

#if defined(__aarch64__)
/* Reads or changes the number of the call that the tracee is at: a register set of its own (NT_ARM_SYSTEM_CALL, Linux
 * 3.19). -1: none. */
bool registers_read_number(pid_t tid, int *nr);
bool registers_write_number(pid_t tid, int nr);
#endif

#endif

/* The general registers of a thread. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PROCESS_REGISTERS_H
#define PINHOLE_TRACER_PROCESS_REGISTERS_H

#include <stdbool.h>
#include <sys/types.h>
#include <sys/user.h>

/* Reads the registers of a thread; those of a 32-bit x86 thread stand in their 64-bit places. Returns false where they
 * cannot be read. */
typedef bool read_registers(pid_t tid, struct user_regs_struct *out);

#endif

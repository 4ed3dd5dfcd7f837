/* The general registers of a thread. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PROCESS_REGISTERS_H
#define PINHOLE_TRACER_PROCESS_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/user.h>

/* The value of a register that cannot be read: no address, on any architecture. */
#define REGISTER_UNKNOWN UINT64_C(0x7ead7ead7ead7ead)

/* Reads the registers of a thread; those of a 32-bit x86 thread stand in their 64-bit places. Single
 * ones may be REGISTER_UNKNOWN. Returns false where they
 * cannot be read. */
typedef bool read_registers(pid_t tid, struct user_regs_struct *out);

#endif

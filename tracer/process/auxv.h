/* What the kernel told a program at its start. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PROCESS_AUXV_H
#define PINHOLE_TRACER_PROCESS_AUXV_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Addresses of the auxiliary vector (getauxval(3)). */
struct auxv {
	bool told;	  /* false: /proc/PID/auxv cannot be read or has no entry point */
	uint64_t entry;	  /* AT_ENTRY: the program's entry point */
	uint64_t base;	  /* AT_BASE: where its interpreter (the dynamic loader) is; 0: it has none */
	uint64_t headers; /* AT_PHDR: its program headers */
};

/* Reads the vector of a process of either word size, from /proc/PID/auxv. */
struct auxv auxv_read(pid_t pid);

#endif

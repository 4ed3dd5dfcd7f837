/* A system call that a thread is about to make. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PROCESS_CALL_H
#define PINHOLE_TRACER_PROCESS_CALL_H

#include <stdint.h>

#include "policies/abi/abi.h"

/* As PTRACE_GET_SYSCALL_INFO (ptrace(2)) and struct seccomp_data (seccomp(2)) describe a call. */
struct call {
	enum arch arch;
	uint32_t nr;	  /* in that architecture's numbering */
	uint64_t args[6]; /* the registers; a pointer stays an address */
};

#endif

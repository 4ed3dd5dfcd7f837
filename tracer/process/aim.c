/* Calls that are aimed at the recorder. SPDX-License-Identifier: MIT */
#include "tracer/process/aim.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "tracer/process/memory.h"
#include "tracer/process/proc.h"

static bool is_our_id(pid_t tid, uint64_t id)
{
	return (pid_t)id == getpid() && proc_has_our_ids(tid);
}

bool aim_sets_owner(const char *name, uint64_t how)
{
	uint32_t request = (uint32_t)how;
	if (strcmp(name, "ioctl") == 0)
		return request == FIOSETOWN || request == SIOCSPGRP;
	return (strcmp(name, "fcntl") == 0 || strcmp(name, "fcntl64") == 0) && (request == F_SETOWN || request == F_SETOWN_EX);
}

/* Returns the process that such a call makes the owner; 0: a group, or it cannot be read. */
static uint64_t owner_told(pid_t tid, const struct call *call, const char *name)
{
	struct f_owner_ex owner = {.type = F_OWNER_PID};
	uint32_t request = (uint32_t)call->args[1];
	bool plain = strcmp(name, "ioctl") == 0;
	if (!plain && request == F_SETOWN)
		return call->args[2];
	bool told = memory_read_once(tid, call->args[2], plain ? (void *)&owner.pid : &owner,
				     plain ? sizeof(owner.pid) : sizeof(owner));
	return told && owner.type != F_OWNER_PGRP ? (uint64_t)owner.pid : 0;
}

enum aim aim_of(pid_t tid, const struct call *call, const char *name)
{
	enum { PROCESS_GROUP = 4 }; /* PIDFD_SIGNAL_PROCESS_GROUP, Linux 6.9 */
	if (strcmp(name, "ptrace") == 0) {
		bool attaches = call->args[0] == PTRACE_ATTACH || call->args[0] == PTRACE_SEIZE;
		return attaches && is_our_id(tid, call->args[1]) ? AIM_TRACE : AIM_ELSEWHERE;
	}
	if (aim_sets_owner(name, call->args[1]))
		return is_our_id(tid, owner_told(tid, call, name)) ? AIM_OWN : AIM_ELSEWHERE;
	if (strcmp(name, "pidfd_send_signal") == 0)
		return (call->args[3] & PROCESS_GROUP) == 0 && proc_descriptor_is_process(tid, (int)call->args[0], getpid())
			   ? AIM_PIDFD
			   : AIM_ELSEWHERE;
	return abi_changes_process(name) && is_our_id(tid, call->args[0]) ? AIM_CHANGE : AIM_ELSEWHERE;
}

/* Calls that i386 has behind socketcall and ipc as well (linux/net.h, linux/ipc.h). SPDX-License-Identifier: MIT */
#include <string.h>

#include "policies/abi/abi.h"

struct behind {
	const char *syscall;
	uint32_t number;
	bool ipc;
};

static const struct behind calls[] = {
    {"socket", 1, false},      {"bind", 2, false},	  {"connect", 3, false},   {"listen", 4, false},      {"accept", 5, false},
    {"getsockname", 6, false}, {"getpeername", 7, false}, {"socketpair", 8, false}, {"send", 9, false},	      {"recv", 10, false},
    {"sendto", 11, false},     {"recvfrom", 12, false},	  {"shutdown", 13, false}, {"setsockopt", 14, false}, {"getsockopt", 15, false},
    {"sendmsg", 16, false},    {"recvmsg", 17, false},	  {"accept4", 18, false},  {"recvmmsg", 19, false},   {"sendmmsg", 20, false},
    {"semop", 1, true},	       {"semget", 2, true},	  {"semctl", 3, true},	   {"semtimedop", 4, true},   {"msgsnd", 11, true},
    {"msgrcv", 12, true},      {"msgget", 13, true},	  {"msgctl", 14, true},	   {"shmat", 21, true},	      {"shmdt", 22, true},
    {"shmget", 23, true},      {"shmctl", 24, true},
};

const char *abi_multiplexer(const char *syscall, uint32_t *number)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (strcmp(calls[i].syscall, syscall) == 0) {
			*number = calls[i].number;
			return calls[i].ipc ? "ipc" : "socketcall";
		}
	return NULL;
}

/* Calls for which runc cannot notify a seccomp agent. SPDX-License-Identifier: MIT */
#include "policies/abi/unnoticed.h"

#include <linux/futex.h>
#include <signal.h>
#include <string.h>

const struct unnoticed_call runc_unnoticed[] = {
	{"futex", 1, FUTEX_WAIT_PRIVATE, FUTEX_WAIT_PRIVATE}, /* 128 */
	{"futex", 1, FUTEX_WAKE_PRIVATE, FUTEX_WAKE_PRIVATE}, /* 129 */
	{"getpid", -1, 0, 0},
	{"nanosleep", -1, 0, 0},
	{"rt_sigreturn", -1, 0, 0},
	{"sched_yield", -1, 0, 0},
	{"tgkill", 2, SIGURG, SIGURG},
	{"write", -1, 0, 0},
};
const size_t runc_unnoticed_count = sizeof(runc_unnoticed) / sizeof(runc_unnoticed[0]);

const struct unnoticed_call *runc_unnoticed_find(const char *name, size_t *n)
{
	const struct unnoticed_call *first = NULL;
	*n = 0;
	for (size_t i = 0; i < runc_unnoticed_count; i++)
		if (strcmp(runc_unnoticed[i].name, name) == 0) {
			first = first != NULL ? first : &runc_unnoticed[i];
			++*n;
		}
	return first;
}

/* Installing a seccomp filter in this process. SPDX-License-Identifier: MIT */
#include "tracer/process/install.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int filter_install(const struct sock_filter *code, size_t n, unsigned long flags)
{
	struct sock_fprog program = {.len = (unsigned short)n, .filter = (struct sock_filter *)code};
	for (int attempt = 0;; attempt++) {
		long rc = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
		if (rc >= 0)
			return (int)rc;
		if (errno != EACCES || attempt > 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
			return -1;
	}
}

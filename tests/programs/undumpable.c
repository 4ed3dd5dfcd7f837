/* build: -shared -fPIC */
/* A library that forbids to look into the process before the program begins, to be preloaded. SPDX-License-Identifier: MIT */
#include <sys/prctl.h>

static void __attribute__((constructor)) at_once(void)
{
	prctl(PR_SET_DUMPABLE, 0);
}

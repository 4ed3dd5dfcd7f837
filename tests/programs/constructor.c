/* build: -shared -fPIC */
/* A library, to be preloaded: its constructor runs in phase `load`, and makes a call that nothing else makes.
 * SPDX-License-Identifier: MIT */
#include <sys/resource.h>

__attribute__((constructor)) static void load(void)
{
	getpriority(PRIO_USER, 0);
}

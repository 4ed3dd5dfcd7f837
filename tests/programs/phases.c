/* Makes a call in phase `main` that no loader makes; a preloaded `constructor` makes the same with another argument in
 * phase `load`. SPDX-License-Identifier: MIT */
#include <sys/resource.h>

int main(void)
{
	getpriority(PRIO_PROCESS, 0);
	return 0;
}

/* More distinct calls of one kind than a profile keeps: umount2 of nothing with 400 flag words, from 0 to 399.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <sys/mount.h>

int main(void)
{
	for (int flags = 0; flags < 400; flags++)
		umount2("/nonexistent", flags);
	puts("done");
	return 0;
}

/* The command ends at once; a process that it left behind makes one more kind of call (getpriority) a little later, and
 * writes the file "orphan.done". SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

int main(void)
{
	if (fork() == 0) {
		setsid();
		usleep(300000);
		getpriority(PRIO_PROCESS, 0);
		close(open("orphan.done", O_CREAT | O_WRONLY, 0644));
		_exit(0);
	}
	puts("the command ends");
	return 4;
}

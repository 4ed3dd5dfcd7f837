/* Prints what a process may do: its users and groups, AT_SECURE, PR_GET_DUMPABLE. With "drop" it then becomes another user,
 * as daemons do, works for a while, and says what it may do then; with a program's path after that, it executes it.
 * SPDX-License-Identifier: MIT */
#include <err.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static void print(const char *when)
{
	uid_t r, e, s;
	gid_t g, f, t;

	getresuid(&r, &e, &s);
	getresgid(&g, &f, &t);
	printf("%s: users %u %u %u, groups %u %u %u, AT_SECURE %lu, dumpable %d\n", when, r, e, s, g, f, t,
	       getauxval(AT_SECURE), prctl(PR_GET_DUMPABLE));
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	print("at first");
	if (argc < 2 || strcmp(argv[1], "drop") != 0)
		return 0;
	if (setgroups(0, NULL) != 0 || setgid(65534) != 0 || setuid(65534) != 0)
		err(1, "setuid");
	for (int i = 0; i < 3000; i++)
		getpriority(PRIO_PROCESS, 0);
	getpriority(PRIO_USER, 0); /* is new */
	print("without privileges");
	printf("back: %d\n", setuid(0));
	if (argc > 2)
		execl(argv[2], argv[2], (char *)NULL);
	return argc > 2;
}

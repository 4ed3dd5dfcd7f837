/* Prints what a process inherits: descriptors, signals, limits, credentials, environment (but for `_`, which the shell
 * sets to the program's path). SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sched.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

/* The lines of /proc/self/status that exec keeps; those that a filter or a tracer changes openly are not among them
 * (NoNewPrivs, Seccomp, Seccomp_filters, TracerPid). */
static void print_status(void)
{
	static const char *const kept[] = {"Name", "Umask", "Uid", "Gid", "Groups", "SigQ", "SigPnd", "ShdPnd", "SigBlk",
					   "SigIgn", "SigCgt", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb",
					   "Cpus_allowed", "Mems_allowed"};
	char line[4096];
	FILE *file = fopen("/proc/self/status", "r");

	while (file && fgets(line, sizeof(line), file))
		for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
			if (strncmp(line, kept[i], strlen(kept[i])) == 0 && line[strlen(kept[i])] == ':' &&
			    strcmp(kept[i], "SigQ") != 0)
				fputs(line, stdout);
	if (file)
		fclose(file);
}

int main(int argc, char **argv)
{
	char path[4096];

	for (int fd = 0; fd < 1024; fd++) {
		int flags = fcntl(fd, F_GETFD);

		if (flags >= 0)
			printf("descriptor %d: %#x %#x\n", fd, flags, fcntl(fd, F_GETFL));
	}
	for (int i = 0; i < argc; i++)
		printf("argument %s\n", argv[i]);
	for (char **e = environ; *e; e++)
		if (strncmp(*e, "_=", 2) != 0)
			printf("environment %s\n", *e);
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		struct rlimit limit;

		getrlimit(i, &limit);
		printf("limit %d: %llu %llu\n", i, (unsigned long long)limit.rlim_cur, (unsigned long long)limit.rlim_max);
	}
	print_status();
	printf("folder %s\n", getcwd(path, sizeof(path)));
	printf("priority %d, scheduler %d\n", getpriority(PRIO_PROCESS, 0), sched_getscheduler(0));
	printf("group and session: %d %d\n", getpgrp() == getpgid(getppid()), getsid(0) == getsid(getppid()));
	printf("personality %#x, dumpable %d, death signal %d\n", personality(0xffffffff), prctl(PR_GET_DUMPABLE),
	       prctl(PR_GET_PDEATHSIG, &(int){0}));
	return 0;
}

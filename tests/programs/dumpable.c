/* A process that may not be looked into (PR_SET_DUMPABLE is 0), by its own wish or because its user changed: whose its
 * files under /proc are, and whether another process of its user, without privileges, may read its memory. Only as root
 * can the user be changed. The argument "early" forbids the looking before main. SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int secret = 42;

static void __attribute__((constructor)) early(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "early") == 0)
		prctl(PR_SET_DUMPABLE, 0);
}

/* The child is a copy, with the same dumpability; so that it is the parent alone who may not be looked into, it makes
 * itself what it was. Reading memory takes what tracing takes (ptrace(2), "Ptrace access mode checking"). */
static void look_at_parent(void)
{
	pid_t parent = getpid(), child = fork();
	int status;

	if (child == 0) {
		int copy = 0;
		struct iovec to = {.iov_base = &copy, .iov_len = sizeof(copy)},
			     from = {.iov_base = &secret, .iov_len = sizeof(secret)};
		ssize_t n = process_vm_readv(parent, &to, 1, &from, 1, 0);

		_exit(n < 0 ? errno : copy);
	}
	waitpid(child, &status, 0);
	printf(" its memory: %s\n", WEXITSTATUS(status) == 42 ? "may be read" : strerror(WEXITSTATUS(status)));
}

static void look(const char *when)
{
	struct stat st = {0}, task = {0};
	char path[4096];

	stat("/proc/self/maps", &st);
	stat("/proc/self", &task);
	printf("%s: dumpable %d, /proc/self is of user %u, its files of %u;", when, prctl(PR_GET_DUMPABLE), (unsigned)task.st_uid,
	       (unsigned)st.st_uid);
	printf(" its program: %s;", readlink("/proc/self/exe", path, sizeof(path)) > 0 ? "is told" : strerror(errno));
	int fd = open("/proc/self/mem", O_RDONLY);

	printf(" opening mem: %s;", fd >= 0 ? "open" : strerror(errno));
	look_at_parent();
	if (fd >= 0)
		close(fd);
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	look("at first");
	prctl(PR_SET_DUMPABLE, 0);
	look("by its own wish not");
	prctl(PR_SET_DUMPABLE, 1);
	look("again");
	if (getuid() == 0 && setgroups(0, NULL) == 0) {
		printf("another user: %d\n", setresuid(65534, 65534, 65534));
		look("then");
		prctl(PR_SET_DUMPABLE, 1);
		look("again");
		prctl(PR_SET_DUMPABLE, 0);
		look("and not");
	}
	/* What is executed next is another matter. */
	printf("executing: %d\n", prctl(PR_GET_DUMPABLE));
	execl("/bin/sh", "sh", "-c", "echo \"$(stat -c %u /proc/self/maps)\"", (char *)NULL);
	return 1;
}

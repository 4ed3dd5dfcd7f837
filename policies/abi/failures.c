/* With which errors a call can fail though the program has done nothing wrong. SPDX-License-Identifier: MIT
 *
 * Source of each row: the section ERRORS of the call's manual page (man-pages 6.03, section 2), and for ENOSYS its section
 * VERSIONS: calls that are newer than Linux 3.2, which glibc 2.36 needs at least, or that containers' filters refuse. */
#include "policies/abi/failures.h"

#include <stdlib.h>
#include <string.h>

#define OPENS "EMFILE ENOENT EACCES ENFILE ENOSPC EROFS EINTR"
#define NAMES "ENOENT EACCES EIO ENOMEM"
#define CHANGES "ENOSPC EACCES EROFS ENOENT EIO EDQUOT"
#define CONNECTS "ECONNREFUSED ETIMEDOUT ENETUNREACH EACCES EAGAIN EINTR"
#define READS "EIO EINTR EAGAIN"
#define WRITES "ENOSPC EPIPE EIO EAGAIN EINTR EDQUOT EFBIG"
#define SENDS "EPIPE ECONNRESET EAGAIN EINTR ENOBUFS EMSGSIZE"
#define RECEIVES "ECONNRESET EAGAIN EINTR ENOMEM ETIMEDOUT"
#define WAITS "EINTR ENOMEM"

/* Sorted by name. */
static const struct failures {
	const char *call, *errors;
} rows[] = {
	{"accept", "EMFILE ECONNABORTED EAGAIN EINTR ENFILE ENOBUFS EPERM"},
	{"accept4", "EMFILE ECONNABORTED EAGAIN EINTR ENFILE ENOBUFS EPERM ENOSYS"},
	{"access", NAMES},
	{"bind", "EADDRINUSE EACCES EADDRNOTAVAIL"},
	{"brk", "ENOMEM"},
	{"chdir", NAMES},
	{"chmod", "EPERM EROFS EIO"},
	{"chown", "EPERM EROFS EIO"},
	{"clock_nanosleep", "EINTR"},
	{"clone", "EAGAIN ENOMEM EPERM"},
	{"clone3", "ENOSYS EAGAIN ENOMEM EPERM"},
	{"close", "EIO EINTR ENOSPC"},
	{"close_range", "ENOSYS EMFILE"},
	{"connect", CONNECTS},
	{"copy_file_range", "ENOSYS EXDEV ENOSPC EIO EINVAL"},
	{"creat", OPENS},
	{"dup", "EMFILE"},
	{"dup2", "EMFILE EINTR"},
	{"dup3", "EMFILE EINTR"},
	{"epoll_create", "EMFILE ENFILE ENOMEM"},
	{"epoll_create1", "EMFILE ENFILE ENOMEM"},
	{"epoll_ctl", "ENOSPC ENOMEM EPERM"},
	{"epoll_pwait", "EINTR"},
	{"epoll_pwait2", "ENOSYS EINTR"},
	{"epoll_wait", "EINTR"},
	{"eventfd", "EMFILE ENFILE ENOMEM"},
	{"eventfd2", "EMFILE ENFILE ENOMEM"},
	{"execve", "ENOENT EACCES ENOMEM ETXTBSY E2BIG"},
	{"execveat", "ENOENT EACCES ENOMEM ENOSYS"},
	{"faccessat", NAMES},
	{"faccessat2", "ENOSYS ENOENT EACCES EIO ENOMEM"},
	{"fallocate", "ENOSPC EOPNOTSUPP EINTR EIO"},
	{"fchmod", "EPERM EROFS EIO"},
	{"fchmodat", "EPERM EROFS EIO"},
	{"fchmodat2", "ENOSYS EPERM EROFS"},
	{"fchown", "EPERM EROFS EIO"},
	{"fchownat", "EPERM EROFS EIO"},
	{"fcntl", "EAGAIN EMFILE EINTR ENOLCK"},
	{"fdatasync", "EIO ENOSPC EDQUOT"},
	{"flock", "EWOULDBLOCK EINTR ENOLCK"},
	{"fork", "EAGAIN ENOMEM"},
	{"fstat", "EIO ENOMEM"},
	{"fstatfs", "EIO ENOSYS EINTR"},
	{"fsync", "EIO ENOSPC EDQUOT"},
	{"ftruncate", "ENOSPC EIO EINTR EFBIG EPERM"},
	{"getcwd", "ENOENT ENOMEM EACCES"},
	{"getdents", "EIO ENOENT"},
	{"getdents64", "EIO ENOENT"},
	{"getrandom", "ENOSYS EINTR EAGAIN"},
	{"getxattr", "ENODATA EOPNOTSUPP"},
	{"inotify_add_watch", "ENOSPC ENOENT EACCES ENOMEM"},
	{"inotify_init", "EMFILE ENFILE ENOMEM"},
	{"inotify_init1", "EMFILE ENFILE ENOMEM"},
	{"io_setup", "EAGAIN ENOMEM ENOSYS"},
	{"io_uring_setup", "ENOSYS EPERM ENOMEM EMFILE"},
	{"kill", "EPERM ESRCH"},
	{"lgetxattr", "ENODATA EOPNOTSUPP"},
	{"link", "EXDEV EEXIST EPERM EMLINK ENOSPC"},
	{"linkat", "EXDEV EEXIST EPERM EMLINK ENOSPC"},
	{"listen", "EADDRINUSE"},
	{"lseek", "ESPIPE"},
	{"lstat", NAMES},
	{"madvise", "ENOMEM EAGAIN EIO"},
	{"membarrier", "ENOSYS EPERM"},
	{"memfd_create", "EMFILE ENFILE ENOMEM ENOSYS"},
	{"mkdir", "EEXIST " CHANGES},
	{"mkdirat", "EEXIST " CHANGES},
	{"mlock", "ENOMEM EPERM EAGAIN"},
	{"mmap", "ENOMEM EAGAIN ENFILE EACCES ENODEV"},
	{"mprotect", "ENOMEM EACCES"},
	{"mremap", "ENOMEM EAGAIN"},
	{"msync", "EIO EBUSY"},
	{"munmap", "ENOMEM"},
	{"nanosleep", "EINTR"},
	{"newfstatat", NAMES},
	{"open", OPENS},
	{"openat", OPENS},
	{"openat2", "ENOSYS EAGAIN " OPENS},
	{"pipe", "EMFILE ENFILE"},
	{"pipe2", "EMFILE ENFILE"},
	{"poll", WAITS},
	{"ppoll", WAITS},
	{"prctl", "EPERM EINVAL"},
	{"pread64", READS},
	{"preadv", READS},
	{"preadv2", "EOPNOTSUPP " READS},
	{"prlimit64", "EPERM ENOSYS"},
	{"pselect6", WAITS},
	{"pwrite64", WRITES},
	{"pwritev", WRITES},
	{"pwritev2", "EOPNOTSUPP " WRITES},
	{"read", READS},
	{"readlink", NAMES},
	{"readlinkat", NAMES},
	{"readv", READS},
	{"recvfrom", RECEIVES},
	{"recvmmsg", RECEIVES},
	{"recvmsg", RECEIVES},
	{"rename", "EXDEV ENOSPC EACCES EBUSY EROFS EIO"},
	{"renameat", "EXDEV ENOSPC EACCES EBUSY EROFS EIO"},
	{"renameat2", "ENOSYS EINVAL EEXIST EXDEV ENOSPC EACCES"},
	{"rmdir", "EBUSY ENOTEMPTY EACCES EROFS"},
	{"rseq", "ENOSYS"},
	{"sched_setaffinity", "EPERM ESRCH"},
	{"sched_setscheduler", "EPERM"},
	{"select", WAITS},
	{"semget", "ENOSPC ENOMEM EACCES"},
	{"semop", "EAGAIN EINTR"},
	{"sendfile", "EAGAIN EIO ENOMEM EPIPE ECONNRESET EINVAL"},
	{"sendmmsg", SENDS},
	{"sendmsg", SENDS},
	{"sendto", SENDS},
	{"setgid", "EPERM"},
	{"setgroups", "EPERM ENOMEM"},
	{"setpriority", "EPERM EACCES"},
	{"setresgid", "EPERM EAGAIN"},
	{"setresuid", "EPERM EAGAIN"},
	{"setrlimit", "EPERM"},
	{"setsid", "EPERM"},
	{"setsockopt", "ENOPROTOOPT ENOMEM EPERM"},
	{"setuid", "EPERM EAGAIN"},
	{"shmat", "ENOMEM EACCES"},
	{"shmget", "ENOSPC ENOMEM EACCES"},
	{"signalfd4", "EMFILE ENFILE ENOMEM"},
	{"socket", "EMFILE EAFNOSUPPORT EACCES ENFILE ENOBUFS EPROTONOSUPPORT"},
	{"socketpair", "EMFILE EAFNOSUPPORT ENFILE"},
	{"splice", "ENOSYS EINVAL ENOMEM EAGAIN"},
	{"stat", NAMES},
	{"statfs", "EIO ENOSYS EACCES ENOENT"},
	{"statx", "ENOSYS ENOENT EACCES ENOMEM"},
	{"symlink", "EEXIST " CHANGES},
	{"symlinkat", "EEXIST " CHANGES},
	{"sync_file_range", "EIO ENOSPC"},
	{"timer_create", "EAGAIN ENOMEM"},
	{"timerfd_create", "EMFILE ENFILE ENOMEM"},
	{"truncate", "ENOSPC EIO EACCES EROFS"},
	{"unlink", "ENOENT EACCES EBUSY EROFS EIO"},
	{"unlinkat", "ENOENT EACCES EBUSY EROFS EIO"},
	{"unshare", "EPERM ENOSPC"},
	{"utimensat", "EACCES EPERM EROFS"},
	{"vfork", "EAGAIN ENOMEM"},
	{"wait4", "EINTR ECHILD"},
	{"waitid", "EINTR ECHILD"},
	{"write", WRITES},
	{"writev", WRITES},
};

static int by_name(const void *name, const void *row)
{
	return strcmp(name, ((const struct failures *)row)->call);
}

const char *abi_failures(const char *syscall)
{
	const struct failures *row = bsearch(syscall, rows, sizeof(rows) / sizeof(rows[0]), sizeof(rows[0]), by_name);
	return row != NULL ? row->errors : NULL;
}

int abi_transfer_size(const char *syscall)
{
	static const struct {
		const char *call;
		int arg;
	} sizes[] = {{"read", 2},    {"write", 2},  {"pread64", 2},	{"pwrite64", 2}, {"readv", 2},	 {"writev", 2}, {"preadv", 2},
		     {"pwritev", 2}, {"sendto", 2}, {"recvfrom", 2}, {"getrandom", 1}, {"sendfile", 3}};
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (strcmp(sizes[i].call, syscall) == 0)
			return sizes[i].arg;
	return -1;
}

bool abi_is_meeting(const char *syscall)
{
	static const char *const calls[] = {"accept",	"accept4", "clone",  "clone3",	  "connect",	 "epoll_pwait", "epoll_wait",	"exit",
					    "exit_group", "flock",  "fork",   "futex",	  "kill",	 "poll",	"ppoll",	"pselect6",
					    "sched_yield", "select", "set_robust_list", "shutdown", "tgkill", "vfork",	"wait4",	"waitid"};
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (strcmp(calls[i], syscall) == 0)
			return true;
	return false;
}

size_t abi_failures_count(void)
{
	return sizeof(rows) / sizeof(rows[0]);
}

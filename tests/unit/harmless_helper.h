/* Calls that may be made with any arguments, but for those fixed here, and change nothing that a child needs: so the
 * kernel can be asked for thousands of answers in one child. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TEST_HARMLESS_HELPER_H
#define PINHOLE_TEST_HARMLESS_HELPER_H

#include <stdint.h>
#include <string.h>

#define NO_FD UINT64_MAX /* -1 is no descriptor, whatever the other arguments are: EBADF, or a complaint before it */

#define NO_PATH ((uintptr_t) "")

/* Bit i of `fixed`: argument i is args[i], at least its low half (what the kernel sees of a descriptor, say). On i386
 * (where a call of that name may take its arguments otherwise) the same holds. */
struct harmless {
	const char *name;
	uint8_t fixed;
	uint64_t args[6];
};

static const struct harmless harmless[] = {
    {"read", 1, {NO_FD}},
    {"write", 1, {NO_FD}},
    {"pread64", 1, {NO_FD}},
    {"preadv2", 1, {NO_FD}},
    {"lseek", 1, {NO_FD}},
    {"_llseek", 1, {NO_FD}},
    {"ioctl", 1, {NO_FD}},
    {"fcntl", 1, {NO_FD}},
    {"fcntl64", 1, {NO_FD}},
    {"flock", 1, {NO_FD}},
    {"fsync", 1, {NO_FD}},
    {"fdatasync", 1, {NO_FD}},
    {"close", 1, {NO_FD}},
    {"fstat", 1, {NO_FD}},
    {"fchdir", 1, {NO_FD}},
    {"fchmod", 1, {NO_FD}},
    {"fchown", 1, {NO_FD}},
    {"ftruncate", 1, {NO_FD}},
    {"fallocate", 1, {NO_FD}},
    {"fadvise64", 1, {NO_FD}},
    {"sync_file_range", 1, {NO_FD}},
    {"readahead", 1, {NO_FD}},
    {"getdents64", 1, {NO_FD}},
    {"inotify_rm_watch", 1, {NO_FD}},
    {"epoll_ctl", 1, {NO_FD}},
    {"dup", 1, {NO_FD}},
    {"dup3", 1, {NO_FD}},
    {"bind", 1, {NO_FD}},
    {"connect", 1, {NO_FD}},
    {"listen", 1, {NO_FD}},
    {"accept4", 1, {NO_FD}},
    {"shutdown", 1, {NO_FD}},
    {"sendto", 1, {NO_FD}},
    {"recvfrom", 1, {NO_FD}},
    {"sendmsg", 1, {NO_FD}},
    {"recvmsg", 1, {NO_FD}},
    {"setsockopt", 1, {NO_FD}},
    {"getsockopt", 1, {NO_FD}},
    {"copy_file_range", 5, {NO_FD, 0, NO_FD}},
    {"splice", 5, {NO_FD, 0, NO_FD}},
    {"sendfile", 3, {NO_FD, NO_FD}},
    /* An empty path: ENOENT, or EBADF. */
    {"open", 1, {NO_PATH}},
    {"stat", 1, {NO_PATH}},
    {"lstat", 1, {NO_PATH}},
    {"access", 1, {NO_PATH}},
    {"chmod", 1, {NO_PATH}},
    {"mkdir", 1, {NO_PATH}},
    {"unlink", 1, {NO_PATH}},
    {"rename", 3, {NO_PATH, NO_PATH}},
    {"readlink", 1, {NO_PATH}},
    {"openat", 3, {NO_FD, NO_PATH}},
    {"mkdirat", 3, {NO_FD, NO_PATH}},
    {"unlinkat", 3, {NO_FD, NO_PATH}},
    {"fchmodat", 3, {NO_FD, NO_PATH}},
    {"fchownat", 3, {NO_FD, NO_PATH}},
    {"faccessat", 3, {NO_FD, NO_PATH}},
    {"faccessat2", 3, {NO_FD, NO_PATH}},
    {"newfstatat", 7, {NO_FD, NO_PATH, 0}},
    {"statx", 19, {NO_FD, NO_PATH, 0, 0, 0}},
    {"utimensat", 7, {NO_FD, NO_PATH, 0}},
    /* No memory: nothing is mapped, protected or read. */
    {"mmap", 19, {0, 0, 0, 0, NO_FD}},
    {"mmap2", 19, {0, 0, 0, 0, NO_FD}},
    {"mprotect", 3, {0, 0}},
    {"madvise", 3, {0, 0}},
    {"futex", 25, {0, 0, 0, 0, 0}},
    {"rt_sigaction", 6, {0, 0, 0}},
    {"rt_sigprocmask", 6, {0, 0, 0}},
    {"timerfd_settime", 13, {NO_FD, 0, 0, 0}},
    {"prlimit64", 15, {0, 0, 0, 0}},
    /* No arguments. */
    {"getpid", 0, {0}},
    {"getppid", 0, {0}},
    {"gettid", 0, {0}},
    {"getuid", 0, {0}},
    {"geteuid", 0, {0}},
    {"getgid", 0, {0}},
    {"getegid", 0, {0}},
    {"getpgrp", 0, {0}},
    {"sched_yield", 0, {0}},
    {"getpgid", 1, {0}},
    {"getsid", 1, {0}},
    {"getgroups", 3, {0, 0}},
    {"gettimeofday", 3, {0, 0}},
    {"times", 1, {0}},
    {"clock_gettime", 2, {0, 0}},
    {"clock_getres", 2, {0, 0}},
    {"getcwd", 3, {0, 0}},
    {"uname", 1, {0}},
    {"sysinfo", 1, {0}},
    {"getrandom", 3, {0, 0}},
    /* Commands that there are not. */
    {"keyctl", 1, {0x7fff}},
    {"bpf", 7, {0x7fff, 0, 0}},
};

static inline const struct harmless *harmless_call(const char *name)
{
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (strcmp(harmless[i].name, name) == 0)
			return &harmless[i];
	return NULL;
}

#endif

/* Calls with a wide range of flags, and with garbage in the halves of registers that the kernel does not read; the same
 * every time. For ground truth: what a recorder says of them is what strace says. Included by one program a word size.
 * SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* In the upper half of a 64-bit register; nothing in a 32-bit one. */
#define GARBAGE ((unsigned long)(0xdeadbeef00000000ull * (sizeof(long) == 8)))

static void files(void)
{
	int fd = syscall(SYS_openat, AT_FDCWD, "calls.tmp", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);

	syscall(SYS_openat, GARBAGE | (unsigned)AT_FDCWD, "calls.tmp", GARBAGE | O_RDONLY | O_NOFOLLOW, GARBAGE);
	syscall(SYS_openat, -1, "/", O_PATH | O_DIRECTORY, 0);
	syscall(SYS_faccessat, AT_FDCWD, "calls.tmp", R_OK | W_OK);
	syscall(SYS_lseek, fd, 0, SEEK_END);
	syscall(SYS_fcntl, fd, F_GETFL);
	syscall(SYS_fcntl, fd, F_SETFL, O_NONBLOCK | O_APPEND);
	syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 100);
	syscall(SYS_fcntl, GARBAGE | (unsigned)fd, GARBAGE | F_SETFD, FD_CLOEXEC);
	syscall(SYS_ioctl, fd, TCGETS, NULL);
	syscall(SYS_ioctl, fd, GARBAGE | FIONREAD, NULL);
	syscall(SYS_flock, fd, 2 | 4);
	syscall(SYS_fallocate, fd, 0, 0, 0, 4096, 0);
	syscall(SYS_unlinkat, AT_FDCWD, "nothing", 0x200);
	syscall(SYS_mkdirat, AT_FDCWD, "calls.tmp", 0700);
	syscall(SYS_dup3, fd, 90, O_CLOEXEC);
	syscall(SYS_pipe2, NULL, O_CLOEXEC | O_NONBLOCK);
	syscall(SYS_renameat2, AT_FDCWD, "a", AT_FDCWD, "b", 1);
	syscall(SYS_unlinkat, AT_FDCWD, "calls.tmp", 0);
	close(fd);
}

static void memory(void)
{
	void *p = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	syscall(SYS_mprotect, p, 4096, PROT_READ | PROT_EXEC);
	syscall(SYS_mprotect, p, 4096, GARBAGE | PROT_READ);
	syscall(SYS_madvise, p, 4096, MADV_DONTNEED);
	syscall(SYS_madvise, p, 4096, MADV_HUGEPAGE);
	syscall(SYS_mremap, p, 65536, 131072, MREMAP_MAYMOVE);
	syscall(SYS_msync, p, 4096, MS_ASYNC);
	syscall(SYS_mlock2, p, 4096, 1);
	syscall(SYS_memfd_create, "calls", 1 | 2);
}

static void sockets(void)
{
	static const int families[] = {AF_UNIX, AF_INET, AF_INET6, 255};
	int one = 1;

	for (unsigned i = 0; i < 4; i++) {
		int fd = syscall(SYS_socket, GARBAGE | families[i], SOCK_STREAM | SOCK_CLOEXEC, GARBAGE);

		syscall(SYS_setsockopt, fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
		syscall(SYS_getsockopt, fd, SOL_SOCKET, SO_ERROR, &one, &(socklen_t){sizeof(one)});
		syscall(SYS_shutdown, fd, 2);
		close(fd);
	}
	syscall(SYS_socket, -1, -2, -3);
	syscall(SYS_socketpair, AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, NULL);
	syscall(SYS_sendto, -1, NULL, 0, MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0);
	syscall(SYS_accept4, -1, NULL, NULL, SOCK_CLOEXEC);
}

static void processes(void)
{
	struct rlimit limit;
	int status;

	syscall(SYS_prctl, PR_GET_DUMPABLE, 0, 0, 0, 0);
	syscall(SYS_prctl, GARBAGE | PR_SET_NAME, "calls", 0, 0, 0);
	syscall(SYS_prctl, 0x7fffffff, 1, 2, 3, 4);
	syscall(SYS_prlimit64, 0, RLIMIT_STACK, NULL, NULL);
	getrlimit(RLIMIT_NOFILE, &limit);
	syscall(SYS_getpriority, PRIO_PGRP, 0);
	syscall(SYS_unshare, 0);
	syscall(SYS_setns, -1, CLONE_NEWNET);
	syscall(SYS_kill, 0, 0);
	syscall(SYS_tgkill, -1, -1, SIGUSR1);
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, NULL, 8);
	syscall(SYS_rt_sigaction, SIGUSR2, NULL, NULL, 8);
	pid_t pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		syscall(SYS_exit_group, 256 + 7);
	syscall(SYS_wait4, pid, &status, __WALL, NULL);
	syscall(SYS_waitid, P_ALL, 0, NULL, WEXITED | WNOHANG, NULL);
	syscall(SYS_futex, &status, 1 | 128, 1, NULL, NULL, 0);
	syscall(SYS_sched_setscheduler, 0, 7, NULL);
	syscall(SYS_membarrier, 0, 0, 0);
	syscall(SYS_getrandom, &status, 4, 1);
	syscall(SYS_seccomp, 2, 0, &(int){0});
	syscall(SYS_ptrace, -1, -1, 0, 0);
	syscall(SYS_reboot, 0, 0, 0, 0);
}

static void events(void)
{
	int fd = syscall(SYS_epoll_create1, EPOLL_CLOEXEC);

	syscall(SYS_epoll_ctl, fd, EPOLL_CTL_DEL, 0, NULL);
	syscall(SYS_eventfd2, 0, EFD_CLOEXEC | EFD_SEMAPHORE);
	syscall(SYS_timerfd_create, CLOCK_MONOTONIC, TFD_NONBLOCK);
	syscall(SYS_timerfd_settime, -1, 1, NULL, NULL);
	syscall(SYS_signalfd4, -1, NULL, 8, 0);
	syscall(SYS_inotify_init1, IN_CLOEXEC);
	syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &(long[4]){0, 0, 0, 0}, NULL);
	syscall(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, NULL);
}

int main(void)
{
	files();
	memory();
	sockets();
	processes();
	events();
	puts("calls made");
	return 0;
}

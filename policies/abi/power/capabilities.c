/* Capability classes: what --generalize adds to what was seen. SPDX-License-Identifier: MIT
 *
 * The classes follow OpenBSD's pledge(2) promises (sys/kern/kern_pledge.c, pledge_syscalls) and systemd's groups
 * (groups.c); the calls that Linux has for the same purpose come from siblings.c and from the sources named in a row. What
 * danger.c marks is in no class, with the arguments that it marks: test_capabilities proves it for every row, and that each
 * call of each architecture is in a class or alone. Conditions look at what reaches other files, other processes or other
 * code of the kernel; what is left open reaches nothing that the call does not reach without it. */
#include <string.h>

#include "policies/abi/power/capabilities.h"
#include "policies/abi/power/danger.h"
#include "policies/base/text.h"

#define PLEDGE "pledge(2), "

const struct capability_class abi_capabilities[CAPABILITY_COUNT] = {
	[CAPABILITY_CHANCE] = {.name = "chance", "what timing, memory, load, signals and the kind of the standard streams decide",
			       "glibc, musl, Go, libuv: malloc, stdio, locks, abort"},
	[CAPABILITY_BASE] = {.name = "base", "asking about itself, handling signals, what is open already, pipes, pairs of sockets, waiting", PLEDGE "stdio"},
	[CAPABILITY_OLD] = {.name = "older calls", "what musl, some run-time libraries and libcs of before 2020 ask for in place of newer calls",
			    "musl: arch/x86_64; glibc's git history", .without = "open"},
	[CAPABILITY_FOLDERS] = {.name = "names below an open folder", "files by the descriptor of their folder, where older calls take whole names",
				"openat(2): rationale", .without = "mkdir"},
	[CAPABILITY_READ] = {.name = "reading files", "opening for reading, listing, asking about files", PLEDGE "rpath"},
	[CAPABILITY_XATTRS_READ] = {.name = "reading extended attributes", "asking for extended attributes of files", "xattr(7)"},
	[CAPABILITY_WRITE] = {.name = "writing files", "opening what exists for writing, resizing, flushing, copying", PLEDGE "wpath"},
	[CAPABILITY_CREATE] = {.name = "creating and removing files", "new files, folders and links; renaming; removing", PLEDGE "cpath"},
	[CAPABILITY_ATTRIBUTES] = {.name = "file attributes", "permissions (never set-user-ID) and times of files", PLEDGE "fattr"},
	[CAPABILITY_OWNERS] = {.name = "file owners", "owners and groups of files", PLEDGE "chown; systemd's @chown"},
	[CAPABILITY_XATTRS] = {.name = "extended attributes", "setting and removing extended attributes of files", "xattr(7)"},
	[CAPABILITY_LOCKS] = {.name = "locking files", "locks of files, whole or in part", PLEDGE "flock; POSIX fcntl"},
	[CAPABILITY_WATCH] = {.name = "watching files", "being told of changes of files", "inotify(7)"},
	[CAPABILITY_EVENTS] = {.name = "event loops", "epoll, and descriptors for events, signals and timers",
			       PLEDGE "stdio (kqueue); systemd's @io-event; libuv"},
	[CAPABILITY_SIGNALS] = {.name = "waiting for signals", "signals that are waited for in place of being handled", "POSIX sigsuspend, sigwait"},
	[CAPABILITY_TIMERS] = {.name = "timers", "POSIX timers, and timers as descriptors", "POSIX timer_create; systemd's @timer"},
	[CAPABILITY_THREADS] = {.name = "threads", "starting threads, and what runs with several", "glibc's nptl, musl's src/thread, Go's runtime"},
	[CAPABILITY_PROCESSES] = {.name = "processes", "starting processes and waiting for them; not executing programs, not signals",
				  PLEDGE "proc"},
	[CAPABILITY_TERMINALS] = {.name = "terminals", "settings of terminals, their groups and sizes, pseudo terminals", PLEDGE "tty"},
	[CAPABILITY_SOCKETS] = {.name = "using sockets", "sending, receiving and asking, by sockets that are open", PLEDGE "stdio"},
	[CAPABILITY_LOCAL] = {.name = "local sockets", "AF_UNIX: opening and connecting", PLEDGE "unix"},
	[CAPABILITY_STREAMS] = {.name = "internet connections", "TCP of IPv4 and IPv6: opening and connecting", PLEDGE "inet"},
	[CAPABILITY_DATAGRAMS] = {.name = "internet datagrams", "UDP of IPv4 and IPv6", PLEDGE "inet, dns"},
	[CAPABILITY_ACCEPT] = {.name = "accepting connections", "naming a socket, listening, accepting", PLEDGE "inet, unix"},
	[CAPABILITY_SYSV] = {.name = "System V IPC", "shared memory (not executable) and semaphores", "POSIX XSI IPC; systemd's @ipc"},
	[CAPABILITY_ASKING] = {.name = "asking about processes", "scheduling, groups and identities of processes", PLEDGE "stdio; musl: src/sched"},
	[CAPABILITY_LIMITS] = {.name = "priorities and limits", "the process's limits, niceness, processors, usual scheduling",
			       PLEDGE "proc, id; systemd's @resources"},
	[CAPABILITY_VECTORS] = {.name = "vectors at offsets", "reading and writing several pieces at an offset", "preadv(2)"},
	[CAPABILITY_MEMLOCK] = {.name = "locking memory", "keeping memory out of swap space", "systemd's @memlock; POSIX mlock"},
};

/* clang-format off */
#define C(name) CAPABILITY_BIT(CAPABILITY_##name)
#define IS(arg, values)          {CAPABILITY_IS, arg, NULL, values}
#define FIELD(arg, mask, values) {CAPABILITY_FIELD, arg, mask, values}
#define ONLY(arg, bits)          {CAPABILITY_ONLY, arg, NULL, bits}
#define BARS(arg, bits)          {CAPABILITY_BARS, arg, NULL, bits}
/* TELLS: shows its classes and comes with them. COMES: comes with them. SHOWS: only shows them. */
#define TELLS(classes, source, calls, ...) {classes, 0, calls, {__VA_ARGS__}, true, true, source}
#define COMES(classes, source, calls, ...) {classes, 0, calls, {__VA_ARGS__}, false, true, source}
#define SHOWS(classes, source, calls, ...) {classes, 0, calls, {__VA_ARGS__}, true, false, source}
/* With one of the classes, where `needs` is shown as well. */
#define WHERE(classes, needs, source, calls, ...) {classes, needs, calls, {__VA_ARGS__}, false, true, source}

#define OPENED "O_NOCTTY|O_NOATIME|O_SYNC"
#define USUAL_CLOCKS "CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME"

static const struct capability_row rows[] = {
	/* Chance. Ending, restarting, returning from handlers are allowed in any case (infer.c). */
	COMES(C(CHANCE), "always allowed (generator/infer/infer.c)", "exit exit_group restart_syscall rt_sigreturn sigreturn"),
	/* The kernel refuses FUTEX_FD since Linux 2.6.26; with it, the operations are two ranges. */
	COMES(C(CHANCE), "glibc: nptl/lowlevellock.c; musl: src/thread", "futex futex_time64", IS("futex_op", "FUTEX_WAIT, FUTEX_WAKE, FUTEX_FD, FUTEX_REQUEUE, FUTEX_WAIT_BITSET, FUTEX_WAKE_BITSET")),
	COMES(C(CHANCE), "glibc: malloc/arena.c, stdlib/abort.c; locks that spin first", "sched_yield sched_getaffinity getpid gettid getrandom"),
	COMES(C(CHANCE), "malloc of glibc, musl and jemalloc", "brk munmap mremap"),
	COMES(C(CHANCE), "glibc: malloc/arena.c, nptl/allocatestack.c", "mmap mmap2", ONLY("prot", "PROT_READ|PROT_WRITE"), FIELD("flags", "0xf", "MAP_SHARED, MAP_PRIVATE"), ONLY("flags", "0xf|MAP_ANONYMOUS|MAP_FIXED")),
	COMES(C(CHANCE), "glibc: malloc/arena.c (grow_heap), nptl/allocatestack.c", "mprotect", ONLY("prot", "PROT_READ|PROT_WRITE")),
	COMES(C(CHANCE), "glibc: malloc, nptl; jemalloc; Go: runtime/mem_linux.go; OpenSSL: RAND", "madvise", IS("advice", "MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED, MADV_DONTNEED, MADV_FREE, "
						 "MADV_HUGEPAGE, MADV_NOHUGEPAGE, MADV_DONTDUMP, MADV_DODUMP, MADV_WIPEONFORK, MADV_KEEPONFORK, MADV_GUARD_INSTALL, MADV_GUARD_REMOVE")),
	COMES(C(CHANCE), "where the vDSO cannot answer", "clock_gettime clock_gettime64 clock_getres clock_getres_time64 gettimeofday times"),
	COMES(C(CHANCE), PLEDGE "stdio", "nanosleep clock_nanosleep clock_nanosleep_time64"),
	COMES(C(CHANCE), PLEDGE "stdio", "poll ppoll ppoll_time64 pselect6 pselect6_time64"),
	COMES(C(CHANCE), PLEDGE "stdio", "read readv write writev"),
	COMES(C(CHANCE), "glibc: libio/filedoalloc.c, fileops.c", "lseek _llseek fstat fstat64"),
	COMES(C(CHANCE), "glibc: io/fstat.c; musl: src/stat/fstatat.c", "newfstatat fstatat64 statx"),
	COMES(C(CHANCE), PLEDGE "stdio", "rt_sigprocmask sigprocmask"),
	COMES(C(CHANCE), "glibc: stdlib/abort.c", "rt_sigaction sigaction"),
	WHERE(C(CHANCE), C(OLD), "musl: src/select; Linux 2.2", "select _newselect time"),
	COMES(C(CHANCE), "glibc: nptl/pthread_kill.c", "tgkill", IS("sig", "SIGABRT")),
	WHERE(C(CHANCE), C(OLD), "musl: src/exit/abort.c; glibc before 2.3", "tkill", IS("sig", "SIGABRT")),
	COMES(C(CHANCE), "glibc: libio/filedoalloc.c; musl: src/stdio/__stdout_write.c; libuv: src/unix/tty.c; Node: ResetStdio in src/node.cc", "ioctl",
	      IS("request", "TCGETS, TCGETS2, TIOCGWINSZ, TIOCGPGRP, TCSETS, TCSETSW, TCSETSF, TCSETS2, TCSETSW2, TCSETSF2")),

	/* Base. */
	COMES(C(BASE), PLEDGE "stdio", "getppid getuid getuid32 geteuid geteuid32 getgid getgid32 getegid getegid32 getgroups getgroups32 getpgrp"),
	COMES(C(BASE), PLEDGE "stdio", "getrusage"),
	WHERE(C(BASE), C(OLD), "musl: src/misc/getrlimit.c", "getrlimit ugetrlimit"),
	COMES(C(BASE), "POSIX uname; glibc: sysconf", "uname sysinfo"),
	WHERE(C(BASE), C(OLD), "Linux 2.0", "olduname oldolduname"),
	COMES(C(BASE), PLEDGE "stdio", "umask"),
	COMES(C(BASE), PLEDGE "stdio", "close dup dup2 dup3"),
	COMES(C(BASE), "glibc: closefrom; pledge(2), stdio", "close_range"),
	COMES(C(BASE), PLEDGE "stdio", "fcntl fcntl64", IS("cmd", "F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC, F_GETPIPE_SZ")),
	COMES(C(BASE), PLEDGE "stdio", "fcntl fcntl64", IS("cmd", "F_SETFL"), ONLY("arg", "O_APPEND|O_NONBLOCK")),
	COMES(C(BASE), PLEDGE "stdio", "pipe2", ONLY("flags", "O_CLOEXEC|O_NONBLOCK")),
	WHERE(C(BASE), C(OLD), "musl: src/unistd/pipe.c", "pipe"),
	COMES(C(BASE), PLEDGE "stdio", "pread64 pwrite64"),
	COMES(C(BASE), PLEDGE "stdio", "sigaltstack"),
	WHERE(C(BASE), C(OLD), "Linux 1.0", "signal"),
	COMES(C(BASE), PLEDGE "stdio", "alarm setitimer"),
	COMES(C(BASE), PLEDGE "stdio", "wait4 waitpid"),
	COMES(C(BASE), PLEDGE "stdio: kqueue, kevent", "epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd2"),
	COMES(C(BASE), PLEDGE "stdio: a pipe of two ways", "socketpair", IS("domain", "AF_UNIX")),
	COMES(C(BASE), "kern_pledge.c, pledge_ioctl: stdio", "ioctl", IS("request", "FIONREAD, FIONBIO, FIOCLEX, FIONCLEX")),

	/* What changes nothing, and what many programs never ask for: it comes where one of it was seen. */
	TELLS(C(ASKING), PLEDGE "stdio; POSIX getpgid", "getresuid getresuid32 getresgid getresgid32 getpgid getsid"),
	TELLS(C(ASKING), "POSIX sched_getscheduler, getpriority; musl: src/sched", "getpriority sched_getscheduler sched_getparam sched_get_priority_max "
		       "sched_get_priority_min sched_rr_get_interval sched_rr_get_interval_time64"),
	TELLS(C(VECTORS), "POSIX readv; preadv(2)", "preadv pwritev"),
	TELLS(C(VECTORS), "glibc: preadv2, pwritev2", "preadv2 pwritev2", IS("flags", "0")),
	TELLS(C(SIGNALS), PLEDGE "stdio", "rt_sigpending sigpending rt_sigsuspend sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 pause signalfd4"),

	/* Which form of a call is asked for decides the libc, not chance. A form that is not usual comes where it was seen in use. */
	SHOWS(C(OLD), "musl: arch/x86_64, src/stat, src/process; jemalloc", "open stat lstat stat64 lstat64 getdents pipe fork select _newselect tkill utime utimes futimesat"),
	SHOWS(C(FOLDERS), "openat(2)", "mkdirat linkat symlinkat mknodat fchmodat renameat2 faccessat"),

	/* Reading files. */
	TELLS(C(READ), PLEDGE "rpath", "openat", ONLY("flags", OPENED)),
	SHOWS(C(READ), PLEDGE "rpath", "open", ONLY("flags", OPENED)),
	WHERE(C(READ), C(OLD), "musl: src/fcntl/open.c; jemalloc", "open", ONLY("flags", OPENED)),
	WHERE(C(READ), C(OLD), "musl: src/stat; glibc before 2.33", "stat stat64 lstat lstat64 getdents"),
	COMES(C(READ), PLEDGE "rpath", "access faccessat2 readlink readlinkat"),
	WHERE(C(READ), C(FOLDERS), PLEDGE "rpath", "faccessat"),
	COMES(C(READ), PLEDGE "rpath", "getdents64"),
	COMES(C(READ), PLEDGE "rpath", "statfs statfs64 fstatfs fstatfs64"),
	COMES(C(READ), PLEDGE "rpath", "getcwd chdir fchdir"),
	COMES(C(READ), "POSIX posix_fadvise", "fadvise64 fadvise64_64"),
	TELLS(C(XATTRS_READ), "xattr(7): read-only", "getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr getxattrat listxattrat"),

	/* Writing files. O_RDWR reads, too. */
	SHOWS(C(WRITE), PLEDGE "wpath", "open openat", FIELD("flags", "0x3", "O_WRONLY, O_RDWR")),
	COMES(C(WRITE), PLEDGE "wpath", "openat", ONLY("flags", "0x3|O_APPEND|O_TRUNC|" OPENED)),
	WHERE(C(WRITE), C(OLD), PLEDGE "wpath", "open", ONLY("flags", "0x3|O_APPEND|O_TRUNC|" OPENED)),
	SHOWS(C(WRITE), PLEDGE "wpath", "creat"),
	TELLS(C(WRITE), PLEDGE "stdio, wpath", "truncate truncate64 ftruncate ftruncate64"),
	COMES(C(WRITE), "systemd's @sync; pledge(2), stdio", "fsync fdatasync msync"),
	COMES(C(WRITE), "Go: io.Copy, CPython: shutil, OpenJDK: Files.copy, Rust: io::copy", "sendfile sendfile64"),

	/* Creating and removing files. O_CREAT opens what exists, too. */
	SHOWS(C(CREATE), PLEDGE "cpath", "open openat", FIELD("flags", "O_CREAT", "O_CREAT")),
	SHOWS(C(CREATE), "O_TMPFILE in open(2); glibc: tmpfile", "open openat", FIELD("flags", "O_TMPFILE", "O_TMPFILE")),
	COMES(C(CREATE), PLEDGE "cpath", "openat", ONLY("flags", "0x3|O_CREAT|O_TMPFILE|O_EXCL|O_APPEND|O_TRUNC|" OPENED)),
	WHERE(C(CREATE), C(OLD), PLEDGE "cpath", "open", ONLY("flags", "0x3|O_CREAT|O_TMPFILE|O_EXCL|O_APPEND|O_TRUNC|" OPENED)),
	TELLS(C(CREATE), PLEDGE "cpath", "creat mkdir rmdir unlink unlinkat rename renameat link symlink"),
	SHOWS(C(CREATE), PLEDGE "cpath", "mkdirat symlinkat"),
	SHOWS(C(CREATE), PLEDGE "cpath", "linkat", ONLY("flags", "AT_SYMLINK_FOLLOW")),
	SHOWS(C(CREATE), PLEDGE "cpath", "renameat2", ONLY("flags", "RENAME_NOREPLACE|RENAME_EXCHANGE")),
	WHERE(C(CREATE), C(FOLDERS), PLEDGE "cpath", "mkdirat symlinkat"),
	WHERE(C(CREATE), C(FOLDERS), PLEDGE "cpath", "linkat", ONLY("flags", "AT_SYMLINK_FOLLOW")),
	WHERE(C(CREATE), C(FOLDERS), PLEDGE "cpath", "renameat2", ONLY("flags", "RENAME_NOREPLACE|RENAME_EXCHANGE")),
	/* Of the kinds of files that mknod makes, devices alone have the bit 020000 (inode(7)). */
	SHOWS(C(CREATE), "POSIX mkfifo; pledge(2), dpath", "mknod mknodat", BARS("mode", "026000")),
	WHERE(C(CREATE), C(FOLDERS), "POSIX mkfifo; glibc: mknod", "mknodat", BARS("mode", "026000")),
	WHERE(C(CREATE), C(OLD), "musl: src/stat/mknod.c", "mknod", BARS("mode", "026000")),

	/* Who creates a file chooses its mode then, and may make it anew. */
	TELLS(C(ATTRIBUTES), PLEDGE "fattr", "chmod fchmod", BARS("mode", "06000")),
	SHOWS(C(ATTRIBUTES), PLEDGE "fattr", "fchmodat fchmodat2", BARS("mode", "06000")),
	TELLS(C(ATTRIBUTES), PLEDGE "fattr", "utimensat utimensat_time64"),
	SHOWS(C(ATTRIBUTES), PLEDGE "fattr", "utime utimes futimesat"),
	COMES(C(CREATE), PLEDGE "fattr: of what it created", "chmod fchmod", BARS("mode", "06000")),
	WHERE(C(ATTRIBUTES) | C(CREATE), C(FOLDERS), "glibc: fchmodat", "fchmodat fchmodat2", BARS("mode", "06000")),
	COMES(C(CREATE), PLEDGE "fattr: of what it created", "utimensat utimensat_time64"),
	WHERE(C(ATTRIBUTES) | C(CREATE), C(OLD), "glibc before 2.33", "utime utimes futimesat"),
	/* Unless it is root, a process can give what it created to its own groups alone. */
	COMES(C(CREATE), PLEDGE "fattr: of what it created; SQLite: robustFchown", "fchown fchown32"),
	TELLS(C(OWNERS), PLEDGE "chown", "chown chown32 lchown lchown32 fchown fchown32 fchownat"),
	TELLS(C(XATTRS), "xattr(7)", "setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat"),
	/* Who writes a file spoils it for others sooner than who locks it. */
	TELLS(C(LOCKS), PLEDGE "flock", "flock"),
	COMES(C(WRITE) | C(CREATE), PLEDGE "flock: of what it writes", "flock"),
	COMES(C(WRITE) | C(CREATE), PLEDGE "flock: of what it writes", "fcntl fcntl64", IS("cmd", "F_GETLK, F_SETLK, F_SETLKW")),
	COMES(C(WRITE) | C(CREATE), "glibc: fcntl64 on i386", "fcntl64", IS("cmd", "F_GETLK64, F_SETLK64, F_SETLKW64")),
	TELLS(C(LOCKS), "POSIX fcntl; pledge(2), flock", "fcntl fcntl64", IS("cmd", "F_GETLK, F_SETLK, F_SETLKW, F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW")),
	TELLS(C(LOCKS), "glibc: fcntl64 on i386", "fcntl64", IS("cmd", "F_GETLK64, F_SETLK64, F_SETLKW64")),
	TELLS(C(WATCH), "inotify(7)", "inotify_init inotify_init1"),
	COMES(C(WATCH), "inotify(7)", "inotify_add_watch inotify_rm_watch"),
	COMES(C(EVENTS), "libuv: src/unix/linux.c; pledge(2), stdio: kevent with EVFILT_VNODE", "inotify_init inotify_init1 inotify_add_watch inotify_rm_watch"),

	/* Event loops and timers. */
	SHOWS(C(EVENTS), "epoll(7)", "epoll_create epoll_create1"),
	COMES(C(EVENTS), "epoll(7): Linux 5.11", "epoll_pwait2"),
	WHERE(C(EVENTS), C(OLD), "musl: src/linux/epoll.c", "epoll_create eventfd signalfd"),
	TELLS(C(TIMERS), "POSIX timer_create; timerfd_create(2)", "timer_create timerfd_create", IS("clockid", USUAL_CLOCKS)),
	COMES(C(TIMERS), "POSIX timer_settime", "timer_settime timer_settime64 timer_gettime timer_gettime64 timer_getoverrun timer_delete"),
	COMES(C(TIMERS), "timerfd_create(2)", "getitimer timerfd_settime timerfd_settime64 timerfd_gettime timerfd_gettime64"),

	/* Threads and processes. clone3 is answered by ENOSYS, as a filter cannot see its flags; what it was asked for shows. */
	SHOWS(C(THREADS), "clone(2)", "clone clone3", FIELD("flags", "CLONE_THREAD", "CLONE_THREAD")),
	COMES(C(THREADS), "glibc: nptl/pthread_create.c; musl: pthread_create.c; Go: runtime/os_linux.go", "clone", FIELD("flags", "CLONE_THREAD", "CLONE_THREAD"),
	      ONLY("flags", "CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM|CLONE_SETTLS|CLONE_PARENT_SETTID|"
			    "CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|CLONE_DETACHED")),
	COMES(C(THREADS) | C(PROCESSES), "glibc: nptl/pthread_create.c, sysdeps/nptl/_Fork.c", "set_robust_list rseq"),
	COMES(C(THREADS), "membarrier(2); liburcu, Go, OpenJDK, musl: src/linux/membarrier.c", "membarrier", IS("cmd", "MEMBARRIER_CMD_QUERY, MEMBARRIER_CMD_GLOBAL, MEMBARRIER_CMD_PRIVATE_EXPEDITED, "
						  "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED")),
	COMES(C(THREADS), "glibc: SIGCANCEL, SIGSETXID; musl: pthread_impl.h; Go: sigPreempt", "tgkill", IS("sig", "SIGRTMIN, SIGRTMIN+1, SIGRTMIN+2, SIGURG")),
	WHERE(C(THREADS), C(OLD), "musl: src/thread/pthread_kill.c", "tkill", IS("sig", "SIGRTMIN, SIGRTMIN+1, SIGRTMIN+2, SIGURG")),
	COMES(C(THREADS), "glibc: pthread_setname_np", "prctl", IS("option", "PR_SET_NAME, PR_GET_NAME")),
	TELLS(C(PROCESSES), PLEDGE "proc", "vfork"),
	SHOWS(C(PROCESSES), PLEDGE "proc", "fork"),
	WHERE(C(PROCESSES), C(OLD), "musl: src/process/_Fork.c", "fork"),
	SHOWS(C(PROCESSES), "clone(2)", "clone clone3", FIELD("flags", "CLONE_THREAD", "0")),
	/* A thread shares more than a process, and can do no more. So one test allows both. */
	COMES(C(PROCESSES), "glibc: _Fork.c, spawni.c, pthread_create.c; musl: src/process; Go: syscall/exec_linux.go", "clone",
	      ONLY("flags", "0xff|CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM|CLONE_SETTLS|CLONE_PARENT_SETTID|"
			    "CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|CLONE_DETACHED|CLONE_VFORK|CLONE_PIDFD")),
	COMES(C(PROCESSES), PLEDGE "proc, stdio", "setpgid setsid"),
	COMES(C(PROCESSES), PLEDGE "proc: of its own", "setpriority", IS("which", "PRIO_PROCESS"), IS("who", "0")),

	TELLS(C(TERMINALS), "kern_pledge.c, pledge_ioctl: tty; POSIX termios", "ioctl", IS("request", "TIOCSPGRP, TIOCSWINSZ, TIOCSPTLCK")),
	COMES(C(TERMINALS), "kern_pledge.c, pledge_ioctl: tty; glibc: login/openpty.c", "ioctl", IS("request", "TIOCGSID, TIOCGPTN, TIOCOUTQ, TCFLSH, TCXONC, TCSBRK, TIOCGPTPEER")),

	/* Sockets. */
	/* AF_UNIX has one protocol (Linux, net/unix/af_unix.c). */
	TELLS(C(LOCAL), PLEDGE "unix", "socket", IS("domain", "AF_UNIX"), IS("type", "SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET")),
	TELLS(C(STREAMS), PLEDGE "inet", "socket", IS("domain", "AF_INET, AF_INET6"), IS("type", "SOCK_STREAM"), IS("protocol", "IPPROTO_IP, IPPROTO_TCP")),
	TELLS(C(DATAGRAMS), PLEDGE "inet, dns", "socket", IS("domain", "AF_INET, AF_INET6"), IS("type", "SOCK_DGRAM"), IS("protocol", "IPPROTO_IP, IPPROTO_UDP")),
	COMES(C(LOCAL) | C(STREAMS) | C(DATAGRAMS), PLEDGE "inet, unix", "connect"),
	SHOWS(C(SOCKETS), PLEDGE "stdio", "socketpair accept accept4"),
	SHOWS(C(SOCKETS), PLEDGE "unix, inet", "socket", IS("domain", "AF_UNIX, AF_INET, AF_INET6")),
	TELLS(C(SOCKETS) | C(BASE), PLEDGE "stdio", "shutdown getsockname getpeername"),
	TELLS(C(SOCKETS) | C(BASE), PLEDGE "stdio", "sendto sendmsg recvfrom recvmsg", ONLY("flags", "MSG_PEEK|MSG_TRUNC|MSG_MORE")),
	SHOWS(C(SOCKETS), PLEDGE "stdio", "sendmmsg recvmmsg recvmmsg_time64", ONLY("flags", "MSG_PEEK|MSG_TRUNC|MSG_MORE")),
	COMES(C(DATAGRAMS), "glibc: resolv/res_send.c", "sendmmsg recvmmsg recvmmsg_time64", ONLY("flags", "MSG_PEEK|MSG_TRUNC|MSG_MORE")),
	COMES(C(SOCKETS), "POSIX getsockopt, setsockopt; unix(7)", "getsockopt setsockopt", IS("level", "SOL_SOCKET"),
	      IS("optname", "SO_ERROR, SO_TYPE, SO_DOMAIN, SO_PROTOCOL, SO_PEERCRED, SO_SNDBUF, SO_RCVBUF, SO_ACCEPTCONN, SO_REUSEADDR, "
			    "SO_KEEPALIVE, SO_BROADCAST, SO_LINGER, SO_REUSEPORT, SO_PASSCRED, SO_RCVLOWAT, SO_SNDLOWAT, SO_RCVTIMEO, SO_SNDTIMEO")),
	COMES(C(STREAMS), "tcp(7); kern_pledge.c, pledge_sockopt: TCP_NODELAY", "getsockopt setsockopt", IS("level", "SOL_TCP"), IS("optname", "TCP_NODELAY, TCP_MAXSEG, TCP_CORK, TCP_KEEPIDLE, "
										      "TCP_KEEPINTVL, TCP_KEEPCNT")),
	COMES(C(STREAMS) | C(DATAGRAMS), "ipv6(7); POSIX", "setsockopt", IS("level", "SOL_IPV6"), IS("optname", "IPV6_V6ONLY")),
	COMES(C(DATAGRAMS), "glibc: resolv/res_send.c; c-ares", "setsockopt", IS("level", "SOL_IP"), IS("optname", "IP_RECVERR, IP_MTU_DISCOVER")),
	COMES(C(DATAGRAMS) | C(ACCEPT), PLEDGE "inet", "bind"),
	TELLS(C(ACCEPT), PLEDGE "inet, unix", "listen accept accept4"),

	TELLS(C(SYSV), "POSIX shmget", "shmget", ONLY("shmflg", "IPC_CREAT|IPC_EXCL|0777")),
	COMES(C(SYSV), "POSIX shmat", "shmat", ONLY("shmflg", "SHM_RDONLY|SHM_RND|SHM_REMAP")),
	COMES(C(SYSV), "POSIX shmctl", "shmctl", FIELD("cmd", "~(IPC_64)", "IPC_RMID, IPC_SET, IPC_STAT")),
	TELLS(C(SYSV), "POSIX semget", "semget", ONLY("semflg", "IPC_CREAT|IPC_EXCL|0777")),
	COMES(C(SYSV), "POSIX semop, shmdt", "shmdt semop semtimedop semtimedop_time64"),
	COMES(C(SYSV), "POSIX semctl", "semctl", FIELD("cmd", "~(IPC_64)", "IPC_RMID, IPC_SET, IPC_STAT, GETPID, GETVAL, GETALL, GETNCNT, GETZCNT, SETVAL, SETALL")),

	TELLS(C(LIMITS), PLEDGE "proc, id", "setrlimit nice sched_setaffinity"),
	TELLS(C(LIMITS), PLEDGE "proc, id", "setpriority", IS("which", "PRIO_PROCESS")),
	TELLS(C(LIMITS), "systemd's @resources; ioprio_set(2)", "ioprio_set", IS("which", "IOPRIO_WHO_PROCESS")),
	COMES(C(LIMITS), "ioprio_set(2)", "ioprio_get"),
	TELLS(C(LIMITS), "POSIX sched_setscheduler; sched(7)", "sched_setscheduler", FIELD("policy", "~(SCHED_RESET_ON_FORK)", "SCHED_OTHER, SCHED_BATCH, SCHED_IDLE")),
	TELLS(C(MEMLOCK), "POSIX mlock; systemd's @memlock", "mlock mlock2 mlockall"),
	COMES(C(MEMLOCK), "POSIX munlock; systemd's @memlock", "munlock munlockall"),
};

/* Calls that are alone, and why. Those that danger.c marks whatever their arguments are alone for its reason. */
static const struct {
	const char *calls, *why;
} alone[] = {
	{"_sysctl afs_syscall bdflush break epoll_ctl_old epoll_wait_old ftime getpmsg gtty idle lock mpx prof profil putpmsg readdir "
	 "security sgetmask ssetmask stty tuxcall ulimit vserver oldstat oldlstat oldfstat", "obsolete or unimplemented: no program of today makes it"},
	{"arch_prctl set_thread_area get_thread_area set_tid_address", "set up once, while the program is loaded, where every run shows it"},
	{"uretprobe uprobe", "made by the kernel's tracing alone"},
	{"socketcall ipc", "i386: the arguments are behind a pointer; each of its calls comes with the classes of that call, once some were seen"},
	{"openat2", "its flags are behind a pointer: no filter can tell reading from creating"},
	{"open_tree statmount listmount listns", "about mounts and namespaces"},
	{"file_getattr file_setattr fanotify_mark", "new or special ways to files, with code of their own in the kernel"},
	{"sync syncfs sync_file_range", "waits for what others have written, too"},
	{"fallocate copy_file_range readahead", "file systems have code of their own for it, and its users make it for every file"},
	{"capget pidfd_open waitid getcpu", "the libraries that make it do so in every run"},
	{"cachestat mincore", "tells what others have read: a side channel (CVE-2019-5489)"},
	{"futex_wait futex_wake futex_waitv futex_requeue", "the second futex interface, which no libc uses yet"},
	{"get_robust_list", "about other threads' locks"},
	{"io_setup io_submit io_getevents io_pgetevents io_pgetevents_time64 io_cancel io_destroy", "asynchronous I/O: kernel code of its own (CVE-2024-26764)"},
	{"mq_open mq_unlink mq_timedsend mq_timedsend_time64 mq_timedreceive mq_timedreceive_time64 mq_notify mq_getsetattr", "message queues: kernel code of their own (CVE-2017-11176)"},
	{"msgget msgrcv msgctl", "message queues, whose messages are a tool of kernel exploits (CVE-2021-22555)"},
	{"landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp mseal", "a program that restricts itself does so in every run"},
	{"lsm_get_self_attr lsm_list_modules", "about security modules"},
	{"map_shadow_stack rseq_slice_yield", "new: no libc's usual code makes it"},
	{"pkey_alloc pkey_free pkey_mprotect", "memory protection keys: few programs use them, and these always"},
	{"pidfd_send_signal rt_sigqueueinfo rt_tgsigqueueinfo", "signals to other processes"},
	{"sched_getattr sched_setparam", "scheduling that is not usual"},
	{"set_mempolicy_home_node", "NUMA memory policy"},
	{"tee", "moves pages between pipes, as splice does"},
	{"unshare", "namespaces"},
};
/* clang-format on */

enum { ROWS = sizeof(rows) / sizeof(rows[0]), ALONE = sizeof(alone) / sizeof(alone[0]) };

const struct capability_row *abi_capability_rows(size_t *n)
{
	*n = ROWS;
	return rows;
}

bool capability_row_has(const struct capability_row *row, const char *syscall)
{
	return text_has_word(row->calls, syscall);
}

bool capability_row_call(const struct capability_row *row, size_t i, char name[32])
{
	const char *s = row->calls;
	for (; i > 0 && *s != '\0'; i--) {
		s += strcspn(s, " ");
		s += *s == ' ';
	}
	size_t length = strcspn(s, " ");
	if (length == 0 || length >= 32)
		return false;
	memcpy(name, s, length);
	name[length] = '\0';
	return true;
}

static bool in_a_class(const char *syscall)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].adds && text_has_word(rows[i].calls, syscall))
			return true;
	return false;
}

const char *abi_alone(const char *syscall)
{
	size_t n;
	const struct danger *d = abi_dangers(syscall, &n);
	for (size_t i = 0; i < ALONE; i++)
		if (text_has_word(alone[i].calls, syscall))
			return alone[i].why;
	return n > 0 && !in_a_class(syscall) ? d->why : NULL;
}

/* Reads texts separated by ", ". Returns how many, or -1: that architecture lacks one. */
static int read_values(const struct syscall_desc *call, enum arch arch, unsigned arg, const char *text, uint64_t counts,
		       uint64_t values[CAPABILITY_VALUES])
{
	int n = 0;
	for (const char *s = text; *s != '\0' && n < CAPABILITY_VALUES; n++) {
		char one[128];
		size_t length = strcspn(s, ",");
		if (length >= sizeof(one))
			return -1;
		memcpy(one, s, length);
		one[length] = '\0';
		struct error e = {0};
		if (abi_value_parse(call, arch, arg, one, &values[n], &e) < 0)
			return -1;
		values[n] &= counts;
		s += length + strspn(s + length, ", ");
	}
	return n;
}

/* One condition; `call` has the argument as the conditions before select it. */
static bool read_condition(const struct capability_condition *c, const struct syscall_desc *call, enum arch arch,
			   struct capability_bits *out)
{
	int arg = syscall_arg_by_name(call, c->arg), n;
	struct error e = {0};
	uint64_t bits;
	if (arg < 0)
		return false;
	unsigned width = syscall_arg_bits(call, arch, (unsigned)arg);
	out->arg = (unsigned)arg;
	out->mask = (UINT64_MAX >> (64 - width)) & ~abi_harmless(&call->args[arg], arch);
	switch ((enum capability_test)c->test) {
	case CAPABILITY_FIELD:
		if (abi_value_parse(call, arch, (unsigned)arg, c->mask, &bits, &e) < 0)
			return false;
		out->mask = bits & (UINT64_MAX >> (64 - width));
		break;
	case CAPABILITY_ONLY:
	case CAPABILITY_BARS:
		if (abi_value_parse(call, arch, (unsigned)arg, c->values, &bits, &e) < 0)
			return false;
		out->mask &= c->test == CAPABILITY_ONLY ? ~bits : bits;
		out->values[0] = 0;
		out->n = 1;
		return true;
	default:
		break;
	}
	n = read_values(call, arch, (unsigned)arg, c->values, out->mask, out->values);
	out->n = n > 0 ? (size_t)n : 0;
	return n > 0;
}

bool capability_row_bits(const struct capability_row *row, enum arch arch, const char *syscall,
			 struct capability_bits bits[CAPABILITY_CONDITIONS], size_t *n)
{
	const struct syscall_desc *plain = abi_call(arch, syscall), *call = plain;
	struct syscall_desc room;
	uint64_t args[6] = {0};
	uint8_t known = 0;
	*n = 0;
	for (; plain != NULL && *n < CAPABILITY_CONDITIONS && row->when[*n].test != CAPABILITY_NO_TEST; ++*n) {
		struct capability_bits *b = &bits[*n];
		if (!read_condition(&row->when[*n], call, arch, b))
			return false;
		if (row->when[*n].test == CAPABILITY_IS && b->n == 1) {
			args[b->arg] = b->values[0];
			known |= (uint8_t)(1u << b->arg);
			call = abi_select(plain, arch, args, known, &room);
		}
	}
	return plain != NULL;
}

bool capability_meets(const struct capability_bits *bits, size_t n, const uint64_t args[6], uint8_t known)
{
	for (size_t i = 0; i < n; i++) {
		bool holds = false;
		for (size_t k = 0; k < bits[i].n && !holds; k++)
			holds = (args[bits[i].arg] & bits[i].mask) == (bits[i].values[k] & bits[i].mask);
		if (!holds || !(known >> bits[i].arg & 1))
			return false;
	}
	return true;
}

const char *capability_reason(const char *why, enum capability c)
{
	static const char begin[] = "part of ";
	const char *name = abi_capabilities[c].name;
	size_t n = sizeof(begin) - 1, length = strlen(name);
	if (why == NULL || strncmp(why, begin, n) != 0 || strncmp(why + n, name, length) != 0 || strncmp(why + n + length, ": ", 2) != 0)
		return NULL;
	return why + n + length + 2;
}

bool capability_added(const char *why)
{
	for (int c = 0; c < CAPABILITY_COUNT; c++)
		if (capability_reason(why, (enum capability)c) != NULL)
			return true;
	return false;
}

enum capability abi_capability(enum arch arch, const char *syscall, const uint64_t args[6], uint8_t known)
{
	enum capability first = CAPABILITY_COUNT;
	for (size_t i = 0; i < ROWS; i++) {
		struct capability_bits bits[CAPABILITY_CONDITIONS];
		size_t n;
		if (!rows[i].adds || !text_has_word(rows[i].calls, syscall) || !capability_row_bits(&rows[i], arch, syscall, bits, &n) ||
		    !capability_meets(bits, n, args, known))
			continue;
		enum capability c = (enum capability)__builtin_ctz(rows[i].classes);
		if (c < first)
			first = c;
	}
	return first;
}

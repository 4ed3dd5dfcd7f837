/* Which calls a libc or a language's runtime makes once a call was answered by ENOSYS. SPDX-License-Identifier: MIT
 *
 * A policy that answers ENOSYS must allow what is called instead, or the program dies where it works without a filter.
 *
 * Read: glibc 2.43 (sysdeps/, nptl/, stdlib/, built for kernels from 3.2 on, as Debian does), musl 1.2.5 and its repository
 * of January 2025 (src/), Go 1.24 and 1.27, Rust 1.97 (library/std/), libuv of May 2026, CPython 3.14, OpenJDK's libjava and libnio, gnulib. Only a
 * call that one of them really asks for has a row: glibc's renameat2 and mlock2 without flags are other calls from the
 * start. Whoever just fails has none: CLONE_INTO_CGROUP in glibc and Go, cachestat, futex_waitv, landlock, mseal,
 * memfd_create, map_shadow_stack in glibc. Not here, though they go on: callers of
 * openat2, who walk the path by calls that depend on it; asyncio of CPython, which starts a thread for each child; musl's
 * faccessat in set-user-ID programs. */
#include <string.h>

#include "policies/abi/fallbacks.h"

/* clang-format off */
#define MAP_SIX(a, b, c, d, e, f, ...) {a, b, c, d, e, f}
#define MAP(...) MAP_SIX(__VA_ARGS__, -1, -1, -1, -1, -1, -1)

/* `to` NULL: the code goes on without a call. LIKE: the arguments are those of siblings.c. */
#define ROW(f, t, m, w, s, ...) {.call = {.from = f, .to = t, .map = m, .why = w, __VA_ARGS__}, .source = s},
#define LIKE(f, t, w, s) {.call = {.from = f, .to = t, .map = MAP(-1), .why = w}, .as_sibling = true, .source = s},

/* Sorted by from, to. */
static const struct fallback rows[] = {
	LIKE("accept4", "accept", "musl's accept4", "src/network/accept4.c, accept4")
	ROW("accept4", "fcntl", MAP(-1), "musl's accept4, for its flags", "src/network/accept4.c, accept4", .values = {[1] = "F_SETFD, F_SETFL"})
	ROW("accept4", "fcntl64", MAP(-1), "musl's accept4, for its flags", "src/network/accept4.c, accept4", .values = {[1] = "F_SETFD, F_SETFL"})
	LIKE("clock_adjtime64", "clock_adjtime", "glibc since 2.34 and musl since 1.2, on 32 bits", "sysdeps/unix/sysv/linux/clock_adjtime.c, __clock_adjtime64; src/linux/clock_adjtime.c, clock_adjtime")
	LIKE("clock_getres_time64", "clock_getres", "glibc since 2.34, on 32 bits", "sysdeps/unix/sysv/linux/clock_getres.c, __clock_getres64")
	ROW("clock_gettime", "gettimeofday", MAP(-1), "musl's clock_gettime", "src/time/clock_gettime.c, __clock_gettime", .when = "CLOCK_REALTIME")
	LIKE("clock_gettime64", "clock_gettime", "glibc since 2.34 and musl since 1.2, on 32 bits", "sysdeps/unix/sysv/linux/clock_gettime.c, __clock_gettime64; src/time/clock_gettime.c, __clock_gettime")
	ROW("clock_gettime64", "gettimeofday", MAP(-1), "musl since 1.2, on 32 bits", "src/time/clock_gettime.c, __clock_gettime", .when = "CLOCK_REALTIME")
	LIKE("clock_nanosleep_time64", "clock_nanosleep", "musl since 1.2, on 32 bits", "src/time/clock_nanosleep.c, __clock_nanosleep")
	LIKE("clock_nanosleep_time64", "nanosleep", "musl since 1.2, on 32 bits", "src/time/clock_nanosleep.c, __clock_nanosleep")
	LIKE("clock_settime64", "clock_settime", "glibc since 2.34 and musl since 1.2, on 32 bits", "sysdeps/unix/sysv/linux/clock_settime.c, __clock_settime64; src/time/clock_settime.c, clock_settime")
	ROW("clone3", "clone", MAP(-1), "glibc's pthread_create since 2.34", "sysdeps/unix/sysv/linux/clone-internal.c, __clone_internal", .values = {[0] = "CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SYSVSEM|CLONE_SIGHAND|CLONE_THREAD|CLONE_SETTLS|CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID"})
	ROW("clone3", "clone", MAP(-1), "glibc's posix_spawn since 2.34, and pidfd_spawn since 2.39", "sysdeps/unix/sysv/linux/spawni.c, __spawnix", .values = {[0] = "CLONE_VM|CLONE_VFORK|SIGCHLD, CLONE_VM|CLONE_VFORK|CLONE_PIDFD|SIGCHLD"})
	ROW("clone3", "clone", MAP(-1), "the fork of Rust's std, which asked for a pidfd by clone3 before glibc had pidfd_spawn", "library/std/src/sys/unix/process/process_unix.rs, do_fork", .values = {[0] = "CLONE_CHILD_SETTID|CLONE_CHILD_CLEARTID|SIGCHLD"})
	ROW("clone3", "rt_sigaction", MAP(-1), "glibc's posix_spawn since 2.38, whose child then resets every signal", "sysdeps/unix/sysv/linux/spawni.c, __spawni_child")
	ROW("clone3", "set_robust_list", MAP(-1), "that fork of Rust's std, in the child", "sysdeps/nptl/_Fork.c, _Fork")
	ROW("close_range", "close", MAP(-1), "glibc's closefrom since 2.34, and posix_spawn's; CPython's subprocess", "sysdeps/unix/sysv/linux/closefrom_fallback.c, __closefrom_fallback")
	ROW("close_range", "getdents64", MAP(-1), "glibc's closefrom since 2.34, and posix_spawn's; CPython's subprocess", "sysdeps/unix/sysv/linux/closefrom_fallback.c, __closefrom_fallback")
	ROW("close_range", "lseek", MAP(-1), "glibc's closefrom since 2.34, and posix_spawn's", "sysdeps/unix/sysv/linux/closefrom_fallback.c, __closefrom_fallback", .values = {[2] = "SEEK_SET"})
	ROW("close_range", "openat", MAP(-1), "glibc's closefrom since 2.34, and posix_spawn's; CPython's subprocess", "sysdeps/unix/sysv/linux/closefrom_fallback.c, __closefrom_fallback; Modules/_posixsubprocess.c, _close_open_fds_safe", .values = {[2] = "O_RDONLY|O_DIRECTORY, O_RDONLY"})
	ROW("copy_file_range", "read", MAP(-1), "Go's io.Copy, Rust's io::copy, coreutils", "src/internal/poll/copy_file_range_linux.go, handleCopyFileRangeErr; library/std/src/sys/io/kernel_copy/linux.rs, copy_regular_files")
	ROW("copy_file_range", "sendfile", MAP(-1), "libuv, OpenJDK's Files.copy, Rust's io::copy", "src/unix/fs.c, uv__fs_sendfile; src/java.base/linux/native/libnio/fs/LinuxNativeDispatcher.c, directCopy0; library/std/src/sys/io/kernel_copy/linux.rs, sendfile_splice")
	ROW("copy_file_range", "splice", MAP(-1), "Rust's io::copy", "library/std/src/sys/io/kernel_copy/linux.rs, sendfile_splice", .values = {[5] = "0"})
	ROW("copy_file_range", "write", MAP(-1), "Go's io.Copy, Rust's io::copy, coreutils", "src/internal/poll/copy_file_range_linux.go, handleCopyFileRangeErr; library/std/src/sys/io/kernel_copy/linux.rs, copy_regular_files")
	LIKE("dup3", "dup2", "musl's dup3", "src/unistd/dup3.c, __dup3")
	ROW("dup3", "fcntl", MAP(-1), "musl's dup3, for its flags", "src/unistd/dup3.c, __dup3", .values = {[1] = "F_SETFD"})
	ROW("dup3", "fcntl64", MAP(-1), "musl's dup3, for its flags", "src/unistd/dup3.c, __dup3", .values = {[1] = "F_SETFD"})
	LIKE("epoll_create1", "epoll_create", "musl's epoll_create1", "src/linux/epoll.c, epoll_create1")
	LIKE("epoll_pwait", "epoll_wait", "musl's epoll_pwait", "src/linux/epoll.c, epoll_pwait")
	LIKE("eventfd2", "eventfd", "musl's eventfd", "src/linux/eventfd.c, eventfd")
	ROW("execveat", "execve", MAP(-1), "the fexecve of glibc and of musl", "sysdeps/unix/sysv/linux/fexecve.c, fexecve; src/process/fexecve.c, fexecve")
	LIKE("faccessat2", "faccessat", "glibc's faccessat since 2.33, and musl's", "sysdeps/unix/sysv/linux/faccessat.c, __faccessat; src/unistd/faccessat.c, faccessat")
	ROW("faccessat2", "fstatat64", MAP(-1, 1), "glibc's faccessat since 2.33, with flags", "sysdeps/unix/sysv/linux/faccessat.c, __faccessat", .values = {[3] = "0, AT_SYMLINK_NOFOLLOW"})
	ROW("faccessat2", "getegid", MAP(-1), "glibc's faccessat since 2.33, with flags; Go's", "sysdeps/unix/sysv/linux/faccessat.c, __faccessat; src/syscall/syscall_linux.go, Faccessat")
	ROW("faccessat2", "getegid32", MAP(-1), "glibc's faccessat since 2.33, with flags; Go's", "sysdeps/unix/sysv/linux/faccessat.c, __faccessat; src/syscall/syscall_linux.go, Faccessat")
	ROW("faccessat2", "geteuid", MAP(-1), "glibc's faccessat since 2.33, with flags; Go's", "sysdeps/unix/sysv/linux/faccessat.c, __faccessat; src/syscall/syscall_linux.go, Faccessat")
	ROW("faccessat2", "geteuid32", MAP(-1), "glibc's faccessat since 2.33, with flags; Go's", "sysdeps/unix/sysv/linux/faccessat.c, __faccessat; src/syscall/syscall_linux.go, Faccessat")
	ROW("faccessat2", "getgid", MAP(-1), "glibc's faccessat since 2.33, with flags; Go's", "sysdeps/unix/sysv/linux/faccessat.c, __faccessat; src/syscall/syscall_linux.go, Faccessat")
	ROW("faccessat2", "getgid32", MAP(-1), "glibc's faccessat since 2.33, with flags; Go's", "sysdeps/unix/sysv/linux/faccessat.c, __faccessat; src/syscall/syscall_linux.go, Faccessat")
	ROW("faccessat2", "getgroups", MAP(-1), "glibc's faccessat since 2.33, with flags; Go's", "sysdeps/unix/sysv/linux/faccessat.c, __faccessat; src/syscall/syscall_linux.go, Faccessat")
	ROW("faccessat2", "getgroups32", MAP(-1), "glibc's faccessat since 2.33, with flags; Go's", "sysdeps/unix/sysv/linux/faccessat.c, __faccessat; src/syscall/syscall_linux.go, Faccessat")
	ROW("faccessat2", "getuid", MAP(-1), "glibc's faccessat since 2.33, with flags; Go's", "sysdeps/unix/sysv/linux/faccessat.c, __faccessat; src/syscall/syscall_linux.go, Faccessat")
	ROW("faccessat2", "getuid32", MAP(-1), "glibc's faccessat since 2.33, with flags; Go's", "sysdeps/unix/sysv/linux/faccessat.c, __faccessat; src/syscall/syscall_linux.go, Faccessat")
	ROW("faccessat2", "newfstatat", MAP(0, 1), "glibc's faccessat since 2.33, with flags; Go's", "sysdeps/unix/sysv/linux/faccessat.c, __faccessat; src/syscall/syscall_linux.go, Faccessat", .values = {[3] = "0, AT_SYMLINK_NOFOLLOW"})
	ROW("fchmodat2", "chmod", MAP(-1, 2), "glibc's fchmodat since 2.39", "sysdeps/unix/sysv/linux/fchmodat.c, fchmodat_fallback")
	ROW("fchmodat2", "close", MAP(-1), "glibc's fchmodat since 2.39, and musl's since 1.2.5", "sysdeps/unix/sysv/linux/fchmodat.c, fchmodat_fallback; src/stat/fchmodat.c, fchmodat")
	ROW("fchmodat2", "fchmodat", MAP(-1, -1, 2), "musl's fchmodat since 1.2.5, and glibc's where there is no chmod", "src/stat/fchmodat.c, fchmodat")
	ROW("fchmodat2", "fstatat64", MAP(-1), "glibc's fchmodat since 2.39, and musl's since 1.2.5", "sysdeps/unix/sysv/linux/fchmodat.c, fchmodat_fallback; src/stat/fchmodat.c, fchmodat", .values = {[3] = "AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW, 0"})
	ROW("fchmodat2", "lstat", MAP(-1), "musl's fchmodat since 1.2.5", "src/stat/fchmodat.c, fchmodat")
	ROW("fchmodat2", "newfstatat", MAP(-1), "glibc's fchmodat since 2.39, and musl's since 1.2.5", "sysdeps/unix/sysv/linux/fchmodat.c, fchmodat_fallback; src/stat/fchmodat.c, fchmodat", .values = {[3] = "AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW, 0"})
	ROW("fchmodat2", "openat", MAP(-1), "glibc's fchmodat since 2.39, and musl's since 1.2.5", "sysdeps/unix/sysv/linux/fchmodat.c, fchmodat_fallback; src/stat/fchmodat.c, fchmodat", .values = {[2] = "O_PATH|O_NOFOLLOW|O_CLOEXEC, O_PATH|O_NOFOLLOW|O_NOCTTY|O_CLOEXEC"})
	ROW("fchmodat2", "stat", MAP(-1), "musl's fchmodat since 1.2.5", "src/stat/fchmodat.c, fchmodat")
	LIKE("futex_time64", "futex", "musl since 1.2, on 32 bits", "src/thread/__timedwait.c, __futex4_cp")
	ROW("getrandom", "close", MAP(-1), "glibc's arc4random since 2.36, Go's crypto/rand, Rust's std, libuv, CPython", "stdlib/arc4random.c, __arc4random_buf; library/std/src/sys/random/linux.rs, getrandom")
	ROW("getrandom", "fstat", MAP(-1), "CPython", "Python/bootstrap_hash.c, dev_urandom")
	ROW("getrandom", "newfstatat", MAP(-1), "CPython, with glibc 2.33 to 2.38", "Python/bootstrap_hash.c, dev_urandom", .values = {[3] = "AT_EMPTY_PATH"})
	ROW("getrandom", "openat", MAP(-1), "glibc's arc4random since 2.36, Go's crypto/rand, Rust's std, libuv, CPython", "stdlib/arc4random.c, __arc4random_buf; library/std/src/sys/random/linux.rs, getrandom; src/crypto/internal/sysrand/rand_getrandom.go, read; src/random.c, uv__random; Python/bootstrap_hash.c, dev_urandom", .values = {[2] = "O_RDONLY|O_CLOEXEC, O_RDONLY|O_CLOEXEC|O_NOCTTY"})
	ROW("getrandom", "poll", MAP(-1), "glibc's arc4random since 2.36, Rust's std", "stdlib/arc4random.c, __arc4random_buf; library/std/src/sys/random/linux.rs, getrandom")
	ROW("getrandom", "ppoll", MAP(-1), "glibc's arc4random since 2.36, Rust's std", "stdlib/arc4random.c, __arc4random_buf; library/std/src/sys/random/linux.rs, getrandom")
	ROW("getrandom", "read", MAP(-1), "glibc's arc4random since 2.36, Go's crypto/rand, Rust's std, libuv, CPython", "stdlib/arc4random.c, __arc4random_buf; library/std/src/sys/random/linux.rs, getrandom")
	LIKE("inotify_init1", "inotify_init", "musl's inotify_init1", "src/linux/inotify.c, inotify_init1")
	ROW("io_uring_setup", NULL, MAP(-1), "libuv, which goes on with epoll and threads", "src/unix/linux.c, uv__iou_init")
	ROW("membarrier", "rt_sigaction", MAP(-1), "musl's, by a signal to each thread", "src/linux/membarrier.c, __membarrier", .when = "MEMBARRIER_CMD_PRIVATE_EXPEDITED", .values = {[0] = "SIGRTMIN+2"})
	ROW("membarrier", "tkill", MAP(-1), "musl's, by a signal to each thread", "src/linux/membarrier.c, __membarrier", .when = "MEMBARRIER_CMD_PRIVATE_EXPEDITED", .values = {[1] = "SIGRTMIN+2"})
	LIKE("mq_timedreceive_time64", "mq_timedreceive", "musl since 1.2, on 32 bits", "src/mq/mq_timedreceive.c, mq_timedreceive")
	LIKE("mq_timedsend_time64", "mq_timedsend", "musl since 1.2, on 32 bits", "src/mq/mq_timedsend.c, mq_timedsend")
	ROW("pidfd_open", "clone", MAP(-1), "Go's os package since 1.23, without pidfds", "src/os/pidfd_linux.go, checkPidfd", .values = {[0] = "CLONE_VM|CLONE_VFORK|SIGCHLD"})
	ROW("pidfd_open", "kill", MAP(-1), "Go's os package since 1.23, without pidfds", "src/os/pidfd_linux.go, checkPidfd", .values = {[1] = "SIGINT, SIGKILL"})
	ROW("pidfd_open", "wait4", MAP(-1), "Go's os package since 1.23, without pidfds", "src/os/exec_unix.go, pidWait", .values = {[2] = "0"})
	ROW("pidfd_open", "waitid", MAP(-1), "Go's os package since 1.23, without pidfds", "src/os/wait_waitid.go, blockUntilWaitable", .values = {[0] = "P_PID", [3] = "WEXITED|WNOWAIT"})
	ROW("pidfd_send_signal", "clone", MAP(-1), "Go's os package since 1.23, without pidfds", "src/os/pidfd_linux.go, checkPidfd", .values = {[0] = "CLONE_VM|CLONE_VFORK|SIGCHLD"})
	ROW("pidfd_send_signal", "kill", MAP(-1, 1), "Go's os package since 1.23, without pidfds", "src/os/pidfd_linux.go, checkPidfd")
	ROW("pidfd_send_signal", "wait4", MAP(-1), "Go's os package since 1.23, without pidfds", "src/os/exec_unix.go, pidWait", .values = {[2] = "0"})
	ROW("pidfd_send_signal", "waitid", MAP(-1), "Go's os package since 1.23, without pidfds", "src/os/wait_waitid.go, blockUntilWaitable", .values = {[0] = "P_PID", [3] = "WEXITED|WNOWAIT"})
	ROW("pipe2", "fcntl", MAP(-1), "musl's pipe2, for its flags", "src/unistd/pipe2.c, pipe2", .values = {[1] = "F_SETFD, F_SETFL"})
	ROW("pipe2", "fcntl64", MAP(-1), "musl's pipe2, for its flags", "src/unistd/pipe2.c, pipe2", .values = {[1] = "F_SETFD, F_SETFL"})
	LIKE("pipe2", "pipe", "musl's pipe2", "src/unistd/pipe2.c, pipe2")
	LIKE("ppoll_time64", "ppoll", "musl since 1.2, on 32 bits", "src/select/ppoll.c, ppoll")
	LIKE("preadv2", "preadv", "glibc's preadv2 since 2.26", "sysdeps/unix/sysv/linux/preadv2.c, preadv2")
	LIKE("preadv2", "readv", "glibc's preadv2 since 2.26, at the current offset", "sysdeps/unix/sysv/linux/preadv2.c, preadv2")
	LIKE("prlimit64", "getrlimit", "musl's getrlimit", "src/misc/getrlimit.c, getrlimit")
	LIKE("prlimit64", "setrlimit", "musl's setrlimit", "src/misc/setrlimit.c, setrlimit")
	LIKE("pselect6_time64", "_newselect", "musl since 1.2, on 32 bits", "src/select/select.c, select")
	LIKE("pselect6_time64", "pselect6", "musl since 1.2, on 32 bits", "src/select/pselect.c, pselect")
	ROW("pwritev2", "fcntl", MAP(-1), "musl's pwrite and pwritev since 1.2.6", "src/unistd/pwritev.c, pwritev", .values = {[1] = "F_GETFL"})
	ROW("pwritev2", "fcntl64", MAP(-1), "musl's pwrite and pwritev since 1.2.6", "src/unistd/pwritev.c, pwritev", .values = {[1] = "F_GETFL"})
	ROW("pwritev2", "pwrite64", MAP(0), "musl's pwrite since 1.2.6", "src/unistd/pwrite.c, pwrite")
	LIKE("pwritev2", "pwritev", "glibc's pwritev2 since 2.26", "sysdeps/unix/sysv/linux/pwritev2.c, pwritev2")
	LIKE("pwritev2", "writev", "glibc's pwritev2 since 2.26, at the current offset", "sysdeps/unix/sysv/linux/pwritev2.c, pwritev2")
	LIKE("recvmmsg_time64", "recvmmsg", "musl since 1.2, on 32 bits", "src/network/recvmmsg.c, recvmmsg")
	ROW("renameat2", "fstatat64", MAP(-1), "gnulib's renameatu: is there a file of that name", "lib/renameatu.c, renameatu", .values = {[3] = "AT_SYMLINK_NOFOLLOW"})
	ROW("renameat2", "newfstatat", MAP(-1), "gnulib's renameatu: is there a file of that name", "lib/renameatu.c, renameatu", .values = {[3] = "AT_SYMLINK_NOFOLLOW"})
	LIKE("renameat2", "rename", "coreutils and others, by gnulib's renameatu", "lib/renameatu.c, renameatu")
	LIKE("renameat2", "renameat", "coreutils and others, by gnulib's renameatu", "lib/renameatu.c, renameatu")
	ROW("rseq", "getcpu", MAP(-1), "glibc's sched_getcpu since 2.35", "sysdeps/unix/sysv/linux/sched_getcpu.c, vsyscall_sched_getcpu")
	LIKE("rt_sigtimedwait_time64", "rt_sigtimedwait", "musl since 1.2, on 32 bits", "src/signal/sigtimedwait.c, do_sigtimedwait")
	LIKE("sched_rr_get_interval_time64", "sched_rr_get_interval", "glibc since 2.34, on 32 bits", "sysdeps/unix/sysv/linux/sched_rr_gi.c, __sched_rr_get_interval64")
	LIKE("semtimedop_time64", "ipc", "musl since 1.2, on 32 bits", "src/ipc/semtimedop.c, semtimedop")
	ROW("sendfile", "read", MAP(-1), "Go's io.Copy, OpenJDK's Files.copy", "src/internal/poll/sendfile_unix.go, sendFile")
	ROW("sendfile", "write", MAP(-1), "Go's io.Copy, OpenJDK's Files.copy", "src/internal/poll/sendfile_unix.go, sendFile")
	ROW("set_robust_list", NULL, MAP(-1), "glibc, which goes on without robust mutexes", "sysdeps/nptl/dl-tls_init_tp.c, __tls_init_tp")
	ROW("signalfd4", "fcntl", MAP(-1), "musl's signalfd, for its flags", "src/linux/signalfd.c, signalfd", .values = {[1] = "F_SETFD, F_SETFL"})
	ROW("signalfd4", "fcntl64", MAP(-1), "musl's signalfd, for its flags", "src/linux/signalfd.c, signalfd", .values = {[1] = "F_SETFD, F_SETFL"})
	LIKE("signalfd4", "signalfd", "musl's signalfd", "src/linux/signalfd.c, signalfd")
	LIKE("statx", "fstat", "glibc's statx since 2.28, musl's, Rust's std, libuv", "sysdeps/unix/sysv/linux/statx.c, statx; src/linux/statx.c, statx; library/std/src/sys/fs/unix.rs, try_statx; src/unix/fs.c, uv__fs_statx")
	LIKE("statx", "fstat64", "glibc's statx since 2.28, musl's, Rust's std, libuv", "sysdeps/unix/sysv/linux/statx.c, statx; src/linux/statx.c, statx; library/std/src/sys/fs/unix.rs, try_statx; src/unix/fs.c, uv__fs_statx")
	LIKE("statx", "fstatat64", "glibc's statx since 2.28, musl's, Rust's std, libuv", "sysdeps/unix/sysv/linux/statx.c, statx; src/linux/statx.c, statx; library/std/src/sys/fs/unix.rs, try_statx; src/unix/fs.c, uv__fs_statx")
	LIKE("statx", "lstat", "glibc's statx since 2.28, musl's, Rust's std, libuv", "sysdeps/unix/sysv/linux/statx.c, statx; src/linux/statx.c, statx; library/std/src/sys/fs/unix.rs, try_statx; src/unix/fs.c, uv__fs_statx")
	LIKE("statx", "lstat64", "glibc's statx since 2.28, musl's, Rust's std, libuv", "sysdeps/unix/sysv/linux/statx.c, statx; src/linux/statx.c, statx; library/std/src/sys/fs/unix.rs, try_statx; src/unix/fs.c, uv__fs_statx")
	LIKE("statx", "newfstatat", "glibc's statx since 2.28, musl's, Rust's std, libuv", "sysdeps/unix/sysv/linux/statx.c, statx; src/linux/statx.c, statx; library/std/src/sys/fs/unix.rs, try_statx; src/unix/fs.c, uv__fs_statx")
	LIKE("statx", "stat", "glibc's statx since 2.28, musl's, Rust's std, libuv", "sysdeps/unix/sysv/linux/statx.c, statx; src/linux/statx.c, statx; library/std/src/sys/fs/unix.rs, try_statx; src/unix/fs.c, uv__fs_statx")
	LIKE("statx", "stat64", "glibc's statx since 2.28, musl's, Rust's std, libuv", "sysdeps/unix/sysv/linux/statx.c, statx; src/linux/statx.c, statx; library/std/src/sys/fs/unix.rs, try_statx; src/unix/fs.c, uv__fs_statx")
	LIKE("timer_gettime64", "timer_gettime", "glibc since 2.34 and musl since 1.2, on 32 bits", "sysdeps/unix/sysv/linux/timer_gettime.c, ___timer_gettime64; src/time/timer_gettime.c, timer_gettime")
	LIKE("timer_settime64", "timer_settime", "glibc since 2.34 and musl since 1.2, on 32 bits", "sysdeps/unix/sysv/linux/timer_settime.c, ___timer_settime64; src/time/timer_settime.c, timer_settime")
	LIKE("timerfd_gettime64", "timerfd_gettime", "glibc since 2.34 and musl since 1.2, on 32 bits", "sysdeps/unix/sysv/linux/timerfd_gettime.c, __timerfd_gettime64; src/linux/timerfd.c, timerfd_gettime")
	LIKE("timerfd_settime64", "timerfd_settime", "musl since 1.2, on 32 bits", "src/linux/timerfd.c, timerfd_settime")
	LIKE("utimensat", "futimesat", "musl's utimensat", "src/stat/utimensat.c, utimensat")
	LIKE("utimensat", "utimes", "musl's utimensat", "src/stat/utimensat.c, utimensat")
	LIKE("utimensat_time64", "utimensat", "musl since 1.2, on 32 bits", "src/stat/utimensat.c, utimensat")
	LIKE("waitid", "wait4", "Go's os package", "src/os/wait_waitid.go, blockUntilWaitable")
};
/* clang-format on */

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

const struct fallback *abi_fallbacks(const char *from, size_t *n)
{
	size_t first = 0;
	while (first < ROWS && strcmp(rows[first].call.from, from) != 0)
		first++;
	for (*n = 0; first + *n < ROWS && strcmp(rows[first + *n].call.from, from) == 0;)
		++*n;
	return *n > 0 ? &rows[first] : NULL;
}

const struct sibling *abi_fallback_calls(const struct fallback *f, size_t *n)
{
	size_t all;
	const struct sibling *s = f->as_sibling ? abi_siblings(f->call.from, &all) : NULL;
	*n = f->call.to != NULL;
	if (s == NULL)
		return &f->call;
	while (all > 0 && strcmp(s->to, f->call.to) != 0)
		s++, all--;
	for (*n = 0; *n < all && strcmp(s[*n].to, f->call.to) == 0;)
		++*n;
	return s;
}

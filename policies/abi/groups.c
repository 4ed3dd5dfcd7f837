/* systemd's groups of system calls. SPDX-License-Identifier: MIT
 *
 * The membership of each group is that of syscall_filter_sets in systemd's src/shared/seccomp-util.c, development after
 * v259 (github.com/bluca/systemd, commit 1a86520849728e8a7f10e343f996976fbd1ed851), without the calls that x86_64, i386
 * and aarch64 lack (send, recv, riscv_hwprobe …). The descriptions follow the table in systemd.exec(5). @known, which is
 * every call, is left out. */
#include <string.h>

#include "policies/abi/abi.h"
#include "policies/abi/groups.h"

/* clang-format off */
const struct syscall_group abi_groups[] = {
	{"@sandbox", "sandboxing programs: seccomp, Landlock",
	 "landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp"},
	{"@aio", "asynchronous I/O: io_setup, io_submit, io_uring",
	 "io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit io_uring_enter "
	 "io_uring_register io_uring_setup"},
	{"@basic-io", "reading, writing, seeking, duplicating and closing descriptors",
	 "_llseek close close_range dup dup2 dup3 lseek pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readv write "
	 "writev"},
	{"@chown", "changing the owner of files",
	 "chown chown32 fchown fchown32 fchownat lchown lchown32"},
	{"@clock", "setting the system's clock",
	 "adjtimex clock_adjtime clock_adjtime64 clock_settime clock_settime64 settimeofday"},
	{"@cpu-emulation", "emulating other processors: vm86, modify_ldt",
	 "modify_ldt vm86 vm86old"},
	{"@debug", "debugging, measuring and tracing: ptrace, perf_event_open",
	 "lookup_dcookie perf_event_open pidfd_getfd ptrace"},
	{"@io-event", "waiting for events: poll, select, epoll, eventfd",
	 "_newselect epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old "
	 "eventfd eventfd2 poll ppoll ppoll_time64 pselect6 pselect6_time64 select"},
	{"@ipc", "pipes, System V IPC, POSIX message queues, other processes' memory",
	 "ipc memfd_create mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend "
	 "mq_timedsend_time64 mq_unlink msgctl msgget msgrcv msgsnd pipe pipe2 process_madvise process_vm_readv "
	 "process_vm_writev semctl semget semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget"},
	{"@keyring", "the kernel's keyrings",
	 "add_key keyctl request_key"},
	{"@memlock", "locking memory in RAM",
	 "mlock mlock2 mlockall munlock munlockall"},
	{"@module", "loading and unloading kernel modules",
	 "delete_module finit_module init_module"},
	{"@mount", "mounting and unmounting file systems, changing the root",
	 "chroot fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree_attr pivot_root umount umount2"},
	{"@network-io", "sockets, local ones (AF_UNIX) too",
	 "accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmmsg_time64 recvmsg "
	 "sendmmsg sendmsg sendto setsockopt shutdown socket socketcall socketpair"},
	{"@pkey", "memory protection keys",
	 "pkey_alloc pkey_free pkey_mprotect"},
	{"@raw-io", "raw I/O ports",
	 "ioperm iopl"},
	{"@reboot", "rebooting, and loading another kernel",
	 "kexec_file_load kexec_load reboot"},
	{"@swap", "swap devices",
	 "swapoff swapon"},
	{"@sync", "writing files and memory to disk",
	 "fdatasync fsync msync sync sync_file_range syncfs"},
	{"@setuid", "changing user and group IDs",
	 "setgid setgid32 setgroups setgroups32 setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid "
	 "setreuid32 setuid setuid32"},
	{"@signal", "handling signals",
	 "rt_sigaction rt_sigpending rt_sigprocmask rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 sigaction "
	 "sigaltstack signal signalfd signalfd4 sigpending sigprocmask sigsuspend"},
	{"@timer", "scheduling by time",
	 "alarm getitimer setitimer timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime "
	 "timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64 times"},
	{"@resources", "limits, memory policy and scheduling",
	 "ioprio_set mbind migrate_pages move_pages nice sched_setaffinity sched_setattr sched_setparam sched_setscheduler "
	 "set_mempolicy set_mempolicy_home_node setpriority setrlimit"},
	{"@process", "processes: creating, executing, signalling, namespaces",
	 "capget clone clone3 execveat fork getrusage kill pidfd_open pidfd_send_signal prctl rt_sigqueueinfo "
	 "rt_tgsigqueueinfo setns tgkill times tkill unshare vfork wait4 waitid waitpid"},
	{"@file-system", "files and directories: opening, creating, renaming, removing, properties, links",
	 "access chdir chmod close creat faccessat faccessat2 fallocate fchdir fchmod fchmodat fchmodat2 fcntl fcntl64 "
	 "fgetxattr file_getattr file_setattr flistxattr fremovexattr fsetxattr fstat fstat64 fstatat64 fstatfs fstatfs64 "
	 "ftruncate ftruncate64 futimesat getcwd getdents getdents64 getxattr getxattrat inotify_add_watch inotify_init "
	 "inotify_init1 inotify_rm_watch lgetxattr link linkat listmount listxattr listxattrat llistxattr lremovexattr "
	 "lsetxattr lstat lstat64 mkdir mkdirat mknod mknodat newfstatat oldfstat oldlstat oldstat open open_tree openat "
	 "openat2 readlink readlinkat removexattr removexattrat rename renameat renameat2 rmdir setxattr setxattrat stat "
	 "stat64 statfs statfs64 statmount statx symlink symlinkat truncate truncate64 unlink unlinkat utime utimensat "
	 "utimensat_time64 utimes"},
	{"@obsolete", "unusual, obsolete or unimplemented calls",
	 "_sysctl afs_syscall bdflush break create_module ftime get_kernel_syms getpmsg gtty idle lock mpx prof profil "
	 "putpmsg query_module security sgetmask ssetmask stime stty sysfs tuxcall ulimit uselib ustat vserver"},
	{"@default", "what systemd always permits: memory, time, the process's own identity, exit",
	 "@sandbox arch_prctl brk clock_getres clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep "
	 "clock_nanosleep_time64 execve exit exit_group futex futex_time64 futex_waitv get_robust_list get_thread_area getegid "
	 "getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getpgid getpgrp getpid getppid getrandom getresgid "
	 "getresgid32 getresuid getresuid32 getrlimit getsid gettid gettimeofday getuid getuid32 lsm_get_self_attr "
	 "lsm_list_modules membarrier mmap mmap2 mprotect mseal munmap nanosleep pause prlimit64 restart_syscall rseq "
	 "rt_sigreturn sched_getaffinity sched_yield set_robust_list set_thread_area set_tid_address sigreturn time ugetrlimit "
	 "uretprobe"},
	{"@privileged", "calls that need a capability",
	 "@chown @clock @module @raw-io @reboot @swap _sysctl acct bpf capset chroot fanotify_init fanotify_mark nfsservctl "
	 "open_by_handle_at pivot_root quotactl quotactl_fd setdomainname setfsuid setfsuid32 setgroups setgroups32 "
	 "sethostname setresuid setresuid32 setreuid setreuid32 setuid setuid32 vhangup"},
	{"@system-service", "a reasonable set for system services, without special-purpose calls",
	 "@aio @basic-io @chown @default @file-system @io-event @ipc @keyring @memlock @network-io @process @resources "
	 "@setuid @signal @sync @timer capget capset copy_file_range fadvise64 fadvise64_64 flock get_mempolicy getcpu "
	 "getpriority ioctl ioprio_get kcmp madvise mremap name_to_handle_at oldolduname olduname personality readahead "
	 "readdir remap_file_pages sched_get_priority_max sched_get_priority_min sched_getattr sched_getparam "
	 "sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 sched_yield sendfile sendfile64 setfsgid "
	 "setfsgid32 setfsuid setfsuid32 setpgid setsid splice sysinfo tee umask uname userfaultfd vmsplice"},
	{"@other", "calls in no group of systemd's", ""},
};

/* Calls that are in no group, each with the call whose group it is listed under. Sorted. */
static const struct {
	const char *call, *sibling;
} like[] = {
	{"futex_requeue", "futex"},
	{"futex_wait", "futex"},
	{"futex_wake", "futex"},
	{"listns", "setns"},
	{"map_shadow_stack", "mmap"},
	{"memfd_secret", "memfd_create"},
	{"mincore", "madvise"},
	{"process_mrelease", "process_madvise"},
	{"rseq_slice_yield", "rseq"},
	{"uprobe", "uretprobe"},
};
/* clang-format on */

const size_t abi_group_count = sizeof(abi_groups) / sizeof(abi_groups[0]);

static const struct syscall_group *group_by_name(const char *name, size_t length)
{
	for (size_t i = 0; i < abi_group_count; i++)
		if (strncmp(abi_groups[i].name, name, length) == 0 && abi_groups[i].name[length] == '\0')
			return &abi_groups[i];
	return NULL;
}

static bool has(const struct syscall_group *group, const char *syscall)
{
	size_t wanted = strlen(syscall);
	for (const char *s = group->members; *s != '\0';) {
		size_t length = strcspn(s, " ");
		if (*s != '@' && length == wanted && strncmp(s, syscall, length) == 0)
			return true;
		if (*s == '@') {
			const struct syscall_group *inner = group_by_name(s, length);
			if (inner != NULL && has(inner, syscall)) /* the table has no cycles */
				return true;
		}
		s += length + (s[length] == ' ');
	}
	return false;
}

bool abi_in_group(const char *syscall, const char *group)
{
	const struct syscall_group *g = group_by_name(group, strlen(group));
	return g != NULL && has(g, syscall);
}

const char *abi_group(const char *syscall)
{
	for (size_t i = 0; i < sizeof(like) / sizeof(like[0]); i++)
		if (strcmp(like[i].call, syscall) == 0)
			return abi_group(like[i].sibling);
	if (abi_by_name(syscall) == NULL)
		return abi_groups[abi_group_count - 1].name;
	for (size_t i = 0; i < abi_group_count; i++)
		if (has(&abi_groups[i], syscall))
			return abi_groups[i].name;
	return abi_groups[abi_group_count - 1].name;
}

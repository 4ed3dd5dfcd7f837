/* What testing an argument closes. SPDX-License-Identifier: MIT
 *
 * --args=shape tests an argument only where that closes something: an attack, a right, a piece of the kernel's code. A test
 * that closes nothing (which signal is handled, lseek's whence, a clock that is read) only ends programs: --args=exact alone
 * has it. Of a permission mode the bits that danger.c marks are looked at (argument_tests.c). */
#include <string.h>

#include "policies/abi/abi.h"
#include "policies/abi/names/names.h"
#include "policies/base/text.h"

/* clang-format off */
static const struct closes {
	const char *calls; /* names, with one blank between */
	const char *arg;   /* NULL: each argument */
	const char *what;
	const char *source;
} rows[] = {
	{"socket socketpair", "domain", "other families of sockets", "CVE-2017-7308, CVE-2021-43267"},
	{"socket socketpair", "type", "raw sockets", "CVE-2017-17712"},
	{"socket socketpair", "protocol", "other protocols", "protocols are modules of their own"},
	{"getsockopt setsockopt", NULL, "options of netfilter, packet rings and the like", "CVE-2021-22555, CVE-2023-0461"},
	{"sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg recvmmsg_time64", "flags", "out-of-band data, fast open and zero-copy", "CVE-2025-38236"},
	{"socketcall ipc", "call", "the other calls behind it", "socketcall(2), ipc(2)"},

	{"open openat", "flags", "writing, creating, O_PATH and O_DIRECT", "open(2)"},
	{"mq_open", "oflag", "writing and creating", "mq_open(3)"},
	{"linkat", "flags", "links to what is only open", "AT_EMPTY_PATH in link(2)"},
	{"renameat2", "flags", "whiteouts", "RENAME_WHITEOUT in rename(2)"},
	{"fallocate", "mode", "collapsing and inserting ranges", "fallocate(2): each file system has code for it"},
	{"pipe2", "flags", "notification pipes", "CVE-2022-0995"},
	{"preadv2 pwritev2", "flags", "polled and atomic input and output", "RWF_HIPRI, RWF_ATOMIC in readv(2)"},
	{"fcntl fcntl64", NULL, "leases, notifications, owners, O_DIRECT and O_ASYNC", "fcntl(2)"},
	{"ioctl", "request", "other requests to terminals and drivers", "CVE-2017-5226, CVE-2017-2636; each driver has code for its own"},
	{"memfd_create", "flags", "executable files and huge pages in memory", "memfd_create(2)"},

	{"mmap mmap2 mprotect pkey_mprotect remap_file_pages", "prot", "executable memory", "MemoryDenyWriteExecute= in systemd.exec(5)"},
	{"mmap mmap2 remap_file_pages", "flags", "memory that grows, huge pages and the like", "CVE-2023-3269"},
	{"madvise process_madvise", "advice", "merging, removing and poisoning pages", "MADV_MERGEABLE, MADV_REMOVE, MADV_HWPOISON in madvise(2)"},
	{"shmget", "shmflg", "huge pages", "SHM_HUGETLB in shmget(2)"},
	{"shmat", "shmflg", "executable memory", "SHM_EXEC in shmop(2)"},
	{"shmctl semctl msgctl", "cmd", "objects of others", "SHM_STAT_ANY in shmctl(2)"},
	{"msgrcv msgsnd", "msgflg", "copies of messages", "MSG_COPY in msgop(2)"},
	{"get_mempolicy set_mempolicy mbind migrate_pages move_pages", NULL, "moving pages, of other processes too", "MPOL_MF_MOVE_ALL in mbind(2)"},

	{"clone", "flags", "namespaces", "user_namespaces(7); CVE-2022-0185"},
	{"unshare", "flags", "namespaces", "user_namespaces(7); CVE-2022-0185"},
	{"setns", "nstype", "namespaces", "user_namespaces(7); CVE-2022-0185"},
	{"personality", "persona", "executable data, memory without random addresses", "personality(2)"},
	{"prctl arch_prctl", NULL, "commands that weaken a defence", "PR_SET_PTRACER, PR_SET_DUMPABLE, PR_SET_SPECULATION_CTRL, PR_SET_MM in prctl(2)"},
	{"seccomp", NULL, "answering the calls of children", "seccomp_unotify(2)"},
	{"futex futex_time64", "futex_op", "priority inheritance", "CVE-2014-3153"},
	{"membarrier", "cmd", "commands that interrupt every processor", "membarrier(2)"},

	{"kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal", "sig", "signals that end, stop or change other processes", "kill(2)"},
	{"setpriority ioprio_set", "which", "priorities of other processes", "setpriority(2), ioprio_set(2)"},
	{"ioprio_set", "ioprio", "real-time input and output", "ioprio_set(2): it can starve the rest"},
	{"sched_setscheduler", "policy", "real-time scheduling", "sched(7): it can starve the rest"},
	{"timer_create timerfd_create", "clockid", "timers that wake the machine, and those of processor time", "CVE-2025-38352"},
	{"clock_settime clock_settime64 clock_adjtime clock_adjtime64", "clockid", "other clocks", "clock_settime(2): dynamic clocks are devices"},

	{"bpf delete_module finit_module execveat fanotify_init fanotify_mark fsconfig fsmount fsopen fspick io_uring_enter "
	 "io_uring_register ioperm iopl kcmp kexec_file_load kexec_load keyctl lsm_set_self_attr memfd_secret modify_ldt mount "
	 "mount_setattr move_mount name_to_handle_at nfsservctl open_by_handle_at open_tree open_tree_attr perf_event_open "
	 "pidfd_getfd process_mrelease process_vm_readv process_vm_writev ptrace query_module quotactl quotactl_fd reboot "
	 "splice swapon sysfs syslog tee umount2 userfaultfd vm86 vmsplice bdflush", NULL, "what else it can do", "policies/abi/power/danger.c"},
};
/* clang-format on */

const char *abi_closes(const char *syscall, const struct arg *arg)
{
	/* A signal that a process asks for itself (PR_SET_PDEATHSIG, F_SETSIG). */
	if (arg->name == NULL || (arg->kind == ARG_SIGNAL && strcmp(arg->name, "sig") != 0))
		return NULL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((rows[i].arg == NULL || strcmp(rows[i].arg, arg->name) == 0) && text_has_word(rows[i].calls, syscall))
			return rows[i].what;
	return NULL;
}

bool abi_closes_row(size_t i, const char **calls, const char **arg)
{
	if (i >= sizeof(rows) / sizeof(rows[0]))
		return false;
	*calls = rows[i].calls;
	*arg = rows[i].arg;
	return true;
}

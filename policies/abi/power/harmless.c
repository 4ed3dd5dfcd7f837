/* Bits of arguments that give an attacker no new reach, whether set or clear. SPDX-License-Identifier: MIT
 *
 * A policy that tests them only breaks programs: the next version of a library opens its files with O_CLOEXEC. Whether
 * a bit may stand here: no file, process, memory or kernel code can be reached with one of its values that can't be
 * with the other, by a caller whose other arguments are what they are. (Paths are never tested, so a bit that refuses
 * some of them restricts nobody but a careful program.) What is merely unusual does not count, nor what is free of harm
 * only in the kernels of today: a bit that switches another implementation on is left out (RWF_HIPRI, O_DIRECT,
 * MSG_ZEROCOPY), so is what says when something happens at all (LOCK_SH, TIMER_ABSTIME). */
#include <string.h>

#include "policies/abi/abi.h"
#include "policies/abi/names/names.h"

/* clang-format off */
#define CLOSED_ON_EXEC "only a program executed later would have the descriptor"
#define FAILS_NOT_WAITS "fails where it would have to wait"

static const struct harmless {
	const struct name_set *set;
	const char *name; /* of a bit; or of a value of a field, which stands for the whole field */
	const char *reason;
} harmless[] = {
	{&abi_set_accept_flags,         "SOCK_CLOEXEC",        CLOSED_ON_EXEC},
	{&abi_set_accept_flags,         "SOCK_NONBLOCK",       FAILS_NOT_WAITS},
	{&abi_set_at_flags,             "AT_NO_AUTOMOUNT",     "the path's last part is not mounted; an open of it would"},
	{&abi_set_at_flags,             "AT_STATX_FORCE_SYNC", "how fresh a network file system's answer is"},
	{&abi_set_dup3_flags,           "O_CLOEXEC",           CLOSED_ON_EXEC},
	{&abi_set_epoll_create_flags,   "EPOLL_CLOEXEC",       CLOSED_ON_EXEC},
	{&abi_set_eventfd_flags,        "EFD_CLOEXEC",         CLOSED_ON_EXEC},
	{&abi_set_eventfd_flags,        "EFD_NONBLOCK",        FAILS_NOT_WAITS},
	{&abi_set_fanotify_init_flags,  "FAN_CLOEXEC",         CLOSED_ON_EXEC},
	{&abi_set_fanotify_init_flags,  "FAN_NONBLOCK",        FAILS_NOT_WAITS},
	{&abi_set_fd_flags,             "FD_CLOEXEC",          CLOSED_ON_EXEC},
	{&abi_set_flock_operations,     "LOCK_NB",             FAILS_NOT_WAITS},
	{&abi_set_fsmount_flags,        "FSMOUNT_CLOEXEC",     CLOSED_ON_EXEC},
	{&abi_set_fsopen_flags,         "FSOPEN_CLOEXEC",      CLOSED_ON_EXEC},
	{&abi_set_fspick_flags,         "FSPICK_CLOEXEC",      CLOSED_ON_EXEC},
	{&abi_set_fspick_flags,         "FSPICK_NO_AUTOMOUNT", "as AT_NO_AUTOMOUNT"},
	{&abi_set_futex2_flags,         "FUTEX2_PRIVATE",      "as FUTEX_PRIVATE_FLAG"},
	{&abi_set_futex_ops,            "FUTEX_PRIVATE_FLAG",  "whether waiters of other processes are found, by memory shared with them"},
	{&abi_set_futex_ops,            "FUTEX_CLOCK_REALTIME", "which clock ends the wait"},
	{&abi_set_getrandom_flags,      "GRND_NONBLOCK",       FAILS_NOT_WAITS},
	{&abi_set_inotify_flags,        "IN_CLOEXEC",          CLOSED_ON_EXEC},
	{&abi_set_inotify_flags,        "IN_NONBLOCK",         FAILS_NOT_WAITS},
	{&abi_set_listmount_flags,      "LISTMOUNT_REVERSE",   "the order of the answer"},
	{&abi_set_memfd_flags,          "MFD_CLOEXEC",         CLOSED_ON_EXEC},
	{&abi_set_memfd_secret_flags,   "O_CLOEXEC",           CLOSED_ON_EXEC},
	{&abi_set_mmap_flags,           "MAP_DENYWRITE",       "ignored since Linux 2.6"},
	{&abi_set_mmap_flags,           "MAP_EXECUTABLE",      "ignored; PROT_EXEC is what makes a mapping executable"},
	{&abi_set_mmap_flags,           "MAP_NONBLOCK",        "only says how MAP_POPULATE reads"},
	{&abi_set_mmap_flags,           "MAP_NORESERVE",       "only how swap space is accounted"},
	{&abi_set_mmap_flags,           "MAP_POPULATE",        "faults the pages in now and not when they are used"},
	{&abi_set_mmap_flags,           "MAP_STACK",           "no effect but no huge pages since Linux 6.7"},
	{&abi_set_msg_flags,            "IPC_NOWAIT",          FAILS_NOT_WAITS},
	{&abi_set_open_flags,           "O_CLOEXEC",           CLOSED_ON_EXEC},
	{&abi_set_open_flags,           "O_DIRECTORY",         "refuses what is no directory"},
	{&abi_set_open_flags,           "O_LARGEFILE",         "always set for 64-bit programs; allows sizes only"},
	{&abi_set_open_flags,           "O_NOFOLLOW",          "refuses a symbolic link"},
	{&abi_set_open_flags,           "O_NONBLOCK",          FAILS_NOT_WAITS},
	{&abi_set_open_tree_flags,      "AT_NO_AUTOMOUNT",     "as for statx"},
	{&abi_set_open_tree_flags,      "OPEN_TREE_CLOEXEC",   CLOSED_ON_EXEC},
	{&abi_set_perf_event_flags,     "PERF_FLAG_FD_CLOEXEC", CLOSED_ON_EXEC},
	{&abi_set_pidfd_open_flags,     "PIDFD_NONBLOCK",      FAILS_NOT_WAITS},
	{&abi_set_pipe2_flags,          "O_CLOEXEC",           CLOSED_ON_EXEC},
	{&abi_set_pipe2_flags,          "O_NONBLOCK",          FAILS_NOT_WAITS},
	{&abi_set_rwf_flags,            "RWF_NOWAIT",          FAILS_NOT_WAITS},
	/* F_SETFL changes O_APPEND, O_ASYNC, O_DIRECT, O_NOATIME and O_NONBLOCK. It ignores the
	 * other flags, which programs pass as F_GETFL returned them (fs/fcntl.c, SETFL_MASK). */
	{&abi_set_setfl_flags,          "O_RDONLY",            "F_SETFL ignores it"},
	{&abi_set_setfl_flags,          "O_CLOEXEC",           "F_SETFL ignores it"},
	{&abi_set_setfl_flags,          "O_CREAT",             "F_SETFL ignores it"},
	{&abi_set_setfl_flags,          "O_DIRECTORY",         "F_SETFL ignores it"},
	{&abi_set_setfl_flags,          "O_EXCL",              "F_SETFL ignores it"},
	{&abi_set_setfl_flags,          "O_LARGEFILE",         "F_SETFL ignores it"},
	{&abi_set_setfl_flags,          "O_NOCTTY",            "F_SETFL ignores it"},
	{&abi_set_setfl_flags,          "O_NOFOLLOW",          "F_SETFL ignores it"},
	{&abi_set_setfl_flags,          "O_PATH",              "F_SETFL ignores it"},
	{&abi_set_setfl_flags,          "O_SYNC",              "F_SETFL ignores it"},
	{&abi_set_setfl_flags,          "O_TMPFILE",           "F_SETFL ignores it"},
	{&abi_set_setfl_flags,          "O_TRUNC",             "F_SETFL ignores it"},
	{&abi_set_setfl_flags,          "O_NONBLOCK",          FAILS_NOT_WAITS},
	{&abi_set_shmget_flags,         "SHM_NORESERVE",       "as MAP_NORESERVE"},
	{&abi_set_signalfd_flags,       "SFD_CLOEXEC",         CLOSED_ON_EXEC},
	{&abi_set_signalfd_flags,       "SFD_NONBLOCK",        FAILS_NOT_WAITS},
	{&abi_set_socket_msg_flags,     "MSG_CMSG_CLOEXEC",    CLOSED_ON_EXEC},
	{&abi_set_socket_msg_flags,     "MSG_DONTWAIT",        FAILS_NOT_WAITS},
	{&abi_set_socket_msg_flags,     "MSG_NOSIGNAL",        "no SIGPIPE to the caller itself"},
	{&abi_set_socket_msg_flags,     "MSG_WAITALL",         "waits for more of the same stream"},
	{&abi_set_socket_msg_flags,     "MSG_WAITFORONE",      "MSG_DONTWAIT after the first message"},
	{&abi_set_socket_types,         "SOCK_CLOEXEC",        CLOSED_ON_EXEC},
	{&abi_set_socket_types,         "SOCK_NONBLOCK",       FAILS_NOT_WAITS},
	{&abi_set_splice_flags,         "SPLICE_F_NONBLOCK",   FAILS_NOT_WAITS},
	{&abi_set_timerfd_create_flags, "TFD_CLOEXEC",         CLOSED_ON_EXEC},
	{&abi_set_timerfd_create_flags, "TFD_NONBLOCK",        FAILS_NOT_WAITS},
	{&abi_set_userfaultfd_flags,    "O_CLOEXEC",           CLOSED_ON_EXEC},
	{&abi_set_userfaultfd_flags,    "O_NONBLOCK",          FAILS_NOT_WAITS},
	{&abi_set_wait_options,         "WNOHANG",             FAILS_NOT_WAITS},
};
/* clang-format on */

enum { ROWS = sizeof(harmless) / sizeof(harmless[0]) };

/* The bits of each row on each architecture; 0: the architecture has no such name. */
static uint64_t bits[ROWS][ARCH_COUNT];

__attribute__((constructor(101))) static void compute_bits(void)
{
	for (size_t i = 0; i < ROWS; i++) {
		const struct name_set *set = harmless[i].set;
		for (size_t k = 0; k < set->count; k++)
			for (int arch = 0; arch < ARCH_COUNT; arch++)
				if ((set->values[k].archs & ARCH_BIT(arch)) != 0 &&
				    strcmp(set->values[k].name, harmless[i].name) == 0)
					bits[i][arch] = set->values[k].mask;
	}
}

uint64_t abi_harmless(const struct arg *arg, enum arch arch)
{
	uint64_t all = 0;
	for (size_t i = 0; arg->set != NULL && i < ROWS; i++)
		if (harmless[i].set == arg->set)
			all |= bits[i][arch];
	return all;
}

bool abi_harmless_row(size_t i, const struct name_set **set, const char **name)
{
	if (i >= ROWS)
		return false;
	*set = harmless[i].set;
	*name = harmless[i].name;
	return true;
}

/* Calls that are aimed at the recorder. SPDX-License-Identifier: MIT */
#include "tracer/notify/turn_away.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tracer/process/aim.h"
#include "tracer/process/memory.h"
#include "tracer/process/proc.h"

/* What a call would do to the parent, done by us: 0, or an errno value. */
typedef int act(pid_t tid, const struct call *call);

static int outcome(long result)
{
	return result == 0 ? 0 : errno;
}

static int send_plain(pid_t tid, const struct call *call)
{
	(void)tid;
	return outcome(kill(getppid(), (int)call->args[1]));
}

static int send_to_thread(pid_t tid, const struct call *call)
{
	(void)tid;
	return outcome(syscall(SYS_tkill, getppid(), (int)call->args[1]));
}

static int send_to_thread_of_group(pid_t tid, const struct call *call)
{
	(void)tid;
	return outcome(syscall(SYS_tgkill, getppid(), getppid(), (int)call->args[2]));
}

/* The siginfo_t of 32-bit programs (compat_siginfo, include/linux/compat.h), as far as sigqueue(3) uses it. */
struct info_32 {
	int32_t signal, error, code, pid, uid, value;
};

/* The parent is no thread of a group that the caller could name: the signal goes to the process, as to its only thread. */
static int send_with_value(pid_t tid, int signal_number, uint64_t address, enum arch arch)
{
	siginfo_t info = {0};
	struct info_32 short_info;
	if (arch == ARCH_I386) {
		if (!memory_read_once(tid, (uint32_t)address, &short_info, sizeof(short_info)))
			return EFAULT;
		info.si_errno = short_info.error;
		info.si_code = short_info.code;
		info.si_pid = short_info.pid;
		info.si_uid = (uid_t)short_info.uid;
		info.si_value.sival_int = short_info.value;
	} else if (!memory_read_once(tid, address, &info, sizeof(info))) {
		return EFAULT;
	}
	info.si_signo = signal_number;
	return outcome(syscall(SYS_rt_sigqueueinfo, getppid(), signal_number, &info));
}

static int queue(pid_t tid, const struct call *call)
{
	return send_with_value(tid, (int)call->args[1], call->args[2], call->arch);
}

static int queue_to_thread(pid_t tid, const struct call *call)
{
	return send_with_value(tid, (int)call->args[2], call->args[3], call->arch);
}

static int send_by_descriptor(pid_t tid, const struct call *call)
{
	return call->args[2] != 0 ? queue(tid, call) : send_plain(tid, call);
}

static int limit(pid_t tid, const struct call *call)
{
	struct rlimit next, before;
	bool sets = call->args[2] != 0, asks = call->args[3] != 0;
	if (sets && !memory_read_once(tid, call->args[2], &next, sizeof(next)))
		return EFAULT;
	if (syscall(SYS_prlimit64, getppid(), call->args[1], sets ? &next : NULL, &before) != 0)
		return errno;
	struct iovec ours = {&before, sizeof(before)}, theirs = {(void *)(uintptr_t)call->args[3], sizeof(before)};
	return asks && process_vm_writev(tid, &ours, 1, &theirs, 1, 0) != (ssize_t)sizeof(before) ? EFAULT : 0;
}

static int refuse(pid_t tid, const struct call *call)
{
	(void)tid, (void)call;
	return EPERM;
}

/* The descriptor's owner is kept with the open file, which we take for a moment (pidfd_getfd(2), Linux 5.6). */
static int own(pid_t tid, const struct call *call)
{
	pid_t process = (pid_t)proc_status(tid, "Tgid:", 10);
	int pidfd = process > 0 ? (int)syscall(SYS_pidfd_open, process, 0) : -1;
	int fd = pidfd >= 0 ? (int)syscall(SYS_pidfd_getfd, pidfd, (int)call->args[0], 0) : -1;
	int error = fd < 0 ? EPERM : outcome(fcntl(fd, F_SETOWN, getppid()));
	if (fd >= 0)
		close(fd);
	if (pidfd >= 0)
		close(pidfd);
	return error;
}

static act *act_of(enum aim aim, const char *name)
{
	static const struct {
		const char *name;
		act *act;
	} acts[] = {{"kill", send_plain},
		    {"tkill", send_to_thread},
		    {"tgkill", send_to_thread_of_group},
		    {"rt_sigqueueinfo", queue},
		    {"rt_tgsigqueueinfo", queue_to_thread},
		    {"pidfd_send_signal", send_by_descriptor},
		    {"prlimit64", limit}};
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (strcmp(acts[i].name, name) == 0)
			return acts[i].act;
	return aim == AIM_OWN ? own : refuse;
}

bool turn_away(int listener, const union notification *n, const struct call *call)
{
	pid_t tid = (pid_t)n->notif.pid;
	const struct syscall_desc *desc = abi_by_nr(call->arch, call->nr);
	enum aim aim = desc != NULL ? aim_of(tid, call, desc->name) : AIM_ELSEWHERE;
	if (aim == AIM_ELSEWHERE)
		return false;
	bool permitted = proc_status(tid, "Uid:", 10) == getuid() && listener_waits(listener, n->notif.id);
	int error = permitted ? act_of(aim, desc->name)(tid, call) : EPERM;
	listener_answer(listener, n->notif.id, 0, -error);
	return true;
}

/* Waiting calls that would end early because their thread is traced. SPDX-License-Identifier: MIT */
#include "tracer/ptrace/restart/waits.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "policies/abi/abi.h"
#include "policies/base/clock.h"
#include "tracer/process/memory.h"
#include "tracer/process/proc.h"
#include "tracer/ptrace/read_filters.h"
#include "tracer/ptrace/signals.h"
#include "tracer/ptrace/tracee.h"

enum { NANOSECONDS = 1000000000 };

/* Where a call's time limit is: in an argument, as milliseconds or as a time (of 64 bits, or of the
 * architecture's size); or a property of its socket (sock_intr_errno, include/net/sock.h: without a
 * limit the kernel restarts the call itself). */
enum limit { NEVER, MILLISECONDS, TIME, TIME64, SOCKET_IN, SOCKET_OUT, CONNECT, SPLICE, URING, IPC, SOCKETCALL, IOCTL, LOST };

/* The waits that return -EINTR or -ERESTART_RESTARTBLOCK, from Linux 6.1 to 6.18. `at`: the
 * argument with the limit or the descriptor. */
static const struct waiting {
	const char *name;
	enum wait_kind kind;
	enum limit limit;
	int at, result;
} waiting[] = {
    {"epoll_wait", WAIT_INTERRUPTED, MILLISECONDS, 3, 0},
    {"epoll_pwait", WAIT_INTERRUPTED, MILLISECONDS, 3, 0},
    {"epoll_pwait2", WAIT_INTERRUPTED, TIME64, 3, 0},
    {"semop", WAIT_INTERRUPTED, NEVER, 0, 0},
    {"semtimedop", WAIT_INTERRUPTED, TIME, 3, -EAGAIN},
    {"semtimedop_time64", WAIT_INTERRUPTED, TIME64, 3, -EAGAIN},
    {"ipc", WAIT_INTERRUPTED, IPC, 0, -EAGAIN},
    {"io_getevents", WAIT_INTERRUPTED, TIME, 4, 0},
    {"io_uring_enter", WAIT_INTERRUPTED, URING, 3, -ETIME},
    {"rt_sigtimedwait", WAIT_INTERRUPTED, TIME, 2, -EAGAIN},
    {"rt_sigtimedwait_time64", WAIT_INTERRUPTED, TIME64, 2, -EAGAIN},
    {"accept", WAIT_INTERRUPTED, SOCKET_IN, 0, -EAGAIN},
    {"accept4", WAIT_INTERRUPTED, SOCKET_IN, 0, -EAGAIN},
    {"recvfrom", WAIT_INTERRUPTED, SOCKET_IN, 0, -EAGAIN},
    {"recvmsg", WAIT_INTERRUPTED, SOCKET_IN, 0, -EAGAIN},
    {"recvmmsg", WAIT_INTERRUPTED, SOCKET_IN, 0, -EAGAIN},
    {"recvmmsg_time64", WAIT_INTERRUPTED, SOCKET_IN, 0, -EAGAIN},
    {"read", WAIT_INTERRUPTED, SOCKET_IN, 0, -EAGAIN},
    {"readv", WAIT_INTERRUPTED, SOCKET_IN, 0, -EAGAIN},
    {"preadv2", WAIT_INTERRUPTED, SOCKET_IN, 0, -EAGAIN},
    {"connect", WAIT_INTERRUPTED, CONNECT, 0, -EINPROGRESS},
    {"sendto", WAIT_INTERRUPTED, SOCKET_OUT, 0, -EAGAIN},
    {"sendmsg", WAIT_INTERRUPTED, SOCKET_OUT, 0, -EAGAIN},
    {"sendmmsg", WAIT_INTERRUPTED, SOCKET_OUT, 0, -EAGAIN},
    {"write", WAIT_INTERRUPTED, SOCKET_OUT, 0, -EAGAIN},
    {"writev", WAIT_INTERRUPTED, SOCKET_OUT, 0, -EAGAIN},
    {"pwritev2", WAIT_INTERRUPTED, SOCKET_OUT, 0, -EAGAIN},
    {"sendfile", WAIT_INTERRUPTED, SOCKET_OUT, 0, -EAGAIN},
    {"sendfile64", WAIT_INTERRUPTED, SOCKET_OUT, 0, -EAGAIN},
    {"splice", WAIT_INTERRUPTED, SPLICE, 0, -EAGAIN},
    {"socketcall", WAIT_INTERRUPTED, SOCKETCALL, 0, -EAGAIN},
    {"ioctl", WAIT_INTERRUPTED, IOCTL, 1, 0},
    {"nanosleep", WAIT_SLEEP, TIME, 0, 0},
    {"clock_nanosleep", WAIT_SLEEP, TIME, 2, 0},
    {"clock_nanosleep_time64", WAIT_SLEEP, TIME64, 2, 0},
    {"poll", WAIT_SLEEP, MILLISECONDS, 2, 0},
    {"futex", WAIT_SLEEP, TIME, 3, -ETIMEDOUT},
    {"futex_time64", WAIT_SLEEP, TIME64, 3, -ETIMEDOUT},
    {"restart_syscall", WAIT_SLEEP, LOST, 0, -EINTR}, /* the continued call is unknown */
};

/* The call that a thread is at. */
struct seen {
	pid_t tid, tgid;
	enum arch arch;
	uint64_t args[6];
};

/* Reads a struct timespec as nanoseconds; -1: there is none. */
static int64_t read_time(const struct seen *s, uint64_t address, bool wide)
{
	int64_t time[2];
	int32_t narrow[2];
	wide = wide || s->arch != ARCH_I386;
	if (address == 0 || !memory_read_once(s->tid, address, wide ? (void *)time : narrow, wide ? sizeof(time) : sizeof(narrow)))
		return -1;
	int64_t seconds = wide ? time[0] : narrow[0], rest = wide ? time[1] : narrow[1];
	return seconds < 0 || seconds > INT64_MAX / NANOSECONDS - 1 ? -1 : seconds * NANOSECONDS + rest;
}

/* Returns a socket's time limit in that direction, and its family; -1: no limit; -2: not a socket,
 * or unknown. */
static int64_t socket_limit(const struct seen *s, uint64_t fd, int option, int *domain)
{
	int process = (int)syscall(SYS_pidfd_open, s->tgid, 0); /* Linux 5.3, and pidfd_getfd 5.6 */
	int copy = process >= 0 ? (int)syscall(SYS_pidfd_getfd, process, (int)fd, 0) : -1;
	struct timeval limit = {0};
	socklen_t n = sizeof(limit), size = sizeof(*domain);
	bool told = copy >= 0 && getsockopt(copy, SOL_SOCKET, option, &limit, &n) == 0 &&
		    getsockopt(copy, SOL_SOCKET, SO_DOMAIN, domain, &size) == 0;
	if (copy >= 0)
		close(copy);
	if (process >= 0)
		close(process);
	if (!told)
		return -2;
	return timerisset(&limit) ? limit.tv_sec * INT64_C(1000000000) + limit.tv_usec * INT64_C(1000) : -1;
}

static struct wait of_socket(const struct seen *s, uint64_t fd, int option, int result)
{
	int domain = AF_UNSPEC;
	int64_t limit = socket_limit(s, fd, option, &domain);
	if (result == -EINPROGRESS && domain == AF_UNIX)
		result = -EAGAIN; /* connect(2) */
	return (struct wait){.kind = limit == -2 ? WAIT_NONE : WAIT_INTERRUPTED, .limit = limit, .result = result};
}

/* The calls behind ipc(2) and socketcall(2), by which 32-bit programs use sockets and
 * semaphores. */
static struct wait of_ipc(const struct seen *s, int result)
{
	enum { SEMOP = 1, SEMTIMEDOP = 4 }; /* linux/ipc.h */
	uint32_t call = (uint32_t)s->args[0] & 0xffff;
	if (call != SEMOP && call != SEMTIMEDOP)
		return (struct wait){0};
	return (struct wait){.kind = WAIT_INTERRUPTED, .limit = call == SEMOP ? -1 : read_time(s, s->args[5], false), .result = result};
}

static struct wait of_socketcall(const struct seen *s, int result)
{
	/* linux/net.h; the arguments are in memory, the descriptor first. */
	enum { CONNECT_ = 3, ACCEPT = 5, SEND = 9, RECV, SENDTO, RECVFROM, SENDMSG = 16, RECVMSG, ACCEPT4, RECVMMSG, SENDMMSG };
	uint32_t fd, call = (uint32_t)s->args[0];
	bool in = call == ACCEPT || call == RECV || call == RECVFROM || call == RECVMSG || call == ACCEPT4 || call == RECVMMSG;
	bool out = call == CONNECT_ || call == SEND || call == SENDTO || call == SENDMSG || call == SENDMMSG;
	if ((!in && !out) || !memory_read_once(s->tid, s->args[1], &fd, sizeof(fd)))
		return (struct wait){0};
	return of_socket(s, fd, in ? SO_RCVTIMEO : SO_SNDTIMEO, call == CONNECT_ ? -EINPROGRESS : result);
}

static struct wait of_splice(const struct seen *s, int result)
{
	struct wait in = of_socket(s, s->args[0], SO_RCVTIMEO, result);
	return in.kind != WAIT_NONE ? in : of_socket(s, s->args[2], SO_SNDTIMEO, result);
}

static struct wait of_uring(const struct seen *s, int result)
{
	enum { EXT_ARG = 8 }; /* IORING_ENTER_EXT_ARG: struct io_uring_getevents_arg, linux/io_uring.h, Linux 5.11 */
	uint64_t arg[3] = {0};
	if ((s->args[3] & EXT_ARG) == 0 || !memory_read_once(s->tid, s->args[4], arg, sizeof(arg)))
		return (struct wait){.kind = WAIT_INTERRUPTED, .limit = -1, .result = result};
	return (struct wait){.kind = WAIT_INTERRUPTED, .limit = read_time(s, arg[2], true), .result = result};
}

/* ioctls that wait: for a terminal's output to be written (tcdrain(3)), and for a filter's
 * notification (seccomp_unotify(2)). */
static struct wait of_ioctl(const struct seen *s)
{
	enum { NOTIF_RECV = 0xc0502100 };
	uint32_t request = (uint32_t)s->args[1];
	bool waits = (request == TCSBRK && s->args[2] != 0) || request == NOTIF_RECV;
	return (struct wait){.kind = waits ? WAIT_INTERRUPTED : WAIT_NONE, .limit = -1, .result = 0};
}

static struct wait judge(const struct waiting *w, const struct seen *s)
{
	uint64_t value = s->args[w->at];
	struct wait wait = {.kind = w->kind, .limit = -1, .result = w->result};
	switch (w->limit) {
	case MILLISECONDS:
		wait.limit = (int32_t)value < 0 ? -1 : (int64_t)(int32_t)value * 1000000;
		break;
	case TIME:
	case TIME64:
		wait.limit = read_time(s, value, w->limit == TIME64);
		break;
	case SOCKET_IN:
		return of_socket(s, value, SO_RCVTIMEO, w->result);
	case SOCKET_OUT:
	case CONNECT:
		return of_socket(s, value, SO_SNDTIMEO, w->result);
	case SPLICE:
		return of_splice(s, w->result);
	case URING:
		return of_uring(s, w->result);
	case IPC:
		return of_ipc(s, w->result);
	case SOCKETCALL:
		return of_socketcall(s, w->result);
	case IOCTL:
		return of_ioctl(s);
	case LOST:
		wait.limit = 0;
		break;
	case NEVER:
		break;
	}
	/* A restarted call may keep a point in time. Only FUTEX_WAIT (0) has a duration (futex(2)). */
	bool futex = strncmp(w->name, "futex", 5) == 0, clock = strncmp(w->name, "clock_nanosleep", 15) == 0;
	if ((futex && ((uint32_t)s->args[1] & 0x7f) != 0) || (clock && ((uint32_t)s->args[1] & TIMER_ABSTIME) != 0))
		wait.limit = -1;
	return wait;
}

/* How a call with that number waits, given such a result. */
static const struct waiting *find(const struct seen *s, uint32_t nr, int32_t result)
{
	char buffer[32];
	const char *name = abi_name(s->arch, nr, buffer, sizeof(buffer));
	for (size_t i = 0; i < sizeof(waiting) / sizeof(waiting[0]); i++) {
		bool fits = waiting[i].kind == WAIT_SLEEP ? result != -EINTR : result != -ERESTART_RESTARTBLOCK;
		if (fits && strcmp(name, waiting[i].name) == 0)
			return &waiting[i];
	}
	return NULL;
}

struct wait waits_look(pid_t tid, pid_t tgid, enum at_stop stop, uint32_t slept)
{
	struct at_call call;
	if (!at_call_read(tid, stop, &call))
		return (struct wait){0};
	struct seen s = {.tid = tid, .tgid = tgid, .arch = call.arch};
	memcpy(s.args, call.args, sizeof(s.args));
	const struct waiting *w = find(&s, call.nr, call.result);
	bool again = w != NULL && w->limit == LOST && slept != 0;
	const struct waiting *before = again ? find(&s, slept, call.result) : NULL;
	if (w == NULL)
		return (struct wait){0};
	struct wait wait = judge(before != NULL ? before : w, &s);
	wait.nr = before != NULL ? slept : call.nr;
	wait.again = before != NULL;
	return wait;
}

struct wait waits_look_at(const struct tracee *tracee)
{
	enum at_stop stop = tracee->remade ? AT_REMADE : tracee->interruption != INTERRUPTION_NONE ? AT_OURS : AT_ANY;
	return waits_look(tracee->tid, tracee->process != NULL ? tracee->process->tgid : tracee->tid, stop, tracee->slept);
}

void waits_interrupt(const struct tracee *tracee)
{
	if (waits_look_at(tracee).kind == WAIT_INTERRUPTED)
		at_call_return(tracee->tid, -EINTR);
}

enum effect waits_effect(pid_t tid, int signal)
{
	uint64_t bit = (uint64_t)1 << (signal - 1);
	if (signal == SIGCONT)
		return EFFECT_STOP;
	if (!proc_usable() || (proc_status(tid, "SigCgt:", 16) & bit) != 0)
		return EFFECT_OTHER;
	if (signal == SIGCHLD || signal == SIGURG || signal == SIGWINCH || (proc_status(tid, "SigIgn:", 16) & bit) != 0)
		return EFFECT_NONE;
	return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU ? EFFECT_STOP : EFFECT_OTHER;
}

static void set_deadline(struct tracee_table *t, struct tracee *tracee, int64_t deadline)
{
	t->deadlines += (deadline != 0) - (tracee->deadline != 0);
	tracee->deadline = deadline;
	tracee->rung = false;
	if (deadline != 0 && (t->deadlines == 1 || deadline < t->next_deadline))
		t->next_deadline = deadline;
}

/* Whether the kernel must not continue a call by restart_syscall(2), because a filter of the
 * program may deny it. */
static bool must_spare(const struct tracee_table *t, const struct tracee *tracee)
{
	bool own =
	    tracee->process == NULL || tracee->process->syscall_stops; /* otherwise there is only our own filter */
	return tracee->deadline != 0 || tracee->interruption == INTERRUPTION_FOR_FILTER || (own && filters_deny_restart(tracee->tid, t->judge));
}

static void note(struct tracee *tracee, const struct wait *wait)
{
	if (wait->kind == WAIT_SLEEP && !wait->again)
		tracee->slept = wait->nr;
}

bool waits_make_anew(struct tracee_table *t, struct tracee *tracee)
{
	struct wait wait = waits_look_at(tracee);
	if (wait.kind == WAIT_NONE || (wait.kind == WAIT_SLEEP && !must_spare(t, tracee))) {
		note(tracee, &wait);
		return false;
	}
	if (wait.limit >= 0) {
		int64_t now = now_ns();
		if (tracee->entered == 0)
			tracee->entered = now;
		int64_t deadline = wait.limit < INT64_MAX - tracee->entered ? tracee->entered + wait.limit : INT64_MAX;
		if (now >= deadline) {
			at_call_return(tracee->tid, wait.result);
			waits_over(t, tracee);
			return false;
		}
		set_deadline(t, tracee, deadline);
	}
	if (wait.again)
		at_call_number(tracee->tid, wait.nr);
	at_call_again(tracee->tid);
	tracee->remade = true;
	return true;
}

void waits_note(struct tracee *tracee)
{
	struct wait wait = waits_look_at(tracee);
	note(tracee, &wait);
}

void waits_over(struct tracee_table *t, struct tracee *tracee)
{
	set_deadline(t, tracee, 0);
	tracee->entered = 0;
}

int64_t waits_end_due(struct tracee_table *t)
{
	if (t->deadlines == 0)
		return -1;
	int64_t now = now_ns(), next = INT64_MAX;
	for (size_t i = 0; now >= t->next_deadline && i < BUCKETS; i++)
		for (struct tracee *tracee = t->buckets[i]; tracee != NULL; tracee = tracee->next) {
			if (tracee->deadline == 0 || tracee->rung)
				continue;
			if (tracee->deadline <= now)
				tracee->rung = ptrace(PTRACE_INTERRUPT, tracee->tid, NULL, NULL) == 0;
			else if (tracee->deadline < next)
				next = tracee->deadline;
		}
	if (now >= t->next_deadline)
		t->next_deadline = next;
	int64_t rest = t->next_deadline - now;
	return rest > INT64_C(1000000) * 1000000 ? 1000000 : rest / 1000000 + 1;
}

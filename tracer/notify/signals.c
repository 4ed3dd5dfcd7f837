/* Signals to the recorder. SPDX-License-Identifier: MIT */
#include "tracer/notify/signals.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tracer/process/proc.h"

int incoming_begin(struct error *e)
{
	static const int others[] = {SIGCHLD, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU};
	sigset_t set;
	sigfillset(&set);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		sigdelset(&set, others[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd >= 0 ? fd : error_system(e, "cannot wait for signals");
}

/* Whether a process is the command or descends from it, by what /proc says now. */
static bool is_from_within(pid_t sender, pid_t command)
{
	enum { DEEPEST = 1000 };
	pid_t at = sender;
	for (int i = 0; i < DEEPEST && at > 1 && at != getpid(); i++) {
		if (at == command)
			return true;
		at = (pid_t)proc_status(at, "PPid:", 10);
	}
	return false;
}

void incoming_pass_on(int fd, pid_t command)
{
	struct signalfd_siginfo s;
	while (read(fd, &s, sizeof(s)) == (ssize_t)sizeof(s)) {
		bool from_process = s.ssi_code <= 0;
		if (command == 0 || !from_process || is_from_within((pid_t)s.ssi_pid, command))
			continue;
		siginfo_t info = {.si_signo = (int)s.ssi_signo, .si_code = s.ssi_code, .si_errno = s.ssi_errno};
		info.si_pid = (pid_t)s.ssi_pid;
		info.si_uid = s.ssi_uid;
		info.si_value.sival_ptr = (void *)(uintptr_t)s.ssi_ptr;
		/* One with a value (sigqueue(3)) keeps that. */
		if (s.ssi_code >= 0 || s.ssi_code == SI_TKILL ||
		    syscall(SYS_rt_sigqueueinfo, command, s.ssi_signo, &info) != 0)
			kill(command, (int)s.ssi_signo);
	}
}

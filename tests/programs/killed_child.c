/* build: -shared -fPIC */
/* A library, to be preloaded: kills the process that is about to be traced, and waits for its end; with KILLED_TRACED in
 * the environment the one that just has come to be.
 * SPDX-License-Identifier: MIT */
#include <dlfcn.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

long ptrace(enum __ptrace_request request, ...)
{
	long (*next)(enum __ptrace_request, pid_t, void *, void *) =
		(long (*)(enum __ptrace_request, pid_t, void *, void *))dlsym(RTLD_NEXT, "ptrace");
	siginfo_t info;
	va_list args;

	va_start(args, request);
	pid_t pid = va_arg(args, pid_t);
	void *address = va_arg(args, void *), *data = va_arg(args, void *);

	va_end(args);
	if (request != PTRACE_SEIZE)
		return next(request, pid, address, data);

	bool traced = getenv("KILLED_TRACED") != NULL;
	long result = traced ? next(request, pid, address, data) : 0;

	kill(pid, SIGKILL);
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
	return traced ? result : next(request, pid, address, data);
}

/* A process that answers notifications when the recorder is gone. SPDX-License-Identifier: MIT */
#include "tracer/notify/keeper.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The keeper. Signals to the recorder's group or session do not reach it; it holds nothing of the recorder's, so that pipes end. */
static void keep(const struct start *s, int life, pid_t recorder)
{
	struct pollfd listening = {.fd = s->listener, .events = POLLIN};
	int listener = s->listener;
	prctl(PR_SET_NAME, "pinhole-keeper");
	setsid();
	for (int signal_number = 1; signal_number < NSIG; signal_number++)
		signal(signal_number, SIG_IGN);
	int kept[2] = {listener < life ? listener : life, listener < life ? life : listener};
	if (kept[0] > 0)
		syscall(SYS_close_range, 0, kept[0] - 1, 0);
	if (kept[1] > kept[0] + 1)
		syscall(SYS_close_range, kept[0] + 1, kept[1] - 1, 0);
	syscall(SYS_close_range, kept[1] + 1, ~0U, 0);
	/* The connection has no end while the command's process shares the recorder's descriptors. */
	int death = (int)syscall(SYS_pidfd_open, recorder, 0);
	if (death < 0 || getppid() != recorder || write(life, "", 1) != 1)
		_exit(1);
	struct pollfd ended[] = {{.fd = life, .events = POLLIN}, {.fd = death, .events = POLLIN}};
	while (poll(ended, 2, -1) < 0 && errno == EINTR)
		;
	/* The recorder may have taken this one and not answered it. If it did, this does nothing (ENOENT). */
	listener_continue(listener, s->shared->taken.notif.id);
	listener_answer_all(&listening, 1);
	_exit(0);
}

int keeper_start(struct keeper *k, const struct start *s, struct error *e)
{
	int life[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, life) != 0)
		return error_system(e, "cannot make a pair of sockets");
	pid_t recorder = getpid();
	k->pid = fork();
	if (k->pid == 0)
		keep(s, life[0], recorder);
	close(life[0]);
	k->life = life[1];
	char byte;
	/* The keeper says when it has closed what it has of ours: until then the start's report has no end. */
	if (k->pid > 0 && read(k->life, &byte, 1) == 1)
		return 0;
	int rc = error_system(e, "cannot start the process that answers if the recorder is killed");
	keeper_end(k, true);
	return rc;
}

void keeper_end(struct keeper *k, bool all_gone)
{
	if (all_gone && k->pid > 0)
		kill(k->pid, SIGKILL);
	if (k->life >= 0)
		close(k->life);
	k->life = -1;
	if (all_gone && k->pid > 0)
		waitpid(k->pid, NULL, __WALL);
	k->pid = 0;
}

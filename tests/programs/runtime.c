/* Does what an OCI runtime does with a seccomp agent, and no more: installs a filter that notifies for nearly every call, sends the
 * listener with a container's state, and executes a program. Arguments: SOCKET COUNT METADATA ID COMMAND…. It sends COUNT messages, each
 * over a connection of its own, one after the other: of so many containers, whose ids are ID-0, ID-1, …; or with a COUNT below 0 of the same container ID.
 * SPDX-License-Identifier: MIT */
#include <err.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* These the program itself needs to send the listener. */
static const int quiet[] = {__NR_socket, __NR_connect, __NR_sendmsg, __NR_recvfrom, __NR_close, __NR_write, __NR_exit_group};

static int install(void)
{
	enum { N = sizeof(quiet) / sizeof(quiet[0]) };
	struct sock_filter code[N + 3] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
	for (int i = 0; i < N; i++)
		code[1 + i] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)quiet[i], (unsigned char)(N - i), 0);
	code[N + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
	code[N + 2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = {N + 3, code};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

static void send_state(const char *path, int listener, const char *metadata, const char *id)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	char text[8192], control[CMSG_SPACE(sizeof(int))] = {0};
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	strncpy(name.sun_path, path, sizeof(name.sun_path) - 1);
	if (s < 0 || connect(s, (struct sockaddr *)&name, sizeof(name)) != 0)
		err(2, "%s", path);
	int n = snprintf(text, sizeof(text), "{\"fds\": [\"seccompFd\"], \"pid\": 1, \"metadata\": \"%s\", \"state\": {\"id\": \"%s\"}}",
			 metadata, id);
	struct iovec bytes = {text, (size_t)n};
	struct msghdr m = {.msg_iov = &bytes, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
	*CMSG_FIRSTHDR(&m) = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
	memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m)), &listener, sizeof(listener));
	if (sendmsg(s, &m, 0) != n)
		err(2, "sendmsg");
	(void)!recv(s, text, sizeof(text), 0); /* the agent says nothing, but closes when it has read the message */
	close(s);
}

int main(int argc, char **argv)
{
	if (argc < 6)
		errx(2, "arguments: SOCKET COUNT METADATA ID COMMAND…");
	int count = atoi(argv[2]), listener = install();
	if (listener < 0)
		err(77, "seccomp");
	for (int i = 0; i < abs(count); i++) {
		char id[4096];
		snprintf(id, sizeof(id), count > 0 ? "%s-%d" : "%s", argv[4], i);
		send_state(argv[1], listener, argv[3], id);
	}
	close(listener);
	execvp(argv[5], argv + 5);
	err(127, "%s", argv[5]);
}

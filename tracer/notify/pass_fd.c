/* Passing descriptors between processes. SPDX-License-Identifier: MIT */
#include "tracer/notify/pass_fd.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

ssize_t pass_fds_receive(int socket, void *bytes, size_t size, int fds[PASS_FDS], size_t *n)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(PASS_FDS * sizeof(int))];
	} control;
	struct iovec io = {bytes, size};
	struct msghdr message = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
	*n = 0;
	ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	for (struct cmsghdr *c = got >= 0 ? CMSG_FIRSTHDR(&message) : NULL; c != NULL; c = CMSG_NXTHDR(&message, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (*n < PASS_FDS)
				fds[(*n)++] = fd;
			else
				close(fd);
		}
	}
	return got;
}

ssize_t pass_fd_send(int socket, char byte, int fd)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec io = {&byte, 1};
	struct msghdr message = {.msg_iov = &io, .msg_iovlen = 1};
	if (fd >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		struct cmsghdr *c = CMSG_FIRSTHDR(&message);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	}
	return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

ssize_t pass_fd_receive(int socket, char *byte, int *fd)
{
	int fds[PASS_FDS];
	size_t n;
	ssize_t got = pass_fds_receive(socket, byte, 1, fds, &n);
	*fd = n > 0 ? fds[0] : -1;
	for (size_t i = 1; i < n; i++)
		close(fds[i]);
	return got;
}

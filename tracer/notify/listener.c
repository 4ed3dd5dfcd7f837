/* The kernel's side of listening. SPDX-License-Identifier: MIT */
#include "tracer/notify/listener.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS /* headers before Linux 6.6 */
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

bool listener_fits(void)
{
	struct seccomp_notif_sizes sizes;
	return syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) == 0 && sizes.seccomp_notif <= sizeof(union notification);
}

bool listener_is_one(int fd)
{
	uint64_t none = 0;
	return ioctl(fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &none) != 0 && errno == ENOENT;
}

void listener_wake_up_at_once(int listener)
{
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
}

bool listener_receive(int listener, union notification *n)
{
	memset(n, 0, sizeof(*n)); /* the kernel refuses anything else (EINVAL) */
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, n) == 0;
}

void listener_continue(int listener, uint64_t id)
{
	struct seccomp_notif_resp answer = {.id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

void listener_answer(int listener, uint64_t id, int64_t value, int error)
{
	struct seccomp_notif_resp answer = {.id = id, .val = error != 0 ? 0 : value, .error = error};
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

bool listener_waits(int listener, uint64_t id)
{
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

void listener_answer_all(struct pollfd *listeners, nfds_t n)
{
	union notification one;
	for (nfds_t left = n; left > 0;) {
		if (poll(listeners, n, -1) < 0) {
			if (errno == EINTR)
				continue;
			return;
		}
		for (nfds_t i = 0; i < n; i++) {
			struct pollfd *p = &listeners[i];
			if ((p->revents & POLLIN) != 0 && listener_receive(p->fd, &one))
				listener_continue(p->fd, one.notif.id);
			else if (p->fd >= 0 && listener_is_over(p)) {
				p->fd = -1;
				left--;
			}
		}
	}
}

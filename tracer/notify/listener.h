/* The kernel's side of listening: notifications of seccomp_unotify(2). SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_NOTIFY_LISTENER_H
#define PINHOLE_TRACER_NOTIFY_LISTENER_H

#include <linux/seccomp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

/* A notification, with room for what newer kernels append: they write as many bytes as SECCOMP_GET_NOTIF_SIZES says (80 up to
 * Linux 6.18). */
union notification {
	struct seccomp_notif notif;
	unsigned char room[512];
};

/* Returns whether this build has room for the notifications of the running kernel. */
bool listener_fits(void);

/* Returns whether a descriptor is a listener: only a listener says of an id that nobody waits with it (ENOENT). */
bool listener_is_one(int fd);

/* Asks the kernel to run the recorder on the processor of the notifying thread and at once
 * (SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP, Linux 6.6). Older kernels refuse; that costs time only. */
void listener_wake_up_at_once(int listener);

/* Takes the next notification into *n. It does not wait where poll(2) has said POLLIN. Returns false where there is none: the
 * notifying thread was killed or got a signal in between (ENOENT), or a signal came to this process (EINTR). */
bool listener_receive(int listener, union notification *n);

/* Lets the call of a notification go on in the kernel (SECCOMP_USER_NOTIF_FLAG_CONTINUE, Linux 5.5). The thread may have gone
 * meanwhile: that is no error. */
void listener_continue(int listener, uint64_t id);

/* Ends the call in the kernel's stead: with that result, or with -errno in `error`, 0 for success. */
void listener_answer(int listener, uint64_t id, int64_t value, int error);

/* Returns whether no process has the listener's filter any more, by what poll(2) says of it (POLLHUP, Linux 5.9). POLLERR is no such
 * sign: a signal to the polling process makes it, too (seccomp_notify_poll, kernel/seccomp.c). */
static inline bool listener_is_over(const struct pollfd *p)
{
	return (p->revents & (POLLHUP | POLLNVAL)) != 0 && (p->revents & POLLIN) == 0;
}

/* Lets every call of n listeners go on until no process has one of their filters. `listeners` has POLLIN as events; its
 * descriptors become -1. */
void listener_answer_all(struct pollfd *listeners, nfds_t n);

/* Returns whether the thread of a notification still waits at that call (SECCOMP_IOCTL_NOTIF_ID_VALID): if so, all that /proc said
 * about its thread id until now was about this thread. */
bool listener_waits(int listener, uint64_t id);

#endif

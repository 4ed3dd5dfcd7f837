/* Passing descriptors between processes (unix(7), SCM_RIGHTS). SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_NOTIFY_PASS_FD_H
#define PINHOLE_TRACER_NOTIFY_PASS_FD_H

#include <stddef.h>
#include <sys/types.h>

enum { PASS_FDS = 16 }; /* most descriptors that one message may bring */

/* Receives a message of at most `size` bytes and the descriptors that came with it: at most PASS_FDS, of which *n are open now. Those
 * are the caller's. Does not wait. Returns as recvmsg(2). */
ssize_t pass_fds_receive(int socket, void *bytes, size_t size, int fds[PASS_FDS], size_t *n);

/* Sends one byte, and a descriptor unless fd is -1; and receives such a message. *fd is -1 where none came. These do not wait.
 * Return as sendmsg(2) and recvmsg(2). */
ssize_t pass_fd_send(int socket, char byte, int fd);
ssize_t pass_fd_receive(int socket, char *byte, int *fd);

#endif

/* The seccomp agent of OCI runtimes: accepts containers at a socket, and starts a recording process for each.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_NOTIFY_AGENT_H
#define PINHOLE_TRACER_NOTIFY_AGENT_H

#include <signal.h>

#include "tracer/notify/container.h"

enum { AGENT_CONTAINERS = 1000 }; /* most containers that are recorded at once */

struct agent_options {
	const char *socket; /* path */
	/* Records a container to its end, in a process of its own. Returns the exit status of that process: 0 where all went well. */
	int (*record)(void *context, const struct container *c, struct container_channel *channel);
	/* Tells a person something, in one line. */
	void (*say)(const char *format, ...) __attribute__((format(printf, 1, 2)));
	/* Starts a process that uses the agent, which listens by now. The signals of `mask` were blocked before. Returns 0 or a negative
	 * code. NULL: the agent serves until a signal. */
	int (*begin)(void *context, const sigset_t *mask, pid_t *pid, struct error *e);
	void *context;
};

/* What became of the process of `begin`. */
struct agent_ended {
	int status;	   /* as of waitpid(2) */
	size_t containers; /* how many came */
};

/* Returns a socket that listens at `path`, mode 0600; or the one that systemd passes (sd_listen_fds(3)). A socket that a killed agent
 * has left is replaced. *bound: this process must remove the path. On failure: a negative code. */
int agent_socket_open(const char *path, bool *bound, struct error *e);

/* Serves until SIGTERM, SIGINT or SIGHUP. Then it waits until all recordings are saved; keeper processes let the calls of containers
 * go on. With a process of `begin`: serves until it and all containers have ended; as long as it runs, the signals are for it.
 * `ended` may be NULL without `begin`. Returns 0 or a negative code. */
int agent_run(const struct agent_options *options, struct agent_ended *ended, struct error *e);

#endif

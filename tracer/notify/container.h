/* A container that an OCI runtime hands to a seccomp agent. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_NOTIFY_CONTAINER_H
#define PINHOLE_TRACER_NOTIFY_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "policies/base/error.h"
#include "policies/base/vector.h"
#include "policies/profile/profile.h"
#include "tracer/notify/listener.h"
#include "tracer/tracer.h"

struct annotation {
	char *key, *value;
};

/* The container process state of the OCI runtime specification (config-linux.md, "Seccomp"). */
struct container {
	char *id;
	char *metadata; /* listenerMetadata of its seccomp profile; "" where there is none */
	VEC(struct annotation) annotations;
	size_t descriptor; /* which of the descriptors that came with the state is the listener */
};

/* Reads a state. Returns 0; 1: the text is not complete yet; or a negative code. Call container_clear in every case. */
int container_parse(const char *bytes, size_t n, struct container *out, struct error *e);
void container_clear(struct container *c);

/* The value of an annotation; NULL: it has none of that key. */
const char *container_annotation(const struct container *c, const char *key);

/* What the process that records a container shares with the agent. */
struct container_channel {
	int agent; /* a socket: each message is an order; its end: the agent is gone */
	VEC(int) listeners;
	bool of_runc;		   /* the filter does not notify for runc_unnoticed: these are taken for made */
	union notification *taken; /* the notification that was received last, in shared memory: it may be unanswered */
};

/* Orders to the process that records a container. */
enum {
	CONTAINER_LISTENER = 'l', /* one more listener comes with this message */
	CONTAINER_STOP = 's',	  /* save what was recorded, and end */
};

struct container_result {
	uint64_t notifications;
	unsigned processes;
	bool executed; /* a program of the container was, or was about to be */
	bool stopped; /* an order or a signal ended the recording, not the container's end */
};

/* Records until the container has ended, that is until no process has the filter of a listener; or until the agent or SIGTERM says
 * to stop. The runtime's own calls, up to its exec, become facts of the profile `runtime`, all others of `p`. Where nobody else will
 * answer from then on, a keeper process is started that lets all calls go on. `argv` describes the run. Returns 0 or a negative
 * code. */
int container_record(struct container_channel *channel, const struct record_options *options, struct profile *p,
		     const struct record_options *runtime_options, struct profile *runtime, char *const argv[],
		     struct container_result *result, struct error *e);

/* Starts a process in a session of its own that lets all calls go on until nobody has the listeners' filters. Returns 0 or
 * ERR_SYSTEM. */
int container_keep(const int *listeners, size_t n, struct error *e);

#endif

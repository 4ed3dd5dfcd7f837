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
	size_t descriptor; /* the index of the listener among the descriptors that came with the state */
};

/* Reads a state. Returns 0; 1: the text is not complete yet; or a negative code. Call container_clear in every case. */
int container_parse(const char *bytes, size_t n, struct container *out, struct error *e);
void container_clear(struct container *c);

/* Returns the value of an annotation; NULL: the container has no such annotation. */
const char *container_annotation(const struct container *c, const char *key);

enum { CONTAINER_COMMAND = 4096 }; /* most bytes of a command line that are kept */

/* What is left when a recording is killed: memory that it shares with the agent, all zero at first. */
struct container_shared {
	union notification taken; /* the last notification; it may be unanswered */
	bool executed;		  /* a program of the container was executed, or was about to be */
	size_t length;		  /* of `command`; 0: it is not known */
	char command[CONTAINER_COMMAND]; /* the program's command line: words, each with its NUL */
};

/* The connection between the agent and the process that records a container. */
struct container_channel {
	int agent; /* a socket: each message is an order; end of file: the agent is gone */
	VEC(int) listeners;
	bool of_runc; /* the filter does not notify for runc_unnoticed: these calls count as made */
	struct container_shared *shared;
};

/* Orders to the process that records a container. */
enum {
	CONTAINER_LISTENER = 'l', /* one more listener comes with this message */
	CONTAINER_STOP = 's',	  /* save what was recorded, and end */
};

struct container_result {
	uint64_t notifications;
	unsigned processes;
	bool stopped; /* an order or a signal ended the recording, not the container's end */
};

/* Records until no process has the filter of a listener, which is the container's end; or until the
 * agent or SIGTERM says to stop. Calls of the runtime, up to its exec, become facts of the profile
 * `runtime`, all others of `p`. If nobody else will answer calls afterwards, starts a keeper
 * process that lets all calls pass. The run has the program's command line, or `argv` where that cannot be read; its end is "ended",
 * as nobody tells more. Returns 0 or a negative code. */
int container_record(struct container_channel *channel, const struct record_options *options, struct profile *p,
		     const struct record_options *runtime_options, struct profile *runtime, char *const argv[],
		     struct container_result *result, struct error *e);

/* Starts a process in its own session that lets all calls pass until no process has the listeners'
 * filters. Returns 0 or ERR_SYSTEM. */
int container_keep(const int *listeners, size_t n, struct error *e);

#endif

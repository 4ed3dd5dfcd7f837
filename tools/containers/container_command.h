/* Commands that start a container: podman run, docker run, and those of the same options. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TOOLS_CONTAINER_COMMAND_H
#define PINHOLE_TOOLS_CONTAINER_COMMAND_H

#include <signal.h>

#include "tools/containers/command_folder.h"
#include "tools/run/run_filters.h"

/* A folder for one run of such a command, which holds the container's seccomp profile. Begin with all zero but `descriptor`, which is -1. */
struct container_command {
	struct text folder, profile; /* paths */
	int descriptor;		     /* of the folder, with its lock */
	char **argv;		     /* the command with the option that names the profile; its strings are borrowed */
	size_t before_run;	     /* how many words stand before `run` */
	struct text option;
};

/* Makes the folder, for this user alone, and argv. Returns 0; ERR_INPUT where `command` starts no container; or another negative code.
 * Call container_command_clear in every case: it removes the folder. */
int container_command_make(struct container_command *c, char **command, struct error *e);
void container_command_clear(struct container_command *c);

/* Starts argv. The signals in `mask` are blocked in it. Returns 0 or ERR_SYSTEM. */
int container_command_start(const struct container_command *c, const sigset_t *mask, pid_t *pid, struct error *e);

/* Runs a command whose container gets the OCI profile of a policy, or of a profile's policy. `o`: log and default_action are used.
 * Returns 0 or a negative code. *status: as the command ended. */
int container_command_run(const char *source, const struct run_options *o, char **command, int *status, struct error *e);

#endif

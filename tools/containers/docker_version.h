/* Whether Docker hands containers to seccomp agents. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TOOLS_DOCKER_VERSION_H
#define PINHOLE_TOOLS_DOCKER_VERSION_H

#include <stddef.h>

#include "policies/base/error.h"

/* Asks the daemon of a command like `docker run`, whose first `n` words stand before `run`, for its version. Docker before 23 leaves
 * listenerPath out of the profile that it passes on (moby's pull request 42604), so that its container waits for ever. Returns ERR_INPUT
 * then; 0 where it is another version, another command, or cannot be asked. */
int docker_version_check(char *const *command, size_t n, struct error *e);

#endif

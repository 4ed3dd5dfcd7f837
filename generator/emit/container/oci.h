/* Parts of an OCI seccomp object. Internal to generator/emit/. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_EMIT_OCI_H
#define PINHOLE_GENERATOR_EMIT_OCI_H

#include "generator/emit/scmp.h"

/* Appends the entry for one call with the action of that name, where a clause holds, or (NULL) always. `error`: errnoRet; -1: none.
 * `comment` may be NULL. */
void oci_add_call(const char *syscall, const char *action, int error, const struct clause *c, const char *comment,
		  struct text *out);

/* Appends `"architectures": […]`. */
void oci_add_archs(arch_set archs, struct text *out);

#endif

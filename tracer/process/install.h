/* Installing a seccomp filter in this process. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_PROCESS_INSTALL_H
#define PINHOLE_TRACER_PROCESS_INSTALL_H

#include <stddef.h>

struct sock_filter;

/* Installs a filter of n instructions, by seccomp(2) with these SECCOMP_FILTER_FLAG_… . Sets no_new_privs first only where the
 * kernel demands it (EACCES). Async-signal-safe. Returns the kernel's result: 0, or the descriptor of the listener with
 * SECCOMP_FILTER_FLAG_NEW_LISTENER; or -1 and errno. */
int filter_install(const struct sock_filter *code, size_t n, unsigned long flags);

#endif

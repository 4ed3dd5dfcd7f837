/* Filters as text. Internal to generator/. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_INSPECT_FILTER_TEXT_H
#define PINHOLE_GENERATOR_INSPECT_FILTER_TEXT_H

#include "generator/generator.h"

/* Returns whether bytes are text: without NUL, which every binary instruction has, and other control characters. */
bool filter_is_text(const char *bytes, size_t n);

/* Reads a filter from text that ends with NUL. The filter must be empty, and is not validated. The forms:
 *     {len=2, filter=[BPF_STMT(BPF_LD|BPF_W|BPF_ABS, 0), BPF_STMT(BPF_RET|BPF_K, SECCOMP_RET_ALLOW)]}
 * anywhere in what strace -v prints;
 *     { 0x20, 0, 0, 0x00000000 }, { 0x06, 0, 0, 0x7fff0000 }
 * or such macros anywhere in a C file (generate -f c, tcpdump -dd, bpf_asm -c);
 *     2,32 0 0 0,6 0 0 2147418112
 * with commas or new lines (tcpdump -ddd, bpf_asm). Returns 0, ERR_INPUT with "line 3: …", or ERR_MEMORY. */
int filter_read_text(const char *text, struct filter *f, struct error *e);

#endif

/* The formats, one file each. Internal to generator/emit/. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_EMIT_H
#define PINHOLE_EMIT_H

#include "../generator.h"

extern const struct emitter emit_asm, emit_bpf, emit_c, emit_smt2;

#endif

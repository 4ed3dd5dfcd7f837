/* Calls that are made to fail, for pinhole explore. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_RECORD_FAULT_H
#define PINHOLE_TRACER_RECORD_FAULT_H

#include "tracer/process/call.h"
#include "tracer/ptrace/tracee.h"
#include "tracer/tracer.h"

/* Returns whether calls of a fact must stop, as the fault may be about them. fault NULL: no. */
bool fault_concerns(const struct record_fault *fault, const struct fact *f);

/* At a call's stop: counts the call in *count if the fault is about it, and does what the fault says where it is due. Returns
 * whether the call fails now instead of being made. */
bool fault_meet(const struct record_fault *fault, uint64_t *count, struct tracee *tracee, const struct call *call);

#endif

/* How one instruction changes the known values of registers and of the stack. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_REACH_STATE_H
#define PINHOLE_TRACER_REACH_STATE_H

#include "tracer/reach/registers/flow.h"

/* Fills *s with the state at a function's entry: each register holds the parameter of its number. */
void state_enter(const struct code_arch *arch, struct values *vs, struct flow_state *s);

/* Fills *s with the state in which nothing is known. */
void state_unknown(struct flow_state *s);

/* Changes *s from the state before an instruction to the state after it. */
void state_apply(const struct code_arch *arch, struct values *vs, struct flow_state *s, const struct insn *i);

/* Joins two states: afterwards *to allows the values of either. Returns whether *to has changed. */
bool state_join(struct values *vs, struct flow_state *to, const struct flow_state *from);

#endif

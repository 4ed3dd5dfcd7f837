/* What one instruction does to what registers and the stack hold. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_REACH_STATE_H
#define PINHOLE_TRACER_REACH_STATE_H

#include "tracer/reach/flow.h"

/* The state when a function is entered: each register holds its own parameter. */
void state_enter(const struct code_arch *arch, struct values *vs, struct flow_state *s);

/* Nothing is known. */
void state_unknown(struct flow_state *s);

/* The state after an instruction. */
void state_apply(const struct code_arch *arch, struct values *vs, struct flow_state *s, const struct insn *i);

/* Either state. Whether that is more than *to was. */
bool state_join(struct values *vs, struct flow_state *to, const struct flow_state *from);

#endif

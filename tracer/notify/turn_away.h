/* Calls that are aimed at the recorder, answered in the kernel's stead. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_NOTIFY_TURN_AWAY_H
#define PINHOLE_TRACER_NOTIFY_TURN_AWAY_H

#include "tracer/notify/listener.h"
#include "tracer/process/call.h"

/* Answers a call that is aimed at the recorder; returns false where it is not. Where nobody records, the recorder's parent would be
 * the command's. So the parent gets the signals, the limits, and those of descriptors that it owns. Who may not signal it, and who
 * would trace the recorder or change it otherwise, gets EPERM. Signals without a value name the recorder as their sender. */
bool turn_away(int listener, const union notification *n, const struct call *call);

#endif

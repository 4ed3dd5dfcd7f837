/* libseccomp's words, which the formats share that end in it. Internal to generator/emit/.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_SCMP_H
#define PINHOLE_SCMP_H

#include "express.h"

/* SCMP_ACT_…, by enum action_kind, and SCMP_ARCH_…, by enum arch. */
extern const char *const scmp_actions[], *const scmp_archs[];

/* A comparison as libseccomp takes it (seccomp_rule_add(3)): SCMP_CMP_MASKED_EQ has the mask as its first value. */
struct condition {
	const char *op;
	uint64_t value, second;
	bool two;
};

struct condition scmp_condition(const struct comparison *c);

/* What libseccomp can say. */
extern const struct able scmp_able;

/* express, for whatever compiles with libseccomp. */
int scmp_express(const struct emit_input *in, struct said_list *said, struct emit_notes *notes, struct error *e);

#endif

/* libseccomp's names and limits, for all formats that are compiled by libseccomp. Internal to generator/emit/.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_GENERATOR_EMIT_SCMP_H
#define PINHOLE_GENERATOR_EMIT_SCMP_H

#include "generator/emit/translate/translate.h"

/* The names SCMP_ACT_…, by enum action_kind, and SCMP_ARCH_…, by enum arch. */
extern const char *const scmp_actions[], *const scmp_archs[];

/* A comparison in libseccomp's form (seccomp_rule_add(3)). The first value of SCMP_CMP_MASKED_EQ is the mask. `two`: it has a
 * second value. */
struct condition {
	const char *op;
	uint64_t value, second;
	bool two;
};

struct condition scmp_condition(const struct comparison *c);

/* What libseccomp can say. */
extern const struct able scmp_able;

/* A copy of the policy whose default and answer to newer calls libseccomp accepts. It shares the rules with the policy, so it is not
 * freed. */
struct scmp_input {
	struct policy policy;
	struct emit_input in;
};
/* Makes the copy, and notes what differs. out->in is the input with the copy in it. */
void scmp_cap(const struct emit_input *in, struct scmp_input *out, struct emit_notes *notes);

/* Notes how libseccomp answers calls of architectures that the policy does not have: a profile cannot set that. */
void scmp_note_others(const struct emit_input *in, struct emit_notes *notes);

/* libseccomp holds i386's rules for socket and its like for socketcall as well, by the number of the sub-call alone, and those for
 * semget and its like for ipc. What the policy says of these two is said so that it stays, or it is noted. lists[0] is the policy's,
 * the others are what is said besides. Notes, too, where these are more than libseccomp and the kernel can take. Returns 0 or a negative code. */
int scmp_guard(const struct emit_input *in, struct said_list *const *lists, size_t n, struct emit_notes *notes, struct error *e);

/* As express, within libseccomp's limits. */
int scmp_express(const struct emit_input *in, struct said_list *said, struct emit_notes *notes, struct error *e);

#endif

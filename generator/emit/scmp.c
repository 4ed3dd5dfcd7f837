/* libseccomp's words. SPDX-License-Identifier: MIT */
#include "scmp.h"

const struct able scmp_able = {.arguments = true,
			       .answers = true,
			       .actions = ACTIONS_ALL};

const char *const scmp_actions[] = {
    [ACTION_KILL] = "SCMP_ACT_KILL_PROCESS", [ACTION_KILL_THREAD] = "SCMP_ACT_KILL_THREAD",
    [ACTION_TRAP] = "SCMP_ACT_TRAP",	     [ACTION_ERRNO] = "SCMP_ACT_ERRNO",
    [ACTION_TRACE] = "SCMP_ACT_TRACE",	     [ACTION_LOG] = "SCMP_ACT_LOG",
    [ACTION_ALLOW] = "SCMP_ACT_ALLOW",
};

const char *const scmp_archs[] = {
    [ARCH_X86_64] = "SCMP_ARCH_X86_64",
    [ARCH_I386] = "SCMP_ARCH_X86",
    [ARCH_AARCH64] = "SCMP_ARCH_AARCH64",
};

struct condition scmp_condition(const struct comparison *c)
{
	if (c->op == COMPARE_LEAST)
		return (struct condition){"SCMP_CMP_GE", c->value, 0, false};
	if (c->op == COMPARE_MOST)
		return (struct condition){"SCMP_CMP_LE", c->value, 0, false};
	if (c->mask == UINT64_MAX)
		return (struct condition){"SCMP_CMP_EQ", c->value, 0, false};
	return (struct condition){"SCMP_CMP_MASKED_EQ", c->mask, c->value, true};
}

int scmp_express(const struct emit_input *in, struct said_list *said, struct emit_notes *notes, struct error *e)
{
	return express(in, &scmp_able, said, notes, e);
}

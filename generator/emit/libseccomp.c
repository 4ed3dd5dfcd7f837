/* Writes C source that builds a filter of the same meaning with libseccomp. SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "generator/emit/scmp.h"

/* libseccomp has no ranges of numbers, so the numbers of newer calls are listed one by one, up to this one. Since Linux 5.1 new
 * calls have the same number on all architectures, about five a year. */
enum { NEWER_END = 600 };

/* From this number on a call has the same number on all architectures (Linux 5.1). */
enum { UNIFORM = 424 };
/* x86_64's numbers from here to UNIFORM were unused, and belong to calls of x86_64 alone since Linux 6.11 (uretprobe). */
enum { GAP = 334 };

static void add_action(struct action a, struct text *out)
{
	if (a.kind == ACTION_ERRNO)
		text_add(out, "SCMP_ACT_ERRNO(%u)", a.data);
	else
		text_add(out, "%s", scmp_actions[a.kind]);
}

static void add_head(const struct emit_input *in, const struct emit_notes *notes, struct text *out)
{
	text_add(out, "/* A seccomp filter, made by pinhole from ");
	add_c_comment(out, in->source != NULL ? in->source : "a policy");
	text_add(out, ". Link with -lseccomp (2.4 or newer).\n");
	struct text lines = {0};
	add_notes(notes, " * ", &lines);
	text_add(out, "%s", text_string(&lines));
	out->failed |= lines.failed;
	text_free(&lines);
	text_add(out, " *\n"
		      " * pinhole_seccomp(filter) adds the rules to a filter of seccomp_init(PINHOLE_DEFAULT).\n"
		      " * pinhole_install() makes and loads one: it holds for the calling thread and what it starts from then\n"
		      " * on. Both return 0, or a negative errno value. */\n"
		      "#include <errno.h>\n"
		      "#include <seccomp.h>\n"
		      "#include <stddef.h>\n\n");
}

/* How the source refers to a call. The names that a header of libseccomp has depend on its age. So newer calls, and calls that
 * pinhole has no name for, are written as numbers where one number holds for all architectures, and otherwise as a name inside
 * #ifdef. */
enum told { BY_NAME, BY_NUMBER, BY_NAME_IF_KNOWN };

static enum told call_told(const struct policy *p, const char *syscall, uint32_t *nr)
{
	bool single = (p->archs & (p->archs - 1)) == 0;
	enum told told = single && abi_by_name(syscall) == NULL ? BY_NUMBER : BY_NAME;
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
		struct error unused = {0};
		if (!(p->archs & ARCH_BIT(arch)) || abi_number((enum arch)arch, syscall, nr, &unused) < 0)
			continue;
		if (*nr >= UNIFORM)
			return BY_NUMBER;
		if (arch == ARCH_X86_64 && *nr > GAP)
			return single ? BY_NUMBER : BY_NAME_IF_KNOWN;
	}
	return told;
}

static void add_rule(const struct policy *p, const struct said *s, const struct clause *c, struct text *out)
{
	uint32_t nr = 0;
	enum told told = call_told(p, s->syscall, &nr);
	if (told == BY_NAME_IF_KNOWN)
		text_add(out, "#ifdef __SNR_%s\n", s->syscall);
	text_add(out, "\t{");
	add_action(s->action, out);
	if (told == BY_NUMBER)
		text_add(out, ", %" PRIu32 " /* %s */", nr, s->syscall);
	else
		text_add(out, ", SCMP_SYS(%s)", s->syscall);
	text_add(out, ", %zu, {", c != NULL ? c->all.count : 0);
	for (size_t i = 0; c != NULL && i < c->all.count; i++) {
		struct condition one = scmp_condition(&c->all.items[i]);
		text_add(out, "%s{%u, %s, 0x%" PRIx64 "u, 0x%" PRIx64 "u}", i > 0 ? ", " : "", c->all.items[i].arg, one.op,
			 one.value, one.second);
	}
	text_add(out, "}},\n%s", told == BY_NAME_IF_KNOWN ? "#endif\n" : "");
}

static void add_rules(const struct policy *p, const struct said_list *said, struct text *out)
{
	if (said->calls.count == 0)
		return;
	text_add(out, "static const struct {\n"
		      "\tunsigned action;\n"
		      "\tint syscall;\n"
		      "\tunsigned count;\n"
		      "\tstruct scmp_arg_cmp arguments[6];\n"
		      "} pinhole_rules[] = {\n");
	for (size_t i = 0; i < said->calls.count; i++) {
		const struct said *s = &said->calls.items[i];
		if (s->why != NULL) {
			text_add(out, "\t/* ");
			add_c_comment(out, s->why);
			text_add(out, " */\n");
		}
		if (s->always)
			add_rule(p, s, NULL, out);
		for (size_t k = 0; k < s->any.count; k++)
			add_rule(p, s, &s->any.items[k], out);
	}
	text_add(out, "};\n\n");
}

static uint32_t newest(arch_set archs)
{
	uint32_t highest = 0;
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		if ((archs & ARCH_BIT(arch)) && abi_newest((enum arch)arch) > highest)
			highest = abi_newest((enum arch)arch);
	return highest;
}

/* Returns whether the source skips calls that libseccomp cannot add. libseccomp takes the machine's numbers and translates them for
 * other architectures, and fails for calls that it does not know. A skipped call
 * has the default, which must not let through more with --strict. */
static bool skips(const struct emit_input *in)
{
	return in->policy->archs != ARCH_BIT(ARCH_NATIVE) && !(in->strict && lets_through(in->policy->default_action));
}

/* The same for newer calls: where their action lets them through, too, nothing is let through by skipping. */
static bool skips_newer(const struct emit_input *in)
{
	return skips(in) || (in->policy->archs != ARCH_BIT(ARCH_NATIVE) && lets_through(in->policy->newer));
}

static void add_functions(const struct emit_input *in, bool rules, struct text *out)
{
	const struct policy *p = in->policy;
	const char *skip = skips(in) ? "\t\trc = rc == -EFAULT ? 0 : rc; /* libseccomp does not know the call */\n" : "";
	const char *open = skips(in) ? " {" : "", *close = skips(in) ? "\t}\n" : "";
	static const char *const tokens[ARCH_COUNT] = {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_AARCH64"};
	text_add(out, "int pinhole_seccomp(scmp_filter_ctx filter)\n{\n"
		      "\tint rc = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, PINHOLE_OTHER);\n"
		      "\tif (rc == 0)\n\t\trc = seccomp_arch_remove(filter, SCMP_ARCH_NATIVE);\n");
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		if (p->archs & ARCH_BIT(arch))
			text_add(out, "\tif (rc == 0)\n\t\trc = seccomp_arch_add(filter, %s);\n", tokens[arch]);
	if (rules)
		text_add(out, "\tfor (size_t i = 0; rc == 0 && i < sizeof(pinhole_rules) / sizeof(pinhole_rules[0]); i++)%s\n"
			      "\t\trc = seccomp_rule_add_array(filter, pinhole_rules[i].action, pinhole_rules[i].syscall,\n"
			      "\t\t\t\t\t    pinhole_rules[i].count, pinhole_rules[i].arguments);\n%s%s",
			 open, skip, close);
	if (!action_equal(p->newer, p->default_action)) {
		const char *skip_newer = skips_newer(in) ? "\t\trc = rc == -EFAULT ? 0 : rc; /* libseccomp does not know the call */\n\t}\n" : "";
		text_add(out, "\t/* Calls that are newer than this list. */\n"
			      "\tfor (int nr = %" PRIu32 "; rc == 0 && nr < %d; nr++)%s\n"
			      "\t\trc = seccomp_rule_add(filter, ",
			 newest(p->archs) + 1, NEWER_END, skips_newer(in) ? " {" : "");
		add_action(p->newer, out);
		text_add(out, ", nr, 0);\n%s", skip_newer);
	}
	text_add(out, "\treturn rc;\n}\n\n"
		      "int pinhole_install(void)\n{\n"
		      "\tscmp_filter_ctx filter = seccomp_init(PINHOLE_DEFAULT);\n"
		      "\tif (filter == NULL)\n\t\treturn -ENOMEM;\n"
		      "\tint rc = pinhole_seccomp(filter);\n"
		      "\tif (rc == 0)\n\t\trc = seccomp_load(filter);\n"
		      "\tseccomp_release(filter);\n"
		      "\treturn rc;\n}\n");
}

static int emit(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e)
{
	struct scmp_input capped;
	scmp_cap(in, &capped, notes);
	const struct policy *p = &capped.policy;
	struct said_list said = {0}, *lists[] = {&said};
	struct able able = scmp_able;
	able.numbers = (p->archs & (p->archs - 1)) == 0;
	bool newer = !action_equal(p->newer, p->default_action);
	int rc = 0;
	if (newer && p->archs != ARCH_BIT(ARCH_NATIVE) && !skips_newer(&capped.in))
		rc = error_set(e, ERR_INPUT, "newer calls can't be denied here, as libseccomp knows their numbers for the machine's own architecture "
					     "alone: make \"newer\" the default's action, leave the other architectures out, or do without --strict");
	if (rc == 0)
		rc = express(&capped.in, &able, &said, notes, e);
	if (rc == 0)
		rc = scmp_guard(&capped.in, lists, 1, notes, e);
	if (newer)
		emit_note(notes, "calls from number %d on have the default, as newer ones are named one by one", NEWER_END);
	if (skips(&capped.in) || (newer && skips_newer(&capped.in)))
		emit_note(notes, "calls that libseccomp itself does not know have the default, as it can't say their numbers for "
				 "other architectures than the machine's");
	if (rc == 0) {
		add_head(in, notes, out);
		text_add(out, "#define PINHOLE_DEFAULT ");
		add_action(p->default_action, out);
		/* As policy.h has it: a list of what is forbidden must not be bypassed through another door. */
		text_add(out, "\n#define PINHOLE_OTHER %s /* other architectures */\n\n",
			 p->default_action.kind == ACTION_ALLOW ? "SCMP_ACT_KILL_PROCESS" : "PINHOLE_DEFAULT");
		add_rules(p, &said, out);
		add_functions(&capped.in, said.calls.count > 0, out);
		rc = out->failed || notes->text.failed ? error_memory(e) : 0;
	}
	said_clear(&said);
	return rc;
}

const struct emitter emit_libseccomp = {
    .name = "libseccomp",
    .summary = "C source that builds the filter with libseccomp",
    .emit = emit,
};

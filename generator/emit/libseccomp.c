/* C source that has libseccomp build a filter of the same meaning. SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "scmp.h"

/* libseccomp knows no range of numbers: those that newer kernels may have are named one by one. Since Linux 5.1 all
 * architectures number new calls alike, some five a year. */
enum { NEWER_END = 600 };

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

static void add_rule(const struct said *s, const struct clause *c, struct text *out)
{
	text_add(out, "\t{");
	add_action(s->action, out);
	text_add(out, ", SCMP_SYS(%s), %zu, {", s->syscall, c != NULL ? c->all.count : 0);
	for (size_t i = 0; c != NULL && i < c->all.count; i++) {
		struct condition one = scmp_condition(&c->all.items[i]);
		text_add(out, "%s{%u, %s, 0x%" PRIx64 "u, 0x%" PRIx64 "u}", i > 0 ? ", " : "", c->all.items[i].arg, one.op,
			 one.value, one.second);
	}
	text_add(out, "}},\n");
}

static void add_rules(const struct said_list *said, struct text *out)
{
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
			add_rule(s, NULL, out);
		for (size_t k = 0; k < s->any.count; k++)
			add_rule(s, &s->any.items[k], out);
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

static void add_functions(const struct policy *p, struct text *out)
{
	static const char *const tokens[ARCH_COUNT] = {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_AARCH64"};
	text_add(out, "int pinhole_seccomp(scmp_filter_ctx filter)\n{\n"
		      "\tint rc = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, PINHOLE_OTHER);\n"
		      "\tif (rc == 0)\n\t\trc = seccomp_arch_remove(filter, SCMP_ARCH_NATIVE);\n");
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		if (p->archs & ARCH_BIT(arch))
			text_add(out, "\tif (rc == 0)\n\t\trc = seccomp_arch_add(filter, %s);\n", tokens[arch]);
	text_add(out, "\tfor (size_t i = 0; rc == 0 && i < sizeof(pinhole_rules) / sizeof(pinhole_rules[0]); i++)\n"
		      "\t\trc = seccomp_rule_add_array(filter, pinhole_rules[i].action, pinhole_rules[i].syscall,\n"
		      "\t\t\t\t\t    pinhole_rules[i].count, pinhole_rules[i].arguments);\n");
	if (!action_equal(p->newer, p->fallback)) {
		text_add(out, "\t/* Calls that are newer than this list. */\n"
			      "\tfor (int nr = %" PRIu32 "; rc == 0 && nr < %d; nr++)\n"
			      "\t\trc = seccomp_rule_add(filter, ",
			 newest(p->archs) + 1, NEWER_END);
		add_action(p->newer, out);
		text_add(out, ", nr, 0);\n");
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
	const struct policy *p = in->policy;
	struct said_list said = {0};
	int rc = scmp_express(in, &said, notes, e);
	if (!action_equal(p->newer, p->fallback))
		emit_note(notes, "calls from number %d on have the default, as newer ones are named one by one", NEWER_END);
	if (rc == 0) {
		add_head(in, notes, out);
		text_add(out, "#define PINHOLE_DEFAULT ");
		add_action(p->fallback, out);
		/* As policy.h has it: a list of what is forbidden must not be bypassed through another door. */
		text_add(out, "\n#define PINHOLE_OTHER %s /* other architectures */\n\n",
			 lets_through(p->fallback) ? "SCMP_ACT_KILL_PROCESS" : "PINHOLE_DEFAULT");
		add_rules(&said, out);
		add_functions(p, out);
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

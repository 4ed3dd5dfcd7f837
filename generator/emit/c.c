/* Writes a C header: the instructions, and a function that installs them. SPDX-License-Identifier: MIT */
#include "generator/emit/emit.h"

#include <inttypes.h>
#include <string.h>

static void add_head(const struct emit_input *in, struct text *out)
{
	const char *source = in->source != NULL ? in->source : "a policy";
	text_add(out, "/* A seccomp filter, made by pinhole from ");
	add_c_comment(out, source);
	text_add(out, ".\n * For:");
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		if (in->policy->archs & ARCH_BIT(arch))
			text_add(out, " %s", arch_name((enum arch)arch));
	text_add(out, ". %zu instruction%s.\n *\n", in->filter->code.count,
		 plural_s(in->filter->code.count));
	text_add(out,
		 " * Call pinhole_install() before threads are started: the filter holds for the calling thread and\n"
		 " * for what it starts from then on, and can't be taken back. */\n"
		 "#ifndef PINHOLE_FILTER_H\n"
		 "#define PINHOLE_FILTER_H\n\n"
		 "#include <errno.h>\n"
		 "#include <linux/filter.h>\n"
		 "#include <linux/seccomp.h>\n"
		 "#include <sys/prctl.h>\n\n");
}

/* Appends the instructions. The listing's lines become comments: each beside its instruction, headings and labels between. */
static int add_instructions(const struct emit_input *in, struct text *out, struct error *e)
{
	struct text listing = {0};
	const struct filter *f = in->filter;
	filter_disasm(f->code.items, f->code.count, in->policy, &listing);
	const struct sock_filter *s = f->code.items;
	text_add(out, "static const struct sock_filter pinhole_filter[] = {\n");
	for (char *line = listing.bytes, *end; line != NULL && (end = strchr(line, '\n')) != NULL; line = end + 1) {
		*end = '\0';
		if (line[0] == ' ') {
			text_add(out, "\t{0x%02x, %3u, %3u, 0x%08" PRIx32 "}, /*", s->code, s->jt, s->jf, s->k);
			s++;
		} else if (line[0] != '\0') {
			text_add(out, "\t/* ");
		}
		add_c_comment(out, line);
		text_add(out, line[0] != '\0' ? " */\n" : "\n");
	}
	text_add(out, "};\n\n");
	int rc = listing.failed || out->failed ? error_memory(e) : 0;
	text_free(&listing);
	return rc;
}

static int emit(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e)
{
	(void)notes;
	add_head(in, out);
	int rc = add_instructions(in, out, e);
	if (rc < 0)
		return rc;
	text_add(out, "/* Sets no_new_privs, without which only CAP_SYS_ADMIN may install a filter, and installs it.\n"
		      " * Returns 0, or the errno value, negative: -EINVAL where the kernel has no filters. */\n"
		      "__attribute__((unused)) static inline int pinhole_install(void)\n"
		      "{\n"
		      "\tstruct sock_fprog program;\n"
		      "\tprogram.len = (unsigned short)(sizeof(pinhole_filter) / sizeof(pinhole_filter[0]));\n"
		      "\tprogram.filter = (struct sock_filter *)pinhole_filter;\n"
		      "\tif (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)\n"
		      "\t\treturn -errno;\n"
		      "\tif (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0)\n"
		      "\t\treturn -errno;\n"
		      "\treturn 0;\n"
		      "}\n\n"
		      "#endif\n");
	return out->failed ? error_memory(e) : 0;
}

const struct emitter emit_c = {
    .name = "c",
    .summary = "a C header with the instructions and a function that installs them",
    .compiles = true,
    .emit = emit,
};

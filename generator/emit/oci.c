/* The seccomp object of the OCI runtime specification (config-linux.md, "Seccomp"), as Docker, Podman, containerd, crun
 * and runc take it. SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "../../policies/json_text.h"
#include "scmp.h"

static void add_errno(const struct action a, struct text *out)
{
	if (a.kind == ACTION_ERRNO)
		text_add(out, ", \"errnoRet\": %u", a.data);
}

/* The calls of one action with any arguments: one entry. */
static void add_names(const struct said_list *said, struct action action, const char **between, struct text *out)
{
	struct text names = {0};
	said_names(said, action, "\", \"", &names);
	if (names.count > 0) {
		text_add(out, "%s  {\"names\": [\"%s\"], \"action\": \"%s\"", *between, text_string(&names),
			 scmp_actions[action.kind]);
		add_errno(action, out);
		text_add(out, "}");
		*between = ",\n";
	}
	out->failed |= names.failed;
	text_free(&names);
}

static void add_clause(const struct said *s, const struct clause *c, struct text *out)
{
	text_add(out, "  {\"names\": [\"%s\"], \"action\": \"%s\"", s->syscall, scmp_actions[s->action.kind]);
	add_errno(s->action, out);
	text_add(out, ", \"args\": [");
	for (size_t i = 0; i < c->all.count; i++) {
		struct condition one = scmp_condition(&c->all.items[i]);
		text_add(out, "%s{\"index\": %u, \"value\": %" PRIu64, i > 0 ? ", " : "", c->all.items[i].arg, one.value);
		if (one.two)
			text_add(out, ", \"valueTwo\": %" PRIu64, one.second);
		text_add(out, ", \"op\": \"%s\"}", one.op);
	}
	text_add(out, "]");
	if (s->why != NULL) {
		text_add(out, ", \"comment\": ");
		json_add_text(out, s->why);
	}
	text_add(out, "}");
}

/* Readers pass over keys that they do not know, and "comment" is what Docker's own profile calls its own. */
static void add_comment(const struct emit_notes *notes, struct text *out)
{
	struct text lines = {0};
	if (notes->count == 0)
		return;
	add_notes(notes, "", &lines);
	text_add(out, " \"comment\": ");
	json_add_text(out, text_string(&lines));
	text_add(out, ",\n");
	out->failed |= lines.failed;
	text_free(&lines);
}

static int emit(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e)
{
	const struct policy *p = in->policy;
	struct said_list said = {0};
	int rc = scmp_express(in, &said, notes, e);
	/* runc (libcontainer/seccomp/patchbpf) itself puts an answer ENOSYS for newer calls before the filter, crun does not. */
	note_newer(in, notes, "the default (but runc answers ENOSYS by itself)");
	if (rc == 0) {
		text_add(out, "{\n");
		add_comment(notes, out);
		text_add(out, " \"defaultAction\": \"%s\"", scmp_actions[p->fallback.kind]);
		if (p->fallback.kind == ACTION_ERRNO)
			text_add(out, ",\n \"defaultErrnoRet\": %u", p->fallback.data);
		text_add(out, ",\n \"architectures\": [");
		const char *between = "";
		for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
			if (p->archs & ARCH_BIT(arch)) {
				text_add(out, "%s\"%s\"", between, scmp_archs[arch]);
				between = ", ";
			}
		text_add(out, "],\n \"syscalls\": [");
		between = "\n";
		for (size_t i = 0; i < said.calls.count; i++)
			if (!action_had(&said, i))
				add_names(&said, said.calls.items[i].action, &between, out);
		for (size_t i = 0; i < said.calls.count; i++)
			for (size_t k = 0; k < said.calls.items[i].any.count; k++) {
				text_add(out, "%s", between);
				add_clause(&said.calls.items[i], &said.calls.items[i].any.items[k], out);
				between = ",\n";
			}
		text_add(out, "\n ]\n}\n");
		rc = out->failed ? error_memory(e) : 0;
	}
	said_clear(&said);
	return rc;
}

const struct emitter emit_oci = {
    .name = "oci",
    .summary = "the seccomp object of the OCI runtime specification: Docker, Podman, containerd, crun, runc",
    .emit = emit,
};

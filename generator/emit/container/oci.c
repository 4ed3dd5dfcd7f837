/* Writes the seccomp object of the OCI runtime specification (config-linux.md, "Seccomp"), for Docker, Podman, containerd, crun
 * and runc. SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "generator/emit/container/oci.h"
#include "generator/emit/container/runtime_calls.h"
#include "policies/json/json_text.h"

static void add_errno(const struct action a, struct text *out)
{
	if (a.kind == ACTION_ERRNO)
		text_add(out, ", \"errnoRet\": %u", a.data);
}

/* Appends one entry for all calls that always have one action. */
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

void oci_add_call(const char *syscall, const char *action, int error, const struct clause *c, const char *comment,
		  struct text *out)
{
	text_add(out, "  {\"names\": [\"%s\"], \"action\": \"%s\"", syscall, action);
	if (error >= 0)
		text_add(out, ", \"errnoRet\": %d", error);
	text_add(out, "%s", c != NULL ? ", \"args\": [" : "");
	for (size_t i = 0; c != NULL && i < c->all.count; i++) {
		struct condition one = scmp_condition(&c->all.items[i]);
		text_add(out, "%s{\"index\": %u, \"value\": %" PRIu64, i > 0 ? ", " : "", c->all.items[i].arg, one.value);
		if (one.two)
			text_add(out, ", \"valueTwo\": %" PRIu64, one.second);
		text_add(out, ", \"op\": \"%s\"}", one.op);
	}
	text_add(out, "%s", c != NULL ? "]" : "");
	if (comment != NULL) {
		text_add(out, ", \"comment\": ");
		json_add_text(out, comment);
	}
	text_add(out, "}");
}

void oci_add_archs(arch_set archs, struct text *out)
{
	const char *between = "";
	text_add(out, "\"architectures\": [");
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		if (archs & ARCH_BIT(arch)) {
			text_add(out, "%s\"%s\"", between, scmp_archs[arch]);
			between = ", ";
		}
	text_add(out, "]");
}

/* Appends an entry for one call, with the conditions of a clause, or (NULL) without conditions. */
static void add_call(const struct said *s, const struct clause *c, const char *comment, struct text *out)
{
	int error = s->action.kind == ACTION_ERRNO ? s->action.data : -1;
	oci_add_call(s->syscall, scmp_actions[s->action.kind], error, c, comment, out);
}

static void add_clauses(const struct said *s, const char *comment, const char **between, struct text *out)
{
	for (size_t k = 0; k < s->any.count; k++) {
		text_add(out, "%s", *between);
		add_call(s, &s->any.items[k], comment, out);
		*between = ",\n";
	}
}

/* Appends a runtime's calls. Their comments distinguish them from the program's. */
static void add_runtime(const struct runtime *r, const char **between, struct text *out)
{
	for (size_t i = 0; i < r->said.calls.count; i++) {
		const struct said *s = &r->said.calls.items[i];
		struct text why = {0};
		runtime_why(r, s, &why);
		add_clauses(s, text_string(&why), between, out);
		if (s->always) {
			text_add(out, "%s", *between);
			add_call(s, NULL, text_string(&why), out);
			*between = ",\n";
		}
		out->failed |= why.failed;
		text_free(&why);
	}
}

/* Appends the notes under the key "comment", as in Docker's own profile. Readers ignore keys that they do not know. */
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

static void add_head(const struct policy *p, bool log, const struct emit_notes *notes, struct text *out)
{
	text_add(out, "{\n");
	add_comment(notes, out);
	text_add(out, " \"defaultAction\": \"%s\"", scmp_actions[p->default_action.kind]);
	if (p->default_action.kind == ACTION_ERRNO)
		text_add(out, ",\n \"defaultErrnoRet\": %u", p->default_action.data);
	text_add(out, ",\n ");
	oci_add_archs(p->archs, out);
	/* With flags of its own a profile no longer has the runtimes' default, which is SPEC_ALLOW (config-linux.md, "Seccomp"). */
	if (log)
		text_add(out, ",\n \"flags\": [\"SECCOMP_FILTER_FLAG_LOG\", \"SECCOMP_FILTER_FLAG_SPEC_ALLOW\"]");
	text_add(out, ",\n");
}

static void add_syscalls(const struct said_list *said, const struct runtime runtimes[RUNTIMES], struct text *out)
{
	const char *between = "\n";
	text_add(out, " \"syscalls\": [");
	for (size_t i = 0; i < said->calls.count; i++)
		if (!action_had(said, i))
			add_names(said, said->calls.items[i].action, &between, out);
	for (size_t i = 0; i < said->calls.count; i++)
		add_clauses(&said->calls.items[i], said->calls.items[i].why, &between, out);
	for (size_t i = 0; i < RUNTIMES; i++)
		add_runtime(&runtimes[i], &between, out);
	text_add(out, "\n ]\n}\n");
}

static int emit(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e)
{
	struct said_list said = {0};
	struct runtime runtimes[RUNTIMES] = {0};
	struct scmp_input capped;
	scmp_cap(in, &capped, notes);
	if (in->log)
		emit_note(notes, "runc before 1.2 refuses a profile with flags, which --log needs");
	int rc = runtimes_and_policy(&capped.in, &said, runtimes, notes, e);
	if (rc == 0) {
		add_head(&capped.policy, in->log, notes, out);
		add_syscalls(&said, runtimes, out);
		rc = out->failed || notes->text.failed ? error_memory(e) : 0;
	}
	runtimes_clear(runtimes);
	said_clear(&said);
	return rc;
}

const struct emitter emit_oci = {
    .name = "oci",
    .summary = "the seccomp object of the OCI runtime specification: Docker, Podman, containerd, crun, runc",
    .emit = emit,
};

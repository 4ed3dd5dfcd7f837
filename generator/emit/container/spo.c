/* Writes a SeccompProfile of the Kubernetes Security Profiles Operator: the content of oci.c in YAML. SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "generator/emit/container/runtime_calls.h"

/* Appends a file's name in the form that Kubernetes accepts (RFC 1123 label): lower case, digits and "-", at most 63 characters. */
static void add_label(const char *source, struct text *out)
{
	const char *slash = source != NULL ? strrchr(source, '/') : NULL, *name = slash != NULL ? slash + 1 : source;
	size_t end = name != NULL ? strcspn(name, ".") : 0, n = 0;
	char label[64];
	for (size_t i = 0; i < end && n < sizeof(label) - 1; i++) {
		unsigned char c = (unsigned char)name[i];
		if (c < 128 && isalnum(c))
			label[n++] = (char)tolower(c);
		else if (n > 0 && label[n - 1] != '-')
			label[n++] = '-';
	}
	while (n > 0 && label[n - 1] == '-')
		n--;
	label[n] = '\0';
	/* YAML would read a label of digits as a number. */
	text_add(out, "%s%s", n == 0 || strspn(label, "0123456789") == n ? "pinhole" : "", label);
}

static void add_yaml_entry(const struct said *s, const char *names, const struct clause *c, struct text *out)
{
	text_add(out, "  - action: %s\n", scmp_actions[s->action.kind]);
	if (s->action.kind == ACTION_ERRNO)
		text_add(out, "    errnoRet: %u\n", s->action.data);
	text_add(out, "    names:\n    - %s\n", names);
	if (c == NULL)
		return;
	text_add(out, "    args:\n");
	for (size_t i = 0; i < c->all.count; i++) {
		struct condition one = scmp_condition(&c->all.items[i]);
		text_add(out, "    - index: %u\n      value: %" PRIu64 "\n", c->all.items[i].arg, one.value);
		if (one.two)
			text_add(out, "      valueTwo: %" PRIu64 "\n", one.second);
		text_add(out, "      op: %s\n", one.op);
	}
}

/* Appends an entry after a comment (NULL: none). */
static void add_commented(const struct said *s, const struct clause *c, const char *comment, struct text *out)
{
	if (comment != NULL) {
		text_add(out, "  # ");
		add_plain(out, comment);
		text_add(out, "\n");
	}
	add_yaml_entry(s, s->syscall, c, out);
}

static void add_clauses(const struct said *s, const char *comment, struct text *out)
{
	for (size_t k = 0; k < s->any.count; k++)
		add_commented(s, &s->any.items[k], comment, out);
}

/* Appends a runtime's calls. Their comments distinguish them from the program's; import recognises them by the comments. */
static void add_runtime(const struct runtime *r, struct text *out)
{
	for (size_t i = 0; i < r->said.calls.count; i++) {
		const struct said *s = &r->said.calls.items[i];
		struct text why = {0};
		runtime_why(r, s, &why);
		add_clauses(s, text_string(&why), out);
		if (s->always)
			add_commented(s, NULL, text_string(&why), out);
		out->failed |= why.failed;
		text_free(&why);
	}
}

static void add_yaml(const struct emit_input *in, const struct said_list *said, const struct runtime runtimes[RUNTIMES],
		     struct text *out)
{
	const struct policy *p = in->policy;
	text_add(out, "apiVersion: security-profiles-operator.x-k8s.io/v1beta1\nkind: SeccompProfile\nmetadata:\n  name: ");
	add_label(in->source, out);
	text_add(out, "\nspec:\n  defaultAction: %s\n  architectures:\n", scmp_actions[p->default_action.kind]);
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		if (p->archs & ARCH_BIT(arch))
			text_add(out, "  - %s\n", scmp_archs[arch]);
	text_add(out, said->calls.count > 0 ? "  syscalls:\n" : "  syscalls: []\n");
	for (size_t i = 0; i < said->calls.count; i++) {
		struct text names = {0};
		if (!action_had(said, i))
			said_names(said, said->calls.items[i].action, "\n    - ", &names);
		if (names.count > 0)
			add_yaml_entry(&said->calls.items[i], text_string(&names), NULL, out);
		out->failed |= names.failed;
		text_free(&names);
	}
	for (size_t i = 0; i < said->calls.count; i++)
		add_clauses(&said->calls.items[i], NULL, out);
	for (size_t i = 0; i < RUNTIMES; i++)
		add_runtime(&runtimes[i], out);
}

/* Notes numbers that a SeccompProfile cannot have: they are int64, and an errno of 0 counts as missing
 * (api/seccompprofile/v1beta1). */
static void note_numbers(const struct said_list *said, struct emit_notes *notes)
{
	struct text large = {0}, none = {0};
	for (size_t i = 0; i < said->calls.count; i++) {
		const struct said *s = &said->calls.items[i];
		bool past = false;
		for (size_t k = 0; k < s->any.count; k++)
			for (size_t j = 0; j < s->any.items[k].all.count; j++) {
				struct condition one = scmp_condition(&s->any.items[k].all.items[j]);
				past |= one.value > INT64_MAX || one.second > INT64_MAX;
			}
		if (past)
			text_add(&large, "%s%s", large.count > 0 ? ", " : "", s->syscall);
		if (s->action.kind == ACTION_ERRNO && s->action.data == 0)
			text_add(&none, "%s%s", none.count > 0 ? ", " : "", s->syscall);
	}
	if (large.count > 0)
		emit_note(notes, "Kubernetes refuses numbers from 2^63 up, which the tests of these calls need: %s", text_string(&large));
	if (none.count > 0)
		emit_note(notes, "errno:EPERM in place of errno:0, which a SeccompProfile does not have: %s", text_string(&none));
	notes->text.failed |= large.failed || none.failed;
	text_free(&large);
	text_free(&none);
}

static int emit(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e)
{
	struct said_list said = {0};
	struct runtime runtimes[RUNTIMES] = {0};
	struct scmp_input capped;
	scmp_cap(in, &capped, notes);
	/* A SeccompProfile has no field for the errno of its default: runtimes use EPERM. The rules are written relative to that. */
	if (capped.policy.default_action.kind == ACTION_ERRNO && capped.policy.default_action.data != EPERM) {
		emit_note(notes, "the default's errno: EPERM, which is all that a SeccompProfile's default can be");
		capped.policy.default_action.data = EPERM;
	}
	int rc = runtimes_and_policy(&capped.in, &said, runtimes, notes, e);
	if (rc == 0)
		note_numbers(&said, notes);
	if (rc == 0) {
		add_notes(notes, "# ", out);
		add_yaml(&capped.in, &said, runtimes, out);
		rc = out->failed || notes->text.failed ? error_memory(e) : 0;
	}
	runtimes_clear(runtimes);
	said_clear(&said);
	return rc;
}

const struct emitter emit_spo = {
    .name = "spo",
    .summary = "a SeccompProfile of the Kubernetes Security Profiles Operator",
    .emit = emit,
};

/* Lines of a firejail profile (firejail-profile(5)): names of calls, and directives that say of arguments what can be said
 * there, where the policy proves that they cost nothing. SPDX-License-Identifier: MIT */
#include <string.h>

#include "express.h"
#include "proven.h"

static void add_calls(const struct said_list *said, bool denies, const char *command, struct text *out)
{
	const char *between = "";
	for (size_t i = 0; i < said->calls.count; i++) {
		const struct said *s = &said->calls.items[i];
		text_add(out, "%s%s", i == 0 ? command : between, s->syscall);
		between = ",";
		if (!denies)
			continue;
		if (s->action.kind == ACTION_ERRNO && errno_name(s->action.data) != NULL)
			text_add(out, ":%s", errno_name(s->action.data));
		else
			text_add(out, ":%s", s->action.kind == ACTION_LOG ? "log" : "kill");
	}
	text_add(out, "%s", said->calls.count > 0 ? "\n" : "");
}

static void add_default(const struct policy *p, struct text *out)
{
	const char *name = p->fallback.kind == ACTION_ERRNO ? errno_name(p->fallback.data) : NULL;
	if (p->fallback.kind != ACTION_ALLOW)
		text_add(out, "seccomp-error-action %s\n", name != NULL ? name : p->fallback.kind == ACTION_LOG ? "log" : p->fallback.kind == ACTION_ERRNO ? "EPERM" : "kill");
}

/* Those of "protocol" in firejail-profile(5); a socket of any other family is refused. */
static void add_protocols(const struct proven *proven, struct text *out)
{
	static const struct {
		uint32_t family;
		const char *name;
	} known[] = {{1, "unix"}, {2, "inet"}, {10, "inet6"}, {16, "netlink"}, {17, "packet"}, {31, "bluetooth"}};
	struct text names = {0};
	size_t named = 0;
	for (size_t i = 0; i < proven->families.count; i++)
		for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
			if (known[k].family == proven->families.items[i])
				text_add(&names, "%s%s", named++ > 0 ? "," : "", known[k].name);
	if (proven->families_known && named > 0 && named == proven->families.count)
		text_add(out, "protocol %s\n", text_string(&names));
	out->failed |= names.failed;
	text_free(&names);
}

/* Namespaces that are never made; with all of them, none is named. */
static void add_namespaces(const struct proven *proven, struct text *out)
{
	if (!proven->namespaces_known)
		return;
	if (proven->namespaces == 0) {
		text_add(out, "restrict-namespaces\n");
		return;
	}
	const char *between = "restrict-namespaces ";
	for (const struct namespace_name *n = namespace_names; n->name != NULL; n++)
		if (!(proven->namespaces & n->flag)) {
			text_add(out, "%s%s", between, n->name);
			between = ",";
		}
	text_add(out, "%s", between[0] == ',' ? "\n" : "");
}

static int emit(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e)
{
	const struct policy *p = in->policy;
	bool denies = lets_through(p->fallback);
	const struct able able = {.actions = denies ? 1u << ACTION_KILL | 1u << ACTION_ERRNO | 1u << ACTION_LOG | 1u << ACTION_ALLOW
						    : 1u << ACTION_ALLOW};
	struct said_list said = {0};
	struct proven proven = {0};
	int rc = one_arch(in, "firejail", e);
	if (rc == 0)
		rc = express(in, &able, &said, notes, e);
	if (rc == 0)
		rc = prove_directives(p, &proven, e);
	if (rc == 0) {
		note_newer(in, notes, "the default");
		text_add(out, "# Lines of a firejail profile, made by pinhole from ");
		add_plain(out, in->source != NULL ? in->source : "a policy");
		text_add(out, ".\n");
		add_notes(notes, "# ", out);
		text_add(out, "seccomp.block-secondary\n");
		add_default(p, out);
		add_calls(&said, denies, denies ? "seccomp.drop " : "seccomp.keep ", out);
		add_protocols(&proven, out);
		add_namespaces(&proven, out);
		if (proven.no_write_execute)
			text_add(out, "memory-deny-write-execute\n");
		rc = out->failed || notes->text.failed ? error_memory(e) : 0;
	}
	proven_clear(&proven);
	said_clear(&said);
	return rc;
}

const struct emitter emit_firejail = {
    .name = "firejail",
    .summary = "lines of a firejail profile",
    .emit = emit,
};

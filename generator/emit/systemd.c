/* Writes a drop-in for a systemd service (systemd.exec(5)): names of calls, and those directives on arguments that deny nothing
 * which the policy allows. SPDX-License-Identifier: MIT */
#include <string.h>

#include "generator/emit/translate/translate.h"
#include "policies/abi/groups.h"
#include "policies/policy/systemd_sandbox.h"

enum { LINE = 100 };

/* Appends "SystemCallFilter=a b c" for the calls of one action, in several lines where it is long: systemd joins them. */
static void add_list(const struct said_list *said, struct action action, const char *setting, const char *suffix,
		     struct text *out)
{
	size_t column = 0;
	for (size_t i = 0; i < said->calls.count; i++) {
		const struct said *s = &said->calls.items[i];
		size_t wide = strlen(s->syscall) + strlen(suffix) + 1;
		if (!action_equal(s->action, action))
			continue;
		if (column == 0 || column + wide > LINE) {
			text_add(out, "%s%s", column > 0 ? "\n" : "", setting);
			column = strlen(setting);
		} else {
			text_add(out, " ");
		}
		text_add(out, "%s%s", s->syscall, suffix);
		column += wide;
	}
	text_add(out, "%s", column > 0 ? "\n" : "");
}

static void add_archs(arch_set archs, struct text *out)
{
	static const char *const names[ARCH_COUNT] = {"x86-64", "x86", "arm64"};
	text_add(out, "SystemCallArchitectures=");
	if (archs == ARCH_BIT(ARCH_NATIVE))
		text_add(out, "native");
	else
		for (unsigned arch = 0, n = 0; arch < ARCH_COUNT; arch++)
			if (archs & ARCH_BIT(arch))
				text_add(out, "%s%s", n++ > 0 ? " " : "", names[arch]);
	text_add(out, "\n");
}

/* Appends the calls that a policy denies, each with its own errno, which this form of SystemCallFilter allows. */
static void add_denied(const struct said_list *said, struct text *out)
{
	for (size_t i = 0; i < said->calls.count; i++) {
		const struct action a = said->calls.items[i].action;
		if (action_had(said, i) || lets_through(a))
			continue;
		struct text suffix = {0};
		if (a.kind == ACTION_ERRNO && errno_name(a.data) != NULL)
			text_add(&suffix, ":%s", errno_name(a.data));
		else if (a.kind == ACTION_ERRNO)
			text_add(&suffix, ":%u", a.data);
		add_list(said, a, "SystemCallFilter=~", text_string(&suffix), out);
		out->failed |= suffix.failed;
		text_free(&suffix);
	}
	add_list(said, (struct action){.kind = ACTION_LOG}, "SystemCallLog=", "", out);
}

/* Returns whether no call is allowed without a log entry. */
static bool logs_all(const struct said_list *said)
{
	for (size_t i = 0; i < said->calls.count; i++)
		if (said->calls.items[i].action.kind == ACTION_ALLOW)
			return false;
	return true;
}

static bool is_said(const struct said_list *said, const char *syscall)
{
	for (size_t i = 0; i < said->calls.count; i++)
		if (strcmp(said->calls.items[i].syscall, syscall) == 0)
			return true;
	return false;
}

/* Denies the calls that systemd always allows, where the policy does not allow them; except execve, by which systemd starts the
 * service after it has loaded the filter. */
static void deny_implicit(const struct policy *p, const struct said_list *said, struct text *out)
{
	size_t n = 0;
	for (size_t i = 0; i < abi_syscall_count; i++) {
		const char *name = abi_syscalls[i].name;
		bool here = false;
		for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
			here |= (p->archs & ARCH_BIT(arch)) && abi_call((enum arch)arch, name) != NULL;
		if (here && abi_in_group(name, "@default") && !is_said(said, name) && strcmp(name, "execve") != 0)
			text_add(out, "%s%s", n++ % 12 == 0 ? n > 1 ? "\nSystemCallFilter=~" : "SystemCallFilter=~" : " ", name);
	}
	text_add(out, "%s", n > 0 ? "\n" : "");
}

static void add_filter(const struct policy *p, const struct said_list *said, bool strict, struct text *out)
{
	const struct action allow = {.kind = ACTION_ALLOW};
	/* Empty settings reset those of the unit's own file, which would be joined to these otherwise. */
	text_add(out, "SystemCallFilter=\nSystemCallErrorNumber=\n");
	if (p->default_action.kind == ACTION_ALLOW) {
		add_denied(said, out);
	} else if (p->default_action.kind == ACTION_LOG) {
		add_denied(said, out);
		add_list(said, allow, "SystemCallLog=~", "", out);
		/* systemd ignores an empty list. */
		text_add(out, "%s", logs_all(said) ? "SystemCallLog=~exit\n" : "");
	} else {
		add_list(said, allow, "SystemCallFilter=", "", out);
		add_list(said, (struct action){.kind = ACTION_LOG}, "SystemCallFilter=", "", out);
		/* An empty list is no filter. systemd itself always allows exit. */
		text_add(out, "%s", said->calls.count == 0 ? "SystemCallFilter=exit\n" : "");
		if (strict)
			deny_implicit(p, said, out);
		add_list(said, (struct action){.kind = ACTION_LOG}, "SystemCallLog=", "", out);
		if (p->default_action.kind == ACTION_ERRNO)
			text_add(out, "SystemCallErrorNumber=");
		if (p->default_action.kind == ACTION_ERRNO && errno_name(p->default_action.data) != NULL)
			text_add(out, "%s\n", errno_name(p->default_action.data));
		else if (p->default_action.kind == ACTION_ERRNO)
			text_add(out, "%u\n", p->default_action.data);
	}
}

/* Appends RestrictAddressFamilies=, where the policy tests all families. "none" needs systemd 249. */
static int add_families(const struct policy *p, struct text *out, struct error *e)
{
	const struct syscall_desc *socket = abi_by_name("socket");
	struct families families = {0};
	bool known = false;
	int rc = policy_families(p, &families, &known, e);
	if (rc == 0 && known) {
		text_add(out, "RestrictAddressFamilies=%s", families.count == 0 ? "none" : "");
		for (size_t i = 0; i < families.count; i++) {
			text_add(out, "%s", i > 0 ? " " : "");
			abi_value_text(socket, ARCH_NATIVE, 0, families.items[i], out);
		}
		text_add(out, "\n");
	}
	vec_free(&families);
	return rc;
}

static int add_namespaces(const struct policy *p, struct text *out, struct error *e)
{
	uint64_t namespaces = 0;
	bool known = false;
	int rc = policy_namespaces(p, &namespaces, &known, e);
	if (rc < 0 || !known)
		return rc;
	text_add(out, "RestrictNamespaces=%s", namespaces == 0 ? "yes" : "");
	const char *between = "";
	for (const struct namespace_name *n = namespace_names; n->name != NULL; n++)
		if (namespaces & n->flag) {
			text_add(out, "%s%s", between, n->name);
			between = " ";
		}
	text_add(out, "\n");
	return 0;
}

/* Appends the directives that deny nothing which the policy allows. Those that do more than forbid calls become a comment. */
static int add_directives(const struct policy *p, struct text *out, struct error *e)
{
	struct text perhaps = {0};
	int rc = add_families(p, out, e);
	if (rc == 0)
		rc = add_namespaces(p, out, e);
	for (const struct directive *d = directives; d->name != NULL && rc == 0; d++) {
		bool never = false;
		rc = policy_never(p, d->deeds, &never, e);
		if (rc == 0 && never && d->newer != NULL)
			rc = policy_never(p, d->newer, &never, e);
		if (never)
			text_add(d->calls_only ? out : &perhaps, "%s%s=yes\n", d->calls_only ? "" : "#", d->name);
	}
	if (perhaps.count > 0)
		text_add(out,
			 "# None of the calls that these forbid is allowed. But they do more than that (see "
			 "systemd.exec(5)),\n"
			 "# of which calls tell nothing:\n%s",
			 text_string(&perhaps));
	out->failed |= perhaps.failed;
	text_free(&perhaps);
	return rc;
}

static int emit(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e)
{
	const struct policy *p = in->policy;
	bool denies = lets_through(p->default_action);
	const struct able able = {.actions = denies ? 1u << ACTION_KILL | 1u << ACTION_ERRNO | 1u << ACTION_LOG |
							  1u << ACTION_ALLOW
						    : 1u << ACTION_ALLOW | 1u << ACTION_LOG,
				  .old_names = true}; /* those of its libseccomp; it warns of others */
	struct said_list said = {0};
	int rc = express(in, &able, &said, notes, e);
	if (rc == 0) {
		if (p->default_action.kind == ACTION_TRAP || p->default_action.kind == ACTION_KILL_THREAD)
			emit_note(notes,
				  "calls that are not allowed: the process is killed, as there is no other default");
		if (!denies && !in->strict)
			emit_note(notes, "allowed besides, as systemd itself does: what systemd-analyze syscall-filter "
					 "@default lists");
		if (!denies && in->strict && !is_said(&said, "execve"))
			emit_note(notes, "execve: allowed, as systemd starts the service by it");
		if (p->default_action.kind == ACTION_LOG && logs_all(&said))
			emit_note(notes, "exit: allowed without a line in the log, as systemd takes no empty list");
		note_newer(in, notes, "the default");
		add_made_by(in, "# ", "A drop-in for a service", out);
		text_add(out, "# Put it into /etc/systemd/system/NAME.service.d/, then: systemctl daemon-reload\n");
		add_notes(notes, "# ", out);
		text_add(out, "[Service]\n");
		add_archs(p->archs, out);
		add_filter(p, &said, in->strict, out);
		rc = add_directives(p, out, e);
		if (rc == 0 && (out->failed || notes->text.failed))
			rc = error_memory(e);
	}
	said_clear(&said);
	return rc;
}

const struct emitter emit_systemd = {
    .name = "systemd",
    .summary = "a drop-in for a systemd service",
    .emit = emit,
};

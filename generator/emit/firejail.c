/* Writes lines of a firejail profile (firejail-profile(5)): names of calls, and those directives on arguments that deny nothing
 * which the policy allows. SPDX-License-Identifier: MIT */
#include <string.h>

#include "generator/emit/translate/translate.h"
#include "policies/policy/systemd_sandbox.h"

/* Calls that firejail itself makes after it has loaded its filter. */
static const char *const own[] = {"execve", "execveat", "prctl", NULL};

static bool is_own(const char *syscall)
{
	for (size_t i = 0; own[i] != NULL; i++)
		if (strcmp(own[i], syscall) == 0)
			return true;
	return false;
}

/* firejail knows names of its own time, 0.9.72's the calls up to process_madvise, and passes over the others: these are told by number.
 * Returns whether this one is. */
static bool add_name(const struct policy *p, const char *syscall, struct text *out)
{
	enum { KNOWN = 440 };
	enum arch arch = (enum arch)__builtin_ctz(p->archs);
	uint32_t nr = 0;
	struct error unused = {0};
	abi_number(arch, syscall, &nr, &unused); /* a policy has no rule of a call that is not there */
	/* x86_64's numbers between 334 and 424 were given to calls later. */
	bool unknown = nr > KNOWN || (arch == ARCH_X86_64 && nr > 334 && nr < 424);
	if (unknown)
		text_add(out, "$%u", nr);
	else
		text_add(out, "%s", syscall);
	return unknown;
}

/* Appends the list of allowed or denied calls. A denied call without an errno of its own gets the answer of seccomp-error-action.
 * (firejail 0.9.72 to 0.9.80 treats "NAME:kill" likewise, and does not know "NAME:log".) */
static void add_calls(const struct policy *p, const struct said_list *said, bool denies, struct text *out)
{
	const char *between = denies ? "seccomp.drop " : "seccomp.keep ";
	for (size_t i = 0; i < said->calls.count; i++) {
		const struct said *s = &said->calls.items[i];
		if (denies == lets_through(s->action))
			continue;
		text_add(out, "%s", between);
		bool number = add_name(p, s->syscall, out);
		between = ",";
		/* It passes over numbers, too, that have no answer of their own (0.9.72). */
		if (number && denies && s->action.kind != ACTION_ERRNO)
			text_add(out, ":kill");
		if (s->action.kind == ACTION_ERRNO && !is_own(s->syscall))
			text_add(out, ":%s", errno_name(s->action.data) != NULL ? errno_name(s->action.data) : "EPERM");
	}
	/* firejail loads no filter for an empty list. */
	text_add(out, "%s", between[0] == ',' ? "\n" : denies ? "" : "seccomp.keep exit\n");
}

static void add_default(const struct policy *p, bool denies, struct text *out)
{
	const char *name = p->default_action.kind == ACTION_LOG ? "log" : "kill";
	if (p->default_action.kind == ACTION_ERRNO)
		name = errno_name(p->default_action.data) != NULL ? errno_name(p->default_action.data) : "EPERM";
	text_add(out, "seccomp-error-action %s\n", denies ? "kill" : name);
}

/* Notes where firejail's answers differ from the policy's. */
static void note_answers(const struct policy *p, const struct said_list *said, bool denies, struct emit_notes *notes)
{
	struct text unnamed = {0}, killed = {0};
	const struct action *a = &p->default_action;
	bool kills = a->kind == ACTION_ALLOW || (!denies && a->kind == ACTION_KILL), any = false;
	for (size_t i = 0; i < said->calls.count && denies; i++) {
		const struct said *s = &said->calls.items[i];
		kills |= s->action.kind == ACTION_KILL;
		any |= !lets_through(s->action);
		if (s->action.kind == ACTION_ERRNO && is_own(s->syscall))
			text_add(&killed, "%s%s", killed.count > 0 ? ", " : "", s->syscall);
		else if (s->action.kind == ACTION_ERRNO && errno_name(s->action.data) == NULL)
			text_add(&unnamed, "%s%s", unnamed.count > 0 ? ", " : "", s->syscall);
	}
	if (unnamed.count > 0)
		emit_note(notes, "EPERM, as their errno has no name: %s", text_string(&unnamed));
	if (killed.count > 0)
		emit_note(notes, "killed in place of their errno, as firejail denies them after it has used them: %s", text_string(&killed));
	if (!denies && a->kind == ACTION_ERRNO && errno_name(a->data) == NULL)
		emit_note(notes, "the default's errno: EPERM, as %u has no name", a->data);
	if (!denies && a->kind == ACTION_TRAP)
		emit_note(notes, "calls that are not allowed: the thread is killed, as there is no trap");
	if (kills)
		emit_note(notes, "the thread alone is killed");
	if (denies && !any)
		emit_note(notes, "calls of x32: allowed, as firejail has no such filter where it is told of no call to deny");
	if (denies && a->kind == ACTION_LOG)
		emit_note(notes, "calls that are neither allowed nor denied: allowed without a line in the log; those of x32: the thread is killed");
	notes->text.failed |= unnamed.failed || killed.failed;
	text_free(&unnamed);
	text_free(&killed);
}

/* The calls that firejail's directives deny (src/fseccomp of 0.9.72), as far as systemd's directives do not. Its filter against
 * writable code denies memfd_create. Its filter against other architectures denies to set a personality, but not to ask for it. */
static const struct deed memfd[] = {{"memfd_create", {{0}}}, {0}};
static const struct deed personalities[] = {
    {"personality", {{.arg = 0, .mask = UINT64_MAX, .from = 1, .to = UINT32_MAX - 1, .tested = true}}}, {0}};

/* Appends "protocol" (firejail-profile(5)), which refuses sockets of all other families. */
static int add_protocols(const struct policy *p, struct text *out, struct error *e)
{
	static const struct {
		uint32_t family;
		const char *name;
	} names[] = {{1, "unix"}, {2, "inet"}, {10, "inet6"}, {16, "netlink"}, {17, "packet"}, {31, "bluetooth"}};
	struct families families = {0};
	struct text list = {0};
	size_t named = 0;
	bool known = false;
	int rc = policy_families(p, &families, &known, e);
	for (size_t i = 0; i < families.count; i++)
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
			if (names[k].family == families.items[i])
				text_add(&list, "%s%s", named++ > 0 ? "," : "", names[k].name);
	/* Its filter tests socket; on i386 that is part of socketcall. */
	if (known && named > 0 && named == families.count && !(p->archs & ARCH_BIT(ARCH_I386)))
		text_add(out, "protocol %s\n", text_string(&list));
	out->failed |= list.failed;
	text_free(&list);
	vec_free(&families);
	return rc;
}

/* Appends the namespaces that are never made. Where all are never made, none is named. */
static int add_namespaces(const struct policy *p, struct text *out, struct error *e)
{
	uint64_t namespaces = 0;
	bool known = false;
	int rc = policy_namespaces(p, &namespaces, &known, e);
	const char *between = "restrict-namespaces ";
	if (rc < 0 || !known)
		return rc;
	for (const struct namespace_name *n = namespace_names; n->name != NULL && namespaces != 0; n++)
		if (!(namespaces & n->flag)) {
			text_add(out, "%s%s", between, n->name);
			between = ",";
		}
	text_add(out, "%s", namespaces == 0 ? "restrict-namespaces\n" : between[0] == ',' ? "\n" : "");
	return 0;
}

static int add_directives(const struct policy *p, struct text *out, struct error *e)
{
	bool never = false, no_memfd = false;
	int rc = add_protocols(p, out, e);
	if (rc == 0)
		rc = add_namespaces(p, out, e);
	if (rc == 0)
		rc = policy_never(p, directives[DIRECTIVE_WRITE_EXECUTE].deeds, &never, e);
	if (rc == 0)
		rc = policy_never(p, memfd, &no_memfd, e);
	if (never && no_memfd)
		text_add(out, "memory-deny-write-execute\n");
	return rc;
}

/* Decides whether to deny calls of other architectures, which also denies personalities. Notes what differs. Returns 0 or a
 * negative code. */
static int add_secondary(const struct emit_input *in, bool *denied, struct emit_notes *notes, struct error *e)
{
	int rc = policy_never(in->policy, personalities, denied, e);
	if (rc == 0 && !*denied && in->strict)
		emit_note(notes, "personality: denied, by seccomp.block-secondary");
	else if (rc == 0 && !*denied)
		emit_note(
		    notes,
		    "calls of other architectures: as firejail has them without seccomp.block-secondary, which would "
		    "deny personality, too");
	*denied |= in->strict;
	return rc;
}

/* Of two filters the stricter one answers. */
static void note_personality(const struct said_list *said, bool denies, struct emit_notes *notes)
{
	for (size_t i = 0; i < said->calls.count && denies; i++)
		if (strcmp(said->calls.items[i].syscall, "personality") == 0 && said->calls.items[i].action.kind == ACTION_ERRNO)
			emit_note(notes, "personality: killed in place of its errno, by seccomp.block-secondary");
}

/* Returns whether the profile lists denied calls. With a default of log it does so where the policy denies calls, and lists allowed
 * calls otherwise. */
static bool denies_calls(const struct policy *p)
{
	bool denies = p->default_action.kind == ACTION_ALLOW;
	for (size_t i = 0; i < p->rules.count && p->default_action.kind == ACTION_LOG; i++)
		denies |= !lets_through(p->rules.items[i].action);
	return denies;
}

static int emit(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e)
{
	const struct policy *p = in->policy;
	bool denies = denies_calls(p);
	const struct able able = {.actions = denies ? 1u << ACTION_KILL | 1u << ACTION_KILL_THREAD | 1u << ACTION_ERRNO |
							  1u << ACTION_ALLOW
						    : 1u << ACTION_ALLOW};
	struct said_list said = {0};
	bool secondary = false;
	int rc = one_arch(in, "firejail", e);
	if (rc == 0)
		rc = add_secondary(in, &secondary, notes, e);
	if (rc == 0)
		rc = express(in, &able, &said, notes, e);
	if (rc == 0) {
		if (!denies && said.calls.count == 0)
			emit_note(notes, "exit: allowed, as firejail takes no empty list");
		if (!denies)
			emit_note(notes, "allowed besides, as firejail itself does: execve, execveat, prctl");
		note_answers(p, &said, denies, notes);
		if (secondary)
			note_personality(&said, denies, notes);
		note_newer(in, notes, "the default");
		add_made_by(in, "# ", "Lines of a firejail profile", out);
		add_notes(notes, "# ", out);
		text_add(out, "%s", secondary ? "seccomp.block-secondary\n" : "");
		add_default(p, denies, out);
		add_calls(p, &said, denies, out);
		rc = add_directives(p, out, e);
		if (rc == 0 && (out->failed || notes->text.failed))
			rc = error_memory(e);
	}
	said_clear(&said);
	return rc;
}

const struct emitter emit_firejail = {
    .name = "firejail",
    .summary = "lines of a firejail profile",
    .emit = emit,
};

/* Writes the seccomp object of the OCI runtime specification that makes a runtime hand a container to a seccomp agent
 * (config-linux.md, "Seccomp", listenerPath). SPDX-License-Identifier: MIT
 *
 * What each runtime can: crun takes SCMP_ACT_NOTIFY as the default. runc (libcontainer/seccomp, InitSeccomp) refuses it as the default,
 * so every call is named there, and for some it cannot notify (policies/abi/unnoticed.h). Several tests of one argument in one entry
 * runc would join by "or" (matchCall). */
#include <errno.h>
#include <string.h>

#include "generator/emit/container/oci.h"
#include "policies/abi/unnoticed.h"
#include "policies/json/json_text.h"

static const char notify[] = "SCMP_ACT_NOTIFY", allow[] = "SCMP_ACT_ALLOW";

static void add_entry(const char *syscall, const char *action, const struct clause *c, const char **between, struct text *out)
{
	text_add(out, "%s", *between);
	oci_add_call(syscall, action, -1, c, NULL, out);
	*between = ",\n";
}

static struct said *find(const struct said_list *said, const char *name)
{
	for (size_t i = 0; i < said->calls.count; i++)
		if (strcmp(said->calls.items[i].syscall, name) == 0)
			return &said->calls.items[i];
	return NULL;
}

/* crun: what is known is allowed, the default is left to notify. */
static void add_known(const struct said_list *said, const char **between, struct text *out)
{
	for (size_t i = 0; i < said->calls.count; i++) {
		const struct said *s = &said->calls.items[i];
		if (s->always)
			add_entry(s->syscall, allow, NULL, between, out);
		for (size_t k = 0; !s->always && k < s->any.count; k++)
			add_entry(s->syscall, allow, &s->any.items[k], between, out);
	}
}

/* Whether the calls that notify can be told from the others by one test an entry: one clause, each of whose tests is for one value.
 * libseccomp makes of i386's socket and its like calls of socketcall without their arguments: these would contradict each other. */
static bool has_opposite(const struct said *s, arch_set archs)
{
	uint32_t number;
	bool behind = (archs & ARCH_BIT(ARCH_I386)) != 0 && abi_multiplexer(s->syscall, &number) != NULL;
	bool has = s->any.count == 1 && !behind;
	for (size_t i = 0; has && i < s->any.items[0].all.count; i++) {
		const struct comparison *c = &s->any.items[0].all.items[i];
		has = c->op == COMPARE_MASKED && (c->mask == UINT64_MAX || c->mask == UINT32_MAX);
	}
	return has;
}

/* One test of one argument. */
static bool add_test(const char *syscall, const char *action, struct comparison c, const char **between, struct text *out)
{
	struct clause clause = {0};
	if (!vec_push(&clause.all, c))
		return false;
	add_entry(syscall, action, &clause, between, out);
	vec_free(&clause.all);
	return true;
}

/* runc: allows a call with these arguments, and names what notifies: one of them is another. */
static bool add_opposite(struct said *s, const char **between, struct text *out)
{
	struct clause *known = &s->any.items[0];
	for (size_t i = 0; i < known->all.count; i++)
		known->all.items[i].mask = UINT64_MAX; /* the whole register: where its upper half has something, the call notifies */
	add_entry(s->syscall, allow, known, between, out);
	for (size_t i = 0; i < known->all.count; i++) {
		struct comparison c = known->all.items[i];
		c.op = COMPARE_OTHER;
		if (!add_test(s->syscall, notify, c, between, out))
			return false;
	}
	return true;
}

/* runc: allows what it cannot notify for. With an argument's values, one after the other, all below and above them notify. */
static bool add_unnoticed(const struct unnoticed_call *u, size_t n, const char **between, struct text *out)
{
	bool fine = true;
	if (u->arg < 0) {
		add_entry(u->name, allow, NULL, between, out);
		return true;
	}
	for (size_t i = 0; i < n; i++)
		fine &= add_test(u->name, allow, (struct comparison){(uint8_t)u->arg, COMPARE_MASKED, UINT64_MAX, u[i].least}, between, out);
	return fine &&
	       add_test(u->name, notify, (struct comparison){(uint8_t)u->arg, COMPARE_MOST, UINT64_MAX, u->least - 1}, between, out) &&
	       add_test(u->name, notify, (struct comparison){(uint8_t)u->arg, COMPARE_LEAST, UINT64_MAX, u[n - 1].most + 1}, between, out);
}

/* runc: every call of these architectures, by name. */
static void add_every_call(const struct said_list *said, arch_set archs, const char **between, struct text *out)
{
	for (size_t i = 0; i < abi_syscall_count; i++) {
		const char *name = abi_syscalls[i].name;
		bool has = false;
		for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
			has |= (archs & ARCH_BIT(arch)) != 0 && abi_syscalls[i].nr[arch] >= 0;
		struct said *s = find(said, name);
		if (!has)
			continue;
		size_t n;
		const struct unnoticed_call *unnoticed = runc_unnoticed_find(name, &n);
		if (s != NULL && s->always)
			add_entry(name, allow, NULL, between, out);
		else if (unnoticed != NULL)
			out->failed |= !add_unnoticed(unnoticed, n, between, out);
		else if (s == NULL || !has_opposite(s, archs))
			add_entry(name, notify, NULL, between, out);
		else
			out->failed |= !add_opposite(s, between, out);
	}
}

static void note_unnoticed(struct emit_notes *notes)
{
	struct text names = {0};
	for (size_t i = 0; i < runc_unnoticed_count; i++)
		if (i == 0 || strcmp(runc_unnoticed[i - 1].name, runc_unnoticed[i].name) != 0)
			text_add(&names, "%s%s", i > 0 ? ", " : "", runc_unnoticed[i].name);
	emit_note(notes, "runc cannot notify for %s: they are not seen, and pinhole listen assumes that they were made; calls newer than this pinhole "
			 "knows fail with ENOSYS",
		  text_string(&names));
	notes->text.failed |= names.failed;
	text_free(&names);
}

/* JSON holds UTF-8 only, and a runtime takes the text as it stands. */
static bool is_utf8(const char *s)
{
	for (size_t n; *s != '\0'; s += n)
		if ((n = text_utf8_length(s)) == 0)
			return false;
	return true;
}

int emit_listening(const struct listening_profile *in, struct text *out, struct emit_notes *notes, struct error *e)
{
	struct said_list said = {0};
	struct policy known = *in->known; /* shares the rules */
	known.default_action = known.newer = (struct action){ACTION_KILL, 0}; /* for whatever notifies; it is not written */
	struct emit_input input = {.policy = &known, .strict = true};	   /* where in doubt, a call notifies */
	struct emit_notes unheard = {0};
	struct text metadata = {0};
	const char *between = "\n";
	if (!is_utf8(in->socket) || (in->name != NULL && !is_utf8(in->name)))
		return error_set(e, ERR_INPUT, "oci: the socket's path, or the name, is no UTF-8, which JSON cannot hold; give another one");
	int rc = scmp_express(&input, &said, &unheard, e);
	if (rc == 0) {
		text_add(&metadata, "%s%sknown=%zu%s", in->name != NULL ? in->name : "", in->name != NULL ? " " : "", in->facts,
			 in->every_call ? " unseen=runc" : "");
		text_add(out, "{\n \"defaultAction\": \"%s\",\n", in->every_call ? "SCMP_ACT_ERRNO" : notify);
		if (in->every_call)
			text_add(out, " \"defaultErrnoRet\": %d,\n", ENOSYS);
		text_add(out, " \"listenerPath\": ");
		json_add_string(out, in->socket);
		text_add(out, ",\n \"listenerMetadata\": ");
		json_add_string(out, text_string(&metadata));
		text_add(out, ",\n ");
		oci_add_archs(in->archs, out);
		text_add(out, ",\n \"syscalls\": [");
		if (in->every_call)
			add_every_call(&said, in->archs, &between, out);
		else
			add_known(&said, &between, out);
		text_add(out, "\n ]\n}\n");
		rc = out->failed || metadata.failed ? error_memory(e) : 0;
	}
	if (in->every_call)
		note_unnoticed(notes);
	if (in->archs != known.archs && said.calls.count > 0)
		emit_note(notes, "32-bit calls that the profile knows as 64-bit ones are not seen, as it has no 32-bit calls");
	emit_note(notes, "calls of other architectures and of x32: the thread is killed");
	text_free(&metadata);
	text_free(&unheard.text);
	said_clear(&said);
	return rc;
}

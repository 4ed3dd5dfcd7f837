/* The calls that container runtimes make under the filter that they load. policies/library has those of crun and runc, from their
 * sources and traces (tools/dev/runtime-bases). A policy without them stops the runtime before it starts the program.
 * SPDX-License-Identifier: MIT */
#include "generator/emit/container/runtime_calls.h"

#include <string.h>

#include "policies/policy/call_set.h"

/* Puts the bytes of a file into the program. Paths begin at the Makefile's folder. Hidden: see policies/report/page/assets.c. */
#define EMBED(name)                                                                                                    \
	__asm__(".section .rodata\n"                                                                                   \
		"emit_" #name ":\n"                                                                                    \
		".incbin \"policies/library/" #name ".json\"\n"                                                        \
		"emit_" #name "_end:\n"                                                                                \
		".previous\n");                                                                                        \
	extern __attribute__((visibility("hidden"))) const char emit_##name[], emit_##name##_end[]

EMBED(crun);
EMBED(runc);

/* Returns the runtime's architectures: it is a program of the machine itself, also where it starts 32-bit programs. */
static arch_set native_archs(arch_set archs)
{
	arch_set x86 = archs & (ARCH_BIT(ARCH_X86_64) | ARCH_BIT(ARCH_I386));
	return (arch_set)((archs & ARCH_BIT(ARCH_AARCH64)) | (x86 != 0 ? ARCH_BIT(ARCH_X86_64) : 0));
}

static void add_name(struct text *list, const char *name)
{
	text_add(list, "%s%s", list->count > 0 ? ", " : "", name);
}

/* Returns whether the policy has another answer to a call than the runtime needs. That was a person's decision, so it stays. */
static bool answered_otherwise(const struct policy *p, const struct rule *r)
{
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
		const struct rule *own = (r->archs & ARCH_BIT(arch)) ? policy_rule(p, (enum arch)arch, r->syscall) : NULL;
		for (; own != NULL; own = policy_next_rule(p, (enum arch)arch, own))
			if (!action_equal(own->action, r->action))
				return true;
	}
	return false;
}

/* Keeps the runtime's rules for the policy's architectures, unless the policy contradicts them. Adds the names of calls that the
 * policy denies to `denied`. */
static void keep_rules(struct policy *runtime, const struct policy *p, struct text *denied)
{
	size_t kept = 0;
	for (size_t i = 0; i < runtime->rules.count; i++) {
		struct rule *r = &runtime->rules.items[i];
		r->archs &= native_archs(p->archs);
		bool otherwise = answered_otherwise(p, r);
		if (otherwise && lets_through(r->action) && strstr(text_string(denied), r->syscall) == NULL)
			add_name(denied, r->syscall);
		if (otherwise || r->archs == 0)
			rule_clear(r);
		else
			runtime->rules.items[kept++] = *r;
	}
	runtime->rules.count = kept;
	runtime->archs = native_archs(p->archs);
	runtime->default_action = p->default_action;
}

/* Finds the calls of one runtime. `had`: another runtime's calls, which are left out; or NULL. */
static int express_runtime(const struct emit_input *in, struct runtime *r, const char *bytes, size_t n,
			   const struct policy *had, struct text *denied, struct error *e)
{
	struct emit_input of_runtime = *in;
	struct emit_notes unheard = {0};
	r->policy = policy_parse(bytes, n, r->name, e);
	if (r->policy == NULL)
		return e->code;
	keep_rules(r->policy, in->policy, denied);
	of_runtime.policy = r->policy;
	int rc = policy_leave_out(r->policy, in->policy, e);
	if (rc == 0 && had != NULL)
		rc = policy_leave_out(r->policy, had, e);
	if (rc == 0)
		rc = scmp_express(&of_runtime, &r->said, &unheard, e);
	text_free(&unheard.text);
	return rc;
}

static void note_calls(const struct runtime all[RUNTIMES], const struct text *denied, struct emit_notes *notes)
{
	for (size_t i = 0; i < RUNTIMES; i++) {
		struct text names = {0}, errors = {0};
		for (size_t k = 0; k < all[i].said.calls.count; k++)
			add_name(lets_through(all[i].said.calls.items[k].action) ? &names : &errors, all[i].said.calls.items[k].syscall);
		if (names.count > 0)
			emit_note(notes, "allowed besides, as %s itself may need it to start the program: %s", all[i].name,
				  text_string(&names));
		if (errors.count > 0)
			emit_note(notes, "answered by errors besides, with which %s itself goes on: %s", all[i].name, text_string(&errors));
		notes->text.failed |= names.failed || errors.failed;
		text_free(&names);
		text_free(&errors);
	}
	if (denied->count > 0)
		emit_note(notes, "denied as the policy says, though crun or runc may need it to start the program: %s",
			  text_string(denied));
	notes->text.failed |= denied->failed;
}

/* Finds the calls that runtimes need and the policy does not let through: a filter binds the runtime that loads it until it has
 * started the program. Finds none with in->strict. Adds notes in either case. Returns 0 or a negative code. Call runtimes_clear
 * in either case. */
static int express_runtimes(const struct emit_input *in, struct runtime out[RUNTIMES], struct emit_notes *notes, struct error *e)
{
	struct text denied = {0};
	memset(out, 0, sizeof(*out) * RUNTIMES);
	out[0].name = "crun";
	out[1].name = "runc";
	if (lets_through(in->policy->default_action))
		return 0;
	if (in->strict) {
		emit_note(notes, "what crun or runc themselves need to start the program is denied: let the policy have it, "
				 "with pinhole policy --with");
		return 0;
	}
	int rc = express_runtime(in, &out[0], emit_crun, (size_t)(emit_crun_end - emit_crun), NULL, &denied, e);
	if (rc == 0)
		rc = express_runtime(in, &out[1], emit_runc, (size_t)(emit_runc_end - emit_runc), out[0].policy, &denied,
				     e);
	if (rc == 0)
		note_calls(out, &denied, notes);
	text_free(&denied);
	return rc;
}

int runtime_add_crun(struct policy *p, struct emit_notes *notes, struct error *e)
{
	struct text denied = {0}, names = {0};
	if (lets_through(p->default_action))
		return 0;
	struct policy *crun = policy_parse(emit_crun, (size_t)(emit_crun_end - emit_crun), "crun", e);
	int rc = crun == NULL ? e->code : 0;
	if (rc == 0) {
		keep_rules(crun, p, &denied);
		rc = policy_leave_out(crun, p, e);
	}
	for (size_t i = 0; rc == 0 && i < crun->rules.count; i++)
		add_name(&names, crun->rules.items[i].syscall);
	if (rc == 0)
		rc = policy_add_all(p, crun, "for crun itself", e);
	if (names.count > 0)
		emit_note(notes, "allowed besides, as crun itself may need it to start the program: %s", text_string(&names));
	if (denied.count > 0)
		emit_note(notes, "denied as the policy says, though crun may need it to start the program: %s", text_string(&denied));
	notes->text.failed |= names.failed || denied.failed;
	text_free(&names);
	text_free(&denied);
	policy_free(crun);
	return rc;
}

int runtimes_and_policy(const struct emit_input *in, struct said_list *said, struct runtime runtimes[RUNTIMES], struct emit_notes *notes,
			struct error *e)
{
	struct said_list *lists[RUNTIMES + 1] = {said};
	for (size_t i = 0; i < RUNTIMES; i++)
		lists[i + 1] = &runtimes[i].said;
	int rc = scmp_express(in, said, notes, e);
	if (rc == 0)
		rc = express_runtimes(in, runtimes, notes, e);
	if (rc == 0)
		rc = scmp_guard(in, lists, RUNTIMES + 1, notes, e);
	scmp_note_others(in, notes);
	/* runc (libcontainer/seccomp/patchbpf) itself puts an answer ENOSYS for newer calls before the filter, crun does not. */
	note_newer(in, notes, "the default (but runc answers ENOSYS by itself)");
	return rc;
}

void runtimes_clear(struct runtime all[RUNTIMES])
{
	for (size_t i = 0; i < RUNTIMES; i++) {
		said_clear(&all[i].said);
		policy_free(all[i].policy);
	}
}

void runtime_why(const struct runtime *r, const struct said *s, struct text *out)
{
	text_add(out, "for %s itself: %s", r->name, s->why != NULL ? s->why : "it starts the program");
}

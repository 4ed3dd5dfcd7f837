/* Adds calls to a policy that the code can reach but no run has seen.
 * SPDX-License-Identifier: MIT */
#include <string.h>

#include "policies/abi/groups.h"
#include "policies/policy/call_set.h"
#include "policies/reach/unseen.h"

/* The reason of a rule: "reachable, never seen: main → foo → libc.so.6:splice". */
static void reason(const struct unseen_of *of, const struct unseen_call *call, struct text *out)
{
	text_add(out, "reachable, %s", of->phase == NULL && of->program == NULL ? "never seen" : "not seen");
	if (of->phase != NULL)
		text_add(out, " in phase %s", of->phase);
	if (of->program != NULL)
		text_add(out, " of %s", of->program);
	text_add(out, ": ");
	reachable_path_text(call->by, call->call, out);
}

static int add_new(struct policy *p, enum arch arch, const char *name, struct action action, const char *why, struct error *e)
{
	return policy_add_rule(p, name, ARCH_BIT(arch), action, why) != NULL ? 0 : error_memory(e);
}

/* Adds a rule, or widens an existing one (for example of a call that replaces a seen one). */
static int add_one(struct policy *p, enum arch arch, const char *name, struct action action, const char *why, struct error *e)
{
	if (policy_rule(p, arch, name) == NULL)
		return add_new(p, arch, name, action, why, e);
	struct policy *one = policy_new();
	int rc = one != NULL ? add_new(one, arch, name, action, NULL, e) : error_memory(e);
	if (rc == 0) {
		one->archs = ARCH_BIT(arch);
		rc = policy_add_all(p, one, why, e);
	}
	policy_free(one);
	return rc;
}

static bool is_allowed(const struct policy *p, enum arch arch, const char *name)
{
	const struct rule *r = policy_rule(p, arch, name);
	while (r != NULL && r->action.kind == ACTION_ALLOW && r->any.count > 0)
		r = policy_next_rule(p, arch, r);
	return r != NULL && r->action.kind == ACTION_ALLOW;
}

static const struct unseen_call *find_unseen(const struct unseen_kinds *kinds, const char *name)
{
	for (size_t i = 0; i < kinds->unseen.count; i++)
		if (strcmp(kinds->unseen.items[i].name, name) == 0)
			return &kinds->unseen.items[i];
	return NULL;
}

/* Group membership as `show` presents it: systemd's members and the calls listed beside them. */
static bool is_in(const char *syscall, const char *group)
{
	return abi_in_group(syscall, group) || strcmp(abi_group(syscall), group) == 0;
}

static bool is_group(const char *name)
{
	for (size_t i = 0; i < abi_group_count; i++)
		if (strcmp(abi_groups[i].name, name) == 0)
			return true;
	return false;
}

struct adding {
	const struct unseen *unseen;
	const struct unseen_of *of;
	struct unseen_kinds kinds;
	struct policy *policy;
	bool clone3; /* allow it as a member of a group */
};

static int allow(struct adding *a, const struct unseen_call *call, bool by_name, struct error *e)
{
	struct text why = {0};
	struct action action = {ACTION_ALLOW, 0};
	reason(a->of, call, &why);
	if (strcmp(call->name, "clone3") == 0 && !by_name && !a->clone3) {
		action = (struct action){ACTION_ERRNO, (uint16_t)errno_by_name("ENOSYS")};
		text_add(&why, "; its flags are behind a pointer: libc falls back to clone");
	}
	int rc = why.failed ? error_memory(e) : add_one(a->policy, a->unseen->arch, call->name, action, text_string(&why), e);
	text_free(&why);
	return rc;
}

/* Reports why a name cannot be added. */
static int refuse(const struct adding *a, const char *name, struct error *e)
{
	uint32_t nr;
	int rc = abi_number(a->unseen->arch, name, &nr, e);
	if (rc < 0)
		return rc;
	if (rc > 0)
		return error_set(e, ERR_INPUT, "%s has no %s, and the code that was read is of no other architecture",
				 arch_name(a->unseen->arch), name);
	if (unseen_find(a->unseen, nr) == NULL)
		return error_set(e, ERR_INPUT,
				 "the code that was read cannot reach %s; if the program needs it, add it with "
				 "--with=POLICY",
				 name);
	return error_set(e, ERR_INPUT, "%s was seen and has a rule; --args=none allows it with any arguments", name);
}

static int allow_name(struct adding *a, const char *name, struct error *e)
{
	const struct unseen_call *call = find_unseen(&a->kinds, name);
	if (call == NULL)
		return refuse(a, name, e);
	if (is_allowed(a->policy, a->unseen->arch, name))
		return error_set(e, ERR_INPUT, "%s is allowed without it; leave it out", name);
	return allow(a, call, true, e);
}

static int allow_group(struct adding *a, const char *group, struct error *e)
{
	size_t n = 0;
	if (!is_group(group))
		return error_set(e, ERR_INPUT,
				 "there is no group %s; pinhole show --by=group names the groups, which are systemd's",
				 group);
	for (size_t i = 0; i < a->kinds.unseen.count && e->code == 0; i++) {
		const struct unseen_call *call = &a->kinds.unseen.items[i];
		if (!is_in(call->name, group) || is_allowed(a->policy, a->unseen->arch, call->name))
			continue;
		n++;
		allow(a, call, false, e);
	}
	if (e->code == 0 && n == 0)
		error_set(e, ERR_INPUT, "%s has no call that is reachable and was never seen; leave it out", group);
	return e->code;
}

int unseen_allow(const struct unseen *c, const struct unseen_of *of, const char *words, bool clone3, struct policy *p,
		struct error *e)
{
	struct adding a = {.unseen = c, .of = of, .policy = p, .clone3 = clone3};
	char name[64];
	if (p->default_action.kind == ACTION_ALLOW)
		return error_set(e, ERR_INPUT, "the policy's default allows everything already");
	if ((p->archs & ARCH_BIT(c->arch)) == 0)
		return error_set(e, ERR_INPUT, "the profile has no fact of %s", arch_name(c->arch));
	int rc = unseen_sort_out(c, of, &a.kinds, e);
	for (const char *at = words; rc == 0; at++) {
		size_t n = strcspn(at, ",");
		if (n == 0 || n >= sizeof(name)) {
			rc = error_set(e, ERR_INPUT, "\"%.60s\": expected calls or groups, as in splice,@network-io",
				       words);
			break;
		}
		memcpy(name, at, n);
		name[n] = '\0';
		rc = name[0] == '@' ? allow_group(&a, name, e) : allow_name(&a, name, e);
		at += n;
		if (*at == '\0')
			break;
	}
	vec_free(&a.kinds.unseen);
	return rc;
}

/* Whether the bases decide a call. */
static bool is_decided(const struct unseen_bases *bases, enum arch arch, const char *name)
{
	for (size_t i = 0; i < bases->v.count; i++) {
		const struct policy *base = bases->v.items[i];
		if ((base->archs & ARCH_BIT(arch)) != 0 &&
		    (policy_rule(base, arch, name) != NULL || lets_through(base->default_action)))
			return true;
	}
	return false;
}

int unseen_answer(const struct unseen *c, const struct unseen_of *of, struct action action,
		 const struct unseen_bases *bases, struct policy *p, struct error *e)
{
	struct unseen_kinds kinds = {0};
	if (lets_through(p->default_action))
		return error_set(e, ERR_INPUT,
				 "the policy's default allows unseen calls; choose a default that refuses them");
	if ((p->archs & ARCH_BIT(c->arch)) == 0)
		return error_set(e, ERR_INPUT, "the profile has no fact of %s", arch_name(c->arch));
	int rc = unseen_sort_out(c, of, &kinds, e);
	for (size_t i = 0; i < kinds.unseen.count && rc == 0; i++) {
		struct text why = {0};
		if (policy_rule(p, c->arch, kinds.unseen.items[i].name) != NULL ||
		    is_decided(bases, c->arch, kinds.unseen.items[i].name))
			continue;
		reason(of, &kinds.unseen.items[i], &why);
		rc = why.failed ? error_memory(e) : add_new(p, c->arch, kinds.unseen.items[i].name, action, text_string(&why), e);
		text_free(&why);
	}
	vec_free(&kinds.unseen);
	return rc;
}

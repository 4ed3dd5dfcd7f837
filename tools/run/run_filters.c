/* Makes the filters of a program that `run` starts, and decides when each is installed.
 * SPDX-License-Identifier: MIT */
#include "tools/run/run_filters.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "policies/policy/call_set.h"

void run_set_default(struct policy *p, const struct run_options *o)
{
	if (!o->default_given)
		return;
	p->default_action = o->default_action;
	if (o->default_action.kind >= ACTION_TRACE)
		p->newer = o->default_action;
}

/* Returns the phases that the filter must allow, or NULL for all. Leaves out phase load if the
 * filter comes after the loader. */
static const char *phases_of(const char *path, const struct profile *p, const struct run_options *o)
{
	const char *phases = o->at_entry ? profile_phases_at_entry(p) : NULL;
	if (o->at_entry && phases == NULL)
		command_say("%s: the program executes others, and these are loaded under its filter, so the filter allows the calls of phase load",
			    path);
	return phases;
}

static int add_test(struct alternative *a, const char *call, enum arch arch, unsigned arg, uint64_t value,
		    struct error *e)
{
	return alternative_add_test(a, abi_by_name(call), arch, arg, UINT64_MAX, &(struct range){value, value}, 1, e);
}

/* Adds a rule that allows a call with these values of two arguments. */
static int allow_pair(struct policy *p, enum arch arch, const char *call, const unsigned args[2],
		      const uint64_t values[2], struct error *e)
{
	static const char why[] = "run: this call installs the filter of phase serve";
	struct policy *one = policy_new();
	struct rule *rule =
	    one == NULL ? NULL : policy_add_rule(one, call, ARCH_BIT(arch), (struct action){ACTION_ALLOW, 0}, NULL);
	struct alternative a = {0};
	int rc = rule == NULL ? error_memory(e) : add_test(&a, call, arch, args[0], values[0], e);
	if (rc == 0)
		rc = add_test(&a, call, arch, args[1], values[1], e);
	if (rc == 0 && vec_push(&rule->any, a)) {
		one->archs = ARCH_BIT(arch);
		rc = policy_add_all(p, one, why, e);
	} else {
		alternative_clear(&a);
		rc = rc < 0 ? rc : error_memory(e);
	}
	policy_free(one);
	return rc;
}

/* The calls that inject.c makes the process do under its first filter, to install the second one.
 * Allowing them is safe: a further filter can only forbid more. */
static const unsigned mapping_args[] = {2, 3}, filter_args[] = {0, 1};
static const uint64_t mapping[] = {PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS};

static uint64_t filter_flags(bool log)
{
	return SECCOMP_FILTER_FLAG_TSYNC | (log ? SECCOMP_FILTER_FLAG_LOG : 0);
}

static int allow_tightening(struct policy *p, bool log, struct error *e)
{
	const uint64_t filter[] = {SECCOMP_SET_MODE_FILTER, filter_flags(log)};
	int rc = 0;
	for (enum arch arch = 0; rc == 0 && arch < ARCH_COUNT; arch++)
		if ((p->archs & ARCH_BIT(arch)) != 0) {
			rc = allow_pair(p, arch, arch == ARCH_I386 ? "mmap2" : "mmap", mapping_args, mapping, e);
			rc = rc < 0 ? rc : allow_pair(p, arch, "seccomp", filter_args, filter, e);
		}
	return rc;
}

/* Checks that a given filter lets these calls pass, on the native architecture with these
 * values. */
static int check_tightening(const char *path, const struct filter *f, bool log, struct error *e)
{
	struct seccomp_data map = {.arch = arch_audit(ARCH_NATIVE), .nr = abi_by_name("mmap")->nr[ARCH_NATIVE]};
	struct seccomp_data filter = {.arch = arch_audit(ARCH_NATIVE), .nr = abi_by_name("seccomp")->nr[ARCH_NATIVE]};
	memcpy(map.args + mapping_args[0], mapping, sizeof(mapping));
	filter.args[0] = SECCOMP_SET_MODE_FILTER;
	filter.args[1] = filter_flags(log);
	if (command_filter_lets_through(f->code.items, f->code.count, &map) &&
	    command_filter_lets_through(f->code.items, f->code.count, &filter))
		return 0;
	return error_set(e, ERR_INPUT,
			 "%s: does not let the program install another filter (mmap of private memory that is read and "
			 "written, seccomp "
			 "for all threads); give the policy, to which run adds these calls",
			 path);
}

static struct policy *derive(const char *path, const struct profile *p, const char *phases, const struct run_options *o,
			     struct error *e)
{
	struct infer_options options = infer_defaults;
	struct text warnings = {0};
	options.phase = phases;
	if (o->default_given)
		options.default_action = o->default_action;
	struct policy *policy = infer(p, &options, &warnings, e);
	if (policy == NULL)
		error_prefix(e, "%s: ", path);
	else if (warnings.failed)
		error_memory(e);
	else if (warnings.count > 0)
		command_warn(&warnings);
	text_free(&warnings);
	return policy;
}

static int from_profile(const char *path, const struct profile *p, const struct run_options *o,
			struct deployed_filters *out, struct error *e)
{
	const struct compile_options compile = {.counts = p};
	const char *at = profile_phase_at(p);
	bool serves = false;
	for (size_t i = 0; at != NULL && !o->one_phase && o->serve == NULL && i < profile_fact_count(p); i++)
		serves |= profile_fact(p, i)->key.phase == PHASE_SERVE;
	struct policy *first = derive(path, p, phases_of(path, p, o), o, e), *last = NULL;
	if (e->code == 0 && serves) {
		out->how.phase_at = at;
		last = derive(path, p, phase_name(PHASE_SERVE), o, e);
	}
	if (e->code == 0 && (serves || o->serve != NULL))
		allow_tightening(first, o->log, e);
	if (e->code == 0)
		filter_compile(first, &compile, &out->first, e);
	if (e->code == 0 && last != NULL)
		filter_compile(last, &compile, &out->last, e);
	policy_free(first);
	policy_free(last);
	return e->code;
}

static int from_policy(const char *path, struct policy *p, const struct run_options *o, struct deployed_filters *out,
		       struct error *e)
{
	if (p->phase != NULL && !phase_listed(p->phase, PHASE_MAIN) && phases_parse(p->phase) != 0)
		return error_set(e, ERR_INPUT, "%s: is for phase %s alone, but the program also needs the calls of main; give a policy of all phases",
				 path, p->phase);
	if (p->phase != NULL && !phase_listed(p->phase, PHASE_LOAD) && !o->at_entry)
		command_say("%s: is for phase %s alone, so the loader's calls are denied; give --at=entry", path,
			    p->phase);
	run_set_default(p, o);
	if (o->serve != NULL && allow_tightening(p, o->log, e) < 0)
		return e->code;
	return filter_compile(p, NULL, &out->first, e);
}

/* Makes the filter of --serve from its file. */
static int read_serve(const struct run_options *o, struct deployed_filters *out, struct error *e)
{
	struct input in = {0};
	int rc = input_read(o->serve, true, &in, e);
	out->how.phase_at = o->phase_at;
	if (rc == 0 && in.profile != NULL)
		rc = error_set(e, ERR_INPUT, "%s: is a profile; give --serve a policy or a filter", o->serve);
	else if (rc == 0 && in.policy != NULL) {
		run_set_default(in.policy, o);
		rc = filter_compile(in.policy, NULL, &out->last, e);
	} else if (rc == 0) {
		out->last = in.filter;
		in.filter = (struct filter){0};
	}
	input_free(&in);
	return rc;
}

/* Checks that a filter installed before execve allows it. Otherwise the kernel's log would name
 * pinhole instead of the program. */
static int check_execve(const char *path, const struct filter *f, struct error *e)
{
	struct seccomp_data call = {.arch = arch_audit(ARCH_NATIVE), .nr = abi_by_name("execve")->nr[ARCH_NATIVE]};
	if (command_filter_lets_through(f->code.items, f->code.count, &call))
		return 0;
	return error_set(e, ERR_INPUT,
			 "%s: does not allow execve, which starts the command (a profile of running processes may lack "
			 "it); give --at=entry, which installs the filter at the program's entry point",
			 path);
}

static struct watch_filter as_watch(const struct filter *f, bool log, const struct watch_filter *earlier)
{
	return (struct watch_filter){.code = f->code.items,
				     .length = f->code.count,
				     .log = log,
				     .lets_through = command_filter_lets_through,
				     .earlier = earlier};
}

int deployed_filters_make(const char *path, const struct run_options *o, struct deployed_filters *out, struct error *e)
{
	struct input in = {0};
	int rc = input_read(path, true, &in, e);
	if (rc == 0 && in.profile != NULL)
		rc = from_profile(path, in.profile, o, out, e);
	else if (rc == 0 && in.policy != NULL)
		rc = from_policy(path, in.policy, o, out, e);
	else if (rc == 0 && o->default_given)
		rc = error_set(e, ERR_INPUT, "%s: is a filter, whose default action is built in; give the policy", path);
	else if (rc == 0) {
		out->first = in.filter;
		in.filter = (struct filter){0};
		rc = o->serve != NULL ? check_tightening(path, &out->first, o->log, e) : 0;
	}
	if (rc == 0 && !o->at_entry)
		rc = check_execve(path, &out->first, e);
	if (rc == 0 && o->serve != NULL)
		rc = read_serve(o, out, e);
	out->profile = in.profile;
	in.profile = NULL;
	input_free(&in);
	out->watch[0] = as_watch(&out->first, o->log, NULL);
	out->watch[1] = as_watch(&out->last, o->log, &out->watch[0]);
	out->how.first = &out->watch[0];
	out->how.last = out->last.code.count > 0 ? &out->watch[1] : NULL;
	out->how.installed = !o->at_entry;
	return rc;
}

void deployed_filters_clear(struct deployed_filters *d)
{
	filter_clear(&d->first);
	filter_clear(&d->last);
	profile_free(d->profile);
	*d = (struct deployed_filters){0};
}

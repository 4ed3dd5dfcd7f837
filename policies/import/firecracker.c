/* Filters of Firecracker's seccompiler-bin → policies. Reads its JSON (docs/seccompiler.md) as its
 * compiler does since 1.11, which passes it to libseccomp (src/seccompiler/src/types.rs).
 * SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "policies/import/scmp.h"
#include "policies/json/json.h"

/* Releases before 1.11 had "kill": it kills the process. */
static const struct foreign_word actions[] = {{"allow", ACTION_ALLOW}, {"kill", ACTION_KILL}, {"kill_process", ACTION_KILL},
				      {"kill_thread", ACTION_KILL_THREAD}, {"log", ACTION_LOG}, {"trap", ACTION_TRAP}, {NULL, 0}};
static const struct foreign_word ops[] = {{"eq", SCMP_EQ}, {"ge", SCMP_GE}, {"gt", SCMP_GT}, {"le", SCMP_LE}, {"lt", SCMP_LT}, {"ne", SCMP_NE}, {NULL, 0}};

static int parse_action(const json_t *filter, const char *key, const char *name, struct action *a, struct error *e)
{
	const json_t *value = json_object_get(filter, key), *number = json_object_get(value, "errno");
	int kind = foreign_word_value(actions, json_string_value(value));
	json_int_t code = json_is_integer(number) ? json_integer_value(number) : -1;
	if (kind >= 0)
		*a = (struct action){.kind = (uint8_t)kind};
	else if (code >= 0 && code <= 4094)
		*a = (struct action){ACTION_ERRNO, (uint16_t)code};
	else
		return error_set(e, ERR_INPUT, "%s: %s: expected allow, kill_process, kill_thread, log, trap, or errno with 0 to 4094", name, key);
	return 0;
}

static int parse_condition(const json_t *object, const char *place, struct scmp_condition *c, struct error *e)
{
	const json_t *op = json_object_get(object, "op"), *mask = json_object_get(op, "masked_eq");
	const char *type = json_string_value(json_object_get(object, "type"));
	uint64_t at = 6, value = 0, bits = 0;
	int kind = foreign_word_value(ops, json_string_value(op));
	bool dword = type != NULL && strcmp(type, "dword") == 0;
	if (!json_is_object(object) || json_number(json_object_get(object, "index"), place, &at, e) < 0 || at > 5)
		return error_set(e, ERR_INPUT, "%s.index: expected the number of an argument, 0 to 5", place);
	if (!dword && (type == NULL || strcmp(type, "qword") != 0))
		return error_set(e, ERR_INPUT, "%s.type: expected dword or qword", place);
	if (kind < 0 && mask == NULL)
		return error_set(e, ERR_INPUT, "%s.op: expected eq, ge, gt, le, lt, ne or masked_eq with a mask", place);
	if (json_number(json_object_get(object, "val"), place, &value, e) < 0 || (mask != NULL && json_number(mask, place, &bits, e) < 0))
		return e->code;
	*c = (struct scmp_condition){(unsigned)at, (enum scmp_op)kind, value, 0};
	if (mask != NULL)
		*c = (struct scmp_condition){(unsigned)at, SCMP_MASKED, bits, value};
	else if (dword && kind == SCMP_EQ)
		*c = (struct scmp_condition){(unsigned)at, SCMP_MASKED, UINT32_MAX, value};
	return 0;
}

/* "dword" is the lower half to the compiler before 1.11. Since then it is so for eq alone: the rest goes to libseccomp, which
 * compares whole registers. */
static void warn_dword(struct scmp *s, const char *syscall, const json_t *object, const struct scmp_condition *c)
{
	const char *type = json_string_value(json_object_get(object, "type"));
	const struct syscall_desc *call = abi_by_name(syscall);
	bool small = c->value <= UINT32_MAX && c->second <= UINT32_MAX, wide = false;
	for (unsigned arch = 0; arch < ARCH_COUNT && call != NULL; arch++)
		wide |= (s->archs & ARCH_BIT(arch)) && syscall_arg_bits(call, (enum arch)arch, c->arg) > 32;
	if (type != NULL && strcmp(type, "dword") == 0 && (!small || (wide && c->op != SCMP_MASKED)))
		foreign_warn(s->foreign, "%.60s: a dword is compared with all bits of argument %u, as seccompiler-bin does since 1.11; before, it compared the lower 32 bits",
			     syscall, c->arg);
}

static int parse_rule(struct scmp *s, const json_t *rule, size_t i, struct action action, struct error *e)
{
	const char *syscall = json_string_value(json_object_get(rule, "syscall")), *name = s->foreign->name;
	const json_t *args = json_object_get(rule, "args");
	struct scmp_condition all[6];
	unsigned seen = 0;
	size_t n = json_array_size(args);
	if (syscall == NULL || n > 6)
		return error_set(e, ERR_INPUT, "%s: filter[%zu]: expected an object with syscall, and at most 6 args", name, i);
	for (size_t k = 0; k < n; k++) {
		char place[320];
		snprintf(place, sizeof(place), "%.200s: filter[%zu].args[%zu]", name, i, k);
		if (parse_condition(json_array_get(args, k), place, &all[k], e) < 0)
			return e->code;
		if (seen >> all[k].arg & 1)
			return error_set(
			    e, ERR_INPUT,
			    "%s: compares an argument twice, which seccompiler-bin refuses; join the comparisons",
			    place);
		seen |= 1u << all[k].arg;
		warn_dword(s, syscall, json_array_get(args, k), &all[k]);
	}
	int rc = scmp_add(s, syscall, action, all, n, json_string_value(json_object_get(rule, "comment")), e);
	if (rc == 1)
		foreign_warn(s->foreign, "%.60s: is not a call that this pinhole knows; ignored", syscall);
	return rc < 0 ? rc : 0;
}

/* libseccomp kills the thread for calls of x32 and of other architectures. The compiler before 1.11 (rust-vmm's seccompiler,
 * src/backend/bpf.rs) killed the process for other architectures, and took a call of x32 for one without a rule. */
static void warn_archs(struct foreign *f)
{
	struct action a = f->policy->default_action;
	struct text here = {0};
	action_text(a.kind == ACTION_ALLOW ? (struct action){.kind = ACTION_KILL} : a, &here);
	foreign_warn(f, "calls of other architectures and of x32: %s here, where seccompiler-bin kills the thread since 1.11; before, it kills the process for "
			"other architectures, and x32's calls get the default", text_string(&here));
	f->warnings->failed |= here.failed;
	text_free(&here);
}

static int parse_filter(struct scmp *s, const json_t *filter, struct error *e)
{
	struct foreign *f = s->foreign;
	const json_t *rules = json_object_get(filter, "filter");
	struct action action;
	if (!json_is_object(filter) || !json_is_array(rules))
		return error_set(e, ERR_INPUT, "%s: expected default_action, filter_action and filter of a thread", f->name);
	if (parse_action(filter, "default_action", f->name, &f->policy->default_action, e) < 0 || parse_action(filter, "filter_action", f->name, &action, e) < 0)
		return e->code;
	if (action_equal(action, f->policy->default_action))
		return error_set(e, ERR_INPUT,
				 "%s: filter_action: is the same as default_action, which seccompiler-bin refuses",
				 f->name);
	f->policy->newer = f->policy->default_action;
	f->policy->archs = s->archs;
	warn_archs(f);
	int rc = 0;
	for (size_t i = 0; i < json_array_size(rules) && rc == 0; i++)
		rc = parse_rule(s, json_array_get(rules, i), i, action, e);
	return rc == 0 ? scmp_finish(s, e) : rc;
}

/* Reads the filter of the only thread, or that which all threads have. */
static int parse_root(struct scmp *s, json_t *root, struct error *e)
{
	struct text names = {0};
	const char *name;
	json_t *filter = NULL, *one;
	bool alike = true;
	json_object_foreach(root, name, one)
	{
		text_add(&names, "%s%.40s", names.count > 0 ? ", " : "", name);
		alike &= filter == NULL || json_equal(filter, one);
		filter = one;
	}
	int rc = filter != NULL && alike
		     ? 0
		     : error_set(e, ERR_INPUT, "%s: expected the filter of one thread; keep only one of: %.200s",
				 s->foreign->name, text_string(&names));
	text_free(&names);
	return rc == 0 ? parse_filter(s, filter, e) : rc;
}

struct policy *policy_from_firecracker(const struct import_file *file, enum arch native, struct text *warnings, struct error *e)
{
	struct foreign f = {policy_new(), warnings, file->name, {0}};
	struct scmp s = {.foreign = &f, .archs = (arch_set)ARCH_BIT(native)};
	struct text quoted = {0};
	json_error_t wrong = {0};
	json_t *root = NULL;
	json_quote_numbers(file->bytes, file->n, &quoted);
	int rc = f.policy == NULL || quoted.failed ? error_memory(e) : 0;
	if (rc == 0 && file->n == 0)
		rc = error_set(e, ERR_INPUT, "%s: is empty; name another file", file->name);
	if (rc == 0 && (root = json_parse(quoted.bytes, quoted.count, JSON_REJECT_DUPLICATES, &wrong, e)) == NULL)
		rc = e->code < 0 ? e->code : error_set(e, ERR_INPUT, "%s: line %d, column %d: %s", file->name, wrong.line, wrong.column, wrong.text);
	if (rc == 0)
		rc = parse_root(&s, root, e);
	json_decref(root);
	scmp_clear(&s);
	text_free(&quoted);
	return foreign_end(&f, rc, e);
}

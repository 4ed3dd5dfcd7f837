/* Makes the tests of a rule from the seen arguments. SPDX-License-Identifier: MIT
 *
 * The rules, one function each:
 *   changing_values       values that look like addresses or a counter: no test
 *   joint_tuples          --args=shape, for arguments that only make sense together (socket, setsockopt, prctl, fcntl, clone,
 *                         and calls with an argument that selects the meaning of another): the seen combinations
 *   shape_of_call         --args=shape, for other calls: one alternative, with a test per argument:
 *     exact_values        enumerations, selectors, signals, protections: the seen values
 *     seen_flags          flags: the seen values of enumerated fields, and no bits that were not seen
 *     waiting_and_waking  the futex operation (also with --args=exact)
 *     seen_mode           modes: no set-user-ID bit and no kind of device that was not seen; any permission bits
 *   exact_tuples          --args=exact: one alternative per seen tuple
 * argument_tuples.c has joint_tuples and exact_tuples.
 *
 * With --args=shape, an argument is only tested if the test closes something (abi_closes), and bits that give no more
 * power (abi_harmless) are not tested. A widened fact stands for more tuples than PROFILE_FACT_CAP: its rule limits flags and
 * protections by the seen bits, and other arguments by the smallest and largest value. So does the rule for an argument with
 * more than VALUE_LIMIT values. A widened rule allows everything that it allowed before: more facts never allow less. */
#include "generator/infer/argument_parts.h"

#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "policies/abi/power/danger.h"
#include "policies/abi/names/names.h"

/* An argument with more values than VALUE_LIMIT gets one range. A number without names that has more values than COUNTER_LIMIT
 * counts as a counter. */
#define VALUE_LIMIT   128
#define COUNTER_LIMIT 32

uint64_t argument_width(const struct seen_call *c, unsigned arg)
{
	return UINT64_MAX >> (64 - syscall_arg_bits(c->desc, c->arch, arg));
}

uint64_t harmless_bits(const struct seen_call *c, unsigned arg)
{
	return abi_harmless(&c->desc->args[arg], c->arch) & argument_width(c, arg);
}

static bool add_reason(struct text *why, const char *argument, const char *said)
{
	text_add(why, "%s%s %s", why->count > 0 ? "; " : "", argument, said);
	return !why->failed;
}

static bool add_detail(struct text *why, bool so, const char *said)
{
	text_add(why, "%s", so ? said : "");
	return !why->failed;
}

static int by_lo(const void *a, const void *b)
{
	const struct range *x = a, *y = b;
	if (x->lo != y->lo)
		return x->lo < y->lo ? -1 : 1;
	return (x->hi > y->hi) - (x->hi < y->hi);
}

struct ranges {
	VEC(struct range) v;
};

/* A negative clock is computed from a process id or a descriptor (clock_getcpuclockid(3), include/linux/posix-timers.h), and
 * differs in the next run. All negative clocks count as one value. */
static bool is_made_clock(const struct seen_call *c, unsigned arg, const struct range *r)
{
	return c->desc->args[arg].set == &abi_set_clock_ids && (int32_t)r->hi < 0 && r->hi <= UINT32_MAX;
}

/* Appends the seen values of (argument & mask): points, and a range for each wide fact. Returns the number of different
 * ones, or -1: no memory. */
static long values_seen(const struct seen_call *c, unsigned arg, uint64_t mask, struct ranges *out)
{
	long different = 0;
	for (size_t i = 0; i < c->n; i++) {
		const struct fact *f = c->facts[i];
		uint64_t value = f->key.values[arg] & argument_width(c, arg) & mask;
		struct range r = {value, value};
		if (f->wide)
			r = (struct range){f->min[arg] & argument_width(c, arg), f->max[arg] & argument_width(c, arg)};
		if (is_made_clock(c, arg, &r))
			r = (struct range){(uint32_t)INT32_MIN, UINT32_MAX};
		if (!vec_push(&out->v, r))
			return -1;
	}
	if (out->v.count > 1)
		qsort(out->v.items, out->v.count, sizeof(*out->v.items), by_lo);
	for (size_t i = 0; i < out->v.count; i++)
		if (i == 0 || out->v.items[i].lo != out->v.items[i - 1].lo)
			different++;
	return different;
}

static bool any_wide(const struct seen_call *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->facts[i]->wide)
			return true;
	return false;
}

/* Returns the arguments that every fact of the call has, as bits. */
unsigned recorded_arguments(const struct seen_call *c)
{
	unsigned args = c->n > 0 ? 0x3f : syscall_checkable(c->desc);
	for (size_t i = 0; i < c->n; i++)
		args &= c->facts[i]->key.args;
	return c->desc == NULL ? 0 : args;
}

uint64_t seen_bits(const struct seen_call *c, unsigned arg)
{
	uint64_t bits = 0;
	if (!(recorded_arguments(c) >> arg & 1))
		return argument_width(c, arg);
	for (size_t i = 0; i < c->n; i++)
		bits |= c->facts[i]->wide ? c->facts[i]->bits[arg] : c->facts[i]->key.values[arg];
	return bits & argument_width(c, arg);
}

/* Adds a test that only these bits are set; nothing if they are all bits. */
int only_bits(const struct seen_call *c, unsigned arg, uint64_t bits, struct alternative *out, struct error *e)
{
	uint64_t others = argument_width(c, arg) & ~bits;
	if (others == 0)
		return 0;
	return alternative_add_test(out, c->desc, c->arch, arg, others, &(struct range){0, 0}, 1, e);
}

static bool has_name(const struct arg *arg, enum arch arch, uint64_t value, uint64_t within)
{
	for (size_t i = 0; arg->set != NULL && i < arg->set->count; i++)
		if ((arg->set->values[i].archs & ARCH_BIT(arch)) && ((arg->set->values[i].value ^ value) & within) == 0)
			return true;
	return false;
}

/* Adds a value to a list of distinct values. */
static size_t add_different(uint64_t list[COUNTER_LIMIT + 1], size_t n, uint64_t value)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == value)
			return n;
	if (n <= COUNTER_LIMIT)
		list[n++] = value;
	return n;
}

/* Returns whether the values are addresses (a selector is a small number, positive or negative) or a counter. These differ in
 * the next run, and a test of them would fail. */
bool changing_values(const struct seen_call *c, unsigned arg)
{
	uint64_t numbers[COUNTER_LIMIT + 1];
	size_t n = 0;
	for (size_t i = 0; i < c->n; i++) {
		const struct fact *f = c->facts[i];
		struct syscall_desc room;
		const struct arg *what = &fact_call(f, &room)->args[arg];
		uint64_t value = f->key.values[arg];
		bool small = value <= UINT32_MAX || value >= (uint64_t)INT32_MIN;
		if (what->kind != ARG_ENUM && what->kind != ARG_SELECTOR)
			continue;
		/* A widened argument may have been either. So may one that another argument selects, because its selector is
		 * not known any more. */
		uint8_t selectors = syscall_selectors(c->desc);
		if (f->wide && (f->bits[arg] > UINT32_MAX || (what->kind == ARG_SELECTOR && what->set == NULL) ||
				(selectors != 0 && !(selectors >> arg & 1))))
			return true;
		if (!small && !has_name(what, c->arch, value, argument_width(c, arg)))
			return true;
		if (what->kind == ARG_SELECTOR && what->set == NULL)
			n = add_different(numbers, n, value);
	}
	return n > COUNTER_LIMIT;
}

bool infer_shape_tests(const char *syscall, const struct arg *arg)
{
	return arg->kind == ARG_MODE || abi_closes(syscall, arg) != NULL;
}

bool is_shape(const struct seen_call *c, const struct syscall_desc *desc, unsigned arg)
{
	return infer_shape_tests(c->desc->name, &desc->args[arg]);
}

/* Returns the arguments that get a test: those that are recorded, and whose test closes something. `exact`: also the others. */
static unsigned testable(const struct seen_call *c, bool exact, struct text *why)
{
	unsigned args = recorded_arguments(c);
	for (unsigned arg = 0; arg < 6; arg++) {
		if (!exact && !is_shape(c, c->desc, arg))
			args &= ~(1u << arg);
		if (!(args >> arg & 1) || !changing_values(c, arg))
			continue;
		args &= ~(1u << arg);
		add_reason(why, syscall_arg_name(c->desc, arg),
			   "is not tested: its values look like addresses or a counter");
	}
	return args;
}

/* Adds tests from widened facts of a protection or an enumeration. */
static int bounds_seen(const struct seen_call *c, unsigned arg, struct alternative *out, struct text *why,
		       struct error *e)
{
	const char *name = syscall_arg_name(c->desc, arg);
	uint64_t ignored = harmless_bits(c, arg);
	bool prot = c->desc->args[arg].kind == ARG_PROT;
	struct ranges r = {0};
	int rc = 0;
	if (prot || ignored != 0)
		rc = only_bits(c, arg, seen_bits(c, arg) | ignored, out, e);
	/* If no bit is rare, the largest protection shows whether write+exec was seen. */
	if (rc == 0 && (prot || ignored == 0)) {
		if (values_seen(c, arg, UINT64_MAX, &r) < 0)
			rc = error_memory(e);
		for (size_t i = 0; i < r.v.count; i++)
			if (r.v.items[i].hi > r.v.items[0].hi)
				r.v.items[0].hi = r.v.items[i].hi;
		if (rc == 0)
			rc = alternative_add_test(out, c->desc, c->arch, arg, UINT64_MAX, r.v.items, 1, e);
	}
	vec_free(&r.v);
	if (rc == 0 && !add_reason(why, name,
				   prot ? "had only seen bits, up to the largest value (the profile keeps no "
					  "single values)"
				   : ignored != 0
				       ? "had only seen bits (the profile keeps no single values)"
				       : "was between the smallest and the largest value seen (the profile keeps no "
					 "single values)"))
		rc = error_memory(e);
	return rc;
}

/* Adds tests that no bit is set that was not seen, and that write and exec are not set together if that was not seen. A range
 * of protections alone would allow both. */
static int write_and_exec(const struct seen_call *c, unsigned arg, struct alternative *out, struct error *e)
{
	struct ranges r = {0};
	int rc = only_bits(c, arg, seen_bits(c, arg), out, e);
	if (rc == 0 && values_seen(c, arg, PROT_WRITE | PROT_EXEC, &r) < 0)
		rc = error_memory(e);
	if (rc == 0)
		rc = alternative_add_test(out, c->desc, c->arch, arg, PROT_WRITE | PROT_EXEC, r.v.items, r.v.count, e);
	vec_free(&r.v);
	return rc;
}

/* Enumerations, selectors, signals, protections: adds a test for the seen values of the bits in `mask`. Protections are
 * kept whole, so that write and exec are not joined to write+exec. */
int exact_values(const struct seen_call *c, unsigned arg, uint64_t mask, struct alternative *out, struct text *why,
		 struct error *e)
{
	struct ranges r = {0};
	struct text said = {0};
	if (any_wide(c))
		return bounds_seen(c, arg, out, why, e);
	long different = values_seen(c, arg, mask, &r);
	int rc = different < 0 ? error_memory(e) : 0;
	if (different > VALUE_LIMIT) {
		r.v.items[0].hi = r.v.items[r.v.count - 1].hi;
		r.v.count = 1;
		text_add(&said, "had %ld values, too many to list: any from the smallest to the largest",
			 different);
	} else if (r.v.count > 0 && r.v.items[r.v.count - 1].hi == UINT32_MAX &&
		   is_made_clock(c, arg, &r.v.items[r.v.count - 1])) {
		text_add(&said, "was the clock of a process or descriptor%s", different > 1 ? ", or another seen clock" : "");
	} else if (different == 1) {
		text_add(&said, "was always ");
		abi_value_text(c->desc, c->arch, arg, c->facts[0]->key.values[arg], &said);
	} else {
		text_add(&said, "was one of %ld values", different);
	}
	if (rc == 0)
		rc = alternative_add_test(out, c->desc, c->arch, arg, mask, r.v.items, r.v.count, e);
	if (rc == 0 && different > VALUE_LIMIT && c->desc->args[arg].kind == ARG_PROT)
		rc = write_and_exec(c, arg, out, e);
	if (rc == 0 && (said.failed || !add_reason(why, syscall_arg_name(c->desc, arg), text_string(&said))))
		rc = error_memory(e);
	text_free(&said);
	vec_free(&r.v);
	return rc;
}

/* Finds the next enumerated field of a flag word on that architecture, from entry *at of `set` on. */
static uint64_t next_field(const struct name_set *set, enum arch arch, uint64_t within, size_t *at)
{
	while (set != NULL && *at < set->count) {
		const struct name_value *v = &set->values[(*at)++];
		bool one_bit = (v->mask & (v->mask - 1)) == 0;
		/* A mask of the whole word belongs to a name for a whole value (AT_FDCWD), not to a field. */
		if ((v->archs & ARCH_BIT(arch)) && !one_bit && v->mask != v->value && (v->mask & within) != within)
			return v->mask & within;
	}
	return 0;
}

/* Flags: adds tests for the seen values of each enumerated field, and that no other bits are set. */
int seen_flags(const struct seen_call *c, unsigned arg, struct alternative *out, struct text *why, struct error *e)
{
	const char *name = syscall_arg_name(c->desc, arg);
	uint64_t bits = seen_bits(c, arg) | harmless_bits(c, arg), fields = 0, field;
	struct ranges r = {0};
	int rc = 0;
	for (size_t at = 0;
	     !any_wide(c) && (field = next_field(c->desc->args[arg].set, c->arch, argument_width(c, arg), &at)) != 0;) {
		if (field & fields)
			continue; /* the same field again, or an overlapping one: its bits are done */
		r.v.count = 0;
		long different = values_seen(c, arg, field, &r);
		if (different < 0)
			rc = error_memory(e);
		if (rc != 0 || different > VALUE_LIMIT)
			break;
		fields |= field;
		rc = alternative_add_test(out, c->desc, c->arch, arg, field, r.v.items, r.v.count, e);
	}
	vec_free(&r.v);
	if (rc == 0)
		rc = only_bits(c, arg, bits | fields, out, e);
	if (rc == 0 && (!add_reason(why, name,
				    fields != 0 ? "had only seen bits and field values"
						: "had only seen bits") ||
			!add_detail(why, harmless_bits(c, arg) != 0, ", or bits that give no more power") ||
			!add_detail(why, any_wide(c), " (the profile keeps no single values)")))
		rc = error_memory(e);
	return rc;
}

/* Modes: allows any permission bits, because umask and the program's input decide them. Allows bits that danger.h marks
 * (set-user-ID, devices) only if they were seen. */
static int seen_mode(const struct seen_call *c, unsigned arg, struct alternative *out, struct text *why, struct error *e)
{
	size_t n;
	const struct danger *d = abi_dangers(c->desc->name, &n);
	uint64_t closed = 0, fields = 0, mask, value;
	struct ranges r = {0};
	int rc = 0;
	for (size_t i = 0; i < n && rc == 0; i++) {
		if (d[i].arg == NULL || syscall_arg_by_name(c->desc, d[i].arg) != (int)arg || d[i].mask == NULL)
			continue;
		rc = abi_value_parse(c->desc, c->arch, arg, d[i].mask, &mask, e);
		if (rc == 0)
			rc = abi_value_parse(c->desc, c->arch, arg, d[i].value, &value, e);
		if (mask == value)
			closed |= value;
		else
			fields |= mask;
	}
	closed &= ~seen_bits(c, arg);
	if (rc == 0 && closed != 0)
		rc = alternative_add_test(out, c->desc, c->arch, arg, closed, &(struct range){0, 0}, 1, e);
	if (rc == 0 && fields != 0 && !any_wide(c)) {
		if (values_seen(c, arg, fields, &r) < 0)
			rc = error_memory(e);
		else
			rc = alternative_add_test(out, c->desc, c->arch, arg, fields, r.v.items, r.v.count, e);
	}
	vec_free(&r.v);
	if (rc == 0 && (closed != 0 || fields != 0) &&
	    !add_reason(why, syscall_arg_name(c->desc, arg),
			fields != 0 ? "made only seen kinds of files, and set-user-ID files only if that was seen"
				    : "made a file set-user-ID or set-group-ID only if that was seen"))
		rc = error_memory(e);
	return rc;
}

/* The futex operation. A lock only calls the kernel if two threads meet at it, so chance decides which operations a run shows.
 * Allows all operations of plain locks and conditions (glibc's and musl's), private or not, with either clock. Allows
 * priority-inheriting operations only if they were seen. A program with threads may have no fact of futex. */
static int waiting_and_waking(const struct seen_call *c, unsigned arg, struct alternative *out, struct text *why,
			      struct error *e)
{
	static const uint64_t together[] = {FUTEX_WAIT, FUTEX_WAKE, FUTEX_REQUEUE, FUTEX_WAIT_BITSET,
					    FUTEX_WAKE_BITSET};
	/* Not FUTEX_CMD_MASK: from Linux 7.2 on the headers' mask excludes more flags. */
	uint64_t commands = UINT32_MAX & ~(uint64_t)(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
	struct ranges r = {0};
	bool room = values_seen(c, arg, commands, &r) >= 0;
	for (size_t i = 0; i < sizeof(together) / sizeof(together[0]) && room; i++)
		room = vec_push(&r.v, (struct range){together[i], together[i]});
	int rc = room ? alternative_add_test(out, c->desc, c->arch, arg, commands, r.v.items, r.v.count, e)
		      : error_memory(e);
	vec_free(&r.v);
	if (rc == 0 &&
	    !add_reason(why, syscall_arg_name(c->desc, arg),
			c->n > 0 ? "may wait and wake, as chance decides whether a lock asks the kernel; seen"
				 : "may wait and wake, as chance decides whether a lock asks the kernel; not seen, "
				   "but threads were seen"))
		rc = error_memory(e);
	return rc;
}

static bool is_futex(const struct seen_call *c)
{
	return strcmp(c->desc->name, "futex") == 0 || strcmp(c->desc->name, "futex_time64") == 0;
}

/* Appends " in 2 facts (closes namespaces)": `args` are the tested arguments. */
int end_reason(const struct seen_call *c, unsigned args, struct text *why, struct error *e)
{
	const char *between = " (closes ", *last = NULL;
	if (c->n > 0)
		text_add(why, " in %zu fact%s", c->n, c->n == 1 ? "" : "s");
	for (unsigned arg = 0; arg < 6; arg++) {
		const char *what = args >> arg & 1 ? abi_closes(c->desc->name, &c->desc->args[arg]) : NULL;
		if (what == NULL || what == last)
			continue;
		text_add(why, "%s%s", between, what);
		between = "; ";
		last = what;
	}
	text_add(why, "%s", last != NULL ? ")" : "");
	return why->failed ? error_memory(e) : 0;
}

/* Adds one alternative with a test per argument, by its kind. */
static int shape_of_call(const struct seen_call *c, unsigned args, struct rule *rule, struct text *why, struct error *e)
{
	struct alternative a = {0};
	int rc = 0;
	for (unsigned arg = 0; arg < 6 && rc == 0; arg++) {
		unsigned kind = c->desc->args[arg].kind;
		if (!(args >> arg & 1) || !arg_checkable(&c->desc->args[arg]))
			continue;
		if (kind == ARG_MODE)
			rc = seen_mode(c, arg, &a, why, e);
		else if (kind == ARG_FLAGS)
			rc = seen_flags(c, arg, &a, why, e);
		else if (is_futex(c) && !any_wide(c))
			rc = waiting_and_waking(c, arg, &a, why, e);
		else
			rc = exact_values(c, arg, argument_width(c, arg) & ~harmless_bits(c, arg), &a, why, e);
	}
	if (rc == 0 && a.tests.count == 0)
		return 0;
	if (rc == 0 && !vec_push(&rule->any, a))
		rc = error_memory(e);
	if (rc == 0)
		return end_reason(c, args, why, e);
	alternative_clear(&a);
	return rc;
}

/* Whether the call's arguments only make sense together. */
static bool is_joint(const struct seen_call *c)
{
	static const char *const names[] = {"socket",	  "socketpair", "setsockopt", "getsockopt",
					    "prctl",	  "fcntl",	"fcntl64",    "clone"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], c->desc->name) == 0)
			return true;
	return syscall_selectors(c->desc) != 0;
}

/* Says which arguments some facts do not know, because they were imported without them: such facts stand for any value.
 */
static void unknown_arguments(const struct seen_call *c, bool exact, struct text *why)
{
	const char *between = why->count > 0 ? "; " : "";
	size_t facts = 0;
	for (unsigned arg = 0; arg < 6; arg++) {
		size_t n = 0;
		if (c->desc == NULL || (!exact && !is_shape(c, c->desc, arg)))
			continue;
		for (size_t i = 0; i < c->n; i++)
			n += fact_unknown_args(c->facts[i]) >> arg & 1;
		if (n == 0)
			continue;
		text_add(why, "%s%s", between, syscall_arg_name(c->desc, arg));
		between = ", ";
		facts = n > facts ? n : facts;
	}
	if (facts > 0)
		text_add(why, ": any value, as %zu fact%s not tell", facts, facts == 1 ? " does" : "s do");
}

int infer_arguments(enum args_mode mode, const struct seen_call *c, struct rule *rule, struct text *why,
		    struct error *e)
{
	if (mode != ARGS_NONE)
		unknown_arguments(c, mode == ARGS_EXACT, why);
	if (mode == ARGS_NONE || recorded_arguments(c) == 0)
		return 0;
	bool exact = mode == ARGS_EXACT && c->n > 0 && c->n <= TUPLE_LIMIT && !is_futex(c);
	unsigned args = testable(c, exact, why);
	bool done = false;
	int rc = 0;
	if (exact) {
		rc = exact_tuples(c, args, rule, why, e);
		done = true;
	} else if (is_joint(c) && c->n > 0 && !any_wide(c)) {
		rc = joint_tuples(c, args, rule, why, &done, e);
		if (rc == 0 && !done)
			text_add(why, "%smore than %d combinations, so that arguments are tested one by one; ",
				 why->count > 0 ? "; " : "", TUPLE_LIMIT);
	}
	if (rc == 0 && !done)
		rc = shape_of_call(c, args, rule, why, e);
	if (rc == 0 && mode == ARGS_EXACT && c->n > TUPLE_LIMIT)
		text_add(why, "; more than %d facts, so that they are not kept as tuples", TUPLE_LIMIT);
	return rc == 0 ? alternatives_join(rule->any.items, &rule->any.count, c->desc, c->arch, e) : rc;
}

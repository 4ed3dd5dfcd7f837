/* What a rule tests: from the arguments that were seen to those that are allowed. SPDX-License-Identifier: MIT
 *
 * The rules, one function each:
 *   changing_values     a value that looks like an address or a counter becomes no constant: not tested
 *   joint_tuples        --args=shape, where arguments make sense only together (socket, setsockopt, prctl, fcntl, clone,
 *                       and whatever has an argument that selects what another means): the combinations seen
 *   shape_of_call       --args=shape otherwise: one alternative, a test per argument:
 *     exact_values        enumerations, selectors, signals, protections: the values seen
 *     seen_flags          flags: the values seen of enumerated fields, and no other bits than those seen
 *     waiting_and_waking  the futex operation (with --args=exact too)
 *     seen_mode           modes: no set-user-ID bit and no kind of device that was not seen; permission bits are open
 *   exact_tuples        --args=exact: one alternative per tuple seen
 * With --args=shape, an argument is tested where that closes something (abi_closes), and bits that reach nothing new (abi_harmless) do not count. A fact that the profile has widened (it
 * stands for more tuples than PROFILE_FACT_CAP) constrains flags and protections by the bits seen, all else by smallest
 * and largest value; so does an argument of more than VALUE_LIMIT values. Whatever is widened allows all that was allowed
 * before, so that more facts never allow less. */
#include "generator/infer/infer.h"

#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "policies/abi/danger.h"
#include "policies/abi/names/names.h"

/* More values of one argument than this become one range, more tuples of one call its shape, and more values of a
 * number without names than COUNTER_LIMIT are taken for a counter. */
#define VALUE_LIMIT   128
#define TUPLE_LIMIT   256
#define COUNTER_LIMIT 32

static uint64_t width(const struct seen_call *c, unsigned arg)
{
	return UINT64_MAX >> (64 - syscall_arg_bits(c->desc, c->arch, arg));
}

static uint64_t harmless(const struct seen_call *c, unsigned arg)
{
	return abi_harmless(&c->desc->args[arg], c->arch) & width(c, arg);
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

/* A negative clock is made of a process's id, or of a descriptor (clock_getcpuclockid(3), include/linux/posix-timers.h):
 * the next run has another. All of them are one. */
static bool is_made_clock(const struct seen_call *c, unsigned arg, const struct range *r)
{
	return c->desc->args[arg].set == &abi_set_clock_ids && (int32_t)r->hi < 0 && r->hi <= UINT32_MAX;
}

/* Appends the values of (argument & mask) that facts show: points, and a range for each wide fact. Returns how many
 * different ones, or -1: no memory. */
static long values_seen(const struct seen_call *c, unsigned arg, uint64_t mask, struct ranges *out)
{
	long different = 0;
	for (size_t i = 0; i < c->n; i++) {
		const struct fact *f = c->facts[i];
		uint64_t value = f->key.values[arg] & width(c, arg) & mask;
		struct range r = {value, value};
		if (f->wide)
			r = (struct range){f->min[arg] & width(c, arg), f->max[arg] & width(c, arg)};
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

/* The arguments that every fact of the call shows. */
static unsigned recorded(const struct seen_call *c)
{
	unsigned args = c->n > 0 ? 0x3f : syscall_checkable(c->desc);
	for (size_t i = 0; i < c->n; i++)
		args &= c->facts[i]->key.args;
	return c->desc == NULL ? 0 : args;
}

uint64_t seen_bits(const struct seen_call *c, unsigned arg)
{
	uint64_t bits = 0;
	if (!(recorded(c) >> arg & 1))
		return width(c, arg);
	for (size_t i = 0; i < c->n; i++)
		bits |= c->facts[i]->wide ? c->facts[i]->bits[arg] : c->facts[i]->key.values[arg];
	return bits & width(c, arg);
}

/* A test that no bit but these is set; nothing where these are all. */
static int only_bits(const struct seen_call *c, unsigned arg, uint64_t bits, struct alternative *out, struct error *e)
{
	uint64_t others = width(c, arg) & ~bits;
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

/* Adds a value to a list of different ones. */
static size_t add_different(uint64_t list[COUNTER_LIMIT + 1], size_t n, uint64_t value)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == value)
			return n;
	if (n <= COUNTER_LIMIT)
		list[n++] = value;
	return n;
}

/* An address (a selector is a small number, or a small negative one) or a counter: the next run has another, so that a
 * test for it would fail, or keep what is chance. */
static bool changing_values(const struct seen_call *c, unsigned arg)
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
		/* What was widened may have been either; so may what another argument selects, which is lost too. */
		uint8_t selectors = syscall_selectors(c->desc);
		if (f->wide && (f->bits[arg] > UINT32_MAX || (what->kind == ARG_SELECTOR && what->set == NULL) ||
				(selectors != 0 && !(selectors >> arg & 1))))
			return true;
		if (!small && !has_name(what, c->arch, value, width(c, arg)))
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

static bool is_shape(const struct seen_call *c, const struct syscall_desc *desc, unsigned arg)
{
	return infer_shape_tests(c->desc->name, &desc->args[arg]);
}

/* The arguments to be tested: recorded, and worth it. `exact`: what closes nothing, too. */
static unsigned testable(const struct seen_call *c, bool exact, struct text *why)
{
	unsigned args = recorded(c);
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

/* What widened facts of a protection or an enumeration still tell. */
static int bounds_seen(const struct seen_call *c, unsigned arg, struct alternative *out, struct text *why,
		       struct error *e)
{
	const char *name = syscall_arg_name(c->desc, arg);
	uint64_t ignored = harmless(c, arg);
	bool prot = c->desc->args[arg].kind == ARG_PROT;
	struct ranges r = {0};
	int rc = 0;
	if (prot || ignored != 0)
		rc = only_bits(c, arg, seen_bits(c, arg) | ignored, out, e);
	/* Of protections without rare bits the largest value tells whether one was write+exec. */
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
				   prot ? "had only bits that were seen, up to the largest value (the profile keeps no "
					  "single values)"
				   : ignored != 0
				       ? "had only bits that were seen (the profile keeps no single values)"
				       : "was between the smallest and the largest value seen (the profile keeps no "
					 "single values)"))
		rc = error_memory(e);
	return rc;
}

/* No bits but those seen, and of write and exec both, one or neither, as was seen: what a range of protections must not
 * add to. */
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

/* Enumerations, selectors, signals, protections: the values seen of the bits in `mask`. A protection is kept whole, so that
 * no union makes write+exec of write and exec. */
static int exact_values(const struct seen_call *c, unsigned arg, uint64_t mask, struct alternative *out,
			struct text *why, struct error *e)
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
		text_add(&said, "had %ld values, more than are told apart: all between the smallest and the largest",
			 different);
	} else if (r.v.count > 0 && r.v.items[r.v.count - 1].hi == UINT32_MAX &&
		   is_made_clock(c, arg, &r.v.items[r.v.count - 1])) {
		text_add(&said, "was a clock made of a process or descriptor%s", different > 1 ? ", or another seen" : "");
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

/* The enumerated fields of a flag word on that architecture: the first entry of `set` from *at on that shows one. */
static uint64_t next_field(const struct name_set *set, enum arch arch, uint64_t within, size_t *at)
{
	while (set != NULL && *at < set->count) {
		const struct name_value *v = &set->values[(*at)++];
		bool one_bit = (v->mask & (v->mask - 1)) == 0;
		/* A mask of all the word is a name for a whole value (AT_FDCWD), not a field. */
		if ((v->archs & ARCH_BIT(arch)) && !one_bit && v->mask != v->value && (v->mask & within) != within)
			return v->mask & within;
	}
	return 0;
}

/* Flags: of each enumerated field the values seen, and no other bits than those seen. */
static int seen_flags(const struct seen_call *c, unsigned arg, struct alternative *out, struct text *why,
		      struct error *e)
{
	const char *name = syscall_arg_name(c->desc, arg);
	uint64_t bits = seen_bits(c, arg) | harmless(c, arg), fields = 0, field;
	struct ranges r = {0};
	int rc = 0;
	for (size_t at = 0;
	     !any_wide(c) && (field = next_field(c->desc->args[arg].set, c->arch, width(c, arg), &at)) != 0;) {
		if (field & fields)
			continue; /* the same one again, or one that overlaps: its bits are looked at already */
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
				    fields != 0 ? "had only bits and field values that were seen"
						: "had only bits that were seen") ||
			!add_detail(why, harmless(c, arg) != 0, ", or that reach nothing new") ||
			!add_detail(why, any_wide(c), " (the profile keeps no single values)")))
		rc = error_memory(e);
	return rc;
}

/* Permission bits depend on umask and on the program's input. But what danger.h marks among them (set-user-ID, devices) is
 * closed where it was not seen. */
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
			fields != 0 ? "made only kinds of files that were seen, none of them set-user-ID unless that was seen"
				    : "never made a file set-user-ID or set-group-ID, unless that was seen"))
		rc = error_memory(e);
	return rc;
}

/* The futex operation. A lock asks the kernel only when two threads meet at it, so that which operations a run shows is
 * chance: those of plain locks and conditions (glibc's and musl's) go together, private or not, with either clock. Not
 * so the priority-inheriting ones. Without facts (a program that starts threads): these alone. */
static int waiting_and_waking(const struct seen_call *c, unsigned arg, struct alternative *out, struct text *why,
			      struct error *e)
{
	static const uint64_t together[] = {FUTEX_WAIT, FUTEX_WAKE, FUTEX_REQUEUE, FUTEX_WAIT_BITSET,
					    FUTEX_WAKE_BITSET};
	/* Not FUTEX_CMD_MASK: from Linux 7.2 on that of the headers leaves out more flags. */
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
			c->n > 0 ? "may wait and wake, as it is chance whether a lock asks the kernel; seen"
				 : "may wait and wake, as it is chance whether a lock asks the kernel; not seen, "
				   "but threads were"))
		rc = error_memory(e);
	return rc;
}

static bool is_futex(const struct seen_call *c)
{
	return strcmp(c->desc->name, "futex") == 0 || strcmp(c->desc->name, "futex_time64") == 0;
}

/* " in 2 facts (closes namespaces)": `args` are those tested. */
static int end_reason(const struct seen_call *c, unsigned args, struct text *why, struct error *e)
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

/* One alternative: a test per argument, each by its kind. */
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
			rc = exact_values(c, arg, width(c, arg) & ~harmless(c, arg), &a, why, e);
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

/* Calls whose arguments make sense only together. */
static bool is_joint(const struct seen_call *c)
{
	static const char *const names[] = {"socket",	  "socketpair", "setsockopt", "getsockopt",
					    "prctl",	  "fcntl",	"fcntl64",    "clone"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], c->desc->name) == 0)
			return true;
	return syscall_selectors(c->desc) != 0;
}

/* A fact by what its tuple is compared with: values without what does not count. */
struct tuple {
	uint64_t values[6];
	uint8_t args; /* of the tuple; the fact may have others, which are looked at within the group */
	const struct fact *fact;
};

static int by_values(const void *a, const void *b)
{
	const struct tuple *x = a, *y = b;
	for (int i = 0; i < 6; i++)
		if (x->values[i] != y->values[i])
			return x->values[i] < y->values[i] ? -1 : 1;
	return (int)x->args - (int)y->args;
}

/* args: the testable ones of those that are always recorded; changing: those that are not, and change. */
static struct tuple tuple_of(const struct seen_call *c, const struct fact *f, unsigned args, unsigned changing)
{
	struct tuple t = {.fact = f};
	struct syscall_desc room;
	struct seen_call one = *c;
	one.desc = fact_call(f, &room);
	for (unsigned arg = 0; arg < 6; arg++) {
		unsigned kind = one.desc->args[arg].kind;
		bool selected = !arg_checkable(&c->desc->args[arg]);
		if (selected && !is_shape(c, one.desc, arg))
			continue;
		/* A flag word that another argument has selected is looked at bit by bit. */
		if (!(f->key.args >> arg & 1) || (!selected && !(args >> arg & 1)) || kind == ARG_MODE ||
		    (selected && (kind == ARG_FLAGS || (changing >> arg & 1))))
			continue;
		t.args |= (uint8_t)(1u << arg);
		t.values[arg] = f->key.values[arg] & width(c, arg) & ~harmless(&one, arg);
	}
	return t;
}

/* The facts of one tuple as an alternative. */
static int group_alternative(const struct seen_call *c, const struct tuple *t, struct alternative *out,
			     struct error *e)
{
	struct syscall_desc room;
	struct seen_call group = *c;
	struct text unused = {0};
	int rc = 0;
	group.desc = fact_call(t->fact, &room);
	for (unsigned arg = 0; arg < 6 && rc == 0; arg++) {
		if (t->args >> arg & 1)
			rc = alternative_add_test(out, c->desc, c->arch, arg, ~harmless(&group, arg),
						  &(struct range){t->values[arg], t->values[arg]}, 1, e);
		else if ((recorded(&group) >> arg & 1) && group.desc->args[arg].kind == ARG_FLAGS && is_shape(c, group.desc, arg))
			rc = seen_flags(&group, arg, out, &unused, e);
	}
	text_free(&unused);
	return rc;
}

/* "domain, type, protocol were one of 3 combinations": the arguments of all tuples. */
static void joint_reason(const struct seen_call *c, const struct tuple *t, size_t groups, uint8_t args, struct text *why)
{
	const char *between = why->count > 0 ? "; " : "";
	bool one = (args & (args - 1)) == 0;
	for (unsigned arg = 0; arg < 6; arg++) {
		if (!(args >> arg & 1))
			continue;
		text_add(why, "%s%s", between, syscall_arg_name(c->desc, arg));
		between = ", ";
	}
	if (groups > 1) {
		text_add(why, one ? " was one of %zu values" : " were one of %zu combinations", groups);
		return;
	}
	text_add(why, one ? " was always " : " were always ");
	between = "";
	struct syscall_desc room;
	const struct syscall_desc *call = fact_call(t->fact, &room);
	for (unsigned arg = 0; arg < 6; arg++) {
		if (!(args >> arg & 1))
			continue;
		text_add(why, "%s", between);
		abi_value_text(call, c->arch, arg, t->values[arg], why);
		between = ", ";
	}
}

/* The combinations seen, one alternative each. *done: false where there are too many, or none can be told. */
static int joint_tuples(const struct seen_call *c, unsigned args, struct rule *rule, struct text *why, bool *done,
			struct error *e)
{
	struct tuple *tuples = calloc(c->n + 1, sizeof(*tuples));
	const struct fact **facts = calloc(c->n + 1, sizeof(*facts));
	size_t groups = 0;
	uint8_t in_all = 0;
	unsigned changing = 0;
	for (unsigned arg = 0; arg < 6; arg++)
		if (!arg_checkable(&c->desc->args[arg]) && changing_values(c, arg))
			changing |= 1u << arg;
	int rc = tuples == NULL || facts == NULL ? error_memory(e) : 0;
	for (size_t i = 0; rc == 0 && i < c->n; i++)
		tuples[i] = tuple_of(c, c->facts[i], args, changing);
	if (rc == 0)
		qsort(tuples, c->n, sizeof(*tuples), by_values);
	*done = rc == 0;
	for (size_t i = 0; rc == 0 && i < c->n; i++) {
		groups += i == 0 || by_values(&tuples[i - 1], &tuples[i]) != 0;
		facts[i] = tuples[i].fact;
		in_all |= tuples[i].args;
		*done &= tuples[i].args != 0;
	}
	*done &= groups <= TUPLE_LIMIT;
	for (size_t i = 0, next; *done && rc == 0 && i < c->n; i = next) {
		for (next = i + 1; next < c->n && by_values(&tuples[i], &tuples[next]) == 0;)
			next++;
		struct seen_call group = {c->arch, c->nr, c->desc, facts + i, next - i};
		struct alternative a = {0};
		rc = group_alternative(&group, &tuples[i], &a, e);
		if (rc == 0 && !vec_push(&rule->any, a))
			rc = error_memory(e);
		if (rc != 0)
			alternative_clear(&a);
	}
	if (*done && rc == 0) {
		joint_reason(c, tuples, groups, in_all, why);
		rc = end_reason(c, in_all, why, e);
	}
	free(tuples);
	free(facts);
	return rc;
}

/* One fact as an alternative. */
static int exact_tuple(const struct seen_call *c, const struct fact *f, unsigned args, struct alternative *out,
		       struct error *e)
{
	struct seen_call one = *c;
	struct syscall_desc room;
	struct text unused = {0};
	int rc = 0;
	one.facts = &f;
	one.n = 1;
	one.desc = fact_call(f, &room);
	for (unsigned arg = 0; arg < 6 && rc == 0; arg++) {
		unsigned kind = one.desc->args[arg].kind;
		bool selected = !arg_checkable(&c->desc->args[arg]);
		if (!(f->key.args >> arg & 1) || (selected ? f->wide || changing_values(&one, arg) : !(args >> arg & 1)))
			continue;
		if (f->wide && (kind == ARG_FLAGS || kind == ARG_MODE))
			rc = only_bits(&one, arg, seen_bits(&one, arg), out, e);
		else
			rc = exact_values(&one, arg, width(&one, arg), out, &unused, e);
	}
	text_free(&unused);
	return rc;
}

/* One alternative per tuple seen; none where one of them tests nothing. */
static int exact_tuples(const struct seen_call *c, unsigned args, struct rule *rule, struct text *why, struct error *e)
{
	size_t tuples = 0, wide = 0;
	int rc = 0;
	for (size_t i = 0; i < c->n && rc == 0; i++) {
		const struct fact *f = c->facts[i];
		struct alternative a = {0};
		/* The same tuple in two phases: they stand beside each other. */
		if (i > 0 && !f->wide && !c->facts[i - 1]->wide && f->key.args == c->facts[i - 1]->key.args &&
		    memcmp(f->key.values, c->facts[i - 1]->key.values, sizeof(f->key.values)) == 0)
			continue;
		rc = exact_tuple(c, f, args, &a, e);
		if (rc == 0 && a.tests.count == 0) {
			while (rule->any.count > 0)
				alternative_clear(&rule->any.items[--rule->any.count]);
			return 0;
		}
		if (rc == 0 && !vec_push(&rule->any, a))
			rc = error_memory(e);
		if (rc != 0)
			alternative_clear(&a);
		tuples += !f->wide;
		wide += f->wide;
	}
	text_add(why, "%sits arguments were one of %zu tuple%s", why->count > 0 ? "; " : "", tuples,
		 tuples == 1 ? "" : "s");
	if (wide > 0)
		text_add(why, ", or within bounds: the profile keeps no single values past %d facts", PROFILE_FACT_CAP);
	return rc == 0 ? end_reason(c, 0, why, e) : rc;
}

/* Arguments that some facts do not know: imported from what does not tell them. Such facts stand for any value. */
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
	if (mode == ARGS_NONE || recorded(c) == 0)
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

/* Explains the instructions of a filter in words. SPDX-License-Identifier: MIT */
#include "generator/inspect/annotate.h"

#include <inttypes.h>
#include <linux/seccomp.h>
#include <string.h>

#define OFFSET(member) ((int)offsetof(struct seccomp_data, member))

/* More calls than this seldom have an argument of the same meaning. */
enum { SAME_ARGUMENT_LIMIT = 16 };

int arriving_calls(const struct dataflow *r, struct arriving_call *calls, int most)
{
	int n = 0;
	if (r->numbers[DATAFLOW_OTHER].ranges.count > 0)
		return -1;
	for (int arch = 0; arch < ARCH_COUNT; arch++) {
		const struct numbers *s = &r->numbers[arch];
		if (numbers_count(s) > (uint64_t)(most - n))
			return -1;
		for (size_t k = 0; k < s->ranges.count; k++)
			for (uint64_t nr = s->ranges.items[k].lo; nr <= s->ranges.items[k].hi; nr++) {
				const struct syscall_desc *call = abi_by_nr((enum arch)arch, (uint32_t)nr);
				if (call == NULL)
					return -1;
				calls[n++] = (struct arriving_call){(enum arch)arch, call};
			}
	}
	return n;
}

/* Arguments. ---------------------------------------------------------------------------------------------------- */

/* Half an argument of one call. */
struct half {
	const struct syscall_desc *call; /* as its known selecting arguments describe it (abi_select) */
	enum arch arch;
	unsigned arg, bits;
	bool high;
	bool half;	/* the argument of some call has 64 bits */
	bool whole;	/* the other half is known, or the kernel ignores it */
	uint64_t above; /* the known upper half, shifted into place */
};

static const struct arg *arg_of(const struct half *h)
{
	return &h->call->args[h->arg];
}

static const char *name_of(const struct half *h)
{
	return syscall_arg_name(h->call, h->arg);
}

/* Appends a value by names of its parts within the mask, and the rest as a number. With `bits` only names of bits count, as in a
 * mask, where the value of a field means nothing. Returns the number of parts. */
static int say_parts(const struct half *h, uint32_t value, uint32_t mask, bool bits, struct text *out)
{
	const struct name_set *set = h->high ? NULL : arg_of(h)->set;
	uint64_t claimed = 0;
	int parts = 0;
	for (size_t k = 0; set != NULL && k < set->count; k++) {
		const struct name_value *v = &set->values[k];
		uint64_t about = v->mask & (h->bits >= 32 ? UINT32_MAX : UINT16_MAX);
		if (about == 0 || (v->mask & ~(uint64_t)UINT32_MAX & (UINT64_MAX >> (64 - h->bits))) != 0 ||
		    !(v->archs & ARCH_BIT(h->arch)) || (about & ~(uint64_t)mask) != 0 || (about & claimed) != 0 ||
		    (value & about) != (v->value & about) || (bits && about != (v->value & about)))
			continue;
		text_add(out, "%s%s", parts++ > 0 ? "|" : "", v->name);
		claimed |= about;
	}
	if (value == 0 && parts == 0)
		text_add(out, "0");
	else if ((value & ~claimed) != 0)
		text_add(out, "%s0x%" PRIx64, parts++ > 0 ? "|" : "", value & ~claimed);
	return parts;
}

/* "PROT_WRITE", "(PROT_READ|PROT_WRITE)", "~(SOCK_CLOEXEC|SOCK_NONBLOCK)". */
static void say_mask(const struct half *h, uint32_t mask, struct text *out)
{
	uint32_t width = h->bits >= 32 ? UINT32_MAX : UINT16_MAX, rest = ~mask & width;
	bool without = (mask & ~width) == 0 && __builtin_popcount(rest) < __builtin_popcount(mask);
	struct text names = {0};
	int parts = say_parts(h, without ? rest : mask, UINT32_MAX, true, &names);
	text_add(out, parts > 1 ? "%s(%s)" : "%s%s", without ? "~" : "", text_string(&names));
	out->failed |= names.failed;
	text_free(&names);
}

static void say_half(const struct half *h, struct text *out)
{
	if (h->high)
		text_add(out, "high half of %s", name_of(h));
	else
		text_add(out, "%s%s", h->whole ? "" : "low half of ", name_of(h));
}

static void say_loaded(const struct half *h, const struct dataflow *r, const struct sock_filter *i, bool inverted,
		       struct text *out)
{
	(void)r;
	(void)i;
	(void)inverted;
	if (h->high)
		text_add(out, "high half of %s%s", name_of(h),
			 h->bits < 64 && h->arch != ARCH_I386 ? ", which the kernel ignores" : "");
	else
		text_add(out, "%s%s", h->half ? "low half of " : "", name_of(h));
}

static void say_and(const struct half *h, const struct dataflow *r, const struct sock_filter *i, bool inverted,
		    struct text *out)
{
	(void)inverted;
	say_half(h, out);
	text_add(out, " & ");
	say_mask(h, r->mask & i->k, out);
}

static const char *operator_of(const struct sock_filter *i, bool inverted)
{
	switch (BPF_OP(i->code)) {
	case BPF_JEQ:
		return inverted ? "!=" : "==";
	case BPF_JGT:
		return inverted ? "<=" : ">";
	default:
		return inverted ? "<" : ">=";
	}
}

/* Appends the constant that an unmasked argument is compared with. */
static void say_value(const struct half *h, const struct sock_filter *i, struct text *out)
{
	bool equal = BPF_OP(i->code) == BPF_JEQ, flags = arg_of(h)->kind == ARG_FLAGS || arg_of(h)->kind == ARG_PROT;
	if ((h->bits < 32 && i->k >> h->bits != 0) || (flags && !equal))
		text_add(out, "0x%" PRIx32, i->k);
	else if (h->high || !h->whole)
		say_parts(h, i->k, UINT32_MAX, false, out);
	else
		abi_value_text(h->call, h->arch, h->arg, abi_canonical(h->call, h->arch, h->arg, h->above | i->k), out);
	/* BPF compares without sign: -1 is greater than 1. */
	text_add(out, "%s", !equal && arg_of(h)->is_signed && !h->high ? " (unsigned)" : "");
}

static void say_comparison(const struct half *h, const struct dataflow *r, const struct sock_filter *i, bool inverted,
			   struct text *out)
{
	if (BPF_OP(i->code) == BPF_JSET) {
		say_half(h, out);
		text_add(out, " & ");
		say_mask(h, r->mask & i->k, out);
		return;
	}
	if (r->mask == UINT32_MAX) {
		say_half(h, out);
		text_add(out, " %s ", operator_of(i, inverted));
		say_value(h, i, out);
		return;
	}
	text_add(out, "(");
	say_half(h, out);
	text_add(out, " & ");
	say_mask(h, r->mask, out);
	text_add(out, ") %s ", operator_of(i, inverted));
	if (BPF_OP(i->code) == BPF_JEQ)
		say_parts(h, i->k, r->mask, false, out);
	else
		text_add(out, "0x%" PRIx32, i->k);
}

/* Returns the description of a call for the arguments that are known. */
static const struct syscall_desc *selected(const struct dataflow *r, const struct arriving_call *c,
					   struct syscall_desc *room)
{
	uint64_t args[6] = {0};
	uint8_t known = 0;
	for (unsigned i = 0; i < 6; i++) {
		unsigned low = (unsigned)OFFSET(args) / 4 + 2 * i;
		if (!(r->known & 1u << low) || syscall_arg_bits(c->call, c->arch, i) > 32)
			continue;
		args[i] = abi_canonical(c->call, c->arch, i, r->value[low]);
		known |= (uint8_t)(1u << i);
	}
	return abi_select(c->call, c->arch, args, known, room);
}

/* Appends the explanation of an argument's word, if it is the same for all calls that reach the instruction. Returns whether it
 * is. */
static bool say_argument(const struct dataflow *r, int word, const struct sock_filter *i, bool inverted,
			 void (*say)(const struct half *, const struct dataflow *, const struct sock_filter *, bool,
				     struct text *),
			 struct text *out)
{
	struct arriving_call calls[SAME_ARGUMENT_LIMIT];
	int n = arriving_calls(r, calls, SAME_ARGUMENT_LIMIT);
	struct text first = {0};
	bool same = n > 0, half = false;
	for (int k = 0; k < n; k++)
		half |= syscall_arg_bits(calls[k].call, calls[k].arch, (unsigned)(word - OFFSET(args)) / 8) == 64;
	for (int k = 0; same && k < n; k++) {
		struct syscall_desc room;
		struct text text = {0};
		struct half h = {
		    .arch = calls[k].arch, .arg = (unsigned)(word - OFFSET(args)) / 8, .high = word / 4 % 2 != 0};
		unsigned other = (unsigned)word / 4 + 1;
		h.call = selected(r, &calls[k], &room);
		h.bits = syscall_arg_bits(h.call, h.arch, h.arg);
		h.half = half;
		h.whole = !h.high && (!half || (r->known & 1u << other) != 0);
		h.above = h.whole && half ? (uint64_t)r->value[other] << 32 : 0;
		same = h.arg < syscall_arg_count(h.call);
		if (same)
			say(&h, r, i, inverted, &text);
		if (k == 0)
			text_add(&first, "%s", text_string(&text));
		same = same && strcmp(text_string(&first), text_string(&text)) == 0;
		out->failed |= text.failed;
		text_free(&text);
	}
	if (same)
		text_add(out, "%s", text_string(&first));
	out->failed |= first.failed;
	text_free(&first);
	return same;
}

/* Numbers and architectures. ------------------------------------------------------------------------------------ */

static void say_number(const struct dataflow *r, uint32_t nr, bool equal, struct text *out)
{
	char buffer[32];
	int only = dataflow_only_arch(r);
	enum arch arch = only >= 0 ? (enum arch)only : ARCH_NATIVE;
	const struct syscall_desc *call = nr < ABI_NR_FOREIGN ? abi_by_nr(arch, nr) : NULL;
	if (nr == UINT32_MAX)
		text_add(out, "-1");
	else if (nr >= ABI_NR_FOREIGN)
		text_add(out, "0x%" PRIx32 "%s", nr,
			 only == ARCH_X86_64 && nr == ABI_NR_FOREIGN ? " (the first x32 one)" : "");
	else if (only >= 0 && call != NULL && equal)
		text_add(out, "%s", abi_name(arch, nr, buffer, sizeof(buffer)));
	else if (call != NULL)
		text_add(out, "%" PRIu32 " (%s%s%s)", nr, only < 0 ? arch_name(arch) : "", only < 0 ? " " : "",
			 call->name);
	else
		text_add(out, "%" PRIu32 "%s", nr,
			 only >= 0 && nr == abi_newest(arch) + 1 ? " (the first newer one)" : "");
}

/* Appends the comparison of a word that is not an argument. */
static void say_word_comparison(const struct dataflow *r, const struct sock_filter *i, const char *word, bool inverted,
				struct text *out)
{
	bool equal = BPF_OP(i->code) == BPF_JEQ, whole = r->mask == UINT32_MAX;
	if (BPF_OP(i->code) == BPF_JSET) {
		text_add(out, "%s & 0x%" PRIx32, word, r->mask & i->k);
		return;
	}
	if (whole)
		text_add(out, "%s", word);
	else
		text_add(out, "(%s & 0x%" PRIx32 ")", word, r->mask);
	text_add(out, " %s ", operator_of(i, inverted));
	if (r->word == OFFSET(nr) && (whole || equal))
		say_number(r, i->k, equal, out);
	else if (r->word == OFFSET(arch) && arch_by_audit(i->k) >= 0 && equal)
		text_add(out, "%s", arch_name((enum arch)arch_by_audit(i->k)));
	else
		text_add(out, "0x%" PRIx32, i->k);
}

/* "number", "args[1], high half". */
static void say_word(int word, struct text *out)
{
	if (word == OFFSET(nr))
		text_add(out, "number");
	else if (word == OFFSET(arch))
		text_add(out, "architecture");
	else if (word < OFFSET(args))
		text_add(out, "instruction pointer, %s half", word == OFFSET(instruction_pointer) ? "low" : "high");
	else
		text_add(out, "args[%d], %s half", (word - OFFSET(args)) / 8, word / 4 % 2 != 0 ? "high" : "low");
}

void annotate_verdict(uint32_t ret, struct text *out)
{
	struct action a;
	if (action_from_ret(ret, &a) == 0)
		action_text(a, out);
	else if ((ret & SECCOMP_RET_ACTION_FULL) == 0x7fc00000) /* SECCOMP_RET_USER_NOTIF, Linux 5.0 */
		text_add(out, "notify");
	else
		text_add(out, "unknown action");
}

static void annotate_jump(const struct dataflow *r, const struct sock_filter *i, bool inverted, struct text *out)
{
	if (BPF_OP(i->code) == BPF_JA || BPF_SRC(i->code) != BPF_K || r->word < 0)
		return;
	if (r->word == OFFSET(nr) || r->word == OFFSET(arch))
		say_word_comparison(r, i, r->word == OFFSET(nr) ? "number" : "arch", inverted, out);
	else if (r->word >= OFFSET(args))
		say_argument(r, r->word, i, inverted, say_comparison, out);
}

void annotate_instruction(const struct dataflow *r, const struct sock_filter *i, bool inverted, struct text *out)
{
	switch (BPF_CLASS(i->code)) {
	case BPF_LD:
		if (BPF_MODE(i->code) == BPF_ABS &&
		    ((int)i->k < OFFSET(args) || !say_argument(r, (int)i->k, i, false, say_loaded, out)))
			say_word((int)i->k, out);
		break;
	case BPF_ALU:
		if (i->code != (BPF_ALU | BPF_AND | BPF_K) || r->word < 0)
			break;
		if (r->word == OFFSET(nr))
			text_add(out, "number & 0x%" PRIx32, r->mask & i->k);
		else if (r->word >= OFFSET(args))
			say_argument(r, r->word, i, false, say_and, out);
		break;
	case BPF_JMP:
		annotate_jump(r, i, inverted, out);
		break;
	case BPF_RET:
		if (BPF_RVAL(i->code) == BPF_K)
			annotate_verdict(i->k, out);
		break;
	}
}

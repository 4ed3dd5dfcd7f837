/* A listing of any valid filter, with what can be told about each instruction; and reading filters from bytes.
 * SPDX-License-Identifier: MIT */
#include "generator.h"

#include <inttypes.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>

/* What is known before an instruction, on every path to it. All jumps go forward, so that one pass finds it. */
struct known {
	bool reached;
	int arch;    /* enum arch, or UNKNOWN */
	int64_t nr;  /* the call, or UNKNOWN */
	int loaded;  /* offset of the word that the accumulator comes from, or UNKNOWN */
	bool masked; /* and not all of its bits are there */
};

#define UNKNOWN (-1)

static const struct known nothing = {true, UNKNOWN, UNKNOWN, UNKNOWN, false};

/* What two paths agree about. */
static void meet(struct known *at, struct known from)
{
	if (!at->reached) {
		*at = from;
		return;
	}
	if (at->arch != from.arch)
		at->arch = UNKNOWN;
	if (at->nr != from.nr || at->arch == UNKNOWN)
		at->nr = UNKNOWN;
	if (at->loaded != from.loaded)
		at->loaded = UNKNOWN;
	at->masked |= from.masked;
}

/* Where a comparison holds, more is known. */
static struct known where_equal(struct known k, const struct sock_filter *i)
{
	if (i->code != (BPF_JMP | BPF_JEQ | BPF_K) || k.masked)
		return k;
	if (k.loaded == (int)offsetof(struct seccomp_data, arch)) {
		k.arch = arch_by_audit(i->k);
		k.nr = UNKNOWN;
	} else if (k.loaded == (int)offsetof(struct seccomp_data, nr) && k.arch != UNKNOWN) {
		k.nr = i->k;
	}
	return k;
}

/* Hands what is known after instruction `at` to those that may follow it. */
static void follow(const struct sock_filter *code, size_t at, struct known *known)
{
	const struct sock_filter *i = &code[at];
	struct known k = known[at];
	switch (BPF_CLASS(i->code)) {
	case BPF_RET:
		return;
	case BPF_JMP:
		if (BPF_OP(i->code) == BPF_JA) {
			meet(&known[at + 1 + i->k], k);
			return;
		}
		meet(&known[at + 1 + i->jt], where_equal(k, i));
		meet(&known[at + 1 + i->jf], k);
		return;
	case BPF_LD:
		k.loaded = BPF_MODE(i->code) == BPF_ABS ? (int)i->k : UNKNOWN;
		k.masked = false;
		break;
	case BPF_ALU:
		if (i->code == (BPF_ALU | BPF_AND | BPF_K))
			k.masked = true;
		else
			k.loaded = UNKNOWN;
		break;
	case BPF_MISC:
		if (BPF_MISCOP(i->code) == BPF_TXA)
			k.loaded = UNKNOWN;
		break;
	}
	meet(&known[at + 1], k);
}

/* The argument that an offset is half of, or -1. */
static int argument(uint32_t offset)
{
	size_t first = offsetof(struct seccomp_data, args);
	return offset >= first ? (int)((offset - first) / 8) : -1;
}

static bool is_high(uint32_t offset)
{
	return (offset / 4) % 2 != 0;
}

static const struct syscall_desc *call_of(const struct known *k)
{
	return k->nr != UNKNOWN && k->arch != UNKNOWN ? abi_by_nr((enum arch)k->arch, (uint32_t)k->nr) : NULL;
}

static void say_word(const struct known *k, uint32_t offset, struct text *out)
{
	int arg = argument(offset);
	if (offset == offsetof(struct seccomp_data, nr)) {
		text_add(out, "number");
	} else if (offset == offsetof(struct seccomp_data, arch)) {
		text_add(out, "architecture");
	} else if (arg < 0) {
		text_add(out, "instruction pointer %s",
			 offset == offsetof(struct seccomp_data, instruction_pointer) ? "low" : "high");
	} else {
		const struct syscall_desc *call = call_of(k);
		text_add(out, "args[%d] %s", arg, is_high(offset) ? "high" : "low");
		if (call != NULL && (unsigned)arg < syscall_arg_count(call))
			text_add(out, ": %s %s", call->name, syscall_arg_name(call, (unsigned)arg));
	}
}

/* What the constant of a comparison means, as far as that is known. */
static void say_constant(const struct known *k, const struct sock_filter *i, struct text *out)
{
	char buffer[32];
	int arg = k->loaded == UNKNOWN ? -1 : argument((uint32_t)k->loaded);
	if (k->loaded == (int)offsetof(struct seccomp_data, arch)) {
		int arch = arch_by_audit(i->k);
		text_add(out, "arch %s", arch < 0 ? "unknown" : arch_name((enum arch)arch));
	} else if (k->loaded == (int)offsetof(struct seccomp_data, nr)) {
		if (i->k == ABI_NR_FOREIGN)
			text_add(out, "x32");
		else if (k->arch != UNKNOWN && i->k == abi_newest((enum arch)k->arch) + 1)
			text_add(out, "newer than known");
		else if (k->arch != UNKNOWN && i->k < ABI_NR_FOREIGN)
			text_add(out, "%s", abi_name((enum arch)k->arch, i->k, buffer, sizeof(buffer)));
	} else if (arg >= 0 && !is_high((uint32_t)k->loaded) && BPF_OP(i->code) != BPF_JSET) {
		const struct syscall_desc *call = call_of(k);
		if (call == NULL || (unsigned)arg >= syscall_arg_count(call))
			return;
		enum arch arch = (enum arch)k->arch;
		if (call->args[arg].set != NULL || call->args[arg].kind == ARG_SIGNAL ||
		    call->args[arg].kind == ARG_MODE)
			abi_value_text(call, arch, (unsigned)arg, abi_canonical(call, arch, (unsigned)arg, i->k), out);
	}
}

static void say_verdict(uint32_t ret, struct text *out)
{
	struct action a;
	if (action_from_ret(ret, &a) == 0)
		action_text(a, out);
	else if ((ret & SECCOMP_RET_ACTION_FULL) == 0x7fc00000)
		text_add(out, "user notification");
	else
		text_add(out, "unknown action");
}

static const char *const alu_names[16] = {"add", "sub", "mul", "div", "or", "and", "lsh", "rsh", "neg", "?", "xor"};
static const char *const jump_names[16] = {"ja", "jeq", "jgt", "jge", "jset"};

static void jump_line(const struct known *k, const struct sock_filter *i, size_t at, struct text *line,
		      struct text *comment)
{
	const char *name = jump_names[BPF_OP(i->code) >> 4];
	if (BPF_OP(i->code) == BPF_JA) {
		text_add(line, "%-5s %zu", name, at + 1 + i->k);
		return;
	}
	if (BPF_SRC(i->code) == BPF_X)
		text_add(line, "%-5s x", name);
	else
		text_add(line, "%-5s #0x%" PRIx32, name, i->k);
	text_add(line, ", %zu, %zu", at + 1 + i->jt, at + 1 + i->jf);
	if (BPF_SRC(i->code) == BPF_K)
		say_constant(k, i, comment);
}

static void load_line(const struct known *k, const struct sock_filter *i, struct text *line, struct text *comment)
{
	const char *name = BPF_CLASS(i->code) == BPF_LD ? "ld" : "ldx";
	switch (BPF_MODE(i->code)) {
	case BPF_ABS:
		text_add(line, "%-5s [%" PRIu32 "]", name, i->k);
		say_word(k, i->k, comment);
		break;
	case BPF_LEN:
		text_add(line, "%-5s #len", name);
		break;
	case BPF_MEM:
		text_add(line, "%-5s M[%" PRIu32 "]", name, i->k);
		break;
	default:
		text_add(line, "%-5s #0x%" PRIx32, name, i->k);
	}
}

static void instruction(const struct known *k, const struct sock_filter *i, size_t at, struct text *line,
			struct text *comment)
{
	switch (BPF_CLASS(i->code)) {
	case BPF_LD:
	case BPF_LDX:
		load_line(k, i, line, comment);
		break;
	case BPF_ST:
	case BPF_STX:
		text_add(line, "%-5s M[%" PRIu32 "]", BPF_CLASS(i->code) == BPF_ST ? "st" : "stx", i->k);
		break;
	case BPF_ALU:
		if (BPF_OP(i->code) == BPF_NEG)
			text_add(line, "neg");
		else if (BPF_SRC(i->code) == BPF_X)
			text_add(line, "%-5s x", alu_names[BPF_OP(i->code) >> 4]);
		else
			text_add(line, "%-5s #0x%" PRIx32, alu_names[BPF_OP(i->code) >> 4], i->k);
		break;
	case BPF_JMP:
		jump_line(k, i, at, line, comment);
		break;
	case BPF_RET:
		if (BPF_RVAL(i->code) == BPF_A) {
			text_add(line, "%-5s a", "ret");
			break;
		}
		text_add(line, "%-5s #0x%08" PRIx32, "ret", i->k);
		say_verdict(i->k, comment);
		break;
	case BPF_MISC:
		text_add(line, "%s", BPF_MISCOP(i->code) == BPF_TAX ? "tax" : "txa");
		break;
	}
}

void filter_disasm(const struct sock_filter *code, size_t n, struct text *out)
{
	struct known *known = calloc(n + 1, sizeof(*known));
	if (known == NULL) {
		out->failed = true;
		return;
	}
	known[0] = nothing;
	for (size_t at = 0; at < n; at++) {
		struct text line = {0}, comment = {0};
		bool dead = !known[at].reached;
		if (dead)
			known[at] = nothing;
		instruction(&known[at], &code[at], at, &line, &comment);
		if (dead)
			text_add(&comment, "%snever reached", comment.count > 0 ? ", " : "");
		else
			follow(code, at, known);
		if (comment.count > 0)
			text_add(out, "%4zu: %-32s ; %s\n", at, text_string(&line), text_string(&comment));
		else
			text_add(out, "%4zu: %s\n", at, text_string(&line));
		out->failed |= line.failed || comment.failed;
		text_free(&line);
		text_free(&comment);
	}
	free(known);
}

int filter_parse(const char *bytes, size_t n, const char *name, struct filter *out, struct error *e)
{
	size_t count = n / sizeof(struct sock_filter);
	struct filter f = {0};
	int rc = 0;
	if (n % sizeof(struct sock_filter) != 0)
		return error_set(e, ERR_INPUT, "%s: no filter: %zu bytes, and an instruction has %zu", name, n,
				 sizeof(struct sock_filter));
	if (count > BPF_MAXINSNS)
		return error_set(e, ERR_INPUT, "%s: no filter: %zu instructions, and the kernel takes %d", name, count,
				 BPF_MAXINSNS);
	if (!vec_reserve(&f.code, count))
		return error_memory(e);
	if (n > 0)
		memcpy(f.code.items, bytes, n);
	f.code.count = count;
	rc = filter_validate(f.code.items, f.code.count, e);
	if (rc < 0) {
		error_prefix(e, "%s: ", name);
		filter_clear(&f);
		return rc;
	}
	*out = f;
	return 0;
}

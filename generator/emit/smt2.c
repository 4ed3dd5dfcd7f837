/* Writes the question whether filter and policy differ for any call, in SMT-LIB 2 (QF_BV): `unsat` proves that they do not. It is
 * made from the instructions and the policy's rules and shares no code with verify/, so that another program can confirm the
 * proof. SPDX-License-Identifier: MIT */
#include "generator/emit/emit.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

/* The first words of struct seccomp_data. Those of the instruction pointer are free variables too: they must not matter. */
static const char *const words[] = {"nr", "arch", "ip_low", "ip_high"};

static const char *word_name(uint32_t offset, char *buffer, size_t size)
{
	size_t first = offsetof(struct seccomp_data, args);
	if (offset < first)
		return words[offset / 4];
	snprintf(buffer, size, "arg%zu_%s", (offset - first) / 8, (offset - first) % 8 == 0 ? "low" : "high");
	return buffer;
}

static void declare_words(struct text *out)
{
	char buffer[32];
	for (uint32_t offset = 0; offset < sizeof(struct seccomp_data); offset += 4)
		text_add(out, "(declare-const %s (_ BitVec 32))\n", word_name(offset, buffer, sizeof(buffer)));
}

/* The registers that instructions read and set. */
enum { A, X, MEMORY, REGISTERS = MEMORY + BPF_MEMWORDS, NONE };

/* Each instruction becomes a function that returns the program's answer from there on. Its parameters are the live registers: those
 * that the program reads from there on before it sets them. */
struct question {
	const struct filter *filter;
	uint32_t live[BPF_MAXINSNS]; /* per instruction: one bit for each register */
	struct text *out;
};

static const char *register_name(unsigned r)
{
	static const char *const names[REGISTERS] = {"a",  "x",	 "m0", "m1",  "m2",  "m3",  "m4",  "m5",  "m6",
						     "m7", "m8", "m9", "m10", "m11", "m12", "m13", "m14", "m15"};
	return names[r];
}

static uint32_t bit(unsigned r)
{
	return r == NONE ? 0 : 1u << r;
}

/* The registers that an instruction itself reads. */
static uint32_t reads(const struct sock_filter *s)
{
	switch (BPF_CLASS(s->code)) {
	case BPF_LD:
	case BPF_LDX:
		return BPF_MODE(s->code) == BPF_MEM ? bit(MEMORY + s->k) : 0;
	case BPF_ST:
		return bit(A);
	case BPF_STX:
		return bit(X);
	case BPF_ALU:
		return bit(A) | (s->code != (BPF_ALU | BPF_NEG) && BPF_SRC(s->code) == BPF_X ? bit(X) : 0);
	case BPF_JMP:
		return s->code == (BPF_JMP | BPF_JA) ? 0 : bit(A) | (BPF_SRC(s->code) == BPF_X ? bit(X) : 0);
	case BPF_RET:
		return BPF_RVAL(s->code) == BPF_A ? bit(A) : 0;
	}
	return BPF_MISCOP(s->code) == BPF_TAX ? bit(A) : bit(X);
}

static unsigned sets(const struct sock_filter *s)
{
	switch (BPF_CLASS(s->code)) {
	case BPF_LD:
	case BPF_ALU:
		return A;
	case BPF_LDX:
		return X;
	case BPF_ST:
	case BPF_STX:
		return MEMORY + s->k;
	case BPF_MISC:
		return BPF_MISCOP(s->code) == BPF_TAX ? X : A;
	}
	return NONE;
}

/* Returns the live registers of an instruction. Those of later instructions are known, because all jumps go forward. */
static uint32_t live_at(const struct question *q, size_t i)
{
	const struct sock_filter *s = &q->filter->code.items[i];
	uint32_t after = 0;
	if (s->code == (BPF_JMP | BPF_JA))
		after = q->live[i + 1 + s->k];
	else if (BPF_CLASS(s->code) == BPF_JMP)
		after = q->live[i + 1 + s->jt] | q->live[i + 1 + s->jf];
	else if (BPF_CLASS(s->code) != BPF_RET)
		after = q->live[i + 1] & ~bit(sets(s));
	return after | reads(s);
}

/* Appends the program's answer from instruction `at` on, after one register (or NONE) was set to `value`. */
static void add_rest(struct question *q, size_t at, unsigned changed, const char *value)
{
	const char *open = q->live[at] == 0 ? "" : "(", *close = q->live[at] == 0 ? "" : ")";
	text_add(q->out, "%sat%zu", open, at);
	for (unsigned r = 0; r < REGISTERS; r++)
		if (q->live[at] & bit(r))
			text_add(q->out, " %s", r == changed ? value : register_name(r));
	text_add(q->out, "%s", close);
}

static const char *operand(const struct sock_filter *s, char *buffer, size_t size)
{
	if (BPF_SRC(s->code) == BPF_X)
		return "x";
	snprintf(buffer, size, "#x%08" PRIx32, s->k);
	return buffer;
}

/* Appends a computation. The kernel ends a program that divides by 0 with the answer 0, and shifts by the low five bits of X.
 * filter_validate refuses constant divisors of 0 and constant shifts past 31. */
static bool add_alu(struct question *q, size_t i)
{
	static const char *const operators[] = {
	    [BPF_ADD >> 4] = "bvadd",  [BPF_SUB >> 4] = "bvsub",  [BPF_MUL >> 4] = "bvmul",
	    [BPF_DIV >> 4] = "bvudiv", [BPF_OR >> 4] = "bvor",	  [BPF_AND >> 4] = "bvand",
	    [BPF_LSH >> 4] = "bvshl",  [BPF_RSH >> 4] = "bvlshr", [BPF_XOR >> 4] = "bvxor"};
	const struct sock_filter *s = &q->filter->code.items[i];
	unsigned op = BPF_OP(s->code);
	char buffer[16], value[64];
	const char *by = operand(s, buffer, sizeof(buffer));
	if (s->code == (BPF_ALU | BPF_NEG)) {
		add_rest(q, i + 1, A, "(bvneg a)");
		return true;
	}
	if (op >> 4 >= sizeof(operators) / sizeof(operators[0]) || operators[op >> 4] == NULL)
		return false;
	snprintf(value, sizeof(value), op == BPF_LSH || op == BPF_RSH ? "(%s a (bvand %s #x0000001f))" : "(%s a %s)",
		 operators[op >> 4], by);
	if (op == BPF_DIV)
		text_add(q->out, "(ite (= %s #x00000000) #x00000000 ", by);
	add_rest(q, i + 1, A, value);
	if (op == BPF_DIV)
		text_add(q->out, ")");
	return true;
}

static bool add_jump(struct question *q, size_t i)
{
	const struct sock_filter *s = &q->filter->code.items[i];
	size_t yes = i + 1 + s->jt, no = i + 1 + s->jf;
	char buffer[16];
	const char *with = operand(s, buffer, sizeof(buffer));
	switch (BPF_OP(s->code)) {
	case BPF_JA:
		add_rest(q, i + 1 + s->k, NONE, NULL);
		return true;
	case BPF_JEQ:
		text_add(q->out, "(ite (= a %s) ", with);
		break;
	case BPF_JGE:
		text_add(q->out, "(ite (bvuge a %s) ", with);
		break;
	case BPF_JGT:
		text_add(q->out, "(ite (bvugt a %s) ", with);
		break;
	case BPF_JSET:
		text_add(q->out, "(ite (distinct (bvand a %s) #x00000000) ", with);
		break;
	default:
		return false;
	}
	add_rest(q, yes, NONE, NULL);
	text_add(q->out, " ");
	add_rest(q, no, NONE, NULL);
	text_add(q->out, ")");
	return true;
}

/* Appends a load of A or X: a word of the call, a memory word or a constant. */
static bool add_load(struct question *q, size_t i)
{
	const struct sock_filter *s = &q->filter->code.items[i];
	unsigned to = BPF_CLASS(s->code) == BPF_LD ? A : X;
	char value[32];
	switch (BPF_MODE(s->code)) {
	case BPF_ABS:
		add_rest(q, i + 1, to, word_name(s->k, value, sizeof(value)));
		return to == A;
	case BPF_MEM:
		add_rest(q, i + 1, to, register_name(MEMORY + s->k));
		return true;
	case BPF_LEN:
	case BPF_IMM:
		snprintf(value, sizeof(value), "#x%08" PRIx32,
			 BPF_MODE(s->code) == BPF_LEN ? (uint32_t)sizeof(struct seccomp_data) : s->k);
		add_rest(q, i + 1, to, value);
		return true;
	}
	return false;
}

/* Appends the body of instruction i's function. Returns false for an instruction that has no form here. */
static bool add_instruction(struct question *q, size_t i)
{
	const struct sock_filter *s = &q->filter->code.items[i];
	switch (BPF_CLASS(s->code)) {
	case BPF_LD:
	case BPF_LDX:
		return add_load(q, i);
	case BPF_ST:
		add_rest(q, i + 1, MEMORY + s->k, "a");
		return true;
	case BPF_STX:
		add_rest(q, i + 1, MEMORY + s->k, "x");
		return true;
	case BPF_ALU:
		return add_alu(q, i);
	case BPF_JMP:
		return add_jump(q, i);
	case BPF_RET:
		if (BPF_RVAL(s->code) == BPF_A)
			text_add(q->out, "a");
		else
			text_add(q->out, "#x%08" PRIx32, s->k);
		return true;
	case BPF_MISC:
		if (BPF_MISCOP(s->code) == BPF_TAX)
			add_rest(q, i + 1, X, "a");
		else
			add_rest(q, i + 1, A, "x");
		return true;
	}
	return false;
}

/* Appends the definition of instruction i; later instructions are defined already. Without live registers it is a constant with an
 * equation: solvers copy functions, but not constants. The equations cannot contradict each other, because each is the first to
 * name its constant. */
static bool add_definition(struct question *q, size_t i)
{
	q->live[i] = live_at(q, i);
	if (q->live[i] == 0) {
		text_add(q->out, "(declare-const at%zu (_ BitVec 32))\n(assert (= at%zu ", i, i);
	} else {
		text_add(q->out, "(define-fun at%zu (", i);
		for (unsigned r = 0; r < REGISTERS; r++)
			if (q->live[i] & bit(r))
				text_add(q->out, "(%s (_ BitVec 32))", register_name(r));
		text_add(q->out, ") (_ BitVec 32) ");
	}
	if (!add_instruction(q, i))
		return false;
	text_add(q->out, q->live[i] == 0 ? "))\n" : ")\n");
	return true;
}

/* Appends the filter. All registers begin as 0. Returns 0 or a negative code. */
static int add_filter(const struct filter *f, struct text *out, struct error *e)
{
	struct question q = {.filter = f, .out = out};
	int rc = filter_validate(f->code.items, f->code.count, e);
	if (rc < 0)
		return rc;
	for (size_t i = f->code.count; i-- > 0;)
		if (!add_definition(&q, i))
			return error_set(e, ERR_INPUT, "instruction %zu: code 0x%02x has no form in smt2", i,
					 f->code.items[i].code);
	text_add(out, "(define-fun filter () (_ BitVec 32) %sat0", q.live[0] == 0 ? "" : "(");
	for (unsigned r = 0; r < REGISTERS; r++)
		if (q.live[0] & bit(r))
			text_add(out, " #x00000000");
	text_add(out, "%s)\n", q.live[0] == 0 ? "" : ")");
	return 0;
}

static void add_test(const struct test *t, struct text *out)
{
	char value[96];
	snprintf(value, sizeof(value), "(bvand (concat arg%u_high arg%u_low) #x%016" PRIx64 ")", t->arg, t->arg,
		 t->mask);
	text_add(out, "(or false");
	for (size_t i = 0; i < t->ranges.count; i++)
		text_add(out, " (and (bvule #x%016" PRIx64 " %s) (bvule %s #x%016" PRIx64 "))", t->ranges.items[i].lo,
			 value, value, t->ranges.items[i].hi);
	text_add(out, ")");
}

/* Appends the answer of a call's rules from r on: an ite for each rule. Tests are within their argument's width. */
static void add_rules(const struct policy *p, enum arch arch, const struct rule *r, struct text *out)
{
	size_t open = 0;
	for (; r != NULL && r->any.count > 0; r = policy_next_rule(p, arch, r), open++) {
		text_add(out, "(ite (or");
		for (size_t i = 0; i < r->any.count; i++) {
			text_add(out, "\n    (and true");
			for (size_t k = 0; k < r->any.items[i].tests.count; k++) {
				text_add(out, " ");
				add_test(&r->any.items[i].tests.items[k], out);
			}
			text_add(out, ")");
		}
		text_add(out, ") #x%08" PRIx32 " ", action_ret(r->action));
	}
	text_add(out, "#x%08" PRIx32, action_ret(r != NULL ? r->action : p->default_action));
	while (open-- > 0)
		text_add(out, ")");
}

/* Appends the answers of one architecture: call after call, then the numbers without rules. */
static int add_arch(const struct policy *p, enum arch arch, struct text *out, struct error *e)
{
	size_t open = 0;
	text_add(out, "(define-fun on_%s () (_ BitVec 32)\n", arch_name(arch));
	for (size_t i = 0; i < p->rules.count; i++) {
		const struct rule *r = &p->rules.items[i];
		uint32_t nr;
		if (!(r->archs & ARCH_BIT(arch)) || policy_rule(p, arch, r->syscall) != r)
			continue;
		int rc = abi_number(arch, r->syscall, &nr, e);
		if (rc != 0)
			return rc < 0 ? rc : error_set(e, ERR_INPUT, "%s has no %s", arch_name(arch), r->syscall);
		text_add(out, "  (ite (= nr #x%08" PRIx32 ") ", nr);
		add_rules(p, arch, r, out);
		text_add(out, " ; %s\n", r->syscall);
		open++;
	}
	text_add(out, "  (ite (bvugt nr #x%08" PRIx32 ") #x%08" PRIx32 " #x%08" PRIx32 ")", abi_newest(arch),
		 action_ret(p->newer), action_ret(p->default_action));
	while (open-- > 0)
		text_add(out, ")");
	text_add(out, ")\n");
	return 0;
}

static int add_policy(const struct policy *p, struct text *out, struct error *e)
{
	/* The default does not let through calls of other architectures, see policy.h. */
	struct action foreign = p->default_action;
	size_t open = 1;
	if (foreign.kind == ACTION_ALLOW)
		foreign = (struct action){.kind = ACTION_KILL};
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
		int rc = p->archs & ARCH_BIT(arch) ? add_arch(p, (enum arch)arch, out, e) : 0;
		if (rc < 0)
			return rc;
	}
	text_add(out, "(define-fun policy () (_ BitVec 32)\n  (ite (bvuge nr #x%08x) #x%08" PRIx32, ABI_NR_FOREIGN,
		 action_ret(foreign));
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		if (p->archs & ARCH_BIT(arch)) {
			text_add(out, "\n  (ite (= arch #x%08" PRIx32 ") on_%s", arch_audit((enum arch)arch),
				 arch_name((enum arch)arch));
			open++;
		}
	text_add(out, "\n  #x%08" PRIx32, action_ret(foreign));
	while (open-- > 0)
		text_add(out, ")");
	text_add(out, ")\n");
	return 0;
}

static int emit(const struct emit_input *in, struct text *out, struct emit_notes *notes, struct error *e)
{
	(void)notes;
	text_add(out, "; Is there a call that the filter answers otherwise than the policy? unsat: there is none.\n"
		      "(set-logic QF_BV)\n");
	declare_words(out);
	int rc = add_policy(in->policy, out, e);
	if (rc == 0)
		rc = add_filter(in->filter, out, e);
	if (rc < 0)
		return rc;
	text_add(out, "(assert (distinct filter policy))\n(check-sat)\n");
	return out->failed ? error_memory(e) : 0;
}

const struct emitter emit_smt2 = {
    .name = "smt2",
    .summary = "the question whether filter and policy differ, for an SMT solver: unsat proves that they do not",
    .compiles = true,
    .emit = emit,
};

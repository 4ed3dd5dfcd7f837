/* The question whether any call makes filter and policy differ, in SMT-LIB 2 (QF_BV): `unsat` is the proof that none does.
 * Written from the instructions and from the policy's rules, by a route of its own: what verify/ shows, another program
 * can show again. SPDX-License-Identifier: MIT */
#include "emit.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

/* The words of struct seccomp_data; the two of the instruction pointer are free, too: they must not matter. */
static const char *const words[] = {"nr", "arch", "ip_low", "ip_high"};

static void add_word(uint32_t offset, struct text *out)
{
	size_t first = offsetof(struct seccomp_data, args);
	if (offset < first)
		text_add(out, "%s", words[offset / 4]);
	else
		text_add(out, "arg%zu_%s", (offset - first) / 8, (offset - first) % 8 == 0 ? "low" : "high");
}

static void declare_words(struct text *out)
{
	for (uint32_t offset = 0; offset < sizeof(struct seccomp_data); offset += 4) {
		text_add(out, "(declare-const ");
		add_word(offset, out);
		text_add(out, " (_ BitVec 32))\n");
	}
}

/* Instruction i as a function of the accumulator: what the rest of the program answers. Returns false for one that no
 * filter of ours has. */
static bool add_instruction(const struct sock_filter *code, size_t i, struct text *out)
{
	const struct sock_filter *s = &code[i];
	size_t yes = i + 1 + s->jt, no = i + 1 + s->jf;
	text_add(out, "(define-fun at%zu ((a (_ BitVec 32))) (_ BitVec 32) ", i);
	switch (s->code) {
	case BPF_RET | BPF_K:
		text_add(out, "#x%08" PRIx32, s->k);
		break;
	case BPF_LD | BPF_W | BPF_ABS:
		text_add(out, "(at%zu ", i + 1);
		add_word(s->k, out);
		text_add(out, ")");
		break;
	case BPF_ALU | BPF_AND | BPF_K:
		text_add(out, "(at%zu (bvand a #x%08" PRIx32 "))", i + 1, s->k);
		break;
	case BPF_JMP | BPF_JA:
		text_add(out, "(at%zu a)", i + 1 + s->k);
		break;
	case BPF_JMP | BPF_JEQ | BPF_K:
		text_add(out, "(ite (= a #x%08" PRIx32 ") (at%zu a) (at%zu a))", s->k, yes, no);
		break;
	case BPF_JMP | BPF_JGE | BPF_K:
		text_add(out, "(ite (bvuge a #x%08" PRIx32 ") (at%zu a) (at%zu a))", s->k, yes, no);
		break;
	case BPF_JMP | BPF_JGT | BPF_K:
		text_add(out, "(ite (bvugt a #x%08" PRIx32 ") (at%zu a) (at%zu a))", s->k, yes, no);
		break;
	case BPF_JMP | BPF_JSET | BPF_K:
		text_add(out, "(ite (= (bvand a #x%08" PRIx32 ") #x00000000) (at%zu a) (at%zu a))", s->k, no, yes);
		break;
	default:
		return false;
	}
	text_add(out, ")\n");
	return true;
}

static void add_test(const struct test *t, struct text *out)
{
	char value[96];
	snprintf(value, sizeof(value), "(bvand (concat arg%u_high arg%u_low) #x%016" PRIx64 ")", t->arg, t->arg, t->mask);
	text_add(out, "(or false");
	for (size_t i = 0; i < t->ranges.count; i++)
		text_add(out, " (and (bvule #x%016" PRIx64 " %s) (bvule %s #x%016" PRIx64 "))", t->ranges.items[i].lo, value,
			 value, t->ranges.items[i].hi);
	text_add(out, ")");
}

/* What a rule answers, as an ite over its alternatives. Tests are within their argument's width. */
static void add_rule(const struct policy *p, const struct rule *r, struct text *out)
{
	if (r->any.count == 0) {
		text_add(out, "#x%08" PRIx32, action_ret(r->action));
		return;
	}
	text_add(out, "(ite (or");
	for (size_t i = 0; i < r->any.count; i++) {
		text_add(out, "\n    (and true");
		for (size_t k = 0; k < r->any.items[i].tests.count; k++) {
			text_add(out, " ");
			add_test(&r->any.items[i].tests.items[k], out);
		}
		text_add(out, ")");
	}
	text_add(out, ") #x%08" PRIx32 " #x%08" PRIx32 ")", action_ret(r->action), action_ret(p->fallback));
}

/* One architecture's numbers: rule after rule, then what has none. */
static int add_arch(const struct policy *p, enum arch arch, struct text *out, struct error *e)
{
	size_t open = 0;
	text_add(out, "(define-fun on_%s () (_ BitVec 32)\n", arch_name(arch));
	for (size_t i = 0; i < p->rules.count; i++) {
		const struct rule *r = &p->rules.items[i];
		uint32_t nr;
		if (!(r->archs & ARCH_BIT(arch)))
			continue;
		int rc = abi_number(arch, r->syscall, &nr, e);
		if (rc != 0)
			return rc < 0 ? rc : error_set(e, ERR_INPUT, "%s has no %s", arch_name(arch), r->syscall);
		text_add(out, "  (ite (= nr #x%08" PRIx32 ") ", nr);
		add_rule(p, r, out);
		text_add(out, " ; %s\n", r->syscall);
		open++;
	}
	text_add(out, "  (ite (bvugt nr #x%08" PRIx32 ") #x%08" PRIx32 " #x%08" PRIx32 ")", abi_newest(arch),
		 action_ret(p->newer), action_ret(p->fallback));
	while (open-- > 0)
		text_add(out, ")");
	text_add(out, ")\n");
	return 0;
}

static int add_policy(const struct policy *p, struct text *out, struct error *e)
{
	/* What is no call of the policy's architectures is not let through by its default, see policy.h. */
	struct action foreign = p->fallback;
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

static int emit(const struct emit_input *in, struct text *out, struct text *notes, struct error *e)
{
	const struct filter *f = in->filter;
	(void)notes;
	text_add(out, "; Is there a call that the filter answers otherwise than the policy? unsat: there is none.\n"
		      "(set-logic QF_BV)\n");
	declare_words(out);
	for (size_t i = f->code.count; i-- > 0;)
		if (!add_instruction(f->code.items, i, out))
			return error_set(e, ERR_INPUT, "instruction %zu: has no form in smt2", i);
	int rc = add_policy(in->policy, out, e);
	if (rc < 0)
		return rc;
	text_add(out, "(assert (distinct (at0 #x00000000) policy))\n(check-sat)\n");
	return out->failed ? error_memory(e) : 0;
}

const struct emitter emit_smt2 = {
    .name = "smt2",
    .summary = "the question whether filter and policy differ, for an SMT solver: unsat proves that they do not",
    .emit = emit,
};

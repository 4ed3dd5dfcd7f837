/* Lists any valid filter for people: with labels for jumps, headings that name the calls, and a comment for each instruction. SPDX-License-Identifier: MIT */
#include "generator/generator.h"

#include <ctype.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generator/inspect/annotate.h"
#include "generator/inspect/dataflow.h"
#include "policies/base/style.h"

enum { LABEL_SIZE = 40 };

/* How the listing shows an instruction. */
struct place {
	bool target;		/* a jump names it */
	bool apart;		/* an empty line stands before it */
	bool headed;		/* a heading stands before it */
	char label[LABEL_SIZE]; /* stands on a line of its own before it; "": a target's name is L and its number */
};

struct listing {
	const struct sock_filter *code;
	size_t n;
	const struct policy *policy;
	struct dataflow *dataflow;
	struct place *places;
};

/* Returns whether a comparison is written as its opposite, so that the next instruction needs no name. JSET has no opposite. */
static bool is_inverted(const struct sock_filter *i)
{
	return is_comparison(i) && i->jt == 0 && i->jf != 0 && BPF_OP(i->code) != BPF_JSET;
}

static void find_targets(struct listing *l)
{
	for (size_t at = 0; at < l->n; at++) {
		const struct sock_filter *i = &l->code[at];
		if (BPF_CLASS(i->code) != BPF_JMP)
			continue;
		if (!is_comparison(i)) {
			l->places[at + 1 + i->k].target = true;
			continue;
		}
		if (!is_inverted(i))
			l->places[at + 1 + i->jt].target = true;
		if (i->jf != 0 || i->jt == 0)
			l->places[at + 1 + i->jf].target = true;
	}
}

/* Returns whether an instruction only finds out which call it is, and so belongs to no rule. */
static bool is_dispatch(const struct sock_filter *i, const struct dataflow *r)
{
	switch (BPF_CLASS(i->code)) {
	case BPF_JMP:
		return BPF_OP(i->code) == BPF_JA || r->word == WORD_NR || r->word == WORD_ARCH;
	case BPF_LD:
		return BPF_MODE(i->code) == BPF_ABS && ((int)i->k == WORD_NR || (int)i->k == WORD_ARCH);
	case BPF_ALU:
		return r->word == WORD_NR || r->word == WORD_ARCH;
	}
	return false;
}

/* Returns the architecture whose calls, all of them and no others, reach the instruction; or -1. */
static int whole_arch(const struct dataflow *r)
{
	int only = dataflow_only_arch(r);
	return only >= 0 && only != DATAFLOW_OTHER && numbers_all(&r->numbers[only]) ? only : -1;
}

/* Returns the name of the only call that reaches the instruction, on any architectures; NULL: there are several. */
static const char *only_call(const struct dataflow *r)
{
	struct arriving_call calls[ARCH_COUNT];
	int n = arriving_calls(r, calls, ARCH_COUNT);
	for (int i = 1; i < n; i++)
		if (strcmp(calls[0].call->name, calls[i].call->name) != 0)
			return NULL;
	return n > 0 ? calls[0].call->name : NULL;
}

/* Names a target after its answer, its call or its architecture. Each name is used once. Returns false where there is no memory. */
static bool name_place(struct listing *l, size_t at)
{
	const struct sock_filter *i = &l->code[at];
	const struct dataflow *r = &l->dataflow[at];
	struct text name = {0};
	if (i->code == (BPF_RET | BPF_K)) {
		annotate_verdict(i->k, &name);
	} else if (l->places[at].headed) {
		const char *call = only_call(r);
		int arch = whole_arch(r);
		text_add(&name, "%s", call != NULL ? call : arch >= 0 ? arch_name((enum arch)arch) : "");
	}
	const char *word = text_string(&name), *colon = strchr(word, ':');
	if (colon != NULL && isalpha((unsigned char)colon[1]))
		word = colon + 1; /* errno:EPERM */
	char label[LABEL_SIZE];
	snprintf(label, sizeof(label), "%s", strlen(word) < sizeof(label) ? word : "");
	for (char *c = label; *c != '\0'; c++)
		*c = *c == ' ' || *c == ':' ? '_' : *c;
	for (size_t k = 0; k < at; k++)
		if (strcmp(l->places[k].label, label) == 0)
			label[0] = '\0';
	memcpy(l->places[at].label, label, sizeof(label));
	bool fine = !name.failed;
	text_free(&name);
	return fine;
}

/* Decides where empty lines and headings stand. A heading stands where a rule begins. Returns false where there is no memory. */
static bool divide(struct listing *l)
{
	bool fine = true;
	const struct dataflow *block = NULL; /* the calls of the rule that we are in */
	const struct dataflow *scope = NULL; /* the calls of the last heading, until an empty line */
	for (size_t at = 0; at < l->n; at++) {
		const struct dataflow *r = &l->dataflow[at];
		struct place *p = &l->places[at];
		if (dataflow_never(r))
			continue;
		bool same = block != NULL && dataflow_same_calls(r, block);
		bool loads_nr = BPF_CLASS(l->code[at].code) == BPF_LD && (int)l->code[at].k == WORD_NR;
		if (is_dispatch(&l->code[at], r)) {
			p->headed = at > 0 && !same && loads_nr && whole_arch(r) >= 0;
			/* The heading does not name these calls: they are of the next architecture in a chain. */
			bool outside = scope != NULL && !dataflow_within(r, scope);
			p->apart = p->headed || (block != NULL && !same) || outside;
			block = same ? block : NULL;
		} else if (!same) {
			p->headed = true;
			p->apart = at > 0;
			block = r;
		}
		if (p->headed || p->apart)
			scope = p->headed ? r : NULL;
		if (p->target)
			fine = name_place(l, at) && fine;
	}
	return fine;
}

static void add_target(const struct listing *l, size_t at, struct text *out)
{
	if (l->places[at].label[0] != '\0')
		text_add(out, "%s", l->places[at].label);
	else
		text_add(out, "L%zu", at);
}

static const char *const alu_names[16] = {"add", "sub", "mul", "div", "or", "and", "lsh", "rsh", "neg", "?", "xor"};
static const char *const jump_names[16] = {"ja", "jeq", "jgt", "jge", "jset"};
static const char *const inverted_names[16] = {"ja", "jne", "jle", "jlt", "jset"};

static void jump_line(const struct listing *l, size_t at, struct text *line)
{
	const struct sock_filter *i = &l->code[at];
	bool inverted = is_inverted(i);
	const char *name = (inverted ? inverted_names : jump_names)[BPF_OP(i->code) >> 4];
	if (!is_comparison(i)) {
		text_add(line, "%-5s ", name);
		add_target(l, at + 1 + i->k, line);
		return;
	}
	if (BPF_SRC(i->code) == BPF_X)
		text_add(line, "%-5s x", name);
	else
		text_add(line, "%-5s #0x%" PRIx32, name, i->k);
	text_add(line, ", ");
	add_target(l, at + 1 + (inverted ? i->jf : i->jt), line);
	if (inverted || (i->jf == 0 && i->jt != 0))
		return;
	text_add(line, ", ");
	add_target(l, at + 1 + i->jf, line);
}

static void load_line(const struct sock_filter *i, struct text *line)
{
	const char *name = BPF_CLASS(i->code) == BPF_LD ? "ld" : "ldx";
	switch (BPF_MODE(i->code)) {
	case BPF_ABS:
		text_add(line, "%-5s [%" PRIu32 "]", name, i->k);
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

static void instruction_line(const struct listing *l, size_t at, struct text *line)
{
	const struct sock_filter *i = &l->code[at];
	const char *alu = alu_names[BPF_OP(i->code) >> 4];
	switch (BPF_CLASS(i->code)) {
	case BPF_LD:
	case BPF_LDX:
		load_line(i, line);
		break;
	case BPF_ST:
	case BPF_STX:
		text_add(line, "%-5s M[%" PRIu32 "]", BPF_CLASS(i->code) == BPF_ST ? "st" : "stx", i->k);
		break;
	case BPF_ALU:
		if (BPF_OP(i->code) == BPF_NEG)
			text_add(line, "neg");
		else if (BPF_SRC(i->code) == BPF_X)
			text_add(line, "%-5s x", alu);
		else
			text_add(line, "%-5s #0x%" PRIx32, alu, i->k);
		break;
	case BPF_JMP:
		jump_line(l, at, line);
		break;
	case BPF_RET:
		if (BPF_RVAL(i->code) == BPF_A)
			text_add(line, "%-5s a", "ret");
		else
			text_add(line, "%-5s #0x%08" PRIx32, "ret", i->k);
		break;
	case BPF_MISC:
		text_add(line, "%s", BPF_MISCOP(i->code) == BPF_TAX ? "tax" : "txa");
		break;
	}
}

/* An instruction with its comment; the colour of a return tells its answer. */
static void add_commented(const char *number, const struct text *line, const struct sock_filter *i, const struct text *comment,
			  struct text *out)
{
	struct action a;
	bool returns = i->code == (BPF_RET | BPF_K);
	bool allows = returns && action_from_ret(i->k, &a) == 0 && lets_through(a);
	text_add(out, "%7s: %-34s ", number, text_string(line));
	style_begin(out, !returns ? STYLE_FAINT : allows ? STYLE_GOOD : STYLE_DANGER);
	text_add(out, "; %s", text_string(comment));
	style_end(out);
	text_add(out, "\n");
}

static void add_instruction(const struct listing *l, size_t at, struct text *out)
{
	struct text line = {0}, comment = {0};
	const struct place *p = &l->places[at];
	char number[16];
	if (p->apart)
		text_add(out, "\n");
	if (p->headed)
		annotate_calls(&l->dataflow[at], l->policy, out);
	if (p->label[0] != '\0')
		text_add(out, "%s:\n", p->label);
	snprintf(number, sizeof(number), "%s%zu", p->target && p->label[0] == '\0' ? "L" : "", at);
	instruction_line(l, at, &line);
	if (dataflow_never(&l->dataflow[at]))
		text_add(&comment, "never reached");
	else
		annotate_instruction(&l->dataflow[at], &l->code[at], is_inverted(&l->code[at]), &comment);
	if (comment.count > 0)
		add_commented(number, &line, &l->code[at], &comment, out);
	else
		text_add(out, "%7s: %s\n", number, text_string(&line));
	out->failed |= line.failed || comment.failed;
	text_free(&line);
	text_free(&comment);
}

void filter_disasm(const struct sock_filter *code, size_t n, const struct policy *p, struct text *out)
{
	struct listing l = {code, n, p, dataflow_find(code, n), calloc(n, sizeof(struct place))};
	if (l.dataflow != NULL && l.places != NULL) {
		find_targets(&l);
		out->failed |= !divide(&l);
		for (size_t at = 0; at < n; at++)
			add_instruction(&l, at, out);
	} else {
		out->failed = true;
	}
	dataflow_free(l.dataflow, n);
	free(l.places);
}

/* How one instruction changes the known values of registers and of the stack. SPDX-License-Identifier: MIT */
#include "tracer/reach/registers/state.h"

#include <string.h>

/* Forgets the words of the stack that overlap the bytes from `from` to `to` - 1. */
static void forget(struct flow_state *s, int64_t from, int64_t to)
{
	uint8_t kept = 0;
	for (uint8_t i = 0; i < s->words_used; i++)
		if (s->words[i].at >= to || s->words[i].at + s->words[i].width <= from)
			s->words[kept++] = s->words[i];
	s->words_used = kept;
}

static void write_word(const struct code_arch *arch, struct flow_state *s, int64_t at, uint8_t width, uint32_t value)
{
	forget(s, at, at + width);
	s->arguments_changed |= at + width > arch->call_pushes;
	/* A word that is not kept counts as unknown. */
	if ((width != 4 && width != 8) || value == VALUE_ANY || s->words_used == FLOW_WORDS)
		return;
	s->words[s->words_used++] = (struct flow_word){at, value, width};
}

static uint32_t read_word(const struct code_arch *arch, struct values *vs, const struct flow_state *s, int64_t at,
			  uint8_t width)
{
	for (uint8_t i = 0; i < s->words_used; i++)
		if (s->words[i].at == at && s->words[i].width >= width)
			return s->words[i].value;
	/* The caller put it there as a parameter. The return address is none. */
	int64_t first = arch->call_pushes;
	if (!s->arguments_changed && at >= first && at % 8 == 0 && (at - first) / 8 < PARAM_WORDS)
		return value_param(vs, PARAM_WORD + (unsigned)((at - first) / 8));
	return VALUE_ANY;
}

/* Other functions may write to a word whose address they know, and to its neighbours, as one member of a structure
 * leads to the others: forgets all of this function's part of the stack from there on. */
static void forget_escaped(struct flow_state *s)
{
	if (s->escaped < 0)
		forget(s, INT64_MIN, 0);
	else if (s->escaped != INT64_MAX) {
		forget(s, 0, INT64_MAX);
		s->arguments_changed = true;
	}
}

static void note_escape(struct values *vs, struct flow_state *s, uint32_t id)
{
	const struct value *v = value_of(vs, id);
	if (v->stack && v->offset < s->escaped)
		s->escaped = v->offset;
}

static void apply_call(const struct code_arch *arch, struct values *vs, struct flow_state *s)
{
	const struct value *sp = value_of(vs, s->registers[arch->stack]);
	for (unsigned r = 0; r < arch->registers; r++)
		if ((arch->call_spoils >> r & 1) != 0) {
			note_escape(vs, s, s->registers[r]);
			s->registers[r] = VALUE_ANY;
		}
	forget_escaped(s);
	if (sp->stack)
		forget(s, INT64_MIN, sp->offset);
	else
		s->words_used = 0;
}

/* Returns the value that an instruction writes or pushes: a register's, a constant, or VALUE_ANY. */
static uint32_t source(struct values *vs, const struct flow_state *s, const struct insn *i)
{
	return i->src == INSN_NONE	? value_constant(vs, i->constant)
	       : i->src < INSN_UNKNOWN ? s->registers[i->src]
				       : VALUE_ANY;
}

/* Returns a value plus a constant. */
static uint32_t advanced(struct values *vs, uint32_t value, int64_t by)
{
	const struct insn add = {.effect = EFFECT_ADD, .width = 8, .imm = by};
	return value_change(vs, value, &add);
}

/* Returns the second value among which EFFECT_SELECT chooses; `base`: what the base register holds. */
static uint32_t other_source(struct values *vs, uint32_t base, const struct insn *i)
{
	if (i->base == INSN_NONE)
		return value_constant(vs, i->imm);
	return i->base < INSN_UNKNOWN ? advanced(vs, base, i->imm) : VALUE_ANY;
}

/* Returns the value of the word of `width` bytes at base + imm. */
static uint32_t load(const struct code_arch *arch, struct values *vs, const struct flow_state *s, uint32_t base,
		     int64_t imm, uint8_t width)
{
	const struct value at = *value_of(vs, base);
	return at.stack ? read_word(arch, vs, s, (int64_t)((uint64_t)at.offset + (uint64_t)imm), width) : VALUE_ANY;
}

static void store(const struct code_arch *arch, struct values *vs, struct flow_state *s, uint32_t base, int64_t imm,
		  uint8_t width, uint32_t value)
{
	const struct value *at = value_of(vs, base);
	note_escape(vs, s, value);
	if (at->stack)
		write_word(arch, s, (int64_t)((uint64_t)at->offset + (uint64_t)imm), width, value);
	else
		forget_escaped(s);
}

/* Forgets the whole stack, as any word of it may have been written. */
static void forget_all(struct flow_state *s)
{
	s->words_used = 0;
	s->arguments_changed = true;
}

/* EFFECT_SPRAY: words around a place in the stack may have been written, also before it, as an index may be
 * negative. */
static void apply_spray(struct values *vs, struct flow_state *s, const struct insn *i)
{
	bool near = (i->base < INSN_REGISTERS && value_of(vs, s->registers[i->base])->stack) ||
		    (i->src < INSN_REGISTERS && value_of(vs, s->registers[i->src])->stack);
	if (near)
		forget_all(s);
	else
		forget_escaped(s);
}

static void move_stack(const struct code_arch *arch, struct values *vs, struct flow_state *s, int64_t by)
{
	const struct value *sp = value_of(vs, s->registers[arch->stack]);
	s->registers[arch->stack] = sp->stack ? value_stack(vs, sp->offset + by) : VALUE_ANY;
}

static void apply_push(const struct code_arch *arch, struct values *vs, struct flow_state *s, const struct insn *i)
{
	uint32_t value = source(vs, s, i);
	if (i->src == INSN_UNKNOWN && i->base < INSN_REGISTERS)
		value = load(arch, vs, s, s->registers[i->base], i->imm, 8);
	move_stack(arch, vs, s, -8);
	store(arch, vs, s, s->registers[arch->stack], 0, 8, value);
}

static void apply_pop(const struct code_arch *arch, struct values *vs, struct flow_state *s, const struct insn *i)
{
	uint32_t value = load(arch, vs, s, s->registers[arch->stack], 0, 8);
	move_stack(arch, vs, s, 8);
	if (i->dst != INSN_NONE)
		s->registers[i->dst] = value;
	else if (i->base < INSN_REGISTERS) /* if the base is the stack pointer, its value after the pop counts */
		store(arch, vs, s, s->registers[i->base], i->imm, 8, value);
	else if (i->base == INSN_UNKNOWN)
		forget_all(s);
}

/* An address of the stack that an instruction has made in a register, by adding or choosing, may get anywhere in ways
 * that are not followed. Leaves out the stack pointer and the register with its copy: these address everything in the
 * stack. */
static void note_made(const struct code_arch *arch, struct values *vs, struct flow_state *s, const struct insn *i,
		      uint32_t old, uint32_t from)
{
	if (i->dst >= INSN_REGISTERS)
		return;
	uint32_t made = s->registers[i->dst];
	bool kept =
	    i->dst == arch->stack || (i->dst == arch->frame && i->src == arch->stack &&
	     (i->effect == EFFECT_COPY || (arch->frame_above && i->effect == EFFECT_ADD)));
	if (!kept)
		note_escape(vs, s, made);
	if (!value_of(vs, made)->stack && i->effect >= EFFECT_BYTE && i->effect <= EFFECT_SHIFT) {
		note_escape(vs, s, from);
		if (i->effect == EFFECT_CHOOSE || i->effect == EFFECT_SELECT)
			note_escape(vs, s, old);
	}
}

void state_apply(const struct code_arch *arch, struct values *vs, struct flow_state *s, const struct insn *i)
{
	uint32_t *r = s->registers, old = i->dst < INSN_REGISTERS ? r[i->dst] : VALUE_ANY;
	uint32_t from = i->src < INSN_REGISTERS ? r[i->src] : VALUE_ANY;
	uint32_t base = i->base < INSN_REGISTERS ? r[i->base] : VALUE_ANY; /* as it was before the instruction spoils it */
	for (unsigned k = 0; k < arch->registers && i->leaks != 0; k++)
		if ((i->leaks >> k & 1) != 0)
			note_escape(vs, s, r[k]);
	if (i->effect == EFFECT_SPRAY)
		apply_spray(vs, s, i);
	if (i->flow == FLOW_CALL)
		apply_call(arch, vs, s);
	else if (i->trap != TRAP_NONE)
		forget_escaped(s); /* the kernel may write to the addresses that it was given */
	for (unsigned k = 0; k < arch->registers && (i->spoils != 0 || i->trap != TRAP_NONE); k++)
		if (((i->spoils | (i->trap != TRAP_NONE ? arch->trap_spoils : 0)) >> k & 1) != 0)
			r[k] = VALUE_ANY;
	switch (i->effect) {
	case EFFECT_NONE:
	case EFFECT_SPRAY:
		break;
	case EFFECT_SET:
		r[i->dst] = value_constant(vs, i->width == 4 ? (int64_t)(uint32_t)i->imm : i->imm);
		break;
	case EFFECT_FLAG:
		r[i->dst] = value_flag(vs, old);
		break;
	case EFFECT_MASK:
		r[i->dst] = value_join(vs, value_constant(vs, 0), value_constant(vs, i->width == 4 ? INT64_C(0xffffffff) : -1));
		break;
	case EFFECT_CHOOSE:
		r[i->dst] = value_join(vs, old, from);
		break;
	case EFFECT_SELECT:
		r[i->dst] = value_join(vs, source(vs, s, i), other_source(vs, base, i));
		break;
	case EFFECT_LOAD:
		r[i->dst] = load(arch, vs, s, base, i->imm, i->width);
		break;
	case EFFECT_STORE:
		store(arch, vs, s, r[i->base], i->imm, i->width, source(vs, s, i));
		break;
	case EFFECT_PUSH:
		apply_push(arch, vs, s, i);
		break;
	case EFFECT_LEAVE:
		r[arch->stack] = r[i->src];
		apply_pop(arch, vs, s, i);
		break;
	case EFFECT_POP:
		apply_pop(arch, vs, s, i);
		break;
	case EFFECT_SWAP:
		r[i->dst] = from;
		r[i->src] = old;
		break;
	default:
		r[i->dst] = value_change(vs, from, i);
	}
	note_made(arch, vs, s, i, i->effect == EFFECT_SELECT ? base : old, from);
	if (i->advance != 0)
		r[i->base] = advanced(vs, r[i->base], i->advance);
}

/* As value_join. Two different addresses of the stack join to a pointer that is not followed any more. */
static uint32_t join(struct values *vs, struct flow_state *to, uint32_t a, uint32_t b)
{
	uint32_t joined = value_join(vs, a, b);
	if (!value_of(vs, joined)->stack) {
		note_escape(vs, to, a);
		note_escape(vs, to, b);
	}
	return joined;
}

bool state_join(struct values *vs, struct flow_state *to, const struct flow_state *from)
{
	if (!to->seen) {
		*to = *from;
		to->seen = true;
		return true;
	}
	bool changed = false;
	const int64_t escaped = to->escaped;
	for (unsigned r = 0; r < INSN_REGISTERS; r++) {
		uint32_t joined = join(vs, to, to->registers[r], from->registers[r]);
		changed |= joined != to->registers[r];
		to->registers[r] = joined;
	}
	uint8_t kept = 0;
	for (uint8_t i = 0; i < to->words_used; i++) {
		struct flow_word w = to->words[i];
		uint8_t k = 0;
		while (k < from->words_used && (from->words[k].at != w.at || from->words[k].width != w.width))
			k++;
		if (k == from->words_used)
			continue;
		w.value = join(vs, to, w.value, from->words[k].value);
		changed |= w.value != to->words[i].value;
		to->words[kept++] = w;
	}
	to->escaped = from->escaped < to->escaped ? from->escaped : to->escaped;
	changed |=
	    kept != to->words_used || (from->arguments_changed && !to->arguments_changed) || to->escaped < escaped;
	to->words_used = kept;
	to->arguments_changed |= from->arguments_changed;
	return changed;
}

void state_enter(const struct code_arch *arch, struct values *vs, struct flow_state *s)
{
	memset(s, 0, sizeof(*s));
	s->seen = true;
	s->escaped = INT64_MAX;
	for (unsigned r = 0; r < INSN_REGISTERS; r++)
		s->registers[r] = r < arch->registers ? value_param(vs, r) : VALUE_ANY;
	s->registers[arch->stack] = value_stack(vs, 0);
}

void state_unknown(struct flow_state *s)
{
	memset(s, 0, sizeof(*s));
	s->seen = s->arguments_changed = true;
	s->escaped = INT64_MAX;
	for (unsigned r = 0; r < INSN_REGISTERS; r++)
		s->registers[r] = VALUE_ANY;
}

uint32_t flow_argument(const struct code_arch *arch, struct values *vs, const struct flow_state *s, unsigned param,
		       bool call)
{
	if (param < PARAM_WORD)
		return s->registers[param];
	struct value sp = *value_of(vs, s->registers[arch->stack]);
	int64_t at = sp.offset + 8 * (int64_t)(param - PARAM_WORD) + (call ? 0 : arch->call_pushes);
	uint32_t value = sp.stack ? read_word(arch, vs, s, at, 8) : VALUE_ANY;
	/* It may be an int: then the upper half of the word may hold anything. */
	return sp.stack && value == VALUE_ANY ? read_word(arch, vs, s, at, 4) : value;
}

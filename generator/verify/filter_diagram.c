/* Makes a decision diagram of a filter: follows its instructions with functions of the call (words) in place of numbers.
 * SPDX-License-Identifier: MIT */
#include "generator/verify/verify.h"

#include <stdlib.h>
#include <string.h>

/* The most places: instructions with different contents of registers and memory. No real filter comes near. */
#define PLACES_MOST (1u << 18)

/* Unused nodes are dropped where there are more nodes than this, and twice as many as were needed after the last time. */
#ifndef COLLECT_FROM
#define COLLECT_FROM (1u << 20)
#endif

struct machine_state {
	uint32_t a, x;
	uint32_t memory[BPF_MEMWORDS];
};

struct place {
	size_t at;
	struct machine_state state;
	uint32_t next;	    /* another place of the same instruction */
	uint32_t condition; /* NOWHERE: the answer is known already */
	uint32_t yes, no;   /* the next places; NOWHERE: the program ends there with 0 */
	uint32_t answer;
	uint32_t calls; /* the architectures and numbers that may come here (mark_apart) */
	bool apart;	/* all of these are proven separately */
};

struct following {
	struct diagram *diagram;
	struct words words;
	const struct sock_filter *code;
	size_t n;
	const struct instructions *program;
	VEC(struct place) places;
	struct index index;
	uint32_t *first; /* per instruction: a place there */
	uint32_t *kept;	 /* the caller's node, which collecting must keep */
	size_t collect_at;
};

struct wanted {
	const struct following *f;
	size_t at;
	const struct machine_state *state;
};

static bool same_place(const void *context, size_t position)
{
	const struct wanted *want = context;
	const struct place *p = &want->f->places.items[position];
	return p->at == want->at && memcmp(&p->state, want->state, sizeof(*want->state)) == 0;
}

/* Returns the place of an instruction and a state; NOWHERE past the end of the program, which ends with 0 there. */
static uint32_t place(struct following *f, size_t at, const struct machine_state *state)
{
	struct wanted want = {f, at, state};
	if (at >= f->n)
		return NOWHERE;
	uint32_t hash = index_hash((uint32_t)at, state, sizeof(*state));
	size_t found = index_find(&f->index, hash, same_place, &want);
	if (found != SIZE_MAX)
		return (uint32_t)found;
	if (f->places.count >= PLACES_MOST)
		f->diagram->full = true;
	else if (!vec_push(&f->places, (struct place){.at = at, .state = *state, .next = f->first[at]}) ||
		 !index_add(&f->index, hash, f->places.count - 1))
		f->diagram->failed = true;
	if (diagram_useless(f->diagram))
		return NOWHERE;
	f->first[at] = (uint32_t)f->places.count - 1;
	return f->first[at];
}

static uint32_t unknown(struct following *f, size_t at)
{
	return diagram_end(f->diagram, END_UNKNOWN, (uint32_t)at);
}

/* Returns the diagram of RET A. Verdicts that the policy does not have may become END_OTHER. */
static uint32_t return_word(struct following *f, size_t at, uint32_t a)
{
	uint32_t answer = diagram_end(f->diagram, END_OTHER, 0), value;
	if (word_is_constant(&f->words, a, &value))
		return diagram_end(f->diagram, END_VERDICT, value);
	for (size_t i = 0; i < f->program->verdict_count; i++) {
		uint32_t is = word_compare(&f->words, BPF_JEQ, a, word_constant(&f->words, f->program->verdicts[i]));
		if (is == NOT_FOLLOWED)
			return unknown(f, at);
		answer = diagram_if(f->diagram, is, diagram_end(f->diagram, END_VERDICT, f->program->verdicts[i]), answer);
	}
	return answer;
}

/* Returns the right operand of a comparison or computation. */
static uint32_t operand(struct following *f, const struct sock_filter *i, const struct machine_state *s)
{
	return BPF_SRC(i->code) == BPF_X ? s->x : word_constant(&f->words, i->k);
}

/* Executes a load, store, move or computation, except divisions. Returns false for other instructions. */
static bool step(struct following *f, const struct sock_filter *i, struct machine_state *s)
{
	struct words *w = &f->words;
	switch (i->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		if (i->k >= sizeof(struct seccomp_data) || i->k % 4 != 0)
			return false;
		s->a = word_input(w, i->k);
		return true;
	case BPF_LD | BPF_W | BPF_LEN:
		s->a = word_constant(w, sizeof(struct seccomp_data));
		return true;
	case BPF_LDX | BPF_W | BPF_LEN:
		s->x = word_constant(w, sizeof(struct seccomp_data));
		return true;
	case BPF_LD | BPF_IMM:
		s->a = word_constant(w, i->k);
		return true;
	case BPF_LDX | BPF_IMM:
		s->x = word_constant(w, i->k);
		return true;
	case BPF_MISC | BPF_TAX:
		s->x = s->a;
		return true;
	case BPF_MISC | BPF_TXA:
		s->a = s->x;
		return true;
	case BPF_ALU | BPF_NEG:
		s->a = word_compute(w, BPF_SUB, word_constant(w, 0), s->a);
		return true;
	}
	if (BPF_CLASS(i->code) == BPF_ALU && BPF_OP(i->code) <= BPF_XOR && BPF_OP(i->code) != BPF_NEG &&
	    BPF_OP(i->code) != BPF_MOD) {
		s->a = word_compute(w, BPF_OP(i->code), s->a, operand(f, i, s));
		return true;
	}
	if (i->k >= BPF_MEMWORDS)
		return false;
	switch (i->code) {
	case BPF_LD | BPF_MEM:
		s->a = s->memory[i->k];
		return true;
	case BPF_LDX | BPF_MEM:
		s->x = s->memory[i->k];
		return true;
	case BPF_ST:
		s->memory[i->k] = s->a;
		return true;
	case BPF_STX:
		s->memory[i->k] = s->x;
		return true;
	}
	return false;
}

/* Makes a place the end of the program, with an answer. */
static void ends(struct following *f, uint32_t at, uint32_t answer)
{
	f->places.items[at].condition = NOWHERE;
	f->places.items[at].answer = answer;
}

/* Gives a place two successors. Where `yes` is past the end of the program, the program ends with 0. */
static void forks(struct following *f, uint32_t from, uint32_t condition, size_t yes, size_t no,
		  const struct machine_state *s)
{
	uint32_t a = condition != DIAGRAM_FALSE ? place(f, yes, s) : NOWHERE;
	uint32_t b = condition != DIAGRAM_TRUE ? place(f, no, s) : NOWHERE;
	struct place *p = &f->places.items[from];
	p->condition = condition;
	p->yes = a;
	p->no = b;
}

/* Follows a division. A division by 0 ends the program with 0 (bpf_convert_filter emits that exit). */
static void divides(struct following *f, uint32_t from, size_t at, struct machine_state *s)
{
	uint32_t by = operand(f, &f->code[at], s);
	uint32_t zero = word_compare(&f->words, BPF_JEQ, by, word_constant(&f->words, 0));
	if (zero == NOT_FOLLOWED) {
		ends(f, from, unknown(f, at));
		return;
	}
	s->a = word_compute(&f->words, BPF_DIV, s->a, by);
	forks(f, from, zero, SIZE_MAX, at + 1, s);
}

static void jumps(struct following *f, uint32_t from, size_t at, const struct machine_state *s)
{
	const struct sock_filter *i = &f->code[at];
	uint32_t holds = word_compare(&f->words, BPF_OP(i->code), s->a, operand(f, i, s));
	if (i->jt == i->jf)
		forks(f, from, DIAGRAM_TRUE, at + 1 + i->jt, 0, s);
	else if (holds == NOT_FOLLOWED)
		ends(f, from, unknown(f, at));
	else
		forks(f, from, holds, at + 1 + i->jt, at + 1 + i->jf, s);
}

static bool compares(uint16_t code)
{
	uint16_t op = BPF_OP(code);
	return BPF_CLASS(code) == BPF_JMP && (op == BPF_JEQ || op == BPF_JGE || op == BPF_JGT || op == BPF_JSET);
}

/* Follows the program from one place to the next choice or end. Returns 0 or a negative code. */
static int follow(struct following *f, uint32_t from, struct error *e)
{
	struct machine_state s = f->places.items[from].state;
	for (size_t at = f->places.items[from].at; at < f->n; at++) {
		const struct sock_filter *i = &f->code[at];
		if (i->code == (BPF_JMP | BPF_JA)) {
			at += i->k;
		} else if (i->code == (BPF_RET | BPF_K)) {
			ends(f, from, diagram_end(f->diagram, END_VERDICT, i->k));
			return 0;
		} else if (i->code == (BPF_RET | BPF_A)) {
			ends(f, from, return_word(f, at, s.a));
			return 0;
		} else if (BPF_CLASS(i->code) == BPF_ALU && BPF_OP(i->code) == BPF_DIV) {
			divides(f, from, at, &s);
			return 0;
		} else if (compares(i->code)) {
			jumps(f, from, at, &s);
			return 0;
		} else if (!step(f, i, &s)) {
			return error_set(e, ERR_INPUT, "instruction %zu: code 0x%02x with 0x%x is not for seccomp", at,
					 i->code, i->k);
		}
	}
	ends(f, from, diagram_end(f->diagram, END_VERDICT, SECCOMP_RET_KILL_THREAD));
	return 0;
}

static uint32_t answer_at(const struct following *f, uint32_t place)
{
	return place == NOWHERE ? DIAGRAM_FALSE /* the verdict 0 */ : f->places.items[place].answer;
}

static int too_large(const struct following *f, size_t at, struct error *e)
{
	if (f->diagram->failed)
		return error_memory(e);
	return error_set(e, ERR_LIMIT,
			 "cannot decide whether the filter equals the policy: from instruction %zu on it distinguishes more "
			 "cases than pinhole can hold", at);
}

/* Drops the nodes that places up to an instruction do not need. They need their conditions, their own answers, and the answers of
 * the places that they lead to. Returns false where there is no memory. */
static bool collect(struct following *f, size_t at)
{
	VEC(uint32_t *) roots = {0};
	struct place *places = f->places.items;
	bool *used = calloc(f->places.count, sizeof(*used)), room = used != NULL && vec_push(&roots, f->kept);
	for (size_t i = 0; room && i < f->places.count; i++) {
		struct place *p = &places[i];
		if (p->at > at)
			continue;
		if (p->condition == NOWHERE) {
			used[i] = true;
			continue;
		}
		room = vec_push(&roots, &p->condition);
		if (p->yes != NOWHERE && places[p->yes].at > at)
			used[p->yes] = true;
		if (p->no != NOWHERE && places[p->no].at > at)
			used[p->no] = true;
	}
	for (size_t i = 0; room && i < f->places.count; i++)
		if (used[i])
			room = vec_push(&roots, &places[i].answer);
	room = room && diagram_collect(f->diagram, roots.items, roots.count);
	free(used);
	vec_free(&roots);
	f->collect_at = 2 * f->diagram->nodes.count;
	return room;
}

/* Finds the answers at the places of one instruction. Later instructions have theirs already. Returns 0 or a negative code. */
static int answer(struct following *f, size_t at, struct error *e)
{
	struct diagram *d = f->diagram;
	if (d->nodes.count > COLLECT_FROM && d->nodes.count > f->collect_at && !collect(f, at))
		return error_memory(e);
	for (uint32_t p = f->first[at]; p != NOWHERE; p = f->places.items[p].next) {
		struct place *here = &f->places.items[p];
		if (here->apart)
			here->answer = diagram_end(d, END_APART, 0);
		else if (here->condition != NOWHERE)
			here->answer = diagram_if(d, here->condition, answer_at(f, here->yes), answer_at(f, here->no));
		if (diagram_useless(d))
			return too_large(f, at, e);
	}
	return 0;
}

/* Finds all places, from the first instruction to the last: all jumps go forward. Returns 0 or a negative code. */
static int follow_all(struct following *f, struct error *e)
{
	struct machine_state start;
	start.a = start.x = word_constant(&f->words, 0); /* the kernel clears both (bpf_convert_filter) */
	for (size_t i = 0; i < BPF_MEMWORDS; i++)
		start.memory[i] = start.a;
	place(f, 0, &start); /* becomes place 0 */
	if (diagram_useless(f->diagram))
		return too_large(f, 0, e);
	for (size_t at = 0; at < f->n; at++)
		for (uint32_t p = f->first[at]; p != NOWHERE; p = f->places.items[p].next) {
			int rc = follow(f, p, e);
			if (rc == 0 && diagram_useless(f->diagram))
				rc = too_large(f, at, e);
			if (rc < 0)
				return rc;
		}
	words_free(&f->words); /* only the conditions are needed from here on */
	return 0;
}

/* Adds calls to those that may come to the next place. Conditions on arguments are ignored, so these may be too many. */
static void calls_come(struct following *f, uint32_t next, uint32_t calls)
{
	if (next != NOWHERE)
		f->places.items[next].calls =
		    diagram_if(f->diagram, calls, DIAGRAM_TRUE, f->places.items[next].calls);
}

/* Marks the places that only calls reach which are proven separately. Returns 0 or a negative code. */
static int mark_apart(struct following *f, const struct apart_rules *apart, struct error *e)
{
	struct diagram *d = f->diagram;
	uint32_t set = apart_calls(d, apart);
	f->places.items[0].calls = DIAGRAM_TRUE;
	for (size_t at = 0; at < f->n; at++)
		for (uint32_t i = f->first[at]; i != NOWHERE; i = f->places.items[i].next) {
			struct place *p = &f->places.items[i];
			p->apart = diagram_if(d, set, DIAGRAM_FALSE, p->calls) == DIAGRAM_FALSE;
			if (p->condition != NOWHERE) {
				uint32_t condition = p->condition;
				bool known = d->nodes.items[condition].bit < ARGUMENTS || diagram_is_end(d, condition);
				calls_come(f, p->yes, known ? diagram_if(d, p->calls, condition, DIAGRAM_FALSE) : p->calls);
				calls_come(f, p->no, known ? diagram_if(d, condition, DIAGRAM_FALSE, p->calls) : p->calls);
			}
			if (diagram_useless(d))
				return too_large(f, at, e);
		}
	return 0;
}

/* Finds the answers of all places, from the last to the first. Returns 0 or a negative code. */
static int answer_all(struct following *f, const struct apart_rules *apart, uint32_t *node, struct error *e)
{
	for (size_t at = f->n; at-- > 0;) {
		int rc = answer(f, at, e);
		if (rc < 0)
			return rc;
	}
	struct diagram *d = f->diagram;
	*node = diagram_if(d, apart_calls(d, apart), diagram_end(d, END_APART, 0), answer_at(f, 0));
	return diagram_useless(d) ? too_large(f, 0, e) : 0;
}

static int following_start(struct following *f, struct diagram *d, const struct instructions *p,
			   const struct seccomp_data *fixed, struct error *e)
{
	*f = (struct following){.diagram = d,
				.words = {.diagram = d, .fixed = fixed},
				.code = p->code,
				.n = p->n,
				.program = p,
				.first = malloc((p->n + 1) * sizeof(*f->first))};
	for (size_t i = 0; f->first != NULL && i < p->n; i++)
		f->first[i] = NOWHERE;
	return f->first == NULL ? error_memory(e) : 0;
}

static void following_end(struct following *f)
{
	vec_free(&f->places);
	index_free(&f->index);
	words_free(&f->words);
	free(f->first);
}

int program_diagram(struct diagram *d, const struct instructions *p, const struct apart_rules *apart, uint32_t *kept,
		    uint32_t *node, struct error *e)
{
	struct following f;
	int rc = following_start(&f, d, p, NULL, e);
	f.kept = kept;
	if (rc == 0)
		rc = follow_all(&f, e);
	if (rc == 0 && apart->all.count > 0)
		rc = mark_apart(&f, apart, e);
	if (rc == 0)
		rc = answer_all(&f, apart, node, e);
	following_end(&f);
	return rc;
}

/* Copies the places in the order of their instructions; to[i] is where place i went. Returns false where there is no memory. */
static bool place_order(const struct following *f, struct places *out, uint32_t *to)
{
	for (size_t at = 0; at < f->n; at++)
		for (uint32_t i = f->first[at]; i != NOWHERE; i = f->places.items[i].next) {
			const struct place *p = &f->places.items[i];
			to[i] = (uint32_t)out->all.count;
			if (!vec_push(&out->all, (struct place_end){p->condition, p->yes, p->no, p->answer}))
				return false;
		}
	for (size_t i = 0; i < out->all.count; i++) {
		struct place_end *p = &out->all.items[i];
		if (p->condition == NOWHERE)
			continue;
		p->yes = p->yes == NOWHERE ? NOWHERE : to[p->yes];
		p->no = p->no == NOWHERE ? NOWHERE : to[p->no];
	}
	return true;
}

int program_places(struct diagram *d, const struct instructions *p, const struct seccomp_data *fixed, struct places *out,
		   struct error *e)
{
	struct following f;
	int rc = following_start(&f, d, p, fixed, e);
	if (rc == 0)
		rc = follow_all(&f, e);
	if (rc == 0) {
		uint32_t *to = calloc(f.places.count, sizeof(*to));
		rc = to != NULL && place_order(&f, out, to) ? 0 : error_memory(e);
		free(to);
	}
	following_end(&f);
	return rc;
}

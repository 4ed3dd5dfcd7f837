/* Values: sets of constants and parameters. SPDX-License-Identifier: MIT */
#include "tracer/reach/registers/values.h"

#include <string.h>

/* In bytes; no stack is that large. Offsets below it can be added without overflow. */
#define STACK_LIMIT ((int64_t)1 << 40)

struct wanted {
	const struct values *vs;
	const struct value *value;
};

static bool same(const void *context, size_t position)
{
	const struct wanted *w = context;
	return memcmp(&w->vs->v.items[position], w->value, sizeof(*w->value)) == 0;
}

/* Returns the id of a value; VALUE_ANY where there is no memory for it. */
static uint32_t intern(struct values *vs, const struct value *value)
{
	struct wanted w = {vs, value};
	uint32_t hash = index_hash(0, value, sizeof(*value));
	size_t at = index_find(&vs->index, hash, same, &w);
	if (at != SIZE_MAX)
		return (uint32_t)at;
	if (!vec_push(&vs->v, *value) || !index_add(&vs->index, hash, vs->v.count - 1)) {
		vs->failed = true;
		return VALUE_ANY;
	}
	return (uint32_t)(vs->v.count - 1);
}

/* Clears all bytes of a value, its padding too, as values are compared by their bytes. */
static void clear(struct value *value)
{
	memset(value, 0, sizeof(*value));
}

bool values_init(struct values *vs)
{
	struct value value;
	clear(&value);
	*vs = (struct values){0};
	intern(vs, &value);
	value.any = true;
	intern(vs, &value);
	return !vs->failed;
}

void values_free(struct values *vs)
{
	vec_free(&vs->v);
	index_free(&vs->index);
}

const struct value *value_of(const struct values *vs, uint32_t id)
{
	return &vs->v.items[id];
}

uint32_t value_constant(struct values *vs, int64_t constant)
{
	struct value value;
	clear(&value);
	value.count = 1;
	value.constants[0] = constant;
	return intern(vs, &value);
}

uint32_t value_param(struct values *vs, unsigned param)
{
	struct value value;
	clear(&value);
	value.params = (uint64_t)1 << param;
	return intern(vs, &value);
}

uint32_t value_stack(struct values *vs, int64_t offset)
{
	struct value value;
	if (offset < -STACK_LIMIT || offset > STACK_LIMIT)
		return VALUE_ANY;
	clear(&value);
	value.stack = true;
	value.offset = offset;
	return intern(vs, &value);
}

uint32_t value_flag(struct values *vs, uint32_t before)
{
	const struct value from = *value_of(vs, before);
	struct value value;
	clear(&value);
	bool bytes = from.count > 0 && !from.any && !from.flag && from.params == 0;
	for (uint32_t i = 0; i < from.count; i++)
		bytes = bytes && from.constants[i] >= 0 && from.constants[i] < 256;
	if (bytes)
		return value_join(vs, value_constant(vs, 0), value_constant(vs, 1));
	value.flag = true;
	return intern(vs, &value);
}

static void add_constant(struct value *value, int64_t constant)
{
	uint32_t at = 0;
	while (at < value->count && value->constants[at] < constant)
		at++;
	if (value->full || (at < value->count && value->constants[at] == constant))
		return;
	if (value->count == VALUE_CONSTANTS) {
		value->any = value->full = true;
		memset(value->constants, 0, sizeof(value->constants));
		value->count = 0;
		return;
	}
	memmove(value->constants + at + 1, value->constants + at, (value->count - at) * sizeof(value->constants[0]));
	value->constants[at] = constant;
	value->count++;
}

uint32_t value_join(struct values *vs, uint32_t a, uint32_t b)
{
	if (a == b || b == VALUE_NEVER)
		return a;
	if (a == VALUE_NEVER)
		return b;
	struct value x = *value_of(vs, a);
	const struct value *y = value_of(vs, b);
	x.any |= y->any || x.stack || y->stack || x.flag || y->flag;
	x.stack = x.flag = false;
	x.offset = 0;
	x.params |= y->params;
	if (y->full) {
		x.full = true;
		memset(x.constants, 0, sizeof(x.constants));
		x.count = 0;
	}
	for (uint32_t i = 0; i < y->count; i++)
		add_constant(&x, y->constants[i]);
	return intern(vs, &x);
}

static int64_t compute(const struct insn *i, int64_t constant)
{
	uint64_t c = (uint64_t)constant, imm = (uint64_t)i->imm;
	switch (i->effect) {
	case EFFECT_BYTE:
		c &= 255;
		break;
	case EFFECT_LOW:
		c = (c & ~UINT64_C(255)) | imm;
		break;
	case EFFECT_ADD:
		c += imm;
		break;
	case EFFECT_SCALE:
		c = c * i->scale + imm;
		break;
	case EFFECT_AND:
		c &= imm;
		break;
	case EFFECT_OR:
		c |= imm;
		break;
	case EFFECT_XOR:
		c ^= imm;
		break;
	case EFFECT_SHIFT:
		c <<= imm & 63;
		break;
	}
	return (int64_t)(i->width == 4 ? (uint32_t)c : c);
}

uint32_t value_change(struct values *vs, uint32_t id, const struct insn *i)
{
	const struct value from = *value_of(vs, id);
	bool kept = i->effect == EFFECT_COPY || (i->effect == EFFECT_ADD && i->imm == 0);
	struct value to;
	if (id == VALUE_NEVER)
		return id;
	if (from.stack && i->width == 8 && (kept || i->effect == EFFECT_ADD))
		return value_stack(vs, (int64_t)((uint64_t)from.offset + (uint64_t)i->imm));
	clear(&to);
	to.any = from.any || from.stack || (from.flag && i->effect != EFFECT_BYTE) || (from.params != 0 && !kept);
	to.full = from.full;
	to.params = kept ? from.params : 0; /* the number of a system call needs the lower half only */
	for (uint32_t k = 0; k < from.count; k++)
		add_constant(&to, compute(i, from.constants[k]));
	if (from.flag && i->effect == EFFECT_BYTE) {
		add_constant(&to, 0);
		add_constant(&to, 1);
	}
	return intern(vs, &to);
}

/* The keys of rows. SPDX-License-Identifier: MIT */
#include "policies/exchange/row_keys.h"

#include <string.h>

#include "policies/base/sha256.h"

/* Pieces that cannot run into each other: a text ends with NUL, a number has 8 bytes, a list begins with its length. */

static void add_text(struct sha256 *s, const char *text)
{
	sha256_add(s, text != NULL ? "t" : "n", 1);
	sha256_add(s, text != NULL ? text : "", text != NULL ? strlen(text) + 1 : 0);
}

static void add_number(struct sha256 *s, uint64_t number)
{
	uint8_t bytes[8];
	for (unsigned i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(number >> 8 * i);
	sha256_add(s, bytes, sizeof(bytes));
}

static void add_keys(struct sha256 *s, const row_key_list *keys)
{
	add_number(s, keys->count);
	for (size_t i = 0; i < keys->count; i++)
		sha256_add(s, keys->items[i].bytes, sizeof(keys->items[i].bytes));
}

static struct sha256 begin(const char *kind)
{
	struct sha256 s = sha256_new();
	add_text(&s, kind);
	return s;
}

static struct row_key end(struct sha256 *s)
{
	uint8_t digest[32];
	struct row_key key;
	sha256_end(s, digest);
	memcpy(key.bytes, digest, sizeof(key.bytes));
	return key;
}

void row_key_text(const struct row_key *key, char out[ROW_KEY_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	for (unsigned i = 0; i < 16; i++) {
		out[2 * i] = digits[key->bytes[i] >> 4];
		out[2 * i + 1] = digits[key->bytes[i] & 15];
	}
	out[32] = '\0';
}

bool row_key_parse(const char *text, struct row_key *key)
{
	if (text == NULL || strspn(text, "0123456789abcdef") != 32 || text[32] != '\0')
		return false;
	for (unsigned i = 0; i < 32; i++) {
		uint8_t digit = (uint8_t)(text[i] <= '9' ? text[i] - '0' : text[i] - 'a' + 10);
		key->bytes[i / 2] = (uint8_t)(i % 2 == 0 ? digit << 4 : key->bytes[i / 2] | digit);
	}
	return true;
}

struct row_key program_id(const char *path, const char *build_id)
{
	struct sha256 s = begin("program");
	add_text(&s, path);
	add_text(&s, build_id != NULL ? build_id : "");
	return end(&s);
}

struct row_key program_row_key(const struct row_key *id, const row_key_list *started_by)
{
	struct sha256 s = begin("program row");
	sha256_add(&s, id->bytes, sizeof(id->bytes));
	add_keys(&s, started_by);
	return end(&s);
}

struct row_key stack_row_key(const struct profile *p, const struct stack *stack)
{
	struct sha256 s = begin("stack");
	add_number(&s, stack->end);
	add_number(&s, stack->frames.count);
	for (size_t i = 0; i < stack->frames.count; i++) {
		const struct frame *f = profile_frame(p, stack->frames.items[i]);
		const struct module *m = f->module != MODULE_NONE ? profile_module(p, f->module) : NULL;
		add_text(&s, m != NULL ? m->path : NULL);
		add_text(&s, m != NULL ? m->build_id : NULL);
		add_number(&s, f->offset);
		add_text(&s, f->symbol);
		add_number(&s, f->symbol_offset);
	}
	return end(&s);
}

static void add_call(struct sha256 *s, const struct fact *f)
{
	add_text(s, phase_name((enum phase)f->key.phase));
	add_text(s, arch_name((enum arch)f->key.arch));
	add_number(s, f->key.nr);
	add_number(s, f->key.args);
	add_number(s, f->wide);
}

struct row_key call_key(const struct fact *f)
{
	struct sha256 s = begin("call");
	add_call(&s, f);
	for (unsigned i = 0; !f->wide && i < 6; i++)
		add_number(&s, f->key.values[i]);
	return end(&s);
}

struct row_key fact_row_key(const struct fact *f, const row_key_list *programs, const row_key_list *stacks)
{
	struct sha256 s = begin("fact");
	add_call(&s, f);
	for (unsigned i = 0; i < 6; i++) {
		add_number(&s, f->wide ? f->bits[i] : f->key.values[i]);
		add_number(&s, f->wide ? f->min[i] : 0);
		add_number(&s, f->wide ? f->max[i] : 0);
	}
	add_number(&s, f->outcome);
	add_number(&s, f->failed.count);
	for (size_t i = 0; i < f->failed.count; i++)
		add_number(&s, f->failed.items[i]);
	add_keys(&s, programs);
	add_keys(&s, stacks);
	return end(&s);
}

struct row_key run_id_key(const char *id)
{
	struct sha256 s = begin("run id");
	add_text(&s, id);
	return end(&s);
}

struct row_key run_row_key(const struct run *run, const struct row_source *source, uint64_t facts, const row_key_list *programs)
{
	const char *const texts[] = {run->id,	 run->started, run->mode,	 run->kernel,	   run->exit,	    run->label,
				     run->phase_at, run->denied,  source->workload, source->version, source->host};
	struct sha256 s = begin("run");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		add_text(&s, texts[i]);
	add_number(&s, run->command.count);
	for (size_t i = 0; i < run->command.count; i++)
		add_text(&s, run->command.items[i]);
	add_number(&s, run->known_told);
	add_number(&s, run->known);
	add_number(&s, run->lasted);
	add_number(&s, run->unfinished);
	add_number(&s, facts);
	add_keys(&s, programs);
	return end(&s);
}

/* Converts values of arguments to text and back; every canonical value survives this unchanged.
 * SPDX-License-Identifier: MIT */
#include "policies/abi/abi.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policies/abi/names/names.h"

/* An argument, with all data for reading and writing its values. */
struct slot {
	const struct syscall_desc *call;
	enum arch arch;
	unsigned i;
	const struct arg *arg; /* NULL: the table lacks the argument */
	uint64_t mask;	       /* the bits of its width */
};

static struct slot slot_make(const struct syscall_desc *call, enum arch arch, unsigned i)
{
	unsigned bits = syscall_arg_bits(call, arch, i);
	return (struct slot){
	    .call = call,
	    .arch = arch,
	    .i = i,
	    .arg = i < syscall_arg_count(call) ? &call->args[i] : NULL,
	    .mask = bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1,
	};
}

/* Appends the names that make the value (truncated to its width), and the remaining bits in
 * hexadecimal. Each bit belongs to one name at most. Returns false, and appends nothing, if no name
 * fits. */
static bool add_names(const struct slot *slot, uint64_t value, struct text *out)
{
	const struct name_set *set = slot->arg->set;
	uint64_t claimed = 0;
	bool any = false;
	for (size_t k = 0; k < set->count; k++) {
		const struct name_value *name = &set->values[k];
		uint64_t mask = name->mask & slot->mask; /* 0: a second name, never written */
		if (mask == 0 || !(name->archs & ARCH_BIT(slot->arch)) || (mask & claimed) != 0 ||
		    (value & mask) != (name->value & slot->mask))
			continue;
		text_add(out, "%s%s", any ? "|" : "", name->name);
		claimed |= mask;
		any = true;
	}
	if (any && (value & ~claimed) != 0)
		text_add(out, "|0x%" PRIx64, value & ~claimed);
	return any;
}

/* Appends a number without a name, in the usual base of its kind. */
static void add_number(const struct slot *slot, uint64_t value, struct text *out)
{
	int kind = slot->arg != NULL ? slot->arg->kind : ARG_UNKNOWN;
	bool is_signed = slot->arg != NULL && slot->arg->is_signed;
	uint64_t low = value & slot->mask;
	if (low == 0)
		text_add(out, "0");
	else if (kind == ARG_MODE)
		text_add(out, "0%" PRIo64, low);
	else if (kind == ARG_POINTER || kind == ARG_POINTED || kind == ARG_FLAGS || kind == ARG_PROT)
		text_add(out, "0x%" PRIx64, low);
	else if (is_signed)
		text_add(out, "%" PRId64, (int64_t)value);
	else if (low > UINT32_MAX || (kind == ARG_ENUM && low > UINT8_MAX)) /* for example ioctl's numbers */
		text_add(out, "0x%" PRIx64, low);
	else
		text_add(out, "%" PRIu64, low);
}

/* Returns whether the values are ioctl requests, which have parts (asm-generic/ioctl.h; the same on
 * all these architectures). */
static bool has_parts(const struct slot *slot)
{
	return slot->arg != NULL && slot->arg->set == &abi_set_ioctl_requests;
}

enum {
	REQUEST_NR_BITS = 8,
	REQUEST_TYPE_BITS = 8,
	REQUEST_SIZE_BITS = 14,
	REQUEST_TYPE_SHIFT = REQUEST_NR_BITS,
	REQUEST_SIZE_SHIFT = REQUEST_TYPE_SHIFT + REQUEST_TYPE_BITS,
	REQUEST_DIRECTION_SHIFT = REQUEST_SIZE_SHIFT + REQUEST_SIZE_BITS,
};

/* Directions; both bits together mean both. */
static const struct {
	const char *name;
	unsigned value;
} directions[] = {{"_IOC_READ", 2}, {"_IOC_WRITE", 1}, {"_IOC_NONE", 0}};

enum { DIRECTIONS = sizeof(directions) / sizeof(directions[0]) };

/* Appends a request without a name as strace does: "_IOC(_IOC_READ|_IOC_WRITE,0x54,0x32,0x4)".
 * Returns false for old requests, plain numbers of 16 bits without parts. */
static bool add_request(uint64_t value, struct text *out)
{
	if (value >> REQUEST_SIZE_SHIFT == 0)
		return false;
	unsigned direction = (unsigned)(value >> REQUEST_DIRECTION_SHIFT), seen = 0;
	text_add(out, "_IOC(");
	for (size_t i = 0; i < DIRECTIONS; i++) {
		if ((direction & directions[i].value) != directions[i].value || (directions[i].value == 0 && seen != 0))
			continue;
		text_add(out, "%s%s", seen != 0 ? "|" : "", directions[i].name);
		seen |= directions[i].value;
	}
	text_add(out, ",%#x,%#x,%#x)", (unsigned)(value >> REQUEST_TYPE_SHIFT) & ((1u << REQUEST_TYPE_BITS) - 1),
		 (unsigned)value & ((1u << REQUEST_NR_BITS) - 1),
		 (unsigned)(value >> REQUEST_SIZE_SHIFT) & ((1u << REQUEST_SIZE_BITS) - 1));
	return true;
}

void abi_value_text(const struct syscall_desc *call, enum arch arch, unsigned i, uint64_t value, struct text *out)
{
	struct slot slot = slot_make(call, arch, i);
	value = abi_canonical(call, arch, i, value);
	if (slot.arg != NULL && slot.arg->set != NULL && add_names(&slot, value & slot.mask, out))
		return;
	if (!has_parts(&slot) || !add_request(value & slot.mask, out))
		add_number(&slot, value, out);
}

/* Returns whether s is a number of any size. *fits: the argument's width can hold it. */
static bool read_number(const struct slot *slot, const char *s, uint64_t *value, bool *fits)
{
	bool negative = s[0] == '-';
	const char *digits = s + negative;
	if (digits[0] < '0' || digits[0] > '9') /* strtoull would accept blanks and signs */
		return false;
	char *end;
	errno = 0;
	uint64_t magnitude = strtoull(digits, &end, 0);
	if (*end != '\0')
		return false;
	uint64_t raw = negative ? -magnitude : magnitude;
	uint64_t canonical = abi_canonical(slot->call, slot->arch, slot->i, raw);
	uint64_t half = slot->mask / 2 + 1;
	*fits = errno == 0 && (negative ? magnitude <= half : magnitude <= slot->mask || canonical == raw);
	*value = canonical;
	return true;
}

/* Returns the entry of this name on the slot's architecture. *elsewhere: another architecture has
 * it. */
static const struct name_value *find_name(const struct slot *slot, const char *s, bool *elsewhere)
{
	const struct name_set *set = slot->arg != NULL ? slot->arg->set : NULL;
	*elsewhere = false;
	for (size_t k = 0; set != NULL && k < set->count; k++) {
		if (strcmp(set->values[k].name, s) != 0)
			continue;
		if (set->values[k].archs & ARCH_BIT(slot->arch))
			return &set->values[k];
		*elsewhere = true;
	}
	return NULL;
}

static int unknown_name(const struct slot *slot, const char *s, bool elsewhere, struct error *e)
{
	const char *arg = syscall_arg_name(slot->call, slot->i);
	if (elsewhere)
		return error_set(e, ERR_INPUT, "%s does not exist on %s", s, arch_name(slot->arch));
	if (slot->arg == NULL || slot->arg->set == NULL)
		return error_set(e, ERR_INPUT, "%.100s is no number, and %s has no named values", s, arg);
	const char *near = abi_nearest_value(slot->arg->set, slot->arch, s);
	if (near == NULL)
		return error_set(e, ERR_INPUT, "unknown value %.100s of %s", s, arg);
	return error_set(e, ERR_INPUT, "unknown value %.100s of %s; did you mean %s?", s, arg, near);
}

/* Returns whether two entries are different values of one field: joined, they would mean a third
 * one. */
static bool exclude(const struct name_value *a, const struct name_value *b)
{
	return (a->mask & b->mask & (a->value ^ b->value)) != 0 && a->mask != a->value && b->mask != b->value;
}

/* Reads a number below 1 << bits that ends with `end`, and moves *s past the end. */
static bool read_part(const char **s, unsigned bits, char end, unsigned *value)
{
	if (**s < '0' || **s > '9') /* strtoul would accept blanks and signs */
		return false;
	char *rest;
	errno = 0;
	unsigned long part = strtoul(*s, &rest, 0);
	if (errno != 0 || part >> bits != 0 || *rest != end)
		return false;
	*value = (unsigned)part;
	*s = rest + 1;
	return true;
}

/* Reads the text that add_request writes. */
static bool read_request(const char *s, uint64_t *value)
{
	unsigned direction = 0, type, nr, size;
	s += strlen("_IOC(");
	if (*s == ',')
		return false;
	while (*s != ',') {
		size_t i, n = 0;
		for (i = 0; i < DIRECTIONS && n == 0; i++) {
			n = strlen(directions[i].name);
			if (strncmp(s, directions[i].name, n) != 0 || (s[n] != '|' && s[n] != ','))
				n = 0;
			else
				direction |= directions[i].value;
		}
		if (n == 0 || (s[n] == '|' && s[n + 1] == ','))
			return false;
		s += n + (s[n] == '|');
	}
	s++;
	if (!read_part(&s, REQUEST_TYPE_BITS, ',', &type) || !read_part(&s, REQUEST_NR_BITS, ',', &nr) ||
	    !read_part(&s, REQUEST_SIZE_BITS, ')', &size) || *s != '\0')
		return false;
	*value = (uint64_t)direction << REQUEST_DIRECTION_SHIFT | (uint64_t)size << REQUEST_SIZE_SHIFT |
		 (uint64_t)type << REQUEST_TYPE_SHIFT | nr;
	return true;
}

char *abi_value_bar(char *s)
{
	for (int depth = 0; *s != '\0'; s++) {
		if (*s == '|' && depth <= 0)
			return s;
		depth += (*s == '(') - (*s == ')');
	}
	return NULL;
}

/* Reads "A|B|0x4"; changes the string. */
static int read_union(const struct slot *slot, char *s, uint64_t *value, struct error *e)
{
	const struct name_value *seen[64];
	size_t count = 0;
	*value = 0;
	for (char *next = s; s != NULL; s = next) {
		next = abi_value_bar(s);
		if (next != NULL)
			*next++ = '\0';
		uint64_t number;
		bool fits, elsewhere;
		if (read_number(slot, s, &number, &fits)) {
			if (!fits)
				return error_set(e, ERR_INPUT, "%.100s does not fit in the %u bits of %s", s,
						 syscall_arg_bits(slot->call, slot->arch, slot->i),
						 syscall_arg_name(slot->call, slot->i));
			*value |= number;
			continue;
		}
		if (has_parts(slot) && strncmp(s, "_IOC(", strlen("_IOC(")) == 0) {
			if (!read_request(s, &number))
				return error_set(e, ERR_INPUT,
						 "%.100s is no request; want _IOC(_IOC_READ,type,nr,size)", s);
			*value |= number;
			continue;
		}
		const struct name_value *name = find_name(slot, s, &elsewhere);
		if (name == NULL)
			return unknown_name(slot, s, elsewhere, e);
		for (size_t k = 0; k < count; k++)
			if (exclude(seen[k], name))
				return error_set(e, ERR_INPUT, "%s and %s exclude each other", seen[k]->name,
						 name->name);
		if (count < sizeof(seen) / sizeof(seen[0]))
			seen[count++] = name;
		*value |= name->value;
	}
	return 0;
}

/* Copies a text without its blanks. */
static void squeeze(const char *text, char *to)
{
	for (; *text != '\0'; text++)
		if (*text != ' ' && *text != '\t')
			*to++ = *text;
	*to = '\0';
}

int abi_value_parse(const struct syscall_desc *call, enum arch arch, unsigned i, const char *text, uint64_t *value,
		    struct error *e)
{
	struct slot slot = slot_make(call, arch, i);
	char room[512]; /* enough for those of the tables, so that these can always be read */
	char *copy = strlen(text) < sizeof(room) ? room : malloc(strlen(text) + 1), *s = copy;
	if (copy == NULL)
		return error_memory(e);
	squeeze(text, copy);
	bool complement = s[0] == '~';
	s += complement;
	size_t n = strlen(s);
	if (n >= 2 && s[0] == '(' && s[n - 1] == ')') {
		s[n - 1] = '\0';
		s++;
	}
	uint64_t raw = 0;
	int code = *s == '\0' ? error_set(e, ERR_INPUT, "a value of %s is missing", syscall_arg_name(call, i))
			      : read_union(&slot, s, &raw, e);
	if (code == 0)
		*value = abi_canonical(call, arch, i, complement ? ~raw : raw);
	if (copy != room)
		free(copy);
	return code;
}

bool abi_value_named(enum arch arch, const char *name, uint64_t *value)
{
	bool found = false;
	for (size_t i = 0; i < abi_set_count; i++)
		for (size_t k = 0; k < abi_sets[i]->count; k++) {
			const struct name_value *v = &abi_sets[i]->values[k];
			if (!(v->archs & ARCH_BIT(arch)) || strcmp(v->name, name) != 0)
				continue;
			if (found && *value != v->value)
				return false;
			*value = v->value;
			found = true;
		}
	return found;
}

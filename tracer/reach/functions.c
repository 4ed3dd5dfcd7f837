/* Which functions a module has: by its unwind tables, which stripped files keep too; by symbols; and for the rest of
 * its code by the calls in it. SPDX-License-Identifier: MIT */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "tracer/reach/files/module.h"

/* Encodings of pointers in .eh_frame (LSB, "DWARF Exception Header Encoding"). */
enum { ENC_ABSOLUTE = 0x00, ENC_UDATA2 = 0x02, ENC_UDATA4 = 0x03, ENC_UDATA8 = 0x04, ENC_SDATA2 = 0x0a };
enum { ENC_SDATA4 = 0x0b, ENC_SDATA8 = 0x0c, ENC_PCREL = 0x10, ENC_OMIT = 0xff };

struct ranges {
	VEC(struct image_function) v;
	VEC(struct image_landing) landings;
};

/* Reads an encoded pointer at *at, and moves *at behind it. `relative`: adds the base that the encoding names. Returns
 * false where it is damaged, or has an encoding that is not used for code. */
static bool read_pointer(const struct image *im, uint64_t *at, uint8_t encoding, bool relative, uint64_t *value)
{
	static const uint8_t sizes[16] = {[ENC_ABSOLUTE] = 8, [ENC_UDATA2] = 2, [ENC_UDATA4] = 4, [ENC_UDATA8] = 8,
					  [ENC_SDATA2] = 2,   [ENC_SDATA4] = 4, [ENC_SDATA8] = 8};
	unsigned size = sizes[encoding & 15];
	const unsigned char *bytes = size > 0 ? image_at(im, *at, size) : NULL;
	if (bytes == NULL || (relative && (encoding & 0xf0) != 0 && (encoding & 0xf0) != ENC_PCREL))
		return false;
	uint64_t number = image_number(bytes, size);
	if ((encoding & 8) != 0 && size < 8 && (number >> (8 * size - 1) & 1) != 0)
		number |= UINT64_MAX << (8 * size);
	if (relative && (encoding & 0xf0) == ENC_PCREL)
		number += *at;
	*at += size;
	*value = number;
	return true;
}

/* Reads an unsigned LEB128 number at *at, and moves *at behind it. A signed one can be skipped in the same way. */
static bool read_leb(const struct image *im, uint64_t *at, uint64_t *value)
{
	*value = 0;
	for (unsigned i = 0; i < 10; i++) {
		const unsigned char *byte = image_at(im, (*at)++, 1);
		if (byte == NULL)
			return false;
		*value |= (uint64_t)(*byte & 0x7f) << 7 * i;
		if ((*byte & 0x80) == 0)
			return true;
	}
	return false;
}

static bool skip_leb(const struct image *im, uint64_t *at)
{
	uint64_t ignored;
	return read_leb(im, at, &ignored);
}

/* Reads the common information entry at an address. Returns the encoding of addresses of code (ENC_OMIT: not known).
 * *signal: the entry is for the frames that the kernel makes for signals. *landings: the encoding of the address of the
 * table of landings (ENC_OMIT: there is none). */
static uint8_t pointer_encoding(const struct image *im, uint64_t cie, bool *signal, uint8_t *landings)
{
	uint8_t encoding = ENC_ABSOLUTE;
	const unsigned char *version = image_at(im, cie + 8, 1);
	const char *augmentation = image_string(im, cie + 9);
	uint64_t at = cie + 9, ignored;
	if (version == NULL || augmentation == NULL || strlen(augmentation) > 8)
		return ENC_OMIT;
	*signal = strchr(augmentation, 'S') != NULL;
	if (augmentation[0] != 'z')
		return ENC_ABSOLUTE;
	at += strlen(augmentation) + 1;
	if (!skip_leb(im, &at) || !skip_leb(im, &at) || (*version == 1 ? (at++, false) : !skip_leb(im, &at)) ||
	    !skip_leb(im, &at))
		return ENC_OMIT;
	for (const char *c = augmentation + 1; *c != '\0'; c++) {
		const unsigned char *byte = image_at(im, at, 1);
		if (*c != 'R' && *c != 'P' && *c != 'L')
			continue;
		at++;
		if (byte == NULL || (*c == 'P' && !read_pointer(im, &at, *byte, false, &ignored)))
			return ENC_OMIT;
		if (*c == 'R')
			encoding = *byte;
		else if (*c == 'L')
			*landings = *byte;
	}
	return encoding;
}

/* Reads a number of the table of landings: in LEB128, or encoded as a pointer without a base. */
static bool read_landing(const struct image *im, uint64_t *at, uint8_t encoding, uint64_t *value)
{
	return encoding == 1 ? read_leb(im, at, value) : read_pointer(im, at, encoding & 15, false, value);
}

/* Adds a function's landings, at which it goes on after an exception, from the table at an address. The table (gcc's
 * gcc/except.cc, output_one_function_exception_table) has the base of the landings, the types, the encoding and length
 * of the list; then for each part of the code its beginning, length, landing and action. Returns false where there is
 * no memory. */
static bool add_landings(const struct image *im, uint64_t at, uint64_t function, struct ranges *ranges)
{
	const unsigned char *byte = image_at(im, at++, 1);
	uint64_t base = function, length, part, size, landing;
	if (byte == NULL || (*byte != ENC_OMIT && !read_pointer(im, &at, *byte, true, &base)))
		return true;
	byte = image_at(im, at++, 1);
	if (byte == NULL || (*byte != ENC_OMIT && !skip_leb(im, &at)))
		return true;
	byte = image_at(im, at++, 1);
	if (byte == NULL || !read_leb(im, &at, &length))
		return true;
	for (uint64_t end = at + length; at < end && ranges->landings.count < IMAGE_FUNCTIONS;) {
		if (!read_landing(im, &at, *byte, &part) || !read_landing(im, &at, *byte, &size) ||
		    !read_landing(im, &at, *byte, &landing) || !skip_leb(im, &at))
			break;
		if (landing != 0 && image_is_code(im, base + landing) &&
		    !vec_push(&ranges->landings, (struct image_landing){function, base + landing}))
			return false;
	}
	return true;
}

/* As add_landings, for the frame description entry whose augmentation data begin at an address. */
static bool find_landings(const struct image *im, uint64_t at, uint8_t encoding, uint64_t function,
			  struct ranges *ranges)
{
	uint64_t table, offset, ignored;
	if (encoding == ENC_OMIT || !skip_leb(im, &at))
		return true;
	uint64_t again = at;
	/* 0 means that there is no table, whatever the base. */
	if (!read_pointer(im, &at, encoding & 15, false, &offset) || offset == 0 ||
	    !read_pointer(im, &again, encoding & 0x7f, true, &table))
		return true;
	if ((encoding & 0x80) != 0) { /* DW_EH_PE_indirect: the address of a word that holds the address */
		if (!read_pointer(im, &table, ENC_ABSOLUTE, false, &ignored))
			return true;
		table = ignored;
	}
	return add_landings(im, table, function, ranges);
}

/* Adds the function that the frame description entry at an address describes. */
static bool add_frame_entry(const struct image *im, uint64_t entry, struct ranges *ranges)
{
	const unsigned char *head = image_at(im, entry, 8);
	uint64_t at = entry + 8, from, size;
	if (head == NULL || image_number(head, 4) >= 0xfffffff0 || image_number(head + 4, 4) == 0)
		return true;
	bool signal = false;
	uint8_t landings = ENC_OMIT;
	uint8_t encoding = pointer_encoding(im, entry + 4 - image_number(head + 4, 4), &signal, &landings);
	if (encoding == ENC_OMIT || !read_pointer(im, &at, encoding, true, &from) ||
	    !read_pointer(im, &at, encoding & 7, false, &size) || size == 0 || size > UINT64_MAX - from ||
	    !image_is_code(im, from) || ranges->v.count >= IMAGE_FUNCTIONS)
		return true;
	/* Unwinders look up the byte before a return address, so that the entry for a signal's return begins one byte
	 * before its code. */
	from += signal && size > 1;
	size -= signal && size > 1;
	return vec_push(&ranges->v, (struct image_function){from, from + size, FUNCTION_UNWIND}) &&
	       find_landings(im, at, landings, from, ranges);
}

/* Adds the functions of all entries between two addresses. */
static bool add_frames(const struct image *im, uint64_t at, uint64_t to, struct ranges *ranges)
{
	for (uint64_t i = 0; i < IMAGE_FUNCTIONS && at < to; i++) {
		const unsigned char *length = image_at(im, at, 4);
		if (length == NULL || image_number(length, 4) >= 0xfffffff0)
			break;
		if (!add_frame_entry(im, at, ranges))
			return false;
		at += 4 + image_number(length, 4);
	}
	return true;
}

/* Adds the functions of all entries: by the sorted table of .eh_frame_hdr, or by .eh_frame itself where there is no
 * table, as in static programs. */
static bool add_unwind(const struct image *im, struct ranges *ranges)
{
	struct elf_segment s, frames;
	uint64_t count, from;
	bool has_head = elf_segment_of(im->file, PT_GNU_EH_FRAME, &s);
	uint64_t at = has_head ? s.address + 4 : 0;
	const unsigned char *head = has_head ? image_at(im, s.address, 4) : NULL;
	bool fine = head != NULL && head[0] == 1 && read_pointer(im, &at, head[1], true, &from);
	if (!fine || head[3] != 0x3b || head[2] == ENC_OMIT || !read_pointer(im, &at, head[2], true, &count))
		return !elf_section(im->file, ".eh_frame", &frames) || frames.size > UINT64_MAX - frames.address ||
		       add_frames(im, frames.address, frames.address + frames.size, ranges);
	/* The table has pairs of signed 32-bit distances from the header: to the code, and to its entry. */
	for (uint64_t i = 0; i < count && i < IMAGE_FUNCTIONS; i++) {
		const unsigned char *pair = image_at(im, at + 8 * i, 8);
		if (pair == NULL)
			break;
		if (!add_frame_entry(im, s.address + (uint64_t)(int64_t)(int32_t)image_number(pair + 4, 4), ranges))
			return false;
	}
	return true;
}

static int by_from(const void *a, const void *b)
{
	const struct image_function *x = a, *y = b;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (int)x->source - (int)y->source;
}

/* Sorts the functions, and cuts each where the next one begins. Of several with the same beginning, keeps the one of
 * the first source (enum function_source), and of these the longest. */
static void make_disjoint(struct ranges *ranges)
{
	struct image_function *items = ranges->v.items;
	size_t kept = 0;
	if (ranges->v.count == 0)
		return;
	qsort(items, ranges->v.count, sizeof(*items), by_from);
	for (size_t i = 1; i < ranges->v.count; i++) {
		if (items[i].from == items[kept].from) {
			if (items[i].source == items[kept].source && items[i].to > items[kept].to)
				items[kept].to = items[i].to;
			continue;
		}
		if (items[kept].to > items[i].from)
			items[kept].to = items[i].from;
		items[++kept] = items[i];
	}
	ranges->v.count = kept + 1;
}

static int by_function(const void *a, const void *b)
{
	const struct image_landing *x = a, *y = b;
	if (x->function != y->function)
		return x->function < y->function ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

size_t image_landing_first(const struct image *im, uint64_t function)
{
	return sorted_first(at, im->landings.count, im->landings.items[at].function < function);
}

/* Returns the position of the function that holds an address, or SIZE_MAX. */
static size_t find(const struct image_function *items, size_t n, uint64_t address)
{
	size_t low = sorted_first(at, n, items[at].from <= address);
	return low > 0 && address < items[low - 1].to ? low - 1 : SIZE_MAX;
}

/* Adds functions by the symbols of code without unwind entries, mostly assembly. A symbol within a known function is no
 * function. */
static int add_symbols(const struct image *im, enum elf_source source, size_t known, struct ranges *ranges,
		       struct error *e)
{
	struct elf_table table = {0};
	struct error damaged = {0};
	int rc = elf_symbols(im->file, source, &table, &damaged);
	bool fine = rc >= 0 || damaged.code != ERR_MEMORY;
	for (size_t i = 0; i < table.symbols.count && fine; i++) {
		const struct elf_symbol *s = &table.symbols.items[i];
		if (ranges->v.count >= IMAGE_FUNCTIONS || !image_is_code(im, s->address) ||
		    find(ranges->v.items, known, s->address) != SIZE_MAX)
			continue;
		/* Assembly without sizes (musl's): other functions may follow before the next symbol. */
		fine = vec_push(&ranges->v, (struct image_function){s->address, s->end,
								    s->label ? FUNCTION_GUESS : FUNCTION_SYMBOL});
	}
	vec_free(&table.symbols);
	return fine ? 0 : error_memory(e);
}

/* Adds the code that is in no known function. */
static bool add_rest(const struct image *im, const struct ranges *known, struct ranges *rest)
{
	size_t next = 0;
	for (size_t i = 0; i < im->code.count; i++) {
		uint64_t at = im->code.items[i].from, to = im->code.items[i].to;
		for (; next < known->v.count && known->v.items[next].from < to; next++) {
			const struct image_function *f = &known->v.items[next];
			if (f->from > at && !vec_push(&rest->v, (struct image_function){at, f->from, FUNCTION_GUESS}))
				return false;
			at = f->to > at ? f->to : at;
		}
		if (at < to && !vec_push(&rest->v, (struct image_function){at, to, FUNCTION_GUESS}))
			return false;
	}
	return true;
}

/* Returns whether an instruction leads to another function: by a call, or, with `jumps`, by a jump out of its own. */
static bool leads_out(const struct image_function *f, const struct insn *i, bool jumps)
{
	if (i->target_kind != TARGET_DIRECT)
		return false;
	return i->flow == FLOW_CALL || (jumps && i->flow == FLOW_JUMP && (i->target < f->from || i->target >= f->to));
}

/* Cuts the code outside known functions at the places to which such code, and functions known by a symbol only,
 * lead. */
static bool cut_unknown(const struct image *im, struct decoder *d, struct ranges *all, bool jumps)
{
	size_t n = all->v.count;
	for (size_t i = 0; i < n; i++) {
		struct image_function f = all->v.items[i];
		struct insn insn;
		const unsigned char *bytes = f.source != FUNCTION_UNWIND ? image_at(im, f.from, f.to - f.from) : NULL;
		for (uint64_t at = f.from; bytes != NULL && at < f.to;) {
			bool known = im->arch->decode(d, bytes + (at - f.from), f.to - at, at, &insn);
			at += known ? insn.length : im->arch->step - at % im->arch->step;
			size_t to =
			    known && leads_out(&f, &insn, jumps) ? find(all->v.items, n, insn.target) : SIZE_MAX;
			if (to != SIZE_MAX && all->v.items[to].source == FUNCTION_GUESS &&
			    all->v.count < IMAGE_FUNCTIONS &&
			    !vec_push(&all->v,
				      (struct image_function){insn.target, all->v.items[to].to, FUNCTION_GUESS}))
				return false;
		}
	}
	make_disjoint(all);
	return true;
}

int image_find_functions(struct image *im, struct decoder *d, struct error *e)
{
	struct ranges ranges = {0}, rest = {0};
	int rc = add_unwind(im, &ranges) ? 0 : error_memory(e);
	make_disjoint(&ranges);
	size_t known = ranges.v.count;
	if (rc == 0)
		rc = add_symbols(im, ELF_SYMTAB, known, &ranges, e);
	if (rc == 0)
		rc = add_symbols(im, ELF_DYNSYM, known, &ranges, e);
	make_disjoint(&ranges);
	if (rc == 0 && (!add_rest(im, &ranges, &rest) || !vec_reserve(&ranges.v, rest.v.count)))
		rc = error_memory(e);
	for (size_t i = 0; rc == 0 && i < rest.v.count; i++)
		ranges.v.items[ranges.v.count++] = rest.v.items[i];
	make_disjoint(&ranges);
	/* Calls come first: once their targets are functions, a jump out of one shows more. */
	if (rc == 0 && (!cut_unknown(im, d, &ranges, false) || !cut_unknown(im, d, &ranges, true)))
		rc = error_memory(e);
	vec_free(&rest.v);
	im->functions.items = ranges.v.items;
	im->functions.count = ranges.v.count;
	im->functions.capacity = ranges.v.capacity;
	im->landings.items = ranges.landings.items;
	im->landings.count = ranges.landings.count;
	im->landings.capacity = ranges.landings.capacity;
	if (im->landings.count > 0)
		qsort(im->landings.items, im->landings.count, sizeof(*im->landings.items), by_function);
	elf_detach(im->file);
	return rc;
}

size_t image_function_at(const struct image *im, uint64_t address)
{
	return image_is_code(im, address) ? find(im->functions.items, im->functions.count, address) : SIZE_MAX;
}

bool image_is_start(const struct image *im, uint64_t address)
{
	size_t i = image_function_at(im, address);
	return i != SIZE_MAX &&
	       (im->functions.items[i].source == FUNCTION_GUESS || im->functions.items[i].from == address);
}

int image_find_pointers(struct image *im, struct error *e)
{
	for (size_t i = 0; i < im->segment_count && im->header.fixed; i++) {
		const struct elf_segment *s = &im->segments[i];
		const unsigned char *bytes = image_at(im, s->address, s->size);
		/* In packed structures addresses stand at any byte. */
		for (uint64_t at = 0; bytes != NULL && at + 8 <= s->size; at++) {
			uint64_t word = image_number(bytes + at, 8);
			if (image_is_code(im, s->address + at) ||
			    (!image_is_start(im, word) && image_is_code(im, word)) || image_room(im, word) == 0)
				continue;
			if (!image_note_pointer(im, s->address + at, word))
				return error_memory(e);
		}
	}
	image_sort_words(im);
	return 0;
}

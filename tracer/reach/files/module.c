/* The file of one module. Reads its segments and its dynamic section as the loader does, and trusts no number in them.
 * SPDX-License-Identifier: MIT */
#include "tracer/reach/files/module.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

/* The entries of the dynamic section that are needed. */
struct dynamic {
	uint64_t strings, strings_size, symbols, versions, verneed, verneed_count, verdef, verdef_count;
	uint64_t hash, gnu_hash, rela, rela_size, jmprel, jmprel_size, relr, relr_size;
	uint64_t init, fini, arrays[3], arrays_size[3];
	uint64_t soname, rpath, runpath;
	bool has_soname, has_rpath, has_runpath, has_strings;
	VEC(uint64_t) needed;
};

struct version {
	uint16_t index;
	const char *name;
};

uint64_t image_number(const unsigned char *bytes, unsigned n)
{
	uint64_t number = 0;
	memcpy(&number, bytes, n); /* little-endian, as all architectures here are */
	return number;
}

uint64_t image_room(const struct image *im, uint64_t address)
{
	for (size_t i = 0; i < im->segment_count; i++) {
		const struct elf_segment *s = &im->segments[i];
		if (address < s->address || address - s->address >= s->size || s->offset > im->size)
			continue;
		uint64_t in = address - s->address, size = s->size;
		size = size > im->size - s->offset ? im->size - s->offset : size;
		if (in < size)
			return size - in;
	}
	return 0;
}

const unsigned char *image_at(const struct image *im, uint64_t address, uint64_t n)
{
	for (size_t i = 0; i < im->segment_count; i++) {
		const struct elf_segment *s = &im->segments[i];
		if (address < s->address || address - s->address >= s->size || n > s->size - (address - s->address))
			continue;
		uint64_t in = address - s->address;
		if (s->offset <= im->size && in <= im->size - s->offset && n <= im->size - s->offset - in)
			return im->bytes + s->offset + in;
	}
	return NULL;
}

const char *image_string(const struct image *im, uint64_t address)
{
	uint64_t room = image_room(im, address);
	room = room > IMAGE_STRING ? IMAGE_STRING : room;
	const char *s = (const char *)image_at(im, address, room);
	return s != NULL && room > 0 && memchr(s, '\0', room) != NULL ? s : NULL;
}

bool image_is_code(const struct image *im, uint64_t address)
{
	return elf_range_find(im->code.items, im->code.count, sizeof(*im->code.items), address) != NULL;
}

const struct image_slot *image_slot_at(const struct image *im, uint64_t address)
{
	size_t low = sorted_first(at, im->slots.count, im->slots.items[at].address < address);
	return low < im->slots.count && im->slots.items[low].address == address ? &im->slots.items[low] : NULL;
}

const struct image_word *image_word_at(const struct image *im, uint64_t address)
{
	size_t low = sorted_first(at, im->words.count, im->words.items[at].address < address);
	return low < im->words.count && im->words.items[low].address == address ? &im->words.items[low] : NULL;
}

/* Notes one entry of the dynamic section. */
static bool note_entry(struct dynamic *d, int64_t tag, uint64_t value)
{
	static const struct {
		int64_t tag;
		size_t offset;
	} table[] = {
	    {DT_STRTAB, offsetof(struct dynamic, strings)},
	    {DT_STRSZ, offsetof(struct dynamic, strings_size)},
	    {DT_SYMTAB, offsetof(struct dynamic, symbols)},
	    {DT_VERSYM, offsetof(struct dynamic, versions)},
	    {DT_VERNEED, offsetof(struct dynamic, verneed)},
	    {DT_VERNEEDNUM, offsetof(struct dynamic, verneed_count)},
	    {DT_VERDEF, offsetof(struct dynamic, verdef)},
	    {DT_VERDEFNUM, offsetof(struct dynamic, verdef_count)},
	    {DT_HASH, offsetof(struct dynamic, hash)},
	    {DT_GNU_HASH, offsetof(struct dynamic, gnu_hash)},
	    {DT_RELA, offsetof(struct dynamic, rela)},
	    {DT_RELASZ, offsetof(struct dynamic, rela_size)},
	    {DT_JMPREL, offsetof(struct dynamic, jmprel)},
	    {DT_PLTRELSZ, offsetof(struct dynamic, jmprel_size)},
	    {36 /* DT_RELR, glibc 2.36 */, offsetof(struct dynamic, relr)},
	    {35 /* DT_RELRSZ */, offsetof(struct dynamic, relr_size)},
	    {DT_INIT, offsetof(struct dynamic, init)},
	    {DT_FINI, offsetof(struct dynamic, fini)},
	    {DT_INIT_ARRAY, offsetof(struct dynamic, arrays[0])},
	    {DT_INIT_ARRAYSZ, offsetof(struct dynamic, arrays_size[0])},
	    {DT_FINI_ARRAY, offsetof(struct dynamic, arrays[1])},
	    {DT_FINI_ARRAYSZ, offsetof(struct dynamic, arrays_size[1])},
	    {DT_PREINIT_ARRAY, offsetof(struct dynamic, arrays[2])},
	    {DT_PREINIT_ARRAYSZ, offsetof(struct dynamic, arrays_size[2])},
	    {DT_SONAME, offsetof(struct dynamic, soname)},
	    {DT_RPATH, offsetof(struct dynamic, rpath)},
	    {DT_RUNPATH, offsetof(struct dynamic, runpath)},
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].tag == tag)
			memcpy((char *)d + table[i].offset, &value, sizeof(value));
	d->has_strings |= tag == DT_STRTAB;
	d->has_soname |= tag == DT_SONAME;
	d->has_rpath |= tag == DT_RPATH;
	d->has_runpath |= tag == DT_RUNPATH;
	return tag != DT_NEEDED || d->needed.count >= IMAGE_NEEDED || vec_push(&d->needed, value);
}

static int read_dynamic(const struct image *im, struct dynamic *d, struct error *e)
{
	struct elf_segment s;
	if (!elf_segment_of(im->file, PT_DYNAMIC, &s))
		return 0;
	for (uint64_t at = 0; at + 16 <= s.size; at += 16) {
		const unsigned char *entry = image_at(im, s.address + at, 16);
		if (entry == NULL || image_number(entry, 8) == DT_NULL)
			break;
		if (!note_entry(d, (int64_t)image_number(entry, 8), image_number(entry + 8, 8)))
			return error_memory(e);
	}
	return 0;
}

static const char *dynamic_string(const struct image *im, const struct dynamic *d, uint64_t offset)
{
	if (!d->has_strings || offset >= d->strings_size || d->strings > UINT64_MAX - offset)
		return NULL;
	return image_string(im, d->strings + offset);
}

/* Counts the dynamic symbols. Only the hash tables tell (System V gABI, "Hash Table"); the last chain of the GNU table
 * ends with a 1 in the lowest bit. */
static uint64_t count_symbols(const struct image *im, const struct dynamic *d)
{
	const unsigned char *h = d->hash != 0 ? image_at(im, d->hash, 8) : NULL;
	if (h != NULL)
		return image_number(h + 4, 4);
	h = d->gnu_hash != 0 ? image_at(im, d->gnu_hash, 16) : NULL;
	if (h == NULL)
		return 0;
	uint64_t buckets = image_number(h, 4), first = image_number(h + 4, 4), bloom = image_number(h + 8, 4), last = 0;
	uint64_t at = d->gnu_hash + 16 + 8 * bloom;
	const unsigned char *b = image_at(im, at, 4 * buckets);
	for (uint64_t i = 0; b != NULL && i < buckets; i++)
		last = image_number(b + 4 * i, 4) > last ? image_number(b + 4 * i, 4) : last;
	if (b == NULL || last < first)
		return first; /* all symbols may be imports */
	for (at += 4 * buckets + 4 * (last - first);; at += 4, last++) {
		const unsigned char *link = image_at(im, at, 4);
		if (link == NULL || (image_number(link, 4) & 1) != 0)
			return last + 1;
	}
}

/* Counts the symbols up to the last one that relocations name: a hash table need not have the imported ones. */
static uint64_t count_named(const struct image *im, uint64_t table, uint64_t size)
{
	uint64_t n = 0;
	for (uint64_t at = 0; table != 0 && at + 24 <= size && at / 24 < IMAGE_RELOCATIONS; at += 24) {
		const unsigned char *r = image_at(im, table + at, 24);
		if (r == NULL)
			break;
		n = image_number(r + 12, 4) + 1 > n ? image_number(r + 12, 4) + 1 : n;
	}
	return n;
}

struct version_list {
	VEC(struct version) v;
};

static int by_index(const void *a, const void *b)
{
	return (int)((const struct version *)a)->index - (int)((const struct version *)b)->index;
}

/* Reads the names of the versions that the module defines, and of those that it needs from others. */
static bool read_versions(const struct image *im, const struct dynamic *d, struct version_list *list)
{
	uint64_t at = d->verdef;
	for (uint64_t i = 0; at != 0 && i < d->verdef_count && i < 65536; i++) {
		const unsigned char *def = image_at(im, at, sizeof(Elf64_Verdef));
		const unsigned char *aux = def != NULL ? image_at(im, at + image_number(def + 12, 4), 8) : NULL;
		if (aux == NULL)
			break;
		struct version v = {(uint16_t)(image_number(def + 4, 2) & 0x7fff),
				    dynamic_string(im, d, image_number(aux, 4))};
		if (!vec_push(&list->v, v))
			return false;
		at = image_number(def + 16, 4) != 0 ? at + image_number(def + 16, 4) : 0;
	}
	at = d->verneed;
	for (uint64_t i = 0, all = 0; at != 0 && i < d->verneed_count && i < 65536; i++) {
		const unsigned char *need = image_at(im, at, sizeof(Elf64_Verneed));
		uint64_t next = need != NULL ? at + image_number(need + 8, 4) : 0;
		for (uint64_t k = 0; need != NULL && k < image_number(need + 2, 2) && all++ < 65536; k++) {
			const unsigned char *aux = image_at(im, next, sizeof(Elf64_Vernaux));
			if (aux == NULL)
				break;
			struct version v = {(uint16_t)(image_number(aux + 6, 2) & 0x7fff),
					    dynamic_string(im, d, image_number(aux + 8, 4))};
			if (!vec_push(&list->v, v))
				return false;
			next += image_number(aux + 12, 4);
		}
		at = need != NULL && image_number(need + 12, 4) != 0 ? at + image_number(need + 12, 4) : 0;
	}
	if (list->v.count > 0)
		qsort(list->v.items, list->v.count, sizeof(*list->v.items), by_index);
	return true;
}

static int read_symbols(struct image *im, const struct dynamic *d, struct error *e)
{
	struct version_list versions = {0};
	uint64_t n = count_symbols(im, d), named = count_named(im, d->rela, d->rela_size);
	n = named > n ? named : n;
	named = count_named(im, d->jmprel, d->jmprel_size);
	n = d->symbols == 0 ? 0 : named > n ? named : n;
	n = n > IMAGE_SYMBOLS ? IMAGE_SYMBOLS : n;
	bool fine = read_versions(im, d, &versions);
	for (uint64_t i = 0; fine && i < n; i++) {
		const unsigned char *s = image_at(im, d->symbols + i * sizeof(Elf64_Sym), sizeof(Elf64_Sym));
		const unsigned char *v = d->versions != 0 ? image_at(im, d->versions + 2 * i, 2) : NULL;
		if (s == NULL)
			break;
		struct version key = {.index = v != NULL ? (uint16_t)(image_number(v, 2) & 0x7fff) : 0};
		const struct version *version =
		    key.index > 1 && versions.v.count > 0
			? bsearch(&key, versions.v.items, versions.v.count, sizeof(key), by_index)
			: NULL;
		const char *name = dynamic_string(im, d, image_number(s, 4));
		uint16_t section = (uint16_t)image_number(s + 6, 2);
		struct image_symbol symbol = {
		    .name = name != NULL ? name : "",
		    .version = version != NULL ? version->name : NULL,
		    .address = image_number(s + 8, 8),
		    .defined = section != SHN_UNDEF && section != SHN_ABS && ELF64_ST_BIND(s[4]) != STB_LOCAL,
		    .hidden = v != NULL && (image_number(v, 2) & 0x8000) != 0,
		};
		fine = vec_push(&im->symbols, symbol);
	}
	vec_free(&versions.v);
	return fine ? 0 : error_memory(e);
}

static bool note_pointer(struct image *im, uint64_t address)
{
	return image_is_code(im, address) ? vec_push(&im->pointers, address) : vec_push(&im->data_pointers, address);
}

bool image_note_pointer(struct image *im, uint64_t at, uint64_t address)
{
	if (at >= im->got.from && at < im->got.to && at % 8 == 0 && image_is_code(im, address))
		return vec_push(&im->words, (struct image_word){at, address});
	return note_pointer(im, address);
}

/* Notes what one relocation writes. Returns false where there is no memory. */
static bool note_relocation(struct image *im, const unsigned char *r)
{
	uint64_t at = image_number(r, 8), info = image_number(r + 8, 8), addend = image_number(r + 16, 8);
	uint32_t symbol = (uint32_t)(info >> 32);
	switch (im->arch->relocation((uint32_t)info)) {
	case RELOCATION_RELATIVE:
		return image_note_pointer(im, at, addend);
	case RELOCATION_RESOLVER:
		return note_pointer(im, addend);
	case RELOCATION_SLOT:
		return symbol >= im->symbols.count || vec_push(&im->slots, (struct image_slot){at, symbol});
	case RELOCATION_POINTER:
		/* The word is a slot as well: code may load it. */
		return symbol >= im->symbols.count || vec_push(&im->pointed, symbol);
	default:
		return true;
	}
}

static bool read_rela(struct image *im, uint64_t table, uint64_t size)
{
	for (uint64_t at = 0; table != 0 && at + 24 <= size && at / 24 < IMAGE_RELOCATIONS; at += 24) {
		const unsigned char *r = image_at(im, table + at, 24);
		if (r == NULL)
			break;
		if (!note_relocation(im, r))
			return false;
	}
	return true;
}

static bool note_word(struct image *im, uint64_t address)
{
	const unsigned char *word = image_at(im, address, 8);
	return word == NULL || image_note_pointer(im, address, image_number(word, 8));
}

/* Reads relative relocations in their packed form: an address, then bitmaps of 63 following words each (gABI, "Relative
 * relocation table"). */
static bool read_relr(struct image *im, const struct dynamic *d)
{
	uint64_t where = 0;
	for (uint64_t at = 0; d->relr != 0 && at + 8 <= d->relr_size && at / 8 < IMAGE_RELOCATIONS; at += 8) {
		const unsigned char *entry = image_at(im, d->relr + at, 8);
		if (entry == NULL)
			break;
		uint64_t bits = image_number(entry, 8);
		if ((bits & 1) == 0) {
			if (!note_word(im, bits))
				return false;
			where = bits + 8;
			continue;
		}
		for (unsigned i = 0; i < 63; i++)
			if ((bits >> (i + 1) & 1) != 0 && !note_word(im, where + 8 * i))
				return false;
		where += 63 * 8;
	}
	return true;
}

static bool read_starts(struct image *im, const struct dynamic *d)
{
	bool fine = d->init == 0 || vec_push(&im->starts, d->init);
	fine = fine && (d->fini == 0 || vec_push(&im->starts, d->fini));
	for (unsigned a = 0; a < 3; a++)
		for (uint64_t at = 0; fine && d->arrays[a] != 0 && at + 8 <= d->arrays_size[a]; at += 8) {
			const unsigned char *word = image_at(im, d->arrays[a] + at, 8);
			if (word == NULL)
				break;
			if (image_is_code(im, image_number(word, 8)))
				fine = vec_push(&im->starts, image_number(word, 8));
		}
	return fine;
}

static int by_address(const void *a, const void *b)
{
	const struct image_slot *x = a, *y = b;
	return (x->address > y->address) - (x->address < y->address);
}

static int by_word(const void *a, const void *b)
{
	const struct image_word *x = a, *y = b;
	return (x->address > y->address) - (x->address < y->address);
}

void image_sort_words(struct image *im)
{
	if (im->words.count > 0)
		qsort(im->words.items, im->words.count, sizeof(*im->words.items), by_word);
}

static int read_names(struct image *im, const struct dynamic *d, struct error *e)
{
	im->soname = d->has_soname ? dynamic_string(im, d, d->soname) : NULL;
	im->rpath = d->has_rpath ? dynamic_string(im, d, d->rpath) : NULL;
	im->runpath = d->has_runpath ? dynamic_string(im, d, d->runpath) : NULL;
	for (size_t i = 0; i < d->needed.count; i++) {
		const char *name = dynamic_string(im, d, d->needed.items[i]);
		if (name != NULL && *name != '\0' && !vec_push(&im->needed, name))
			return error_memory(e);
	}
	struct elf_segment s;
	if (elf_segment_of(im->file, PT_INTERP, &s) && s.size > 1 && s.offset <= im->size &&
	    s.size <= im->size - s.offset && im->bytes[s.offset + s.size - 1] == '\0')
		im->interpreter = (const char *)im->bytes + s.offset;
	return 0;
}

/* Finds the code: the executable sections; in a file without sections the executable segments. */
static int read_code(struct image *im, struct error *e)
{
	size_t n;
	const struct elf_range *sections = elf_code(im->file, &n);
	for (size_t i = 0; i < n; i++)
		if (!vec_push(&im->code, sections[i]))
			return error_memory(e);
	for (size_t i = 0; n == 0 && i < im->segment_count; i++) {
		const struct elf_segment *s = &im->segments[i];
		uint64_t last = im->code.count > 0 ? im->code.items[im->code.count - 1].to : 0;
		/* The loader needs them in ascending order: one out of order counts as missing. */
		if (s->executable && s->address >= last && s->size <= UINT64_MAX - s->address &&
		    !vec_push(&im->code, (struct elf_range){s->address, s->address + s->size}))
			return error_memory(e);
	}
	return 0;
}

static struct elf_range read_section(const struct image *im, const char *name)
{
	struct elf_segment s;
	bool there = elf_section(im->file, name, &s) && s.size <= UINT64_MAX - s.address;
	return there ? (struct elf_range){s.address, s.address + s.size} : (struct elf_range){0};
}

static int read_image(struct image *im, struct error *e)
{
	struct dynamic d = {0};
	im->segments = elf_segments(im->file, &im->segment_count);
	if (im->segment_count > IMAGE_SEGMENTS)
		return error_set(e, ERR_LIMIT, "has more than %d segments to load", IMAGE_SEGMENTS);
	int rc = read_code(im, e);
	if (rc == 0)
		rc = read_dynamic(im, &d, e);
	if (rc == 0)
		rc = read_names(im, &d, e);
	if (rc == 0)
		rc = read_symbols(im, &d, e);
	im->got = read_section(im, ".got");
	im->got_plt = read_section(im, ".got.plt");
	if (rc == 0 && (!read_rela(im, d.rela, d.rela_size) || !read_rela(im, d.jmprel, d.jmprel_size) ||
			!read_relr(im, &d) || !read_starts(im, &d)))
		rc = error_memory(e);
	if (rc == 0 && im->slots.count > 0)
		qsort(im->slots.items, im->slots.count, sizeof(*im->slots.items), by_address);
	image_sort_words(im);
	vec_free(&d.needed);
	return rc;
}

/* Checks whether the file can be searched: a program or library of an architecture that has a decoder. */
static int check(struct image *im, struct error *e)
{
	elf_header(im->file, &im->header);
	im->arch = code_arch_find(im->header.machine);
	if (im->arch == NULL || !im->header.wide)
		return error_set(e, ERR_INPUT, "is for %s; only the code of x86_64 and aarch64 can be searched",
				 im->header.machine == EM_ARM	    ? "arm"
				 : im->header.machine == EM_386	    ? "i386"
				 : im->header.machine == EM_X86_64  ? "x32"
				 : im->header.machine == EM_AARCH64 ? "32-bit aarch64"
								   : "another architecture");
	im->bytes = elf_bytes(im->file, &im->size);
	if (im->bytes == NULL)
		return error_set(e, ERR_INPUT, "can't be read whole");
	if (im->size > IMAGE_SIZE)
		return error_set(e, ERR_LIMIT, "is larger than %zu MiB", IMAGE_SIZE >> 20);
	return 0;
}

struct image *image_open(const char *path, struct error *e)
{
	struct image *im = calloc(1, sizeof(*im));
	if (im == NULL || (im->path = strdup(path)) == NULL) {
		free(im);
		error_memory(e);
		return NULL;
	}
	im->file = elf_open(path, e);
	if (im->file == NULL || check(im, e) < 0 || read_image(im, e) < 0) {
		error_prefix(e, "%s: ", path);
		image_close(im);
		return NULL;
	}
	return im;
}

void image_close(struct image *im)
{
	if (im == NULL)
		return;
	elf_close(im->file);
	free(im->path);
	vec_free(&im->code);
	vec_free(&im->needed);
	vec_free(&im->symbols);
	vec_free(&im->slots);
	vec_free(&im->words);
	vec_free(&im->pointed);
	vec_free(&im->pointers);
	vec_free(&im->data_pointers);
	vec_free(&im->starts);
	vec_free(&im->functions);
	vec_free(&im->landings);
	free(im);
}

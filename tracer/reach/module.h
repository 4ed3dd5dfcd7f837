/* One module's file as the dynamic loader and the search for system calls need it: bytes by address, what it exports
 * and imports, the code addresses in its data, and which functions it has. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_REACH_MODULE_H
#define PINHOLE_TRACER_REACH_MODULE_H

#include "tracer/reach/insn.h"
#include "tracer/symbols/elf.h"

/* Limits for what a damaged or hostile file can cost; true ones are far below. */
enum {
	IMAGE_NEEDED = 256,	   /* libraries that one module names */
	IMAGE_FUNCTIONS = 4000000, /* of one module */
	IMAGE_RELOCATIONS = 8000000,
	IMAGE_SYMBOLS = 4000000,
	IMAGE_SEGMENTS = 64,  /* that are loaded */
	IMAGE_STRING = 65536, /* bytes of a name */
};
#define IMAGE_SIZE ((size_t)1 << 30) /* bytes of one file */

/* A dynamic symbol. The strings are the file's. */
struct image_symbol {
	const char *name;
	const char *version; /* NULL: it has none */
	uint64_t address;
	bool defined, hidden; /* hidden: not the version that is meant where none is named */
};

/* A word that holds the address of a dynamic symbol once the module is loaded. */
struct image_slot {
	uint64_t address;
	uint32_t symbol;
};

/* A word of the table of addresses (.got) that holds one of the module's own code. */
struct image_word {
	uint64_t address, target;
};

/* What tells that a function begins there. */
enum function_source {
	FUNCTION_UNWIND, /* .eh_frame: where it ends is known, too */
	FUNCTION_SYMBOL,
	FUNCTION_GUESS, /* code that is in no known function: up to the next call's target or known function */
};

/* Code that is reached as a whole: a function, or the cold part of one. */
struct image_function {
	uint64_t from, to;
	uint8_t source; /* enum function_source */
};

/* Where code goes on after an exception, and the beginning of the function that was left by it. */
struct image_landing {
	uint64_t function, at;
};

struct image {
	char *path;
	struct elf_file *file;
	struct elf_header header;
	const struct code_arch *arch;
	const unsigned char *bytes;
	size_t size;
	const struct elf_segment *segments;
	size_t segment_count;
	VEC(struct elf_range) code; /* executable, sorted */

	const char *interpreter, *soname, *rpath, *runpath; /* the file's; NULL: none */
	VEC(const char *) needed;
	VEC(struct image_symbol) symbols;     /* by position in the file's table */
	VEC(struct image_slot) slots;	      /* sorted by address */
	struct elf_range got, got_plt;	      /* the table of addresses, and its second part; empty: none is known */
	VEC(struct image_word) words;	      /* of it; sorted by address */
	VEC(uint32_t) pointed;		      /* symbols whose address is in its data */
	VEC(uint64_t) pointers;		      /* addresses of its code that are in its data, but for `words` */
	VEC(uint64_t) data_pointers;	      /* other addresses of its own that are in its data */
	VEC(uint64_t) starts;		      /* what the loader runs: DT_INIT, DT_INIT_ARRAY … */
	VEC(struct image_function) functions; /* sorted, none within another */
	VEC(struct image_landing) landings;   /* sorted by function */
};

/* Reads a module. NULL and an error that names the path: it can't be read, is none that can be searched, or there is no
 * memory. What is damaged in it beyond that is as if it were not there. */
struct image *image_open(const char *path, struct error *e);

/* NULL is fine. */
void image_close(struct image *im);

/* n bytes at an address, as the file has them; NULL where not all are in one segment of it. */
const unsigned char *image_at(const struct image *im, uint64_t address, uint64_t n);

/* How many bytes of the file there are from an address on, in one segment. */
uint64_t image_room(const struct image *im, uint64_t address);

bool image_is_code(const struct image *im, uint64_t address);

/* A string of the file at an address: NULL where it doesn't end within the file. */
const char *image_string(const struct image *im, uint64_t address);

/* The slot at an address, or NULL. */
const struct image_slot *image_slot_at(const struct image *im, uint64_t address);

/* As image_slot_at, of `words`. */
const struct image_word *image_word_at(const struct image *im, uint64_t address);

/* Notes a word at `at` that holds an address of the module's own. Code takes one out of the table of addresses only by
 * the word's own address: such a word counts where code uses it, another one in any case. false: no memory. */
bool image_note_pointer(struct image *im, uint64_t at, uint64_t address);

/* Puts `words` in order, which image_word_at needs. */
void image_sort_words(struct image *im);

/* The position of the function that holds an address, or SIZE_MAX. */
size_t image_function_at(const struct image *im, uint64_t address);

/* Finds the functions (functions.c); nothing more is read from the file then. Returns 0 or a negative code. */
int image_find_functions(struct image *im, struct decoder *d, struct error *e);

/* The first of the landings of the function that begins there; those of it follow. */
size_t image_landing_first(const struct image *im, uint64_t function);

/* In a program that is loaded at a fixed address no relocations tell which words are code's addresses: adds all that
 * could be one to `pointers`, and other addresses to `data_pointers` (functions.c; after image_find_functions). Returns
 * 0 or ERR_MEMORY. */
int image_find_pointers(struct image *im, struct error *e);

/* Whether code may be meant by an address that is only found as a number: where functions are known, only their
 * beginnings are. */
bool image_is_start(const struct image *im, uint64_t address);

/* Reads a number of 1 to 8 bytes in this machine's byte order. */
uint64_t image_number(const unsigned char *bytes, unsigned n);

#endif

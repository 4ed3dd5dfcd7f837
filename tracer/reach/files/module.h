/* The file of one module (a program or library), as the dynamic loader and the search for system calls need it: bytes
 * by address, exports and imports, addresses of code in its data, and its functions. SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_REACH_MODULE_H
#define PINHOLE_TRACER_REACH_MODULE_H

#include "tracer/reach/instructions/insn.h"
#include "tracer/symbols/elf.h"

/* Limits of one file, so that a damaged or hostile one cannot cost too much. Real files are far below them. */
enum {
	IMAGE_NEEDED = 256, /* libraries that it names */
	IMAGE_FUNCTIONS = 4000000,
	IMAGE_RELOCATIONS = 8000000,
	IMAGE_SYMBOLS = 4000000,
	IMAGE_SEGMENTS = 64,  /* that are loaded */
	IMAGE_STRING = 65536, /* bytes of a name */
};
#define IMAGE_SIZE ((size_t)1 << 30) /* bytes of one file */

/* A dynamic symbol. The strings point into the file's bytes. */
struct image_symbol {
	const char *name;
	const char *version; /* NULL: it has none */
	uint64_t address;
	bool defined; /* the module exports it; else it imports it */
	bool hidden;  /* it is not the version that a name without one means */
};

/* A word that holds the address of a dynamic symbol once the module is loaded. */
struct image_slot {
	uint64_t address;
	uint32_t symbol;
};

/* A word of the table of addresses (.got) that holds an address of the module's own code. */
struct image_word {
	uint64_t address, target;
};

/* How a function was found. */
enum function_source {
	FUNCTION_UNWIND, /* .eh_frame, which also says where it ends */
	FUNCTION_SYMBOL,
	FUNCTION_GUESS, /* code outside all known functions, up to the next target of a call or known function */
};

/* Code that counts as reached as a whole: a function, or the cold part of one. */
struct image_function {
	uint64_t from, to;
	uint8_t source; /* enum function_source */
};

/* An address `at` which code goes on after an exception that left a function; that function's address. */
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

	const char *interpreter, *soname, *rpath, *runpath; /* point into the file's bytes; NULL: none */
	VEC(const char *) needed;
	VEC(struct image_symbol) symbols;     /* by position in the file's table */
	VEC(struct image_slot) slots;	      /* sorted by address */
	struct elf_range got, got_plt;	      /* the two parts of the table of addresses; empty: not known */
	VEC(struct image_word) words;	      /* of that table; sorted by address */
	VEC(uint32_t) pointed;		      /* positions of symbols whose address is in the module's data */
	VEC(uint64_t) pointers;		      /* addresses of the module's code that are in its data, without `words` */
	VEC(uint64_t) data_pointers;	      /* other addresses of the module that are in its data */
	VEC(uint64_t) starts;		      /* functions that the loader runs: DT_INIT, DT_INIT_ARRAY … */
	VEC(struct image_function) functions; /* sorted by address; none overlaps another */
	VEC(struct image_landing) landings;   /* sorted by function */
};

/* Opens and reads a module. Damaged parts count as missing. Returns the module, which image_close frees; or NULL, with
 * an error that names the path: the file cannot be read, its architecture cannot be searched, or there is no memory. */
struct image *image_open(const char *path, struct error *e);

/* Frees a module; im may be NULL. */
void image_close(struct image *im);

/* Returns the n bytes that the file has for an address, or NULL where not all of them are in one segment. Owned by the
 * module. */
const unsigned char *image_at(const struct image *im, uint64_t address, uint64_t n);

/* Returns how many bytes the file has from an address to the end of its segment; 0: the address is in no segment. */
uint64_t image_room(const struct image *im, uint64_t address);

/* Returns whether the address is in executable code. */
bool image_is_code(const struct image *im, uint64_t address);

/* Returns the string at an address, or NULL where it does not end within its segment. Owned by the module. */
const char *image_string(const struct image *im, uint64_t address);

/* Returns the slot, or the word of the table of addresses, at an address; or NULL. */
const struct image_slot *image_slot_at(const struct image *im, uint64_t address);
const struct image_word *image_word_at(const struct image *im, uint64_t address);

/* Notes that the word at `at` holds an address of the module. Code reaches a word of the table of addresses only by
 * naming that word, so that it counts only where code does; a word elsewhere always counts. Returns false where there
 * is no memory. */
bool image_note_pointer(struct image *im, uint64_t at, uint64_t address);

/* Sorts `words`, which image_word_at needs. */
void image_sort_words(struct image *im);

/* Returns the position of the function that holds an address, or SIZE_MAX. */
size_t image_function_at(const struct image *im, uint64_t address);

/* Finds the functions (functions.c). Reads nothing from the file afterwards. Returns 0 or ERR_MEMORY. */
int image_find_functions(struct image *im, struct decoder *d, struct error *e);

/* Returns the position of the first landing of the function that begins at that address; its others follow. */
size_t image_landing_first(const struct image *im, uint64_t function);

/* After image_find_functions, for a program that is loaded at a fixed address: no relocations say which of its words
 * are addresses. Adds every word that may be an address of code to `pointers`, and of other parts to `data_pointers`
 * (functions.c). Returns 0 or ERR_MEMORY. */
int image_find_pointers(struct image *im, struct error *e);

/* Returns whether a number may be meant as the address of code. Where functions are known, only their beginnings
 * may. */
bool image_is_start(const struct image *im, uint64_t address);

/* Returns the number that n bytes (1 to 8) hold in this machine's byte order. */
uint64_t image_number(const unsigned char *bytes, unsigned n);

#endif

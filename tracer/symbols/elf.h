/* Reads ELF files: header, segments, build ID, and the symbols that name code.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_SYMBOLS_ELF_H
#define PINHOLE_TRACER_SYMBOLS_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policies/base/error.h"
#include "policies/base/vector.h"

/* The first member of every struct that is looked up by address: it covers the addresses `from` to
 * `to` - 1. */
struct elf_range {
	uint64_t from, to;
};

/* Looks up an address among n items of `size` bytes that begin with a range; they must ascend and
 * not overlap. Returns the item, or NULL. */
const void *elf_range_find(const void *items, size_t n, size_t size, uint64_t address);

/* Room for a build ID of 64 bytes in hexadecimal, with its NUL. Linkers write 20 bytes. */
enum { ELF_BUILD_ID = 129 };

/* Room for the interpreter's path. */
enum { ELF_INTERPRETER = 256 };

/* Reads the path of PT_INTERP. Returns false if the file has none, or one that does not fit; is
 * damaged; or is not an ELF file. */
bool elf_interpreter(int fd, char path[ELF_INTERPRETER]);

/* Reads the build ID (NT_GNU_BUILD_ID) in lower-case hexadecimal, "" if there is none, from the
 * first n bytes of a file as they are in a process's memory. The bytes must be aligned as an ELF
 * header; they are changed. Returns false if out of memory. */
bool elf_loaded_build_id(unsigned char *bytes, size_t n, char id[ELF_BUILD_ID]);

/* An open executable, library or separate debug file. All addresses are the file's own (elf(5):
 * p_vaddr, st_value); the kernel or the loader adds the module's place in memory. */
struct elf_file;

/* A PT_LOAD segment: `size` bytes at `offset` of the file are at `address` in memory. */
struct elf_segment {
	uint64_t offset, address, size;
	bool executable;
};

/* The file's header. */
struct elf_header {
	uint16_t machine; /* EM_X86_64 … of elf(5) */
	bool wide;	  /* ELFCLASS64 */
	bool fixed;	  /* ET_EXEC: it is loaded at the file's own addresses */
	uint64_t entry;	  /* the address of the first instruction; 0: none */
};

/* A symbol that names code. */
struct elf_symbol {
	uint64_t address, end; /* `end` is one past its last byte; for a label, the section's end */
	const char *name;      /* any bytes but NUL; owned by the file */
	uint8_t binding;       /* STB_GLOBAL … of elf(5) */
	bool label;	       /* it has no size */
	bool stub;	       /* it is the function's entry in the procedure linkage table */
};

struct elf_table {
	VEC(struct elf_symbol) symbols;
};

/* Opens a regular file without blocking. Returns NULL, with an error that does not name the file,
 * if it cannot be read, is not an ELF file, has another byte order, or is not an executable,
 * library or debug file. elf_close frees it. */
struct elf_file *elf_open(const char *path, struct error *e);

/* Does the same for n bytes in memory (the vDSO), which are copied. */
struct elf_file *elf_open_memory(const void *bytes, size_t n, struct error *e);

/* Closes the descriptor when nothing more will be read. Parts that were read stay valid. */
void elf_detach(struct elf_file *f);

/* Closes and frees a file; f may be NULL. */
void elf_close(struct elf_file *f);

/* Reads the build ID in lower-case hexadecimal; "" if there is none. */
void elf_build_id(struct elf_file *f, char id[ELF_BUILD_ID]);

/* Reads the name and the CRC-32 of the separate debug file from .gnu_debuglink. Returns false if
 * there is none, or if the name contains a slash. */
bool elf_debuglink(struct elf_file *f, char name[256], uint32_t *crc);

/* Computes the CRC-32 of the whole file, as in zlib and .gnu_debuglink. Returns false if the file
 * cannot be read. */
bool elf_crc(struct elf_file *f, uint32_t *crc);

/* Returns the *count PT_LOAD segments in the file's order. Owned by the file. */
const struct elf_segment *elf_segments(const struct elf_file *f, size_t *count);

void elf_header(struct elf_file *f, struct elf_header *header);

/* Fills in the first segment of a type (PT_DYNAMIC …). Returns false if there is none. */
bool elf_segment_of(struct elf_file *f, uint32_t type, struct elf_segment *segment);

/* Fills in the section of that name (".eh_frame") as a segment. Returns false if no such section is
 * loaded. */
bool elf_section(struct elf_file *f, const char *name, struct elf_segment *section);

/* Returns the *count executable sections, sorted and without overlaps. Owned by the file. A file may have no
 * sections. */
const struct elf_range *elf_code(const struct elf_file *f, size_t *count);

/* Returns the *n bytes of the whole file, which the first call reads. Owned by the file. NULL: it
 * cannot be read, or out of memory. */
const unsigned char *elf_bytes(struct elf_file *f, size_t *n);

/* Appends the symbols of code in .symtab, in .dynsym, or of the procedure linkage table (by its
 * relocations), in the file's order. Returns 1; 0 if there is no such table; or a negative code if
 * it is damaged or too large. */
enum elf_source { ELF_SYMTAB, ELF_DYNSYM, ELF_PLT };
int elf_symbols(struct elf_file *f, enum elf_source source, struct elf_table *table, struct error *e);

#endif

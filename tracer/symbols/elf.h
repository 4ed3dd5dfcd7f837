/* What an executable's file says about it, and the parts of it that give addresses names.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_SYMBOLS_ELF_H
#define PINHOLE_TRACER_SYMBOLS_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policies/base/error.h"
#include "policies/base/vector.h"

/* What begins everything that is looked for by address: from … to - 1. */
struct elf_range {
	uint64_t from, to;
};

/* Of n items of `size` bytes that begin so, ascending and none within another: the one that holds an address, or
 * NULL. */
const void *elf_range_find(const void *items, size_t n, size_t size, uint64_t address);

/* Room for a build ID in hexadecimal: 64 bytes of it, three times what linkers write. */
enum { ELF_BUILD_ID = 129 };

/* Room for the interpreter's path. */
enum { ELF_INTERPRETER = 256 };

/* The path of PT_INTERP. false: the file has none, or one that does not fit; or it is damaged, or no ELF file. */
bool elf_interpreter(int fd, char path[ELF_INTERPRETER]);

/* The NT_GNU_BUILD_ID note in lower-case hexadecimal, "" where there is none, of the n bytes that a process has from
 * the beginning of its file; they must be aligned as an ELF header, and are changed. false: no memory. */
bool elf_loaded_build_id(unsigned char *bytes, size_t n, char id[ELF_BUILD_ID]);

/* An executable, library or separate debug file, open for its symbols. All addresses are those of the file itself
 * (elf(5): p_vaddr, st_value), before the kernel or the loader adds where they put it. */
struct elf_file;

/* A PT_LOAD segment: `size` bytes at `offset` of the file are at `address` in memory. */
struct elf_segment {
	uint64_t offset, address, size;
	bool executable;
};

/* What the header says. */
struct elf_header {
	uint16_t machine; /* EM_X86_64 … of elf(5) */
	bool wide;	  /* ELFCLASS64 */
	bool fixed;	  /* ET_EXEC: it is loaded at the addresses that it has in the file */
	uint64_t entry;	  /* the address of the first instruction; 0: none */
};

/* A name for code. */
struct elf_symbol {
	uint64_t address, end; /* the end is past its last byte; a label's is its section's */
	const char *name;      /* any bytes; the file's, as long as that is open */
	uint8_t binding;       /* STB_GLOBAL … of elf(5) */
	bool label;	       /* it has no size */
	bool stub;	       /* not the function, but its entry in the procedure linkage table */
};

struct elf_table {
	VEC(struct elf_symbol) symbols;
};

/* Opens a regular file, never waiting for it. NULL and an error: it can't be read, is no ELF file, is of the other byte
 * order, or no executable or library. The texts don't name the file. */
struct elf_file *elf_open(const char *path, struct error *e);

/* The same of n bytes in memory, which are copied: the vDSO's. */
struct elf_file *elf_open_memory(const void *bytes, size_t n, struct error *e);

/* No more will be read: closes the descriptor. What was read stays. */
void elf_detach(struct elf_file *f);

/* Closes and frees; NULL is fine. */
void elf_close(struct elf_file *f);

/* As elf_loaded_build_id's. */
void elf_build_id(struct elf_file *f, char id[ELF_BUILD_ID]);

/* The name and the CRC-32 that .gnu_debuglink gives for the separate debug file. false: it has none, or one that is no
 * plain name. */
bool elf_debuglink(struct elf_file *f, char name[256], uint32_t *crc);

/* The CRC-32 of the whole file (that of zlib, which .gnu_debuglink's is). false: it can't be read. */
bool elf_crc(struct elf_file *f, uint32_t *crc);

/* The PT_LOAD segments in the file's order, `*count` of them; the file's own. */
const struct elf_segment *elf_segments(const struct elf_file *f, size_t *count);

void elf_header(struct elf_file *f, struct elf_header *header);

/* The first segment of a type (PT_DYNAMIC …) as elf_segments gives those of PT_LOAD. false: there is none. */
bool elf_segment_of(struct elf_file *f, uint32_t type, struct elf_segment *segment);

/* The section of a name (".eh_frame") as a segment. false: there is none that is loaded. */
bool elf_section(struct elf_file *f, const char *name, struct elf_segment *section);

/* The executable sections, sorted and none within another, `*count` of them; the file's own. A file can do without
 * sections: 0. */
const struct elf_range *elf_code(const struct elf_file *f, size_t *count);

/* The whole file, `*n` bytes, read into memory with the first call; the file's own. NULL: it can't be read, or there is
 * no memory. */
const unsigned char *elf_bytes(struct elf_file *f, size_t *n);

/* Appends what names code in .symtab, .dynsym, or (from the relocations) the procedure linkage table; in the file's
 * order. Returns 1; 0: there is no such table; or a negative code where it is damaged or too large. */
enum elf_source { ELF_SYMTAB, ELF_DYNSYM, ELF_PLT };
int elf_symbols(struct elf_file *f, enum elf_source source, struct elf_table *table, struct error *e);

#endif

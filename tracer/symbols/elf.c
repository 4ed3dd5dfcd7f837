/* Reads ELF files: header, segments, build ID, and the symbols that name code.
 * SPDX-License-Identifier: MIT */
#include "tracer/symbols/elf.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Limits on the cost of a damaged or hostile file; real files are far below. */
enum {
	NOTES = 64,	      /* the most groups of notes that are read */
	NOTES_SIZE = 1 << 20, /* the most bytes of each group */
	SEGMENTS = 1 << 16,
	TABLE_SIZE = 1 << 30, /* bytes of symbols, or of their names: 40 million symbols */
};

struct elf_file {
	Elf *elf;
	int fd;		 /* -1: the file was read completely, or is in memory */
	char *copy;	 /* a copy of the memory */
	uint64_t length; /* in bytes */
	VEC(struct elf_segment) segments;
	VEC(struct elf_range) code; /* executable sections, sorted, none within another */
};

/* Searches notes for the build ID. */
static bool find_build_id(Elf_Data *data, char id[ELF_BUILD_ID])
{
	GElf_Nhdr note;
	size_t name, content;
	for (size_t at = 0; (at = gelf_getnote(data, at, &note, &name, &content)) > 0;) {
		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != sizeof(ELF_NOTE_GNU) ||
		    memcmp((char *)data->d_buf + name, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) != 0)
			continue;
		const unsigned char *bytes = (const unsigned char *)data->d_buf + content;
		for (size_t i = 0; i < note.n_descsz && 2 * i + 2 < ELF_BUILD_ID; i++)
			snprintf(id + 2 * i, 3, "%02x", bytes[i]);
		return true;
	}
	return false;
}

static bool notes_at(Elf *elf, uint64_t offset, uint64_t size, uint64_t alignment, char id[ELF_BUILD_ID])
{
	if (size > NOTES_SIZE || offset > INT64_MAX)
		return false;
	Elf_Data *data = elf_getdata_rawchunk(elf, (int64_t)offset, size, alignment == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
	return data != NULL && find_build_id(data, id);
}

bool elf_interpreter(int fd, char path[ELF_INTERPRETER])
{
	size_t n = 0;
	Elf *elf = elf_version(EV_CURRENT) != EV_NONE ? elf_begin(fd, ELF_C_READ, NULL) : NULL;
	bool found = false;
	if (elf == NULL || elf_kind(elf) != ELF_K_ELF || elf_getphdrnum(elf, &n) != 0)
		n = 0;
	for (size_t i = 0; i < n && !found; i++) {
		GElf_Phdr s;
		/* A path with its NUL (fs/binfmt_elf.c); a path that does not fit counts as missing. */
		found = gelf_getphdr(elf, (int)i, &s) != NULL && s.p_type == PT_INTERP && s.p_filesz >= 2 &&
			s.p_filesz <= ELF_INTERPRETER && pread(fd, path, s.p_filesz, (off_t)s.p_offset) == (ssize_t)s.p_filesz &&
			path[s.p_filesz - 1] == '\0';
	}
	elf_end(elf);
	return found;
}

/* The section headers are not in memory; this keeps libelf from looking for them. */
static void forget_sections(unsigned char *bytes)
{
	bool wide = bytes[EI_CLASS] == ELFCLASS64;
	memset(bytes + (wide ? offsetof(Elf64_Ehdr, e_shoff) : offsetof(Elf32_Ehdr, e_shoff)), 0,
	       wide ? sizeof(Elf64_Off) : sizeof(Elf32_Off));
	memset(bytes + (wide ? offsetof(Elf64_Ehdr, e_shnum) : offsetof(Elf32_Ehdr, e_shnum)), 0, 2 * sizeof(Elf64_Half));
}

/* The segment with the file's beginning is the only part of memory that is the same as in the
 * file. */
bool elf_loaded_build_id(unsigned char *bytes, size_t n, char id[ELF_BUILD_ID])
{
	size_t segments = 0, told = 0;
	id[0] = '\0';
	if (n < sizeof(Elf64_Ehdr) || elf_version(EV_CURRENT) == EV_NONE)
		return true;
	forget_sections(bytes);
	errno = 0; /* libelf's own error number for lack of memory is not public */
	Elf *elf = elf_memory((char *)bytes, n);
	if (elf == NULL || elf_kind(elf) != ELF_K_ELF || elf_getphdrnum(elf, &segments) != 0)
		segments = 0;
	for (size_t i = 0; i < segments && i < NOTES; i++) {
		GElf_Phdr s;
		if (gelf_getphdr(elf, (int)i, &s) != NULL && s.p_type == PT_LOAD && s.p_offset == 0)
			told = s.p_filesz < n ? s.p_filesz : n;
	}
	bool found = false;
	for (size_t i = 0; i < segments && i < NOTES && !found; i++) {
		GElf_Phdr s;
		found = gelf_getphdr(elf, (int)i, &s) != NULL && s.p_type == PT_NOTE && s.p_filesz <= told &&
			s.p_offset <= told - s.p_filesz && notes_at(elf, s.p_offset, s.p_filesz, s.p_align, id);
	}
	bool fine = errno != ENOMEM;
	elf_end(elf);
	return fine;
}

static int read_segments(struct elf_file *f, struct error *e)
{
	size_t n = 0;
	if (elf_getphdrnum(f->elf, &n) != 0)
		return 0; /* a separate debug file need not have them */
	for (size_t i = 0; i < n && i < SEGMENTS; i++) {
		GElf_Phdr p;
		if (gelf_getphdr(f->elf, (int)i, &p) == NULL || p.p_type != PT_LOAD || p.p_filesz == 0)
			continue;
		struct elf_segment segment = {p.p_offset, p.p_vaddr, p.p_filesz, (p.p_flags & PF_X) != 0};
		if (!vec_push(&f->segments, segment))
			return error_memory(e);
	}
	return 0;
}

static int by_from(const void *a, const void *b)
{
	const struct elf_range *x = a, *y = b;
	return (x->from > y->from) - (x->from < y->from);
}

/* Finds the executable sections. Those of a separate debug file have no bytes, but all other
 * properties. */
static int read_code(struct elf_file *f, struct error *e)
{
	for (Elf_Scn *section = NULL; (section = elf_nextscn(f->elf, section)) != NULL;) {
		GElf_Shdr s;
		if (gelf_getshdr(section, &s) == NULL || (s.sh_flags & SHF_EXECINSTR) == 0 || s.sh_size == 0 ||
		    s.sh_size > UINT64_MAX - s.sh_addr)
			continue;
		if (!vec_push(&f->code, (struct elf_range){s.sh_addr, s.sh_addr + s.sh_size}))
			return error_memory(e);
	}
	if (f->code.count == 0)
		return 0;
	qsort(f->code.items, f->code.count, sizeof(*f->code.items), by_from);
	size_t kept = 0;
	for (size_t i = 1; i < f->code.count; i++) {
		struct elf_range *last = &f->code.items[kept], next = f->code.items[i];
		if (next.from >= last->to)
			f->code.items[++kept] = next;
		else if (next.to > last->to)
			last->to = next.to;
	}
	f->code.count = kept + 1;
	return 0;
}

const void *elf_range_find(const void *items, size_t n, size_t size, uint64_t address)
{
	size_t low = sorted_first(at, n, ((const struct elf_range *)((const char *)items + at * size))->from <= address);
	const struct elf_range *found = low > 0 ? (const void *)((const char *)items + (low - 1) * size) : NULL;
	return found != NULL && address < found->to ? found : NULL;
}

/* Returns the executable section that contains an address, or NULL. */
static const struct elf_range *code_at(const struct elf_file *f, uint64_t address)
{
	return elf_range_find(f->code.items, f->code.count, sizeof(*f->code.items), address);
}

/* Reads the parts that every use needs; frees the file on failure. */
static struct elf_file *begin(struct elf_file *f, struct error *e)
{
	const unsigned char order = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
	GElf_Ehdr header;
	int rc;
	if (f->elf == NULL && errno == ENOMEM)
		rc = error_memory(e);
	else if (f->elf == NULL || elf_kind(f->elf) != ELF_K_ELF || gelf_getehdr(f->elf, &header) == NULL)
		rc = error_set(e, ERR_INPUT, "is not an ELF file, or is damaged");
	else if (header.e_ident[EI_DATA] != order)
		rc = error_set(e, ERR_INPUT, "has another byte order than this machine");
	else if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
		rc = error_set(e, ERR_INPUT, "is an ELF file, but neither an executable nor a library");
	else
		rc = (rc = read_segments(f, e)) == 0 ? read_code(f, e) : rc;
	if (rc == 0)
		return f;
	elf_close(f);
	return NULL;
}

struct elf_file *elf_open(const char *path, struct error *e)
{
	/* Do not wait for a FIFO, and do not acquire a terminal. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) != 0) {
		error_system(e, "cannot open it");
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	struct elf_file *f = S_ISREG(st.st_mode) ? calloc(1, sizeof(*f)) : NULL;
	if (f == NULL) {
		if (S_ISREG(st.st_mode))
			error_memory(e);
		else
			error_set(e, ERR_INPUT, "is not a regular file");
		close(fd);
		return NULL;
	}
	f->fd = fd;
	f->length = (uint64_t)st.st_size;
	elf_version(EV_CURRENT);
	errno = 0;
	f->elf = elf_begin(fd, ELF_C_READ, NULL);
	return begin(f, e);
}

struct elf_file *elf_open_memory(const void *bytes, size_t n, struct error *e)
{
	struct elf_file *f = calloc(1, sizeof(*f));
	char *copy = malloc(n > 0 ? n : 1);
	if (f == NULL || copy == NULL) {
		free(f);
		free(copy);
		error_memory(e);
		return NULL;
	}
	memcpy(copy, bytes, n);
	f->fd = -1;
	f->copy = copy;
	f->length = n;
	elf_version(EV_CURRENT);
	errno = 0;
	f->elf = elf_memory(copy, n);
	return begin(f, e);
}

void elf_detach(struct elf_file *f)
{
	if (f->fd < 0)
		return;
	elf_cntl(f->elf, ELF_C_FDDONE);
	close(f->fd);
	f->fd = -1;
}

void elf_close(struct elf_file *f)
{
	if (f == NULL)
		return;
	elf_end(f->elf);
	if (f->fd >= 0)
		close(f->fd);
	free(f->copy);
	vec_free(&f->segments);
	vec_free(&f->code);
	free(f);
}

void elf_build_id(struct elf_file *f, char id[ELF_BUILD_ID])
{
	size_t n = 0;
	int notes = 0;
	id[0] = '\0';
	/* The segments of a separate debug file give the notes' place in the whole file. */
	for (Elf_Scn *section = NULL; (section = elf_nextscn(f->elf, section)) != NULL;) {
		GElf_Shdr s;
		if (gelf_getshdr(section, &s) != NULL && s.sh_type == SHT_NOTE && notes++ < NOTES &&
		    notes_at(f->elf, s.sh_offset, s.sh_size, s.sh_addralign, id))
			return;
	}
	if (elf_getphdrnum(f->elf, &n) != 0)
		return;
	for (size_t i = 0; i < n && i < SEGMENTS; i++) {
		GElf_Phdr p;
		if (gelf_getphdr(f->elf, (int)i, &p) != NULL && p.p_type == PT_NOTE && notes++ < NOTES &&
		    notes_at(f->elf, p.p_offset, p.p_filesz, p.p_align, id))
			return;
	}
}

/* Finds a section by its name: elf(5) identifies these sections by name only. */
static Elf_Scn *section_named(struct elf_file *f, const char *name, GElf_Shdr *s)
{
	size_t names;
	if (elf_getshdrstrndx(f->elf, &names) != 0)
		return NULL;
	for (Elf_Scn *section = NULL; (section = elf_nextscn(f->elf, section)) != NULL;) {
		const char *has = gelf_getshdr(section, s) != NULL ? elf_strptr(f->elf, names, s->sh_name) : NULL;
		if (has != NULL && strcmp(has, name) == 0)
			return section;
	}
	return NULL;
}

/* The section has the name with its NUL, padding to a multiple of 4, and the CRC in the file's byte
 * order (gdb's manual, "Separate Debug Files"). A name with a slash could lead anywhere. */
bool elf_debuglink(struct elf_file *f, char name[256], uint32_t *crc)
{
	GElf_Shdr s;
	Elf_Scn *section = section_named(f, ".gnu_debuglink", &s);
	if (section == NULL || s.sh_type == SHT_NOBITS || s.sh_size > 512)
		return false;
	Elf_Data *data = elf_rawdata(section, NULL);
	if (data == NULL || data->d_buf == NULL)
		return false;
	size_t n = strnlen(data->d_buf, data->d_size), at = (n + 4) & ~(size_t)3;
	if (n == 0 || n > 255 || at + sizeof(*crc) > data->d_size || memchr(data->d_buf, '/', n) != NULL)
		return false;
	memcpy(name, data->d_buf, n + 1);
	memcpy(crc, (char *)data->d_buf + at, sizeof(*crc));
	return strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

bool elf_crc(struct elf_file *f, uint32_t *crc)
{
	static uint32_t table[256];
	static unsigned char bytes[1 << 16];
	for (uint32_t i = 0; i < 256 && table[255] == 0; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
	}
	uint32_t sum = UINT32_MAX;
	ssize_t n;
	for (off_t at = 0; (n = pread(f->fd, bytes, sizeof(bytes), at)) > 0; at += n)
		for (ssize_t i = 0; i < n; i++)
			sum = sum >> 8 ^ table[(sum ^ bytes[i]) & 255];
	*crc = ~sum;
	return n == 0;
}

const struct elf_segment *elf_segments(const struct elf_file *f, size_t *count)
{
	*count = f->segments.count;
	return f->segments.items;
}

void elf_header(struct elf_file *f, struct elf_header *header)
{
	GElf_Ehdr h;
	*header = (struct elf_header){0};
	if (gelf_getehdr(f->elf, &h) != NULL)
		*header = (struct elf_header){h.e_machine, gelf_getclass(f->elf) == ELFCLASS64, h.e_type == ET_EXEC,
					      h.e_entry};
}

bool elf_segment_of(struct elf_file *f, uint32_t type, struct elf_segment *segment)
{
	size_t n = 0;
	if (elf_getphdrnum(f->elf, &n) != 0)
		return false;
	for (size_t i = 0; i < n && i < SEGMENTS; i++) {
		GElf_Phdr p;
		if (gelf_getphdr(f->elf, (int)i, &p) == NULL || p.p_type != type)
			continue;
		*segment = (struct elf_segment){p.p_offset, p.p_vaddr, p.p_filesz, (p.p_flags & PF_X) != 0};
		return true;
	}
	return false;
}

bool elf_section(struct elf_file *f, const char *name, struct elf_segment *section)
{
	GElf_Shdr s;
	if (section_named(f, name, &s) == NULL || (s.sh_flags & SHF_ALLOC) == 0)
		return false;
	*section = (struct elf_segment){s.sh_offset, s.sh_addr, s.sh_size, (s.sh_flags & SHF_EXECINSTR) != 0};
	return true;
}

const struct elf_range *elf_code(const struct elf_file *f, size_t *count)
{
	*count = f->code.count;
	return f->code.items;
}

const unsigned char *elf_bytes(struct elf_file *f, size_t *n)
{
	return (const unsigned char *)elf_rawfile(f->elf, n);
}

/* A table of symbols and their names. */
struct names {
	Elf_Data *symbols;
	int count;
	const char *strings;
	size_t length; /* of the strings, including the last NUL */
};

static Elf_Data *table_data(const struct elf_file *f, Elf_Scn *section, uint32_t type)
{
	GElf_Shdr s;
	if (section == NULL || gelf_getshdr(section, &s) == NULL || s.sh_type != type ||
	    (s.sh_flags & SHF_COMPRESSED) != 0 || s.sh_size > f->length || s.sh_size > TABLE_SIZE)
		return NULL;
	Elf_Data *data = elf_getdata(section, NULL);
	return data != NULL && data->d_buf != NULL ? data : NULL;
}

/* Reads a section of symbols. Returns 0, or a negative code. */
static int read_names(struct elf_file *f, Elf_Scn *section, struct names *names, struct error *e)
{
	GElf_Shdr s;
	errno = 0;
	if (gelf_getshdr(section, &s) == NULL)
		return error_set(e, ERR_INPUT, "has a damaged table of symbols");
	if (s.sh_size > TABLE_SIZE)
		return error_set(e, ERR_LIMIT, "has a table of more than %d MiB of symbols", TABLE_SIZE >> 20);
	Elf_Data *strings = table_data(f, elf_getscn(f->elf, s.sh_link), SHT_STRTAB);
	names->symbols = table_data(f, section, s.sh_type);
	if (errno == ENOMEM)
		return error_memory(e);
	if (names->symbols == NULL || strings == NULL || strings->d_size == 0)
		return error_set(e, ERR_INPUT, "has a damaged table of symbols");
	size_t size = gelf_fsize(f->elf, ELF_T_SYM, 1, EV_CURRENT);
	const char *last = memrchr(strings->d_buf, '\0', strings->d_size);
	names->count = size > 0 ? (int)(names->symbols->d_size / size) : 0;
	names->strings = strings->d_buf;
	names->length = last != NULL ? (size_t)(last - names->strings) + 1 : 0;
	return 0;
}

/* Returns the i-th symbol with its name; NULL: it has no name. */
static const char *name_of(const struct names *names, int i, GElf_Sym *s)
{
	if (i < 0 || i >= names->count || gelf_getsym(names->symbols, i, s) == NULL || s->st_name >= names->length ||
	    names->strings[s->st_name] == '\0')
		return NULL;
	return names->strings + s->st_name;
}

/* Whether a symbol names code: a function, or a label in assembly. Mapping symbols, which mark the
 * kind of the following bytes, do not (ELF for the Arm architectures, "Mapping symbols"). */
static bool names_code(const struct elf_file *f, const GElf_Sym *s, const char *name, struct elf_symbol *symbol)
{
	int type = GELF_ST_TYPE(s->st_info);
	const struct elf_range *section = code_at(f, s->st_value);
	if (section == NULL || s->st_shndx == SHN_UNDEF || s->st_shndx == SHN_ABS || s->st_shndx == SHN_COMMON ||
	    (type != STT_FUNC && type != STT_GNU_IFUNC && (type != STT_NOTYPE || name[0] == '$')))
		return false;
	*symbol = (struct elf_symbol){.address = s->st_value,
				      .end = section->to,
				      .name = name,
				      .binding = GELF_ST_BIND(s->st_info),
				      .label = s->st_size == 0};
	if (s->st_size > 0 && s->st_size < section->to - s->st_value)
		symbol->end = s->st_value + s->st_size;
	return true;
}

static Elf_Scn *section_of_type(struct elf_file *f, uint32_t type)
{
	GElf_Shdr s;
	Elf_Scn *section = NULL;
	while ((section = elf_nextscn(f->elf, section)) != NULL)
		if (gelf_getshdr(section, &s) != NULL && s.sh_type == type)
			break;
	return section;
}

/* The relocations of the slots of the linkage table. */
struct slots {
	Elf_Data *data;
	bool addends;
	size_t count;
	uint64_t lowest; /* the address of the first slot */
	size_t word;	 /* the size of one slot, in bytes */
};

/* The i-th relocation: the address of its slot, and its symbol. */
static bool slot_at(const struct slots *slots, size_t i, uint64_t *address, uint64_t *symbol)
{
	GElf_Rela rela;
	GElf_Rel rel;
	if (slots->addends ? gelf_getrela(slots->data, (int)i, &rela) == NULL
			   : gelf_getrel(slots->data, (int)i, &rel) == NULL)
		return false;
	*address = slots->addends ? rela.r_offset : rel.r_offset;
	*symbol = GELF_R_SYM(slots->addends ? rela.r_info : rel.r_info);
	return true;
}

/* Reads the relocations. false: their slots are not in a row, as most linkers make them; then it is
 * unknown which stub belongs to which, and a wrong name is worse than none. */
static bool read_slots(struct elf_file *f, Elf_Scn *section, const GElf_Shdr *s, struct slots *slots)
{
	uint64_t highest = 0, address, symbol;
	slots->addends = s->sh_type == SHT_RELA;
	slots->data = table_data(f, section, s->sh_type);
	slots->word = gelf_fsize(f->elf, ELF_T_ADDR, 1, EV_CURRENT);
	slots->lowest = UINT64_MAX;
	size_t each = gelf_fsize(f->elf, slots->addends ? ELF_T_RELA : ELF_T_REL, 1, EV_CURRENT);
	if (slots->data == NULL || each == 0 || slots->word == 0 || slots->data->d_size < each)
		return false;
	slots->count = slots->data->d_size / each;
	for (size_t i = 0; i < slots->count; i++) {
		if (!slot_at(slots, i, &address, &symbol))
			return false;
		slots->lowest = address < slots->lowest ? address : slots->lowest;
		highest = address > highest ? address : highest;
	}
	return highest - slots->lowest == (slots->count - 1) * slots->word;
}

/* The stubs of a section are in the order of their slots (not of the relocations: linkers put those
 * of local functions last). A section whose size does not match is ignored. */
static int add_stubs(struct elf_file *f, const char *plt, const struct slots *slots, const struct names *names,
		     struct elf_table *table, struct error *e)
{
	GElf_Shdr s;
	GElf_Ehdr header;
	if (section_named(f, plt, &s) == NULL || gelf_getehdr(f->elf, &header) == NULL)
		return 0;
	/* The first entry of .plt, the resolver's, is larger on 64-bit Arm. */
	uint64_t first = strcmp(plt, ".plt") != 0 ? 0 : header.e_machine == EM_AARCH64 ? 32 : 16, size = 16;
	if (header.e_machine != EM_X86_64 && header.e_machine != EM_386 && header.e_machine != EM_AARCH64)
		return 0;
	if (header.e_machine == EM_AARCH64 && s.sh_size == first + 24 * slots->count)
		size = 24; /* with landing pads or signed pointers */
	if (s.sh_size != first + size * slots->count || code_at(f, s.sh_addr) == NULL)
		return 0;
	for (size_t i = 0; i < slots->count; i++) {
		GElf_Sym sym;
		uint64_t slot, symbol;
		if (!slot_at(slots, i, &slot, &symbol) || symbol == 0 || symbol > INT_MAX)
			continue;
		uint64_t at = s.sh_addr + first + (slot - slots->lowest) / slots->word * size;
		struct elf_symbol stub = {at, at + size, name_of(names, (int)symbol, &sym), STB_GLOBAL, false, true};
		if (stub.name != NULL && !vec_push(&table->symbols, stub))
			return error_memory(e);
	}
	return 0;
}

static int read_plt(struct elf_file *f, struct elf_table *table, struct error *e)
{
	GElf_Shdr s, d;
	struct names names;
	struct slots slots;
	Elf_Scn *section = section_named(f, ".rela.plt", &s);
	if (section == NULL)
		section = section_named(f, ".rel.plt", &s);
	if (section == NULL || (s.sh_type != SHT_RELA && s.sh_type != SHT_REL))
		return 0;
	Elf_Scn *dynamic = elf_getscn(f->elf, s.sh_link);
	if (dynamic == NULL || gelf_getshdr(dynamic, &d) == NULL || d.sh_type != SHT_DYNSYM ||
	    !read_slots(f, section, &s, &slots))
		return 0;
	int rc = read_names(f, dynamic, &names, e);
	if (rc == 0)
		rc = add_stubs(f, ".plt", &slots, &names, table, e);
	if (rc == 0)
		rc = add_stubs(f, ".plt.sec", &slots, &names, table, e);
	return rc == 0 ? table->symbols.count > 0 : rc;
}

int elf_symbols(struct elf_file *f, enum elf_source source, struct elf_table *table, struct error *e)
{
	if (source == ELF_PLT)
		return read_plt(f, table, e);
	Elf_Scn *section = section_of_type(f, source == ELF_SYMTAB ? SHT_SYMTAB : SHT_DYNSYM);
	struct names names;
	if (section == NULL)
		return 0;
	if (read_names(f, section, &names, e) < 0)
		return e->code;
	for (int i = 0; i < names.count; i++) {
		GElf_Sym s;
		struct elf_symbol symbol;
		const char *name = name_of(&names, i, &s);
		if (name != NULL && names_code(f, &s, name, &symbol) && !vec_push(&table->symbols, symbol))
			return error_memory(e);
	}
	return 1;
}

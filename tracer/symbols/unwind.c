/* Unwinds stacks by libunwind, with our own functions for memory and registers. SPDX-License-Identifier: MIT */
#include "tracer/symbols/unwind.h"

#include <elf.h>
#include <errno.h>
#include <libunwind.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tracer/process/memory.h"
#include "tracer/process/proc.h"
#include "tracer/symbols/maps.h"

/* libunwind exports it since 0.99, though no header declares it. perf uses it too, to search .eh_frame_hdr. */
extern int UNW_OBJ(dwarf_search_unwind_table)(unw_addr_space_t, unw_word_t ip, unw_dyn_info_t *, unw_proc_info_t *,
					      int need_unwind_info, void *arg);

enum {
	SEGMENTS = 64,	   /* the most program headers that are read */
	BUDGET = 200000,   /* most reads for one stack: unwind information is a program and may loop */
	NOTES = 4096,	   /* the most bytes of notes that are searched */
	BUILD_ID = 2 * 32, /* hexadecimal digits of the longest build ID */
#if defined(__x86_64__)
	CALL_BYTES = 2, /* the length of the instruction that made the call: syscall, sysenter, int 0x80 */
#else
	CALL_BYTES = 4, /* svc */
#endif
};

/* A module, as described by its memory. */
struct module_info {
	enum { DEVICE_UNKNOWN, DEVICE_FINE, DEVICE_FUSE } device; /* see proc_is_fuse */
	bool looked;
	uint64_t bias;			  /* address in memory = bias + address in the file's terms */
	uint64_t header, table, entries;  /* .eh_frame_hdr and its search table, in memory; entries 0: there is none */
	char build_id[BUILD_ID + 1];
};

struct unwinder {
	unw_addr_space_t space;
	struct maps maps;
	struct memory memory;
	VEC(struct module_info) modules; /* as many as the maps have */
	unsigned budget;
	bool unreadable; /* some memory could not be read */
	bool uninformed; /* there is no unwind information for this frame's code */
	uint64_t registers[UNW_REG_LAST + 1];
	uint64_t stack, function; /* of the frame that is left: the stack pointer, and where its function begins; 0: unknown */
};

/* Whether a module's pages can be read safely: its file is not on a FUSE file system, whose server
 * may be a tracee that waits for us. */
static bool is_safe(struct unwinder *u, size_t module)
{
	struct module_info *infos = u->modules.items;
	const struct module_map *maps = u->maps.modules.items;
	if (infos[module].device != DEVICE_UNKNOWN)
		return infos[module].device == DEVICE_FINE;
	bool fuse = maps[module].inode != 0 && proc_is_fuse(u->memory.pid, maps[module].major, maps[module].minor);
	for (size_t i = 0; i < u->modules.count; i++)
		if (maps[i].major == maps[module].major && maps[i].minor == maps[module].minor)
			infos[i].device = fuse ? DEVICE_FUSE : DEVICE_FINE;
	return !fuse;
}

/* Returns the kind of a mapping. Files that exist in memory only (shmem, hugetlbfs) count as the program's own
 * memory. */
static enum memory_kind kind_of(const struct unwinder *u, const struct map *map)
{
	static const char *const memory[] = {"/memfd:", "/dev/shm/", "/dev/zero", "/dev/hugepages/", "/SYSV", "/anon_hugepage"};
	if (map == NULL || map->module < 0)
		return MEMORY_OF_ITS_OWN;
	const char *path = u->maps.modules.items[map->module].path;
	for (size_t i = 0; i < sizeof(memory) / sizeof(memory[0]); i++)
		if (strncmp(path, memory[i], strlen(memory[i])) == 0)
			return MEMORY_OF_ITS_OWN;
	return map->writable ? MEMORY_FILE : MEMORY_LASTING;
}

static bool read_memory(struct unwinder *u, uint64_t address, void *out, size_t n)
{
	const struct map *map = maps_find(&u->maps, address);
	bool file = map != NULL && map->module >= 0;
	return !(file && !is_safe(u, (size_t)map->module)) && memory_read(&u->memory, address, out, n, kind_of(u, map));
}

/* Reads an encoded pointer of .eh_frame_hdr (Linux Standard Base, "DWARF Exception Header
 * Encoding"), with the sizes and bases that linkers use there. Moves *at past it. */
static bool read_encoded(struct unwinder *u, uint8_t encoding, uint64_t header, uint64_t *at, uint64_t *out)
{
	uint64_t from = *at, value = 0;
	size_t size = (encoding & 7) == 3 ? 4 : (encoding & 7) == 4 ? 8 : (encoding & 7) == 2 ? 2 : 0;
	if (size == 0 || !read_memory(u, from, &value, size))
		return false;
	if ((encoding & 8) != 0 && size < 8)
		value = (uint64_t)((int64_t)(value << (64 - 8 * size)) >> (64 - 8 * size));
	*at = from + size;
	*out = value + ((encoding & 0x70) == 0x10 ? from : (encoding & 0x70) == 0x30 ? header : 0);
	return true;
}

/* Finds the search table: pairs of 32-bit distances from the header, which all linkers write. */
static void read_table(struct unwinder *u, struct module_info *info, uint64_t header)
{
	struct {
		uint8_t version, pointer, count, table;
	} head;
	uint64_t at = header + sizeof(head), frames, count;
	if (read_memory(u, header, &head, sizeof(head)) && head.version == 1 && head.table == 0x3b &&
	    read_encoded(u, head.pointer, header, &at, &frames) && read_encoded(u, head.count, header, &at, &count) &&
	    count < UINT32_MAX / 8) {
		info->header = header;
		info->table = at;
		info->entries = count;
	}
}

static void read_notes(struct unwinder *u, struct module_info *info, uint64_t address, uint64_t size)
{
	for (uint64_t at = 0; size <= NOTES && at + sizeof(Elf64_Nhdr) < size;) {
		Elf64_Nhdr note;
		char name[4];
		unsigned char id[BUILD_ID / 2];
		if (!read_memory(u, address + at, &note, sizeof(note)) || note.n_namesz > size || note.n_descsz > size)
			return;
		uint64_t content = at + sizeof(note) + ((note.n_namesz + 3) & ~(uint64_t)3);
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof(name) && note.n_descsz <= sizeof(id) &&
		    read_memory(u, address + at + sizeof(note), name, sizeof(name)) && memcmp(name, "GNU", 4) == 0 &&
		    read_memory(u, address + content, id, note.n_descsz)) {
			for (size_t i = 0; i < note.n_descsz; i++)
				snprintf(info->build_id + 2 * i, 3, "%02x", id[i]);
			return;
		}
		at = content + ((note.n_descsz + 3) & ~(uint64_t)3);
	}
}

/* Reads the program headers, which lie in the mapping of the file's beginning. */
static void look(struct unwinder *u, const struct module_map *module, struct module_info *info)
{
	Elf64_Ehdr elf;
	Elf64_Phdr segments[SEGMENTS];
	info->looked = true;
	info->bias = module->start;
	if (module->start == 0 || !read_memory(u, module->start, &elf, sizeof(elf)) ||
	    memcmp(elf.e_ident, ELFMAG, SELFMAG) != 0 || elf.e_ident[EI_CLASS] != ELFCLASS64 ||
	    elf.e_phentsize != sizeof(segments[0]))
		return;
	size_t n = elf.e_phnum < SEGMENTS ? elf.e_phnum : SEGMENTS;
	if (!read_memory(u, module->start + elf.e_phoff, segments, n * sizeof(segments[0])))
		return;
	for (size_t i = 0; i < n; i++)
		if (segments[i].p_type == PT_LOAD && segments[i].p_offset < 4096) {
			info->bias = module->start - (segments[i].p_vaddr - segments[i].p_offset);
			break;
		}
	for (size_t i = 0; i < n; i++) {
		if (segments[i].p_type == PT_GNU_EH_FRAME)
			read_table(u, info, info->bias + segments[i].p_vaddr);
		if (segments[i].p_type == PT_NOTE && info->build_id[0] == '\0')
			read_notes(u, info, info->bias + segments[i].p_vaddr, segments[i].p_filesz);
	}
}

/* Returns the module at an address, examined; NULL: there is none. */
static struct module_info *module_at(struct unwinder *u, uint64_t address, const struct module_map **module)
{
	const struct map *map = maps_find(&u->maps, address);
	if (map == NULL || map->module < 0)
		return NULL;
	struct module_info *info = &u->modules.items[map->module];
	*module = &u->maps.modules.items[map->module];
	if (!info->looked)
		look(u, *module, info);
	return info;
}

static int find_proc_info(unw_addr_space_t space, unw_word_t ip, unw_proc_info_t *out, int need_unwind_info, void *arg)
{
	struct unwinder *u = arg;
	const struct module_map *module;
	const struct module_info *info = module_at(u, ip, &module);
	u->uninformed = info == NULL || info->entries == 0;
	if (u->uninformed)
		return -UNW_ENOINFO;
	unw_dyn_info_t di = {0};
	di.format = UNW_INFO_FORMAT_REMOTE_TABLE;
	di.start_ip = module->start;
	di.end_ip = module->end;
	di.u.rti.segbase = info->header;
	di.u.rti.table_data = info->table;
	di.u.rti.table_len = info->entries * 8 / sizeof(unw_word_t);
	int rc = UNW_OBJ(dwarf_search_unwind_table)(space, ip, &di, out, need_unwind_info, arg);
	u->uninformed = rc < 0;
	return rc;
}

static void put_unwind_info(unw_addr_space_t space, unw_proc_info_t *info, void *arg)
{
	(void)space, (void)info, (void)arg;
}

static int no_dynamic_info(unw_addr_space_t space, unw_word_t *address, void *arg)
{
	(void)space, (void)address, (void)arg;
	return -UNW_ENOINFO;
}

/* On aarch64 a return address may be signed (PAC): the signature is in bits 48 to 54, which are 0 in the address
 * (arch/arm64/include/asm/pointer_auth.h, ptrauth_user_pac_mask). Returns the address without it, and other values as
 * they are. */
static uint64_t unsigned_address(const struct unwinder *u, uint64_t value)
{
#if defined(__aarch64__)
	const uint64_t signature = UINT64_C(0x7f) << 48;
	const struct map *map = (value & signature) != 0 ? maps_find(&u->maps, value & ~signature) : NULL;
	if (map != NULL && map->executable)
		return value & ~signature;
#else
	(void)u;
#endif
	return value;
}

static int access_mem(unw_addr_space_t space, unw_word_t address, unw_word_t *value, int write, void *arg)
{
	struct unwinder *u = arg;
	(void)space;
	if (write != 0 || u->budget == 0)
		return -UNW_EINVAL;
	u->budget--;
	if (read_memory(u, address, value, sizeof(*value))) {
		*value = unsigned_address(u, *value);
		return 0;
	}
	u->unreadable = true;
	return -UNW_EINVAL;
}

#if defined(__x86_64__)
/* The beginning of a function: enough for its prologue. */
struct prologue {
	unsigned char code[64];
};

/* Whether a function begins with `push %rbp` and soon has `mov %rsp,%rbp`: its frame then is at 16(%rbp). */
static bool keeps_frame_pointer(struct unwinder *u, uint64_t function, struct prologue *p)
{
	enum { SOON = 32 };
	static const unsigned char endbr64[] = {0xf3, 0x0f, 0x1e, 0xfa}, move[] = {0x48, 0x89, 0xe5};
	if (!read_memory(u, function, p->code, sizeof(p->code)))
		return false;
	size_t begin = memcmp(p->code, endbr64, sizeof(endbr64)) == 0 ? sizeof(endbr64) : 0;
	return p->code[begin] == 0x55 && memmem(p->code + begin, SOON - begin, move, sizeof(move)) != NULL;
}

/* Returns how many bytes a prologue sets aside for the function's variables: `sub $BYTES,%rsp`. 0: it is not told. */
static uint64_t variables_of(const struct prologue *p)
{
	static const unsigned char small[] = {0x48, 0x83, 0xec}, large[] = {0x48, 0x81, 0xec};
	const unsigned char *at = memmem(p->code, sizeof(p->code) - sizeof(int32_t), large, sizeof(large));
	int32_t bytes = 0;
	if (at != NULL)
		memcpy(&bytes, at + sizeof(large), sizeof(bytes));
	else if ((at = memmem(p->code, sizeof(p->code) - 1, small, sizeof(small))) != NULL)
		bytes = (int8_t)at[sizeof(small)];
	return bytes > 0 ? (uint64_t)bytes : 0;
}

/* The address that a jump of the procedure linkage table leads to: [endbr64] [bnd] jmp *DISTANCE(%rip). 0: it is none. */
static uint64_t linked_function(struct unwinder *u, uint64_t at)
{
	unsigned char code[16];
	int32_t distance;
	uint64_t target;
	if (!read_memory(u, at, code, sizeof(code)))
		return 0;
	size_t i = code[0] == 0xf3 ? 4 : 0;
	i += code[i] == 0xf2;
	if (code[i] != 0xff || code[i + 1] != 0x25)
		return 0;
	memcpy(&distance, code + i + 2, sizeof(distance));
	return read_memory(u, at + i + 6 + (uint64_t)(int64_t)distance, &target, sizeof(target)) ? target : 0;
}

/* Reads the bytes before a return address, the last one last. */
static bool read_before(struct unwinder *u, uint64_t return_address, unsigned char *code, size_t n)
{
	const struct map *map = maps_find(&u->maps, return_address - n);
	return map != NULL && map->executable && map->module >= 0 && read_memory(u, return_address - n, code, n);
}

/* Whether the instruction before a return address calls that function, by its name or through the linkage table. */
static bool called(struct unwinder *u, uint64_t return_address, uint64_t function)
{
	unsigned char call[5];
	int32_t distance;
	if (!read_before(u, return_address, call, sizeof(call)) || call[0] != 0xe8)
		return false;
	memcpy(&distance, call + 1, sizeof(distance));
	uint64_t target = return_address + (uint64_t)(int64_t)distance;
	return target == function || linked_function(u, target) == function;
}

/* Whether the instruction before a return address is a call through a register or through memory: 0xff with 2 in the
 * middle of its second byte (Intel SDM, volume 2, CALL). */
static bool called_by_pointer(struct unwinder *u, uint64_t return_address)
{
	enum { LONGEST = 7 };
	unsigned char code[LONGEST];
	if (!read_before(u, return_address, code, sizeof(code)))
		return false;
	for (size_t length = 2; length <= LONGEST; length++) {
		const unsigned char *call = code + LONGEST - length;
		unsigned mode = call[1] >> 6, base = call[1] & 7;
		size_t scaled = mode != 3 && base == 4, nameless = mode == 0 && base == 5;
		size_t distance = mode == 1 ? 1 : mode == 2 || nameless ? 4 : 0;
		if (call[0] == 0xff && (call[1] >> 3 & 7) == 2 && length == 2 + scaled + distance)
			return true;
	}
	return false;
}

/* Finds the frame pointer of a function when it is not among the registers that we have: above the stack pointer, at the first
 * return address behind a call of this function, it points at the word below. A call through a pointer may be a call of any
 * function, so its return address counts only above the function's variables. An old return address that lies in the frame's
 * unused bytes could be taken for it. */
static bool find_frame_pointer(struct unwinder *u, uint64_t *out)
{
	enum { FARTHEST = 64 << 10 };
	struct prologue prologue;
	if (u->function == 0 || u->uninformed || !keeps_frame_pointer(u, u->function, &prologue))
		return false;
	uint64_t variables = variables_of(&prologue);
	for (uint64_t at = (u->stack + 15) & ~(uint64_t)15; at < u->stack + FARTHEST; at += 16) {
		uint64_t return_address;
		if (!read_memory(u, at + 8, &return_address, sizeof(return_address)))
			return false;
		bool above = variables > 0 && at >= u->stack + variables;
		if (return_address > 4096 && (called(u, return_address, u->function) ||
					      (above && called_by_pointer(u, return_address)))) {
			*out = at;
			return true;
		}
	}
	return false;
}
#else
static bool find_frame_pointer(struct unwinder *u, uint64_t *out)
{
	(void)u, (void)out;
	return false;
}
#endif

static int access_reg(unw_addr_space_t space, unw_regnum_t number, unw_word_t *value, int write, void *arg)
{
	struct unwinder *u = arg;
	(void)space;
	if (write != 0 || number < 0 || number > UNW_REG_LAST)
		return -UNW_EBADREG;
	if (u->registers[number] == REGISTER_UNKNOWN && !find_frame_pointer(u, &u->registers[number])) {
		u->unreadable = !u->uninformed;
		*value = 0;
		return u->uninformed ? 0 : -UNW_EBADREG;
	}
	*value = u->registers[number];
	return 0;
}

static int no_fpreg(unw_addr_space_t space, unw_regnum_t number, unw_fpreg_t *value, int write, void *arg)
{
	(void)space, (void)number, (void)value, (void)write, (void)arg;
	return -UNW_EBADREG;
}

static int no_resume(unw_addr_space_t space, unw_cursor_t *cursor, void *arg)
{
	(void)space, (void)cursor, (void)arg;
	return -UNW_EINVAL;
}

/* Reads the general registers; *foreign: the code is 32-bit. */
static bool take_registers(struct unwinder *u, pid_t tid, read_registers *at, bool *foreign)
{
	struct user_regs_struct r;
	if (!at(tid, &r))
		return false;
#if defined(__x86_64__)
	static const unw_regnum_t numbers[] = {UNW_X86_64_RAX, UNW_X86_64_RDX, UNW_X86_64_RCX, UNW_X86_64_RBX, UNW_X86_64_RSI,
					       UNW_X86_64_RDI, UNW_X86_64_RBP, UNW_X86_64_RSP, UNW_X86_64_R8,  UNW_X86_64_R9,
					       UNW_X86_64_R10, UNW_X86_64_R11, UNW_X86_64_R12, UNW_X86_64_R13, UNW_X86_64_R14,
					       UNW_X86_64_R15, UNW_X86_64_RIP};
	const uint64_t values[] = {r.rax, r.rdx, r.rcx, r.rbx, r.rsi, r.rdi, r.rbp, r.rsp, r.r8,
				   r.r9,  r.r10, r.r11, r.r12, r.r13, r.r14, r.r15, r.rip};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		u->registers[numbers[i]] = values[i];
	*foreign = r.cs == 0x23; /* __USER32_CS */
#elif defined(__aarch64__)
	for (int i = 0; i < 31; i++)
		u->registers[UNW_AARCH64_X0 + i] = i == 30 ? unsigned_address(u, r.regs[i]) : r.regs[i];
	u->registers[UNW_AARCH64_SP] = r.sp;
	u->registers[UNW_AARCH64_PC] = r.pc;
	*foreign = false;
#endif
	return true;
}

static void add_frame(struct unwinder *u, uint64_t ip, bool interrupted, struct unwound *frame)
{
	const struct module_map *module;
	const struct module_info *info = module_at(u, interrupted ? ip : ip - 1, &module);
	*frame = (struct unwound){.interrupted = interrupted};
	if (info == NULL)
		return;
	frame->path = module->path;
	frame->build_id = info->build_id[0] != '\0' ? info->build_id : NULL;
	frame->address = ip - info->bias;
}

/* Notes what finding the frame pointer takes, where that is unknown. */
static void note_function(struct unwinder *u, unw_cursor_t *cursor, uint64_t stack)
{
	u->stack = stack;
	u->function = 0;
#if defined(__x86_64__)
	unw_proc_info_t info;
	if (u->registers[UNW_X86_64_RBP] == REGISTER_UNKNOWN && unw_get_proc_info(cursor, &info) == 0)
		u->function = info.start_ip;
#else
	(void)cursor;
#endif
}

/* Walks from frame to frame. */
static int walk(struct unwinder *u, struct unwound *frames, size_t n, size_t *count)
{
	unw_cursor_t cursor;
	int rc = unw_init_remote(&cursor, u->space, u);
	if (rc != 0)
		return UNWIND_UNREADABLE;
	unw_word_t last_ip = 0, last_sp = 0;
	u->uninformed = false;
	for (bool interrupted = true;; interrupted = unw_is_signal_frame(&cursor) > 0) {
		unw_word_t ip, sp;
		if (unw_get_reg(&cursor, UNW_REG_IP, &ip) != 0 || unw_get_reg(&cursor, UNW_REG_SP, &sp) != 0)
			return UNWIND_UNREADABLE;
		if (ip == 0) /* libunwind may have guessed, so the end is uncertain */
			return u->uninformed ? UNWIND_NO_INFO : UNWIND_WHOLE;
		if (ip == last_ip && sp == last_sp)
			return UNWIND_LOOP;
		last_ip = ip, last_sp = sp;
		if (*count == n)
			return UNWIND_LIMIT;
		/* The function may end with the system call, as __restore_rt does; so libunwind gets the call's
		 * own address. */
		add_frame(u, *count == 0 ? ip + CALL_BYTES : ip, interrupted && *count > 0, &frames[*count]);
		frames[(*count)++].interrupted = interrupted;
		note_function(u, &cursor, sp);
		u->unreadable = u->uninformed = false;
		rc = unw_step(&cursor);
		if (rc == 0)
			return u->uninformed ? UNWIND_NO_INFO : UNWIND_WHOLE;
		if (rc < 0)
			return u->unreadable ? UNWIND_UNREADABLE : UNWIND_NO_INFO;
	}
}

int unwind(struct unwinder *u, pid_t tid, read_registers *at, struct unwound *frames, size_t n, size_t *count,
	   struct error *e)
{
	struct error unreadable = {0};
	bool changed, foreign = false;
	*count = 0;
	int rc = maps_read(&u->maps, tid, &changed, &unreadable);
	if (rc == ERR_MEMORY)
		return error_memory(e);
	if (changed) {
		u->modules.count = 0;
		if (!vec_reserve(&u->modules, u->maps.modules.count))
			return error_memory(e);
		u->modules.count = u->maps.modules.count;
		memset(u->modules.items, 0, u->modules.count * sizeof(u->modules.items[0]));
		unw_flush_cache(u->space, 0, 0);
	}
	memory_begin(&u->memory, tid, !changed);
	u->budget = BUDGET;
	if (rc < 0 || !take_registers(u, tid, at, &foreign))
		return UNWIND_UNREADABLE;
	if (foreign) {
		add_frame(u, u->registers[UNW_TDEP_IP], true, &frames[(*count)++]);
		return UNWIND_FOREIGN;
	}
	u->registers[UNW_TDEP_IP] -= CALL_BYTES;
	return walk(u, frames, n, count);
}

struct unwinder *unwinder_new(struct error *e)
{
	/* libunwind 1.7 and 1.8 have more members, which may be NULL. */
	static unw_accessors_t accessors = {
	    .find_proc_info = find_proc_info,
	    .put_unwind_info = put_unwind_info,
	    .get_dyn_info_list_addr = no_dynamic_info,
	    .access_mem = access_mem,
	    .access_reg = access_reg,
	    .access_fpreg = no_fpreg,
	    .resume = no_resume,
	};
	struct unwinder *u = calloc(1, sizeof(*u));
	if (u != NULL)
		u->space = unw_create_addr_space(&accessors, 0);
	if (u == NULL || u->space == NULL) {
		free(u);
		error_memory(e);
		return NULL;
	}
	unw_set_caching_policy(u->space, UNW_CACHE_GLOBAL);
	return u;
}

void unwinder_free(struct unwinder *u)
{
	if (u == NULL)
		return;
	unw_destroy_addr_space(u->space);
	maps_free(&u->maps);
	memory_free(&u->memory);
	vec_free(&u->modules);
	free(u);
}

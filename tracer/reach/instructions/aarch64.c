/* The instructions of aarch64 as the search for system calls sees them. They are decoded here, as all have four bytes and
 * regular fields: Arm Architecture Reference Manual for A-profile, C4.1. Instructions that are newer than this file spoil
 * registers alone. SPDX-License-Identifier: MIT */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "tracer/reach/instructions/insn.h"

enum { NUMBER = 8, FRAME = 29, LINK = 30, SP = 31, ZERO = 31, REGISTERS = 32 };
enum { NOP = 0xd503201fu, BTI_C = 0xd503245fu };

/* Smaller constants are no addresses (vm.mmap_min_addr). */
enum { LOWEST_ADDRESS = 4096 };

/* Nothing is kept from one instruction to the next. */
struct decoder {
	char unused;
};

static struct decoder *arm_open(void)
{
	return calloc(1, sizeof(struct decoder));
}

static void arm_close(struct decoder *d)
{
	free(d);
}

static uint32_t bits(uint32_t word, unsigned low, unsigned count)
{
	return word >> low & ((1u << count) - 1);
}

static int64_t signed_bits(uint32_t word, unsigned low, unsigned count)
{
	uint32_t value = bits(word, low, count), sign = 1u << (count - 1);
	return (int64_t)(value ^ sign) - (int64_t)sign;
}

/* The register in a field where 31 stands for the constant 0. */
static uint8_t general(uint32_t word, unsigned low)
{
	return bits(word, low, 5) == ZERO ? INSN_NONE : (uint8_t)bits(word, low, 5);
}

static uint32_t mask_of(uint8_t reg)
{
	return reg < INSN_REGISTERS ? 1u << reg : 0;
}

static void add_ref(struct insn *i, enum ref kind, uint64_t value)
{
	if (value < LOWEST_ADDRESS)
		return;
	i->refs[i->ref_count].kind = kind;
	i->refs[i->ref_count++].value = value;
}

static void set(struct insn *i, enum effect effect, uint8_t dst, uint8_t src, int64_t imm)
{
	i->effect = (uint8_t)effect;
	i->dst = dst;
	i->src = src;
	i->imm = imm;
}

/* The result of an instruction is not followed, and may hold what its sources held. */
static void unfollowed(struct insn *i, uint8_t dst, uint32_t sources)
{
	i->spoils |= mask_of(dst);
	i->leaks |= sources;
}

/* Branches, exceptions and system instructions. --------------------------------------------------------------- */

static void branch_register(uint32_t w, struct insn *i)
{
	i->target_kind = TARGET_OTHER;
	switch (bits(w, 21, 3)) { /* the fourth bit: the address is authenticated */
	case 0:
		i->flow = FLOW_JUMP;
		break;
	case 1:
		i->flow = FLOW_CALL;
		break;
	case 2:
		i->flow = FLOW_RETURN;
		break;
	default:
		i->flow = FLOW_END; /* eret, drps */
	}
}

static void branch_to(struct insn *i, enum flow_kind flow, int64_t words)
{
	i->flow = (uint8_t)flow;
	i->target_kind = TARGET_DIRECT;
	i->target = i->address + 4 * (uint64_t)words;
}

static void decode_branch(uint32_t w, struct insn *i)
{
	if (bits(w, 26, 5) == 5) /* b, bl */
		branch_to(i, w >> 31 != 0 ? FLOW_CALL : FLOW_JUMP, signed_bits(w, 0, 26));
	else if (bits(w, 25, 6) == 0x1a || (w >> 24) == 0x54) /* cbz, cbnz; b.cond, bc.cond */
		branch_to(i, FLOW_BRANCH, signed_bits(w, 5, 19));
	else if (bits(w, 25, 6) == 0x1b) /* tbz, tbnz */
		branch_to(i, FLOW_BRANCH, signed_bits(w, 5, 14));
	else if (w >> 25 == 0x6b)
		branch_register(w, i);
	else if ((w & 0xffe0001f) == 0xd4000001) /* svc; Linux does not look at its constant */
		i->trap = TRAP_SYSCALL;
	else if (w >> 24 == 0xd4)
		i->flow = FLOW_END; /* brk, hlt, and calls that programs cannot make */
	else if ((w & 0xffe00000) == 0xd5200000) /* mrs, sysl */
		unfollowed(i, general(w, 0), 0);
	else if ((w & 0xfffff0df) == 0xd503209f || (w & 0xffffff1f) == 0xd503211f || w == 0xd50320ff)
		i->spoils |= 1u << 17 | 1u << LINK; /* hints that sign and authenticate addresses; 16 is only read */
	i->padding = w == NOP;
}

/* Constants. -------------------------------------------------------------------------------------------------- */

/* Decodes a constant of and, orr, eor (DecodeBitMasks of the manual). Returns false where there is no such constant. */
static bool bit_mask(uint32_t w, uint64_t *value)
{
	uint32_t n = bits(w, 22, 1), rotate = bits(w, 16, 6), ones = bits(w, 10, 6);
	uint32_t length = n << 6 | (~ones & 63), size = 64;
	while (size > 1 && (length & size) == 0)
		size >>= 1;
	if (size < 2 || (w >> 31 == 0 && n != 0))
		return false;
	ones &= size - 1;
	rotate &= size - 1;
	if (ones == size - 1)
		return false;
	uint64_t element = (UINT64_C(1) << (ones + 1)) - 1, all = size == 64 ? UINT64_MAX : (UINT64_C(1) << size) - 1;
	if (rotate != 0)
		element = (element >> rotate | element << (size - rotate)) & all;
	*value = 0;
	for (unsigned at = 0; at < 64; at += size)
		*value |= element << at;
	if (w >> 31 == 0)
		*value &= UINT32_MAX;
	return true;
}

static void add_constant(uint32_t w, struct insn *i)
{
	bool flags = bits(w, 29, 1) != 0, subtract = bits(w, 30, 1) != 0;
	uint8_t src = (uint8_t)bits(w, 5, 5), dst = flags ? general(w, 0) : (uint8_t)bits(w, 0, 5);
	int64_t imm = (int64_t)bits(w, 10, 12) << (bits(w, 22, 1) != 0 ? 12 : 0);
	i->compares = dst == INSN_NONE;
	if (dst == INSN_NONE)
		return;
	set(i, imm == 0 ? EFFECT_COPY : EFFECT_ADD, dst, src, subtract ? -imm : imm);
}

static void logic_constant(uint32_t w, struct insn *i)
{
	static const uint8_t effects[] = {EFFECT_AND, EFFECT_OR, EFFECT_XOR, EFFECT_AND};
	bool flags = bits(w, 29, 2) == 3;
	uint8_t src = general(w, 5), dst = flags ? general(w, 0) : (uint8_t)bits(w, 0, 5);
	uint64_t value;
	i->compares = dst == INSN_NONE;
	if (dst == INSN_NONE)
		return;
	if (!bit_mask(w, &value))
		unfollowed(i, dst, mask_of(src));
	else if (src == INSN_NONE)
		set(i, EFFECT_SET, dst, INSN_NONE, effects[bits(w, 29, 2)] == EFFECT_AND ? 0 : (int64_t)value);
	else
		set(i, effects[bits(w, 29, 2)], dst, src, (int64_t)value);
}

static void wide_constant(uint32_t w, struct insn *i)
{
	uint8_t dst = general(w, 0);
	uint64_t imm = (uint64_t)bits(w, 5, 16) << 16 * bits(w, 21, 2);
	if (dst == INSN_NONE)
		return;
	if (bits(w, 29, 2) == 3) /* movk: a part of the register */
		unfollowed(i, dst, 0);
	else
		set(i, EFFECT_SET, dst, INSN_NONE, (int64_t)(bits(w, 29, 2) == 0 ? ~imm : imm));
	if (i->effect == EFFECT_SET)
		add_ref(i, REF_IMMEDIATE, (uint64_t)i->imm);
}

/* Shifts by a constant, and extensions. */
static void bit_field(uint32_t w, struct insn *i)
{
	uint8_t dst = general(w, 0), src = general(w, 5);
	uint32_t rotate = bits(w, 16, 6), last = bits(w, 10, 6), size = w >> 31 != 0 ? 64 : 32, kind = bits(w, 29, 2);
	if (dst == INSN_NONE)
		return;
	if (src == INSN_NONE || kind == 1 || kind == 3)
		unfollowed(i, dst, mask_of(src));
	else if (rotate == 0 && last == 31) /* sxtw */
		set(i, EFFECT_COPY, dst, src, 0);
	else if (rotate == 0 && last == 7 && kind == 2) /* uxtb */
		set(i, EFFECT_BYTE, dst, src, 0);
	else if (kind == 2 && rotate != 0 && last + 1 == rotate) /* lsl */
		set(i, EFFECT_SHIFT, dst, src, size - rotate);
	else
		unfollowed(i, dst, mask_of(src));
}

static void decode_constant(uint32_t w, struct insn *i)
{
	int64_t distance = (int64_t)((uint64_t)signed_bits(w, 5, 19) << 2 | bits(w, 29, 2));
	i->width = w >> 31 != 0 ? 8 : 4;
	switch (bits(w, 23, 3)) {
	case 0:
	case 1: /* adr, adrp */
		if (general(w, 0) == INSN_NONE)
			return;
		i->width = 8;
		i->page = w >> 31 != 0;
		set(i, EFFECT_SET, general(w, 0), INSN_NONE,
		    i->page ? (int64_t)((i->address & ~UINT64_C(4095)) + ((uint64_t)distance << 12))
			    : (int64_t)(i->address + (uint64_t)distance));
		if (!i->page)
			add_ref(i, REF_ADDRESS, (uint64_t)i->imm);
		return;
	case 2:
		add_constant(w, i);
		return;
	case 4:
		logic_constant(w, i);
		return;
	case 5:
		wide_constant(w, i);
		return;
	case 6:
		bit_field(w, i);
		return;
	default: /* of tagged addresses; extr */
		unfollowed(i, (uint8_t)bits(w, 0, 5), 1u << bits(w, 5, 5) | mask_of(general(w, 16)));
	}
}

/* Registers. -------------------------------------------------------------------------------------------------- */

/* csel, csinc, csinv, csneg. */
static void select_register(uint32_t w, struct insn *i)
{
	uint8_t dst = general(w, 0), then = general(w, 5), otherwise = general(w, 16);
	bool add = bits(w, 30, 1) == 0 && bits(w, 10, 1) != 0, invert = bits(w, 30, 1) != 0;
	if (dst == INSN_NONE)
		return;
	set(i, EFFECT_SELECT, dst, then, add);
	i->base = otherwise;
	if (invert && otherwise != INSN_NONE) {
		i->leaks |= mask_of(otherwise);
		i->base = INSN_UNKNOWN;
	} else if (invert && bits(w, 10, 1) == 0) { /* csinv: all bits */
		i->imm = w >> 31 != 0 ? -1 : (int64_t)UINT32_MAX;
	}
}

static void logic_registers(uint32_t w, struct insn *i)
{
	uint8_t dst = general(w, 0), first = general(w, 5), second = general(w, 16);
	bool plain = bits(w, 10, 6) == 0 && bits(w, 22, 2) == 0 && bits(w, 21, 1) == 0;
	i->compares = dst == INSN_NONE && bits(w, 29, 2) == 3;
	if (dst == INSN_NONE)
		return;
	if (bits(w, 29, 2) != 1 || !plain || first != INSN_NONE) /* not mov */
		unfollowed(i, dst, mask_of(first) | mask_of(second));
	else if (second == INSN_NONE)
		set(i, EFFECT_SET, dst, INSN_NONE, 0);
	else
		set(i, EFFECT_COPY, dst, second, 0);
}

static void decode_registers(uint32_t w, struct insn *i)
{
	i->width = w >> 31 != 0 ? 8 : 4;
	if (bits(w, 24, 5) == 0x0a) {
		logic_registers(w, i);
	} else if (bits(w, 24, 5) == 0x0b) { /* add, sub */
		bool extended = bits(w, 21, 1) != 0, flags = bits(w, 29, 1) != 0;
		uint8_t dst = extended && !flags ? (uint8_t)bits(w, 0, 5) : general(w, 0);
		uint8_t first = extended ? (uint8_t)bits(w, 5, 5) : general(w, 5);
		i->compares = dst == INSN_NONE && flags;
		if (!i->compares)
			unfollowed(i, dst, mask_of(first) | mask_of(general(w, 16)));
	} else if (bits(w, 21, 8) == 0xd4) {
		select_register(w, i);
	} else if (bits(w, 21, 8) == 0xd2) { /* ccmp, ccmn */
		i->compares = true;
	} else {
		bool three = bits(w, 24, 5) == 0x1b; /* madd and its kin have a further source */
		unfollowed(i, general(w, 0),
			   mask_of(general(w, 5)) | mask_of(general(w, 16)) | (three ? mask_of(general(w, 10)) : 0));
	}
}

/* Memory. ----------------------------------------------------------------------------------------------------- */

static void at_base(uint32_t w, struct insn *i, int64_t imm)
{
	i->base = (uint8_t)bits(w, 5, 5);
	i->imm = imm;
}

/* A write of that many bytes to the address of the operand; src: INSN_NONE is the constant 0. */
static void write_memory(struct insn *i, uint8_t src, uint8_t width)
{
	i->effect = EFFECT_STORE;
	i->src = src;
	i->width = width;
}

/* ldp, stp and their kin. The index has two bits: 1 after, 2 an offset, 3 before; 0 is a hint for caches. */
static void decode_pair(uint32_t w, struct insn *i)
{
	uint32_t index = bits(w, 23, 2), size = bits(w, 30, 2);
	bool vector = bits(w, 26, 1) != 0, load = bits(w, 22, 1) != 0, tag = !vector && size == 1 && !load;
	uint8_t width = (uint8_t)(vector ? 4u << size : tag ? 16u : size == 2 ? 8u : 4u);
	int64_t distance = signed_bits(w, 15, 7) * width;
	at_base(w, i, index == 1 ? 0 : distance);
	i->advance = index == 1 || index == 3 ? distance : 0;
	if (load) {
		i->spoils |= vector ? 0 : mask_of(general(w, 0)) | mask_of(general(w, 10));
		return;
	}
	write_memory(i, INSN_UNKNOWN, (uint8_t)(2 * width));
	if (!vector)
		i->leaks |= mask_of(general(w, 0)) | mask_of(general(w, 10));
}

/* A load or store of one register at base + imm. */
static void decode_one(uint32_t w, struct insn *i, int64_t imm, unsigned size)
{
	bool vector = bits(w, 26, 1) != 0;
	uint32_t op = bits(w, 22, 2);
	uint8_t reg = general(w, 0), width = (uint8_t)(1u << size);
	at_base(w, i, imm);
	if (vector ? (op & 1) == 0 : op == 0) {
		bool followed = !vector && size >= 2;
		write_memory(i, followed ? reg : INSN_UNKNOWN, width);
		i->leaks |= vector || followed ? 0 : mask_of(reg);
	} else if (!vector && !(size == 3 && op == 2) && reg != INSN_NONE) { /* not prfm */
		if (size >= 2) {
			i->effect = EFFECT_LOAD;
			i->dst = reg;
			i->width = width;
		} else {
			i->spoils |= mask_of(reg);
		}
	}
}

/* Atomic instructions, loads with an authenticated address, and register offsets: bits 24 and 25 are 0, bit 21 is 1. */
static void decode_other_one(uint32_t w, struct insn *i)
{
	bool vector = bits(w, 26, 1) != 0;
	uint32_t op = bits(w, 22, 2);
	i->base = (uint8_t)bits(w, 5, 5);
	if (bits(w, 10, 2) == 2) { /* an index */
		bool write = vector ? (op & 1) == 0 : op == 0;
		if (write) {
			i->effect = EFFECT_SPRAY;
			i->src = general(w, 16);
			i->leaks |= vector ? 0 : mask_of(general(w, 0));
		} else {
			i->base = INSN_NONE;
			i->spoils |= vector ? 0 : mask_of(general(w, 0));
		}
	} else if (bits(w, 10, 2) == 0) { /* atomic */
		write_memory(i, INSN_UNKNOWN, 8);
		i->leaks |= mask_of(general(w, 16)) | mask_of(general(w, 0));
		i->spoils |= mask_of(general(w, 0));
	} else { /* ldraa, ldrab */
		i->spoils |= mask_of(general(w, 0)) | (bits(w, 11, 1) != 0 ? 1u << i->base : 0);
	}
}

static void decode_single(uint32_t w, struct insn *i)
{
	unsigned size = bits(w, 30, 2);
	if (bits(w, 26, 1) != 0 && bits(w, 23, 1) != 0)
		size = 4; /* a register of 16 bytes */
	if (bits(w, 24, 1) != 0) {
		decode_one(w, i, (int64_t)bits(w, 10, 12) << size, size);
		return;
	}
	if (bits(w, 21, 1) != 0) {
		decode_other_one(w, i);
		return;
	}
	uint32_t index = bits(w, 10, 2);
	int64_t distance = signed_bits(w, 12, 9);
	decode_one(w, i, index == 1 ? 0 : distance, size);
	i->advance = index == 1 || index == 3 ? distance : 0;
}

static void decode_memory(uint32_t w, struct insn *i)
{
	if (bits(w, 27, 3) == 5) {
		decode_pair(w, i);
	} else if (bits(w, 27, 3) == 7) {
		decode_single(w, i);
	} else if (bits(w, 27, 3) == 3 && bits(w, 24, 1) == 0) { /* ldr of a word beside the code */
		i->spoils |= bits(w, 26, 1) != 0 || w >> 30 == 3 ? 0 : mask_of(general(w, 0));
		add_ref(i, REF_LOAD, i->address + 4 * (uint64_t)signed_bits(w, 5, 19));
	} else {
		/* Vectors in a row; exclusive and ordered ones; copying and setting memory. May write near the base. */
		i->effect = EFFECT_SPRAY;
		i->base = (uint8_t)bits(w, 5, 5);
		i->spoils |= bits(w, 26, 1) != 0 ? 0 : mask_of(general(w, 0)) | mask_of(general(w, 16));
		i->leaks |= bits(w, 26, 1) != 0 ? 0 : mask_of(general(w, 0)) | mask_of(general(w, 10));
		if (bits(w, 26, 1) != 0 ? bits(w, 23, 1) != 0 : bits(w, 24, 1) != 0)
			i->spoils |= mask_of(i->base != SP ? i->base : INSN_NONE); /* the base moves */
	}
}

static bool arm_decode(struct decoder *d, const unsigned char *code, size_t n, uint64_t address, struct insn *i)
{
	uint32_t w;
	(void)d;
	*i = (struct insn){.address = address, .length = 4, .dst = INSN_NONE, .src = INSN_NONE, .base = INSN_NONE};
	if (n < 4 || address % 4 != 0)
		return false;
	memcpy(&w, code, 4);
	switch (bits(w, 25, 4)) {
	case 0: /* udf, and unused */
		i->flow = FLOW_END;
		i->padding = w == 0;
		return w >> 16 == 0;
	case 1:
	case 3:
		return false;
	case 2: /* SVE: some of it writes to general registers and memory */
		i->effect = EFFECT_SPRAY;
		i->base = (uint8_t)bits(w, 5, 5);
		i->spoils = mask_of((uint8_t)bits(w, 0, 5));
		i->leaks = 1u << bits(w, 5, 5) | 1u << bits(w, 16, 5);
		i->leaks &= ~(1u << SP);
		return true;
	case 8:
	case 9:
		decode_constant(w, i);
		return true;
	case 10:
	case 11:
		decode_branch(w, i);
		return true;
	case 5:
	case 13:
		decode_registers(w, i);
		return true;
	case 7:
	case 15: /* vectors; some move or convert to a general register */
		i->spoils = mask_of(general(w, 0));
		return true;
	default:
		decode_memory(w, i);
		return true;
	}
}

/* A stub is `adrp x16, PAGE; ldr x17, [x16, #OFFSET]; add x16, …; br x17`, with `bti c` before it where indirect branches
 * are checked. */
static bool arm_stub(const unsigned char *code, size_t n, uint64_t address, uint64_t *slot)
{
	uint32_t w[3];
	if (n < 12 || address % 4 != 0)
		return false;
	memcpy(w, code, 12);
	unsigned at = w[0] == BTI_C;
	struct insn i;
	if ((w[at] & 0x9f00001f) != 0x90000010 || (w[at + 1] & 0xffc003ff) != 0xf9400211 ||
	    !arm_decode(NULL, code + 4 * at, 4, address + 4 * at, &i))
		return false;
	*slot = (uint64_t)i.imm + 8 * (uint64_t)bits(w[at + 1], 10, 12);
	return true;
}

static bool arm_trap(const unsigned char *code, uint64_t address)
{
	uint32_t w;
	memcpy(&w, code, 4);
	return address % 4 == 0 && (w & 0xffe0001f) == 0xd4000001;
}

static enum relocation arm_relocation(uint32_t type)
{
	switch (type) {
	case R_AARCH64_GLOB_DAT:
	case R_AARCH64_JUMP_SLOT:
		return RELOCATION_SLOT;
	case R_AARCH64_ABS64:
		return RELOCATION_POINTER;
	case R_AARCH64_RELATIVE:
		return RELOCATION_RELATIVE;
	case R_AARCH64_IRELATIVE:
		return RELOCATION_RESOLVER;
	default:
		return RELOCATION_OTHER;
	}
}

/* The registers that a call preserves: Procedure Call Standard for the Arm 64-bit Architecture, 6.1.1. A system call
 * changes x0 alone: the kernel's arch/arm64/kernel/entry.S. */
const struct code_arch code_aarch64 = {
    .arch = ARCH_AARCH64,
    .machine = EM_AARCH64,
    .number = NUMBER,
    .stack = SP,
    .frame = FRAME,
    .frame_above = true,
    .registers = REGISTERS,
    .call_pushes = 0,
    .step = 4,
    .trap_bytes = 4,
    .call_spoils = 0x4007ffff,
    .trap_spoils = 1,
    .multiarch = "lib/aarch64-linux-gnu",
    .platform = "aarch64",
    .cache_flags = 0xa03,
    .folders = "/lib/aarch64-linux-gnu:/usr/lib/aarch64-linux-gnu:/lib64:/usr/lib64:/lib:/usr/lib",
    .relocation = arm_relocation,
    .stub = arm_stub,
    .trap = arm_trap,
    .open = arm_open,
    .decode = arm_decode,
    .close = arm_close,
};

/* An instruction as the search for system calls sees it, and what an architecture must provide for the search.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_REACH_INSN_H
#define PINHOLE_TRACER_REACH_INSN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policies/abi/abi.h"

/* The most general registers. They have the numbers of the architecture's encoding, from 0. */
#define INSN_REGISTERS 32
#define INSN_NONE      255 /* no register */
#define INSN_UNKNOWN   254 /* a source whose value is not followed */

/* Where the processor goes next. */
enum flow_kind {
	FLOW_NEXT,   /* to the next instruction in memory */
	FLOW_CALL,   /* to the target, and after its return to the next instruction */
	FLOW_JUMP,   /* to the target */
	FLOW_BRANCH, /* to the target or to the next instruction */
	FLOW_RETURN, /* back to the caller */
	FLOW_END,    /* nowhere: hlt, ud2 */
};

/* How a call, jump or branch gives its target. */
enum target {
	TARGET_NONE,
	TARGET_DIRECT, /* insn.target is the target's address */
	TARGET_SLOT,   /* the word at insn.target holds the target's address */
	TARGET_OTHER,  /* a register or a computed word holds the target's address */
};

/* How an instruction refers to an address. */
enum ref {
	REF_ADDRESS,   /* computes the address: lea */
	REF_IMMEDIATE, /* has a constant, which may be an address in code that is loaded at a fixed place */
	REF_LOAD,      /* uses the word at the address */
	REF_TABLE,     /* uses a word somewhere after the address: there is an index */
};

/* What an instruction does to a value that could be a system call's number. Other instructions only spoil registers. */
enum effect {
	EFFECT_NONE,
	EFFECT_SET,    /* dst = imm */
	EFFECT_COPY,   /* dst = src */
	EFFECT_BYTE,   /* dst = the low byte of src */
	EFFECT_LOW,    /* the low byte of dst = imm */
	EFFECT_FLAG,   /* the low byte of dst = 0 or 1 */
	EFFECT_MASK,   /* dst = 0 or -1 */
	EFFECT_CHOOSE, /* dst = dst or src */
	EFFECT_SELECT, /* dst = src, or base + imm; if src is INSN_NONE, the constant; if base is INSN_NONE, imm */
	EFFECT_ADD,    /* dst = src + imm */
	EFFECT_SCALE,  /* dst = src * scale + imm */
	EFFECT_AND,    /* dst = src & imm; and so on */
	EFFECT_OR,
	EFFECT_XOR,
	EFFECT_SHIFT, /* dst = src << imm */
	EFFECT_LOAD,  /* dst = the word at base + imm */
	EFFECT_STORE, /* the word at base + imm = src; if src is INSN_NONE, = the constant */
	EFFECT_SPRAY, /* writes words somewhere around base or src */
	EFFECT_PUSH,  /* pushes src; if src is INSN_NONE, the constant; if INSN_UNKNOWN, the word at base + imm, provided that
		       * base is a register */
	EFFECT_POP,   /* pops to dst; if dst is INSN_NONE, to the word at base + imm where base is a register, or to some word of
		       * memory where base is INSN_UNKNOWN */
	EFFECT_SWAP,  /* swaps dst and src */
	EFFECT_LEAVE, /* the stack pointer = src, then EFFECT_POP to src */
};

enum trap { TRAP_NONE, TRAP_SYSCALL, TRAP_INT80, TRAP_SYSENTER };

struct insn {
	uint64_t address, target;
	uint8_t length;
	uint8_t flow, target_kind, trap, effect; /* the enums above */
	bool padding;				 /* does nothing, or is not meant to run: nop, int3 */
	bool compares;				 /* only sets flags from its operands: cmp, test */
	bool page; /* sets dst to the address of a page, to which later instructions add the rest: adrp */
	uint8_t dst, src, base;
	uint8_t width; /* of the effect, in bytes: 4 or 8; of stores any */
	uint8_t ref_count;
	uint8_t scale;
	int64_t imm, constant;
	int64_t advance; /* added to the base after the effect */
	uint32_t spoils; /* bit i: the value of register i is unknown afterwards */
	uint32_t leaks;	 /* bit i: the value of register i may afterwards be in another register or in memory, unnoticed */
	struct {
		uint8_t kind;
		uint64_t value;
	} refs[3];
};

/* What a dynamic relocation writes to its place. */
enum relocation {
	RELOCATION_OTHER,
	RELOCATION_SLOT,     /* the address of a symbol, in the linkage table */
	RELOCATION_POINTER,  /* the address of a symbol plus the addend */
	RELOCATION_RELATIVE, /* the addend, as an address of the module */
	RELOCATION_RESOLVER, /* the result of the function at the addend: STT_GNU_IFUNC */
};

struct decoder;

/* What the search needs of an architecture. */
struct code_arch {
	enum arch arch;
	uint16_t machine;		   /* EM_… of elf(5) */
	uint8_t number;			   /* the register that holds a system call's number */
	uint8_t stack, frame;		   /* the stack pointer; the register in which functions keep a copy of it */
	bool frame_above;		   /* that copy may be of the stack pointer plus a constant */
	uint8_t registers;		   /* how many there are */
	uint8_t call_pushes;		   /* bytes of the return address that a call puts on the stack */
	uint8_t step;			   /* instructions begin at multiples of it */
	uint8_t trap_bytes;		   /* the size of the instruction that calls the kernel */
	uint32_t call_spoils, trap_spoils; /* bit i: register i has another value after a call; after a system call */
	const char *multiarch, *platform;  /* what $LIB stands for in Debian, and $PLATFORM (ld.so(8)) */
	const char *levels;		   /* the beginning of the names in glibc-hwcaps, before the level; NULL: none */
	uint32_t cache_flags;		   /* of libraries for it and glibc in ldconfig's cache */
	const char *folders;		   /* where glibc looks last */

	/* Returns what a relocation of that type (R_… of elf(5)) does. */
	enum relocation (*relocation)(uint32_t type);

	/* Returns whether n bytes of code at an address begin with a stub of the linkage table. If so, *slot is the
	 * address of the word through which it jumps. */
	bool (*stub)(const unsigned char *code, size_t n, uint64_t address, uint64_t *slot);

	/* Returns whether trap_bytes bytes at an address may be an instruction that calls the kernel. */
	bool (*trap)(const unsigned char *code, uint64_t address);

	/* Returns a decoder, which `close` frees. NULL: no memory. */
	struct decoder *(*open)(void);

	/* Decodes the instruction at the beginning of n bytes. Returns false where there is none, or none that the
	 * library knows. */
	bool (*decode)(struct decoder *d, const unsigned char *code, size_t n, uint64_t address, struct insn *insn);

	void (*close)(struct decoder *d); /* d may be NULL */
};

/* Returns the architecture of an ELF machine (EM_…), or NULL: its code cannot be searched. */
const struct code_arch *code_arch_find(uint16_t machine);

extern const struct code_arch code_x86_64, code_aarch64;

#endif

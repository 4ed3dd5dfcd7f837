/* An instruction as the search for system calls sees it, and what each architecture must tell of its own.
 * SPDX-License-Identifier: MIT */
#ifndef PINHOLE_TRACER_REACH_INSN_H
#define PINHOLE_TRACER_REACH_INSN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policies/abi/abi.h"

/* General registers are numbered from 0 as the architecture's encoding does; so many at most. */
#define INSN_REGISTERS 32
#define INSN_NONE      255 /* no register */
#define INSN_UNKNOWN   254 /* a source whose value is not followed */

/* Where the processor goes next. */
enum flow_kind {
	FLOW_NEXT,   /* to what follows */
	FLOW_CALL,   /* to the target, and then to what follows */
	FLOW_JUMP,   /* to the target */
	FLOW_BRANCH, /* to the target, or to what follows */
	FLOW_RETURN, /* back to the caller */
	FLOW_END,    /* nowhere: hlt, ud2 */
};

/* What the target of a call, jump or branch is. */
enum target {
	TARGET_NONE,
	TARGET_DIRECT, /* the address itself */
	TARGET_SLOT,   /* what a word of memory at that address holds */
	TARGET_OTHER,  /* what a register or a computed word holds */
};

/* An address that an instruction has in it, whatever it does with it. */
enum ref {
	REF_ADDRESS,   /* computed: lea */
	REF_IMMEDIATE, /* a constant: it may be one in code that is loaded at a fixed address */
	REF_LOAD,      /* a word at that address is used */
	REF_TABLE,     /* a word somewhere after that address is used: there is an index */
};

/* What an instruction does to a value that could be a system call's number. All others only spoil registers. */
enum effect {
	EFFECT_NONE,
	EFFECT_SET,    /* dst = imm */
	EFFECT_COPY,   /* dst = src */
	EFFECT_BYTE,   /* dst = the low byte of src */
	EFFECT_LOW,    /* the low byte of dst = imm */
	EFFECT_FLAG,   /* the low byte of dst = 0 or 1 */
	EFFECT_MASK,   /* dst = 0 or -1 */
	EFFECT_CHOOSE, /* dst = dst or src */
	EFFECT_ADD,    /* dst = src + imm */
	EFFECT_SCALE,  /* dst = src * scale + imm */
	EFFECT_AND,    /* dst = src & imm; and so on */
	EFFECT_OR,
	EFFECT_XOR,
	EFFECT_SHIFT, /* dst = src << imm */
	EFFECT_LOAD,  /* dst = the word at base + imm */
	EFFECT_STORE, /* the word at base + imm = src, or the constant where src is INSN_NONE */
	EFFECT_SPRAY, /* words somewhere around base or src are written */
	EFFECT_PUSH,  /* src; where it is INSN_NONE the constant; where it is INSN_UNKNOWN the word at base + imm, if
		       * base is a register */
	EFFECT_POP,   /* to dst; where it is INSN_NONE to the word at base + imm, if base is a register; where base is
		       * INSN_UNKNOWN to some word of memory */
	EFFECT_SWAP,  /* dst and src */
	EFFECT_LEAVE, /* the stack pointer = src, then as EFFECT_POP of it */
};

enum trap { TRAP_NONE, TRAP_SYSCALL, TRAP_INT80, TRAP_SYSENTER };

struct insn {
	uint64_t address, target;
	uint8_t length;
	uint8_t flow, target_kind, trap, effect; /* the enums above */
	bool padding;				 /* does nothing, or must not be run: nop, int3 */
	bool compares;				 /* what it uses goes nowhere: cmp, test */
	uint8_t dst, src, base;
	uint8_t width; /* of the effect, in bytes: 4 or 8; of stores any */
	uint8_t ref_count;
	uint8_t scale;
	int64_t imm, constant;
	uint32_t spoils; /* registers that have an unknown value then: bit i for register i */
	uint32_t leaks;	 /* registers whose value may be in another register or in memory then, in a way that is not
			  * followed */
	struct {
		uint8_t kind;
		uint64_t value;
	} refs[3];
};

/* What a dynamic relocation puts where it points. */
enum relocation {
	RELOCATION_OTHER,
	RELOCATION_SLOT,     /* the address of a symbol, in the linkage table */
	RELOCATION_POINTER,  /* the address of a symbol plus the addend */
	RELOCATION_RELATIVE, /* the addend, as an address of the module */
	RELOCATION_RESOLVER, /* what the function at the addend returns: STT_GNU_IFUNC */
};

struct decoder;

/* An architecture. Another one is one more of these. */
struct code_arch {
	enum arch arch;
	uint16_t machine;		   /* EM_… of elf(5) */
	uint8_t number;			   /* the register of the system call's number */
	uint8_t stack, frame;		   /* the stack pointer; the register that a function keeps it in */
	uint8_t registers;		   /* how many there are */
	uint8_t call_pushes;		   /* bytes of the return address that a call puts on the stack */
	uint32_t call_spoils, trap_spoils; /* registers that are another's after a call, and after a system call */

	enum relocation (*relocation)(uint32_t type);

	/* Where a stub of the linkage table (n bytes of code at an address) jumps through a slot: the slot's address.
	 * false: it is no such stub. */
	bool (*stub)(const unsigned char *code, size_t n, uint64_t address, uint64_t *slot);

	struct decoder *(*open)(void); /* NULL: no memory */

	/* Decodes the instruction at the beginning of n bytes. false: there is none, or one that the library does not
	 * know. */
	bool (*decode)(struct decoder *d, const unsigned char *code, size_t n, uint64_t address, struct insn *insn);

	void (*close)(struct decoder *d); /* NULL is fine */
};

/* The architecture of an ELF machine; NULL: it can't be searched. */
const struct code_arch *code_arch_find(uint16_t machine);

extern const struct code_arch code_x86_64;

#endif

/* The instructions of x86_64 as the search for system calls sees them. capstone decodes them; the meanings are from the
 * Intel and AMD manuals. SPDX-License-Identifier: MIT */
#include <capstone/capstone.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "tracer/reach/instructions/insn.h"

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, REGISTERS = 16 };

/* Smaller constants are no addresses, as the kernel maps nothing there (vm.mmap_min_addr). */
enum { LOWEST_ADDRESS = 4096 };

struct decoder {
	csh handle;
	cs_insn *insn;
	struct {
		uint8_t number, bytes; /* of the general register that it is or is a part of, and its size; 0 bytes: it is none */
	} registers[X86_REG_ENDING];
};

static void name_registers(struct decoder *d)
{
	static const struct {
		uint16_t wide, dword, word, byte;
	} names[REGISTERS] = {
	    {X86_REG_RAX, X86_REG_EAX, X86_REG_AX, X86_REG_AL},
	    {X86_REG_RCX, X86_REG_ECX, X86_REG_CX, X86_REG_CL},
	    {X86_REG_RDX, X86_REG_EDX, X86_REG_DX, X86_REG_DL},
	    {X86_REG_RBX, X86_REG_EBX, X86_REG_BX, X86_REG_BL},
	    {X86_REG_RSP, X86_REG_ESP, X86_REG_SP, X86_REG_SPL},
	    {X86_REG_RBP, X86_REG_EBP, X86_REG_BP, X86_REG_BPL},
	    {X86_REG_RSI, X86_REG_ESI, X86_REG_SI, X86_REG_SIL},
	    {X86_REG_RDI, X86_REG_EDI, X86_REG_DI, X86_REG_DIL},
	    {X86_REG_R8, X86_REG_R8D, X86_REG_R8W, X86_REG_R8B},
	    {X86_REG_R9, X86_REG_R9D, X86_REG_R9W, X86_REG_R9B},
	    {X86_REG_R10, X86_REG_R10D, X86_REG_R10W, X86_REG_R10B},
	    {X86_REG_R11, X86_REG_R11D, X86_REG_R11W, X86_REG_R11B},
	    {X86_REG_R12, X86_REG_R12D, X86_REG_R12W, X86_REG_R12B},
	    {X86_REG_R13, X86_REG_R13D, X86_REG_R13W, X86_REG_R13B},
	    {X86_REG_R14, X86_REG_R14D, X86_REG_R14W, X86_REG_R14B},
	    {X86_REG_R15, X86_REG_R15D, X86_REG_R15W, X86_REG_R15B},
	};
	static const uint16_t high[] = {X86_REG_AH, X86_REG_CH, X86_REG_DH, X86_REG_BH};
	for (uint8_t i = 0; i < REGISTERS; i++) {
		const uint16_t each[] = {names[i].byte, names[i].word, names[i].dword, names[i].wide};
		for (uint8_t k = 0; k < 4; k++) {
			d->registers[each[k]].number = i;
			d->registers[each[k]].bytes = (uint8_t)(1 << k);
		}
	}
	for (uint8_t i = 0; i < 4; i++) {
		d->registers[high[i]].number = i;
		d->registers[high[i]].bytes = 2; /* treated as a 16-bit part: its value is not followed */
	}
}

static void x86_close(struct decoder *d)
{
	if (d == NULL)
		return;
	if (d->insn != NULL)
		cs_free(d->insn, 1);
	if (d->handle != 0)
		cs_close(&d->handle);
	free(d);
}

static struct decoder *x86_open(void)
{
	struct decoder *d = calloc(1, sizeof(*d));
	if (d == NULL)
		return NULL;
	if (cs_open(CS_ARCH_X86, CS_MODE_64, &d->handle) != CS_ERR_OK) {
		free(d);
		return NULL;
	}
	if (cs_option(d->handle, CS_OPT_DETAIL, CS_OPT_ON) != CS_ERR_OK || (d->insn = cs_malloc(d->handle)) == NULL) {
		x86_close(d);
		return NULL;
	}
	name_registers(d);
	return d;
}

/* Returns the general register that an operand is, if the operand has at least so many bytes of it; else INSN_NONE. */
static uint8_t reg_of(const struct decoder *d, const cs_x86_op *op, unsigned bytes)
{
	if (op->type != X86_OP_REG || op->reg >= X86_REG_ENDING || d->registers[op->reg].bytes < bytes)
		return INSN_NONE;
	return d->registers[op->reg].number;
}

static void spoil(struct insn *i, uint8_t reg)
{
	if (reg != INSN_NONE)
		i->spoils |= 1u << reg;
}

static bool only_reads(unsigned id)
{
	return id == X86_INS_CMP || id == X86_INS_TEST || id == X86_INS_PUSH || id == X86_INS_BT || id == X86_INS_NOP ||
	       id == X86_INS_CALL || id == X86_INS_JMP;
}

/* Finds the registers that are written; too many do no harm. capstone does not always say of an operand that it is
 * written: the first one counts as written, except in the instructions above. */
static void find_spoils(const struct decoder *d, const cs_insn *c, struct insn *i)
{
	const cs_detail *detail = c->detail;
	for (uint8_t k = 0; k < detail->x86.op_count; k++)
		if ((k == 0 && !only_reads(c->id)) || c->id == X86_INS_XCHG || c->id == X86_INS_XADD ||
		    (detail->x86.operands[k].access & CS_AC_WRITE) != 0)
			spoil(i, reg_of(d, &detail->x86.operands[k], 1));
	for (uint8_t k = 0; k < detail->regs_write_count; k++) {
		uint16_t reg = detail->regs_write[k];
		if (reg < X86_REG_ENDING && d->registers[reg].bytes > 0 && d->registers[reg].number != RSP)
			spoil(i, d->registers[reg].number);
	}
}

/* Whether an operand is a word at a known address. */
static bool absolute(const cs_insn *c, const cs_x86_op *op, uint64_t *address)
{
	if (op->type != X86_OP_MEM || op->mem.index != X86_REG_INVALID || op->mem.segment == X86_REG_FS ||
	    op->mem.segment == X86_REG_GS)
		return false;
	*address = (uint64_t)op->mem.disp;
	if (op->mem.base == X86_REG_RIP)
		*address += c->address + c->size;
	return op->mem.base == X86_REG_RIP || op->mem.base == X86_REG_INVALID;
}

static void add_ref(struct insn *i, enum ref kind, uint64_t value)
{
	if (value < LOWEST_ADDRESS || i->ref_count == sizeof(i->refs) / sizeof(i->refs[0]))
		return;
	i->refs[i->ref_count].kind = kind;
	i->refs[i->ref_count++].value = value;
}

static void find_refs(const cs_insn *c, struct insn *i)
{
	for (uint8_t k = 0; k < c->detail->x86.op_count; k++) {
		const cs_x86_op *op = &c->detail->x86.operands[k];
		uint64_t address;
		if (op->type == X86_OP_IMM)
			add_ref(i, REF_IMMEDIATE, (uint64_t)op->imm);
		else if (absolute(c, op, &address))
			add_ref(i, c->id == X86_INS_LEA ? REF_ADDRESS : REF_LOAD, address);
		else if (op->type == X86_OP_MEM && op->mem.index != X86_REG_INVALID)
			add_ref(i, REF_TABLE, (uint64_t)op->mem.disp);
	}
}

/* Takes the base register and the distance of an operand in memory. Returns false where it has another form. */
static bool based(const struct decoder *d, const cs_x86_op *op, struct insn *i)
{
	if (op->type != X86_OP_MEM || op->mem.base == X86_REG_INVALID || op->mem.base >= X86_REG_ENDING ||
	    op->mem.index != X86_REG_INVALID || op->mem.segment == X86_REG_FS || op->mem.segment == X86_REG_GS ||
	    d->registers[op->mem.base].bytes != 8)
		return false;
	i->base = d->registers[op->mem.base].number;
	i->imm = op->mem.disp;
	return true;
}

static uint8_t wide(const struct decoder *d, x86_reg reg)
{
	return reg < X86_REG_ENDING && d->registers[reg].bytes == 8 ? d->registers[reg].number : INSN_NONE;
}

/* Returns how many bytes an instruction may write from its operand's address on; 0: more than the operand has, or bytes
 * before it. */
static uint8_t store_width(const cs_insn *c)
{
	switch (c->id) {
	case X86_INS_STOSB: /* may be repeated */
	case X86_INS_STOSW:
	case X86_INS_STOSD:
	case X86_INS_STOSQ:
	case X86_INS_MOVSB:
	case X86_INS_MOVSW:
	case X86_INS_MOVSD:
	case X86_INS_MOVSQ:
	case X86_INS_BTS: /* the bit may be outside the operand */
	case X86_INS_BTR:
	case X86_INS_BTC:
		return 0;
	default:
		return c->detail->x86.operands[0].size;
	}
}

/* Finds what an instruction writes to memory: the value where it is followed, else only that memory is written. */
static void find_store(const struct decoder *d, const cs_insn *c, struct insn *i)
{
	const cs_x86 *x = &c->detail->x86;
	const x86_op_mem *to = &x->operands[0].mem;
	uint64_t address;
	if (only_reads(c->id) || absolute(c, &x->operands[0], &address) || to->segment == X86_REG_FS ||
	    to->segment == X86_REG_GS)
		return; /* not on the stack */
	i->width = store_width(c);
	if (!based(d, &x->operands[0], i) || i->width == 0) {
		i->effect = EFFECT_SPRAY;
		i->base = wide(d, to->base);
		i->src = wide(d, to->index);
		return;
	}
	i->effect = EFFECT_STORE;
	i->src = INSN_UNKNOWN;
	if (c->id != X86_INS_MOV || x->op_count != 2)
		return;
	if (x->operands[1].type == X86_OP_IMM) {
		i->src = INSN_NONE;
		i->constant = x->operands[1].imm;
	} else if (reg_of(d, &x->operands[1], 4) != INSN_NONE) {
		i->src = reg_of(d, &x->operands[1], 4);
	}
}

static void set(struct insn *i, enum effect effect, uint8_t src, int64_t imm)
{
	i->effect = (uint8_t)effect;
	i->src = src;
	i->imm = imm;
}

static void find_move(const struct decoder *d, const cs_x86_op *from, struct insn *i)
{
	if (from->type == X86_OP_IMM)
		set(i, EFFECT_SET, INSN_NONE, from->imm);
	else if (reg_of(d, from, 4) != INSN_NONE)
		set(i, EFFECT_COPY, reg_of(d, from, 4), 0);
	else if (from->size >= 4 && based(d, from, i)) {
		i->effect = EFFECT_LOAD;
		i->width = from->size;
	}
}

static void find_lea(const struct decoder *d, const cs_insn *c, const cs_x86_op *from, struct insn *i)
{
	uint64_t address;
	if (absolute(c, from, &address)) {
		set(i, EFFECT_SET, INSN_NONE, (int64_t)address);
		return;
	}
	if (based(d, from, i)) {
		set(i, EFFECT_ADD, i->base, from->mem.disp);
		return;
	}
	x86_reg index = from->mem.index, base = from->mem.base;
	if (index == X86_REG_INVALID || index >= X86_REG_ENDING || d->registers[index].bytes < 4 ||
	    (base != X86_REG_INVALID && base != index))
		return;
	set(i, EFFECT_SCALE, d->registers[index].number, from->mem.disp);
	i->scale = (uint8_t)(from->mem.scale + (base == index));
}

/* Finds the effect of arithmetic of a register with a constant, or with itself. */
static void find_arithmetic(const struct decoder *d, const cs_insn *c, struct insn *i)
{
	const cs_x86 *x = &c->detail->x86;
	bool constant = x->op_count == 2 && x->operands[1].type == X86_OP_IMM;
	bool self = x->op_count == 2 && reg_of(d, &x->operands[1], 4) == i->dst && x->operands[1].size == i->width;
	int64_t imm = constant ? x->operands[1].imm : 0;
	if (c->id == X86_INS_INC || c->id == X86_INS_DEC)
		set(i, EFFECT_ADD, i->dst, c->id == X86_INS_INC ? 1 : -1);
	else if (self && (c->id == X86_INS_XOR || c->id == X86_INS_SUB))
		set(i, EFFECT_SET, INSN_NONE, 0);
	else if (self && c->id == X86_INS_SBB)
		i->effect = EFFECT_MASK;
	else if (constant && ((c->id == X86_INS_OR && imm == -1) || (c->id == X86_INS_AND && imm == 0)))
		set(i, EFFECT_SET, INSN_NONE, imm);
	else if (constant && (c->id == X86_INS_ADD || c->id == X86_INS_SUB))
		set(i, EFFECT_ADD, i->dst, c->id == X86_INS_ADD ? imm : (int64_t)(0 - (uint64_t)imm));
	else if (constant && (c->id == X86_INS_AND || c->id == X86_INS_OR || c->id == X86_INS_XOR))
		set(i, c->id == X86_INS_AND ? EFFECT_AND : c->id == X86_INS_OR ? EFFECT_OR : EFFECT_XOR, i->dst, imm);
	else if (constant && c->id == X86_INS_SHL)
		set(i, EFFECT_SHIFT, i->dst, imm);
}

/* Whether a push or pop moves 16 bits, or a segment register: compilers make neither. */
static bool moves_halves(const cs_insn *c)
{
	const cs_x86 *x = &c->detail->x86;
	return c->id == X86_INS_PUSHF || c->id == X86_INS_POPF || x->prefix[2] == 0x66 ||
	       (x->op_count > 0 && x->operands[0].size == 2);
}

static void find_stack(const struct decoder *d, const cs_insn *c, struct insn *i)
{
	const cs_x86 *x = &c->detail->x86;
	const cs_x86_op *op = x->op_count > 0 ? &x->operands[0] : NULL;
	bool memory = op != NULL && op->type == X86_OP_MEM;
	i->width = 8;
	if (c->id == X86_INS_LEAVE) {
		set(i, EFFECT_LEAVE, RBP, 0);
		i->dst = RBP;
		return;
	}
	if (moves_halves(c) || c->id == X86_INS_ENTER) {
		i->effect = EFFECT_SPRAY;
		i->base = RSP;
		i->spoils |= 1u << RSP | (c->id == X86_INS_ENTER ? 1u << RBP : 0);
		return;
	}
	i->effect = c->id == X86_INS_POP || c->id == X86_INS_POPFQ ? EFFECT_POP : EFFECT_PUSH;
	if (memory && !based(d, op, i))
		i->base = INSN_UNKNOWN;
	if (i->effect == EFFECT_POP) {
		i->dst = op != NULL ? reg_of(d, op, 8) : INSN_NONE;
	} else if (op != NULL && op->type == X86_OP_IMM) {
		i->constant = op->imm;
	} else {
		i->src = op != NULL ? reg_of(d, op, 8) : INSN_NONE;
		if (i->src == INSN_NONE)
			i->src = INSN_UNKNOWN;
	}
}

/* Finds the effect of a write to the low byte of a register. Returns false where the instruction is no such write. */
static bool find_byte(const struct decoder *d, const cs_insn *c, struct insn *i)
{
	const cs_x86 *x = &c->detail->x86;
	if (reg_of(d, &x->operands[0], 1) == INSN_NONE || d->registers[x->operands[0].reg].bytes != 1)
		return false;
	i->dst = reg_of(d, &x->operands[0], 1);
	if (c->id >= X86_INS_SETAE && c->id <= X86_INS_SETS)
		i->effect = EFFECT_FLAG;
	else if (c->id == X86_INS_MOV && x->op_count == 2 && x->operands[1].type == X86_OP_IMM)
		set(i, EFFECT_LOW, i->dst, x->operands[1].imm & 255);
	return true;
}

/* Finds the effect of a write of four or eight bytes to a register. */
static void find_register(const struct decoder *d, const cs_insn *c, struct insn *i)
{
	const cs_x86_op *from = &c->detail->x86.operands[1];
	bool pair = c->detail->x86.op_count == 2;
	uint8_t src = pair ? reg_of(d, from, 4) : INSN_NONE;
	if (pair && (c->id == X86_INS_MOV || c->id == X86_INS_MOVABS || c->id == X86_INS_MOVSXD)) {
		find_move(d, from, i);
	} else if (pair && c->id == X86_INS_MOVZX) {
		if (reg_of(d, from, 1) != INSN_NONE && d->registers[from->reg].bytes == 1)
			set(i, EFFECT_BYTE, reg_of(d, from, 1), 0);
	} else if (pair && c->id == X86_INS_LEA) {
		find_lea(d, c, from, i);
	} else if (pair && c->id == X86_INS_XCHG) {
		if (src != INSN_NONE)
			set(i, EFFECT_SWAP, src, 0);
	} else if (c->id >= X86_INS_CMOVA &&
		   c->id <= X86_INS_CMOVS) { /* not those of floating point: they have no general register */
		if (src != INSN_NONE)
			set(i, EFFECT_CHOOSE, src, 0);
	} else {
		find_arithmetic(d, c, i);
	}
}

static void find_effect(const struct decoder *d, const cs_insn *c, struct insn *i)
{
	const cs_x86 *x = &c->detail->x86;
	switch (c->id) {
	case X86_INS_PUSH:
	case X86_INS_POP:
	case X86_INS_LEAVE:
	case X86_INS_ENTER:
	case X86_INS_PUSHF:
	case X86_INS_PUSHFQ:
	case X86_INS_POPF:
	case X86_INS_POPFQ:
		find_stack(d, c, i);
		return;
	case X86_INS_CDQE:
		i->dst = RAX;
		i->width = 8;
		set(i, EFFECT_COPY, RAX, 0);
		return;
	}
	if (x->op_count == 0 || only_reads(c->id))
		return;
	if (x->operands[0].type == X86_OP_MEM) {
		find_store(d, c, i);
		return;
	}
	if (find_byte(d, c, i))
		return;
	i->dst = reg_of(d, &x->operands[0], 4);
	if (i->dst == INSN_NONE)
		return;
	i->width = x->operands[0].size;
	find_register(d, c, i);
}

/* Finds the registers whose values an instruction may pass on in a way that is not followed (insn.leaks). The registers
 * in an operand's address are not among them, unless the instruction makes an address (lea). */
static void find_leaks(const struct decoder *d, const cs_insn *c, struct insn *i)
{
	const cs_x86 *x = &c->detail->x86;
	bool followed = i->effect != EFFECT_NONE && i->effect != EFFECT_SPRAY &&
			(i->effect != EFFECT_STORE || i->src != INSN_UNKNOWN);
	for (uint8_t k = 0; k < x->op_count && !followed && c->id != X86_INS_CMP && c->id != X86_INS_TEST; k++) {
		const cs_x86_op *op = &x->operands[k];
		const uint8_t used[] = {
		    reg_of(d, op, 8),
		    c->id == X86_INS_LEA && op->type == X86_OP_MEM ? wide(d, op->mem.base) : INSN_NONE,
		    c->id == X86_INS_LEA && op->type == X86_OP_MEM ? wide(d, op->mem.index) : INSN_NONE};
		for (unsigned n = 0; n < 3; n++)
			if (used[n] != INSN_NONE)
				i->leaks |= 1u << used[n];
	}
}

static void find_target(const cs_insn *c, struct insn *i)
{
	const cs_x86_op *op = &c->detail->x86.operands[0];
	i->target_kind = TARGET_OTHER;
	if (c->detail->x86.op_count > 0 && op->type == X86_OP_IMM) {
		i->target_kind = TARGET_DIRECT;
		i->target = (uint64_t)op->imm;
	} else if (c->detail->x86.op_count > 0 && absolute(c, op, &i->target)) {
		i->target_kind = TARGET_SLOT;
	}
}

static bool jumps(const cs_insn *c)
{
	for (uint8_t k = 0; k < c->detail->groups_count; k++)
		if (c->detail->groups[k] == CS_GRP_JUMP)
			return true;
	return false;
}

/* Finds where the processor goes next. Returns false where that is the next instruction. */
static bool find_flow(const cs_insn *c, struct insn *i)
{
	switch (c->id) {
	case X86_INS_CALL:
	case X86_INS_LCALL:
		i->flow = FLOW_CALL;
		break;
	case X86_INS_JMP:
	case X86_INS_LJMP:
		i->flow = FLOW_JUMP;
		break;
	case X86_INS_RET:
	case X86_INS_RETF:
	case X86_INS_RETFQ:
	case X86_INS_IRET:
	case X86_INS_IRETD:
	case X86_INS_IRETQ:
		i->flow = FLOW_RETURN;
		return true;
	case X86_INS_HLT:
	case X86_INS_UD2:
	case X86_INS_INT3:
		i->flow = FLOW_END;
		i->padding = c->id == X86_INS_INT3;
		return true;
	case X86_INS_LOOP:
	case X86_INS_LOOPE:
	case X86_INS_LOOPNE:
	case X86_INS_XBEGIN:
		i->flow = FLOW_BRANCH;
		i->spoils = 1u << (c->id == X86_INS_XBEGIN ? RAX : RCX);
		break;
	default:
		if (!jumps(c))
			return false;
		i->flow = FLOW_BRANCH;
	}
	find_target(c, i);
	if (i->target_kind == TARGET_OTHER)
		find_refs(c, i);
	return true;
}

static bool x86_decode(struct decoder *d, const unsigned char *code, size_t n, uint64_t address, struct insn *i)
{
	*i = (struct insn){.address = address, .dst = INSN_NONE, .src = INSN_NONE, .base = INSN_NONE};
	if (!cs_disasm_iter(d->handle, &code, &n, &address, d->insn))
		return false;
	const cs_insn *c = d->insn;
	i->length = (uint8_t)c->size;
	if (c->id == X86_INS_NOP || c->id == X86_INS_FNOP) {
		i->padding = true;
		return true;
	}
	if (find_flow(c, i))
		return true;
	if (c->id == X86_INS_SYSCALL)
		i->trap = TRAP_SYSCALL;
	else if (c->id == X86_INS_SYSENTER)
		i->trap = TRAP_SYSENTER;
	else if (c->id == X86_INS_INT && c->detail->x86.op_count == 1 && c->detail->x86.operands[0].imm == 0x80)
		i->trap = TRAP_INT80;
	if (i->trap != TRAP_NONE)
		return true;
	i->compares = c->id == X86_INS_CMP || c->id == X86_INS_TEST;
	find_refs(c, i);
	find_spoils(d, c, i);
	find_effect(d, c, i);
	find_leaks(d, c, i);
	return true;
}

/* A stub begins with `jmp *slot(%rip)`, with endbr64 before it where indirect branches are tracked, and with the bnd
 * prefix that linkers once added. */
static bool x86_stub(const unsigned char *code, size_t n, uint64_t address, uint64_t *slot)
{
	size_t at = n >= 4 && memcmp(code, "\xf3\x0f\x1e\xfa", 4) == 0 ? 4 : 0;
	at += at < n && code[at] == 0xf2;
	if (n < at + 6 || code[at] != 0xff || code[at + 1] != 0x25)
		return false;
	int32_t distance;
	memcpy(&distance, code + at + 2, sizeof(distance));
	*slot = address + at + 6 + (uint64_t)(int64_t)distance;
	return true;
}

static bool x86_trap(const unsigned char *code, uint64_t address)
{
	(void)address;
	return code[0] == 0x0f && code[1] == 0x05;
}

static enum relocation x86_relocation(uint32_t type)
{
	switch (type) {
	case R_X86_64_GLOB_DAT:
	case R_X86_64_JUMP_SLOT:
		return RELOCATION_SLOT;
	case R_X86_64_64:
		return RELOCATION_POINTER;
	case R_X86_64_RELATIVE:
	case R_X86_64_RELATIVE64:
		return RELOCATION_RELATIVE;
	case R_X86_64_IRELATIVE:
		return RELOCATION_RESOLVER;
	default:
		return RELOCATION_OTHER;
	}
}

/* The registers that a call preserves: System V ABI, AMD64 supplement, 3.2.1. Those that a system call changes: the
 * kernel's arch/x86/entry/entry_64.S. */
const struct code_arch code_x86_64 = {
    .arch = ARCH_X86_64,
    .machine = EM_X86_64,
    .number = RAX,
    .stack = RSP,
    .frame = RBP,
    .registers = REGISTERS,
    .call_pushes = 8,
    .step = 1,
    .trap_bytes = 2,
    .call_spoils =
	1u << RAX | 1u << RCX | 1u << RDX | 1u << RSI | 1u << RDI | 1u << R8 | 1u << R9 | 1u << R10 | 1u << R11,
    .trap_spoils = 1u << RAX | 1u << RCX | 1u << R11,
    .multiarch = "lib/x86_64-linux-gnu",
    .platform = "x86_64",
    .levels = "x86-64-v",
    .cache_flags = 0x303,
    .folders = "/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu:/lib64:/usr/lib64:/lib:/usr/lib",
    .relocation = x86_relocation,
    .stub = x86_stub,
    .trap = x86_trap,
    .open = x86_open,
    .decode = x86_decode,
    .close = x86_close,
};

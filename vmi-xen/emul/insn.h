/* SPDX-License-Identifier: GPL-2.0-only */
/* A decoded instruction, and what the emulator's files share. */
#ifndef VMI_EMUL_INSN_H
#define VMI_EMUL_INSN_H

#include "emul/emul.h"
#include "x86-defs.h"

#define NO_SEG 0xff

struct insn {
	uint8_t op;    /* last opcode byte */
	bool two_byte; /* after 0F */
	uint8_t size;  /* operand: 1, 2, 4 */
	bool addr16;
	uint8_t seg; /* override, NO_SEG */
	uint8_t rep; /* 0, F2 or F3 */
	uint8_t mod, reg, rm;
	bool is_mem;
	bool base_esp;	 /* the address has ESP in it */
	uint32_t offset; /* of the memory operand, without segment */
	uint8_t mem_seg;
	uint32_t imm;
	uint32_t imm2; /* selector of a far pointer */
	uint32_t len;
};

/* How a handler ends. */
enum step {
	STEP_NEXT,  /* EIP goes behind the instruction */
	STEP_STAY,  /* EIP is set, or the instruction repeats */
	STEP_FAULT, /* e->fault is set */
	STEP_UNKNOWN,
};

typedef enum step (*insn_fn)(struct emul *e, struct insn *i);

/* Kinds of operands, for the decoder; kinds of instructions. */
#define D_MODRM	 0x001
#define D_IMM8	 0x002 /* sign-extended */
#define D_IMM	 0x004 /* of the operand's size */
#define D_BYTE	 0x008 /* operand size 1 */
#define D_MOFFS	 0x010
#define D_FAR	 0x020
#define D_GROUP3 0x040 /* immediate only with /0 and /1 */
#define D_IMM8U	 0x080
#define D_IMM16	 0x800	/* RET n */
#define D_GROUP5 0x1000 /* /3 and /5 trap outside ring 0 */
#define D_STRING 0x100	/* goes on where it stopped */
#define D_SYSTEM 0x200	/* traps outside ring 0 */
#define D_RING0	 0x400	/* and is #GP for user code */

struct opcode {
	insn_fn fn;
	uint16_t flags;
};

extern const struct opcode emul_one_byte[256], emul_two_byte[256];

/* decode.c */
bool insn_decode(struct emul *e, struct insn *i, const struct opcode **op);

/* operand.c: false or STEP_FAULT: e->fault is set */
uint32_t size_mask(unsigned int size);
uint32_t reg_read(const struct emul *e, unsigned int reg, unsigned int size);
void reg_write(struct emul *e, unsigned int reg, unsigned int size,
	       uint32_t value);
uint32_t mem_linear(struct emul *e, const struct insn *i);
bool rm_read(struct emul *e, const struct insn *i, unsigned int size,
	     uint32_t *value);
bool rm_write(struct emul *e, const struct insn *i, unsigned int size,
	      uint32_t value);
bool push(struct emul *e, unsigned int size, uint32_t value);
bool pop(struct emul *e, unsigned int size, uint32_t *value);
/** Add to ESP, or to SP alone when that is the stack pointer. */
void stack_move(struct emul *e, uint32_t by);
enum step gp(struct emul *e);
/** STEP_NEXT or, when not @ok, the fault that e->fault names. */
enum step done(bool ok);
/** Linear addresses of a string instruction's operands. */
uint32_t string_src(struct emul *e, const struct insn *i);
uint32_t string_dst(struct emul *e, const struct insn *i);

/* alu.c */
#define DECLARE(name) enum step name(struct emul *e, struct insn *i)
DECLARE(op_alu_rm_reg);
DECLARE(op_alu_reg_rm);
DECLARE(op_alu_acc_imm);
DECLARE(op_group1);
DECLARE(op_test_rm_reg);
DECLARE(op_test_acc_imm);
DECLARE(op_group3);
DECLARE(op_inc_dec);
DECLARE(op_shift_imm);
DECLARE(op_shift_one);
DECLARE(op_shift_cl);
DECLARE(op_bit_reg);
DECLARE(op_bit_imm);
DECLARE(op_cmpxchg);
DECLARE(op_cmpxchg8b);
DECLARE(op_xadd);
DECLARE(op_setcc);
DECLARE(op_cmov);
/* move.c */
DECLARE(op_mov_rm_reg);
DECLARE(op_mov_reg_rm);
DECLARE(op_mov_acc_moffs);
DECLARE(op_mov_moffs_acc);
DECLARE(op_mov_rm_imm);
DECLARE(op_movx);
DECLARE(op_xchg);
DECLARE(op_push_rm);
DECLARE(op_pop_rm);
DECLARE(op_mov_sreg);
DECLARE(op_pop_sreg);
DECLARE(op_load_far);
DECLARE(op_string);
/* system.c */
DECLARE(op_in_imm);
DECLARE(op_out_imm);
DECLARE(op_in_dx);
DECLARE(op_out_dx);
DECLARE(op_ins_outs);
DECLARE(op_cli_sti);
DECLARE(op_hlt);
DECLARE(op_iret);
DECLARE(op_jmp_far);
DECLARE(op_nothing);
DECLARE(op_call_far);
DECLARE(op_ret_far);
DECLARE(op_group6);
DECLARE(op_group7);
DECLARE(op_clts);
DECLARE(op_mov_cr_dr);
DECLARE(op_rdmsr);
DECLARE(op_wrmsr);
DECLARE(op_gp);
DECLARE(op_group5);
#undef DECLARE

void string_advance(struct emul *e, const struct insn *i, unsigned int reg);
/** Once, or with REP as often as ECX says; STEP_STAY: not all yet. */
enum step string_repeat(struct emul *e, struct insn *i,
			bool (*step)(struct emul *e, struct insn *i));
/** Flags of @a - @b. */
void compare(struct emul *e, uint32_t a, uint32_t b, unsigned int size);

/** Does condition code @cc (low nibble of Jcc) hold? */
bool condition(uint32_t eflags, unsigned int cc);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* The opcode tables, and one instruction from decoding to its end. */
#include "emul/insn.h"

#define RM   D_MODRM
#define BYTE D_BYTE
#define SYS  D_SYSTEM
#define PRIV (D_SYSTEM | D_RING0)

/* The eight forms of an arithmetic instruction. */
#define ALU(base)                                                              \
	[base] = { op_alu_rm_reg, RM | BYTE },                                 \
	[(base) + 1] = { op_alu_rm_reg, RM },                                  \
	[(base) + 2] = { op_alu_reg_rm, RM | BYTE },                           \
	[(base) + 3] = { op_alu_reg_rm, RM },                                  \
	[(base) + 4] = { op_alu_acc_imm, D_IMM | BYTE },                       \
	[(base) + 5] = { op_alu_acc_imm, D_IMM }

const struct opcode emul_one_byte[256] = {
	ALU(0x00), /* ADD */
	ALU(0x08), /* OR */
	ALU(0x10), /* ADC */
	ALU(0x18), /* SBB */
	ALU(0x20), /* AND */
	ALU(0x28), /* SUB */
	ALU(0x30), /* XOR */
	ALU(0x38), /* CMP */
	[0x07] = { op_pop_sreg, SYS },
	[0x17] = { op_pop_sreg, SYS },
	[0x1f] = { op_pop_sreg, SYS },
	[0x6c] = { op_ins_outs, BYTE | SYS | D_STRING },
	[0x6d] = { op_ins_outs, SYS | D_STRING },
	[0x6e] = { op_ins_outs, BYTE | SYS | D_STRING },
	[0x6f] = { op_ins_outs, SYS | D_STRING },
	[0x80] = { op_group1, RM | BYTE | D_IMM8 },
	[0x81] = { op_group1, RM | D_IMM },
	[0x83] = { op_group1, RM | D_IMM8 },
	[0x84] = { op_test_rm_reg, RM | BYTE },
	[0x85] = { op_test_rm_reg, RM },
	[0x86] = { op_xchg, RM | BYTE },
	[0x87] = { op_xchg, RM },
	[0x88] = { op_mov_rm_reg, RM | BYTE },
	[0x89] = { op_mov_rm_reg, RM },
	[0x8a] = { op_mov_reg_rm, RM | BYTE },
	[0x8b] = { op_mov_reg_rm, RM },
	[0x8e] = { op_mov_sreg, RM | SYS },
	[0x8f] = { op_pop_rm, RM },
	[0x9a] = { op_call_far, D_FAR | SYS },
	[0xa0] = { op_mov_acc_moffs, D_MOFFS | BYTE },
	[0xa1] = { op_mov_acc_moffs, D_MOFFS },
	[0xa2] = { op_mov_moffs_acc, D_MOFFS | BYTE },
	[0xa3] = { op_mov_moffs_acc, D_MOFFS },
	[0xa4] = { op_string, BYTE | D_STRING },
	[0xa5] = { op_string, D_STRING },
	[0xa6] = { op_string, BYTE | D_STRING },
	[0xa7] = { op_string, D_STRING },
	[0xa8] = { op_test_acc_imm, D_IMM | BYTE },
	[0xa9] = { op_test_acc_imm, D_IMM },
	[0xaa] = { op_string, BYTE | D_STRING },
	[0xab] = { op_string, D_STRING },
	[0xac] = { op_string, BYTE | D_STRING },
	[0xad] = { op_string, D_STRING },
	[0xae] = { op_string, BYTE | D_STRING },
	[0xaf] = { op_string, D_STRING },
	[0xc0] = { op_shift_imm, RM | BYTE | D_IMM8U },
	[0xc1] = { op_shift_imm, RM | D_IMM8U },
	[0xc4] = { op_load_far, RM | SYS },
	[0xc5] = { op_load_far, RM | SYS },
	[0xc6] = { op_mov_rm_imm, RM | BYTE | D_IMM },
	[0xc7] = { op_mov_rm_imm, RM | D_IMM },
	[0xca] = { op_ret_far, D_IMM16 | SYS },
	[0xcb] = { op_ret_far, SYS },
	[0xcf] = { op_iret, SYS },
	[0xd0] = { op_shift_one, RM | BYTE },
	[0xd1] = { op_shift_one, RM },
	[0xd2] = { op_shift_cl, RM | BYTE },
	[0xd3] = { op_shift_cl, RM },
	[0xe4] = { op_in_imm, BYTE | D_IMM8U | SYS },
	[0xe5] = { op_in_imm, D_IMM8U | SYS },
	[0xe6] = { op_out_imm, BYTE | D_IMM8U | SYS },
	[0xe7] = { op_out_imm, D_IMM8U | SYS },
	[0xea] = { op_jmp_far, D_FAR | SYS },
	[0xec] = { op_in_dx, BYTE | SYS },
	[0xed] = { op_in_dx, SYS },
	[0xee] = { op_out_dx, BYTE | SYS },
	[0xef] = { op_out_dx, SYS },
	[0xf4] = { op_hlt, PRIV },
	[0xf6] = { op_group3, RM | BYTE | D_IMM | D_GROUP3 },
	[0xf7] = { op_group3, RM | D_IMM | D_GROUP3 },
	[0xfa] = { op_cli_sti, SYS },
	[0xfb] = { op_cli_sti, SYS },
	[0xfe] = { op_inc_dec, RM | BYTE },
	[0xff] = { op_group5, RM | D_GROUP5 },
};

#define CC2(base, fn, flags)                                                   \
	[base] = { fn, flags }, [(base) + 1] = { fn, flags }
#define CC(base, fn, flags)                                                    \
	CC2(base, fn, flags), CC2((base) + 2, fn, flags),                      \
		CC2((base) + 4, fn, flags), CC2((base) + 6, fn, flags),        \
		CC2((base) + 8, fn, flags), CC2((base) + 10, fn, flags),       \
		CC2((base) + 12, fn, flags), CC2((base) + 14, fn, flags)

const struct opcode emul_two_byte[256] = {
	[0x00] = { op_group6, RM | PRIV },
	[0x01] = { op_group7, RM | PRIV },
	[0x06] = { op_clts, PRIV },
	[0x08] = { op_nothing, PRIV },
	[0x09] = { op_nothing, PRIV },
	[0x20] = { op_mov_cr_dr, RM | PRIV },
	[0x21] = { op_mov_cr_dr, RM | PRIV },
	[0x22] = { op_mov_cr_dr, RM | PRIV },
	[0x23] = { op_mov_cr_dr, RM | PRIV },
	[0x30] = { op_wrmsr, PRIV },
	[0x32] = { op_rdmsr, PRIV },
	[0x33] = { op_gp, PRIV }, /* RDPMC */
	CC(0x40, op_cmov, RM),
	CC(0x90, op_setcc, RM | BYTE),
	[0xa1] = { op_pop_sreg, SYS },
	[0xa3] = { op_bit_reg, RM },
	[0xa9] = { op_pop_sreg, SYS },
	[0xab] = { op_bit_reg, RM },
	[0xb0] = { op_cmpxchg, RM | BYTE },
	[0xb1] = { op_cmpxchg, RM },
	[0xb2] = { op_load_far, RM | SYS },
	[0xb3] = { op_bit_reg, RM },
	[0xb4] = { op_load_far, RM | SYS },
	[0xb5] = { op_load_far, RM | SYS },
	[0xb6] = { op_movx, RM },
	[0xb7] = { op_movx, RM },
	[0xba] = { op_bit_imm, RM | D_IMM8U },
	[0xbb] = { op_bit_reg, RM },
	[0xbe] = { op_movx, RM },
	[0xbf] = { op_movx, RM },
	[0xc0] = { op_xadd, RM | BYTE },
	[0xc1] = { op_xadd, RM },
	[0xc7] = { op_cmpxchg8b, RM },
};

static enum step step(struct emul *e, const struct opcode *op, struct insn *i)
{
	uint16_t flags = op->flags;

	if ((flags & D_GROUP5) && (i->reg == 3 || i->reg == 5))
		flags |= D_SYSTEM;
	if (flags & D_SYSTEM) {
		if ((flags & D_RING0) && !e->ops->is_kernel(e))
			return gp(e);
	} else if (e->only_system) {
		return STEP_FAULT;
	}
	return op->fn(e, i);
}

/* MOV SS and POP SS keep debug traps off until the next instruction has run. */
static bool loads_ss(const struct insn *i)
{
	return !i->two_byte &&
	       (i->op == 0x17 || (i->op == 0x8e && i->reg == S_SS));
}

/* TF counts as it was before the instruction (SDM volume 3B, 17.3.1.4). */
static enum emul_result finished(const struct emul_regs *before,
				 const struct insn *i)
{
	return (before->eflags & X86_EFLAGS_TF) && !loads_ss(i) ? EMUL_STEPPED
								: EMUL_DONE;
}

enum emul_result emul_one(struct emul *e)
{
	struct emul_regs before = e->regs;
	const struct opcode *op;
	struct insn i;

	if (!insn_decode(e, &i, &op))
		return EMUL_UNKNOWN;
	switch (step(e, op, &i)) {
	case STEP_NEXT:
		e->regs.eip += i.len;
		e->regs.eflags &= ~(uint32_t)X86_EFLAGS_RF;
		return finished(&before, &i);
	case STEP_STAY:
		return finished(&before, &i);
	case STEP_FAULT:
		if (!(op->flags & D_STRING))
			e->regs = before;
		return EMUL_FAULT;
	default:
		e->regs = before;
		return EMUL_UNKNOWN;
	}
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Moves, stack and string instructions. */
#include "emul/insn.h"

/*
 * So many steps of a repeated instruction, then interrupts get a chance; with
 * TF set each step is one to trap after.
 */
#define STRING_STEPS 4096
#define TRACED_STEPS 1

enum step op_mov_rm_reg(struct emul *e, struct insn *i)
{
	return done(rm_write(e, i, i->size, reg_read(e, i->reg, i->size)));
}

enum step op_mov_reg_rm(struct emul *e, struct insn *i)
{
	uint32_t v;

	if (!rm_read(e, i, i->size, &v))
		return STEP_FAULT;
	reg_write(e, i->reg, i->size, v);
	return STEP_NEXT;
}

enum step op_mov_acc_moffs(struct emul *e, struct insn *i)
{
	uint32_t v;

	if (!rm_read(e, i, i->size, &v))
		return STEP_FAULT;
	reg_write(e, R_EAX, i->size, v);
	return STEP_NEXT;
}

enum step op_mov_moffs_acc(struct emul *e, struct insn *i)
{
	return done(rm_write(e, i, i->size, reg_read(e, R_EAX, i->size)));
}

enum step op_mov_rm_imm(struct emul *e, struct insn *i)
{
	if (i->reg != 0)
		return STEP_UNKNOWN;
	return done(rm_write(e, i, i->size, i->imm & size_mask(i->size)));
}

/* MOVZX B6, B7 and MOVSX BE, BF. */
enum step op_movx(struct emul *e, struct insn *i)
{
	unsigned int from = i->op & 1 ? 2 : 1;
	uint32_t v;

	if (!rm_read(e, i, from, &v))
		return STEP_FAULT;
	if (i->op & 8)
		v = from == 1 ? (uint32_t)(int8_t)v : (uint32_t)(int16_t)v;
	reg_write(e, i->reg, i->size, v);
	return STEP_NEXT;
}

enum step op_xchg(struct emul *e, struct insn *i)
{
	uint32_t v, r = reg_read(e, i->reg, i->size);

	if (!rm_read(e, i, i->size, &v) || !rm_write(e, i, i->size, r))
		return STEP_FAULT;
	reg_write(e, i->reg, i->size, v);
	return STEP_NEXT;
}

enum step op_push_rm(struct emul *e, struct insn *i)
{
	uint32_t v;

	return done(rm_read(e, i, i->size, &v) && push(e, i->size, v));
}

/* The address is that after the pop (SDM volume 2, POP). */
enum step op_pop_rm(struct emul *e, struct insn *i)
{
	uint32_t v, before = e->regs.gpr[R_ESP];

	if (i->reg != 0)
		return STEP_UNKNOWN;
	if (!pop(e, i->size, &v))
		return STEP_FAULT;
	if (i->is_mem && i->base_esp)
		i->offset += e->regs.gpr[R_ESP] - before;
	return done(rm_write(e, i, i->size, v));
}

/* --- Segment registers ----------------------------------------------------*/
static enum step load_seg(struct emul *e, unsigned int seg, uint32_t selector)
{
	if (seg == S_CS || seg >= NR_SEG)
		return STEP_UNKNOWN;
	gp(e);
	return done(e->ops->load_seg(e, seg, (uint16_t)selector));
}

enum step op_mov_sreg(struct emul *e, struct insn *i)
{
	uint32_t v;

	return rm_read(e, i, 2, &v) ? load_seg(e, i->reg, v) : STEP_FAULT;
}

/* 07 ES, 17 SS, 1F DS, 0F A1 FS, 0F A9 GS */
enum step op_pop_sreg(struct emul *e, struct insn *i)
{
	unsigned int seg = i->op >> 3 & 7;
	uint32_t v;

	if (i->two_byte)
		seg = i->op == 0xa1 ? S_FS : S_GS;
	return pop(e, i->size, &v) ? load_seg(e, seg, v) : STEP_FAULT;
}

/* C4 LES, C5 LDS, 0F B2 LSS, B4 LFS, B5 LGS */
enum step op_load_far(struct emul *e, struct insn *i)
{
	static const uint8_t seg_of[8] = { [2] = S_SS, [4] = S_FS, [5] = S_GS };
	unsigned int seg = seg_of[i->op & 7];
	uint32_t offset, selector = 0, at = mem_linear(e, i);
	enum step s;

	if (!i->is_mem)
		return STEP_UNKNOWN;
	if (!i->two_byte)
		seg = i->op == 0xc4 ? S_ES : S_DS;
	if (!rm_read(e, i, i->size, &offset) ||
	    !e->ops->read(e, at + i->size, &selector, 2))
		return STEP_FAULT;
	s = load_seg(e, seg, selector);
	if (s == STEP_NEXT)
		reg_write(e, i->reg, i->size, offset);
	return s;
}

/* --- Strings --------------------------------------------------------------*/
void string_advance(struct emul *e, const struct insn *i, unsigned int reg)
{
	uint32_t by = e->regs.eflags & X86_EFLAGS_DF ? 0u - i->size : i->size;

	reg_write(e, reg, i->addr16 ? 2 : 4, e->regs.gpr[reg] + by);
}

/* One step: true, or a fault and nothing has changed. */
static bool string_step(struct emul *e, struct insn *i)
{
	uint32_t a = reg_read(e, R_EAX, i->size), b = 0;
	uint8_t what = i->op & 0xfe;
	bool from = what == 0xa4 || what == 0xa6 || what == 0xac;
	bool to = what != 0xac;
	bool to_is_read = what == 0xa6 || what == 0xae;

	if (from && !e->ops->read(e, string_src(e, i), &a, i->size))
		return false;
	a &= size_mask(i->size);
	if (to_is_read) {
		if (!e->ops->read(e, string_dst(e, i), &b, i->size))
			return false;
		compare(e, a, b, i->size);
	} else if (!to) {
		reg_write(e, R_EAX, i->size, a);
	} else if (!e->ops->write(e, string_dst(e, i), &a, i->size)) {
		return false;
	}
	if (from)
		string_advance(e, i, R_ESI);
	if (to)
		string_advance(e, i, R_EDI);
	return true;
}

/* A6, A7 (CMPS), AE, AF (SCAS) also end by the zero flag. */
static bool ends(const struct emul *e, const struct insn *i)
{
	bool zero = e->regs.eflags & X86_EFLAGS_ZF;

	if ((i->op & 0xf6) != 0xa6)
		return false;
	return i->rep == 0xf3 ? !zero : zero;
}

enum step string_repeat(struct emul *e, struct insn *i,
			bool (*step)(struct emul *e, struct insn *i))
{
	unsigned int width = i->addr16 ? 2 : 4;
	unsigned int most =
		e->regs.eflags & X86_EFLAGS_TF ? TRACED_STEPS : STRING_STEPS;

	if (!i->rep)
		return done(step(e, i));
	for (unsigned int n = 0; n < most; n++) {
		uint32_t left = reg_read(e, R_ECX, width);

		if (!left)
			return STEP_NEXT;
		if (!step(e, i))
			return STEP_FAULT;
		reg_write(e, R_ECX, width, left - 1);
		if (left == 1 || ends(e, i))
			return STEP_NEXT;
	}
	return STEP_STAY;
}

enum step op_string(struct emul *e, struct insn *i)
{
	return string_repeat(e, i, string_step);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What traps outside ring 0: ports, the interrupt flag, far transfers,
 * descriptor-table, control, debug and model-specific registers.
 *
 * emul_one() has refused D_RING0 to user code already.
 */
#include "emul/insn.h"

/* --- Ports ----------------------------------------------------------------*/
static enum step in(struct emul *e, struct insn *i, uint16_t port)
{
	if (!e->ops->may_io(e, port, i->size))
		return gp(e);
	reg_write(e, R_EAX, i->size, e->ops->in(e, port, i->size));
	return STEP_NEXT;
}

static enum step out(struct emul *e, struct insn *i, uint16_t port)
{
	if (!e->ops->may_io(e, port, i->size))
		return gp(e);
	e->ops->out(e, port, i->size, reg_read(e, R_EAX, i->size));
	return STEP_NEXT;
}

enum step op_in_imm(struct emul *e, struct insn *i)
{
	return in(e, i, (uint16_t)i->imm);
}

enum step op_out_imm(struct emul *e, struct insn *i)
{
	return out(e, i, (uint16_t)i->imm);
}

enum step op_in_dx(struct emul *e, struct insn *i)
{
	return in(e, i, (uint16_t)e->regs.gpr[R_EDX]);
}

enum step op_out_dx(struct emul *e, struct insn *i)
{
	return out(e, i, (uint16_t)e->regs.gpr[R_EDX]);
}

/* What a device gives is gone: see first that it can be stored. */
static bool ins_step(struct emul *e, struct insn *i)
{
	uint32_t va = string_dst(e, i), v = 0;
	bool readable = e->ops->read(e, va, &v, i->size);

	/* The fault is that of writing, where it cannot be read either. */
	if (!e->ops->write(e, va, &v, i->size) || !readable)
		return false;
	v = e->ops->in(e, (uint16_t)e->regs.gpr[R_EDX], i->size);
	if (!e->ops->write(e, va, &v, i->size))
		return false;
	string_advance(e, i, R_EDI);
	return true;
}

static bool outs_step(struct emul *e, struct insn *i)
{
	uint32_t v = 0;

	if (!e->ops->read(e, string_src(e, i), &v, i->size))
		return false;
	e->ops->out(e, (uint16_t)e->regs.gpr[R_EDX], i->size, v);
	string_advance(e, i, R_ESI);
	return true;
}

enum step op_ins_outs(struct emul *e, struct insn *i)
{
	if (!e->ops->may_io(e, (uint16_t)e->regs.gpr[R_EDX], i->size))
		return gp(e);
	return string_repeat(e, i, i->op & 2 ? outs_step : ins_step);
}

/* --- Interrupt flag -------------------------------------------------------*/
enum step op_cli_sti(struct emul *e, struct insn *i)
{
	gp(e);
	return done(e->ops->set_if(e, i->op & 1));
}

enum step op_hlt(struct emul *e, struct insn *i)
{
	(void)i;
	e->ops->hlt(e);
	return STEP_NEXT;
}

/* --- Far transfers --------------------------------------------------------*/
static enum step jump(struct emul *e, uint32_t selector, uint32_t eip)
{
	gp(e);
	if (!e->ops->jump(e, (uint16_t)selector, eip))
		return STEP_FAULT;
	e->regs.eflags &= ~(uint32_t)X86_EFLAGS_RF;
	return STEP_STAY;
}

enum step op_iret(struct emul *e, struct insn *i)
{
	uint32_t eip, cs, eflags;

	if (i->size != 4)
		return STEP_UNKNOWN;
	if (!pop(e, i->size, &eip) || !pop(e, i->size, &cs) ||
	    !pop(e, i->size, &eflags))
		return STEP_FAULT;
	gp(e);
	return e->ops->iret(e, eip, cs, eflags) ? STEP_STAY : STEP_FAULT;
}

enum step op_jmp_far(struct emul *e, struct insn *i)
{
	return jump(e, i->imm2, i->imm);
}

enum step op_call_far(struct emul *e, struct insn *i)
{
	uint32_t back = e->regs.eip + i->len;

	if (!push(e, i->size, e->regs.seg[S_CS]) || !push(e, i->size, back))
		return STEP_FAULT;
	return jump(e, i->imm2, i->imm);
}

/* CA with, CB without bytes to drop. */
enum step op_ret_far(struct emul *e, struct insn *i)
{
	uint32_t eip, selector;
	enum step s;

	if (!pop(e, i->size, &eip) || !pop(e, i->size, &selector))
		return STEP_FAULT;
	s = jump(e, selector, eip);
	if (s == STEP_STAY)
		stack_move(e, i->imm & 0xffff);
	return s;
}

/* FF: INC, DEC, PUSH r/m; /3 and /5 far through memory. */
enum step op_group5(struct emul *e, struct insn *i)
{
	uint32_t eip, selector = 0;

	if (i->reg == 6)
		return op_push_rm(e, i);
	if (i->reg < 2)
		return op_inc_dec(e, i);
	if ((i->reg != 3 && i->reg != 5) || !i->is_mem)
		return STEP_UNKNOWN;
	if (!rm_read(e, i, i->size, &eip) ||
	    !e->ops->read(e, mem_linear(e, i) + i->size, &selector, 2))
		return STEP_FAULT;
	i->imm = eip;
	i->imm2 = selector;
	return i->reg == 3 ? op_call_far(e, i) : op_jmp_far(e, i);
}

/* --- System registers -----------------------------------------------------*/
/* 0F 00 /2 LLDT, /3 LTR */
enum step op_group6(struct emul *e, struct insn *i)
{
	uint32_t v;

	if (i->reg != 2 && i->reg != 3)
		return STEP_UNKNOWN;
	if (!rm_read(e, i, 2, &v))
		return STEP_FAULT;
	gp(e);
	return done(i->reg == 2 ? e->ops->load_ldt(e, (uint16_t)v)
				: e->ops->load_tr(e, (uint16_t)v));
}

/* LMSW can set PE and cannot clear it. */
static enum step lmsw(struct emul *e, struct insn *i)
{
	const uint32_t msw = X86_CR0_PE | X86_CR0_MP | X86_CR0_EM | X86_CR0_TS;
	uint32_t v, cr0;

	if (!rm_read(e, i, 2, &v))
		return STEP_FAULT;
	gp(e);
	return done(e->ops->cr_read(e, 0, &cr0) &&
		    e->ops->cr_write(e, 0,
				     (cr0 & ~(msw & ~X86_CR0_PE)) | (v & msw)));
}

static enum step load_table(struct emul *e, struct insn *i)
{
	uint32_t at = mem_linear(e, i), base;
	uint16_t limit;

	if (!e->ops->read(e, at, &limit, 2) ||
	    !e->ops->read(e, at + 2, &base, 4))
		return STEP_FAULT;
	if (i->size == 2)
		base &= 0xffffff; /* SDM: the high byte is not used */
	gp(e);
	return done(i->reg == 2 ? e->ops->load_gdt(e, base, limit)
				: e->ops->load_idt(e, base, limit));
}

/* 0F 01 /2 LGDT, /3 LIDT, /6 LMSW, /7 INVLPG */
enum step op_group7(struct emul *e, struct insn *i)
{
	if (i->reg == 6)
		return lmsw(e, i);
	if (!i->is_mem)
		return STEP_UNKNOWN;
	if (i->reg == 2 || i->reg == 3)
		return load_table(e, i);
	if (i->reg != 7)
		return STEP_UNKNOWN;
	e->ops->invlpg(e, mem_linear(e, i));
	return STEP_NEXT;
}

enum step op_clts(struct emul *e, struct insn *i)
{
	(void)i;
	e->ops->clts(e);
	return STEP_NEXT;
}

/* INVD, WBINVD: memory is coherent. */
enum step op_nothing(struct emul *e, struct insn *i)
{
	(void)e;
	(void)i;
	return STEP_NEXT;
}

/* 0F 20 to 23: MOV of CRs and DRs takes both fields as registers. */
enum step op_mov_cr_dr(struct emul *e, struct insn *i)
{
	uint32_t *r = &e->regs.gpr[i->rm];

	gp(e);
	switch (i->op & 3) {
	case 0:
		return done(e->ops->cr_read(e, i->reg, r));
	case 1:
		return done(e->ops->dr_read(e, i->reg, r));
	case 2:
		return done(e->ops->cr_write(e, i->reg, *r));
	default:
		return done(e->ops->dr_write(e, i->reg, *r));
	}
}

enum step op_rdmsr(struct emul *e, struct insn *i)
{
	uint64_t v;

	(void)i;
	gp(e);
	if (!e->ops->msr_read(e, e->regs.gpr[R_ECX], &v))
		return STEP_FAULT;
	e->regs.gpr[R_EAX] = (uint32_t)v;
	e->regs.gpr[R_EDX] = (uint32_t)(v >> 32);
	return STEP_NEXT;
}

enum step op_wrmsr(struct emul *e, struct insn *i)
{
	uint64_t v = (uint64_t)e->regs.gpr[R_EDX] << 32 | e->regs.gpr[R_EAX];

	(void)i;
	gp(e);
	return done(e->ops->msr_write(e, e->regs.gpr[R_ECX], v));
}

/* RDPMC, XSETBV and the like: no such thing on this processor. */
enum step op_gp(struct emul *e, struct insn *i)
{
	(void)i;
	return gp(e);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Arithmetic, logic, shifts, bits: those that may have a memory operand. */
#include "emul/insn.h"

#define CF X86_EFLAGS_CF
#define PF X86_EFLAGS_PF
#define AF X86_EFLAGS_AF
#define ZF X86_EFLAGS_ZF
#define SF X86_EFLAGS_SF
#define OF X86_EFLAGS_OF

enum {
	ADD,
	OR,
	ADC,
	SBB,
	AND,
	SUB,
	XOR,
	CMP
};

static void set_flags(struct emul *e, uint32_t mask, uint32_t flags)
{
	e->regs.eflags = (e->regs.eflags & ~mask) | (flags & mask);
}

static uint32_t sign_bit(unsigned int size)
{
	return 1u << (8 * size - 1);
}

/* SF, ZF, PF of a result. */
static uint32_t szp(uint32_t r, unsigned int size)
{
	uint32_t f = 0;

	r &= size_mask(size);
	if (r & sign_bit(size))
		f |= SF;
	if (!r)
		f |= ZF;
	if (!(__builtin_popcount(r & 0xff) & 1))
		f |= PF;
	return f;
}

static uint32_t add(struct emul *e, uint32_t a, uint32_t b, uint32_t carry,
		    unsigned int size)
{
	uint64_t wide = (uint64_t)a + b + carry;
	uint32_t r = (uint32_t)wide & size_mask(size), f = szp(r, size);

	if (wide >> 8 * size)
		f |= CF;
	if ((a ^ b ^ r) & 0x10)
		f |= AF;
	if ((a ^ r) & (b ^ r) & sign_bit(size))
		f |= OF;
	set_flags(e, X86_EFLAGS_ARITH, f);
	return r;
}

static uint32_t sub(struct emul *e, uint32_t a, uint32_t b, uint32_t borrow,
		    unsigned int size)
{
	uint32_t r = (a - b - borrow) & size_mask(size), f = szp(r, size);

	if ((uint64_t)a < (uint64_t)b + borrow)
		f |= CF;
	if ((a ^ b ^ r) & 0x10)
		f |= AF;
	if ((a ^ b) & (a ^ r) & sign_bit(size))
		f |= OF;
	set_flags(e, X86_EFLAGS_ARITH, f);
	return r;
}

void compare(struct emul *e, uint32_t a, uint32_t b, unsigned int size)
{
	sub(e, a, b, 0, size);
}

static uint32_t logic(struct emul *e, uint32_t r, unsigned int size)
{
	set_flags(e, X86_EFLAGS_ARITH, szp(r, size));
	return r;
}

static uint32_t alu(struct emul *e, unsigned int what, uint32_t a, uint32_t b,
		    unsigned int size)
{
	uint32_t carry = e->regs.eflags & CF ? 1 : 0;

	switch (what) {
	case ADD:
		return add(e, a, b, 0, size);
	case OR:
		return logic(e, a | b, size);
	case ADC:
		return add(e, a, b, carry, size);
	case SBB:
		return sub(e, a, b, carry, size);
	case AND:
		return logic(e, a & b, size);
	case XOR:
		return logic(e, a ^ b, size);
	default:
		return sub(e, a, b, 0, size);
	}
}

static enum step result(struct emul *e, struct insn *i, uint32_t r)
{
	return done(rm_write(e, i, i->size, r));
}

static enum step alu_rm(struct emul *e, struct insn *i, unsigned int what,
			uint32_t b)
{
	uint32_t a, r;

	if (!rm_read(e, i, i->size, &a))
		return STEP_FAULT;
	r = alu(e, what, a, b & size_mask(i->size), i->size);
	return what == CMP ? STEP_NEXT : result(e, i, r);
}

enum step op_alu_rm_reg(struct emul *e, struct insn *i)
{
	return alu_rm(e, i, i->op >> 3 & 7, reg_read(e, i->reg, i->size));
}

enum step op_alu_reg_rm(struct emul *e, struct insn *i)
{
	uint32_t b, r;

	if (!rm_read(e, i, i->size, &b))
		return STEP_FAULT;
	r = alu(e, i->op >> 3 & 7, reg_read(e, i->reg, i->size), b, i->size);
	if ((i->op >> 3 & 7) != CMP)
		reg_write(e, i->reg, i->size, r);
	return STEP_NEXT;
}

enum step op_alu_acc_imm(struct emul *e, struct insn *i)
{
	uint32_t r = alu(e, i->op >> 3 & 7, reg_read(e, R_EAX, i->size),
			 i->imm & size_mask(i->size), i->size);

	if ((i->op >> 3 & 7) != CMP)
		reg_write(e, R_EAX, i->size, r);
	return STEP_NEXT;
}

enum step op_group1(struct emul *e, struct insn *i)
{
	return alu_rm(e, i, i->reg, i->imm);
}

enum step op_test_rm_reg(struct emul *e, struct insn *i)
{
	uint32_t a;

	if (!rm_read(e, i, i->size, &a))
		return STEP_FAULT;
	logic(e, a & reg_read(e, i->reg, i->size), i->size);
	return STEP_NEXT;
}

enum step op_test_acc_imm(struct emul *e, struct insn *i)
{
	logic(e, reg_read(e, R_EAX, i->size) & i->imm & size_mask(i->size),
	      i->size);
	return STEP_NEXT;
}

/* TEST, NOT, NEG; products and quotients never touch devices. */
enum step op_group3(struct emul *e, struct insn *i)
{
	uint32_t a;

	if (i->reg > 3)
		return STEP_UNKNOWN;
	if (!rm_read(e, i, i->size, &a))
		return STEP_FAULT;
	if (i->reg < 2) {
		logic(e, a & i->imm & size_mask(i->size), i->size);
		return STEP_NEXT;
	}
	if (i->reg == 2)
		return result(e, i, ~a & size_mask(i->size));
	return result(e, i, sub(e, 0, a, 0, i->size));
}

/* FE and FF: INC, DEC. */
enum step op_inc_dec(struct emul *e, struct insn *i)
{
	uint32_t a, r, flags = e->regs.eflags;

	if (i->reg > 1)
		return STEP_UNKNOWN;
	if (!rm_read(e, i, i->size, &a))
		return STEP_FAULT;
	r = i->reg ? sub(e, a, 1, 0, i->size) : add(e, a, 1, 0, i->size);
	set_flags(e, CF, flags); /* they leave it alone */
	return result(e, i, r);
}

/* --- Shifts and rotates ---------------------------------------------------*/
enum {
	ROL,
	ROR,
	RCL,
	RCR,
	SHL,
	SHR,
	SAL,
	SAR
};

/* One step of a shift; the bit that falls out goes to *carry. */
static uint32_t shift_step(unsigned int what, uint32_t a, unsigned int bits,
			   uint32_t *carry)
{
	uint32_t high = a >> (bits - 1) & 1, low = a & 1, in = *carry;
	uint32_t top = 1u << (bits - 1);

	switch (what) {
	case ROL:
		*carry = high;
		return a << 1 | high;
	case ROR:
		*carry = low;
		return a >> 1 | (low ? top : 0);
	case RCL:
		*carry = high;
		return a << 1 | in;
	case RCR:
		*carry = low;
		return a >> 1 | (in ? top : 0);
	case SHR:
		*carry = low;
		return a >> 1;
	case SAR:
		*carry = low;
		return a >> 1 | (a & top);
	default:
		*carry = high;
		return a << 1;
	}
}

static uint32_t shift_overflow(unsigned int what, uint32_t before, uint32_t r,
			       uint32_t carry, unsigned int bits)
{
	uint32_t high = r >> (bits - 1) & 1;

	switch (what) {
	case ROR:
	case RCR:
		return high ^ (r >> (bits - 2) & 1);
	case SHR:
		return before >> (bits - 1) & 1;
	case SAR:
		return 0;
	default:
		return high ^ carry;
	}
}

static enum step shift(struct emul *e, struct insn *i, uint32_t count)
{
	uint32_t a, r, before, flags = e->regs.eflags;
	uint32_t carry = flags & CF ? 1 : 0, f;
	unsigned int bits = 8u * i->size;

	if (!rm_read(e, i, i->size, &a))
		return STEP_FAULT;
	count &= 31;
	if (!count)
		return STEP_NEXT;
	r = before = a;
	for (uint32_t n = 0; n < count; n++) {
		before = r;
		r = shift_step(i->reg, r, bits, &carry) & size_mask(i->size);
	}
	f = carry ? CF : 0;
	if (shift_overflow(i->reg, before, r, carry, bits))
		f |= OF;
	if (i->reg >= SHL)
		set_flags(e, CF | OF | SF | ZF | PF, f | szp(r, i->size));
	else
		set_flags(e, CF | OF, f);
	return result(e, i, r);
}

enum step op_shift_imm(struct emul *e, struct insn *i)
{
	return shift(e, i, i->imm);
}

enum step op_shift_one(struct emul *e, struct insn *i)
{
	return shift(e, i, 1);
}

enum step op_shift_cl(struct emul *e, struct insn *i)
{
	return shift(e, i, e->regs.gpr[R_ECX]);
}

/* --- Bits -----------------------------------------------------------------*/
enum {
	BT,
	BTS,
	BTR,
	BTC
};

static enum step bit(struct emul *e, struct insn *i, unsigned int what,
		     uint32_t n)
{
	uint32_t a, mask;

	mask = 1u << (n & (8u * i->size - 1));
	if (!rm_read(e, i, i->size, &a))
		return STEP_FAULT;
	set_flags(e, CF, a & mask ? CF : 0);
	switch (what) {
	case BT:
		return STEP_NEXT;
	case BTS:
		return result(e, i, a | mask);
	case BTR:
		return result(e, i, a & ~mask);
	default:
		return result(e, i, a ^ mask);
	}
}

/* The register may name a bit far from the operand, either way. */
enum step op_bit_reg(struct emul *e, struct insn *i)
{
	uint32_t n = reg_read(e, i->reg, i->size);
	int32_t far = i->size == 2 ? (int16_t)n : (int32_t)n;

	if (i->is_mem)
		i->offset +=
			(uint32_t)((far >> (i->size == 2 ? 4 : 5)) * i->size);
	return bit(e, i, i->op >> 3 & 3, n);
}

enum step op_bit_imm(struct emul *e, struct insn *i)
{
	return i->reg < 4 ? STEP_UNKNOWN : bit(e, i, i->reg & 3, i->imm);
}

/* --- Exchange -------------------------------------------------------------*/
enum step op_cmpxchg(struct emul *e, struct insn *i)
{
	uint32_t a, acc = reg_read(e, R_EAX, i->size);

	if (!rm_read(e, i, i->size, &a))
		return STEP_FAULT;
	sub(e, acc, a, 0, i->size);
	if (acc == a)
		return result(e, i, reg_read(e, i->reg, i->size));
	reg_write(e, R_EAX, i->size, a);
	return STEP_NEXT;
}

enum step op_cmpxchg8b(struct emul *e, struct insn *i)
{
	uint32_t *r = e->regs.gpr, now[2], new[2];

	if (i->reg != 1 || !i->is_mem)
		return STEP_UNKNOWN;
	if (!e->ops->read(e, mem_linear(e, i), now, sizeof(now)))
		return STEP_FAULT;
	if (now[0] != r[R_EAX] || now[1] != r[R_EDX]) {
		r[R_EAX] = now[0];
		r[R_EDX] = now[1];
		set_flags(e, ZF, 0);
		return STEP_NEXT;
	}
	new[0] = r[R_EBX];
	new[1] = r[R_ECX];
	if (!e->ops->write(e, mem_linear(e, i), new, sizeof(new)))
		return STEP_FAULT;
	set_flags(e, ZF, ZF);
	return STEP_NEXT;
}

enum step op_xadd(struct emul *e, struct insn *i)
{
	uint32_t a, r;
	enum step s;

	if (!rm_read(e, i, i->size, &a))
		return STEP_FAULT;
	r = add(e, a, reg_read(e, i->reg, i->size), 0, i->size);
	if (!i->is_mem) {
		reg_write(e, i->reg, i->size, a);
		reg_write(e, i->rm, i->size, r);
		return STEP_NEXT;
	}
	s = result(e, i, r);
	if (s == STEP_NEXT)
		reg_write(e, i->reg, i->size, a);
	return s;
}

/* --- Conditions -----------------------------------------------------------*/
bool condition(uint32_t f, unsigned int cc)
{
	bool sf = f & SF, of = f & OF, r;

	switch (cc >> 1 & 7) {
	case 0:
		r = f & OF;
		break;
	case 1:
		r = f & CF;
		break;
	case 2:
		r = f & ZF;
		break;
	case 3:
		r = f & (CF | ZF);
		break;
	case 4:
		r = f & SF;
		break;
	case 5:
		r = f & PF;
		break;
	case 6:
		r = sf != of;
		break;
	default:
		r = (f & ZF) || sf != of;
		break;
	}
	return r != (cc & 1);
}

enum step op_setcc(struct emul *e, struct insn *i)
{
	return done(rm_write(e, i, 1, condition(e->regs.eflags, i->op)));
}

enum step op_cmov(struct emul *e, struct insn *i)
{
	uint32_t v;

	if (!rm_read(e, i, i->size, &v)) /* it is read in any case */
		return STEP_FAULT;
	if (condition(e->regs.eflags, i->op))
		reg_write(e, i->reg, i->size, v);
	return STEP_NEXT;
}

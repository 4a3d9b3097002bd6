/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers, memory operands, the stack, faults. */
#include "emul/insn.h"

uint32_t size_mask(unsigned int size)
{
	return size == 4 ? ~0u : (1u << 8 * size) - 1;
}

/* Byte registers 4 to 7 are AH, CH, DH, BH. */
uint32_t reg_read(const struct emul *e, unsigned int reg, unsigned int size)
{
	if (size == 1)
		return (e->regs.gpr[reg & 3] >> (reg & 4 ? 8 : 0)) & 0xff;
	return e->regs.gpr[reg] & size_mask(size);
}

void reg_write(struct emul *e, unsigned int reg, unsigned int size,
	       uint32_t value)
{
	unsigned int shift = size == 1 && (reg & 4) ? 8 : 0;
	uint32_t *r = &e->regs.gpr[size == 1 ? reg & 3 : reg];
	uint32_t mask = size_mask(size) << shift;

	*r = (*r & ~mask) | ((value << shift) & mask);
}

uint32_t mem_linear(struct emul *e, const struct insn *i)
{
	return e->ops->seg_base(e, i->mem_seg) + i->offset;
}

bool rm_read(struct emul *e, const struct insn *i, unsigned int size,
	     uint32_t *value)
{
	*value = 0;
	if (i->is_mem)
		return e->ops->read(e, mem_linear(e, i), value, size);
	*value = reg_read(e, i->rm, size);
	return true;
}

bool rm_write(struct emul *e, const struct insn *i, unsigned int size,
	      uint32_t value)
{
	if (i->is_mem)
		return e->ops->write(e, mem_linear(e, i), &value, size);
	reg_write(e, i->rm, size, value);
	return true;
}

void stack_move(struct emul *e, uint32_t by)
{
	reg_write(e, R_ESP, e->stack16 ? 2 : 4, e->regs.gpr[R_ESP] + by);
}

static uint32_t stack_linear(struct emul *e)
{
	return e->ops->seg_base(e, S_SS) +
	       reg_read(e, R_ESP, e->stack16 ? 2 : 4);
}

bool push(struct emul *e, unsigned int size, uint32_t value)
{
	stack_move(e, 0u - size);
	return e->ops->write(e, stack_linear(e), &value, size);
}

bool pop(struct emul *e, unsigned int size, uint32_t *value)
{
	*value = 0;
	if (!e->ops->read(e, stack_linear(e), value, size))
		return false;
	stack_move(e, size);
	return true;
}

enum step gp(struct emul *e)
{
	e->fault = (struct emul_fault){ .vector = X86_EXC_GP };
	return STEP_FAULT;
}

enum step done(bool ok)
{
	return ok ? STEP_NEXT : STEP_FAULT;
}

static uint32_t index_offset(const struct emul *e, const struct insn *i,
			     unsigned int reg)
{
	return e->regs.gpr[reg] & (i->addr16 ? 0xffff : ~0u);
}

uint32_t string_src(struct emul *e, const struct insn *i)
{
	return e->ops->seg_base(e, i->seg == NO_SEG ? S_DS : i->seg) +
	       index_offset(e, i, R_ESI);
}

uint32_t string_dst(struct emul *e, const struct insn *i)
{
	return e->ops->seg_base(e, S_ES) + index_offset(e, i, R_EDI);
}

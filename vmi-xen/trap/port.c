/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IN and OUT by DX of the guest's kernel, read where they stand: drivers of
 * disks and networks make a dozen for each command, and the emulator
 * (emulate.c), which knows all the others, takes ten times as long.
 */
#include "cpu/desc.h"
#include "cpu/machine.h"
#include "cpu/platform.h"
#include "trap/handlers.h"
#include "x86-defs.h"

#define PREFIX_DATA 0x66
#define OP_DX	    0xec /* with the bits below */
#define OP_DX_MASK  0xfc
#define OP_WIDE	    1
#define OP_OUT	    2

static void in(struct vcpu *v, struct cpu_regs *regs, unsigned int size)
{
	uint32_t ones = 0xffffffffu >> (32 - 8 * size);
	uint32_t value = platform_in(v, (uint16_t)regs->edx, size);

	regs->eax = (regs->eax & ~ones) | (value & ones);
}

static void out(struct vcpu *v, struct cpu_regs *regs, unsigned int size)
{
	uint32_t ones = 0xffffffffu >> (32 - 8 * size);

	platform_out(v, (uint16_t)regs->edx, size, regs->eax & ones);
}

bool trap_port(struct vcpu *v, struct cpu_regs *regs)
{
	/* The processor has just fetched it, and kernel mappings stay. */
	const volatile uint8_t *code = (const uint8_t *)regs->eip;
	unsigned int prefix, size;
	uint8_t op;

	if (v->mode != CPU_VMI || regs->cs != v->kernel_cs || regs->error ||
	    (regs->eflags & X86_EFLAGS_TF) || desc_base(v, regs->cs))
		return false;
	prefix = code[0] == PREFIX_DATA;
	op = code[prefix];
	if ((op & OP_DX_MASK) != OP_DX)
		return false;
	size = !(op & OP_WIDE) ? 1 : prefix ? 2 : 4;
	if (op & OP_OUT)
		out(v, regs, size);
	else
		in(v, regs, size);
	regs->eip += prefix + 1;
	regs->eflags &= ~(uint32_t)X86_EFLAGS_RF;
	return true;
}

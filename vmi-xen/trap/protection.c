/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * #GP: VMI_Init, a privileged instruction, a software interrupt, or the
 * guest's own fault.
 */
#include "cpu/desc.h"
#include "cpu/machine.h"
#include "trap/handlers.h"
#include "vmi/vmi.h"
#include "x86-defs.h"

#define ERROR_IDT	    2u /* the error code names a gate (SDM volume 3A, 6.13) */
#define ERROR_VECTOR(error) ((error) >> 3 & 0xff)
#define INT_N_SIZE	    2

/* INT n of a gate that Xen does not have, or not for this ring. */
static uint32_t software_interrupt(struct vcpu *v, struct cpu_regs *regs)
{
	unsigned int vector = ERROR_VECTOR(regs->error);
	struct gate g =
		v->mode == CPU_VMI ? v->idt[vector] : idt_gate(v, vector);

	if (!(g.flags & GATE_PRESENT) || (regs_user(regs) && g.dpl < 3))
		return trap_to_guest(v, regs, X86_EXC_GP, regs->error);
	regs->eip += INT_N_SIZE;
	regs->eflags &= ~(uint32_t)X86_EFLAGS_RF;
	return trap_to_guest(v, regs, vector, 0);
}

uint32_t trap_protection(struct vcpu *v, struct cpu_regs *regs)
{
	if (trap_port(v, regs))
		return TRAP_RESUME;
	if (vmi_init_called(regs))
		vmi_init(v, regs);
	if (regs->error & ERROR_IDT)
		return software_interrupt(v, regs);
	return trap_emulate(v, regs);
}

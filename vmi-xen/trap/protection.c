/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * #GP: VMI_Init, a privileged instruction, a software interrupt, or the
 * guest's own fault.
 */
#include "cpu/machine.h"
#include "trap/handlers.h"
#include "vmi/vmi.h"
#include "x86-defs.h"

uint32_t trap_protection(struct vcpu *v, struct cpu_regs *regs)
{
	if (vmi_init_called(regs))
		vmi_init(v, regs);
	return trap_emulate(v, regs);
}

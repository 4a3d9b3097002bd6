/* SPDX-License-Identifier: GPL-2.0-only */
/* The trap handlers behind the table in traps.c. */
#ifndef VMI_TRAP_HANDLERS_H
#define VMI_TRAP_HANDLERS_H

#include "trap/traps.h"

/** #PF: a shadow miss, MMIO, or the guest's own. */
uint32_t trap_page_fault(struct vcpu *v, struct cpu_regs *regs);
/** #GP: a privileged instruction, software interrupt, or the guest's own. */
uint32_t trap_protection(struct vcpu *v, struct cpu_regs *regs);
/** Emulate the instruction at @regs. Returns as trap_dispatch(). */
uint32_t trap_emulate(struct vcpu *v, struct cpu_regs *regs);
/** The same for an access to @gpa, where no memory can be mapped. */
uint32_t trap_mmio(struct vcpu *v, struct cpu_regs *regs, gpa_t gpa);

#endif

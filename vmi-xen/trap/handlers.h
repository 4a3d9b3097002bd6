/* SPDX-License-Identifier: GPL-2.0-only */
/* The trap handlers behind the table in traps.c. */
#ifndef VMI_TRAP_HANDLERS_H
#define VMI_TRAP_HANDLERS_H

#include "trap/traps.h"

/** #PF: a shadow miss, MMIO, or the guest's own. */
uint32_t trap_page_fault(struct vcpu *v, struct cpu_regs *regs);
/** #GP: a privileged instruction, software interrupt, or the guest's own. */
uint32_t trap_protection(struct vcpu *v, struct cpu_regs *regs);
/**
 * #GP at @regs: emulate the instruction if it is one that traps outside ring
 * 0, else hand the #GP on.  Returns as trap_dispatch().
 */
uint32_t trap_emulate(struct vcpu *v, struct cpu_regs *regs);
/** The #GP of an IN or OUT by DX in the kernel: done. False: it is none. */
bool trap_port(struct vcpu *v, struct cpu_regs *regs);
/**
 * An access to no memory or a ud2, by a kernel that has tested CS for ring 0
 * and gone astray: put it back behind its test.  False: it is not that.
 */
bool cs_test_undo(struct vcpu *v, struct cpu_regs *regs);
/**
 * Before VMI_Init a trap of the guest at @regs.  True: it was a step of ours,
 * the next one is prepared.
 */
bool step_trap(struct vcpu *v, struct cpu_regs *regs);
/** Before VMI_Init the guest goes on at @regs: by single steps, from paging on. */
void step_resume(struct vcpu *v, struct cpu_regs *regs);
/** An access where no memory can be mapped: a device. */
uint32_t trap_device(struct vcpu *v, struct cpu_regs *regs);

#endif

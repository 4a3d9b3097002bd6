/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ROM that the guest finds, and VMI_Init.
 */
#ifndef VMI_VMI_VMI_H
#define VMI_VMI_VMI_H

#include "cpu/machine.h"
#include "trap/traps.h"

/** Write the ROM image into the guest's ROM area, and make that read-only. */
void rom_install(struct machine *m);

/** True when @regs is the trap by which the guest calls VMI_Init. */
bool vmi_init_called(const struct cpu_regs *regs);
/** VMI_Init: the guest's kernel moves to ring 1; never returns. */
void __noreturn vmi_init(struct vcpu *v, struct cpu_regs *regs);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The C side of every trap.
 *
 * Flow: entry.S -> trap_dispatch().
 */
#include "lib/asm.h"
#include "lib/panic.h"
#include "trap/traps.h"
#include "xen/domain.h"
#include "x86-defs.h"

uint32_t trap_dispatch(struct cpu_regs *regs)
{
	struct vcpu *v = this_vcpu();
	uint32_t fixup;

	if (regs->vector == TRAP_UPCALL) {
		v->upcall_deferred = 1;
		regs->eflags &= ~(uint32_t)X86_EFLAGS_IF;
		return TRAP_RESUME;
	}
	fixup = extable_find(regs->eip);
	if (!fixup)
		panic_regs(regs, "trap %u in the adapter, error %#x",
			   regs->vector, regs->error);
	regs->eip = fixup;
	return TRAP_RESUME;
}

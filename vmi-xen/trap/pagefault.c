/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page faults: a shadow entry that is missing, an access to a device, or a
 * fault of the guest's own.
 *
 * VMI calls: none.  Hypercalls: update_va_mapping, by mmu/.
 * Flow: trap/traps.c -> here -> mmu/shadow-map.c, emul/, trap/reflect.c
 */
#include "cpu/machine.h"
#include "trap/handlers.h"
#include "x86-defs.h"

uint32_t trap_page_fault(struct vcpu *v, struct cpu_regs *regs)
{
	uint32_t cr2 = xen_cr2();
	uint32_t error = regs->error;
	struct pf_info info;

	/* Ring 2 is user to Xen's error code, kernel to the guest. */
	if (!regs_user(regs))
		error &= ~WALK_USER;
	if (shadow_fault_guests(&v->machine->mmu, &v->shadow, cr2, error,
				&error)) {
		v->cr2 = cr2;
		return trap_to_guest(v, regs, X86_EXC_PF, error);
	}
	switch (shadow_fault(&v->machine->mmu, &v->shadow, cr2, error, &info)) {
	case PF_FIXED:
		return TRAP_RESUME;
	case PF_EMULATE:
		return cs_test_undo(v, regs) ? TRAP_RESUME
					     : trap_device(v, regs);
	case PF_GUEST:
		break;
	}
	v->cr2 = cr2;
	return trap_to_guest(v, regs, X86_EXC_PF, info.error);
}

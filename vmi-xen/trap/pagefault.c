/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page faults: a shadow entry that is missing, an access to a device, or a
 * fault of the guest's own.
 *
 * VMI calls: none.  Hypercalls: update_va_mapping, by mmu/.
 * Flow: trap/traps.c -> here -> mmu/shadow-map.c, emul/, trap/reflect.c
 */
#include "cpu/machine.h"
#include "lib/counters.h"
#include "lib/trace.h"
#include "mmu/fault-short.h"
#include "trap/handlers.h"
#include "x86-defs.h"

/* Ring 2 is user to Xen's error code, kernel to the guest. */
static uint32_t guest_view(const struct cpu_regs *regs)
{
	return regs_user(regs) ? regs->error : regs->error & ~WALK_USER;
}

static uint32_t general_way(struct vcpu *v, struct cpu_regs *regs, uint32_t cr2)
{
	struct pf_info info;

	switch (shadow_fault(&v->machine->mmu, &v->shadow, cr2,
			     guest_view(regs), &info)) {
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

uint32_t trap_page_fault(struct vcpu *v, struct cpu_regs *regs)
{
	uint32_t cr2 = xen_cr2();

	counters.traps[X86_EXC_PF]++;
	trace_note(TRACE_TRAP, X86_EXC_PF, regs->eip, cr2);
	return general_way(v, regs, cr2);
}

uint32_t trap_page_fault_vmi(struct cpu_regs *regs, uint32_t cr2)
{
	struct vcpu *v = this_vcpu();
	uint32_t error;

	counters.traps[X86_EXC_PF]++;
	trace_note(TRACE_TRAP, X86_EXC_PF, regs->eip, cr2);
	switch (shadow_fault_short(&machine0.mmu, &v->shadow, cr2,
				   guest_view(regs), &error)) {
	case PF_FIXED:
		return TRAP_RESUME;
	case PF_GUEST:
		v->cr2 = cr2;
		if (v->idt[X86_EXC_PF].flags & GATE_PRESENT)
			return deliver_vmi(&v->idt[X86_EXC_PF], regs, true,
					   error);
		return trap_to_guest(v, regs, X86_EXC_PF, error);
	case PF_EMULATE:
		break;
	}
	return general_way(v, regs, cr2);
}

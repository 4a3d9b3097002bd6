/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hand exceptions and interrupts to the guest's own handlers.
 *
 * After VMI_Init the frame that Xen pushed lies where the guest's handler
 * wants it: fix the error code, jump (entry.S).  Before it the guest's kernel
 * runs in ring 2 and the frame lies on our stack: build one on the guest's as
 * the processor would have.
 *
 * VMI calls: none.  Hypercalls: none.
 */
#include "cpu/desc.h"
#include "cpu/irq.h"
#include "cpu/machine.h"
#include "cpu/platform.h"
#include "lib/counters.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "lib/trace.h"
#include "trap/traps.h"
#include "x86-defs.h"

static void triple_fault(struct vcpu *v, const struct cpu_regs *regs,
			 unsigned int vector)
{
	if (v->idtr.limit == 0) {
		/* Linux's reboot=t: load an empty IDT, then trap. */
		log_info(TRAP, "trap %u with an empty IDT: reboot", vector);
		machine_end(v->machine, XEN_REBOOT);
	}
	guest_crash(v, regs, "trap %u, and the guest has no handler for it",
		    vector);
}

/* Write one word on the guest's stack. False: that is not writable. */
static bool push(struct vcpu *v, struct cpu_regs *regs, uint32_t value)
{
	uint16_t ss = (uint16_t)regs->ss;
	uint32_t mask = desc_is_16bit(v, ss) ? 0xffff : ~0u;
	struct guest_fault f;

	regs->esp = (regs->esp & ~mask) | ((regs->esp - 4) & mask);
	return guest_write(&v->machine->mmu, &v->shadow,
			   desc_base(v, ss) + (regs->esp & mask), &value,
			   sizeof(value), 0, &f);
}

/*
 * The processor's work, by hand.  The kernel's CS is stored with RPL 0: the
 * guest's iret then traps, and the emulator restores the interrupt flag.
 */
static uint32_t deliver_ring2(struct vcpu *v, const struct gate *g,
			      struct cpu_regs *regs, unsigned int vector,
			      uint32_t error)
{
	uint32_t flags = regs->eflags & ~(uint32_t)X86_EFLAGS_IF;
	bool ok;

	if (v->vif_ring2)
		flags |= X86_EFLAGS_IF;
	ok = push(v, regs, flags) && push(v, regs, regs->cs & ~3u) &&
	     push(v, regs, regs->eip);
	if (ok && x86_exc_has_error(vector))
		ok = push(v, regs, error);
	if (!ok)
		guest_crash(v, regs,
			    "trap %u, and the stack at %#x is not mapped",
			    vector, regs->esp);

	if (g->flags & GATE_INTERRUPT)
		v->vif_ring2 = false;
	regs->eip = g->eip;
	regs->cs = (uint16_t)((g->cs & ~3u) | v->ring);
	regs->eflags &= ~(uint32_t)(X86_EFLAGS_TF | X86_EFLAGS_NT |
				    X86_EFLAGS_RF | X86_EFLAGS_VM);
	return TRAP_RESUME;
}

uint32_t trap_to_guest(struct vcpu *v, struct cpu_regs *regs,
		       unsigned int vector, uint32_t error)
{
	struct gate now;

	if (v->mode == CPU_VMI) {
		if (!(v->idt[vector].flags & GATE_PRESENT))
			triple_fault(v, regs, vector);
		return deliver_vmi(&v->idt[vector], regs,
				   x86_exc_has_error(vector), error);
	}
	/* Before VMI_Init nobody tells of changes: look. */
	now = idt_gate(v, vector);
	if (!(now.flags & GATE_PRESENT))
		triple_fault(v, regs, vector);
	return deliver_ring2(v, &now, regs, vector, error);
}

static bool interrupts_on(const struct vcpu *v, const struct cpu_regs *regs)
{
	return v->mode == CPU_RING2 ? v->vif_ring2
				    : regs->eflags & X86_EFLAGS_IF;
}

uint32_t trap_interrupt(struct vcpu *v, struct cpu_regs *regs)
{
	int vector;

	if (!interrupts_on(v, regs))
		return TRAP_RESUME;
	vector = irq_take(v);
	if (vector < 0)
		return TRAP_RESUME;
	ASSERT(interrupts_on(v, regs));
	counters.interrupts++;
	trace_add(TRACE_IRQ, (unsigned int)vector, regs->eip, regs->eflags);
	return trap_to_guest(v, regs, (unsigned int)vector, 0);
}

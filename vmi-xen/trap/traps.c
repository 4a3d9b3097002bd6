/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The C side of every trap: one table of vectors.
 *
 * Before VMI_Init all exceptions come here.  After it only #NM, #TS, #NP, #SS,
 * #GP, #PF and event upcalls do; the rest goes from Xen straight to the guest
 * (cpu/idt.c).
 *
 * Flow: entry.S -> trap_dispatch() -> pagefault.c, protection.c, reflect.c.
 */
#include "cpu/cr.h"
#include "cpu/desc.h"
#include "cpu/irq.h"
#include "cpu/machine.h"
#include "lib/asm.h"
#include "lib/counters.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "lib/trace.h"
#include "trap/traps.h"
#include "trap/handlers.h"
#include "x86-defs.h"

/* True when the trap hit the adapter itself: ring 1, on our stack. */
static bool in_adapter(const struct cpu_regs *regs)
{
	uint32_t offset =
		(uint32_t)(uintptr_t)regs - (uint32_t)(uintptr_t)vcpu_stack;

	return (regs->cs & 3) == 1 && offset < VCPU_STACK_SIZE;
}

static uint32_t forward(struct vcpu *v, struct cpu_regs *regs)
{
	unsigned int vector = TRAP_VECTOR(regs->vector);

	return trap_to_guest(v, regs, vector, regs->error);
}

static uint32_t device_not_available(struct vcpu *v, struct cpu_regs *regs)
{
	cr0_xen_cleared_ts(v);
	/* CLTS of a lazy section had not been sent: so the guest sees no trap. */
	if (!(v->cr0 & (X86_CR0_TS | X86_CR0_EM)))
		return TRAP_RESUME;
	return forward(v, regs);
}

/* Comes here before VMI_Init only. */
static uint32_t invalid_opcode(struct vcpu *v, struct cpu_regs *regs)
{
	return cs_test_undo(v, regs) ? TRAP_RESUME : forward(v, regs);
}

/*
 * A handler gets the frame and returns what trap_dispatch() returns; vectors
 * without one are the guest's.
 */
static uint32_t (*const handlers[])(struct vcpu *, struct cpu_regs *) = {
	[X86_EXC_UD] = invalid_opcode,
	[X86_EXC_NM] = device_not_available,
	[X86_EXC_GP] = trap_protection,
	[X86_EXC_PF] = trap_page_fault,
};

/*
 * Xen pushes its frames on the stack that has overflowed, and ends the domain,
 * with a word on its own console only, when there is no memory for one.  So
 * whatever traps on the last page says it.
 */
static bool stack_overflow(const struct cpu_regs *regs)
{
	return (uintptr_t)regs < (uintptr_t)vcpu_stack + VCPU_STACK_RESERVE;
}

/* Our own code trapped: a guarded access, an upcall, or a bug. */
static uint32_t trap_in_adapter(struct vcpu *v, struct cpu_regs *regs)
{
	uint32_t fixup;

	if (stack_overflow(regs))
		panic_regs(regs, "the adapter's stack overflows, trap %u",
			   regs->vector);
	if (regs->vector == TRAP_UPCALL) {
		v->upcall_deferred |= DEFERRED_UPCALL;
		regs->eflags &= ~(uint32_t)X86_EFLAGS_IF;
		return TRAP_RESUME;
	}
	fixup = extable_find(regs->eip);
	if (!fixup)
		panic_regs(regs, "trap %u in the adapter, error %#x, cr2 %#x",
			   regs->vector, regs->error, xen_cr2());
	regs->eip = fixup;
	return TRAP_RESUME;
}

void trap_no_vmi(void)
{
	user_error(
		"the kernel has no VMI support: it goes to user mode without VMI_Init. It must be a Linux 2.6.21 to 2.6.36 for i386 with CONFIG_VMI=y, or one with vmi-xen's patches");
}

static uint32_t trap_in_guest(struct vcpu *v, struct cpu_regs *regs)
{
	unsigned int vector = TRAP_VECTOR(regs->vector);
	uint32_t action;

	xen_lazy_flush();
	if (v->gdt_stale)
		desc_gdt_settle(v, regs);
	if (regs->vector == TRAP_UPCALL) {
		/* Xen looks at the guest's flag, and so do we (entry.S). */
		ASSERT(v->mode != CPU_VMI || (regs->eflags & X86_EFLAGS_IF));
		counters.upcalls++;
		irq_upcall(v);
		return trap_interrupt(v, regs);
	}
	if (vector != X86_EXC_PF) {
		counters.traps[vector & 31]++;
		trace_note(TRACE_TRAP, vector, regs->eip, regs->error);
	}
	if ((regs->vector & TRAP_FROM_IRET) || vector >= ARRAY_SIZE(handlers) ||
	    !handlers[vector])
		action = forward(v, regs);
	else
		action = handlers[vector](v, regs);
	/* After VMI_Init the way back looks at evtchn_upcall_pending. */
	if (action == TRAP_RESUME && v->mode == CPU_RING2)
		action = trap_interrupt(v, regs);
	return action;
}

static uint32_t trap_in_ring2(struct vcpu *v, struct cpu_regs *regs)
{
	uint32_t action;

	if (regs_user(regs))
		trap_no_vmi();
	if (step_trap(v, regs))
		return TRAP_RESUME;
	action = trap_in_guest(v, regs);
	step_resume(v, regs);
	return action;
}

static uint32_t dispatch(struct cpu_regs *regs)
{
	struct vcpu *v = this_vcpu();

	if (in_adapter(regs))
		return trap_in_adapter(v, regs);
	return v->mode == CPU_RING2 ? trap_in_ring2(v, regs)
				    : trap_in_guest(v, regs);
}

uint32_t trap_dispatch(struct cpu_regs *regs)
{
#ifdef PROFILE
	unsigned int slot = TRAP_VECTOR(regs->vector) & 31;
	uint64_t start = xen_rdtsc();
	uint32_t action = dispatch(regs);
	uint32_t spent = (uint32_t)(xen_rdtsc() - start);

	this_vcpu()->trap_cycles[slot] += spent;
	if (spent < this_vcpu()->trap_least[slot])
		this_vcpu()->trap_least[slot] = spent;
	return action;
#else
	return dispatch(regs);
#endif
}

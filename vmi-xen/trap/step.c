/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PUSHF and POPF before VMI_Init.
 *
 * Neither traps in ring 2: PUSHF shows the interrupt flag as Xen has it, always
 * on, and POPF does not change it.  Linux looks at it: in each printk with
 * PRINTK_TIME (sched_clock_cpu: a warning within printk, "BUG: recent printk
 * recursion!"), and everywhere with PROVE_LOCKING, where the warnings never end.
 * So from the moment paging is on the guest's kernel runs step by step, and
 * these two are emulated, until one of them was used STEP_HOT times: a kernel has
 * one of each, behind its paravirtual operations, and breakpoints there do the
 * same.  That takes 7,000 to 21,000 steps of 1,500 instructions; 105,000 where
 * PROVE_LOCKING prepares its tables first.
 *
 * VMI calls: none.  Hypercalls: set_debugreg.
 * Source: Intel SDM volume 3B, 18.3 (single-step exceptions).
 */
#include "cpu/machine.h"
#include "lib/log.h"
#include "trap/handlers.h"
#include "x86-defs.h"

#define OP_PUSHF 0x9c
#define OP_POPF	 0x9d
#define WORD	 sizeof(uint32_t)

#define STEP_MAX 1000000u
#define STEP_HOT 4u

#define DR7_ENABLE(n)	(1u << (2 * (n))) /* local, on execution */
#define NR_BREAKPOINTS	4u
#define DR6_BREAKPOINTS 0xfu /* which of them */
#define DR_CONTROL	7
#define DR_STATUS	6

/* What POPF takes; IF and IOPL are ours. */
#define POPF_FLAGS                                                             \
	(X86_EFLAGS_ARITH | X86_EFLAGS_TF | X86_EFLAGS_DF | X86_EFLAGS_NT |    \
	 X86_EFLAGS_AC | X86_EFLAGS_ID)

static bool pushf(struct vcpu *v, struct cpu_regs *regs)
{
	uint32_t flags = regs->eflags & ~(uint32_t)X86_EFLAGS_IF;
	struct guest_fault f;

	if (v->vif_ring2)
		flags |= X86_EFLAGS_IF;
	if (!guest_write(&v->machine->mmu, &v->shadow, regs->esp - WORD, &flags,
			 WORD, 0, &f))
		return false;
	regs->esp -= WORD;
	return true;
}

static bool popf(struct vcpu *v, struct cpu_regs *regs)
{
	struct guest_fault f;
	uint32_t flags;

	if (!guest_read(&v->machine->mmu, &v->shadow, &flags, regs->esp, WORD,
			0, &f))
		return false;
	regs->esp += WORD;
	regs->eflags = (flags & POPF_FLAGS) | X86_EFLAGS_FIXED | X86_EFLAGS_IF;
	v->vif_ring2 = flags & X86_EFLAGS_IF;
	return true;
}

/* One more use of @eip; one too many takes the place of the least used. */
static void remember(struct step *s, uint32_t eip)
{
	unsigned int i = 0, least = 0;

	while (i < s->nr_sites && s->site[i].eip != eip) {
		if (s->site[i].hits < s->site[least].hits)
			least = i;
		i++;
	}
	if (i == STEP_SITES)
		i = least;
	else if (i == s->nr_sites)
		s->nr_sites++;
	if (s->site[i].eip != eip)
		s->site[i].hits = 0;
	s->site[i].eip = eip;
	if (++s->site[i].hits == STEP_HOT)
		s->over = true;
}

/* What cannot be read or written faults when the processor runs it. */
static bool emulated(struct vcpu *v, struct cpu_regs *regs)
{
	struct guest_fault f;
	uint32_t at = regs->eip;
	uint8_t op;

	if (!guest_read(&v->machine->mmu, &v->shadow, &op, regs->eip,
			sizeof(op), 0, &f))
		return false;
	if (!(op == OP_PUSHF && pushf(v, regs)) &&
	    !(op == OP_POPF && popf(v, regs)))
		return false;
	regs->eip++;
	remember(&v->step, at);
	return true;
}

/* At the most used sites, as many as there are debug registers; at none. */
static void set_breakpoints(struct step *s, unsigned int nr)
{
	uint32_t control = X86_DR7_DEFAULT;

	for (unsigned int n = 0; n < nr && n < s->nr_sites; n++) {
		unsigned int most = 0;

		for (unsigned int i = 1; i < s->nr_sites; i++)
			if (s->site[i].hits > s->site[most].hits)
				most = i;
		xen_set_debugreg(n, s->site[most].eip);
		control |= DR7_ENABLE(n);
		s->site[most].hits = 0;
	}
	xen_set_debugreg(DR_CONTROL, control);
}

void step_resume(struct vcpu *v, struct cpu_regs *regs)
{
	struct step *s = &v->step;

	if (!(v->cr0 & X86_CR0_PG) || s->over)
		return;
	/* What a guest steps itself is the processor's. */
	while (!(regs->eflags & X86_EFLAGS_TF) && emulated(v, regs))
		;
	s->guests = regs->eflags & X86_EFLAGS_TF;
	if (++s->done == STEP_MAX)
		s->over = true;
	if (s->over)
		set_breakpoints(s, NR_BREAKPOINTS);
	else
		regs->eflags |= X86_EFLAGS_TF;
}

/* One of ours, or the guest's own #DB. */
static bool breakpoint(struct vcpu *v, struct cpu_regs *regs)
{
	if (!(xen_get_debugreg(DR_STATUS) & DR6_BREAKPOINTS))
		return false;
	xen_set_debugreg(DR_STATUS, X86_DR6_DEFAULT);
	/* Another instruction by now, or its stack faults: it is not stopped again. */
	if (!emulated(v, regs))
		regs->eflags |= X86_EFLAGS_RF;
	return true;
}

bool step_trap(struct vcpu *v, struct cpu_regs *regs)
{
	struct step *s = &v->step;

	if (s->over)
		return regs->vector == X86_EXC_DB && breakpoint(v, regs);
	if (s->done == 0 || s->guests)
		return false;
	regs->eflags &= ~(uint32_t)X86_EFLAGS_TF;
	if (regs->vector != X86_EXC_DB)
		return false;
	step_resume(v, regs);
	return true;
}

void step_end(struct vcpu *v)
{
	if (v->step.done == 0)
		return;
	log_dbg(TRAP, "%u single steps before VMI_Init, %u sites", v->step.done,
		v->step.nr_sites);
	set_breakpoints(&v->step, 0);
	xen_set_debugreg(DR_STATUS, X86_DR6_DEFAULT);
}

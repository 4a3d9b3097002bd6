/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PUSHF and POPF before VMI_Init.
 *
 * Neither traps in ring 2: PUSHF shows the interrupt flag as Xen has it, always
 * on, and POPF does not change it.  Linux looks at it: in each printk with
 * PRINTK_TIME (sched_clock_cpu: a warning within printk, "BUG: recent printk
 * recursion!"), and everywhere with PROVE_LOCKING, where the warnings never end.
 * So from the moment paging is on the guest's kernel runs step by step, and
 * these two are emulated.  Linux 2.6.32 calls VMI_Init after 145,000 steps; a
 * kernel that debugs itself needs millions, so after STEPS breakpoints at the
 * instructions seen so far do the same: a kernel has two, behind its
 * paravirtual operations.
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

/* So many steps, then breakpoints. */
#define STEPS 200000u

#define DR7_ENABLE(n) (1u << (2 * (n))) /* local, on execution */
#define DR_CONTROL    7
#define DR_STATUS     6

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

/* The four met last, the newest first: boot code has some of its own. */
static void remember(struct step *s, uint32_t eip)
{
	unsigned int i = 0;

	while (i < s->nr_sites && s->site[i] != eip)
		i++;
	if (i == s->nr_sites && i < ARRAY_SIZE(s->site))
		s->nr_sites++;
	else if (i == s->nr_sites)
		i--;
	for (; i > 0; i--)
		s->site[i] = s->site[i - 1];
	s->site[0] = eip;
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

static void set_breakpoints(const struct step *s)
{
	uint32_t control = X86_DR7_DEFAULT;

	for (unsigned int i = 0; i < s->nr_sites; i++) {
		xen_set_debugreg(i, s->site[i]);
		control |= DR7_ENABLE(i);
	}
	xen_set_debugreg(DR_CONTROL, control);
}

void step_resume(struct vcpu *v, struct cpu_regs *regs)
{
	struct step *s = &v->step;

	if (!(v->cr0 & X86_CR0_PG) || s->done == STEPS)
		return;
	/* What a guest steps itself is the processor's. */
	while (!(regs->eflags & X86_EFLAGS_TF) && emulated(v, regs))
		;
	s->guests = regs->eflags & X86_EFLAGS_TF;
	if (++s->done == STEPS)
		set_breakpoints(s);
	else
		regs->eflags |= X86_EFLAGS_TF;
}

bool step_trap(struct vcpu *v, struct cpu_regs *regs)
{
	struct step *s = &v->step;

	if (s->done == 0 || s->guests)
		return false;
	if (s->done < STEPS)
		regs->eflags &= ~(uint32_t)X86_EFLAGS_TF;
	if (regs->vector != X86_EXC_DB)
		return false;
	if (s->done < STEPS)
		step_resume(v, regs);
	else if (!emulated(v, regs))
		return false;
	return true;
}

void step_end(struct vcpu *v)
{
	if (v->step.done == 0)
		return;
	log_dbg(TRAP, "%u single steps before VMI_Init, %u sites", v->step.done,
		v->step.nr_sites);
	v->step.nr_sites = 0;
	set_breakpoints(&v->step);
	xen_set_debugreg(DR_STATUS, X86_DR6_DEFAULT);
}

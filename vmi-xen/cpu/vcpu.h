/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * struct vcpu: all state of one virtual processor, as the guest sees it
 * (virtual CRs, descriptor tables, interrupt flag) and as Xen runs it.
 *
 * Only entry points call this_vcpu(); everything below takes v.
 */
#ifndef VMI_CPU_VCPU_H
#define VMI_CPU_VCPU_H

#include "types.h"
#ifndef __ASSEMBLER__
#include "mmu/mmu.h"
#endif

#define NR_VECTORS 256
/*
 * The adapter's stack.  Its lowest page is used by nobody but a panic that says
 * that the rest was not enough, and the page below is not mapped.
 */
#define VCPU_STACK_SIZE	   (5 * PAGE_SIZE)
#define VCPU_STACK_RESERVE PAGE_SIZE
#define GDT_ENTRIES	   512	/* of the shadow: one page */
#define LDT_ENTRIES	   8192 /* of the shadow: 16 pages */

/* What the return of a VMI call has to see to. */
#define DEFERRED_UPCALL 1 /* one came while on our stack; the flag was set */
#define DEFERRED_FAULT	2 /* vcpu.call_fault */

#ifndef __ASSEMBLER__

struct machine;

/*
 * What trap/entry.S saves.  From eip on it is the frame that Xen pushed;
 * esp and ss are there only when the trap came from an outer ring
 * (regs_have_stack()).
 */
struct cpu_regs {
	uint32_t ds, es;
	uint32_t edi, esi, ebp, _esp, ebx, edx, ecx, eax; /* pusha */
	uint32_t vector; /* becomes the handler's address on delivery */
	uint32_t error;
	uint32_t eip;
	uint16_t cs;
	uint8_t saved_mask; /* evtchn_upcall_mask at the time of the trap */
	uint8_t _cs_pad;
	uint32_t eflags;
	uint32_t esp;
	uint32_t ss;
};

/* One gate of the guest's IDT, decoded. */
struct gate {
	uint32_t eip;
	uint16_t cs;
	uint8_t dpl;
	uint8_t flags; /* GATE_* */
};
#define GATE_PRESENT   0x01
#define GATE_INTERRUPT 0x02 /* clears the interrupt flag; else a trap gate */

struct dt_reg {
	gva_t base;
	uint16_t limit;
};

/* A VMI alarm: one for the real and one for the available counter. */
struct alarm {
	uint64_t expiry, period; /* counter units; period 0: once */
	uint64_t due;		 /* ns; not before that; 0: to be computed */
	bool armed;
	bool lvtt; /* wired to the LAPIC's timer vector, else IRQ 0 */
};
#define VMI_NR_ALARMS 2

/* Single steps before VMI_Init (trap/step.c). */
#define STEP_SITES 16
struct step {
	uint32_t done;
	bool over;   /* breakpoints from now on */
	bool guests; /* the one under way is the guest's own (its TF) */
	struct {
		uint32_t eip, hits;
	} site[STEP_SITES];
	uint32_t nr_sites;
};

enum cpu_mode {
	CPU_RING2, /* before VMI_Init: trap and emulate */
	CPU_VMI,   /* after it: ring 1 */
};

struct vcpu {
	/* Hot, touched by assembly: keep first. */
	uint32_t upcall_deferred; /* DEFERRED_*, when a VMI call returns */
	uint32_t real_ts;	  /* CR0.TS as Xen has it */
	uint32_t sti_blocked;	  /* SetInterruptMask may not enable yet */

	uint32_t call_fault; /* exception that a VMI call raises, 0 */

	uint32_t id;
	enum cpu_mode mode;
	uint32_t ring; /* the guest kernel's real ring: 2, then 1 */
	struct machine *machine;

	/* The processor that the guest believes to have. */
	uint32_t cr0, cr2, cr3, cr4;
	uint64_t efer;
	uint32_t sysenter_cs, sysenter_esp, sysenter_eip;
	struct dt_reg gdtr, idtr;
	uint16_t ldtr, tr;
	gva_t ldt_base;
	uint32_t ldt_limit;
	gva_t tss_base;
	uint32_t tss_limit;
	uint32_t iopl;	/* 0-3 */
	bool vif_ring2; /* interrupt flag before VMI_Init */
	struct step step;
	uint16_t kernel_cs;		/* after VMI_Init, with its real ring */
	uint32_t kernel_ss, kernel_esp; /* stack for traps from ring 3 */
	struct gate idt[NR_VECTORS];

	uint32_t short_faults; /* #PF needs no look at mode and GDT (entry.S) */
	uint16_t gdt_stale;    /* entries kept for selectors that are loaded */
	uint32_t gdt_stale_map[GDT_ENTRIES / 32];
	struct shadow_vcpu shadow;

	struct alarm alarm[VMI_NR_ALARMS];
	uint64_t timer_deadline;	   /* ns, what Xen's timer is set to */
	uint64_t stolen_ns, stolen_cycles; /* as last converted */
	uint64_t wallclock_base;	   /* when last asked */

	/* make PROFILE=1 */
	uint32_t profile_start, call_least[80], trap_least[32];
	uint64_t call_cycles[80], trap_cycles[32];
};

extern struct vcpu vcpu0;

/** The vCPU that executes this.  Entry points only. */
static inline struct vcpu *this_vcpu(void)
{
	return &vcpu0;
}

/** True when the frame has esp and ss: the trap came from ring 2 or 3. */
static inline bool regs_have_stack(const struct cpu_regs *r)
{
	return (r->cs & 3) >= 2;
}

/** Stack pointer at the time of the trap. */
static inline uint32_t regs_esp(const struct cpu_regs *r)
{
	return regs_have_stack(r) ? r->esp : (uint32_t)(uintptr_t)&r->esp;
}

/** True when user code (ring 3) was interrupted. */
static inline bool regs_user(const struct cpu_regs *r)
{
	return (r->cs & 3) == 3;
}

#endif /* !__ASSEMBLER__ */
#endif

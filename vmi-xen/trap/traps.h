/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Traps: what entry.S and the C handlers agree on, and the verbs for handing a
 * trap to the guest.
 */
#ifndef VMI_TRAP_TRAPS_H
#define VMI_TRAP_TRAPS_H

/* Pseudo vectors and flags in cpu_regs.vector. */
#define TRAP_UPCALL    0x100
#define TRAP_FROM_IRET 0x200 /* raised by an iret of ours, at its target */
#define TRAP_VECTOR(v) ((v)&0xff)

/* What trap_dispatch() returns: 0 = resume, else how to enter the handler. */
#define TRAP_RESUME  0
#define TRAP_DELIVER 1 /* enter the guest's handler */
#define TRAP_ERROR   2 /* the handler gets an error code */
#define TRAP_UNMASK  4 /* a trap gate, and the flag was set before */

/* Xen's flat ring-1 data segment (XEN arch-x86/xen-x86_32.h). */
#define FLAT_RING1_CS 0xe019
#define FLAT_RING1_DS 0xe021

#ifndef __ASSEMBLER__
#include "cpu/vcpu.h"
#include "x86-defs.h"

extern uint8_t vcpu_stack_guard[PAGE_SIZE], vcpu_stack[VCPU_STACK_SIZE];

/** C side of every trap. Context: ring 1, adapter stack, upcalls masked. */
uint32_t trap_dispatch(struct cpu_regs *regs);

/**
 * The same for a #PF of the guest at @cr2 after VMI_Init, when nothing else is
 * to be done first (vcpu.short_faults).
 */
uint32_t trap_page_fault_vmi(struct cpu_regs *regs, uint32_t cr2);

/** Print the registers and the stack of a frame at error level. */
void regs_dump(const struct cpu_regs *regs);

/**
 * Hand exception @vector to the guest as if the processor had raised it at
 * @regs. Writes the frame through guest memory before VMI_Init, re-uses Xen's
 * after it. A guest without a handler is ended: a triple fault.
 * @error: error code, ignored for vectors without one.
 * Returns what trap_dispatch() is to return.
 */
uint32_t trap_to_guest(struct vcpu *v, struct cpu_regs *regs,
		       unsigned int vector, uint32_t error);

/*
 * After VMI_Init Xen's frame is the guest's: put the address of gate @g, which
 * is present, where entry.S finds it.
 */
static inline uint32_t deliver_vmi(const struct gate *g, struct cpu_regs *regs,
				   bool has_error, uint32_t error)
{
	uint32_t action = TRAP_DELIVER;

	if (has_error) {
		regs->error = error;
		regs->vector = g->eip;
		action |= TRAP_ERROR;
	} else {
		regs->error = g->eip;
	}
	if (!(g->flags & GATE_INTERRUPT) && (regs->eflags & X86_EFLAGS_IF))
		action |= TRAP_UNMASK;
	return action;
}

/** Deliver the most urgent virtual interrupt, if the flag allows one. */
uint32_t trap_interrupt(struct vcpu *v, struct cpu_regs *regs);

/** Address of the stub of exception @vector, 0 when there is none. */
uint32_t trap_stub(unsigned int vector);

/** No more single steps: VMI_Init. */
void step_end(struct vcpu *v);

/** The guest enters ring 3 and has not called VMI_Init: ends the domain. */
void __noreturn trap_no_vmi(void);

/** Build Xen's trap table from the guest's IDT (after VMI_Init). */
void trap_table_load(struct vcpu *v);
/** The same for one vector that changed. */
void trap_table_update(struct vcpu *v, unsigned int vector);

#endif
#endif

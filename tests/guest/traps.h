/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exceptions and interrupts of the conformance guest.
 *
 * A trap without a hook that hits a guarded call, or user code that user_run()
 * started, ends that; any other one fails the test.
 */
#ifndef GUEST_TRAPS_H
#define GUEST_TRAPS_H

#include "types.h"
#include "x86-desc.h"

/* As entry.S builds it; esp and ss only when it came from user mode. */
struct trap_frame {
	uint32_t ebx, ecx, edx, esi, edi, ebp, eax;
	uint32_t ds, es, fs, gs;
	uint32_t vector, error;
	uint32_t eip, cs, eflags, esp, ss;
};

struct trap_record {
	struct trap_frame frame;
	uint32_t cr2;	/* at a page fault */
	uint32_t flags; /* EFLAGS.IF that the handler had */
	uint32_t at;	/* address of the frame */
	bool user;
};

/* The guest's TSS, with a bitmap of ports. */
#define TSS_PORTS 0x420
struct guest_tss {
	struct x86_tss hw;
	uint8_t ports[TSS_PORTS / 8];
};
extern struct guest_tss tss;
#define TSS_NO_PORTS sizeof(struct guest_tss) /* hw.iomap beyond the limit */

/** The last trap, and how many of each vector there were since the test began. */
extern struct trap_record last_trap;
extern uint32_t trap_count[256];
/** Interrupts taken: IRQ 0-15. */
extern uint32_t irq_count[16];

/** Handles a vector: true, and the code goes on by IRET. */
typedef bool (*trap_hook_t)(struct trap_frame *f);
void trap_hook(unsigned int vector, trap_hook_t hook);

void traps_init(void);
void traps_reset(void);
/** Write the vector's own gate again. */
void traps_restore_gate(unsigned int vector);

/** Run fn(@arg); its trap, or -1 if it had none. */
int guarded(void (*fn)(void *), void *arg);

struct user_regs {
	uint32_t eax, ebx, ecx, edx, esi, edi, ebp;
	uint32_t eip, esp, eflags;
	uint32_t ds, es, fs, gs, cs, ss; /* 0: the usual ones, but fs and gs */
};
/**
 * Enter user mode by IRET (or @sysexit) with @r; back at the first trap without
 * a hook: its record is last_trap.
 */
void user_run(const struct user_regs *r, bool sysexit);
/** By IRET, and traps get the stack that was set last. */
void user_run_as_it_is(const struct user_regs *r);
/** By IRET, and traps get the stack that ends at @esp0. */
void user_run_on(const struct user_regs *r, uint32_t esp0);

#endif

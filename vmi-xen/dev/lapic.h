/* SPDX-License-Identifier: GPL-2.0-only */
/* A local APIC.  Source: Intel SDM 3A chapter 11 (xAPIC). */
#ifndef VMI_DEV_LAPIC_H
#define VMI_DEV_LAPIC_H

#include "types.h"

#define LAPIC_BASE  0xfee00000u
#define LAPIC_SIZE  0x1000u
#define LAPIC_WORDS 8 /* of 32 vectors */

/* Register offsets that others use, too. */
#define LAPIC_ID   0x020
#define LAPIC_EOI  0x0b0
#define LAPIC_SVR  0x0f0
#define LAPIC_LVTT 0x320
#define LAPIC_LVT0 0x350

struct lapic {
	uint32_t id, tpr, ldr, dfr, svr, esr, esr_next, icr_low, icr_high;
	uint32_t lvt[6]; /* timer, thermal, perf, LINT0, LINT1, error */
	uint32_t initial, divide;
	bool timer_on;
	uint32_t timer_from;  /* what the counter was at timer_start */
	uint64_t timer_start; /* ns */
	uint32_t irr[LAPIC_WORDS], isr[LAPIC_WORDS], tmr[LAPIC_WORDS];
	bool enabled; /* by IA32_APIC_BASE */
	/** An IPI to others; @low, @high: ICR. */
	void (*ipi)(void *opaque, uint32_t low, uint32_t high);
	/** A level interrupt was finished. */
	void (*eoi)(void *opaque, uint8_t vector);
	void *opaque;
};

/** Reset. */
void lapic_init(struct lapic *l, uint32_t id);
/** What firmware leaves on the boot processor: the 8259 on LINT0. */
void lapic_virtual_wire(struct lapic *l);
uint32_t lapic_read(struct lapic *l, uint32_t reg, uint64_t now);
void lapic_write(struct lapic *l, uint32_t reg, uint32_t value, uint64_t now);
/** An interrupt message of fixed delivery. */
void lapic_accept(struct lapic *l, uint8_t vector, bool level);
/** A vector of sufficient priority waits. */
bool lapic_pending(const struct lapic *l);
/** Take it; -1 when none. */
int lapic_ack(struct lapic *l);
/** Does the 8259's INTR reach the processor through LINT0 (or past us)? */
bool lapic_extint(const struct lapic *l);
/** Is this LAPIC among @dest of an interrupt message? */
bool lapic_is_target(const struct lapic *l, uint8_t dest, bool logical);
/** Timer interrupts due at @now; returns when next. */
uint64_t lapic_tick(struct lapic *l, uint64_t now);
/** VMI alarm wired to LVTT: its vector, unless masked. */
void lapic_timer_fire(struct lapic *l);

#endif

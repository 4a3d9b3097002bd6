/* SPDX-License-Identifier: GPL-2.0-only */
/* The 8259 pair and the 8254, as tests need them. */
#ifndef GUEST_IRQ_H
#define GUEST_IRQ_H

#include "types.h"

#define IRQ_TIMER 0

/** Vectors from IRQ_VECTOR on, everything masked, nothing pending. */
void pic_init(void);
void pic_unmask(unsigned int irq);
void pic_mask_all(void);
/** Is the line requested or in service? Only IRQ 0-7. */
bool pic_requested(unsigned int irq);
bool pic_in_service(unsigned int irq);

/** IRQ 0 once after @us microseconds (at most 54,000), or each @us. */
void pit_once(unsigned int us);
void pit_periodic(unsigned int us);
void pit_stop(void);
/** The rest of channel 0's count. */
uint16_t pit_count(void);

/** IRQ 0 pending at the PIC, interrupts off, the handler not yet called. */
void make_pending(void);
/** Wait, with what is on or off, for *count to become @n; false after a second. */
bool wait_count(const volatile uint32_t *count, uint32_t n);
/** A second's worth of polling, however fast the processor is: once each call,
 *  false when it is over; *state is 0 at first. */
bool poll_second(uint32_t *state);
/** Busy for @us microseconds, by channel 2. */
void delay_us(unsigned int us);

#endif

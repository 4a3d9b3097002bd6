/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The 8254 timer and port 0x61.  Source: Intel 8254 data sheet.
 *
 * Counters are computed from the time, never run; channel 0 tells when its
 * output rises next.
 */
#ifndef VMI_DEV_I8254_H
#define VMI_DEV_I8254_H

#include "dev/irq-line.h"

#define I8254_BASE     0x40
#define I8254_HZ       1193182u
#define I8254_CHANNELS 3
#define PORT_SPEAKER   0x61
#define TIME_NEVER     UINT64_MAX

struct i8254_channel {
	uint8_t mode, access; /* access: 1 low, 2 high, 3 both */
	bool bcd, gate;
	bool loaded, armed; /* a count was written; it is being counted */
	bool write_high, read_high; /* second byte of two is next */
	uint8_t low;		    /* first byte written */
	uint32_t count;		    /* 1 to 0x10000 */
	uint32_t next;		    /* the count that follows; 0: none */
	uint64_t next_at; /* ns when it does, unless the gate does it */
	uint64_t start;	  /* ns when counting began */
	uint64_t held;	  /* ns counted before the gate fell */
	bool latched, status_latched;
	uint16_t latch;
	uint8_t status;
};

struct i8254 {
	struct i8254_channel ch[I8254_CHANNELS];
	struct irq_line irq;
	uint64_t fired; /* rising edges of channel 0 up to here were told */
	uint8_t speaker;
};

void i8254_init(struct i8254 *t, struct irq_line irq);
uint8_t i8254_read(struct i8254 *t, uint16_t port, uint64_t now);
void i8254_write(struct i8254 *t, uint16_t port, uint8_t value, uint64_t now);
/** Raise IRQ 0 if it is due at @now (ns); returns when it is next. */
uint64_t i8254_tick(struct i8254 *t, uint64_t now);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two 8259A interrupt controllers as a PC has them: the second on input 2 of
 * the first.  Source: Intel 8259A data sheet; ELCR: PIIX3 data sheet.
 */
#ifndef VMI_DEV_I8259_H
#define VMI_DEV_I8259_H

#include "types.h"

#define I8259_MASTER_BASE 0x20
#define I8259_SLAVE_BASE  0xa0
#define I8259_ELCR_BASE	  0x4d0
#define I8259_CASCADE	  2
#define I8259_NR_IRQS	  16

struct i8259 {
	uint8_t irr, imr, isr, lines, elcr;
	uint8_t vector_base;
	uint8_t init_step; /* next ICW, 0: none */
	bool single, need_icw4;
	bool auto_eoi, rotate_aeoi, special_mask, read_isr, poll, nested;
	uint8_t lowest; /* input of lowest priority */
};

struct i8259_pair {
	struct i8259 pic[2]; /* master, slave */
};

void i8259_init(struct i8259_pair *p);
/** Set input @irq (0-15). */
void i8259_set(struct i8259_pair *p, unsigned int irq, bool on);
/** INTR of the master. */
bool i8259_pending(const struct i8259_pair *p);
/** INTA cycles: the vector; a spurious one when nothing waits any more. */
uint8_t i8259_ack(struct i8259_pair *p);
/** @port: one of the six; one byte. */
uint8_t i8259_read(struct i8259_pair *p, uint16_t port);
void i8259_write(struct i8259_pair *p, uint16_t port, uint8_t value);

#endif

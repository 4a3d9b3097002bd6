/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * 8042 keyboard controller with a keyboard whose only keys are Ctrl, Alt and
 * Del, and no mouse; its output port resets the machine.
 *
 * Sources: IBM PC/AT Technical Reference; scan codes of the 101-key keyboard.
 */
#ifndef VMI_DEV_I8042_H
#define VMI_DEV_I8042_H

#include "dev/irq-line.h"

#define I8042_DATA    0x60
#define I8042_COMMAND 0x64
#define I8042_QUEUE   16

struct i8042 {
	struct irq_line irq;
	void (*reset)(void *opaque);
	void *opaque;
	uint8_t mode;	 /* the controller's command byte */
	uint8_t expects; /* the controller's command that waits for a byte */
	uint8_t kbd_expects; /* the keyboard's */
	bool was_command;    /* the last write went to the command port */
	bool scanning;	     /* the keyboard sends keys */
	uint8_t queue[I8042_QUEUE];
	uint32_t in, out;
	uint64_t press_at; /* ns; TIME_NEVER */
};

void i8042_init(struct i8042 *k, struct irq_line irq,
		void (*reset)(void *opaque), void *opaque);
/** @port: I8042_DATA or I8042_COMMAND. */
uint8_t i8042_read(struct i8042 *k, uint16_t port);
void i8042_write(struct i8042 *k, uint16_t port, uint8_t value);
/** The guest listens to the keyboard. */
bool i8042_is_heard(const struct i8042 *k);
/** Press Ctrl-Alt-Del when @at has come. */
void i8042_ctrl_alt_del(struct i8042 *k, uint64_t at);
/** Run what is due at @now; returns when to call again, TIME_NEVER. */
uint64_t i8042_tick(struct i8042 *k, uint64_t now);

#endif

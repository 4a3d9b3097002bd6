/* SPDX-License-Identifier: GPL-2.0-only */
/* 16550A serial port.  Source: National PC16550D data sheet. */
#ifndef VMI_DEV_UART16550_H
#define VMI_DEV_UART16550_H

#include "dev/irq-line.h"

#define UART_FIFO 16
#define UART_RX	  256 /* what the host has sent and the guest not read */

struct uart {
	struct irq_line irq;
	/** A byte goes out. */
	void (*output)(void *opaque, uint8_t byte);
	void *opaque;
	uint8_t ier, lcr, mcr, scratch, fcr, msr_delta;
	uint8_t dll, dlm;
	bool thre_pending; /* transmitter-empty interrupt not yet read */
	bool overrun;
	bool has_break; /* the zero byte at break_at is one */
	uint32_t break_at;
	uint8_t rx[UART_RX];
	uint32_t rx_in, rx_out;
};

void uart_init(struct uart *u, struct irq_line irq,
	       void (*output)(void *opaque, uint8_t byte), void *opaque);
/** @reg: 0-7. */
uint8_t uart_read(struct uart *u, unsigned int reg);
void uart_write(struct uart *u, unsigned int reg, uint8_t value);
/** Bytes that uart_input() takes now. */
uint32_t uart_room(const struct uart *u);
/** A byte came in. */
void uart_input(struct uart *u, uint8_t byte);
/** A break came in, the line held low for longer than a byte. */
void uart_break(struct uart *u);

#endif

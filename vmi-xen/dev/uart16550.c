/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * 16550A serial port.  Pure.  Output is taken at once, so the transmitter is
 * always empty; input waits in a queue that is longer than the chip's FIFO.
 */
#include "dev/uart16550.h"
#include "lib/string.h"

enum {
	DATA,
	IER,
	IIR,
	LCR,
	MCR,
	LSR,
	MSR,
	SCR
};
#define FCR IIR

#define IER_RX		0x01
#define IER_TX		0x02
#define IER_LINE	0x04
#define IER_MODEM	0x08
#define IIR_NONE	0x01
#define IIR_TX		0x02
#define IIR_RX		0x04
#define IIR_LINE	0x06
#define IIR_MODEM	0x00
#define IIR_FIFO	0xc0
#define FCR_ON		0x01
#define FCR_RESET	0x02
#define LCR_DLAB	0x80
#define MCR_DTR		0x01
#define MCR_RTS		0x02
#define MCR_OUT1	0x04
#define MCR_OUT2	0x08
#define MCR_LOOP	0x10
#define MCR_BITS	0x1f
#define LSR_DATA	0x01
#define LSR_OVER	0x02
#define LSR_BREAK	0x10
#define LSR_EMPTY	0x60
#define MSR_CTS		0x10
#define MSR_DSR		0x20
#define MSR_RI		0x40
#define MSR_DCD		0x80
#define MSR_DELTA_SHIFT 4
#define DEFAULT_DIVISOR 12 /* 9600 */

void uart_init(struct uart *u, struct irq_line irq,
	       void (*output)(void *opaque, uint8_t byte), void *opaque)
{
	memset(u, 0, sizeof(*u));
	u->irq = irq;
	u->output = output;
	u->opaque = opaque;
	u->dll = DEFAULT_DIVISOR;
	u->mcr = MCR_OUT2;
}

static uint32_t rx_len(const struct uart *u)
{
	return u->rx_in - u->rx_out;
}

/* The next byte to be read is a break. */
static bool is_break(const struct uart *u)
{
	return u->has_break && u->rx_out == u->break_at && rx_len(u);
}

static uint8_t cause(const struct uart *u)
{
	if ((u->ier & IER_LINE) && (u->overrun || is_break(u)))
		return IIR_LINE;
	if ((u->ier & IER_RX) && rx_len(u))
		return IIR_RX;
	if ((u->ier & IER_TX) && u->thre_pending)
		return IIR_TX;
	if ((u->ier & IER_MODEM) && u->msr_delta)
		return IIR_MODEM;
	return IIR_NONE;
}

static void update(struct uart *u)
{
	/* OUT2 gates the line on a PC; in loop-back it is disconnected. */
	irq_line_set(&u->irq, cause(u) != IIR_NONE && (u->mcr & MCR_OUT2) &&
				      !(u->mcr & MCR_LOOP));
}

static uint8_t modem(const struct uart *u)
{
	uint8_t v = 0;

	if (!(u->mcr & MCR_LOOP))
		return MSR_CTS | MSR_DSR | MSR_DCD;
	if (u->mcr & MCR_RTS)
		v |= MSR_CTS;
	if (u->mcr & MCR_DTR)
		v |= MSR_DSR;
	if (u->mcr & MCR_OUT1)
		v |= MSR_RI;
	if (u->mcr & MCR_OUT2)
		v |= MSR_DCD;
	return v;
}

uint32_t uart_room(const struct uart *u)
{
	/* The wire is off in loop-back: what comes waits outside. */
	return u->mcr & MCR_LOOP ? 0 : UART_RX - rx_len(u);
}

static void receive(struct uart *u, uint8_t byte)
{
	if (rx_len(u) == UART_RX) {
		u->overrun = true;
	} else {
		u->rx[u->rx_in % UART_RX] = byte;
		u->rx_in++;
	}
	update(u);
}

void uart_input(struct uart *u, uint8_t byte)
{
	if (!(u->mcr & MCR_LOOP))
		receive(u, byte);
}

void uart_break(struct uart *u)
{
	if (!uart_room(u))
		return;
	u->has_break = true;
	u->break_at = u->rx_in;
	receive(u, 0);
}

static void transmit(struct uart *u, uint8_t byte)
{
	/* Not empty, then empty again: an edge for the 8259. */
	u->thre_pending = false;
	update(u);
	if (u->mcr & MCR_LOOP)
		receive(u, byte);
	else if (u->output)
		u->output(u->opaque, byte);
	u->thre_pending = true;
}

uint8_t uart_read(struct uart *u, unsigned int reg)
{
	uint8_t v = 0;

	switch (reg) {
	case DATA:
		if (u->lcr & LCR_DLAB)
			return u->dll;
		if (rx_len(u)) {
			v = u->rx[u->rx_out % UART_RX];
			u->rx_out++;
		}
		break;
	case IER:
		return u->lcr & LCR_DLAB ? u->dlm : u->ier;
	case IIR:
		v = cause(u);
		if (v == IIR_TX)
			u->thre_pending = false;
		if (u->fcr & FCR_ON)
			v |= IIR_FIFO;
		break;
	case LCR:
		return u->lcr;
	case MCR:
		return u->mcr;
	case LSR:
		v = LSR_EMPTY | (rx_len(u) ? LSR_DATA : 0) |
		    (u->overrun ? LSR_OVER : 0) | (is_break(u) ? LSR_BREAK : 0);
		u->overrun = false;
		u->has_break = u->has_break && !is_break(u);
		break;
	case MSR:
		v = modem(u) | u->msr_delta;
		u->msr_delta = 0;
		break;
	default:
		return u->scratch;
	}
	update(u);
	return v;
}

static void write_mcr(struct uart *u, uint8_t value)
{
	uint8_t before = modem(u), after, changed;

	u->mcr = value & MCR_BITS;
	after = modem(u);
	changed = before ^ after;
	/* The ring indicator counts at its end only. */
	if (after & MSR_RI)
		changed &= (uint8_t)~MSR_RI;
	u->msr_delta |= changed >> MSR_DELTA_SHIFT;
}

void uart_write(struct uart *u, unsigned int reg, uint8_t value)
{
	switch (reg) {
	case DATA:
		if (u->lcr & LCR_DLAB)
			u->dll = value;
		else
			transmit(u, value);
		break;
	case IER:
		if (u->lcr & LCR_DLAB) {
			u->dlm = value;
			break;
		}
		/* Enabling it while empty asks for one at once. */
		if ((value & IER_TX) && !(u->ier & IER_TX))
			u->thre_pending = true;
		u->ier = value & 0x0f;
		break;
	case FCR:
		u->fcr = value;
		if (value & FCR_RESET)
			u->rx_out = u->rx_in;
		break;
	case LCR:
		u->lcr = value;
		break;
	case MCR:
		write_mcr(u, value);
		break;
	case SCR:
		u->scratch = value;
		break;
	default:
		break;
	}
	update(u);
}

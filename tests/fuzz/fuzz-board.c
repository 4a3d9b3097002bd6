/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whatever a guest does to the board's ports and memory, and whenever: no
 * device reaches outside of itself, time goes forward, a vector that waits can
 * be taken.
 */
#include <stdlib.h>
#include "dev/board.h"
#include "lib/string.h"

#define FIRST_LAPIC_VECTOR 16

struct input {
	const uint8_t *p, *end;
};

struct host {
	uint64_t now;
};

static uint32_t take(struct input *in, unsigned int bytes)
{
	uint32_t v = 0;

	for (unsigned int i = 0; i < bytes && in->p < in->end; i++)
		v |= (uint32_t)*in->p++ << 8 * i;
	return v;
}

static uint64_t host_now(void *opaque)
{
	const struct host *h = opaque;

	return h->now;
}

static uint64_t host_epoch(void *opaque)
{
	(void)opaque;
	return 1000000000000000000ull;
}

static void host_serial(void *opaque, uint8_t byte)
{
	(void)opaque;
	(void)byte;
}

static void host_end(void *opaque)
{
	(void)opaque;
}

static void host_ipi(void *opaque, uint32_t low, uint32_t high)
{
	(void)opaque;
	(void)low;
	(void)high;
}

/* Mostly where somebody listens. */
static uint16_t port(struct input *in, const struct board *b)
{
	uint32_t n = take(in, 1);
	const struct port_range *r = &b->ports[n % b->nr_ports];

	if (n >= 0xf8)
		return (uint16_t)take(in, 2);
	return (uint16_t)(r->first + take(in, 1) % r->count);
}

static uint64_t address(struct input *in)
{
	static const uint64_t base[] = { LAPIC_BASE, IOAPIC_BASE, 0xe0000000u,
					 LAPIC_BASE };
	uint32_t n = take(in, 2);

	return base[n & 3] + (n >> 2 & 0xfff);
}

static void tick(struct input *in, struct board *b, struct host *h)
{
	uint64_t next;

	h->now += (uint64_t)take(in, 1) << take(in, 1) % 40;
	next = board_tick(b, h->now);
	if (next <= h->now)
		abort();
	/* As the timer does: at the time that was asked for, and again. */
	if (next != TIME_NEVER) {
		h->now = next;
		if (board_tick(b, next) <= next)
			abort();
	}
}

static void acknowledge(struct board *b)
{
	bool pending = board_irq_pending(b);
	bool from_lapic = lapic_pending(&b->lapic);
	int vector = board_irq_ack(b);

	if (pending != (vector >= 0) || vector > 255)
		abort();
	if (from_lapic && vector < FIRST_LAPIC_VECTOR)
		abort();
}

static void from_outside(struct input *in, struct board *b)
{
	uint32_t v = take(in, 1);
	struct irq_line line = board_irq(b, v >> 1 & 15);

	if (v >= 0xf0)
		acpi_pm_button(&b->pm);
	else if (v >= 0xe0)
		lapic_timer_fire(&b->lapic);
	else if (v >= 0xc0)
		uart_input(&b->uart, (uint8_t)v);
	else
		irq_line_set(&line, v & 1);
}

enum {
	OUT,
	OUT_TOO,
	IN,
	MMIO_WRITE,
	MMIO_READ,
	TICK,
	ACK,
	OUTSIDE,
	NR_OPS
};

static void operation(struct input *in, struct board *b, struct host *h)
{
	uint32_t op = take(in, 1);
	unsigned int size = 1u << (op >> 3) % 3;
	uint64_t gpa;
	uint16_t at;

	switch (op % NR_OPS) {
	case OUT:
	case OUT_TOO:
		at = port(in, b);
		board_out(b, at, size, take(in, size));
		break;
	case IN:
		board_in(b, port(in, b), size);
		break;
	case MMIO_WRITE:
		gpa = address(in);
		board_mmio_write(b, gpa, 4, take(in, 4));
		break;
	case MMIO_READ:
		board_mmio_read(b, address(in), 4);
		break;
	case TICK:
		tick(in, b, h);
		break;
	case ACK:
		acknowledge(b);
		break;
	default:
		from_outside(in, b);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct board board;
	struct host h = { 1000000000 };
	const struct board_host host = { host_now, host_epoch, host_serial,
					 host_end, host_end,   host_ipi,
					 &h };
	struct input in = { data, data + size };

	board_init(&board, &host, 1024);
	while (in.p < in.end)
		operation(&in, &board, &h);
	return 0;
}

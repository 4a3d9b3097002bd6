/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An I/O APIC.  Pure.  Lines are "on" or not: the polarity that the guest
 * programs is kept and means nothing.
 */
#include "dev/ioapic.h"
#include "lib/string.h"

#define SELECT	    0x00
#define WINDOW	    0x10
#define REG_ID	    0x00
#define REG_VER	    0x01
#define REG_ARB	    0x02
#define REG_TABLE   0x10
#define VERSION	    (0x11u | (IOAPIC_PINS - 1) << 16)
#define RTE_LOGICAL 0x800u
#define RTE_IRR	    0x4000u
#define RTE_LEVEL   0x8000u
#define RTE_MASKED  0x10000u
#define RTE_WRITE   0x1afffu
#define RTE_MODE    8
#define RTE_DEST    56
#define DEST_BITS   0xff000000u
#define ID_SHIFT    24

void ioapic_init(struct ioapic *io, uint8_t id)
{
	memset(io, 0, sizeof(*io));
	io->id = id;
	for (int i = 0; i < IOAPIC_PINS; i++)
		io->entry[i] = RTE_MASKED;
}

static void send(struct ioapic *io, unsigned int pin)
{
	uint64_t e = io->entry[pin];

	if ((e & RTE_MASKED) || (e & RTE_IRR))
		return;
	if (e & RTE_LEVEL)
		io->entry[pin] |= RTE_IRR;
	if (io->deliver)
		io->deliver(io->opaque, (uint8_t)(e >> RTE_DEST),
			    e & RTE_LOGICAL, (uint8_t)(e >> RTE_MODE) & 7,
			    (uint8_t)e, e & RTE_LEVEL);
}

/* A level that is on asks for as long as it is not being served. */
static void check_level(struct ioapic *io, unsigned int pin)
{
	if ((io->entry[pin] & RTE_LEVEL) && (io->lines & BIT(pin)))
		send(io, pin);
}

void ioapic_set(struct ioapic *io, unsigned int pin, bool on)
{
	bool rises;

	if (pin >= IOAPIC_PINS)
		return;
	rises = on && !(io->lines & BIT(pin));
	if (on)
		io->lines |= BIT(pin);
	else
		io->lines &= ~BIT(pin);
	/* An edge on a masked pin is lost, as the chip loses it. */
	if (rises)
		send(io, pin);
}

void ioapic_eoi(struct ioapic *io, uint8_t vector)
{
	for (unsigned int i = 0; i < IOAPIC_PINS; i++) {
		if (!(io->entry[i] & RTE_LEVEL) ||
		    (uint8_t)io->entry[i] != vector)
			continue;
		io->entry[i] &= ~(uint64_t)RTE_IRR;
		check_level(io, i);
	}
}

uint32_t ioapic_read(struct ioapic *io, uint32_t offset)
{
	unsigned int n = io->select - REG_TABLE;

	if (offset == SELECT)
		return io->select;
	if (offset != WINDOW)
		return 0;
	if (io->select == REG_ID || io->select == REG_ARB)
		return (uint32_t)io->id << ID_SHIFT;
	if (io->select == REG_VER)
		return VERSION;
	if (io->select < REG_TABLE || n / 2 >= IOAPIC_PINS)
		return 0;
	return (uint32_t)(n & 1 ? io->entry[n / 2] >> 32 : io->entry[n / 2]);
}

void ioapic_write(struct ioapic *io, uint32_t offset, uint32_t value)
{
	unsigned int n = io->select - REG_TABLE;
	uint64_t *e;

	if (offset == SELECT) {
		io->select = (uint8_t)value;
		return;
	}
	if (offset != WINDOW)
		return;
	if (io->select == REG_ID) {
		io->id = (uint8_t)(value >> ID_SHIFT) & 0xf;
		return;
	}
	if (io->select < REG_TABLE || n / 2 >= IOAPIC_PINS)
		return;
	e = &io->entry[n / 2];
	if (n & 1) {
		*e = (*e & 0xffffffffu) | (uint64_t)(value & DEST_BITS) << 32;
		return;
	}
	*e = (*e & ~(uint64_t)RTE_WRITE) | (value & RTE_WRITE);
	if (!(*e & RTE_LEVEL))
		*e &= ~(uint64_t)RTE_IRR;
	check_level(io, n / 2);
}

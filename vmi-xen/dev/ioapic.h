/* SPDX-License-Identifier: GPL-2.0-only */
/* An I/O APIC.  Source: Intel 82093AA data sheet. */
#ifndef VMI_DEV_IOAPIC_H
#define VMI_DEV_IOAPIC_H

#include "types.h"
#include "x86-defs.h"

#define IOAPIC_BASE 0xfec00000u

struct ioapic {
	uint8_t id, select;
	uint64_t entry[IOAPIC_PINS];
	uint32_t lines;
	/** Send an interrupt message. */
	void (*deliver)(void *opaque, uint8_t dest, bool logical, uint8_t mode,
			uint8_t vector, bool level);
	void *opaque;
};

void ioapic_init(struct ioapic *io, uint8_t id);
uint32_t ioapic_read(struct ioapic *io, uint32_t offset);
void ioapic_write(struct ioapic *io, uint32_t offset, uint32_t value);
void ioapic_set(struct ioapic *io, unsigned int pin, bool on);
/** A LAPIC has finished level vector @vector. */
void ioapic_eoi(struct ioapic *io, uint8_t vector);

#endif

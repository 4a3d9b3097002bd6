/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a PC's firmware leaves in memory: BIOS data area, ACPI and MP tables.
 * Sources: ACPI 1.0b and 2.0; Intel MultiProcessor Specification 1.4.
 */
#ifndef VMI_DEV_FIRMWARE_H
#define VMI_DEV_FIRMWARE_H

#include "types.h"

#define FIRMWARE_BASE 0xf0000u
#define FIRMWARE_SIZE 0x2000u
#define BDA_BASE      0x400u
#define BDA_SIZE      0x100u

/* Interrupt lines of PCI slots: INTA of slot d is line PCI_IRQ(d). */
#define PCI_IRQ(d) ((d)&1 ? 11u : 10u)
#define PCI_SLOTS  16

struct firmware_config {
	unsigned int nr_cpus; /* APIC IDs 0 to nr_cpus - 1 */
	uint8_t ioapic_id;
};

/** Fill @buf (FIRMWARE_SIZE bytes, for FIRMWARE_BASE). */
void firmware_build(uint8_t *buf, const struct firmware_config *c);
/** Fill @bda (BDA_SIZE bytes, for BDA_BASE). */
void firmware_bda(uint8_t *bda);

#endif

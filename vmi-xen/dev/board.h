/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A PC's board: the devices, joined.
 *
 * Knows nothing of Xen.  Time comes in as nanoseconds; what the board wants
 * of its surroundings is in struct board_host.
 */
#ifndef VMI_DEV_BOARD_H
#define VMI_DEV_BOARD_H

#include "dev/acpi-pm.h"
#include "dev/i8042.h"
#include "dev/i8254.h"
#include "dev/i8259.h"
#include "dev/ioapic.h"
#include "dev/lapic.h"
#include "dev/pci.h"
#include "dev/rtc.h"
#include "dev/uart16550.h"

#define BOARD_MAX_PORTS 32

struct board;

/* One range of I/O ports. */
struct port_range {
	uint16_t first, count;
	uint32_t (*read)(void *opaque, uint16_t port, unsigned int size);
	void (*write)(void *opaque, uint16_t port, unsigned int size,
		      uint32_t value);
	void *opaque;
	bool timed; /* a write may move what board_tick() returns */
};

struct board_host {
	uint64_t (*now)(void *opaque);	    /* monotonic ns */
	uint64_t (*epoch_ns)(void *opaque); /* since 1970, when now() was 0 */
	void (*serial)(void *opaque, uint8_t byte);
	void (*power_off)(void *opaque);
	void (*reset)(void *opaque);
	void (*ipi)(void *opaque, uint32_t low, uint32_t high);
	void *opaque;
};

struct board {
	struct board_host host;
	struct i8259_pair pic;
	struct i8254 pit;
	struct i8042 kbc;
	struct rtc rtc;
	struct uart uart;
	struct acpi_pm pm;
	struct lapic lapic;
	struct ioapic ioapic;
	struct pci_bus pci;
	uint32_t pci_lines; /* slots that ask for an interrupt */
	uint8_t port92;
	unsigned int nr_ports;
	struct port_range ports[BOARD_MAX_PORTS];
	uint32_t unclaimed; /* accesses that no device answered */
};

/** Power on. @ram_kb: above 1 MB. */
void board_init(struct board *b, const struct board_host *host,
		uint32_t ram_kb);
/** Claim ports; false: no room. Later claims win. */
bool board_add_ports(struct board *b, const struct port_range *r);
/** Interrupt line @irq (0-15) of a device on the board. */
struct irq_line board_irq(struct board *b, unsigned int irq);
/** INTA of PCI slot @slot (0-31); slots share lines. */
struct irq_line board_pci_irq(struct board *b, unsigned int slot);

uint32_t board_in(struct board *b, uint16_t port, unsigned int size);
/** Returns whether board_tick() may now give another time. */
bool board_out(struct board *b, uint16_t port, unsigned int size,
	       uint32_t value);
uint32_t board_mmio_read(struct board *b, uint64_t gpa, unsigned int size);
void board_mmio_write(struct board *b, uint64_t gpa, unsigned int size,
		      uint32_t value);

/** A vector waits for the processor. */
bool board_irq_pending(const struct board *b);
/** Take it, -1: none. */
int board_irq_ack(struct board *b);
/** Run what is due at @now; returns when to call again, TIME_NEVER. */
uint64_t board_tick(struct board *b, uint64_t now);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* PCI configuration space, mechanism 1.  Source: PCI 2.2. */
#ifndef VMI_DEV_PCI_H
#define VMI_DEV_PCI_H

#include "types.h"
#include "x86-defs.h"

#define PCI_MAX_FUNCTIONS 16
#define PCI_CONFIG_SIZE	  256
#define PCI_ADDRESS_PORT  0xcf8
#define PCI_DATA_PORT	  0xcfc
#define PCI_NR_BARS	  6

struct pci_function {
	uint8_t devfn;
	uint8_t config[PCI_CONFIG_SIZE];
	uint8_t writable[PCI_CONFIG_SIZE]; /* bits that a write changes */
	/** After a write to @offset; NULL: none. */
	void (*written)(struct pci_function *f, unsigned int offset);
	void *opaque;
};

struct pci_bus {
	uint32_t address;
	unsigned int n;
	struct pci_function fn[PCI_MAX_FUNCTIONS];
};

void pci_init(struct pci_bus *b);
/** Add a function; NULL when the bus is full. @class_rev: as at offset 8. */
struct pci_function *pci_add(struct pci_bus *b, uint8_t devfn, uint16_t vendor,
			     uint16_t device, uint32_t class_rev);
/** Base address register @bar: @size bytes (power of two) at @at, I/O or not. */
void pci_set_bar(struct pci_function *f, unsigned int bar, uint32_t at,
		 uint32_t size, bool io);
/** Interrupt pin (1 = INTA) and the line that the firmware has routed. */
void pci_set_irq(struct pci_function *f, uint8_t pin, uint8_t line);
void pci_put(struct pci_function *f, unsigned int offset, unsigned int size,
	     uint32_t value);
uint32_t pci_get(const struct pci_function *f, unsigned int offset,
		 unsigned int size);
/** Ports CF8 to CFF. */
uint32_t pci_port_read(struct pci_bus *b, uint16_t port, unsigned int size);
void pci_port_write(struct pci_bus *b, uint16_t port, unsigned int size,
		    uint32_t value);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* PCI configuration space, mechanism 1.  Pure. */
#include "dev/pci.h"
#include "lib/string.h"

#define VENDOR	     0x00
#define DEVICE	     0x02
#define COMMAND	     0x04
#define CLASS	     0x08
#define LATENCY	     0x0d
#define CACHE	     0x0c
#define BAR0	     0x10
#define IRQ_LINE     0x3c
#define IRQ_PIN	     0x3d
#define COMMAND_BITS 0x0547u
#define ENABLE	     0x80000000u
#define BUS_SHIFT    16
#define DEVFN_SHIFT  8
#define BAR_IO	     1u

void pci_init(struct pci_bus *b)
{
	memset(b, 0, sizeof(*b));
}

void pci_put(struct pci_function *f, unsigned int offset, unsigned int size,
	     uint32_t value)
{
	for (unsigned int i = 0; i < size; i++)
		f->config[offset + i] = (uint8_t)(value >> 8 * i);
}

uint32_t pci_get(const struct pci_function *f, unsigned int offset,
		 unsigned int size)
{
	uint32_t value = 0;

	for (unsigned int i = 0; i < size; i++)
		value |= (uint32_t)f->config[offset + i] << 8 * i;
	return value;
}

static void may_write(struct pci_function *f, unsigned int offset,
		      unsigned int size, uint32_t mask)
{
	for (unsigned int i = 0; i < size; i++)
		f->writable[offset + i] = (uint8_t)(mask >> 8 * i);
}

struct pci_function *pci_add(struct pci_bus *b, uint8_t devfn, uint16_t vendor,
			     uint16_t device, uint32_t class_rev)
{
	struct pci_function *f = &b->fn[b->n];

	if (b->n == PCI_MAX_FUNCTIONS)
		return NULL;
	b->n++;
	memset(f, 0, sizeof(*f));
	f->devfn = devfn;
	pci_put(f, VENDOR, 2, vendor);
	pci_put(f, DEVICE, 2, device);
	pci_put(f, CLASS, 4, class_rev);
	may_write(f, COMMAND, 2, COMMAND_BITS);
	may_write(f, CACHE, 1, 0xff);
	may_write(f, LATENCY, 1, 0xf8);
	may_write(f, IRQ_LINE, 1, 0xff);
	return f;
}

void pci_set_bar(struct pci_function *f, unsigned int bar, uint32_t at,
		 uint32_t size, bool io)
{
	pci_put(f, BAR0 + 4 * bar, 4, at | (io ? BAR_IO : 0));
	may_write(f, BAR0 + 4 * bar, 4, ~(size - 1));
	/* The firmware has switched it on. */
	f->config[COMMAND] |= io ? 1 : 2;
}

void pci_set_irq(struct pci_function *f, uint8_t pin, uint8_t line)
{
	f->config[IRQ_PIN] = pin;
	f->config[IRQ_LINE] = line;
}

static struct pci_function *selected(struct pci_bus *b)
{
	if (!(b->address & ENABLE) || (b->address >> BUS_SHIFT & 0xff))
		return NULL;
	for (unsigned int i = 0; i < b->n; i++)
		if (b->fn[i].devfn == (b->address >> DEVFN_SHIFT & 0xff))
			return &b->fn[i];
	return NULL;
}

static bool is_address(uint16_t port, unsigned int size)
{
	return port == PCI_ADDRESS_PORT && size == 4;
}

uint32_t pci_port_read(struct pci_bus *b, uint16_t port, unsigned int size)
{
	unsigned int offset = (b->address & 0xfc) + (port & 3);
	struct pci_function *f = selected(b);

	if (is_address(port, size))
		return b->address;
	if (port < PCI_DATA_PORT || !f || (port & 3) + size > 4)
		return ~0u;
	return pci_get(f, offset, size);
}

void pci_port_write(struct pci_bus *b, uint16_t port, unsigned int size,
		    uint32_t value)
{
	unsigned int offset = (b->address & 0xfc) + (port & 3);
	struct pci_function *f = selected(b);

	if (is_address(port, size)) {
		b->address = value & 0x80fffffcu;
		return;
	}
	if (port < PCI_DATA_PORT || !f || (port & 3) + size > 4)
		return;
	for (unsigned int i = 0; i < size; i++) {
		uint8_t mask = f->writable[offset + i];
		uint8_t *c = &f->config[offset + i];

		*c = (uint8_t)((*c & ~mask) | ((value >> 8 * i) & mask));
	}
	if (f->written)
		f->written(f, offset);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What PCI shows of legacy virtio devices, and their ports.  Pure.
 * Source: "Virtio PCI Card Specification" 0.9.5, 2.1: drivers tell devices by
 * the subsystem; revision 0 is the legacy interface.
 */
#include "dev/virtio-pci.h"
#include "dev/firmware.h"

#define SUBSYSTEM_VENDOR 0x2c
#define SUBSYSTEM	 0x2e
#define PIN_A		 1

static const struct {
	uint16_t device;
	uint32_t class_rev;
} ids[] = {
	[VIRTIO_NET] = { VIRTIO_DEVICE_NET, 0x02000000 },
	[VIRTIO_BLOCK] = { VIRTIO_DEVICE_BLOCK, 0x01000000 },
};

static uint32_t io_in(void *opaque, uint16_t port, unsigned int size)
{
	return virtio_read(opaque, port % VIRTIO_IO_SIZE, size);
}

static void io_out(void *opaque, uint16_t port, unsigned int size,
		   uint32_t value)
{
	virtio_write(opaque, port % VIRTIO_IO_SIZE, size, value);
}

bool virtio_plug(struct virtio *v, struct board *b, unsigned int slot,
		 enum virtio_kind kind)
{
	uint16_t base = (uint16_t)(VIRTIO_IO_BASE + slot * VIRTIO_IO_SIZE);
	const struct port_range ports = { base, VIRTIO_IO_SIZE, io_in, io_out,
					  v,	false };
	struct pci_function *f =
		pci_add(&b->pci, (uint8_t)PCI_DEVFN(slot, 0), VIRTIO_VENDOR,
			ids[kind].device, ids[kind].class_rev);

	if (!f || !board_add_ports(b, &ports))
		return false;
	pci_put(f, SUBSYSTEM_VENDOR, 2, VIRTIO_VENDOR);
	pci_put(f, SUBSYSTEM, 2, kind);
	pci_set_bar(f, 0, base, VIRTIO_IO_SIZE, true);
	pci_set_irq(f, PIN_A, PCI_IRQ(slot));
	return true;
}

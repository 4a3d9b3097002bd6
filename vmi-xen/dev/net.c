/* SPDX-License-Identifier: GPL-2.0-only */
/* Network cards: what PCI shows of them, and their ports.  Pure. */
#include "dev/net.h"
#include "dev/firmware.h"
#include "dev/virtio-pci.h"

#define CLASS_ETHERNET 0x020000u
#define STATUS	       0x06
#define STATUS_MEDIUM  0x0280 /* fast back to back, medium DEVSEL */
#define MIN_GRANT      0x3e
#define MAX_LATENCY    0x3f
#define PIN_A	       1

static uint32_t pcnet_in(void *opaque, uint16_t port, unsigned int size)
{
	return pcnet_read(opaque, port % PCNET_IO_SIZE, size);
}

static void pcnet_out(void *opaque, uint16_t port, unsigned int size,
		      uint32_t value)
{
	pcnet_write(opaque, port % PCNET_IO_SIZE, size, value);
}

static bool plug_pcnet(struct net_card *c, struct board *b, unsigned int n,
		       struct nic *nic, const struct dma_host *dma)
{
	uint8_t slot = (uint8_t)(NET_SLOT + n);
	uint16_t base = (uint16_t)(NET_IO_BASE + n * NET_IO_STEP);
	const struct port_range ports = { base,	     PCNET_IO_SIZE, pcnet_in,
					  pcnet_out, &c->pcnet,	    false };
	struct pci_function *f =
		pci_add(&b->pci, (uint8_t)PCI_DEVFN(slot, 0), PCNET_VENDOR,
			PCNET_DEVICE, CLASS_ETHERNET << 8 | PCNET_REVISION);

	if (!f || !board_add_ports(b, &ports))
		return false;
	pci_put(f, STATUS, 2, STATUS_MEDIUM);
	pci_put(f, MIN_GRANT, 1, 0x06);
	pci_put(f, MAX_LATENCY, 1, 0xff);
	pci_set_bar(f, 0, base, PCNET_IO_SIZE, true);
	pci_set_irq(f, PIN_A, PCI_IRQ(slot));
	pcnet_init(&c->pcnet, nic, board_pci_irq(b, slot), dma);
	return true;
}

bool net_plug(struct net_card *c, struct board *b, unsigned int n,
	      struct nic *nic, bool virtio, const struct dma_host *dma)
{
	unsigned int slot = NET_SLOT + n;

	if (!virtio)
		return plug_pcnet(c, b, n, nic, dma);
	virtio_net_init(&c->virtio, nic, board_pci_irq(b, slot), dma);
	return virtio_plug(&c->virtio.v, b, slot, VIRTIO_NET);
}

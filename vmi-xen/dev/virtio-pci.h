/* SPDX-License-Identifier: GPL-2.0-only */
/* Legacy virtio devices in the board's PCI slots. */
#ifndef VMI_DEV_VIRTIO_PCI_H
#define VMI_DEV_VIRTIO_PCI_H

#include "dev/board.h"
#include "dev/virtio.h"

/* Ports of the device in slot n: VIRTIO_IO_SIZE each. */
#define VIRTIO_IO_BASE 0xc200

enum virtio_kind { /* as a PCI subsystem says it */
	VIRTIO_NET = 1,
	VIRTIO_BLOCK = 2,
};

/** Plug @v in; its interrupt is board_pci_irq(@slot). False: no room. */
bool virtio_plug(struct virtio *v, struct board *b, unsigned int slot,
		 enum virtio_kind kind);

#endif

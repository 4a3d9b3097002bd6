/* SPDX-License-Identifier: GPL-2.0-only */
/* Network cards in the board's PCI slots, from slot NET_SLOT on. */
#ifndef VMI_DEV_NET_H
#define VMI_DEV_NET_H

#include "dev/board.h"
#include "dev/pcnet.h"
#include "dev/virtio-net.h"

#define NET_SLOT    3
#define NET_IO_BASE 0xc100 /* ports of the first card */
#define NET_IO_STEP 0x20

struct net_card {
	union {
		struct pcnet pcnet;
		struct virtio_net virtio;
	};
};

/**
 * Plug card @n in, a PCnet or a virtio card; it speaks for @nic from now on.
 * False: no room.
 */
bool net_plug(struct net_card *c, struct board *b, unsigned int n,
	      struct nic *nic, bool virtio, const struct dma_host *dma);

#endif

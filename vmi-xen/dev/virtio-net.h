/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Legacy virtio network card: checksums may be left blank in both directions,
 * large frames of TCP are sent whole where the network cuts, and received whole
 * where the driver takes them; else they are cut here.
 */
#ifndef VMI_DEV_VIRTIO_NET_H
#define VMI_DEV_VIRTIO_NET_H

#include "dev/nic.h"
#include "dev/virtio.h"

struct virtio_net {
	struct virtio v; /* first: its callbacks get it */
	struct nic *nic;
	bool rx_starved; /* a frame waits for a buffer */
	bool tx_untold;	 /* chains are used, the driver has not been told */
	uint32_t rx_cut; /* frames of a large one that the driver has */
	uint8_t rx_small
		[NIC_FRAME_MAX]; /* one of them, or one that is joined */
};

/** Power on a card with @nic's address; becomes @nic's card. */
void virtio_net_init(struct virtio_net *n, struct nic *nic, struct irq_line irq,
		     const struct dma_host *dma);

#endif

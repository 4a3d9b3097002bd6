/* SPDX-License-Identifier: GPL-2.0-only */
/* Legacy virtio disk: several requests at once, straight to guest memory. */
#ifndef VMI_DEV_VIRTIO_BLK_H
#define VMI_DEV_VIRTIO_BLK_H

#include "dev/disk.h"
#include "dev/virtio.h"

#define VIRTIO_BLK_TASKS 8 /* requests that the disk works at */

struct virtio_blk;

/* One request of the driver's; the disk gets it in pieces. */
struct virtio_blk_task {
	struct virtio_blk *b;
	bool busy;
	bool orphan; /* the driver has reset the device since */
	struct virtio_chain chain;
	uint64_t sector;  /* of the piece in hand */
	uint32_t skip;	  /* bytes of the chain before it: header, done */
	uint32_t left;	  /* bytes of data from there on */
	uint32_t piece;	  /* bytes of the piece */
	uint32_t written; /* bytes that the driver is told of at the end */
	gpa_t answer;	  /* where the result goes, a byte */
	bool in;
	struct disk_request r;
};

struct virtio_blk {
	struct virtio v; /* first: its callbacks get it */
	struct disk *disk;
	struct virtio_blk_task task[VIRTIO_BLK_TASKS];
};

void virtio_blk_init(struct virtio_blk *b, struct disk *d, struct irq_line irq,
		     const struct dma_host *dma);

#endif

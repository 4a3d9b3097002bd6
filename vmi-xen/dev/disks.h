/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The disks of a PC: which controller shows which, and as which unit.  Each
 * disk is shown once.
 */
#ifndef VMI_DEV_DISKS_H
#define VMI_DEV_DISKS_H

#include "dev/board.h"
#include "dev/ide.h"
#include "dev/virtio-blk.h"

#define DISKS_MAX	8
#define DISKS_IDE_UNITS (IDE_CHANNELS * IDE_UNITS)
#define DISKS_SLOT	7 /* PCI slot of the first virtio disk */

struct disks {
	struct ide ide;
	struct virtio_blk virtio[DISKS_MAX];
	unsigned int nr_virtio;
};

/**
 * The IDE unit (0 to 3) that the name behind Xen's number @vdev stands for:
 * hda to hdd, sda to sdd, xvda to xvdd.  -1: none.  @is_ide: the name is one
 * of an IDE disk.
 */
int disks_unit(uint32_t vdev, bool *is_ide);
/**
 * Show @d[0] to @d[@n - 1]: on IDE by their names while there are units, the
 * others as virtio disks; with @virtio all but CD-ROMs as virtio disks.
 * Returns how many found no place.
 */
unsigned int disks_plug(struct disks *s, struct board *b,
			struct disk *const d[], unsigned int n, bool virtio,
			const struct dma_host *dma);

#endif

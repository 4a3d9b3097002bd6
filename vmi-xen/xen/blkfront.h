/* SPDX-License-Identifier: GPL-2.0-only */
/* Disks of the configuration, through dom0's block backend. */
#ifndef VMI_XEN_BLKFRONT_H
#define VMI_XEN_BLKFRONT_H

#include "dev/disk.h"

struct machine;

#define BLKFRONT_MAX 8

/**
 * Take pages for the disks that xenstore lists; before the guest's memory is
 * laid out.
 */
void blkfront_scan(struct machine *m);
/** Shake hands with the backends; waits for each at most some seconds. */
void blkfront_connect(struct machine *m);
/** Disk @n in the order of Xen's numbers; NULL when there are fewer. */
struct disk *blkfront_disk(unsigned int n);

#endif

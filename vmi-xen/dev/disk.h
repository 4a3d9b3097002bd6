/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a disk controller's model asks of the disk behind it, and gets back.
 * The model knows guest-physical addresses; the disk moves data to and from
 * them without the model touching it.
 */
#ifndef VMI_DEV_DISK_H
#define VMI_DEV_DISK_H

#include "types.h"

#define DISK_SECTOR_SIZE 512u
#define DISK_MAX_SEGS	 128u

enum disk_op {
	DISK_READ, /* from the disk into memory */
	DISK_WRITE,
	DISK_FLUSH,   /* what was written before is on the medium */
	DISK_DISCARD, /* what is there is not needed any more */
};

/* Memory of a transfer: any address, any length; no page is crossed. */
struct disk_seg {
	gpa_t gpa;
	uint32_t len;
	uint8_t *local; /* the model's own memory instead of the guest's */
};

struct disk_request {
	enum disk_op op;
	uint64_t sector; /* of 512 bytes */
	uint64_t count;	 /* DISK_DISCARD: sectors */
	uint32_t nr_segs;
	struct disk_seg seg[DISK_MAX_SEGS]; /* together whole sectors */
	/** Called once, not from within submit(). */
	void (*done)(struct disk_request *r, bool ok);
	void *opaque;		   /* the model's */
	uint32_t pending;	   /* the disk's */
	bool failed;		   /* the disk's */
	struct disk_request *next; /* the disk's */
};

struct disk {
	uint64_t sectors; /* of 512 bytes */
	bool read_only;
	bool cdrom;
	bool can_flush;
	bool can_discard;
	uint32_t discard_unit; /* sectors that are discarded together */
	uint32_t vdev; /* Xen's number: which name the configuration gave */
	/**
	 * Start @r.  It stays the caller's and untouched until done().
	 * Requests of one disk may end in any order; a flush covers those that
	 * have ended.
	 */
	void (*submit)(struct disk *d, struct disk_request *r);
};

#endif

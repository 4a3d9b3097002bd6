/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A disk that notes what it is asked, and answers when it is told to; and a
 * board to plug its controller into, around which there is nothing.
 *
 * Each request must be one that a disk may get (dev/disk.h), lie within the
 * disk, and stay untouched until its answer.
 */
#ifndef TESTS_MOCK_FAKE_DISK_H
#define TESTS_MOCK_FAKE_DISK_H

#include "dev/board.h"
#include "dev/disk.h"

#define FAKE_DISK_MOST 8

struct fake_disk {
	struct disk disk;
	unsigned int most; /* requests at once */
	/** May a request have @s, of the model's own memory?  NULL: it may. */
	bool (*local_ok)(const struct disk_request *r,
			 const struct disk_seg *s);
	/* In the order in which they came, and as they were. */
	struct disk_request *waiting[FAKE_DISK_MOST];
	struct disk_request copy[FAKE_DISK_MOST];
	unsigned int nr_waiting, submits;
	struct disk_request last; /* as it was submitted */
};

/** A disk of @sectors, or such a CD-ROM, for up to @most requests at once. */
void fake_disk_init(struct fake_disk *f, uint64_t sectors, bool cdrom,
		    unsigned int most);
/** Take request @i of those that wait; the caller answers it by its done(). */
struct disk_request *fake_disk_take(struct fake_disk *f, unsigned int i);

/** Power @b on: time stands still, and what it says is lost. */
void bare_board(struct board *b);

#endif

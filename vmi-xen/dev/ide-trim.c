/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PIIX3 IDE controller: DATA SET MANAGEMENT with TRIM, which tells a disk what
 * is not needed any more.  Pure.
 * Flow: ide-command.c -> here -> ide-dma.c, which brings the list -> here, range
 * by range to disk->submit().
 * Source: ATA8-ACS-2, 7.10: entries of 8 bytes, the sector in the lower six and
 * a count in the others; entries that count none are passed over.
 */
#include "dev/ide-private.h"
#include "lib/string.h"

#define FEATURE_TRIM 1
#define ENTRY_SIZE   8u
#define COUNT_SHIFT  48

static uint64_t entry(const struct ide_channel *c, uint32_t at)
{
	uint64_t e;

	memcpy(&e, c->data + at, sizeof(e));
	return e;
}

static uint64_t first_of(uint64_t e)
{
	return e & ((1ull << COUNT_SHIFT) - 1);
}

/* Are all ranges the disk's?  Before the first is thrown away. */
static bool list_ok(const struct ide_channel *c)
{
	uint64_t size = c->target->sectors;

	for (uint32_t at = 0; at < c->len; at += ENTRY_SIZE) {
		uint64_t e = entry(c, at), count = e >> COUNT_SHIFT;

		if (count &&
		    (first_of(e) >= size || count > size - first_of(e)))
			return false;
	}
	return true;
}

/* The next range, with those that follow on it; false: there is none. */
static bool next_range(struct ide_channel *c, struct disk_request *r)
{
	r->count = 0;
	for (; c->pos < c->len; c->pos += ENTRY_SIZE) {
		uint64_t e = entry(c, c->pos);

		if (!(e >> COUNT_SHIFT))
			continue;
		if (!r->count)
			r->sector = first_of(e);
		else if (first_of(e) != r->sector + r->count)
			break;
		r->count += e >> COUNT_SHIFT;
	}
	return r->count;
}

static void discard(struct ide_channel *c);

static void range_done(struct disk_request *r, bool ok)
{
	struct ide_channel *c = r->opaque;

	if (!ide_answered(c))
		return;
	if (ok)
		discard(c);
	else
		ide_finish(c, false);
}

static void discard(struct ide_channel *c)
{
	struct disk_request *r = &c->request;

	if (!next_range(c, r)) {
		ide_finish(c, true);
		return;
	}
	r->op = DISK_DISCARD;
	r->nr_segs = 0;
	r->done = range_done;
	ide_submit(c);
}

void ide_trim_list(struct ide_channel *c, uint32_t got)
{
	c->trim = c->dma = false;
	if (got < c->len)
		ide_abort(c);
	else if (!list_ok(c))
		ide_end(c, ERR_IDNF);
	else
		discard(c);
}

void ide_trim(struct ide_channel *c, unsigned int flags)
{
	uint32_t blocks = c->task.count[0] | (uint32_t)c->task.count[1] << 8;

	(void)flags;
	if (c->task.feature[0] != FEATURE_TRIM || !blocks ||
	    blocks > IDE_MAX_MULTIPLE || !c->target->can_discard ||
	    c->target->read_only) {
		ide_abort(c);
		return;
	}
	c->len = blocks * DISK_SECTOR_SIZE;
	c->write = c->dma = c->trim = true;
	c->status = ST_DRDY | ST_BSY;
	ide_dma_ready(c);
}

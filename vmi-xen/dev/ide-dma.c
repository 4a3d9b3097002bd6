/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PIIX3 IDE controller: the bus master.  Pure.
 *
 * The guest's descriptor table becomes a list of pages for the disk; data move
 * between them and the disk without us.
 */
#include "dev/board.h"
#include "dev/ide-private.h"
#include "lib/string.h"

#define BM_COMMAND  0
#define BM_STATUS   2
#define BM_TABLE    4
#define BM_CHANNEL  8
#define CMD_START   0x01
#define CMD_TO_MEM  0x08
#define STS_ACTIVE  0x01
#define STS_ERROR   0x02
#define STS_IRQ	    0x04
#define STS_CAPABLE 0x60
#define PRD_LAST    0x80000000u
#define PRD_SIZE    8
#define PRD_FULL    0x10000u

static void run(struct ide_channel *c);

static void stop(struct ide_channel *c, bool ok)
{
	c->bm_status &= (uint8_t)~STS_ACTIVE;
	c->bm_status |= STS_IRQ;
	if (!ok)
		c->bm_status |= STS_ERROR;
	c->dma = false;
	ide_finish(c, ok);
}

static void chunk_done(struct disk_request *r, bool ok)
{
	struct ide_channel *c = r->opaque;

	c->busy = false;
	if (!ok) {
		stop(c, false);
		return;
	}
	c->sector += c->chunk;
	c->left -= c->chunk;
	if (!c->left)
		stop(c, true);
	else
		run(c);
}

/* The next descriptor; false: the table has ended. */
static bool next_prd(struct ide_channel *c)
{
	uint32_t prd[2];

	if (c->prd_last)
		return false;
	c->ide->mem_read(c->ide->opaque, prd, c->prd_next, PRD_SIZE);
	c->prd_next += PRD_SIZE;
	c->prd_addr = prd[0] & ~1u;
	c->prd_left = prd[1] & 0xfffe;
	if (!c->prd_left)
		c->prd_left = PRD_FULL;
	c->prd_last = prd[1] & PRD_LAST;
	return true;
}

/* Pages for up to c->left sectors; returns the bytes. */
static uint32_t gather(struct ide_channel *c, struct disk_request *r)
{
	uint32_t want = c->left * DISK_SECTOR_SIZE, bytes = 0;

	if (c->left > DISK_MAX_SEGS * PAGE_SIZE / DISK_SECTOR_SIZE)
		want = DISK_MAX_SEGS * PAGE_SIZE;
	r->nr_segs = 0;
	while (bytes < want && r->nr_segs < DISK_MAX_SEGS) {
		struct disk_seg *s = &r->seg[r->nr_segs];
		uint32_t n;

		if (!c->prd_left && !next_prd(c))
			break;
		n = PAGE_SIZE - (c->prd_addr & PAGE_MASK);
		if (n > c->prd_left)
			n = c->prd_left;
		if (n > want - bytes)
			n = want - bytes;
		s->gpa = c->prd_addr;
		s->len = n;
		s->local = NULL;
		r->nr_segs++;
		c->prd_addr += n;
		c->prd_left -= n;
		bytes += n;
	}
	return bytes;
}

/* Give back what does not fill a sector: pieces of a page list that is full. */
static uint32_t whole_sectors(struct ide_channel *c, struct disk_request *r,
			      uint32_t bytes)
{
	uint32_t extra = bytes % DISK_SECTOR_SIZE;

	if (!extra)
		return bytes;
	/* The rest lies in the last segments, at most one of them wholly. */
	while (extra && r->nr_segs) {
		struct disk_seg *s = &r->seg[r->nr_segs - 1];
		uint32_t n = s->len < extra ? s->len : extra;

		c->prd_addr -= n;
		c->prd_left += n;
		s->len -= n;
		extra -= n;
		bytes -= n;
		if (!s->len)
			r->nr_segs--;
	}
	return bytes;
}

static void run(struct ide_channel *c)
{
	struct disk_request *r = &c->request;
	uint32_t bytes = whole_sectors(c, r, gather(c, r));

	if (!bytes) {
		stop(c, false); /* the table is shorter than the command */
		return;
	}
	c->chunk = bytes / DISK_SECTOR_SIZE;
	c->busy = true;
	r->op = c->write ? DISK_WRITE : DISK_READ;
	r->sector = c->sector;
	r->done = chunk_done;
	r->opaque = c;
	ide_disk(c)->submit(ide_disk(c), r);
}

/* Both the command and the start bit are there. */
static void start(struct ide_channel *c)
{
	c->prd_next = c->bm_table;
	c->prd_left = 0;
	c->prd_last = false;
	run(c);
}

void ide_dma_ready(struct ide_channel *c)
{
	if (c->bm_command & CMD_START)
		start(c);
}

static uint32_t bm_in(void *opaque, uint16_t port, unsigned int size)
{
	struct ide *ide = opaque;
	unsigned int offset = port - IDE_BM_BASE;
	struct ide_channel *c = &ide->ch[offset / BM_CHANNEL];

	(void)size;
	switch (offset % BM_CHANNEL) {
	case BM_COMMAND:
		return c->bm_command;
	case BM_STATUS:
		return c->bm_status;
	case BM_TABLE:
		return c->bm_table;
	default:
		return 0;
	}
}

static void bm_command(struct ide_channel *c, uint8_t value)
{
	bool was = c->bm_command & CMD_START;

	c->bm_command = value & (CMD_START | CMD_TO_MEM);
	if (!(value & CMD_START)) {
		if (!c->busy)
			c->bm_status &= (uint8_t)~STS_ACTIVE;
		return;
	}
	if (was)
		return;
	c->bm_status |= STS_ACTIVE;
	if (c->dma && !c->busy)
		start(c);
}

static void bm_out(void *opaque, uint16_t port, unsigned int size,
		   uint32_t value)
{
	struct ide *ide = opaque;
	unsigned int offset = port - IDE_BM_BASE;
	struct ide_channel *c = &ide->ch[offset / BM_CHANNEL];
	uint8_t v = (uint8_t)value;

	switch (offset % BM_CHANNEL) {
	case BM_COMMAND:
		bm_command(c, v);
		break;
	case BM_STATUS:
		c->bm_status = (uint8_t)((c->bm_status &
					  (STS_ACTIVE | STS_ERROR | STS_IRQ) &
					  ~(v & (STS_ERROR | STS_IRQ))) |
					 (v & STS_CAPABLE));
		break;
	case BM_TABLE:
		if (size == 4)
			c->bm_table = value & ~3u;
		break;
	default:
		break;
	}
}

void ide_dma_init(struct ide *ide, struct board *b)
{
	const struct port_range r = { IDE_BM_BASE, IDE_BM_SIZE, bm_in, bm_out,
				      ide };

	board_add_ports(b, &r);
}

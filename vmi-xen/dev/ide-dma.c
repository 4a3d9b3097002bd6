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

/* The error bit is for what goes wrong on the bus, not for the disk's errors. */
static void stop(struct ide_channel *c, bool ok)
{
	c->bm_status &= (uint8_t)~STS_ACTIVE;
	ide_finish(c, ok);
}

void ide_dma_irq(struct ide_channel *c)
{
	c->bm_status |= STS_IRQ;
}

static void chunk_done(struct disk_request *r, bool ok)
{
	struct ide_channel *c = r->opaque;

	if (!ide_answered(c)) {
		c->bm_status &= (uint8_t)~STS_ACTIVE;
		return;
	}
	if (!ok) {
		stop(c, false);
		return;
	}
	c->sector += c->chunk;
	c->left -= c->chunk;
	if (!c->left)
		stop(c, true);
	else if (c->bm_command & CMD_START)
		run(c);
	else /* stopped by the guest: waits for a new start */
		c->bm_status &= (uint8_t)~STS_ACTIVE;
}

/* The next descriptor; false: the table has ended. */
static bool next_prd(struct ide_channel *c)
{
	struct ide_prd *p = &c->prd;
	uint32_t prd[2];

	if (p->last)
		return false;
	c->ide->dma.read(c->ide->dma.opaque, prd, p->next, PRD_SIZE);
	p->next += PRD_SIZE;
	p->addr = prd[0] & ~1u;
	p->left = prd[1] & 0xfffe;
	if (!p->left)
		p->left = PRD_FULL;
	p->last = prd[1] & PRD_LAST;
	return true;
}

static uint32_t wanted(const struct ide_channel *c)
{
	const uint32_t most = DISK_MAX_SEGS * PAGE_SIZE;

	return c->left > most / DISK_SECTOR_SIZE ? most
						 : c->left * DISK_SECTOR_SIZE;
}

/* One segment of up to @most bytes; 0: the table has ended. */
static uint32_t add_segment(struct ide_channel *c, struct disk_seg *s,
			    uint32_t most)
{
	struct ide_prd *p = &c->prd;
	uint32_t n;

	if (!p->left && !next_prd(c))
		return 0;
	n = PAGE_SIZE - (p->addr & PAGE_MASK);
	if (n > p->left)
		n = p->left;
	if (n > most)
		n = most;
	s->gpa = p->addr;
	s->len = n;
	s->local = NULL;
	p->addr += n;
	p->left -= n;
	return n;
}

/*
 * Pages for up to c->left sectors; returns the bytes, whole sectors.  When the
 * list is full within a sector, it goes back to the last one that was whole.
 */
static uint32_t gather(struct ide_channel *c, struct disk_request *r)
{
	uint32_t want = wanted(c), bytes = 0, whole = 0, segs = 0, tail = 0;
	struct ide_prd mark = c->prd;

	r->nr_segs = 0;
	while (bytes < want && r->nr_segs < DISK_MAX_SEGS) {
		uint32_t n = add_segment(c, &r->seg[r->nr_segs], want - bytes);
		uint32_t over = (bytes + n) % DISK_SECTOR_SIZE;

		if (!n)
			break;
		r->nr_segs++;
		bytes += n;
		if (bytes - over == whole)
			continue;
		whole = bytes - over;
		segs = r->nr_segs;
		tail = n - over;
		mark = c->prd;
		mark.addr -= over;
		mark.left += over;
	}
	if (bytes != whole) {
		c->prd = mark;
		r->nr_segs = segs;
		if (segs)
			r->seg[segs - 1].len = tail;
	}
	return whole;
}

static void run(struct ide_channel *c)
{
	struct disk_request *r = &c->request;
	uint32_t bytes = gather(c, r);

	if (!bytes) {
		/* the table is shorter than the command */
		c->bm_status |= STS_ERROR;
		stop(c, false);
		return;
	}
	c->chunk = bytes / DISK_SECTOR_SIZE;
	r->op = c->write ? DISK_WRITE : DISK_READ;
	r->sector = c->sector;
	r->done = chunk_done;
	ide_submit(c);
}

/* A command's list out of guest memory; returns the bytes that came. */
static uint32_t fetch(struct ide_channel *c)
{
	struct disk_seg s;
	uint32_t at = 0, n;

	while (at < c->len && (n = add_segment(c, &s, c->len - at))) {
		c->ide->dma.read(c->ide->dma.opaque, c->data + at, s.gpa, n);
		at += n;
	}
	return at;
}

/* Both the command and the start bit are there. */
static void start(struct ide_channel *c)
{
	c->prd = (struct ide_prd){ .next = c->bm_table };
	if (c->trim) {
		c->bm_status &= (uint8_t)~STS_ACTIVE;
		ide_trim_list(c, fetch(c));
		return;
	}
	if (!c->packet.on || !ide_packet_dma(c)) {
		run(c);
		return;
	}
	c->bm_status &= (uint8_t)~STS_ACTIVE;
}

void ide_dma_give(struct ide_channel *c, uint32_t len)
{
	struct disk_seg s;
	uint32_t at = 0, n;

	while (at < len && (n = add_segment(c, &s, len - at))) {
		c->ide->dma.write(c->ide->dma.opaque, s.gpa, c->data + at, n);
		at += n;
	}
}

void ide_dma_ready(struct ide_channel *c)
{
	if (c->bm_command & CMD_START)
		start(c);
}

/* --- Registers ------------------------------------------------------------*/
static uint32_t bm_in(void *opaque, uint16_t port, unsigned int size)
{
	struct ide *ide = opaque;
	unsigned int offset = port - IDE_BM_BASE;
	const struct ide_channel *c = &ide->ch[offset / BM_CHANNEL];
	uint32_t value = c->bm_command | (uint32_t)c->bm_status << 16;

	(void)size;
	if (offset % BM_CHANNEL >= BM_TABLE)
		value = c->bm_table;
	return value >> 8 * (offset & 3);
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

static void bm_status(struct ide_channel *c, uint8_t value)
{
	uint8_t cleared = value & (STS_ERROR | STS_IRQ);

	c->bm_status &= STS_ACTIVE | STS_ERROR | STS_IRQ;
	c->bm_status &= (uint8_t)~cleared;
	c->bm_status |= value & STS_CAPABLE;
}

static void bm_table(struct ide_channel *c, unsigned int byte, uint8_t value)
{
	c->bm_table &= ~(0xffu << 8 * byte);
	c->bm_table |= (uint32_t)value << 8 * byte;
	c->bm_table &= ~3u;
}

static void bm_out_byte(struct ide *ide, unsigned int offset, uint8_t value)
{
	struct ide_channel *c = &ide->ch[offset / BM_CHANNEL];
	unsigned int reg = offset % BM_CHANNEL;

	if (reg == BM_COMMAND)
		bm_command(c, value);
	else if (reg == BM_STATUS)
		bm_status(c, value);
	else if (reg >= BM_TABLE)
		bm_table(c, reg - BM_TABLE, value);
}

static void bm_out(void *opaque, uint16_t port, unsigned int size,
		   uint32_t value)
{
	unsigned int offset = port - IDE_BM_BASE;

	for (unsigned int i = 0; i < size && offset + i < IDE_BM_SIZE; i++)
		bm_out_byte(opaque, offset + i, (uint8_t)(value >> 8 * i));
}

void ide_dma_init(struct ide *ide, struct board *b)
{
	const struct port_range r = { IDE_BM_BASE, IDE_BM_SIZE, bm_in,
				      bm_out,	   ide,		false };

	board_add_ports(b, &r);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PIIX3 IDE controller: commands and the data port.  Pure.
 * Flow: ide.c -> here -> ide-dma.c for bus-master transfers, ide-atapi.c for
 * CD-ROMs, ide-trim.c -> disk->submit().
 *
 * A command keeps to the drive that was selected when it was given, whatever
 * is selected while it runs.
 */
#include "dev/ide-private.h"
#include "lib/string.h"

/* --- PIO data -------------------------------------------------------------*/
static uint32_t block_len(const struct ide_channel *c)
{
	return (c->left < c->block ? c->left : c->block) * DISK_SECTOR_SIZE;
}

static void block_done(struct disk_request *r, bool ok)
{
	struct ide_channel *c = r->opaque;

	if (!ide_answered(c))
		return;
	if (!ok) {
		ide_finish(c, false);
		return;
	}
	if (c->write) {
		c->sector += c->len / DISK_SECTOR_SIZE;
		c->left -= c->len / DISK_SECTOR_SIZE;
		if (!c->left) {
			ide_finish(c, true);
			return;
		}
		c->len = block_len(c);
	}
	c->pos = 0;
	ide_data_ready(c);
}

/* Move the block in c->data. */
static void block_submit(struct ide_channel *c)
{
	struct disk_request *r = &c->request;

	c->status = ST_BSY;
	r->op = c->write ? DISK_WRITE : DISK_READ;
	r->sector = c->sector;
	r->nr_segs = 0;
	for (uint32_t at = 0; at < c->len; at += PAGE_SIZE) {
		struct disk_seg *s = &r->seg[r->nr_segs++];

		s->gpa = 0;
		s->local = c->data + at;
		s->len = c->len - at < PAGE_SIZE ? c->len - at : PAGE_SIZE;
	}
	r->done = block_done;
	ide_submit(c);
}

static void pio_next(struct ide_channel *c)
{
	c->pos = 0;
	c->len = block_len(c);
	if (!c->write) {
		block_submit(c);
		return;
	}
	/* The first block of a write is asked for without an interrupt. */
	c->status = READY | ST_DRQ;
}

/* The guest has moved the last byte of a block. */
static void pio_block_over(struct ide_channel *c)
{
	if (c->packet.on) {
		ide_packet_block(c);
		return;
	}
	if (c->write) {
		block_submit(c);
		return;
	}
	if (c->left) { /* 0: IDENTIFY's data, no sectors */
		c->sector += c->len / DISK_SECTOR_SIZE;
		c->left -= c->len / DISK_SECTOR_SIZE;
	}
	if (c->left) {
		pio_next(c);
		return;
	}
	c->pos = c->len = 0;
	c->status = READY;
}

/* Bytes of an access; a CD-ROM's data may end within it. */
static uint32_t data_bytes(const struct ide_channel *c, unsigned int size)
{
	return c->len - c->pos < size ? c->len - c->pos : size;
}

uint32_t ide_data_read(struct ide_channel *c, unsigned int size)
{
	uint32_t n = data_bytes(c, size), value = 0;

	if (!(c->status & ST_DRQ) || c->write)
		return ~0u;
	memcpy(&value, c->data + c->pos, n);
	c->pos += n;
	if (c->pos == c->len)
		pio_block_over(c);
	return value;
}

void ide_data_write(struct ide_channel *c, unsigned int size, uint32_t value)
{
	uint32_t n = data_bytes(c, size);

	if (!(c->status & ST_DRQ) || !c->write)
		return;
	memcpy(c->data + c->pos, &value, n);
	c->pos += n;
	if (c->pos == c->len)
		pio_block_over(c);
}

/* --- Commands -------------------------------------------------------------*/
static uint32_t count_of(const struct ide_task *t, bool ext)
{
	if (!ext)
		return t->count[0] ? t->count[0] : 0x100;
	if (!t->count[0] && !t->count[1])
		return 0x10000;
	return t->count[0] | (uint32_t)t->count[1] << 8;
}

/* By cylinder, head and sector; false: there is no such. */
static bool take_chs(struct ide_channel *c)
{
	const struct ide_task *t = &c->task;
	const struct ide_drive *d = &c->drive[c->unit];
	uint32_t cylinder = t->mid[0] | (uint32_t)t->high[0] << 8;
	uint32_t head = t->device & DEV_HEAD;

	if (head >= d->heads || !t->low[0] || t->low[0] > d->track)
		return false;
	c->sector = (cylinder * d->heads + head) * d->track + t->low[0] - 1u;
	return true;
}

/* Address and count out of the task file; false: beyond the disk. */
static bool take_address(struct ide_channel *c, bool ext)
{
	const struct ide_task *t = &c->task;
	uint64_t size = c->target->sectors;

	c->ext = ext;
	c->left = count_of(t, ext);
	c->sector = t->low[0] | (uint32_t)t->mid[0] << 8 |
		    (uint32_t)t->high[0] << 16;
	if (ext)
		c->sector |= (uint64_t)t->low[1] << 24 |
			     (uint64_t)t->mid[1] << 32 |
			     (uint64_t)t->high[1] << 40;
	else if (t->device & DEV_LBA)
		c->sector |= (uint32_t)(t->device & DEV_HEAD) << 24;
	else if (!take_chs(c))
		return false;
	return c->sector < size && c->left <= size - c->sector;
}

static void transfer(struct ide_channel *c, unsigned int flags)
{
	c->write = flags & CF_WRITE;
	c->block = flags & CF_MULTIPLE ? c->drive[c->unit].multiple : 1;
	if (!c->block || (c->write && c->target->read_only)) {
		ide_abort(c);
		return;
	}
	if (!take_address(c, flags & CF_EXT)) {
		ide_end(c, ERR_IDNF);
		return;
	}
	c->dma = flags & CF_DMA;
	if (!c->dma) {
		pio_next(c);
		return;
	}
	c->status = ST_DRDY | ST_BSY;
	ide_dma_ready(c);
}

static void flush_done(struct disk_request *r, bool ok)
{
	struct ide_channel *c = r->opaque;

	if (!ide_answered(c))
		return;
	c->write = true;
	ide_finish(c, ok);
}

static void flush(struct ide_channel *c, unsigned int flags)
{
	struct disk_request *r = &c->request;

	(void)flags;
	c->status = ST_BSY;
	r->op = DISK_FLUSH;
	r->sector = 0;
	r->nr_segs = 0;
	r->done = flush_done;
	ide_submit(c);
}

void ide_nothing(struct ide_channel *c, unsigned int flags)
{
	(void)flags;
	ide_finish(c, true);
}

static void verify(struct ide_channel *c, unsigned int flags)
{
	ide_end(c, take_address(c, flags & CF_EXT) ? 0 : ERR_IDNF);
}

static void identify(struct ide_channel *c, unsigned int flags)
{
	uint16_t w[DISK_SECTOR_SIZE / 2];

	(void)flags;
	if (c->target->cdrom)
		ide_identify_cdrom(c, w);
	else
		ide_identify(c, w);
	memcpy(c->data, w, sizeof(w));
	c->pos = 0;
	c->len = sizeof(w);
	ide_data_ready(c);
}

static void check_power(struct ide_channel *c, unsigned int flags)
{
	(void)flags;
	c->task.count[0] = 0xff; /* active */
	ide_finish(c, true);
}

static void diagnose(struct ide_channel *c, unsigned int flags)
{
	(void)flags;
	ide_fresh(c);
	ide_interrupt(c);
}

/* DEVICE RESET, of CD-ROMs: without an interrupt. */
static void device_reset(struct ide_channel *c, unsigned int flags)
{
	(void)flags;
	ide_set_signature(c);
	c->status = ide_idle(c);
	c->error = DIAGNOSIS_PASSED;
}

/* A CD-ROM says by its signature that it is no disk. */
static void no_disk(struct ide_channel *c)
{
	ide_set_signature(c);
	ide_abort(c);
}

#define DISK  1
#define CDROM 2

static const struct {
	uint8_t code;
	void (*run)(struct ide_channel *c, unsigned int flags);
	uint8_t flags, kinds;
} commands[] = {
	{ 0x06, ide_trim, 0, DISK },
	{ 0x08, device_reset, 0, CDROM },
	{ 0x10, ide_nothing, 0, DISK }, /* RECALIBRATE */
	{ 0x20, transfer, 0, DISK },
	{ 0x21, transfer, 0, DISK },
	{ 0x24, transfer, CF_EXT, DISK },
	{ 0x25, transfer, CF_DMA | CF_EXT, DISK },
	{ 0x29, transfer, CF_MULTIPLE | CF_EXT, DISK },
	{ 0x30, transfer, CF_WRITE, DISK },
	{ 0x31, transfer, CF_WRITE, DISK },
	{ 0x34, transfer, CF_WRITE | CF_EXT, DISK },
	{ 0x35, transfer, CF_WRITE | CF_DMA | CF_EXT, DISK },
	{ 0x39, transfer, CF_WRITE | CF_MULTIPLE | CF_EXT, DISK },
	{ 0x40, verify, 0, DISK },
	{ 0x41, verify, 0, DISK },
	{ 0x42, verify, CF_EXT, DISK },
	{ 0x70, ide_nothing, 0, DISK }, /* SEEK */
	{ 0x90, diagnose, 0, DISK | CDROM },
	{ 0x91, ide_set_geometry, 0, DISK },
	{ 0xa0, ide_packet, 0, CDROM },
	{ 0xa1, identify, 0, CDROM },
	{ 0xc4, transfer, CF_MULTIPLE, DISK },
	{ 0xc5, transfer, CF_WRITE | CF_MULTIPLE, DISK },
	{ 0xc6, ide_set_multiple, 0, DISK },
	{ 0xc8, transfer, CF_DMA, DISK },
	{ 0xc9, transfer, CF_DMA, DISK },
	{ 0xca, transfer, CF_WRITE | CF_DMA, DISK },
	{ 0xcb, transfer, CF_WRITE | CF_DMA, DISK },
	{ 0xe0, ide_nothing, 0, DISK | CDROM }, /* STANDBY IMMEDIATE */
	{ 0xe1, ide_nothing, 0, DISK | CDROM },
	{ 0xe2, ide_nothing, 0, DISK | CDROM },
	{ 0xe3, ide_nothing, 0, DISK | CDROM },
	{ 0xe5, check_power, 0, DISK | CDROM },
	{ 0xe6, ide_nothing, 0, DISK | CDROM },
	{ 0xe7, flush, 0, DISK },
	{ 0xea, flush, 0, DISK },
	{ 0xec, identify, 0, DISK },
	{ 0xef, ide_set_features, 0, DISK | CDROM },
};

void ide_command(struct ide_channel *c, uint8_t code)
{
	if (!c->disk[ide_selected(c)])
		return;
	ide_no_interrupt(c);
	c->unit = ide_selected(c);
	c->target = c->disk[c->unit];
	c->command = code;
	c->error = 0;
	c->left = 0;
	c->pos = c->len = 0;
	c->write = c->dma = c->packet.on = c->trim = false;
	for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].code == code &&
		    (commands[i].kinds & (c->target->cdrom ? CDROM : DISK))) {
			commands[i].run(c, commands[i].flags);
			return;
		}
	if (c->target->cdrom)
		no_disk(c);
	else
		ide_abort(c);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PIIX3 IDE controller: CD-ROMs and their packet commands.  Pure.
 * Sources: ATA/ATAPI-6, 9.5 and 9.6; MMC-3; SPC-2.
 *
 * The medium is always there: one data track in one session.  An answer is put
 * together in the channel's buffer and leaves it through the data port or the
 * bus master; sectors of the disc go by the bus master straight to the guest.
 */
#include "dev/ide-private.h"
#include "lib/string.h"

#define CD_SECTOR   2048u
#define CD_SECTORS  (CD_SECTOR / DISK_SECTOR_SIZE) /* of the disk, in one */
#define LIMIT_MAX   0xfffeu
#define FEATURE_DMA 1

/* Sense keys, and what they say more exactly. */
#define KEY_NONE      0
#define KEY_MEDIUM    3
#define KEY_ILLEGAL   5
#define ASC_NONE      0
#define ASC_READ      0x11
#define ASC_COMMAND   0x20
#define ASC_ADDRESS   0x21
#define ASC_PARAMETER 0x24

typedef const uint8_t *cdb_t;

static uint32_t be16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t be32(const uint8_t *p)
{
	return be16(p) << 16 | be16(p + 2);
}

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

/* Sectors of the disc, as far as 32 bits count them. */
static uint32_t capacity(const struct ide_channel *c)
{
	uint64_t n = c->target->sectors / CD_SECTORS;

	return n >> 32 ? ~0u : (uint32_t)n;
}

/* --- The end of a command ---------------------------------------------------*/
static void finish(struct ide_channel *c, uint8_t key, uint8_t asc)
{
	struct ide_drive *d = &c->drive[c->unit];

	d->sense = key;
	d->asc = asc;
	c->task.count[0] = REASON_COMMAND | REASON_IN;
	ide_end(c, key ? (uint8_t)((uint32_t)key << 4 | ERR_ABRT) : 0);
}

void ide_packet_finish(struct ide_channel *c, bool ok)
{
	finish(c, ok ? KEY_NONE : KEY_MEDIUM, ok ? ASC_NONE : ASC_READ);
}

/* --- Data to the guest ------------------------------------------------------*/
static void load(struct ide_channel *c);

/* The next bytes of the buffer, or what comes after them. */
static void next_bytes(struct ide_channel *c)
{
	uint32_t n = c->packet.have - c->len;

	if (!n) {
		if (c->left)
			load(c);
		else
			finish(c, KEY_NONE, ASC_NONE);
		return;
	}
	if (n > c->packet.limit)
		n = c->packet.limit;
	c->len += n;
	c->task.count[0] = REASON_IN;
	c->task.mid[0] = (uint8_t)n;
	c->task.high[0] = (uint8_t)(n >> 8);
	ide_data_ready(c);
}

static void loaded(struct disk_request *r, bool ok)
{
	struct ide_channel *c = r->opaque;

	if (!ide_answered(c))
		return;
	if (!ok) {
		ide_packet_finish(c, false);
		return;
	}
	c->sector += c->chunk;
	c->left -= c->chunk;
	c->packet.have = c->chunk * DISK_SECTOR_SIZE;
	c->pos = c->len = 0;
	next_bytes(c);
}

/* Sectors into the buffer, for the data port. */
static void load(struct ide_channel *c)
{
	struct disk_request *r = &c->request;

	c->status = ST_BSY;
	c->chunk = c->left < IDE_MAX_MULTIPLE ? c->left : IDE_MAX_MULTIPLE;
	r->op = DISK_READ;
	r->sector = c->sector;
	r->nr_segs = 0;
	for (uint32_t at = 0; at < c->chunk;
	     at += PAGE_SIZE / DISK_SECTOR_SIZE) {
		uint32_t n = (c->chunk - at) * DISK_SECTOR_SIZE;

		r->seg[r->nr_segs++] = (struct disk_seg){
			.local = c->data + at * DISK_SECTOR_SIZE,
			.len = n < PAGE_SIZE ? n : PAGE_SIZE,
		};
	}
	r->done = loaded;
	ide_submit(c);
}

/* The first @len bytes of the buffer are the answer; @room: what is asked. */
static void answer(struct ide_channel *c, uint32_t len, uint32_t room)
{
	c->packet.have = len < room ? len : room;
	c->left = 0;
	c->pos = c->len = 0;
	if (!c->packet.dma || !c->packet.have) {
		next_bytes(c);
		return;
	}
	c->dma = true;
	c->status = ST_BSY;
	ide_dma_ready(c);
}

bool ide_packet_dma(struct ide_channel *c)
{
	if (c->left)
		return false;
	ide_dma_give(c, c->packet.have);
	finish(c, KEY_NONE, ASC_NONE);
	return true;
}

static void read_sectors(struct ide_channel *c, uint32_t lba, uint32_t count)
{
	uint32_t size = capacity(c);

	if (lba > size || count > size - lba ||
	    count > UINT32_MAX / CD_SECTORS) {
		finish(c, KEY_ILLEGAL, ASC_ADDRESS);
		return;
	}
	c->sector = (uint64_t)lba * CD_SECTORS;
	c->left = count * CD_SECTORS;
	if (!c->packet.dma || !count) {
		c->packet.have = c->pos = c->len = 0;
		next_bytes(c);
		return;
	}
	c->dma = true;
	c->status = ST_BSY;
	ide_dma_ready(c);
}

/* --- Commands ---------------------------------------------------------------*/
static void nothing(struct ide_channel *c, cdb_t cdb)
{
	(void)cdb;
	finish(c, KEY_NONE, ASC_NONE);
}

#define SENSE_LEN 18

static void request_sense(struct ide_channel *c, cdb_t cdb)
{
	const struct ide_drive *d = &c->drive[c->unit];
	uint8_t *p = c->data;

	p[0] = 0x70; /* of the last command, in the fixed format */
	p[2] = d->sense;
	p[7] = SENSE_LEN - 8;
	p[12] = d->asc;
	answer(c, SENSE_LEN, cdb[4]);
}

#define INQUIRY_LEN 36

static void inquiry(struct ide_channel *c, cdb_t cdb)
{
	static const char text[] = "VMI-XEN CD-ROM          1.0 ";
	uint8_t *p = c->data;

	p[0] = 5;    /* CD-ROM */
	p[1] = 0x80; /* removable */
	p[3] = 0x21; /* ATAPI */
	p[4] = INQUIRY_LEN - 5;
	memcpy(p + 8, text, INQUIRY_LEN - 8);
	answer(c, INQUIRY_LEN, cdb[4]);
}

static void read_capacity(struct ide_channel *c, cdb_t cdb)
{
	(void)cdb;
	put32(c->data, capacity(c) - 1);
	put32(c->data + 4, CD_SECTOR);
	answer(c, 8, 8);
}

static void read_10(struct ide_channel *c, cdb_t cdb)
{
	read_sectors(c, be32(cdb + 2), be16(cdb + 7));
}

static void read_12(struct ide_channel *c, cdb_t cdb)
{
	read_sectors(c, be32(cdb + 2), be32(cdb + 6));
}

#define READ_CD_PARTS 0xf8
#define READ_CD_USER  0x10

/* READ CD, of which only the user's data are there to be read. */
static void read_cd(struct ide_channel *c, cdb_t cdb)
{
	uint32_t count = (uint32_t)cdb[6] << 16 | be16(cdb + 7);

	if (!(cdb[9] & READ_CD_PARTS))
		count = 0;
	else if ((cdb[9] & READ_CD_PARTS) != READ_CD_USER) {
		finish(c, KEY_ILLEGAL, ASC_PARAMETER);
		return;
	}
	read_sectors(c, be32(cdb + 2), count);
}

#define MSF	      2
#define MSF_START     150u /* frames before the first sector */
#define MSF_SECOND    75u
#define MSF_MINUTE    60u
#define TRACK_DATA    0x14
#define TRACK_LEADOUT 0xaa
#define TOC_TRACKS    0
#define TOC_SESSIONS  1

static void put_address(uint8_t *p, uint32_t lba, bool msf)
{
	if (!msf) {
		put32(p, lba);
		return;
	}
	lba += MSF_START;
	p[0] = 0;
	p[1] = (uint8_t)(lba / (MSF_SECOND * MSF_MINUTE));
	p[2] = (uint8_t)(lba / MSF_SECOND % MSF_MINUTE);
	p[3] = (uint8_t)(lba % MSF_SECOND);
}

static uint8_t *put_track(uint8_t *p, uint8_t track, uint32_t lba, bool msf)
{
	p[1] = TRACK_DATA;
	p[2] = track;
	put_address(p + 4, lba, msf);
	return p + 8;
}

static void read_toc(struct ide_channel *c, cdb_t cdb)
{
	/* Old drivers have the format in the last byte's upper bits. */
	uint32_t format = (cdb[2] & 0xf) ? cdb[2] & 0xfu : cdb[9] >> 6;
	bool msf = cdb[1] & MSF;
	uint8_t *p = c->data, *end = p + 4;

	if (format > TOC_SESSIONS ||
	    (format == TOC_TRACKS && cdb[6] > 1 && cdb[6] != TRACK_LEADOUT)) {
		finish(c, KEY_ILLEGAL, ASC_PARAMETER);
		return;
	}
	p[2] = p[3] = 1; /* first and last track, or session */
	if (format == TOC_SESSIONS || cdb[6] <= 1)
		end = put_track(end, 1, 0, msf);
	if (format == TOC_TRACKS)
		end = put_track(end, TRACK_LEADOUT, capacity(c), msf);
	put16(p, (uint32_t)(end - p) - 2);
	answer(c, (uint32_t)(end - p), be16(cdb + 7));
}

#define PROFILE_CDROM 8

static void get_configuration(struct ide_channel *c, cdb_t cdb)
{
	put32(c->data, 4);
	put16(c->data + 6, PROFILE_CDROM);
	answer(c, 8, be16(cdb + 7));
}

#define EVENT_POLLED  1
#define EVENT_MEDIA   0x10
#define EVENT_CLASS   4
#define MEDIA_PRESENT 2

static void get_event(struct ide_channel *c, cdb_t cdb)
{
	uint8_t *p = c->data;

	if (!(cdb[1] & EVENT_POLLED)) {
		finish(c, KEY_ILLEGAL, ASC_PARAMETER);
		return;
	}
	p[3] = EVENT_MEDIA;
	if (!(cdb[4] & EVENT_MEDIA)) {
		p[1] = 2;
		p[2] = 0x80; /* none of what was asked for */
		answer(c, 4, be16(cdb + 7));
		return;
	}
	p[1] = 6;
	p[2] = EVENT_CLASS;
	p[5] = MEDIA_PRESENT; /* no event */
	answer(c, 8, be16(cdb + 7));
}

#define PAGE_MECHANISM 0x2a
#define PAGE_ALL       0x3f
#define MODE_HEADER    8
#define MECHANISM_LEN  20
#define CD_SPEED_KB    7056u /* 40 times */

static void mode_sense(struct ide_channel *c, cdb_t cdb)
{
	uint8_t page = cdb[2] & 0x3f, *p = c->data + MODE_HEADER;

	if ((page != PAGE_MECHANISM && page != PAGE_ALL) || cdb[2] >> 6 == 1) {
		finish(c, KEY_ILLEGAL, ASC_PARAMETER);
		return;
	}
	put16(c->data, MODE_HEADER + MECHANISM_LEN - 2);
	c->data[2] = 1; /* a data disc of 120 mm */
	p[0] = PAGE_MECHANISM;
	p[1] = MECHANISM_LEN - 2;
	p[6] = 0x28; /* a tray, which opens */
	put16(p + 8, CD_SPEED_KB);
	put16(p + 14, CD_SPEED_KB);
	answer(c, MODE_HEADER + MECHANISM_LEN, be16(cdb + 7));
}

static const struct {
	uint8_t code;
	void (*run)(struct ide_channel *c, cdb_t cdb);
} packets[] = {
	{ 0x00, nothing }, /* TEST UNIT READY */
	{ 0x03, request_sense }, { 0x12, inquiry },
	{ 0x1b, nothing }, /* START STOP UNIT: the disc cannot be taken out */
	{ 0x1e, nothing }, /* PREVENT ALLOW MEDIUM REMOVAL */
	{ 0x25, read_capacity }, { 0x28, read_10 },
	{ 0x2b, nothing }, /* SEEK */
	{ 0x43, read_toc },	 { 0x46, get_configuration },
	{ 0x4a, get_event },	 { 0x5a, mode_sense },
	{ 0xa8, read_12 },	 { 0xbb, nothing }, /* SET CD SPEED */
	{ 0xbe, read_cd },
};

static void execute(struct ide_channel *c)
{
	uint8_t cdb[IDE_CDB_SIZE];

	memcpy(cdb, c->data, sizeof(cdb));
	memset(c->data, 0, CD_SECTOR);
	c->write = false;
	for (unsigned int i = 0; i < ARRAY_SIZE(packets); i++)
		if (packets[i].code == cdb[0]) {
			packets[i].run(c, cdb);
			return;
		}
	finish(c, KEY_ILLEGAL, ASC_COMMAND);
}

/* --- Through the task file ---------------------------------------------------*/
void ide_packet(struct ide_channel *c, unsigned int flags)
{
	uint32_t limit = c->task.mid[0] | (uint32_t)c->task.high[0] << 8;

	(void)flags;
	if (limit < 2 || limit > LIMIT_MAX)
		limit = LIMIT_MAX;
	c->packet = (struct ide_packet){
		.on = true,
		.dma = c->task.feature[0] & FEATURE_DMA,
		.limit = limit & ~1u,
	};
	c->write = true; /* the command comes through the data port */
	c->pos = 0;
	c->len = IDE_CDB_SIZE;
	c->task.count[0] = REASON_COMMAND;
	c->status = READY | ST_DRQ;
}

void ide_packet_block(struct ide_channel *c)
{
	if (c->write)
		execute(c);
	else
		next_bytes(c);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PIIX3 IDE controller: what a drive says of itself and what it is told about
 * itself.  Pure.  Numbers of words and modes: ATA/ATAPI-6, 8.15 and 8.46.
 */
#include "dev/ide-private.h"
#include "lib/string.h"

#define MAX_CYLINDERS 16383u
#define MAX_LBA28     0x0fffffffu

/* Transfer modes: the kind in the upper five bits, the number in the others. */
#define MODE_KIND    3
#define MODE_NUMBER  7
#define KIND_DEFAULT 0
#define KIND_PIO     1
#define KIND_MULTI   4
#define KIND_ULTRA   8
#define MAX_PIO	     4
#define MAX_MULTI    2
#define MAX_ULTRA    2
#define ULTRA_2	     (KIND_ULTRA << MODE_KIND | 2)
#define CHOSEN	     0x100u

void ide_drive_init(struct ide_drive *d)
{
	d->multiple = 0;
	d->heads = IDE_HEADS;
	d->track = IDE_TRACK;
	d->transfer_mode = ULTRA_2;
}

static void put_text(uint16_t *word, const char *s, unsigned int words)
{
	for (unsigned int i = 0; i < words; i++) {
		char a = *s ? *s++ : ' ', b = *s ? *s++ : ' ';

		word[i] = (uint16_t)((uint8_t)a << 8 | (uint8_t)b);
	}
}

static void put32(uint16_t *word, uint32_t v)
{
	word[0] = (uint16_t)v;
	word[1] = (uint16_t)(v >> 16);
}

static uint16_t chosen(const struct ide_drive *d, unsigned int kind)
{
	if (d->transfer_mode >> MODE_KIND != kind)
		return 0;
	return (uint16_t)(CHOSEN << (d->transfer_mode & MODE_NUMBER));
}

static uint32_t cylinders(uint32_t sectors, uint32_t heads, uint32_t track)
{
	uint32_t n = sectors / (heads * track);

	return n > MAX_CYLINDERS ? MAX_CYLINDERS : n;
}

static void identify_geometry(uint16_t *w, const struct ide_drive *d,
			      uint64_t sectors)
{
	uint32_t lba28 = sectors > MAX_LBA28 ? MAX_LBA28 : (uint32_t)sectors;
	uint32_t now = cylinders(lba28, d->heads, d->track);

	w[1] = (uint16_t)cylinders(lba28, IDE_HEADS, IDE_TRACK);
	w[3] = IDE_HEADS;
	w[6] = IDE_TRACK;
	w[54] = (uint16_t)now;
	w[55] = d->heads;
	w[56] = d->track;
	put32(&w[57], now * d->heads * d->track);
	put32(&w[60], lba28);
	for (int i = 0; i < 4; i++)
		w[100 + i] = (uint16_t)(sectors >> 16 * i);
}

/* What both kinds of drives say of themselves. */
static void identify_common(const struct ide_channel *c, uint16_t *w,
			    const char *model)
{
	const struct ide_drive *d = &c->drive[c->unit];
	char serial[] = "VMI0000";

	serial[6] = (char)('0' + c->unit + 2 * (c != c->ide->ch));
	memset(w, 0, DISK_SECTOR_SIZE);
	put_text(&w[10], serial, 10);
	put_text(&w[23], "1.0", 4);
	put_text(&w[27], model, 20);
	w[49] = 0x0b00; /* LBA, DMA, IORDY */
	w[53] = 0x0007;
	w[63] = 0x0007 | chosen(d, KIND_MULTI);
	w[64] = 0x0003; /* PIO 3, 4 */
	w[65] = w[66] = w[67] = w[68] = 120;
	w[80] = 0x0078; /* ATA-3 to ATA-6 */
	w[88] = 0x0007 | chosen(d, KIND_ULTRA);
	w[93] = 0x6001; /* 80 wires */
}

void ide_identify(struct ide_channel *c, uint16_t w[DISK_SECTOR_SIZE / 2])
{
	const struct ide_drive *d = &c->drive[c->unit];

	identify_common(c, w, "VMI-XEN DISK");
	w[0] = 0x0040; /* fixed disk */
	w[47] = 0x8000 | IDE_MAX_MULTIPLE;
	w[50] = 0x4000;
	w[51] = 0x0200;
	w[59] = d->multiple ? 0x0100 | d->multiple : 0;
	w[82] = 0x4020; /* NOP, write cache */
	w[83] = 0x7400; /* flush, flush ext, 48 bits */
	w[84] = 0x4000;
	w[85] = 0x4020;
	w[86] = 0x3400;
	w[87] = 0x4000;
	identify_geometry(w, d, c->target->sectors);
	if (!c->target->can_discard)
		return;
	/* TRIM, with what is read of it then not said; drivers want ATA-7. */
	w[80] |= 0x0180;
	w[105] = IDE_MAX_MULTIPLE;
	w[169] = 0x0001;
}

void ide_identify_cdrom(struct ide_channel *c, uint16_t w[DISK_SECTOR_SIZE / 2])
{
	identify_common(c, w, "VMI-XEN CD-ROM");
	/* packets of 12 bytes, taken at once without an interrupt; CD-ROM */
	w[0] = 0x85c0;
	w[82] = 0x4010; /* NOP, packets */
	w[83] = 0x4000;
	w[84] = 0x4000;
	w[85] = 0x4010;
	w[87] = 0x4000;
}

void ide_set_multiple(struct ide_channel *c, unsigned int flags)
{
	uint8_t n = c->task.count[0];

	(void)flags;
	if (n > IDE_MAX_MULTIPLE || (n & (n - 1))) {
		ide_abort(c);
		return;
	}
	c->drive[c->unit].multiple = n;
	ide_finish(c, true);
}

/* INITIALIZE DEVICE PARAMETERS: how sectors are counted by head and track. */
void ide_set_geometry(struct ide_channel *c, unsigned int flags)
{
	struct ide_drive *d = &c->drive[c->unit];

	(void)flags;
	if (!c->task.count[0]) {
		ide_abort(c);
		return;
	}
	d->track = c->task.count[0];
	d->heads = (uint8_t)((c->task.device & DEV_HEAD) + 1);
	ide_finish(c, true);
}

/* --- SET FEATURES ---------------------------------------------------------*/
static bool set_mode(struct ide_channel *c)
{
	static const struct {
		uint8_t kind, max;
	} modes[] = {
		{ KIND_DEFAULT, 1 },
		{ KIND_PIO, MAX_PIO },
		{ KIND_MULTI, MAX_MULTI },
		{ KIND_ULTRA, MAX_ULTRA },
	};
	uint8_t v = c->task.count[0];

	for (unsigned int i = 0; i < ARRAY_SIZE(modes); i++) {
		if (modes[i].kind != v >> MODE_KIND)
			continue;
		if ((v & MODE_NUMBER) > modes[i].max)
			return false;
		if (modes[i].kind >= KIND_MULTI)
			c->drive[c->unit].transfer_mode = v;
		return true;
	}
	return false;
}

static bool as_it_is(struct ide_channel *c)
{
	(void)c;
	return true;
}

static const struct {
	uint8_t code;
	bool (*set)(struct ide_channel *c);
} features[] = {
	{ 0x02, as_it_is }, /* write cache on; it cannot be switched off */
	{ 0x03, set_mode },
	{ 0x55, as_it_is }, /* read look-ahead off and on */
	{ 0xaa, as_it_is },
	{ 0x66, as_it_is }, /* settings survive a reset, or not */
	{ 0xcc, as_it_is },
};

void ide_set_features(struct ide_channel *c, unsigned int flags)
{
	(void)flags;
	for (unsigned int i = 0; i < ARRAY_SIZE(features); i++)
		if (features[i].code == c->task.feature[0] &&
		    features[i].set(c)) {
			ide_finish(c, true);
			return;
		}
	ide_abort(c);
}

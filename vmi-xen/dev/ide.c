/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PIIX3 IDE controller: the task file and its commands.  Pure.
 * Flow: ports -> here -> ide-dma.c for bus-master transfers -> disk->submit().
 */
#include "dev/ide.h"
#include "dev/board.h"
#include "dev/ide-private.h"
#include "lib/string.h"

#define NR_LOGICAL_HEADS 16u
#define NR_TRACK_SECTORS 63u
#define MAX_CYLINDERS	 16383u
#define MAX_LBA28	 0x0fffffffu

/* --- The drive that is selected -------------------------------------------*/
static unsigned int unit(const struct ide_channel *c)
{
	return c->task.device & DEV_UNIT ? 1 : 0;
}

struct disk *ide_disk(struct ide_channel *c)
{
	return c->disk[unit(c)];
}

static void ide_irq(struct ide_channel *c)
{
	if (!(c->control & CTL_NIEN))
		irq_line_set(&c->irq, true);
}

void ide_finish(struct ide_channel *c, bool ok)
{
	c->busy = false;
	c->left = 0;
	c->pos = c->len = 0;
	c->status = ST_DRDY | ST_DSC;
	if (!ok) {
		c->status |= ST_ERR;
		c->error = c->write ? ERR_ABRT : ERR_UNC;
	}
	ide_irq(c);
}

static void abort_command(struct ide_channel *c)
{
	c->busy = false;
	c->left = 0;
	c->pos = c->len = 0;
	c->status = ST_DRDY | ST_DSC | ST_ERR;
	c->error = ERR_ABRT;
	ide_irq(c);
}

/* --- PIO data -------------------------------------------------------------*/
static void block_done(struct disk_request *r, bool ok)
{
	struct ide_channel *c = r->opaque;

	c->busy = false;
	if (!ok) {
		ide_finish(c, false);
		return;
	}
	if (c->write) {
		c->sector += c->len / DISK_SECTOR_SIZE;
		c->left -= c->len / DISK_SECTOR_SIZE;
		c->pos = c->len = 0;
		if (!c->left) {
			ide_finish(c, true);
			return;
		}
		c->len = (c->left < c->block ? c->left : c->block) *
			 DISK_SECTOR_SIZE;
	}
	c->status = ST_DRDY | ST_DSC | ST_DRQ;
	ide_irq(c);
}

/* Move the block in c->data. */
static void block_submit(struct ide_channel *c)
{
	struct disk_request *r = &c->request;

	c->busy = true;
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
	r->opaque = c;
	ide_disk(c)->submit(ide_disk(c), r);
}

static void pio_next(struct ide_channel *c)
{
	c->pos = 0;
	c->len = (c->left < c->block ? c->left : c->block) * DISK_SECTOR_SIZE;
	if (!c->write) {
		block_submit(c);
		return;
	}
	/* The first block of a write is asked for without an interrupt. */
	c->status = ST_DRDY | ST_DSC | ST_DRQ;
}

/* The guest has moved the last byte of a block. */
static void pio_block_over(struct ide_channel *c)
{
	if (c->write) {
		block_submit(c);
		return;
	}
	if (c->command == CMD_IDENTIFY) {
		c->status = ST_DRDY | ST_DSC;
		c->pos = c->len = 0;
		return;
	}
	c->sector += c->len / DISK_SECTOR_SIZE;
	c->left -= c->len / DISK_SECTOR_SIZE;
	if (c->left) {
		pio_next(c);
		return;
	}
	c->pos = c->len = 0;
	c->status = ST_DRDY | ST_DSC;
}

static uint32_t data_read(struct ide_channel *c, unsigned int size)
{
	uint32_t value = ~0u;

	if (!(c->status & ST_DRQ) || c->write || c->pos + size > c->len)
		return value;
	value = 0;
	memcpy(&value, c->data + c->pos, size);
	c->pos += size;
	if (c->pos == c->len)
		pio_block_over(c);
	return value;
}

static void data_write(struct ide_channel *c, unsigned int size, uint32_t value)
{
	if (!(c->status & ST_DRQ) || !c->write || c->pos + size > c->len)
		return;
	memcpy(c->data + c->pos, &value, size);
	c->pos += size;
	if (c->pos == c->len)
		pio_block_over(c);
}

/* --- IDENTIFY -------------------------------------------------------------*/
static void put_text(uint16_t *word, const char *s, unsigned int words)
{
	for (unsigned int i = 0; i < words; i++) {
		char a = *s ? *s++ : ' ', b = *s ? *s++ : ' ';

		word[i] = (uint16_t)((uint8_t)a << 8 | (uint8_t)b);
	}
}

static void identify(struct ide_channel *c)
{
	static const char serial[] = "VMI000";
	const struct disk *d = ide_disk(c);
	uint64_t n = d->sectors;
	uint32_t lba28 = n > MAX_LBA28 ? MAX_LBA28 : (uint32_t)n;
	uint32_t cylinders = lba28 / (NR_LOGICAL_HEADS * NR_TRACK_SECTORS);
	uint16_t w[DISK_SECTOR_SIZE / 2];
	char name[8];

	if (cylinders > MAX_CYLINDERS)
		cylinders = MAX_CYLINDERS;
	memset(w, 0, sizeof(w));
	memcpy(name, serial, sizeof(serial));
	name[6] = (char)('0' + unit(c) + 2 * (c != c->ide->ch));
	name[7] = '\0';
	w[0] = 0x0040; /* fixed disk */
	w[1] = w[54] = (uint16_t)cylinders;
	w[3] = w[55] = NR_LOGICAL_HEADS;
	w[6] = w[56] = NR_TRACK_SECTORS;
	put_text(&w[10], name, 10);
	put_text(&w[23], "1.0", 4);
	put_text(&w[27], "VMI-XEN DISK", 20);
	w[47] = 0x8000 | IDE_MAX_MULTIPLE;
	w[49] = 0x0300; /* LBA, DMA */
	w[51] = 0x0200;
	w[53] = 0x0007;
	w[57] = (uint16_t)(cylinders * NR_LOGICAL_HEADS * NR_TRACK_SECTORS);
	w[58] = (uint16_t)(cylinders * NR_LOGICAL_HEADS * NR_TRACK_SECTORS >>
			   16);
	w[59] = c->multiple[unit(c)] ? 0x0100 | c->multiple[unit(c)] : 0;
	w[60] = (uint16_t)lba28;
	w[61] = (uint16_t)(lba28 >> 16);
	w[63] = 0x0007; /* multiword DMA 0-2 */
	w[64] = 0x0003; /* PIO 3, 4 */
	w[65] = w[66] = w[67] = w[68] = 120;
	w[80] = 0x0078; /* ATA-3 to ATA-6 */
	w[82] = 0x4020; /* NOP, write cache */
	w[83] = 0x7400; /* flush, flush ext, 48 bits */
	w[84] = 0x4000;
	w[85] = 0x4020;
	w[86] = 0x3400;
	w[87] = 0x4000;
	w[88] = 0x0407; /* Ultra DMA 0-2, 2 chosen */
	w[93] = 0x6001;
	for (int i = 0; i < 4; i++)
		w[100 + i] = (uint16_t)(n >> 16 * i);
	memcpy(c->data, w, sizeof(w));
	c->write = false;
	c->pos = 0;
	c->len = sizeof(w);
	c->status = ST_DRDY | ST_DSC | ST_DRQ;
	ide_irq(c);
}

/* --- Commands -------------------------------------------------------------*/
/* Address and count out of the task file; false: beyond the disk. */
static bool take_address(struct ide_channel *c, bool ext)
{
	const struct ide_task *t = &c->task;
	uint32_t low = t->low[0] | (uint32_t)t->mid[0] << 8 |
		       (uint32_t)t->high[0] << 16;
	const struct disk *d = ide_disk(c);

	if (ext) {
		c->sector = low | (uint64_t)t->low[1] << 24 |
			    (uint64_t)t->mid[1] << 32 |
			    (uint64_t)t->high[1] << 40;
		c->left = t->count[0] | (uint32_t)t->count[1] << 8;
		if (!c->left)
			c->left = 0x10000;
	} else {
		c->left = t->count[0] ? t->count[0] : 0x100;
		if (t->device & DEV_LBA) {
			c->sector = low | (uint32_t)(t->device & 15) << 24;
		} else {
			uint32_t cyl = t->mid[0] | (uint32_t)t->high[0] << 8;

			c->sector =
				(cyl * NR_LOGICAL_HEADS + (t->device & 15)) *
					NR_TRACK_SECTORS +
				t->low[0] - 1u;
		}
	}
	return c->sector < d->sectors && c->left <= d->sectors - c->sector;
}

static void transfer(struct ide_channel *c, unsigned int flags)
{
	c->write = flags & CF_WRITE;
	c->dma = flags & CF_DMA;
	if (!take_address(c, flags & CF_EXT)) {
		c->left = 0;
		c->status = ST_DRDY | ST_DSC | ST_ERR;
		c->error = ERR_IDNF;
		ide_irq(c);
		return;
	}
	if (c->write && ide_disk(c)->read_only) {
		abort_command(c);
		return;
	}
	c->status = ST_DRDY | ST_BSY;
	if (c->dma) {
		ide_dma_ready(c);
		return;
	}
	c->block = flags & CF_MULTIPLE ? c->multiple[unit(c)] : 1;
	if (!c->block) {
		abort_command(c);
		return;
	}
	pio_next(c);
}

static void flush_done(struct disk_request *r, bool ok)
{
	struct ide_channel *c = r->opaque;

	c->write = true;
	ide_finish(c, ok);
}

static void flush(struct ide_channel *c, unsigned int flags)
{
	struct disk_request *r = &c->request;

	(void)flags;
	c->busy = true;
	c->status = ST_BSY;
	r->op = DISK_FLUSH;
	r->nr_segs = 0;
	r->done = flush_done;
	r->opaque = c;
	ide_disk(c)->submit(ide_disk(c), r);
}

static void nothing(struct ide_channel *c, unsigned int flags)
{
	(void)flags;
	ide_finish(c, true);
}

static void verify(struct ide_channel *c, unsigned int flags)
{
	c->write = false;
	if (take_address(c, flags & CF_EXT)) {
		ide_finish(c, true);
		return;
	}
	c->left = 0;
	c->status = ST_DRDY | ST_DSC | ST_ERR;
	c->error = ERR_IDNF;
	ide_irq(c);
}

static void do_identify(struct ide_channel *c, unsigned int flags)
{
	(void)flags;
	identify(c);
}

static void set_multiple(struct ide_channel *c, unsigned int flags)
{
	uint8_t n = c->task.count[0];

	(void)flags;
	if (n > IDE_MAX_MULTIPLE || (n & (n - 1))) {
		abort_command(c);
		return;
	}
	c->multiple[unit(c)] = n;
	ide_finish(c, true);
}

static void check_power(struct ide_channel *c, unsigned int flags)
{
	(void)flags;
	c->task.count[0] = 0xff; /* active */
	ide_finish(c, true);
}

static void set_signature(struct ide_channel *c)
{
	c->task.count[0] = c->task.low[0] = 1;
	c->task.mid[0] = c->task.high[0] = 0;
	c->task.device &= DEV_UNIT;
}

static void diagnose(struct ide_channel *c, unsigned int flags)
{
	(void)flags;
	c->task.device = 0;
	set_signature(c);
	c->status = ST_DRDY | ST_DSC;
	c->error = 1; /* passed */
	ide_irq(c);
}

static const struct {
	uint8_t code;
	void (*run)(struct ide_channel *c, unsigned int flags);
	uint8_t flags;
} commands[] = {
	{ 0x10, nothing, 0 }, /* RECALIBRATE */
	{ 0x20, transfer, 0 },
	{ 0x21, transfer, 0 },
	{ 0x24, transfer, CF_EXT },
	{ 0x25, transfer, CF_DMA | CF_EXT },
	{ 0x27, nothing, 0 }, /* READ NATIVE MAX EXT: as identified */
	{ 0x29, transfer, CF_MULTIPLE | CF_EXT },
	{ 0x30, transfer, CF_WRITE },
	{ 0x31, transfer, CF_WRITE },
	{ 0x34, transfer, CF_WRITE | CF_EXT },
	{ 0x35, transfer, CF_WRITE | CF_DMA | CF_EXT },
	{ 0x39, transfer, CF_WRITE | CF_MULTIPLE | CF_EXT },
	{ 0x40, verify, 0 },
	{ 0x41, verify, 0 },
	{ 0x42, verify, CF_EXT },
	{ 0x70, nothing, 0 }, /* SEEK */
	{ 0x90, diagnose, 0 },
	{ 0x91, nothing, 0 }, /* INITIALIZE DEVICE PARAMETERS */
	{ 0xc4, transfer, CF_MULTIPLE },
	{ 0xc5, transfer, CF_WRITE | CF_MULTIPLE },
	{ 0xc6, set_multiple, 0 },
	{ 0xc8, transfer, CF_DMA },
	{ 0xc9, transfer, CF_DMA },
	{ 0xca, transfer, CF_WRITE | CF_DMA },
	{ 0xcb, transfer, CF_WRITE | CF_DMA },
	{ 0xe0, nothing, 0 }, /* STANDBY IMMEDIATE */
	{ 0xe1, nothing, 0 },
	{ 0xe2, nothing, 0 },
	{ 0xe3, nothing, 0 },
	{ 0xe5, check_power, 0 },
	{ 0xe6, nothing, 0 },
	{ 0xe7, flush, 0 },
	{ 0xea, flush, 0 },
	{ CMD_IDENTIFY, do_identify, 0 },
	{ 0xef, nothing, 0 }, /* SET FEATURES: all modes are alike here */
};

static void command(struct ide_channel *c, uint8_t code)
{
	if (!ide_disk(c) || c->busy)
		return;
	irq_line_set(&c->irq, false);
	c->command = code;
	c->error = 0;
	c->write = false;
	c->dma = false;
	for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].code == code) {
			commands[i].run(c, commands[i].flags);
			return;
		}
	abort_command(c);
}

static void soft_reset(struct ide_channel *c)
{
	c->task.device = 0;
	set_signature(c);
	c->pos = c->len = 0;
	c->left = 0;
	c->dma = false;
	c->status = c->busy ? ST_BSY : ST_DRDY | ST_DSC;
	c->error = 1;
	irq_line_set(&c->irq, false);
}

/* --- Ports ----------------------------------------------------------------*/
static bool absent(struct ide_channel *c)
{
	return !c->disk[0] && !c->disk[1];
}

static uint8_t status(struct ide_channel *c)
{
	return ide_disk(c) ? c->status : 0;
}

static uint32_t task_in(void *opaque, uint16_t port, unsigned int size)
{
	struct ide_channel *c = opaque;
	int old = c->control & CTL_HOB ? 1 : 0;

	if (absent(c))
		return ~0u;
	switch (port & 7) {
	case 0:
		return data_read(c, size);
	case 1:
		return c->error;
	case 2:
		return c->task.count[old];
	case 3:
		return c->task.low[old];
	case 4:
		return c->task.mid[old];
	case 5:
		return c->task.high[old];
	case 6:
		return c->task.device | DEV_ONES;
	default:
		irq_line_set(&c->irq, false);
		return status(c);
	}
}

static void push(uint8_t reg[2], uint8_t value)
{
	reg[1] = reg[0];
	reg[0] = value;
}

static void task_out(void *opaque, uint16_t port, unsigned int size,
		     uint32_t value)
{
	struct ide_channel *c = opaque;
	uint8_t v = (uint8_t)value;

	if (absent(c))
		return;
	if ((port & 7) && (port & 7) != 7)
		c->control &= (uint8_t)~CTL_HOB;
	switch (port & 7) {
	case 0:
		data_write(c, size, value);
		break;
	case 1:
		push(c->task.feature, v);
		break;
	case 2:
		push(c->task.count, v);
		break;
	case 3:
		push(c->task.low, v);
		break;
	case 4:
		push(c->task.mid, v);
		break;
	case 5:
		push(c->task.high, v);
		break;
	case 6:
		c->task.device = v;
		break;
	default:
		command(c, v);
		break;
	}
}

static uint32_t control_in(void *opaque, uint16_t port, unsigned int size)
{
	struct ide_channel *c = opaque;

	(void)port;
	(void)size;
	return absent(c) ? ~0u : status(c);
}

static void control_out(void *opaque, uint16_t port, unsigned int size,
			uint32_t value)
{
	struct ide_channel *c = opaque;

	(void)port;
	(void)size;
	if (absent(c))
		return;
	if ((c->control & CTL_SRST) && !(value & CTL_SRST))
		soft_reset(c);
	c->control = (uint8_t)value;
	if (value & CTL_SRST)
		c->status = ST_BSY;
	if (value & CTL_NIEN)
		irq_line_set(&c->irq, false);
}

/* --- Power on -------------------------------------------------------------*/
#define PIIX3_IDE     0x7010
#define INTEL	      0x8086
#define CLASS_IDE     0x01018000u
#define IDETIM	      0x40
#define IDETIM_ENABLE 0x8000u
#define IDETIM_LEN    8
#define BM_BAR	      4

static const struct {
	uint16_t task, control;
	uint8_t irq;
} legacy[IDE_CHANNELS] = { { 0x1f0, 0x3f6, 14 }, { 0x170, 0x376, 15 } };

void ide_attach(struct ide *ide, unsigned int channel, unsigned int unit_nr,
		struct disk *d)
{
	ide->ch[channel].disk[unit_nr] = d;
}

void ide_init(struct ide *ide, struct board *b,
	      void (*mem_read)(void *opaque, void *dst, gpa_t gpa,
			       uint32_t len),
	      void *opaque)
{
	struct pci_function *f =
		pci_add(&b->pci, PCI_DEVFN(1, 1), INTEL, PIIX3_IDE, CLASS_IDE);

	ide->mem_read = mem_read;
	ide->opaque = opaque;
	for (unsigned int i = 0; i < IDE_CHANNELS; i++) {
		struct ide_channel *c = &ide->ch[i];
		const struct port_range task = { legacy[i].task, 8, task_in,
						 task_out, c };
		const struct port_range control = { legacy[i].control, 1,
						    control_in, control_out,
						    c };

		c->ide = ide;
		c->irq = board_irq(b, legacy[i].irq);
		c->status = ST_DRDY | ST_DSC;
		c->error = 1;
		set_signature(c);
		board_add_ports(b, &task);
		board_add_ports(b, &control);
	}
	if (!f)
		return;
	pci_set_bar(f, BM_BAR, IDE_BM_BASE, IDE_BM_SIZE, true);
	pci_put(f, IDETIM, 4, IDETIM_ENABLE | IDETIM_ENABLE << 16);
	memset(f->writable + IDETIM, 0xff, IDETIM_LEN);
	ide_dma_init(ide, b);
}

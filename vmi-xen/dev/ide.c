/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PIIX3 IDE controller: the task file and its commands.  Pure.
 * Flow: ports -> here -> ide-dma.c for bus-master transfers -> disk->submit().
 *
 * A command keeps to the drive that was selected when it was given, whatever
 * is selected while it runs.
 */
#include "dev/ide.h"
#include "dev/board.h"
#include "dev/ide-private.h"
#include "lib/string.h"

/* --- The end of a command --------------------------------------------------*/
static unsigned int selected(const struct ide_channel *c)
{
	return c->task.device & DEV_UNIT ? 1 : 0;
}

static void update_irq(struct ide_channel *c)
{
	bool on = c->intrq && !(c->control & CTL_NIEN);

	irq_line_set(&c->irq, on);
	if (on && !c->line)
		ide_dma_irq(c);
	c->line = on;
}

static void interrupt(struct ide_channel *c)
{
	c->intrq = true;
	update_irq(c);
}

static void no_interrupt(struct ide_channel *c)
{
	c->intrq = false;
	update_irq(c);
}

static void end(struct ide_channel *c, uint8_t error)
{
	c->busy = c->dma = false;
	c->left = 0;
	c->pos = c->len = 0;
	c->status = error ? READY | ST_ERR : READY;
	c->error = error;
	interrupt(c);
}

/* Where it failed, in the form in which the address came. */
static void put_address(struct ide_channel *c)
{
	struct ide_task *t = &c->task;
	const struct ide_drive *d = &c->drive[c->unit];
	uint32_t low = (uint32_t)c->sector, rest;

	if (!c->ext && !(t->device & DEV_LBA)) {
		rest = low % (d->heads * d->track);
		low = low / (d->heads * d->track) << 8 | (rest % d->track + 1);
		rest /= d->track;
	} else {
		rest = low >> 24;
	}
	t->low[0] = (uint8_t)low;
	t->mid[0] = (uint8_t)(low >> 8);
	t->high[0] = (uint8_t)(low >> 16);
	if (c->ext) {
		t->low[1] = (uint8_t)rest;
		t->mid[1] = (uint8_t)(c->sector >> 32);
		t->high[1] = (uint8_t)(c->sector >> 40);
	} else {
		t->device = (uint8_t)((t->device & ~DEV_HEAD) | rest);
	}
}

void ide_finish(struct ide_channel *c, bool ok)
{
	if (!ok && c->left)
		put_address(c);
	end(c, ok ? 0 : c->write ? ERR_ABRT : ERR_UNC);
}

void ide_abort(struct ide_channel *c)
{
	end(c, ERR_ABRT);
}

bool ide_answered(struct ide_channel *c)
{
	bool cancelled = c->cancelled;

	c->busy = c->cancelled = false;
	if (cancelled && !(c->control & CTL_SRST))
		c->status = READY;
	return !cancelled;
}

void ide_submit(struct ide_channel *c)
{
	c->busy = true;
	c->request.opaque = c;
	c->target->submit(c->target, &c->request);
}

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
	c->status = READY | ST_DRQ;
	interrupt(c);
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
		end(c, ERR_IDNF);
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

static void nothing(struct ide_channel *c, unsigned int flags)
{
	(void)flags;
	ide_finish(c, true);
}

static void verify(struct ide_channel *c, unsigned int flags)
{
	end(c, take_address(c, flags & CF_EXT) ? 0 : ERR_IDNF);
}

static void identify(struct ide_channel *c, unsigned int flags)
{
	uint16_t w[DISK_SECTOR_SIZE / 2];

	(void)flags;
	ide_identify(c, w);
	memcpy(c->data, w, sizeof(w));
	c->pos = 0;
	c->len = sizeof(w);
	c->status = READY | ST_DRQ;
	interrupt(c);
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

#define DIAGNOSIS_PASSED 1

static void diagnose(struct ide_channel *c, unsigned int flags)
{
	(void)flags;
	c->task.device = 0;
	set_signature(c);
	c->status = READY;
	c->error = DIAGNOSIS_PASSED;
	interrupt(c);
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
	{ 0x91, ide_set_geometry, 0 },
	{ 0xc4, transfer, CF_MULTIPLE },
	{ 0xc5, transfer, CF_WRITE | CF_MULTIPLE },
	{ 0xc6, ide_set_multiple, 0 },
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
	{ 0xec, identify, 0 },
	{ 0xef, ide_set_features, 0 },
};

static void command(struct ide_channel *c, uint8_t code)
{
	if (!c->disk[selected(c)])
		return;
	no_interrupt(c);
	c->unit = selected(c);
	c->target = c->disk[c->unit];
	c->command = code;
	c->error = 0;
	c->left = 0;
	c->pos = c->len = 0;
	c->write = c->dma = false;
	for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].code == code) {
			commands[i].run(c, commands[i].flags);
			return;
		}
	ide_abort(c);
}

/* The reset bit is set: what runs is forgotten. */
static void enter_reset(struct ide_channel *c)
{
	c->cancelled = c->busy;
	c->dma = false;
	c->left = 0;
	c->pos = c->len = 0;
	c->status = ST_BSY;
	no_interrupt(c);
}

static void leave_reset(struct ide_channel *c)
{
	c->task.device = 0;
	set_signature(c);
	c->status = c->busy ? ST_BSY : READY;
	c->error = DIAGNOSIS_PASSED;
}

/* --- Ports ----------------------------------------------------------------*/
static bool absent(struct ide_channel *c)
{
	return !c->disk[0] && !c->disk[1];
}

static uint8_t status(struct ide_channel *c)
{
	return c->disk[selected(c)] ? c->status : 0;
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
		no_interrupt(c);
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

	/* While it works or is in reset, nobody listens. */
	if (absent(c) || c->busy || (c->control & CTL_SRST))
		return;
	if (port & 7)
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
	uint8_t was;

	(void)port;
	(void)size;
	if (absent(c))
		return;
	was = c->control;
	c->control = (uint8_t)value;
	if ((value & CTL_SRST) && !(was & CTL_SRST))
		enter_reset(c);
	if (!(value & CTL_SRST) && (was & CTL_SRST))
		leave_reset(c);
	update_irq(c);
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
		for (unsigned int j = 0; j < IDE_UNITS; j++)
			ide_drive_init(&c->drive[j]);
		c->status = READY;
		c->error = DIAGNOSIS_PASSED;
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

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PIIX3 IDE controller: registers, reset, the end of a command.  Pure.
 * Flow: ports -> here -> ide-command.c.
 */
#include "dev/ide.h"
#include "dev/board.h"
#include "dev/ide-private.h"
#include "lib/string.h"

/* --- The end of a command --------------------------------------------------*/
unsigned int ide_selected(const struct ide_channel *c)
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

void ide_interrupt(struct ide_channel *c)
{
	c->intrq = true;
	update_irq(c);
}

void ide_no_interrupt(struct ide_channel *c)
{
	c->intrq = false;
	update_irq(c);
}

void ide_end(struct ide_channel *c, uint8_t error)
{
	c->packet.on = false;
	c->busy = c->dma = false;
	c->left = 0;
	c->pos = c->len = 0;
	c->status = error ? READY | ST_ERR : READY;
	c->error = error;
	ide_interrupt(c);
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
	if (c->packet.on) {
		ide_packet_finish(c, ok);
		return;
	}
	if (ok) {
		ide_end(c, 0);
		return;
	}
	/* Drivers do not try again what is "uncorrectable", in vain. */
	if (c->left)
		put_address(c);
	ide_end(c, c->left ? ERR_UNC : ERR_ABRT);
}

void ide_abort(struct ide_channel *c)
{
	ide_end(c, ERR_ABRT);
}

bool ide_answered(struct ide_channel *c)
{
	bool cancelled = c->cancelled;

	c->busy = c->cancelled = false;
	if (cancelled && !(c->control & CTL_SRST))
		c->status = ide_idle(c);
	return !cancelled;
}

void ide_submit(struct ide_channel *c)
{
	c->busy = true;
	c->request.opaque = c;
	c->target->submit(c->target, &c->request);
}

void ide_data_ready(struct ide_channel *c)
{
	c->status = READY | ST_DRQ;
	ide_interrupt(c);
}

/* --- Reset --------------------------------------------------------------------*/
#define CDROM_MID  0x14
#define CDROM_HIGH 0xeb

static bool is_cdrom(const struct ide_channel *c)
{
	const struct disk *d = c->disk[ide_selected(c)];

	return d && d->cdrom;
}

/* A CD-ROM is no ready disk until it has been told something. */
uint8_t ide_idle(const struct ide_channel *c)
{
	return is_cdrom(c) ? 0 : READY;
}

void ide_set_signature(struct ide_channel *c)
{
	c->task.count[0] = c->task.low[0] = 1;
	c->task.mid[0] = is_cdrom(c) ? CDROM_MID : 0;
	c->task.high[0] = is_cdrom(c) ? CDROM_HIGH : 0;
}

/* What both drives show after a reset, each when it is selected. */
static void show_fresh(struct ide_channel *c)
{
	ide_set_signature(c);
	c->status = c->busy ? ST_BSY : ide_idle(c);
	c->error = DIAGNOSIS_PASSED;
}

void ide_fresh(struct ide_channel *c)
{
	c->task.device = 0;
	c->fresh = true;
	show_fresh(c);
}

/* The reset bit is set: what runs is forgotten. */
static void enter_reset(struct ide_channel *c)
{
	c->cancelled = c->busy;
	c->dma = c->packet.on = false;
	c->left = 0;
	c->pos = c->len = 0;
	c->status = ST_BSY;
	ide_no_interrupt(c);
}

/* --- Ports ----------------------------------------------------------------*/
static bool absent(struct ide_channel *c)
{
	return !c->disk[0] && !c->disk[1];
}

static uint8_t status(struct ide_channel *c)
{
	return c->disk[ide_selected(c)] ? c->status : 0;
}

static uint32_t task_in(void *opaque, uint16_t port, unsigned int size)
{
	struct ide_channel *c = opaque;
	int old = c->control & CTL_HOB ? 1 : 0;

	if (absent(c))
		return ~0u;
	switch (port & 7) {
	case 0:
		return ide_data_read(c, size);
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
		ide_no_interrupt(c);
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
	if ((port & 7) != 6)
		c->fresh = false;
	switch (port & 7) {
	case 0:
		ide_data_write(c, size, value);
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
		if (c->fresh)
			show_fresh(c);
		break;
	default:
		ide_command(c, v);
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
		ide_fresh(c);
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

void ide_init(struct ide *ide, struct board *b, const struct dma_host *dma)
{
	struct pci_function *f =
		pci_add(&b->pci, PCI_DEVFN(1, 1), INTEL, PIIX3_IDE, CLASS_IDE);

	ide->dma = *dma;
	for (unsigned int i = 0; i < IDE_CHANNELS; i++) {
		struct ide_channel *c = &ide->ch[i];
		const struct port_range task = { legacy[i].task, 8, task_in,
						 task_out,	 c, false };
		const struct port_range control = {
			legacy[i].control, 1, control_in, control_out, c, false
		};

		c->ide = ide;
		c->irq = board_irq(b, legacy[i].irq);
		for (unsigned int j = 0; j < IDE_UNITS; j++)
			ide_drive_init(&c->drive[j]);
		ide_fresh(c);
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

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Disks onto controllers.  Pure.  Numbers of names: xen-vbd-interface(7).
 *
 * A disk with an IDE name gets its unit whatever the others want; of the
 * others each gets the unit with its letter, if nobody has it, or any.
 */
#include "dev/disks.h"
#include "dev/virtio-pci.h"

#define MAJOR(vdev) ((vdev) >> 8)
#define MINOR(vdev) ((vdev)&0xff)
#define MAJOR_HDA   3 /* hda, hdb */
#define MAJOR_HDC   22
#define MAJOR_SD    8
#define MAJOR_XVD   202
#define HD_SHIFT    6 /* 64 minors a disk */
#define SD_SHIFT    4
#define EXTENDED    BIT(28) /* xvdq and after: never one of the first four */

enum pass {
	BY_IDE_NAME,
	BY_LETTER,
	ANYWHERE,
	NR_PASSES
};

int disks_unit(uint32_t vdev, bool *is_ide)
{
	uint32_t major = vdev & EXTENDED ? 0 : MAJOR(vdev), unit;

	*is_ide = major == MAJOR_HDA || major == MAJOR_HDC;
	if (*is_ide) {
		unit = MINOR(vdev) >> HD_SHIFT;
		if (unit >= IDE_UNITS)
			return -1;
		return (int)(major == MAJOR_HDA ? unit : unit + IDE_UNITS);
	}
	if (major != MAJOR_SD && major != MAJOR_XVD)
		return -1;
	unit = MINOR(vdev) >> SD_SHIFT;
	return unit < DISKS_IDE_UNITS ? (int)unit : -1;
}

/* The unit that @d gets in this pass, -1: none. */
static int unit_for(struct disk *const owner[], const struct disk *d,
		    enum pass pass)
{
	bool is_ide;
	int unit = disks_unit(d->vdev, &is_ide);

	if (pass == ANYWHERE) {
		for (unit = 0; unit < (int)DISKS_IDE_UNITS; unit++)
			if (!owner[unit])
				return unit;
		return -1;
	}
	if (unit < 0 || owner[unit] || is_ide != (pass == BY_IDE_NAME))
		return -1;
	return unit;
}

/* Bits of the disks in @d that are placed. */
static uint32_t place(struct disk *owner[], struct disk *const d[],
		      unsigned int n, bool virtio)
{
	uint32_t placed = 0;

	for (enum pass pass = BY_IDE_NAME; pass < NR_PASSES; pass++)
		for (unsigned int i = 0; i < n; i++) {
			int unit;

			if ((placed & BIT(i)) || (virtio && !d[i]->cdrom))
				continue;
			unit = unit_for(owner, d[i], pass);
			if (unit < 0)
				continue;
			owner[unit] = d[i];
			placed |= BIT(i);
		}
	return placed;
}

static bool plug_virtio(struct disks *s, struct board *b, struct disk *d,
			const struct dma_host *dma)
{
	unsigned int slot = DISKS_SLOT + s->nr_virtio;
	struct virtio_blk *v = &s->virtio[s->nr_virtio];

	if (s->nr_virtio == DISKS_MAX)
		return false;
	virtio_blk_init(v, d, board_pci_irq(b, slot), dma);
	if (!virtio_plug(&v->v, b, slot, VIRTIO_BLOCK))
		return false;
	s->nr_virtio++;
	return true;
}

unsigned int disks_plug(struct disks *s, struct board *b,
			struct disk *const d[], unsigned int n, bool virtio,
			const struct dma_host *dma)
{
	struct disk *owner[DISKS_IDE_UNITS] = { NULL };
	uint32_t placed = place(owner, d, n, virtio);
	unsigned int lost = 0;

	for (unsigned int u = 0; u < DISKS_IDE_UNITS; u++)
		if (owner[u])
			ide_attach(&s->ide, u / IDE_UNITS, u % IDE_UNITS,
				   owner[u]);
	if (placed)
		ide_init(&s->ide, b, dma);
	for (unsigned int i = 0; i < n; i++)
		if (!(placed & BIT(i)) && !plug_virtio(s, b, d[i], dma))
			lost++;
	return lost;
}

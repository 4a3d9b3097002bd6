/* SPDX-License-Identifier: GPL-2.0-only */
/* What ide.c and ide-dma.c share. */
#ifndef VMI_DEV_IDE_PRIVATE_H
#define VMI_DEV_IDE_PRIVATE_H

#include "dev/ide.h"

#define ST_ERR	0x01
#define ST_DRQ	0x08
#define ST_DSC	0x10
#define ST_DRDY 0x40
#define ST_BSY	0x80

#define ERR_ABRT 0x04
#define ERR_IDNF 0x10
#define ERR_UNC	 0x40

#define CTL_NIEN 0x02
#define CTL_SRST 0x04
#define CTL_HOB	 0x80

#define DEV_HEAD 0x0f
#define DEV_UNIT 0x10
#define DEV_LBA	 0x40
#define DEV_ONES 0xa0

/* Kinds of transfer commands. */
#define CF_WRITE    1
#define CF_DMA	    2
#define CF_EXT	    4
#define CF_MULTIPLE 8

#define READY (ST_DRDY | ST_DSC)

#define IDE_HEADS 16u
#define IDE_TRACK 63u /* sectors */

/** The command has ended; tells the guest. */
void ide_finish(struct ide_channel *c, bool ok);
/** The command is not for this drive. */
void ide_abort(struct ide_channel *c);
/**
 * The disk has answered.  False: a reset has meanwhile cancelled the command,
 * and nothing is to be told.
 */
bool ide_answered(struct ide_channel *c);
void ide_submit(struct ide_channel *c);

/* ide-drive.c: commands about the drive itself. */
void ide_drive_init(struct ide_drive *d);
void ide_identify(struct ide_channel *c, uint16_t w[DISK_SECTOR_SIZE / 2]);
void ide_set_multiple(struct ide_channel *c, unsigned int flags);
void ide_set_features(struct ide_channel *c, unsigned int flags);
void ide_set_geometry(struct ide_channel *c, unsigned int flags);

/* ide-dma.c */
/** A DMA command waits for the bus master. */
void ide_dma_ready(struct ide_channel *c);
/** The interrupt line has risen. */
void ide_dma_irq(struct ide_channel *c);
void ide_dma_init(struct ide *ide, struct board *b);

#endif

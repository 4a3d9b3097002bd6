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

#define DEV_UNIT 0x10
#define DEV_LBA	 0x40
#define DEV_ONES 0xa0

#define CMD_IDENTIFY 0xec

/* Kinds of transfer commands. */
#define CF_WRITE    1
#define CF_DMA	    2
#define CF_EXT	    4
#define CF_MULTIPLE 8

struct disk *ide_disk(struct ide_channel *c);
/** The command has ended; tells the guest. */
void ide_finish(struct ide_channel *c, bool ok);
/** A DMA command waits for the bus master. */
void ide_dma_ready(struct ide_channel *c);
void ide_dma_init(struct ide *ide, struct board *b);

#endif

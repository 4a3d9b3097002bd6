/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PIIX3 IDE controller with bus-master DMA, two channels of two disks or CD-ROMs.
 * Sources: Intel 82371SB data sheet; ATA/ATAPI-6; "Programming Interface for
 * Bus Master IDE Controller", revision 1.0.
 */
#ifndef VMI_DEV_IDE_H
#define VMI_DEV_IDE_H

#include "dev/disk.h"
#include "dev/dma.h"
#include "dev/irq-line.h"

#define IDE_CHANNELS	 2
#define IDE_UNITS	 2
#define IDE_BM_BASE	 0xc000
#define IDE_BM_SIZE	 16
#define IDE_MAX_MULTIPLE 16
#define IDE_CDB_SIZE	 12

struct board;
struct ide;

struct ide_task { /* [0] current, [1] what was there before: LBA48 */
	uint8_t feature[2], count[2], low[2], mid[2], high[2];
	uint8_t device;
};

/* What a drive is told and keeps. */
struct ide_drive {
	uint8_t multiple;      /* sectors a block, 0: off */
	uint8_t heads, track;  /* geometry; sectors a track */
	uint8_t transfer_mode; /* as SET FEATURES gives it */
	uint8_t sense, asc;    /* CD-ROM: why the last command failed */
};

/* A CD-ROM's command in hand. */
struct ide_packet {
	bool on; /* PACKET was given */
	bool dma;
	uint32_t limit; /* bytes that go at once through the data port */
	uint32_t have;	/* bytes in the buffer */
};

/* How far a descriptor table has been followed. */
struct ide_prd {
	uint32_t next; /* address of the next descriptor */
	uint32_t addr, left;
	bool last;
};

struct ide_channel {
	struct ide *ide;
	struct irq_line irq;
	struct disk *disk[IDE_UNITS];
	struct ide_drive drive[IDE_UNITS];
	struct ide_task task;
	uint8_t status, error, control, command;
	bool fresh; /* since a reset only the device register was written */
	bool line;  /* of the interrupt */
	bool intrq; /* wants to interrupt, if the control register lets it */

	/* the command in hand */
	struct disk *target;
	unsigned int unit;
	bool ext, cancelled; /* cancelled: reset while the disk works */
	uint64_t sector;
	uint32_t left;	       /* sectors that it still has to move */
	bool write, dma, busy; /* busy: the disk works */

	/* PIO: one block at a time */
	uint8_t data[IDE_MAX_MULTIPLE * DISK_SECTOR_SIZE];
	uint32_t pos, len; /* bytes; pos == len: none */
	uint32_t block;	   /* sectors a block */
	struct ide_packet packet;
	bool trim; /* the bus master is to bring a list of c->len bytes */

	/* bus master */
	uint8_t bm_command, bm_status;
	uint32_t bm_table;
	struct ide_prd prd;
	uint32_t chunk; /* sectors of the request in hand */

	struct disk_request request;
};

struct ide {
	struct ide_channel ch[IDE_CHANNELS];
	struct dma_host dma; /* for descriptor tables and a CD-ROM's answers */
};

/**
 * Put the controller on @b.  Units are filled by ide_attach() before.
 */
void ide_init(struct ide *ide, struct board *b, const struct dma_host *dma);
/** Make @d unit @unit of @channel. */
void ide_attach(struct ide *ide, unsigned int channel, unsigned int unit,
		struct disk *d);

#endif

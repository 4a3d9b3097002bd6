/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the IDE controller share. */
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

/* Interrupt reason: the count register during a CD-ROM's command. */
#define REASON_COMMAND 1 /* the command, or its end */
#define REASON_IN      2 /* to the guest */

#define DIAGNOSIS_PASSED 1 /* in the error register after a reset */

#define READY (ST_DRDY | ST_DSC)

#define IDE_HEADS 16u
#define IDE_TRACK 63u /* sectors */

/** The unit that the device register names. */
unsigned int ide_selected(const struct ide_channel *c);
void ide_interrupt(struct ide_channel *c);
void ide_no_interrupt(struct ide_channel *c);
/** Status of a drive that has nothing to do yet. */
uint8_t ide_idle(const struct ide_channel *c);

/* ide-command.c */
void ide_command(struct ide_channel *c, uint8_t code);
/** The data port. */
uint32_t ide_data_read(struct ide_channel *c, unsigned int size);
void ide_data_write(struct ide_channel *c, unsigned int size, uint32_t value);

/* ide.c */
/** The command has ended, with what the error register says; 0: well. */
void ide_end(struct ide_channel *c, uint8_t error);
/** The data of c->data from c->pos to c->len are the guest's to take. */
void ide_data_ready(struct ide_channel *c);
/** The registers say what the selected drive is. */
void ide_set_signature(struct ide_channel *c);
/** As after a reset. */
void ide_fresh(struct ide_channel *c);
/** A command that does nothing. */
void ide_nothing(struct ide_channel *c, unsigned int flags);
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
void ide_identify_cdrom(struct ide_channel *c,
			uint16_t w[DISK_SECTOR_SIZE / 2]);
void ide_set_multiple(struct ide_channel *c, unsigned int flags);
void ide_set_features(struct ide_channel *c, unsigned int flags);
void ide_set_geometry(struct ide_channel *c, unsigned int flags);

/* ide-atapi.c */
void ide_packet(struct ide_channel *c, unsigned int flags);
/** A block has gone through the data port. */
void ide_packet_block(struct ide_channel *c);
/** What was read through the bus master has ended. */
void ide_packet_finish(struct ide_channel *c, bool ok);
/** The bus master is on: answer what waits for it; false: sectors are asked. */
bool ide_packet_dma(struct ide_channel *c);

/* ide-trim.c */
void ide_trim(struct ide_channel *c, unsigned int flags);
/** Of the list that it waits for, @got bytes are in c->data. */
void ide_trim_list(struct ide_channel *c, uint32_t got);

/* ide-dma.c */
/** Move the @len bytes at c->data into guest memory, as far as it goes. */
void ide_dma_give(struct ide_channel *c, uint32_t len);
/** A DMA command waits for the bus master. */
void ide_dma_ready(struct ide_channel *c);
/** The interrupt line has risen. */
void ide_dma_irq(struct ide_channel *c);
void ide_dma_init(struct ide *ide, struct board *b);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An IDE controller on its board, with guest memory and one disk, which
 * answers at once, or, when "patient" is set, by answer().
 */
#ifndef TESTS_MOCK_IDE_RIG_H
#define TESTS_MOCK_IDE_RIG_H

#include "fake-disk.h"
#include "dev/ide.h"

/* Ports of the first channel. */
#define TASK	0x1f0
#define FEATURE (TASK + 1)
#define ERROR	(TASK + 1)
#define COUNT	(TASK + 2)
#define LOW	(TASK + 3)
#define MID	(TASK + 4)
#define HIGH	(TASK + 5)
#define DEVICE	(TASK + 6)
#define STATUS	(TASK + 7)
#define COMMAND (TASK + 7)
#define CONTROL 0x3f6
#define BM	IDE_BM_BASE

#define ERR    0x01
#define DRQ    0x08
#define READY  0x50
#define BSY    0x80
#define ABRT   0x04
#define IDNF   0x10
#define UNC    0x40
#define LBA    0xe0
#define SLAVE  0x10
#define NIEN   0x02
#define SRST   0x04
#define HOB    0x80
#define START  0x01
#define TO_MEM 0x08
#define ACTIVE 0x01
#define BM_ERR 0x02
#define BM_IRQ 0x04

#define SECTOR	   DISK_SECTOR_SIZE
#define NR_STORED  4096u
#define MEMORY	   (2u << 20)
#define TABLE	   0x1000u
#define SMALL_DISK 4096u

extern struct ide ide;
extern struct fake_disk fake;
extern uint8_t store[NR_STORED][SECTOR]; /* what is on the disk, repeated */
extern uint8_t memory[MEMORY];		 /* the guest's */
extern bool patient;

/** Power on, with a disk of @sectors. */
void build(uint64_t sectors);
/** With a CD-ROM, of @sectors of a disk, as @unit instead. */
void build_cdrom(uint64_t sectors, unsigned int unit);
/** The disk's answer to what waits. */
void answer(bool ok);

void out(uint16_t port, uint32_t value);
uint8_t in(uint16_t port);
void out32(uint16_t port, uint32_t value);
uint32_t in32(uint16_t port);
uint16_t data_in(void);
void data_out(uint16_t v);
/** IRQ 14 as the 8259 sees it. */
bool irq(void);

/** A command with its address in 28 or 48 bits. */
void task28(uint8_t command, uint32_t sector, uint8_t count);
void task48(uint8_t command, uint64_t sector, uint16_t count);
/** Take @n sectors from the data port: what is at @sector of the disk. */
void read_block(uint32_t sector, uint32_t n);
/** Give @n sectors made of @seed, and look for them on the disk. */
void write_block(uint32_t seed, uint32_t n);
void check_written(uint32_t sector, uint32_t seed, uint32_t n);
void identify(uint16_t w[256]);

/** Descriptor @n at TABLE. */
void prd(unsigned int n, uint32_t address, uint32_t len, bool last_one);
/** Start the bus master. */
void dma(bool to_memory);

#define assert_done()                                                          \
	do {                                                                   \
		assert_true(irq());                                            \
		assert_int_equal(in(STATUS), READY);                           \
		assert_false(irq());                                           \
	} while (0)

#define assert_failed(how)                                                     \
	do {                                                                   \
		assert_true(irq());                                            \
		assert_int_equal(in(STATUS), READY | ERR);                     \
		assert_int_equal(in(ERROR), (how));                            \
	} while (0)

#endif

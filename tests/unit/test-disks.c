/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which controller shows which disk, and where: names of the configuration,
 * CD-ROMs, more disks than IDE has units, virtio; none is shown twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "../mock/fake-disk.h"
#include "../mock/guest-memory.h"
#include "dev/disks.h"
#include "lib/string.h"

#define HDA  0x300
#define HDB  0x340
#define HDC  0x1600
#define HDD  0x1640
#define SDA  0x800
#define SDB  0x810
#define XVDA 0xca00
#define XVDB 0xca10
#define XVDE 0xca40

static struct board board;
static struct disks disks;
static struct guest_memory memory; /* none */
static struct fake_disk fake[DISKS_MAX];
static struct disk *list[DISKS_MAX];
static unsigned int nr;

static int power_on(void **state)
{
	(void)state;
	bare_board(&board);
	memset(&disks, 0, sizeof(disks));
	nr = 0;
	return 0;
}

static void add(uint32_t vdev, bool cdrom)
{
	fake_disk_init(&fake[nr], 2048, cdrom, 1);
	fake[nr].disk.vdev = vdev;
	list[nr] = &fake[nr].disk;
	nr++;
}

static unsigned int plug(bool virtio)
{
	const struct dma_host dma = guest_memory_dma(&memory);

	return disks_plug(&disks, &board, list, nr, virtio, &dma);
}

/* Disk @i on IDE unit @unit. */
static void assert_unit(unsigned int i, unsigned int unit)
{
	assert_ptr_equal(disks.ide.ch[unit / 2].disk[unit % 2], &fake[i].disk);
}

static void assert_no_unit(unsigned int unit)
{
	assert_null(disks.ide.ch[unit / 2].disk[unit % 2]);
}

static void names_mean_units(void **state)
{
	static const struct {
		uint32_t vdev;
		int unit;
		bool ide;
	} row[] = {
		{ HDA, 0, true },	   { HDB, 1, true },
		{ HDC, 2, true },	   { HDD, 3, true },
		{ HDA + 1, 0, true },	   { HDB + 5, 1, true },
		{ 0x3c0, -1, true },	   { SDA, 0, false },
		{ SDB, 1, false },	   { 0x830, 3, false },
		{ 0x840, -1, false },	   { XVDA, 0, false },
		{ XVDB + 2, 1, false },	   { XVDE, -1, false },
		{ 0x10000100, -1, false }, { 0x1000ca00, -1, false },
		{ 0, -1, false },	   { ~0u, -1, false },
	};
	bool ide;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		assert_int_equal(disks_unit(row[i].vdev, &ide), row[i].unit);
		assert_int_equal(ide, row[i].ide);
	}
}

static void disks_get_their_letters(void **state)
{
	(void)state;
	add(HDC, false);
	add(SDB, false);
	add(XVDA, false);
	assert_int_equal(plug(false), 0);
	assert_unit(0, 2);
	assert_unit(1, 1);
	assert_unit(2, 0);
	assert_no_unit(3);
	assert_int_equal(disks.nr_virtio, 0);
}

static void ide_names_come_first(void **state)
{
	(void)state;
	add(XVDA, false);
	add(SDA, false);
	add(HDA, false);
	add(XVDE, false);
	assert_int_equal(plug(false), 0);
	assert_unit(2, 0);
	assert_unit(0, 1);
	assert_unit(1, 2);
	assert_unit(3, 3);
}

static void what_ide_cannot_show_is_virtio(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 6; i++)
		add(XVDA + 16 * i, false);
	assert_int_equal(plug(false), 0);
	for (unsigned int i = 0; i < 4; i++)
		assert_unit(i, i);
	assert_int_equal(disks.nr_virtio, 2);
	assert_ptr_equal(disks.virtio[0].disk, &fake[4].disk);
	assert_ptr_equal(disks.virtio[1].disk, &fake[5].disk);
}

static void virtio_but_for_a_cdrom(void **state)
{
	uint16_t slot7 = 0xc200 + DISKS_SLOT * VIRTIO_IO_SIZE;

	(void)state;
	add(XVDA, false);
	add(HDC, true);
	add(HDA, false);
	assert_int_equal(plug(true), 0);
	assert_unit(1, 2);
	assert_no_unit(0);
	assert_int_equal(disks.nr_virtio, 2);
	assert_ptr_equal(disks.virtio[0].disk, &fake[0].disk);
	assert_ptr_equal(disks.virtio[1].disk, &fake[2].disk);
	/* their ports and PCI functions are there */
	assert_int_equal(board_in(&board, slot7 + 20, 4), 2048);
	assert_int_equal(board_in(&board, slot7 + VIRTIO_IO_SIZE + 20, 4),
			 2048);
	board_out(&board, PCI_ADDRESS_PORT, 4, 0x80000000u | DISKS_SLOT << 11);
	assert_int_equal(board_in(&board, PCI_DATA_PORT, 4), 0x10011af4);
	board_out(&board, PCI_ADDRESS_PORT, 4,
		  0x80000000u | DISKS_SLOT << 11 | 0x2c);
	assert_int_equal(board_in(&board, PCI_DATA_PORT, 4), 0x00021af4);
	board_out(&board, PCI_ADDRESS_PORT, 4,
		  0x80000000u | DISKS_SLOT << 11 | 0x10);
	assert_int_equal(board_in(&board, PCI_DATA_PORT, 4), slot7 | 1);
}

static void no_disk_no_controller(void **state)
{
	(void)state;
	assert_int_equal(plug(false), 0);
	assert_int_equal(board_in(&board, 0x1f7, 1), ~0u);
	add(XVDA, false);
	assert_int_equal(plug(true), 0);
	assert_int_equal(board_in(&board, 0x1f7, 1), ~0u);
}

static void all_of_eight(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < DISKS_MAX; i++)
		add(XVDA + 16 * i, false);
	assert_int_equal(plug(true), 0);
	assert_int_equal(disks.nr_virtio, DISKS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(names_mean_units, power_on),
		cmocka_unit_test_setup(disks_get_their_letters, power_on),
		cmocka_unit_test_setup(ide_names_come_first, power_on),
		cmocka_unit_test_setup(what_ide_cannot_show_is_virtio,
				       power_on),
		cmocka_unit_test_setup(virtio_but_for_a_cdrom, power_on),
		cmocka_unit_test_setup(no_disk_no_controller, power_on),
		cmocka_unit_test_setup(all_of_eight, power_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

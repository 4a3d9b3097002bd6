/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The IDE controller's bus master against "Programming Interface for Bus
 * Master IDE Controller", 1.0: descriptor tables of all shapes, status bits,
 * errors, and what Linux 2.6 does when a transfer hangs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "../mock/ide-rig.h"
#include "lib/string.h"

static int start(void **state)
{
	(void)state;
	build(SMALL_DISK);
	return 0;
}

/* --- Bus master ---------------------------------------------------------------*/
static void dma_reads_into_memory(void **state)
{
	(void)state;
	prd(0, 0x10200, 0xe00, false);
	prd(1, 0x20000, 0x1000, false);
	prd(2, 0x30000, 0x200, true);
	task28(0xc8, 1000, 16);
	assert_false(irq());
	dma(true);
	assert_int_equal(in(BM + 2) & 7, BM_IRQ);
	assert_done();
	out(BM, 0);
	assert_memory_equal(memory + 0x10200, store[1000], 0xe00);
	assert_memory_equal(memory + 0x20000, store[1007], 0x1000);
	assert_memory_equal(memory + 0x30000, store[1015], 0x200);
	assert_int_equal(memory[0x30200], 0);
	out(BM + 2, BM_IRQ);
	assert_int_equal(in(BM + 2) & 7, 0);
}

static void dma_writes_from_memory(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 0x3000; i++)
		memory[0x10000 + i] = (uint8_t)(i ^ i >> 8);
	prd(0, 0x10000, 0x3000, true);
	out32(BM + 4, TABLE);
	out(BM, START); /* before the command, as some do */
	assert_int_equal(in(BM + 2) & ACTIVE, ACTIVE);
	task48(0x35, 2000, 24);
	assert_int_equal(in(BM + 2) & 7, BM_IRQ);
	assert_done();
	assert_memory_equal(store[2000], memory + 0x10000, 0x3000);
}

/* A length of 0 is 64 kB; a long command takes several requests. */
static void dma_of_a_megabyte(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 16; i++)
		prd(i, 0x80000 + i * 0x10000, 0, i == 15);
	task48(0x25, 512, 2048);
	dma(true);
	assert_int_equal(in(BM + 2) & 7, BM_IRQ);
	assert_done();
	assert_int_equal(fake.submits, 2);
	assert_memory_equal(memory + 0x80000, store[512], 0x100000);
}

/* Buffers whose pieces are no sectors, so that a list ends within one. */
static void dma_in_odd_pieces(void **state)
{
	uint32_t at[1100], total = 200 * SECTOR, n = 0, seed = 12345;

	(void)state;
	for (uint32_t done = 0; done < total; n++) {
		uint32_t len;

		seed = seed * 1103515245 + 12345;
		len = ((seed >> 16) % 400 + 100) & ~1u;
		if (len > total - done)
			len = total - done;
		at[n] = 0x20000 + n * 0x600 + ((seed >> 8) & 0xfe);
		prd(n, at[n], len, done + len == total);
		done += len;
		assert_true(n < 1000);
	}
	task28(0xc8, 3000, 200);
	dma(true);
	assert_done();
	assert_true(fake.submits > 2);
	for (uint32_t i = 0, done = 0; i < n; i++) {
		uint16_t len;

		memcpy(&len, memory + TABLE + 8 * i + 4, 2);
		assert_memory_equal(memory + at[i], store[3000] + done, len);
		done += len;
	}
}

static void a_short_table_is_an_error(void **state)
{
	(void)state;
	prd(0, 0x10000, 0x400, true);
	task28(0xc8, 0, 4);
	dma(true);
	assert_int_equal(in(BM + 2) & 7, BM_IRQ | BM_ERR);
	assert_true(in(STATUS)&ERR);
	prd(0, 0x10000, 0x100, true); /* not even a sector */
	fake.submits = 0;
	out(BM, 0);
	task28(0xc8, 0, 1);
	dma(true);
	assert_int_equal(in(BM + 2) & 7, BM_IRQ | BM_ERR);
	assert_int_equal(fake.submits, 0);
}

static void a_disk_error_ends_dma(void **state)
{
	(void)state;
	prd(0, 0x10000, 0x1000, true);
	patient = true;
	task28(0xc8, 0x12345 % SMALL_DISK, 8);
	dma(true);
	assert_int_equal(in(BM + 2) & 7, ACTIVE);
	answer(false);
	assert_int_equal(in(BM + 2) & 7, BM_IRQ);
	assert_failed(UNC);
	assert_int_equal(in(LOW), 0x45);
}

/* Linux's timeout: stop, and reset; no byte moves after that. */
static void a_stopped_transfer_waits(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 16; i++)
		prd(i, 0x80000 + i * 0x10000, 0, i == 15);
	patient = true;
	task48(0x25, 512, 2048);
	dma(true);
	out(BM, TO_MEM);
	answer(true);
	assert_int_equal(fake.nr_waiting, 0);
	assert_false(irq());
	assert_int_equal(in(BM + 2) & 7, 0);
	out(CONTROL, SRST);
	out(CONTROL, 0);
	assert_int_equal(in(STATUS), READY);
	dma(true);
	assert_int_equal(fake.nr_waiting, 0);
}

static void bus_master_registers(void **state)
{
	(void)state;
	out32(BM + 4, 0x12345677);
	assert_int_equal(in32(BM + 4), 0x12345674);
	assert_int_equal(in(BM + 5), 0x56);
	out(BM + 7, 0xab);
	assert_int_equal(in32(BM + 4), 0xab345674);
	assert_int_equal(in32(BM + 12), 0);
	out(BM + 2, 0xff); /* drive 0 and 1 can do DMA */
	assert_int_equal(in(BM + 2), 0x60);
	out32(BM, 0x00200008);
	assert_int_equal(in32(BM), 0x00200008);
	assert_int_equal(in(BM + 1), 0);
	out32(BM + 15, ~0u); /* over the end */
	assert_int_equal(in(BM + 15), 0xff);
}

static void pci_shows_a_piix3(void **state)
{
	(void)state;
	out32(0xcf8, 0x80000000 | 9 << 8);
	assert_int_equal(in32(0xcfc), 0x70108086);
	out32(0xcf8, 0x80000000 | 9 << 8 | 0x20);
	assert_int_equal(in32(0xcfc), IDE_BM_BASE | 1);
	out32(0xcfc, ~0u);
	assert_int_equal(in32(0xcfc), 0xfffffff1);
	out32(0xcf8, 0x80000000 | 9 << 8 | 0x40);
	assert_int_equal(in32(0xcfc), 0x80008000);
}

#define T(f) cmocka_unit_test_setup(f, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(dma_reads_into_memory),     T(dma_writes_from_memory),
		T(dma_of_a_megabyte),	      T(dma_in_odd_pieces),
		T(a_short_table_is_an_error), T(a_disk_error_ends_dma),
		T(a_stopped_transfer_waits),  T(bus_master_registers),
		T(pci_shows_a_piix3),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

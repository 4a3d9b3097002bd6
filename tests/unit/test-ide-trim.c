/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TRIM of the IDE controller, against ATA8-ACS-2: lists of ranges, those that
 * follow one another in one request, what is not allowed, errors and resets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "../mock/ide-rig.h"
#include "lib/string.h"

#define LIST 0x10000u
#define DSM  0x06
#define TRIM 1

static int start(void **state)
{
	(void)state;
	build(SMALL_DISK);
	fake.disk.can_discard = true;
	prd(0, LIST, 16 * SECTOR, true);
	return 0;
}

static void range(unsigned int i, uint64_t sector, uint64_t count)
{
	uint64_t e = sector | count << 48;

	memcpy(memory + LIST + 8 * i, &e, sizeof(e));
}

static void trim(uint32_t feature, uint16_t blocks)
{
	out(FEATURE, feature);
	task48(DSM, 0, blocks);
}

static void assert_discards(uint64_t sector, uint64_t count)
{
	assert_int_equal(fake.nr_waiting, 1);
	assert_int_equal(fake.waiting[0]->op, DISK_DISCARD);
	assert_int_equal(fake.waiting[0]->sector, sector);
	assert_int_equal(fake.waiting[0]->count, count);
}

static void a_drive_says_that_it_can(void **state)
{
	uint16_t w[256];

	(void)state;
	out(DEVICE, LBA);
	identify(w);
	assert_int_equal(w[169] & 1, 1);
	assert_int_equal(w[105], 16);
	assert_true(w[80] & 0x80);  /* ATA-7: Linux looks no further before */
	assert_int_equal(w[69], 0); /* reads are not said to be zeros */
	fake.disk.can_discard = false;
	identify(w);
	assert_int_equal(w[169], 0);
	assert_int_equal(w[105], 0);
}

static void ranges_go_to_the_disk(void **state)
{
	(void)state;
	patient = true;
	range(0, 100, 8);
	range(2, 108, 65); /* goes on from the first; 1 counts none */
	range(3, 50, 1);
	range(63, SMALL_DISK - 2, 2);
	range(64, 0, 1); /* behind the list */
	trim(TRIM, 1);
	assert_int_equal(fake.nr_waiting, 0);
	dma(false);
	assert_discards(100, 73);
	assert_false(irq());
	answer(true);
	assert_discards(50, 1);
	answer(true);
	assert_discards(SMALL_DISK - 2, 2);
	answer(true);
	assert_int_equal(in(BM + 2) & 7, BM_IRQ);
	assert_done();
	assert_int_equal(fake.submits, 3);
}

static void the_bus_master_may_be_on_before(void **state)
{
	(void)state;
	range(16 * 64 - 1, 7, 3);
	out32(BM + 4, TABLE);
	out(BM, START);
	trim(TRIM, 16);
	assert_int_equal(fake.submits, 1);
	assert_int_equal(fake.last.sector, 7);
	assert_done();
}

static void nothing_to_do_is_well(void **state)
{
	(void)state;
	trim(TRIM, 1);
	dma(false);
	assert_done();
	assert_int_equal(fake.submits, 0);
}

static void what_is_not_allowed(void **state)
{
	(void)state;
	range(0, 100, 8);
	trim(0, 1); /* not TRIM */
	assert_failed(ABRT);
	trim(TRIM, 0);
	assert_failed(ABRT);
	trim(TRIM, 17);
	assert_failed(ABRT);
	fake.disk.read_only = true;
	trim(TRIM, 1);
	assert_failed(ABRT);
	fake.disk.read_only = fake.disk.can_discard = false;
	trim(TRIM, 1);
	assert_failed(ABRT);
	fake.disk.can_discard = true;
	range(1, SMALL_DISK - 1, 2); /* beyond the disk: none is discarded */
	trim(TRIM, 1);
	dma(false);
	assert_failed(IDNF);
	range(1, 1ull << 40, 1);
	trim(TRIM, 1);
	dma(false);
	assert_failed(IDNF);
	range(1, 0, 0);
	prd(0, LIST, SECTOR - 2, true); /* the list does not come whole */
	trim(TRIM, 1);
	dma(false);
	assert_failed(ABRT);
	assert_int_equal(fake.submits, 0);
}

static void errors_and_resets(void **state)
{
	(void)state;
	patient = true;
	range(0, 100, 8);
	range(1, 200, 8);
	trim(TRIM, 1);
	dma(false);
	answer(false);
	assert_int_equal(fake.nr_waiting, 0);
	assert_failed(ABRT);
	trim(TRIM, 1);
	dma(false);
	out(CONTROL, SRST);
	out(CONTROL, 0);
	answer(true); /* the second range stays */
	assert_int_equal(fake.nr_waiting, 0);
	assert_int_equal(in(STATUS), READY);
	out(BM, 0);
	trim(TRIM, 1);
	out(CONTROL, SRST); /* before the bus master */
	out(CONTROL, 0);
	dma(false);
	assert_int_equal(fake.nr_waiting, 0);
}

#define T(f) cmocka_unit_test_setup(f, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_drive_says_that_it_can),
		T(ranges_go_to_the_disk),
		T(the_bus_master_may_be_on_before),
		T(nothing_to_do_is_well),
		T(what_is_not_allowed),
		T(errors_and_resets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

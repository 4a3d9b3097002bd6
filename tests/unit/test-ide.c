/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The IDE controller's task file against ATA/ATAPI-6 and the sequences of
 * Linux 2.6's ide and libata drivers: IDENTIFY, PIO, addresses, errors, flush,
 * reset and interrupts.
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

/* --- The drive ----------------------------------------------------------------*/
static void power_on_shows_a_disk(void **state)
{
	(void)state;
	assert_int_equal(in(STATUS), READY);
	assert_int_equal(in(ERROR), 1); /* passed */
	assert_int_equal(in(COUNT), 1);
	assert_int_equal(in(LOW), 1);
	assert_int_equal(in(MID), 0); /* not ATAPI */
	assert_int_equal(in(HIGH), 0);
	assert_false(irq());
	out(DEVICE, 0xa0 | SLAVE); /* there is none */
	assert_int_equal(in(STATUS), 0);
	out(COMMAND, 0xec);
	assert_false(irq());
	out(DEVICE, 0xa0);
	assert_int_equal(in(0x177), 0xff); /* nor a second channel's */
	assert_int_equal(in(0x376), 0xff);
}

static void identify_says_what_it_is(void **state)
{
	uint16_t w[256];

	(void)state;
	identify(w);
	assert_int_equal(w[0], 0x0040);
	assert_int_equal(w[1], SMALL_DISK / (16 * 63));
	assert_int_equal(w[3], 16);
	assert_int_equal(w[6], 63);
	assert_int_equal(w[10], 'V' << 8 | 'M');
	assert_int_equal(w[13], '0' << 8 | ' ');
	assert_int_equal(w[27], 'V' << 8 | 'M');
	assert_int_equal(w[46], ' ' << 8 | ' ');
	assert_int_equal(w[47], 0x8010);
	assert_int_equal(w[49] & 0x0300, 0x0300);
	assert_int_equal(w[57] | w[58] << 16, w[1] * 16 * 63);
	assert_int_equal(w[60] | w[61] << 16, SMALL_DISK);
	assert_int_equal(w[83], 0x7400);
	assert_int_equal(w[86] & 0x3400, 0x3400);
	assert_int_equal(w[100] | w[101] << 16, SMALL_DISK);
	assert_int_equal(w[88], 0x0407);
}

static void identify_of_a_large_disk(void **state)
{
	uint16_t w[256];

	(void)state;
	build(0x123456789abull);
	identify(w);
	assert_int_equal(w[1], 16383);
	assert_int_equal(w[60] | w[61] << 16, 0x0fffffff);
	assert_int_equal(w[100], 0x89ab);
	assert_int_equal(w[101], 0x4567);
	assert_int_equal(w[102], 0x0123);
	assert_int_equal(w[103], 0);
}

static void transfer_modes_are_remembered(void **state)
{
	static const struct {
		uint8_t mode;
		uint16_t w63, w88;
		bool ok;
	} row[] = {
		{ 0x22, 0x0407, 0x0007, true },
		{ 0x40, 0x0007, 0x0107, true },
		{ 0x0c, 0x0007, 0x0107, true },
		{ 0x43, 0x0007, 0x0107, false },
		{ 0x23, 0x0007, 0x0107, false },
		{ 0x0d, 0x0007, 0x0107, false },
		{ 0x12, 0x0007, 0x0107, false },
		{ 0x42, 0x0007, 0x0407, true },
	};
	uint16_t w[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		out(FEATURE, 0x03);
		out(COUNT, row[i].mode);
		out(COMMAND, 0xef);
		if (row[i].ok)
			assert_done();
		else
			assert_failed(ABRT);
		identify(w);
		assert_int_equal(w[63], row[i].w63);
		assert_int_equal(w[88], row[i].w88);
	}
	out(FEATURE, 0x82); /* the cache cannot be switched off */
	out(COMMAND, 0xef);
	assert_failed(ABRT);
}

static void unknown_commands_abort(void **state)
{
	static const uint8_t none[] = { 0x00, 0x08, 0x27, 0xa0, 0xa1,
					0xb0, 0xf1, 0xf8, 0xff };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		out(COMMAND, none[i]);
		assert_failed(ABRT);
	}
	assert_int_equal(fake.submits, 0);
}

/* --- PIO ------------------------------------------------------------------------*/
static void read_sectors_one_by_one(void **state)
{
	(void)state;
	task28(0x20, 100, 3);
	for (uint32_t i = 0; i < 3; i++) {
		assert_true(irq());
		assert_int_equal(in(CONTROL), READY | DRQ);
		assert_true(irq()); /* alternate status leaves it */
		assert_int_equal(in(STATUS), READY | DRQ);
		assert_false(irq());
		read_block(100 + i, 1);
	}
	assert_int_equal(in(STATUS), READY);
	assert_false(irq()); /* none after the last */
	assert_int_equal(data_in(), 0xffff);
	assert_int_equal(in(ERROR), 0);
}

static void write_sectors_one_by_one(void **state)
{
	(void)state;
	task28(0x30, 200, 2);
	assert_false(irq()); /* the first is asked for silently */
	assert_int_equal(in(STATUS), READY | DRQ);
	write_block(0x1111, 1);
	assert_true(irq());
	assert_int_equal(in(STATUS), READY | DRQ);
	write_block(0x2222, 1);
	assert_done();
	check_written(200, 0x1111, 1);
	check_written(201, 0x2222, 1);
}

static void data_in_words_bytes_and_doubles(void **state)
{
	uint32_t v;

	(void)state;
	task28(0x20, 5, 1);
	v = in32(TASK);
	assert_memory_equal(&v, store[5], 4);
	v = in(TASK);
	assert_memory_equal(&v, store[5] + 4, 1);
	v = data_in();
	assert_memory_equal(&v, store[5] + 5, 2);
	out(COMMAND, 0xec); /* a new command drops the rest */
	assert_int_equal(data_in(), 0x0040);
}

static void a_count_of_0_is_256(void **state)
{
	(void)state;
	task28(0x20, 300, 0);
	for (uint32_t i = 0; i < 256; i++)
		read_block(300 + i, 1);
	assert_int_equal(in(STATUS), READY);
}

static void multiple_moves_blocks(void **state)
{
	uint16_t w[256];

	(void)state;
	task28(0xc4, 0, 1); /* not set up yet */
	assert_failed(ABRT);
	out(COUNT, 17);
	out(COMMAND, 0xc6);
	assert_failed(ABRT);
	out(COUNT, 16);
	out(COMMAND, 0xc6);
	assert_done();
	identify(w);
	assert_int_equal(w[59], 0x0110);
	fake.submits = 0;
	task28(0xc4, 50, 40);
	for (uint32_t i = 0; i < 40; i += 16) {
		assert_true(irq());
		assert_int_equal(in(STATUS), READY | DRQ);
		read_block(50 + i, i == 32 ? 8 : 16);
	}
	assert_int_equal(in(STATUS), READY);
	assert_int_equal(fake.submits, 3);
	task28(0xc5, 60, 20);
	write_block(0x3000, 16);
	assert_true(irq());
	assert_int_equal(in(STATUS), READY | DRQ);
	write_block(0x4000, 4);
	assert_done();
	check_written(60, 0x3000, 16);
	check_written(76, 0x4000, 4);
}

/* Cylinder, head, sector: from 1, 63 a track, 16 heads, unless set otherwise. */
static void old_addresses(void **state)
{
	(void)state;
	out(DEVICE, 0xa0 | 2);
	out(COUNT, 1);
	out(LOW, 5);
	out(MID, 3);
	out(HIGH, 0);
	out(COMMAND, 0x20);
	read_block((3 * 16 + 2) * 63 + 4, 1);
	out(LOW, 0);
	out(COMMAND, 0x20);
	assert_failed(IDNF);
	out(LOW, 64);
	out(COMMAND, 0x20);
	assert_failed(IDNF);
	out(DEVICE, 0xa0 | 3); /* 4 heads of 32 sectors */
	out(COUNT, 32);
	out(COMMAND, 0x91);
	assert_done();
	out(COUNT, 1);
	out(LOW, 32);
	out(COMMAND, 0x20);
	read_block((3 * 4 + 3) * 32 + 31, 1);
	out(DEVICE, 0xa0 | 4);
	out(COMMAND, 0x20);
	assert_failed(IDNF);
	out(COUNT, 0);
	out(COMMAND, 0x91);
	assert_failed(ABRT);
}

static void forty_eight_bits(void **state)
{
	const uint64_t far = 0x123400005678ull;

	(void)state;
	build(1ull << 47);
	task48(0x24, far, 2);
	assert_int_equal(fake.last.sector, far);
	read_block(0x678, 2);
	task48(0x34, far + 8, 1);
	write_block(0x5000, 1);
	assert_int_equal(fake.last.sector, far + 8);
	assert_done();
	check_written(0x680, 0x5000, 1);
	/* what was there before shows with HOB, until something is written */
	assert_int_equal(in(MID), 0x56);
	out(CONTROL, HOB);
	assert_int_equal(in(LOW), 0x00);
	assert_int_equal(in(MID), 0x34);
	assert_int_equal(in(HIGH), 0x12);
	out(COMMAND, 0xe5);
	assert_int_equal(in(MID), 0x56);
	patient = true;
	task48(0x25, 0, 0); /* 65536 sectors */
	assert_int_equal(ide.ch[0].left, 65536);
}

static void beyond_the_end_is_not_found(void **state)
{
	static const struct {
		uint32_t sector, count;
	} row[] = { { SMALL_DISK, 1 },
		    { SMALL_DISK - 1, 2 },
		    { SMALL_DISK - 255, 0 },
		    { 0x0fffffff, 1 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		static const uint8_t commands[] = { 0x20, 0x30, 0xc8, 0xca,
						    0x40 };

		for (size_t j = 0; j < ARRAY_SIZE(commands); j++) {
			task28(commands[j], row[i].sector,
			       (uint8_t)row[i].count);
			assert_failed(IDNF);
		}
	}
	task48(0x25, 0xffffffffffffull, 0xffff);
	assert_failed(IDNF);
	assert_int_equal(fake.submits, 0);
	task28(0x20, SMALL_DISK - 1, 1);
	read_block(SMALL_DISK - 1, 1);
}

/* Linux starts the bus master after a command that has already failed. */
static void starting_after_a_failure_changes_nothing(void **state)
{
	(void)state;
	task28(0xc8, SMALL_DISK, 1);
	out(BM, START | TO_MEM);
	assert_failed(IDNF);
	out(BM, 0);
	assert_int_equal(in(BM + 2) & (ACTIVE | BM_ERR), 0);
	assert_int_equal(fake.submits, 0);
}

static void a_read_only_disk_refuses(void **state)
{
	(void)state;
	fake.disk.read_only = true;
	task28(0x30, 0, 1);
	assert_failed(ABRT);
	task28(0xca, 0, 1);
	out(BM, START);
	assert_failed(ABRT);
	assert_int_equal(fake.submits, 0);
}

/* --- Errors, flush, reset -----------------------------------------------------*/
static void a_bad_sector_is_named(void **state)
{
	(void)state;
	patient = true;
	task28(0x20, 0x345, 4);
	assert_int_equal(in(STATUS), BSY);
	answer(true);
	for (uint32_t i = 0; i < SECTOR / 2; i++)
		data_in();
	answer(false);
	assert_failed(UNC);
	assert_int_equal(in(LOW), 0x46);
	assert_int_equal(in(MID), 0x03);
	assert_int_equal(in(DEVICE), LBA);
	assert_int_equal(data_in(), 0xffff);
	task28(0x30, 7, 1);
	write_block(0, 1);
	answer(false);
	assert_failed(UNC);
	out(COMMAND, 0xe5);
	assert_int_equal(in(ERROR), 0); /* a new command clears it */
	assert_int_equal(in(COUNT), 0xff);
}

/* In the form in which the command gave it. */
static void a_bad_address_keeps_its_form(void **state)
{
	(void)state;
	patient = true;
	out(DEVICE, 0xa0 | 2);
	out(COUNT, 3);
	out(LOW, 62);
	out(MID, 3);
	out(HIGH, 0);
	out(COMMAND, 0x20);
	answer(true);
	for (uint32_t i = 0; i < SECTOR / 2; i++)
		data_in();
	answer(true);
	for (uint32_t i = 0; i < SECTOR / 2; i++)
		data_in();
	answer(false); /* the next head's first sector */
	assert_failed(UNC);
	assert_int_equal(in(LOW), 1);
	assert_int_equal(in(MID), 3);
	assert_int_equal(in(DEVICE), 0xa0 | 3);
	build(1ull << 47);
	patient = true;
	task48(0x24, 0x0123456789abull, 1);
	answer(false);
	assert_failed(UNC);
	assert_int_equal(in(LOW) | in(MID) << 8 | in(HIGH) << 16, 0x6789ab);
	out(CONTROL, HOB);
	assert_int_equal(in(LOW) | in(MID) << 8 | in(HIGH) << 16, 0x012345);
}

/* What needs no work is done at once. */
static void easy_commands_end_well(void **state)
{
	static const uint8_t easy[] = { 0x10, 0x70, 0xe0, 0xe1,
					0xe2, 0xe3, 0xe6, 0x40 };
	static const uint8_t features[] = { 0x02, 0x55, 0xaa, 0x66, 0xcc };

	(void)state;
	out(LOW, 1);
	out(DEVICE, LBA);
	for (size_t i = 0; i < ARRAY_SIZE(easy); i++) {
		out(COMMAND, easy[i]);
		assert_done();
	}
	for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
		out(FEATURE, features[i]);
		out(COMMAND, 0xef);
		assert_done();
	}
	assert_int_equal(fake.submits, 0);
}

static void flush_waits_for_the_medium(void **state)
{
	static const uint8_t commands[] = { 0xe7, 0xea };

	(void)state;
	patient = true;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		out(COMMAND, commands[i]);
		assert_int_equal(in(STATUS)&BSY, BSY);
		assert_false(irq());
		assert_int_equal(fake.last.op, DISK_FLUSH);
		answer(true);
		assert_done();
		out(COMMAND, commands[i]);
		answer(false);
		assert_failed(ABRT);
	}
}

static void while_it_works_nobody_listens(void **state)
{
	(void)state;
	patient = true;
	task28(0x20, 9, 2);
	out(LOW, 99);
	out(DEVICE, 0xa0 | SLAVE);
	out(COMMAND, 0x30);
	assert_int_equal(fake.submits, 1);
	answer(true);
	assert_int_equal(in(LOW), 9);
	assert_int_equal(in(STATUS), READY | DRQ);
}

/* Selecting another drive does not move a command to it. */
static void a_command_stays_with_its_drive(void **state)
{
	(void)state;
	task28(0x20, 9, 2);
	out(DEVICE, LBA | SLAVE);
	assert_int_equal(in(STATUS), 0);
	read_block(9, 2);
	assert_int_equal(fake.submits, 2);
	out(DEVICE, LBA);
	assert_int_equal(in(STATUS), READY);
}

static void reset_gives_the_signature(void **state)
{
	(void)state;
	task28(0x30, 9, 2);
	out(CONTROL, SRST);
	assert_int_equal(in(STATUS), BSY);
	out(COMMAND, 0xec);
	assert_false(irq());
	out(CONTROL, 0);
	assert_int_equal(in(STATUS), READY);
	assert_int_equal(in(ERROR), 1);
	assert_int_equal(in(COUNT), 1);
	assert_int_equal(in(LOW), 1);
	assert_int_equal(in(MID), 0);
	assert_int_equal(in(DEVICE), 0xa0);
	assert_false(irq());
	data_out(1); /* the write is forgotten */
	assert_int_equal(fake.submits, 0);
	out(COMMAND, 0x90);
	assert_true(irq());
	assert_int_equal(in(ERROR), 1);
}

/* What the disk answers to a command that was reset is not told. */
static void reset_cancels_what_runs(void **state)
{
	static const uint8_t commands[] = { 0x20, 0xc8, 0xe7 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		for (unsigned int early = 0; early < 2; early++) {
			build(SMALL_DISK);
			prd(0, 0x10000, 0x8000, true);
			patient = true;
			task28(commands[i], 9, 200);
			dma(true);
			assert_int_equal(fake.nr_waiting, 1);
			out(CONTROL, SRST);
			if (early)
				answer(true);
			assert_int_equal(in(STATUS), BSY);
			out(CONTROL, 0);
			assert_int_equal(in(STATUS), early ? READY : BSY);
			if (!early)
				answer(true);
			assert_int_equal(in(STATUS), READY);
			assert_false(irq());
			assert_int_equal(fake.nr_waiting, 0);
			assert_int_equal(in(BM + 2) & BM_IRQ, 0);
			assert_int_equal(fake.submits, 1);
			patient = false;
			task28(0x20, 9, 1);
			read_block(9, 1);
		}
	}
}

/* The control register's bit gates the line; what waits comes later. */
static void interrupts_can_be_held_back(void **state)
{
	(void)state;
	out(CONTROL, NIEN);
	task28(0x20, 1, 1);
	assert_false(irq());
	assert_int_equal(in(CONTROL), READY | DRQ);
	out(CONTROL, 0);
	assert_true(irq());
	out(CONTROL, NIEN);
	assert_false(irq());
	in(STATUS);
	out(CONTROL, 0);
	assert_false(irq());
}

#define T(f) cmocka_unit_test_setup(f, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(power_on_shows_a_disk),
		T(identify_says_what_it_is),
		T(identify_of_a_large_disk),
		T(transfer_modes_are_remembered),
		T(unknown_commands_abort),
		T(read_sectors_one_by_one),
		T(write_sectors_one_by_one),
		T(data_in_words_bytes_and_doubles),
		T(a_count_of_0_is_256),
		T(multiple_moves_blocks),
		T(old_addresses),
		T(forty_eight_bits),
		T(beyond_the_end_is_not_found),
		T(starting_after_a_failure_changes_nothing),
		T(a_read_only_disk_refuses),
		T(a_bad_sector_is_named),
		T(a_bad_address_keeps_its_form),
		T(easy_commands_end_well),
		T(flush_waits_for_the_medium),
		T(while_it_works_nobody_listens),
		T(a_command_stays_with_its_drive),
		T(reset_gives_the_signature),
		T(reset_cancels_what_runs),
		T(interrupts_can_be_held_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The legacy virtio disk, and with it registers, queues and chains, against
 * the 0.9.5 specification: reads, writes, flushes, many at once, pieces of
 * long ones, errors, resets in between, and chains that no sane driver builds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "../mock/fake-disk.h"
#include "../mock/virtio-rig.h"
#include "dev/virtio-blk.h"
#include "lib/string.h"

#define SECTORS	   0x123456789ull
#define HEADER	   0x40000u
#define RESULT	   0x40100u
#define DATA	   0x50000u
#define TABLE	   0x60000u
#define HEADER_LEN 16u

#define F_SEG_MAX  0x4u
#define F_RO	   0x20u
#define F_FLUSH	   0x200u
#define F_DISCARD  0x2000u
#define F_INDIRECT 0x10000000u

#define READ	0
#define WRITE	1
#define FLUSH	4
#define GET_ID	8
#define DISCARD 11
#define OK	0
#define IOERR	1
#define UNSUPP	2
#define PENDING 0xee

static struct virtio_blk blk;
static struct fake_disk fake;

/* Answer the request that has waited longest. */
static void answer(bool ok)
{
	struct disk_request *r = fake_disk_take(&fake, 0);

	r->done(r, ok);
}

static int power_on(void **state)
{
	const struct dma_host dma = rig_dma();

	(void)state;
	fake_disk_init(&fake, SECTORS, false, VIRTIO_BLK_TASKS);
	fake.disk.can_flush = true;
	fake.disk.vdev = 51712;
	rig_line = false;
	virtio_blk_init(&blk, &fake.disk, rig_irq(), &dma);
	rig_start(&blk.v, ~0u, 1);
	return 0;
}

static void header(uint32_t type, uint64_t sector)
{
	rig_put(HEADER, type, 4);
	rig_put(HEADER + 4, 0, 4);
	memcpy(ram + HEADER + 8, &sector, sizeof(sector));
	ram[RESULT] = PENDING;
}

/* A request of @len bytes at DATA; @len 0: none. */
static void request(uint16_t head, uint32_t type, uint64_t sector, uint32_t len)
{
	bool in = type == READ || type == GET_ID;
	const struct rig_buf buf[] = { { HEADER, HEADER_LEN, false },
				       { DATA, len, in },
				       { RESULT, 1, true } };
	const struct rig_buf bare[] = { buf[0], buf[2] };

	header(type, sector);
	if (len)
		rig_add(0, head, buf, 3);
	else
		rig_add(0, head, bare, 2);
	rig_kick(0);
}

static void assert_answered(uint16_t count, uint8_t result, uint32_t head,
			    uint32_t len)
{
	assert_int_equal(rig_used(0), count);
	assert_int_equal(ram[RESULT], result);
	assert_int_equal(rig_used_head(0), head);
	assert_int_equal(rig_used_len(0), len);
	assert_true(rig_line);
	assert_int_equal(rig_isr(), 1);
	assert_false(rig_line);
	assert_int_equal(rig_isr(), 0);
}

/* --- Registers ------------------------------------------------------------*/
static void configuration_is_the_disk(void **state)
{
	(void)state;
	assert_int_equal(virtio_read(&blk.v, 20, 4), 0x23456789);
	assert_int_equal(virtio_read(&blk.v, 24, 4), 1);
	assert_int_equal(virtio_read(&blk.v, 32, 4), 126); /* segments */
	assert_int_equal(virtio_read(&blk.v, 38, 1), 255); /* heads */
	assert_int_equal(virtio_read(&blk.v, 40, 4), 512); /* a block */
	assert_int_equal(virtio_read(&blk.v, 60, 4), 0);
	virtio_write(&blk.v, 20, 4, 7); /* is read-only */
	assert_int_equal(virtio_read(&blk.v, 20, 4), 0x23456789);
}

static void features_follow_the_disk(void **state)
{
	const struct dma_host dma = rig_dma();

	const uint32_t some = F_RO | F_FLUSH | F_DISCARD;

	(void)state;
	assert_int_equal(virtio_read(&blk.v, 0, 4) & some, F_FLUSH);
	virtio_write(&blk.v, 4, 4, ~0u); /* what is not offered is not taken */
	assert_int_equal(virtio_read(&blk.v, 4, 4), virtio_read(&blk.v, 0, 4));
	fake.disk.read_only = true;
	fake.disk.can_flush = false;
	virtio_blk_init(&blk, &fake.disk, rig_irq(), &dma);
	assert_int_equal(virtio_read(&blk.v, 0, 4) & some, F_RO);
	fake.disk.read_only = false;
	fake.disk.can_discard = true;
	fake.disk.discard_unit = 8;
	virtio_blk_init(&blk, &fake.disk, rig_irq(), &dma);
	assert_int_equal(virtio_read(&blk.v, 0, 4) & some, F_DISCARD);
	assert_int_equal(virtio_read(&blk.v, 56, 4), ~0u); /* sectors */
	assert_int_equal(virtio_read(&blk.v, 60, 4), 1);   /* ranges */
	assert_int_equal(virtio_read(&blk.v, 64, 4), 8);
}

static void there_is_one_queue(void **state)
{
	(void)state;
	assert_int_equal(virtio_read(&blk.v, 14, 2), 0);
	assert_int_equal(virtio_read(&blk.v, 8, 4), RIG_QUEUE(0) / PAGE_SIZE);
	virtio_write(&blk.v, 14, 2, 1);
	assert_int_equal(virtio_read(&blk.v, 12, 2), 0);
	virtio_write(&blk.v, 8, 4, 5);
	assert_int_equal(virtio_read(&blk.v, 8, 4), 0);
	rig_kick(1);
	rig_kick(0xffff);
	assert_int_equal(fake.submits, 0);
}

/* --- Requests -------------------------------------------------------------*/
static void read_goes_to_the_pages(void **state)
{
	const struct disk_request *r;

	(void)state;
	request(0, READ, 1234, 0x2400);
	assert_int_equal(rig_used(0), 0);
	assert_int_equal(fake.nr_waiting, 1);
	r = fake.waiting[0];
	assert_int_equal(r->op, DISK_READ);
	assert_int_equal(r->sector, 1234);
	assert_int_equal(r->nr_segs, 3);
	assert_int_equal(r->seg[0].gpa, DATA);
	assert_int_equal(r->seg[1].gpa, DATA + PAGE_SIZE);
	assert_int_equal(r->seg[2].len, 0x400);
	assert_null(r->seg[0].local);
	answer(true);
	assert_answered(1, OK, 0, 0x2401);
}

static void write_skips_the_header(void **state)
{
	const struct rig_buf buf[] = {
		{ HEADER, HEADER_LEN, false },
		{ DATA + 0x800, 0x1000, false }, /* over a page's end */
		{ RESULT, 1, true },
	};

	(void)state;
	header(WRITE, SECTORS - 8);
	rig_add(0, 20, buf, 3);
	rig_kick(0);
	assert_int_equal(fake.waiting[0]->op, DISK_WRITE);
	assert_int_equal(fake.waiting[0]->nr_segs, 2);
	assert_int_equal(fake.waiting[0]->seg[0].gpa, DATA + 0x800);
	assert_int_equal(fake.waiting[0]->seg[0].len, 0x800);
	assert_int_equal(fake.waiting[0]->seg[1].len, 0x800);
	answer(true);
	assert_answered(1, OK, 20, 1);
}

/* The header and the first data may share a buffer. */
static void header_and_data_in_one(void **state)
{
	const struct rig_buf buf[] = {
		{ HEADER, HEADER_LEN + 512, false },
		{ RESULT, 1, true },
	};

	(void)state;
	header(WRITE, 5);
	rig_add(0, 0, buf, 2);
	rig_kick(0);
	assert_int_equal(fake.waiting[0]->nr_segs, 1);
	assert_int_equal(fake.waiting[0]->seg[0].gpa, HEADER + HEADER_LEN);
	assert_int_equal(fake.waiting[0]->seg[0].len, 512);
	answer(true);
	assert_answered(1, OK, 0, 1);
}

static void flush_and_its_absence(void **state)
{
	(void)state;
	request(3, FLUSH, 0, 0);
	assert_int_equal(fake.waiting[0]->op, DISK_FLUSH);
	assert_int_equal(fake.waiting[0]->nr_segs, 0);
	answer(true);
	assert_answered(1, OK, 3, 1);
	request(3, FLUSH, 0, 0);
	answer(false);
	assert_answered(2, IOERR, 3, 1);
	/* The backend has changed: the driver was promised to be answered. */
	fake.disk.can_flush = false;
	request(3, FLUSH, 0, 0);
	assert_answered(3, OK, 3, 1);
	rig_start(&blk.v, ~F_FLUSH, 1);
	request(3, FLUSH, 0, 0);
	assert_answered(1, UNSUPP, 3, 1);
}

/* Who knows nothing of flushes must not need them. */
static void without_flushes_writes_are_flushed(void **state)
{
	(void)state;
	rig_start(&blk.v, ~F_FLUSH, 1);
	request(3, WRITE, 7, 512);
	assert_int_equal(fake.waiting[0]->op, DISK_WRITE);
	answer(true);
	assert_int_equal(rig_used(0), 0);
	assert_int_equal(fake.waiting[0]->op, DISK_FLUSH);
	assert_int_equal(fake.waiting[0]->nr_segs, 0);
	answer(true);
	assert_answered(1, OK, 3, 1);
	request(3, WRITE, 7, 512);
	answer(true);
	answer(false);
	assert_answered(2, IOERR, 3, 1);
	request(3, WRITE, 7, 512);
	answer(false); /* there is nothing to flush */
	assert_answered(3, IOERR, 3, 1);
	request(3, READ, 7, 512);
	answer(true);
	assert_answered(4, OK, 3, 513);
	fake.disk.can_flush = false;
	request(3, WRITE, 7, 512);
	answer(true);
	assert_answered(5, OK, 3, 1);
	rig_start(&blk.v, ~F_FLUSH, 1); /* a reset in between */
	fake.disk.can_flush = true;
	request(3, WRITE, 7, 512);
	rig_start(&blk.v, ~F_FLUSH, 1);
	answer(true);
	assert_int_equal(fake.nr_waiting, 0);
	assert_int_equal(rig_used(0), 0);
}

static void range(uint64_t sector, uint32_t count, uint32_t flags)
{
	memcpy(ram + DATA, &sector, sizeof(sector));
	rig_put(DATA + 8, count, 4);
	rig_put(DATA + 12, flags, 4);
}

static void discard_goes_to_the_disk(void **state)
{
	const struct rig_buf odd[] = { { HEADER, HEADER_LEN, false },
				       { DATA, 3, false },
				       { DATA + 3, 13, false },
				       { RESULT, 1, true } };

	(void)state;
	fake.disk.can_discard = true;
	range(SECTORS - 5, 5, 0);
	request(3, DISCARD, 0, 16);
	assert_int_equal(fake.waiting[0]->op, DISK_DISCARD);
	assert_int_equal(fake.waiting[0]->sector, SECTORS - 5);
	assert_int_equal(fake.waiting[0]->count, 5);
	assert_int_equal(fake.waiting[0]->nr_segs, 0);
	answer(true);
	assert_answered(1, OK, 3, 1);
	header(DISCARD, 0);
	rig_add(0, 0, odd, 4);
	rig_kick(0);
	assert_int_equal(fake.waiting[0]->sector, SECTORS - 5);
	answer(false);
	assert_answered(2, IOERR, 0, 1);
}

static void discards_that_are_none(void **state)
{
	static const struct {
		uint64_t sector;
		uint32_t count, flags, len, result;
	} row[] = {
		{ 0, 0, 0, 16, IOERR },		  { SECTORS, 1, 0, 16, IOERR },
		{ SECTORS - 1, 2, 0, 16, IOERR }, { ~0ull, 1, 0, 16, IOERR },
		{ 0, 1, 1, 16, UNSUPP },	  { 0, 1, 0, 15, IOERR },
		{ 0, 1, 0, 32, IOERR },		  { 0, 1, 0, 0, IOERR },
	};
	uint16_t i;

	(void)state;
	fake.disk.can_discard = true;
	for (i = 0; i < ARRAY_SIZE(row); i++) {
		range(row[i].sector, row[i].count, row[i].flags);
		request(0, DISCARD, 0, row[i].len);
		assert_answered((uint16_t)(i + 1), (uint8_t)row[i].result, 0,
				1);
	}
	range(0, 1, 0);
	fake.disk.read_only = true;
	request(0, DISCARD, 0, 16);
	assert_answered(++i, IOERR, 0, 1);
	fake.disk.can_discard = false; /* another backend has come */
	request(0, DISCARD, 0, 16);
	assert_answered(++i, UNSUPP, 0, 1);
	assert_int_equal(fake.submits, 0);
}

static void a_disk_has_a_name(void **state)
{
	(void)state;
	request(0, GET_ID, 0, 20);
	assert_string_equal((char *)ram + DATA, "VMI51712");
	assert_answered(1, OK, 0, 21);
	request(0, GET_ID, 0, 19);
	assert_answered(2, IOERR, 0, 1);
	request(0, 77, 0, 512);
	assert_answered(3, UNSUPP, 0, 1);
}

static void errors_reach_the_driver(void **state)
{
	static const struct {
		uint32_t type;
		uint64_t sector;
		uint32_t len;
	} row[] = {
		{ READ, SECTORS, 512 },
		{ READ, SECTORS - 1, 1024 },
		{ WRITE, SECTORS - 1, 1024 },
		{ READ, ~0ull, 512 },
		{ READ, 0, 100 },
		{ WRITE, 0, 0 },
		{ READ, 0, 0 },
	};

	(void)state;
	for (uint16_t i = 0; i < ARRAY_SIZE(row); i++) {
		request(0, row[i].type, row[i].sector, row[i].len);
		assert_answered((uint16_t)(i + 1), IOERR, 0, 1);
	}
	assert_int_equal(fake.submits, 0);
	request(0, READ, 0, 512);
	answer(false);
	assert_answered(ARRAY_SIZE(row) + 1, IOERR, 0, 1);
}

static void a_read_only_disk_refuses(void **state)
{
	(void)state;
	fake.disk.read_only = true;
	request(0, WRITE, 0, 512);
	assert_answered(1, IOERR, 0, 1);
	request(0, READ, 0, 512);
	answer(true);
	assert_answered(2, OK, 0, 513);
}

static void many_together_end_in_any_order(void **state)
{
	struct disk_request *second;

	(void)state;
	for (uint16_t i = 0; i < 12; i++)
		request((uint16_t)(3 * i), READ, i, 512);
	assert_int_equal(fake.nr_waiting, VIRTIO_BLK_TASKS);
	second = fake_disk_take(&fake, 1);
	second->done(second, true);
	assert_int_equal(rig_used_head(0), 3);
	assert_int_equal(fake.nr_waiting, VIRTIO_BLK_TASKS); /* the next came */
	while (fake.nr_waiting)
		answer(true);
	assert_int_equal(rig_used(0), 12);
	assert_int_equal(fake.submits, 12);
}

/* 126 segments of a page and a half: more pages than a request takes. */
static void long_ones_go_in_pieces(void **state)
{
	struct rig_buf buf[100] = { { HEADER, HEADER_LEN, false } };
	uint32_t bytes = 0, sector = 77;

	(void)state;
	header(READ, sector);
	for (unsigned int i = 1; i < 99; i++)
		buf[i] = (struct rig_buf){ DATA, 0x1800, true };
	buf[99] = (struct rig_buf){ RESULT, 1, true };
	rig_add(0, 0, buf, 100);
	rig_kick(0);
	while (fake.nr_waiting) {
		assert_int_equal(fake.waiting[0]->sector, sector);
		for (uint32_t i = 0; i < fake.waiting[0]->nr_segs; i++) {
			bytes += fake.waiting[0]->seg[i].len;
			sector += fake.waiting[0]->seg[i].len / 512;
		}
		answer(true);
	}
	assert_int_equal(bytes, 98 * 0x1800);
	assert_int_equal(fake.submits, 2);
	assert_answered(1, OK, 0, 98 * 0x1800 + 1);
}

static void a_piece_that_fails_ends_it(void **state)
{
	struct rig_buf buf[100] = { { HEADER, HEADER_LEN, false } };

	(void)state;
	header(READ, 0);
	for (unsigned int i = 1; i < 99; i++)
		buf[i] = (struct rig_buf){ DATA, 0x1800, true };
	buf[99] = (struct rig_buf){ RESULT, 1, true };
	rig_add(0, 0, buf, 100);
	rig_kick(0);
	answer(false);
	assert_answered(1, IOERR, 0, 1);
	assert_int_equal(fake.submits, 1);
}

/* Segments that do not end at sectors: whole sectors all the same. */
static void odd_segments(void **state)
{
	const struct rig_buf buf[] = {
		{ HEADER, HEADER_LEN, false }, { DATA + 1, 100, true },
		{ DATA + 0xfff, 2, true },     { DATA + 0x2000, 410, true },
		{ RESULT, 1, true },
	};

	(void)state;
	header(READ, 9);
	rig_add(0, 0, buf, 5);
	rig_kick(0);
	assert_int_equal(fake.waiting[0]->nr_segs, 4);
	assert_int_equal(fake.waiting[0]->seg[1].len, 1);
	assert_int_equal(fake.waiting[0]->seg[2].gpa, DATA + 0x1000);
	answer(true);
	assert_answered(1, OK, 0, 513);
}

static void chains_in_a_table_of_their_own(void **state)
{
	(void)state;
	header(READ, 1);
	rig_desc(TABLE, 0, HEADER, HEADER_LEN, DESC_NEXT, 1);
	rig_desc(TABLE, 1, DATA, 1024, DESC_IN | DESC_NEXT, 2);
	rig_desc(TABLE, 2, RESULT, 1, DESC_IN, 0);
	rig_desc(RIG_QUEUE(0), 7, TABLE, 3 * 16, DESC_INDIRECT, 0);
	rig_avail(0, 7);
	rig_kick(0);
	answer(true);
	assert_answered(1, OK, 7, 1025);
}

/* --- What no driver does ----------------------------------------------------*/
static void nonsense_is_given_back(void **state)
{
	(void)state;
	/* a chain that bites its tail */
	rig_desc(RIG_QUEUE(0), 0, HEADER, HEADER_LEN, DESC_NEXT, 1);
	rig_desc(RIG_QUEUE(0), 1, DATA, 512, DESC_NEXT, 1);
	rig_avail(0, 0);
	/* a head and a next beyond the table */
	rig_avail(0, 0x8000);
	rig_desc(RIG_QUEUE(0), 2, HEADER, HEADER_LEN, DESC_NEXT, 500);
	rig_avail(0, 2);
	/* nothing to write the answer into; that comes before what we read */
	rig_desc(RIG_QUEUE(0), 3, HEADER, HEADER_LEN, 0, 0);
	rig_avail(0, 3);
	rig_desc(RIG_QUEUE(0), 4, RESULT, 1, DESC_IN | DESC_NEXT, 5);
	rig_desc(RIG_QUEUE(0), 5, HEADER, HEADER_LEN, 0, 0);
	rig_avail(0, 4);
	/* a header that is too short; an empty buffer */
	rig_desc(RIG_QUEUE(0), 6, HEADER, 15, DESC_NEXT, 8);
	rig_desc(RIG_QUEUE(0), 8, RESULT, 1, DESC_IN, 0);
	rig_avail(0, 6);
	/* a table within a table, a table of nothing */
	rig_desc(TABLE, 0, TABLE, 64, DESC_INDIRECT, 0);
	rig_desc(RIG_QUEUE(0), 9, TABLE, 64, DESC_INDIRECT, 0);
	rig_avail(0, 9);
	rig_desc(RIG_QUEUE(0), 10, TABLE, 15, DESC_INDIRECT, 0);
	rig_avail(0, 10);
	rig_kick(0);
	assert_int_equal(rig_used(0), 8);
	assert_int_equal(fake.submits, 0);
	request(11, READ, 0, 512); /* and it still works */
	answer(true);
	assert_answered(9, OK, 11, 513);
}

static void an_impossible_index_is_not_followed(void **state)
{
	(void)state;
	rig_put(RIG_QUEUE(0) + VIRTIO_QUEUE_SIZE * 16 + 2, 129, 2);
	rig_kick(0);
	assert_int_equal(rig_used(0), 0);
	virtio_write(&blk.v, 14, 2, 0);
	virtio_write(&blk.v, 8, 4, 0xfffff); /* a queue where no memory is */
	rig_kick(0);
	assert_int_equal(fake.submits, 0);
}

/* A reset while the disk works: its answer goes nowhere. */
static void reset_forgets_what_runs(void **state)
{
	(void)state;
	request(0, READ, 0, 512);
	request(3, READ, 8, 512);
	rig_start(&blk.v, ~0u, 1);
	ram[RESULT] = PENDING;
	answer(true);
	answer(false);
	assert_int_equal(ram[RESULT], PENDING);
	assert_int_equal(rig_used(0), 0);
	assert_false(rig_line);
	request(0, READ, 3, 512);
	answer(true);
	assert_answered(1, OK, 0, 513);
}

static void interrupts_can_be_unwanted(void **state)
{
	(void)state;
	rig_want_no_irq(0, true);
	request(0, READ, 0, 512);
	answer(true);
	assert_int_equal(rig_used(0), 1);
	assert_false(rig_line);
	rig_want_no_irq(0, false);
	request(0, READ, 0, 512);
	answer(true);
	assert_answered(2, OK, 0, 513);
}

/* Indexes of 16 bits over rings of 128. */
static void rings_go_round(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 70000; i++) {
		request((uint16_t)(i % 64), READ, i, 512);
		answer(true);
		rig_isr();
	}
	assert_int_equal(rig_used(0), (uint16_t)70000);
	assert_int_equal(rig_used_head(0), 69999 % 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(configuration_is_the_disk, power_on),
		cmocka_unit_test_setup(features_follow_the_disk, power_on),
		cmocka_unit_test_setup(there_is_one_queue, power_on),
		cmocka_unit_test_setup(read_goes_to_the_pages, power_on),
		cmocka_unit_test_setup(write_skips_the_header, power_on),
		cmocka_unit_test_setup(header_and_data_in_one, power_on),
		cmocka_unit_test_setup(discard_goes_to_the_disk, power_on),
		cmocka_unit_test_setup(discards_that_are_none, power_on),
		cmocka_unit_test_setup(flush_and_its_absence, power_on),
		cmocka_unit_test_setup(without_flushes_writes_are_flushed,
				       power_on),
		cmocka_unit_test_setup(a_disk_has_a_name, power_on),
		cmocka_unit_test_setup(errors_reach_the_driver, power_on),
		cmocka_unit_test_setup(a_read_only_disk_refuses, power_on),
		cmocka_unit_test_setup(many_together_end_in_any_order,
				       power_on),
		cmocka_unit_test_setup(long_ones_go_in_pieces, power_on),
		cmocka_unit_test_setup(a_piece_that_fails_ends_it, power_on),
		cmocka_unit_test_setup(odd_segments, power_on),
		cmocka_unit_test_setup(chains_in_a_table_of_their_own,
				       power_on),
		cmocka_unit_test_setup(nonsense_is_given_back, power_on),
		cmocka_unit_test_setup(an_impossible_index_is_not_followed,
				       power_on),
		cmocka_unit_test_setup(reset_forgets_what_runs, power_on),
		cmocka_unit_test_setup(interrupts_can_be_unwanted, power_on),
		cmocka_unit_test_setup(rings_go_round, power_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What blkfront puts on the ring for each kind of request, where it is cut, and
 * what is no request at all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "../mock/blkfront-jobs.h"
#include "lib/string.h"

static uint8_t local[PAGE_SIZE];

/* --- Data -----------------------------------------------------------------*/
static void assert_segment(const struct blkif_request_segment *s, gpa_t gpa,
			   uint32_t len, bool read_only)
{
	uint32_t first = (gpa & PAGE_MASK) / 512;

	assert_int_equal(s->first_sect, first);
	assert_int_equal(s->last_sect, first + len / 512 - 1);
	assert_ptr_equal(rig_granted(s->gref),
			 rig_ram + (gpa & ~(gpa_t)PAGE_MASK));
	assert_int_equal(rig_grant[s->gref].read_only, read_only);
}

static void one_page(enum disk_op op, uint8_t code)
{
	blkif_request_t q;

	new_job(0, op, 77);
	add_seg(0, PAGE(5), PAGE_SIZE);
	add_seg(0, PAGE(9) + 512, 1536);
	submit(0);
	q = taken();
	assert_int_equal(q.operation, code);
	assert_int_equal(q.sector_number, 77);
	assert_int_equal(q.nr_segments, 2);
	assert_segment(&q.seg[0], PAGE(5), PAGE_SIZE, op == DISK_WRITE);
	assert_segment(&q.seg[1], PAGE(9) + 512, 1536, op == DISK_WRITE);
	none_taken();
	assert_waits(0);
	answer(q.id, BLKIF_RSP_OKAY);
	assert_ended(0, true);
	assert_int_equal(rig_grants_used(), RIG_DISKS);
}

static void reads_and_writes(void **state)
{
	(void)state;
	one_page(DISK_READ, BLKIF_OP_READ);
	one_page(DISK_WRITE, BLKIF_OP_WRITE);
	/* the first request of a ring is told, and an answered backend's next */
	assert_int_equal(rig_kicks, 2);
}

static void errors_are_told(void **state)
{
	static const int status[] = { BLKIF_RSP_ERROR, BLKIF_RSP_EOPNOTSUPP, 1,
				      -32768 };

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(status); i++) {
		submit_pages(0, i & 1 ? DISK_WRITE : DISK_READ, 0, 1, 1);
		answer(taken().id, status[i]);
		assert_ended(0, false);
	}
}

static void cut_at_eleven(void **state)
{
	blkif_request_t a, b;

	(void)state;
	submit_pages(0, DISK_READ, 1000, 16, 11);
	a = taken();
	assert_int_equal(a.nr_segments, 11);
	none_taken();
	answer(a.id, BLKIF_RSP_OKAY);
	assert_ended(0, true);

	submit_pages(1, DISK_WRITE, 1000, 16, 13);
	a = taken();
	b = taken();
	none_taken();
	assert_int_equal(a.nr_segments, 11);
	assert_int_equal(b.nr_segments, 2);
	assert_int_equal(b.sector_number, 1000 + 11 * 8);
	assert_segment(&b.seg[1], PAGE(16 + 12), PAGE_SIZE, true);
	assert_int_not_equal(a.id, b.id);
	answer(b.id, BLKIF_RSP_ERROR);
	assert_waits(1);
	answer(a.id, BLKIF_RSP_OKAY);
	assert_ended(1, false);
}

static void long_one(enum disk_op op, uint8_t code)
{
	const struct blkif_request_segment *s;
	blkif_request_t q;

	submit_pages(0, op, 4000, 64, DISK_MAX_SEGS);
	q = taken();
	none_taken();
	s = list_of(&q, code, 4000, DISK_MAX_SEGS);
	for (unsigned int i = 0; i < DISK_MAX_SEGS; i++)
		assert_segment(&s[i], PAGE(64 + i), PAGE_SIZE,
			       op == DISK_WRITE);
	assert_int_equal(rig_grants_used(), RIG_DISKS + 1 + DISK_MAX_SEGS);
	answer(q.id, BLKIF_RSP_OKAY);
	assert_ended(0, true);
	assert_int_equal(rig_grants_used(), RIG_DISKS);
}

static void long_requests(void **state)
{
	(void)state;
	/* more than can be used */
	plug_with("feature-max-indirect-segments", "4096");
	long_one(DISK_READ, BLKIF_OP_READ);
	long_one(DISK_WRITE, BLKIF_OP_WRITE);
	submit_pages(0, DISK_READ, 0, 1, 11); /* no need of it */
	assert_int_equal(taken().operation, BLKIF_OP_READ);
}

static void long_requests_have_an_end(void **state)
{
	blkif_request_t a, b, c;

	(void)state;
	plug_with("feature-max-indirect-segments", "20");
	submit_pages(0, DISK_WRITE, 0, 1, 45);
	a = taken();
	b = taken();
	c = taken();
	none_taken();
	list_of(&a, BLKIF_OP_WRITE, 0, 20);
	list_of(&b, BLKIF_OP_WRITE, 160, 20);
	assert_int_equal(c.operation, BLKIF_OP_WRITE);
	assert_int_equal(c.nr_segments, 5);
	assert_int_equal(c.sector_number, 320);
	answer(c.id, BLKIF_RSP_OKAY);
	answer(a.id, BLKIF_RSP_OKAY);
	assert_waits(0);
	answer(b.id, BLKIF_RSP_OKAY);
	assert_ended(0, true);
}

static void long_requests_of_no_use(void **state)
{
	static const char *const most[] = { "0", "1", "11", "-1", "many" };

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(most); i++) {
		plug_with("feature-max-indirect-segments", most[i]);
		submit_pages(0, DISK_READ, 0, 1, 12);
		assert_int_equal(taken().operation, BLKIF_OP_READ);
		assert_int_equal(taken().nr_segments, 1);
	}
}

/* There are a few pages for lists: who finds none is cut. */
static void lists_run_out(void **state)
{
	blkif_request_t q[NR_LISTS];

	(void)state;
	plug_with("feature-max-indirect-segments", "256");
	for (unsigned int i = 0; i < NR_LISTS; i++) {
		submit_pages(i, DISK_READ, 0, 1, 12);
		q[i] = taken();
		list_of(&q[i], BLKIF_OP_READ, 0, 12);
	}
	submit_pages(NR_LISTS, DISK_READ, 0, 1, 12);
	assert_int_equal(taken().operation, BLKIF_OP_READ);
	assert_int_equal(taken().operation, BLKIF_OP_READ);
	answer(q[1].id, BLKIF_RSP_OKAY);
	submit_pages(1, DISK_READ, 0, 1, 12);
	q[1] = taken();
	list_of(&q[1], BLKIF_OP_READ, 0, 12);
}

/* --- What is not on sectors' boundaries -----------------------------------*/
static void bounced_write(void **state)
{
	blkif_request_t q;

	(void)state;
	for (unsigned int i = 0; i < 1024; i++)
		rig_ram[PAGE(3) + 100 + i] = (uint8_t)(i * 7);
	memset(local, 0x5a, sizeof(local));
	new_job(0, DISK_WRITE, 9);
	add_seg(0, PAGE(3) + 100, 1000);
	add_seg(0, 0, 24);
	job[0].r.seg[1].local = local;
	add_seg(0, PAGE(4), 512); /* with it, though it could go alone */
	submit(0);
	q = taken();
	none_taken();
	assert_int_equal(q.operation, BLKIF_OP_WRITE);
	assert_int_equal(q.sector_number, 9);
	assert_int_equal(q.nr_segments, 1);
	assert_int_equal(q.seg[0].first_sect, 0);
	assert_int_equal(q.seg[0].last_sect, 1536 / 512 - 1);
	assert_true(rig_grant[q.seg[0].gref].read_only);
	assert_memory_equal(rig_granted(q.seg[0].gref), rig_ram + PAGE(3) + 100,
			    1000);
	assert_memory_equal(rig_granted(q.seg[0].gref) + 1000, local, 24);
}

static void bounced_read(void **state)
{
	uint8_t *page;
	blkif_request_t q;

	(void)state;
	memset(local, 0, sizeof(local));
	memset(rig_ram, 0, PAGE(8));
	new_job(0, DISK_READ, 9);
	add_seg(0, PAGE(3) + 100, 1000);
	add_seg(0, 0, 1048);
	job[0].r.seg[1].local = local;
	submit(0);
	q = taken();
	assert_int_equal(q.operation, BLKIF_OP_READ);
	assert_false(rig_grant[q.seg[0].gref].read_only);
	page = rig_granted(q.seg[0].gref);
	for (unsigned int i = 0; i < PAGE_SIZE; i++)
		page[i] = (uint8_t)(i * 13 + 1);
	assert_int_equal(rig_ram[PAGE(3) + 100], 0);
	answer(q.id, BLKIF_RSP_OKAY);
	assert_ended(0, true);
	assert_memory_equal(rig_ram + PAGE(3) + 100, page, 1000);
	assert_memory_equal(local, page + 1000, 1048);
	assert_int_equal(rig_ram[PAGE(3) + 99], 0);
	assert_int_equal(rig_ram[PAGE(3) + 1100], 0);
	assert_int_equal(local[1048], 0);
}

static void failed_bounce_leaves_memory(void **state)
{
	blkif_request_t q;

	(void)state;
	memset(rig_ram, 0, PAGE(8));
	new_job(0, DISK_READ, 9);
	add_seg(0, PAGE(3) + 2, 512);
	submit(0);
	q = taken();
	memset(rig_granted(q.seg[0].gref), 0xee, PAGE_SIZE);
	answer(q.id, BLKIF_RSP_ERROR);
	assert_ended(0, false);
	assert_int_equal(rig_ram[PAGE(3) + 2], 0);
}

static void bounces_wait_for_each_other(void **state)
{
	blkif_request_t q;

	(void)state;
	new_job(0, DISK_WRITE, 0);
	for (unsigned int i = 0; i <= NR_BOUNCE; i++) {
		add_seg(0, PAGE(i) + 2, PAGE_SIZE - 2);
		add_seg(0, PAGE(20 + i), 2);
	}
	submit(0);
	for (unsigned int i = 0; i < NR_BOUNCE; i++)
		q = taken();
	none_taken();
	answer(q.id, BLKIF_RSP_OKAY);
	assert_int_equal(taken().sector_number, NR_BOUNCE * 8);
	assert_waits(0);
	for (unsigned int i = 0; i < NR_REQUESTS && !job[0].ended; i++)
		if (rig_front(0)->slot[i].r)
			answer(i, BLKIF_RSP_OKAY);
	assert_ended(0, true);
}

/* --- Orders ---------------------------------------------------------------*/
static void flushes(void **state)
{
	static const struct {
		const char *key;
		uint8_t code;
	} row[] = { { "feature-flush-cache", BLKIF_OP_FLUSH_DISKCACHE },
		    { "feature-barrier", BLKIF_OP_WRITE_BARRIER } };

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(row); i++) {
		blkif_request_t q;

		plug_with(row[i].key, "1");
		assert_true(rig_disk(0)->can_flush);
		submit_order(0, DISK_FLUSH, 0, 0);
		q = taken();
		assert_int_equal(q.operation, row[i].code);
		assert_int_equal(q.nr_segments, 0);
		answer(q.id, BLKIF_RSP_OKAY);
		assert_ended(0, true);
		submit_order(0, DISK_FLUSH, 0, 0);
		answer(taken().id, BLKIF_RSP_ERROR);
		assert_ended(0, false);
		submit_order(0, DISK_FLUSH, 0, 0);
		answer(taken().id, BLKIF_RSP_EOPNOTSUPP);
		assert_ended(0, true);
		assert_false(rig_disk(0)->can_flush);
		submit_order(0, DISK_FLUSH, 0, 0);
		none_taken();
		assert_ended(0, true);
	}
}

static void nothing_to_flush(void **state)
{
	(void)state;
	assert_false(rig_disk(0)->can_flush);
	submit_order(0, DISK_FLUSH, 0, 0);
	none_taken();
	assert_ended(0, true);
}

static void discards(void **state)
{
	const blkif_request_discard_t *d;
	blkif_request_t q;

	(void)state;
	plug_with("feature-discard", "1");
	submit_order(0, DISK_DISCARD, 16, RIG_SECTORS - 16);
	q = taken();
	d = (const void *)&q;
	assert_int_equal(d->operation, BLKIF_OP_DISCARD);
	assert_int_equal(d->flag, 0);
	assert_int_equal(d->sector_number, 16);
	assert_int_equal(d->nr_sectors, RIG_SECTORS - 16);
	answer(q.id, BLKIF_RSP_OKAY);
	assert_ended(0, true);
	submit_order(0, DISK_DISCARD, 0, 8);
	answer(taken().id, BLKIF_RSP_EOPNOTSUPP);
	assert_ended(0, true);
	assert_false(rig_disk(0)->can_discard);
	submit_order(0, DISK_DISCARD, 0, 8);
	none_taken();
	assert_ended(0, true);
}

/* --- What no request may be -----------------------------------------------*/
static void refused(void)
{
	none_taken();
	assert_ended(0, false);
	assert_int_equal(rig_grants_used(), RIG_DISKS);
}

static void bad_requests(void **state)
{
	static const struct {
		uint64_t sector;
		gpa_t gpa;
		uint32_t len, len2; /* of a second one, behind the first */
	} row[] = {
		{ RIG_SECTORS, PAGE(1), 512, 0 },
		{ RIG_SECTORS - 1, PAGE(1), 512, 512 },
		{ ~0ull, PAGE(1), 512, 512 },
		{ ~0ull - 7, PAGE(1), PAGE_SIZE, PAGE_SIZE },
		{ 0, PAGE(1), 0, 0 },
		{ 0, PAGE(1), 511, 0 },
		{ 0, PAGE(1), 512, 1 },
		{ 0, PAGE(1) + 512, PAGE_SIZE, 0 },
		{ 0, PAGE(1), 0xfffffe00, 0 },
		{ 0, RIG_HOLE, 512, 0 },
		{ 0, (gpa_t)RIG_RAM << 12, 512, 0 },
		{ 0, RIG_ROM, 512, 0 },
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(row); i++) {
		new_job(0, DISK_READ, row[i].sector);
		add_seg(0, row[i].gpa, row[i].len);
		if (row[i].len2)
			add_seg(0, row[i].gpa + row[i].len, row[i].len2);
		submit(0);
		refused();
	}
	new_job(0, DISK_READ, 0); /* no data */
	submit(0);
	refused();
}

static void half_of_it_is_not_there(void **state)
{
	(void)state;
	new_job(0, DISK_READ, 0);
	add_seg(0, RIG_ROM - 512, 512);
	add_seg(0, RIG_ROM, 512); /* cannot be written */
	submit(0);
	assert_waits(0);
	answer(taken().id, BLKIF_RSP_OKAY);
	refused();
	job[0].r.op = DISK_WRITE; /* but read */
	job[0].ended = 0;
	submit(0);
	answer(taken().id, BLKIF_RSP_OKAY);
	assert_ended(0, true);
}

/* Nor are the pages for lists lost by it. */
static void long_requests_to_nowhere(void **state)
{
	blkif_request_t q;

	(void)state;
	plug_with("feature-max-indirect-segments", "256");
	for (unsigned int i = 0; i <= NR_LISTS; i++) {
		submit_pages(0, DISK_WRITE, 0, RIG_HOLE / PAGE_SIZE, 14);
		refused();
	}
	submit_pages(0, DISK_WRITE, 0, RIG_HOLE / PAGE_SIZE - 2, 14);
	q = taken();
	list_of(&q, BLKIF_OP_WRITE, 0, 2);
	answer(q.id, BLKIF_RSP_OKAY);
	refused();
}

static void bad_orders(void **state)
{
	(void)state;
	plug_with("feature-discard", "1");
	submit_order(0, DISK_DISCARD, RIG_SECTORS, 1);
	refused();
	submit_order(0, DISK_DISCARD, 1, RIG_SECTORS);
	refused();
	submit_order(0, DISK_DISCARD, 8, ~0ull);
	refused();
	plug_with("mode", "r");
	rig_key(0, "feature-discard", "1");
	assert_true(rig_disk(0)->read_only);
	submit_order(0, DISK_DISCARD, 0, 8);
	refused();
	submit_pages(0, DISK_WRITE, 0, 1, 1);
	refused();
	submit_pages(0, DISK_READ, 0, 1, 1);
	answer(taken().id, BLKIF_RSP_OKAY);
	assert_ended(0, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		JOB_CASE(reads_and_writes),
		JOB_CASE(errors_are_told),
		JOB_CASE(cut_at_eleven),
		JOB_CASE(long_requests),
		JOB_CASE(long_requests_have_an_end),
		JOB_CASE(long_requests_of_no_use),
		JOB_CASE(lists_run_out),
		JOB_CASE(bounced_write),
		JOB_CASE(bounced_read),
		JOB_CASE(failed_bounce_leaves_memory),
		JOB_CASE(bounces_wait_for_each_other),
		JOB_CASE(flushes),
		JOB_CASE(nothing_to_flush),
		JOB_CASE(discards),
		JOB_CASE(bad_requests),
		JOB_CASE(half_of_it_is_not_there),
		JOB_CASE(long_requests_to_nowhere),
		JOB_CASE(bad_orders),
	};

	rig_power_on();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames out of the slots that a network backend writes: in one page and in
 * several, with how they are to be cut; and each thing that a slot may say
 * wrongly throws away that frame, not the next.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "xen/netfront-join.h"

static struct join j;
static uint8_t pages[NIC_PIECES + 3][PAGE_SIZE];

static bool data(uint32_t page, uint32_t flags, int status, uint32_t offset)
{
	union join_slot s = { .data = { .flags = (uint16_t)flags,
					.status = (int16_t)status,
					.offset = (uint16_t)offset } };

	return join_slot(&j, &s, page, pages[page]);
}

static void extra(uint32_t type, uint32_t flags, uint32_t gso, uint32_t size)
{
	union join_slot s = { .extra = { .type = (uint8_t)type,
					 .flags = (uint8_t)flags,
					 .gso_type = (uint8_t)gso,
					 .size = (uint16_t)size } };

	assert_false(join_slot(&j, &s, 0, pages[0]));
}

static int start(void **state)
{
	(void)state;
	join_reset(&j);
	assert_false(join_whole(&j));
	return 0;
}

/* A bad frame is over; the next one is good. */
static void bad_one(void)
{
	assert_true(join_whole(&j));
	assert_true(j.bad);
	join_reset(&j);
	assert_true(data(1, 0, 60, 0));
	assert_true(join_whole(&j));
	assert_false(j.bad);
	join_reset(&j);
}

static void one_page(void **state)
{
	(void)state;
	assert_true(data(2, JOIN_GOOD, 1000, 96));
	assert_true(join_whole(&j));
	assert_false(j.bad);
	assert_int_equal(j.f.n, 1);
	assert_int_equal(j.f.len, 1000);
	assert_ptr_equal(j.f.piece[0].at, pages[2] + 96);
	assert_int_equal(j.page[0], 2);
	assert_true(j.hints.good);
	assert_false(j.hints.blank);
	assert_int_equal(j.hints.segment, 0);
}

static void several_pages(void **state)
{
	(void)state;
	assert_true(data(3, JOIN_BLANK | JOIN_EXTRA | JOIN_MORE_DATA, PAGE_SIZE,
			 0));
	assert_false(join_whole(&j));
	extra(JOIN_TYPE_GSO, 0, JOIN_GSO_TCPV4, 1448);
	assert_false(join_whole(&j));
	assert_true(data(4, JOIN_MORE_DATA, PAGE_SIZE, 0));
	assert_false(join_whole(&j));
	assert_true(data(1, 0, 5, 10));
	assert_true(join_whole(&j));
	assert_false(j.bad);
	assert_int_equal(j.f.n, 3);
	assert_int_equal(j.f.len, 2 * PAGE_SIZE + 5);
	assert_int_equal(j.page[1], 4);
	assert_ptr_equal(j.f.piece[2].at, pages[1] + 10);
	assert_true(j.hints.good);
	assert_true(j.hints.blank);
	assert_int_equal(j.hints.segment, 1448);
}

static void large_in_one_page(void **state)
{
	(void)state;
	data(0, JOIN_BLANK | JOIN_EXTRA, 3000, 0);
	assert_false(join_whole(&j));
	extra(JOIN_TYPE_GSO, 0, JOIN_GSO_TCPV4, 500);
	assert_true(join_whole(&j));
	assert_false(j.bad);
	assert_int_equal(j.hints.segment, 500);
}

static void bad_data(void **state)
{
	static const struct {
		uint32_t flags;
		int status;
		uint32_t offset;
	} row[] = {
		{ 0, 0, 0 },
		{ 0, -1, 0 },
		{ 0, -32768, 0 },
		{ 0, PAGE_SIZE + 1, 0 },
		{ 0, 2, PAGE_SIZE - 1 },
		{ 0, 1, PAGE_SIZE },
		{ 0, 1, 0xffff },
		{ JOIN_PREFIX, 60, 0 },
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(row); i++) {
		assert_false(
			data(5, row[i].flags, row[i].status, row[i].offset));
		bad_one();
		/* as the second page: the first stays the frame's */
		assert_true(data(1, JOIN_MORE_DATA, 60, 0));
		assert_false(data(5, row[i].flags | JOIN_MORE_DATA,
				  row[i].status, row[i].offset));
		assert_false(join_whole(&j));
		assert_false(data(6, 0, 60, 0));
		assert_int_equal(j.f.n, 1);
		bad_one();
	}
}

static void bad_extra(void **state)
{
	static const struct {
		uint32_t type, gso, size;
	} row[] = {
		{ 0, JOIN_GSO_TCPV4, 1448 },
		{ 4, JOIN_GSO_TCPV4, 1448 },
		{ JOIN_TYPE_GSO, 0, 1448 },
		{ JOIN_TYPE_GSO, 2, 1448 },
		{ JOIN_TYPE_GSO, JOIN_GSO_TCPV4, 0 },
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(row); i++) {
		data(5, JOIN_EXTRA, 60, 0);
		extra(row[i].type, 0, row[i].gso, row[i].size);
		bad_one();
	}
	/* two that say how to cut */
	data(5, JOIN_EXTRA, 60, 0);
	extra(JOIN_TYPE_GSO, JOIN_EXTRA_MORE, JOIN_GSO_TCPV4, 1448);
	assert_false(join_whole(&j));
	extra(JOIN_TYPE_GSO, 0, JOIN_GSO_TCPV4, 1448);
	bad_one();
	/* one that is promised behind the second page */
	data(5, JOIN_MORE_DATA, 60, 0);
	assert_false(data(6, JOIN_EXTRA, 60, 0));
	bad_one();
}

static void too_many_pages(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < NIC_PIECES; i++)
		assert_true(data(i, JOIN_MORE_DATA, PAGE_SIZE, 0));
	assert_int_equal(j.f.len, NIC_JOINT_MAX);
	for (uint32_t i = 0; i < 100; i++)
		assert_false(data(NIC_PIECES, JOIN_MORE_DATA, PAGE_SIZE, 0));
	assert_false(data(NIC_PIECES, 0, PAGE_SIZE, 0));
	assert_int_equal(j.f.n, NIC_PIECES);
	bad_one();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_page, start),
		cmocka_unit_test_setup(several_pages, start),
		cmocka_unit_test_setup(large_in_one_page, start),
		cmocka_unit_test_setup(bad_data, start),
		cmocka_unit_test_setup(bad_extra, start),
		cmocka_unit_test_setup(too_many_pages, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

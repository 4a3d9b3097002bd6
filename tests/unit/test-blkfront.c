/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A block backend that comes, closes, dies and comes back, with requests at
 * work: each is answered once, by whom it may be; and what a backend says of its
 * disk.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "../mock/blkfront-jobs.h"
#include "lib/string.h"

#define MAX_TAKEN 64

static blkif_request_t seen[MAX_TAKEN];

/* @pages, @shift bytes short at both ends; then those bytes. */
static void start(unsigned int i, enum disk_op op, unsigned int pages,
		  uint32_t shift)
{
	new_job(i, op, i * 1000);
	job[i].r.count = 8;
	for (unsigned int k = 0; k < pages; k++)
		add_seg(i, PAGE(16 * i + k) + shift, PAGE_SIZE - 2 * shift);
	for (unsigned int k = 0; k < pages && shift; k++)
		add_seg(i, PAGE(16 * i + k), 2 * shift);
	submit(i);
}

static unsigned int take_all(void)
{
	unsigned int n = 0;

	while (rig_take(0, &seen[n]))
		n++;
	return n;
}

static void answer_all(unsigned int n)
{
	while (n--)
		rig_answer(0, seen[n].id, BLKIF_RSP_OKAY);
	rig_event(0);
}

/* The request of job @i, which is among the @n that were taken. */
static const blkif_request_t *find(unsigned int i, unsigned int n)
{
	for (unsigned int k = 0; k < n; k++)
		if (seen[k].operation != BLKIF_OP_FLUSH_DISKCACHE &&
		    seen[k].operation != BLKIF_OP_INDIRECT &&
		    seen[k].sector_number == i * 1000)
			return &seen[k];
	fail();
	return NULL;
}

static int set_up(void **state)
{
	(void)state;
	rig_plain(0);
	rig_connect(0);
	rig_warnings = rig_errors = 0;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	rig_unplug(0);
	assert_int_equal(rig_grants_used(), 1); /* the other disk's ring */
	return 0;
}

/* From connected to connected by all states, with whatever is on the ring. */
static void close_backend(void)
{
	rig_state(0, XENBUS_CLOSING);
	assert_int_equal(rig_front_state(0), XENBUS_CLOSED);
	rig_state(0, XENBUS_CLOSED);
	rig_soft();
	assert_int_equal(rig_front_state(0), XENBUS_INITIALISING);
}

static void connects(void **state)
{
	(void)state;
	assert_int_equal(rig_front_state(0), XENBUS_CONNECTED);
	assert_int_equal(rig_disk(0)->sectors, RIG_SECTORS);
	assert_int_equal(rig_disk(0)->vdev, 51712);
	assert_false(rig_disk(0)->read_only);
	assert_false(rig_disk(0)->cdrom);
	assert_ptr_not_equal(rig_disk(1), rig_disk(0));
	assert_null(rig_disk(RIG_DISKS));
}

static void what_a_backend_says(void **state)
{
	static const struct {
		const char *key, *value;
		uint64_t sectors;
		bool read_only, cdrom, flush, discard;
		uint32_t unit;
	} row[] = {
		{ "sectors", "1099511627776", 1ull << 40, 0, 0, 0, 0, 0 },
		{ "sectors", "x", 0, 0, 0, 0, 0, 0 },
		{ "info", "4", RIG_SECTORS, true, false, 0, 0, 0 },
		{ "info", "1", RIG_SECTORS, true, true, 0, 0, 0 },
		{ "mode", "r", RIG_SECTORS, true, false, 0, 0, 0 },
		{ "mode", "w!", RIG_SECTORS, false, false, 0, 0, 0 },
		{ "mode", "longer", RIG_SECTORS, false, false, 0, 0, 0 },
		{ "feature-flush-cache", "1", RIG_SECTORS, 0, 0, 1, 0, 0 },
		{ "feature-barrier", "1", RIG_SECTORS, 0, 0, 1, 0, 0 },
		{ "feature-discard", "1", RIG_SECTORS, 0, 0, 0, 1, 0 },
		{ "discard-granularity", "4096", RIG_SECTORS, 0, 0, 0, 0, 8 },
		{ "discard-granularity", "1", RIG_SECTORS, 0, 0, 0, 0, 0 },
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(row); i++) {
		const struct disk *d = rig_disk(0);

		rig_unplug(0);
		rig_plain(0);
		rig_key(0, row[i].key, row[i].value);
		rig_connect(0);
		assert_int_equal(d->sectors, row[i].sectors);
		assert_int_equal(d->read_only, row[i].read_only);
		assert_int_equal(d->cdrom, row[i].cdrom);
		assert_int_equal(d->can_flush, row[i].flush);
		assert_int_equal(d->can_discard, row[i].discard);
		assert_int_equal(d->discard_unit, row[i].unit);
	}
}

/* It answers what it has before it is closed, and gets nothing new. */
static void closes_in_order(void **state)
{
	(void)state;
	start(0, DISK_WRITE, 2, 0);
	assert_int_equal(take_all(), 1);
	rig_state(0, XENBUS_CLOSING);
	assert_int_equal(rig_front_state(0), XENBUS_CLOSING);
	start(1, DISK_READ, 1, 0);
	assert_int_equal(job[1].ended, 0);
	rig_answer(0, seen[0].id, BLKIF_RSP_OKAY);
	rig_event(0);
	assert_ended(0, true);
	assert_int_equal(rig_front_state(0), XENBUS_CLOSED);
	assert_int_equal(take_all(), 0);
	rig_state(0, XENBUS_CLOSED);
	assert_int_equal(rig_front_state(0), XENBUS_INITIALISING);
	assert_int_equal(rig_grants_used(), 1);
	rig_connect(0);
	assert_int_equal(take_all(), 1);
	assert_ptr_equal(find(1, 1), &seen[0]);
	answer_all(1);
	assert_ended(1, true);
	assert_int_equal(job[0].ended, 1);
}

/* It dies: what it has answered counts, though nobody was told of it. */
static void dies(void **state)
{
	unsigned int n;
	uint64_t answered;

	(void)state;
	rig_key(0, "feature-flush-cache", "1");
	close_backend();
	rig_connect(0);
	start(0, DISK_WRITE, 1, 0);
	start(1, DISK_READ, 14, 0);   /* two requests */
	start(2, DISK_WRITE, 2, 100); /* through pages of ours */
	start(3, DISK_FLUSH, 0, 0);
	rig_ram[PAGE(32) + 100] = 0x77;
	assert_int_equal(take_all(), 6);
	answered = find(0, 6)->id;
	rig_answer(0, answered, BLKIF_RSP_OKAY);
	rig_answer(0, find(1, 6)->id, BLKIF_RSP_OKAY); /* half of it */
	rig_publish(0);
	rig_key(0, "state", NULL);
	rig_changed(0);
	rig_soft();
	assert_int_equal(rig_front_state(0), XENBUS_INITIALISING);
	assert_ended(0, true);
	start(4, DISK_READ, 1, 0); /* meanwhile */
	for (unsigned int i = 1; i < 5; i++)
		assert_int_equal(job[i].ended, 0);
	rig_connect(0);
	n = take_all();
	assert_int_equal(n, 6);
	assert_non_null(find(4, n));
	assert_int_equal(find(1, n)->nr_segments, MAX_SEGS);
	assert_int_equal(rig_granted(find(2, n)->seg[0].gref)[0], 0x77);
	answer_all(n);
	for (unsigned int i = 0; i < 5; i++)
		assert_ended(i, true);
}

/* A part that has failed stays failed, whatever the next backend says. */
static void half_failed(void **state)
{
	unsigned int n;

	(void)state;
	start(0, DISK_WRITE, 14, 0);
	assert_int_equal(take_all(), 2);
	rig_answer(0, seen[1].id, BLKIF_RSP_ERROR);
	rig_event(0);
	rig_state(0, XENBUS_CLOSED);
	rig_connect(0);
	n = take_all();
	answer_all(n);
	assert_ended(0, false);
}

/* More than the ring holds, half sent, when the backend goes. */
static void goes_in_the_middle(void **state)
{
	unsigned int n, pages = 0;

	(void)state;
	start(0, DISK_WRITE, NR_BOUNCE + 2, 6);
	start(1, DISK_READ, 3, 0);
	assert_int_equal(take_all(), NR_BOUNCE);
	rig_answer(0, seen[2].id, BLKIF_RSP_OKAY);
	rig_publish(0);
	rig_state(0, XENBUS_CLOSED);
	rig_soft();
	rig_connect(0);
	for (unsigned int round = 0; round < 4 && !job[1].ended; round++) {
		n = take_all();
		pages += n;
		answer_all(n);
	}
	assert_int_equal(pages, NR_BOUNCE + 2 + 1);
	assert_ended(0, true);
	assert_ended(1, true);
}

/* The next backend can do less. */
static void comes_back_with_less(void **state)
{
	(void)state;
	rig_key(0, "feature-flush-cache", "1");
	rig_key(0, "feature-discard", "1");
	rig_key(0, "feature-max-indirect-segments", "64");
	close_backend();
	rig_connect(0);
	start(0, DISK_WRITE, 16, 0);
	start(1, DISK_FLUSH, 0, 0);
	start(2, DISK_DISCARD, 0, 0);
	assert_int_equal(take_all(), 3);
	rig_plain(0);
	rig_state(0, XENBUS_CLOSED);
	rig_soft();
	rig_connect(0);
	rig_soft();
	assert_ended(1, true);
	assert_ended(2, true);
	assert_int_equal(take_all(), 2);
	assert_int_equal(seen[0].operation, BLKIF_OP_WRITE);
	answer_all(2);
	assert_ended(0, true);
}

static void unplugged(void **state)
{
	(void)state;
	start(0, DISK_READ, 14, 0);
	start(1, DISK_WRITE, NR_BOUNCE + 2, 6);
	take_all();
	rig_unplug(0);
	assert_ended(0, false);
	assert_ended(1, false);
	start(2, DISK_READ, 1, 0);
	assert_ended(2, false);
	rig_plain(0);
	rig_connect(0);
	start(2, DISK_READ, 1, 0);
	answer_all(take_all());
	assert_ended(2, true);
	assert_int_equal(job[0].ended + job[1].ended, 2);
}

/* It is taken away before it has come back: what waits for it fails. */
static void unplugged_while_it_is_away(void **state)
{
	(void)state;
	start(0, DISK_READ, 1, 0);
	take_all();
	rig_state(0, XENBUS_CLOSED);
	rig_soft();
	assert_int_equal(rig_front_state(0), XENBUS_INITIALISING);
	start(1, DISK_WRITE, 1, 0);
	rig_state(0, XENBUS_CLOSING); /* it may say so while it lives */
	rig_soft();
	assert_waits(0);
	rig_key(0, "online", "0");
	rig_key(0, "state", NULL);
	rig_changed(0);
	rig_soft();
	assert_ended(0, false);
	assert_ended(1, false);
	assert_int_equal(rig_front_state(0), XENBUS_CLOSED);
	rig_key(0, "online", "1");
	rig_connect(0);
	start(2, DISK_READ, 1, 0);
	answer_all(take_all());
	assert_ended(2, true);
}

/* What it says twice, or out of turn, changes nothing. */
static void states_out_of_turn(void **state)
{
	static const enum xb_state s[] = { XENBUS_CONNECTED, XENBUS_INIT_WAIT,
					   XENBUS_INITIALISING,
					   XENBUS_RECONFIGURED,
					   XENBUS_CONNECTED };

	(void)state;
	start(0, DISK_READ, 1, 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(s); i++) {
		rig_state(0, s[i]);
		assert_int_equal(rig_front_state(0), XENBUS_CONNECTED);
	}
	answer_all(take_all());
	assert_ended(0, true);
}

/* The last one: it never comes back. */
static void other_sectors_are_refused(void **state)
{
	(void)state;
	rig_key(0, "sector-size", "4096");
	close_backend();
	start(0, DISK_READ, 1, 0);
	rig_connect(0);
	assert_int_equal(rig_errors, 1);
	assert_int_equal(rig_front_state(0), XENBUS_CLOSED);
	rig_state(0, XENBUS_CLOSED);
	rig_soft();
	assert_ended(0, false);
	assert_int_equal(rig_front_state(0), XENBUS_CLOSED);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(connects),
		CASE(what_a_backend_says),
		CASE(closes_in_order),
		CASE(dies),
		CASE(half_failed),
		CASE(goes_in_the_middle),
		CASE(comes_back_with_less),
		CASE(unplugged),
		CASE(unplugged_while_it_is_away),
		CASE(states_out_of_turn),
		CASE(other_sectors_are_refused),
	};

	rig_power_on();
	rig_unplug(0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

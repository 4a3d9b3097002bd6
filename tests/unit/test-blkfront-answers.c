/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Blkfront's ring when it is full, when grants are few, and what it makes of
 * answers, also of those that only a backend gives that wants to do harm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "../mock/blkfront-jobs.h"
#include "lib/string.h"

/* --- Room ------------------------------------------------------------------*/
static void full_ring(void **state)
{
	blkif_request_t q;

	(void)state;
	for (unsigned int i = 0; i <= NR_REQUESTS; i++)
		submit_pages(i, DISK_READ, i, i, 1);
	for (unsigned int i = 0; i < NR_REQUESTS; i++) {
		q = taken();
		assert_int_equal(q.sector_number, i);
	}
	none_taken();
	answer(q.id, BLKIF_RSP_OKAY);
	assert_ended(NR_REQUESTS - 1, true);
	assert_int_equal(taken().sector_number, NR_REQUESTS);
	for (unsigned int i = 0; i < NR_REQUESTS; i++)
		rig_answer(0, i, BLKIF_RSP_OKAY);
	rig_event(0);
	for (unsigned int i = 0; i <= NR_REQUESTS; i++)
		assert_ended(i, true);
}

/* Indices go round: 3 at a time, through many rings. */
static void round_and_round(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 10 * NR_REQUESTS; i++) {
		uint64_t id[3];

		for (unsigned int k = 0; k < 3; k++)
			submit_pages(k, DISK_WRITE, k, k, 1);
		for (unsigned int k = 0; k < 3; k++)
			id[k] = taken().id;
		none_taken();
		for (unsigned int k = 3; k--;)
			rig_answer(0, id[k], BLKIF_RSP_OKAY);
		rig_event(0);
		for (unsigned int k = 0; k < 3; k++)
			assert_ended(k, true);
	}
	assert_int_equal(rig_warnings + rig_errors, 0);
}

/* Grants that another disk has: when it gives them back, this one goes on. */
static void grants_of_another_disk(void **state)
{
	blkif_request_t q;

	(void)state;
	rig_grant_limit = RIG_DISKS + 2 * MAX_SEGS;
	new_job(1, DISK_READ, 0);
	for (unsigned int k = 0; k < MAX_SEGS; k++)
		add_seg(1, PAGE(k), PAGE_SIZE);
	rig_disk(1)->submit(rig_disk(1), &job[1].r);
	assert_true(rig_take(1, &q));
	submit_pages(0, DISK_READ, 0, 1, 1);
	none_taken();
	rig_answer(1, q.id, BLKIF_RSP_OKAY);
	rig_event(1);
	assert_ended(1, true);
	answer(taken().id, BLKIF_RSP_OKAY);
	assert_ended(0, true);
}

/* A long request takes what grants there are, and the rest when it is over. */
static void long_request_with_few_grants(void **state)
{
	blkif_request_t q;

	(void)state;
	plug_with("feature-max-indirect-segments", "256");
	rig_grant_limit = RIG_DISKS + 1 + 20;
	submit_pages(0, DISK_WRITE, 0, 1, 40);
	q = taken();
	none_taken();
	list_of(&q, BLKIF_OP_WRITE, 0, 20);
	answer(q.id, BLKIF_RSP_OKAY);
	q = taken();
	list_of(&q, BLKIF_OP_WRITE, 160, 20);
	answer(q.id, BLKIF_RSP_OKAY);
	assert_ended(0, true);
}

/* --- A backend that wants to do harm --------------------------------------*/
static void ids_that_were_not_issued(void **state)
{
	static const uint64_t bad[] = { 8,     NR_REQUESTS - 1, NR_REQUESTS,
					~0ull, 1ull << 32,	0x80000000 };
	uint64_t id[8];

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(id); i++) {
		submit_pages(i, DISK_READ, 0, 1, 1);
		id[i] = taken().id;
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++)
		answer(bad[i], BLKIF_RSP_OKAY);
	assert_int_equal(rig_warnings, ARRAY_SIZE(bad));
	for (unsigned int i = 0; i < ARRAY_SIZE(id); i++)
		assert_waits(i);
	answer(id[7], BLKIF_RSP_OKAY);
	assert_ended(7, true);
	answer(id[0], BLKIF_RSP_OKAY);
	assert_ended(0, true);
}

/* The ring has room again, but what is at work is not forgotten for it. */
static void places_are_lost_but_not_requests(void **state)
{
	(void)state;
	for (unsigned int i = 0; i <= NR_REQUESTS; i++)
		submit_pages(i, DISK_READ, i, i, 1);
	for (unsigned int i = 0; i < NR_REQUESTS; i++)
		taken();
	answer(NR_REQUESTS, BLKIF_RSP_OKAY);
	none_taken();
	answer(3, BLKIF_RSP_OKAY);
	assert_ended(3, true);
	assert_int_equal(taken().sector_number, NR_REQUESTS);
}

static void answered_twice(void **state)
{
	uint64_t id;

	(void)state;
	submit_pages(0, DISK_READ, 0, 1, 1);
	submit_pages(1, DISK_READ, 0, 2, 1);
	id = taken().id;
	rig_answer(0, id, BLKIF_RSP_OKAY);
	rig_answer(0, id, BLKIF_RSP_OKAY);
	rig_event(0);
	assert_ended(0, true);
	assert_waits(1);
	assert_int_equal(rig_warnings, 1);
}

static void indices_that_run_away(void **state)
{
	static const uint32_t ahead[] = { 1, NR_REQUESTS, 0x7fffffff, ~0u - 1 };
	uint64_t id;

	(void)state;
	submit_pages(0, DISK_READ, 0, 1, 1);
	id = taken().id;
	for (unsigned int i = 0; i < ARRAY_SIZE(ahead); i++) {
		rig_run_away(0, ahead[i]);
		assert_waits(0);
		assert_int_equal(rig_errors, i + 1);
	}
	answer(id, BLKIF_RSP_OKAY);
	assert_ended(0, true);
}

/* Pages that the backend still has are not given to anybody again. */
static void pages_that_are_kept(void **state)
{
	blkif_request_t q;
	grant_t kept, list;

	(void)state;
	plug_with("feature-max-indirect-segments", "256");
	submit_pages(0, DISK_READ, 0, 1, 12);
	q = taken();
	list = ((const blkif_request_indirect_t *)(const void *)&q)
		       ->indirect_grefs[0];
	kept = list_of(&q, BLKIF_OP_READ, 0, 12)[3].gref;
	rig_grant[kept].kept = rig_grant[list].kept = true;
	answer(q.id, BLKIF_RSP_OKAY);
	assert_ended(0, true);
	assert_int_equal(rig_warnings, 1);
	for (unsigned int i = 0; i < NR_LISTS; i++) {
		submit_pages(i, DISK_READ, 0, 1, 12);
		q = taken();
		if (i == NR_LISTS - 1)
			assert_int_equal(q.operation, BLKIF_OP_READ);
		else
			list_of(&q, BLKIF_OP_READ, 0, 12);
	}
	/* They were never given back: the rig's own end of it. */
	rig_grant[kept].kept = rig_grant[list].kept = false;
	grant_end(kept);
	grant_end(list);
}

/* It writes into requests that it has, and into those that it has not yet. */
static void requests_are_never_read_back(void **state)
{
	struct blkif_sring *s = rig_front(0)->page;
	blkif_request_t q;

	(void)state;
	submit_pages(0, DISK_WRITE, 0, 1, 3);
	memset(s->ring, 0xff, NR_REQUESTS * sizeof(s->ring[0]));
	s->req_prod = 99;
	submit_pages(1, DISK_READ, 5, 4, 1);
	assert_int_equal(s->req_prod, 2);
	q = s->ring[1].req;
	assert_int_equal(q.operation, BLKIF_OP_READ);
	assert_int_equal(q.nr_segments, 1);
	assert_int_equal(q.sector_number, 5);
	rig_answer(0, 0, BLKIF_RSP_OKAY);
	answer(q.id, BLKIF_RSP_OKAY);
	assert_ended(0, true);
	assert_ended(1, true);
	assert_int_equal(rig_grants_used(), RIG_DISKS);
}

/* Both sides tell each other only when the other wants to hear of it. */
static void events_are_asked_for(void **state)
{
	struct blkif_sring *s = rig_front(0)->page;

	(void)state;
	submit_pages(0, DISK_READ, 0, 1, 1);
	assert_int_equal(rig_kicks, 1);
	submit_pages(1, DISK_READ, 0, 1, 1); /* it has not asked again */
	assert_int_equal(rig_kicks, 1);
	s->req_event = 3;
	submit_pages(2, DISK_READ, 0, 1, 1);
	assert_int_equal(rig_kicks, 2);
	answer(0, BLKIF_RSP_OKAY);
	assert_int_equal(s->rsp_event, 2); /* with the next answer */
	answer(1, BLKIF_RSP_OKAY);
	assert_int_equal(s->rsp_event, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		JOB_CASE(full_ring),
		JOB_CASE(round_and_round),
		JOB_CASE(grants_of_another_disk),
		JOB_CASE(long_request_with_few_grants),
		JOB_CASE(ids_that_were_not_issued),
		JOB_CASE(places_are_lost_but_not_requests),
		JOB_CASE(answered_twice),
		JOB_CASE(indices_that_run_away),
		JOB_CASE(pages_that_are_kept),
		JOB_CASE(requests_are_never_read_back),
		JOB_CASE(events_are_asked_for),
	};

	rig_power_on();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* See blkfront-jobs.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "blkfront-jobs.h"
#include "lib/string.h"

struct job job[JOBS];

static void done(struct disk_request *r, bool ok)
{
	struct job *j = (struct job *)(void *)r;

	j->ended++;
	j->ok = ok;
}

void new_job(unsigned int i, enum disk_op op, uint64_t sector)
{
	memset(&job[i], 0, sizeof(job[i]));
	job[i].r.op = op;
	job[i].r.sector = sector;
	job[i].r.done = done;
}

void add_seg(unsigned int i, gpa_t gpa, uint32_t len)
{
	job[i].r.seg[job[i].r.nr_segs++] =
		(struct disk_seg){ .gpa = gpa, .len = len };
}

void submit(unsigned int i)
{
	rig_disk(0)->submit(rig_disk(0), &job[i].r);
	assert_int_equal(job[i].ended, 0); /* never from within */
	rig_soft();
}

void submit_pages(unsigned int i, enum disk_op op, uint64_t sector,
		  unsigned int from, unsigned int pages)
{
	new_job(i, op, sector);
	for (unsigned int k = 0; k < pages; k++)
		add_seg(i, PAGE(from + k), PAGE_SIZE);
	submit(i);
}

void submit_order(unsigned int i, enum disk_op op, uint64_t sector,
		  uint64_t count)
{
	new_job(i, op, sector);
	job[i].r.count = count;
	submit(i);
}

void assert_ended(unsigned int i, bool ok)
{
	assert_int_equal(job[i].ended, 1);
	assert_int_equal(job[i].ok, ok);
}

void assert_waits(unsigned int i)
{
	assert_int_equal(job[i].ended, 0);
}

blkif_request_t taken(void)
{
	blkif_request_t q;

	assert_true(rig_take(0, &q));
	if (q.operation != BLKIF_OP_INDIRECT)
		assert_int_equal(q.handle, 51712);
	return q;
}

void none_taken(void)
{
	blkif_request_t q;

	assert_false(rig_take(0, &q));
}

void answer(uint64_t id, int status)
{
	rig_answer(0, id, status);
	rig_event(0);
}

void plug_with(const char *key, const char *value)
{
	rig_unplug(0);
	rig_plain(0);
	if (key)
		rig_key(0, key, value);
	rig_connect(0);
	rig_warnings = rig_errors = rig_kicks = 0;
}

const struct blkif_request_segment *list_of(const blkif_request_t *q,
					    uint8_t code, uint64_t sector,
					    unsigned int segments)
{
	const blkif_request_indirect_t *l = (const void *)q;
	grant_t g = l->indirect_grefs[0];

	assert_int_equal(l->operation, BLKIF_OP_INDIRECT);
	assert_int_equal(l->indirect_op, code);
	assert_int_equal(l->handle, 51712);
	assert_int_equal(l->sector_number, sector);
	assert_int_equal(l->nr_segments, segments);
	assert_non_null(rig_granted(g));
	assert_true(rig_grant[g].read_only);
	return (const void *)rig_granted(g);
}

int job_set_up(void **state)
{
	(void)state;
	rig_grant_limit = RIG_GRANTS - 1;
	plug_with(NULL, NULL);
	return 0;
}

int job_tear_down(void **state)
{
	(void)state;
	rig_grant_limit = RIG_GRANTS - 1;
	rig_unplug(0);
	assert_int_equal(rig_grants_used(), 1); /* the other disk's ring */
	rig_plain(0);
	rig_connect(0);
	return 0;
}

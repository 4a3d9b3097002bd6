/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests of a model's for the first disk of blkfront-rig.h, one at a time. */
#ifndef TESTS_MOCK_BLKFRONT_JOBS_H
#define TESTS_MOCK_BLKFRONT_JOBS_H

#include "blkfront-rig.h"

#define JOBS	40u
#define PAGE(n) ((n)*PAGE_SIZE)

/* A request, and how it ended. */
struct job {
	struct disk_request r;
	unsigned int ended;
	bool ok;
};

extern struct job job[JOBS];

/** Begin request @i anew; add a segment to it; hand it to the disk. */
void new_job(unsigned int i, enum disk_op op, uint64_t sector);
void add_seg(unsigned int i, gpa_t gpa, uint32_t len);
void submit(unsigned int i);
/** @pages whole pages from page @from of memory on. */
void submit_pages(unsigned int i, enum disk_op op, uint64_t sector,
		  unsigned int from, unsigned int pages);
void submit_order(unsigned int i, enum disk_op op, uint64_t sector,
		  uint64_t count);
void assert_ended(unsigned int i, bool ok);
void assert_waits(unsigned int i);
/** The next on the ring, which must be there, or must not. */
blkif_request_t taken(void);
void none_taken(void);
/** Answer request @id, with an event. */
void answer(uint64_t id, int status);
/** The segments of @q, which must be a long request with these. */
const struct blkif_request_segment *list_of(const blkif_request_t *q,
					    uint8_t code, uint64_t sector,
					    unsigned int segments);
/** The backend with @key (NULL: none) of @value, and nothing unanswered. */
void plug_with(const char *key, const char *value);

int job_set_up(void **state);
/** Nothing but rings is shared when nothing is asked. */
int job_tear_down(void **state);
#define JOB_CASE(f)                                                            \
	cmocka_unit_test_setup_teardown(f, job_set_up, job_tear_down)

#endif

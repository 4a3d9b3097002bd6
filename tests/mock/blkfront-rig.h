/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The backends of two disks, which do what the test says; the rest is
 * front-rig.h's.
 */
#ifndef TESTS_MOCK_BLKFRONT_RIG_H
#define TESTS_MOCK_BLKFRONT_RIG_H

#include "front-rig.h"
#include "xen/blkfront-private.h"

#define RIG_DISKS   2
#define RIG_SECTORS 100000ull

/** Once: the disks are found. */
void rig_power_on(void);
/** Disk @n as the models see it, and all of it. */
struct disk *rig_disk(unsigned int n);
struct blkfront *rig_front(unsigned int n);
/** Key of disk @n's backend; NULL removes it. */
void rig_key(unsigned int n, const char *key, const char *value);
/** All keys as of a plain backend: no flush, discard, long requests. */
void rig_plain(unsigned int n);
/** The backend of disk @n comes, and the frontend connects or refuses. */
void rig_connect(unsigned int n);
/** The frontend hears that something is new in the backend's state. */
void rig_changed(unsigned int n);
/** The backend goes to @state, and the frontend hears of it. */
void rig_state(unsigned int n, enum xb_state state);
enum xb_state rig_front_state(unsigned int n);
/** Disk @n is taken away: what waits fails. */
void rig_unplug(unsigned int n);
/** The next request on the ring of disk @n; false: none, tell of the next. */
bool rig_take(unsigned int n, blkif_request_t *q);
/** How many answers it may put on the ring: further ones hit requests. */
uint32_t rig_owes(unsigned int n);
/** An answer on the ring, which nobody hears of yet. */
void rig_answer(unsigned int n, uint64_t id, int status);
/** The backend's index, whatever it means, and an event. */
void rig_run_away(unsigned int n, uint32_t ahead);
/** The answers can be seen, but there is no event. */
void rig_publish(unsigned int n);
/** Publish the answers, and the event of it; then what ourselves raised. */
void rig_event(unsigned int n);

#endif

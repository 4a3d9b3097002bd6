/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whatever a block backend does, and whenever: each request of the model's is
 * answered once, the backend gets what may be got and no more, and when it is
 * gone nothing is shared with it.
 */
#include "../mock/blkfront-rig.h"
#include "../mock/must.h"
#include "lib/string.h"

#define NR_JOBS	   12
#define NR_TAKEN   64
#define MOST_OPS   300
#define RAM_PAGES  (RIG_RAM / PAGE_SIZE)
#define OTHER_RING 1u /* grants of the disk that is left alone */

struct job {
	struct disk_request r;
	bool busy;
};

struct input {
	const uint8_t *p, *end;
};

static struct job job[NR_JOBS];
static uint64_t taken[NR_TAKEN];
static unsigned int nr_taken;
static bool honest; /* it has answered nothing that it had not got */

static uint32_t byte(struct input *in)
{
	return in->p < in->end ? *in->p++ : 0;
}

/* --- The model ------------------------------------------------------------*/
static void done(struct disk_request *r, bool ok)
{
	struct job *j = (struct job *)(void *)r;

	(void)ok;
	must(j->busy);
	j->busy = false;
}

/* Pages in a row, some of them cut so that they are not on sectors. */
static void submit(struct input *in)
{
	struct job *j = &job[byte(in) % NR_JOBS];
	struct disk_request *r = &j->r;
	uint32_t page = byte(in) * 2, pages = byte(in) % (DISK_MAX_SEGS / 2);
	uint32_t shift = byte(in) & 1 ? byte(in) * 2 : 0;

	if (j->busy)
		return;
	memset(r, 0, sizeof(*r));
	r->op = (enum disk_op)(byte(in) % 4);
	r->sector = byte(in) * 391; /* up to the disk's end */
	r->count = byte(in);
	r->done = done;
	for (uint32_t i = 0; i < pages; i++) {
		gpa_t at = (gpa_t)((page + i) % RAM_PAGES) * PAGE_SIZE;

		r->seg[r->nr_segs++] =
			(struct disk_seg){ .gpa = at + shift,
					   .len = PAGE_SIZE - shift };
		if (shift)
			r->seg[r->nr_segs++] =
				(struct disk_seg){ .gpa = at, .len = shift };
	}
	if (r->op == DISK_FLUSH || r->op == DISK_DISCARD)
		r->nr_segs = 0;
	j->busy = true;
	rig_disk(0)->submit(rig_disk(0), r);
	must(j->busy);
}

/* --- The backend ----------------------------------------------------------*/
static void check_segments(const struct blkif_request_segment *s,
			   unsigned int n, uint8_t op)
{
	must(op == BLKIF_OP_READ || op == BLKIF_OP_WRITE);
	must(n);
	for (unsigned int i = 0; i < n; i++) {
		must(rig_granted(s[i].gref));
		must(rig_grant[s[i].gref].read_only == (op == BLKIF_OP_WRITE));
		must(s[i].first_sect <= s[i].last_sect && s[i].last_sect < 8);
	}
}

static void take(void)
{
	const blkif_request_indirect_t *l;
	blkif_request_t q;

	if (nr_taken == NR_TAKEN || rig_front(0)->port == EVTCHN_NONE ||
	    !rig_take(0, &q))
		return;
	taken[nr_taken++] = q.id;
	if (!honest)
		return; /* the pages may be its no more */
	l = (const blkif_request_indirect_t *)(const void *)&q;
	switch (q.operation) {
	case BLKIF_OP_READ:
	case BLKIF_OP_WRITE:
		must(q.nr_segments <= MAX_SEGS);
		check_segments(q.seg, q.nr_segments, q.operation);
		break;
	case BLKIF_OP_INDIRECT:
		must(l->nr_segments <= rig_front(0)->max_indirect);
		must(rig_grant[l->indirect_grefs[0]].read_only);
		check_segments((const void *)rig_granted(l->indirect_grefs[0]),
			       l->nr_segments, l->indirect_op);
		break;
	default:
		must(q.operation == BLKIF_OP_FLUSH_DISKCACHE ||
		     q.operation == BLKIF_OP_WRITE_BARRIER ||
		     q.operation == BLKIF_OP_DISCARD);
		break;
	}
}

static void answer(struct input *in)
{
	uint32_t which = byte(in);
	int status = (int)(byte(in) % 4) - 2; /* well, failed, cannot, none */

	if (rig_front(0)->port == EVTCHN_NONE || !nr_taken || !rig_owes(0))
		return;
	if (which & 0x80) {
		honest = false;
		rig_answer(0, which & 0x40 ? ~(uint64_t)which : which % 64,
			   status);
		return;
	}
	which %= nr_taken;
	rig_answer(0, taken[which], status);
	taken[which] = taken[--nr_taken];
}

static void change(struct input *in)
{
	static const enum xb_state states[] = {
		XENBUS_INITIALISING, XENBUS_INIT_WAIT, XENBUS_CONNECTED,
		XENBUS_CLOSING,	     XENBUS_CLOSED,    XENBUS_CONNECTED,
		XENBUS_INIT_WAIT,    XENBUS_UNKNOWN
	};
	evtchn_t port = rig_front(0)->port;
	uint32_t keys = byte(in);

	rig_key(0, "feature-flush-cache", keys & 1 ? "1" : NULL);
	rig_key(0, "feature-barrier", keys & 2 ? "1" : NULL);
	rig_key(0, "feature-discard", keys & 4 ? "1" : NULL);
	rig_key(0, "feature-max-indirect-segments",
		keys & 8 ? (keys & 16 ? "256" : "20") : NULL);
	rig_key(0, "mode", keys & 32 ? "r" : "w");
	rig_key(0, "online", keys & 64 && keys & 128 ? "0" : "1");
	rig_state(0, states[byte(in) % ARRAY_SIZE(states)]);
	if (rig_front(0)->port == port)
		return;
	nr_taken = 0;
	honest = true;
}

static void step(struct input *in)
{
	bool there = rig_front(0)->port != EVTCHN_NONE;

	switch (byte(in) % 8) {
	case 0:
	case 1:
		submit(in);
		break;
	case 2:
	case 3:
		take();
		break;
	case 4:
		answer(in);
		break;
	case 5:
		if (there)
			rig_event(0);
		break;
	case 6:
		if (byte(in) & 1)
			change(in);
		else
			rig_soft();
		break;
	default:
		rig_grant_limit = 16 + byte(in) * 4;
		if (there && byte(in) > 200)
			rig_run_away(0, byte(in));
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, data + size };

	if (!rig_disk(0))
		rig_power_on();
	rig_plain(0);
	rig_key(0, "feature-max-indirect-segments", "256");
	rig_grant_limit = RIG_GRANTS - 1;
	rig_state(0, XENBUS_INIT_WAIT);
	rig_state(0, XENBUS_CONNECTED);
	nr_taken = 0;
	honest = true;
	for (unsigned int i = 0; in.p < in.end && i < MOST_OPS; i++)
		step(&in);
	rig_grant_limit = RIG_GRANTS - 1;
	rig_unplug(0);
	for (unsigned int i = 0; i < NR_JOBS; i++)
		must(!job[i].busy);
	must(rig_grants_used() == OTHER_RING);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests to a block backend, and its answers.
 *
 * Data moves between the backend and the guest's own pages, by a grant for
 * each page of a transfer.  What is not aligned to sectors goes through pages
 * of ours.  One page of ring, requests of 11 segments, or of many more, which are
 * in a page of ours then; a transfer becomes several where that does not do.
 *
 * Hypercalls: event_channel_op.
 * Source: xen/io/blkif.h.
 */
#include "xen/blkfront-private.h"
#include "boot/window.h"
#include "cpu/machine.h"
#include "lib/log.h"
#include "lib/string.h"

_Static_assert(offsetof(blkif_request_t, id) ==
			       offsetof(blkif_request_indirect_t, id) &&
		       DISK_MAX_SEGS * sizeof(struct blkif_request_segment) <=
			       PAGE_SIZE,
	       "a long request fits");
_Static_assert(offsetof(blkif_request_t, id) ==
			       offsetof(blkif_request_discard_t, id) &&
		       offsetof(blkif_request_t, handle) ==
			       offsetof(blkif_request_discard_t, handle),
	       "what all requests have is in one place");

#define SECTOR_SHIFT 9
#define SECTOR_MASK  (DISK_SECTOR_SIZE - 1)
#define NO_BOUNCE    0xffu

static struct blkfront *of(struct disk *d)
{
	return (struct blkfront *)(void *)d;
}

/* --- Segments -------------------------------------------------------------*/
static bool at_end(const struct disk_request *r, const struct cursor *c)
{
	return c->seg >= r->nr_segs;
}

static bool aligned(const struct disk_request *r, const struct cursor *c)
{
	const struct disk_seg *s = &r->seg[c->seg];

	return !s->local && !((s->gpa + c->offset) & SECTOR_MASK) &&
	       !((s->len - c->offset) & SECTOR_MASK);
}

static void advance(const struct disk_request *r, struct cursor *c,
		    uint32_t bytes)
{
	c->offset += bytes;
	if (c->offset == r->seg[c->seg].len) {
		c->seg++;
		c->offset = 0;
	}
}

/* Copy @bytes between the guest's memory at @c and a page of ours. */
static void copy(struct blkfront *b, const struct disk_request *r,
		 struct cursor *c, uint8_t *page, uint32_t bytes, bool to_guest)
{
	while (bytes && !at_end(r, c)) {
		const struct disk_seg *s = &r->seg[c->seg];
		uint32_t n = s->len - c->offset;

		if (n > bytes)
			n = bytes;
		if (s->local && to_guest)
			memcpy(s->local + c->offset, page, n);
		else if (s->local)
			memcpy(page, s->local + c->offset, n);
		else if (to_guest)
			guest_write_phys(&b->m->mmu, &vcpu0.shadow,
					 s->gpa + c->offset, page, n);
		else
			guest_read_phys(&b->m->mmu, &vcpu0.shadow, page,
					s->gpa + c->offset, n);
		page += n;
		bytes -= n;
		advance(r, c, n);
	}
}

/* What is left from @c on, at most a page: whole sectors, as the whole is. */
static uint32_t bounce_bytes(const struct disk_request *r, struct cursor c)
{
	uint32_t bytes = 0;

	for (; !at_end(r, &c) && bytes < PAGE_SIZE; c.seg++, c.offset = 0)
		bytes += r->seg[c.seg].len - c.offset;
	return bytes < PAGE_SIZE ? bytes : PAGE_SIZE;
}

/* --- Requests onto the ring -----------------------------------------------*/
static struct slot *free_slot(struct blkfront *b)
{
	for (unsigned int i = 0; i < NR_REQUESTS; i++)
		if (!b->slot[i].r)
			return &b->slot[i];
	return NULL;
}

static int free_bounce(struct blkfront *b)
{
	for (int i = 0; i < NR_BOUNCE; i++)
		if (!b->bounce_used[i])
			return i;
	return -1;
}

/* What all disks have together, but for the grants. */
static struct {
	unsigned int n;
	struct seg_list list[NR_LISTS];
	bool starved; /* somebody waits for grants that others have */
} shared;

void blkfront_take_lists(struct machine *m)
{
	for (shared.n = 0; shared.n < NR_LISTS; shared.n++) {
		struct seg_list *l = &shared.list[shared.n];

		l->seg = window_page(m, &l->frame);
		if (!l->seg)
			break;
	}
}

/* A list for what is left of @r; NULL: it does without. */
static struct seg_list *take_list(struct blkfront *b,
				  const struct disk_request *r)
{
	if (r->nr_segs - b->at.seg <= MAX_SEGS || b->max_indirect <= MAX_SEGS)
		return NULL;
	for (unsigned int i = 0; i < shared.n; i++) {
		struct seg_list *l = &shared.list[i];

		if (l->grant)
			continue;
		l->grant = grant_access(b->dev.backend_id, l->frame, true);
		return l->grant ? l : NULL;
	}
	return NULL;
}

/* A page that the backend keeps is not used again. */
static bool list_release(struct seg_list *l)
{
	if (!grant_end(l->grant))
		return false;
	l->grant = GRANT_NONE;
	return true;
}

static blkif_request_t *ring_request(struct blkfront *b, struct slot *s,
				     struct disk_request *r, uint8_t op)
{
	blkif_request_t *q = RING_GET_REQUEST(&b->ring, b->ring.req_prod_pvt);

	b->ring.req_prod_pvt++;
	memset(q, 0, sizeof(*q));
	q->operation = op;
	q->handle = (blkif_vdev_t)b->dev.id;
	q->id = (uint64_t)(s - b->slot);
	s->r = r;
	s->nr_grants = 0;
	s->list = NULL;
	s->bounce = NO_BOUNCE;
	r->pending++;
	return q;
}

static struct blkif_request_segment segment(grant_t g, uint32_t offset,
					    uint32_t len)
{
	return (struct blkif_request_segment){
		.gref = g,
		.first_sect = (uint8_t)(offset >> SECTOR_SHIFT),
		.last_sect = (uint8_t)((offset + len - 1) >> SECTOR_SHIFT),
	};
}

static void add_segment(struct slot *s, blkif_request_t *q, grant_t g,
			uint32_t offset, uint32_t len)
{
	if (s->list) {
		s->list->seg[s->nr_grants++] = segment(g, offset, len);
		return;
	}
	/* Not by q's own number: the backend can write there. */
	q->seg[s->nr_grants] = segment(g, offset, len);
	s->grant[s->nr_grants++] = g;
	q->nr_segments = (uint8_t)s->nr_grants;
}

/* @q becomes a request whose segments are in a list. */
static void make_long(struct blkfront *b, const struct slot *s,
		      blkif_request_t *q, bool read)
{
	blkif_request_indirect_t *l = (blkif_request_indirect_t *)(void *)q;

	l->operation = BLKIF_OP_INDIRECT;
	l->indirect_op = read ? BLKIF_OP_READ : BLKIF_OP_WRITE;
	l->nr_segments = (uint16_t)s->nr_grants;
	l->sector_number = s->from.sector;
	l->handle = (blkif_vdev_t)b->dev.id;
	l->indirect_grefs[0] = s->list->grant;
}

/* Grant for the guest's page at @gpa; GRANT_NONE: no such memory. */
static grant_t guest_grant(struct blkfront *b, gpa_t gpa, bool backend_writes)
{
	gfn_t g = gfn((uint32_t)(gpa >> PAGE_SHIFT));
	uint32_t word = p2m_get(&b->m->mmu.p2m, g);

	if (p2m_is_hole(word) || (backend_writes && (word & P2M_ROM)))
		return GRANT_NONE;
	return grant_access(b->dev.backend_id, p2m_mfn(&b->m->mmu, g),
			    !backend_writes);
}

/* Pages of the guest, as many as one ring request takes; false: none. */
static bool send_direct(struct blkfront *b, struct disk_request *r,
			struct slot *s)
{
	bool read = r->op == DISK_READ;
	struct seg_list *list = take_list(b, r);
	uint32_t most = list ? b->max_indirect : MAX_SEGS;
	blkif_request_t *q =
		ring_request(b, s, r, read ? BLKIF_OP_READ : BLKIF_OP_WRITE);

	s->list = list;
	s->from = b->at;
	s->bytes = 0;
	q->sector_number = b->at.sector;
	if (most > grant_free())
		most = grant_free();
	while (!at_end(r, &b->at) && s->nr_grants < most &&
	       aligned(r, &b->at)) {
		const struct disk_seg *seg = &r->seg[b->at.seg];
		gpa_t gpa = seg->gpa + b->at.offset;
		uint32_t len = seg->len - b->at.offset;
		grant_t g = guest_grant(b, gpa, read);

		if (!g)
			break;
		add_segment(s, q, g, (uint32_t)gpa & PAGE_MASK, len);
		s->bytes += len;
		advance(r, &b->at, len);
	}
	b->at.sector += s->bytes >> SECTOR_SHIFT;
	if (list && s->nr_grants)
		make_long(b, s, q, read);
	else if (list)
		list_release(list);
	return s->nr_grants != 0;
}

static void send_bounced(struct blkfront *b, struct disk_request *r,
			 struct slot *s, int page, uint32_t bytes)
{
	bool read = r->op == DISK_READ;
	blkif_request_t *q =
		ring_request(b, s, r, read ? BLKIF_OP_READ : BLKIF_OP_WRITE);

	q->sector_number = b->at.sector;
	s->from = b->at;
	s->bytes = bytes;
	s->bounce = (uint8_t)page;
	b->bounce_used[page] = true;
	if (read) {
		struct cursor to = b->at;

		for (uint32_t left = bytes; left;) {
			uint32_t n = r->seg[to.seg].len - to.offset;

			if (n > left)
				n = left;
			advance(r, &to, n);
			left -= n;
		}
		b->at.seg = to.seg;
		b->at.offset = to.offset;
	} else {
		copy(b, r, &b->at, b->bounce[page], bytes, false);
	}
	add_segment(
		s, q,
		grant_access(b->dev.backend_id, b->bounce_frame[page], !read),
		0, bytes);
	b->at.sector += bytes >> SECTOR_SHIFT;
}

/* What moves no data. */
static void send_order(struct blkfront *b, struct disk_request *r,
		       struct slot *s)
{
	blkif_request_discard_t *q;

	if (r->op == DISK_FLUSH) {
		ring_request(b, s, r,
			     b->barrier ? BLKIF_OP_WRITE_BARRIER
					: BLKIF_OP_FLUSH_DISKCACHE);
		return;
	}
	q = (blkif_request_discard_t *)(void *)ring_request(b, s, r,
							    BLKIF_OP_DISCARD);
	q->flag = 0;
	q->sector_number = r->sector;
	q->nr_sectors = r->count;
}

/* --- The queue of the model's requests ------------------------------------*/
static void end_later(struct blkfront *b, struct disk_request *r)
{
	r->next = b->ended;
	b->ended = r;
	blkfront_tell_later();
}

static void pop(struct blkfront *b)
{
	b->first = b->first->next;
	if (!b->first)
		b->last = NULL;
	memset(&b->at, 0, sizeof(b->at));
	if (b->first)
		b->at.sector = b->first->sector;
}

/* The first request is wholly on the ring, or failed. */
static void first_done(struct blkfront *b)
{
	struct disk_request *r = b->first;

	pop(b);
	if (!r->pending)
		end_later(b, r);
}

/* Put more of the first request on the ring. False: no room now. */
static bool send_some(struct blkfront *b)
{
	struct disk_request *r = b->first;
	struct slot *s = free_slot(b);
	int page;

	if (!s || RING_FULL(&b->ring))
		return false;
	if (grant_free() <= MAX_SEGS) {
		shared.starved = true;
		return false;
	}
	if (r->op == DISK_FLUSH || r->op == DISK_DISCARD) {
		if (r->op == DISK_FLUSH ? b->disk.can_flush
					: b->disk.can_discard)
			send_order(b, r, s);
		first_done(b); /* not sent: there is nothing to do */
		return true;
	}
	if (aligned(r, &b->at)) {
		if (!send_direct(b, r, s)) {
			/* No memory there: take the empty request back. */
			b->ring.req_prod_pvt--;
			s->r = NULL;
			r->pending--;
			r->failed = true;
			first_done(b);
			return true;
		}
	} else {
		page = free_bounce(b);
		if (page < 0)
			return false;
		send_bounced(b, r, s, page, bounce_bytes(r, b->at));
	}
	if (at_end(r, &b->at))
		first_done(b);
	return true;
}

void blkfront_kick(struct blkfront *b)
{
	int notify;

	if (!b->connected)
		return;
	while (b->first && send_some(b))
		;
	RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&b->ring, notify);
	if (notify)
		evtchn_send(b->port);
}

static bool request_ok(const struct disk *d, const struct disk_request *r)
{
	uint64_t bytes = 0;

	if (r->op == DISK_FLUSH)
		return true;
	if (r->op == DISK_DISCARD)
		return r->sector < d->sectors &&
		       r->count <= d->sectors - r->sector && !d->read_only;
	for (uint32_t i = 0; i < r->nr_segs; i++) {
		if (!r->seg[i].len ||
		    (!r->seg[i].local &&
		     (r->seg[i].gpa & PAGE_MASK) + r->seg[i].len > PAGE_SIZE))
			return false;
		bytes += r->seg[i].len;
	}
	return bytes && !(bytes & SECTOR_MASK) && r->sector < d->sectors &&
	       bytes >> SECTOR_SHIFT <= d->sectors - r->sector &&
	       (r->op == DISK_READ || !d->read_only);
}

void blkfront_submit(struct disk *d, struct disk_request *r)
{
	struct blkfront *b = of(d);

	r->pending = 0;
	r->failed = false;
	r->next = NULL;
	if (b->gone || !request_ok(d, r)) {
		r->failed = true;
		end_later(b, r);
		return;
	}
	if (b->last)
		b->last->next = r;
	else
		b->first = r;
	b->last = r;
	if (b->first == r) {
		memset(&b->at, 0, sizeof(b->at));
		b->at.sector = r->sector;
	}
	blkfront_kick(b);
}

/* --- Answers --------------------------------------------------------------*/
static void slot_release(struct blkfront *b, struct slot *s)
{
	bool kept = false;

	for (uint32_t i = 0; i < s->nr_grants; i++)
		if (!grant_end(s->list ? s->list->seg[i].gref : s->grant[i]))
			kept = true;
	if (s->list && !list_release(s->list))
		kept = true;
	if (kept)
		log_warn(BLK, "%s: the backend keeps pages of ours",
			 b->dev.node);
	if (s->bounce != NO_BOUNCE)
		b->bounce_used[s->bounce] = false;
	s->r = NULL;
}

static void answer(struct blkfront *b, const blkif_response_t *a)
{
	struct slot *s;
	struct disk_request *r;

	if (a->id >= NR_REQUESTS || !b->slot[a->id].r) {
		log_warn(BLK, "%s: answer to a request %#llx that was not made",
			 b->dev.node, (unsigned long long)a->id);
		return;
	}
	s = &b->slot[a->id];
	r = s->r;
	if (r->op == DISK_FLUSH && a->status == BLKIF_RSP_EOPNOTSUPP)
		b->disk.can_flush = false; /* it has nothing to flush, then */
	else if (r->op == DISK_DISCARD && a->status == BLKIF_RSP_EOPNOTSUPP)
		b->disk.can_discard = false; /* all stays, which is no error */
	else if (a->status != BLKIF_RSP_OKAY)
		r->failed = true;
	else if (s->bounce != NO_BOUNCE && r->op == DISK_READ)
		copy(b, r, &s->from, b->bounce[s->bounce], s->bytes, true);
	slot_release(b, s);
	if (!--r->pending && r != b->first) {
		r->next = b->ended;
		b->ended = r;
	}
}

void blkfront_tell(struct blkfront *b)
{
	while (b->ended) {
		struct disk_request *r = b->ended;

		b->ended = r->next;
		r->done(r, !r->failed);
	}
}

void blkfront_answers(struct blkfront *b)
{
	int more;

	do {
		RING_IDX prod = b->ring.sring->rsp_prod;

		barrier();
		if (prod - b->ring.rsp_cons >
		    b->ring.req_prod_pvt - b->ring.rsp_cons) {
			log_err(BLK,
				"%s: the backend's ring index is impossible",
				b->dev.node);
			return;
		}
		for (; b->ring.rsp_cons != prod; b->ring.rsp_cons++) {
			blkif_response_t a;

			RING_COPY_RESPONSE(&b->ring, b->ring.rsp_cons, &a);
			answer(b, &a);
		}
		RING_FINAL_CHECK_FOR_RESPONSES(&b->ring, more);
	} while (more);
}

void blkfront_event(void *opaque)
{
	struct blkfront *b = opaque;

	blkfront_answers(b);
	blkfront_tell(b);
	blkfront_kick(b);
	blkfront_tell(b);
	blkfront_drained(b);
	if (!shared.starved)
		return;
	shared.starved = false;
	blkfront_tell_later(); /* and have all try again */
}

bool blkfront_in_flight(const struct blkfront *b)
{
	for (unsigned int i = 0; i < NR_REQUESTS; i++)
		if (b->slot[i].r)
			return true;
	return false;
}

/* --- Without a backend ----------------------------------------------------*/
void blkfront_requeue(struct blkfront *b)
{
	for (unsigned int i = 0; i < NR_REQUESTS; i++) {
		struct slot *s = &b->slot[i];
		struct disk_request *r = s->r, *q;

		if (!r)
			continue;
		slot_release(b, s);
		r->pending = 0;
		for (q = b->first; q && q != r; q = q->next)
			;
		if (q)
			continue;
		r->next = b->first;
		b->first = r;
		if (!b->last)
			b->last = r;
	}
	memset(&b->at, 0, sizeof(b->at));
	if (b->first)
		b->at.sector = b->first->sector;
}

void blkfront_fail(struct blkfront *b)
{
	while (b->first) {
		struct disk_request *r = b->first;

		pop(b);
		r->failed = true;
		end_later(b, r);
	}
}

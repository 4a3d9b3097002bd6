/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Legacy virtio disk.  Pure.
 *
 * A request is a chain: 16 bytes of header, the data, a byte for the result.
 * The chain is walked twice: once for its lengths, which decide, and once for
 * the pages; if the guest changes it in between, the lengths still hold.
 */
#include "dev/virtio-blk.h"
#include "lib/printf.h"
#include "lib/string.h"

#define F_SEG_MAX  BIT(2)
#define F_GEOMETRY BIT(4)
#define F_RO	   BIT(5)
#define F_BLK_SIZE BIT(6)
#define F_FLUSH	   BIT(9)
#define F_DISCARD  BIT(13)

#define TYPE_READ    0
#define TYPE_WRITE   1
#define TYPE_FLUSH   4
#define TYPE_ID	     8
#define TYPE_DISCARD 11
#define TYPE_BARRIER 0x80000000u

#define RESULT_OK	   0
#define RESULT_ERROR	   1
#define RESULT_UNSUPPORTED 2
#define RESULT_LATER	   0xffu /* ours: the disk works, done() comes */

#define ID_LEN	       20u  /* padded with zeros */
#define SEG_MAX	       126u /* with header and result: a queue */
#define GEOMETRY_HEADS 255u
#define GEOMETRY_TRACK 63u
#define QUEUE	       0

struct header {
	uint32_t type, priority;
	uint64_t sector;
};

/* What is to be discarded; a request has one. */
struct range {
	uint64_t sector;
	uint32_t count, flags; /* no flag is for discarding */
};
#define RANGE_LEN 16u
_Static_assert(sizeof(struct range) == RANGE_LEN, "as drivers have it");

/* What a chain holds, by its lengths. */
struct shape {
	uint64_t out, in; /* bytes */
	gpa_t last;	  /* the last byte that we may write */
};

static struct virtio_blk *of(struct virtio *v)
{
	return (struct virtio_blk *)(void *)v;
}

/* --- Chains ---------------------------------------------------------------*/
static bool shape_of(struct virtio *v, struct virtio_chain *c, struct shape *s)
{
	memset(s, 0, sizeof(*s));
	while (virtio_next(v, c)) {
		if (!c->len || (!c->in && s->in))
			return false; /* what we read comes first */
		if (c->in) {
			s->in += c->len;
			s->last = c->gpa + c->len - 1;
		} else {
			s->out += c->len;
		}
	}
	virtio_rewind(v, QUEUE, c);
	return s->out >= sizeof(struct header) && s->in;
}

/* The header lies wholly in the first buffer, as with every known driver. */
static bool header_of(struct virtio *v, struct virtio_chain *c,
		      struct header *h)
{
	bool ok = virtio_next(v, c) && c->len >= sizeof(*h);

	if (ok)
		v->dma.read(v->dma.opaque, h, c->gpa, sizeof(*h));
	virtio_rewind(v, QUEUE, c);
	return ok;
}

/* Add [gpa, gpa + len) page by page; returns the bytes that found room. */
static uint32_t add_pages(struct disk_request *r, gpa_t gpa, uint32_t len)
{
	uint32_t done = 0;

	while (done < len && r->nr_segs < DISK_MAX_SEGS) {
		struct disk_seg *s = &r->seg[r->nr_segs++];
		uint32_t n = PAGE_SIZE - (uint32_t)(gpa & PAGE_MASK);

		n = n < len - done ? n : len - done;
		*s = (struct disk_seg){ .gpa = gpa, .len = n };
		gpa += n;
		done += n;
	}
	return done;
}

/* Pages of the next piece; returns its bytes, whole sectors. */
static uint32_t gather(struct virtio_blk_task *t)
{
	struct virtio_chain *c = &t->chain;
	uint32_t skip = t->skip, bytes = 0, extra;

	t->r.nr_segs = 0;
	virtio_rewind(&t->b->v, QUEUE, c);
	while (bytes < t->left && t->r.nr_segs < DISK_MAX_SEGS &&
	       virtio_next(&t->b->v, c)) {
		uint32_t s = c->len < skip ? c->len : skip;
		uint32_t n = c->len - s;

		if (c->in != t->in)
			continue;
		skip -= s;
		n = n < t->left - bytes ? n : t->left - bytes;
		bytes += add_pages(&t->r, c->gpa + s, n);
	}
	for (extra = bytes % DISK_SECTOR_SIZE; extra;) {
		struct disk_seg *s = &t->r.seg[t->r.nr_segs - 1];
		uint32_t n = s->len < extra ? s->len : extra;

		s->len -= n;
		extra -= n;
		bytes -= n;
		if (!s->len)
			t->r.nr_segs--;
	}
	return bytes;
}

/* --- Tasks ----------------------------------------------------------------*/
static void process(struct virtio_blk *b);

static void answer(struct virtio_blk *b, struct virtio_blk_task *t,
		   uint8_t result)
{
	t->busy = false;
	if (t->orphan)
		return;
	b->v.dma.write(b->v.dma.opaque, t->answer, &result, sizeof(result));
	virtio_push(&b->v, QUEUE, t->chain.head,
		    sizeof(result) + (result == RESULT_OK ? t->written : 0));
	virtio_interrupt(&b->v, QUEUE);
}

/* The next piece goes to the disk; false: the chain is not what it was. */
static bool piece_start(struct virtio_blk_task *t)
{
	t->piece = gather(t);
	if (!t->piece)
		return false;
	t->r.op = t->in ? DISK_READ : DISK_WRITE;
	t->r.sector = t->sector;
	t->b->disk->submit(t->b->disk, &t->r);
	return true;
}

static void flush(struct virtio_blk_task *t)
{
	t->r.op = DISK_FLUSH;
	t->r.sector = 0;
	t->r.nr_segs = 0;
	t->b->disk->submit(t->b->disk, &t->r);
}

/* A driver that does not flush takes what is written for safe. */
static bool flush_for_it(const struct virtio_blk_task *t)
{
	return t->r.op == DISK_WRITE && !t->orphan && t->b->disk->can_flush &&
	       !(t->b->v.accepted & F_FLUSH);
}

static void done(struct disk_request *r, bool ok)
{
	struct virtio_blk_task *t = r->opaque;

	t->skip += t->piece;
	t->left -= t->piece;
	t->sector += t->piece / DISK_SECTOR_SIZE;
	if (ok && t->left && !t->orphan) {
		if (piece_start(t))
			return;
		ok = false;
	}
	if (ok && flush_for_it(t)) {
		t->piece = 0;
		flush(t);
		return;
	}
	answer(t->b, t, ok ? RESULT_OK : RESULT_ERROR);
	process(t->b);
}

static struct virtio_blk_task *idle_task(struct virtio_blk *b)
{
	for (unsigned int i = 0; i < VIRTIO_BLK_TASKS; i++)
		if (!b->task[i].busy)
			return &b->task[i];
	return NULL;
}

static uint8_t start_transfer(struct virtio_blk_task *t, uint64_t sector,
			      uint64_t bytes, bool in)
{
	const struct disk *d = t->b->disk;

	if (!bytes || bytes % DISK_SECTOR_SIZE || bytes >> 32 ||
	    sector > d->sectors ||
	    bytes / DISK_SECTOR_SIZE > d->sectors - sector ||
	    (!in && d->read_only))
		return RESULT_ERROR;
	t->in = in;
	t->sector = sector;
	t->skip = in ? 0 : sizeof(struct header);
	t->left = (uint32_t)bytes;
	t->written = in ? (uint32_t)bytes : 0;
	return piece_start(t) ? RESULT_LATER : RESULT_ERROR;
}

static uint8_t start_flush(struct virtio_blk_task *t)
{
	/* A backend that came back may have nothing to flush. */
	if (!t->b->disk->can_flush)
		return t->b->v.accepted & F_FLUSH ? RESULT_OK
						  : RESULT_UNSUPPORTED;
	flush(t);
	return RESULT_LATER;
}

/* The bytes behind the header; false: the chain is not what it was. */
static bool range_of(struct virtio_blk_task *t, struct range *range)
{
	struct virtio *v = &t->b->v;
	uint32_t skip = sizeof(struct header), got = 0;
	uint8_t *to = (uint8_t *)range;

	while (got < RANGE_LEN && virtio_next(v, &t->chain) && !t->chain.in) {
		uint32_t s = t->chain.len < skip ? t->chain.len : skip;
		uint32_t n = t->chain.len - s;

		n = n < RANGE_LEN - got ? n : RANGE_LEN - got;
		if (n)
			v->dma.read(v->dma.opaque, to + got, t->chain.gpa + s,
				    n);
		skip -= s;
		got += n;
	}
	return got == RANGE_LEN;
}

static uint8_t start_discard(struct virtio_blk_task *t, const struct shape *s)
{
	const struct disk *d = t->b->disk;
	struct range range;

	if (!d->can_discard)
		return RESULT_UNSUPPORTED;
	if (s->out != sizeof(struct header) + RANGE_LEN ||
	    !range_of(t, &range) || d->read_only)
		return RESULT_ERROR;
	if (range.flags)
		return RESULT_UNSUPPORTED;
	if (!range.count || range.sector >= d->sectors ||
	    range.count > d->sectors - range.sector)
		return RESULT_ERROR;
	t->r.op = DISK_DISCARD;
	t->r.sector = range.sector;
	t->r.count = range.count;
	t->r.nr_segs = 0;
	t->b->disk->submit(t->b->disk, &t->r);
	return RESULT_LATER;
}

/* The disk's name goes into the chain's first buffer that is big enough. */
static uint8_t answer_id(struct virtio_blk_task *t)
{
	struct virtio *v = &t->b->v;
	char id[ID_LEN];

	memset(id, 0, sizeof(id));
	vmi_snprintf(id, sizeof(id), "VMI%u", t->b->disk->vdev);
	while (virtio_next(v, &t->chain)) {
		if (!t->chain.in || t->chain.len < sizeof(id))
			continue;
		v->dma.write(v->dma.opaque, t->chain.gpa, id, sizeof(id));
		t->written = sizeof(id);
		return RESULT_OK;
	}
	return RESULT_ERROR;
}

static uint8_t start(struct virtio_blk_task *t, const struct header *h,
		     const struct shape *s)
{
	t->left = t->skip = t->piece = t->written = 0;
	t->r.done = done;
	t->r.opaque = t;
	switch (h->type & ~TYPE_BARRIER) {
	case TYPE_READ:
		return start_transfer(t, h->sector, s->in - 1, true);
	case TYPE_WRITE:
		return start_transfer(t, h->sector, s->out - sizeof(*h), false);
	case TYPE_FLUSH:
		return start_flush(t);
	case TYPE_ID:
		return answer_id(t);
	case TYPE_DISCARD:
		return start_discard(t, s);
	default:
		return RESULT_UNSUPPORTED;
	}
}

/* The chain at the queue's head; false: the disk has enough to do. */
static bool take(struct virtio_blk *b, struct virtio_chain *c)
{
	struct virtio_blk_task *t = idle_task(b);
	struct header h;
	struct shape s;
	uint8_t result;

	if (!t)
		return false;
	virtio_pop(&b->v, QUEUE);
	if (!shape_of(&b->v, c, &s) || !header_of(&b->v, c, &h)) {
		virtio_push(&b->v, QUEUE, c->head, 0); /* no request at all */
		virtio_interrupt(&b->v, QUEUE);
		return true;
	}
	t->busy = true;
	t->orphan = false;
	t->chain = *c;
	t->answer = s.last;
	result = start(t, &h, &s);
	if (result != RESULT_LATER)
		answer(b, t, result);
	return true;
}

static void process(struct virtio_blk *b)
{
	struct virtio_chain c;

	for (uint32_t i = 0; i < VIRTIO_QUEUE_SIZE; i++)
		if (!virtio_peek(&b->v, QUEUE, &c) || !take(b, &c))
			return;
}

/* --- The driver -----------------------------------------------------------*/
static void notify(struct virtio *v, unsigned int q)
{
	(void)q;
	process(of(v));
}

static void reset(struct virtio *v)
{
	for (unsigned int i = 0; i < VIRTIO_BLK_TASKS; i++)
		of(v)->task[i].orphan = true;
}

static void put(struct virtio *v, unsigned int offset, unsigned int size,
		uint64_t value)
{
	memcpy(v->config + offset, &value, size);
}

/* As PCs see big disks: 255 heads of 63 sectors. */
static void set_geometry(struct virtio *v, uint64_t sectors)
{
	uint32_t n = sectors >> 32 ? ~0u : (uint32_t)sectors;
	uint32_t cylinders = n / (GEOMETRY_HEADS * GEOMETRY_TRACK);

	put(v, 16, 2, cylinders > 0xffff ? 0xffff : cylinders);
	put(v, 18, 1, GEOMETRY_HEADS);
	put(v, 19, 1, GEOMETRY_TRACK);
}

void virtio_blk_init(struct virtio_blk *b, struct disk *d, struct irq_line irq,
		     const struct dma_host *dma)
{
	memset(b, 0, sizeof(*b));
	b->disk = d;
	for (unsigned int i = 0; i < VIRTIO_BLK_TASKS; i++)
		b->task[i].b = b;
	b->v.offered = F_SEG_MAX | F_GEOMETRY | F_BLK_SIZE | VIRTIO_F_INDIRECT |
		       (d->read_only ? F_RO : 0) |
		       (d->can_flush ? F_FLUSH : 0) |
		       (d->can_discard ? F_DISCARD : 0);
	put(&b->v, 0, 8, d->sectors);
	put(&b->v, 12, 4, SEG_MAX);
	set_geometry(&b->v, d->sectors);
	put(&b->v, 20, 4, DISK_SECTOR_SIZE);
	if (d->can_discard) {
		put(&b->v, 36, 4, ~0u); /* sectors, and ranges, of one */
		put(&b->v, 40, 4, 1);
		put(&b->v, 44, 4, d->discard_unit);
	}
	b->v.notify = notify;
	b->v.reset = reset;
	virtio_init(&b->v, 1, irq, dma);
}

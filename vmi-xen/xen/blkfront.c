/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Disks of the configuration, through dom0's block backend: the handshake.
 *
 * A backend that goes away and comes back gets all unanswered requests again;
 * of one that is unplugged they fail.
 *
 * Hypercalls: event_channel_op, those of xenstore.c.
 * Source: xen/io/blkif.h.
 */
#include "xen/blkfront-private.h"
#include "boot/window.h"
#include "cpu/machine.h"
#include "lib/log.h"
#include "lib/string.h"
#include <xen/io/protocols.h>

#define WAIT_SECONDS 20

static struct {
	unsigned int n;
	evtchn_t soft; /* raised by ourselves only */
	struct blkfront dev[BLKFRONT_MAX];
} blk;

/* --- Handshake ------------------------------------------------------------*/
/* The backend uses nothing of ours any more. */
static void release(struct blkfront *b)
{
	if (b->port == EVTCHN_NONE)
		return;
	blkfront_answers(b);
	blkfront_tell_later();
	if (b->page_grant)
		grant_end(b->page_grant);
	evtchn_close(b->port);
	b->port = EVTCHN_NONE;
	blkfront_requeue(b);
}

static void offer_ring(struct blkfront *b)
{
	memset(b->page, 0, PAGE_SIZE);
	SHARED_RING_INIT(b->page);
	FRONT_RING_INIT(&b->ring, b->page, PAGE_SIZE);
	b->page_grant = grant_access(b->dev.backend_id, b->page_frame, false);
	b->port = evtchn_alloc(b->dev.backend_id);
	evtchn_handle(b->port, blkfront_event, b);
	if (xenbus_front_write(&b->dev, "ring-ref", "%u", b->page_grant) ||
	    xenbus_front_write(&b->dev, "event-channel", "%u", b->port) ||
	    xenbus_front_write(&b->dev, "protocol", "%s",
			       XEN_IO_PROTO_ABI_X86_32))
		log_err(BLK, "%s: xenstore refuses the ring", b->dev.node);
	xenbus_switch(&b->dev, XENBUS_INITIALISED);
}

/* What the backend says of the disk; false: we cannot use it. */
static bool take_parameters(struct blkfront *b)
{
	uint32_t info = xenbus_back_number(&b->dev, "info", 0);
	uint32_t sector = xenbus_back_number(&b->dev, "sector-size", 0);
	bool flush = xenbus_back_number(&b->dev, "feature-flush-cache", 0);
	char mode[4];

	if (sector != DISK_SECTOR_SIZE) {
		log_err(BLK, "%s: sectors of %u bytes: only %u can be used",
			b->dev.node, sector, DISK_SECTOR_SIZE);
		return false;
	}
	b->disk.sectors = xenbus_back_number64(&b->dev, "sectors", 0);
	b->disk.read_only = info & (VDISK_READONLY | VDISK_CDROM);
	b->disk.cdrom = info & VDISK_CDROM;
	if (xenbus_back_read(&b->dev, "mode", mode, sizeof(mode)) > 0 &&
	    mode[0] == 'r')
		b->disk.read_only = true;
	b->barrier =
		!flush && xenbus_back_number(&b->dev, "feature-barrier", 0);
	b->disk.can_flush = flush || b->barrier;
	b->max_indirect =
		xenbus_back_number(&b->dev, "feature-max-indirect-segments", 0);
	if (b->max_indirect > DISK_MAX_SEGS)
		b->max_indirect = DISK_MAX_SEGS;
	b->disk.can_discard = !b->disk.read_only &&
			      xenbus_back_number(&b->dev, "feature-discard", 0);
	b->disk.discard_unit =
		xenbus_back_number(&b->dev, "discard-granularity", 0) /
		DISK_SECTOR_SIZE;
	return true;
}

/* What it is, each time that it is there. */
static void say(const struct blkfront *b)
{
	const struct disk *d = &b->disk;

	log_info(BLK, "%s: %llu MB%s%s%s%s, %u pages at once", b->dev.node,
		 (unsigned long long)(d->sectors >> 11),
		 d->read_only ? ", read-only" : "", d->cdrom ? ", CD-ROM" : "",
		 b->barrier	? ", barrier"
		 : d->can_flush ? ", flush"
				: "",
		 d->can_discard ? ", discard" : "",
		 b->max_indirect > MAX_SEGS ? b->max_indirect : MAX_SEGS);
}

/* The backend has let go of what we shared; it may come again, or never. */
static void closed(struct blkfront *b)
{
	release(b);
	if (!b->refused && xenbus_back_number(&b->dev, "online", 0)) {
		xenbus_switch(&b->dev, XENBUS_INITIALISING);
		return;
	}
	if (!b->gone)
		log_info(BLK, "%s: unplugged", b->dev.node);
	b->gone = true;
	blkfront_fail(b);
}

/*
 * A backend that closes answers what it has, and says "closed" to whoever is
 * closed without waiting for it: what was sent again then could overtake it.
 */
void blkfront_drained(struct blkfront *b)
{
	if (b->dev.state == XENBUS_CLOSING && !blkfront_in_flight(b))
		xenbus_switch(&b->dev, XENBUS_CLOSED);
}

/* The frontend's side of the state machine. */
static void backend_changed(struct xenbus_dev *d, enum xb_state backend)
{
	struct blkfront *b =
		(struct blkfront *)(void *)((uint8_t *)d -
					    offsetof(struct blkfront, dev));

	switch (backend) {
	case XENBUS_INIT_WAIT:
		if (d->state != XENBUS_INITIALISING &&
		    d->state != XENBUS_CLOSED)
			break;
		release(b);
		offer_ring(b);
		break;
	case XENBUS_CONNECTED:
		if (d->state != XENBUS_INITIALISED)
			break;
		if (!take_parameters(b)) {
			b->gone = b->refused = true;
			xenbus_switch(d, XENBUS_CLOSED);
			break;
		}
		b->connected = true;
		b->gone = false;
		say(b);
		xenbus_switch(d, XENBUS_CONNECTED);
		blkfront_kick(b);
		break;
	case XENBUS_CLOSING:
	case XENBUS_CLOSED:
	case XENBUS_UNKNOWN:
		if (d->state == XENBUS_CONNECTED ||
		    d->state == XENBUS_INITIALISED) {
			log_info(BLK, "%s: the backend closes", d->node);
			b->connected = false;
			xenbus_switch(d, XENBUS_CLOSING);
		}
		if (backend == XENBUS_CLOSING) {
			blkfront_drained(b);
			break;
		}
		/* It was to come back, and was taken away instead. */
		if (d->state == XENBUS_CLOSING ||
		    (d->state == XENBUS_INITIALISING &&
		     !xenbus_back_number(d, "online", 0)))
			xenbus_switch(d, XENBUS_CLOSED);
		/* Not before: it would miss that we have closed. */
		if (d->state == XENBUS_CLOSED)
			closed(b);
		break;
	default:
		break;
	}
}

static void found(void *opaque, uint32_t id)
{
	struct machine *m = opaque;
	struct blkfront *b = &blk.dev[blk.n];

	if (blk.n == BLKFRONT_MAX) {
		log_warn(BLK, "disk %u: only %u disks are supported", id,
			 BLKFRONT_MAX);
		return;
	}
	if (xenbus_open(&b->dev, "vbd", id)) {
		log_warn(BLK, "disk %u: xenstore has no backend for it", id);
		return;
	}
	b->m = m;
	b->disk.vdev = id;
	b->disk.submit = blkfront_submit;
	b->dev.changed = backend_changed;
	b->page = window_page(m, &b->page_frame);
	for (unsigned int i = 0; i < NR_BOUNCE && b->page; i++) {
		b->bounce[i] = window_page(m, &b->bounce_frame[i]);
		if (!b->bounce[i])
			b->page = NULL;
	}
	if (b->page)
		blk.n++;
}

static void soft_event(void *opaque)
{
	(void)opaque;
	for (unsigned int i = 0; i < blk.n; i++) {
		blkfront_tell(&blk.dev[i]);
		blkfront_kick(&blk.dev[i]);
	}
}

void blkfront_tell_later(void)
{
	evtchn_raise(blk.soft);
}

void blkfront_scan(struct machine *m)
{
	blk.soft = evtchn_alloc(DOMID_SELF);
	evtchn_handle(blk.soft, soft_event, NULL);
	xenbus_scan("vbd", found, m);
	if (blk.n)
		blkfront_take_lists(m);
}

static void connect(struct blkfront *b)
{
	if (xenbus_connect(&b->dev, &b->connected, WAIT_SECONDS))
		return;
	if (b->dev.state != XENBUS_CLOSED)
		log_err(BLK, "%s: the backend did not answer within %u seconds",
			b->dev.node, WAIT_SECONDS);
	b->gone = true;
}

static bool known(uint32_t id)
{
	for (unsigned int i = 0; i < blk.n; i++)
		if (blk.dev[i].dev.id == id)
			return true;
	return false;
}

void blkfront_connect(struct machine *m)
{
	(void)m;
	for (unsigned int i = 0; i < blk.n; i++)
		connect(&blk.dev[i]);
	xenbus_refuse_others("vbd", known);
}

struct disk *blkfront_disk(unsigned int n)
{
	return n < blk.n ? &blk.dev[n].disk : NULL;
}

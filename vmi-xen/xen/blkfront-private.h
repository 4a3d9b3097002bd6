/* SPDX-License-Identifier: GPL-2.0-only */
/* What blkfront.c (handshake) and blkfront-ring.c (requests) share. */
#ifndef VMI_XEN_BLKFRONT_PRIVATE_H
#define VMI_XEN_BLKFRONT_PRIVATE_H

#include "xen/hypercall.h"
#include "xen/blkfront.h"
#include "xen/domain.h"
#include "xen/grant.h"
#include "xen/xenbus.h"
#include "xen/barrier.h"
#include <xen/io/blkif.h>

#define NR_REQUESTS __CONST_RING_SIZE(blkif, PAGE_SIZE)
#define MAX_SEGS    BLKIF_MAX_SEGMENTS_PER_REQUEST
#define NR_BOUNCE   4
#define NR_LISTS    4 /* of all disks: long requests at work at once */

/* A place in a request's list of segments. */
struct cursor {
	uint32_t seg, offset; /* offset: bytes into that segment */
	uint64_t sector;
};

/* A page for the segments of a request of more than MAX_SEGS. */
struct seg_list {
	struct blkif_request_segment *seg;
	mfn_t frame;
	grant_t grant; /* read-only; GRANT_NONE: the page is free */
};

/* A ring request in flight. */
struct slot {
	struct disk_request *r; /* NULL: free */
	uint32_t nr_grants;
	grant_t grant[MAX_SEGS];
	struct seg_list *list; /* has the grants instead; NULL: none */
	uint8_t bounce;	       /* page that is used, NO_BOUNCE */
	uint32_t bytes;
	struct cursor from; /* where the data of it begin */
};

struct blkfront {
	struct disk disk; /* first: the model's handle */
	struct machine *m;
	struct xenbus_dev dev;
	blkif_front_ring_t ring;
	struct blkif_sring *page;
	mfn_t page_frame;
	grant_t page_grant;
	evtchn_t port;
	void *bounce[NR_BOUNCE];
	mfn_t bounce_frame[NR_BOUNCE];
	bool bounce_used[NR_BOUNCE];
	uint32_t max_indirect; /* segments of a long request; 0: none */
	bool connected, barrier;
	bool gone;    /* unplugged: whatever is asked fails */
	bool refused; /* by us: it is no use to connect again */
	struct slot slot[NR_REQUESTS];
	struct disk_request *first, *last; /* not yet wholly on the ring */
	struct cursor at;		   /* into first */
	struct disk_request *ended;	   /* to be told from the event */
};

/** What the model's disk does; struct disk has it. */
void blkfront_submit(struct disk *d, struct disk_request *r);
/** Requests onto the ring, as many as there is room for. */
void blkfront_kick(struct blkfront *b);
/** Take the answers that are on the ring. */
void blkfront_answers(struct blkfront *b);
/** The backend has answered. Context: upcall. */
void blkfront_event(void *opaque);
/** Does the backend owe an answer? */
bool blkfront_in_flight(const struct blkfront *b);
/** It is closing: let go when it has answered. Context: upcall. */
void blkfront_drained(struct blkfront *b);
/** Tell the model of what has ended. Context: upcall. */
void blkfront_tell(struct blkfront *b);
/** The backend is gone: all that it has not answered is to be sent again. */
void blkfront_requeue(struct blkfront *b);
/** Nobody will ever answer: all that waits has failed. */
void blkfront_fail(struct blkfront *b);
/** Take pages for long requests; later ones are cut where there are none. */
void blkfront_take_lists(struct machine *m);
/** Have all disks called soon: blkfront_tell(), blkfront_kick(). */
void blkfront_tell_later(void);

#endif

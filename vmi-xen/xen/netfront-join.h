/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames out of what a network backend writes into the receive ring: one slot
 * for each page of a frame, and, behind the first, slots that say more of it.
 *
 * Pure: everything in a slot is the backend's word and checked here.
 */
#ifndef VMI_XEN_NETFRONT_JOIN_H
#define VMI_XEN_NETFRONT_JOIN_H

#include "dev/nic.h"

/* Bits of a slot's flags; xen/io/netif.h, NETRXF_*. */
#define JOIN_GOOD      BIT(0)
#define JOIN_BLANK     BIT(1)
#define JOIN_MORE_DATA BIT(2)
#define JOIN_EXTRA     BIT(3)
#define JOIN_PREFIX    BIT(4) /* another way to say how to cut: not asked for */

/* A slot, whichever of the two it is; the backend's 8 bytes. */
union join_slot {
	struct {
		uint16_t id, offset, flags;
		int16_t status; /* bytes, or an error */
	} data;
	struct {
		uint8_t type, flags;
		uint16_t size;
		uint8_t gso_type, pad;
		uint16_t features;
	} extra;
};
#define JOIN_TYPE_GSO	1 /* extra.type */
#define JOIN_EXTRA_MORE 1 /* extra.flags */
#define JOIN_GSO_TCPV4	1 /* extra.gso_type */

struct join {
	struct nic_frame f;
	struct nic_hints hints;
	uint8_t page[NIC_PIECES]; /* number of each piece's page */
	bool begun, data, extra;  /* what is still to come */
	bool bad;		  /* to its end: thrown away */
};

/** No frame is begun. */
void join_reset(struct join *j);
/**
 * The next slot, of page @page, which is at @at.  True: the page is part of the
 * frame now; false: it can be used again at once.
 */
bool join_slot(struct join *j, const union join_slot *s, uint32_t page,
	       uint8_t *at);
/** Is there a whole frame, good or bad? */
static inline bool join_whole(const struct join *j)
{
	return j->begun && !j->data && !j->extra;
}

#endif

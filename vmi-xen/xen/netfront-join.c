/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames out of the slots of a receive ring.  Pure.
 * Source: xen/io/netif.h, "Guest receive".
 */
#include "xen/netfront-join.h"

_Static_assert(sizeof(union join_slot) == 8, "as on the ring");

void join_reset(struct join *j)
{
	j->f.len = j->f.n = 0;
	j->hints = (struct nic_hints){ false };
	j->begun = j->data = j->extra = j->bad = false;
}

/* A slot that says how the frame is to be cut; anything else is not known. */
static void take_extra(struct join *j, const union join_slot *s)
{
	j->extra = s->extra.flags & JOIN_EXTRA_MORE;
	if (s->extra.type != JOIN_TYPE_GSO ||
	    s->extra.gso_type != JOIN_GSO_TCPV4 || !s->extra.size ||
	    j->hints.segment)
		j->bad = true;
	else
		j->hints.segment = s->extra.size;
}

static void begin(struct join *j, uint32_t flags)
{
	j->begun = true;
	j->extra = flags & JOIN_EXTRA;
	j->hints.blank = flags & JOIN_BLANK;
	j->hints.good = flags & (JOIN_BLANK | JOIN_GOOD);
}

bool join_slot(struct join *j, const union join_slot *s, uint32_t page,
	       uint8_t *at)
{
	uint32_t len;

	if (j->extra) {
		take_extra(j, s);
		return false;
	}
	if (!j->begun)
		begin(j, s->data.flags);
	else if (s->data.flags & JOIN_EXTRA)
		j->bad = true;
	j->data = s->data.flags & JOIN_MORE_DATA;
	len = s->data.status > 0 ? (uint32_t)s->data.status : 0;
	if (!len || s->data.offset + len > PAGE_SIZE ||
	    (s->data.flags & JOIN_PREFIX) || j->f.n == NIC_PIECES)
		j->bad = true;
	if (j->bad)
		return false;
	j->page[j->f.n] = (uint8_t)page;
	j->f.piece[j->f.n].at = at + s->data.offset;
	j->f.piece[j->f.n++].len = len;
	j->f.len += len;
	return true;
}

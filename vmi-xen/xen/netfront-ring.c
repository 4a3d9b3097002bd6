/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames to a network backend, and from it.
 *
 * Frames are copied between the card's model and pages of ours that are
 * granted once: granting the guest's own costs as much as copying a small
 * frame, and a page that another guest holds could not be given back.  A large
 * frame of TCP is several pages, in both directions, and whoever gets it cuts
 * it where that is needed.
 *
 * Hypercalls: event_channel_op.
 * Source: xen/io/netif.h.
 */
#include "xen/netfront-private.h"
#include "lib/log.h"

_Static_assert(NIC_LARGE_MAX <= XEN_NETIF_MAX_TX_SIZE, "a request tells it");
_Static_assert(JOIN_GOOD == NETRXF_data_validated &&
		       JOIN_BLANK == NETRXF_csum_blank &&
		       JOIN_MORE_DATA == NETRXF_more_data &&
		       JOIN_EXTRA == NETRXF_extra_info &&
		       JOIN_PREFIX == NETRXF_gso_prefix &&
		       JOIN_TYPE_GSO == XEN_NETIF_EXTRA_TYPE_GSO &&
		       JOIN_EXTRA_MORE == XEN_NETIF_EXTRA_FLAG_MORE &&
		       JOIN_GSO_TCPV4 == XEN_NETIF_GSO_TYPE_TCPV4,
	       "netfront-join.h has Xen's numbers");
_Static_assert(sizeof(union join_slot) == sizeof(netif_rx_response_t) &&
		       sizeof(union join_slot) == sizeof(netif_extra_info_t),
	       "a slot is either");

static struct netfront *of(struct nic *nic)
{
	return (struct netfront *)(void *)nic;
}

/* --- Sending --------------------------------------------------------------*/
uint8_t *const *netfront_pages(struct nic *nic, uint32_t len)
{
	struct netfront *n = of(nic);
	uint32_t want = (len + PAGE_SIZE - 1) / PAGE_SIZE, got = 0;

	if (want > NIC_MAX_PAGES || want > n->nr_tx)
		return NULL;
	for (uint32_t i = 0; i < n->nr_tx && got < want; i++) {
		/* Without a cable it is lost: any page will do. */
		if (n->connected && (n->tx_used & BIT(i)))
			continue;
		n->tx_next[got] = (uint8_t)i;
		n->tx_list[got++] = n->tx_buf[i];
	}
	/* One more for how to cut. */
	if (got < want || (n->connected && RING_FREE_REQUESTS(&n->tx) <= want))
		return NULL;
	return n->tx_list;
}

static void add_extra(struct netfront *n, uint16_t segment)
{
	netif_extra_info_t *x = (netif_extra_info_t *)(void *)RING_GET_REQUEST(
		&n->tx, n->tx.req_prod_pvt);

	n->tx.req_prod_pvt++;
	*x = (netif_extra_info_t){ .type = XEN_NETIF_EXTRA_TYPE_GSO };
	x->u.gso.size = segment;
	x->u.gso.type = XEN_NETIF_GSO_TYPE_TCPV4;
}

/* Page @i of a frame; the first one's size is that of all. */
static void add_page(struct netfront *n, uint32_t i, uint32_t size,
		     uint32_t flags)
{
	netif_tx_request_t *q = RING_GET_REQUEST(&n->tx, n->tx.req_prod_pvt);
	uint32_t page = n->tx_next[i];

	n->tx.req_prod_pvt++;
	n->tx_used |= BIT(page);
	*q = (netif_tx_request_t){ .gref = n->tx_buf_grant[page],
				   .flags = (uint16_t)flags,
				   .id = (uint16_t)page,
				   .size = (uint16_t)size };
}

void netfront_send(struct nic *nic, uint32_t len, const struct nic_hints *h)
{
	struct netfront *n = of(nic);
	uint32_t flags = len > PAGE_SIZE ? NETTXF_more_data : 0;
	int notify;

	if (!n->connected)
		return; /* no cable: it is lost */
	if (h->blank)
		flags |= NETTXF_csum_blank | NETTXF_data_validated;
	if (h->segment)
		flags |= NETTXF_extra_info;
	add_page(n, 0, len, flags);
	if (h->segment)
		add_extra(n, h->segment);
	for (uint32_t i = 1; i * PAGE_SIZE < len; i++) {
		uint32_t left = len - i * PAGE_SIZE;

		add_page(n, i, left < PAGE_SIZE ? left : PAGE_SIZE,
			 left > PAGE_SIZE ? NETTXF_more_data : 0);
	}
	RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&n->tx, notify);
	if (notify)
		evtchn_send(n->port);
}

void netfront_give_room(struct netfront *n)
{
	if (n->nic.room)
		n->nic.room(n->nic.card);
}

static void sent(struct netfront *n)
{
	RING_IDX first = n->tx.rsp_cons;
	int more;

	do {
		RING_IDX prod = n->tx.sring->rsp_prod;

		barrier();
		if (prod - n->tx.rsp_cons > n->tx.req_prod_pvt - n->tx.rsp_cons)
			return;
		for (; n->tx.rsp_cons != prod; n->tx.rsp_cons++) {
			netif_tx_response_t a;

			RING_COPY_RESPONSE(&n->tx, n->tx.rsp_cons, &a);
			if (a.status != NETIF_RSP_NULL && a.id < n->nr_tx)
				n->tx_used &= ~BIT(a.id);
		}
		RING_FINAL_CHECK_FOR_RESPONSES(&n->tx, more);
	} while (more);
	if (n->tx.rsp_cons != first)
		netfront_give_room(n);
}

/* --- Receiving ------------------------------------------------------------*/
void netfront_offer(struct netfront *n, uint32_t page)
{
	uint32_t at = n->rx.req_prod_pvt % RX_RING;
	netif_rx_request_t *q = RING_GET_REQUEST(&n->rx, n->rx.req_prod_pvt);

	n->rx.req_prod_pvt++;
	n->rx_at[at] = (uint8_t)page;
	q->id = (uint16_t)at;
	q->pad = 0;
	q->gref = n->rx_buf_grant[page];
}

/* What was offered there can be offered again. */
static void rx_again(struct netfront *n)
{
	struct join *j = &n->rx_now;

	for (uint32_t i = 0; i < j->f.n; i++)
		netfront_offer(n, j->page[i]);
	join_reset(j);
}

/* A whole frame; false: the card wants it later. */
static bool rx_deliver(struct netfront *n)
{
	const struct join *j = &n->rx_now;
	bool large = j->f.n > 1 || j->hints.segment, taken = true;
	struct nic *nic = &n->nic;

	if (j->bad || !nic->receive)
		;
	else if (!large)
		taken = nic->receive(nic->card, j->f.piece[0].at, j->f.len,
				     &j->hints);
	else if (nic->receive_large)
		taken = nic->receive_large(nic->card, &j->f, &j->hints);
	if (taken)
		rx_again(n);
	n->rx_held = !taken;
	return taken;
}

/* One answer, which is in the place of its request. */
static void rx_slot(struct netfront *n)
{
	uint32_t page = n->rx_at[n->rx.rsp_cons % RX_RING];
	union join_slot s;

	RING_COPY_RESPONSE(&n->rx, n->rx.rsp_cons,
			   (netif_rx_response_t *)(void *)&s);
	n->rx.rsp_cons++;
	if (!join_slot(&n->rx_now, &s, page, n->rx_buf[page]))
		netfront_offer(n, page);
}

static void received(struct netfront *n)
{
	int more, notify;

	if (n->rx_held && !rx_deliver(n))
		return;
	do {
		RING_IDX prod = n->rx.sring->rsp_prod;

		barrier();
		if (prod - n->rx.rsp_cons > n->rx.req_prod_pvt - n->rx.rsp_cons)
			return;
		while (n->rx.rsp_cons != prod) {
			rx_slot(n);
			if (join_whole(&n->rx_now) && !rx_deliver(n))
				goto out;
		}
		RING_FINAL_CHECK_FOR_RESPONSES(&n->rx, more);
	} while (more);
out:
	RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&n->rx, notify);
	if (notify)
		evtchn_send(n->port);
}

void netfront_ready(struct nic *nic)
{
	struct netfront *n = of(nic);

	if (n->connected && n->rx_held)
		received(n);
}

void netfront_event(void *opaque)
{
	struct netfront *n = opaque;

	if (!n->connected)
		return;
	sent(n);
	received(n);
}

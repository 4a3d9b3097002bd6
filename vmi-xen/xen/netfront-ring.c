/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames to a network backend, and from it.
 *
 * Frames are copied between the card's model and pages of ours that are
 * granted once: granting the guest's own costs as much as copying a small
 * frame, and a page that another guest holds could not be given back.  A large
 * frame of TCP is several pages, and the backend cuts it.
 *
 * Hypercalls: event_channel_op.
 * Source: xen/io/netif.h.
 */
#include "xen/netfront-private.h"
#include "lib/log.h"

_Static_assert(NIC_LARGE_MAX <= XEN_NETIF_MAX_TX_SIZE, "a request tells it");

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

/*
 * One answer, which is in the place of its request.  False: the card wants the
 * frame later.  Frames in several pieces were not asked for.
 */
static bool received_one(struct netfront *n, const netif_rx_response_t *a)
{
	uint32_t page = n->rx_at[n->rx.rsp_cons % RX_RING];
	bool more = a->flags & NETRXF_more_data;
	const struct nic_hints h = {
		.blank = a->flags & NETRXF_csum_blank,
		.good = a->flags & (NETRXF_csum_blank | NETRXF_data_validated),
	};

	if (!n->rx_skip && !more && a->status > 0 &&
	    a->offset + (uint32_t)a->status <= PAGE_SIZE && n->nic.receive &&
	    !n->nic.receive(n->nic.card, n->rx_buf[page] + a->offset,
			    (uint32_t)a->status, &h))
		return false;
	n->rx_skip = more;
	netfront_offer(n, page);
	return true;
}

static void received(struct netfront *n)
{
	int more, notify;

	n->rx_held = false;
	do {
		RING_IDX prod = n->rx.sring->rsp_prod;

		barrier();
		if (prod - n->rx.rsp_cons > n->rx.req_prod_pvt - n->rx.rsp_cons)
			return;
		for (; n->rx.rsp_cons != prod; n->rx.rsp_cons++) {
			netif_rx_response_t a;

			RING_COPY_RESPONSE(&n->rx, n->rx.rsp_cons, &a);
			if (!received_one(n, &a)) {
				n->rx_held = true;
				goto out;
			}
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

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Network interfaces of the configuration, through dom0's netback.
 *
 * Frames are copied between the card's model and pages of ours that are
 * granted once: a card of the nineties moves 1,514 bytes at most.  The backend
 * is told to leave no checksum blank and to merge nothing.
 *
 * Hypercalls: event_channel_op, those of xenstore.c.
 * Source: xen/io/netif.h.
 */
#include "xen/hypercall.h"
#include "xen/barrier.h"
#include "xen/netfront.h"
#include "xen/domain.h"
#include "xen/grant.h"
#include "xen/xenbus.h"
#include "boot/window.h"
#include "cpu/machine.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "lib/string.h"
#include <xen/io/netif.h>

#define RX_SLOTS     24 /* a page each */
#define TX_SLOTS     16 /* TX_SIZE bytes each */
#define TX_SIZE	     2048u
#define TX_PAGES     (TX_SLOTS * TX_SIZE / PAGE_SIZE)
#define WAIT_SECONDS 20

struct netfront {
	struct nic nic; /* first: the model's handle */
	struct machine *m;
	struct xenbus_dev dev;
	evtchn_t port;
	bool connected;

	netif_tx_front_ring_t tx;
	struct netif_tx_sring *tx_page;
	mfn_t tx_frame;
	grant_t tx_grant;
	uint8_t *tx_buf[TX_PAGES];
	mfn_t tx_buf_frame[TX_PAGES];
	grant_t tx_buf_grant[TX_PAGES];
	uint32_t tx_used; /* bit for each slot */
	bool tx_wanted;	  /* the card waits for room() */

	netif_rx_front_ring_t rx;
	struct netif_rx_sring *rx_page;
	mfn_t rx_frame;
	grant_t rx_grant;
	uint8_t *rx_buf[RX_SLOTS];
	mfn_t rx_buf_frame[RX_SLOTS];
	grant_t rx_buf_grant[RX_SLOTS];
	bool rx_skip; /* the rest of a frame in several pieces */
	bool rx_held; /* the card has refused the next frame */
};
_Static_assert(TX_SLOTS <= 32, "tx_used has a bit for each");

static struct {
	unsigned int n;
	struct netfront dev[NETFRONT_MAX];
} net;

/* --- Sending --------------------------------------------------------------*/
static bool send(struct nic *nic, const void *frame, uint32_t len)
{
	struct netfront *n = (struct netfront *)(void *)nic;
	netif_tx_request_t *q;
	uint32_t slot, page;
	int notify;

	if (!n->connected || len > TX_SIZE)
		return true; /* no cable, or no frame: it is lost */
	for (slot = 0; slot < TX_SLOTS && (n->tx_used & BIT(slot)); slot++)
		;
	if (slot == TX_SLOTS || RING_FULL(&n->tx)) {
		n->tx_wanted = true;
		return false;
	}
	n->tx_used |= BIT(slot);
	page = slot * TX_SIZE / PAGE_SIZE;
	memcpy(n->tx_buf[page] + slot * TX_SIZE % PAGE_SIZE, frame, len);
	q = RING_GET_REQUEST(&n->tx, n->tx.req_prod_pvt);
	n->tx.req_prod_pvt++;
	q->gref = n->tx_buf_grant[page];
	q->offset = (uint16_t)(slot * TX_SIZE % PAGE_SIZE);
	q->flags = 0;
	q->id = (uint16_t)slot;
	q->size = (uint16_t)len;
	RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&n->tx, notify);
	if (notify)
		evtchn_send(n->port);
	return true;
}

static void give_room(struct netfront *n)
{
	if (n->tx_wanted && n->nic.room) {
		n->tx_wanted = false;
		n->nic.room(n->nic.card);
	}
}

static void sent(struct netfront *n)
{
	int more;

	do {
		RING_IDX prod = n->tx.sring->rsp_prod;

		barrier();
		if (prod - n->tx.rsp_cons > n->tx.req_prod_pvt - n->tx.rsp_cons)
			return;
		for (; n->tx.rsp_cons != prod; n->tx.rsp_cons++) {
			netif_tx_response_t a;

			RING_COPY_RESPONSE(&n->tx, n->tx.rsp_cons, &a);
			if (a.status != NETIF_RSP_NULL && a.id < TX_SLOTS)
				n->tx_used &= ~BIT(a.id);
		}
		RING_FINAL_CHECK_FOR_RESPONSES(&n->tx, more);
	} while (more);
	give_room(n);
}

/* --- Receiving ------------------------------------------------------------*/
static void offer_buffer(struct netfront *n, uint16_t slot)
{
	netif_rx_request_t *q = RING_GET_REQUEST(&n->rx, n->rx.req_prod_pvt);

	n->rx.req_prod_pvt++;
	q->id = slot;
	q->pad = 0;
	q->gref = n->rx_buf_grant[slot];
}

/* False: the card wants it later. */
static bool received_one(struct netfront *n, const netif_rx_response_t *a)
{
	bool more = a->flags & NETRXF_more_data;

	if (a->id >= RX_SLOTS) {
		log_warn(NET, "%s: answer for a buffer %u that was not offered",
			 n->dev.node, a->id);
		return true;
	}
	if (!n->rx_skip && !more && a->status > 0 &&
	    a->offset + (uint32_t)a->status <= PAGE_SIZE && n->nic.receive &&
	    !n->nic.receive(n->nic.card, n->rx_buf[a->id] + a->offset,
			    (uint32_t)a->status))
		return false;
	n->rx_skip = more;
	offer_buffer(n, a->id);
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

static void ready(struct nic *nic)
{
	struct netfront *n = (struct netfront *)(void *)nic;

	if (n->connected && n->rx_held)
		received(n);
}

static void ring_event(void *opaque)
{
	struct netfront *n = opaque;

	if (!n->connected)
		return;
	sent(n);
	received(n);
}

/* --- Handshake ------------------------------------------------------------*/
static void grants_end(grant_t *g, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		if (g[i])
			grant_end(g[i]);
		g[i] = GRANT_NONE;
	}
}

static void set_link(struct netfront *n, bool up)
{
	n->connected = n->nic.link = up;
	if (n->nic.link_changed)
		n->nic.link_changed(n->nic.card);
	give_room(n); /* without a cable, too: frames are lost then */
}

/* The backend uses nothing of ours any more. */
static void release(struct netfront *n)
{
	if (n->port == EVTCHN_NONE)
		return;
	evtchn_close(n->port);
	n->port = EVTCHN_NONE;
	grants_end(&n->tx_grant, 1);
	grants_end(&n->rx_grant, 1);
	grants_end(n->tx_buf_grant, TX_PAGES);
	grants_end(n->rx_buf_grant, RX_SLOTS);
}

static void rings_reset(struct netfront *n)
{
	uint32_t peer = n->dev.backend_id;

	memset(n->tx_page, 0, PAGE_SIZE);
	memset(n->rx_page, 0, PAGE_SIZE);
	SHARED_RING_INIT(n->tx_page);
	SHARED_RING_INIT(n->rx_page);
	FRONT_RING_INIT(&n->tx, n->tx_page, PAGE_SIZE);
	FRONT_RING_INIT(&n->rx, n->rx_page, PAGE_SIZE);
	n->tx_used = 0;
	n->tx_grant = grant_access(peer, n->tx_frame, false);
	n->rx_grant = grant_access(peer, n->rx_frame, false);
	for (unsigned int i = 0; i < TX_PAGES; i++)
		n->tx_buf_grant[i] =
			grant_access(peer, n->tx_buf_frame[i], true);
	for (uint16_t i = 0; i < RX_SLOTS; i++) {
		n->rx_buf_grant[i] =
			grant_access(peer, n->rx_buf_frame[i], false);
		offer_buffer(n, i);
	}
	n->rx.sring->req_prod = n->rx.req_prod_pvt;
}

static void offer_rings(struct netfront *n)
{
	struct xenbus_dev *d = &n->dev;

	release(n);
	rings_reset(n);
	n->port = evtchn_alloc(d->backend_id);
	evtchn_handle(n->port, ring_event, n);
	if (xenbus_front_write(d, "tx-ring-ref", "%u", n->tx_grant) ||
	    xenbus_front_write(d, "rx-ring-ref", "%u", n->rx_grant) ||
	    xenbus_front_write(d, "event-channel", "%u", n->port) ||
	    xenbus_front_write(d, "request-rx-copy", "1") ||
	    xenbus_front_write(d, "feature-rx-notify", "1") ||
	    xenbus_front_write(d, "feature-no-csum-offload", "1") ||
	    xenbus_front_write(d, "feature-ipv6-csum-offload", "0"))
		log_err(NET, "%s: xenstore refuses the rings", d->node);
	xenbus_switch(d, XENBUS_CONNECTED);
}

static void backend_changed(struct xenbus_dev *d, enum xb_state backend)
{
	struct netfront *n =
		(struct netfront *)(void *)((uint8_t *)d -
					    offsetof(struct netfront, dev));

	switch (backend) {
	case XENBUS_INIT_WAIT:
		if (d->state == XENBUS_INITIALISING ||
		    d->state == XENBUS_CLOSED)
			offer_rings(n);
		break;
	case XENBUS_CONNECTED:
		if (d->state == XENBUS_CONNECTED && !n->connected) {
			set_link(n, true);
			evtchn_send(n->port);
		}
		break;
	case XENBUS_CLOSING:
	case XENBUS_CLOSED:
	case XENBUS_UNKNOWN:
		if (d->state == XENBUS_CONNECTED) {
			log_info(NET, "%s: the backend closes", d->node);
			set_link(n, false);
			xenbus_switch(d, XENBUS_CLOSED);
		}
		/* Not before: it would miss that we have closed. */
		if (backend == XENBUS_CLOSING || d->state != XENBUS_CLOSED)
			break;
		release(n);
		if (xenbus_back_number(d, "online", 0))
			xenbus_switch(d, XENBUS_INITIALISING);
		break;
	default:
		break;
	}
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "00:16:3e:01:02:03" */
static bool read_mac(struct netfront *n)
{
	char text[24];

	if (xenbus_front_read(&n->dev, "mac", text, sizeof(text)) !=
	    3 * NIC_MAC_LEN - 1)
		return false;
	for (unsigned int i = 0; i < NIC_MAC_LEN; i++) {
		int high = hex(text[3 * i]), low = hex(text[3 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		n->nic.mac[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool take_pages(struct netfront *n)
{
	bool ok = true;

	n->tx_page = window_page(n->m, &n->tx_frame);
	n->rx_page = window_page(n->m, &n->rx_frame);
	ok = n->tx_page && n->rx_page;
	for (unsigned int i = 0; ok && i < TX_PAGES; i++) {
		n->tx_buf[i] = window_page(n->m, &n->tx_buf_frame[i]);
		ok = n->tx_buf[i];
	}
	for (unsigned int i = 0; ok && i < RX_SLOTS; i++) {
		n->rx_buf[i] = window_page(n->m, &n->rx_buf_frame[i]);
		ok = n->rx_buf[i];
	}
	return ok;
}

static void found(void *opaque, uint32_t id)
{
	struct netfront *n = &net.dev[net.n];

	if (net.n == NETFRONT_MAX) {
		log_warn(NET, "interface %u: only %u are supported", id,
			 NETFRONT_MAX);
		return;
	}
	if (xenbus_open(&n->dev, "vif", id) || !read_mac(n)) {
		log_warn(NET, "interface %u: xenstore has no backend or no mac",
			 id);
		return;
	}
	n->m = opaque;
	n->nic.send = send;
	n->nic.ready = ready;
	n->dev.changed = backend_changed;
	if (take_pages(n))
		net.n++;
}

void netfront_scan(struct machine *m)
{
	xenbus_scan("vif", found, m);
}

static void connect(struct netfront *n)
{
	if (xenbus_connect(&n->dev, &n->connected, WAIT_SECONDS))
		log_info(NET, "%s: %02x:%02x:%02x:%02x:%02x:%02x", n->dev.node,
			 n->nic.mac[0], n->nic.mac[1], n->nic.mac[2],
			 n->nic.mac[3], n->nic.mac[4], n->nic.mac[5]);
	else
		log_err(NET, "%s: the backend did not answer within %u seconds",
			n->dev.node, WAIT_SECONDS);
}

void netfront_connect(struct machine *m)
{
	(void)m;
	for (unsigned int i = 0; i < net.n; i++)
		connect(&net.dev[i]);
}

struct nic *netfront_nic(unsigned int n)
{
	return n < net.n ? &net.dev[n].nic : NULL;
}

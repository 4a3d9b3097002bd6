/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Network interfaces of the configuration, through dom0's netback: the
 * handshake.
 *
 * A card of the nineties knows nothing of checksums that are left to others,
 * nor of frames that are larger than the wire's: then the backend is told to
 * send none.
 *
 * Hypercalls: event_channel_op, those of xenstore.c.
 * Source: xen/io/netif.h.
 */
#include "xen/netfront-private.h"
#include "boot/window.h"
#include "cpu/machine.h"
#include "lib/log.h"
#include "lib/string.h"

#define WAIT_SECONDS 20

static struct {
	unsigned int n;
	struct netfront dev[NETFRONT_MAX];
} net;

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
	netfront_give_room(n); /* without a cable, too: frames are lost then */
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
	grants_end(n->tx_buf_grant, n->nr_tx);
	grants_end(n->rx_buf_grant, n->nr_rx);
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
	n->rx_held = false;
	join_reset(&n->rx_now);
	n->tx_grant = grant_access(peer, n->tx_frame, false);
	n->rx_grant = grant_access(peer, n->rx_frame, false);
	for (unsigned int i = 0; i < n->nr_tx; i++)
		n->tx_buf_grant[i] =
			grant_access(peer, n->tx_buf_frame[i], true);
	for (unsigned int i = 0; i < n->nr_rx; i++) {
		n->rx_buf_grant[i] =
			grant_access(peer, n->rx_buf_frame[i], false);
		netfront_offer(n, i);
	}
	n->rx.sring->req_prod = n->rx.req_prod_pvt;
}

static void offer_rings(struct netfront *n)
{
	struct xenbus_dev *d = &n->dev;
	bool large = n->nic.takes_blank && n->nr_rx >= LARGE_MIN;

	release(n);
	if (!xenbus_back_number(d, "feature-rx-copy", 0)) {
		log_err(NET, "%s: the backend cannot copy what it receives",
			d->node);
		xenbus_switch(d, XENBUS_CLOSED);
		return;
	}
	rings_reset(n);
	n->port = evtchn_alloc(d->backend_id);
	evtchn_handle(n->port, netfront_event, n);
	if (xenbus_front_write(d, "tx-ring-ref", "%u", n->tx_grant) ||
	    xenbus_front_write(d, "rx-ring-ref", "%u", n->rx_grant) ||
	    xenbus_front_write(d, "event-channel", "%u", n->port) ||
	    xenbus_front_write(d, "request-rx-copy", "1") ||
	    xenbus_front_write(d, "feature-rx-notify", "1") ||
	    xenbus_front_write(d, "feature-no-csum-offload", "%u",
			       !n->nic.takes_blank) ||
	    xenbus_front_write(d, "feature-sg", "%u", large) ||
	    xenbus_front_write(d, "feature-gso-tcpv4", "%u", large) ||
	    xenbus_front_write(d, "feature-ipv6-csum-offload", "0"))
		log_err(NET, "%s: xenstore refuses the rings", d->node);
	xenbus_switch(d, XENBUS_CONNECTED);
}

/* What this backend does with large frames. */
static void take_features(struct netfront *n)
{
	n->nic.can_cut = n->nr_tx >= NIC_MAX_PAGES &&
			 xenbus_back_number(&n->dev, "feature-sg", 0) &&
			 xenbus_back_number(&n->dev, "feature-gso-tcpv4", 0);
}

/* What it is, each time that it is there. */
static void say(const struct netfront *n)
{
	const uint8_t *mac = n->nic.mac;

	log_info(NET, "%s: %02x:%02x:%02x:%02x:%02x:%02x%s", n->dev.node,
		 mac[0], mac[1], mac[2], mac[3], mac[4], mac[5],
		 n->nic.can_cut ? ", large frames" : "");
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
			take_features(n);
			say(n);
			set_link(n, true);
			evtchn_send(n->port);
			evtchn_raise(n->port); /* some may have come before */
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

static bool take_some(struct machine *m, uint8_t **page, mfn_t *frame,
		      uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		page[i] = window_page(m, &frame[i]);
		if (!page[i])
			return false;
	}
	return true;
}

/* All that is wished for, or half of what is left. */
static bool take_pages(struct netfront *n)
{
	uint32_t left = window_pages_left(n->m);

	if (left < 2 + 2 * PAGES_MIN)
		return false;
	n->nr_tx = TX_PAGES;
	n->nr_rx = RX_PAGES;
	if (2 + n->nr_tx + n->nr_rx > left)
		n->nr_tx = n->nr_rx =
			(left - 2) / 2 < TX_PAGES ? (left - 2) / 2 : TX_PAGES;
	n->tx_page = window_page(n->m, &n->tx_frame);
	n->rx_page = window_page(n->m, &n->rx_frame);
	return take_some(n->m, n->tx_buf, n->tx_buf_frame, n->nr_tx) &&
	       take_some(n->m, n->rx_buf, n->rx_buf_frame, n->nr_rx);
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
	n->nic.pages = netfront_pages;
	n->nic.send = netfront_send;
	n->nic.ready = netfront_ready;
	n->nic.takes_blank = n->m->options.virtio_net;
	n->dev.changed = backend_changed;
	if (take_pages(n))
		net.n++;
	else
		log_warn(NET, "interface %u: no pages left for it", id);
}

void netfront_scan(struct machine *m)
{
	xenbus_scan("vif", found, m);
}

static void connect(struct netfront *n)
{
	if (!xenbus_connect(&n->dev, &n->connected, WAIT_SECONDS) &&
	    n->dev.state != XENBUS_CLOSED)
		log_err(NET, "%s: the backend did not answer within %u seconds",
			n->dev.node, WAIT_SECONDS);
}

static bool known(uint32_t id)
{
	for (unsigned int i = 0; i < net.n; i++)
		if (net.dev[i].dev.id == id)
			return true;
	return false;
}

void netfront_connect(struct machine *m)
{
	(void)m;
	for (unsigned int i = 0; i < net.n; i++)
		connect(&net.dev[i]);
	xenbus_refuse_others("vif", known);
}

struct nic *netfront_nic(unsigned int n)
{
	return n < net.n ? &net.dev[n].nic : NULL;
}

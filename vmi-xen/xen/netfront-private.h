/* SPDX-License-Identifier: GPL-2.0-only */
/* What netfront.c (handshake) and netfront-ring.c (frames) share. */
#ifndef VMI_XEN_NETFRONT_PRIVATE_H
#define VMI_XEN_NETFRONT_PRIVATE_H

#include "xen/hypercall.h"
#include "xen/barrier.h"
#include "xen/netfront.h"
#include "xen/netfront-join.h"
#include "xen/domain.h"
#include "xen/grant.h"
#include "xen/xenbus.h"
#include <xen/io/netif.h>

#define RX_PAGES  24u
#define TX_PAGES  20u		   /* one large frame, and some small ones */
#define PAGES_MIN 4u		   /* of each, when the window is nearly full */
#define LARGE_MIN (NIC_PIECES + 1) /* on the ring, for a large frame to come */
#define RX_RING	  __CONST_RING_SIZE(netif_rx, PAGE_SIZE)

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
	uint32_t nr_tx;
	uint8_t *tx_buf[TX_PAGES];
	mfn_t tx_buf_frame[TX_PAGES];
	grant_t tx_buf_grant[TX_PAGES];
	uint32_t tx_used;		 /* bit for each page */
	uint8_t tx_next[NIC_MAX_PAGES];	 /* those that pages() gave ... */
	uint8_t *tx_list[NIC_MAX_PAGES]; /* ... and where they are */

	netif_rx_front_ring_t rx;
	struct netif_rx_sring *rx_page;
	mfn_t rx_frame;
	grant_t rx_grant;
	uint32_t nr_rx;
	uint8_t *rx_buf[RX_PAGES];
	mfn_t rx_buf_frame[RX_PAGES];
	grant_t rx_buf_grant[RX_PAGES];
	uint8_t rx_at[RX_RING]; /* page that is offered there */
	struct join rx_now;	/* that comes, in its pages */
	bool rx_held;		/* the card has refused it */
};
_Static_assert(TX_PAGES <= 32, "tx_used has a bit for each");
_Static_assert(TX_PAGES >= NIC_MAX_PAGES, "a large frame finds room");

/** What the model's card does; struct nic has them. */
uint8_t *const *netfront_pages(struct nic *nic, uint32_t len);
void netfront_send(struct nic *nic, uint32_t len, const struct nic_hints *h);
void netfront_ready(struct nic *nic);
/** The backend has answered. Context: upcall. */
void netfront_event(void *opaque);
/** Tell the card that frames have gone. */
void netfront_give_room(struct netfront *n);
/** Put page @page on the ring, for a frame to come. */
void netfront_offer(struct netfront *n, uint32_t page);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Legacy virtio network card.  Pure. */
#include "dev/virtio-net.h"
#include "dev/csum.h"
#include "lib/string.h"

#define QUEUE_RX  0
#define QUEUE_TX  1
#define NR_QUEUES 2

#define F_CSUM	      BIT(0) /* we fill in checksums */
#define F_GUEST_CSUM  BIT(1) /* the driver does */
#define F_MAC	      BIT(5)
#define F_HOST_TSO4   BIT(11) /* we cut large frames */
#define F_STATUS      BIT(16)
#define CONFIG_STATUS NIC_MAC_LEN /* after the address */
#define STATUS_LINK   1

#define FRAME_MIN 14u

/* In front of each frame. */
struct header {
	uint8_t flags, gso_type;
	uint16_t header_len, gso_size, csum_start, csum_offset;
};
#define HEADER_LEN	10u
#define FLAG_NEEDS_CSUM 1
#define FLAG_DATA_VALID 2
#define GSO_NONE	0
#define GSO_TCPV4	1
_Static_assert(sizeof(struct header) == HEADER_LEN, "as drivers have it");

static struct virtio_net *of(struct virtio *v)
{
	return (struct virtio_net *)(void *)v;
}

/* The cable has been pulled or plugged: the driver is to look. */
static void link_changed(void *card)
{
	struct virtio_net *n = card;
	uint8_t now = n->nic->link ? STATUS_LINK : 0;

	if (n->v.config[CONFIG_STATUS] == now)
		return;
	n->v.config[CONFIG_STATUS] = now;
	if (n->v.accepted & F_STATUS)
		virtio_config_changed(&n->v);
}

/* --- Sending --------------------------------------------------------------*/
/* The chain's bytes; 0: it is no chain to send. */
static uint32_t chain_len(struct virtio_net *n, struct virtio_chain *c)
{
	uint64_t len = 0;

	while (virtio_next(&n->v, c)) {
		if (c->in)
			return 0;
		len += c->len;
	}
	virtio_rewind(&n->v, QUEUE_TX, c);
	return len > HEADER_LEN + NIC_LARGE_MAX ? 0 : (uint32_t)len;
}

/* Its next @len bytes to @to; the chain's state is where it is now. */
static void take(struct virtio_net *n, struct virtio_chain *c, void *to,
		 uint32_t len)
{
	uint8_t *at = to;

	while (len) {
		uint32_t some;

		if (!c->len && !virtio_next(&n->v, c))
			return; /* shorter than it was: the driver's fault */
		some = c->len < len ? c->len : len;
		if (some)
			n->v.dma.read(n->v.dma.opaque, at, c->gpa, some);
		c->gpa += some;
		c->len -= some;
		at += some;
		len -= some;
	}
}

/* May a frame of this length say this? */
static bool header_ok(const struct virtio_net *n, const struct header *h,
		      uint32_t len)
{
	if (len < FRAME_MIN)
		return false;
	if (h->gso_type == GSO_NONE)
		return len <= NIC_FRAME_MAX;
	return h->gso_type == GSO_TCPV4 && h->gso_size && n->nic->can_cut &&
	       (n->v.accepted & F_HOST_TSO4) && (h->flags & FLAG_NEEDS_CSUM);
}

/*
 * What is left to the network.  It finds the checksum by itself in what it
 * knows; elsewhere we make it.  False: a large frame of something else.
 */
static bool hints_of(const struct header *h, uint8_t *frame, uint32_t len,
		     struct nic_hints *hints)
{
	const struct csum_place said = { h->csum_start, h->csum_offset };
	struct csum_place p;

	*hints = (struct nic_hints){ false };
	if (!(h->flags & FLAG_NEEDS_CSUM))
		return true;
	hints->blank = csum_find(frame, len, &p) && p.start == said.start &&
		       p.offset == said.offset;
	if (h->gso_type == GSO_NONE)
		return hints->blank || csum_fill(frame, len, &said);
	hints->segment = h->gso_size;
	return hints->blank && p.offset == CSUM_TCP;
}

enum outcome {
	NO_FRAME,
	NO_ROOM,
	SENT
};

static enum outcome send_chain(struct virtio_net *n, struct virtio_chain *c)
{
	uint32_t len = chain_len(n, c);
	struct nic_hints hints;
	uint8_t *const *page;
	struct header h;

	if (len <= HEADER_LEN)
		return NO_FRAME;
	len -= HEADER_LEN;
	c->len = 0;
	take(n, c, &h, HEADER_LEN);
	if (!header_ok(n, &h, len))
		return NO_FRAME;
	page = n->nic->pages(n->nic, len);
	if (!page)
		return NO_ROOM;
	for (uint32_t at = 0; at < len; at += PAGE_SIZE)
		take(n, c, page[at / PAGE_SIZE],
		     len - at < PAGE_SIZE ? len - at : PAGE_SIZE);
	if (!hints_of(&h, page[0], len, &hints))
		return NO_FRAME;
	n->nic->send(n->nic, len, &hints);
	return SENT;
}

static void tx_tell(struct virtio_net *n)
{
	if (n->tx_untold)
		virtio_interrupt(&n->v, QUEUE_TX);
	n->tx_untold = false;
}

/*
 * A chain can be used again at once, for its bytes are copied.  The driver is
 * told when the frame has gone: that is an event anyway, often one with frames
 * that have come, and a driver that sends answers has one interrupt, not two.
 */
static void transmit(struct virtio_net *n)
{
	enum outcome is = NO_FRAME;
	struct virtio_chain c;
	bool sent = false;

	/* At most a ring full: a guest that adds more may notify again. */
	for (uint32_t i = 0; i < VIRTIO_QUEUE_SIZE; i++) {
		if (!virtio_peek(&n->v, QUEUE_TX, &c))
			break;
		is = send_chain(n, &c);
		if (is == NO_ROOM)
			break; /* it stays the first until room() */
		virtio_pop(&n->v, QUEUE_TX);
		virtio_push(&n->v, QUEUE_TX, c.head, 0);
		n->tx_untold = true;
		sent = sent || is == SENT;
	}
	if (!n->nic->link || (!sent && is != NO_ROOM))
		tx_tell(n); /* no room() will come for these */
}

static void room(void *card)
{
	struct virtio_net *n = card;

	transmit(n);
	tx_tell(n);
}

/* --- Receiving ------------------------------------------------------------*/
/* Header and frame into the chain's buffers; false: they are too small. */
static bool rx_scatter(struct virtio_net *n, struct virtio_chain *c,
		       const struct header *header, const uint8_t *frame,
		       uint32_t len)
{
	const uint8_t *from = (const uint8_t *)header;
	const struct dma_host *d = &n->v.dma;
	uint32_t head = HEADER_LEN;

	while ((head || len) && virtio_next(&n->v, c)) {
		uint32_t h = c->len < head ? c->len : head;
		uint32_t b = c->len - h < len ? c->len - h : len;

		if (!c->in)
			return false;
		if (h)
			d->write(d->opaque, c->gpa, from, h);
		if (b)
			d->write(d->opaque, c->gpa + h, frame, b);
		from += h;
		head -= h;
		frame += b;
		len -= b;
	}
	return !head && !len;
}

/* What the driver is told; what it does not want to fill in, we do. */
static struct header rx_header(const struct virtio_net *n, uint8_t *frame,
			       uint32_t len, const struct nic_hints *hints)
{
	struct header h = { 0 };
	struct csum_place p;

	if (!hints->blank) {
		if (hints->good && (n->v.accepted & F_GUEST_CSUM))
			h.flags = FLAG_DATA_VALID;
	} else if (!csum_find(frame, len, &p)) {
		; /* left as it is: the guest will find it wrong */
	} else if (n->v.accepted & F_GUEST_CSUM) {
		h.flags = FLAG_NEEDS_CSUM;
		h.csum_start = p.start;
		h.csum_offset = p.offset;
	} else {
		csum_fill(frame, len, &p);
	}
	return h;
}

static bool receive(void *card, void *frame, uint32_t len,
		    const struct nic_hints *hints)
{
	struct virtio_net *n = card;
	struct virtio_chain c;
	struct header h;

	if (!n->v.queue[QUEUE_RX].pfn || len > NIC_FRAME_MAX)
		return true; /* nobody listens */
	if (!virtio_peek(&n->v, QUEUE_RX, &c)) {
		n->rx_starved = true;
		return false;
	}
	virtio_pop(&n->v, QUEUE_RX);
	h = rx_header(n, frame, len, hints);
	if (!rx_scatter(n, &c, &h, frame, len))
		len = 0;
	virtio_push(&n->v, QUEUE_RX, c.head, len ? HEADER_LEN + len : 0);
	if (!n->v.queue[QUEUE_RX].quiet)
		virtio_interrupt(&n->v, QUEUE_RX);
	return true;
}

static void retry_receive(struct virtio_net *n)
{
	if (!n->rx_starved)
		return;
	n->rx_starved = false;
	if (n->nic->ready)
		n->nic->ready(n->nic);
}

/* --- The driver -----------------------------------------------------------*/
static void notify(struct virtio *v, unsigned int q)
{
	if (q == QUEUE_TX)
		transmit(of(v));
	else
		retry_receive(of(v));
}

static void reset(struct virtio *v)
{
	retry_receive(of(v)); /* frames that wait go nowhere now */
	of(v)->tx_untold = false;
	v->config[CONFIG_STATUS] = of(v)->nic->link ? STATUS_LINK : 0;
}

void virtio_net_init(struct virtio_net *n, struct nic *nic, struct irq_line irq,
		     const struct dma_host *dma)
{
	memset(n, 0, sizeof(*n));
	n->nic = nic;
	n->v.offered = F_MAC | F_STATUS | VIRTIO_F_INDIRECT | F_CSUM |
		       F_GUEST_CSUM | (nic->can_cut ? F_HOST_TSO4 : 0);
	memcpy(n->v.config, nic->mac, NIC_MAC_LEN);
	n->v.notify = notify;
	n->v.reset = reset;
	virtio_init(&n->v, NR_QUEUES, irq, dma);
	nic->card = n;
	nic->receive = receive;
	nic->room = room;
	nic->link_changed = link_changed;
}

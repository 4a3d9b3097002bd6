/* SPDX-License-Identifier: GPL-2.0-only */
/* Legacy virtio network card.  Pure. */
#include "dev/virtio-net.h"
#include "dev/tcp-cut.h"
#include "lib/string.h"

#define QUEUE_RX  0
#define QUEUE_TX  1
#define NR_QUEUES 2

#define F_CSUM	      BIT(0) /* we fill in checksums */
#define F_GUEST_CSUM  BIT(1) /* the driver does */
#define F_MAC	      BIT(5)
#define F_GUEST_TSO4  BIT(7)  /* the driver takes large frames */
#define F_HOST_TSO4   BIT(11) /* we cut large frames */
#define F_MERGE	      BIT(15) /* a frame may lie in several chains */
#define F_STATUS      BIT(16)
#define CONFIG_STATUS NIC_MAC_LEN /* after the address */
#define STATUS_LINK   1

#define FRAME_MIN 14u

/* In front of each frame; the last word is there with F_MERGE only. */
struct header {
	uint8_t flags, gso_type;
	uint16_t header_len, gso_size, csum_start, csum_offset;
	uint16_t nr_chains;
};
#define HEADER_LEN	10u
#define HEADER_MERGE	12u
#define FLAG_NEEDS_CSUM 1
#define FLAG_DATA_VALID 2
#define GSO_NONE	0
#define GSO_TCPV4	1
_Static_assert(sizeof(struct header) == HEADER_MERGE, "as drivers have it");

static struct virtio_net *of(struct virtio *v)
{
	return (struct virtio_net *)(void *)v;
}

static uint32_t header_len(const struct virtio_net *n)
{
	return n->v.accepted & F_MERGE ? HEADER_MERGE : HEADER_LEN;
}

/* The cable has been pulled or plugged: the driver is to look. */
static void link_changed(void *card)
{
	struct virtio_net *n = card;
	uint8_t now = n->nic->link ? STATUS_LINK : 0;

	n->rx_cut = 0;
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
	return len > header_len(n) + NIC_LARGE_MAX ? 0 : (uint32_t)len;
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
	uint32_t len = chain_len(n, c), head = header_len(n);
	struct nic_hints hints;
	uint8_t *const *page;
	struct header h;

	if (len <= head)
		return NO_FRAME;
	len -= head;
	c->len = 0;
	take(n, c, &h, head);
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
/* What goes into buffers, and how far that is. */
struct source {
	const uint8_t *at; /* of the header, or of a piece */
	uint32_t len;
	const struct nic_frame *f;
	uint32_t next; /* piece of it */
};

static void source_skip(struct source *s, uint32_t bytes)
{
	s->at += bytes;
	s->len -= bytes;
	if (s->len || s->next == s->f->n)
		return;
	s->at = s->f->piece[s->next].at;
	s->len = s->f->piece[s->next++].len;
}

/* As much as the chain has room for; returns the bytes. */
static uint32_t rx_fill(struct virtio_net *n, struct virtio_chain *c,
			struct source *s)
{
	const struct dma_host *d = &n->v.dma;
	uint32_t done = 0;

	while (s->len && virtio_next(&n->v, c) && c->in) {
		while (c->len && s->len) {
			uint32_t some = c->len < s->len ? c->len : s->len;

			d->write(d->opaque, c->gpa, s->at, some);
			c->gpa += some;
			c->len -= some;
			done += some;
			source_skip(s, some);
		}
	}
	return done;
}

/* What the chain has room for, counted up to @enough. */
static uint32_t rx_room(struct virtio_net *n, struct virtio_chain *c,
			uint32_t enough)
{
	uint32_t room = 0;

	while (room < enough && virtio_next(&n->v, c) && c->in)
		room += c->len < enough ? c->len : enough;
	virtio_rewind(&n->v, QUEUE_RX, c);
	return room;
}

/* The next chain, @c, and how many it takes with it; 0: wait for more. */
static uint32_t rx_chains(struct virtio_net *n, struct virtio_chain *c,
			  uint32_t bytes)
{
	struct virtio_chain more;
	uint32_t count = 1, room;

	if (!virtio_peek(&n->v, QUEUE_RX, c))
		return 0;
	if (!(n->v.accepted & F_MERGE))
		return 1;
	for (room = rx_room(n, c, bytes); room < bytes; count++) {
		if (count == VIRTIO_QUEUE_SIZE)
			break; /* all that can be: it does not fit */
		if (!virtio_peek_ahead(&n->v, QUEUE_RX, count, &more))
			return 0;
		room += rx_room(n, &more, bytes - room);
	}
	return count;
}

/*
 * A frame into the driver's buffers; false: there are none now.  What does not
 * fit into the buffers that there can be has no length.
 */
static bool rx_deliver(struct virtio_net *n, const struct nic_frame *f,
		       struct header *h)
{
	struct source s = { (const uint8_t *)h, header_len(n), f, 0 };
	struct virtio_chain c;
	uint32_t count = rx_chains(n, &c, s.len + f->len), i = 0, done;

	if (!count) {
		n->rx_starved = true;
		return false;
	}
	h->nr_chains = (uint16_t)count;
	do {
		virtio_pop(&n->v, QUEUE_RX);
		done = rx_fill(n, &c, &s);
		if (i + 1 == count && s.len)
			done = 0;
		virtio_push_ahead(&n->v, QUEUE_RX, i, c.head, done);
	} while (++i < count && virtio_peek(&n->v, QUEUE_RX, &c));
	virtio_push_done(&n->v, QUEUE_RX, i);
	if (!n->v.queue[QUEUE_RX].quiet)
		virtio_interrupt(&n->v, QUEUE_RX);
	return true;
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
	struct nic_frame f;
	struct header h;

	if (!n->v.queue[QUEUE_RX].pfn || !len || len > NIC_FRAME_MAX)
		return true; /* nobody listens */
	h = rx_header(n, frame, len, hints);
	f.n = 1;
	f.len = f.piece[0].len = len;
	f.piece[0].at = frame;
	return rx_deliver(n, &f, &h);
}

/* For a driver that wants frames as they are on a wire. */
static bool receive_cut(struct virtio_net *n, const struct nic_frame *f,
			const struct tcp_large *t)
{
	static const struct nic_hints blank = { .blank = true, .good = true };

	for (; n->rx_cut < t->count; n->rx_cut++) {
		uint32_t len = tcp_cut(t, f, n->rx_cut, n->rx_small);

		if (!receive(n, n->rx_small, len, &blank))
			return false;
	}
	n->rx_cut = 0;
	return true;
}

static bool receive_large(void *card, const struct nic_frame *f,
			  const struct nic_hints *hints)
{
	const uint32_t wants = F_GUEST_TSO4 | F_GUEST_CSUM;
	struct virtio_net *n = card;
	struct header h = { 0 };
	struct tcp_large t;

	if (!hints->segment && f->len <= NIC_FRAME_MAX) {
		nic_gather(f, 0, n->rx_small, f->len);
		return receive(n, n->rx_small, f->len, hints);
	}
	if (!n->v.queue[QUEUE_RX].pfn || !hints->blank ||
	    !tcp_large(&t, f, hints->segment)) {
		n->rx_cut = 0;
		return true; /* nobody listens, or nothing to understand */
	}
	if ((n->v.accepted & wants) != wants || t.count == 1)
		return receive_cut(n, f, &t);
	h.flags = FLAG_NEEDS_CSUM;
	h.gso_type = GSO_TCPV4;
	h.header_len = t.headers;
	h.gso_size = t.segment;
	h.csum_start = t.sum.start;
	h.csum_offset = t.sum.offset;
	return rx_deliver(n, f, &h);
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
		       F_GUEST_CSUM | F_GUEST_TSO4 | F_MERGE |
		       (nic->can_cut ? F_HOST_TSO4 : 0);
	memcpy(n->v.config, nic->mac, NIC_MAC_LEN);
	n->v.notify = notify;
	n->v.reset = reset;
	virtio_init(&n->v, NR_QUEUES, irq, dma);
	nic->card = n;
	nic->receive = receive;
	nic->receive_large = receive_large;
	nic->room = room;
	nic->link_changed = link_changed;
}

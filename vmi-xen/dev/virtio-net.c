/* SPDX-License-Identifier: GPL-2.0-only */
/* Legacy virtio network card.  Pure. */
#include "dev/virtio-net.h"
#include "lib/string.h"

#define QUEUE_RX  0
#define QUEUE_TX  1
#define NR_QUEUES 2

#define F_MAC	      BIT(5)
#define F_STATUS      BIT(16)
#define CONFIG_STATUS NIC_MAC_LEN /* after the address */
#define STATUS_LINK   1

#define HEADER_LEN 10u /* about offloads: all zero */
#define FRAME_MIN  14u

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
/* The chain's bytes behind the header; 0: it is no frame. */
static uint32_t tx_gather(struct virtio_net *n, struct virtio_chain *c)
{
	uint32_t skip = HEADER_LEN, len = 0;

	while (virtio_next(&n->v, c)) {
		uint32_t s = c->len < skip ? c->len : skip;

		if (c->in)
			return 0;
		skip -= s;
		c->gpa += s;
		c->len -= s;
		if (c->len > sizeof(n->tx) - len)
			return 0;
		if (c->len)
			n->v.dma.read(n->v.dma.opaque, n->tx + len, c->gpa,
				      c->len);
		len += c->len;
	}
	return len < FRAME_MIN ? 0 : len;
}

static void transmit(struct virtio_net *n)
{
	struct virtio_chain c;
	bool any = false;

	/* At most a ring full: a guest that adds more may notify again. */
	for (uint32_t i = 0; i < VIRTIO_QUEUE_SIZE; i++) {
		uint32_t len;

		if (!virtio_peek(&n->v, QUEUE_TX, &c))
			break;
		len = tx_gather(n, &c);
		if (len && !n->nic->send(n->nic, n->tx, len))
			break; /* it stays the first until room() */
		virtio_pop(&n->v, QUEUE_TX);
		virtio_push(&n->v, QUEUE_TX, c.head, 0);
		any = true;
	}
	if (any && !n->v.queue[QUEUE_TX].quiet)
		virtio_interrupt(&n->v, QUEUE_TX);
}

static void room(void *card)
{
	transmit(card);
}

/* --- Receiving ------------------------------------------------------------*/
/* Header and frame into the chain's buffers; false: they are too small. */
static bool rx_scatter(struct virtio_net *n, struct virtio_chain *c,
		       const uint8_t *frame, uint32_t len)
{
	static const uint8_t header[HEADER_LEN];
	const struct dma_host *d = &n->v.dma;
	uint32_t head = HEADER_LEN;

	while ((head || len) && virtio_next(&n->v, c)) {
		uint32_t h = c->len < head ? c->len : head;
		uint32_t b = c->len - h < len ? c->len - h : len;

		if (!c->in)
			return false;
		if (h)
			d->write(d->opaque, c->gpa, header, h);
		if (b)
			d->write(d->opaque, c->gpa + h, frame, b);
		head -= h;
		frame += b;
		len -= b;
	}
	return !head && !len;
}

static bool receive(void *card, const void *frame, uint32_t len)
{
	struct virtio_net *n = card;
	struct virtio_chain c;

	if (!n->v.queue[QUEUE_RX].pfn || len > NIC_FRAME_MAX)
		return true; /* nobody listens */
	if (!virtio_peek(&n->v, QUEUE_RX, &c)) {
		n->rx_starved = true;
		return false;
	}
	virtio_pop(&n->v, QUEUE_RX);
	if (!rx_scatter(n, &c, frame, len))
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
	v->config[CONFIG_STATUS] = of(v)->nic->link ? STATUS_LINK : 0;
}

void virtio_net_init(struct virtio_net *n, struct nic *nic, struct irq_line irq,
		     const struct dma_host *dma)
{
	memset(n, 0, sizeof(*n));
	n->nic = nic;
	n->v.offered = F_MAC | F_STATUS | VIRTIO_F_INDIRECT;
	memcpy(n->v.config, nic->mac, NIC_MAC_LEN);
	n->v.notify = notify;
	n->v.reset = reset;
	virtio_init(&n->v, NR_QUEUES, irq, dma);
	nic->card = n;
	nic->receive = receive;
	nic->room = room;
	nic->link_changed = link_changed;
}

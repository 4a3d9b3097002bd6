/* SPDX-License-Identifier: GPL-2.0-only */
/* Legacy virtio devices on PCI: registers and queues.  Pure. */
#include "dev/virtio.h"
#include "lib/string.h"

#define REG_OFFERED  0
#define REG_ACCEPTED 4
#define REG_PFN	     8
#define REG_SIZE     12
#define REG_SELECT   14
#define REG_NOTIFY   16
#define REG_STATUS   18
#define REG_ISR	     19
#define REG_CONFIG   20

#define ISR_QUEUE  1
#define ISR_CONFIG 2

#define AVAIL_NO_INTERRUPT 1

#define DESC_NEXT     1
#define DESC_IN	      2
#define DESC_INDIRECT 4

struct desc {
	uint64_t gpa;
	uint32_t len;
	uint16_t flags, next;
};

struct avail {
	uint16_t flags, idx;
};

struct used_elem {
	uint32_t id, len;
};

/* Where the parts of a queue lie. */
#define AVAIL_OFFSET (VIRTIO_QUEUE_SIZE * sizeof(struct desc))
#define AVAIL_RING   (AVAIL_OFFSET + sizeof(struct avail))
#define AVAIL_END    (AVAIL_RING + 2 * VIRTIO_QUEUE_SIZE)
#define USED_OFFSET  ((AVAIL_END + PAGE_MASK) & ~PAGE_MASK)
#define USED_IDX     (USED_OFFSET + 2)
#define USED_RING    (USED_OFFSET + 4)

static gpa_t queue_at(const struct virtio_queue *q)
{
	return (gpa_t)q->pfn << PAGE_SHIFT;
}

static void rd(const struct virtio *v, void *to, gpa_t gpa, size_t len)
{
	v->dma.read(v->dma.opaque, to, gpa, (uint32_t)len);
}

static void wr(const struct virtio *v, gpa_t gpa, const void *from, size_t len)
{
	v->dma.write(v->dma.opaque, gpa, from, (uint32_t)len);
}

/* --- Chains ---------------------------------------------------------------*/
static void chain_start(const struct virtio_queue *q, struct virtio_chain *c)
{
	c->table = queue_at(q);
	c->size = VIRTIO_QUEUE_SIZE;
	c->next = c->head;
	c->steps = 0;
}

void virtio_rewind(struct virtio *v, unsigned int q, struct virtio_chain *c)
{
	chain_start(&v->queue[q], c);
}

bool virtio_peek_ahead(struct virtio *v, unsigned int n, uint32_t ahead,
		       struct virtio_chain *c)
{
	struct virtio_queue *q = &v->queue[n];
	uint32_t waiting;
	struct avail a;

	if (!q->pfn)
		return false;
	rd(v, &a, queue_at(q) + AVAIL_OFFSET, sizeof(a));
	q->quiet = a.flags & AVAIL_NO_INTERRUPT;
	waiting = (uint16_t)(a.idx - q->seen);
	if (waiting <= ahead || waiting > VIRTIO_QUEUE_SIZE)
		return false; /* not so many, or nonsense */
	rd(v, &c->head,
	   queue_at(q) + AVAIL_RING +
		   2 * ((q->seen + ahead) % VIRTIO_QUEUE_SIZE),
	   sizeof(c->head));
	chain_start(q, c);
	return true;
}

bool virtio_peek(struct virtio *v, unsigned int n, struct virtio_chain *c)
{
	return virtio_peek_ahead(v, n, 0, c);
}

void virtio_pop(struct virtio *v, unsigned int q)
{
	v->queue[q].seen++;
}

/* The table of its own that descriptor @d stands for. */
static bool enter_indirect(const struct virtio *v, struct virtio_chain *c,
			   struct desc *d)
{
	if (!(v->accepted & VIRTIO_F_INDIRECT) || d->len < sizeof(*d))
		return false;
	c->table = d->gpa;
	c->size = d->len / sizeof(*d);
	if (c->size > VIRTIO_CHAIN_MAX)
		c->size = VIRTIO_CHAIN_MAX;
	rd(v, d, c->table, sizeof(*d));
	return !(d->flags & DESC_INDIRECT);
}

bool virtio_next(struct virtio *v, struct virtio_chain *c)
{
	struct desc d;

	if (c->next >= c->size || c->steps++ >= VIRTIO_CHAIN_MAX)
		return false;
	rd(v, &d, c->table + c->next * sizeof(d), sizeof(d));
	if ((d.flags & DESC_INDIRECT) && !enter_indirect(v, c, &d)) {
		c->next = c->size;
		return false;
	}
	c->gpa = d.gpa;
	c->len = d.len;
	c->in = d.flags & DESC_IN;
	c->next = d.flags & DESC_NEXT ? d.next : c->size;
	return true;
}

void virtio_push_ahead(struct virtio *v, unsigned int n, uint32_t ahead,
		       uint16_t head, uint32_t written)
{
	struct virtio_queue *q = &v->queue[n];
	const struct used_elem e = { head, written };

	if (q->pfn)
		wr(v,
		   queue_at(q) + USED_RING +
			   ((q->used + ahead) % VIRTIO_QUEUE_SIZE) * sizeof(e),
		   &e, sizeof(e));
}

void virtio_push_done(struct virtio *v, unsigned int n, uint32_t count)
{
	struct virtio_queue *q = &v->queue[n];

	if (!q->pfn)
		return;
	q->used = (uint16_t)(q->used + count);
	wr(v, queue_at(q) + USED_IDX, &q->used, sizeof(q->used));
}

void virtio_push(struct virtio *v, unsigned int n, uint16_t head,
		 uint32_t written)
{
	virtio_push_ahead(v, n, 0, head, written);
	virtio_push_done(v, n, 1);
}

/* --- Interrupts -----------------------------------------------------------*/
void virtio_interrupt(struct virtio *v, unsigned int n)
{
	struct virtio_queue *q = &v->queue[n];
	struct avail a;

	if (!q->pfn)
		return;
	rd(v, &a, queue_at(q) + AVAIL_OFFSET, sizeof(a));
	if (a.flags & AVAIL_NO_INTERRUPT)
		return;
	v->isr |= ISR_QUEUE;
	irq_line_set(&v->irq, true);
}

void virtio_config_changed(struct virtio *v)
{
	v->isr |= ISR_QUEUE | ISR_CONFIG;
	irq_line_set(&v->irq, true);
}

static uint8_t take_isr(struct virtio *v)
{
	uint8_t isr = v->isr;

	v->isr = 0;
	irq_line_set(&v->irq, false);
	return isr;
}

/* --- Registers ------------------------------------------------------------*/
static void reset(struct virtio *v)
{
	memset(v->queue, 0, sizeof(v->queue));
	v->accepted = 0;
	v->status = 0;
	v->select = 0;
	take_isr(v);
	if (v->reset)
		v->reset(v);
}

void virtio_init(struct virtio *v, unsigned int nr_queues, struct irq_line irq,
		 const struct dma_host *dma)
{
	v->nr_queues = nr_queues;
	v->irq = irq;
	v->dma = *dma;
	reset(v);
}

static uint32_t config_read(const struct virtio *v, unsigned int offset,
			    unsigned int size)
{
	uint32_t value = 0;

	for (unsigned int i = 0; i < size; i++)
		if (offset + i < sizeof(v->config))
			value |= (uint32_t)v->config[offset + i] << 8 * i;
	return value;
}

uint32_t virtio_read(struct virtio *v, unsigned int offset, unsigned int size)
{
	bool there = v->select < v->nr_queues;

	switch (offset) {
	case REG_OFFERED:
		return v->offered;
	case REG_ACCEPTED:
		return v->accepted;
	case REG_PFN:
		return there ? v->queue[v->select].pfn : 0;
	case REG_SIZE:
		return there ? VIRTIO_QUEUE_SIZE : 0;
	case REG_SELECT:
		return v->select;
	case REG_STATUS:
		return v->status;
	case REG_ISR:
		return take_isr(v);
	default:
		return offset < REG_CONFIG
			       ? 0
			       : config_read(v, offset - REG_CONFIG, size);
	}
}

static void write_pfn(struct virtio *v, uint32_t pfn)
{
	if (v->select >= v->nr_queues)
		return;
	v->queue[v->select] = (struct virtio_queue){ .pfn = pfn };
}

void virtio_write(struct virtio *v, unsigned int offset, unsigned int size,
		  uint32_t value)
{
	(void)size;
	switch (offset) {
	case REG_ACCEPTED:
		v->accepted = value & v->offered;
		break;
	case REG_PFN:
		write_pfn(v, value);
		break;
	case REG_SELECT:
		v->select = (uint16_t)value;
		break;
	case REG_NOTIFY:
		if ((uint16_t)value < v->nr_queues)
			v->notify(v, (uint16_t)value);
		break;
	case REG_STATUS:
		if (value & 0xff)
			v->status = (uint8_t)value;
		else
			reset(v);
		break;
	default:
		break; /* the configuration is read-only */
	}
}

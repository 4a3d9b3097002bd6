/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Legacy virtio devices on PCI: registers, queues, chains of buffers.
 * Source: "Virtio PCI Card Specification" 0.9.5.
 *
 * What a guest keeps in its memory is read once and bounded before it is used.
 */
#ifndef VMI_DEV_VIRTIO_H
#define VMI_DEV_VIRTIO_H

#include "dev/dma.h"
#include "dev/irq-line.h"

#define VIRTIO_VENDOR	    0x1af4
#define VIRTIO_DEVICE_NET   0x1000
#define VIRTIO_DEVICE_BLOCK 0x1001
#define VIRTIO_IO_SIZE	    128
#define VIRTIO_MAX_QUEUES   2
#define VIRTIO_QUEUE_SIZE   128u /* descriptors of each queue */
#define VIRTIO_CHAIN_MAX    256u /* descriptors of one chain */
#define VIRTIO_CONFIG_MAX   48

#define VIRTIO_F_INDIRECT BIT(28)

struct virtio_queue {
	uint32_t pfn;  /* 0: not there yet */
	uint16_t seen; /* of the ring of what is available */
	uint16_t used;
	bool quiet; /* the driver wants no interrupts, as last read */
};

struct virtio {
	uint32_t offered, accepted; /* features */
	uint8_t status, isr;
	uint16_t select;
	unsigned int nr_queues;
	struct virtio_queue queue[VIRTIO_MAX_QUEUES];
	uint8_t config[VIRTIO_CONFIG_MAX];
	struct irq_line irq;
	struct dma_host dma;
	/** The driver has put something into queue @q. */
	void (*notify)(struct virtio *v, unsigned int q);
	/** The driver starts anew; queues are empty. NULL: nothing to do. */
	void (*reset)(struct virtio *v);
};

/* A chain of buffers; after virtio_next() the buffer that it is at. */
struct virtio_chain {
	uint16_t head;
	gpa_t gpa;
	uint32_t len;
	bool in; /* the device writes it */

	gpa_t table; /* internal: where the descriptors are ... */
	uint32_t size;
	uint32_t next; /* ... which is next, size: none */
	uint32_t steps;
};

/** After @offered, config and the callbacks are filled in. */
void virtio_init(struct virtio *v, unsigned int nr_queues, struct irq_line irq,
		 const struct dma_host *dma);
/** Registers, @offset below VIRTIO_IO_SIZE, @size 1, 2 or 4 bytes. */
uint32_t virtio_read(struct virtio *v, unsigned int offset, unsigned int size);
void virtio_write(struct virtio *v, unsigned int offset, unsigned int size,
		  uint32_t value);
/** The configuration has changed: tells the driver. */
void virtio_config_changed(struct virtio *v);

/**
 * The next chain of queue @q; false: none.  It stays the queue's first until
 * virtio_pop().
 */
bool virtio_peek(struct virtio *v, unsigned int q, struct virtio_chain *c);
/** The chain that is @ahead places behind that. */
bool virtio_peek_ahead(struct virtio *v, unsigned int q, uint32_t ahead,
		       struct virtio_chain *c);
void virtio_pop(struct virtio *v, unsigned int q);
/** From its start again. */
void virtio_rewind(struct virtio *v, unsigned int q, struct virtio_chain *c);
/** The chain's next buffer; false: there is none, or it is no chain. */
bool virtio_next(struct virtio *v, struct virtio_chain *c);
/** Chain @head is done, @written bytes of it are new. */
void virtio_push(struct virtio *v, unsigned int q, uint16_t head,
		 uint32_t written);
/** The same for several that the driver is to see at once: each, then all. */
void virtio_push_ahead(struct virtio *v, unsigned int q, uint32_t ahead,
		       uint16_t head, uint32_t written);
void virtio_push_done(struct virtio *v, unsigned int q, uint32_t count);
/** Interrupt for queue @q, unless the driver wants none. */
void virtio_interrupt(struct virtio *v, unsigned int q);

#endif

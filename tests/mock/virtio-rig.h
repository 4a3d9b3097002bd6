/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A driver of legacy virtio devices, as small as can be, and its memory: the
 * registers through virtio_read() and virtio_write(), queues in RAM.
 */
#ifndef TESTS_MOCK_VIRTIO_RIG_H
#define TESTS_MOCK_VIRTIO_RIG_H

#include "dev/virtio.h"

#define RIG_RAM	     0x80000u
#define RIG_PAGES    (RIG_RAM / PAGE_SIZE)
#define RIG_QUEUE(n) (0x10000u * ((n) + 1)) /* where queue n lies */

#define DESC_NEXT     1
#define DESC_IN	      2
#define DESC_INDIRECT 4

/* A buffer of a chain. */
struct rig_buf {
	uint32_t at, len;
	bool in;
};

extern uint8_t ram[RIG_RAM];
extern struct virtio *rig; /* the device */
extern bool rig_line;	   /* its interrupt */

/** Memory and interrupt for a device's init function. */
struct dma_host rig_dma(void);
struct irq_line rig_irq(void);
/** Start as a driver does, with @features of those offered. */
void rig_start(struct virtio *v, uint32_t features, unsigned int nr_queues);

uint32_t rig_get(uint32_t at, unsigned int size);
void rig_put(uint32_t at, uint32_t value, unsigned int size);
/** Descriptor @i of the table at @table. */
void rig_desc(uint32_t table, unsigned int i, uint64_t gpa, uint32_t len,
	      uint16_t flags, uint16_t next);
/** Make @head available on queue @q. */
void rig_avail(unsigned int q, uint16_t head);
/** A chain of @n buffers from descriptor @head on, available on @q. */
void rig_add(unsigned int q, uint16_t head, const struct rig_buf *buf,
	     unsigned int n);
void rig_kick(unsigned int q);
void rig_want_no_irq(unsigned int q, bool none);
/** How many chains are used, and the last one's head and length. */
uint16_t rig_used(unsigned int q);
uint32_t rig_used_head(unsigned int q);
uint32_t rig_used_len(unsigned int q);
/** The interrupt status, which reading clears. */
uint8_t rig_isr(void);

#endif

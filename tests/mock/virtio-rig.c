/* SPDX-License-Identifier: GPL-2.0-only */
/* See virtio-rig.h. */
#include "virtio-rig.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "guest-memory.h"
#include "lib/string.h"

#define DESC_SIZE   16
#define AVAIL	    (VIRTIO_QUEUE_SIZE * DESC_SIZE)
#define USED	    PAGE_SIZE /* the next page: the rings before end below */
#define ACKNOWLEDGE 1
#define DRIVER	    2
#define DRIVER_OK   4

uint8_t ram[RIG_RAM];
struct virtio *rig;
bool rig_line;

static struct guest_memory memory = { .ram = ram, .size = RIG_RAM };

struct dma_host rig_dma(void)
{
	return guest_memory_dma(&memory);
}

struct irq_line rig_irq(void)
{
	return wired_to(&rig_line);
}

uint32_t rig_get(uint32_t at, unsigned int size)
{
	return ram_get(ram, at, size);
}

void rig_put(uint32_t at, uint32_t value, unsigned int size)
{
	ram_put(ram, at, value, size);
}

void rig_start(struct virtio *v, uint32_t features, unsigned int nr_queues)
{
	rig = v;
	memset(ram, 0, sizeof(ram));
	virtio_write(v, 18, 1, 0);
	virtio_write(v, 18, 1, ACKNOWLEDGE);
	virtio_write(v, 18, 1, ACKNOWLEDGE | DRIVER);
	virtio_write(v, 4, 4, virtio_read(v, 0, 4) & features);
	for (unsigned int q = 0; q < nr_queues; q++) {
		virtio_write(v, 14, 2, q);
		assert_int_equal(virtio_read(v, 12, 2), VIRTIO_QUEUE_SIZE);
		assert_int_equal(virtio_read(v, 8, 4), 0);
		virtio_write(v, 8, 4, RIG_QUEUE(q) / PAGE_SIZE);
	}
	virtio_write(v, 18, 1, ACKNOWLEDGE | DRIVER | DRIVER_OK);
	assert_int_equal(virtio_read(v, 18, 1), 7);
}

void rig_desc(uint32_t table, unsigned int i, uint64_t gpa, uint32_t len,
	      uint16_t flags, uint16_t next)
{
	uint32_t at = table + i * DESC_SIZE;

	memcpy(ram + at, &gpa, sizeof(gpa));
	rig_put(at + 8, len, 4);
	rig_put(at + 12, flags, 2);
	rig_put(at + 14, next, 2);
}

void rig_avail(unsigned int q, uint16_t head)
{
	uint32_t ring = RIG_QUEUE(q) + AVAIL;
	uint16_t idx = (uint16_t)rig_get(ring + 2, 2);

	rig_put(ring + 4 + 2 * (idx % VIRTIO_QUEUE_SIZE), head, 2);
	rig_put(ring + 2, (uint16_t)(idx + 1), 2);
}

void rig_add(unsigned int q, uint16_t head, const struct rig_buf *buf,
	     unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		rig_desc(RIG_QUEUE(q), head + i, buf[i].at, buf[i].len,
			 (buf[i].in ? DESC_IN : 0) |
				 (i + 1 < n ? DESC_NEXT : 0),
			 (uint16_t)(head + i + 1));
	rig_avail(q, head);
}

void rig_kick(unsigned int q)
{
	virtio_write(rig, 16, 2, q);
}

void rig_want_no_irq(unsigned int q, bool none)
{
	rig_put(RIG_QUEUE(q) + AVAIL, none, 2);
}

uint16_t rig_used(unsigned int q)
{
	return (uint16_t)rig_get(RIG_QUEUE(q) + USED + 2, 2);
}

static uint32_t last_used(unsigned int q)
{
	uint16_t idx = (uint16_t)(rig_used(q) - 1);

	return RIG_QUEUE(q) + USED + 4 + 8 * (idx % VIRTIO_QUEUE_SIZE);
}

uint32_t rig_used_head(unsigned int q)
{
	return rig_get(last_used(q), 4);
}

uint32_t rig_used_len(unsigned int q)
{
	return rig_get(last_used(q) + 4, 4);
}

uint8_t rig_isr(void)
{
	return (uint8_t)virtio_read(rig, 19, 1);
}

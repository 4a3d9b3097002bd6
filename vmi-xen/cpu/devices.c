/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Disks and network cards: Xen's frontends behind the devices of a PC.
 *
 * Models (dev/) reach the guest's memory through the functions here; the
 * frontends are xen/blkfront.c and xen/netfront.c.
 */
#include "cpu/platform.h"
#include "cpu/machine.h"
#include "lib/log.h"
#include "lib/string.h"
#include "xen/blkfront.h"

#define OPEN_BUS 0xff

_Static_assert(BLKFRONT_MAX <= DISKS_MAX, "each disk finds a place");

/* --- The bus --------------------------------------------------------------*/
/*
 * The page at @gpa, to be copied in words: guest_read_phys() is for tables, a
 * frame is too long for it.
 */
static void *bus_page(struct machine *m, gpa_t gpa, bool write)
{
	volatile void *page =
		guest_map(&m->mmu, &vcpu0.shadow,
			  gfn((uint32_t)(gpa >> PAGE_SHIFT)), write);

	if (!page)
		return NULL;
	return (void *)((uintptr_t)page + (uint32_t)(gpa & PAGE_MASK));
}

static uint32_t in_page(gpa_t gpa, uint32_t len)
{
	uint32_t room = PAGE_SIZE - (uint32_t)(gpa & PAGE_MASK);

	return len < room ? len : room;
}

static void bus_read(void *opaque, void *dst, gpa_t gpa, uint32_t len)
{
	uint8_t *to = dst;

	for (uint32_t n; len; len -= n, gpa += n, to += n) {
		const void *p = bus_page(opaque, gpa, false);

		n = in_page(gpa, len);
		if (p)
			memcpy(to, p, n);
		else
			memset(to, OPEN_BUS, n);
	}
}

static void bus_write(void *opaque, gpa_t gpa, const void *src, uint32_t len)
{
	const uint8_t *from = src;

	for (uint32_t n; len; len -= n, gpa += n, from += n) {
		void *p = bus_page(opaque, gpa, true);

		n = in_page(gpa, len);
		if (p)
			memcpy(p, from, n);
	}
}

static struct dma_host bus(struct machine *m)
{
	return (struct dma_host){ bus_read, bus_write, m };
}

/* --- Devices --------------------------------------------------------------*/
void platform_disks(struct machine *m)
{
	const struct dma_host dma = bus(m);
	struct disk *d[BLKFRONT_MAX];
	unsigned int n = 0, lost;

	/* Whose backend has not told a size is no disk for a guest. */
	for (unsigned int i = 0; blkfront_disk(i); i++)
		if (blkfront_disk(i)->sectors)
			d[n++] = blkfront_disk(i);
	lost = disks_plug(&m->disks, &m->board, d, n, m->options.virtio_disk,
			  &dma);
	if (lost)
		log_warn(BLK, "%u disks found no place on the board", lost);
}

void platform_nets(struct machine *m)
{
	const struct dma_host dma = bus(m);
	struct nic *nic;

	for (unsigned int i = 0; (nic = netfront_nic(i)); i++)
		if (!net_plug(&m->net[i], &m->board, i, nic,
			      m->options.virtio_net, &dma))
			log_warn(NET,
				 "interface %u finds no place on the board", i);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random drivers of the virtio disk and the virtio network card, on random
 * memory, with a disk that answers when it likes: each request is one that a
 * disk may get and stays untouched until its answer, no frame is longer than a
 * frame, each access comes to an end.  Frames come as a backend's slots, which
 * are random, too.
 */
#include "../mock/fake-disk.h"
#include "../mock/fuzz-nic.h"
#include "../mock/guest-memory.h"
#include "../mock/must.h"
#include "dev/virtio-blk.h"
#include "dev/virtio-net.h"
#include "lib/string.h"
#include "xen/netfront-join.h"

#define RAM_SIZE     0x4000u
#define MAX_STEPS    64
#define STEP_LEN     16 /* the second half: a slot */
#define MOST_ACCESS  200000u
#define SECTORS	     1000u
#define NOTIFY	     16
#define REG_ACCEPTED 4
#define REG_PFN	     8

static uint8_t ram[RAM_SIZE];
static struct virtio_blk blk;
static struct virtio_net card;
static struct fake_disk disk;
static struct nic net;
static struct guest_memory memory = {
	.ram = ram, .size = RAM_SIZE, .longest = PAGE_SIZE, .most = MOST_ACCESS
};

/* --- The disk --------------------------------------------------------------*/
static bool none(const struct disk_request *r, const struct disk_seg *s)
{
	(void)r;
	(void)s;
	return false;
}

static void answer(unsigned int i, bool ok)
{
	struct disk_request *r;

	if (i >= disk.nr_waiting)
		return;
	r = fake_disk_take(&disk, i);
	r->done(r, ok);
}

/* --- The backend -----------------------------------------------------------*/
#define RX_PAGES (NIC_PIECES + 1)

static struct join rx;
static uint8_t rx_page[RX_PAGES][PAGE_SIZE];

/* Eight bytes are a slot of the ring; the frame goes to the card when whole. */
static void slot(const uint8_t *d)
{
	uint32_t page = rx.f.n < NIC_PIECES ? rx.f.n : NIC_PIECES, len = 0;
	union join_slot s;
	bool kept;

	memcpy(&s, d, sizeof(s));
	if (!join_whole(&rx)) {
		memcpy(rx_page[page], ram, PAGE_SIZE);
		kept = join_slot(&rx, &s, page, rx_page[page]);
		must(!kept || rx.page[rx.f.n - 1] == page);
	}
	must(rx.f.n <= NIC_PIECES);
	for (uint32_t i = 0; i < rx.f.n; i++) {
		must(rx.f.piece[i].len && rx.f.piece[i].at >= rx_page[i] &&
		     rx.f.piece[i].at + rx.f.piece[i].len <=
			     rx_page[i] + PAGE_SIZE);
		len += rx.f.piece[i].len;
	}
	must(len == rx.f.len);
	if (!join_whole(&rx))
		return;
	must(rx.bad || rx.f.n);
	if (rx.bad || net.receive_large(net.card, &rx.f, &rx.hints))
		join_reset(&rx);
}

/* --- The driver ------------------------------------------------------------*/
static void step(const uint8_t *d)
{
	static const uint8_t size[] = { 1, 2, 4, 4 };
	struct virtio *v = d[0] & 8 ? &card.v : &blk.v;
	static uint8_t frame[NIC_FRAME_MAX];
	struct nic_hints hints;
	uint32_t value = (uint32_t)d[4] | (uint32_t)d[5] << 8;
	uint32_t at = value % (RAM_SIZE - 4);

	memory.accesses = 0;
	switch (d[0] & 7) {
	case 0:
		hints = (struct nic_hints){ d[1] & 1, d[1] & 2, 0 };
		memcpy(frame, ram + at % (RAM_SIZE - sizeof(frame)),
		       sizeof(frame));
		net.receive(net.card, frame, value % (NIC_FRAME_MAX + 1),
			    &hints);
		break;
	case 1:
		net.link = d[1] & 1;
		net.link_changed(net.card);
		net.room(net.card);
		break;
	case 2:
		virtio_read(v, d[1] % VIRTIO_IO_SIZE, size[d[0] >> 6]);
		break;
	case 3:
		virtio_write(v, d[1] % VIRTIO_IO_SIZE, size[d[0] >> 6],
			     d[1] % VIRTIO_IO_SIZE == REG_PFN ? value & 3
							      : value);
		break;
	case 4:
		answer(d[1] % VIRTIO_BLK_TASKS, d[2] & 1);
		break;
	case 5:
		if (d[0] & 8)
			slot(d + 8);
		else
			memcpy(ram + at, d + 1, 3);
		break;
	default:
		virtio_write(v, NOTIFY, 2, d[1] & 1);
		break;
	}
}

/* Descriptors that lead into memory, so that more than errors is reached. */
static void tidy(void)
{
	for (uint32_t at = 0; at < VIRTIO_QUEUE_SIZE * 16; at += 16) {
		memset(ram + at + 2, 0, 6);
		ram[at + 1] &= 0x3f;
		ram[at + 10] = ram[at + 11] = 0;
		ram[at + 9] &= 0x1f;
		ram[at + 12] &= 7;
		ram[at + 14] &= VIRTIO_QUEUE_SIZE - 1;
		ram[at + 15] = 0;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct dma_host dma = guest_memory_dma(&memory);
	const struct irq_line irq = wired_to(NULL);
	size_t steps = size / STEP_LEN;

	memory.accesses = 0;
	for (size_t i = 0, n; i < RAM_SIZE && size; i += n) {
		n = size < RAM_SIZE - i ? size : RAM_SIZE - i;
		memcpy(ram + i, data, n);
	}
	if (size & 1)
		tidy();
	join_reset(&rx);
	fuzz_nic_init(&net, 1, NIC_LARGE_MAX, size & 4);
	net.can_cut = size & 16;
	fake_disk_init(&disk, SECTORS, false, VIRTIO_BLK_TASKS);
	disk.local_ok = none;
	disk.disk.can_flush = disk.disk.can_discard = size & 8;
	disk.disk.read_only = size & 2;
	virtio_blk_init(&blk, &disk.disk, irq, &dma);
	virtio_net_init(&card, &net, irq, &dma);
	virtio_write(&blk.v, REG_ACCEPTED, 4, ~0u);
	virtio_write(&card.v, REG_ACCEPTED, 4, ~0u);
	/* Page 0 is no queue's: both lie in the second page. */
	blk.v.queue[0].pfn = card.v.queue[0].pfn = card.v.queue[1].pfn = 1;
	memmove(ram + PAGE_SIZE, ram, PAGE_SIZE);
	for (size_t i = 0; i < steps && i < MAX_STEPS; i++)
		step(data + STEP_LEN * i);
	return 0;
}

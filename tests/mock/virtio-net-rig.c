/* SPDX-License-Identifier: GPL-2.0-only */
/* See virtio-net-rig.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "../mock/virtio-net-rig.h"
#include "lib/string.h"

struct virtio_net card;
struct nic net;
uint8_t sent[NIC_MAX_PAGES * PAGE_SIZE], frame[NIC_FRAME_MAX + 1];
struct nic_hints hints;
uint32_t sent_len;
unsigned int nr_sent, nr_ready;
bool has_room;

static uint8_t *const *nic_pages(struct nic *n, uint32_t len)
{
	static uint8_t *page[NIC_MAX_PAGES];

	assert_ptr_equal(n, &net);
	assert_in_range(len, 14, NIC_LARGE_MAX);
	for (unsigned int i = 0; i < NIC_MAX_PAGES; i++)
		page[i] = sent + i * PAGE_SIZE;
	return has_room ? page : NULL;
}

static void nic_sent(struct nic *n, uint32_t len, const struct nic_hints *h)
{
	assert_ptr_equal(n, &net);
	sent_len = len;
	hints = *h;
	nr_sent++;
}

bool receive(uint32_t len, bool blank, bool good)
{
	const struct nic_hints h = { blank, good, 0 };

	return net.receive(net.card, frame, len, &h);
}

static void nic_ready(struct nic *n)
{
	assert_ptr_equal(n, &net);
	nr_ready++;
	receive(LEN, false, false);
}

int power_on(void **state)
{
	const struct dma_host dma = rig_dma();
	static const uint8_t mac[] = { 0, 0x16, 0x3e, 1, 2, 3 };

	(void)state;
	memset(&net, 0, sizeof(net));
	memcpy(net.mac, mac, sizeof(mac));
	net.link = has_room = true;
	net.pages = nic_pages;
	net.send = nic_sent;
	net.can_cut = true;
	net.ready = nic_ready;
	nr_sent = nr_ready = 0;
	rig_line = false;
	for (unsigned int i = 0; i < sizeof(frame); i++)
		frame[i] = (uint8_t)(i * 7);
	virtio_net_init(&card, &net, rig_irq(), &dma);
	rig_start(&card.v, ~0u, 2);
	return 0;
}

int power_on_unmerged(void **state)
{
	power_on(state);
	rig_start(&card.v, ~(1u << 15), 2);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* See pcnet-rig.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "guest-memory.h"
#include "pcnet-rig.h"
#include "lib/string.h"

uint8_t ram[RAM_SIZE];
struct pcnet card;
struct nic net;
bool line, room;
uint8_t sent[NIC_FRAME_MAX];
uint32_t sent_len;
unsigned int nr_sent, nr_style;
const uint8_t mac[NIC_MAC_LEN] = { 0x00, 0x16, 0x3e, 0x12, 0x34, 0x56 };
static struct guest_memory memory = { .ram = ram, .size = RAM_SIZE };

static uint8_t *const *nic_pages(struct nic *n, uint32_t len)
{
	static uint8_t *const page[] = { sent };

	assert_ptr_equal(n, &net);
	assert_in_range(len, 1, NIC_FRAME_MAX);
	return room ? page : NULL;
}

static void nic_sent(struct nic *n, uint32_t len, const struct nic_hints *h)
{
	assert_ptr_equal(n, &net);
	assert_false(h->blank || h->segment);
	sent_len = len;
	nr_sent++;
}

bool nic_receive(void *data, uint32_t len)
{
	static const struct nic_hints none;

	return net.receive(net.card, data, len, &none);
}

int power_on(void **state)
{
	const struct dma_host dma = guest_memory_dma(&memory);

	(void)state;
	memset(ram, 0, sizeof(ram));
	memset(&net, 0, sizeof(net));
	memcpy(net.mac, mac, sizeof(mac));
	net.link = room = true;
	net.pages = nic_pages;
	net.send = nic_sent;
	sent_len = nr_sent = 0;
	pcnet_init(&card, &net, wired_to(&line), &dma);
	return 0;
}

/* --- Accesses -------------------------------------------------------------*/
/* Registers by an address port and a data port. */
#define ADDRESS	 0x12
#define CSR_DATA 0x10
#define BCR_DATA 0x16

static void out_by(uint32_t data, uint16_t n, uint16_t v)
{
	pcnet_write(&card, ADDRESS, 2, n);
	pcnet_write(&card, data, 2, v);
}

static uint16_t in_by(uint32_t data, uint16_t n)
{
	pcnet_write(&card, ADDRESS, 2, n);
	return (uint16_t)pcnet_read(&card, data, 2);
}

void out_csr(uint16_t n, uint16_t v)
{
	out_by(CSR_DATA, n, v);
}

uint16_t in_csr(uint16_t n)
{
	return in_by(CSR_DATA, n);
}

void out_bcr(uint16_t n, uint16_t v)
{
	out_by(BCR_DATA, n, v);
}

uint16_t in_bcr(uint16_t n)
{
	return in_by(BCR_DATA, n);
}

void put(uint32_t at, uint32_t v, unsigned int size)
{
	ram_put(ram, at, v, size);
}

uint32_t get(uint32_t at, unsigned int size)
{
	return ram_get(ram, at, size);
}

/* --- A driver, as small as can be -----------------------------------------*/
static uint32_t desc(uint32_t ring, unsigned int i)
{
	return ring + i * (nr_style ? 16 : 8);
}

uint16_t status(uint32_t ring, unsigned int i)
{
	return (uint16_t)(nr_style ? get(desc(ring, i) + 6, 2)
				   : get(desc(ring, i) + 2, 2) & 0xff00);
}

uint32_t result(uint32_t ring, unsigned int i)
{
	static const struct {
		uint32_t at, size;
	} where[] = { { 6, 2 }, { 8, 4 }, { 8, 4 }, { 0, 4 } };

	return get(desc(ring, i) + where[nr_style].at, where[nr_style].size);
}

void give(uint32_t ring, unsigned int i, uint32_t buf, uint32_t len,
	  uint16_t flags)
{
	uint32_t at = desc(ring, i);

	if (!nr_style) {
		put(at, buf, 2);
		put(at + 2, (flags & 0xff00u) | buf >> 16, 2);
		put(at + 4, 0u - len, 2);
		put(at + 6, 0, 2);
		return;
	}
	put(at + (nr_style == 3 ? 8 : 0), buf, 4);
	put(at + (nr_style == 3 ? 0 : 8), 0xdead, 4);
	put(at + 4, (uint32_t)flags << 16 | ((0u - len) & 0xffff), 4);
}

void block_32(uint16_t mode, unsigned int rlog, unsigned int tlog)
{
	put(BLOCK, mode | rlog << 20 | tlog << 28, 4);
	memcpy(ram + BLOCK + 4, mac, sizeof(mac));
	put(BLOCK + 20, RX_RING, 4);
	put(BLOCK + 24, TX_RING, 4);
}

static void block_16(uint16_t mode)
{
	put(BLOCK, mode, 2);
	memcpy(ram + BLOCK + 2, mac, sizeof(mac));
	put(BLOCK + 16, RX_RING | (uint32_t)RING_LOG << 29, 4);
	put(BLOCK + 20, TX_RING | (uint32_t)RING_LOG << 29, 4);
}

void init_only(unsigned int style_nr, uint16_t mode)
{
	nr_style = style_nr;
	out_bcr(20, (uint16_t)style_nr);
	if (style_nr)
		block_32(mode, RING_LOG, RING_LOG);
	else
		block_16(mode);
	out_csr(1, BLOCK);
	out_csr(2, BLOCK >> 16);
	out_csr(4, 0x0915);
	out_csr(0, S_INIT);
}

void drive(unsigned int style_nr, uint16_t mode)
{
	init_only(style_nr, mode);
	for (unsigned int i = 0; i < RING_LEN; i++)
		give(RX_RING, i, RX_BUF + i * BUF_SIZE, BUF_SIZE - 256, OWN);
	out_csr(0, S_STRT | S_IENA | S_IDON);
}

bool arrive(const uint8_t *to, uint32_t len)
{
	uint8_t frame[NIC_FRAME_MAX];

	for (uint32_t i = 0; i < len; i++)
		frame[i] = (uint8_t)(i * 7 + 1);
	memcpy(frame, to, NIC_MAC_LEN);
	return nic_receive(frame, len);
}

void send_one(unsigned int i, uint32_t len)
{
	for (uint32_t b = 0; b < len; b++)
		ram[TX_BUF + b] = (uint8_t)(b * 3 + i);
	give(TX_RING, i, TX_BUF, len, OWN | STP | ENP);
	out_csr(0, S_TDMD | S_IENA);
}

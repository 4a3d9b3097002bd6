/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random drivers of the PCnet, on random memory: nothing outside of it is
 * touched, no frame is longer than a frame, each access comes to an end.
 */
#include <stdlib.h>
#include "dev/pcnet-private.h"
#include "lib/string.h"

#define RAM_SIZE  0x1000u
#define MAX_STEPS 64

static uint8_t ram[RAM_SIZE];
static struct pcnet card;
static struct nic net;
static uint32_t accesses;

static void dma_read(void *opaque, void *dst, gpa_t gpa, uint32_t len)
{
	(void)opaque;
	if (len > 0x1000 || ++accesses > 10000)
		abort();
	memset(dst, 0xff, len);
	if (gpa < RAM_SIZE)
		memcpy(dst, ram + gpa,
		       len < RAM_SIZE - gpa ? len : RAM_SIZE - gpa);
}

static void dma_write(void *opaque, gpa_t gpa, const void *src, uint32_t len)
{
	(void)opaque;
	if (len > NIC_FRAME_MAX || ++accesses > 10000)
		abort();
	if (gpa < RAM_SIZE)
		memcpy(ram + gpa, src,
		       len < RAM_SIZE - gpa ? len : RAM_SIZE - gpa);
}

static void wire(void *opaque, unsigned int nr, bool on)
{
	(void)opaque;
	(void)nr;
	(void)on;
}

static bool net_send(struct nic *n, const void *frame, uint32_t len)
{
	if (len > FRAME_LEN_MAX + FCS_LEN)
		abort();
	return ((const uint8_t *)frame)[len - 1] != n->mac[0];
}

static void ready(struct nic *n)
{
	static const uint8_t frame[100];

	n->receive(n->card, frame, sizeof(frame));
}

static void step(const uint8_t *d)
{
	static const uint8_t size[] = { 1, 2, 4, 2 };
	uint8_t frame[NIC_FRAME_MAX];
	uint16_t value = (uint16_t)(d[2] | d[3] << 8);

	accesses = 0;
	switch (d[0] & 7) {
	case 0:
		memset(frame, d[1], sizeof(frame));
		net.receive(net.card, frame, value % (NIC_FRAME_MAX + 1));
		break;
	case 1:
		net.link = d[1] & 1;
		net.room(net.card);
		break;
	case 2:
		pcnet_read(&card, d[1] % PCNET_IO_SIZE, size[d[0] >> 6]);
		break;
	case 3:
		pcnet_write(&card, d[1] % PCNET_IO_SIZE, size[d[0] >> 6],
			    value);
		break;
	default: /* a register as a driver would write it */
		pcnet_write(&card, card.dword_io ? 0x14 : 0x12, 2, d[1]);
		pcnet_write(&card, d[0] & 8 && !card.dword_io ? 0x16 : 0x10, 2,
			    value);
		break;
	}
	if (card.rx_index >= ring_length(&card, CSR_RX_LENGTH) ||
	    card.tx_index >= ring_length(&card, CSR_TX_LENGTH) ||
	    card.tx_len > sizeof(card.tx))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct dma_host dma = { dma_read, dma_write, NULL };
	const struct irq_line irq = { wire, NULL, 0 };
	size_t steps = size / 8 < MAX_STEPS ? size / 8 : MAX_STEPS;

	for (size_t i = 0; i < RAM_SIZE && size; i++)
		ram[i] = data[i % size];
	memset(&net, 0, sizeof(net));
	net.send = net_send;
	net.ready = size & 4 ? ready : NULL;
	pcnet_init(&card, &net, irq, &dma);
	/* A driver has been here: rings in memory, everything on. */
	card.bcr[BCR_STYLE] = size & 3;
	card.csr[CSR_TX_BASE] = 0x400;
	card.csr[CSR_RX_BASE] = 0x800;
	card.csr[CSR_TX_LENGTH] = card.csr[CSR_RX_LENGTH] = 0xfff0;
	card.csr[CSR_MODE] = M_PROM;
	pcnet_write(&card, 0x12, 2, 0);
	accesses = 0;
	pcnet_write(&card, 0x10, 2, S_STRT | S_IENA);
	for (size_t i = 0; i < steps; i++)
		step(data + 8 * i);
	return 0;
}

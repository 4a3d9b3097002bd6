/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random drivers of the PCnet, on random memory: nothing outside of it is
 * touched, no frame is longer than a frame, each access comes to an end.
 */
#include "../mock/fuzz-nic.h"
#include "../mock/guest-memory.h"
#include "../mock/must.h"
#include "dev/pcnet-private.h"
#include "lib/string.h"

#define RAM_SIZE    0x1000u
#define MAX_STEPS   64
#define LONGEST	    0x1000u /* of an access: a transmit buffer */
#define MOST_ACCESS 10000u

static uint8_t ram[RAM_SIZE];
static struct pcnet card;
static struct nic net;
static struct guest_memory memory = {
	.ram = ram, .size = RAM_SIZE, .longest = LONGEST, .most = MOST_ACCESS
};

static void step(const uint8_t *d)
{
	static const uint8_t size[] = { 1, 2, 4, 2 };
	static const struct nic_hints none;
	uint8_t frame[NIC_FRAME_MAX];
	uint16_t value = (uint16_t)(d[2] | d[3] << 8);

	memory.accesses = 0;
	switch (d[0] & 7) {
	case 0:
		memset(frame, d[1], sizeof(frame));
		net.receive(net.card, frame, value % (NIC_FRAME_MAX + 1),
			    &none);
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
	must(card.rx_index < ring_length(&card, CSR_RX_LENGTH));
	must(card.tx_index < ring_length(&card, CSR_TX_LENGTH));
	must(card.tx_len <= sizeof(card.tx));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct dma_host dma = guest_memory_dma(&memory);
	const struct irq_line irq = wired_to(NULL);
	size_t steps = size / 8 < MAX_STEPS ? size / 8 : MAX_STEPS;

	for (size_t i = 0; i < RAM_SIZE && size; i++)
		ram[i] = data[i % size];
	fuzz_nic_init(&net, 0, FRAME_LEN_MAX + FCS_LEN, size & 4);
	pcnet_init(&card, &net, irq, &dma);
	/* A driver has been here: rings in memory, everything on. */
	card.bcr[BCR_STYLE] = size & 3;
	card.csr[CSR_TX_BASE] = 0x400;
	card.csr[CSR_RX_BASE] = 0x800;
	card.csr[CSR_TX_LENGTH] = card.csr[CSR_RX_LENGTH] = 0xfff0;
	card.csr[CSR_MODE] = M_PROM;
	pcnet_write(&card, 0x12, 2, 0);
	memory.accesses = 0;
	pcnet_write(&card, 0x10, 2, S_STRT | S_IENA);
	for (size_t i = 0; i < steps; i++)
		step(data + 8 * i);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The PCnet against its manual and against what Linux 2.6's pcnet32 does with
 * it: probe, initialization block, rings of each software style, filters,
 * interrupts; and rings that no sane driver would build.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "dev/pcnet-private.h"
#include "lib/string.h"

#define RAM_SIZE 0x20000u
#define BLOCK	 0x1000u
#define RX_RING	 0x2000u
#define TX_RING	 0x4000u
#define RX_BUF	 0x8000u
#define TX_BUF	 0xc000u
#define RING_LOG 2
#define RING_LEN (1u << RING_LOG)
#define BUF_SIZE 0x800u

#define OWN  0x8000
#define ERR  0x4000
#define BUFF 0x0400
#define STP  0x0200
#define ENP  0x0100
#define PAM  0x0040
#define LAFM 0x0020
#define BAM  0x0010

static uint8_t ram[RAM_SIZE];
static struct pcnet card;
static struct nic net;
static bool line, room;
static uint8_t sent[NIC_FRAME_MAX];
static uint32_t sent_len;
static unsigned int nr_sent;
static const uint8_t mac[NIC_MAC_LEN] = { 0x00, 0x16, 0x3e, 0x12, 0x34, 0x56 };

static void dma_read(void *opaque, void *dst, gpa_t gpa, uint32_t len)
{
	(void)opaque;
	memset(dst, 0xff, len);
	for (uint32_t i = 0; i < len && gpa + i < RAM_SIZE; i++)
		((uint8_t *)dst)[i] = ram[gpa + i];
}

static void dma_write(void *opaque, gpa_t gpa, const void *src, uint32_t len)
{
	(void)opaque;
	for (uint32_t i = 0; i < len && gpa + i < RAM_SIZE; i++)
		ram[gpa + i] = ((const uint8_t *)src)[i];
}

static void wire(void *opaque, unsigned int nr, bool on)
{
	(void)opaque;
	assert_int_equal(nr, 11);
	line = on;
}

static bool nic_send(struct nic *n, const void *frame, uint32_t len)
{
	assert_ptr_equal(n, &net);
	assert_in_range(len, 1, NIC_FRAME_MAX);
	if (!room)
		return false;
	memcpy(sent, frame, len);
	sent_len = len;
	nr_sent++;
	return true;
}

static int power_on(void **state)
{
	const struct dma_host dma = { dma_read, dma_write, NULL };
	const struct irq_line irq = { wire, NULL, 11 };

	(void)state;
	memset(ram, 0, sizeof(ram));
	memset(&net, 0, sizeof(net));
	memcpy(net.mac, mac, sizeof(mac));
	net.link = room = true;
	net.send = nic_send;
	sent_len = nr_sent = 0;
	pcnet_init(&card, &net, irq, &dma);
	return 0;
}

/* --- Accesses -------------------------------------------------------------*/
static void out_csr(uint16_t n, uint16_t v)
{
	pcnet_write(&card, 0x12, 2, n);
	pcnet_write(&card, 0x10, 2, v);
}

static uint16_t in_csr(uint16_t n)
{
	pcnet_write(&card, 0x12, 2, n);
	return (uint16_t)pcnet_read(&card, 0x10, 2);
}

static void out_bcr(uint16_t n, uint16_t v)
{
	pcnet_write(&card, 0x12, 2, n);
	pcnet_write(&card, 0x16, 2, v);
}

static uint16_t in_bcr(uint16_t n)
{
	pcnet_write(&card, 0x12, 2, n);
	return (uint16_t)pcnet_read(&card, 0x16, 2);
}

static void put(uint32_t at, uint32_t v, unsigned int size)
{
	memcpy(ram + at, &v, size);
}

static uint32_t get(uint32_t at, unsigned int size)
{
	uint32_t v = 0;

	memcpy(&v, ram + at, size);
	return v;
}

/* --- A driver, as small as can be -----------------------------------------*/
static unsigned int nr_style;

static uint32_t desc(uint32_t ring, unsigned int i)
{
	return ring + i * (nr_style ? 16 : 8);
}

static uint16_t status(uint32_t ring, unsigned int i)
{
	return (uint16_t)(nr_style ? get(desc(ring, i) + 6, 2)
				   : get(desc(ring, i) + 2, 2) & 0xff00);
}

static uint32_t result(uint32_t ring, unsigned int i)
{
	static const struct {
		uint32_t at, size;
	} where[] = { { 6, 2 }, { 8, 4 }, { 8, 4 }, { 0, 4 } };

	return get(desc(ring, i) + where[nr_style].at, where[nr_style].size);
}

static void give(uint32_t ring, unsigned int i, uint32_t buf, uint32_t len,
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

static void block_32(uint16_t mode, unsigned int rlog, unsigned int tlog)
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

static void init_only(unsigned int style_nr, uint16_t mode)
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

static void drive(unsigned int style_nr, uint16_t mode)
{
	init_only(style_nr, mode);
	for (unsigned int i = 0; i < RING_LEN; i++)
		give(RX_RING, i, RX_BUF + i * BUF_SIZE, BUF_SIZE - 256, OWN);
	out_csr(0, S_STRT | S_IENA | S_IDON);
}

static bool arrive(const uint8_t *to, uint32_t len)
{
	uint8_t frame[NIC_FRAME_MAX];

	for (uint32_t i = 0; i < len; i++)
		frame[i] = (uint8_t)(i * 7 + 1);
	memcpy(frame, to, NIC_MAC_LEN);
	return net.receive(net.card, frame, len);
}

static void send_one(unsigned int i, uint32_t len)
{
	for (uint32_t b = 0; b < len; b++)
		ram[TX_BUF + b] = (uint8_t)(b * 3 + i);
	give(TX_RING, i, TX_BUF, len, OWN | STP | ENP);
	out_csr(0, S_TDMD | S_IENA);
}

/* --- Probe ----------------------------------------------------------------*/
static void probe_finds_a_79c970a(void **state)
{
	uint32_t sum = 0;

	(void)state;
	pcnet_read(&card, 0x14, 2); /* reset */
	assert_int_equal(in_csr(0), S_STOP);
	pcnet_write(&card, 0x12, 2, 88);
	assert_int_equal(pcnet_read(&card, 0x12, 2), 88);
	assert_int_equal(in_csr(88), 0x1003);
	assert_int_equal(in_csr(89), 0x0262);
	for (unsigned int i = 0; i < NIC_MAC_LEN; i++)
		assert_int_equal(pcnet_read(&card, i, 1), mac[i]);
	assert_int_equal(in_csr(12), 0x1600);
	assert_int_equal(in_csr(14), 0x5634);
	assert_int_equal(pcnet_read(&card, 14, 2), 0x5757);
	for (unsigned int i = 0; i < 16; i++)
		if (i != 12 && i != 13)
			sum += pcnet_read(&card, i, 1);
	assert_int_equal(pcnet_read(&card, 12, 2), sum);
}

static void long_access_changes_the_ports(void **state)
{
	(void)state;
	assert_int_equal(in_bcr(18) & 0x80, 0);
	pcnet_write(&card, 0x10, 4, 0);
	pcnet_write(&card, 0x14, 4, 88);
	assert_int_equal(pcnet_read(&card, 0x14, 4), 88);
	assert_int_equal(pcnet_read(&card, 0x10, 4), 0x1003);
	pcnet_write(&card, 0x14, 4, 18);
	assert_int_equal(pcnet_read(&card, 0x1c, 4) & 0x80, 0x80);
	/* The reset port leaves the mode, and gives the registers back. */
	pcnet_read(&card, 0x18, 4);
	assert_int_equal(pcnet_read(&card, 0x14, 4), 0);
	assert_int_equal(pcnet_read(&card, 0x10, 4), S_STOP);
	power_on(NULL);
	assert_int_equal(in_csr(88), 0x1003);
}

static void what_is_not_there_reads_as_nothing(void **state)
{
	(void)state;
	assert_int_equal(pcnet_read(&card, 0x10, 1), ~0u);
	assert_int_equal(pcnet_read(&card, 0x1e, 2), ~0u);
	assert_int_equal(in_bcr(33), 0); /* no MII */
	assert_int_equal(in_bcr(127), 0);
	assert_int_equal(pcnet_read(&card, 14, 4), 0x5757);
	out_csr(88, 0);
	assert_int_equal(in_csr(88), 0x1003);
	pcnet_write(&card, 0x12, 2, 0x180 + 88);
	assert_int_equal(pcnet_read(&card, 0x12, 2), 88);
}

static void link_is_seen_in_bcr4(void **state)
{
	(void)state;
	assert_int_equal(in_bcr(4), 0x80c0);
	net.link = false;
	assert_int_equal(in_bcr(4), 0x00c0);
}

static void style_only_while_stopped(void **state)
{
	(void)state;
	out_bcr(20, 2);
	assert_int_equal(in_bcr(20), 0x0302);
	assert_int_equal(in_csr(58), 0x0302);
	out_bcr(20, 9);
	assert_int_equal(in_bcr(20), 0x0200);
	drive(3, 0);
	out_bcr(20, 0);
	assert_int_equal(in_bcr(20) & 0xff, 3);
	out_csr(5, 1); /* suspended will do */
	out_bcr(20, 2);
	assert_int_equal(in_bcr(20) & 0xff, 2);
}

/* --- Initialization block -------------------------------------------------*/
static void check_block(void)
{
	assert_int_equal(in_csr(0) & (S_INIT | S_IDON | S_STOP | S_RXON),
			 S_INIT | S_IDON);
	assert_int_equal(in_csr(12), 0x1600);
	assert_int_equal(in_csr(24) | in_csr(25) << 16, RX_RING);
	assert_int_equal(in_csr(30) | in_csr(31) << 16, TX_RING);
	assert_int_equal(in_csr(76), 0x10000 - RING_LEN);
	assert_int_equal(in_csr(78), 0x10000 - RING_LEN);
}

static void init_reads_the_block(void **state)
{
	(void)state;
	for (unsigned int s = 0; s <= 3; s++) {
		pcnet_read(&card, 0x14, 2);
		out_csr(12, 0);
		init_only(s, 0x8000);
		assert_int_equal(in_csr(15), 0x8000);
		check_block();
	}
}

static void ring_length_is_at_most_512(void **state)
{
	(void)state;
	out_bcr(20, 2);
	block_32(0, 15, 9);
	out_csr(1, BLOCK);
	out_csr(0, S_INIT);
	assert_int_equal(in_csr(76), 0x10000 - 512);
	assert_int_equal(in_csr(78), 0x10000 - 512);
}

static void mode_decides_what_starts(void **state)
{
	(void)state;
	init_only(2, 0x0003);
	out_csr(0, S_STRT);
	assert_int_equal(in_csr(0) & (S_TXON | S_RXON), 0);
	out_csr(0, S_STOP);
	out_csr(15, 0x0002);
	out_csr(0, S_STRT);
	assert_int_equal(in_csr(0) & (S_TXON | S_RXON), S_RXON);
	/* The mode is out of reach while the card runs. */
	out_csr(15, 0);
	assert_int_equal(in_csr(15), 0x0002);
}

static void stop_clears_the_status(void **state)
{
	(void)state;
	drive(2, 0);
	arrive(mac, 100);
	assert_true(line);
	out_csr(0, S_STOP | S_STRT | S_INIT);
	assert_int_equal(in_csr(0), S_STOP);
	assert_false(line);
	arrive(mac, 100);
	assert_int_equal(in_csr(0), S_STOP);
}

/* --- Transmit -------------------------------------------------------------*/
static void frame_is_sent(void **state)
{
	(void)state;
	for (unsigned int s = 0; s <= 3; s++) {
		power_on(NULL);
		drive(s, 0);
		for (unsigned int i = 0; i < 2 * RING_LEN; i++) {
			send_one(i % RING_LEN, 100 + i);
			assert_int_equal(nr_sent, i + 1);
			assert_int_equal(sent_len, 100 + i);
			assert_memory_equal(sent, ram + TX_BUF, 100 + i);
			assert_int_equal(status(TX_RING, i % RING_LEN),
					 STP | ENP);
			assert_int_equal(result(TX_RING, i % RING_LEN), 0);
			assert_true(line);
			out_csr(0, S_TINT | S_IENA);
			assert_false(line);
		}
	}
}

static void frame_in_pieces(void **state)
{
	(void)state;
	drive(2, 0);
	for (uint32_t i = 0; i < 1000; i++)
		ram[TX_BUF + i] = (uint8_t)(i >> 2);
	give(TX_RING, 0, TX_BUF, 1, OWN | STP);
	give(TX_RING, 1, TX_BUF + 1, 600, OWN);
	give(TX_RING, 2, TX_BUF + 601, 399, OWN | ENP);
	out_csr(0, S_TDMD | S_IENA);
	assert_int_equal(nr_sent, 1);
	assert_int_equal(sent_len, 1000);
	assert_memory_equal(sent, ram + TX_BUF, 1000);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(status(TX_RING, i) & OWN, 0);
	/* It is as good when the end comes later. */
	give(TX_RING, 3, TX_BUF, 64, OWN | STP);
	out_csr(0, S_TDMD | S_IENA | S_TINT);
	assert_int_equal(nr_sent, 1);
	assert_false(line);
	give(TX_RING, 0, TX_BUF + 64, 64, OWN | ENP);
	out_csr(0, S_TDMD | S_IENA);
	assert_int_equal(nr_sent, 2);
	assert_int_equal(sent_len, 128);
	assert_true(line);
}

static void pieces_without_a_start_are_given_back(void **state)
{
	(void)state;
	drive(2, 0);
	give(TX_RING, 0, TX_BUF, 100, OWN);
	give(TX_RING, 1, TX_BUF, 100, OWN | ENP);
	send_one(2, 64);
	assert_int_equal(nr_sent, 1);
	assert_int_equal(sent_len, 64);
	assert_int_equal(status(TX_RING, 0), 0);
	assert_int_equal(status(TX_RING, 1), ENP);
}

static void short_frame_is_padded(void **state)
{
	static const uint8_t zeros[18];

	(void)state;
	drive(2, 0);
	memset(card.tx, 0xff, sizeof(card.tx));
	send_one(0, 42);
	assert_int_equal(sent_len, 60);
	assert_memory_equal(sent + 42, zeros, sizeof(zeros));
	out_csr(4, 0x0115); /* no padding */
	send_one(1, 42);
	assert_int_equal(sent_len, 42);
	send_one(2, 13); /* less than a header: lost on the wire */
	assert_int_equal(nr_sent, 2);
	assert_int_equal(status(TX_RING, 2), STP | ENP);
}

static void long_frame_is_babble(void **state)
{
	(void)state;
	drive(2, 0);
	send_one(0, 1514);
	assert_int_equal(nr_sent, 1);
	assert_int_equal(in_csr(0) & S_BABL, 0);
	send_one(1, 1519);
	assert_int_equal(nr_sent, 1);
	assert_int_equal(in_csr(0) & (S_BABL | S_ERR), S_BABL | S_ERR);
	out_csr(0, S_BABL | S_IENA);
	assert_int_equal(in_csr(0) & (S_BABL | S_ERR), 0);
	give(TX_RING, 2, TX_BUF, 4096, OWN | STP);
	give(TX_RING, 3, TX_BUF, 4096, OWN | ENP);
	out_csr(0, S_TDMD | S_IENA);
	assert_int_equal(nr_sent, 1);
	assert_int_equal(in_csr(0) & S_BABL, S_BABL);
	send_one(0, 100); /* and all is well again */
	assert_int_equal(nr_sent, 2);
}

static void full_network_holds_the_frame(void **state)
{
	(void)state;
	drive(2, 0);
	room = false;
	send_one(0, 100);
	send_one(1, 200);
	assert_int_equal(status(TX_RING, 0) & OWN, OWN);
	assert_false(line);
	room = true;
	net.room(net.card);
	assert_int_equal(nr_sent, 2);
	assert_int_equal(sent_len, 200);
	assert_int_equal(status(TX_RING, 0), STP | ENP);
	assert_int_equal(status(TX_RING, 1), STP | ENP);
	assert_true(line);
	/* One that waits when the card is stopped is forgotten. */
	room = false;
	send_one(2, 300);
	out_csr(0, S_STOP);
	room = true;
	net.room(net.card);
	assert_int_equal(nr_sent, 2);
}

static void no_cable_is_loss_of_carrier(void **state)
{
	(void)state;
	drive(2, 0);
	net.link = false;
	send_one(0, 100);
	assert_int_equal(status(TX_RING, 0), ERR | STP | ENP);
	assert_int_equal(result(TX_RING, 0), 1u << 27);
	assert_int_equal(in_csr(0) & S_CERR, S_CERR);
}

static void interrupt_for_the_last_only(void **state)
{
	(void)state;
	drive(2, 0);
	out_csr(5, 0x4000); /* LTINTEN */
	send_one(0, 100);
	assert_false(line);
	give(TX_RING, 1, TX_BUF, 100, OWN | STP | ENP | 0x1000);
	out_csr(0, S_TDMD | S_IENA);
	assert_true(line);
	out_csr(0, S_TINT | S_IENA);
	out_csr(5, 0x8000); /* TOKINTD */
	send_one(2, 100);
	assert_int_equal(nr_sent, 3);
	assert_false(line);
}

static void suspended_card_is_silent(void **state)
{
	(void)state;
	drive(2, 0);
	out_csr(5, 1);
	assert_int_equal(in_csr(5) & 1, 1);
	send_one(0, 100);
	arrive(mac, 100);
	assert_int_equal(nr_sent, 0);
	assert_false(line);
	out_csr(8, 0x1234); /* the filter can be changed now */
	assert_int_equal(in_csr(8), 0x1234);
	out_csr(5, 0);
	assert_int_equal(nr_sent, 1);
	assert_true(line);
}

static void loop_back(void **state)
{
	(void)state;
	drive(2, 0x0004);
	memcpy(ram + TX_BUF, mac, sizeof(mac));
	give(TX_RING, 0, TX_BUF, 100, OWN | STP | ENP);
	out_csr(0, S_TDMD | S_IENA);
	assert_int_equal(nr_sent, 0);
	assert_int_equal(status(RX_RING, 0), STP | ENP | PAM);
	assert_memory_equal(ram + RX_BUF, ram + TX_BUF, 100);
}

/* Memory that swallows writes never gives a descriptor back. */
static void ring_in_a_hole_ends(void **state)
{
	(void)state;
	out_bcr(20, 2);
	block_32(0, 2, 2);
	put(BLOCK + 24, RAM_SIZE + 0x1000, 4); /* reads as ones */
	out_csr(1, BLOCK);
	out_csr(0, S_INIT | S_STRT | S_TDMD);
	out_csr(0, S_STOP);
	out_csr(30, 0xfff0);
	out_csr(31, 0xffff); /* the end of the address space */
	out_csr(78, 0);	     /* 65536 descriptors */
	out_csr(0, S_STRT | S_TDMD);
	assert_in_range(in_csr(74), 0, 512);
}

/* --- Receive --------------------------------------------------------------*/
static void frame_is_received(void **state)
{
	(void)state;
	for (unsigned int s = 0; s <= 3; s++) {
		uint32_t i;

		power_on(NULL);
		drive(s, 0);
		for (i = 0; i < RING_LEN; i++) {
			assert_true(arrive(mac, 200 + i));
			assert_true(line);
			assert_int_equal(status(RX_RING, i),
					 s ? STP | ENP | PAM : STP | ENP);
			assert_int_equal(result(RX_RING, i) & 0xfff, 204 + i);
			assert_int_equal(ram[RX_BUF + i * BUF_SIZE + 199],
					 (uint8_t)(199 * 7 + 1));
			out_csr(0, S_RINT | S_IENA);
			assert_false(line);
		}
		assert_false(arrive(mac, 100));
		assert_int_equal(in_csr(112), 1);
		assert_int_equal(in_csr(0) & (S_MISS | S_ERR | S_RINT),
				 S_MISS | S_ERR);
		give(RX_RING, 0, RX_BUF, BUF_SIZE - 256, OWN);
		assert_true(arrive(mac, 100));
	}
}

static void short_frame_comes_padded(void **state)
{
	static const uint8_t zeros[22];

	(void)state;
	drive(2, 0);
	memset(ram + RX_BUF, 0xff, 100);
	arrive(mac, 42);
	assert_int_equal(result(RX_RING, 0), 64);
	assert_memory_equal(ram + RX_BUF + 42, zeros, sizeof(zeros));
	assert_int_equal(ram[RX_BUF + 64], 0xff);
}

static void long_frame_takes_several_buffers(void **state)
{
	(void)state;
	init_only(2, 0);
	for (unsigned int i = 0; i < RING_LEN; i++)
		give(RX_RING, i, RX_BUF + i * 500, 500, OWN);
	out_csr(0, S_STRT | S_IENA);
	arrive(mac, 1200);
	assert_int_equal(status(RX_RING, 0), STP);
	assert_int_equal(status(RX_RING, 1), 0);
	assert_int_equal(status(RX_RING, 2), ENP | PAM);
	assert_int_equal(result(RX_RING, 2), 1204);
	assert_int_equal(ram[RX_BUF + 1199], (uint8_t)(1199 * 7 + 1));
	/* One buffer is left: the rest of the frame is lost, and said so. */
	arrive(mac, 1200);
	assert_int_equal(status(RX_RING, 3), ERR | BUFF | STP | ENP);
	assert_int_equal(status(RX_RING, 0), STP);
	assert_int_equal(get(RX_BUF + 2000, 4), 0);
}

static void one_descriptor_is_no_chain(void **state)
{
	(void)state;
	out_bcr(20, 2);
	nr_style = 2;
	block_32(0, 0, 0);
	out_csr(1, BLOCK);
	give(RX_RING, 0, RX_BUF, 100, OWN);
	out_csr(0, S_INIT | S_STRT);
	arrive(mac, 1000);
	assert_int_equal(status(RX_RING, 0), ERR | BUFF | STP | ENP);
	assert_int_equal(get(RX_BUF + 100, 4), 0);
}

static unsigned int nr_kept;

static void offer_kept(struct nic *n)
{
	assert_ptr_equal(n, &net);
	while (nr_kept && arrive(mac, 100))
		nr_kept--;
}

static void frames_wait_for_buffers(void **state)
{
	(void)state;
	net.ready = offer_kept;
	drive(2, 0);
	for (unsigned int i = 0; i < RING_LEN; i++)
		assert_true(arrive(mac, 100));
	nr_kept = 3;
	assert_false(arrive(mac, 100));
	assert_int_equal(in_csr(0) & S_MISS, 0);
	give(RX_RING, 0, RX_BUF, BUF_SIZE, OWN);
	out_csr(0, S_RINT | S_IENA);
	assert_int_equal(nr_kept, 2);
	assert_int_equal(status(RX_RING, 0), STP | ENP | PAM);
	assert_true(line);
	/* A card that stops takes what waits off the network's hands. */
	out_csr(0, S_STOP);
	assert_int_equal(nr_kept, 0);
	assert_int_equal(in_csr(112), 0);
}

/* Which of: own, another, broadcast, multicast in and out of the filter. */
static unsigned int come_through(void)
{
	static const uint8_t to[][NIC_MAC_LEN] = {
		{ 0x00, 0x16, 0x3e, 0x12, 0x34, 0x56 },
		{ 0x00, 0x16, 0x3e, 0x12, 0x34, 0x57 },
		{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
		{ 0x01, 0x00, 0x5e, 0x00, 0x00, 0x01 },
		{ 0x33, 0x33, 0x00, 0x00, 0x00, 0x01 },
	};
	unsigned int mask = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(to); i++) {
		give(RX_RING, card.rx_index, RX_BUF, BUF_SIZE, OWN);
		out_csr(0, S_RINT | S_IENA);
		arrive(to[i], 100);
		if (in_csr(0) & S_RINT)
			mask |= 1u << i;
	}
	return mask;
}

static void set_filter(uint16_t mode, unsigned int word, uint16_t bits)
{
	out_csr(5, 1);
	for (uint16_t i = 0; i < 4; i++)
		out_csr(8 + i, i == word ? bits : 0);
	out_csr(15, mode);
	out_csr(5, 0);
}

static void filters(void **state)
{
	(void)state;
	drive(2, 0);
	assert_int_equal(come_through(), 0x05);
	/* Bit 54: the upper six bits of the CRC of 01:00:5e:00:00:01. */
	set_filter(0, 54 / 16, 1u << 54 % 16);
	assert_int_equal(come_through(), 0x0d);
	set_filter(M_DRCVBC, 0, 0);
	assert_int_equal(come_through(), 0x01);
	set_filter(M_DRCVPA, 0, 0);
	assert_int_equal(come_through(), 0x04);
	set_filter(M_PROM, 0, 0);
	assert_int_equal(come_through(), 0x1f);
	set_filter(0, 0, 0);
	out_csr(5, 1);
	for (uint16_t i = 8; i < 12; i++)
		out_csr(i, 0xffff);
	out_csr(5, 0);
	assert_int_equal(come_through(), 0x1d);
}

static void frames_that_cannot_be(void **state)
{
	uint8_t big[NIC_FRAME_MAX + 1];

	(void)state;
	drive(2, M_PROM);
	memset(big, 0, sizeof(big));
	net.receive(net.card, big, sizeof(big));
	net.receive(net.card, big, 13);
	net.receive(net.card, big, 0);
	assert_int_equal(status(RX_RING, 0), OWN);
	net.receive(net.card, big, NIC_FRAME_MAX);
	assert_int_equal(status(RX_RING, 0) & OWN, 0);
}

/* --- Interrupts -----------------------------------------------------------*/
static void masks(void **state)
{
	(void)state;
	drive(2, 0);
	out_csr(3, 0x5f00);
	arrive(mac, 100);
	assert_false(line);
	assert_int_equal(in_csr(0) & (S_RINT | S_INTR), S_RINT);
	out_csr(3, 0);
	assert_true(line);
	out_csr(0, 0); /* no IENA */
	assert_false(line);
	assert_int_equal(in_csr(0) & S_INTR, S_INTR);
	out_csr(0, S_IENA);
	assert_true(line);
	pcnet_read(&card, 0x14, 2);
	assert_false(line);
}

static void software_interrupt(void **state)
{
	(void)state;
	drive(2, 0);
	out_csr(4, 0x0915 | 0x80);
	assert_true(line);
	assert_int_equal(in_csr(4), 0x0915 | 0x40);
	out_csr(4, 0x0915 | 0x40);
	assert_false(line);
}

static void start_of_transmission_can_interrupt(void **state)
{
	(void)state;
	drive(2, 0);
	out_csr(3, S_TINT);
	send_one(0, 100);
	assert_false(line);
	assert_int_equal(in_csr(4) & 8, 8);
	out_csr(4, 0x0911); /* TXSTRTM off */
	assert_true(line);
	out_csr(4, 0x0911 | 8);
	assert_false(line);
}

static void missed_frames_overflow(void **state)
{
	(void)state;
	drive(2, 0);
	for (unsigned int i = 0; i < RING_LEN; i++)
		arrive(mac, 100);
	out_csr(3, 0x5f00);
	out_csr(4, 0x0815); /* MFCOM off */
	for (unsigned int i = 0; i < 0xffff; i++)
		arrive(mac, 100);
	assert_false(line);
	arrive(mac, 100);
	assert_true(line);
	assert_int_equal(in_csr(112), 0);
}

#define TEST(f) cmocka_unit_test_setup(f, power_on)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(probe_finds_a_79c970a),
		TEST(long_access_changes_the_ports),
		TEST(what_is_not_there_reads_as_nothing),
		TEST(link_is_seen_in_bcr4),
		TEST(style_only_while_stopped),
		TEST(init_reads_the_block),
		TEST(ring_length_is_at_most_512),
		TEST(mode_decides_what_starts),
		TEST(stop_clears_the_status),
		TEST(frame_is_sent),
		TEST(frame_in_pieces),
		TEST(pieces_without_a_start_are_given_back),
		TEST(short_frame_is_padded),
		TEST(long_frame_is_babble),
		TEST(full_network_holds_the_frame),
		TEST(no_cable_is_loss_of_carrier),
		TEST(interrupt_for_the_last_only),
		TEST(suspended_card_is_silent),
		TEST(loop_back),
		TEST(ring_in_a_hole_ends),
		TEST(frame_is_received),
		TEST(short_frame_comes_padded),
		TEST(long_frame_takes_several_buffers),
		TEST(one_descriptor_is_no_chain),
		TEST(frames_wait_for_buffers),
		TEST(filters),
		TEST(frames_that_cannot_be),
		TEST(masks),
		TEST(software_interrupt),
		TEST(start_of_transmission_can_interrupt),
		TEST(missed_frames_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

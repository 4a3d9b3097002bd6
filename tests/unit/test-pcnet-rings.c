/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The PCnet's rings, in each software style: frames in both directions, in any
 * number of buffers, filters; and rings that no sane driver would build.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "../mock/pcnet-rig.h"
#include "lib/string.h"

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
	nic_receive(big, sizeof(big));
	nic_receive(big, 13);
	nic_receive(big, 0);
	assert_int_equal(status(RX_RING, 0), OWN);
	nic_receive(big, NIC_FRAME_MAX);
	assert_int_equal(status(RX_RING, 0) & OWN, 0);
}

#define TEST(f) cmocka_unit_test_setup(f, power_on)

int main(void)
{
	static const struct CMUnitTest tests[] = {
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

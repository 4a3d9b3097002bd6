/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the legacy virtio network card leaves to the network, or does for it:
 * checksums, frames larger than the MTU in both directions.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "../mock/virtio-net-rig.h"
#include "lib/string.h"

#define ETH	 14u
#define TCP	 34u /* behind an IPv4 header without options */
#define TCP_SUM	 (TCP + 16)
#define NEEDS	 1
#define VALID	 2
#define TSO4	 1
#define NO_CSUM	 (1u << 1) /* features of a driver that does none */
#define NO_LARGE (1u << 11)

/* An IPv4 frame of TCP whose checksum is the pseudo-header's. */
static void make_tcp(uint8_t *f, uint32_t len)
{
	uint32_t pseudo = 0x0a00 + 0x000b + 0x0a00 + 0x0001 + 6 + len - TCP;

	memset(f, 0x5a, len);
	f[12] = 8;
	f[13] = 0;
	memset(f + ETH, 0, 20);
	f[ETH] = 0x45;
	f[ETH + 9] = 6;
	pseudo = (pseudo & 0xffff) + (pseudo >> 16);
	f[TCP_SUM] = (uint8_t)(pseudo >> 8);
	f[TCP_SUM + 1] = (uint8_t)pseudo;
}

/* Of TCP's part with the pseudo-header as in make_tcp: right when it is ~0. */
static uint32_t tcp_sum(const uint8_t *f, uint32_t len)
{
	uint32_t sum = 0x0a00 + 0x000b + 0x0a00 + 0x0001 + 6 + len - TCP;

	for (uint32_t i = TCP; i < len; i++)
		sum += i % 2 ? f[i] : (uint32_t)f[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void header(uint8_t flags, uint8_t gso, uint32_t size, uint32_t start,
		   uint32_t offset)
{
	memset(ram + BUF, 0, HEAD);
	ram[BUF] = flags;
	ram[BUF + 1] = gso;
	rig_put(BUF + 4, size, 2);
	rig_put(BUF + 6, start, 2);
	rig_put(BUF + 8, offset, 2);
}

static void send_buf(uint32_t len)
{
	const struct rig_buf buf[] = { { BUF, HEAD + len, false } };
	uint16_t before = rig_used(TX);

	rig_add(TX, 0, buf, 1);
	rig_kick(TX);
	assert_int_equal(rig_used(TX), before + 1);
}

static void blank_checksum_is_left_to_the_network(void **state)
{
	(void)state;
	make_tcp(ram + BUF + HEAD, LEN);
	header(NEEDS, 0, 0, TCP, 16);
	send_buf(LEN);
	assert_int_equal(nr_sent, 1);
	assert_true(hints.blank);
	assert_int_equal(hints.segment, 0);
	assert_memory_equal(sent, ram + BUF + HEAD, LEN);
	header(0, 0, 0, 0, 0);
	send_buf(LEN);
	assert_false(hints.blank);
}

/* Behind a VLAN tag no backend finds it. */
static void or_made_where_that_finds_none(void **state)
{
	uint8_t *f = ram + BUF + HEAD;

	(void)state;
	make_tcp(f, LEN);
	memmove(f + 16, f + 12, LEN - 12);
	f[12] = 0x81;
	header(NEEDS, 0, 0, TCP + 4, 16);
	send_buf(LEN + 4);
	assert_false(hints.blank);
	memmove(sent + 12, sent + 16, LEN - 12);
	assert_int_equal(tcp_sum(sent, LEN), 0xffff);
	header(NEEDS, 0, 0, LEN, 16); /* outside: it is no frame */
	send_buf(LEN + 4);
	assert_int_equal(nr_sent, 1);
}

static void large_frames_are_cut_by_the_network(void **state)
{
	const uint32_t len = 20000;

	(void)state;
	make_tcp(ram + BUF + HEAD, len);
	header(NEEDS, TSO4, 1448, TCP, 16);
	send_buf(len);
	assert_int_equal(sent_len, len);
	assert_int_equal(hints.segment, 1448);
	assert_true(hints.blank);
	assert_memory_equal(sent, ram + BUF + HEAD, len);
}

static void or_are_none(void **state)
{
	const uint32_t len = 20000;

	(void)state;
	make_tcp(ram + BUF + HEAD, len);
	header(NEEDS, TSO4, 0, TCP, 16);
	send_buf(len);
	header(0, TSO4, 1448, TCP, 16);
	send_buf(len);
	header(NEEDS, 3, 1448, TCP, 16); /* UDP's */
	send_buf(len);
	header(NEEDS, TSO4, 1448, TCP, 6);
	send_buf(len);
	net.can_cut = false; /* after another backend has come */
	header(NEEDS, TSO4, 1448, TCP, 16);
	send_buf(len);
	net.can_cut = true;
	rig_start(&card.v, ~(NO_LARGE | 1u << 15), 2);
	make_tcp(ram + BUF + HEAD, len);
	header(NEEDS, TSO4, 1448, TCP, 16);
	send_buf(len);
	assert_int_equal(nr_sent, 0);
}

static void blank_checksum_comes_in(void **state)
{
	const struct rig_buf one[] = { { BUF, 2000, true } };

	(void)state;
	make_tcp(frame, LEN);
	rig_add(RX, 0, one, 1);
	receive(LEN, true, true);
	assert_int_equal(ram[BUF], NEEDS);
	assert_int_equal(rig_get(BUF + 6, 2), TCP);
	assert_int_equal(rig_get(BUF + 8, 2), 16);
	assert_memory_equal(ram + BUF + HEAD, frame, LEN);
	rig_add(RX, 0, one, 1);
	receive(LEN, false, true);
	assert_int_equal(ram[BUF], VALID);
}

static void and_is_made_for_who_does_not_know(void **state)
{
	const struct rig_buf one[] = { { BUF, 2000, true } };

	(void)state;
	rig_start(&card.v, ~(NO_CSUM | 1u << 15), 2);
	make_tcp(frame, LEN);
	rig_add(RX, 0, one, 1);
	receive(LEN, true, true);
	assert_int_equal(ram[BUF], 0);
	assert_int_equal(tcp_sum(ram + BUF + HEAD, LEN), 0xffff);
	rig_add(RX, 0, one, 1);
	receive(LEN, false, true);
	assert_int_equal(ram[BUF], 0);
}

/* --- Large frames that come -----------------------------------------------*/
#define MERGE	    (1u << 15)
#define GUEST_TSO4  (1u << 7)
#define HEAD_MERGED 12u
#define SEGMENT	    1000u

static uint8_t large[NIC_JOINT_MAX];
static struct nic_frame pieces;

/* A frame of TCP in pages. */
static void make_large(uint32_t len)
{
	make_tcp(large, len);
	large[ETH + 12] = large[ETH + 16] = 10; /* as tcp_sum() believes */
	large[ETH + 15] = 11;
	large[ETH + 19] = 1;
	large[TCP + 12] = 5 << 4;
	large[TCP + 13] = 0x18;
	memset(large + TCP + 4, 0, 4);
	for (uint32_t i = TCP + 20; i < len; i++)
		large[i] = (uint8_t)(i * 7 + (i >> 9));
	pieces.len = len;
	for (pieces.n = 0; pieces.n * PAGE_SIZE < len; pieces.n++) {
		uint32_t left = len - pieces.n * PAGE_SIZE;

		pieces.piece[pieces.n].at = large + pieces.n * PAGE_SIZE;
		pieces.piece[pieces.n].len =
			left < PAGE_SIZE ? left : PAGE_SIZE;
	}
}

static bool receive_large(uint16_t segment, bool blank)
{
	const struct nic_hints h = { blank, true, segment };

	return net.receive_large(net.card, &pieces, &h);
}

/* @n buffers of @len bytes, one behind the other from BUF on. */
static void add_row(unsigned int n, uint32_t len)
{
	for (unsigned int i = 0; i < n; i++) {
		const struct rig_buf one[] = { { BUF + i * len, len, true } };

		rig_add(RX, (uint16_t)i, one, 1);
	}
}

static void large_frame_comes_whole(void **state)
{
	const struct rig_buf big[] = { { BUF, HEAD, true },
				       { BUF + HEAD, 70000, true } };

	(void)state;
	rig_start(&card.v, ~MERGE, 2);
	make_large(65549);
	rig_add(RX, 0, big, 2);
	assert_true(receive_large(SEGMENT, true));
	assert_int_equal(rig_used(RX), 1);
	assert_int_equal(rig_used_len(RX), HEAD + 65549);
	assert_int_equal(ram[BUF], NEEDS);
	assert_int_equal(ram[BUF + 1], TSO4);
	assert_int_equal(rig_get(BUF + 2, 2), TCP + 20);
	assert_int_equal(rig_get(BUF + 4, 2), SEGMENT);
	assert_int_equal(rig_get(BUF + 6, 2), TCP);
	assert_int_equal(rig_get(BUF + 8, 2), 16);
	assert_memory_equal(ram + BUF + HEAD, large, 65549);
	assert_int_equal(rig_isr(), 1);
}

static void or_in_several_buffers(void **state)
{
	(void)state;
	make_large(10000);
	add_row(7, 1536);
	assert_true(receive_large(SEGMENT, true));
	assert_int_equal(rig_used(RX), 7);
	assert_int_equal(rig_used_len(RX), HEAD_MERGED + 10000 - 6 * 1536);
	assert_int_equal(rig_get(BUF + 10, 2), 7);
	assert_memory_equal(ram + BUF + HEAD_MERGED, large, 10000);
	assert_int_equal(rig_isr(), 1);
	/* a small one in one */
	add_row(1, 1536);
	assert_true(receive(LEN, false, false));
	assert_int_equal(rig_used(RX), 8);
	assert_int_equal(rig_used_len(RX), HEAD_MERGED + LEN);
	assert_int_equal(rig_get(BUF + 10, 2), 1);
	assert_memory_equal(ram + BUF + HEAD_MERGED, frame, LEN);
}

static void it_waits_for_all_of_them(void **state)
{
	(void)state;
	make_large(10000);
	add_row(6, 1536);
	assert_false(receive_large(SEGMENT, true));
	assert_int_equal(rig_used(RX), 0);
	assert_false(rig_line);
	add_row(1, 1536); /* the same memory again: only their number counts */
	assert_true(receive_large(SEGMENT, true));
	assert_int_equal(rig_used(RX), 7);
}

static void what_no_driver_can_have_room_for(void **state)
{
	(void)state;
	make_large(10000);
	add_row(VIRTIO_QUEUE_SIZE, 16);
	assert_true(receive_large(SEGMENT, true));
	assert_int_equal(rig_used(RX), VIRTIO_QUEUE_SIZE);
	assert_int_equal(rig_used_len(RX), 0);
}

/* TCP's parts one by one, right in lengths and checksums. */
static void driver_without_tso_gets_it_cut(void **state)
{
	const uint32_t headers = TCP + 20;
	uint32_t got = 0;

	(void)state;
	rig_start(&card.v, ~(MERGE | GUEST_TSO4 | NO_CSUM), 2);
	make_large(headers + 3 * SEGMENT + 1);
	for (uint16_t i = 0; i < 4; i++) {
		const struct rig_buf one[] = { { BUF, 2000, true } };
		uint32_t len;

		rig_add(RX, 0, one, 1);
		assert_int_equal(receive_large(SEGMENT, true), i == 3);
		assert_int_equal(rig_used(RX), i + 1);
		len = rig_used_len(RX) - HEAD;
		assert_int_equal(len, headers + (i < 3 ? SEGMENT : 1));
		assert_int_equal(ram[BUF], 0);
		assert_int_equal(tcp_sum(ram + BUF + HEAD, len), 0xffff);
		assert_memory_equal(ram + BUF + HEAD + headers,
				    large + headers + got, len - headers);
		got += len - headers;
	}
	assert_int_equal(got, 3 * SEGMENT + 1);
}

/* After a new backend the old one's frame is not finished. */
static void cutting_ends_with_the_cable(void **state)
{
	const struct rig_buf one[] = { { BUF, 2000, true } };

	(void)state;
	rig_start(&card.v, ~(MERGE | GUEST_TSO4), 2);
	make_large(TCP + 20 + 3 * SEGMENT);
	rig_add(RX, 0, one, 1);
	assert_false(receive_large(SEGMENT, true));
	net.link_changed(net.card);
	rig_add(RX, 0, one, 1);
	assert_false(receive_large(SEGMENT, true));
	assert_memory_equal(ram + BUF + HEAD + TCP + 20, large + TCP + 20,
			    SEGMENT);
}

static void small_in_pieces_is_joined(void **state)
{
	(void)state;
	make_large(LEN);
	pieces.n = 2;
	pieces.piece[0].len = 20;
	pieces.piece[1].at = large + 20;
	pieces.piece[1].len = LEN - 20;
	add_row(1, 1536);
	assert_true(receive_large(0, true));
	assert_int_equal(rig_used_len(RX), HEAD_MERGED + LEN);
	assert_int_equal(ram[BUF], NEEDS);
	assert_int_equal(ram[BUF + 1], 0);
	assert_memory_equal(ram + BUF + HEAD_MERGED, large, LEN);
	/* one that says it is large, and is not */
	make_large(LEN);
	add_row(1, 1536);
	assert_true(receive_large(SEGMENT, true));
	assert_int_equal(ram[BUF], NEEDS);
	assert_int_equal(ram[BUF + 1], 0);
}

static void large_ones_that_are_none(void **state)
{
	(void)state;
	add_row(10, 1536);
	make_large(10000);
	assert_true(receive_large(0, true)); /* nothing says how to cut */
	assert_true(receive_large(SEGMENT, false)); /* with a checksum */
	assert_true(receive_large(NIC_FRAME_MAX, true));
	large[ETH + 9] = 17;
	assert_true(receive_large(SEGMENT, true));
	assert_int_equal(rig_used(RX), 0);
	make_large(10000);
	virtio_write(&card.v, 18, 1, 0);
	assert_true(receive_large(SEGMENT, true)); /* nobody listens */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(large_frame_comes_whole, power_on),
		cmocka_unit_test_setup(or_in_several_buffers, power_on),
		cmocka_unit_test_setup(it_waits_for_all_of_them, power_on),
		cmocka_unit_test_setup(what_no_driver_can_have_room_for,
				       power_on),
		cmocka_unit_test_setup(driver_without_tso_gets_it_cut,
				       power_on),
		cmocka_unit_test_setup(cutting_ends_with_the_cable, power_on),
		cmocka_unit_test_setup(small_in_pieces_is_joined, power_on),
		cmocka_unit_test_setup(large_ones_that_are_none, power_on),
		cmocka_unit_test_setup(blank_checksum_is_left_to_the_network,
				       power_on_unmerged),
		cmocka_unit_test_setup(or_made_where_that_finds_none,
				       power_on_unmerged),
		cmocka_unit_test_setup(large_frames_are_cut_by_the_network,
				       power_on_unmerged),
		cmocka_unit_test_setup(or_are_none, power_on_unmerged),
		cmocka_unit_test_setup(blank_checksum_comes_in,
				       power_on_unmerged),
		cmocka_unit_test_setup(and_is_made_for_who_does_not_know,
				       power_on_unmerged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

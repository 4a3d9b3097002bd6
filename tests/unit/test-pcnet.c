/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The PCnet's registers against its manual and against what Linux 2.6's pcnet32
 * does with them: probe, initialization block, start and stop, interrupts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "../mock/pcnet-rig.h"
#include "lib/string.h"

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
		TEST(masks),
		TEST(software_interrupt),
		TEST(start_of_transmission_can_interrupt),
		TEST(missed_frames_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

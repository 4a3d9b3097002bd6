/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The legacy virtio network card: frames in both directions, in any number of
 * buffers, a network without room, a driver without buffers, the cable.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "../mock/virtio-net-rig.h"
#include "lib/string.h"

#define STATUS 26u /* where the configuration says how the cable is */

static void address_and_cable(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < NIC_MAC_LEN; i++)
		assert_int_equal(virtio_read(&card.v, 20 + i, 1), net.mac[i]);
	assert_int_equal(virtio_read(&card.v, STATUS, 2), 1);
	net.link = false;
	net.link_changed(net.card);
	assert_int_equal(virtio_read(&card.v, STATUS, 2), 0);
	assert_true(rig_line);
	assert_int_equal(rig_isr(), 3);
	net.link_changed(net.card); /* as it was: nothing to tell */
	assert_false(rig_line);
	net.link = true;
	rig_start(&card.v, 0, 2); /* a driver that does not want to know */
	net.link = false;
	net.link_changed(net.card);
	assert_false(rig_line);
}

static void frame_goes_out(void **state)
{
	const struct rig_buf two[] = { { BUF, HEAD, false },
				       { BUF + 100, LEN, false } };
	const struct rig_buf odd[] = { { BUF, 7, false },
				       { BUF + 7, 13, false },
				       { BUF + 20, 1, false },
				       { BUF + 21, LEN - 11, false } };

	(void)state;
	memcpy(ram + BUF + 100, frame, LEN);
	rig_add(TX, 4, two, 2);
	rig_kick(TX);
	assert_int_equal(sent_len, LEN);
	assert_memory_equal(sent, frame, LEN);
	assert_int_equal(rig_used(TX), 1);
	assert_int_equal(rig_used_head(TX), 4);
	assert_false(rig_line);
	net.room(net.card); /* it has gone */
	assert_int_equal(rig_isr(), 1);
	net.room(net.card);
	assert_false(rig_line);
	memset(ram + BUF, 0, HEAD);
	memcpy(ram + BUF + HEAD, frame, LEN);
	rig_add(TX, 0, odd, 4);
	rig_kick(TX);
	assert_int_equal(sent_len, LEN);
	assert_memory_equal(sent, frame, LEN);
	assert_int_equal(nr_sent, 2);
}

static void no_room_waits(void **state)
{
	const struct rig_buf buf[] = { { BUF, HEAD + LEN, false } };

	(void)state;
	has_room = false;
	rig_add(TX, 0, buf, 1);
	rig_add(TX, 1, buf, 1);
	rig_kick(TX);
	assert_int_equal(rig_used(TX), 0);
	assert_false(rig_line);
	has_room = true;
	net.room(net.card);
	assert_int_equal(rig_used(TX), 2);
	assert_int_equal(nr_sent, 2);
	assert_true(rig_line);
}

static void no_frame_is_lost_quietly(void **state)
{
	const struct rig_buf row[][2] = {
		{ { BUF, HEAD, false }, { BUF, NIC_FRAME_MAX + 1, false } },
		{ { BUF, HEAD, false }, { BUF, 13, false } },
		{ { BUF, HEAD, false }, { BUF, 100, true } },
		{ { BUF, 4, false }, { BUF, 5, false } },
	};

	(void)state;
	for (uint16_t i = 0; i < ARRAY_SIZE(row); i++) {
		rig_add(TX, 0, row[i], 2);
		rig_kick(TX);
		assert_int_equal(rig_used(TX), i + 1);
		assert_int_equal(rig_isr(), 1);
	}
	assert_int_equal(nr_sent, 0);
}

static void without_a_cable_it_is_told_at_once(void **state)
{
	const struct rig_buf buf[] = { { BUF, HEAD + LEN, false } };

	(void)state;
	net.link = false;
	rig_add(TX, 0, buf, 1);
	rig_kick(TX);
	assert_int_equal(rig_used(TX), 1);
	assert_int_equal(rig_isr(), 1);
}

static void frame_comes_in(void **state)
{
	const struct rig_buf one[] = { { BUF, 2000, true } };
	const struct rig_buf parts[] = { { BUF, 4, true },
					 { BUF + 4, 50, true },
					 { BUF + 54, 2000, true } };

	(void)state;
	memset(ram + BUF, 0xaa, 3000);
	rig_add(RX, 0, one, 1);
	rig_add(RX, 1, parts, 3);
	rig_kick(RX);
	assert_int_equal(nr_ready, 0);
	for (uint16_t i = 0; i < 2; i++) {
		assert_true(receive(LEN, false, false));
		assert_int_equal(rig_used(RX), i + 1);
		assert_int_equal(rig_used_head(RX), i);
		assert_int_equal(rig_used_len(RX), HEAD + LEN);
		assert_int_equal(rig_get(BUF, 4), 0);
		assert_memory_equal(ram + BUF + HEAD, frame, LEN);
		assert_int_equal(ram[BUF + HEAD + LEN], 0xaa);
		assert_int_equal(rig_isr(), 1);
	}
	memset(ram + BUF, 0xaa, 3000);
}

static void without_a_buffer_it_waits(void **state)
{
	const struct rig_buf one[] = { { BUF, 2000, true } };

	(void)state;
	assert_false(receive(LEN, false, false));
	rig_kick(RX);
	assert_int_equal(nr_ready, 1); /* tried again, again in vain */
	rig_add(RX, 0, one, 1);
	rig_kick(RX);
	assert_int_equal(nr_ready, 2);
	assert_int_equal(rig_used(RX), 1);
	rig_kick(RX);
	assert_int_equal(nr_ready, 2);
}

static void buffers_that_do_not_fit(void **state)
{
	const struct rig_buf small[] = { { BUF, HEAD + LEN - 1, true } };
	const struct rig_buf wrong[] = { { BUF, 2000, false } };

	(void)state;
	rig_add(RX, 0, small, 1);
	rig_add(RX, 1, wrong, 1);
	assert_true(receive(LEN, false, false));
	assert_int_equal(rig_used_len(RX), 0);
	assert_true(receive(LEN, false, false));
	assert_int_equal(rig_used(RX), 2);
	assert_int_equal(rig_used_len(RX), 0);
	/* longer than any frame: nobody's */
	assert_true(receive(NIC_FRAME_MAX + 1, false, false));
	assert_int_equal(rig_used(RX), 2);
}

static void nobody_listens_before_the_driver(void **state)
{
	const struct rig_buf one[] = { { BUF, 2000, true } };

	(void)state;
	assert_false(receive(LEN, false, false));
	virtio_write(&card.v, 18, 1, 0);
	assert_int_equal(nr_ready, 1); /* what waited is thrown away */
	assert_true(receive(LEN, false, false));
	rig_add(RX, 0, one, 1);
	rig_kick(RX);
	assert_int_equal(rig_used(RX), 0);
	assert_false(rig_line);
}

static void interrupts_can_be_unwanted(void **state)
{
	const struct rig_buf in[] = { { BUF, 2000, true } };
	const struct rig_buf out[] = { { BUF, HEAD + LEN, false } };

	(void)state;
	rig_want_no_irq(RX, true);
	rig_want_no_irq(TX, true);
	rig_add(RX, 0, in, 1);
	rig_add(TX, 0, out, 1);
	rig_kick(TX);
	receive(LEN, false, false);
	assert_int_equal(rig_used(RX), 1);
	assert_int_equal(rig_used(TX), 1);
	assert_false(rig_line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(address_and_cable, power_on_unmerged),
		cmocka_unit_test_setup(frame_goes_out, power_on_unmerged),
		cmocka_unit_test_setup(no_room_waits, power_on_unmerged),
		cmocka_unit_test_setup(no_frame_is_lost_quietly,
				       power_on_unmerged),
		cmocka_unit_test_setup(without_a_cable_it_is_told_at_once,
				       power_on_unmerged),
		cmocka_unit_test_setup(frame_comes_in, power_on_unmerged),
		cmocka_unit_test_setup(without_a_buffer_it_waits,
				       power_on_unmerged),
		cmocka_unit_test_setup(buffers_that_do_not_fit,
				       power_on_unmerged),
		cmocka_unit_test_setup(nobody_listens_before_the_driver,
				       power_on_unmerged),
		cmocka_unit_test_setup(interrupts_can_be_unwanted,
				       power_on_unmerged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The keyboard controller: what the i8042 and atkbd drivers of Linux 2.6 do at
 * their start, an edge of IRQ 1 for each byte, the keys of Ctrl-Alt-Del in both
 * scan code sets and when they are pressed, the ways to reset.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "dev/i8042.h"
#include "dev/i8254.h"
#include "lib/string.h"

#define FULL	  0x01
#define IRQ_ON	  0x01
#define TRANSLATE 0x40
#define KBD_OFF	  0x10

static struct i8042 k;
static bool line;
static unsigned int edges, resets;

static void wire(void *opaque, unsigned int nr, bool on)
{
	(void)opaque;
	assert_int_equal(nr, 1);
	edges += on && !line;
	line = on;
}

static void reset(void *opaque)
{
	assert_ptr_equal(opaque, &k);
	resets++;
}

static int setup(void **state)
{
	const struct irq_line irq = { .set = wire, .nr = 1 };

	(void)state;
	line = false;
	edges = resets = 0;
	i8042_init(&k, irq, reset, &k);
	return 0;
}

static void command(uint8_t value)
{
	i8042_write(&k, I8042_COMMAND, value);
}

static void data(uint8_t value)
{
	i8042_write(&k, I8042_DATA, value);
}

static bool full(void)
{
	return i8042_read(&k, I8042_COMMAND) & FULL;
}

/* The next byte that there must be. */
static uint8_t next(void)
{
	assert_true(full());
	return i8042_read(&k, I8042_DATA);
}

static void mode(uint8_t value)
{
	command(0x60);
	data(value);
}

static void controller_is_found(void **state)
{
	(void)state;
	assert_false(full());
	command(0xaa);
	assert_int_equal(next(), 0x55);
	command(0x20);
	assert_int_equal(next() & IRQ_ON, 0);
	mode(0x74);
	command(0x20);
	assert_int_equal(next(), 0x74);
	command(0xab);
	assert_int_equal(next(), 0);
	assert_false(full());
}

/* The loop-back of the second port comes without a mouse's mark. */
static void there_is_no_mouse(void **state)
{
	(void)state;
	command(0xd3);
	data(0x5a);
	assert_int_equal(i8042_read(&k, I8042_COMMAND) & 0x20, 0);
	assert_int_equal(next(), 0x5a);
	command(0xa9);
	assert_int_equal(next(), 0x01);
	command(0xd4);
	data(0xff);
	assert_false(full());
}

static void keyboard_answers(void **state)
{
	static const struct {
		uint8_t sent[2];
		uint8_t answer[3];
		unsigned int nr_sent, nr_answer;
	} row[] = {
		{ { 0xff }, { 0xfa, 0xaa }, 1, 2 },
		{ { 0xf2 }, { 0xfa, 0xab, 0x41 }, 1, 3 },
		{ { 0xed, 0x02 }, { 0xfa, 0xfa }, 2, 2 },
		{ { 0xf3, 0x00 }, { 0xfa, 0xfa }, 2, 2 },
		{ { 0xf0, 0x00 }, { 0xfa, 0xfa, 0x02 }, 2, 3 },
		{ { 0xf0, 0x02 }, { 0xfa, 0xfa }, 2, 2 },
		{ { 0xee }, { 0xee }, 1, 1 },
		{ { 0xf4 }, { 0xfa }, 1, 1 },
		{ { 0x99 }, { 0xfe }, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		for (size_t n = 0; n < row[i].nr_sent; n++)
			data(row[i].sent[n]);
		for (size_t n = 0; n < row[i].nr_answer; n++)
			assert_int_equal(next(), row[i].answer[n]);
		assert_false(full());
	}
	mode(0);
	data(0xf2);
	next();
	next();
	assert_int_equal(next(), 0x83); /* not translated */
}

static void each_byte_is_an_edge(void **state)
{
	(void)state;
	data(0xff);
	assert_int_equal(edges, 0); /* not enabled */
	mode(IRQ_ON | TRANSLATE);
	assert_int_equal(edges, 1);
	next();
	assert_int_equal(edges, 2);
	next();
	assert_int_equal(edges, 2);
	assert_false(line);
	assert_int_equal(i8042_read(&k, I8042_DATA),
			 k.queue[k.out % I8042_QUEUE]);
}

static void pressed(const uint8_t *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(next(), keys[i]);
	assert_false(full());
}

static void ctrl_alt_del(void **state)
{
	static const uint8_t set_1[] = { 0x1d, 0x38, 0xe0, 0x53,
					 0xe0, 0xd3, 0xb8, 0x9d };
	static const uint8_t set_2[] = { 0x14, 0x11, 0xe0, 0x71, 0xe0, 0xf0,
					 0x71, 0xf0, 0x11, 0xf0, 0x14 };

	(void)state;
	assert_int_equal(i8042_tick(&k, 5), TIME_NEVER);
	mode(IRQ_ON | TRANSLATE);
	i8042_ctrl_alt_del(&k, 100);
	assert_int_equal(i8042_tick(&k, 99), 100);
	assert_false(full());
	assert_int_equal(i8042_tick(&k, 100), TIME_NEVER);
	pressed(set_1, ARRAY_SIZE(set_1));
	assert_int_equal(i8042_tick(&k, 200), TIME_NEVER);
	assert_false(full());
	mode(IRQ_ON);
	i8042_ctrl_alt_del(&k, 0);
	i8042_tick(&k, 300);
	pressed(set_2, ARRAY_SIZE(set_2));
}

static void nobody_listens(void **state)
{
	(void)state;
	assert_false(i8042_is_heard(&k)); /* no interrupt */
	i8042_ctrl_alt_del(&k, 0);
	i8042_tick(&k, 1);
	assert_false(full());
	mode(IRQ_ON);
	assert_true(i8042_is_heard(&k));
	command(0xad);
	assert_false(i8042_is_heard(&k));
	command(0xae);
	assert_true(i8042_is_heard(&k));
	data(0xf5);
	assert_false(i8042_is_heard(&k));
	mode(IRQ_ON | KBD_OFF);
	data(0xf4);
	assert_false(i8042_is_heard(&k));
}

static void two_ways_to_reset(void **state)
{
	(void)state;
	command(0xd0);
	assert_int_equal(next() & 1, 1);
	command(0xd1);
	data(0x03);
	assert_int_equal(resets, 0);
	command(0xd1);
	data(0xfe);
	assert_int_equal(resets, 1);
	command(0xfe);
	assert_int_equal(resets, 2);
}

/* A guest that never reads loses what comes later, no more. */
static void queue_is_bounded(void **state)
{
	(void)state;
	for (int i = 0; i < 3 * I8042_QUEUE; i++)
		data(0xee);
	for (int i = 0; i < I8042_QUEUE; i++)
		assert_int_equal(next(), 0xee);
	assert_false(full());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(controller_is_found, setup),
		cmocka_unit_test_setup(there_is_no_mouse, setup),
		cmocka_unit_test_setup(keyboard_answers, setup),
		cmocka_unit_test_setup(each_byte_is_an_edge, setup),
		cmocka_unit_test_setup(ctrl_alt_del, setup),
		cmocka_unit_test_setup(nobody_listens, setup),
		cmocka_unit_test_setup(two_ways_to_reset, setup),
		cmocka_unit_test_setup(queue_is_bounded, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

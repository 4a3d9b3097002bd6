/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The 8254 against its data sheet, on a clock that the test moves: modes 0, 2,
 * 3 and 4, the two latches, BCD, the gate of channel 2, and what Linux 2.6 does
 * with them (HZ ticks, one-shot events, the calibration by channel 2).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "dev/i8254.h"

#define CONTROL	   (I8254_BASE + 3)
#define HZ_1000	   1193 /* Linux: LATCH for HZ=1000 */
#define NS_PER_SEC 1000000000ull
#define GATE2	   0x01
#define OUT2	   0x20
#define REFRESH	   0x10
#define OUT	   0x80 /* in the status byte */
#define NOT_LOADED 0x40

static struct i8254 t;
static uint64_t now;
static unsigned int edges;
static bool level;

static void wire(void *opaque, unsigned int nr, bool on)
{
	(void)opaque;
	assert_int_equal(nr, 0);
	edges += on && !level;
	level = on;
}

static int start(void **state)
{
	const struct irq_line irq = { wire, NULL, 0 };

	(void)state;
	now = 5 * NS_PER_SEC;
	i8254_init(&t, irq);
	edges = 0;
	level = false;
	return 0;
}

static void out(uint16_t port, uint8_t value)
{
	i8254_write(&t, port, value, now);
}

static uint8_t in(uint16_t port)
{
	return i8254_read(&t, port, now);
}

/* Control word and both bytes of a count. */
static void program(unsigned int ch, unsigned int mode, uint16_t count)
{
	out(CONTROL, (uint8_t)(ch << 6 | 0x30 | mode << 1));
	out((uint16_t)(I8254_BASE + ch), (uint8_t)count);
	out((uint16_t)(I8254_BASE + ch), (uint8_t)(count >> 8));
}

/* Let @n input clocks pass. */
static void clock(uint64_t n)
{
	now += n * NS_PER_SEC / I8254_HZ + 1;
}

static uint16_t read16(unsigned int ch)
{
	uint16_t port = (uint16_t)(I8254_BASE + ch);
	uint8_t low = in(port);

	return (uint16_t)(low | in(port) << 8);
}

static uint16_t latched(unsigned int ch)
{
	out(CONTROL, (uint8_t)(ch << 6));
	return read16(ch);
}

static uint8_t status(unsigned int ch)
{
	out(CONTROL, (uint8_t)(0xe0 | 2u << ch));
	return in((uint16_t)(I8254_BASE + ch));
}

/* Rate generator: N ... 1, output low for the last clock only. */
static void mode_2_divides(void **state)
{
	(void)state;
	program(0, 2, 100);
	assert_int_equal(latched(0), 100);
	clock(1);
	assert_int_equal(latched(0), 99);
	assert_int_equal(status(0), OUT | 0x34);
	clock(98);
	assert_int_equal(latched(0), 1);
	assert_int_equal(status(0), 0x34);
	clock(1);
	assert_int_equal(latched(0), 100);
	clock(250);
	assert_int_equal(latched(0), 50);
}

/* Square wave: by two, high for the longer half. */
static void mode_3_halves(void **state)
{
	(void)state;
	program(0, 3, 100);
	assert_int_equal(latched(0), 100);
	clock(10);
	assert_int_equal(latched(0), 80);
	assert_true(status(0) & OUT);
	clock(40);
	assert_int_equal(latched(0), 100);
	assert_false(status(0) & OUT);
	clock(50);
	assert_true(status(0) & OUT);
	program(0, 3, 5);
	clock(2);
	assert_true(status(0) & OUT);
	clock(1);
	assert_false(status(0) & OUT);
	assert_int_equal(latched(0) & 1, 0); /* never odd */
}

/* Terminal count: low, then high for good; the counter wraps and goes on. */
static void mode_0_counts_once(void **state)
{
	(void)state;
	program(0, 0, 50);
	assert_false(level);
	assert_false(status(0) & OUT);
	clock(20);
	assert_int_equal(latched(0), 30);
	clock(30);
	i8254_tick(&t, now);
	assert_true(level);
	assert_int_equal(edges, 1);
	assert_true(status(0) & OUT);
	clock(2);
	assert_int_equal(latched(0), 0xfffe);
	clock(70000);
	assert_int_equal(i8254_tick(&t, now), TIME_NEVER);
	assert_int_equal(edges, 1);
}

/* Linux's one-shot clock event: mode 4 once, then just new counts. */
static void mode_4_is_linux_one_shot(void **state)
{
	uint64_t due;

	(void)state;
	out(CONTROL, 0x38);
	assert_true(level);
	edges = 0;
	for (unsigned int i = 1; i < 5; i++) {
		out(I8254_BASE, 0xa0);
		out(I8254_BASE, 0x0f);
		due = i8254_tick(&t, now);
		assert_in_range(due - now, 3352380, 3352382); /* 4000 clocks */
		now = due - 1000;
		assert_int_equal(i8254_tick(&t, now), due);
		assert_int_equal(edges, i - 1);
		now = due;
		assert_int_equal(i8254_tick(&t, now), TIME_NEVER);
		assert_int_equal(edges, i);
	}
}

/* The strobe is one clock; 6 and 7 are other names of 2 and 3. */
static void modes_4_6_and_7(void **state)
{
	(void)state;
	program(0, 4, 50);
	clock(49);
	assert_true(status(0) & OUT);
	clock(1);
	assert_false(status(0) & OUT);
	clock(1);
	assert_true(status(0) & OUT);
	program(0, 6, 50);
	assert_int_equal(status(0) & 0x0e, 2 << 1);
	program(0, 7, 50);
	assert_int_equal(status(0) & 0x0e, 3 << 1);
	out(CONTROL, 0x36);
	assert_int_equal(latched(0), 50); /* no new count yet */
}

/* One edge a period, when asked in time; the average is exact. */
static void ticks_come_at_their_rate(void **state)
{
	uint64_t first = now, due;

	(void)state;
	program(0, 2, HZ_1000);
	edges = 0;
	due = i8254_tick(&t, now);
	for (unsigned int i = 1; i <= 1000; i++) {
		now = due;
		due = i8254_tick(&t, now);
		assert_int_equal(edges, i);
		assert_true(due > now);
	}
	assert_in_range(now - first, 999847000, 999847500);
}

/* What was slept over is one edge, and the grid stays. */
static void missed_periods_are_one_edge(void **state)
{
	uint64_t first = now, due;

	(void)state;
	program(0, 2, HZ_1000);
	edges = 0;
	now += NS_PER_SEC / 2 + 1;
	due = i8254_tick(&t, now);
	assert_int_equal(edges, 1);
	assert_int_equal(i8254_tick(&t, now), due);
	assert_int_equal(edges, 1);
	assert_true((due - first) % 999847 < 1000);
}

static void a_count_of_0_is_65536(void **state)
{
	uint64_t due;

	(void)state;
	program(0, 2, 0);
	due = i8254_tick(&t, now);
	assert_in_range(due - now, 54925400, 54925500);
	clock(1);
	assert_int_equal(latched(0), 0xffff);
}

static void no_count_no_interrupt(void **state)
{
	(void)state;
	assert_int_equal(i8254_tick(&t, now), TIME_NEVER);
	program(0, 2, 100);
	out(CONTROL, 0x34);
	assert_true(status(0) & NOT_LOADED);
	out(I8254_BASE, 100);
	assert_int_equal(i8254_tick(&t, now), TIME_NEVER);
	out(I8254_BASE, 0);
	assert_false(status(0) & NOT_LOADED);
	assert_true(i8254_tick(&t, now) > now);
}

/* A latch holds until both bytes are read; a second one is ignored. */
static void the_count_latch_holds(void **state)
{
	(void)state;
	program(0, 2, 0x1234);
	clock(0x34);
	out(CONTROL, 0);
	clock(0x100);
	out(CONTROL, 0);
	assert_int_equal(read16(0), 0x1200);
	assert_int_equal(read16(0), 0x1100); /* live again */
}

/* A new count in modes 2 and 3 begins with the next period. */
static void a_running_period_is_not_changed(void **state)
{
	uint64_t first = now, due;

	(void)state;
	program(0, 2, 100);
	edges = 0;
	clock(30);
	out(I8254_BASE, 50);
	out(I8254_BASE, 0);
	assert_true(status(0) & NOT_LOADED);
	clock(30);
	assert_int_equal(latched(0), 40);
	due = i8254_tick(&t, now);
	assert_in_range(due - first, 83808, 83812); /* 100 clocks */
	now = due;
	assert_int_equal(latched(0), 50); /* a read before the timer's call */
	assert_int_equal(edges, 1);
	assert_false(status(0) & NOT_LOADED);
	due = i8254_tick(&t, now);
	assert_in_range(due - now, 41903, 41907);
	now = due;
	i8254_tick(&t, now);
	assert_int_equal(edges, 2);
	out(PORT_SPEAKER, GATE2);
	program(2, 3, 100);
	out(I8254_BASE + 2, 40);
	out(I8254_BASE + 2, 0);
	clock(20);
	assert_int_equal(latched(2), 60);
	clock(90);
	assert_in_range(latched(2), 20, 22); /* 10 clocks, by two */
}

/* What is due when a new count is written has happened. */
static void no_edge_is_lost_to_a_new_count(void **state)
{
	(void)state;
	program(0, 4, 100);
	edges = 0;
	clock(150);
	out(I8254_BASE, 50);
	out(I8254_BASE, 0);
	assert_int_equal(edges, 1);
}

static void a_one_shot_takes_a_count_when_triggered(void **state)
{
	(void)state;
	program(2, 1, 100);
	out(PORT_SPEAKER, GATE2);
	clock(10);
	out(I8254_BASE + 2, 20);
	out(I8254_BASE + 2, 0);
	clock(80);
	assert_false(in(PORT_SPEAKER)&OUT2);
	clock(10);
	assert_true(in(PORT_SPEAKER)&OUT2);
	out(PORT_SPEAKER, 0);
	out(PORT_SPEAKER, GATE2);
	assert_int_equal(latched(2), 20);
	clock(20);
	assert_true(in(PORT_SPEAKER)&OUT2);
}

/* Read-back: both latched by one command; the status comes first, once. */
static void read_back_gives_status_then_count(void **state)
{
	(void)state;
	program(0, 2, 1000);
	program(2, 3, 500);
	clock(10);
	out(CONTROL, 0xc0 | 0x02 | 0x08);
	clock(10);
	assert_int_equal(in(I8254_BASE), OUT | 0x34);
	assert_int_equal(read16(0), 990);
	assert_int_equal(read16(0), 980);
	assert_int_equal(in(I8254_BASE + 2) & 0x3f, 0x36);
	assert_int_equal(read16(2), 500); /* its gate is low */
}

static void the_first_status_latch_counts(void **state)
{
	(void)state;
	program(0, 0, 10);
	out(CONTROL, 0xe2);
	clock(10);
	out(CONTROL, 0xe2);
	assert_false(in(I8254_BASE)&OUT);
	assert_true(status(0) & OUT);
}

/* One-byte access: the other byte is zero. */
static void single_bytes(void **state)
{
	(void)state;
	out(CONTROL, 0x14); /* low only, mode 2 */
	out(I8254_BASE, 200);
	clock(50);
	assert_int_equal(in(I8254_BASE), 150);
	assert_int_equal(in(I8254_BASE), 150);
	out(CONTROL, 0x24); /* high only */
	out(I8254_BASE, 2);
	clock(1);
	assert_int_equal(in(I8254_BASE), 1);
	assert_int_equal(status(0) & 0x30, 0x20);
}

static void bcd_counts_in_tens(void **state)
{
	(void)state;
	out(CONTROL, 0x35);
	out(I8254_BASE, 0x00);
	out(I8254_BASE, 0x10); /* 1000 */
	clock(1);
	assert_int_equal(latched(0), 0x0999);
	out(CONTROL, 0x31); /* mode 0: wraps to 9999 */
	out(I8254_BASE, 0x05);
	out(I8254_BASE, 0x00);
	clock(6);
	assert_int_equal(latched(0), 0x9999);
	out(CONTROL, 0x35);
	out(I8254_BASE, 0);
	out(I8254_BASE, 0); /* 10000 */
	clock(1);
	assert_int_equal(latched(0), 0x9999);
}

/* Linux's native_calibrate_tsc(): gate on, mode 0, wait for bit 5 of 0x61. */
static void channel_2_calibrates(void **state)
{
	uint64_t began;

	(void)state;
	out(PORT_SPEAKER, GATE2);
	program(2, 0, 11931); /* 10 ms */
	began = now;
	while (!(in(PORT_SPEAKER)&OUT2) && now - began < NS_PER_SEC)
		now += 1000;
	assert_in_range(now - began, 9999000, 10001000);
}

/* Modes 0 and 4 stand still while the gate is low. */
static void a_low_gate_stops_mode_0(void **state)
{
	(void)state;
	program(2, 0, 100);
	clock(200);
	assert_false(in(PORT_SPEAKER)&OUT2);
	assert_int_equal(latched(2), 100);
	out(PORT_SPEAKER, GATE2);
	clock(60);
	out(PORT_SPEAKER, 0);
	clock(1000);
	assert_int_equal(latched(2), 40);
	assert_false(in(PORT_SPEAKER)&OUT2);
	out(PORT_SPEAKER, GATE2);
	clock(39);
	assert_false(in(PORT_SPEAKER)&OUT2);
	clock(1);
	assert_true(in(PORT_SPEAKER)&OUT2);
}

/* Mode 1 starts with the gate and does not need it any more. */
static void a_rising_gate_triggers_mode_1(void **state)
{
	(void)state;
	program(2, 1, 100);
	assert_true(in(PORT_SPEAKER)&OUT2);
	assert_true(status(2) & NOT_LOADED);
	out(PORT_SPEAKER, GATE2);
	assert_false(in(PORT_SPEAKER)&OUT2);
	clock(30);
	out(PORT_SPEAKER, 0);
	clock(30);
	assert_int_equal(latched(2), 40);
	out(PORT_SPEAKER, GATE2); /* again */
	clock(99);
	assert_false(in(PORT_SPEAKER)&OUT2);
	clock(1);
	assert_true(in(PORT_SPEAKER)&OUT2);
}

static void a_rising_gate_restarts_mode_3(void **state)
{
	(void)state;
	out(PORT_SPEAKER, GATE2);
	program(2, 3, 100);
	clock(70);
	assert_false(in(PORT_SPEAKER)&OUT2);
	out(PORT_SPEAKER, 0);
	assert_true(in(PORT_SPEAKER)&OUT2);
	out(PORT_SPEAKER, GATE2);
	clock(10);
	assert_int_equal(latched(2), 80);
}

static void port_61_reads_back(void **state)
{
	uint8_t first;

	(void)state;
	out(PORT_SPEAKER, 0xff);
	assert_int_equal(in(PORT_SPEAKER)&0xcf, 0x0f);
	first = in(PORT_SPEAKER)&REFRESH;
	now += 15085;
	assert_int_not_equal(in(PORT_SPEAKER)&REFRESH, first);
	assert_int_equal(in(CONTROL), 0xff); /* write only */
}

#define T(f) cmocka_unit_test_setup(f, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(mode_2_divides),
		T(mode_3_halves),
		T(mode_0_counts_once),
		T(mode_4_is_linux_one_shot),
		T(modes_4_6_and_7),
		T(ticks_come_at_their_rate),
		T(missed_periods_are_one_edge),
		T(a_count_of_0_is_65536),
		T(no_count_no_interrupt),
		T(the_count_latch_holds),
		T(a_running_period_is_not_changed),
		T(no_edge_is_lost_to_a_new_count),
		T(a_one_shot_takes_a_count_when_triggered),
		T(read_back_gives_status_then_count),
		T(the_first_status_latch_counts),
		T(single_bytes),
		T(bcd_counts_in_tens),
		T(channel_2_calibrates),
		T(a_low_gate_stops_mode_0),
		T(a_rising_gate_triggers_mode_1),
		T(a_rising_gate_restarts_mode_3),
		T(port_61_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

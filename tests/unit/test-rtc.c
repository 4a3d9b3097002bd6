/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The MC146818 against its data sheet, on a clock that the test moves: formats,
 * leap years, setting, the update flag, the three interrupts, and the CMOS
 * memory that firmware fills.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "dev/rtc.h"

#define TIME_NEVER UINT64_MAX

#define NS_PER_SEC 1000000000ull
#define DAY_S	   86400ull
#define LEAP_DAY   1078012799ull /* 2004-02-28 23:59:59 UTC, a Saturday */

#define SECONDS	      0
#define SECONDS_ALARM 1
#define MINUTES	      2
#define MINUTES_ALARM 3
#define HOURS	      4
#define HOURS_ALARM   5
#define WEEKDAY	      6
#define DAY	      7
#define MONTH	      8
#define YEAR	      9
#define REG_A	      10
#define REG_B	      11
#define REG_C	      12
#define REG_D	      13
#define CENTURY	      0x32

#define UIP    0x80
#define SET    0x80
#define PIE    0x40
#define AIE    0x20
#define UIE    0x10
#define BINARY 0x04
#define H24    0x02
#define IRQF   0x80
#define PF     0x40
#define AF     0x20
#define UF     0x10

static struct rtc r;
static uint64_t now, utc;
static bool line;

static void wire(void *opaque, unsigned int nr, bool on)
{
	(void)opaque;
	assert_int_equal(nr, 8);
	line = on;
}

static void set(unsigned int reg, uint8_t value)
{
	rtc_write(&r, RTC_BASE, (uint8_t)reg, utc);
	rtc_write(&r, RTC_BASE + 1, value, utc);
}

static uint8_t get(unsigned int reg)
{
	rtc_write(&r, RTC_BASE, (uint8_t)reg, utc);
	return rtc_read(&r, RTC_BASE + 1, utc);
}

static int start(void **state)
{
	const struct irq_line irq = { wire, NULL, 8 };

	(void)state;
	now = NS_PER_SEC;
	utc = LEAP_DAY * NS_PER_SEC + NS_PER_SEC / 2;
	line = false;
	rtc_init(&r, irq, 31 * 1024);
	get(REG_C);
	return 0;
}

static void pass(uint64_t ns)
{
	now += ns;
	utc += ns;
}

static uint64_t tick(void)
{
	return rtc_tick(&r, now, utc);
}

#define assert_time(h, m, s)                                                   \
	do {                                                                   \
		assert_int_equal(get(HOURS), (h));                             \
		assert_int_equal(get(MINUTES), (m));                           \
		assert_int_equal(get(SECONDS), (s));                           \
	} while (0)

#define assert_date(c, y, m, d)                                                \
	do {                                                                   \
		assert_int_equal(get(CENTURY), (c));                           \
		assert_int_equal(get(YEAR), (y));                              \
		assert_int_equal(get(MONTH), (m));                             \
		assert_int_equal(get(DAY), (d));                               \
	} while (0)

static void it_shows_utc_in_bcd(void **state)
{
	(void)state;
	assert_time(0x23, 0x59, 0x59);
	assert_date(0x20, 0x04, 0x02, 0x28);
	assert_int_equal(get(WEEKDAY), 7); /* Sunday is 1 */
	assert_int_equal(get(REG_D), 0x80);
	assert_int_equal(get(REG_A) & 0x70, 0x20); /* the oscillator runs */
}

static void leap_days_come_every_fourth_year(void **state)
{
	(void)state;
	pass(NS_PER_SEC);
	assert_time(0, 0, 0);
	assert_date(0x20, 0x04, 0x02, 0x29);
	assert_int_equal(get(WEEKDAY), 1);
	pass(DAY_S * NS_PER_SEC);
	assert_date(0x20, 0x04, 0x03, 0x01);
	utc = 4107542400ull * NS_PER_SEC; /* 2100 has none */
	assert_date(0x21, 0x00, 0x03, 0x01);
	utc = 0;
	assert_date(0x19, 0x70, 0x01, 0x01);
	assert_int_equal(get(WEEKDAY), 5);
}

static void twelve_hours_have_a_pm_bit(void **state)
{
	static const struct {
		uint64_t hour;
		uint8_t bcd, binary;
	} row[] = {
		{ 0, 0x12, 12 },    { 1, 0x01, 1 },	{ 11, 0x11, 11 },
		{ 12, 0x92, 0x8c }, { 13, 0x81, 0x81 }, { 23, 0x91, 0x8b }
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		utc = (12345 * DAY_S + row[i].hour * 3600) * NS_PER_SEC;
		set(REG_B, 0);
		assert_int_equal(get(HOURS), row[i].bcd);
		set(REG_B, BINARY);
		assert_int_equal(get(HOURS), row[i].binary);
		set(REG_B, BINARY | H24);
		assert_int_equal(get(HOURS), row[i].hour);
	}
}

/* As Linux's rtc_set_time(): stop, write all, go on. */
static void set_date(uint8_t y, uint8_t mo, uint8_t d, uint8_t h, uint8_t mi,
		     uint8_t s)
{
	uint8_t b = get(REG_B);

	set(REG_B, b | SET);
	set(YEAR, y);
	set(MONTH, mo);
	set(DAY, d);
	set(HOURS, h);
	set(MINUTES, mi);
	set(SECONDS, s);
	set(REG_B, b);
}

static void what_is_set_runs_on(void **state)
{
	(void)state;
	set_date(0x10, 0x12, 0x31, 0x23, 0x59, 0x58);
	assert_time(0x23, 0x59, 0x58);
	assert_date(0x20, 0x10, 0x12, 0x31);
	pass(2 * NS_PER_SEC);
	assert_time(0, 0, 0);
	assert_date(0x20, 0x11, 0x01, 0x01);
	assert_int_equal(get(WEEKDAY), 7);
	set_date(0x04, 0x02, 0x29, 0x12, 0x00, 0x00);
	assert_date(0x20, 0x04, 0x02, 0x29);
	set(REG_B, BINARY);
	set_date(9, 6, 15, 0x80 | 12, 30, 1); /* noon, half past */
	set(REG_B, H24);
	assert_time(0x12, 0x30, 0x01);
	assert_date(0x20, 0x09, 0x06, 0x15);
}

static void it_stands_still_while_being_set(void **state)
{
	(void)state;
	set(REG_B, SET | H24 | UIE);
	assert_int_equal(get(REG_B), SET | H24); /* SET clears UIE */
	pass(5 * NS_PER_SEC);
	assert_time(0x23, 0x59, 0x59);
	assert_false(get(REG_C) & UF);
	set(MINUTES, 0x30);
	set(REG_B, H24);
	assert_time(0x23, 0x30, 0x59);
	assert_false(get(REG_C) & UF);
}

/* A single register may be written while the clock runs. */
static void minutes_can_be_set_alone(void **state)
{
	(void)state;
	set(MINUTES, 0x10);
	assert_time(0x23, 0x10, 0x59);
	pass(NS_PER_SEC);
	assert_time(0x23, 0x11, 0x00);
}

static void nonsense_does_not_stop_it(void **state)
{
	(void)state;
	set_date(0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
	pass(NS_PER_SEC);
	assert_in_range(get(MONTH), 1, 0x12);
	set_date(0x70, 0x01, 0x00, 0x00, 0x00, 0x00);
	get(SECONDS);
	set(CENTURY, 0);
	get(YEAR);
}

/* Linux waits for the flag to rise and to fall: the second is new then. */
static void update_in_progress_ends_with_the_second(void **state)
{
	(void)state;
	assert_false(get(REG_A) & UIP);
	pass(NS_PER_SEC / 2 - 244000);
	assert_true(get(REG_A) & UIP);
	assert_int_equal(get(SECONDS), 0x59);
	pass(244000);
	assert_false(get(REG_A) & UIP);
	assert_int_equal(get(SECONDS), 0);
	set(REG_B, SET);
	pass(NS_PER_SEC - 1000);
	assert_false(get(REG_A) & UIP);
	set(REG_A, 0xff);
	assert_false(get(REG_A) & UIP); /* read only */
}

/* hwclock measures by it: the first one is at the next second, not at once. */
static void update_interrupts_mark_the_second(void **state)
{
	uint64_t due;

	(void)state;
	pass(10 * NS_PER_SEC);
	set(REG_B, H24 | UIE);
	get(REG_C);
	due = tick();
	assert_false(line);
	assert_int_equal(due - now, NS_PER_SEC / 2);
	for (unsigned int i = 0; i < 3; i++) {
		pass(due - now);
		due = tick();
		assert_true(line);
		assert_int_equal(due - now, NS_PER_SEC);
		assert_int_equal(get(REG_C) & (IRQF | UF), IRQF | UF);
		assert_false(line);
		assert_int_equal(get(REG_C), 0);
	}
}

static void flags_are_set_without_enables(void **state)
{
	(void)state;
	assert_int_equal(get(REG_C), 0);
	pass(NS_PER_SEC);
	assert_int_equal(tick(), TIME_NEVER);
	assert_false(line);
	set(REG_B, H24 | UIE); /* and enabling shows them */
	assert_true(line);
	set(REG_B, H24);
	assert_false(line);
	/* Midnight is what the alarm says at power on. */
	assert_int_equal(get(REG_C), PF | AF | UF);
}

static void an_alarm_is_once_a_day(void **state)
{
	unsigned int alarms = 0;

	(void)state;
	set(SECONDS_ALARM, 0x10);
	set(MINUTES_ALARM, 0x02);
	set(HOURS_ALARM, 0x00);
	set(REG_B, H24 | AIE);
	for (unsigned int i = 0; i < DAY_S; i++) {
		pass(tick() - now);
		tick();
		if (!line)
			continue;
		alarms++;
		assert_time(0x00, 0x02, 0x10);
		assert_int_equal(get(REG_C) & (IRQF | AF), IRQF | AF);
	}
	assert_int_equal(alarms, 1);
}

/* Two high bits: don't care. */
static void an_alarm_can_come_every_minute(void **state)
{
	unsigned int alarms = 0;

	(void)state;
	set(SECONDS_ALARM, 0x30);
	set(MINUTES_ALARM, 0xff);
	set(HOURS_ALARM, 0xc0);
	set(REG_B, H24 | AIE);
	for (unsigned int i = 0; i < 600; i++) {
		pass(NS_PER_SEC);
		tick();
		alarms += line;
		get(REG_C);
	}
	assert_int_equal(alarms, 10);
}

/* The domain was paused over it. */
static void an_alarm_is_not_slept_over(void **state)
{
	(void)state;
	set(SECONDS_ALARM, 0x05);
	set(MINUTES_ALARM, 0x00);
	set(HOURS_ALARM, 0x00);
	set(REG_B, H24 | AIE);
	tick();
	pass(100 * NS_PER_SEC);
	tick();
	assert_true(line);
}

/* Register A: 3 is 8192 Hz, 6 is 1024 Hz, 15 is 2 Hz; 1 and 2 as 8 and 9. */
static void periodic_rates(void **state)
{
	static const uint32_t hz[16] = { 0,    256, 128, 8192, 4096, 2048,
					 1024, 512, 256, 128,  64,   32,
					 16,   8,   4,	 2 };

	(void)state;
	for (uint8_t rate = 0; rate < ARRAY_SIZE(hz); rate++) {
		uint64_t end, due;
		uint32_t n = 0;

		set(REG_A, 0x20 | rate);
		set(REG_B, H24 | PIE);
		get(REG_C);
		end = now + 2 * NS_PER_SEC;
		while ((due = tick()) <= end) {
			assert_true(due > now);
			pass(due - now);
			tick();
			n += line;
			assert_int_equal(get(REG_C) & (IRQF | PF), IRQF | PF);
		}
		pass(end - now);
		assert_in_range(n, 2 * hz[rate] - !!hz[rate],
				2 * hz[rate] + !!hz[rate]);
	}
}

/* Served late every time, the rate still is right. */
static void lateness_does_not_add_up(void **state)
{
	uint64_t end = now + NS_PER_SEC, due;
	unsigned int n = 0;

	(void)state;
	set(REG_A, 0x26);
	set(REG_B, H24 | PIE);
	get(REG_C);
	while ((due = tick()) < end) {
		pass(due - now + 300000);
		tick();
		n += line;
		get(REG_C);
	}
	assert_in_range(n, 1022, 1025);
}

/* Memory sizes as a BIOS leaves them, and its checksum. */
static void cmos_says_how_much_memory(void **state)
{
	unsigned int sum = 0;

	(void)state;
	assert_int_equal(get(0x15) | get(0x16) << 8, 640);
	assert_int_equal(get(0x17) | get(0x18) << 8, 31 * 1024);
	assert_int_equal(get(0x30) | get(0x31) << 8, 31 * 1024);
	assert_int_equal(get(0x34) | get(0x35) << 8, 256); /* 64 kB */
	for (unsigned int i = 0x10; i <= 0x2d; i++)
		sum += get(i);
	assert_int_equal(get(0x2e) << 8 | get(0x2f), sum);
	rtc_init(&r, r.irq, 3u << 20);
	assert_int_equal(get(0x17) | get(0x18) << 8, 0xffff);
	assert_int_equal(get(0x34) | get(0x35) << 8, 3 * 1024 * 16 - 240);
}

static void memory_keeps_what_is_written(void **state)
{
	(void)state;
	set(0x40, 0x5a);
	set(0x80 | 0x41, 0xa5); /* bit 7 of the index masks NMIs */
	assert_int_equal(get(0x40), 0x5a);
	assert_int_equal(get(0x41), 0xa5);
	set(REG_D, 0);
	assert_int_equal(get(REG_D), 0x80);
	assert_int_equal(rtc_read(&r, RTC_BASE, utc), 0xff);
	set(SECONDS_ALARM, 0x77); /* does not move the clock */
	assert_time(0x23, 0x59, 0x59);
	assert_int_equal(get(SECONDS_ALARM), 0x77);
}

#define T(f) cmocka_unit_test_setup(f, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(it_shows_utc_in_bcd),
		T(leap_days_come_every_fourth_year),
		T(twelve_hours_have_a_pm_bit),
		T(what_is_set_runs_on),
		T(it_stands_still_while_being_set),
		T(minutes_can_be_set_alone),
		T(nonsense_does_not_stop_it),
		T(update_in_progress_ends_with_the_second),
		T(update_interrupts_mark_the_second),
		T(flags_are_set_without_enables),
		T(an_alarm_is_once_a_day),
		T(an_alarm_can_come_every_minute),
		T(an_alarm_is_not_slept_over),
		T(periodic_rates),
		T(lateness_does_not_add_up),
		T(cmos_says_how_much_memory),
		T(memory_keeps_what_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

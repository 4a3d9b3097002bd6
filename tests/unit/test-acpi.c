/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ACPI fixed hardware against ACPI 2.0, chapter 4: the PM timer's rate and
 * width, status and enable bits with the SCI, the power button, and S5.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "dev/acpi-pm.h"

#define STATUS	   ACPI_PM1_EVENT
#define ENABLE	   (ACPI_PM1_EVENT + 2)
#define CONTROL	   ACPI_PM1_CNT
#define TIMER	   ACPI_PM_TIMER
#define PWRBTN	   0x0100
#define SCI_EN	   0x0001
#define SLP_EN	   0x2000
#define SLP(type)  ((uint32_t)(type) << 10)
#define NS_PER_SEC 1000000000ull
#define HZ	   3579545u
#define WIDTH	   0x1000000u /* 24 bits */

static struct acpi_pm a;
static uint64_t now;
static unsigned int offs;
static bool line;

static void wire(void *opaque, unsigned int nr, bool on)
{
	(void)opaque;
	assert_int_equal(nr, ACPI_SCI_IRQ);
	line = on;
}

static void power_off(void *opaque)
{
	assert_ptr_equal(opaque, &offs);
	offs++;
}

static int start(void **state)
{
	const struct irq_line sci = { wire, NULL, ACPI_SCI_IRQ };

	(void)state;
	now = 0;
	offs = 0;
	line = false;
	acpi_pm_init(&a, sci, power_off, &offs);
	return 0;
}

static uint32_t in(uint16_t port, unsigned int size)
{
	uint32_t v = acpi_pm_read(&a, port, size, now);

	return size == 4 ? v : v & (BIT(8 * size) - 1);
}

static void out(uint16_t port, unsigned int size, uint32_t value)
{
	acpi_pm_write(&a, port, size, value);
}

static void the_timer_runs_at_its_rate(void **state)
{
	(void)state;
	assert_int_equal(in(TIMER, 4), 0);
	now = NS_PER_SEC;
	assert_int_equal(in(TIMER, 4), HZ);
	assert_int_equal(in(TIMER, 1), HZ & 0xff);
	assert_int_equal(in(TIMER + 1, 1), HZ >> 8 & 0xff);
	now = 280; /* one tick is 279.4 ns */
	assert_int_equal(in(TIMER, 4), 1);
	out(TIMER, 4, 0); /* read only */
	assert_int_equal(in(TIMER, 4), 1);
}

/* The FADT says 24 bits: what is above must be 0 for Linux's mask to be right. */
static void the_timer_wraps_at_24_bits(void **state)
{
	const uint64_t wrap = WIDTH * NS_PER_SEC / HZ + 1;

	(void)state;
	now = wrap - 300;
	assert_int_equal(in(TIMER, 4), WIDTH - 2);
	now = wrap;
	assert_int_equal(in(TIMER, 4), 0);
	for (uint64_t s = 0; s < 3000; s++) { /* also beyond 32 bits of ticks */
		uint32_t before;

		now = s * NS_PER_SEC;
		before = in(TIMER, 4);
		assert_int_equal(before, s * HZ % WIDTH);
		now += NS_PER_SEC / 1000;
		assert_in_range((in(TIMER, 4) - before) & (WIDTH - 1), 3579,
				3580);
	}
}

static void the_timer_lasts_for_centuries(void **state)
{
	(void)state;
	now = 10000000000ull * NS_PER_SEC;
	assert_int_equal(in(TIMER, 4), 10000000000ull * HZ % WIDTH);
}

/* There is no SMM: ACPI is always on, as Linux checks. */
static void acpi_is_always_enabled(void **state)
{
	(void)state;
	assert_int_equal(in(CONTROL, 2), SCI_EN);
	out(CONTROL, 2, 0);
	assert_int_equal(in(CONTROL, 2), SCI_EN);
}

static void the_button_interrupts_when_enabled(void **state)
{
	(void)state;
	acpi_pm_button(&a);
	assert_false(line);
	assert_int_equal(in(STATUS, 2), PWRBTN);
	assert_false(acpi_pm_button_is_heard(&a));
	out(ENABLE, 2, PWRBTN);
	assert_true(acpi_pm_button_is_heard(&a));
	assert_int_equal(in(ENABLE, 2), PWRBTN);
	assert_true(line);
	out(STATUS, 2, 0x00ff); /* other bits */
	assert_true(line);
	out(STATUS, 2, PWRBTN);
	assert_false(line);
	assert_int_equal(in(STATUS, 2), 0);
	assert_int_equal(in(ENABLE, 2), PWRBTN);
	acpi_pm_button(&a);
	assert_true(line);
	out(ENABLE, 2, 0);
	assert_false(line);
}

static void bytes_and_double_words_do_too(void **state)
{
	(void)state;
	acpi_pm_button(&a);
	out(ENABLE + 1, 1, PWRBTN >> 8);
	assert_true(line);
	assert_int_equal(in(STATUS, 4), (uint32_t)PWRBTN << 16 | PWRBTN);
	assert_int_equal(in(STATUS + 1, 1), PWRBTN >> 8);
	out(STATUS, 1, 0xff);
	assert_true(line);
	out(STATUS + 1, 1, PWRBTN >> 8);
	assert_false(line);
	assert_int_equal(in(ENABLE, 2), PWRBTN);
	acpi_pm_button(&a);
	out(STATUS, 4, PWRBTN); /* clears the status and the enable */
	assert_int_equal(in(STATUS, 4), 0);
	assert_false(line);
}

/* acpi_enter_sleep_state(5): the type first, then type and SLP_EN. */
static void s5_switches_off(void **state)
{
	(void)state;
	out(CONTROL, 2, SCI_EN | SLP(ACPI_S5_TYPE));
	assert_int_equal(offs, 0);
	assert_int_equal(in(CONTROL, 2), SCI_EN | SLP(ACPI_S5_TYPE));
	out(CONTROL, 2, SCI_EN | SLP(ACPI_S5_TYPE) | SLP_EN);
	assert_int_equal(offs, 1);
	assert_int_equal(in(CONTROL, 2) & SLP_EN, 0); /* write only */
}

static void s5_by_bytes(void **state)
{
	(void)state;
	out(CONTROL + 1, 1, (SLP(ACPI_S5_TYPE) | SLP_EN) >> 8);
	assert_int_equal(offs, 1);
	assert_int_equal(in(CONTROL, 2), SCI_EN | SLP(ACPI_S5_TYPE));
}

static void other_sleeps_do_nothing(void **state)
{
	(void)state;
	for (unsigned int type = 0; type < 8; type++)
		if (type != ACPI_S5_TYPE)
			out(CONTROL, 2, SLP(type) | SLP_EN);
	assert_int_equal(offs, 0);
}

/* GBL_RLS asks firmware, and reads as 0. */
static void write_only_bits_read_0(void **state)
{
	(void)state;
	out(CONTROL, 2, ~0u & ~SLP(7) & ~SLP_EN);
	assert_int_equal(in(CONTROL, 2) & (SLP_EN | 0x0004), 0);
	assert_int_equal(in(CONTROL + 2, 2), 0);
}

#define T(f) cmocka_unit_test_setup(f, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_timer_runs_at_its_rate),
		T(the_timer_wraps_at_24_bits),
		T(the_timer_lasts_for_centuries),
		T(acpi_is_always_enabled),
		T(the_button_interrupts_when_enabled),
		T(bytes_and_double_words_do_too),
		T(s5_switches_off),
		T(s5_by_bytes),
		T(other_sleeps_do_nothing),
		T(write_only_bits_read_0),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

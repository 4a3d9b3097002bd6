/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The local APIC against chapter 11 of the manual and against Linux 2.6's
 * apic.c: the probe, priorities, EOI, self-IPIs, errors, LINT0 and the timer
 * on a clock that the test moves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "dev/lapic.h"

#define TIME_NEVER UINT64_MAX
#define VERSION	   0x030
#define TPR	   0x080
#define PPR	   0x0a0
#define LDR	   0x0d0
#define DFR	   0x0e0
#define ISR	   0x100
#define TMR	   0x180
#define IRR	   0x200
#define ESR	   0x280
#define ICR_LOW	   0x300
#define ICR_HIGH   0x310
#define LVT1	   0x360
#define LVTERR	   0x370
#define INITIAL	   0x380
#define CURRENT	   0x390
#define DIVIDE	   0x3e0
#define BY_1	   0xb
#define BY_2	   0x0
#define BY_16	   0x3
#define BY_128	   0xa

#define ENABLE	  0x100
#define MASKED	  0x10000
#define PERIODIC  0x20000
#define DM_EXTINT 0x700
#define SELF	  0x40000
#define ALL	  0x80000
#define OTHERS	  0xc0000
#define LOGICAL	  0x800
#define NMI	  0x400

static struct lapic l;
static uint64_t now;
static int finished;
static unsigned int ipis;
static uint32_t ipi_low, ipi_high;

static void eoi(void *opaque, uint8_t vector)
{
	(void)opaque;
	finished = vector;
}

static void ipi(void *opaque, uint32_t low, uint32_t high)
{
	(void)opaque;
	ipis++;
	ipi_low = low;
	ipi_high = high;
}

static void out(uint32_t reg, uint32_t value)
{
	lapic_write(&l, reg, value, now);
}

static uint32_t in(uint32_t reg)
{
	return lapic_read(&l, reg, now);
}

static int start(void **state)
{
	(void)state;
	now = 1000000;
	finished = -1;
	ipis = 0;
	lapic_init(&l, 3);
	l.eoi = eoi;
	l.ipi = ipi;
	out(LAPIC_SVR, ENABLE | 0xff);
	return 0;
}

static bool has(uint32_t bank, unsigned int vector)
{
	return in(bank + vector / 32 * 0x10) & BIT(vector % 32);
}

#define assert_acked(vector)                                                   \
	do {                                                                   \
		assert_true(lapic_pending(&l));                                \
		assert_int_equal(lapic_ack(&l), (vector));                     \
		assert_true(has(ISR, (vector)));                               \
		assert_false(has(IRR, (vector)));                              \
	} while (0)

/* verify_local_APIC(): a read-only version, an ID that can be written. */
static void linux_verifies_it(void **state)
{
	(void)state;
	out(VERSION, 0xffffffff);
	assert_int_equal(in(VERSION), 0x00050014);
	assert_int_equal(in(LAPIC_ID), 3u << 24);
	out(LAPIC_ID, 0x0cffffff);
	assert_int_equal(in(LAPIC_ID), 0x0c000000);
	assert_int_equal(in(0x000), 0);
	assert_int_equal(in(0xff0), 0);
}

static void reset_is_silent(void **state)
{
	(void)state;
	lapic_init(&l, 0);
	assert_int_equal(in(LAPIC_SVR), 0xff);
	assert_int_equal(in(DFR), ~0u);
	for (uint32_t reg = LAPIC_LVTT; reg <= LVTERR; reg += 0x10) {
		assert_int_equal(in(reg), MASKED);
		out(reg, 0x31); /* masked for as long as it is off */
		assert_int_equal(in(reg), MASKED | 0x31);
	}
	lapic_accept(&l, 0x31, false);
	assert_false(has(IRR, 0x31));
	assert_false(lapic_pending(&l));
	assert_int_equal(lapic_ack(&l), -1);
}

static void switching_it_off_masks_all(void **state)
{
	(void)state;
	out(LAPIC_LVTT, 0x31);
	out(LVTERR, 0x32);
	assert_int_equal(in(LAPIC_LVTT), 0x31);
	lapic_accept(&l, 0x55, false);
	out(LAPIC_SVR, 0xff);
	assert_int_equal(in(LAPIC_LVTT), MASKED | 0x31);
	assert_int_equal(in(LVTERR), MASKED | 0x32);
	assert_false(lapic_pending(&l));
	out(LAPIC_SVR, ENABLE | 0xff);
	assert_true(lapic_pending(&l)); /* requests stay */
}

/* Delivery status and remote IRR are not the guest's to write. */
static void lvt_bits_that_are_there(void **state)
{
	(void)state;
	out(LAPIC_LVTT, ~0u);
	assert_int_equal(in(LAPIC_LVTT), 0x300ff);
	out(LAPIC_LVT0, ~0u);
	assert_int_equal(in(LAPIC_LVT0), 0x1a7ff);
}

/* The upper half of a vector is its class; the highest goes first. */
static void classes_order_the_vectors(void **state)
{
	(void)state;
	lapic_accept(&l, 0x41, false);
	lapic_accept(&l, 0xef, false);
	lapic_accept(&l, 0x4f, false);
	assert_acked(0xef);
	assert_false(lapic_pending(&l));
	assert_int_equal(in(PPR), 0xe0);
	lapic_accept(&l, 0xe1, false); /* the same class waits */
	assert_false(lapic_pending(&l));
	lapic_accept(&l, 0xf0, false);
	assert_acked(0xf0);
	out(LAPIC_EOI, 0);
	assert_false(has(ISR, 0xf0));
	assert_true(has(ISR, 0xef));
	out(LAPIC_EOI, 0);
	assert_acked(0xe1);
	out(LAPIC_EOI, 0);
	assert_acked(0x4f);
	out(LAPIC_EOI, 0);
	assert_acked(0x41);
	out(LAPIC_EOI, 0);
	out(LAPIC_EOI, 0); /* one too many */
	assert_int_equal(in(PPR), 0);
	assert_int_equal(finished, -1);
}

static void one_vector_waits_once_behind_itself(void **state)
{
	(void)state;
	lapic_accept(&l, 0x61, false);
	assert_acked(0x61);
	lapic_accept(&l, 0x61, false);
	lapic_accept(&l, 0x61, false);
	assert_false(lapic_pending(&l));
	out(LAPIC_EOI, 0);
	assert_acked(0x61);
	out(LAPIC_EOI, 0);
	assert_false(lapic_pending(&l));
}

static void task_priority_holds_back(void **state)
{
	(void)state;
	out(TPR, 0x5f);
	assert_int_equal(in(TPR), 0x5f);
	assert_int_equal(in(PPR), 0x5f);
	lapic_accept(&l, 0x5f, false);
	assert_false(lapic_pending(&l));
	assert_int_equal(lapic_ack(&l), -1);
	assert_true(has(IRR, 0x5f));
	lapic_accept(&l, 0x60, false);
	assert_acked(0x60);
	assert_int_equal(in(PPR), 0x60);
	out(LAPIC_EOI, 0);
	out(TPR, 0x4f);
	assert_acked(0x5f);
}

/* TMR remembers how it came; only levels tell the I/O APICs. */
static void level_ends_are_told(void **state)
{
	(void)state;
	lapic_accept(&l, 0x71, true);
	assert_true(has(TMR, 0x71));
	assert_acked(0x71);
	out(LAPIC_EOI, 0);
	assert_int_equal(finished, 0x71);
	finished = -1;
	lapic_accept(&l, 0x71, false);
	assert_false(has(TMR, 0x71));
	assert_acked(0x71);
	out(LAPIC_EOI, 0);
	assert_int_equal(finished, -1);
}

static void ipis_go_to_whom_they_name(void **state)
{
	static const struct {
		uint32_t low, high;
		bool self, others;
	} row[] = {
		{ SELF | 0x81, 0, true, false },
		{ ALL | 0x82, 0, true, true },
		{ OTHERS | 0x83, 3u << 24, false, true },
		{ 0x84, 3u << 24, true, true },
		{ 0x85, 2u << 24, false, true },
		{ 0x86, 0xffu << 24, true, true },
		{ LOGICAL | 0x87, 0x02u << 24, true, true },
		{ LOGICAL | 0x88, 0x0du << 24, false, true },
		{ LOGICAL | 0x189, 0x0fu << 24, true, true },
		{ NMI | OTHERS, 0, false, true },
	};

	(void)state;
	out(LDR, 0x02ffffff);
	assert_int_equal(in(LDR), 0x02000000);
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		ipis = 0;
		out(ICR_HIGH, row[i].high);
		out(ICR_LOW, row[i].low | 0x1000);
		assert_int_equal(in(ICR_LOW), row[i].low); /* never pending */
		assert_int_equal(has(IRR, (uint8_t)row[i].low), row[i].self);
		assert_int_equal(ipis, row[i].others);
		if (row[i].others) {
			assert_int_equal(ipi_low & 0xfffff,
					 row[i].low | 0x1000);
			assert_int_equal(ipi_high, row[i].high);
		}
	}
}

static void logical_clusters(void **state)
{
	(void)state;
	out(DFR, 0);
	assert_int_equal(in(DFR), 0x0fffffff);
	out(LDR, 0x24000000);
	assert_true(lapic_is_target(&l, 0x24, true));
	assert_true(lapic_is_target(&l, 0x2c, true));
	assert_false(lapic_is_target(&l, 0x23, true));
	assert_false(lapic_is_target(&l, 0x34, true));
	assert_true(lapic_is_target(&l, 0xff, true));
}

/* Vectors below 16 are errors: seen in ESR after a write to it. */
static void illegal_vectors_are_errors(void **state)
{
	(void)state;
	out(LVTERR, 0xfe);
	lapic_accept(&l, 15, false);
	assert_false(has(IRR, 15));
	assert_int_equal(in(ESR), 0);
	out(ESR, 0);
	assert_int_equal(in(ESR), 0x40);
	out(ESR, 0);
	assert_int_equal(in(ESR), 0);
	assert_acked(0xfe);
	out(LAPIC_EOI, 0);
	out(LVTERR, MASKED | 0xfe);
	out(ICR_LOW, OTHERS | 2);
	assert_int_equal(ipis, 0);
	out(ESR, 0);
	assert_int_equal(in(ESR), 0x20);
	assert_false(lapic_pending(&l));
	out(LVTERR, 5); /* does not make another error of it */
	lapic_accept(&l, 0, false);
	assert_false(lapic_pending(&l));
}

/* Virtual wire: Linux keeps LINT0 as it finds it when there is an MP table. */
static void the_8259_comes_through_lint0(void **state)
{
	(void)state;
	assert_false(lapic_extint(&l));
	out(LAPIC_LVT0, DM_EXTINT);
	assert_true(lapic_extint(&l));
	out(LAPIC_LVT0, DM_EXTINT | MASKED);
	assert_false(lapic_extint(&l));
	out(LAPIC_LVT0, 0x31);
	assert_false(lapic_extint(&l));
	lapic_init(&l, 0);
	assert_false(lapic_extint(&l));
	lapic_virtual_wire(&l);
	assert_true(lapic_extint(&l));
	assert_int_equal(in(LAPIC_LVT0), DM_EXTINT);
	assert_int_equal(in(LVT1), NMI);
	out(LAPIC_SVR, 0xff);
	assert_false(lapic_extint(&l));
	l.enabled = false; /* by its MSR: the pin is the processor's */
	assert_true(lapic_extint(&l));
	assert_false(lapic_pending(&l));
}

/* --- Timer: 100 MHz bus -----------------------------------------------------*/
static void dividers(void **state)
{
	static const struct {
		uint32_t code, by;
	} row[] = { { 0, 2 },  { 1, 4 },  { 2, 8 },    { 3, 16 },
		    { 8, 32 }, { 9, 64 }, { 10, 128 }, { 11, 1 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		out(DIVIDE, row[i].code | ~0xfu);
		assert_int_equal(in(DIVIDE), row[i].code);
		out(INITIAL, 1000);
		assert_int_equal(in(CURRENT), 1000);
		now += 100 * row[i].by * 10;
		assert_int_equal(in(CURRENT), 900);
	}
}

static void one_shot_fires_once(void **state)
{
	uint64_t due;

	(void)state;
	out(LAPIC_LVTT, 0xef);
	out(DIVIDE, BY_16);
	assert_int_equal(lapic_tick(&l, now), TIME_NEVER);
	out(INITIAL, 1000);
	due = lapic_tick(&l, now);
	assert_int_equal(due - now, 160000);
	now = due - 1;
	assert_int_equal(lapic_tick(&l, now), due);
	assert_false(lapic_pending(&l));
	now = due;
	assert_int_equal(lapic_tick(&l, now), TIME_NEVER);
	assert_acked(0xef);
	out(LAPIC_EOI, 0);
	assert_int_equal(in(CURRENT), 0);
	assert_int_equal(in(INITIAL), 1000);
	now += 1000000;
	lapic_tick(&l, now);
	assert_false(lapic_pending(&l));
}

static void periodic_keeps_its_grid(void **state)
{
	uint64_t first = now, due;

	(void)state;
	out(LAPIC_LVTT, PERIODIC | 0xef);
	out(DIVIDE, BY_1);
	out(INITIAL, 100000); /* 1 ms */
	due = lapic_tick(&l, now);
	for (unsigned int i = 1; i < 100; i++) {
		assert_int_equal(due - first, i * 1000000);
		now = due + 12345; /* late */
		assert_in_range(in(CURRENT), 98760, 98770);
		due = lapic_tick(&l, now);
		assert_acked(0xef);
		out(LAPIC_EOI, 0);
	}
	now += 50500000; /* slept over fifty: one, and the next in its place */
	due = lapic_tick(&l, now);
	assert_int_equal((due - first) % 1000000, 0);
	assert_true(due > now && due - now <= 1000000);
	assert_acked(0xef);
	out(LAPIC_EOI, 0);
	assert_false(lapic_pending(&l));
}

static void masked_it_counts_on(void **state)
{
	(void)state;
	out(LAPIC_LVTT, MASKED | PERIODIC | 0xef);
	out(DIVIDE, BY_1);
	out(INITIAL, 1000);
	now += 15000;
	lapic_tick(&l, now);
	assert_false(lapic_pending(&l));
	assert_int_equal(in(CURRENT), 500);
	lapic_timer_fire(&l);
	assert_false(lapic_pending(&l));
	out(LAPIC_LVTT, PERIODIC | 0xef);
	assert_false(lapic_pending(&l)); /* what was masked is gone */
	lapic_timer_fire(&l);
	assert_acked(0xef);
}

static void zero_stops_it(void **state)
{
	(void)state;
	out(LAPIC_LVTT, 0xef);
	out(INITIAL, 1000);
	out(INITIAL, 0);
	now += 1000000;
	assert_int_equal(in(CURRENT), 0);
	assert_int_equal(lapic_tick(&l, now), TIME_NEVER);
	assert_false(lapic_pending(&l));
}

/* Linux goes from one-shot to periodic by LVTT, then writes the count. */
static void an_expired_one_shot_stays_so(void **state)
{
	(void)state;
	out(LAPIC_LVTT, 0xef);
	out(DIVIDE, BY_1);
	out(INITIAL, 1000);
	now += 15000;
	lapic_tick(&l, now);
	assert_acked(0xef);
	out(LAPIC_EOI, 0);
	out(LAPIC_LVTT, PERIODIC | 0xef);
	assert_int_equal(in(CURRENT), 0);
	assert_int_equal(lapic_tick(&l, now), TIME_NEVER);
	assert_false(lapic_pending(&l));
	out(LAPIC_LVTT, 0xef);
	out(INITIAL, 1000);
	now += 15000; /* due, but nobody has ticked: it must not be lost */
	out(INITIAL, 1000);
	assert_acked(0xef);
}

/* A new divider takes the count from where it is. */
static void a_new_divider_goes_on(void **state)
{
	(void)state;
	out(LAPIC_LVTT, 0xef);
	out(DIVIDE, BY_128);
	out(INITIAL, 1000);
	now += 400 * 1280;
	out(DIVIDE, BY_2);
	assert_int_equal(in(CURRENT), 600);
	assert_int_equal(lapic_tick(&l, now) - now, 600 * 20);
	now += 100 * 20;
	assert_int_equal(in(CURRENT), 500);
}

#define T(f) cmocka_unit_test_setup(f, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(linux_verifies_it),
		T(reset_is_silent),
		T(switching_it_off_masks_all),
		T(lvt_bits_that_are_there),
		T(classes_order_the_vectors),
		T(one_vector_waits_once_behind_itself),
		T(task_priority_holds_back),
		T(level_ends_are_told),
		T(ipis_go_to_whom_they_name),
		T(logical_clusters),
		T(illegal_vectors_are_errors),
		T(the_8259_comes_through_lint0),
		T(dividers),
		T(one_shot_fires_once),
		T(periodic_keeps_its_grid),
		T(masked_it_counts_on),
		T(zero_stops_it),
		T(an_expired_one_shot_stays_so),
		T(a_new_divider_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

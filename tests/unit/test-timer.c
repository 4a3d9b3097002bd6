/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMI's alarms on Xen's one timer, with clocks that go on at each look.
 *
 * Checked: an alarm comes neither early nor never, and costs one setting of the
 * timer, whatever the guest does to its devices meanwhile.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "cpu/irq.h"
#include "cpu/platform.h"
#include "cpu/timer.h"
#include "vmi-abi.h"
#include "xen/domain.h"

#define NEVER	UINT64_MAX
#define KHZ	3000000u /* 3 cycles a ns */
#define CYCLES	3
#define MS	1000000ull
#define LOOK_NS 7 /* what passes with each look at a clock */

static struct vcpu v;
static uint64_t now, stolen, set_to, device_next;
static unsigned int times_set, alarms;

/* --- Xen, and the devices -------------------------------------------------*/
uint64_t xen_time_ns(void)
{
	now += LOOK_NS;
	return now;
}

uint64_t xen_rdtsc(void)
{
	now += LOOK_NS;
	return now * CYCLES;
}

uint32_t xen_tsc_khz(void)
{
	return KHZ;
}

uint64_t xen_tsc_to_ns(uint64_t cycles)
{
	return cycles / CYCLES;
}

uint64_t xen_ns_to_tsc(uint64_t ns)
{
	return ns * CYCLES;
}

uint64_t xen_stolen_ns(uint32_t vcpu, uint64_t *tsc)
{
	(void)vcpu;
	*tsc = xen_rdtsc();
	return stolen;
}

void xen_timer_set(uint64_t ns)
{
	set_to = ns ? ns : NEVER;
	times_set++;
}

void xen_stop_tick(uint32_t vcpu)
{
	(void)vcpu;
}

void xen_runstate_register(uint32_t vcpu)
{
	(void)vcpu;
}

void platform_alarm(struct vcpu *x, bool lvtt)
{
	(void)x;
	(void)lvtt;
	alarms++;
}

uint64_t platform_tick(struct vcpu *x, uint64_t at)
{
	(void)x;
	(void)at;
	return device_next;
}

void irq_refresh(struct vcpu *x)
{
	(void)x;
}

/* --- Helpers --------------------------------------------------------------*/
static int start(void **state)
{
	(void)state;
	now = 1000 * MS;
	stolen = 0;
	set_to = device_next = NEVER;
	timer_init(&v);
	times_set = alarms = 0;
	return 0;
}

static uint64_t in_ns(uint64_t ns)
{
	return (now + ns) * CYCLES;
}

/* Time goes on to where Xen's timer is set, and it fires. */
static void fire(void)
{
	if (set_to == NEVER)
		return;
	if (now < set_to)
		now = set_to;
	set_to = NEVER;
	timer_fired(&v);
	timer_run(&v);
}

/* --- Tests ----------------------------------------------------------------*/
static void the_timer_is_set_once_for_an_alarm(void **state)
{
	uint64_t due = now + 10 * MS;

	(void)state;
	timer_alarm_set(&v, VMI_CYCLES_REAL, in_ns(10 * MS), 0, false);
	timer_alarm_set(&v, VMI_CYCLES_AVAILABLE, in_ns(20 * MS), 0, false);
	assert_int_equal(times_set, 1);
	for (int i = 0; i < 100; i++)
		timer_reprogram(&v); /* the guest writes to ports */
	assert_int_equal(times_set, 1);
	assert_in_range(set_to, due - MS / 10, due + MS / 10);
}

static void an_alarm_comes_once_and_not_early(void **state)
{
	uint64_t due = now + 10 * MS;

	(void)state;
	timer_alarm_set(&v, VMI_CYCLES_REAL, in_ns(10 * MS), 0, false);
	for (int i = 0; i < 3 && !alarms; i++)
		fire();
	assert_int_equal(alarms, 1);
	assert_in_range(now, due, due + MS / 10);
	timer_run(&v);
	assert_int_equal(alarms, 1);
	assert_int_equal(set_to, NEVER);
}

static void a_period_goes_on(void **state)
{
	uint64_t from = now;

	(void)state;
	timer_alarm_set(&v, VMI_CYCLES_REAL, in_ns(0), 4 * MS * CYCLES, false);
	assert_int_equal(alarms, 1); /* the first one is now */
	while (alarms < 101)
		fire();
	assert_in_range(now - from, 400 * MS, 401 * MS);
	assert_int_equal(times_set, alarms);
}

/* Available time stood still while the vCPU did not run. */
static void stolen_time_puts_off(void **state)
{
	uint64_t due = now + 10 * MS;

	(void)state;
	timer_alarm_set(&v, VMI_CYCLES_AVAILABLE, in_ns(10 * MS), 0, false);
	stolen += 5 * MS;
	fire();
	assert_int_equal(alarms, 0);
	assert_in_range(set_to, due + 4 * MS, due + 6 * MS);
	for (int i = 0; i < 3 && !alarms; i++)
		fire();
	assert_int_equal(alarms, 1);
	assert_in_range(now, due + 5 * MS, due + 6 * MS);
}

/* Xen's clock is ahead of what we read: the timer must not be lost. */
static void an_event_before_its_time_is_asked_for_again(void **state)
{
	(void)state;
	device_next = now + 10 * MS;
	timer_run(&v);
	assert_int_equal(set_to, device_next);
	set_to = NEVER;
	now = device_next - 1000;
	timer_fired(&v);
	timer_run(&v);
	assert_int_equal(set_to, device_next);
}

static void a_longer_wait_than_can_be_converted(void **state)
{
	(void)state;
	timer_alarm_set(&v, VMI_CYCLES_REAL, in_ns(3600000 * MS), 0, false);
	assert_in_range(set_to, now, now + 3600000 * MS);
	for (int i = 0; i < 100 && !alarms; i++)
		fire();
	assert_int_equal(alarms, 1);
	assert_true(times_set < 100);
}

static void what_replaces_an_alarm_has_its_own_time(void **state)
{
	(void)state;
	timer_alarm_set(&v, VMI_CYCLES_REAL, in_ns(10 * MS), 0, false);
	timer_alarm_set(&v, VMI_CYCLES_REAL, in_ns(2 * MS), 0, false);
	assert_in_range(set_to, now + MS, now + 3 * MS);
	timer_alarm_set(&v, VMI_CYCLES_REAL, in_ns(30 * MS), 0, false);
	assert_in_range(set_to, now + 29 * MS, now + 31 * MS);
	assert_true(timer_alarm_cancel(&v, VMI_CYCLES_REAL));
	assert_false(timer_alarm_cancel(&v, VMI_CYCLES_REAL));
	timer_run(&v);
	assert_int_equal(set_to, NEVER);
	assert_int_equal(alarms, 0);
}

#define T(f) cmocka_unit_test_setup(f, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_timer_is_set_once_for_an_alarm),
		T(an_alarm_comes_once_and_not_early),
		T(a_period_goes_on),
		T(stolen_time_puts_off),
		T(an_event_before_its_time_is_asked_for_again),
		T(a_longer_wait_than_can_be_converted),
		T(what_replaces_an_alarm_has_its_own_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

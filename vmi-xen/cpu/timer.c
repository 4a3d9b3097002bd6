/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMI's counters and alarms, and the one timer that Xen gives a vCPU.
 *
 * The real counter is the TSC: Xen keeps it in step over vCPUs and migration
 * (or emulates it), and pvclock gives its rate.  Stolen time is what Xen
 * accounts as runnable and offline in the runstate area, read without a
 * hypercall; available is real less stolen.
 *
 * VMI calls: SetAlarm, CancelAlarm, GetCycleCounter, GetCycleFrequency.
 * Hypercalls: vcpu_op (set_singleshot_timer), when the next deadline changes.
 * Source: VMI specification, "Time".
 */
#include "cpu/timer.h"
#include "cpu/irq.h"
#include "cpu/machine.h"
#include "cpu/platform.h"
#include "lib/div64.h"
#include "vmi-abi.h"

#define HZ_PER_KHZ 1000u
#define NEVER	   UINT64_MAX
/* Longest wait that is converted to ns; then the timer is set again. */
#define MAX_CYCLES (1ull << 40)

void timer_init(struct vcpu *v)
{
	xen_stop_tick(v->id);
	xen_runstate_register(v->id);
	for (unsigned int i = 0; i < VMI_NR_ALARMS; i++)
		v->alarm[i].armed = false;
	v->timer_deadline = NEVER;
	v->stolen_ns = NEVER;
}

uint64_t timer_frequency(void)
{
	return (uint64_t)xen_tsc_khz() * HZ_PER_KHZ;
}

/* Stolen cycles and, in @real, the TSC of the same moment. */
static uint64_t stolen_cycles(struct vcpu *v, uint64_t *real)
{
	uint64_t ns = xen_stolen_ns(v->id, real);

	/* It changes only while we do not run: seldom, for who reads a clock. */
	if (ns != v->stolen_ns) {
		v->stolen_ns = ns;
		v->stolen_cycles = xen_ns_to_tsc(ns);
	}
	return v->stolen_cycles;
}

uint64_t timer_counter(struct vcpu *v, uint32_t which)
{
	uint64_t stolen, real;

	switch (which) {
	case VMI_CYCLES_REAL:
		return xen_rdtsc();
	case VMI_CYCLES_AVAILABLE:
		stolen = stolen_cycles(v, &real);
		return real - stolen;
	case VMI_CYCLES_STOLEN:
		return stolen_cycles(v, &real);
	default:
		return 0;
	}
}

/* First e0 + p*i after @now: missed ticks are not replayed. */
static uint64_t next_expiry(const struct alarm *a, uint64_t now)
{
	uint64_t late = now - a->expiry;

	if (late < a->period)
		return a->expiry + a->period;
	return now + a->period - mod64(late, a->period);
}

static void alarm_run(struct vcpu *v, uint32_t which)
{
	struct alarm *a = &v->alarm[which];
	uint64_t now;

	if (!a->armed)
		return;
	now = timer_counter(v, which);
	if (now < a->expiry)
		return;
	if (a->period)
		a->expiry = next_expiry(a, now);
	else
		a->armed = false;
	a->due = 0;
	platform_alarm(v, a->lvtt);
}

/*
 * xen_time_ns() when alarm @which is due, at the earliest.  It comes from two
 * clocks that are not read at the same moment, so each time it is computed it
 * is another one by some ns, and would be set anew: one hypercall for each port
 * that the guest writes.  So it stands until it has passed; when the counter
 * is not there by then (time was stolen, a long wait), there is a next one.
 */
static uint64_t alarm_deadline(struct vcpu *v, uint32_t which, uint64_t now_ns)
{
	struct alarm *a = &v->alarm[which];
	uint64_t now, delta;

	if (!a->armed)
		return NEVER;
	if (a->due > now_ns)
		return a->due;
	now = timer_counter(v, which);
	delta = a->expiry > now ? a->expiry - now : 0;
	/* After the counter: rather late by that than once in vain. */
	a->due = xen_time_ns() +
		 xen_tsc_to_ns(delta < MAX_CYCLES ? delta : MAX_CYCLES);
	return a->due;
}

static void set_deadline(struct vcpu *v, uint64_t device, uint64_t now)
{
	uint64_t next = device;

	for (uint32_t i = 0; i < VMI_NR_ALARMS; i++) {
		uint64_t at = alarm_deadline(v, i, now);

		if (at < next)
			next = at;
	}
	if (next == v->timer_deadline && next > now)
		return;
	v->timer_deadline = next;
	xen_timer_set(next == NEVER ? 0 : next);
}

void timer_fired(struct vcpu *v)
{
	v->timer_deadline = NEVER;
}

void timer_run(struct vcpu *v)
{
	uint64_t now = xen_time_ns(), device;

	for (uint32_t i = 0; i < VMI_NR_ALARMS; i++)
		alarm_run(v, i);
	device = platform_tick(v, now);
	set_deadline(v, device, now);
}

void timer_reprogram(struct vcpu *v)
{
	timer_run(v);
	irq_refresh(v);
}

void timer_alarm_set(struct vcpu *v, uint32_t which, uint64_t expiry,
		     uint64_t period, bool lvtt)
{
	if (which >= VMI_NR_ALARMS)
		return;
	v->alarm[which] = (struct alarm){
		.expiry = expiry,
		.period = period,
		.lvtt = lvtt,
		.armed = true,
	};
	timer_reprogram(v);
}

bool timer_alarm_cancel(struct vcpu *v, uint32_t which)
{
	bool was;

	if (which >= VMI_NR_ALARMS)
		return false;
	was = v->alarm[which].armed;
	v->alarm[which].armed = false;
	return was;
}

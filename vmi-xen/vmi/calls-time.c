/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMI calls of time.  Reading counters and clocks costs no hypercall.
 *
 * VMI calls: GetCycleFrequency, GetCycleCounter, SetAlarm, CancelAlarm,
 * GetWallclockTime, WallclockUpdated.
 * Hypercalls: vcpu_op (set_singleshot_timer) by SetAlarm.
 */
#include "cpu/machine.h"
#include "cpu/timer.h"
#include "vmi-abi.h"
#include "vmi/calls.h"

uint64_t vmi_get_cycle_frequency(void)
{
	return timer_frequency();
}

uint64_t vmi_get_cycle_counter(uint32_t which)
{
	return timer_counter(this_vcpu(), which);
}

void vmi_set_alarm(uint32_t flags, uint32_t expiry_lo, uint32_t expiry_hi,
		   uint32_t period_lo, uint32_t period_hi)
{
	uint64_t period = ((uint64_t)period_hi << 32) | period_lo;

	if (!(flags & VMI_ALARM_PERIODIC))
		period = 0;
	timer_alarm_set(this_vcpu(), flags & VMI_ALARM_COUNTER,
			((uint64_t)expiry_hi << 32) | expiry_lo, period,
			flags & VMI_ALARM_WIRED_LVTT);
}

uint32_t vmi_cancel_alarm(uint32_t flags)
{
	return timer_alarm_cancel(this_vcpu(), flags & VMI_ALARM_COUNTER);
}

uint64_t vmi_get_wallclock_time(void)
{
	return xen_wallclock_base_ns() + xen_time_ns();
}

uint32_t vmi_wallclock_updated(void)
{
	struct vcpu *v = this_vcpu();
	uint64_t base = xen_wallclock_base_ns();
	bool moved = base != v->wallclock_base;

	v->wallclock_base = base;
	return moved;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Xen's time: system time by pvclock, the wall clock, the one timer.
 *
 * Hypercalls: vcpu_op (set_singleshot_timer, stop_periodic_timer,
 * stop_singleshot_timer, register_runstate_memory_area).
 * Source: xen/xen.h struct vcpu_time_info; xen/vcpu.h.
 */
#include "xen/hypercall.h"
#include "xen/domain.h"
#include "lib/div64.h"
#include "lib/panic.h"
#include "lib/string.h"
#include <xen/vcpu.h>

#define NS_PER_SEC 1000000000ull
#define NS_PER_MS  1000000u

extern uint8_t shared_info_page[PAGE_SIZE];

static volatile struct shared_info *shared(void)
{
	return (volatile struct shared_info *)(void *)shared_info_page;
}

uint64_t xen_rdtsc(void)
{
	uint64_t tsc;

	__asm__ volatile("rdtsc" : "=A"(tsc));
	return tsc;
}

static uint64_t scale(uint64_t delta, uint32_t mul, int8_t shift)
{
	if (shift < 0)
		delta >>= -shift;
	else
		delta <<= shift;
	return mul64_32_shr32(delta, mul);
}

uint64_t xen_time_ns(void)
{
	volatile struct vcpu_time_info *t = &shared()->vcpu_info[0].time;
	uint32_t version;
	uint64_t ns;

	do {
		version = t->version;
		barrier();
		ns = t->system_time + scale(xen_rdtsc() - t->tsc_timestamp,
					    t->tsc_to_system_mul, t->tsc_shift);
		barrier();
	} while ((version & 1) || version != t->version);
	return ns;
}

uint32_t xen_tsc_khz(void)
{
	static uint32_t first;
	volatile struct vcpu_time_info *t = &shared()->vcpu_info[0].time;
	uint64_t khz;

	/* Xen may correct its scale; stolen time must not jump by that. */
	if (first)
		return first;
	/* ns = (tsc << shift) * mul / 2^32; kHz = 10^6 * 2^32 / mul >> shift */
	khz = div64_32(1000000ull << 32, t->tsc_to_system_mul, NULL);
	first = (uint32_t)(t->tsc_shift < 0 ? khz << -t->tsc_shift
					    : khz >> t->tsc_shift);
	return first;
}

uint64_t xen_wallclock_base_ns(void)
{
	volatile struct shared_info *s = shared();
	uint32_t version, sec, nsec;

	do {
		version = s->wc_version;
		barrier();
		sec = s->wc_sec;
		nsec = s->wc_nsec;
		barrier();
	} while ((version & 1) || version != s->wc_version);
	return sec * NS_PER_SEC + nsec;
}

void xen_timer_set(uint64_t ns)
{
	struct vcpu_set_singleshot_timer op = { .timeout_abs_ns = ns };

	if (ns == 0)
		hypercall_vcpu_op(VCPUOP_stop_singleshot_timer, 0, NULL);
	else
		hypercall_vcpu_op(VCPUOP_set_singleshot_timer, 0, &op);
}

void xen_stop_tick(uint32_t vcpu)
{
	hypercall_vcpu_op(VCPUOP_stop_periodic_timer, vcpu, NULL);
}

uint64_t xen_tsc_to_ns(uint64_t cycles)
{
	volatile struct vcpu_time_info *t = &shared()->vcpu_info[0].time;

	return scale(cycles, t->tsc_to_system_mul, t->tsc_shift);
}

uint64_t xen_ns_to_tsc(uint64_t ns)
{
	return muldiv64(ns, xen_tsc_khz(), NS_PER_MS);
}

/* One for each vCPU, written by Xen whenever it is scheduled. */
static struct vcpu_runstate_info runstate[1];

void xen_runstate_register(uint32_t vcpu)
{
	struct vcpu_register_runstate_memory_area area;

	memset(&area, 0, sizeof(area));
	area.addr.v = &runstate[vcpu];
	if (hypercall_vcpu_op(VCPUOP_register_runstate_memory_area, vcpu,
			      &area))
		panic("runstate area of vCPU %u refused", vcpu);
}

uint64_t xen_stolen_ns(uint32_t vcpu, uint64_t *tsc)
{
	volatile struct vcpu_runstate_info *r = &runstate[vcpu];
	uint64_t stolen;
	uint32_t entry;

	/* Xen writes it only while we do not run: each time another low word. */
	do {
		entry = (uint32_t)r->state_entry_time;
		barrier();
		stolen = r->time[RUNSTATE_runnable] + r->time[RUNSTATE_offline];
		*tsc = xen_rdtsc();
		barrier();
	} while (entry != (uint32_t)r->state_entry_time);
	return stolen;
}

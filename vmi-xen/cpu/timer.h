/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMI's counters and alarms, and the one timer that Xen gives a vCPU.
 */
#ifndef VMI_CPU_TIMER_H
#define VMI_CPU_TIMER_H

#include "cpu/vcpu.h"

/** Counters start; registers where Xen accounts running and stolen time. */
void timer_init(struct vcpu *v);
/** VMI_CYCLES_*, in units of timer_frequency(); 0 for an unknown one. */
uint64_t timer_counter(struct vcpu *v, uint32_t which);
/** Units a second. */
uint64_t timer_frequency(void);
/**
 * Arm the alarm of counter @which at @expiry, then every @period (0: once).
 * Replaces one that is armed.
 */
void timer_alarm_set(struct vcpu *v, uint32_t which, uint64_t expiry,
		     uint64_t period, bool lvtt);
/** Returns whether it was armed. */
bool timer_alarm_cancel(struct vcpu *v, uint32_t which);
/**
 * Xen's timer has come and is off now: what is not due yet by our clock is set
 * again by the next timer_run().
 */
void timer_fired(struct vcpu *v);
/** Fire what is due, in alarms and devices; set Xen's timer anew. */
void timer_run(struct vcpu *v);
/** A device was programmed: its deadline may have moved. */
void timer_reprogram(struct vcpu *v);

#endif

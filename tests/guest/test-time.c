/* SPDX-License-Identifier: GPL-2.0-only */
/* Time: counters, alarms in both wirings, the wall clock. */
#include "guest.h"
#include "irq.h"
#include "traps.h"
#include "vmi.h"
#include "x86-defs.h"

#define NR_READS      2000
#define MEASURE_US    40000
#define ALARM_US      5000
#define NR_PERIODS    5
#define NR_MISSED     20
#define MAX_TRIES     20
#define FAR_US	      60000
#define LATE_US	      10000000
#define US_PER_SECOND 1000000u
#define YEAR_2020_NS  1577836800000000000ull
#define YEAR_2100_NS  4102444800000000000ull

static uint64_t counter(uint32_t which)
{
	return vmi(VMI_CALL_GetCycleCounter, which);
}

static uint64_t real(void)
{
	return counter(VMI_CYCLES_REAL);
}

/* @us in cycles; the frequency fits 42 bits. */
static uint64_t cycles(uint32_t us)
{
	uint64_t hz = vmi(VMI_CALL_GetCycleFrequency);
	/* hz / 2^20 of a second, and a second is 10^6: 4.9 % too long */
	uint64_t per_us = hz >> 20;

	return us * (per_us ? per_us : 1);
}

static void set_alarm(uint32_t flags, uint64_t expiry, uint64_t period)
{
	vmi(VMI_CALL_SetAlarm, flags, (uint32_t)expiry,
	    (uint32_t)(expiry >> 32), (uint32_t)period,
	    (uint32_t)(period >> 32));
}

static uint32_t cancel(uint32_t flags)
{
	return (uint32_t)vmi(VMI_CALL_CancelAlarm, flags);
}

TEST("time", "frequency is constant and not zero", AFTER)
{
	uint64_t hz = vmi(VMI_CALL_GetCycleFrequency);

	check(hz > US_PER_SECOND);
	check(hz >> 40 == 0);
	check_eq(vmi(VMI_CALL_GetCycleFrequency), hz);
}

TEST("time", "counters never go back", AFTER)
{
	uint64_t last[VMI_NR_CYCLES] = { 0 };

	for (unsigned int i = 0; i < NR_READS; i++) {
		uint32_t which = i % VMI_NR_CYCLES;
		uint64_t now = counter(which);

		if (now < last[which]) {
			fail(__FILE__, __LINE__, "counter %u went back by %llu",
			     which, (unsigned long long)(last[which] - now));
			return;
		}
		last[which] = now;
	}
	check(last[VMI_CYCLES_REAL] > 0);
}

TEST("time", "the real counter keeps pace with the 8254", AFTER)
{
	uint64_t start = real(), spent, want = cycles(MEASURE_US);

	delay_us(MEASURE_US);
	spent = real() - start;
	check(spent > want / 2);
	check(spent < want * 20); /* the host may be busy */
}

TEST("time", "stolen and available make up real", AFTER)
{
	uint64_t before = real();
	uint64_t sum =
		counter(VMI_CYCLES_AVAILABLE) + counter(VMI_CYCLES_STOLEN);
	uint64_t after = real();

	check(sum + cycles(LATE_US) >= before);
	check(sum <= after + cycles(LATE_US));
	check(counter(VMI_CYCLES_AVAILABLE) <= real());
}

TEST("time", "counters that do not exist read 0", AFTER)
{
	check_eq(counter(VMI_NR_CYCLES), 0);
	check_eq(counter(0xff), 0);
	check_eq(counter(0xffffffff), 0);
}

TEST("time", "wall clock: this century, and going on", AFTER)
{
	uint64_t a = vmi(VMI_CALL_GetWallclockTime), b;

	check(a > YEAR_2020_NS);
	check(a < YEAR_2100_NS);
	delay_us(ALARM_US);
	b = vmi(VMI_CALL_GetWallclockTime);
	check(b > a);
	check(b - a >= ALARM_US / 2 * 1000ull);
}

TEST("time", "WallclockUpdated tells a change once", AFTER)
{
	check((uint32_t)vmi(VMI_CALL_WallclockUpdated) <= 1);
	check_eq((uint32_t)vmi(VMI_CALL_WallclockUpdated), 0);
}

TEST("time", "RDTSC goes on", AFTER)
{
	uint64_t a = vmi(VMI_CALL_RDTSC), b = vmi(VMI_CALL_RDTSC);

	check(b > a);
}

/* --- Alarms ------------------------------------------------------------------------ */
static uint64_t fired_at;

static bool note_time(struct trap_frame *f)
{
	(void)f;
	if (!fired_at)
		fired_at = vmi_quick(VMI_CALL_GetCycleCounter, VMI_CYCLES_REAL,
				     0, 0);
	return false;
}

static void alarm_setup(void)
{
	fired_at = 0;
	if (!vmi_offered(VMI_CALL_SetAlarm))
		skip("this platform does not offer the call");
	pic_init();
	pic_unmask(IRQ_TIMER);
	trap_hook(IRQ_VECTOR, note_time);
}

static void one_shot(uint32_t which)
{
	uint64_t expiry;

	alarm_setup();
	expiry = real() + cycles(ALARM_US);
	set_alarm(which, counter(which) + cycles(ALARM_US), 0);
	irq_on();
	check(wait_count(&irq_count[IRQ_TIMER], 1));
	delay_us(ALARM_US * 4);
	irq_off();
	check_eq(irq_count[IRQ_TIMER], 1);
	check(fired_at >= expiry);
}

TEST("time", "one-shot alarm of the real counter fires once, in time", AFTER)
{
	one_shot(VMI_CYCLES_REAL);
}

TEST("time", "one-shot alarm of the available counter", AFTER)
{
	one_shot(VMI_CYCLES_AVAILABLE);
}

static void periodic(uint32_t which)
{
	uint64_t start, period;

	alarm_setup();
	period = cycles(ALARM_US);
	start = real();
	set_alarm(which | VMI_ALARM_PERIODIC, counter(which) + period, period);
	irq_on();
	check(wait_count(&irq_count[IRQ_TIMER], NR_PERIODS));
	irq_off();
	check(real() - start >= NR_PERIODS * period);
	check_eq(cancel(which), 1);
}

TEST("time", "periodic alarm of the real counter", AFTER)
{
	periodic(VMI_CYCLES_REAL);
}

TEST("time", "periodic alarm of the available counter", AFTER)
{
	periodic(VMI_CYCLES_AVAILABLE);
}

TEST("time", "an expiry that is past fires once", AFTER)
{
	alarm_setup();
	set_alarm(VMI_CYCLES_REAL, 0, 0);
	irq_on();
	check(wait_count(&irq_count[IRQ_TIMER], 1));
	delay_us(ALARM_US);
	irq_off();
	check_eq(irq_count[IRQ_TIMER], 1);
	/* Linux's first alarm: periodic, now. */
	set_alarm(VMI_CYCLES_REAL | VMI_ALARM_PERIODIC, real(),
		  cycles(LATE_US));
	irq_on();
	check(wait_count(&irq_count[IRQ_TIMER], 2));
	delay_us(ALARM_US);
	irq_off();
	check_eq(irq_count[IRQ_TIMER], 2);
	check_eq(cancel(VMI_CYCLES_REAL), 1);
}

TEST("time", "missed periods are not made up for", AFTER)
{
	uint64_t period, since;
	uint32_t most = 2;

	alarm_setup();
	period = cycles(ALARM_US);
	set_alarm(VMI_CYCLES_REAL | VMI_ALARM_PERIODIC, real(), period);
	delay_us(ALARM_US * NR_MISSED);
	check_eq(irq_count[IRQ_TIMER], 0);
	since = real();
	irq_on();
	irq_off();
	/* A busy host may let periods pass just here. */
	for (uint64_t spent = real() - since; spent > period; spent -= period)
		most++;
	check(irq_count[IRQ_TIMER] <= most);
	check_eq(cancel(VMI_CYCLES_REAL), 1);
}

TEST("time", "CancelAlarm: once armed, and then nothing comes", AFTER)
{
	alarm_setup();
	check_eq(cancel(VMI_CYCLES_REAL), 0);
	set_alarm(VMI_CYCLES_REAL, real() + cycles(FAR_US), 0);
	check_eq(cancel(VMI_CYCLES_REAL), 1);
	check_eq(cancel(VMI_CYCLES_REAL), 0);
	irq_on();
	delay_us(FAR_US + ALARM_US);
	irq_off();
	check_eq(irq_count[IRQ_TIMER], 0);
}

TEST("time", "SetAlarm again takes the place of the first", AFTER)
{
	uint64_t first, second = 0;

	/* Where the host stood still in between, the first one has fired. */
	for (unsigned int tries = 0; tries < MAX_TRIES; tries++) {
		alarm_setup();
		first = real() + cycles(ALARM_US);
		set_alarm(VMI_CYCLES_REAL, first, 0);
		second = real() + cycles(ALARM_US * 4);
		set_alarm(VMI_CYCLES_REAL, second, 0);
		if (real() < first)
			break;
		cancel(VMI_CYCLES_REAL);
	}
	irq_on();
	check(wait_count(&irq_count[IRQ_TIMER], 1));
	delay_us(ALARM_US);
	irq_off();
	check(fired_at >= second);
	check_eq(irq_count[IRQ_TIMER], 1);
}

TEST("time", "alarms of both counters at the same time", AFTER)
{
	uint64_t later, available;
	uint32_t state = 0;

	alarm_setup();
	later = real() + cycles(FAR_US);
	set_alarm(VMI_CYCLES_REAL, later, 0);
	available = counter(VMI_CYCLES_AVAILABLE) + cycles(ALARM_US);
	set_alarm(VMI_CYCLES_AVAILABLE, available, 0);
	irq_on();
	check(wait_count(&irq_count[IRQ_TIMER], 1));
	/* In which order they come is the host's business, or both at once. */
	while (real() < later || counter(VMI_CYCLES_AVAILABLE) < available)
		if (!poll_second(&state))
			break;
	delay_us(ALARM_US);
	irq_off();
	check_eq(cancel(VMI_CYCLES_REAL), 0);
	check_eq(cancel(VMI_CYCLES_AVAILABLE), 0);
	check(irq_count[IRQ_TIMER] <= 2);
}

TEST("time", "an alarm of the stolen counter is nothing", AFTER)
{
	alarm_setup();
	set_alarm(VMI_CYCLES_STOLEN, 0, 0);
	irq_on();
	delay_us(ALARM_US);
	irq_off();
	check_eq(irq_count[IRQ_TIMER], 0);
	check_eq(cancel(VMI_CYCLES_STOLEN), 0);
}

TEST("time", "a masked IRQ 0 keeps the alarm pending", AFTER)
{
	alarm_setup();
	pic_mask_all();
	set_alarm(VMI_CYCLES_REAL, real(), 0);
	irq_on();
	delay_us(ALARM_US);
	check_eq(irq_count[IRQ_TIMER], 0);
	pic_unmask(IRQ_TIMER);
	check(wait_count(&irq_count[IRQ_TIMER], 1));
	irq_off();
}

TEST("time", "Halt wakes by an alarm", AFTER)
{
	uint64_t expiry;

	alarm_setup();
	expiry = real() + cycles(ALARM_US);
	set_alarm(VMI_CYCLES_REAL, expiry, 0);
	vmi(VMI_CALL_Halt);
	check_eq(irq_count[IRQ_TIMER], 1);
	check(real() >= expiry);
}

/* --- Wired to the local APIC --------------------------------------------------------- */
static bool apic_timer(struct trap_frame *f)
{
	(void)f;
	vmi_quick(VMI_CALL_APICWrite, APIC_EOI, 0, 0);
	return true;
}

static void lvtt_setup(uint32_t lvtt)
{
	alarm_setup();
	if (!vmi_offered(VMI_CALL_APICWrite))
		skip("no local APIC");
	vmi(VMI_CALL_APICWrite, APIC_SPIV, APIC_SPIV_ENABLE | SPURIOUS_VEC);
	vmi(VMI_CALL_APICWrite, APIC_LVTT, lvtt);
	vmi(VMI_CALL_APICWrite, APIC_LVT0, APIC_DM_EXTINT);
	trap_hook(LVTT_VECTOR, apic_timer);
}

TEST("time", "alarm wired to the LVT: its vector, once", AFTER)
{
	lvtt_setup(LVTT_VECTOR);
	set_alarm(VMI_CYCLES_REAL | VMI_ALARM_WIRED_LVTT,
		  real() + cycles(ALARM_US), 0);
	irq_on();
	check(wait_count(&trap_count[LVTT_VECTOR], 1));
	delay_us(ALARM_US * 2);
	irq_off();
	check_eq(trap_count[LVTT_VECTOR], 1);
	check_eq(irq_count[IRQ_TIMER], 0);
}

TEST("time", "alarm wired to the LVT, periodic, each with its EOI", AFTER)
{
	lvtt_setup(LVTT_VECTOR);
	set_alarm(VMI_CYCLES_REAL | VMI_ALARM_WIRED_LVTT | VMI_ALARM_PERIODIC,
		  real(), cycles(ALARM_US));
	irq_on();
	check(wait_count(&trap_count[LVTT_VECTOR], NR_PERIODS));
	irq_off();
	check_eq(cancel(VMI_CYCLES_REAL | VMI_ALARM_WIRED_LVTT), 1);
}

TEST("time", "a masked LVT drops the alarm", AFTER)
{
	lvtt_setup(LVTT_VECTOR | APIC_LVT_MASKED);
	set_alarm(VMI_CYCLES_REAL | VMI_ALARM_WIRED_LVTT, real(), 0);
	irq_on();
	delay_us(ALARM_US);
	irq_off();
	check_eq(trap_count[LVTT_VECTOR], 0);
}

TEST("time", "the LVT takes the new wiring and gives it back", AFTER)
{
	lvtt_setup(LVTT_VECTOR);
	set_alarm(VMI_CYCLES_REAL, real() + cycles(LATE_US), 0);
	set_alarm(VMI_CYCLES_REAL | VMI_ALARM_WIRED_LVTT,
		  real() + cycles(ALARM_US), 0);
	irq_on();
	check(wait_count(&trap_count[LVTT_VECTOR], 1));
	check_eq(irq_count[IRQ_TIMER], 0);
	set_alarm(VMI_CYCLES_REAL, real() + cycles(ALARM_US), 0);
	check(wait_count(&irq_count[IRQ_TIMER], 1));
	irq_off();
	check_eq(trap_count[LVTT_VECTOR], 1);
}

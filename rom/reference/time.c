/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Time: the TSC counts, the 8254's channel 0 and the APIC timer make alarms.
 *
 * Nothing is stolen here, so REAL and AVAILABLE are one counter with two
 * alarms.  A timer is always set for the next expiry only; no interrupt
 * passes through us, but its handler returns by IRET, reads a counter, or
 * ends by EOI, and there the next one is set.
 *
 * The 8254 reaches 55 ms: a later alarm that is wired to IRQ 0 makes an
 * interrupt after each 55 ms before it is due.  Linux looks at the counter at
 * each interrupt and takes them for early ones.
 */
#include "ref.h"
#include "calls.h"
#include "x86-insn.h"

#define PER_SECOND    100 /* of what is measured: 10 ms */
#define PIT_TICKS     (PIT_HZ / PER_SECOND)
#define NS_10MS	      10000000u
#define NS_PER_SECOND 1000000000u
#define NS_SHIFT      24
#define SHIFT	      32
#define NR_READINGS   8
#define PIT_MAX	      0xffffu
#define PIT_MIN	      2
#define APIC_MAX      0xffffffffu
#define PIT_MODE_ONCE 0
#define PIT_OUT	      0x80 /* read-back status */
#define PIT_NULL      0x40
#define READBACK_CH0  0xe2 /* status only */
#define PIT_CMD(ch)   (((ch) << PIT_SELECT_SHIFT) | PIT_LOW_HIGH)
/* What is added, so that no interrupt comes before its time: 1/512. */
#define LATE_SHIFT 9
/* A timer is looked at from 1/32 before its end on. */
#define EARLY_SHIFT    5
#define APIC_DIVIDE_16 0x3

/* a * b / 2^32 */
static uint64_t scale(uint64_t a, uint32_t b)
{
	return (a >> SHIFT) * b + ((uint64_t)(uint32_t)a * b >> SHIFT);
}

/* a * b / c: the quotient must fit. */
static uint32_t ratio(uint32_t a, uint32_t b, uint32_t c)
{
	uint32_t low, high;

	__asm__("mull %3\n\tdivl %4"
		: "=&a"(low), "=&d"(high)
		: "0"(a), "rm"(b), "rm"(c)
		: "cc");
	return low;
}

/* (a << shift) / b: the quotient must fit. */
static uint32_t shifted_ratio(uint32_t a, unsigned int shift, uint32_t b)
{
	uint64_t v = (uint64_t)a << shift;
	uint32_t low = (uint32_t)v, high = (uint32_t)(v >> SHIFT);

	__asm__("divl %2" : "+a"(low), "+d"(high) : "r"(b) : "cc");
	return low;
}

/* --- Rates ------------------------------------------------------------------------ */
static void pit_load(unsigned int channel, uint32_t count)
{
	outb((uint8_t)PIT_CMD(channel), PORT_PIT_MODE);
	outb((uint8_t)count, (uint16_t)(PORT_PIT_CH0 + channel));
	outb((uint8_t)(count >> 8), (uint16_t)(PORT_PIT_CH0 + channel));
}

static uint16_t pit_left(unsigned int channel)
{
	uint16_t port = (uint16_t)(PORT_PIT_CH0 + channel);
	uint8_t low;

	outb((uint8_t)(channel << PIT_SELECT_SHIFT), PORT_PIT_MODE); /* latch */
	low = inb(port);
	return (uint16_t)(inb(port) << 8 | low);
}

/* All clocks at one moment: of some readings the one that took least time. */
struct moment {
	uint64_t tsc;
	uint32_t apic;
	uint16_t pit;
};

static void read_moment(struct rom_data *d, struct moment *m)
{
	uint64_t least = ~0ull;

	for (unsigned int i = 0; i < NR_READINGS; i++) {
		uint64_t start = x86_rdtsc(), took;
		uint16_t pit = pit_left(2);
		uint32_t apic = apic_access(d, APIC_TMCCT, 0, false);

		took = x86_rdtsc() - start;
		if (took >= least)
			continue;
		least = took;
		*m = (struct moment){ start, apic, pit };
	}
}

/*
 * From one moment to another, more than 10 ms later.  It does not matter what
 * happens in between: a virtual machine may have to wait for its processor.
 * False: too long for channel 2.
 */
static bool measure(struct rom_data *d, uint32_t *apic)
{
	uint8_t b = inb(PORT_SYSTEM_B);
	struct moment start, end;
	uint32_t ticks;
	bool over;

	outb((uint8_t)((b & ~SYSTEM_B_SPEAKER) | SYSTEM_B_GATE2),
	     PORT_SYSTEM_B);
	pit_load(2, PIT_MAX);
	apic_access(d, APIC_TMICT, APIC_MAX, true);
	read_moment(d, &start);
	while (start.pit - pit_left(2) < PIT_TICKS &&
	       !(inb(PORT_SYSTEM_B) & SYSTEM_B_OUT2))
		;
	read_moment(d, &end);
	over = inb(PORT_SYSTEM_B) & SYSTEM_B_OUT2;
	outb(b, PORT_SYSTEM_B);
	if (over)
		return false;
	ticks = (uint32_t)(start.pit - end.pit);
	d->cycles_10ms =
		ratio((uint32_t)(end.tsc - start.tsc), PIT_TICKS, ticks);
	*apic = ratio(start.apic - end.apic, PIT_TICKS, ticks);
	return true;
}

static void measure_rates(struct rom_data *d)
{
	uint32_t lvtt = apic_access(d, APIC_LVTT, 0, false);
	uint32_t tdcr = apic_access(d, APIC_TDCR, 0, false);
	uint32_t apic = 0;

	apic_access(d, APIC_LVTT, APIC_LVT_MASKED | lvtt, true);
	apic_access(d, APIC_TDCR, APIC_DIVIDE_16, true);
	while (!measure(d, &apic))
		;
	apic_access(d, APIC_TMICT, 0, true);
	apic_access(d, APIC_TDCR, tdcr, true);
	apic_access(d, APIC_LVTT, lvtt, true);
	d->to_pit = shifted_ratio(PIT_TICKS, SHIFT, d->cycles_10ms);
	if (d->have_apic)
		d->to_apic = shifted_ratio(apic, SHIFT, d->cycles_10ms);
	d->to_ns = shifted_ratio(NS_10MS, NS_SHIFT, d->cycles_10ms);
}

/* --- The wall clock, from CMOS ------------------------------------------------------- */
#define CENTURY_DEFAULT	 20
#define PM_HOURS	 12
#define DAYS_PER_400Y	 146097
#define DAYS_TO_1970	 719468 /* from 1 March of the year 0 */
#define SECONDS_PER_DAY	 86400u
#define SECONDS_PER_HOUR 3600u

static uint8_t cmos(uint8_t reg)
{
	outb(reg, PORT_CMOS_INDEX);
	return inb(PORT_CMOS_DATA);
}

static uint32_t from_bcd(uint8_t v, bool binary)
{
	return binary ? v : (v >> 4) * 10u + (v & 0xf);
}

/* Days since 1970 of a date of the Gregorian calendar. */
static uint32_t days(uint32_t year, uint32_t month, uint32_t day)
{
	uint32_t y = month > 2 ? year : year - 1, m = (month + 9) % 12;
	uint32_t era = y / 400, of_era = y % 400;

	return era * DAYS_PER_400Y + of_era * 365 + of_era / 4 - of_era / 100 +
	       (153 * m + 2) / 5 + day - 1 - DAYS_TO_1970;
}

static uint32_t cmos_seconds(void)
{
	bool binary = cmos(RTC_REG_B) & RTC_B_BINARY;
	uint8_t hour = cmos(RTC_HOURS);
	uint32_t h = from_bcd(hour & (uint8_t)~RTC_HOUR_PM, binary);
	uint32_t century = from_bcd(cmos(CMOS_CENTURY), binary);
	uint32_t year = from_bcd(cmos(RTC_YEAR), binary);

	if (!(cmos(RTC_REG_B) & RTC_B_24H))
		h = h % PM_HOURS + (hour & RTC_HOUR_PM ? PM_HOURS : 0);
	if (century < CENTURY_DEFAULT - 1 || century > CENTURY_DEFAULT + 1)
		century = CENTURY_DEFAULT;
	return days(century * 100 + year, from_bcd(cmos(RTC_MONTH), binary),
		    from_bcd(cmos(RTC_DAY), binary)) *
		       SECONDS_PER_DAY +
	       h * SECONDS_PER_HOUR + from_bcd(cmos(RTC_MINUTES), binary) * 60 +
	       from_bcd(cmos(RTC_SECONDS), binary);
}

/* Two readings without an update in between. */
static uint32_t wall_seconds(void)
{
	uint32_t a, b;

	do {
		while (cmos(RTC_REG_A) & RTC_A_UIP)
			;
		a = cmos_seconds();
		while (cmos(RTC_REG_A) & RTC_A_UIP)
			;
		b = cmos_seconds();
	} while (a != b);
	return a;
}

void time_init(struct rom_data *d)
{
	measure_rates(d);
	d->boot_ns = (uint64_t)wall_seconds() * NS_PER_SECOND;
	d->boot_cycles = x86_rdtsc();
}

/* --- Counters --------------------------------------------------------------------------- */
uint64_t ref_GetCycleFrequency(void)
{
	return (uint64_t)rom_data()->cycles_10ms * PER_SECOND;
}

uint64_t ref_GetCycleCounter(uint32_t which)
{
	time_service();
	if (which == VMI_CYCLES_REAL || which == VMI_CYCLES_AVAILABLE)
		return x86_rdtsc();
	return 0;
}

uint64_t ref_GetWallclockTime(void)
{
	struct rom_data *d = rom_data();
	uint64_t c = x86_rdtsc() - d->boot_cycles;

	return d->boot_ns + ((c >> SHIFT) * d->to_ns << (SHIFT - NS_SHIFT)) +
	       ((uint64_t)(uint32_t)c * d->to_ns >> NS_SHIFT);
}

uint32_t ref_WallclockUpdated(void)
{
	return 0;
}

/* --- Alarms ------------------------------------------------------------------------------- */
static uint8_t pit_status(void)
{
	outb(READBACK_CH0, PORT_PIT_MODE);
	return inb(PORT_PIT_CH0);
}

/*
 * A control word stops the channel: without a count OUT stays low.  QEMU's
 * goes on, and nothing stops it: it gets as much time as there is.
 */
static void pit_stop(void)
{
	outb(PIT_CMD(0), PORT_PIT_MODE);
	if (!(pit_status() & PIT_NULL))
		pit_load(0, 0);
}

static void timer_stop(struct rom_data *d, struct alarm_timer *t, bool lvtt)
{
	if (lvtt)
		apic_access(d, APIC_TMICT, 0, true);
	else
		pit_stop();
	t->running = false;
}

static void timer_start(struct rom_data *d, struct alarm_timer *t, bool lvtt,
			uint64_t now, uint64_t expiry)
{
	uint64_t delta = expiry > now ? expiry - now : 0;
	uint64_t n;

	n = scale(delta + (delta >> LATE_SHIFT), lvtt ? d->to_apic : d->to_pit);
	n += PIT_MIN;
	t->running = true;
	t->end = now + delta;
	if (lvtt) {
		uint32_t lvt = apic_access(d, APIC_LVTT, 0, false);

		apic_access(d, APIC_LVTT, lvt & ~(uint32_t)APIC_LVT_PERIODIC,
			    true);
		apic_access(d, APIC_TDCR, APIC_DIVIDE_16, true);
		apic_access(d, APIC_TMICT,
			    n > APIC_MAX ? APIC_MAX : (uint32_t)n, true);
		return;
	}
	if (n > PIT_MAX) {
		n = PIT_MAX;
		t->end = now + d->cycles_10ms * 5ull;
	}
	pit_load(0, (uint32_t)n);
}

static bool timer_over(struct rom_data *d, const struct alarm_timer *t,
		       bool lvtt)
{
	uint8_t status;

	if (x86_rdtsc() + (d->cycles_10ms >> EARLY_SHIFT) < t->end)
		return false;
	if (lvtt)
		return apic_access(d, APIC_TMCCT, 0, false) == 0;
	status = pit_status();
	return (status & PIT_OUT) && !(status & PIT_NULL);
}

/* The first of its grid that is later than now; periods missed are lost. */
static void next_period(struct alarm *a, uint64_t now)
{
	uint64_t step = a->period;

	while (step && a->expiry + step <= now && !(step >> 62))
		step <<= 1;
	for (; step >= a->period && step; step >>= 1)
		if (a->expiry + step <= now)
			a->expiry += step;
	a->expiry += a->period;
}

static void fire(struct alarm *a, uint64_t now)
{
	if (a->periodic)
		next_period(a, now);
	else
		a->armed = false;
}

/* Set a timer for the earlier of its alarms. */
static void timer_next(struct rom_data *d, struct rom_cpu *c, bool lvtt)
{
	struct alarm_timer *t = lvtt ? &c->lvtt : &c->irq0;
	const struct alarm *first = NULL;

	for (unsigned int i = 0; i < ARRAY_SIZE(c->alarms); i++) {
		const struct alarm *a = &c->alarms[i];

		if (a->armed && a->lvtt == lvtt &&
		    (!first || a->expiry < first->expiry))
			first = a;
	}
	if (first)
		timer_start(d, t, lvtt, x86_rdtsc(), first->expiry);
	else if (t->running)
		timer_stop(d, t, lvtt);
}

static void timer_service(struct rom_data *d, struct rom_cpu *c, bool lvtt)
{
	struct alarm_timer *t = lvtt ? &c->lvtt : &c->irq0;
	uint64_t now;

	if (!t->running || !timer_over(d, t, lvtt))
		return;
	t->running = false;
	now = x86_rdtsc();
	for (unsigned int i = 0; i < ARRAY_SIZE(c->alarms); i++) {
		struct alarm *a = &c->alarms[i];

		if (a->armed && a->lvtt == lvtt && a->expiry <= now)
			fire(a, now);
	}
	timer_next(d, c, lvtt);
}

void time_service(void)
{
	struct rom_data *d = rom_data();
	struct rom_cpu *c;
	uint32_t flags;

	if (!d->alarms)
		return;
	flags = x86_read_flags();
	x86_cli();
	c = rom_cpu();
	timer_service(d, c, false);
	timer_service(d, c, true);
	x86_write_flags(flags);
}

static struct alarm *alarm_of(struct rom_cpu *c, uint32_t flags)
{
	uint32_t which = flags & VMI_ALARM_COUNTER;

	return which < ARRAY_SIZE(c->alarms) ? &c->alarms[which] : NULL;
}

/* Disarm, and say whether it was armed; stops what ran for it. */
static uint32_t disarm(struct rom_data *d, struct rom_cpu *c, struct alarm *a)
{
	bool was = a->armed;

	a->armed = false;
	if (was)
		timer_next(d, c, a->lvtt);
	return was;
}

void ref_SetAlarm(uint32_t how, uint32_t expiry_low, uint32_t expiry_high,
		  uint32_t period_low, uint32_t period_high)
{
	struct rom_data *d = rom_data();
	struct rom_cpu *c = rom_cpu();
	struct alarm *a = alarm_of(c, how);
	uint32_t flags = x86_read_flags();

	if (!a)
		return;
	x86_cli();
	time_service();
	disarm(d, c, a);
	a->expiry = (uint64_t)expiry_high << SHIFT | expiry_low;
	a->period = (uint64_t)period_high << SHIFT | period_low;
	a->periodic = (how & VMI_ALARM_PERIODIC) && a->period;
	a->lvtt = how & VMI_ALARM_WIRED_LVTT;
	a->armed = true;
	timer_next(d, c, a->lvtt);
	d->alarms = 1;
	x86_write_flags(flags);
}

uint32_t ref_CancelAlarm(uint32_t how)
{
	struct rom_data *d = rom_data();
	struct rom_cpu *c = rom_cpu();
	struct alarm *a = alarm_of(c, how);
	uint32_t flags = x86_read_flags(), was;

	if (!a)
		return 0;
	x86_cli();
	time_service();
	was = disarm(d, c, a);
	x86_write_flags(flags);
	return was;
}

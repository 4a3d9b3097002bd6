/* SPDX-License-Identifier: GPL-2.0-only */
/* MC146818 clock and its CMOS memory.  Pure. */
#include "dev/rtc.h"
#include "lib/div64.h"
#include "lib/string.h"

enum {
	SECONDS,
	SECONDS_ALARM,
	MINUTES,
	MINUTES_ALARM,
	HOURS,
	HOURS_ALARM,
	WEEKDAY,
	DAY,
	MONTH,
	YEAR,
	REG_A,
	REG_B,
	REG_C,
	REG_D,
};

#define A_UIP	  0x80
#define A_DIVIDER 0x20 /* 32.768 kHz, running */
#define A_RATE	  0x0f
#define B_SET	  0x80
#define B_PIE	  0x40
#define B_AIE	  0x20
#define B_UIE	  0x10
#define B_BINARY  0x04
#define B_24H	  0x02
#define C_IRQ	  0x80
#define C_PF	  0x40
#define C_AF	  0x20
#define C_UF	  0x10
#define D_VALID	  0x80
#define PM	  0x80
#define ALARM_ANY 0xc0 /* "don't care" */

#define CMOS_BASE_KB_LOW  0x15
#define CMOS_BASE_KB_HIGH 0x16
#define CMOS_EXT_LOW	  0x17
#define CMOS_EXT_HIGH	  0x18
#define CMOS_EXT2_LOW	  0x30
#define CMOS_EXT2_HIGH	  0x31
#define CMOS_CENTURY	  0x32
#define CMOS_ABOVE16_LOW  0x34
#define CMOS_ABOVE16_HIGH 0x35
#define CMOS_SUM_FIRST	  0x10
#define CMOS_SUM_LAST	  0x2d
#define CMOS_SUM_HIGH	  0x2e
#define CMOS_SUM_LOW	  0x2f
#define CMOS_EQUIPMENT	  0x14
#define EQUIPMENT_FPU	  0x02

#define NS_PER_SEC    1000000000u
#define SECS_PER_DAY  86400u
#define DAYS_TO_1970  719468   /* from 0000-03-01 */
#define DAYS_PER_ERA  146097   /* 400 years */
#define THURSDAY      4	       /* 1970-01-01, Sunday = 0 */
#define UIP_NS	      2228000u /* 244 us of warning, 1984 us of update */
#define PERIODIC_BASE 32768u
#define TIME_NEVER    UINT64_MAX
#define BASE_KB	      640u
#define ALARM_REACH   3600u /* seconds slept over that may hold an alarm */

struct date {
	uint32_t year, month, day, hour, minute, second, weekday;
};

static void put16(struct rtc *r, unsigned int low, uint32_t value)
{
	if (value > 0xffff)
		value = 0xffff;
	r->cmos[low] = (uint8_t)value;
	r->cmos[low + 1] = (uint8_t)(value >> 8);
}

void rtc_init(struct rtc *r, struct irq_line irq, uint32_t ram_kb)
{
	uint32_t sum = 0, above16 = 0;

	memset(r, 0, sizeof(*r));
	r->irq = irq;
	r->cmos[REG_A] = A_DIVIDER | 6;
	r->cmos[REG_B] = B_24H;
	r->cmos[REG_D] = D_VALID;
	r->cmos[CMOS_EQUIPMENT] = EQUIPMENT_FPU;
	put16(r, CMOS_BASE_KB_LOW, BASE_KB);
	put16(r, CMOS_EXT_LOW, ram_kb);
	put16(r, CMOS_EXT2_LOW, ram_kb);
	if (ram_kb > 15 * 1024)
		above16 = (ram_kb - 15 * 1024) / 64;
	put16(r, CMOS_ABOVE16_LOW, above16);
	for (unsigned int i = CMOS_SUM_FIRST; i <= CMOS_SUM_LAST; i++)
		sum += r->cmos[i];
	r->cmos[CMOS_SUM_HIGH] = (uint8_t)(sum >> 8);
	r->cmos[CMOS_SUM_LOW] = (uint8_t)sum;
}

/* Days since 1970 to a date: eras of 400 years that begin on 1 March. */
static void date_of(struct date *d, uint64_t seconds)
{
	uint32_t rest, era_day, year, day_of_year, mp;
	uint32_t days = (uint32_t)div64_32(seconds, SECS_PER_DAY, &rest);

	d->hour = rest / 3600;
	d->minute = rest / 60 % 60;
	d->second = rest % 60;
	d->weekday = (days + THURSDAY) % 7;
	days += DAYS_TO_1970;
	era_day = days % DAYS_PER_ERA;
	year = (era_day - era_day / 1460 + era_day / 36524 - era_day / 146096) /
	       365;
	day_of_year = era_day - (365 * year + year / 4 - year / 100);
	mp = (5 * day_of_year + 2) / 153;
	d->day = day_of_year - (153 * mp + 2) / 5 + 1;
	d->month = mp < 10 ? mp + 3 : mp - 9;
	d->year = year + days / DAYS_PER_ERA * 400 + (d->month <= 2);
}

static uint64_t seconds_of(const struct date *d)
{
	uint32_t y = d->month <= 2 ? d->year - 1 : d->year;
	uint32_t mp = d->month > 2 ? d->month - 3 : d->month + 9;
	uint32_t days = y * 365 + y / 4 - y / 100 + y / 400 +
			(153 * mp + 2) / 5 + d->day - 1 - DAYS_TO_1970;

	return (uint64_t)days * SECS_PER_DAY + d->hour * 3600 + d->minute * 60 +
	       d->second;
}

static uint8_t encode(const struct rtc *r, uint32_t v)
{
	return (uint8_t)(r->cmos[REG_B] & B_BINARY ? v : v % 10 | v / 10 << 4);
}

static uint32_t decode(const struct rtc *r, uint8_t v)
{
	return r->cmos[REG_B] & B_BINARY ? v : (v & 15) + (v >> 4) * 10u;
}

static uint8_t encode_hour(const struct rtc *r, uint32_t h)
{
	uint8_t v;

	if (r->cmos[REG_B] & B_24H)
		return encode(r, h);
	v = encode(r, h % 12 ? h % 12 : 12);
	return h >= 12 ? v | PM : v;
}

static uint32_t decode_hour(const struct rtc *r, uint8_t v)
{
	uint32_t h;

	if (r->cmos[REG_B] & B_24H)
		return decode(r, v);
	h = decode(r, v & (uint8_t)~PM) % 12;
	return v & PM ? h + 12 : h;
}

static uint64_t clock_seconds(const struct rtc *r, uint64_t utc_ns)
{
	return div64_32(utc_ns, NS_PER_SEC, NULL) + (uint64_t)r->offset;
}

/* The time registers as they are now. */
static void fill(struct rtc *r, uint64_t utc_ns)
{
	struct date d;

	if (r->cmos[REG_B] & B_SET)
		return;
	date_of(&d, clock_seconds(r, utc_ns));
	r->cmos[SECONDS] = encode(r, d.second);
	r->cmos[MINUTES] = encode(r, d.minute);
	r->cmos[HOURS] = encode_hour(r, d.hour);
	r->cmos[WEEKDAY] = encode(r, d.weekday + 1);
	r->cmos[DAY] = encode(r, d.day);
	r->cmos[MONTH] = encode(r, d.month);
	r->cmos[YEAR] = encode(r, d.year % 100);
	r->cmos[CMOS_CENTURY] = encode(r, d.year / 100);
}

/* The guest has set them. */
static void set_time(struct rtc *r, uint64_t utc_ns)
{
	struct date d = {
		.second = decode(r, r->cmos[SECONDS]),
		.minute = decode(r, r->cmos[MINUTES]),
		.hour = decode_hour(r, r->cmos[HOURS]),
		.day = decode(r, r->cmos[DAY]),
		.month = decode(r, r->cmos[MONTH]),
		.year = decode(r, r->cmos[YEAR]) +
			decode(r, r->cmos[CMOS_CENTURY]) * 100,
	};

	if (d.month < 1 || d.month > 12 || d.year < 1970)
		return;
	r->offset += (int64_t)(seconds_of(&d) - clock_seconds(r, utc_ns));
	r->second_told = clock_seconds(r, utc_ns); /* no second has passed */
}

/* --- Interrupts -----------------------------------------------------------*/
/* The enables of register B are in the places of register C's flags. */
static void update_irq(struct rtc *r)
{
	bool on = r->cmos[REG_C] & r->cmos[REG_B] & (C_PF | C_AF | C_UF);

	if (on)
		r->cmos[REG_C] |= C_IRQ;
	else
		r->cmos[REG_C] &= (uint8_t)~C_IRQ;
	irq_line_set(&r->irq, on);
}

/* Hz of the periodic interrupt; 0: off. */
static uint32_t periodic_hz(const struct rtc *r)
{
	uint32_t rate = r->cmos[REG_A] & A_RATE;

	if (!rate)
		return 0;
	return PERIODIC_BASE >> ((rate < 3 ? rate + 7 : rate) - 1);
}

/* Periods since 1970: a grid that lateness does not move. */
static uint64_t periods(const struct rtc *r, uint64_t utc_ns)
{
	return muldiv64(utc_ns, periodic_hz(r), NS_PER_SEC);
}

static bool alarm_at(const struct rtc *r, uint64_t second)
{
	uint8_t alarm[] = { r->cmos[SECONDS_ALARM], r->cmos[MINUTES_ALARM],
			    r->cmos[HOURS_ALARM] };
	uint8_t is[ARRAY_SIZE(alarm)];
	uint32_t rest;

	div64_32(second, SECS_PER_DAY, &rest);
	is[0] = encode(r, rest % 60);
	is[1] = encode(r, rest / 60 % 60);
	is[2] = encode_hour(r, rest / 3600);
	for (unsigned int i = 0; i < ARRAY_SIZE(alarm); i++)
		if ((alarm[i] & ALARM_ANY) != ALARM_ANY && alarm[i] != is[i])
			return false;
	return true;
}

static bool alarm_between(const struct rtc *r, uint64_t told, uint64_t second)
{
	if (!told || told > second)
		return false;
	if (second - told > ALARM_REACH)
		told = second - ALARM_REACH;
	while (told++ < second)
		if (alarm_at(r, told))
			return true;
	return false;
}

/* Set the flags of what has happened up to now. */
static void catch_up(struct rtc *r, uint64_t utc_ns)
{
	uint64_t second = clock_seconds(r, utc_ns);
	uint64_t n = periods(r, utc_ns);

	if (n != r->period_told)
		r->cmos[REG_C] |= C_PF;
	r->period_told = n;
	if (second != r->second_told && !(r->cmos[REG_B] & B_SET)) {
		r->cmos[REG_C] |= C_UF;
		if (alarm_between(r, r->second_told, second))
			r->cmos[REG_C] |= C_AF;
		r->second_told = second;
	}
	update_irq(r);
}

/* --- Registers ------------------------------------------------------------*/

static bool updating(const struct rtc *r, uint64_t utc_ns)
{
	uint32_t rest;

	div64_32(utc_ns, NS_PER_SEC, &rest);
	return !(r->cmos[REG_B] & B_SET) && rest >= NS_PER_SEC - UIP_NS;
}

static uint8_t read_flags(struct rtc *r, uint64_t utc_ns)
{
	uint8_t value;

	catch_up(r, utc_ns);
	value = r->cmos[REG_C];
	r->cmos[REG_C] = 0;
	update_irq(r);
	return value;
}

static bool is_time(unsigned int reg)
{
	return reg == SECONDS || reg == MINUTES || reg == HOURS ||
	       (reg >= WEEKDAY && reg <= YEAR) || reg == CMOS_CENTURY;
}

uint8_t rtc_read(struct rtc *r, uint16_t port, uint64_t utc_ns)
{
	if (!(port & 1))
		return 0xff;
	if (is_time(r->index))
		fill(r, utc_ns);
	if (r->index == REG_A && updating(r, utc_ns))
		return r->cmos[REG_A] | A_UIP;
	return r->index == REG_C ? read_flags(r, utc_ns) : r->cmos[r->index];
}

static void write_a(struct rtc *r, uint8_t value, uint64_t utc_ns)
{
	catch_up(r, utc_ns);
	r->cmos[REG_A] = value & (uint8_t)~A_UIP;
	r->period_told = periods(r, utc_ns);
}

static void write_b(struct rtc *r, uint8_t value, uint64_t utc_ns)
{
	uint8_t old = r->cmos[REG_B];

	catch_up(r, utc_ns);
	if ((value & B_SET) && !(old & B_SET))
		fill(r, utc_ns);
	if (!(value & B_SET) && (old & B_SET))
		set_time(r, utc_ns);
	if (value & B_SET)
		value &= (uint8_t)~B_UIE;
	r->cmos[REG_B] = value;
	update_irq(r);
}

static void write_time(struct rtc *r, uint8_t value, uint64_t utc_ns)
{
	catch_up(r, utc_ns);
	fill(r, utc_ns);
	r->cmos[r->index] = value;
	if (!(r->cmos[REG_B] & B_SET))
		set_time(r, utc_ns);
}

void rtc_write(struct rtc *r, uint16_t port, uint8_t value, uint64_t utc_ns)
{
	if (!(port & 1))
		r->index = value & (CMOS_SIZE - 1);
	else if (r->index == REG_A)
		write_a(r, value, utc_ns);
	else if (r->index == REG_B)
		write_b(r, value, utc_ns);
	else if (is_time(r->index))
		write_time(r, value, utc_ns);
	else if (r->index != REG_C && r->index != REG_D)
		r->cmos[r->index] = value;
}

uint64_t rtc_tick(struct rtc *r, uint64_t now, uint64_t utc_ns)
{
	uint8_t b = r->cmos[REG_B];
	uint32_t hz = periodic_hz(r), rest;
	uint64_t wait = TIME_NEVER, t;

	catch_up(r, utc_ns);
	if ((b & B_PIE) && hz)
		wait = muldiv64(r->period_told + 1, NS_PER_SEC, hz) + 1 -
		       utc_ns;
	if ((b & (B_UIE | B_AIE)) && !(b & B_SET)) {
		div64_32(utc_ns, NS_PER_SEC, &rest);
		t = NS_PER_SEC - rest;
		if (t < wait)
			wait = t;
	}
	return wait == TIME_NEVER ? TIME_NEVER : now + wait;
}

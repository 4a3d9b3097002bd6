/* SPDX-License-Identifier: GPL-2.0-only */
/* A local APIC.  Pure. */
#include "dev/lapic.h"
#include "lib/div64.h"
#include "lib/string.h"

#define REG_VERSION 0x030
#define REG_TPR	    0x080
#define REG_APR	    0x090
#define REG_PPR	    0x0a0
#define REG_LDR	    0x0d0
#define REG_DFR	    0x0e0
#define REG_ISR	    0x100
#define REG_TMR	    0x180
#define REG_IRR	    0x200
#define REG_ESR	    0x280
#define REG_ICR_LOW 0x300
#define REG_ICR_HI  0x310
#define REG_INITIAL 0x380
#define REG_CURRENT 0x390
#define REG_DIVIDE  0x3e0
#define BANK_SIZE   0x080

#define VERSION	      0x00050014u /* 6 LVT entries, integrated */
#define SVR_ENABLE    0x100u
#define SVR_BITS      0x3ffu
#define LVT_MASKED    0x10000u
#define LVT_PERIODIC  0x20000u
#define LVT_MODE      0x700u
#define LVT_EXTINT    0x700u
#define LVT_NMI	      0x400u
#define LVT_BITS      0x1a7ffu
#define LVTT_BITS     0x300ffu
#define ICR_PENDING   0x1000u
#define ICR_LOGICAL   0x800u
#define ICR_SHORTHAND 0xc0000u
#define ICR_SELF      0x40000u
#define ICR_ALL	      0x80000u
#define ICR_MODE      0x700u
#define ICR_FIXED     0
#define ICR_LOWEST    0x100u
#define ID_SHIFT      24
#define DFR_FLAT      0xf0000000u
#define DFR_FIXED     0x0fffffffu
#define ESR_SENT      0x20u /* an illegal vector */
#define ESR_RECEIVED  0x40u
#define FIRST_VECTOR  16
#define DIVIDE_BITS   0xbu
#define BUS_NS	      10u /* 100 MHz */
#define TIME_NEVER    UINT64_MAX

enum {
	TIMER,
	THERMAL,
	PERF,
	LINT0,
	LINT1,
	ERROR,
	NR_LVT
};

void lapic_init(struct lapic *l, uint32_t id)
{
	memset(l, 0, sizeof(*l));
	l->id = id << ID_SHIFT;
	l->dfr = ~0u;
	l->svr = 0xff;
	l->enabled = true;
	for (int i = 0; i < NR_LVT; i++)
		l->lvt[i] = LVT_MASKED;
}

void lapic_virtual_wire(struct lapic *l)
{
	l->svr |= SVR_ENABLE;
	l->lvt[LINT0] = LVT_EXTINT;
	l->lvt[LINT1] = LVT_NMI;
}

static int highest(const uint32_t *bits)
{
	for (int w = LAPIC_WORDS - 1; w >= 0; w--)
		if (bits[w])
			return w * 32 + 31 - __builtin_clz(bits[w]);
	return -1;
}

static void bit_set(uint32_t *bits, unsigned int n, bool on)
{
	if (on)
		bits[n / 32] |= BIT(n % 32);
	else
		bits[n / 32] &= ~BIT(n % 32);
}

static uint32_t priority(const struct lapic *l)
{
	int serving = highest(l->isr);
	uint32_t in_service = serving < 0 ? 0 : (uint32_t)serving & 0xf0;

	return (l->tpr & 0xf0) >= in_service ? l->tpr & 0xff : in_service;
}

static bool on(const struct lapic *l)
{
	return l->enabled && (l->svr & SVR_ENABLE);
}

bool lapic_pending(const struct lapic *l)
{
	int n = highest(l->irr);

	return on(l) && n >= 0 && ((uint32_t)n & 0xf0) > (priority(l) & 0xf0);
}

int lapic_ack(struct lapic *l)
{
	int n;

	if (!lapic_pending(l))
		return -1;
	n = highest(l->irr);
	bit_set(l->irr, (unsigned int)n, false);
	bit_set(l->isr, (unsigned int)n, true);
	return n;
}

static void request(struct lapic *l, uint8_t vector, bool level)
{
	bit_set(l->irr, vector, true);
	bit_set(l->tmr, vector, level);
}

static void illegal_vector(struct lapic *l, uint32_t kind)
{
	uint8_t vector = (uint8_t)l->lvt[ERROR];

	l->esr_next |= kind;
	if (on(l) && !(l->lvt[ERROR] & LVT_MASKED) && vector >= FIRST_VECTOR)
		request(l, vector, false);
}

void lapic_accept(struct lapic *l, uint8_t vector, bool level)
{
	if (!on(l))
		return;
	if (vector < FIRST_VECTOR)
		illegal_vector(l, ESR_RECEIVED);
	else
		request(l, vector, level);
}

bool lapic_extint(const struct lapic *l)
{
	if (!l->enabled)
		return true; /* then INTR is the processor's own pin */
	return !(l->lvt[LINT0] & LVT_MASKED) &&
	       (l->lvt[LINT0] & LVT_MODE) == LVT_EXTINT;
}

bool lapic_is_target(const struct lapic *l, uint8_t dest, bool logical)
{
	uint8_t ldr = (uint8_t)(l->ldr >> ID_SHIFT);

	if (dest == 0xff)
		return true;
	if (!logical)
		return dest == l->id >> ID_SHIFT;
	if ((l->dfr & DFR_FLAT) == DFR_FLAT)
		return ldr & dest;
	return (ldr >> 4) == (dest >> 4) && (ldr & dest & 0x0f);
}

static void finish(struct lapic *l)
{
	int n = highest(l->isr);

	if (n < 0)
		return;
	bit_set(l->isr, (unsigned int)n, false);
	if ((l->tmr[n / 32] & BIT(n % 32)) && l->eoi)
		l->eoi(l->opaque, (uint8_t)n);
}

static void send(struct lapic *l, uint32_t low)
{
	uint32_t shorthand = low & ICR_SHORTHAND, mode = low & ICR_MODE;
	bool self = shorthand == ICR_SELF || shorthand == ICR_ALL ||
		    (!shorthand &&
		     lapic_is_target(l, (uint8_t)(l->icr_high >> ID_SHIFT),
				     low & ICR_LOGICAL));

	l->icr_low = low & ~ICR_PENDING;
	if ((mode == ICR_FIXED || mode == ICR_LOWEST) &&
	    (uint8_t)low < FIRST_VECTOR) {
		illegal_vector(l, ESR_SENT);
		return;
	}
	if (self && (mode == ICR_FIXED || mode == ICR_LOWEST))
		lapic_accept(l, (uint8_t)low, false);
	if (shorthand != ICR_SELF && l->ipi)
		l->ipi(l->opaque, low, l->icr_high);
}

/* --- Timer ----------------------------------------------------------------*/
static uint64_t tick_ns(const struct lapic *l)
{
	uint32_t code = (l->divide & 3) | (l->divide & 8) >> 1;

	return (uint64_t)BUS_NS << ((code + 1) & 7);
}

static uint64_t ticks(const struct lapic *l, uint64_t now)
{
	return now > l->timer_start ? div64_32(now - l->timer_start,
					       (uint32_t)tick_ns(l), NULL)
				    : 0;
}

static bool periodic(const struct lapic *l)
{
	return l->lvt[TIMER] & LVT_PERIODIC;
}

/* The counter, which is at @from when it starts. */
static void timer_start(struct lapic *l, uint32_t from, uint64_t now)
{
	l->timer_on = from;
	l->timer_from = from;
	l->timer_start = now;
}

static uint32_t current(const struct lapic *l, uint64_t now)
{
	uint32_t rest;
	uint64_t n;

	if (!l->timer_on)
		return 0;
	n = ticks(l, now);
	if (n < l->timer_from)
		return l->timer_from - (uint32_t)n;
	if (!periodic(l))
		return 0;
	div64_32(n - l->timer_from, l->initial, &rest);
	return l->initial - rest;
}

void lapic_timer_fire(struct lapic *l)
{
	if (!(l->lvt[TIMER] & LVT_MASKED))
		lapic_accept(l, (uint8_t)l->lvt[TIMER], false);
}

uint64_t lapic_tick(struct lapic *l, uint64_t now)
{
	uint64_t n, over;
	uint32_t rest;

	if (!l->timer_on)
		return TIME_NEVER;
	n = ticks(l, now);
	if (n >= l->timer_from) {
		lapic_timer_fire(l);
		if (!periodic(l)) {
			l->timer_on = false;
			return TIME_NEVER;
		}
		/* On to the period in which we are, on the old grid. */
		over = n - l->timer_from;
		div64_32(over, l->initial, &rest);
		l->timer_start += (n - rest) * tick_ns(l);
		l->timer_from = l->initial;
	}
	return l->timer_start + l->timer_from * tick_ns(l);
}

/* --- Registers ------------------------------------------------------------*/
static int lvt_index(uint32_t reg)
{
	return reg >= LAPIC_LVTT && reg < LAPIC_LVTT + NR_LVT * 0x10
		       ? (int)(reg - LAPIC_LVTT) / 0x10
		       : -1;
}

static uint32_t bank(const struct lapic *l, uint32_t reg)
{
	unsigned int word = (reg % BANK_SIZE) / 0x10;

	if (reg < REG_TMR)
		return l->isr[word];
	return reg < REG_IRR ? l->tmr[word] : l->irr[word];
}

uint32_t lapic_read(struct lapic *l, uint32_t reg, uint64_t now)
{
	if (reg >= REG_ISR && reg < REG_IRR + BANK_SIZE)
		return bank(l, reg);
	if (lvt_index(reg) >= 0)
		return l->lvt[lvt_index(reg)];
	switch (reg) {
	case LAPIC_ID:
		return l->id;
	case REG_VERSION:
		return VERSION;
	case REG_TPR:
		return l->tpr;
	case REG_APR:
	case REG_PPR:
		return priority(l);
	case REG_LDR:
		return l->ldr;
	case REG_DFR:
		return l->dfr;
	case LAPIC_SVR:
		return l->svr;
	case REG_ESR:
		return l->esr;
	case REG_ICR_LOW:
		return l->icr_low;
	case REG_ICR_HI:
		return l->icr_high;
	case REG_INITIAL:
		return l->initial;
	case REG_CURRENT:
		return current(l, now);
	case REG_DIVIDE:
		return l->divide;
	default:
		return 0;
	}
}

static void lvt_write(struct lapic *l, int i, uint32_t value)
{
	value &= i == TIMER ? LVTT_BITS : LVT_BITS;
	if (!(l->svr & SVR_ENABLE))
		value |= LVT_MASKED;
	l->lvt[i] = value;
}

static void svr_write(struct lapic *l, uint32_t value)
{
	l->svr = value & SVR_BITS;
	for (int i = 0; i < NR_LVT && !(value & SVR_ENABLE); i++)
		l->lvt[i] |= LVT_MASKED;
}

static void divide_write(struct lapic *l, uint32_t value, uint64_t now)
{
	uint32_t left = current(l, now);

	l->divide = value & DIVIDE_BITS;
	if (l->timer_on)
		timer_start(l, left, now); /* goes on from where it is */
}

/* Interrupts that were due before the timer is changed are not lost. */
static void timer_settle(struct lapic *l, uint32_t reg, uint64_t now)
{
	if (reg == LAPIC_LVTT || reg == REG_INITIAL || reg == REG_DIVIDE)
		lapic_tick(l, now);
}

void lapic_write(struct lapic *l, uint32_t reg, uint32_t value, uint64_t now)
{
	timer_settle(l, reg, now);
	if (lvt_index(reg) >= 0) {
		lvt_write(l, lvt_index(reg), value);
		return;
	}
	switch (reg) {
	case LAPIC_ID:
		l->id = value & (0xffu << ID_SHIFT);
		break;
	case REG_TPR:
		l->tpr = value & 0xff;
		break;
	case LAPIC_EOI:
		finish(l);
		break;
	case REG_LDR:
		l->ldr = value & (0xffu << ID_SHIFT);
		break;
	case REG_DFR:
		l->dfr = value | DFR_FIXED;
		break;
	case LAPIC_SVR:
		svr_write(l, value);
		break;
	case REG_ESR: /* a write makes what has gathered visible */
		l->esr = l->esr_next;
		l->esr_next = 0;
		break;
	case REG_ICR_LOW:
		send(l, value);
		break;
	case REG_ICR_HI:
		l->icr_high = value & (0xffu << ID_SHIFT);
		break;
	case REG_INITIAL:
		l->initial = value;
		timer_start(l, value, now);
		break;
	case REG_DIVIDE:
		divide_write(l, value, now);
		break;
	default:
		break;
	}
}

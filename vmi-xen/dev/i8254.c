/* SPDX-License-Identifier: GPL-2.0-only */
/* The 8254 timer and port 0x61.  Pure. */
#include "dev/i8254.h"
#include "lib/div64.h"
#include "lib/string.h"

#define NS_PER_SEC  1000000000u
#define CTRL_BCD    0x01
#define CTRL_CHAN   6
#define CTRL_ACCESS 4
#define READ_BACK   3
#define RB_NO_COUNT 0x20
#define RB_NO_STATE 0x10
#define STATUS_OUT  0x80
#define STATUS_NULL 0x40
#define FULL_COUNT  0x10000u
#define BCD_FULL    10000u

#define SPK_GATE    0x01
#define SPK_DATA    0x02
#define SPK_ENABLES 0x0f
#define SPK_REFRESH 0x10
#define SPK_OUT2    0x20
#define REFRESH_NS  15085u /* half a period of the memory refresh */

void i8254_init(struct i8254 *t, struct irq_line irq)
{
	memset(t, 0, sizeof(*t));
	t->irq = irq;
	for (int i = 0; i < I8254_CHANNELS; i++) {
		t->ch[i].access = 3;
		t->ch[i].count = FULL_COUNT;
		t->ch[i].gate = i != 2;
	}
}

/* Modes 1 and 5 start with the gate, and then go on without it. */
static bool gate_starts(const struct i8254_channel *c)
{
	return c->mode == 1 || c->mode == 5;
}

/* How long @c has counted. */
static uint64_t counted_ns(const struct i8254_channel *c, uint64_t now)
{
	if (!c->gate && !gate_starts(c))
		return c->held;
	return now > c->start ? now - c->start : 0;
}

/* Input clocks since @c was loaded. */
static uint64_t clocks(const struct i8254_channel *c, uint64_t now)
{
	return muldiv64(counted_ns(c, now), I8254_HZ, NS_PER_SEC);
}

static uint64_t ns_of(uint64_t n)
{
	/* Rounded up: the clock has passed by then. */
	return muldiv64(n, NS_PER_SEC, I8254_HZ) + 1;
}

static bool periodic(const struct i8254_channel *c)
{
	return c->mode == 2 || c->mode == 3;
}

static uint32_t counter(const struct i8254_channel *c, uint64_t now)
{
	uint32_t full = c->bcd ? BCD_FULL : FULL_COUNT, rest;
	uint64_t n;

	if (!c->armed)
		return c->count;
	n = clocks(c, now);
	if (!periodic(c)) { /* wraps, and goes on */
		div64_32(n, full, &rest);
		return (c->count + full - rest) % full;
	}
	div64_32(n, c->count, &rest);
	if (c->mode == 3) /* counts by two, twice a period */
		return (c->count - 2 * rest % c->count) & ~1u;
	return c->count - rest;
}

static bool output(const struct i8254_channel *c, uint64_t now)
{
	uint32_t rest;
	uint64_t n;

	if (!c->armed)
		return c->mode != 0;
	n = clocks(c, now);
	switch (c->mode) {
	case 0:
	case 1:
		return n >= c->count;
	case 2:
	case 3:
		if (!c->gate)
			return true;
		div64_32(n, c->count, &rest);
		return c->mode == 2 ? rest != c->count - 1
				    : rest < (c->count + 1) / 2;
	default:
		return n != c->count;
	}
}

static uint32_t from_bcd(uint32_t v)
{
	return (v & 15) + (v >> 4 & 15) * 10 + (v >> 8 & 15) * 100 +
	       (v >> 12 & 15) * 1000;
}

static uint32_t to_bcd(uint32_t v)
{
	return v % 10 | v / 10 % 10 << 4 | v / 100 % 10 << 8 |
	       v / 1000 % 10 << 12;
}

/* Full counts since @c was loaded. */
static uint64_t rounds(const struct i8254_channel *c, uint64_t now)
{
	return div64_32(clocks(c, now), c->count, NULL);
}

static void begin(struct i8254_channel *c, uint32_t count, uint64_t at)
{
	c->count = count;
	c->next = 0;
	c->start = at;
	c->held = 0;
}

static uint32_t count_of(const struct i8254_channel *c, uint32_t value)
{
	if (c->bcd)
		value = from_bcd(value);
	if (!value)
		return c->bcd ? BCD_FULL : FULL_COUNT;
	return value;
}

static void load(struct i8254 *t, unsigned int n, uint32_t value, uint64_t now)
{
	struct i8254_channel *c = &t->ch[n];
	uint32_t count = count_of(c, value);

	c->loaded = true;
	if (c->armed && (periodic(c) || gate_starts(c))) {
		/* The period or pulse in hand is not changed. */
		c->next = count;
		c->next_at = TIME_NEVER;
		if (periodic(c) && c->gate)
			c->next_at = c->start +
				     ns_of((rounds(c, now) + 1) * c->count);
		return;
	}
	begin(c, count, now);
	c->armed = !gate_starts(c);
	if (n == 0)
		t->fired = now;
}

/* Take counts whose time has come; channel 0 tells of its edges before. */
static void settle(struct i8254 *t, uint64_t now)
{
	i8254_tick(t, now);
	for (unsigned int i = 1; i < I8254_CHANNELS; i++)
		if (t->ch[i].next && now >= t->ch[i].next_at)
			begin(&t->ch[i], t->ch[i].next, t->ch[i].next_at);
}

static void latch_count(struct i8254_channel *c, uint64_t now)
{
	uint32_t v = counter(c, now);

	if (c->latched)
		return;
	c->latch = (uint16_t)(c->bcd ? to_bcd(v % BCD_FULL) : v);
	c->latched = true;
}

static void latch_status(struct i8254_channel *c, uint64_t now)
{
	if (c->status_latched)
		return;
	c->status = (uint8_t)((output(c, now) ? STATUS_OUT : 0) |
			      (c->armed && !c->next ? 0 : STATUS_NULL) |
			      c->access << 4 | c->mode << 1 | c->bcd);
	c->status_latched = true;
}

static void control(struct i8254 *t, uint8_t value, uint64_t now)
{
	unsigned int n = value >> CTRL_CHAN;
	struct i8254_channel *c;

	if (n == READ_BACK) {
		for (unsigned int i = 0; i < I8254_CHANNELS; i++) {
			if (!(value & (2u << i)))
				continue;
			if (!(value & RB_NO_COUNT))
				latch_count(&t->ch[i], now);
			if (!(value & RB_NO_STATE))
				latch_status(&t->ch[i], now);
		}
		return;
	}
	c = &t->ch[n];
	if (!(value >> CTRL_ACCESS & 3)) {
		latch_count(c, now);
		return;
	}
	c->access = value >> CTRL_ACCESS & 3;
	c->mode = value >> 1 & 7;
	if (c->mode > 5)
		c->mode &= 3;
	c->bcd = value & CTRL_BCD;
	c->loaded = c->armed = false;
	c->next = 0;
	c->write_high = c->read_high = false;
	c->latched = c->status_latched = false;
	if (n == 0)
		irq_line_set(&t->irq, c->mode != 0);
}

static uint8_t speaker_read(struct i8254 *t, uint64_t now)
{
	uint32_t rest;
	uint64_t half = div64_32(now, REFRESH_NS, &rest);

	return (uint8_t)((t->speaker & SPK_ENABLES) |
			 (half & 1 ? SPK_REFRESH : 0) |
			 (output(&t->ch[2], now) ? SPK_OUT2 : 0));
}

static void set_gate(struct i8254_channel *c, bool on, uint64_t now)
{
	if (on == c->gate)
		return;
	if (!on) {
		c->held = counted_ns(c, now);
		c->next_at = TIME_NEVER; /* what follows waits for the gate */
	} else if (c->mode == 0 || c->mode == 4) {
		c->start = now - c->held; /* goes on where it stopped */
	} else {
		begin(c, c->next ? c->next : c->count, now);
		c->armed = c->loaded;
	}
	c->gate = on;
}

static void speaker_write(struct i8254 *t, uint8_t value, uint64_t now)
{
	set_gate(&t->ch[2], value & SPK_GATE, now);
	t->speaker = value & SPK_ENABLES;
}

uint8_t i8254_read(struct i8254 *t, uint16_t port, uint64_t now)
{
	struct i8254_channel *c;
	uint16_t value;
	bool high;

	settle(t, now);
	if (port == PORT_SPEAKER)
		return speaker_read(t, now);
	if ((port & 3) == 3)
		return 0xff;
	c = &t->ch[port & 3];
	if (c->status_latched) {
		c->status_latched = false;
		return c->status;
	}
	value = c->latch;
	if (!c->latched) {
		uint32_t v = counter(c, now);

		value = (uint16_t)(c->bcd ? to_bcd(v % BCD_FULL) : v);
	}
	high = c->access == 2 || (c->access == 3 && c->read_high);
	if (c->access == 3)
		c->read_high = !c->read_high;
	if (c->access != 3 || !c->read_high)
		c->latched = false;
	return (uint8_t)(high ? value >> 8 : value);
}

void i8254_write(struct i8254 *t, uint16_t port, uint8_t value, uint64_t now)
{
	struct i8254_channel *c;

	settle(t, now);
	if (port == PORT_SPEAKER) {
		speaker_write(t, value, now);
		return;
	}
	if ((port & 3) == 3) {
		control(t, value, now);
		return;
	}
	c = &t->ch[port & 3];
	switch (c->access) {
	case 1:
		load(t, port & 3, value, now);
		break;
	case 2:
		load(t, port & 3, (uint32_t)value << 8, now);
		break;
	default:
		if (c->write_high)
			load(t, port & 3, c->low | (uint32_t)value << 8, now);
		c->low = value;
		c->write_high = !c->write_high;
		break;
	}
}

/* Edges of channel 0 from t->fired to @now. */
static bool edge_since(const struct i8254 *t, uint64_t now)
{
	const struct i8254_channel *c = &t->ch[0];

	if (periodic(c))
		return rounds(c, now) > rounds(c, t->fired);
	return clocks(c, now) >= c->count && clocks(c, t->fired) < c->count;
}

uint64_t i8254_tick(struct i8254 *t, uint64_t now)
{
	struct i8254_channel *c = &t->ch[0];
	uint64_t next;
	bool edge;

	if (!c->armed)
		return TIME_NEVER;
	edge = edge_since(t, now);
	if (c->next && now >= c->next_at) {
		begin(c, c->next, c->next_at);
		edge = true; /* the end of the period before */
	}
	if (edge)
		irq_line_pulse(&t->irq);
	t->fired = now;
	if (!periodic(c) && clocks(c, now) >= c->count)
		return TIME_NEVER;
	next = periodic(c) ? rounds(c, now) + 1 : 1;
	return c->start + ns_of(next * c->count);
}

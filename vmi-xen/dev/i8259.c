/* SPDX-License-Identifier: GPL-2.0-only */
/* Two 8259A interrupt controllers.  Pure. */
#include "dev/i8259.h"
#include "lib/string.h"

#define ICW1	       0x10
#define ICW1_NEED_ICW4 0x01
#define ICW1_SINGLE    0x02
#define ICW4_AEOI      0x02
#define ICW4_SFNM      0x10
#define OCW3	       0x08
#define OCW3_READ_IRR  0x02
#define OCW3_READ_ISR  0x03
#define OCW3_POLL      0x04
#define OCW3_ESMM      0x40
#define OCW3_SMM       0x20
#define VECTOR_MASK    0xf8
#define SPURIOUS       7
#define POLL_FOUND     0x80
#define MASTER_ELCR    0xf8 /* inputs 0-2 are always edges */
#define SLAVE_ELCR     0xde /* inputs 8 and 13, too */

void i8259_init(struct i8259_pair *p)
{
	memset(p, 0, sizeof(*p));
	for (int i = 0; i < 2; i++) {
		p->pic[i].imr = 0xff;
		p->pic[i].lowest = 7;
	}
}

/* Input of highest priority in @bits, 8: none. */
static unsigned int first(const struct i8259 *c, uint8_t bits)
{
	for (unsigned int i = 1; i <= 8; i++) {
		unsigned int n = (c->lowest + i) & 7;

		if (bits & (1u << n))
			return n;
	}
	return 8;
}

static unsigned int rank(const struct i8259 *c, unsigned int input)
{
	return (input - c->lowest - 1u) & 7;
}

/* In special mask mode what is masked neither blocks nor is ended. */
static uint8_t unmasked_isr(const struct i8259 *c)
{
	return c->special_mask ? c->isr & (uint8_t)~c->imr : c->isr;
}

/* Input to be delivered, 8: none. */
static unsigned int candidate(const struct i8259 *c, bool master)
{
	unsigned int n = first(c, c->irr & (uint8_t)~c->imr);
	unsigned int service;
	uint8_t isr = unmasked_isr(c);

	if (n == 8)
		return 8;
	/* Fully nested mode lets a busy slave interrupt again. */
	if (master && c->nested && n == I8259_CASCADE)
		isr &= (uint8_t) ~(1u << I8259_CASCADE);
	service = first(c, isr);
	return service != 8 && rank(c, service) <= rank(c, n) ? 8 : n;
}

static void cascade(struct i8259_pair *p)
{
	struct i8259 *m = &p->pic[0];
	uint8_t bit = 1u << I8259_CASCADE;

	if (candidate(&p->pic[1], false) != 8)
		m->irr |= bit;
	else
		m->irr &= (uint8_t)~bit;
}

static void line(struct i8259 *c, unsigned int n, bool on)
{
	uint8_t bit = (uint8_t)(1u << n);

	if (on) {
		if ((c->elcr & bit) || !(c->lines & bit))
			c->irr |= bit;
		c->lines |= bit;
	} else {
		c->irr &= (uint8_t)~bit;
		c->lines &= (uint8_t)~bit;
	}
}

void i8259_set(struct i8259_pair *p, unsigned int irq, bool on)
{
	if (irq == I8259_CASCADE || irq >= I8259_NR_IRQS)
		return;
	line(&p->pic[irq >> 3], irq & 7, on);
	cascade(p);
}

bool i8259_pending(const struct i8259_pair *p)
{
	return candidate(&p->pic[0], true) != 8;
}

static void eoi(struct i8259 *c, unsigned int n, bool rotate)
{
	if (n == 8)
		return;
	c->isr &= (uint8_t) ~(1u << n);
	if (rotate)
		c->lowest = (uint8_t)n;
}

/* One controller's INTA: its input, SPURIOUS when none. */
static unsigned int take(struct i8259 *c, bool master, bool *spurious)
{
	unsigned int n = candidate(c, master);

	*spurious = n == 8;
	if (*spurious)
		return SPURIOUS;
	c->isr |= (uint8_t)(1u << n);
	if (!(c->elcr & (1u << n)))
		c->irr &= (uint8_t) ~(1u << n);
	if (c->auto_eoi)
		eoi(c, n, c->rotate_aeoi);
	return n;
}

uint8_t i8259_ack(struct i8259_pair *p)
{
	bool spurious;
	unsigned int n = take(&p->pic[0], true, &spurious);

	if (spurious || n != I8259_CASCADE)
		return (uint8_t)(p->pic[0].vector_base + n);
	n = take(&p->pic[1], false, &spurious);
	cascade(p);
	return (uint8_t)(p->pic[1].vector_base + n);
}

static void ocw2(struct i8259 *c, uint8_t value)
{
	unsigned int n = value & 7;

	switch (value >> 5) {
	case 0: /* rotate in automatic EOI mode: clear */
	case 4: /* set */
		c->rotate_aeoi = value >> 7;
		break;
	case 1: /* non-specific EOI */
	case 5: /* and rotate */
		eoi(c, first(c, unmasked_isr(c)), value >> 7);
		break;
	case 3: /* specific EOI */
	case 7:
		eoi(c, n, value >> 7);
		break;
	case 6: /* set priority */
		c->lowest = (uint8_t)n;
		break;
	default:
		break;
	}
}

static void ocw3(struct i8259 *c, uint8_t value)
{
	if (value & OCW3_ESMM)
		c->special_mask = value & OCW3_SMM;
	if (value & OCW3_POLL)
		c->poll = true;
	else if ((value & 3) == OCW3_READ_IRR)
		c->read_isr = false;
	else if ((value & 3) == OCW3_READ_ISR)
		c->read_isr = true;
}

static void icw1(struct i8259 *c, uint8_t value)
{
	uint8_t elcr = c->elcr, lines = c->lines;

	memset(c, 0, sizeof(*c));
	c->elcr = elcr;
	c->lines = lines;
	c->irr = lines & elcr;
	c->lowest = 7;
	c->init_step = 2;
	c->single = value & ICW1_SINGLE;
	c->need_icw4 = value & ICW1_NEED_ICW4;
}

static void icw(struct i8259 *c, uint8_t value)
{
	switch (c->init_step) {
	case 2:
		c->vector_base = value & VECTOR_MASK;
		c->init_step = c->single ? (c->need_icw4 ? 4 : 0) : 3;
		break;
	case 3:
		c->init_step = c->need_icw4 ? 4 : 0;
		break;
	default:
		c->auto_eoi = value & ICW4_AEOI;
		c->nested = value & ICW4_SFNM;
		c->init_step = 0;
		break;
	}
}

static uint8_t elcr_mask(unsigned int n)
{
	return n ? SLAVE_ELCR : MASTER_ELCR;
}

static void write_elcr(struct i8259 *c, uint8_t value)
{
	c->elcr = value;
	c->irr |= c->lines & value; /* a high line becomes a request */
}

static unsigned int chip_of(uint16_t port)
{
	return (port & 0xfffe) == I8259_SLAVE_BASE;
}

uint8_t i8259_read(struct i8259_pair *p, uint16_t port)
{
	struct i8259 *c = &p->pic[chip_of(port)];
	bool spurious;
	unsigned int n;

	if ((port & 0xfffe) == I8259_ELCR_BASE)
		return p->pic[port & 1].elcr;
	if (c->poll) {
		c->poll = false;
		n = take(c, !chip_of(port), &spurious);
		cascade(p);
		return spurious ? 0 : (uint8_t)(POLL_FOUND | n);
	}
	if (port & 1)
		return c->imr;
	return c->read_isr ? c->isr : c->irr;
}

void i8259_write(struct i8259_pair *p, uint16_t port, uint8_t value)
{
	struct i8259 *c = &p->pic[chip_of(port)];

	if ((port & 0xfffe) == I8259_ELCR_BASE)
		write_elcr(&p->pic[port & 1], value & elcr_mask(port & 1));
	else if (!(port & 1) && (value & ICW1))
		icw1(c, value);
	else if (!(port & 1) && (value & OCW3))
		ocw3(c, value);
	else if (!(port & 1))
		ocw2(c, value);
	else if (c->init_step)
		icw(c, value);
	else
		c->imr = value;
	cascade(p);
}

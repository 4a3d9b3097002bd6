/* SPDX-License-Identifier: GPL-2.0-only */
/* A wire from a device to the interrupt controllers. */
#ifndef VMI_DEV_IRQ_LINE_H
#define VMI_DEV_IRQ_LINE_H

#include "types.h"

struct irq_line {
	/** Level @on of line @nr; an edge is false then true. */
	void (*set)(void *opaque, unsigned int nr, bool on);
	void *opaque;
	unsigned int nr;
};

static inline void irq_line_set(const struct irq_line *l, bool on)
{
	if (l->set)
		l->set(l->opaque, l->nr, on);
}

static inline void irq_line_pulse(const struct irq_line *l)
{
	irq_line_set(l, false);
	irq_line_set(l, true);
}

#endif

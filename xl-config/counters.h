/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an adapter has counted (vmi-xen/lib/counters.h), read out of its
 * domain's memory.  The frame is what the domain says in data/vmi/counters: Xen
 * lets nobody map a frame under a domain's name that is not that domain's.
 */
#ifndef XL_CONFIG_COUNTERS_H
#define XL_CONFIG_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sums {
	bool known;
	uint64_t calls; /* VMI calls of all kinds */
	uint64_t hypercalls, traps, interrupts;
};

/** Sum up the counters in @size bytes at @page; false: these are none. */
bool counters_sum(struct sums *s, const void *page, size_t size);

/** Those of domain @domid, whose data/vmi/counters is @frame (or NULL). */
void counters_read(struct sums *s, uint32_t domid, const char *frame);

#endif

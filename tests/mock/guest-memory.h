/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's memory and an interrupt line, as a device sees them: what lies
 * beyond reads as ones and swallows writes.
 */
#ifndef TESTS_MOCK_GUEST_MEMORY_H
#define TESTS_MOCK_GUEST_MEMORY_H

#include "dev/dma.h"
#include "dev/irq-line.h"

struct guest_memory {
	uint8_t *ram;
	uint32_t size;
	bool strict; /* what lies beyond is the device's fault */
	/* A fuzzer's limits; 0: none. */
	uint32_t longest; /* bytes of one access */
	uint32_t most;	  /* accesses, counted in: */
	uint32_t accesses;
};

/** For a device's init function; @m stays the caller's. */
struct dma_host guest_memory_dma(struct guest_memory *m);

/** A value of @size bytes, up to 4, at @at of @ram. */
uint32_t ram_get(const uint8_t *ram, uint32_t at, unsigned int size);
void ram_put(uint8_t *ram, uint32_t at, uint32_t value, unsigned int size);

/** A line that is seen in @state; NULL: nobody looks. */
struct irq_line wired_to(bool *state);

#endif

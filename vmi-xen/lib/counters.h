/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The counters page: what the adapter has done so far.
 *
 * It is the first page of the adapter's image and of the domain's memory
 * (EYES_VA, pfn 0), so that it can be read by whoever has the domain's memory,
 * also when the domain has crashed: tests/tools/eyes does it with what
 * xl dump-core leaves.  Counting costs one instruction.
 *
 * A change of the layout is a change of COUNTERS_VERSION and of that tool.
 */
#ifndef VMI_LIB_COUNTERS_H
#define VMI_LIB_COUNTERS_H

#define COUNTERS_MAGIC	    "vmi-xen counters" /* without its NUL */
#define COUNTERS_MAGIC_SIZE 16
#define COUNTERS_VERSION    1
#define COUNTERS_CALLS	    80 /* VMI_NR_CALLS is less */
#define COUNTERS_TRAPS	    32
#define COUNTERS_HYPERCALLS 64

#ifndef __ASSEMBLER__
#include "types.h"
#include "mmu/stats.h"

struct counters {
	char magic[COUNTERS_MAGIC_SIZE];
	uint32_t version;
	uint32_t bytes;			/* of this structure */
	uint32_t calls[COUNTERS_CALLS]; /* VMI calls, by number */
	uint32_t traps[COUNTERS_TRAPS]; /* exceptions that came to us */
	uint32_t hypercalls[COUNTERS_HYPERCALLS]; /* by Xen's number */
	uint32_t upcalls;
	uint32_t interrupts; /* delivered to the guest */
	uint32_t trace_next; /* address of the next event (trace.h) */
	struct shadow_stats pager;
};

extern struct counters counters;

/** Print every counter that is not 0. */
void counters_print(void);

#endif
#endif

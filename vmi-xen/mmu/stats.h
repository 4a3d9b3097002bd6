/* SPDX-License-Identifier: GPL-2.0-only */
/* What the shadow pager counts; part of the counters page (lib/counters.h). */
#ifndef VMI_MMU_STATS_H
#define VMI_MMU_STATS_H

#include "types.h"

#define SHADOW_LISTS 5

struct shadow_stats {
	uint32_t pages[SHADOW_LISTS]; /* of the pool, by enum sp_state */
	uint32_t faults, fixed, to_guest, emulate; /* page faults, and how */
	uint32_t fills;				   /* entries made by a fault */
	uint32_t updates, updates_unshadowed, updates_none; /* SetPxE ... */
	uint32_t links, unlinks, parked, adopted;	    /* of L1s */
	uint32_t evicted, roots_built, roots_recycled, roots_destroyed;
	uint32_t map_hits, map_misses; /* guest memory by linear map/slots */
	uint32_t cr3_loads, flushes, invlpgs, batches, batch_entries, singles;
	uint32_t kernel_unfilled; /* the pool was too small for the kernel */
};

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The queue of page-table updates on their way to Xen.
 *
 * Order is kept: an L1 that is emptied, unlinked and linked elsewhere goes
 * through here step by step.  Hypercalls: mmu_update.
 * Flow: shadow-map.c, roots.c -> here -> xen-mmu.h.
 */
#include "mmu/shadow-private.h"

void shadow_sync(struct mmu *m)
{
	uint32_t n = m->nr_queued, done = 0;
	int rc;

	if (!n)
		return;
	m->nr_queued = 0;
	m->queued_kernel = false;
	m->stats->batches++;
	m->stats->batch_entries += n;
	rc = xen_mmu_update(m->queue, n, &done);
	if (rc)
		xen_mmu_refused("mmu_update", rc,
				m->queue[done < n ? done : 0].ptr,
				m->queue[done < n ? done : 0].val);
}

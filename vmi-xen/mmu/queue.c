/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The queue of page-table updates on their way to Xen.
 *
 * Order is kept: an L1 that is emptied, unlinked and linked elsewhere goes
 * through here step by step.  Hypercalls: mmu_update, update_va_mapping.
 * Flow: shadow-map.c, roots.c -> here -> xen-mmu.h.
 */
#include "mmu/shadow-private.h"

void shadow_sync(struct mmu *m)
{
	uint32_t n = m->nr_queued, done = 0;
	int rc;

	if (!n)
		return;
	queue_reset(m);
	m->stats->batches++;
	m->stats->batch_entries += n;
	rc = xen_mmu_update(m->queue, n, &done);
	if (rc)
		xen_mmu_refused("mmu_update", rc,
				m->queue[done < n ? done : 0].ptr,
				m->queue[done < n ? done : 0].val);
}

bool queue_send_at(struct mmu *m, const struct shadow_vcpu *v, uint32_t piece,
		   uint32_t flags)
{
	const struct xen_mmu_entry *e = m->queue;
	uint16_t id = v->root->link[piece];
	gva_t va;
	int rc;

	if (m->nr_queued != 1 || !id ||
	    e->ptr >> PAGE_SHIFT != sp_of(m, id)->mfn) {
		shadow_sync(m);
		return false;
	}
	queue_reset(m);
	m->stats->singles++;
	va = (piece << SHADOW_PIECE_SHIFT) | ((uint32_t)e->ptr & PAGE_MASK) / 8
						     << PAGE_SHIFT;
	rc = xen_update_va(va, e->val, flags);
	if (rc)
		xen_mmu_refused("update_va_mapping", rc, e->ptr, e->val);
	return true;
}

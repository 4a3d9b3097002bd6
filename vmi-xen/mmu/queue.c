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

	queue_reset(m);
	if (!n)
		return;
	m->stats->batches++;
	m->stats->batch_entries += n;
	rc = xen_mmu_update(queue_first(m), n, &done);
	if (rc)
		xen_mmu_refused("mmu_update", rc,
				queue_first(m)[done < n ? done : 0].ptr,
				queue_first(m)[done < n ? done : 0].val);
}

uint32_t queue_piece(struct mmu *m)
{
	const struct spage *sp = m->set.sp;

	if (sp && sp->mfn == queue_first(m)->ptr >> PAGE_SHIFT)
		return sp->piece;
	return sp_of(m, m->last_l1)->piece;
}

bool queue_send_at(struct mmu *m, const struct shadow_vcpu *v, uint32_t piece,
		   uint32_t flags)
{
	const struct xen_mmu_entry *e = queue_first(m);
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

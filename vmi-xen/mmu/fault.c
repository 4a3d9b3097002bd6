/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page faults: the shadow's, the guest's, or no memory at all.
 *
 * The hot path is a user entry that is there in the guest's table but not in
 * the shadow: one read of the guest's entry and one update_va_mapping.
 * Flow: trap/pagefault.c, emul/ -> here -> shadow-map.c.
 */
#include "mmu/fault-short.h"

/*
 * Make entry @i of @sp, which @va reaches, hold @spte.  The fault has dropped
 * what the TLB held for @va, so no flush.
 */
static void fill(struct mmu *m, struct spage *sp, gva_t va, uint64_t spte)
{
	bool direct = !m->nr_queued;

	m->stats->fills++;
	sp->flags |= SP_REF;
	l1_set(m, sp, L1_INDEX(va), spte);
	if (direct && m->nr_queued == 1) {
		queue_reset(m);
		fault_send(m, va, (uint32_t)spte, (uint32_t)(spte >> 32));
		return;
	}
	shadow_sync(m);
}

static enum pf_result to_guest(struct mmu *m, const struct shadow_vcpu *v,
			       struct pf_info *info, uint32_t error,
			       uint32_t why)
{
	uint32_t keep = PFE_W | PFE_U;

	/* The processor reports fetches even to guests that know no NX. */
	if (m->pae && v->nxe)
		keep |= PFE_I;
	m->stats->to_guest++;
	info->error = (error & keep) | why;
	return PF_GUEST;
}

static enum pf_result emulate(struct mmu *m, struct pf_info *info,
			      const struct gwalk *w, gva_t va)
{
	m->stats->emulate++;
	info->error = 0;
	info->gpa = frame_addr(w->gfn) | (va & PAGE_MASK);
	return PF_EMULATE;
}

enum pf_result shadow_fault(struct mmu *m, struct shadow_vcpu *v, gva_t va,
			    uint32_t error, struct pf_info *info)
{
	struct gwalk w;
	uint32_t word, piece = PIECE(va);
	bool write = error & PFE_W;
	struct spage *sp;
	uint16_t id;

	m->stats->faults++;
	shadow_sync(m);
	if (!guest_walk(m, v, va, &w))
		return to_guest(m, v, info, error, w.error);
	if (!walk_allows(v, &w, error))
		return to_guest(m, v, info, error, PFE_P);

	walk_mark(m, v, &w, write);
	word = p2m_get(&m->p2m, gfn(w.gfn));
	if (p2m_is_hole(word) || (write && (word & P2M_ROM)) ||
	    (write && !(w.rights & RIGHTS_RW)) || piece >= m->end_piece)
		return emulate(m, info, &w, va);

	id = piece_link(m, v, v->root, piece, w.key);
	if (!id)
		xen_mmu_refused("pool empty", 0, va,
				m->stats->pages[SP_KERNEL]);
	sp = sp_of(m, id);
	fill(m, sp, va, spte_walked(m, sp, w.pte, L1_INDEX(va)));
	m->stats->fixed++;
	return PF_FIXED;
}

bool shadow_ensure_stack(struct mmu *m, struct shadow_vcpu *v, gva_t va,
			 uint32_t len)
{
	gva_t page = (va - len) & ~PAGE_MASK;
	struct pf_info info;
	struct gwalk w;

	for (; page < va; page += PAGE_SIZE) {
		uint16_t id = v->root->link[PIECE(page)];

		if (linear_writable(m, v, page))
			continue;
		shadow_sync(m);
		if (!guest_walk(m, v, page, &w) || !(w.rights & RIGHTS_RW) ||
		    (p2m_get(&m->p2m, gfn(w.gfn)) & P2M_ROM) ||
		    PIECE(page) >= m->end_piece)
			return false;
		if (id && sp_of(m, id)->state == SP_KERNEL &&
		    sp_test(sp_of(m, id), L1_INDEX(page)))
			continue;
		if (shadow_fault(m, v, page, PFE_W, &info) != PF_FIXED)
			return false;
	}
	return true;
}

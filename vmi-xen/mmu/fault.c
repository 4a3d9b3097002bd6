/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page faults: the shadow's, the guest's, or no memory at all.
 *
 * The hot path is a user entry that is there in the guest's table but not in
 * the shadow: one read of the guest's entry and one update_va_mapping.
 * Flow: trap/pagefault.c, emul/ -> here -> shadow-map.c.
 */
#include "mmu/shadow-private.h"

#define HIGH_FRAME 0x000000ffu /* address bits in a PAE entry's upper half */

static void send_one(struct mmu *m, gva_t va, uint64_t spte)
{
	int rc = xen_update_va(va, spte, XEN_VA_NONE);

	m->stats->singles++;
	if (rc)
		xen_mmu_refused("update_va_mapping", rc, va, spte);
}

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
		m->nr_queued = 0;
		m->queued_kernel = false;
		send_one(m, va, spte);
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

bool shadow_fault_guests(struct mmu *m, struct shadow_vcpu *v, gva_t va,
			 uint32_t error, uint32_t *guest_error)
{
	const uint32_t needs = PFE_W | PFE_U; /* PE_RW and PE_US alike */
	uint32_t pd = m->pae ? v->pdpt[va >> 30] : GVA_FRAME(v->cr3);
	const volatile uint32_t *e;
	const uint32_t rsvd = (uint32_t)(m->rsvd >> 32);
	uint32_t pde, pte, i, keep = PFE_W | PFE_U;

	if (!m->vmi || !v->root || pd == INVALID_FRAME || m->queued_kernel ||
	    !paging(v))
		return false;
	e = linear_ptr(m, v, pd);
	if (!e)
		return false;
	i = m->pae ? 2 * ((va >> 21) & 511) : va >> 22;
	pde = e[i];
	if (!(pde & PE_P) || (pde & PE_PS) ||
	    (m->pae && (e[i + 1] & (HIGH_FRAME | rsvd))))
		return false;
	e = linear_ptr(m, v, pde >> PAGE_SHIFT);
	if (!e)
		return false;
	i = m->pae ? 2 * ((va >> 12) & 511) : (va >> 12) & 1023;
	pte = e[i];
	if (m->pae && v->nxe)
		keep |= PFE_I;
	*guest_error = error & keep;
	if (pte & PE_P) {
		if ((m->pae && (e[i + 1] & rsvd)) ||
		    !(error & needs & ~(pde & pte)))
			return false;
		*guest_error |= PFE_P;
	}
	/* A supervisor's write to a read-only page is legal without WP. */
	if ((pte & PE_P) && !(error & PFE_U) && !(v->cr0 & GCR0_WP))
		return false;
	m->stats->faults++;
	m->stats->to_guest++;
	return true;
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

	shadow_sync(m);
	for (; page < va; page += PAGE_SIZE) {
		uint16_t id = v->root->link[PIECE(page)];

		if (!guest_walk(m, v, page, &w) || !(w.rights & RIGHTS_RW) ||
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

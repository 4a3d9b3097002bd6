/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page faults: the shadow's, the guest's, or no memory at all.
 *
 * The hot path is a user entry that is there in the guest's table but not in
 * the shadow: one read of the guest's entry and one update_va_mapping.
 * Flow: trap/pagefault.c, emul/ -> here -> shadow-map.c.
 */
#include "mmu/short.h"

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
		queue_reset(m);
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

/*
 * Both entries allow the access: mark the guest's, @e[@i], as the processor
 * would, and show what it has.  PF_EMULATE, with nothing done: not so simple.
 */
static inline __attribute__((always_inline)) enum pf_result
fill_short(struct mmu *m, struct shadow_vcpu *v, gva_t va, uint32_t error,
	   uint32_t pde, const volatile uint32_t *e, uint32_t i, const bool pae)
{
	uint32_t mark = error & PFE_W ? LOW_A | LOW_D : LOW_A;
	uint32_t rights =
		(pde & LOW_RW ? RIGHTS_RW : 0) | (pde & LOW_US ? RIGHTS_US : 0);
	uint32_t table = pde >> PAGE_SHIFT, piece = PIECE(va);
	uint32_t lo = e[i], out, w;
	volatile uint32_t *set;
	uint8_t kind = !pae && (piece & 1) ? KIND_PT_HIGH : KIND_PT;
	struct spage *sp = sp_of(m, v->root->link[piece]);

	/*
	 * What is queued may be of this entry, and goes first.  The kernel's
	 * tables may be linked here, too: their entries hold more.
	 */
	if (m->nr_queued || (pae && e[i + 1]) || !(pde & LOW_A) ||
	    sp->state != SP_LIVE || sp->gfn != table || sp->kind != kind ||
	    v->root->rights[piece] != rights || !short_frame(m, lo, &w))
		return PF_EMULATE;
	if ((lo & mark) != mark) {
		if (!(p2m_get(&m->p2m, gfn(table)) & P2M_LINW))
			return PF_EMULATE;
		lo |= mark;
		set = xen_va_ptr(linear_va(m, table) + i * 4, true);
		*set = lo;
	}
	out = short_low(w, lo, lo);
	if (!bit_set(&sp->present, L1_INDEX(va)))
		sp->nr_present++;
	sp->flags |= SP_REF;
	m->stats->faults++;
	m->stats->fills++;
	m->stats->fixed++;
	send_one(m, va, (uint64_t)short_high(w) << 32 | out);
	return PF_FIXED;
}

static inline __attribute__((always_inline)) enum pf_result
fault_short(struct mmu *m, struct shadow_vcpu *v, gva_t va, uint32_t error,
	    uint32_t *guest_error, const bool pae)
{
	const uint32_t needs = PFE_W | PFE_U; /* PE_RW and PE_US alike */
	uint32_t table = pae ? v->pdpt[va >> 30] : GVA_FRAME(v->cr3);
	uint32_t pde, pte, i, keep = PFE_W | PFE_U;
	const volatile uint32_t *e;

	e = linear_ptr_memo(m, v, table, 0);
	if (!e)
		return PF_EMULATE;
	i = pae ? 2 * ((va >> 21) & 511) : va >> 22;
	pde = e[i];
	if ((pde & (LOW_P | (uint32_t)PE_PS)) != LOW_P || (pae && e[i + 1]))
		return PF_EMULATE;
	e = linear_ptr_memo(m, v, pde >> PAGE_SHIFT, 1);
	if (!e)
		return PF_EMULATE;
	i = pae ? 2 * ((va >> 12) & 511) : (va >> 12) & 1023;
	pte = e[i];
	if (pae && v->nxe)
		keep |= PFE_I;
	*guest_error = error & keep;
	if (pte & LOW_P) {
		/* A supervisor's write without WP is legal. */
		if ((pae && (e[i + 1] & (uint32_t)(m->rsvd >> 32))) ||
		    (!(error & PFE_U) && !(v->cr0 & GCR0_WP)))
			return PF_EMULATE;
		if (!(error & needs & ~(pde & pte)))
			return fill_short(m, v, va, error, pde, e, i, pae);
		*guest_error |= PFE_P;
	}
	m->stats->faults++;
	m->stats->to_guest++;
	return PF_GUEST;
}

enum pf_result shadow_fault_short(struct mmu *m, struct shadow_vcpu *v,
				  gva_t va, uint32_t error,
				  uint32_t *guest_error)
{
	return m->pae ? fault_short(m, v, va, error, guest_error, true)
		      : fault_short(m, v, va, error, guest_error, false);
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

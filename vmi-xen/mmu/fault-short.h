/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page faults the short way: what most of them are, to be inlined where they
 * come in.  fault.c does everything else.
 */
#ifndef VMI_MMU_FAULT_SHORT_H
#define VMI_MMU_FAULT_SHORT_H

#include "mmu/short.h"

static inline void fault_send(struct mmu *m, gva_t va, uint32_t lo, uint32_t hi)
{
	int rc = xen_set_va(va, lo, hi);

	m->stats->singles++;
	if (rc)
		xen_mmu_refused("update_va_mapping", rc, va,
				(uint64_t)hi << 32 | lo);
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
	out = short_low(w, lo);
	if (!bit_set(&sp->present, L1_INDEX(va)))
		sp->nr_present++;
	sp->flags |= SP_REF;
	m->stats->faults++;
	m->stats->fills++;
	m->stats->fixed++;
	fault_send(m, va, out, short_high(w));
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

/**
 * The short way for what most faults are, when both tables lie in the guest's
 * linear map: the guest's own (its entry is absent or forbids the access;
 * PF_GUEST, with @guest_error), or a user page that its table allows and the
 * shadow lacks (PF_FIXED).  PF_EMULATE, with nothing done, when shadow_fault()
 * must decide.
 */
static inline enum pf_result shadow_fault_short(struct mmu *m,
						struct shadow_vcpu *v, gva_t va,
						uint32_t error,
						uint32_t *guest_error)
{
	return m->pae ? fault_short(m, v, va, error, guest_error, true)
		      : fault_short(m, v, va, error, guest_error, false);
}

#endif

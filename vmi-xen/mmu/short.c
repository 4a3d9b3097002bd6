/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the short way of SetPxE (short.h) knows of a table.
 *
 * It must lie in the guest's linear map, where the adapter can write it; be no
 * page directory; and its shadow, if there is one, must not map linear memory
 * (P2M_LIN would have to follow).
 */
#include "mmu/short.h"

#define HALF_PAGE (PAGE_SIZE / 2)

/*
 * Low flags of a shadow entry by those of the guest's, in user and in kernel
 * tables; 0 where it has none.
 */
static uint8_t entry_flags[2][SET_FLAGS + 1];
static const uint8_t no_flags[SET_FLAGS + 1]; /* no shadow */

void set_init(void)
{
	uint32_t lo;

	for (lo = 0; lo <= SET_FLAGS; lo++) {
		/* A page that is not young faults, for the fault sets A. */
		if ((lo & (LOW_P | LOW_A)) == (LOW_P | LOW_A))
			entry_flags[false][lo] = (uint8_t)short_low(0, lo);
		/* The kernel's stacks are written by Xen, which must not fault. */
		if (lo & LOW_P)
			entry_flags[true][lo] =
				(uint8_t)short_low(0, lo | LOW_D);
	}
}

bool set_learn(struct mmu *m, const struct shadow_vcpu *v, gva_t ptep, bool pae)
{
	uint32_t g = GVA_FRAME(ptep - m->linear.va), word, half = 0;
	struct spage *sp = NULL;
	bool kernel;

	if (g >= m->linear.pages || m->queued_kernel || m->pae != pae ||
	    (ptep & (pae ? 7 : 3)))
		return false;
	g += m->linear.gfn;
	if (g >= m->p2m.nr_low)
		return false;
	word = m->p2m.low[g];
	if ((word & (P2M_LINW | P2M_PD)) != P2M_LINW ||
	    !linear_holds(m, v, ptep))
		return false;
	if (word & P2M_PT) {
		if (!pae)
			half = ptep & HALF_PAGE;
		sp = sp_of(m, l1_lookup(m, g, half ? KIND_PT_HIGH : KIND_PT));
		if (sp == m->sp) /* the other half has one */
			sp = NULL;
		else if (sp->lin_piece != SHADOW_PIECES)
			return false;
	}
	m->set.sp = sp;
	m->set.flags = no_flags;
	if (sp) {
		kernel = sp->state == SP_KERNEL;
		m->set.id = sp_id(m, sp);
		m->set.flags = entry_flags[kernel];
		m->set.kernel = kernel;
		m->set.bad_high = ~(v->nxe && m->has_nx ? HIGH_NX : 0);
		m->set.at_lo = sp->mfn << PAGE_SHIFT;
		m->set.at_hi = sp->mfn >> MFN_HI_SHIFT;
	}
	m->set.key[pae] = ptep & (pae ? SET_KEY_PAE : SET_KEY_2);
	return true;
}

void set_behind(struct mmu *m, const struct shadow_vcpu *v, uint32_t i,
		uint32_t lo, uint32_t hi)
{
	set_queue(m, i, lo, hi);
	queue_send_at(m, v, m->set.sp->piece, XEN_VA_NONE);
}

void __noreturn set_refused(int rc, gva_t va, uint32_t lo, uint32_t hi)
{
	xen_mmu_refused("update_va_mapping", rc, va, (uint64_t)hi << 32 | lo);
}

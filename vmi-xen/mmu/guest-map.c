/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest memory for the adapter: by the guest's own linear map or by slots.
 *
 * A page that the guest maps at its linear address (SetLinearMapping slot 0)
 * in the kernel's template is used there: P2M_LIN says so, and is kept by the
 * code that changes kernel entries.  Everything else goes through page slots
 * of the window, a direct-mapped cache by gfn.  Guest frames never have a page
 * type of Xen's but "writable", so slots are writable, but for ROM.
 * A hit costs about 15 instructions, a miss one update_va_mapping (1,000).
 */
#include "mmu/shadow-private.h"

#define SLOT_POOL 0x80000000u /* tag: a pool page's id, read-only */
#define SLOT_NONE INVALID_FRAME

static volatile void *slot_map(struct mmu *m, uint32_t tag, uint32_t frame,
			       bool writable)
{
	uint32_t i = (tag ^ (tag >> 9)) & (m->nr_slots - 1);
	gva_t va = m->slots_va + (i << PAGE_SHIFT);
	int rc;

	if (m->slot_gfn[i] == tag) {
		m->stats->map_hits++;
		return xen_va_ptr(va, writable);
	}
	m->stats->map_misses++;
	rc = xen_update_va(va,
			   frame_addr(frame) | PE_P | PE_A |
				   (writable ? PE_RW | PE_D : 0),
			   XEN_VA_INVLPG);
	if (rc)
		xen_mmu_refused("map slot", rc, tag, frame);
	m->slot_gfn[i] = tag;
	return xen_va_ptr(va, writable);
}

volatile void *guest_map(struct mmu *m, struct shadow_vcpu *v, gfn_t g,
			 bool write)
{
	uint32_t w = p2m_get(&m->p2m, g);

	if (w & (write ? P2M_LINW : P2M_LIN)) {
		gva_t va = linear_va(m, gfn_x(g));

		if (linear_holds(m, v, va)) {
			if (m->queued_kernel)
				shadow_sync(m);
			m->stats->map_hits++;
			return xen_va_ptr(va, write);
		}
	}
	if (p2m_is_hole(w) || (write && (w & P2M_ROM)))
		return NULL;
	return slot_map(m, gfn_x(g), w & P2M_MFN_MASK, !(w & P2M_ROM));
}

const volatile uint64_t *map_pool_page(struct mmu *m, const struct spage *sp)
{
	return slot_map(m, SLOT_POOL | sp_id(m, sp), sp->mfn, false);
}

/* gfn whose linear address is entry @i of template piece @piece. */
static bool linear_gfn(const struct mmu *m, uint32_t piece, uint32_t i,
		       uint32_t *g)
{
	uint32_t page = piece * PIECE_PAGES + i;
	uint32_t first = GVA_FRAME(m->linear.va);

	if (page - first >= m->linear.pages)
		return false;
	*g = m->linear.gfn + (page - first);
	return true;
}

void linear_entry(struct mmu *m, struct spage *sp, uint32_t i, bool was,
		  uint64_t spte)
{
	uint32_t *w, g;

	if (sp->lin_piece == SHADOW_PIECES ||
	    !linear_gfn(m, sp->lin_piece, i, &g))
		return;
	w = p2m_word(m, g);
	if (!w)
		return;
	set_forget(m);
	if (!(spte & PE_P) || p2m_is_hole(*w) ||
	    ((spte & PE_FRAME) >> PAGE_SHIFT) != (*w & P2M_MFN_MASK)) {
		*w &= ~(P2M_LIN | P2M_LINW);
		return;
	}
	/* The TLB may still hold the old entry: then only lose rights. */
	if (!was) {
		*w = (*w & ~P2M_LINW) | P2M_LIN | (spte & PE_RW ? P2M_LINW : 0);
	} else if (!(spte & PE_RW)) {
		*w &= ~P2M_LINW;
	}
}

void linear_piece(struct mmu *m, uint32_t piece, bool on)
{
	uint16_t id = m->template_link[piece];
	struct spage *sp = sp_of(m, id);
	const volatile uint64_t *e;
	uint32_t i, g;

	set_forget(m);
	if (!id)
		return;
	if (!on) {
		if (sp->lin_piece != piece)
			return;
		for (i = 0; i < PIECE_PAGES; i++)
			if (linear_gfn(m, piece, i, &g))
				p2m_flag(m, g, P2M_LIN | P2M_LINW, false);
		sp->lin_piece = SHADOW_PIECES;
		return;
	}
	if (sp->lin_piece != SHADOW_PIECES || !linear_gfn(m, piece, 0, &g))
		return;
	shadow_sync(m);
	sp->lin_piece = (uint16_t)piece;
	e = map_pool_page(m, sp);
	for (i = 0; i < PIECE_PAGES; i++)
		if (sp_test(sp, i))
			linear_entry(m, sp, i, false, e[i]);
}

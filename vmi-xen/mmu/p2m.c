/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gfn -> mfn, one word a page, with what the pager knows about the page.
 *
 * A frame that may not be mapped writable (pool, GDT, LDT, the adapter's) is
 * never a guest frame; so the check "no writable mapping of a table" is done
 * once, here, when a frame is given to the guest.
 */
#include "mmu/shadow-private.h"

uint32_t *p2m_word(struct mmu *m, uint32_t g)
{
	if (g < m->p2m.nr_low)
		return &m->p2m.low[g];
	g -= m->p2m.high_base;
	return g < m->p2m.nr_high ? &m->p2m.high[g] : NULL;
}

void p2m_flag(struct mmu *m, uint32_t g, uint32_t flag, bool set)
{
	uint32_t *w = p2m_word(m, g);

	if (!w)
		return;
	set_forget(m);
	*w = set ? *w | flag : *w & ~flag;
}

mfn_t p2m_mfn(const struct mmu *m, gfn_t g)
{
	uint32_t w = p2m_get(&m->p2m, g);

	return p2m_is_hole(w) ? INVALID_MFN : mfn(w & P2M_MFN_MASK);
}

static bool frame_is_pool(const struct mmu *m, uint32_t frame)
{
	uint32_t i;

	for (i = 1; i <= m->nr_pages; i++)
		if (m->sp[i].mfn == frame)
			return true;
	return false;
}

void p2m_set(struct mmu *m, gfn_t g, mfn_t mfn, bool rom)
{
	uint32_t *w = p2m_word(m, gfn_x(g));

	if (!w)
		xen_mmu_refused("p2m: gfn outside the table", 0, gfn_x(g), 0);
	set_forget(m);
	if (mfn_x(mfn) == INVALID_FRAME) {
		*w = P2M_HOLE;
		return;
	}
	if (mfn_x(mfn) >= P2M_NO_MFN || frame_is_pool(m, mfn_x(mfn)))
		xen_mmu_refused("p2m: not a guest frame", 0, gfn_x(g),
				mfn_x(mfn));
	*w = mfn_x(mfn) | (rom ? P2M_ROM : 0);
}

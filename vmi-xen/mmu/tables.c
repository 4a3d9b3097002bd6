/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VMI calls on page tables: 38-41 SetPxE ... UpdatePxELong, 44
 * AllocatePage, 45 ReleasePage.
 *
 * The level bits of the flags are not trusted (Linux passes "PT" for
 * directory entries when it splits large pages): what a page is shadowed as
 * decides.  Nothing happens, and no hypercall, where it is not shadowed.
 * Source: VMI specification; Linux 2.6.32 vmi_32.c; facts in doc/vmi.md.
 */
#include "mmu/shadow-private.h"

/* Linear address of an entry to its table, at the time of the call. */
static bool ptep_to_gfn(struct mmu *m, struct shadow_vcpu *v, gva_t ptep,
			uint32_t *g)
{
	struct guest_fault f;
	gpa_t gpa;
	uint32_t i;

	for (i = 0; i < SHADOW_LINEAR_SLOTS; i++) {
		uint32_t page = GVA_FRAME(ptep - v->linear[i].va);

		if (page < v->linear[i].pages) {
			*g = v->linear[i].gfn + page;
			return true;
		}
	}
	shadow_sync(m);
	if (!guest_translate(m, v, ptep, WALK_WRITE, &gpa, &f))
		return false;
	*g = (uint32_t)(gpa >> PAGE_SHIFT);
	return true;
}

/*
 * Entry @index of table @g is @e now.  What the guest has taken away or changed
 * it must flush, as on hardware, and is sent then; what has appeared is sent
 * now, a fault would cost more.
 */
static void entry_changed(struct mmu *m, struct shadow_vcpu *v, uint32_t g,
			  uint32_t word, uint32_t index, uint64_t e)
{
	bool now = false;

	if (word & P2M_PT)
		now = pt_changed(m, v, gfn(g), index, e);
	if (word & P2M_PD)
		now |= pd_changed(m, v, gfn(g), index, e);
	if (now && !v->lazy)
		queue_send_at(m, v, sp_of(m, m->last_l1)->piece, XEN_VA_NONE);
}

static bool shadowed(struct mmu *m, uint32_t word)
{
	m->stats->updates++;
	if (word & (P2M_PT | P2M_PD))
		return true;
	m->stats->updates_unshadowed++;
	return false;
}

bool shadow_set_pxe(struct mmu *m, struct shadow_vcpu *v, gva_t ptep,
		    uint64_t val, uint32_t flags, unsigned int size)
{
	const uint32_t entry = m->pae ? 8 : 4;
	volatile uint32_t *p;
	uint32_t g, word, index;

	(void)flags;
	ptep &= ~(size - 1);
	if (!ptep_to_gfn(m, v, ptep, &g))
		return false;
	p = guest_map(m, v, gfn(g), true);
	if (!p)
		return false;
	p += (ptep & PAGE_MASK) / 4;
	/* Whoever reads in between must not see a mix: P goes last or first. */
	if (size == 8 && !(val & PE_P)) {
		p[0] = (uint32_t)val;
		barrier();
		p[1] = (uint32_t)(val >> 32);
	} else {
		if (size == 8)
			p[1] = (uint32_t)(val >> 32);
		barrier();
		p[0] = (uint32_t)val;
	}
	word = p2m_get(&m->p2m, gfn(g));
	if (!shadowed(m, word))
		return true;
	index = (ptep & PAGE_MASK) / entry;
	if (size == entry) {
		entry_changed(m, v, g, word, index, val);
		return true;
	}
	/* Linux 2.6.21 and 2.6.24 prepare PAE tables in 2-level mode. */
	for (; index * entry < (ptep & PAGE_MASK) + size; index++)
		entry_changed(m, v, g, word, index,
			      guest_entry(m, v, g, index));
	return true;
}

void shadow_update_pxe(struct mmu *m, struct shadow_vcpu *v, gva_t ptep,
		       uint32_t flags)
{
	uint32_t g, word, index = (ptep & PAGE_MASK) / (m->pae ? 8 : 4);

	(void)flags;
	if (!ptep_to_gfn(m, v, ptep, &g))
		return;
	word = p2m_get(&m->p2m, gfn(g));
	if (shadowed(m, word))
		entry_changed(m, v, g, word, index,
			      guest_entry(m, v, g, index));
}

/* --- Lifetimes ------------------------------------------------------------*/
/* @sp shadows nothing any more, wherever it is linked. */
void l1_drop(struct mmu *m, struct spage *sp)
{
	struct sroot *r = &m->roots[sp->root];

	if (sp->nr_links == 1 && r->link[sp->piece] == sp_id(m, sp))
		piece_drop(m, r, sp->piece);
	else
		l1_unlink_all(m, sp);
}

static void pt_drop(struct mmu *m, uint32_t g)
{
	static const uint8_t kinds[] = { KIND_PT, KIND_PT_HIGH };
	uint32_t i;
	uint16_t id;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		id = l1_lookup(m, g, kinds[i]);
		if (id)
			l1_drop(m, sp_of(m, id));
	}
}

/* A table that was shadowed before it was announced: read it again. */
static void pt_announced(struct mmu *m, struct shadow_vcpu *v, uint32_t g)
{
	static const uint8_t kinds[] = { KIND_PT, KIND_PT_HIGH };
	uint32_t i;
	uint16_t id;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		id = l1_lookup(m, g, kinds[i]);
		if (!id)
			continue;
		if (sp_of(m, id)->state == SP_KERNEL)
			l1_resync(m, v, sp_of(m, id));
		else
			l1_drop(m, sp_of(m, id));
	}
}

static void pd_announced(struct mmu *m, struct shadow_vcpu *v, uint32_t g)
{
	int i;

	views_released(m, g);
	for (i = view_next(m, g, -1); i >= 0; i = view_next(m, g, i)) {
		struct sroot *r = &m->roots[i / 4];

		r->users++; /* it is in use; keep it so while we allocate */
		root_check_kernel(m, v, r);
		r->users--;
		r->loose = root_is_loose(m, r);
	}
}

void shadow_allocate_page(struct mmu *m, struct shadow_vcpu *v, gfn_t g,
			  uint32_t flags)
{
	uint32_t word = p2m_get(&m->p2m, g);

	(void)flags; /* ZEROED is said of tables that are not: unused */
	if (p2m_is_hole(word))
		return;
	p2m_flag(m, gfn_x(g), P2M_KNOWN, true);
	if (word & P2M_PT)
		pt_announced(m, v, gfn_x(g));
	if (word & P2M_PD)
		pd_announced(m, v, gfn_x(g));
	if (!v->lazy)
		shadow_sync(m);
}

void shadow_release_page(struct mmu *m, struct shadow_vcpu *v, gfn_t g)
{
	uint32_t word = p2m_get(&m->p2m, g);

	if (p2m_is_hole(word))
		return;
	p2m_flag(m, gfn_x(g), P2M_KNOWN, false);
	if (word & P2M_PT)
		pt_drop(m, gfn_x(g));
	if (word & P2M_PD)
		views_released(m, gfn_x(g));
	(void)v; /* nothing to send now: it only takes rights away */
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The walk of the guest's page tables, 2-level and PAE, as the processor does
 * it, with A and D.  Reads through guest-map.c, one table at a time.
 */
#include "mmu/shadow-private.h"

#define PDE32_INDEX(va)	 ((va) >> 22)
#define PTE32_INDEX(va)	 (GVA_FRAME(va) & 1023)
#define PDE32_LARGE	 0xffc00000ull
#define PDE32_LARGE_RSVD 0x003fe000ull /* address bits above 4 GB, PAT */
#define PDE64_INDEX(va)	 (((va) >> 21) & 511)
#define PDE64_LARGE	 0x000fffffffe00000ull
#define PDE64_LARGE_RSVD 0x001fe000ull /* bit 12 is PAT */
#define FLAGS_OF_LEAF	 (PE_P | PE_RW | PE_US | PE_A | PE_D | PE_NX)
#define PDPT_RSVD_HI	 ((uint32_t)(PDPT_RSVD >> 32))

/* PAE entries are read so that two halves never mix. */
static uint64_t entry64(const volatile uint32_t *p)
{
	uint32_t low, high;

	do {
		low = p[0];
		barrier();
		high = p[1];
		barrier();
	} while (low != p[0]);
	return low | (uint64_t)high << 32;
}

uint64_t guest_entry(struct mmu *m, struct shadow_vcpu *v, uint32_t table,
		     uint32_t index)
{
	const volatile uint32_t *p = guest_map(m, v, gfn(table), false);

	if (!p)
		return m->pae ? ~0ull : ~0u; /* a hole reads as all ones */
	return m->pae ? entry64(p + 2 * index) : p[index];
}

static uint32_t rights_of(uint64_t e)
{
	return (e & PE_RW ? RIGHTS_RW : 0) | (e & PE_US ? RIGHTS_US : 0) |
	       (e & PE_NX ? RIGHTS_NX : 0);
}

static uint32_t entry_frame(uint64_t e)
{
	return (uint32_t)((e & PE_FRAME) >> PAGE_SHIFT);
}

static bool pde_is_large(const struct mmu *m, const struct shadow_vcpu *v,
			 uint64_t pde)
{
	return (pde & PE_PS) && (m->pae || (v->cr4 & GCR4_PSE));
}

static bool pde_is_bad(const struct mmu *m, const struct shadow_vcpu *v,
		       uint64_t pde)
{
	uint64_t bad = m->rsvd;

	if (pde_is_large(m, v, pde))
		bad |= m->pae ? PDE64_LARGE_RSVD : PDE32_LARGE_RSVD;
	return pde & bad;
}

struct key pde_key(const struct mmu *m, const struct shadow_vcpu *v,
		   uint64_t pde, uint32_t piece)
{
	struct key k = { .rights = (uint8_t)rights_of(pde) };

	if (!(pde & PE_P) || pde_is_bad(m, v, pde))
		return k;
	if (!pde_is_large(m, v, pde)) {
		k.gfn = entry_frame(pde);
		k.kind = !m->pae && (piece & 1) ? KIND_PT_HIGH : KIND_PT;
		return k;
	}
	k.kind = piece_is_kernel(m, piece) || (pde & PE_D) ? KIND_LARGE
							   : KIND_LARGE_CLEAN;
	if (m->pae)
		k.gfn = entry_frame(pde & PDE64_LARGE);
	else
		k.gfn = entry_frame(pde & PDE32_LARGE) +
			(piece & 1) * PIECE_PAGES;
	return k;
}

uint64_t guest_pde(struct mmu *m, struct shadow_vcpu *v, uint32_t pd,
		   uint32_t piece)
{
	if (pd == INVALID_FRAME)
		return 0;
	return guest_entry(m, v, pd,
			   m->pae ? piece % PIECES_PER_L2 : piece / 2);
}

bool pdpt_read(struct mmu *m, struct shadow_vcpu *v, uint32_t cr3,
	       uint32_t pdpt[4])
{
	const volatile uint32_t *p =
		guest_map(m, v, gfn(GVA_FRAME(cr3)), false);
	uint32_t i, lo, hi;

	for (i = 0; i < 4; i++)
		pdpt[i] = INVALID_FRAME;
	if (!p)
		return true;
	p += (cr3 & PDPT_OFFSET) / sizeof(*p);
	for (i = 0; i < 4; i++) {
		lo = p[2 * i];
		hi = p[2 * i + 1];
		if (!(lo & (uint32_t)PE_P))
			continue;
		if ((lo & (uint32_t)PDPT_RSVD) || (hi & PDPT_RSVD_HI))
			return false;
		pdpt[i] = lo >> PAGE_SHIFT | hi << (32 - PAGE_SHIFT);
	}
	return true;
}

/* Paging off: everything is there, with all rights. */
static bool walk_identity(struct gwalk *w, gva_t va)
{
	w->gfn = GVA_FRAME(va);
	w->rights = RIGHTS_RW | RIGHTS_US;
	w->key = (struct key){ w->gfn & ~(PIECE_PAGES - 1), KIND_LARGE,
			       RIGHTS_RW | RIGHTS_US };
	w->pte = frame_addr(w->gfn) | PE_P | PE_RW | PE_US | PE_A | PE_D;
	return true;
}

static bool walk_large(const struct mmu *m, struct gwalk *w, gva_t va)
{
	uint32_t pages = m->pae ? 512 : 1024;

	w->gfn = entry_frame(w->pde & (m->pae ? PDE64_LARGE : PDE32_LARGE)) +
		 (GVA_FRAME(va) & (pages - 1));
	w->rights = rights_of(w->pde);
	w->pte = frame_addr(w->gfn) | (w->pde & FLAGS_OF_LEAF);
	return true;
}

bool guest_walk(struct mmu *m, struct shadow_vcpu *v, gva_t va, struct gwalk *w)
{

	w->pd = w->pt = INVALID_FRAME;
	w->error = 0;
	if (!paging(v))
		return walk_identity(w, va);

	w->pd = m->pae ? v->pdpt[va >> 30] : GVA_FRAME(v->cr3);
	if (w->pd == INVALID_FRAME)
		return false;
	w->pd_index = m->pae ? PDE64_INDEX(va) : PDE32_INDEX(va);
	w->pde = guest_entry(m, v, w->pd, w->pd_index);
	if (!(w->pde & PE_P))
		return false;
	if (pde_is_bad(m, v, w->pde)) {
		w->error = PFE_P | PFE_RSVD;
		return false;
	}
	w->key = pde_key(m, v, w->pde, PIECE(va));
	if (pde_is_large(m, v, w->pde))
		return walk_large(m, w, va);

	w->pt = entry_frame(w->pde);
	w->pt_index = m->pae ? L1_INDEX(va) : PTE32_INDEX(va);
	w->pte = guest_entry(m, v, w->pt, w->pt_index);
	if (!(w->pte & PE_P))
		return false;
	if (w->pte & m->rsvd) {
		w->error = PFE_P | PFE_RSVD;
		return false;
	}
	w->gfn = entry_frame(w->pte);
	w->rights = (rights_of(w->pde) & rights_of(w->pte) &
		     (RIGHTS_RW | RIGHTS_US)) |
		    ((rights_of(w->pde) | rights_of(w->pte)) & RIGHTS_NX);
	return true;
}

bool walk_allows(const struct shadow_vcpu *v, const struct gwalk *w,
		 uint32_t access)
{
	if ((access & PFE_U) && !(w->rights & RIGHTS_US))
		return false;
	if ((access & PFE_W) && !(w->rights & RIGHTS_RW) &&
	    ((access & PFE_U) || (v->cr0 & GCR0_WP)))
		return false;
	return !(access & PFE_I) || !(w->rights & RIGHTS_NX);
}

/*
 * Like the processor's locked update of A and D: nothing when it changed, but
 * for these bits (of a directory that maps itself both entries may be one).
 */
static void entry_set(struct mmu *m, struct shadow_vcpu *v, uint32_t table,
		      uint32_t index, uint64_t was, uint32_t bits)
{
	volatile uint32_t *p;
	uint32_t old = (uint32_t)was;

	if ((was & bits) == bits)
		return;
	p = guest_map(m, v, gfn(table), true);
	if (!p)
		return;
	p += m->pae ? 2 * index : index;
	while (!__atomic_compare_exchange_n(p, &old, old | bits, false,
					    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		if ((old ^ (uint32_t)was) & ~(uint32_t)(PE_A | PE_D))
			return;
}

void walk_mark(struct mmu *m, struct shadow_vcpu *v, struct gwalk *w,
	       bool write)
{
	uint32_t leaf = (uint32_t)PE_A | (write ? (uint32_t)PE_D : 0);

	if (w->pt == INVALID_FRAME) {
		if (w->pd == INVALID_FRAME)
			return;
		entry_set(m, v, w->pd, w->pd_index, w->pde, leaf);
		w->pde |= leaf;
		w->key = w->key.kind == KIND_LARGE_CLEAN && write
				 ? (struct key){ w->key.gfn, KIND_LARGE,
						 w->key.rights }
				 : w->key;
	} else {
		entry_set(m, v, w->pd, w->pd_index, w->pde, (uint32_t)PE_A);
		entry_set(m, v, w->pt, w->pt_index, w->pte, leaf);
		w->pde |= PE_A;
	}
	w->pte |= leaf;
}

bool guest_translate(struct mmu *m, struct shadow_vcpu *v, gva_t va,
		     uint32_t access, gpa_t *gpa, struct guest_fault *f)
{
	struct gwalk w;
	bool ok = guest_walk(m, v, va, &w);

	if (ok && walk_allows(v, &w, access)) {
		walk_mark(m, v, &w, access & WALK_WRITE);
		*gpa = frame_addr(w.gfn) | (va & PAGE_MASK);
		return true;
	}
	f->va = va;
	f->error = (ok ? PFE_P : w.error) | (access & (PFE_W | PFE_U));
	if ((access & WALK_FETCH) && m->pae && v->nxe)
		f->error |= PFE_I;
	return false;
}

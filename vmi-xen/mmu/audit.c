/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Audit: every shadow entry against a fresh look at the guest's tables.
 *
 * A debug build runs it after each flush, when no difference is excused but
 * two: kernels clear the entries of a table that is about to go without a call,
 * so an entry may still be there while the guest's is 0; and where the adapter
 * wrote for the guest, and set D, a user entry becomes writable by the next
 * fault.
 */
#include "lib/string.h"
#include "mmu/shadow-private.h"

#define COMPARED (PE_P | PE_RW | PE_US | PE_NX | PE_FRAME)

static void report(struct audit_report *r, const char *what, gva_t va,
		   uint64_t found, uint64_t expected)
{
	if (!r->wrong++) {
		r->what = what;
		r->va = va;
		r->found = found;
		r->expected = expected;
	}
}

static gva_t entry_va(const struct spage *sp, uint32_t i)
{
	return ((gva_t)sp->piece << SHADOW_PIECE_SHIFT) + (i << PAGE_SHIFT);
}

static bool excused(struct mmu *m, struct shadow_vcpu *v,
		    const struct spage *sp, uint32_t i, uint64_t found,
		    uint64_t want)
{
	uint32_t half = sp->kind == KIND_PT_HIGH ? SHADOW_L1_ENTRIES : 0;

	if (!sp_is_table(sp))
		return false;
	return (sp->state == SP_LIVE && (found | PE_RW) == want) ||
	       !guest_entry(m, v, sp->gfn, half + i);
}

static void audit_entry(struct mmu *m, struct shadow_vcpu *v, struct spage *sp,
			uint32_t i, uint64_t found, struct audit_report *r)
{
	uint64_t want = spte_now(m, v, sp, i) & COMPARED;

	r->checked++;
	found &= COMPARED;
	if (sp_test(sp, i) != (bool)(found & PE_P))
		report(r, "bitmap", entry_va(sp, i), found, want);
	if (found == want || (sp->flags & SP_LOOSE))
		return;
	if (!(found & PE_P)) {
		if (sp->state == SP_KERNEL)
			report(r, "kernel entry missing", entry_va(sp, i),
			       found, want);
		return;
	}
	if (!excused(m, v, sp, i, found, want))
		report(r, "entry", entry_va(sp, i), found, want);
	else if (sp->state == SP_KERNEL)
		r->kernel_cleared++;
}

static void audit_l1(struct mmu *m, struct shadow_vcpu *v, struct spage *sp,
		     struct audit_report *r)
{
	uint64_t copy[16];
	const volatile uint64_t *e;
	uint32_t i, j, n = 0;

	for (i = 0; i < SHADOW_L1_ENTRIES; i += ARRAY_SIZE(copy)) {
		e = map_pool_page(m, sp);
		for (j = 0; j < ARRAY_SIZE(copy); j++)
			copy[j] = e[i + j];
		for (j = 0; j < ARRAY_SIZE(copy); j++) {
			n += copy[j] & PE_P;
			if (sp_live(sp))
				audit_entry(m, v, sp, i + j, copy[j], r);
		}
	}
	if (n != sp->nr_present)
		report(r, "count of entries", entry_va(sp, 0), n,
		       sp->nr_present);
}

static void audit_link(struct mmu *m, struct shadow_vcpu *v, struct sroot *s,
		       uint32_t piece, struct audit_report *r)
{
	uint64_t pde = guest_pde(m, v, s->pd[piece / PIECES_PER_L2], piece);
	struct key k = pde_key(m, v, pde, piece);
	struct spage *sp = sp_of(m, s->link[piece]);
	bool live = s->link[piece] && sp_live(sp);
	/* The other half of a large page was written: found out on a fault. */
	bool clean = sp->kind == KIND_LARGE_CLEAN && k.kind == KIND_LARGE;
	uint8_t mask = m->has_nx ? 7 : RIGHTS_RW | RIGHTS_US;

	r->checked++;
	if (!piece_is_kernel(m, piece) && !(pde & PE_A))
		k.kind = KIND_NONE;
	if (!live) {
		if (piece_is_kernel(m, piece) && k.kind)
			report(r, "kernel link missing",
			       piece << SHADOW_PIECE_SHIFT, 0, pde);
	} else if (sp->gfn != k.gfn || (sp->kind != k.kind && !clean) ||
		   s->rights[piece] != (k.rights & mask)) {
		report(r, "link", piece << SHADOW_PIECE_SHIFT, sp->gfn, pde);
	}
}

bool shadow_audit(struct mmu *m, struct shadow_vcpu *v, struct audit_report *r)
{
	uint32_t i, p;

	memset(r, 0, sizeof(*r));
	shadow_sync(m);
	for (i = 1; i <= m->nr_pages; i++)
		if (m->sp[i].state != SP_RAW && m->sp[i].state != SP_TABLE)
			audit_l1(m, v, &m->sp[i], r);
	for (i = 0; i < m->nr_roots; i++) {
		if (m->roots[i].state != ROOT_LIVE || m->roots[i].loose)
			continue;
		for (p = 0; p < m->end_piece; p++)
			audit_link(m, v, &m->roots[i], p, r);
	}
	return !r->wrong;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shadow entries: what they hold, and how they follow the guest's.
 *
 * User entries exist only when A is set in the guest's and are writable only
 * when D is; the fault that follows sets the guest's bit.  Kernel entries
 * (at the kernel's pieces) are all there from VMI_Init on, A and D preset,
 * because Xen pushes trap frames through them.
 * Flow: shadow.c (faults, VMI calls) -> here -> queue.c.
 */
#include "lib/string.h"
#include "mmu/shadow-private.h"

/* Filled untyped and validated at once from here on; below, entry by entry
 * into a pinned page (costs.md A.2: 9,700 + 187 n against 360-560 n). */
#define FILL_RAW_FROM 40

/* --- What an entry holds --------------------------------------------------*/
static uint64_t spte_frame(const struct mmu *m, uint64_t gframe, bool write)
{
	uint32_t w;

	if (gframe > 0xffffffffu)
		return 0;
	w = p2m_get(&m->p2m, gfn((uint32_t)gframe));
	if (p2m_is_hole(w))
		return 0;
	if (write && !(w & P2M_ROM))
		return frame_addr(w & P2M_MFN_MASK) | PE_P | PE_A | PE_RW |
		       PE_D;
	return frame_addr(w & P2M_MFN_MASK) | PE_P | PE_A;
}

/* Shadow of guest entry @gpte; 0: none. */
uint64_t spte_of(struct mmu *m, uint64_t gpte, bool kernel)
{
	const uint32_t need = (uint32_t)(kernel ? PE_P : PE_P | PE_A);
	uint64_t spte;
	bool write = (gpte & PE_RW) && (kernel || (gpte & PE_D));

	if (((uint32_t)gpte & need) != need || (gpte & m->rsvd))
		return 0;
	spte = spte_frame(m, (gpte & PE_FRAME) >> PAGE_SHIFT, write);
	if (!spte)
		return 0;
	return spte | (gpte & PE_US) | (m->has_nx ? gpte & PE_NX : 0);
}

/* Entry @i of a large page: rights are in the L2 entry. */
static uint64_t spte_large(const struct mmu *m, const struct spage *sp,
			   uint32_t i)
{
	uint64_t spte =
		spte_frame(m, (uint64_t)sp->gfn + i, sp->kind == KIND_LARGE);

	return spte ? spte | PE_US : 0;
}

uint64_t spte_walked(struct mmu *m, const struct spage *sp, uint64_t gpte,
		     uint32_t i)
{
	return sp_is_table(sp) ? spte_of(m, gpte, sp->state == SP_KERNEL)
			       : spte_large(m, sp, i);
}

uint64_t spte_now(struct mmu *m, struct shadow_vcpu *v, const struct spage *sp,
		  uint32_t i)
{
	if (!sp_is_table(sp))
		return spte_large(m, sp, i);
	if (sp->kind == KIND_PT_HIGH)
		return spte_of(m, guest_entry(m, v, sp->gfn, i + 512),
			       sp->state == SP_KERNEL);
	return spte_of(m, guest_entry(m, v, sp->gfn, i),
		       sp->state == SP_KERNEL);
}

/* --- Setting them ---------------------------------------------------------*/
void l1_set(struct mmu *m, struct spage *sp, uint32_t i, uint64_t spte)
{
	bool was = sp_test(sp, i);

	if (!(spte & PE_P)) {
		if (!was)
			return;
		sp->present[i / 32] &= ~BIT(i % 32);
		sp->nr_present--;
	} else if (!was) {
		sp->present[i / 32] |= BIT(i % 32);
		sp->nr_present++;
	}
	if (sp->state == SP_KERNEL)
		linear_entry(m, sp, i, was, spte);
	queue_add(m, frame_addr(sp->mfn) | (i * 8), spte);
	m->last_l1 = sp_id(m, sp);
	if (sp->lin_piece != SHADOW_PIECES) {
		set_forget(m);
		m->queued_kernel = true;
	}
}

/* Word @word of what is present of @sp goes, which maps no linear memory. */
static void empty_word(struct mmu *m, struct spage *sp, uint32_t word)
{
	uint64_t at = frame_addr(sp->mfn) | (word * 32 * sizeof(uint64_t));
	uint32_t bits;
	uint16_t n = 0;

	for (bits = sp->present[word]; bits; bits &= bits - 1) {
		n++;
		*queue_end(m) = (struct xen_mmu_entry){
			.ptr = at +
			       (uint32_t)__builtin_ctz(bits) * sizeof(uint64_t)
		};
		if (++m->nr_queued == SHADOW_QUEUE)
			shadow_sync(m);
	}
	sp->present[word] = 0;
	sp->nr_present -= n;
}

/* By our own record: the guest's copy may be gone long since. */
void l1_empty(struct mmu *m, struct spage *sp)
{
	bool plain = sp->state != SP_KERNEL && sp->lin_piece == SHADOW_PIECES;
	uint32_t i, bits;

	for (i = 0; i < ARRAY_SIZE(sp->present) && sp->nr_present; i++) {
		bits = sp->present[i];
		if (plain) {
			empty_word(m, sp, i);
			continue;
		}
		for (; bits; bits &= bits - 1)
			l1_set(m, sp, i * 32 + (uint32_t)__builtin_ctz(bits),
			       0);
	}
	m->last_l1 = sp_id(m, sp);
}

/* Make @sp what the guest's table says now, all of it. */
void l1_resync(struct mmu *m, struct shadow_vcpu *v, struct spage *sp)
{
	uint64_t was[64], now;
	const volatile uint64_t *e;
	uint32_t i, j;

	shadow_sync(m);
	for (i = 0; i < SHADOW_L1_ENTRIES; i += ARRAY_SIZE(was)) {
		e = map_pool_page(m, sp);
		for (j = 0; j < ARRAY_SIZE(was); j++)
			was[j] = e[i + j] & ~(PE_A | PE_D);
		for (j = 0; j < ARRAY_SIZE(was); j++) {
			now = spte_now(m, v, sp, i + j);
			if ((now & ~(PE_A | PE_D)) != was[j])
				l1_set(m, sp, i + j, now);
		}
	}
}

/* --- Kernel L1s -----------------------------------------------------------*/
/* All entries of what @k names, into m->scratch; returns how many. */
static uint32_t kernel_collect(struct mmu *m, struct shadow_vcpu *v,
			       struct key k)
{
	struct spage fake = { .gfn = k.gfn,
			      .kind = k.kind,
			      .state = SP_KERNEL };
	uint32_t i, n = 0;

	for (i = 0; i < SHADOW_L1_ENTRIES; i++) {
		m->scratch[i] = spte_now(m, v, &fake, i);
		n += m->scratch[i] & PE_P;
	}
	return n;
}

static void fill_raw(struct mmu *m, struct spage *sp, uint32_t n)
{
	uint32_t i;
	int rc;

	rc = xen_page_fill(mfn(sp->mfn), m->scratch);
	if (!rc)
		rc = xen_pin(mfn(sp->mfn), 1);
	if (rc)
		xen_mmu_refused("kernel L1", rc, sp->mfn, sp->gfn);
	for (i = 0; i < SHADOW_L1_ENTRIES; i++)
		if (m->scratch[i])
			sp->present[i / 32] |= BIT(i % 32);
	sp->nr_present = (uint16_t)n;
}

/* L1 for kernel mappings @k, complete; SHADOW_NO_PAGE: the pool is empty. */
uint16_t kernel_l1(struct mmu *m, struct shadow_vcpu *v, struct key k)
{
	uint16_t id = l1_lookup(m, k.gfn, k.kind);
	struct spage *sp = sp_of(m, id);
	uint32_t i, n;
	bool raw;

	if (id) {
		if (sp->state == SP_KERNEL)
			return id;
		/* Shadowed for user pieces so far: complete it. */
		if (sp->flags & SP_LOOSE)
			m->nr_loose--;
		sp->flags &= (uint8_t)~SP_LOOSE;
		sp_set_state(m, sp, SP_KERNEL);
		l1_resync(m, v, sp);
		return id;
	}
	n = kernel_collect(m, v, k);
	raw = m->lists[SP_RAW] || n >= FILL_RAW_FROM;
	id = raw ? pool_get_raw(m) : pool_get_l1(m);
	if (!id) {
		m->stats->kernel_unfilled++;
		return id;
	}
	sp = sp_of(m, id);
	if (raw)
		fill_raw(m, sp, n);
	l1_name(m, sp, k);
	sp_set_state(m, sp, SP_KERNEL);
	for (i = 0; !raw && i < SHADOW_L1_ENTRIES; i++)
		l1_set(m, sp, i, m->scratch[i]);
	return id;
}

/* --- Linking --------------------------------------------------------------*/
static bool has_key(const struct spage *sp, struct key k)
{
	return sp_live(sp) && sp->gfn == k.gfn && sp->kind == k.kind;
}

static void user_l1_adopt(struct mmu *m, struct spage *sp, struct key k)
{
	l1_name(m, sp, k);
	sp_set_state(m, sp, SP_LIVE);
	if (sp_is_table(sp) && !(p2m_get(&m->p2m, gfn(k.gfn)) & P2M_KNOWN)) {
		sp->flags |= SP_LOOSE;
		m->nr_loose++;
	}
}

/*
 * Make @piece of @r show what @k names.  Returns the L1, SHADOW_NO_PAGE when
 * the pool has nothing left to give.
 */
uint16_t piece_link(struct mmu *m, struct shadow_vcpu *v, struct sroot *r,
		    uint32_t piece, struct key k)
{
	uint16_t id = r->link[piece];

	if (!id || !has_key(sp_of(m, id), k)) {
		if (piece_is_kernel(m, piece)) {
			id = kernel_l1(m, v, k);
		} else {
			piece_drop(m, r, piece);
			id = l1_lookup(m, k.gfn, k.kind);
			if (!id) {
				id = r->link[piece]; /* parked here */
				if (id)
					m->stats->adopted++;
				else
					id = pool_get_l1(m);
				if (id)
					user_l1_adopt(m, sp_of(m, id), k);
			}
		}
		if (!id)
			return id;
	}
	link_set(m, r, piece, id, k.rights);
	return id;
}

/* --- Changes that the guest announced -------------------------------------*/
bool pt_changed(struct mmu *m, struct shadow_vcpu *v, gfn_t g, uint32_t index,
		uint64_t gpte)
{
	uint8_t kind = !m->pae && index >= 512 ? KIND_PT_HIGH : KIND_PT;
	uint16_t id = l1_lookup(m, gfn_x(g), kind);
	struct spage *sp = sp_of(m, id);
	uint64_t spte;
	bool was;

	(void)v;
	if (!id)
		return false;
	index &= SHADOW_L1_ENTRIES - 1;
	was = sp_test(sp, index);
	spte = spte_of(m, gpte, sp->state == SP_KERNEL);
	if (!spte && !was) {
		m->stats->updates_none++;
		return false;
	}
	l1_set(m, sp, index, spte);
	/* Xen's trap frames do not wait for a fault. */
	return spte && (!was || sp->state == SP_KERNEL);
}

static void user_pde_changed(struct mmu *m, struct sroot *r, uint32_t piece,
			     struct key k, bool accessed)
{
	uint16_t id = r->link[piece];

	if (!id || sp_of(m, id)->state == SP_PARKED)
		return;
	if (accessed && has_key(sp_of(m, id), k))
		link_set(m, r, piece, id, k.rights);
	else
		piece_drop(m, r, piece);
}

/* Some root shows directory @pd in @slot, or new roots will. */
static bool slot_shown(const struct mmu *m, uint32_t pd, uint32_t slot)
{
	int i;

	if (m->template_pd[slot] == pd)
		return true;
	for (i = view_next(m, pd, -1); i >= 0; i = view_next(m, pd, i))
		if (!m->pae || (uint32_t)(i & 3) == slot)
			return true;
	return false;
}

static void kernel_pde_changed(struct mmu *m, struct shadow_vcpu *v,
			       uint32_t pd, uint32_t piece, uint64_t pde)
{
	uint32_t slot = piece / PIECES_PER_L2;
	struct key k = pde_key(m, v, pde, piece);
	uint16_t id = SHADOW_NO_PAGE;
	int i;

	if (!slot_shown(m, pd, slot))
		return;
	if (k.kind)
		id = kernel_l1(m, v, k);
	if (id) /* hold it; nothing is allocated while links are made */
		sp_of(m, id)->nr_links++;
	for (i = view_next(m, pd, -1); i >= 0; i = view_next(m, pd, i)) {
		if (m->pae && (uint32_t)(i & 3) != slot)
			continue;
		if (id)
			link_set(m, &m->roots[i / 4], piece, id, k.rights);
		else
			piece_drop(m, &m->roots[i / 4], piece);
	}
	if (m->template_pd[slot] == pd) {
		template_set(m, piece, id, k.rights);
		if (!m->pae)
			m->template_pde[piece / 2] = (uint32_t)pde;
	}
	if (id && !--sp_of(m, id)->nr_links)
		l1_release(m, sp_of(m, id));
}

static bool piece_changed(struct mmu *m, struct shadow_vcpu *v, uint32_t pd,
			  uint32_t piece, uint64_t pde)
{
	struct key k = pde_key(m, v, pde, piece);
	int i;

	if (piece_is_kernel(m, piece)) {
		kernel_pde_changed(m, v, pd, piece, pde);
		return true;
	}
	if (piece >= m->end_piece)
		return false;
	for (i = view_next(m, pd, -1); i >= 0; i = view_next(m, pd, i))
		if (!m->pae || (uint32_t)(i & 3) == piece / PIECES_PER_L2)
			user_pde_changed(m, &m->roots[i / 4], piece, k,
					 pde & PE_A);
	return false;
}

bool pd_changed(struct mmu *m, struct shadow_vcpu *v, gfn_t g, uint32_t index,
		uint64_t pde)
{
	bool now = false;
	uint32_t slot;

	if (!m->pae) {
		now |= piece_changed(m, v, gfn_x(g), 2 * index, pde);
		now |= piece_changed(m, v, gfn_x(g), 2 * index + 1, pde);
		return now;
	}
	/* A directory may stand in several slots: PAE boot tables do. */
	for (slot = 0; slot < 4; slot++)
		now |= piece_changed(m, v, gfn_x(g),
				     slot * PIECES_PER_L2 + index, pde);
	return now;
}

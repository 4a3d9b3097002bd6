/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The shadow pager's life: start, the control registers, VMI_Init, flushes.
 *
 * Flow: boot/, emul/, vmi/calls-mmu.c -> here -> roots.c, shadow-map.c.
 * Faults are in fault.c, the VMI calls on tables in tables.c.
 */
#include "lib/string.h"
#include "mmu/short.h"

#define WINDOW_ALIGN 0x400000u /* 4 MB: one 2-level directory entry */
#define MIN_SLOTS    16u
#define MIN_ROOTS    2u

static size_t align8(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

size_t shadow_meta_size(uint32_t nr_pool, uint32_t max_roots, uint32_t nr_slots)
{
	return align8((nr_pool + 1) * sizeof(struct spage)) +
	       align8(max_roots * sizeof(struct sroot)) +
	       align8(nr_slots * sizeof(uint32_t));
}

static bool config_ok(const struct mmu_config *c)
{
	return c->stats && c->nr_pool && c->nr_pool <= SHADOW_MAX_PAGES &&
	       c->max_roots >= MIN_ROOTS &&
	       c->max_roots <= SHADOW_MAX_PAGES / 4 &&
	       c->nr_slots >= MIN_SLOTS && !(c->nr_slots & (c->nr_slots - 1)) &&
	       !(c->window_base & (WINDOW_ALIGN - 1)) &&
	       !(c->window_end & ((1u << SHADOW_PIECE_SHIFT) - 1)) &&
	       c->window_base < c->window_end &&
	       c->slots_va >= c->window_base &&
	       c->slots_va + (c->nr_slots << PAGE_SHIFT) <= c->window_end &&
	       c->meta_size >=
		       shadow_meta_size(c->nr_pool, c->max_roots, c->nr_slots);
}

int shadow_init(struct mmu *m, const struct mmu_config *c)
{
	uint8_t *meta = c->meta;

	if (!config_ok(c))
		return -1;
	memset(m, 0, sizeof(*m));
	m->p2m = c->p2m;
	m->nr_pages = c->nr_pool;
	m->nr_roots = c->max_roots;
	m->nr_slots = c->nr_slots;
	m->slots_va = c->slots_va;
	m->window_base = c->window_base;
	m->window_end = c->window_end;
	m->window_l1 = c->window_l1;
	m->has_nx = c->has_nx;
	m->stats = c->stats;
	m->kernel_piece = SHADOW_PIECES; /* no kernel before VMI_Init */
	m->end_piece = PIECE(c->window_base);
	memset(m->template_pd, 0xff, sizeof(m->template_pd));

	m->sp = (struct spage *)(void *)meta;
	meta += align8((c->nr_pool + 1) * sizeof(struct spage));
	m->roots = (struct sroot *)(void *)meta;
	meta += align8(c->max_roots * sizeof(struct sroot));
	m->slot_gfn = (uint32_t *)(void *)meta;
	memset(m->slot_gfn, 0xff, c->nr_slots * sizeof(uint32_t));
	pool_init(m, c->pool);
	set_init();
	set_forget(m);
	return 0;
}

/* --- Format ---------------------------------------------------------------*/
static void set_reserved(struct mmu *m, const struct shadow_vcpu *v)
{
	set_forget(m);
	m->rsvd = !m->pae ? 0 : PE_RSVD | (v->nxe ? 0 : PE_NX);
}

/* Forget every shadow.  Roots stay, with nothing but the window in them. */
static void shadow_reset(struct mmu *m)
{
	uint32_t i, p;

	template_forget(m);
	for (p = 0; p < SHADOW_PIECES; p++)
		template_set(m, p, SHADOW_NO_PAGE, 0);
	for (i = 0; i < m->nr_roots; i++) {
		struct sroot *r = &m->roots[i];

		root_detach(m, r);
		for (p = 0; p < m->end_piece; p++)
			piece_drop(m, r, p);
	}
}

/* Shadows anew what the registers say now. */
static void shadow_restart(struct mmu *m, struct shadow_vcpu *v)
{
	shadow_reset(m);
	root_load(m, v);
	if (m->vmi)
		template_take(m, v, v->root);
}

void shadow_vcpu_start(struct mmu *m, struct shadow_vcpu *v)
{
	memset(v, 0, sizeof(*v));
	root_load(m, v);
}

/* --- Control registers ----------------------------------------------------*/
static void set_mode(struct mmu *m, struct shadow_vcpu *v)
{
	bool pae = paging(v) && (v->cr4 & GCR4_PAE);

	if (pae) {
		m->pae = true;
		set_reserved(m, v);
		/* Bad entries raise #GP in the guest; here they read as none. */
		pdpt_read(m, v, v->cr3, v->pdpt);
	} else {
		m->pae = false;
		set_reserved(m, v);
	}
	shadow_restart(m, v);
}

void shadow_set_cr0(struct mmu *m, struct shadow_vcpu *v, uint32_t cr0)
{
	uint32_t changed = v->cr0 ^ cr0;

	v->cr0 = cr0;
	if (changed & GCR0_PG)
		set_mode(m, v);
}

bool shadow_set_cr3(struct mmu *m, struct shadow_vcpu *v, uint32_t cr3)
{
	uint32_t pdpt[4], i;

	if (m->nr_queued)
		shadow_sync(m);
	if (root_load_short(m, v, cr3))
		return true;
	if (paging(v) && m->pae) {
		if (!pdpt_read(m, v, cr3, pdpt))
			return false;
		for (i = 0; i < 4; i++)
			v->pdpt[i] = pdpt[i];
	}
	v->cr3 = cr3;
	if (!paging(v))
		return true;
	drop_loose(m);
	root_load(m, v);
	root_remember(m, v);
	return true;
}

void shadow_set_cr4(struct mmu *m, struct shadow_vcpu *v, uint32_t cr4)
{
	uint32_t changed = v->cr4 ^ cr4;

	v->cr4 = cr4;
	if (paging(v) && (changed & (GCR4_PAE | GCR4_PSE)))
		set_mode(m, v);
}

void shadow_set_nxe(struct mmu *m, struct shadow_vcpu *v, bool nxe)
{
	if (v->nxe == nxe)
		return;
	v->nxe = nxe;
	set_reserved(m, v);
	if (paging(v))
		shadow_restart(m, v);
}

/* --- Flushes --------------------------------------------------------------*/
/* User L1s whose tables were never announced: as a TLB. */
void drop_loose(struct mmu *m)
{
	uint32_t n = m->stats->pages[SP_LIVE];
	uint16_t id = m->lists[SP_LIVE];

	for (; n && m->nr_loose; n--) {
		struct spage *sp = sp_of(m, id);

		id = sp->next;
		if (sp->flags & SP_LOOSE)
			l1_drop(m, sp);
	}
}

/* Kernel tables that were never announced, compared entry by entry. */
static void resync_kernel(struct mmu *m, struct shadow_vcpu *v)
{
	uint32_t n = m->stats->pages[SP_KERNEL];
	uint16_t id = m->lists[SP_KERNEL];

	for (; n; n--) {
		struct spage *sp = sp_of(m, id);

		id = sp->next;
		if (sp_is_table(sp) &&
		    !(p2m_get(&m->p2m, gfn(sp->gfn)) & P2M_KNOWN))
			l1_resync(m, v, sp);
	}
}

void shadow_flush_tlb(struct mmu *m, struct shadow_vcpu *v, bool global)
{
	int rc;

	m->stats->flushes++;
	drop_loose(m);
	if (v->root->loose) {
		root_drop_user(m, v->root);
		if (m->vmi)
			root_check_kernel(m, v, v->root);
	}
	if (m->vmi && global)
		resync_kernel(m, v);
	if (queue_send_at(m, v, queue_piece(m), XEN_VA_TLB_FLUSH))
		return;
	rc = xen_flush_tlb();
	if (rc)
		xen_mmu_refused("flush", rc, 0, 0);
}

/* A piece that was never announced: drop it, or look again. */
static void invalidate_piece(struct mmu *m, struct shadow_vcpu *v,
			     uint32_t piece)
{
	struct sroot *r = v->root;
	struct spage *sp = sp_of(m, r->link[piece]);
	struct key k;

	if (piece >= m->end_piece)
		return;
	if (!piece_is_kernel(m, piece)) {
		if (r->loose || (sp->flags & SP_LOOSE))
			piece_drop(m, r, piece);
		return;
	}
	if (r->loose) {
		k = pde_key(
			m, v,
			guest_pde(m, v, r->pd[piece / PIECES_PER_L2], piece),
			piece);
		if (k.kind)
			piece_link(m, v, r, piece, k);
		else
			piece_drop(m, r, piece);
	}
}

void shadow_invlpg(struct mmu *m, struct shadow_vcpu *v, gva_t va)
{
	uint32_t piece = PIECE(va), i = L1_INDEX(va);
	struct spage *sp;
	int rc;

	m->stats->invlpgs++;
	invalidate_piece(m, v, piece);
	if (!m->pae) /* a 4 MB page has two */
		invalidate_piece(m, v, piece ^ 1);
	/* Most often the one entry that waits is this one. */
	if (m->nr_queued == 1 &&
	    (uint32_t)queue_first(m)->ptr % PAGE_SIZE == i * 8 &&
	    queue_send_at(m, v, piece, XEN_VA_INVLPG))
		return;
	sp = sp_of(m, v->root->link[piece]);
	if (sp->state == SP_KERNEL && sp_is_table(sp) &&
	    !(p2m_get(&m->p2m, gfn(sp->gfn)) & P2M_KNOWN))
		l1_set(m, sp, i, spte_now(m, v, sp, i));
	shadow_sync(m);
	rc = xen_invlpg(va);
	if (rc)
		xen_mmu_refused("invlpg", rc, va, 0);
}

/* --- VMI_Init -------------------------------------------------------------*/
static void set_kernel_base(struct mmu *m, struct shadow_vcpu *v, gva_t base)
{
	m->kernel_piece = PIECE(base) & ~1u; /* whole 2-level entries */
	if (m->kernel_piece > m->end_piece)
		m->kernel_piece = m->end_piece;
	shadow_restart(m, v);
}

void shadow_vmi_init(struct mmu *m, struct shadow_vcpu *v, gva_t kernel_base)
{
	m->vmi = true;
	set_kernel_base(m, v, kernel_base);
}

void shadow_set_linear_mapping(struct mmu *m, struct shadow_vcpu *v,
			       unsigned int slot, gva_t va, uint32_t pages,
			       gfn_t g)
{
	uint32_t p;

	if (slot >= SHADOW_LINEAR_SLOTS)
		return;
	v->linear[slot] = (struct slinear){ va, pages, gfn_x(g) };
	if (slot || !m->vmi ||
	    (m->linear.va == va && m->linear.pages == pages &&
	     m->linear.gfn == gfn_x(g)))
		return;
	if (pages && PIECE(va) != m->kernel_piece)
		set_kernel_base(m, v, va);
	for (p = m->kernel_piece; p < m->end_piece; p++)
		linear_piece(m, p, false);
	m->linear = v->linear[0];
	set_forget(m);
	for (p = m->kernel_piece; p < m->end_piece; p++)
		linear_piece(m, p, true);
}

void shadow_set_lazy(struct mmu *m, struct shadow_vcpu *v, bool on)
{
	v->lazy = on;
	if (!on)
		shadow_sync(m);
}

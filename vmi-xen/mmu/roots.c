/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Roots: an L3 with four L2s of its own, and the links in them.
 *
 * Making a root costs Xen 70,000 instructions, so roots are kept: one whose
 * page directory was released waits, with the kernel's links and its parked
 * user L1s, for the next.  Slot 3's L2 must be private to one root and cannot
 * be pinned; the other three are private too, so that links have one owner.
 * Links that changed cost a restarted hypercall and a flush of everything;
 * they are made once and left.
 * Hypercalls: PIN_L2, PIN_L3, UNPIN, NEW_BASEPTR, TLB_FLUSH_LOCAL.
 */
#include "lib/string.h"
#include "mmu/shadow-private.h"

#define L3_SLOTS 4
#define NO_VIEW	 0u /* heads and links of the view hash: view + 1 */

/* --- Links ----------------------------------------------------------------*/
static uint64_t link_addr(struct mmu *m, const struct sroot *r, uint32_t piece)
{
	return frame_addr(sp_of(m, r->l2[piece / PIECES_PER_L2])->mfn) |
	       (piece % PIECES_PER_L2 * 8);
}

static uint64_t link_entry(uint32_t frame, uint32_t rights)
{
	return frame_addr(frame) | PE_P | PE_A |
	       (rights & RIGHTS_RW ? PE_RW : 0) |
	       (rights & RIGHTS_US ? PE_US : 0) |
	       (rights & RIGHTS_NX ? PE_NX : 0);
}

/*
 * A kernel link of @r is not the template's for sure any more.  On the root
 * that runs it must be sent before the guest's linear map is used again.
 */
static void kernel_link_changed(struct mmu *m, struct sroot *r, uint32_t piece)
{
	if (!piece_is_kernel(m, piece))
		return;
	set_forget(m);
	r->kernel_gen = m->template_gen - 1;
	if (r->users && r->stamp == m->clock)
		m->queued_kernel = true;
}

void link_set(struct mmu *m, struct sroot *r, uint32_t piece, uint16_t id,
	      uint8_t rights)
{
	struct spage *sp = sp_of(m, id);
	uint16_t old = r->link[piece];

	if (!m->has_nx)
		rights &= (uint8_t)~RIGHTS_NX;
	if (old == id && r->rights[piece] == rights)
		return;
	m->stats->links++;
	r->rights[piece] = rights;
	queue_add(m, link_addr(m, r, piece), link_entry(sp->mfn, rights));
	kernel_link_changed(m, r, piece);
	if (old == id)
		return;
	set_forget(m);
	r->link[piece] = id;
	r->linked[piece / 32] |= BIT(piece % 32);
	sp->nr_links++;
	sp->root = root_id(m, r);
	sp->piece = (uint16_t)piece;
	l1_unref(m, old);
}

void link_drop(struct mmu *m, struct sroot *r, uint32_t piece)
{
	uint16_t id = r->link[piece];

	if (!id)
		return;
	m->stats->unlinks++;
	set_forget(m);
	queue_add(m, link_addr(m, r, piece), 0);
	kernel_link_changed(m, r, piece);
	r->link[piece] = SHADOW_NO_PAGE;
	r->linked[piece / 32] &= ~BIT(piece % 32);
	l1_unref(m, id);
}

/* The guest's entry for @piece is gone: keep the link if it is the only one. */
void piece_drop(struct mmu *m, struct sroot *r, uint32_t piece)
{
	struct spage *sp = sp_of(m, r->link[piece]);

	if (!r->link[piece] || sp->state == SP_PARKED)
		return;
	if (sp->nr_links > 1) {
		link_drop(m, r, piece);
		return;
	}
	m->stats->parked++;
	kernel_link_changed(m, r, piece);
	l1_empty(m, sp);
	l1_unname(m, sp);
	sp_set_state(m, sp, SP_PARKED);
	sp->root = root_id(m, r);
	sp->piece = (uint16_t)piece;
}

/* --- Views: root and slot by page directory -------------------------------*/
static uint16_t *view_bucket(struct mmu *m, uint32_t gfn)
{
	return &m->view_hash[(gfn ^ (gfn >> 10)) & (SHADOW_HASH - 1)];
}

int view_next(const struct mmu *m, uint32_t gfn, int i)
{
	uint32_t n;

	if (i < 0)
		n = m->view_hash[(gfn ^ (gfn >> 10)) & (SHADOW_HASH - 1)];
	else
		n = m->roots[i / 4].hash_next[i & 3];
	while (n != NO_VIEW && m->roots[(n - 1) / 4].pd[(n - 1) & 3] != gfn)
		n = m->roots[(n - 1) / 4].hash_next[(n - 1) & 3];
	return (int)n - 1;
}

static void view_add(struct mmu *m, struct sroot *r, uint32_t slot)
{
	uint16_t *b = view_bucket(m, r->pd[slot]);

	r->hash_next[slot] = *b;
	*b = (uint16_t)(root_id(m, r) * 4 + slot + 1);
	p2m_flag(m, r->pd[slot], P2M_PD, true);
}

static void view_del(struct mmu *m, struct sroot *r, uint32_t slot)
{
	uint16_t *b = view_bucket(m, r->pd[slot]);
	uint32_t pd = r->pd[slot];

	while (*b != root_id(m, r) * 4 + slot + 1)
		b = &m->roots[(*b - 1) / 4].hash_next[(*b - 1) & 3];
	*b = r->hash_next[slot];
	r->pd[slot] = INVALID_FRAME;
	/* The template follows its directories without a root, too. */
	if (view_next(m, pd, -1) < 0 && !template_has(m, pd))
		p2m_flag(m, pd, P2M_PD, false);
}

/* A 2-level directory has one view for its four quarters. */
static uint32_t nr_views(const struct sroot *r)
{
	return r->cr3 != INVALID_FRAME ? 1 : L3_SLOTS;
}

/* --- Life -----------------------------------------------------------------*/
void root_drop_user(struct mmu *m, struct sroot *r)
{
	uint32_t i, bits, p;

	for (i = 0; i < (m->kernel_piece + 31) / 32; i++)
		for (bits = r->linked[i]; bits; bits &= bits - 1) {
			p = i * 32 + (uint32_t)__builtin_ctz(bits);
			if (p < m->kernel_piece)
				piece_drop(m, r, p);
		}
}

void root_detach(struct mmu *m, struct sroot *r)
{
	uint32_t s;

	if (r->state != ROOT_LIVE)
		return;
	root_drop_user(m, r);
	for (s = 0; s < nr_views(r); s++)
		if (r->pd[s] != INVALID_FRAME)
			view_del(m, r, s);
	for (s = 0; s < L3_SLOTS; s++)
		r->pd[s] = INVALID_FRAME;
	r->cr3 = INVALID_FRAME;
	r->loose = false;
	r->birth++;
	r->state = ROOT_FREE;
}

static void root_pages_back(struct mmu *m, struct sroot *r)
{
	uint32_t s;

	for (s = 0; s < L3_SLOTS; s++) {
		if (r->l2[s])
			sp_set_state(m, sp_of(m, r->l2[s]), SP_RAW);
		r->l2[s] = SHADOW_NO_PAGE;
	}
	if (r->l3)
		sp_set_state(m, sp_of(m, r->l3), SP_RAW);
	r->l3 = SHADOW_NO_PAGE;
}

static void must_unpin(struct mmu *m, uint16_t id)
{
	int rc = xen_unpin(mfn(sp_of(m, id)->mfn));

	if (rc)
		xen_mmu_refused("unpin root", rc, sp_of(m, id)->mfn, id);
}

static void root_destroy(struct mmu *m, struct sroot *r)
{
	uint32_t p, s;
	uint16_t id;

	root_detach(m, r);
	shadow_sync(m);
	must_unpin(m, r->l3);
	for (s = 0; s < L3_SLOTS - 1; s++)
		must_unpin(m, r->l2[s]);
	for (p = 0; p < SHADOW_PIECES; p++) {
		id = r->link[p];
		r->link[p] = SHADOW_NO_PAGE;
		l1_unref(m, id);
	}
	memset(r->linked, 0, sizeof(r->linked));
	root_pages_back(m, r);
	r->state = ROOT_NONE;
	m->stats->roots_destroyed++;
}

/* Least recently loaded root in @state that no vCPU runs on. */
static struct sroot *root_oldest(struct mmu *m, enum root_state state)
{
	struct sroot *old = NULL;
	uint32_t i;

	for (i = 0; i < m->nr_roots; i++) {
		struct sroot *r = &m->roots[i];

		if (r->state == state && !r->users &&
		    (!old || m->clock - r->stamp > m->clock - old->stamp))
			old = r;
	}
	return old;
}

bool root_destroy_one(struct mmu *m)
{
	struct sroot *r = root_oldest(m, ROOT_FREE);

	if (!r)
		r = root_oldest(m, ROOT_LIVE);
	if (!r)
		return false;
	root_destroy(m, r);
	return true;
}

/* --- Building -------------------------------------------------------------*/
static void l2_prepare(struct mmu *m, struct sroot *r, uint32_t slot)
{
	uint32_t i, p;

	for (i = 0; i < PIECES_PER_L2; i++) {
		p = slot * PIECES_PER_L2 + i;
		m->scratch[i] = 0;
		if (r->link[p])
			m->scratch[i] = link_entry(sp_of(m, r->link[p])->mfn,
						   r->rights[p]);
		if (p >= m->end_piece && p < PIECE(m->window_end) &&
		    mfn_x(m->window_l1[p - m->end_piece]) != INVALID_FRAME)
			m->scratch[i] = link_entry(
				mfn_x(m->window_l1[p - m->end_piece]),
				RIGHTS_RW);
	}
}

static bool root_get_pages(struct mmu *m, struct sroot *r)
{
	uint32_t s;
	uint16_t id;

	for (s = 0; s <= L3_SLOTS; s++) {
		id = pool_get_raw(m);
		if (!id) {
			root_pages_back(m, r);
			return false;
		}
		sp_set_state(m, sp_of(m, id), SP_TABLE);
		if (s == L3_SLOTS)
			r->l3 = id;
		else
			r->l2[s] = id;
	}
	return true;
}

static int root_type_pages(struct mmu *m, struct sroot *r)
{
	uint32_t s;
	int rc = 0;

	shadow_sync(m);
	for (s = 0; s < L3_SLOTS && !rc; s++) {
		l2_prepare(m, r, s);
		rc = xen_page_fill(mfn(sp_of(m, r->l2[s])->mfn), m->scratch);
		/* Slot 3's L2 must not be pinned: Xen's rule. */
		if (!rc && s < L3_SLOTS - 1)
			rc = xen_pin(mfn(sp_of(m, r->l2[s])->mfn), 2);
	}
	if (rc)
		return rc;
	memset(m->scratch, 0, sizeof(m->scratch));
	for (s = 0; s < L3_SLOTS; s++)
		m->scratch[s] = frame_addr(sp_of(m, r->l2[s])->mfn) | PE_P;
	rc = xen_page_fill(mfn(sp_of(m, r->l3)->mfn), m->scratch);
	return rc ? rc : xen_pin(mfn(sp_of(m, r->l3)->mfn), 3);
}

static struct sroot *root_build(struct mmu *m)
{
	struct sroot *r = NULL;
	uint32_t i;
	int rc;

	for (i = 0; i < m->nr_roots; i++)
		if (m->roots[i].state == ROOT_NONE)
			r = &m->roots[i];
	if (!r || !root_get_pages(m, r))
		return NULL;
	for (i = m->kernel_piece; i < m->end_piece; i++) {
		r->link[i] = m->template_link[i];
		r->rights[i] = m->template_rights[i];
		if (!r->link[i])
			continue;
		r->linked[i / 32] |= BIT(i % 32);
		sp_of(m, r->link[i])->nr_links++;
	}
	rc = root_type_pages(m, r);
	if (rc)
		xen_mmu_refused("new root", rc, sp_of(m, r->l3)->mfn, 0);
	for (i = 0; i < L3_SLOTS; i++)
		r->pd[i] = INVALID_FRAME;
	r->cr3 = INVALID_FRAME;
	r->users = 0;
	r->loose = false;
	r->kernel_gen = m->template_gen;
	r->state = ROOT_FREE;
	m->stats->roots_built++;
	return r;
}

/* --- Finding and loading ---------------------------------------------------*/
static bool root_has_key(const struct mmu *m, const struct shadow_vcpu *v,
			 const struct sroot *r)
{
	uint32_t s;

	if (r->state != ROOT_LIVE)
		return false;
	if (!paging(v))
		return r->cr3 == INVALID_FRAME && r->pd[0] == INVALID_FRAME &&
		       r->pd[1] == INVALID_FRAME && r->pd[2] == INVALID_FRAME &&
		       r->pd[3] == INVALID_FRAME;
	if (!m->pae)
		return r->cr3 == GVA_FRAME(v->cr3);
	for (s = 0; s < L3_SLOTS; s++)
		if (r->pd[s] != v->pdpt[s])
			return false;
	return r->cr3 == INVALID_FRAME;
}

static struct sroot *root_find(struct mmu *m, struct shadow_vcpu *v)
{
	uint32_t i, pd = m->pae ? v->pdpt[0] : GVA_FRAME(v->cr3);
	int n;

	if (v->root && root_has_key(m, v, v->root))
		return v->root;
	if (paging(v) && pd != INVALID_FRAME) {
		for (n = view_next(m, pd, -1); n >= 0; n = view_next(m, pd, n))
			if (root_has_key(m, v, &m->roots[n / 4]))
				return &m->roots[n / 4];
		return NULL;
	}
	for (i = 0; i < m->nr_roots; i++)
		if (root_has_key(m, v, &m->roots[i]))
			return &m->roots[i];
	return NULL;
}

/*
 * Directories of the kernel alone do not count: Linux never announces the one
 * that it was born with, and reports each change of it all the same.
 */
bool root_is_loose(const struct mmu *m, const struct sroot *r)
{
	uint32_t s;

	for (s = 0; s < L3_SLOTS; s++)
		if (r->pd[s] != INVALID_FRAME &&
		    s * PIECES_PER_L2 < m->kernel_piece &&
		    !(p2m_get(&m->p2m, gfn(r->pd[s])) & P2M_KNOWN))
			return true;
	return !m->vmi;
}

static void root_attach(struct mmu *m, struct shadow_vcpu *v, struct sroot *r)
{
	uint32_t s;

	r->state = ROOT_LIVE;
	r->loose = true;
	if (!paging(v))
		return;
	if (!m->pae)
		r->cr3 = GVA_FRAME(v->cr3);
	for (s = 0; s < L3_SLOTS; s++) {
		r->pd[s] = m->pae ? v->pdpt[s] : r->cr3;
		if (r->pd[s] == INVALID_FRAME)
			continue;
		if (s < nr_views(r))
			view_add(m, r, s);
	}
	r->loose = root_is_loose(m, r);
}

/* A root for a new address space: free, new, or the oldest. */
static struct sroot *root_new(struct mmu *m, struct shadow_vcpu *v)
{
	struct sroot *r = NULL;

	if (v->root && v->root->state == ROOT_FREE && v->root->users == 1)
		return v->root;
	r = root_oldest(m, ROOT_FREE);
	if (!r)
		r = root_build(m);
	if (r)
		return r;
	r = root_oldest(m, ROOT_LIVE);
	if (r) {
		root_detach(m, r);
		m->stats->roots_recycled++;
	}
	return r;
}

/* Run on @r. */
static void root_run(struct mmu *m, struct shadow_vcpu *v, struct sroot *r)
{
	struct sroot *old = v->root;
	int rc;

	r->users++;
	r->stamp = ++m->clock;
	if (m->nr_queued)
		shadow_sync(m);
	m->stats->cr3_loads++;
	rc = r == old ? xen_flush_tlb()
		      : xen_new_baseptr(mfn(sp_of(m, r->l3)->mfn));
	if (rc)
		xen_mmu_refused("load root", rc, sp_of(m, r->l3)->mfn, 0);
	v->root = r;
	set_forget(m);
	if (old)
		old->users--;
}

void root_remember(struct mmu *m, const struct shadow_vcpu *v)
{
	struct root_memo *memo = &m->root_memo[CR3_HASH(v->cr3)];
	const volatile uint32_t *p;
	uint32_t i;

	memo->root = NULL;
	if (!m->vmi || !paging(v))
		return;
	p = m->pae ? linear_ptr(m, v, GVA_FRAME(v->cr3)) : NULL;
	if (m->pae && !p)
		return;
	for (i = 0; p && i < ARRAY_SIZE(memo->pdpt); i++)
		memo->pdpt[i] = p[(v->cr3 & PDPT_OFFSET) / sizeof(*p) + i];
	memo->cr3 = v->cr3;
	memo->birth = v->root->birth;
	memo->root = v->root;
}

bool root_load_short(struct mmu *m, struct shadow_vcpu *v, uint32_t cr3)
{
	const struct root_memo *memo = &m->root_memo[CR3_HASH(cr3)];
	struct sroot *r = memo->root;
	const volatile uint32_t *p;
	uint32_t i, differs = 0;

	if (!r || memo->cr3 != cr3 || memo->birth != r->birth || r->loose ||
	    m->nr_loose)
		return false;
	if (m->pae) {
		p = linear_ptr(m, v, GVA_FRAME(cr3));
		if (!p)
			return false;
		p += (cr3 & PDPT_OFFSET) / sizeof(*p);
#pragma GCC unroll 8
		for (i = 0; i < ARRAY_SIZE(memo->pdpt); i++)
			differs |= p[i] ^ memo->pdpt[i];
		if (differs)
			return false;
		for (i = 0; i < L3_SLOTS; i++)
			v->pdpt[i] = r->pd[i];
	}
	v->cr3 = cr3;
	root_run(m, v, r);
	return true;
}

void root_load(struct mmu *m, struct shadow_vcpu *v)
{
	struct sroot *r = root_find(m, v);
	bool fresh = !r;

	if (fresh) {
		r = root_new(m, v);
		if (!r)
			xen_mmu_refused("no root left", 0, v->cr3, 0);
		root_attach(m, v, r);
	} else if (r->loose) {
		root_drop_user(m, r);
	}
	r->users++; /* from here on it cannot be taken away */
	if (m->vmi && (fresh || r->loose))
		root_check_kernel(m, v, r);
	root_run(m, v, r);
	r->users--;
}

/*
 * Directory @gfn is ordinary memory now, or became a directory anew.  Roots
 * that still run on it are treated like a TLB from now on.
 */
void views_released(struct mmu *m, uint32_t gfn)
{
	int i = view_next(m, gfn, -1);

	while (i >= 0) {
		struct sroot *r = &m->roots[i / 4];

		if (!r->users) {
			root_detach(m, r);
			i = view_next(m, gfn, -1);
			continue;
		}
		root_drop_user(m, r);
		r->loose = true;
		i = view_next(m, gfn, i);
	}
}

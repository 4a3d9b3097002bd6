/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pool: pages for shadows, their lists, and L1s by what they shadow.
 *
 * Typing a page costs Xen 10,000 instructions and more, so a page that became
 * an L1 stays one and goes through FREE.  When the pool is empty, parked L1s
 * go first, then the least recently touched user L1s, then whole roots.
 * Hypercalls: PIN_L1, UNPIN, CLEAR_PAGE.  Flow: shadow-map.c, roots.c -> here.
 */
#include "mmu/shadow-private.h"

/* --- Lists: circular, the head is the oldest ------------------------------*/
static void list_del(struct mmu *m, struct spage *sp)
{
	uint16_t *head = &m->lists[sp->state];

	m->stats->pages[sp->state]--;
	if (sp->next == sp_id(m, sp)) {
		*head = SHADOW_NO_PAGE;
		return;
	}
	sp_of(m, sp->prev)->next = sp->next;
	sp_of(m, sp->next)->prev = sp->prev;
	if (*head == sp_id(m, sp))
		*head = sp->next;
}

static void list_add(struct mmu *m, struct spage *sp)
{
	uint16_t *head = &m->lists[sp->state], id = sp_id(m, sp);
	struct spage *first;

	m->stats->pages[sp->state]++;
	if (!*head) {
		*head = sp->next = sp->prev = id;
		return;
	}
	first = sp_of(m, *head);
	sp->next = *head;
	sp->prev = first->prev;
	sp_of(m, first->prev)->next = id;
	first->prev = id;
}

void sp_set_state(struct mmu *m, struct spage *sp, enum sp_state s)
{
	set_forget(m);
	if (sp->state != SP_TABLE)
		list_del(m, sp);
	sp->state = (uint8_t)s;
	if (s != SP_TABLE)
		list_add(m, sp);
}

void pool_init(struct mmu *m, const mfn_t *pool)
{
	uint32_t i;

	for (i = 1; i <= m->nr_pages; i++) {
		struct spage *sp = &m->sp[i];

		sp->mfn = mfn_x(pool[i - 1]);
		sp->gfn = INVALID_FRAME;
		sp->lin_piece = SHADOW_PIECES;
		sp->state = SP_RAW;
		list_add(m, sp);
	}
}

/* --- L1s by key -----------------------------------------------------------*/
void l1_name(struct mmu *m, struct spage *sp, struct key k)
{
	uint16_t *bucket = &m->hash[hash_of(k.gfn)];

	set_forget(m);
	sp->gfn = k.gfn;
	sp->kind = k.kind;
	sp->flags = SP_REF;
	sp->hash_next = *bucket;
	*bucket = sp_id(m, sp);
	if (sp_is_table(sp))
		p2m_flag(m, k.gfn, P2M_PT, true);
}

void l1_unname(struct mmu *m, struct spage *sp)
{
	uint16_t *p = &m->hash[hash_of(sp->gfn)], id = sp_id(m, sp);

	set_forget(m);
	while (*p != id)
		p = &sp_of(m, *p)->hash_next;
	*p = sp->hash_next;
	if (sp->flags & SP_LOOSE)
		m->nr_loose--;
	if (sp_is_table(sp) && !l1_lookup(m, sp->gfn, KIND_PT) &&
	    !l1_lookup(m, sp->gfn, KIND_PT_HIGH))
		p2m_flag(m, sp->gfn, P2M_PT, false);
	sp->kind = KIND_NONE;
	sp->gfn = INVALID_FRAME;
	sp->flags = 0;
}

/* --- Giving back ----------------------------------------------------------*/
/* No link is left: the page is free again. */
void l1_release(struct mmu *m, struct spage *sp)
{
	if (sp_live(sp)) {
		l1_empty(m, sp);
		l1_unname(m, sp);
	}
	sp_set_state(m, sp, SP_FREE);
}

void l1_unref(struct mmu *m, uint16_t id)
{
	if (id && !--sp_of(m, id)->nr_links)
		l1_release(m, sp_of(m, id));
}

void l1_unlink_all(struct mmu *m, struct spage *sp)
{
	uint16_t id = sp_id(m, sp);
	uint32_t i, p;

	/* Nearly always there is one link, and it is the one noted. */
	if (m->roots[sp->root].link[sp->piece] == id)
		link_drop(m, &m->roots[sp->root], sp->piece);
	for (i = 0; i < m->nr_roots && sp->nr_links; i++)
		for (p = 0; p < SHADOW_PIECES; p++)
			if (m->roots[i].link[p] == id)
				link_drop(m, &m->roots[i], p);
	for (p = 0; p < SHADOW_PIECES && sp->nr_links; p++)
		if (m->template_link[p] == id)
			template_set(m, p, SHADOW_NO_PAGE, 0);
}

void sp_make_raw(struct mmu *m, struct spage *sp)
{
	int rc;

	shadow_sync(m); /* it may still be cleared or unlinked in there */
	rc = xen_unpin(mfn(sp->mfn));
	if (rc)
		xen_mmu_refused("unpin", rc, sp->mfn, sp->state);
	sp_set_state(m, sp, SP_RAW);
}

/* --- Reclaim --------------------------------------------------------------*/
/* Second chance: pages touched since the hand came by stay this time. */
static struct spage *least_used(struct mmu *m)
{
	uint32_t n = 2 * m->stats->pages[SP_LIVE];
	struct spage *sp;

	for (; n; n--) {
		sp = sp_of(m, m->lists[SP_LIVE]);
		if (!(sp->flags & SP_REF))
			return sp;
		sp->flags &= (uint8_t)~SP_REF;
		m->lists[SP_LIVE] = sp->next; /* the head moves on */
	}
	return NULL;
}

static bool reclaim(struct mmu *m)
{
	struct spage *sp;

	if (m->lists[SP_PARKED]) {
		l1_unlink_all(m, sp_of(m, m->lists[SP_PARKED]));
		return true;
	}
	sp = least_used(m);
	if (sp) {
		m->stats->evicted++;
		l1_unlink_all(m, sp);
		return true;
	}
	return root_destroy_one(m);
}

/* A pinned, empty L1; SHADOW_NO_PAGE when nothing can be reclaimed. */
uint16_t pool_get_l1(struct mmu *m)
{
	struct spage *sp;
	int rc;

	do {
		if (m->lists[SP_FREE])
			return m->lists[SP_FREE];
		if (m->lists[SP_RAW])
			break;
	} while (reclaim(m));
	if (!m->lists[SP_RAW])
		return SHADOW_NO_PAGE;

	sp = sp_of(m, m->lists[SP_RAW]);
	rc = xen_page_fill(mfn(sp->mfn), NULL);
	if (!rc)
		rc = xen_pin(mfn(sp->mfn), 1);
	if (rc)
		xen_mmu_refused("new L1", rc, sp->mfn, 0);
	sp_set_state(m, sp, SP_FREE);
	return sp_id(m, sp);
}

/* A page without a type; SHADOW_NO_PAGE when nothing can be reclaimed. */
uint16_t pool_get_raw(struct mmu *m)
{
	do {
		if (m->lists[SP_RAW])
			return m->lists[SP_RAW];
		if (m->lists[SP_FREE]) {
			sp_make_raw(m, sp_of(m, m->lists[SP_FREE]));
			return m->lists[SP_RAW];
		}
	} while (reclaim(m));
	return SHADOW_NO_PAGE;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's part of an address space, and the template of it.
 *
 * All address spaces share the kernel's mappings, by one page directory (PAE)
 * or by copies of its entries (2-level).  The template has the links of the
 * one that VMI_Init found; it follows that directory whether a root shows it
 * or not, so a new root gets its kernel links from here and only what differs
 * is looked at.
 * Flow: roots.c, shadow.c, tables.c -> here -> shadow-map.c.
 */
#include "lib/string.h"
#include "mmu/shadow-private.h"

#define L3_SLOTS 4

/* --- The kernel's template ------------------------------------------------*/
void template_set(struct mmu *m, uint32_t piece, uint16_t id, uint8_t rights)
{
	uint16_t old = m->template_link[piece];

	if (!m->has_nx)
		rights &= (uint8_t)~RIGHTS_NX;
	if (old == id && m->template_rights[piece] == rights)
		return;
	set_forget(m);
	m->template_gen++;
	m->template_rights[piece] = rights;
	if (old == id)
		return;
	linear_piece(m, piece, false);
	m->template_link[piece] = id;
	if (id)
		sp_of(m, id)->nr_links++;
	linear_piece(m, piece, true);
	l1_unref(m, old);
}

bool template_has(const struct mmu *m, uint32_t pd)
{
	uint32_t s;

	for (s = 0; s < L3_SLOTS; s++)
		if (m->template_pd[s] == pd)
			return true;
	return false;
}

void template_forget(struct mmu *m)
{
	uint32_t pd, s;

	for (s = 0; s < L3_SLOTS; s++) {
		pd = m->template_pd[s];
		m->template_pd[s] = INVALID_FRAME;
		if (pd != INVALID_FRAME && view_next(m, pd, -1) < 0)
			p2m_flag(m, pd, P2M_PD, false);
	}
}

void template_take(struct mmu *m, struct shadow_vcpu *v, struct sroot *r)
{
	uint32_t p;

	template_forget(m);
	memcpy(m->template_pd, r->pd, sizeof(m->template_pd));
	for (p = m->kernel_piece; p < m->end_piece; p++) {
		uint16_t id = r->link[p];

		if (!sp_live(sp_of(m, id))) /* parked: nothing to share */
			id = SHADOW_NO_PAGE;
		template_set(m, p, id, r->rights[p]);
		if (!m->pae && !(p & 1))
			m->template_pde[p / 2] =
				(uint32_t)guest_pde(m, v, r->pd[0], p);
	}
}

/* --- Following the guest's directories ------------------------------------*/
/* Link @piece of @r as its directory says. */
static void kernel_piece_check(struct mmu *m, struct shadow_vcpu *v,
			       struct sroot *r, uint32_t piece)
{
	uint64_t pde = guest_pde(m, v, r->pd[piece / PIECES_PER_L2], piece);
	struct key k = pde_key(m, v, pde, piece);
	struct spage *sp = sp_of(m, r->link[piece]);

	if (!k.kind)
		piece_drop(m, r, piece);
	else if (!r->link[piece] || !sp_live(sp) || sp->gfn != k.gfn ||
		 sp->kind != k.kind || r->rights[piece] != k.rights)
		piece_link(m, v, r, piece, k);
}

/* Link @piece of @r as the template has it. */
static void piece_from_template(struct mmu *m, struct sroot *r, uint32_t piece)
{
	uint16_t id = m->template_link[piece];

	if (id)
		link_set(m, r, piece, id, m->template_rights[piece]);
	else if (r->link[piece])
		piece_drop(m, r, piece);
}

/* A 2-level directory of its own: only what differs is worth a look. */
static void check_two_level(struct mmu *m, struct shadow_vcpu *v,
			    struct sroot *r)
{
	const uint32_t same = ~(uint32_t)(PE_A | PE_D);
	uint32_t differ[TWO_LEVEL_ENTRIES / 32] = { 0 };
	const volatile uint32_t *pd = guest_map(m, v, gfn(r->pd[0]), false);
	uint32_t i, p, gen = m->template_gen;
	bool current = r->kernel_gen == gen, copy = true;

	for (i = m->kernel_piece / 2; i < m->end_piece / 2; i++)
		if (!pd || ((pd[i] ^ m->template_pde[i]) & same)) {
			differ[i / 32] |= BIT(i % 32);
			copy = false;
		}
	if (copy && current)
		return;
	for (p = m->kernel_piece; p < m->end_piece; p++) {
		i = p / 2;
		if (differ[i / 32] & BIT(i % 32))
			kernel_piece_check(m, v, r, p);
		else if (!current)
			piece_from_template(m, r, p);
	}
	r->kernel_gen = copy ? gen : m->template_gen - 1;
}

/*
 * Make the kernel's pieces of @r what its directories say.  Most address
 * spaces share the kernel's directory, or have a copy of it: then the template
 * knows.
 */
void root_check_kernel(struct mmu *m, struct shadow_vcpu *v, struct sroot *r)
{
	uint32_t p = m->kernel_piece, slot, gen = m->template_gen;

	if (!m->pae && paging(v) && m->template_pd[0] != INVALID_FRAME) {
		check_two_level(m, v, r);
		return;
	}
	while (p < m->end_piece) {
		uint32_t end = (p / PIECES_PER_L2 + 1) * PIECES_PER_L2;
		bool shared;

		slot = p / PIECES_PER_L2;
		shared = r->pd[slot] != INVALID_FRAME &&
			 r->pd[slot] == m->template_pd[slot];
		if (end > m->end_piece)
			end = m->end_piece;
		if (!shared)
			gen = m->template_gen - 1; /* not the template's */
		if (shared && r->kernel_gen == m->template_gen) {
			p = end;
			continue;
		}
		for (; p < end; p++)
			if (shared)
				piece_from_template(m, r, p);
			else
				kernel_piece_check(m, v, r, p);
	}
	r->kernel_gen = gen;
}

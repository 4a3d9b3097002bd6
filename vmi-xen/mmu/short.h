/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SetPxE and UpdatePxE the short way: an entry of the page table that the last
 * one was in (as in all long runs of them), with a frame below 4 GB.
 *
 * What is known of that table is in mmu.set, for the half page that holds
 * mmu.set.key; whatever changes what is known calls set_forget().  A call of the
 * other format's size has no key, and goes the long way.  It is here
 * to be inlined: 75 instructions, against 490 of the long way in tables.c,
 * which does everything else.  test-shadow-random runs both.
 */
#ifndef VMI_MMU_SHORT_H
#define VMI_MMU_SHORT_H

#include "mmu/shadow-private.h"

/* Half a page, what one L1 has of a 2-level table, and an aligned entry. */
#define SET_KEY_PAE  0xfffff807u
#define SET_KEY_2    0xfffff803u
#define HIGH_NX	     0x80000000u
#define LOW_P	     ((uint32_t)PE_P)
#define LOW_RW	     ((uint32_t)PE_RW)
#define LOW_US	     ((uint32_t)PE_US)
#define LOW_A	     ((uint32_t)PE_A)
#define LOW_D	     ((uint32_t)PE_D)
#define SET_FLAGS    0x7fu /* bits that last_table.flags is indexed by */
#define MFN_HI_SHIFT (32 - PAGE_SHIFT)

/** Start of day. */
void set_init(void);
/** Learn the table of @ptep; false: it is none that goes this way. */
bool set_learn(struct mmu *m, const struct shadow_vcpu *v, gva_t ptep,
	       bool pae);

/* Bit @i of @bits is set or cleared; whether it was set. */
static inline __attribute__((always_inline)) bool
bit_set(uint32_t (*bits)[SHADOW_L1_ENTRIES / 32], uint32_t i)
{
	bool was;

	__asm__("btsl %2, %1" : "=@ccc"(was), "+m"(*bits) : "r"(i));
	return was;
}
static inline __attribute__((always_inline)) bool
bit_clear(uint32_t (*bits)[SHADOW_L1_ENTRIES / 32], uint32_t i)
{
	bool was;

	__asm__("btrl %2, %1" : "=@ccc"(was), "+m"(*bits) : "r"(i));
	return was;
}

/* p2m's word @w of the frame of @lo; false for what is no plain memory. */
static inline __attribute__((always_inline)) bool
short_frame(const struct mmu *m, uint32_t lo, uint32_t *w)
{
	if (lo >> PAGE_SHIFT >= m->p2m.nr_low)
		return false;
	*w = m->p2m.low[lo >> PAGE_SHIFT];
	/* Neither ROM nor a hole. */
	return (*w & (P2M_ROM | P2M_MFN_MASK)) < P2M_NO_MFN;
}
/* Halves of a user's shadow entry. */
static inline __attribute__((always_inline)) uint32_t short_low(uint32_t w,
								uint32_t lo)
{
	uint32_t out = (w << PAGE_SHIFT) | (lo & LOW_US) | LOW_P | LOW_A;

	if ((lo & (LOW_RW | LOW_D)) == (LOW_RW | LOW_D))
		out |= LOW_RW | LOW_D;
	return out;
}
static inline uint32_t short_high(uint32_t w)
{
	return (w & P2M_MFN_MASK) >> MFN_HI_SHIFT;
}

/* The guest's entry.  Whoever reads in between must not see a mix: P goes last
 * or first. */
static inline __attribute__((always_inline)) void
set_store(gva_t ptep, bool pae, uint32_t lo, uint32_t hi)
{
	volatile uint32_t *p = xen_va_ptr(ptep, true);

	if (pae && (lo & LOW_P))
		p[1] = hi;
	barrier();
	p[0] = lo;
	barrier();
	if (pae && !(lo & LOW_P))
		p[1] = hi;
}

/* Entry @i of the table's shadow goes to place @n of the queue, its end. */
static inline __attribute__((always_inline)) void
set_queue(struct mmu *m, uint32_t n, uint32_t i, uint32_t lo, uint32_t hi)
{
	struct xen_mmu_entry *e = &m->queue[n];

	e->ptr = (uint64_t)m->set.at_hi << 32 |
		 (m->set.at_lo | i * (uint32_t)sizeof(e->val));
	e->val = (uint64_t)hi << 32 | lo;
	m->nr_queued = n + 1;
	m->set.last = i;
	m->last_l1 = m->set.id;
}

/*
 * The entry at @ptep is, or becomes (@store), what @lo and @hi say.  False,
 * with nothing done, when it cannot go this way.
 */
static inline __attribute__((always_inline)) bool
set_short(struct mmu *m, struct shadow_vcpu *v, gva_t ptep, uint32_t lo,
	  uint32_t hi, const bool pae, const bool store)
{
	uint32_t i = (ptep >> (pae ? 3 : 2)) & (SHADOW_L1_ENTRIES - 1);
	uint32_t out_lo = 0, out_hi = 0, w, n;
	bool now = false; /* as pt_changed() has it */
	struct spage *sp;
	uint64_t val;
	gva_t va;
	int rc;

	sp = m->set.sp;
	if (!sp) {
		if (store)
			set_store(ptep, pae, lo, hi);
		m->stats->updates_unshadowed++;
		return true;
	}
	if (m->nr_queued == SHADOW_QUEUE)
		shadow_sync(m);
	n = m->nr_queued;

	out_lo = m->set.flags[lo & SET_FLAGS];
	if (__builtin_expect(out_lo, 1)) {
		if ((hi & m->set.bad_high) || !short_frame(m, lo, &w))
			return false;
		out_lo |= w << PAGE_SHIFT;
		out_hi = short_high(w) | hi;
		if (store)
			set_store(ptep, pae, lo, hi);
		now = m->set.kernel;
		if (!bit_set(&sp->present, i)) {
			sp->nr_present++;
			now = true;
		}
	} else {
		if (store)
			set_store(ptep, pae, lo, hi);
		if (!bit_clear(&sp->present, i)) {
			m->stats->updates_none++;
			return true;
		}
		sp->nr_present--;
	}

	/* Clear and set again, as ptep_modify_prot does: only the last. */
	if (__builtin_expect(i == m->set.last, 0))
		n--;
	if (v->lazy || !now) {
		set_queue(m, n, i, out_lo, out_hi);
		return true;
	}
	/* To be seen at once: when it is alone, by its linear address. */
	if (n || v->root->link[sp->piece] != m->set.id) {
		set_queue(m, n, i, out_lo, out_hi);
		queue_send_at(m, v, sp->piece, XEN_VA_NONE);
		return true;
	}
	va = (gva_t)sp->piece << SHADOW_PIECE_SHIFT | i << PAGE_SHIFT;
	val = (uint64_t)out_hi << 32 | out_lo;
	queue_reset(m);
	m->stats->singles++;
	rc = xen_update_va(va, val, XEN_VA_NONE);
	if (rc)
		xen_mmu_refused("update_va_mapping", rc, va, val);
	return true;
}

static inline __attribute__((always_inline)) bool
set_known(struct mmu *m, const struct shadow_vcpu *v, gva_t ptep,
	  const bool pae)
{
	return (ptep & (pae ? SET_KEY_PAE : SET_KEY_2)) == m->set.key[pae] ||
	       set_learn(m, v, ptep, pae);
}

/**
 * SetPxELong (@pae) and SetPxE: false, with nothing done, when
 * shadow_set_pxe() must do it.  @hi is 0 without PAE.
 */
static inline __attribute__((always_inline)) bool
shadow_set_short(struct mmu *m, struct shadow_vcpu *v, gva_t ptep, uint32_t lo,
		 uint32_t hi, const bool pae)
{
	return set_known(m, v, ptep, pae) &&
	       set_short(m, v, ptep, lo, hi, pae, true);
}

/** The same for UpdatePxE and UpdatePxELong, and shadow_update_pxe(). */
static inline __attribute__((always_inline)) bool
shadow_update_short(struct mmu *m, struct shadow_vcpu *v, gva_t ptep,
		    const bool pae)
{
	const volatile uint32_t *p;

	if (!set_known(m, v, ptep, pae))
		return false;
	p = xen_va_ptr(ptep, false);
	return set_short(m, v, ptep, p[0], pae ? p[1] : 0, pae, false);
}

#endif

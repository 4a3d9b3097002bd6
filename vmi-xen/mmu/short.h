/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SetPxE and UpdatePxE the short way: an entry of the page table that the last
 * one was in (as in all long runs of them), with a frame below 4 GB.
 *
 * What is known of that table is in mmu.set, for the half page that holds
 * mmu.set.key; whatever changes what is known calls set_forget().  A call of the
 * other format's size has no key, and goes the long way.  It is here
 * to be inlined: some 65 instructions, against 490 of the long way in tables.c,
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
#define SET_INDEX(ptep, pae)                                                   \
	(((ptep) >> ((pae) ? 3 : 2)) & (SHADOW_L1_ENTRIES - 1))

/* struct xen_mmu_entry by words. */
#define ENTRY_PTR   0
#define ENTRY_VAL   2
#define ENTRY_WORDS 4

/** Start of day. */
void set_init(void);
/** Learn the table of @ptep; false: it is none that goes this way. */
bool set_learn(struct mmu *m, const struct shadow_vcpu *v, gva_t ptep,
	       bool pae);

/* Not so often: what the short ways need not have in registers. */
void set_behind(struct mmu *m, const struct shadow_vcpu *v, uint32_t i,
		uint32_t lo, uint32_t hi);
void __noreturn set_refused(int rc, gva_t va, uint32_t lo, uint32_t hi);

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

/* Where the frame of @lo is, as p2m has it; false for what is no plain memory. */
static inline __attribute__((always_inline)) bool
short_frame(const struct mmu *m, uint32_t lo, uint32_t *w)
{
	if (lo >> PAGE_SHIFT >= m->p2m.nr_low)
		return false;
	*w = m->p2m.low[lo >> PAGE_SHIFT] & (P2M_ROM | P2M_MFN_MASK);
	/* Neither ROM nor a hole. */
	return *w < P2M_NO_MFN;
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
	return w >> MFN_HI_SHIFT;
}

/* The guest's entry.  Whoever reads in between must not see a mix: P goes last
 * or first. */
static inline __attribute__((always_inline)) void
set_store(gva_t ptep, bool pae, bool present, uint32_t lo, uint32_t hi)
{
	volatile uint32_t *p = xen_va_ptr(ptep, true);

	if (pae && present)
		p[1] = hi;
	barrier();
	p[0] = lo;
	barrier();
	if (pae && !present)
		p[1] = hi;
}

/* The last in the queue is of entry @i.  By halves: the compiler keeps 64-bit
 * values in memory. */
static inline __attribute__((always_inline)) bool set_is_last(struct mmu *m,
							      uint32_t i)
{
	const uint32_t *last = (const uint32_t *)(queue_end(m) - 1);

	return last[ENTRY_PTR] ==
		       (m->set.at_lo | i * (uint32_t)sizeof(uint64_t)) &&
	       last[ENTRY_PTR + 1] == m->set.at_hi;
}

/*
 * Entry @i of the table's shadow goes to the end of the queue, or takes the
 * place of the last: clear and set again, as ptep_modify_prot does.
 */
static inline __attribute__((always_inline)) void
set_queue(struct mmu *m, uint32_t i, uint32_t lo, uint32_t hi)
{
	uint32_t *e = (uint32_t *)queue_end(m);

	if (__builtin_expect(set_is_last(m, i), 0)) {
		e[ENTRY_VAL - ENTRY_WORDS] = lo;
		e[ENTRY_VAL + 1 - ENTRY_WORDS] = hi;
		return;
	}
	e[ENTRY_PTR] = m->set.at_lo | i * (uint32_t)sizeof(uint64_t);
	e[ENTRY_PTR + 1] = m->set.at_hi;
	e[ENTRY_VAL] = lo;
	e[ENTRY_VAL + 1] = hi;
	if (__builtin_expect(++m->nr_queued == SHADOW_QUEUE, 0))
		shadow_sync(m);
}

/* Entry @i of @sp is to be seen at once: when it is alone, by its linear
 * address. */
static inline __attribute__((always_inline)) void
set_now(struct mmu *m, const struct shadow_vcpu *v, const struct spage *sp,
	uint32_t i, uint32_t lo, uint32_t hi)
{
	uint32_t n = m->nr_queued;
	gva_t va;
	int rc;

	if ((n && (n > 1 || !set_is_last(m, i))) ||
	    v->root->link[sp->piece] != m->set.id) {
		set_behind(m, v, i, lo, hi);
		return;
	}
	m->nr_queued = 0;
	va = (gva_t)sp->piece << SHADOW_PIECE_SHIFT | i << PAGE_SHIFT;
	m->stats->singles++;
	rc = xen_set_va(va, lo, hi);
	if (rc)
		set_refused(rc, va, lo, hi);
}

/* The entry at @ptep, @i of the table, is absent now. */
static inline __attribute__((always_inline)) void set_absent(struct mmu *m,
							     uint32_t i)
{
	struct spage *sp = m->set.sp;

	if (!sp) {
		m->stats->updates_unshadowed++;
		return;
	}
	if (!bit_clear(&sp->present, i)) {
		m->stats->updates_none++;
		return;
	}
	sp->nr_present--;
	set_queue(m, i, 0, 0);
}

/*
 * The entry at @ptep is, or becomes (@store), what @lo and @hi say.  False,
 * with nothing done, when it cannot go this way.
 */
static inline __attribute__((always_inline)) bool
set_short(struct mmu *m, struct shadow_vcpu *v, gva_t ptep, uint32_t lo,
	  uint32_t hi, const bool pae, const bool store)
{
	uint32_t out = m->set.flags[lo & SET_FLAGS], w, i;
	struct spage *sp;
	bool was;

	if (__builtin_expect(!out, 0)) { /* also where there is no shadow */
		if (store)
			set_store(ptep, pae, lo & LOW_P, lo, hi);
		set_absent(m, SET_INDEX(ptep, pae));
		return true;
	}
	if ((hi & m->set.bad_high) || !short_frame(m, lo, &w))
		return false;
	if (store)
		set_store(ptep, pae, true, lo, hi);
	out |= w << PAGE_SHIFT;
	hi |= short_high(w);
	/* Nothing of the above is wanted any more: there are few registers. */
	barrier();
	i = SET_INDEX(ptep, pae);
	sp = m->set.sp;
	was = bit_set(&sp->present, i);
	if (!was)
		sp->nr_present++;
	/* When to send: as pt_changed() has it. */
	if (v->lazy || (was && !m->set.kernel))
		set_queue(m, i, out, hi);
	else
		set_now(m, v, sp, i, out, hi);
	return true;
}

/**
 * The table of @ptep is the one that is known: if not, set_learn(), and if
 * that fails, the long way.
 */
static inline __attribute__((always_inline)) bool
set_known(const struct mmu *m, gva_t ptep, const bool pae)
{
	return (ptep & (pae ? SET_KEY_PAE : SET_KEY_2)) == m->set.key[pae];
}

/**
 * SetPxELong (@pae) and SetPxE of an entry of the known table: false, with
 * nothing done, when shadow_set_pxe() must do it.  @hi is 0 without PAE.
 */
static inline __attribute__((always_inline)) bool
shadow_set_short(struct mmu *m, struct shadow_vcpu *v, gva_t ptep, uint32_t lo,
		 uint32_t hi, const bool pae)
{
	return set_short(m, v, ptep, lo, hi, pae, true);
}

/** The same for UpdatePxE and UpdatePxELong, and shadow_update_pxe(). */
static inline __attribute__((always_inline)) bool
shadow_update_short(struct mmu *m, struct shadow_vcpu *v, gva_t ptep,
		    const bool pae)
{
	const volatile uint32_t *p = xen_va_ptr(ptep, false);

	return set_short(m, v, ptep, p[0], pae ? p[1] : 0, pae, false);
}

#endif

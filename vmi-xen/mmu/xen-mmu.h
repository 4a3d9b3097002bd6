/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the shadow pager needs of Xen: page-table hypercalls and nothing else.
 *
 * The pager (vmi-xen/mmu/) knows Xen only through this header.  In the adapter
 * vmi-xen/xen/mmu-queue.c carries it out by hypercalls; in host tests
 * tests/mock/xen-model.c does, a model that enforces Xen's page-type rules.
 *
 * All functions act on the running domain (DOMID_SELF) and the running vCPU,
 * return 0 or Xen's negative errno, and must be called with upcalls masked
 * (long batches are preempted otherwise).
 */
#ifndef VMI_MMU_XEN_MMU_H
#define VMI_MMU_XEN_MMU_H

#include "types.h"

/* Layout of Xen's struct mmu_update: may be passed to Xen as it is. */
struct xen_mmu_entry {
	uint64_t ptr; /* machine address of the entry | XEN_MMU_* command */
	uint64_t val;
};
#define XEN_MMU_NORMAL 0u /* MMU_NORMAL_PT_UPDATE */

/* Flags of xen_update_va(): UVMF_* of the local vCPU. */
#define XEN_VA_NONE	 0u
#define XEN_VA_TLB_FLUSH 1u
#define XEN_VA_INVLPG	 2u

/**
 * mmu_update: @n entries in order, to any page and level.
 * @done: how many were applied; those behind the first refused one were not.
 */
int __must_check xen_mmu_update(const struct xen_mmu_entry *e, uint32_t n,
				uint32_t *done);

/**
 * update_va_mapping: the L1 entry that maps @va in the address space that is
 * loaded.  The L1 page must exist.  @flags: XEN_VA_*.
 */
int __must_check xen_update_va(gva_t va, uint64_t val, uint32_t flags);

/** The same with no flush, @hi and @lo being the halves of the entry: in
 * registers all the way. */
int __must_check xen_set_va(gva_t va, uint32_t lo, uint32_t hi);

/** MMUEXT_PIN_L<level>_TABLE, @level 1 to 3.  Pinning twice is an error. */
int __must_check xen_pin(mfn_t mfn, unsigned int level);

/** MMUEXT_UNPIN_TABLE. */
int __must_check xen_unpin(mfn_t mfn);

/** MMUEXT_NEW_BASEPTR: run on root @l3.  By itself, never in a multicall. */
int __must_check xen_new_baseptr(mfn_t l3);

/** MMUEXT_TLB_FLUSH_LOCAL. */
int __must_check xen_flush_tlb(void);

/** MMUEXT_INVLPG_LOCAL. */
int __must_check xen_invlpg(gva_t va);

/**
 * Fill a page that is not a page table now, 512 entries at once.  The pool's
 * pages have no mapping: map it writable, copy, unmap with INVLPG, in one
 * scratch slot of the window.  NULL @e: MMUEXT_CLEAR_PAGE.
 */
int __must_check xen_page_fill(mfn_t mfn, const uint64_t *e);

/**
 * Xen refused what must not be refused, or an invariant is broken: ends the
 * domain with @what, @rc and two numbers that say which entry it was.
 */
void __noreturn xen_mmu_refused(const char *what, int rc, uint64_t a,
				uint64_t b);

/**
 * C pointer to a linear address of the current address space.  The adapter
 * casts; on the host the model walks the tables that are loaded, and fails
 * the test where the processor would fault.  @write: it will be written.
 */
#if !defined(HOST_TEST)
static inline volatile void *xen_va_ptr(gva_t va, bool write)
{
	(void)write;
	return (volatile void *)(uintptr_t)va;
}
#else
volatile void *xen_va_ptr(gva_t va, bool write);
#endif

#endif

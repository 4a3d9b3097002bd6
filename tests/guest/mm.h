/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's page tables, changed by VMI calls as Linux changes them, and its
 * page frames.
 */
#ifndef GUEST_MM_H
#define GUEST_MM_H

#include "types.h"
#include "x86-defs.h"

#if GUEST_PAE
typedef uint64_t pte_t;
#define PTE_BYTES   8
#define PTE_PER_TAB X86_PAE_ENTRIES
#define PD_SHIFT    X86_PD_PAE_SHIFT
#else
typedef uint32_t pte_t;
#define PTE_BYTES   4
#define PTE_PER_TAB X86_PT32_ENTRIES
#define PD_SHIFT    X86_PD32_SHIFT
#endif
#define PT_SPAN BIT(PD_SHIFT)

#define KERNEL_PAGE (X86_PTE_P | X86_PTE_RW)
#define KERNEL_RO   (X86_PTE_P)
#define USER_PAGE   (X86_PTE_P | X86_PTE_RW | X86_PTE_US)
#define USER_RO	    (X86_PTE_P | X86_PTE_US)

void mm_init(void);
/** Forget all mappings and frames of the test. */
void mm_reset(void);

/** Unlink and give back the tables that tests have made. */
void mm_reset_tables(void);
/** All frames of the test are free again; nothing may use them. */
void mm_rewind(void);

/** A frame of zeros, by its guest-physical address; gone after the test. */
uint32_t frame_take(void);

/** A frame of the test's is free again; the test says when nothing uses it. */
void frame_give(uint32_t at);

/** Read physical memory, also outside of low memory. */
void phys_read(void *dst, uint32_t at, uint32_t len);

/** The leaf entry of @addr; a table is made when @make, else NULL. */
pte_t *pte_of(uint32_t addr, bool make);
/** The page-directory entry. */
pte_t *pde_of(uint32_t addr);
/** Write an entry: by SetPxE or SetPxELong. @level: VMI_PAGE_*. */
void pte_set(pte_t *p, pte_t value, uint32_t level);
/** Map @addr at frame @pa with @flags, and flush. */
void map(uint32_t addr, uint32_t pa, uint32_t flags);
/** A fresh frame there. */
uint32_t map_new(uint32_t addr, uint32_t flags);
void unmap(uint32_t addr);
void flush_page(uint32_t addr);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Page tables: entries, tables, address spaces, flushes. */
#include "guest.h"
#include "pte.h"
#include "traps.h"
#include "user.h"
#include "x86-defs.h"

#define PT	    VMI_PAGE_PT
#define PD	    VMI_PAGE_PD
#define WORD_A	    0x0a0a0a0a
#define WORD_B	    0x0b0b0b0b
#define SOFT_BITS   X86_PTE_AVAIL
#define NR_PAGES    16
#define ALIAS_VA    (TEST_VA + 0x800000) /* where HIGHPTE maps a table */
#define SECOND_VA   (TEST_VA + 0x400000)
#define LINEAR_SLOT 1
#define AD	    (pte_t)(X86_PTE_A | X86_PTE_D)

/* An empty entry at @addr; its table is there. */
static pte_t *fresh(uint32_t addr)
{
	return pte_of(addr, true);
}

/* @addr mapped to a frame with @mark. */
static pte_t *mapped(uint32_t addr, uint32_t mark, uint32_t flags)
{
	pte_t *p = fresh(addr);

	vmi_set(p, marked_frame(mark) | flags, PT);
	return p;
}

TEST("mmu", "a new mapping works without a flush", AFTER)
{
	pte_t *p = fresh(TEST_VA);

	check_read_faults(TEST_VA, 0);
	vmi_set(p, marked_frame(WORD_A) | KERNEL_PAGE, PT);
	check_reads(TEST_VA, WORD_A);
	check_writes(TEST_VA, WORD_B);
	check_eq(frame_word((uint32_t)*p & X86_PTE32_FRAME), WORD_B);
}

TEST("mmu", "an entry reads back as it was written", AFTER)
{
	pte_t *p = fresh(TEST_VA);
	pte_t v = marked_frame(WORD_A) | KERNEL_PAGE | SOFT_BITS | X86_PTE_PCD;

	vmi_set(p, v, PT);
	check_eq(*p & ~AD, v);
	check_reads(TEST_VA, WORD_A);
	check_eq(*p & ~AD, v);
	/* What is not present is the kernel's own: a swap entry. */
	v = (pte_t)0xabcdef00;
	vmi_set(p, v, PT);
	check_eq(*p, v);
	vmi_inval(TEST_VA);
	check_read_faults(TEST_VA, 0);
	check_eq(*p, v);
}

TEST("mmu", "another frame, after InvalPage", AFTER)
{
	pte_t *p = mapped(TEST_VA, WORD_A, KERNEL_PAGE);

	check_reads(TEST_VA, WORD_A);
	vmi_set(p, marked_frame(WORD_B) | KERNEL_PAGE, PT);
	vmi_inval(TEST_VA);
	check_reads(TEST_VA, WORD_B);
}

TEST("mmu", "another frame, after FlushTLB, with and without GLOBAL", AFTER)
{
	pte_t *p = mapped(TEST_VA, WORD_A, KERNEL_PAGE);

	check_reads(TEST_VA, WORD_A);
	vmi_set(p, marked_frame(WORD_B) | KERNEL_PAGE, PT);
	vmi_flush(VMI_FLUSH_TLB);
	check_reads(TEST_VA, WORD_B);
	vmi_set(p, marked_frame(WORD_A) | KERNEL_PAGE, PT);
	vmi_flush(VMI_FLUSH_TLB | VMI_FLUSH_GLOBAL);
	check_reads(TEST_VA, WORD_A);
}

TEST("mmu", "another frame, after SetCR3", AFTER)
{
	pte_t *p = mapped(TEST_VA, WORD_A, KERNEL_PAGE);

	check_reads(TEST_VA, WORD_A);
	vmi_set(p, marked_frame(WORD_B) | KERNEL_PAGE, PT);
	vmi(VMI_CALL_SetCR3, (uint32_t)vmi(VMI_CALL_GetCR3));
	check_reads(TEST_VA, WORD_B);
}

TEST("mmu", "gone after InvalPage; its neighbour stays", AFTER)
{
	pte_t *p = mapped(TEST_VA, WORD_A, KERNEL_PAGE);

	mapped(TEST_VA + PAGE_SIZE, WORD_B, KERNEL_PAGE);
	check_reads(TEST_VA, WORD_A);
	check_reads(TEST_VA + PAGE_SIZE, WORD_B);
	vmi_set(p, 0, PT);
	vmi_inval(TEST_VA);
	check_read_faults(TEST_VA, 0);
	check_write_faults(TEST_VA, X86_PFEC_W);
	check_reads(TEST_VA + PAGE_SIZE, WORD_B);
}

TEST("mmu", "read-only, and writable again", AFTER)
{
	pte_t *p = mapped(TEST_VA, WORD_A, KERNEL_RO);

	check_reads(TEST_VA, WORD_A);
	check_write_faults(TEST_VA, X86_PFEC_P | X86_PFEC_W);
	check_reads(TEST_VA, WORD_A);
	vmi_set(p, *p | X86_PTE_RW, PT);
	vmi_inval(TEST_VA);
	check_writes(TEST_VA, WORD_B);
	vmi_set(p, *p & ~(pte_t)X86_PTE_RW, PT);
	vmi_inval(TEST_VA);
	check_write_faults(TEST_VA, X86_PFEC_P | X86_PFEC_W);
	check_reads(TEST_VA, WORD_B);
}

TEST("mmu", "CR0.WP off lets the kernel write everywhere", AFTER)
{
	uint32_t cr0 = (uint32_t)vmi(VMI_CALL_GetCR0);

	mapped(TEST_VA, WORD_A, KERNEL_RO);
	vmi(VMI_CALL_SetCR0, cr0 & ~(uint32_t)X86_CR0_WP);
	check_writes(TEST_VA, WORD_B);
	vmi(VMI_CALL_SetCR0, cr0);
	check_write_faults(TEST_VA, X86_PFEC_P | X86_PFEC_W);
	check_reads(TEST_VA, WORD_B);
}

/* --- Changed in memory by the guest itself ---------------------------------- */
static void change(pte_t *p, pte_t value)
{
	*(volatile pte_t *)p = value;
}

TEST("mmu", "UpdatePxE: entries set, changed and cleared in place", AFTER)
{
	pte_t *p = fresh(TEST_VA);
	pte_t a = marked_frame(WORD_A) | KERNEL_PAGE;
	pte_t b = marked_frame(WORD_B) | KERNEL_PAGE;

	change(p, a);
	vmi_update(p, PT);
	check_reads(TEST_VA, WORD_A);
	change(p, b);
	vmi_update(p, PT);
	vmi_inval(TEST_VA);
	check_reads(TEST_VA, WORD_B);
	change(p, b & ~(pte_t)X86_PTE_RW);
	vmi_update(p, PT);
	vmi_inval(TEST_VA);
	check_write_faults(TEST_VA, X86_PFEC_P | X86_PFEC_W);
	change(p, 0);
	vmi_update(p, PT);
	vmi_inval(TEST_VA);
	check_read_faults(TEST_VA, 0);
}

TEST("mmu", "UpdatePxE with CURRENT_AS and the address, deferred to a flush",
     AFTER)
{
	pte_t *p = mapped(TEST_VA, WORD_A, KERNEL_PAGE);

	check_writes(TEST_VA, WORD_A);
	change(p, *p & ~(pte_t)X86_PTE_RW);
	vmi_update(p, PT | VMI_PAGE_CURRENT_AS | VMI_PAGE_DEFER | TEST_VA);
	vmi_inval(TEST_VA);
	check_write_faults(TEST_VA, X86_PFEC_P | X86_PFEC_W);
}

/*
 * Linux at process exit: entries are cleared without a call, the TLB is
 * flushed, tables are unlinked and released, frames are used again.
 */
TEST("mmu", "entries cleared without a call are gone when the table is", AFTER)
{
	pte_t *pde = pde_of(TEST_VA), *p[NR_PAGES];
	uint32_t table;

	for (uint32_t i = 0; i < NR_PAGES; i++) {
		p[i] = mapped(TEST_VA + i * PAGE_SIZE, i, USER_PAGE);
		check_reads(TEST_VA + i * PAGE_SIZE, i);
	}
	table = (uint32_t)*pde & X86_PTE32_FRAME;
	for (uint32_t i = 0; i < NR_PAGES; i++)
		change(p[i], 0);
	vmi_flush(VMI_FLUSH_TLB);
	vmi_set(pde, 0, PD);
	vmi_flush(VMI_FLUSH_TLB);
	vmi_release(table, PT);
	for (uint32_t i = 0; i < NR_PAGES; i++)
		check_read_faults(TEST_VA + i * PAGE_SIZE, 0);

	/* An ordinary page: what is written there is no mapping. */
	change(p[0], marked_frame(WORD_B) | KERNEL_PAGE);
	check_read_faults(TEST_VA, 0);
	change(p[0], 0);

	/* And a table again: nothing of its former life shows. */
	vmi_allocate(table, PT | VMI_PAGE_ZEROED);
	vmi_set(pde_of(SECOND_VA), table | USER_PAGE, PD);
	check_read_faults(SECOND_VA, 0);
	check_read_faults(SECOND_VA + PAGE_SIZE, 0);
	vmi_set(p[1], marked_frame(WORD_A) | KERNEL_PAGE, PT);
	check_reads(SECOND_VA + PAGE_SIZE, WORD_A);
}

/* --- Tables -------------------------------------------------------------------- */
TEST("mmu", "a table filled before it is announced", AFTER)
{
	uint32_t table = frame_take();
	pte_t *entries = va(table);

	entries[0] = marked_frame(WORD_A) | KERNEL_PAGE;
	entries[1] = marked_frame(WORD_B) | KERNEL_PAGE;
	vmi_allocate(table, PT);
	vmi_set(pde_of(TEST_VA), table | USER_PAGE, PD);
	check_reads(TEST_VA, WORD_A);
	check_reads(TEST_VA + PAGE_SIZE, WORD_B);
	check_read_faults(TEST_VA + 2 * PAGE_SIZE, 0);
}

TEST("mmu", "SetPxE of ordinary memory just writes", AFTER)
{
	uint32_t table = frame_take();
	pte_t *entries = va(table);
	pte_t v = marked_frame(WORD_A) | KERNEL_PAGE;

	vmi_set(&entries[3], v, PT);
	check_eq(entries[3], v);
	check_eq(entries[2] | entries[4], 0);
	/* And then it becomes a table. */
	vmi_allocate(table, PT);
	vmi_set(pde_of(TEST_VA), table | USER_PAGE, PD);
	check_reads(TEST_VA + 3 * PAGE_SIZE, WORD_A);
}

TEST("mmu", "one table at two places", AFTER)
{
	pte_t *p = mapped(TEST_VA, WORD_A, KERNEL_PAGE);
	pte_t pde = *pde_of(TEST_VA);

	vmi_set(pde_of(SECOND_VA), pde, PD);
	check_reads(SECOND_VA, WORD_A);
	vmi_set(p, marked_frame(WORD_B) | KERNEL_PAGE, PT);
	vmi_flush(VMI_FLUSH_TLB);
	check_reads(TEST_VA, WORD_B);
	check_reads(SECOND_VA, WORD_B);
	vmi_set(pde_of(SECOND_VA), 0, PD);
	vmi_flush(VMI_FLUSH_TLB);
	check_read_faults(SECOND_VA, 0);
	check_reads(TEST_VA, WORD_B);
}

TEST("mmu", "a directory entry changes from one table to another", AFTER)
{
	pte_t first;
	uint32_t table = frame_take();

	mapped(TEST_VA, WORD_A, KERNEL_PAGE);
	check_reads(TEST_VA, WORD_A);
	first = *pde_of(TEST_VA);
	((pte_t *)va(table))[0] = marked_frame(WORD_B) | KERNEL_PAGE;
	vmi_allocate(table, PT | VMI_PAGE_ZEROED);
	vmi_set(pde_of(TEST_VA), table | USER_PAGE, PD);
	vmi_flush(VMI_FLUSH_TLB);
	check_reads(TEST_VA, WORD_B);
	vmi_set(pde_of(TEST_VA), first, PD);
	vmi_flush(VMI_FLUSH_TLB);
	check_reads(TEST_VA, WORD_A);
}

TEST("mmu", "a directory entry that is read-only", AFTER)
{
	pte_t *pde = pde_of(TEST_VA);

	mapped(TEST_VA, WORD_A, KERNEL_PAGE);
	vmi_set(pde, *pde & ~(pte_t)X86_PTE_RW, PD);
	vmi_flush(VMI_FLUSH_TLB);
	check_reads(TEST_VA, WORD_A);
	check_write_faults(TEST_VA, X86_PFEC_P | X86_PFEC_W);
	vmi_set(pde, *pde | X86_PTE_RW, PD);
	vmi_flush(VMI_FLUSH_TLB);
	check_writes(TEST_VA, WORD_B);
}

TEST("mmu", "a frame mapped at many addresses", AFTER)
{
	uint32_t frame = marked_frame(WORD_A);

	for (uint32_t i = 0; i < NR_PAGES; i++)
		vmi_set(fresh(TEST_VA + i * PAGE_SIZE), frame | KERNEL_PAGE,
			PT);
	for (uint32_t i = 0; i < NR_PAGES; i++) {
		check_writes(TEST_VA + i * PAGE_SIZE, i);
		check_eq(frame_word(frame), i);
		check_reads(TEST_VA + (NR_PAGES - 1 - i) * PAGE_SIZE, i);
	}
}

TEST("mmu", "a page that is a table can be read, and written by the kernel",
     AFTER)
{
	pte_t *p = mapped(TEST_VA, WORD_A, KERNEL_PAGE);
	uint32_t table = (uint32_t)*pde_of(TEST_VA) & X86_PTE32_FRAME;

	check_eq(((pte_t *)va(table))[0], *p);
	((volatile uint8_t *)va(table))[PTE_BYTES + 1] = 0x12;
	check_eq(((pte_t *)va(table))[1], 0x1200);
	((volatile uint8_t *)va(table))[PTE_BYTES + 1] = 0;
}

/* --- Lazy mode, DEFER -------------------------------------------------------------- */
TEST("mmu", "lazy mode: all is done when it ends", AFTER)
{
	pte_t *p[NR_PAGES];

	for (uint32_t i = 0; i < NR_PAGES; i++) {
		p[i] = mapped(TEST_VA + i * PAGE_SIZE, i, KERNEL_PAGE);
		check_writes(TEST_VA + i * PAGE_SIZE, i);
	}
	vmi(VMI_CALL_SetLazyMode, VMI_LAZY_MMU);
	for (uint32_t i = 0; i < NR_PAGES; i++)
		vmi_set(p[i], *p[i] & ~(pte_t)X86_PTE_RW, PT);
	vmi(VMI_CALL_SetLazyMode, VMI_LAZY_NONE);
	vmi_flush(VMI_FLUSH_TLB);
	for (uint32_t i = 0; i < NR_PAGES; i++)
		check_write_faults(TEST_VA + i * PAGE_SIZE,
				   X86_PFEC_P | X86_PFEC_W);
}

TEST("mmu", "lazy mode: other frames, after the flush that ends it", AFTER)
{
	pte_t *p[NR_PAGES];

	for (uint32_t i = 0; i < NR_PAGES; i++) {
		p[i] = mapped(TEST_VA + i * PAGE_SIZE, i, KERNEL_PAGE);
		check_writes(TEST_VA + i * PAGE_SIZE, i);
	}
	vmi(VMI_CALL_SetLazyMode, VMI_LAZY_MMU);
	for (uint32_t i = 0; i < NR_PAGES; i++)
		vmi_set(p[i], marked_frame(~i) | KERNEL_PAGE, PT);
	vmi(VMI_CALL_SetLazyMode, VMI_LAZY_NONE);
	vmi_flush(VMI_FLUSH_TLB);
	for (uint32_t i = 0; i < NR_PAGES; i++) {
		check_reads(TEST_VA + i * PAGE_SIZE, ~i);
		check_writes(TEST_VA + i * PAGE_SIZE, i);
		check_eq(frame_word((uint32_t)*p[i] & X86_PTE32_FRAME), i);
	}
}

TEST("mmu", "lazy mode: memory shows the new entries at once", AFTER)
{
	pte_t *p = fresh(TEST_VA);
	pte_t v = marked_frame(WORD_A) | KERNEL_PAGE;

	vmi(VMI_CALL_SetLazyMode, VMI_LAZY_MMU);
	vmi_set(p, v, PT);
	check_eq(*p & ~AD, v);
	vmi(VMI_CALL_SetLazyMode, VMI_LAZY_NONE);
	check_reads(TEST_VA, WORD_A);
}

TEST("mmu", "lazy mode: a fault on a page that was mapped goes through", AFTER)
{
	pte_t *p = fresh(TEST_VA);

	vmi(VMI_CALL_SetLazyMode, VMI_LAZY_MMU);
	vmi_set(p, marked_frame(WORD_A) | KERNEL_PAGE, PT);
	check_reads(TEST_VA, WORD_A);
	vmi(VMI_CALL_SetLazyMode, VMI_LAZY_NONE);
}

TEST("mmu", "lazy mode: entries written twice", AFTER)
{
	pte_t *p = fresh(TEST_VA);

	vmi(VMI_CALL_SetLazyMode, VMI_LAZY_MMU);
	vmi_set(p, marked_frame(WORD_A) | KERNEL_PAGE, PT);
	vmi_set(p, 0, PT);
	vmi_set(p, marked_frame(WORD_B) | KERNEL_PAGE, PT);
	vmi(VMI_CALL_SetLazyMode, VMI_LAZY_NONE);
	check_reads(TEST_VA, WORD_B);
}

TEST("mmu", "lazy mode of the processor's state: CR3 at its end at the latest",
     AFTER)
{
	uint32_t cr3 = (uint32_t)vmi(VMI_CALL_GetCR3);

	mapped(TEST_VA, WORD_A, KERNEL_PAGE);
	vmi(VMI_CALL_SetLazyMode, VMI_LAZY_CPU);
	vmi(VMI_CALL_SetCR3, cr3);
	vmi(VMI_CALL_SetLazyMode, VMI_LAZY_NONE);
	check_eq((uint32_t)vmi(VMI_CALL_GetCR3), cr3);
	check_reads(TEST_VA, WORD_A);
}

TEST("mmu", "DEFER: in force after InvalPage, and after FlushTLB", AFTER)
{
	pte_t *p = mapped(TEST_VA, WORD_A, KERNEL_PAGE);
	const uint32_t flags = PT | VMI_PAGE_CURRENT_AS | VMI_PAGE_DEFER;

	check_reads(TEST_VA, WORD_A);
	vmi_set(p, marked_frame(WORD_B) | KERNEL_PAGE, flags | TEST_VA);
	vmi_inval(TEST_VA);
	check_reads(TEST_VA, WORD_B);
	vmi_set(p, 0, flags | TEST_VA);
	vmi_flush(VMI_FLUSH_TLB);
	check_read_faults(TEST_VA, 0);
}

/* --- HIGHPTE ----------------------------------------------------------------------------- */
/* The entry of @addr through a mapping at ALIAS_VA that slot 1 tells of. */
static pte_t *kmap_pte(uint32_t addr)
{
	uint32_t table = (uint32_t)*pde_of(addr) & X86_PTE32_FRAME;

	map(ALIAS_VA, table, KERNEL_PAGE);
	vmi(VMI_CALL_SetLinearMapping, LINEAR_SLOT, ALIAS_VA, 1,
	    table >> PAGE_SHIFT);
	return (pte_t *)ALIAS_VA + ((addr >> PAGE_SHIFT) % PTE_PER_TAB);
}

TEST("mmu", "HIGHPTE: entries named by a mapping slot that is reused", AFTER)
{
	fresh(TEST_VA);
	fresh(SECOND_VA);
	vmi_set(kmap_pte(TEST_VA), marked_frame(WORD_A) | KERNEL_PAGE, PT);
	vmi_set(kmap_pte(SECOND_VA), marked_frame(WORD_B) | KERNEL_PAGE, PT);
	check_reads(TEST_VA, WORD_A);
	check_reads(SECOND_VA, WORD_B);
	vmi_set(kmap_pte(TEST_VA), 0, PT);
	vmi_inval(TEST_VA);
	check_read_faults(TEST_VA, 0);
	check_reads(SECOND_VA, WORD_B);
	change(kmap_pte(SECOND_VA), 0);
	vmi_update(kmap_pte(SECOND_VA), PT);
	vmi_inval(SECOND_VA);
	check_read_faults(SECOND_VA, 0);
}

TEST("mmu", "HIGHPTE in lazy mode: the slot is looked up at the call", AFTER)
{
	fresh(TEST_VA);
	fresh(SECOND_VA);
	kmap_pte(TEST_VA);
	vmi(VMI_CALL_SetLazyMode, VMI_LAZY_MMU);
	vmi_set(kmap_pte(TEST_VA), marked_frame(WORD_A) | KERNEL_PAGE, PT);
	vmi_set(kmap_pte(SECOND_VA), marked_frame(WORD_B) | KERNEL_PAGE, PT);
	vmi(VMI_CALL_SetLazyMode, VMI_LAZY_NONE);
	check_reads(TEST_VA, WORD_A);
	check_reads(SECOND_VA, WORD_B);
}

/* --- Arguments that mean nothing ----------------------------------------------------------- */
TEST("mmu", "calls that have nothing to do", AFTER)
{
	pte_t *p = mapped(TEST_VA, WORD_A, KERNEL_PAGE);
	uint32_t ordinary = marked_frame(WORD_B);

	vmi_inval(0);
	vmi_inval(0xfffff000);
	vmi_flush(0);
	vmi_release(ordinary, PT);
	vmi_update(va(ordinary), PT);
	vmi_update(p, PT);
	vmi(VMI_CALL_SetLinearMapping, VMI_NR_LINEAR_SLOTS, TEST_VA, 1, 1);
	vmi(VMI_CALL_SetLinearMapping, 0xffffffff, TEST_VA, 1, 1);
	vmi(VMI_CALL_SetLazyMode, VMI_LAZY_NONE);
	vmi_allocate(ordinary, PT);
	vmi_allocate(ordinary, PT);
	vmi_release(ordinary, PT);
	check_eq(frame_word(ordinary), WORD_B);
	check_reads(TEST_VA, WORD_A);
}

/* --- Large pages --------------------------------------------------------- */
TEST("mmu", "a large page, if the processor has them", AFTER)
{
	uint32_t cr4 = (uint32_t)vmi(VMI_CALL_GetCR4);
	uint32_t at = PT_SPAN; /* physical: low memory itself */

	if (!GUEST_PAE &&
	    !(vmi(VMI_CALL_CPUID, CPUID_LEAF_FEATURES) >> 32 & CPUID_1_EDX_PSE))
		skip("no large pages: CPUID says so");
	if (!GUEST_PAE)
		vmi(VMI_CALL_SetCR4, cr4 | X86_CR4_PSE);
	vmi_set(pde_of(TEST_VA), at | KERNEL_PAGE | X86_PTE_PS, PD);
	check_reads(TEST_VA + 0x123000, frame_word(at + 0x123000));
	check_reads(TEST_VA + PT_SPAN - PAGE_SIZE,
		    frame_word(at + PT_SPAN - PAGE_SIZE));
	vmi_set(pde_of(TEST_VA), 0, PD);
	vmi_flush(VMI_FLUSH_TLB);
	check_read_faults(TEST_VA + 0x123000, 0);
	vmi(VMI_CALL_SetCR4, cr4);
}

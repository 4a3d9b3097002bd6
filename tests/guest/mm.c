/* SPDX-License-Identifier: GPL-2.0-only */
/* See mm.h. */
#include "guest.h"
#include "mm.h"
#include "vmi.h"

#define PHYS_VA	   (FIX_VA + 0x10000) /* one page, moved about */
#define APIC_FLAGS (KERNEL_PAGE | X86_PTE_PCD)

extern pte_t boot_pgd[];
#if GUEST_PAE
extern pte_t boot_pmd[];
#endif

static uint32_t pool_next = POOL_START;
static uint32_t given[64], nr_given;
static uint32_t pool_keep; /* frames below are the guest's for good */

void frame_give(uint32_t at)
{
	if (nr_given < ARRAY_SIZE(given))
		given[nr_given++] = at;
}

/* Given frames are taken first, so that they are in use again soon. */
uint32_t frame_take(void)
{
	uint32_t at = pool_next;

	if (nr_given) {
		at = given[--nr_given];
	} else if (at >= POOL_END) {
		note("out of frames");
		test_abort();
	} else {
		pool_next += PAGE_SIZE;
	}
	memset(va(at), 0, PAGE_SIZE);
	return at;
}

pte_t *pde_of(uint32_t addr)
{
#if GUEST_PAE
	return boot_pmd + (addr >> PD_SHIFT);
#else
	return boot_pgd + (addr >> PD_SHIFT);
#endif
}

void pte_set(pte_t *p, pte_t value, uint32_t level)
{
	uint32_t at = (uint32_t)(uintptr_t)p;

	if (!vmi_active) {
		*(volatile pte_t *)p = value;
		return;
	}
#if GUEST_PAE
	typedef void (*set_t)(uint64_t value, uint32_t entry, uint32_t flags);
	set_t set = (set_t)(uintptr_t)vmi_target(VMI_CALL_SetPxELong);

	set(value, at, level);
#else
	vmi_quick(VMI_CALL_SetPxE, value, at, level);
#endif
}

static void table_announce(uint32_t pa, bool on)
{
	uint32_t flags = VMI_PAGE_PT | (GUEST_PAE ? VMI_PAGE_PAE : 0);

	if (!vmi_active)
		return;
	if (on)
		vmi_quick(VMI_CALL_AllocatePage, pa >> PAGE_SHIFT,
			  flags | VMI_PAGE_ZEROED, 0);
	else
		vmi_quick(VMI_CALL_ReleasePage, pa >> PAGE_SHIFT, flags, 0);
}

pte_t *pte_of(uint32_t addr, bool make)
{
	pte_t *pde = pde_of(addr);
	uint32_t table;

	if (!(*pde & X86_PTE_P)) {
		if (!make)
			return NULL;
		table = frame_take();
		table_announce(table, true);
		pte_set(pde, table | USER_PAGE, VMI_PAGE_PD);
	}
	table = (uint32_t)*pde & X86_PTE32_FRAME;
	return (pte_t *)va(table) + ((addr >> PAGE_SHIFT) % PTE_PER_TAB);
}

void flush_page(uint32_t addr)
{
	if (vmi_active)
		vmi_quick(VMI_CALL_InvalPage, addr, 0, 0);
	else
		__asm__ volatile("invlpg (%0)" : : "r"(addr) : "memory");
}

void map(uint32_t addr, uint32_t pa, uint32_t flags)
{
	pte_set(pte_of(addr, true), pa | flags, VMI_PAGE_PT);
	flush_page(addr);
}

uint32_t map_new(uint32_t addr, uint32_t flags)
{
	uint32_t at = frame_take();

	map(addr, at, flags);
	return at;
}

void unmap(uint32_t addr)
{
	pte_t *p = pte_of(addr, false);

	if (p)
		pte_set(p, 0, VMI_PAGE_PT);
	flush_page(addr);
}

void phys_read(void *dst, uint32_t at, uint32_t len)
{
	uint8_t *to = dst;

	while (len) {
		uint32_t n = PAGE_SIZE - (at & PAGE_MASK);

		n = n < len ? n : len;
		if (at < LOWMEM_SIZE) {
			memcpy(to, va(at), n);
		} else {
			map(PHYS_VA, at & ~(uint32_t)PAGE_MASK, KERNEL_RO);
			memcpy(to, (const uint8_t *)PHYS_VA + (at & PAGE_MASK),
			       n);
			unmap(PHYS_VA);
		}
		to += n;
		at += n;
		len -= n;
	}
}

void mm_init(void)
{
	map(APIC_VA, APIC_DEFAULT_BASE, APIC_FLAGS);
	pte_of(PHYS_VA, true);
	pool_keep = pool_next;
}

/* Tables that hang at @addr's directory entry: unlink, then give back. */
static void drop(uint32_t addr)
{
	pte_t *pde = pde_of(addr);
	uint32_t table = (uint32_t)*pde & X86_PTE32_FRAME;
	bool large = *pde & X86_PTE_PS;

	if (!(*pde & X86_PTE_P) || (!large && table < pool_keep))
		return;
	pte_set(pde, 0, VMI_PAGE_PD);
	if (!large)
		table_announce(table, false);
}

void mm_rewind(void)
{
	nr_given = 0;
	pool_next = pool_keep ? pool_keep : pool_next;
}

static void flush_all(void)
{
	uint32_t cr3;

	if (vmi_active)
		vmi_quick(VMI_CALL_FlushTLB, VMI_FLUSH_TLB | VMI_FLUSH_GLOBAL,
			  0, 0);
	else
		__asm__ volatile("mov %%cr3, %0\n\tmov %0, %%cr3"
				 : "=r"(cr3)
				 :
				 : "memory");
}

void mm_reset_tables(void)
{
	for (uint64_t at = LOWMEM_SIZE; at < PAGE_OFFSET; at += PT_SPAN)
		drop((uint32_t)at);
	for (uint32_t at = TEST_VA; at < TEST_END; at += PT_SPAN)
		drop(at);
	flush_all();
}

/* A test may have ended in another address space. */
static void use_boot_tables(void)
{
	uint32_t cr3 = pa(boot_pgd);

	if (vmi_active)
		vmi_quick(VMI_CALL_SetCR3, cr3, 0, 0);
	else
		__asm__ volatile("mov %0, %%cr3" : : "r"(cr3) : "memory");
}

void mm_reset(void)
{
	use_boot_tables();
	mm_reset_tables();
	mm_rewind();
}

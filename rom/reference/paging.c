/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The local APIC's page, which the guest maps where it likes or not at all.
 *
 * We have page tables of our own: the first megabyte where the guest has it,
 * and the APIC above virtual_top.  For one access CR3 is exchanged, interrupts
 * off and without touching the stack.  The guest's tables are left alone.
 */
#include "ref.h"
#include "x86-insn.h"
#include "lib/string.h"

#define TABLE_BITS (X86_PTE_P | X86_PTE_RW)
#define LOW_BITS   (X86_PTE_P | X86_PTE_RW | X86_PTE_A | X86_PTE_D)
#define APIC_BITS  (LOW_BITS | X86_PTE_PCD | X86_PTE_PWT)

static void *low(uint32_t pa)
{
	return x86_ptr(pa + rom_linear_base());
}

/* A page for a table: its physical address. */
static uint32_t new_table(struct rom_data *d)
{
	uint32_t pa = rom_word(ROM_OFF_DATA) + PAGE_SIZE +
		      d->tables_used++ * PAGE_SIZE;

	memset(low(pa), 0, PAGE_SIZE);
	return pa;
}

static void map32(struct rom_data *d, uint32_t va, uint32_t entry)
{
	uint32_t *pd = low(d->cr3_32);
	uint32_t *pde = &pd[va >> X86_PD32_SHIFT], *pt;

	if (!*pde)
		*pde = new_table(d) | TABLE_BITS;
	pt = low(*pde & X86_PTE32_FRAME);
	pt[(va >> PAGE_SHIFT) % X86_PT32_ENTRIES] = entry;
}

static void map_pae(struct rom_data *d, uint32_t va, uint32_t entry)
{
	uint64_t *pdpte = &d->pdpt[va >> X86_PDPT_SHIFT], *pde, *pt;

	if (!*pdpte)
		*pdpte = new_table(d) | X86_PTE_P;
	pde = low((uint32_t)*pdpte & X86_PTE32_FRAME);
	pde += (va >> X86_PD_PAE_SHIFT) % X86_PAE_ENTRIES;
	if (!*pde)
		*pde = new_table(d) | TABLE_BITS;
	pt = low((uint32_t)*pde & X86_PTE32_FRAME);
	pt[(va >> PAGE_SHIFT) % X86_PAE_ENTRIES] = entry;
}

static void map(struct rom_data *d, uint32_t va, uint32_t entry)
{
	map32(d, va, entry);
	map_pae(d, va, entry);
}

static void map_low(struct rom_data *d, uint32_t start, uint32_t end)
{
	for (uint32_t pa = start; pa < end; pa += PAGE_SIZE)
		map(d, pa + rom_linear_base(), pa | LOW_BITS);
}

void paging_init(struct rom_data *d)
{
	uint32_t base = rom_linear_base(), *pd;
	uint32_t rom = rom_word(ROM_OFF_SELF) & X86_PTE32_FRAME;
	uint32_t data = rom_word(ROM_OFF_DATA);

	d->cr3_32 = new_table(d);
	d->cr3_pae = (uint32_t)(uintptr_t)d->pdpt - rom_linear_base();
	map_low(d, rom, VMI_SCAN_END);
	map_low(d, data, data + DATA_PAGES * PAGE_SIZE);
	/* The same at its physical address, for processors that start. */
	pd = low(d->cr3_32);
	pd[0] = pd[base >> X86_PD32_SHIFT];
	d->pdpt[0] = d->pdpt[base >> X86_PDPT_SHIFT];
	if (d->have_apic)
		map(d, d->apic_base, d->apic_base | APIC_BITS);
}

uint32_t apic_access(struct rom_data *d, uint32_t reg, uint32_t value,
		     bool write)
{
	uint32_t at = d->apic_base + (reg & APIC_REG_MASK);
	uint32_t cr3 = x86_read_cr4() & X86_CR4_PAE ? d->cr3_pae : d->cr3_32;
	uint32_t guest;

	if (!d->have_apic)
		return 0xffffffff;
	if (write)
		__asm__ volatile("pushfl\n\t"
				 "cli\n\t"
				 "movl %%cr3, %0\n\t"
				 "movl %2, %%cr3\n\t"
				 "movl %1, (%3)\n\t"
				 "movl %0, %%cr3\n\t"
				 "popfl"
				 : "=&r"(guest)
				 : "r"(value), "r"(cr3), "r"(at)
				 : "memory", "cc");
	else
		__asm__ volatile("pushfl\n\t"
				 "cli\n\t"
				 "movl %%cr3, %0\n\t"
				 "movl %2, %%cr3\n\t"
				 "movl (%3), %1\n\t"
				 "movl %0, %%cr3\n\t"
				 "popfl"
				 : "=&r"(guest), "=&r"(value)
				 : "r"(cr3), "r"(at)
				 : "memory", "cc");
	return value;
}

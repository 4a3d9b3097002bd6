/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest-physical memory as a PC has it.  Pure: numbers only.
 *
 * 0xA0000-0xBFFFF (VGA) is a hole that reads as ones; the
 * ROM area 0xC0000-0xDFFFF and the BIOS area 0xE0000-0xFFFFF are pages.
 */
#include "boot/memmap.h"

#define BASE_PAGES (PC_BASE_MEMORY_END >> PAGE_SHIFT)
#define ROM_GFN	   (PC_ROM_START >> PAGE_SHIFT)
#define ROM_PAGES  ((PC_ROM_END - PC_ROM_START) >> PAGE_SHIFT)
#define BIOS_GFN   (PC_BIOS_START >> PAGE_SHIFT)
#define BIOS_PAGES ((PC_HIGH_START - PC_BIOS_START) >> PAGE_SHIFT)
#define HIGH_GFN   (PC_HIGH_START >> PAGE_SHIFT)
#define HOLE_GFN   (PC_PCI_HOLE_START >> PAGE_SHIFT)

/* Backed gfns below 1 MB. */
#define FIRST_MB_PAGES (BASE_PAGES + ROM_PAGES + BIOS_PAGES)

static void add(struct memmap *m, uint64_t from, uint64_t to, uint32_t type)
{
	if (from >= to)
		return;
	m->e820[m->nr_e820].addr = from;
	m->e820[m->nr_e820].size = to - from;
	m->e820[m->nr_e820].type = type;
	m->nr_e820++;
}

int memmap_build(struct memmap *m, uint32_t ram_pages)
{
	uint32_t rest;

	m->nr_e820 = 0;
	if (ram_pages < MEMMAP_MIN_PAGES)
		return -1;
	rest = ram_pages - FIRST_MB_PAGES;
	m->low_pages = rest;
	if (m->low_pages > HOLE_GFN - HIGH_GFN)
		m->low_pages = HOLE_GFN - HIGH_GFN;
	m->high_pages = rest - m->low_pages;
	m->end_gfn = m->high_pages ? PC_4G_GFN + m->high_pages
				   : HIGH_GFN + m->low_pages;

	add(m, 0, PC_EBDA_RESERVE, E820_RAM);
	add(m, PC_EBDA_RESERVE, PC_BASE_MEMORY_END, E820_RESERVED);
	add(m, PC_BIOS_START, PC_HIGH_START, E820_RESERVED);
	add(m, PC_HIGH_START,
	    PC_HIGH_START + ((uint64_t)m->low_pages << PAGE_SHIFT), E820_RAM);
	add(m, (uint64_t)PC_4G_GFN << PAGE_SHIFT,
	    ((uint64_t)PC_4G_GFN + m->high_pages) << PAGE_SHIFT, E820_RAM);
	return 0;
}

bool memmap_backed(const struct memmap *m, gfn_t g)
{
	uint32_t n = gfn_x(g);

	if (n < BASE_PAGES)
		return true;
	if (n < HIGH_GFN)
		return n >= ROM_GFN;
	if (n < HOLE_GFN)
		return n - HIGH_GFN < m->low_pages;
	return n >= PC_4G_GFN && n - PC_4G_GFN < m->high_pages;
}

gfn_t memmap_nth(const struct memmap *m, uint32_t n)
{
	if (n < BASE_PAGES)
		return gfn(n);
	n -= BASE_PAGES;
	if (n < ROM_PAGES)
		return gfn(ROM_GFN + n);
	n -= ROM_PAGES;
	if (n < BIOS_PAGES)
		return gfn(BIOS_GFN + n);
	n -= BIOS_PAGES;
	if (n < m->low_pages)
		return gfn(HIGH_GFN + n);
	return gfn(PC_4G_GFN + n - m->low_pages);
}

uint32_t memmap_backed_pages(const struct memmap *m)
{
	return FIRST_MB_PAGES + m->low_pages + m->high_pages;
}

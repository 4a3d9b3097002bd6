/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest-physical memory as a PC has it: which gfns are RAM, and the e820 map
 * that tells the guest so.
 */
#ifndef VMI_BOOT_MEMMAP_H
#define VMI_BOOT_MEMMAP_H

#include "types.h"

#define E820_RAM      1
#define E820_RESERVED 2
#define E820_MAX      32

struct e820_entry {
	uint64_t addr;
	uint64_t size;
	uint32_t type;
} __packed;

#define PC_BASE_MEMORY_END 0xa0000u /* 640 kB */
#define PC_EBDA_RESERVE	   0x9fc00u /* base memory ends where a PC's does */
#define PC_ROM_START	   0xc0000u
#define PC_ROM_END	   0xe0000u
#define PC_BIOS_START	   0xe0000u
#define PC_HIGH_START	   0x100000u
#define PC_PCI_HOLE_START  0xe0000000u /* RAM goes up to here below 4 GB */
#define PC_4G_GFN	   0x100000u

struct memmap {
	uint32_t low_pages;  /* RAM gfns from 1 MB to the PCI hole */
	uint32_t high_pages; /* RAM gfns from 4 GB on */
	uint32_t end_gfn;    /* one past the last RAM gfn */
	unsigned int nr_e820;
	struct e820_entry e820[E820_MAX];
};

/**
 * Lay @ram_pages pages out around the holes: 640 kB, the ROM and BIOS areas
 * (RAM too, marked reserved), from 1 MB to the PCI hole, from 4 GB.
 * Returns 0, or -1 when @ram_pages is below MEMMAP_MIN_PAGES.
 */
int memmap_build(struct memmap *m, uint32_t ram_pages);
#define MEMMAP_MIN_PAGES 1024 /* 4 MB */

/** True when @g is backed by a page of the domain (RAM, ROM or BIOS area). */
bool memmap_backed(const struct memmap *m, gfn_t g);

/**
 * The n-th backed gfn: the order in which the domain's pages are handed out.
 * @n: 0 to memmap_backed_pages() - 1.
 */
gfn_t memmap_nth(const struct memmap *m, uint32_t n);

/** Number of backed gfns. */
uint32_t memmap_backed_pages(const struct memmap *m);

#endif

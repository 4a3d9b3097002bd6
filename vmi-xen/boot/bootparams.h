/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Linux's boot_params ("zero page") and the placement of what a loader of the
 * 32-bit boot protocol hands to a kernel.
 *
 * Source: Linux Documentation/x86/boot.txt (sections "32-bit boot protocol",
 * "the real-mode kernel header") and zero-page.txt.
 */
#ifndef VMI_BOOT_BOOTPARAMS_H
#define VMI_BOOT_BOOTPARAMS_H

#include "boot/memmap.h"

/* Where the loader's structures lie in guest-physical memory. */
#define BOOT_PARAMS_GPA	 0x90000u
#define BOOT_CMDLINE_GPA 0x91000u
#define BOOT_GDT_GPA	 0x92000u
#define BOOT_CMDLINE_MAX 0xfff

/* Selectors that the 32-bit boot protocol promises. */
#define BOOT_CS	     0x10
#define BOOT_DS	     0x18
#define BOOT_GDT_LEN 4

struct initrd_place {
	uint32_t gpa;
	uint32_t size;
};

/**
 * Fill the zero page.
 * @page: 4096 bytes, overwritten.
 * @setup: the kernel's setup header as in the file, from offset 0x1f1 on;
 * @setup_len its bytes (at most to 0x290).
 */
void bootparams_build(uint8_t *page, const uint8_t *setup, uint32_t setup_len,
		      const struct memmap *m, const struct initrd_place *ird);

/**
 * Highest page-aligned place for an initrd of @size bytes below @max_addr (the
 * header's initrd_addr_max) and within RAM below 4 GB that ends at @ram_end.
 * @floor: first byte that the unpacked kernel does not need.
 * Returns the address, 0 when there is no room.
 */
uint32_t bootparams_place_initrd(uint32_t size, uint32_t max_addr,
				 uint32_t ram_end, uint32_t floor);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * boot_params as a loader of the 32-bit protocol leaves it.  Pure.
 *
 * The setup header is copied from the file; what is ours is the type of loader,
 * the initrd, the command line, the memory sizes and the e820 map.  Screen and
 * disk information stays zero: there is neither.
 */
#include "boot/bootparams.h"
#include "lib/string.h"

/* Offsets in boot_params (zero-page.txt). */
#define BP_EXT_MEM_K	  0x002
#define BP_ALT_MEM_K	  0x1e0
#define BP_E820_ENTRIES	  0x1e8
#define BP_SETUP_HEADER	  0x1f1
#define BP_TYPE_OF_LOADER 0x210
#define BP_LOADFLAGS	  0x211
#define BP_RAMDISK_IMAGE  0x218
#define BP_RAMDISK_SIZE	  0x21c
#define BP_CMDLINE_PTR	  0x228
#define BP_SETUP_END	  0x290
#define BP_E820_MAP	  0x2d0

#define LOADER_UNDEFINED 0xff /* "undefined" loader: no id was assigned to us */
#define LOADED_HIGH	 0x01
#define KEEP_SEGMENTS	 0x40
#define KB_SHIFT	 10
#define EXT_MEM_LIMIT_K	 0xfc00u /* 64 MB - 1 MB, what 16 bits can say */

static void put32(uint8_t *page, unsigned int offset, uint32_t value)
{
	memcpy(page + offset, &value, sizeof(value));
}

void bootparams_build(uint8_t *page, const uint8_t *setup, uint32_t setup_len,
		      const struct memmap *m, const struct initrd_place *ird)
{
	uint32_t ext_k = m->low_pages << (PAGE_SHIFT - KB_SHIFT);
	uint32_t ext16 = ext_k > EXT_MEM_LIMIT_K ? EXT_MEM_LIMIT_K : ext_k;

	memset(page, 0, PAGE_SIZE);
	if (setup_len > BP_SETUP_END - BP_SETUP_HEADER)
		setup_len = BP_SETUP_END - BP_SETUP_HEADER;
	memcpy(page + BP_SETUP_HEADER, setup, setup_len);

	page[BP_TYPE_OF_LOADER] = LOADER_UNDEFINED;
	page[BP_LOADFLAGS] =
		(uint8_t)((page[BP_LOADFLAGS] | LOADED_HIGH) & ~KEEP_SEGMENTS);
	put32(page, BP_RAMDISK_IMAGE, ird->size ? ird->gpa : 0);
	put32(page, BP_RAMDISK_SIZE, ird->size);
	put32(page, BP_CMDLINE_PTR, BOOT_CMDLINE_GPA);

	page[BP_EXT_MEM_K] = (uint8_t)ext16;
	page[BP_EXT_MEM_K + 1] = (uint8_t)(ext16 >> 8);
	put32(page, BP_ALT_MEM_K, ext_k);
	page[BP_E820_ENTRIES] = (uint8_t)m->nr_e820;
	memcpy(page + BP_E820_MAP, m->e820,
	       m->nr_e820 * sizeof(struct e820_entry));
}

uint32_t bootparams_place_initrd(uint32_t size, uint32_t max_addr,
				 uint32_t ram_end, uint32_t floor)
{
	uint32_t top = ram_end;

	if (max_addr < top - 1)
		top = max_addr + 1;
	if (size > top || ((top - size) & ~(uint32_t)PAGE_MASK) < floor)
		return 0;
	return (top - size) & ~(uint32_t)PAGE_MASK;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the reference ROM keeps in the part of its header that is its maker's
 * own, and the memory that its BIOS entry gets from the BIOS.
 */
#ifndef REF_ROM_HEADER_H
#define REF_ROM_HEADER_H

/* Byte offsets in the image. */
#define ROM_OFF_TRACE 0x20 /* byte, not 0: calls are traced (mkrom --trace) */
#define ROM_OFF_SELF  0x24 /* dword: the ROM's own physical address ... */
#define ROM_OFF_DATA                                                           \
	0x28 /* ... and its memory's, 0 before the BIOS entry ran */

/* The first linear address that a guest leaves to us: VMware's 64 MB. */
#define ROM_VIRTUAL_TOP 0xfc000000

/* Our memory, below 1 MB: one page of variables, then page tables. */
#define DATA_TABLE_PAGES 7
#define DATA_PAGES	 (1 + DATA_TABLE_PAGES)

/* Byte offsets in it that assembly uses (struct rom_data). */
#define DATA_ALARMS 0 /* byte: alarms that are armed */

#endif

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

/*
 * Our memory, below 1 MB: one page with the code that other processors start
 * with and the variables, then page tables.
 */
#define DATA_TABLE_PAGES 7
#define DATA_REF_PAGES	 (1 + DATA_TABLE_PAGES)
#ifdef RING1
#define DATA_PAGES (DATA_REF_PAGES + 3) /* ring1/ring1.h */
#else
#define DATA_PAGES DATA_REF_PAGES
#endif

/* Byte offsets in it that assembly uses; struct rom_data is at DATA_VARS. */
#define DATA_VARS      0x200
#define DATA_ALARMS    (DATA_VARS + 0) /* byte: alarms are used */
#define DATA_CR3_PAE   (DATA_VARS + 4)
#define DATA_CR3_32    (DATA_VARS + 8)
#define DATA_AP_STATES (DATA_VARS + 12) /* struct vmi_ap_state, by APIC ID */

#ifdef RING1
#define MAX_CPUS 4
#else
#define MAX_CPUS 8
#endif

#endif

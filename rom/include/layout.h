/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The linear memory map: what the guest owns, the adapter's window, Xen's hole.
 * doc/memory-map.md explains it.  Shared by C, assembly and link scripts.
 */
#ifndef VMI_LAYOUT_H
#define VMI_LAYOUT_H

/* The ROM in guest-physical memory. */
#define ROM_AREA_START 0xc0000
#define ROM_AREA_END   0xe0000

/*
 * The guest owns everything below virtual_top; the adapter's window reaches
 * from there to Xen's hole, which starts at 0xf5800000 for a 32-bit domU
 * (checked against XENVER_platform_parameters at start).
 */
#define WINDOW_BASE   0xf4000000
#define WINDOW_END    0xf5800000
#define WINDOW_PIECES 12 /* of 2 MB */

/* The counters page, then the trace ring (vmi-xen/lib/counters.h, trace.h). */
#define EYES_VA WINDOW_BASE

/*
 * The domain builder maps, from WINDOW_BASE on and rounded up to 4 MB: the
 * image, the p2m list (4 bytes a page), start_info, its page tables, a stack.
 */
#define BUILDER_END_MAX 0xf4c00000

/* Tables that grow with memory: gfn -> mfn, the pager's records. */
#define META_BASE 0xf4c00000
#define META_END  0xf5400000

/* Page slots: guest frames that the adapter looks at. */
#define SLOTS_BASE 0xf5400000
#define NR_SLOTS   256

/* Single pages above the slots: descriptor tables, scratch. */
#define FIXED_BASE  0xf5500000
#define GDT_VA	    FIXED_BASE /* shadow GDT, read-only */
#define LDT_VA	    0xf5510000 /* shadow LDT, read-only */
#define LDT_PAGES   16
#define SCRATCH_VA  0xf5520000 /* one page at a time */
#define GRANT_VA    0xf5530000 /* grant table */
#define GRANT_PAGES 16
#define PAGES_VA    0xf5540000 /* the adapter's own pages, to FIXED_END */
#define FIXED_END   0xf5600000

/* Xen's machine_to_phys, read-only (xen-x86_32.h MACH2PHYS_VIRT_START). */
#define M2P_VA	WINDOW_END
#define M2P_END 0xffe00000

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The adapter's window in the address space that the domain builder made.
 */
#ifndef VMI_BOOT_WINDOW_H
#define VMI_BOOT_WINDOW_H

#include "cpu/machine.h"

/**
 * Find the window's L1s in the builder's tables, add those that are missing,
 * and unmap what the builder mapped beyond the pages in use.
 * @m->frames must be ready.
 */
void window_init(struct machine *m);

/** Back [@va, @va + @pages) with fresh zeroed frames, writable. */
void window_alloc(struct machine *m, gva_t va, uint32_t pages);

/** Back [@va, @va + @pages) with fresh zeroed frames, read-only. */
void window_alloc_ro(struct machine *m, gva_t va, uint32_t pages,
		     mfn_t *frames);

/**
 * A page of the adapter's own, zeroed and writable; its frame goes to @frame.
 * Before the guest's memory is laid out.  NULL when the window is full.
 */
void *window_page(struct machine *m, mfn_t *frame);
/** How many more window_page() can give. */
uint32_t window_pages_left(const struct machine *m);

/** Tell the toolstack of the pfn -> mfn list (p2m-tree.c). */
void p2m_publish(struct machine *m);

#endif

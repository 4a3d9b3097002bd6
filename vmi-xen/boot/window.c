/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The adapter's window in the address space that the domain builder made.
 *
 * The builder's L1s of the window are kept for good: the pager links them into
 * every root that it makes.  What the builder mapped and nobody needs is
 * unmapped, for its frames become guest memory and page tables.
 * Hypercalls: mmu_update, update_va_mapping, mmuext_op (CLEAR_PAGE).
 */
#include "boot/window.h"
#include "layout.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "x86-defs.h"

#define L2_SHIFT   21
#define PIECE_SIZE (1u << L2_SHIFT)
#define ENTRIES	   512
#define L3_WINDOW  (WINDOW_BASE >> 30)
#define TABLE_BITS (X86_PTE_P | X86_PTE_RW | X86_PTE_US | X86_PTE_A | X86_PTE_D)
#define BATCH	   32

/* The builder mapped page p of its part at WINDOW_BASE + p * PAGE_SIZE. */
static const uint64_t *table_view(const struct machine *m, uint64_t entry)
{
	pfn_t p = xen_m2p(&m->xen, mfn((uint32_t)(entry >> PAGE_SHIFT)));

	return (const uint64_t *)(uintptr_t)(WINDOW_BASE +
					     (pfn_x(p) << PAGE_SHIFT));
}

static mfn_t fresh_frame(struct machine *m)
{
	mfn_t f = xen_mfn(&m->xen, frames_take(&m->frames));
	int rc = xen_page_fill(f, NULL);

	if (rc)
		xen_mmu_refused("clear page", rc, mfn_x(f), 0);
	return f;
}

static void update(const struct xen_mmu_entry *e, uint32_t n)
{
	uint32_t done;
	int rc = xen_mmu_update(e, n, &done);

	if (rc)
		xen_mmu_refused("window", rc, e[0].ptr, e[0].val);
}

/* Unmap [@from, @to) but the pages in use; one L1. */
static void trim(struct machine *m, const uint64_t *l1, mfn_t table, gva_t base)
{
	struct xen_mmu_entry batch[BATCH];
	uint32_t n = 0;

	for (uint32_t i = 0; i < ENTRIES; i++) {
		uint32_t p =
			(base + (i << PAGE_SHIFT) - WINDOW_BASE) >> PAGE_SHIFT;

		if (!(l1[i] & X86_PTE_P) || frames_used(&m->frames, p))
			continue;
		batch[n].ptr = ((uint64_t)mfn_x(table) << PAGE_SHIFT) +
			       i * sizeof(*l1);
		batch[n].val = 0;
		if (++n == BATCH) {
			update(batch, n);
			n = 0;
		}
	}
	if (n)
		update(batch, n);
}

void window_init(struct machine *m)
{
	const uint64_t *l3 = (const uint64_t *)(uintptr_t)m->xen.pt_base;
	const uint64_t *l2 = table_view(m, l3[L3_WINDOW]);
	uint64_t l2_maddr = l3[L3_WINDOW] & ~(uint64_t)PAGE_MASK;

	for (uint32_t i = 0; i < WINDOW_PIECES; i++) {
		gva_t va = WINDOW_BASE + i * PIECE_SIZE;
		uint32_t slot = (va >> L2_SHIFT) % ENTRIES;
		struct xen_mmu_entry link = {
			.ptr = l2_maddr + slot * sizeof(*l2),
		};

		m->window_l1[i] = INVALID_MFN;
		if (l2[slot] & X86_PTE_P) {
			m->window_l1[i] =
				mfn((uint32_t)(l2[slot] >> PAGE_SHIFT));
			trim(m, table_view(m, l2[slot]), m->window_l1[i], va);
			continue;
		}
		if (va < META_BASE || va >= FIXED_END)
			continue;
		m->window_l1[i] = fresh_frame(m);
		link.val = ((uint64_t)mfn_x(m->window_l1[i]) << PAGE_SHIFT) |
			   TABLE_BITS;
		update(&link, 1);
	}
	if (xen_flush_tlb())
		panic("flush after trimming the window");
}

void window_alloc(struct machine *m, gva_t va, uint32_t pages)
{
	for (uint32_t i = 0; i < pages; i++)
		xen_map(va + (i << PAGE_SHIFT), fresh_frame(m), true);
}

void window_alloc_ro(struct machine *m, gva_t va, uint32_t pages, mfn_t *frames)
{
	for (uint32_t i = 0; i < pages; i++) {
		frames[i] = fresh_frame(m);
		xen_map(va + (i << PAGE_SHIFT), frames[i], false);
	}
}

uint32_t window_pages_left(const struct machine *m)
{
	return ((FIXED_END - PAGES_VA) >> PAGE_SHIFT) - m->nr_own_pages;
}

void *window_page(struct machine *m, mfn_t *frame)
{
	gva_t va = PAGES_VA + (m->nr_own_pages << PAGE_SHIFT);

	if (!window_pages_left(m))
		return NULL;
	m->nr_own_pages++;
	*frame = fresh_frame(m);
	xen_map(va, *frame, true);
	return (void *)(uintptr_t)va;
}

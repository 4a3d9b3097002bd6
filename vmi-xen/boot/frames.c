/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which of the domain's pages are free at start, and handing them out.
 *
 * In use are the image, the p2m list, start_info, the builder's page tables
 * and the rings of console and xenstore.  The bundle's pages become guest
 * memory too, but last: their content is copied first.
 * Pure but for the M2P, which names the pages of the rings.
 */
#include "boot/frames.h"
#include "layout.h"
#include "lib/panic.h"
#include "x86-defs.h"

static uint32_t page_of(gva_t va)
{
	return (va - WINDOW_BASE) >> PAGE_SHIFT;
}

static uint32_t pages(uint32_t bytes)
{
	return (bytes + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

void frames_reserve(struct frames *f, uint32_t start, uint32_t end)
{
	if (f->nr_used == FRAMES_MAX_USED)
		panic("more than %u runs of pages in use", FRAMES_MAX_USED);
	for (uint32_t p = start; p < end; p++)
		if (p < f->xen->nr_pages && !frames_used(f, p))
			f->nr_free--;
	f->used[f->nr_used++] = (struct frame_run){ start, end };
}

/* A ring's page, when it is one of the domain's memory at all. */
static void reserve_frame(struct frames *f, mfn_t m)
{
	pfn_t p = xen_m2p(f->xen, m);

	if (pfn_x(p) != INVALID_FRAME)
		frames_reserve(f, pfn_x(p), pfn_x(p) + 1);
}

void frames_init(struct frames *f, const struct xen_info *x, gva_t image_end)
{
	uint32_t p2m = page_of((gva_t)(uintptr_t)x->p2m);
	uint32_t tables = page_of(x->pt_base);
	uint32_t info = page_of((gva_t)(uintptr_t)x->cmdline);

	f->xen = x;
	f->nr_used = 0;
	f->next = 0;
	f->given = 0;
	f->nr_free = x->nr_pages;
	f->bundle.start = pfn_x(x->mod_pfn);
	f->bundle.end = f->bundle.start + pages(x->mod_len);
	frames_reserve(f, 0, page_of(image_end));
	frames_reserve(f, p2m, p2m + pages(x->nr_pages * sizeof(*x->p2m)));
	frames_reserve(f, info, info + 1);
	frames_reserve(f, tables, tables + x->nr_pt_frames);
	reserve_frame(f, x->console_frame);
	reserve_frame(f, x->store_frame);
}

bool frames_used(const struct frames *f, uint32_t p)
{
	for (unsigned int i = 0; i < f->nr_used; i++)
		if (p >= f->used[i].start && p < f->used[i].end)
			return true;
	return false;
}

static bool in_bundle(const struct frames *f, uint32_t p)
{
	return p >= f->bundle.start && p < f->bundle.end;
}

pfn_t frames_take(struct frames *f)
{
	while (f->next < f->xen->nr_pages &&
	       (frames_used(f, f->next) || in_bundle(f, f->next)))
		f->next++;
	if (frames_left(f) == 0)
		panic("no free page of %u is left", f->xen->nr_pages);
	f->given++;
	if (f->next < f->xen->nr_pages)
		return pfn(f->next++);
	/* The bundle: nr_free - given pages of it are left. */
	return pfn(f->bundle.end - frames_left(f) - 1);
}

uint32_t frames_left(const struct frames *f)
{
	return f->nr_free - f->given;
}

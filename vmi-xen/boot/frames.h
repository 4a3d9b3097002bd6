/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which of the domain's pages are free at start, and handing them out.
 */
#ifndef VMI_BOOT_FRAMES_H
#define VMI_BOOT_FRAMES_H

#include "xen/domain.h"

#define FRAMES_MAX_USED 8

/* Runs of pages, in pfns: [start, end). */
struct frame_run {
	uint32_t start, end;
};

struct frames {
	const struct xen_info *xen;
	struct frame_run used[FRAMES_MAX_USED];
	unsigned int nr_used;
	uint32_t nr_free; /* bundle included */
	uint32_t next;	  /* first pfn not yet looked at */
	uint32_t given;
	struct frame_run bundle;
};

/** Find what builder, Xen and the bundle occupy.  @image_end: linear address. */
void frames_init(struct frames *f, const struct xen_info *x, gva_t image_end);
/** Mark pages as used, before the first frames_take(). */
void frames_reserve(struct frames *f, uint32_t start, uint32_t end);
/**
 * Next free page; those of the bundle come last.  Panics when there are none:
 * the caller counts.
 */
pfn_t frames_take(struct frames *f);
/** Pages that frames_take() will still give. */
uint32_t frames_left(const struct frames *f);
/** True when @p is in use from start: image, tables, rings. */
bool frames_used(const struct frames *f, uint32_t p);

#endif

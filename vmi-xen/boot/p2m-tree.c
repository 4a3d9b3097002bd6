/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the toolstack finds the domain's pfn -> mfn list: xl dump-core, also of
 * a domain that has crashed, asks for it.
 *
 * Xen's form of it is a tree: a page of mfns of pages of mfns of the list's
 * own pages, which the domain builder has made and which stay.
 * Source: xen/arch-x86/xen.h, struct arch_shared_info.
 */
#include "boot/window.h"

#define MFNS_PER_PAGE (PAGE_SIZE / sizeof(uint32_t))

void p2m_publish(struct machine *m)
{
	uint32_t pages = (m->xen.nr_pages + MFNS_PER_PAGE - 1) / MFNS_PER_PAGE;
	mfn_t top_frame, frame;
	uint32_t *top = window_page(m, &top_frame), *middle = NULL;

	for (uint32_t i = 0; top && i < pages; i++) {
		if (i % MFNS_PER_PAGE == 0) {
			middle = window_page(m, &frame);
			if (!middle)
				return; /* no dump, and nothing else is lost */
			top[i / MFNS_PER_PAGE] = mfn_x(frame);
		}
		middle[i % MFNS_PER_PAGE] = mfn_x(
			xen_va_to_mfn(&m->xen, m->xen.p2m + i * MFNS_PER_PAGE));
	}
	if (top)
		xen_publish_p2m(m->xen.nr_pages, top_frame);
}

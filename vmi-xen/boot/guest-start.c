/* SPDX-License-Identifier: GPL-2.0-only */
/* Build a PC in guest-physical memory and enter the guest. */
#include "boot/boot.h"
#include "lib/log.h"
#include "lib/panic.h"

static uint8_t window[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

void *boot_map(struct machine *m, pfn_t p)
{
	if (pfn_x(p) >= m->xen.nr_pages)
		panic("page %#x of %#x", pfn_x(p), m->xen.nr_pages);
	xen_map((gva_t)(uintptr_t)window, xen_mfn(&m->xen, p), false);
	return window;
}

void __noreturn guest_start(struct machine *m)
{
	(void)m;
	user_error("this version cannot start guests yet");
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * struct machine: all domain-wide state.
 */
#ifndef VMI_CPU_MACHINE_H
#define VMI_CPU_MACHINE_H

#include "boot/bzimage.h"
#include "boot/cmdline.h"
#include "boot/frames.h"
#include "boot/memmap.h"
#include "cpu/vcpu.h"
#include "dev/board.h"
#include "dev/disks.h"
#include "dev/net.h"
#include "layout.h"
#include "mmu/mmu.h"
#include "xen/domain.h"
#include "xen/netfront.h"

#define CMDLINE_MAX 4096 /* with NUL; start_info has 1024 */

struct machine {
	struct xen_info xen;
	struct cmdline_options options;
	char guest_cmdline[CMDLINE_MAX];
	struct bzimage bundle;
	struct frames frames;
	struct memmap memmap;
	mfn_t window_l1[WINDOW_PIECES];
	uint32_t nr_own_pages; /* of PAGES_VA */
	mfn_t gdt_frame;
	mfn_t ldt_frames[LDT_PAGES];
	struct mmu mmu;
	struct board board;
	struct disks disks;
	struct net_card net[NETFRONT_MAX];
	bool end_asked; /* by the toolstack, and what end it wants */
	enum xen_shutdown end_wanted;
	uint64_t end_asked_at; /* ns */
	bool serial_polled;    /* its port was read last, not written */
};

extern struct machine machine0;

/** End the domain. */
void __noreturn machine_end(struct machine *m, enum xen_shutdown why);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * struct machine: all domain-wide state.
 */
#ifndef VMI_CPU_MACHINE_H
#define VMI_CPU_MACHINE_H

#include "boot/bzimage.h"
#include "boot/memmap.h"
#include "cpu/vcpu.h"
#include "xen/domain.h"

struct machine {
	struct xen_info xen;
	struct bzimage bundle;
	const char *guest_cmdline; /* without our own words */
};

extern struct machine machine0;

#endif

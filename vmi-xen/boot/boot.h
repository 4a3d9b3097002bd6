/* SPDX-License-Identifier: GPL-2.0-only */
/* The phases of start.c that are in other files. */
#ifndef VMI_BOOT_BOOT_H
#define VMI_BOOT_BOOT_H

#include "cpu/machine.h"

/** C entry, from head.S. */
void __noreturn start(uint32_t start_info_va);

/** Map page @p of the domain in the one boot window; valid until next call. */
void *boot_map(struct machine *m, pfn_t p);

/** Copy @len bytes of the bundle at @offset; @opaque: struct machine. */
void bundle_read(void *opaque, uint32_t offset, void *buf, uint32_t len);

/** Trap table, upcalls and stack of the adapter itself. */
void traps_init(struct vcpu *v, struct machine *m);

/** Build the PC, enter the guest. */
void __noreturn guest_start(struct machine *m);

#endif

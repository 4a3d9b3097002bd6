/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Places in the kernel's code that hold native instructions until a ROM is
 * activated, and then what its get_reloc answers, as Linux's paravirt patches.
 */
#ifndef GUEST_SITE_H
#define GUEST_SITE_H

/* Numbers for assembly, checked against vmi-calls.def in vmi.c. */
#define VMI_NR_ENABLE	29
#define VMI_NR_DISABLE	30
#define VMI_NR_GET_MASK 31
#define VMI_NR_SET_MASK 32
#define VMI_NR_IRET	33
#define VMI_NR_SYSEXIT	34

#define SITE_MIN 5 /* a call or a jump */

#ifdef __ASSEMBLER__
/* clang-format off */
.macro SITE_BEGIN
771:
.endm
.macro SITE_END nr
	.if	. - 771b < SITE_MIN
	.skip	SITE_MIN - (. - 771b), 0x90
	.endif
772:	.pushsection .sites, "a", @progbits
	.long	771b
	.byte	\nr, 772b - 771b
	.popsection
.endm
/* clang-format on */
#else
#include "types.h"

struct vmi_site {
	uint32_t at;
	uint8_t nr, len;
} __packed;
extern struct vmi_site sites_start[], sites_end[];
#endif
#endif

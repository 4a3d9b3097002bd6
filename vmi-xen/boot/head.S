/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ELF notes for the domain builder, and the first instructions.
 *
 * Entry state (xen.h, "start of day"): flat ring-1 segments, ESI = start_info,
 * upcalls masked, no trap table.
 */
#include "cpu/vcpu.h"
#include "layout.h"
#include "lib/asm.h"
#include <xen/elfnote.h>

.macro ELFNOTE_STR type text
	.pushsection .note.Xen, "a", @note
	.balign	4
	.long	4, 2f - 1f, \type
	.asciz	"Xen"
1:	.asciz	"\text"
2:	.balign	4
	.popsection
.endm

.macro ELFNOTE_NUM type value
	.pushsection .note.Xen, "a", @note
	.balign	4
	.long	4, 4, \type
	.asciz	"Xen"
	.long	\value
	.popsection
.endm

	ELFNOTE_STR XEN_ELFNOTE_GUEST_OS, "vmi-xen"
	ELFNOTE_STR XEN_ELFNOTE_GUEST_VERSION, VMI_XEN_VERSION
	ELFNOTE_STR XEN_ELFNOTE_LOADER, "generic"
	ELFNOTE_STR XEN_ELFNOTE_XEN_VERSION, "xen-3.0"
	ELFNOTE_STR XEN_ELFNOTE_PAE_MODE, "yes"
	ELFNOTE_NUM XEN_ELFNOTE_VIRT_BASE, WINDOW_BASE
	ELFNOTE_NUM XEN_ELFNOTE_PADDR_OFFSET, WINDOW_BASE
	ELFNOTE_NUM XEN_ELFNOTE_ENTRY, _start
	ELFNOTE_NUM XEN_ELFNOTE_MOD_START_PFN, 1

	.text
ENTRY(_start)
	cld
	movl	$vcpu_stack + VCPU_STACK_SIZE, %esp
	xorl	%ebp, %ebp
	movl	%esi, %eax
	call	start
	ud2
END(_start)

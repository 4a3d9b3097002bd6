/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The smallest PV kernel: it ends as the first letter of its command line says.
 * For test-ends, which proves that the lab tells all ends apart, and for tests
 * of saving: s suspends, and when the domain goes on the next letter counts.
 *
 *	p poweroff	r reboot	c crash (an exception without a handler)
 *	s suspend	h hang		anything else: crash by SCHEDOP_shutdown
 */
#include <xen/elfnote.h>

#define VIRT_BASE	0xc0000000
#define START_INFO_MFN_LIST 68	/* offsetof(struct start_info, mfn_list), 32 bit */
#define START_INFO_CMDLINE 80	/* and of cmd_line */
#define LETTERS 8		/* of the command line, that count */
#define PAGE_SHIFT	12
#define HYPERCALL	0x82	/* vector, for a PV domain in ring 1 */
#define HYPERVISOR_sched_op 29
#define SCHEDOP_shutdown 2
#define REASON_POWEROFF	0
#define REASON_REBOOT	1
#define REASON_SUSPEND	2
#define REASON_CRASH	3

.macro NOTE type words:vararg
	.pushsection .note.Xen, "a", @note
	.balign	4
	.long	4, 2f - 1f, \type
	.asciz	"Xen"
1:	\words
2:	.balign	4
	.popsection
.endm

	NOTE XEN_ELFNOTE_GUEST_OS, .asciz "probe"
	NOTE XEN_ELFNOTE_XEN_VERSION, .asciz "xen-3.0"
	NOTE XEN_ELFNOTE_LOADER, .asciz "generic"
	NOTE XEN_ELFNOTE_PAE_MODE, .asciz "yes"
	NOTE XEN_ELFNOTE_VIRT_BASE, .long VIRT_BASE
	NOTE XEN_ELFNOTE_PADDR_OFFSET, .long VIRT_BASE
	NOTE XEN_ELFNOTE_ENTRY, .long _start

	.text
	.globl	_start
_start:
	/* A copy: over a suspension Xen's shim writes start_info anew as a
	   64-bit domain's and then converts it, and four bytes of a 32-bit
	   command line are the console's event channel's then. */
	movl	%esi, %ebp
	leal	START_INFO_CMDLINE(%esi), %esi
	movl	$letters, %edi
	movl	$LETTERS, %ecx
	rep movsb
	movl	$letters, %edi
next:	movzbl	(%edi), %eax
	incl	%edi
	cmpb	$'s', %al
	jne	1f
	/* EDX: the frame of start_info, which is written anew meanwhile. */
	movl	%ebp, %edx
	subl	$VIRT_BASE, %edx
	shrl	$PAGE_SHIFT, %edx
	movl	START_INFO_MFN_LIST(%ebp), %eax
	movl	(%eax,%edx,4), %edx
	movl	$REASON_SUSPEND, reason
	movl	$HYPERVISOR_sched_op, %eax
	movl	$SCHEDOP_shutdown, %ebx
	movl	$reason, %ecx
	int	$HYPERCALL
	jmp	next

1:	movl	$REASON_POWEROFF, reason
	cmpb	$'p', %al
	je	end
	movl	$REASON_REBOOT, reason
	cmpb	$'r', %al
	je	end
	cmpb	$'h', %al
	je	.
	cmpb	$'c', %al
	jne	1f
	ud2
1:	movl	$REASON_CRASH, reason
end:	movl	$HYPERVISOR_sched_op, %eax
	movl	$SCHEDOP_shutdown, %ebx
	movl	$reason, %ecx
	int	$HYPERCALL
	ud2

	.data
	.balign	4
reason:	.long	0
letters: .space	LETTERS
	.section .note.GNU-stack, "", @progbits

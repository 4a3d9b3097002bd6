/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trap entries for all vectors, the way back, contexts, and places that are
 * patched when a ROM is found (site.h).
 */
#include "layout-guest.h"
#include "lib/asm.h"
#include "site.h"
#include "types.h"
#include "x86-defs.h"

#define ENTRY_SIZE 16

	.text
/* struct trap_frame, traps.h, from the bottom: */
common:
	cld
	pushl	%gs
	pushl	%fs
	pushl	%es
	pushl	%ds
	pushl	%eax
	pushl	%ebp
	pushl	%edi
	pushl	%esi
	pushl	%edx
	pushl	%ecx
	pushl	%ebx
	movl	$USER_DS, %edx
	movl	%edx, %ds
	movl	%edx, %es
	movl	%esp, %eax
	call	trap_c
	.globl	trap_return
trap_return:
	popl	%ebx
	popl	%ecx
	popl	%edx
	popl	%esi
	popl	%edi
	popl	%ebp
	popl	%eax
	popl	%ds
	popl	%es
	popl	%fs
	popl	%gs
	addl	$8, %esp
	.globl	trap_iret
trap_iret:
	SITE_BEGIN
	iret
	SITE_END VMI_NR_IRET

	.balign	ENTRY_SIZE
	.globl	trap_entries
trap_entries:
	.set	vector, 0
	.rept	X86_NR_VECTORS
	.balign	ENTRY_SIZE
	.if	vector >= X86_NR_EXC || !((X86_EXC_HAVE_ERROR >> (vector & 31)) & 1)
	pushl	$0
	.endif
	pushl	$vector
	jmp	common
	.set	vector, vector + 1
	.endr

/* SYSENTER: a frame as a trap's; user code has left its ESP in EBP. */
ENTRY(sysenter_entry)
	pushl	$USER_DS
	pushl	%ebp
	pushfl
	orl	$X86_EFLAGS_IF, (%esp)
	pushl	$USER_CS
	pushl	$0
	pushl	$0
	pushl	$SYSENTER_VECTOR
	jmp	common
END(sysenter_entry)

/* int context_save(struct context *): 0, later what context_jump() gives. */
ENTRY(context_save)
	movl	%ebx, (%eax)
	movl	%esi, 4(%eax)
	movl	%edi, 8(%eax)
	movl	%ebp, 12(%eax)
	leal	4(%esp), %edx
	movl	%edx, 16(%eax)
	movl	(%esp), %edx
	movl	%edx, 20(%eax)
	xorl	%eax, %eax
	ret
END(context_save)

/* void context_jump(struct context *, int) */
ENTRY(context_jump)
	movl	%eax, %ecx
	movl	%edx, %eax
	movl	(%ecx), %ebx
	movl	4(%ecx), %esi
	movl	8(%ecx), %edi
	movl	12(%ecx), %ebp
	movl	16(%ecx), %esp
	cld
	jmp	*20(%ecx)
END(context_jump)

/* void frame_enter(struct trap_frame *): leave by a frame; does not return. */
ENTRY(frame_enter)
	movl	%eax, %esp
	jmp	trap_return
END(frame_enter)

/* void sysexit_enter(uint32_t eip, uint32_t esp); ds, es for user code. */
ENTRY(sysexit_enter)
	movl	%edx, %ecx
	movl	%eax, %edx
	SITE_BEGIN
	sti
	sysexit
	SITE_END VMI_NR_SYSEXIT
END(sysexit_enter)

/*
 * What the kernel itself does with the interrupt flag, in patched places.
 * uint32_t irq_flag(void); void irq_set(uint32_t); irq_on(); irq_off()
 */
ENTRY(irq_flag)
	SITE_BEGIN
	pushfl
	popl %eax
	SITE_END VMI_NR_GET_MASK
	andl	$X86_EFLAGS_IF, %eax
	ret
END(irq_flag)
ENTRY(irq_set)
	SITE_BEGIN
	pushl %eax
	popfl
	SITE_END VMI_NR_SET_MASK
	ret
END(irq_set)
ENTRY(irq_on)
	SITE_BEGIN
	sti
	SITE_END VMI_NR_ENABLE
	nop
	ret
END(irq_on)
ENTRY(irq_off)
	SITE_BEGIN
	cli
	SITE_END VMI_NR_DISABLE
	ret
END(irq_off)
/*
 * The second processor, with the registers of its struct vmi_ap_state: keeps
 * them in ap_registers, tells, then counts while ap_go says so.
 */
ENTRY(ap_entry)
	movl	%eax, ap_registers
	movl	%ebx, ap_registers + 4
	movl	%ecx, ap_registers + 8
	movl	%edx, ap_registers + 12
	movl	%esi, ap_registers + 16
	movl	%edi, ap_registers + 20
	movl	%ebp, ap_registers + 24
	movl	%esp, ap_registers + 28
	movl	%cs, %eax
	movl	%eax, ap_registers + 32
	movl	%ss, %eax
	movl	%eax, ap_registers + 36
	movl	%ds, %eax
	movl	%eax, ap_registers + 40
	movl	%es, %eax
	movl	%eax, ap_registers + 44
	movl	%fs, %eax
	movl	%eax, ap_registers + 48
	movl	%gs, %eax
	movl	%eax, ap_registers + 52
	pushfl
	popl	ap_registers + 56
	call	ap_main
1:	hlt
	jmp	1b
END(ap_entry)
	.section .note.GNU-stack, "", @progbits

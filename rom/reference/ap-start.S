/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the STARTUP IPI makes another processor begin: real mode, at the start
 * of the page that this is copied to.  Goes through our own page tables, which
 * have that page at its physical and at its linear address, to the guest's,
 * and loads the state that the guest gave for its APIC ID.
 */
#include "vmi-abi.h"
#include "x86-defs.h"
#include "reference/rom-header.h"
#ifdef RING1
#include "ring1/ring1.h"
#endif

#define AP_CS	       0x08
#define AP_DS	       0x10
#define CPUID_ID_SHIFT 24
#define SEGMENT_SHIFT  4
#define IN_PAGE(label) ((label) - ap_start)

	.section .rodata
	.balign	16
	.globl	ap_start, ap_fixups, ap_end
	.hidden	ap_start
	.hidden	ap_fixups
	.hidden	ap_end
ap_start:
	.code16
	cli
	movw	%cs, %ax
	movw	%ax, %ds
	movzwl	%ax, %edi
	shll	$SEGMENT_SHIFT, %edi
	lgdtl	IN_PAGE(ap_fixups)
	movl	%cr0, %eax
	orl	$X86_CR0_PE, %eax
	movl	%eax, %cr0
	ljmpl	*IN_PAGE(ap_protected_eip)

	/* EDI: this page; ESI: the state, both physical.  No stack yet. */
	.code32
ap_protected:
	movl	$AP_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	$CPUID_LEAF_FEATURES, %eax
	cpuid
	shrl	$CPUID_ID_SHIFT, %ebx
	movl	%ebx, %ebp
	imull	$VMI_AP_SIZE, %ebx, %ebx
	leal	DATA_AP_STATES(%edi,%ebx), %esi
	movl	VMI_AP_EFER(%esi), %eax
	movl	VMI_AP_EFER + 4(%esi), %edx
	movl	%eax, %ecx
	orl	%edx, %ecx
	jz	1f			/* as after reset: it may not exist */
	movl	$MSR_EFER, %ecx
	wrmsr
1:	movl	VMI_AP_CR4(%esi), %eax
	movl	%eax, %cr4
	movl	DATA_CR3_32(%edi), %ecx
	testl	$X86_CR4_PAE, %eax
	jz	2f
	movl	DATA_CR3_PAE(%edi), %ecx
2:	movl	%ecx, %cr3
	movl	VMI_AP_CR0(%esi), %eax
	movl	%eax, %cr0
	movl	IN_PAGE(ap_linear_base)(%edi), %eax
	addl	%eax, %esi
	addl	%eax, %edi
	leal	IN_PAGE(ap_linear)(%edi), %eax
	jmp	*%eax

	/* EDI, ESI: linear addresses now. */
ap_linear:
	movl	VMI_AP_CR3(%esi), %eax
	movl	%eax, %cr3
	movl	VMI_AP_CR2(%esi), %eax
	movl	%eax, %cr2
#ifdef RING1
	incl	%ebp			/* the end of the monitor's stack */
	imull	$RING1_CPU_SIZE, %ebp, %ebp
	leal	RING1_CPU_PAGE * PAGE_SIZE(%edi,%ebp), %esp
	movl	%esi, %eax
	call	*IN_PAGE(ap_ring1)(%edi)
	lldt	VMI_AP_LDTR(%esi)
	movzwl	VMI_AP_SS(%esi), %eax
	orl	$1, %eax
	pushl	%eax
	pushl	VMI_AP_ESP(%esi)
	pushl	VMI_AP_EFLAGS(%esi)
	orl	$(1 << X86_EFLAGS_IOPL_SHIFT), (%esp)
	movzwl	VMI_AP_CS(%esi), %eax
	orl	$1, %eax
	pushl	%eax
	pushl	VMI_AP_EIP(%esi)
#else
	lgdtl	VMI_AP_GDTR_LIMIT(%esi)	/* the base follows */
	movw	VMI_AP_SS(%esi), %ss
	movl	VMI_AP_ESP(%esi), %esp
	pushl	VMI_AP_IDTR_BASE(%esi)
	pushw	VMI_AP_IDTR_LIMIT(%esi)
	lidtl	(%esp)
	addl	$6, %esp
	lldt	VMI_AP_LDTR(%esi)

	pushl	VMI_AP_EFLAGS(%esi)
	movzwl	VMI_AP_CS(%esi), %eax
	pushl	%eax
	pushl	VMI_AP_EIP(%esi)
#endif
	movw	VMI_AP_ES(%esi), %es
	movw	VMI_AP_FS(%esi), %fs
	movw	VMI_AP_GS(%esi), %gs
	movw	VMI_AP_DS(%esi), %ds
	movl	%ss:VMI_AP_EAX(%esi), %eax
	movl	%ss:VMI_AP_EBX(%esi), %ebx
	movl	%ss:VMI_AP_ECX(%esi), %ecx
	movl	%ss:VMI_AP_EDX(%esi), %edx
	movl	%ss:VMI_AP_EBP(%esi), %ebp
	movl	%ss:VMI_AP_EDI(%esi), %edi
	movl	%ss:VMI_AP_ESI(%esi), %esi
	iret

	.balign	4
ap_gdt:
	.long	0, 0
	.long	X86_DESC_FLAT_LOW, X86_DESC_FLAT_CODE
	.long	X86_DESC_FLAT_LOW, X86_DESC_FLAT_DATA
ap_gdt_end:
ap_fixups:				/* struct ap_start_fixups */
	.word	ap_gdt_end - ap_gdt - 1
	.long	IN_PAGE(ap_gdt)
ap_protected_eip:
	.long	IN_PAGE(ap_protected)
	.word	AP_CS
ap_linear_base:
	.long	0
ap_ring1:
	.long	0
ap_end:

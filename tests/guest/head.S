/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The 32-bit entry: what Linux's startup_32 does, in the same order and with
 * the same instructions, for an adapter that emulates them.
 *
 * In: ESI at boot_params, paging off, flat segments.
 */
#include "layout-guest.h"
#include "lib/asm.h"
#include "types.h"
#include "x86-defs.h"

#define PA(x)		((x) - PAGE_OFFSET)
#define BOOT_PARAMS	4096
#define CMDLINE_PTR	0x228
#define CMDLINE_SIZE	2048
#define NR_LOW_PAGES	(LOWMEM_SIZE >> PAGE_SHIFT)
#define TABLE_ATTR	(X86_PTE_P | X86_PTE_RW | X86_PTE_US | X86_PTE_A)
#define PAGE_ATTR	(X86_PTE_P | X86_PTE_RW | X86_PTE_A | X86_PTE_D)
#define CR0_BITS	(X86_CR0_PG | X86_CR0_AM | X86_CR0_WP | X86_CR0_NE)

	.section .head.text, "ax", @progbits
	.globl	startup
startup:
	/* As 2.6.21 begins: outside ring 0 something must have set up paging. */
	movl	%cs, %eax
	testl	$3, %eax
	jnz	startup_paravirt
	cli
	cld
	movl	$BOOT_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%eax, %ss
	lgdt	PA(boot_gdtr)
	movl	$BOOT_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es

	xorl	%eax, %eax
	movl	$PA(bss_start), %edi
	movl	$PA(bss_end), %ecx
	subl	%edi, %ecx
	shrl	$2, %ecx
	rep stosl

	movl	$PA(boot_params), %edi
	movl	$(BOOT_PARAMS / 4), %ecx
	rep movsl
	movl	PA(boot_params + CMDLINE_PTR), %esi
	testl	%esi, %esi
	jz	1f
	movl	$PA(boot_cmdline), %edi
	movl	$(CMDLINE_SIZE / 4), %ecx
	rep movsl
1:	movb	$0, PA(boot_cmdline + CMDLINE_SIZE - 1)

	/* Page tables of low memory, and what points to them. */
	movl	$PA(boot_tables), %edi
	movl	$PAGE_ATTR, %eax
	movl	$NR_LOW_PAGES, %ecx
1:	stosl
#if GUEST_PAE
	movl	$0, (%edi)
	addl	$4, %edi
#endif
	addl	$PAGE_SIZE, %eax
	loop	1b

	movl	$PA(boot_tables) + TABLE_ATTR, %eax
#if GUEST_PAE
	movl	$(NR_LOW_PAGES / X86_PAE_ENTRIES), %ecx
	xorl	%edx, %edx
1:	movl	%eax, PA(boot_pmd)(, %edx, 8)
	movl	%eax, PA(boot_pmd + GUEST_SPLIT * PAGE_SIZE)(, %edx, 8)
	addl	$PAGE_SIZE, %eax
	incl	%edx
	loop	1b
	movl	$PA(boot_pmd) + X86_PTE_P, %eax
	movl	$PA(boot_pgd), %edi
	movl	$X86_PDPT_ENTRIES, %ecx
1:	movl	%eax, (%edi)
	addl	$PAGE_SIZE, %eax
	addl	$8, %edi
	loop	1b
	movl	%cr4, %eax
	orl	$X86_CR4_PAE, %eax
	movl	%eax, %cr4
#else
	movl	$(NR_LOW_PAGES / X86_PT32_ENTRIES), %ecx
	xorl	%edx, %edx
1:	movl	%eax, PA(boot_pgd)(, %edx, 4)
	movl	%eax, PA(boot_pgd + PAGE_OFFSET / 0x400000 * 4)(, %edx, 4)
	addl	$PAGE_SIZE, %eax
	incl	%edx
	loop	1b
#endif
	movl	$PA(boot_pgd), %eax
	movl	%eax, %cr3
	movl	%cr0, %eax
	orl	$CR0_BITS, %eax
	movl	%eax, %cr0
	ljmp	$BOOT_CS, $1f
1:	lss	stack_start, %esp
	pushl	$0
	popfl

	lgdt	gdtr
	lidt	idtr
	ljmp	$KERNEL_CS, $1f
1:	movl	$KERNEL_DS, %eax
	movl	%eax, %ss
	movl	$USER_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	$PERCPU_DS, %eax
	movl	%eax, %fs
	xorl	%eax, %eax
	movl	%eax, %gs
	lldt	%ax
	cld
	call	guest_main
	cli
1:	hlt
	jmp	1b

	.data
	.balign	4
stack_start:
	.long	boot_stack + STACK_SIZE
	.word	BOOT_DS
	.word	0, 0
boot_gdtr:
	.word	4 * 8 - 1
	.long	PA(boot_gdt)
	.word	0
gdtr:	.word	GDT_ENTRIES * 8 - 1
	.long	gdt
	.word	0
	.globl	idtr
idtr:	.word	X86_NR_VECTORS * 8 - 1
	.long	idt

	.balign	8
boot_gdt:
	.quad	0, 0
	.quad	0x00cf9b000000ffff
	.quad	0x00cf93000000ffff

	.balign	PAGE_SIZE
	.globl	gdt
gdt:	.fill	GDT_KERNEL_CS, 8, 0
	.quad	0x00cf9b000000ffff	/* KERNEL_CS */
	.quad	0x00cf93000000ffff	/* KERNEL_DS */
	.quad	0x00cffb000000ffff	/* USER_CS */
	.quad	0x00cff3000000ffff	/* USER_DS */
	.fill	GDT_PERCPU - GDT_TSS, 8, 0
	.quad	0x00cf93000000ffff	/* PERCPU_DS */
	.fill	GDT_ENTRIES - GDT_PERCPU - 1, 8, 0

	.bss
	.balign	PAGE_SIZE
	.globl	boot_pgd, boot_pmd, boot_directories, boot_params, boot_cmdline, boot_stack, idt
#if !GUEST_PAE
boot_directories:
#endif
boot_pgd:
	.skip	PAGE_SIZE
#if GUEST_PAE
boot_directories:
boot_pmd:
	.skip	X86_PDPT_ENTRIES * PAGE_SIZE
#endif
boot_tables:
	.skip	NR_LOW_PAGES * (GUEST_PAE + 1) * 4
idt:	.skip	X86_NR_VECTORS * 8
	.balign	PAGE_SIZE
boot_stack:
	.skip	STACK_SIZE
boot_params:
	.skip	BOOT_PARAMS
boot_cmdline:
	.skip	CMDLINE_SIZE

/* Only who does not notice the test above gets past the push, or the ud2. */
	.section .text, "ax", @progbits
startup_paravirt:
	cld
	movl	$boot_stack + STACK_SIZE, %esp
	pushl	%edx
	pushl	%ecx
	pushl	%eax
	ud2

	.section .note.GNU-stack, "", @progbits

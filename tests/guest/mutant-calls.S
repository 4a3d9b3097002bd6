/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls that are wrong on purpose, to see that the tests notice (mutants.c).
 * Each stands in front of the platform's own, which is at mutant_real.
 */
#include "lib/asm.h"
#include "vmi-abi.h"
#include "x86-defs.h"

	.bss
	.globl	mutant_real
	.balign	4
mutant_real:
	.long	0
mutant_count:
	.long	0

	.text
.macro MUTANT name
	.globl	mutant_\name
mutant_\name:
.endm

/* The real call with both of its stack words; flags are lost. */
.macro REAL
	pushl	8(%esp)
	pushl	8(%esp)
	call	*mutant_real
	leal	8(%esp), %esp
.endm

MUTANT nothing
	ret
MUTANT ebx
	REAL
	incl	%ebx
	ret
MUTANT esi
	REAL
	xorl	%esi, %esi
	ret
MUTANT ebp
	REAL
	notl	%ebp
	ret
MUTANT direction
	REAL
	std
	ret
MUTANT gs
	REAL
	movw	%ss, %cx
	movw	%cx, %gs
	ret
MUTANT stack
	REAL
	movl	$0, 12(%esp)
	ret
MUTANT eax
	call	*mutant_real
	movl	$1, %eax
	ret
MUTANT ecx
	call	*mutant_real
	movl	$1, %ecx
	ret
MUTANT zero
	REAL
	xorl	%eax, %eax
	xorl	%edx, %edx
	ret
MUTANT one
	REAL
	movl	$1, %eax
	ret
/* SetInterruptMask: any flag turns interrupts on. */
MUTANT any_flag
	pushl	%eax
	testl	%eax, %eax
	jz	1f
	orl	$X86_EFLAGS_IF, %eax
1:	call	*mutant_real
	popl	%eax
	ret
/* SetInterruptMask: on is ignored. */
MUTANT never_on
	pushl	%eax
	andl	$~X86_EFLAGS_IF, %eax
	call	*mutant_real
	popl	%eax
	ret
/* SetPxE, SetPxELong: always writable. */
MUTANT writable
	testb	$X86_PTE_P, %al
	jz	1f
	orl	$X86_PTE_RW, %eax
1:	jmp	*mutant_real
/* SetPxE: the next entry; SetPxELong: the same. */
MUTANT next_pte
	addl	$4, %edx
	jmp	*mutant_real
MUTANT next_pte_long
	addl	$8, %ecx
	jmp	*mutant_real
/* WriteGDTEntry and its like: the next entry. */
MUTANT next_index
	incl	%edx
	jmp	*mutant_real
/* ... one word too low. */
MUTANT no_high_word
	movl	$0, 4(%esp)
	jmp	*mutant_real
/* UpdateKernelStack: not quite there. */
MUTANT esp0
	subl	$16, %edx
	jmp	*mutant_real
/* SetCR0: TS is never set. */
MUTANT no_ts
	andl	$~X86_CR0_TS, %eax
	jmp	*mutant_real
/* INS, OUTS: one unit is left. */
MUTANT one_left
	jecxz	1f
	decl	%ecx
	call	*mutant_real
	incl	%ecx
1:	ret
/* INB: clears the rest of EAX. */
MUTANT wide
	call	*mutant_real
	movzbl	%al, %eax
	ret
/* SetAlarm: not periodic; periods are short; nothing that is past. */
MUTANT once
	andl	$~VMI_ALARM_PERIODIC, %eax
	jmp	*mutant_real
MUTANT burst
	shrl	$3, 4(%esp)
	jmp	*mutant_real
MUTANT early
	shrl	$1, %ecx
	rcrl	$1, %edx
	jmp	*mutant_real
MUTANT wired_irq0
	andl	$~VMI_ALARM_WIRED_LVTT, %eax
	jmp	*mutant_real
/* GetCycleCounter: goes back at times. */
MUTANT goes_back
	REAL
	incl	mutant_count
	testb	$0x3f, mutant_count
	jnz	1f
	decl	%edx
1:	ret
	.section .note.GNU-stack, "", @progbits

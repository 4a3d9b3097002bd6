/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * void vmi_invoke(bool direct): one VMI call out of vmi_state, all registers
 * loaded from it and stored to it.
 */
#include "lib/asm.h"
#include "types.h"

/* struct vmi_call_state, checked in vmi.c */
#define IN	   0
#define OUT	   32
#define ST0	   64
#define ST1	   68
#define ESP_BEFORE 72
#define ESP_AFTER  76
#define TARGET	   80
#define SEGS_IN	   84
#define SEGS_OUT   108
#define CANARY	   0x5afe5afe

#define S(x) vmi_state + (x)

.macro SAVE_SEGS to
	movl	%cs, %ecx
	movl	%ecx, S(\to)
	movl	%ss, %ecx
	movl	%ecx, S(\to + 4)
	movl	%ds, %ecx
	movl	%ecx, S(\to + 8)
	movl	%es, %ecx
	movl	%ecx, S(\to + 12)
	movl	%fs, %ecx
	movl	%ecx, S(\to + 16)
	movl	%gs, %ecx
	movl	%ecx, S(\to + 20)
.endm

	.bss
	.balign	4
	.globl	vmi_stack
vmi_stack:
	.long	0
saved_esp:
	.long	0

	.text
ENTRY(vmi_invoke)
	pushl	%ebp
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	SAVE_SEGS SEGS_IN
	movl	%esp, saved_esp
	cmpl	$0, vmi_stack
	je	3f
	movl	vmi_stack, %esp
3:	pushl	$CANARY
	pushl	S(ST1)
	pushl	S(ST0)
	movl	%esp, S(ESP_BEFORE)
	pushl	S(IN + 28)
	testl	%eax, %eax
	movl	S(IN + 0), %eax
	movl	S(IN + 4), %ebx
	movl	S(IN + 8), %ecx
	movl	S(IN + 12), %edx
	movl	S(IN + 16), %esi
	movl	S(IN + 20), %edi
	movl	S(IN + 24), %ebp
	jnz	1f
	popfl
	.globl	vmi_call_site
vmi_call_site:
	.byte	0x0f, 0x1f, 0x44, 0, 0	/* five bytes: patched */
	jmp	2f
1:	popfl
	call	*S(TARGET)
2:	movl	%eax, S(OUT + 0)
	movl	%ebx, S(OUT + 4)
	movl	%ecx, S(OUT + 8)
	movl	%edx, S(OUT + 12)
	movl	%esi, S(OUT + 16)
	movl	%edi, S(OUT + 20)
	movl	%ebp, S(OUT + 24)
	movl	%esp, S(ESP_AFTER)
	movl	S(ESP_BEFORE), %esp
	pushfl
	popl	S(OUT + 28)
	cld
	SAVE_SEGS SEGS_OUT
	popl	%ecx
	popl	%edx
	popl	%eax
	subl	$CANARY, %eax
	movl	saved_esp, %esp
	popl	%edi
	popl	%esi
	popl	%ebx
	popl	%ebp
	ret
END(vmi_invoke)
	.section .note.GNU-stack, "", @progbits

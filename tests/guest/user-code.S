/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tests run in user mode.  The page is mapped at USER_VA; everything is
 * relative, and ends in int $0x80 or the trap that the test is about.
 */
#include "layout-guest.h"
#include "lib/asm.h"
#include "user.h"

#define SYSCALL int $SYSCALL_VECTOR

	.section .user, "ax", @progbits

/* A system call with what the registers hold. */
ENTRY(user_syscall)
	SYSCALL
	SYSCALL
/* Each instruction that is to trap is the first after its label. */
ENTRY(user_int3)
	int3
	SYSCALL
ENTRY(user_int_3)
	.byte	0xcd, 3
	SYSCALL
ENTRY(user_int_4)
	.byte	0xcd, 4
	SYSCALL
ENTRY(user_into)
	movb	$0x7f, %al
	addb	$1, %al
	into
	SYSCALL
ENTRY(user_int_81)
	int	$0x81
	SYSCALL
ENTRY(user_int_20)
	int	$IRQ_VECTOR
	SYSCALL
ENTRY(user_int_14)
	int	$14
	SYSCALL
ENTRY(user_ud2)
	ud2
	SYSCALL
ENTRY(user_divide)
	xorl	%edx, %edx
	xorl	%ecx, %ecx
	divl	%ecx
	SYSCALL
ENTRY(user_bound)
	boundl	%eax, (%ebx)
	SYSCALL
ENTRY(user_hlt)
	hlt
	SYSCALL
ENTRY(user_cli)
	cli
	SYSCALL
ENTRY(user_sti)
	sti
	SYSCALL
ENTRY(user_in)
	inb	%dx, %al
	SYSCALL
ENTRY(user_out)
	outb	%al, %dx
	SYSCALL
/* The same bytes are inl in a segment of 32 bits, inw in one of 16. */
ENTRY(user_in_word)
	.code16
	inw	%dx, %ax
	SYSCALL
	.code32
ENTRY(user_rep_insb)
	rep insb
	SYSCALL
ENTRY(user_insw)
	insw
	SYSCALL
ENTRY(user_rep_outsb)
	rep outsb
	SYSCALL
ENTRY(user_outsb_es)
	outsb	%es:(%esi), (%dx)
	SYSCALL
ENTRY(user_out_delay)
	outb	%al, $0x80
	SYSCALL
ENTRY(user_cr)
	movl	%cr0, %eax
	SYSCALL
ENTRY(user_wrmsr)
	wrmsr
	SYSCALL
ENTRY(user_lgdt)
	lgdt	(%ebx)
	SYSCALL
ENTRY(user_load_ds)
	movl	%eax, %ds
	SYSCALL
/* Read and write at EBX; EAX is the value. */
ENTRY(user_read)
	movl	(%ebx), %eax
	SYSCALL
ENTRY(user_write)
	movl	%eax, (%ebx)
	SYSCALL
ENTRY(user_jump)
	jmp	*%ebx
ENTRY(user_read_gs)
	movl	%eax, %gs
	movl	%gs:(%ebx), %eax
	SYSCALL
ENTRY(user_read_loaded_gs)
	movl	%gs:(%ebx), %eax
	SYSCALL
ENTRY(user_read_fs)
	movl	%fs:(%ebx), %eax
	SYSCALL
ENTRY(user_push)
	pushl	%eax
	popl	%ecx
	SYSCALL
/* Leave the flags as popf makes them. */
ENTRY(user_popf)
	pushl	%eax
	popfl
	pushfl
	popl	%eax
	SYSCALL
ENTRY(user_rdtsc)
	rdtsc
	SYSCALL
/* EAX rounds of adding, with the trap flag of the caller. */
ENTRY(user_spin)
1:	decl	%eax
	jnz	1b
	SYSCALL
ENTRY(user_step)
	nop
	SYSCALL
/* Until [EBX] is not zero. */
ENTRY(user_wait)
1:	movl	(%ebx), %eax
	testl	%eax, %eax
	jz	1b
	SYSCALL
ENTRY(user_fpu)
	fldpi
	fstp	%st(0)
	SYSCALL
ENTRY(user_cpuid)
	cpuid
	SYSCALL
ENTRY(user_sysenter)
	movl	%esp, %ebp
	sysenter
	SYSCALL
/* Many system calls: EAX of them. */
ENTRY(user_many)
1:	SYSCALL
	decl	%eax
	jnz	1b
	ud2
	.section .note.GNU-stack, "", @progbits

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The benchmarks' own entries, as short as a kernel's fast paths, and the code
 * that runs in user mode.
 */
#include "bench.h"
#include "layout-guest.h"
#include "lib/asm.h"
#include "site.h"
#include "types.h"

#define ENTRY_SIZE 16

	.text
/* uint32_t bench_time(void (*fn)(void)) */
ENTRY(bench_time)
	pushl	%esi
	movl	%eax, %ecx
	rdtsc
	movl	%eax, %esi
	call	*%ecx
	rdtsc
	subl	%esi, %eax
	popl	%esi
	ret
END(bench_time)

ENTRY(bench_nothing)
	ret
END(bench_nothing)

/* System call of user code: EBX says which. */
ENTRY(bench_syscall)
	cmpl	$BENCH_RETURN, %ebx
	jne	2f
1:
	SITE_BEGIN
	iret
	SITE_END VMI_NR_IRET
2:	cmpl	$BENCH_TIMED, %ebx
	jne	trap_entries + SYSCALL_VECTOR * ENTRY_SIZE
	rdtsc
	movl	%eax, %esi
	SITE_BEGIN
	iret
	SITE_END VMI_NR_IRET
END(bench_syscall)

.macro SAVE
	pushl	%ds
	pushl	%es
	pushl	%eax
	pushl	%ecx
	pushl	%edx
	movl	$USER_DS, %edx
	movl	%edx, %ds
	movl	%edx, %es
.endm
.macro RESTORE
	popl	%edx
	popl	%ecx
	popl	%eax
	popl	%es
	popl	%ds
.endm

/* Page fault: bench_map_fault() puts a page there. */
ENTRY(bench_fault)
	cld
	SAVE
	call	bench_map_fault
	RESTORE
	addl	$4, %esp	/* error code */
	SITE_BEGIN
	iret
	SITE_END VMI_NR_IRET
END(bench_fault)

/* The alarm's interrupt. */
ENTRY(bench_alarm)
	cld
	SAVE
	call	bench_alarm_taken
	RESTORE
	SITE_BEGIN
	iret
	SITE_END VMI_NR_IRET
END(bench_alarm)

/* void bench_spin(void): a known number of instructions. */
ENTRY(bench_spin)
	movl	$20000, %eax
1:	decl	%eax
	jnz	1b
	ret
END(bench_spin)

	.section .user, "ax", @progbits
.macro LEAVE
	movl	$-1, %ebx
	int	$SYSCALL_VECTOR
.endm

/* EAX is the time between two looks at the TSC: */
ENTRY(user_bench_nothing)
	rdtsc
	movl	%eax, %esi
	rdtsc
	subl	%esi, %eax
	LEAVE
/* with a system call, */
ENTRY(user_bench_syscall)
	movl	$BENCH_RETURN, %ebx
	rdtsc
	movl	%eax, %esi
	int	$SYSCALL_VECTOR
	rdtsc
	subl	%esi, %eax
	LEAVE
/* from the kernel's IRET on, */
ENTRY(user_bench_iret)
	movl	$BENCH_TIMED, %ebx
	int	$SYSCALL_VECTOR
	rdtsc
	subl	%esi, %eax
	LEAVE
/* with a read at EBX. */
ENTRY(user_bench_read)
	rdtsc
	movl	%eax, %esi
	movl	(%ebx), %ecx
	rdtsc
	subl	%esi, %eax
	LEAVE
/* Write to ECX pages from EBX on. */
ENTRY(user_bench_touch)
1:	movl	%ecx, (%ebx)
	addl	$PAGE_SIZE, %ebx
	decl	%ecx
	jnz	1b
	LEAVE
	.section .note.GNU-stack, "", @progbits

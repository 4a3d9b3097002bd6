/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel that knows nothing of VMI: descriptors of its own, then user mode.
 * Flat, at 1 MB, entered as Linux is.
 */
#include "x86-defs.h"

#define USER_CODE 0x08
#define USER_DATA 0x10
#define LIMIT_CODE 0x00cffa00 /* base 0, 4 GB, DPL 3 */
#define LIMIT_DATA 0x00cff200
#define STACK	  0x80000

	.text
	.globl	_start
_start:
	movl	$STACK, %esp
	lgdt	table
	pushl	$USER_DATA | 3
	pushl	$STACK
	pushl	$X86_EFLAGS_FIXED
	pushl	$USER_CODE | 3
	pushl	$user
	iret
user:	int3
	jmp	user

	.balign	8
descriptors:
	.long	0, 0
	.long	0x0000ffff, LIMIT_CODE
	.long	0x0000ffff, LIMIT_DATA
table:	.word	table - descriptors - 1
	.long	descriptors

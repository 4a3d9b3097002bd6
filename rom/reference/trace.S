/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls, traced to the debug port: name, EAX, EDX, ECX, a line each.
 *
 * get_reloc hands these stubs out instead of the calls when the image's byte
 * says so.  All registers and flags are as before when the call gets control;
 * DS and ES may be anything.
 */
#include "vmi-abi.h"
#include "x86-defs.h"
#include "reference/trace.h"

/* What pushal, pushfl and the stub have put on the stack. */
#define AT_ECX	  24
#define AT_EDX	  20
#define AT_EAX	  28
#define AT_NR	  36
#define HEX_DIGITS 8
#define HEX_LETTER ('a' - '0' - 10)

	.text
	.balign	TRACE_STUB_SIZE
	.globl	trace_stubs
	.hidden	trace_stubs
trace_stubs:
#define VMI_CALL(nr, ...) pushl $nr; jmp trace_call; .balign TRACE_STUB_SIZE;
#include "vmi-calls.def"
	.org	trace_stubs + VMI_NR_CALLS * TRACE_STUB_SIZE

trace_call:
	pushfl
	pushal
	cli
	call	1f
1:	popl	%ebx
	subl	$1b, %ebx
	movl	AT_NR(%esp), %ecx
	movzwl	%cs:reloc_targets(%ebx,%ecx,2), %eax
	addl	%ebx, %eax
	movl	%eax, AT_NR(%esp)	/* what the last ret goes to */

	movzwl	%cs:trace_names(%ebx,%ecx,2), %esi
	addl	%ebx, %esi
2:	movb	%cs:(%esi), %al
	testb	%al, %al
	jz	3f
	outb	%al, $PORT_DEBUGCON
	incl	%esi
	jmp	2b
3:	movl	AT_EAX(%esp), %edx
	call	trace_hex
	movl	AT_EDX(%esp), %edx
	call	trace_hex
	movl	AT_ECX(%esp), %edx
	call	trace_hex
	movb	$'\n', %al
	outb	%al, $PORT_DEBUGCON
	popal
	popfl
	ret

/* A space, and EDX in eight digits; clobbers EAX, ECX. */
trace_hex:
	movb	$' ', %al
	outb	%al, $PORT_DEBUGCON
	movl	$HEX_DIGITS, %ecx
1:	roll	$4, %edx
	movb	%dl, %al
	andb	$0xf, %al
	addb	$'0', %al
	cmpb	$'9', %al
	jbe	2f
	addb	$HEX_LETTER, %al
2:	outb	%al, $PORT_DEBUGCON
	loop	1b
	ret

	.section .rodata
	.balign	2
trace_names:
#define VMI_CALL(nr, name, ...) .word name_##name;
#include "vmi-calls.def"
#define VMI_CALL(nr, name, ...) name_##name: .asciz #name;
#include "vmi-calls.def"

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ways between the guest in ring 1 and the monitor in ring 0.
 */
#include "vmi-abi.h"
#include "x86-defs.h"
#include "ring1/ring1.h"
#include "ring1/overrides.h"

#define GET_CYCLE_COUNTER 67 /* number of the call */

/* struct ring1_frame */
#define F_EDI 8
#define F_ESI 12
#define F_EBP 16
#define F_EBX 24
#define F_EDX 28
#define F_ECX 32
#define F_EAX 36

#define RPL1	    1
#define IOPL1	    (1 << X86_EFLAGS_IOPL_SHIFT)
#define WAKE_BIAS   128	/* makes all vectors fit in a byte */
#define FIRST_WORDS 12		/* EIP, CS, EFLAGS */
/* From the kernel's code selector to the user's, as SYSEXIT has them. */
#define USER_CS_STEP (16 + 2)
#define USER_DS_STEP (24 + 2)

	.text
/* --- Ring 1: the calls ------------------------------------------------------------- */
	.balign	RING1_GATE_SIZE
	.globl	ring1_gates
	.hidden	ring1_gates
ring1_gates:
#define VMI_CALL(nr, ...) pushl $nr; jmp ring1_through; .balign RING1_GATE_SIZE;
#include "vmi-calls.def"
	.org	ring1_gates + VMI_NR_CALLS * RING1_GATE_SIZE

/* Interrupts must be off: in ring 0 the guest's gates cannot be used. */
ring1_through:
	pushfl
	cli
	lcall	$MON_GATE, $0
	popfl
	leal	4(%esp), %esp
	ret

	.globl	ring1_CPUID
ring1_CPUID:
	cmpl	$CPUID_LEAF_FEATURES, %eax
	je	1f
	cpuid
	ret
1:	cpuid				/* SYSENTER would lead into ring 0 */
	andl	$~CPUID_1_EDX_SEP, %edx
	ret

/*
 * As the reference ROM's: alarms are looked after, in ring 0.  From ring 1
 * there is no way to virtual-8086 mode.
 */
	.globl	ring1_IRET
ring1_IRET:
	testl	$X86_EFLAGS_VM, 8(%esp)
	jz	3f
	ud2
3:
	pushl	%ecx
	call	1f
1:	popl	%ecx
	subl	$1b, %ecx
	pushl	%eax
	movl	%ecx, %eax
	subl	%cs:ROM_OFF_SELF(%ecx), %eax
	addl	%cs:ROM_OFF_DATA(%ecx), %eax
	cmpb	$0, %cs:DATA_ALARMS(%eax)
	jne	2f
	popl	%eax
	popl	%ecx
	iret
2:	pushl	%edx
	movl	$VMI_CYCLES_REAL, %eax
	call	ring1_gates + GET_CYCLE_COUNTER * RING1_GATE_SIZE
	popl	%edx
	popl	%eax
	popl	%ecx
	iret

	.globl	ring1_SYSEXIT
ring1_SYSEXIT:
	pushl	%cs
	addl	$(USER_DS_STEP), (%esp)
	pushl	%ecx
	pushfl
	orl	$X86_EFLAGS_IF, (%esp)
	pushl	%cs
	addl	$(USER_CS_STEP), (%esp)
	pushl	%edx
	iret

/* Behind PUSHAL: the rest of struct ring1_frame, which EAX points to then. */
	.macro	MONITOR
	pushl	%ds
	pushl	%es
	movl	$MON_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	cld
	movl	%esp, %eax
	.endm

/* --- Ring 0 ---------------------------------------------------------------------------- */
/* By the call gate: EIP, CS, ESP, SS are there; make it an interrupt's frame. */
	.globl	ring1_gate_entry
	.hidden	ring1_gate_entry
ring1_gate_entry:
	pushl	(%esp)
	pushl	8(%esp)
	popl	4(%esp)
	pushfl
	popl	8(%esp)
	pushl	$0
	pushal
	MONITOR
	call	ring1_call
	jmp	ring1_return

	.globl	ring1_gp_entry
	.hidden	ring1_gp_entry
ring1_gp_entry:
	pushal
	MONITOR
	call	ring1_gp
ring1_return:
	.globl	ring1_pops, ring1_pops_end
	.hidden	ring1_pops
	.hidden	ring1_pops_end
ring1_pops:
	popl	%es
	popl	%ds
ring1_pops_end:
	popal
	addl	$4, %esp
	iret

/* EAX: frame, EDX: code that ends with ret. */
	.globl	ring1_exec
ring1_exec:
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	pushl	%ebp
	pushl	%eax
	pushl	%edx
	movl	F_EBX(%eax), %ebx
	movl	F_ECX(%eax), %ecx
	movl	F_EDX(%eax), %edx
	movl	F_ESI(%eax), %esi
	movl	F_EDI(%eax), %edi
	movl	F_EBP(%eax), %ebp
	movl	F_EAX(%eax), %eax
	call	*(%esp)
	pushl	%eax
	movl	8(%esp), %eax
	movl	%ebx, F_EBX(%eax)
	movl	%ecx, F_ECX(%eax)
	movl	%edx, F_EDX(%eax)
	movl	%esi, F_ESI(%eax)
	movl	%edi, F_EDI(%eax)
	movl	%ebp, F_EBP(%eax)
	popl	F_EAX(%eax)
	xorl	%eax, %eax
1:	addl	$8, %esp
	popl	%ebp
	popl	%edi
	popl	%esi
	popl	%ebx
	ret
	.globl	ring1_exec_fault
	.hidden	ring1_exec_fault
ring1_exec_fault:
	addl	$4, %esp
	movl	$-1, %eax
	jmp	1b

	.globl	ring1_hlt
ring1_hlt:
	sti
1:	hlt
	jmp	1b
	/* An interrupt here: its vector, and the frame goes. */
ring1_woken:
	popl	%eax
	addl	$WAKE_BIAS, %eax
	addl	$FIRST_WORDS, %esp
	ret

	.balign	RING1_WAKE_SIZE
	.globl	ring1_wake_stubs
	.hidden	ring1_wake_stubs
ring1_wake_stubs:
	.set	vector, 0
	.rept	X86_NR_VECTORS
	pushl	$(vector - WAKE_BIAS)
	jmp	ring1_woken
	.balign	RING1_WAKE_SIZE
	.set	vector, vector + 1
	.endr
	.org	ring1_wake_stubs + X86_NR_VECTORS * RING1_WAKE_SIZE

/* The end of a step of user code, with the vector in EDX. */
ring1_step_end:
	MONITOR
	call	ring1_stepped
	jmp	ring1_return

	.balign	RING1_STEP_SIZE
	.globl	ring1_step_stubs
	.hidden	ring1_step_stubs
ring1_step_stubs:
	.set	vector, 0
	.rept	X86_EXC_MC + 1
	.if	!(X86_EXC_HAVE_ERROR >> vector & 1)
	pushl	$0
	.endif
	pushal
	movl	$vector, %edx
	jmp	ring1_step_end
	.balign	RING1_STEP_SIZE
	.set	vector, vector + 1
	.endr
	.org	ring1_step_stubs + (X86_EXC_MC + 1) * RING1_STEP_SIZE

/* --- VMI_Init ----------------------------------------------------------------------------- */
	.globl	rom_init_entry
rom_init_entry:
	movl	%cs, %eax		/* a second time: there is no more to do */
	testl	$X86_SEL_RPL, %eax
	movl	$VMI_INIT_OK, %eax
	jnz	1f
	call	rom_init
	testl	%eax, %eax
	jnz	1f
	call	ring1_init
	popl	%ecx			/* the caller */
	movl	%ds, %edx		/* from the new GDT */
	movl	%edx, %ds
	movl	%es, %edx
	movl	%edx, %es
	movl	%fs, %edx
	movl	%edx, %fs
	movl	%gs, %edx
	movl	%edx, %gs
	movl	%esp, %edx
	pushl	%ss
	orl	$RPL1, (%esp)
	pushl	%edx
	pushfl
	orl	$IOPL1, (%esp)
	pushl	%cs
	orl	$RPL1, (%esp)
	pushl	%ecx
	xorl	%eax, %eax
	iret
1:	ret

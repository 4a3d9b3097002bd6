/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every way into the adapter but VMI calls (exceptions, event upcalls), and
 * the way back.
 *
 * What Xen pushes, on the ring-1 stack (of stack_switch when the trap came
 * from ring 2 or 3, else the current one):
 *
 *	[ss]		only from ring 2 and 3
 *	[esp]		only from ring 2 and 3
 *	eflags		IF = !mask
 *	cs | mask << 16
 *	eip
 *	[error code]	vectors 8, 10-14, 17
 *
 * From VMI_Init on the ring-1 stack is the guest's own, so that system calls
 * and exceptions reach its handlers without us.  Registers are saved below
 * Xen's frame, C runs on a stack of ours, and handing a trap on to the guest
 * means: restore the registers, leave the frame where it is, jump.
 *
 * Traps that come here mask upcalls on entry (TI_IF in the trap table), and
 * EFLAGS.IF of the frame says whether the interrupted context had them on.
 *
 * Hypercalls: none, but what the C handlers do.
 */
#include "asm-offsets.h"
#include "cpu/vcpu.h"
#include "lib/asm.h"
#include "trap/traps.h"
#include "x86-defs.h"

#define VCPU_MASK    %ss:shared_info_page + VCPU_INFO_MASK
#define VCPU_PENDING %ss:shared_info_page + VCPU_INFO_PENDING

	.text

.macro TRAP_ENTRY vector has_error=0
ENTRY(trap_entry_\vector)
	.ifeq \has_error
	pushl	$0
	.endif
	pushl	$\vector
	jmp	trap_common
END(trap_entry_\vector)
.endm

/*
 * Vectors that a faulting iret raises: it is delivered as if raised at the
 * iret's target, whose frame lies right above the one of the fault.  User code
 * may stand at any EIP: look at the ring first.
 */
.macro TRAP_ENTRY_IRET vector
ENTRY(trap_entry_\vector)
	testb	$2, 8(%esp)
	jnz	2f
	cmpl	$iret_insn, 4(%esp)
	je	1f
2:	pushl	$\vector
	jmp	trap_common
1:	popl	8(%esp)			/* error code: below the target's frame */
	addl	$8, %esp
	pushl	$(\vector | TRAP_FROM_IRET)
	jmp	trap_common
END(trap_entry_\vector)
.endm

	TRAP_ENTRY 0
	TRAP_ENTRY 1
	TRAP_ENTRY 2
	TRAP_ENTRY 3
	TRAP_ENTRY 4
	TRAP_ENTRY 5
	TRAP_ENTRY 6
	TRAP_ENTRY 7
	TRAP_ENTRY 8, 1
	TRAP_ENTRY 9
	TRAP_ENTRY_IRET 10
	TRAP_ENTRY_IRET 11
	TRAP_ENTRY_IRET 12
	TRAP_ENTRY_IRET 13
	TRAP_ENTRY 16
	TRAP_ENTRY 17, 1
	TRAP_ENTRY 18
	TRAP_ENTRY 19
	TRAP_ENTRY 0x80

/*
 * Event upcall; Xen has set the mask.  Between unmasking and iret all
 * registers are the target's already: drop the upcall's own frame, and the
 * event interrupts the target.  User code may stand at any EIP: look at the
 * ring first.
 */
ENTRY(event_upcall)
	testb	$2, 4(%esp)
	jnz	event_upcall_frame
	cmpl	$iret_crit_start, (%esp)
	jb	event_upcall_frame
	cmpl	$iret_crit_end, (%esp)
	jae	event_upcall_frame
	addl	$12, %esp
event_upcall_frame:
	pushl	$0
	pushl	$TRAP_UPCALL
	jmp	trap_common
END(event_upcall)

/*
 * Save the rest of struct cpu_regs below its vector, and make C's segments.
 * out: ebp = struct cpu_regs *; flags: below, if it lies on our stack.
 */
.macro SAVE_REGS
	pusha
	pushl	%es
	pushl	%ds
	cld
	movl	$FLAT_RING1_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%esp, %ebp
	movl	%esp, %ecx
	subl	$vcpu_stack, %ecx
	cmpl	$VCPU_STACK_SIZE, %ecx
.endm

/* The most frequent of all has a way of its own. */
ENTRY(trap_entry_14)
	pushl	$X86_EXC_PF
	SAVE_REGS
	jb	trap_saved
	cmpl	$0, vcpu0 + VCPU_SHORT_FAULTS
	je	trap_other_stack
	movl	$vcpu_stack + VCPU_STACK_SIZE, %esp
	movl	%ebp, %eax
	movl	shared_info_page + VCPU_INFO_CR2, %edx
	call	trap_page_fault_vmi
	movl	%ebp, %esp
	testl	%eax, %eax
	jnz	trap_deliver
	jmp	trap_resume
END(trap_entry_14)

/* in: struct cpu_regs from ->vector on, pushed.  All other registers live. */
ENTRY(trap_common)
	SAVE_REGS
	jb	trap_saved		/* on our stack already */
trap_other_stack:
	movl	$vcpu_stack + VCPU_STACK_SIZE, %esp
trap_saved:
	movl	%ebp, %eax		/* struct cpu_regs * */
	call	trap_dispatch
	movl	%ebp, %esp
	testl	%eax, %eax
	jnz	trap_deliver
ENTRY(trap_resume)
	popl	%ds
	popl	%es
	popa
	addl	$8, %esp		/* vector, error */
END(trap_common)

/*
 * Return to the frame at ESP (eip, cs, eflags, [esp, ss]) with the virtual
 * interrupt flag of its EFLAGS.  VMI call 33 (IRET) ends here too.
 * Restartable: event_upcall knows the range.
 */
ENTRY(return_to_frame)
	testb	$(X86_EFLAGS_VM >> 16), 10(%esp)
	jnz	return_to_v86
	testl	$X86_EFLAGS_IF, 8(%esp)
	jz	iret_insn
iret_crit_start:
	movb	$0, VCPU_MASK
	testb	$0xff, VCPU_PENDING
	jnz	return_pending
	.globl	iret_insn
iret_insn:
	iret
iret_crit_end:
END(return_to_frame)

/*
 * There is no virtual-8086 mode under Xen: iret ignores the flag, and would
 * take the segment in CS, which user code may have chosen, for a selector,
 * of ring 1 as well.  So what was to run there has a protection fault at its
 * first instruction; Linux's vm86() returns VM86_UNKNOWN then.
 */
ENTRY(return_to_v86)
	movb	$1, VCPU_MASK
	pushl	$0			/* error code */
	pushl	$(X86_EXC_GP | TRAP_FROM_IRET)
	jmp	trap_common
END(return_to_v86)

/* An event is pending for the frame at ESP: take it before returning. */
ENTRY(return_pending)
	movb	$1, VCPU_MASK
	jmp	event_upcall_frame
END(return_pending)

/*
 * Enter the guest's handler, whose address C has put where Xen's frame (or
 * the error code, if the handler gets one) begins: ret finds it.
 * in: eax = TRAP_DELIVER and flags.
 */
ENTRY(trap_deliver)
	testl	$TRAP_UNMASK, %eax
	jnz	2f
	testl	$TRAP_ERROR, %eax
	popl	%ds			/* pop, popa and lea leave the flags */
	popl	%es
	popa
	jnz	1f
	leal	4(%esp), %esp
1:	ret
2:	testl	$TRAP_ERROR, %eax
	popl	%ds
	popl	%es
	popa
	jnz	guest_unmask
	leal	4(%esp), %esp
	jmp	guest_unmask
END(trap_deliver)

/*
 * Set the virtual interrupt flag, take what is pending, return.
 * in: return address at (%esp), on the guest's stack.  clobbers: flags.
 * VMI calls 29 and 32 end here.
 */
ENTRY(guest_unmask)
	movb	$0, VCPU_MASK
	testb	$0xff, VCPU_PENDING
	jnz	1f
	ret
1:	movb	$1, VCPU_MASK
	pushfl
	orl	$X86_EFLAGS_IF, (%esp)
	pushl	%cs
	pushl	$2f
	jmp	event_upcall_frame
2:	ret
END(guest_unmask)

/*
 * An upcall came while a VMI call ran on our stack, or the call faults.
 * in: as guest_unmask, with all registers live.
 */
ENTRY(deliver_deferred)
	cmpl	$0, %ss:vcpu0 + VCPU_CALL_FAULT
	jne	1f
	movl	$0, %ss:vcpu0 + VCPU_UPCALL_DEFERRED
	jmp	guest_unmask
/*
 * The call is an instruction's stand-in and faults like it: an exception with
 * error code 0 at the return address.  An upcall has set the mask meanwhile.
 */
1:	pushl	%cs
	pushl	4(%esp)
	pushfl
	andl	$~X86_EFLAGS_IF, (%esp)
	testl	$DEFERRED_UPCALL, %ss:vcpu0 + VCPU_UPCALL_DEFERRED
	jnz	2f
	testb	$1, VCPU_MASK
	jnz	3f
2:	orl	$X86_EFLAGS_IF, (%esp)
3:	movl	$0, %ss:vcpu0 + VCPU_UPCALL_DEFERRED
	popl	8(%esp)
	movb	$1, VCPU_MASK
	pushl	$0
	pushl	%ss:vcpu0 + VCPU_CALL_FAULT
	orl	$TRAP_FROM_IRET, (%esp)
	movl	$0, %ss:vcpu0 + VCPU_CALL_FAULT
	jmp	trap_common
END(deliver_deferred)

	.section .bss, "aw", @nobits
	.balign	4096
	.globl	vcpu_stack_guard, vcpu_stack
vcpu_stack_guard:			/* traps_init() unmaps it */
	.skip	PAGE_SIZE
vcpu_stack:
	.skip	VCPU_STACK_SIZE

/*
 * Failsafe: a segment register could not be reloaded when Xen scheduled us in.
 * Frame: DS ES FS GS EIP CS EFLAGS [ESP SS]; the bad ones are null already.
 */
	.text
ENTRY(failsafe_callback)
	addl	$16, %esp
	jmp	return_to_frame
END(failsafe_callback)

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entry of each VMI call, made from the table in rom/include/vmi-calls.def,
 * and the calls that are a few instructions long.
 *
 * A call of class STD changes to our stack, for the guest's may be nearly
 * full, and enters C with the arguments where regparm(3) wants them.  The
 * upcall that may come meanwhile only leaves a note (vcpu.upcall_deferred).
 * Class FLAGS runs on the guest's stack, with CS and SS alone being flat, and
 * changes nothing but flags.
 *
 * VMI calls: all.  Hypercalls: none here.
 */
#include "asm-offsets.h"
#include "cpu/vcpu.h"
#include "lib/asm.h"
#include "lib/trace.h"
#include "trap/traps.h"
#include "vmi-abi.h"
#include "x86-defs.h"

#define VCPU_MASK    %ss:shared_info_page + VCPU_INFO_MASK
#define VCPU_PENDING %ss:shared_info_page + VCPU_INFO_PENDING
#define CALL_SIZE 4

	.text

.macro COUNT nr
	incl	%ss:counters + COUNTERS_CALL + CALL_SIZE * \nr
.endm

/* make PROFILE=1: TSC cycles spent in each call, for counters_print(). */
.macro PROFILE_START
#ifdef PROFILE
	pushl	%eax
	pushl	%edx
	rdtsc
	movl	%eax, vcpu0 + VCPU_PROFILE_START
	popl	%edx
	popl	%eax
#endif
.endm
.macro PROFILE_END nr
#ifdef PROFILE
	pushl	%eax
	pushl	%edx
	rdtsc
	subl	vcpu0 + VCPU_PROFILE_START, %eax
	cmpl	%eax, vcpu0 + VCPU_CALL_LEAST + 4 * \nr
	jb	9f
	movl	%eax, vcpu0 + VCPU_CALL_LEAST + 4 * \nr
9:
	addl	%eax, vcpu0 + VCPU_CALL_CYCLES + 8 * \nr
	adcl	$0, vcpu0 + VCPU_CALL_CYCLES + 8 * \nr + 4
	popl	%edx
	popl	%eax
#endif
.endm

/* [ebp] = ebp, [ebp + 4] = return address, [ebp + 8] = ST0 */
.macro STUB_STD nr, name, handler, words
ENTRY(vmi_stub_\name)
	COUNT	\nr
	pushl	%ebp
	movl	%esp, %ebp
	movl	$vcpu_stack + VCPU_STACK_SIZE, %esp
	PROFILE_START
	.if \words >= 2
	pushl	12(%ebp)
	.endif
	.if \words >= 1
	pushl	8(%ebp)
	.endif
	call	\handler
	PROFILE_END \nr
	movl	%ebp, %esp
	popl	%ebp
	cmpl	$0, vcpu0 + VCPU_UPCALL_DEFERRED
	jne	deliver_deferred
	ret
END(vmi_stub_\name)
.endm

/* Registers in and out through struct vmi_frame; flags are kept. */
.macro STUB_FRAME nr, name, handler, words
ENTRY(vmi_stub_\name)
	pushfl
	COUNT	\nr
	cld
	pusha
	movl	%esp, %ebp
	movl	%esp, %eax
	movl	$\nr, %edx
	movl	$vcpu_stack + VCPU_STACK_SIZE, %esp
	call	\handler
	movl	%ebp, %esp
	popa
	cmpl	$0, vcpu0 + VCPU_UPCALL_DEFERRED
	jne	1f
	popfl
	ret
1:	call	deliver_deferred
	popfl
	ret
END(vmi_stub_\name)
.endm

.macro STUB_FLAGS nr, name, handler, words
ENTRY(vmi_stub_\name)
	COUNT	\nr
	jmp	\handler
END(vmi_stub_\name)
.endm

.macro STUB_NORET nr, name, handler, words
ENTRY(vmi_stub_\name)
	COUNT	\nr
	jmp	\handler
END(vmi_stub_\name)
.endm

.macro STUB_NONE nr, name, handler, words
	.set	vmi_stub_\name, 0
.endm

#define VMI_CALL(nr, name, reloc, class, stack, handler, in, out, linux,       \
		 section, note)                                                \
	STUB_##class nr, name, handler, stack;
#include "vmi-calls.def"

/* --- vmi_trace=calls: entries that get_reloc hands out instead ----------- */
.macro TRACED nr, name
ENTRY(vmi_traced_\name)
	pushl	$\nr
	pushl	$vmi_stub_\name
	jmp	call_trace
END(vmi_traced_\name)
.endm

#define VMI_CALL(nr, name, ...) TRACED nr, name;
#include "vmi-calls.def"

/*
 * Note a call, then go on in its stub, with all registers and flags.
 *
 *	44	the caller's return address
 *	40	number
 *	36	stub
 *	32	flags
 *	0	pushal
 *
 * C runs on our stack, with upcalls masked; one that came meanwhile is taken
 * by the next return from Xen, so make one.
 */
#define TRACED_EAX    28
#define TRACED_NR     40
#define TRACED_RETURN 44
ENTRY(call_trace)
	pushfl
	pushal
	movl	%esp, %ebp
	movzbl	VCPU_MASK, %ebx
	movb	$1, VCPU_MASK
	movl	%ds, %esi
	movl	%es, %edi
	movl	$FLAT_RING1_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	cld
	movl	$TRACE_CALL, %eax
	movl	TRACED_NR(%ebp), %edx
	movl	TRACED_RETURN(%ebp), %ecx
	movl	$vcpu_stack + VCPU_STACK_SIZE, %esp
	pushl	TRACED_EAX(%ebp)
	call	trace_add
	movl	%ebp, %esp
	movl	%esi, %ds
	movl	%edi, %es
	movb	%bl, VCPU_MASK
	testb	$0xff, VCPU_PENDING
	jz	1f
	movl	$NR_XEN_VERSION, %eax
	xorl	%ebx, %ebx
	int	$0x82
1:	popal
	popfl
	ret	$4
END(call_trace)


/* --- Interrupt flag ------------------------------------------------------- */
ENTRY(vmi_enable_interrupts)
	movl	$0, %ss:vcpu0 + VCPU_STI_BLOCKED
	jmp	guest_unmask
END(vmi_enable_interrupts)

ENTRY(vmi_disable_interrupts)
	movb	$1, VCPU_MASK
	ret
END(vmi_disable_interrupts)

/*
 * Answering "on" once means that the guest knows the virtual flag: see
 * vmi_set_interrupt_mask.
 */
ENTRY(vmi_get_interrupt_mask)
	movzbl	VCPU_MASK, %eax
	xorl	$1, %eax
	shll	$X86_EFLAGS_IF_BIT, %eax
	jz	1f
	movl	$0, %ss:vcpu0 + VCPU_STI_BLOCKED
1:	ret
END(vmi_get_interrupt_mask)

/*
 * Linux calls VMI_Init between a native pushf, which shows IF set in any
 * ring but 0, and SetInterruptMask with what that gave: it must not enable.
 */
ENTRY(vmi_set_interrupt_mask)
	testl	$X86_EFLAGS_IF, %eax
	jz	vmi_disable_interrupts
	cmpl	$0, %ss:vcpu0 + VCPU_STI_BLOCKED
	je	guest_unmask
	ret
END(vmi_set_interrupt_mask)

/* --- Return to user mode -------------------------------------------------- */
/* Reached by a jump: the frame is at ESP. */
ENTRY(vmi_iret)
	jmp	return_to_frame
END(vmi_iret)

/* SYSEXIT: EDX is EIP, ECX is ESP, selectors follow SYSENTER_CS (SDM 2B). */
ENTRY(vmi_sysexit)
	pushl	%ss:vcpu0 + VCPU_SYSENTER_CS
	addl	$24, (%esp)
	orl	$3, (%esp)
	pushl	%ecx
	pushfl
	orl	$X86_EFLAGS_IF, (%esp)
	pushl	%ss:vcpu0 + VCPU_SYSENTER_CS
	addl	$16, (%esp)
	orl	$3, (%esp)
	pushl	%edx
	jmp	return_to_frame
END(vmi_sysexit)

/* --- VMI_Init and get_reloc ----------------------------------------------- */
/* In ring 2 HLT is a #GP: trap/protection.c knows this address. */
ENTRY(vmi_init_entry)
	movl	%cs, %eax
	testb	$2, %al
	jz	1f
	.globl	vmi_init_hlt
vmi_init_hlt:
	hlt
1:	movl	$VMI_INIT_FAIL, %eax	/* called again, in ring 1 */
	ret
END(vmi_init_entry)

/* in: EAX = call. out: EDX:EAX.  Runs in the guest's ring, on its stack. */
ENTRY(vmi_reloc_entry)
	pushl	%ecx
	call	vmi_get_reloc
	popl	%ecx
	ret
END(vmi_reloc_entry)

	.section .rodata
	.balign	4
	.globl	vmi_call_eip
vmi_call_eip:
#define VMI_CALL(nr, name, ...) .long vmi_stub_##name;
#include "vmi-calls.def"
	.globl	vmi_traced_eip
vmi_traced_eip:
#define VMI_CALL(nr, name, ...) .long vmi_traced_##name;
#include "vmi-calls.def"

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What each VMI call stands for, as instructions: the guest's platform when
 * there is no ROM.  Arguments and results as the calls have them; nothing else
 * changes but flags.  native_calls has 0 where no instruction does the same.
 */
#include "layout-guest.h"
#include "lib/asm.h"
#include "types.h"
#include "x86-defs.h"

#define DR_SLOT 8 /* bytes of one move and its return */

	.text
native_CPUID:
	cpuid
	ret
native_WRMSR:
	wrmsr
	ret
native_RDMSR:
	rdmsr
	ret
native_SetGDT:
	lgdt	(%eax)
	ret
native_SetLDT:
	lldt	%ax
	ret
native_SetIDT:
	lidt	(%eax)
	ret
/* A busy TSS is refused. */
native_SetTR:
	movl	%eax, %edx
	andl	$X86_SEL_INDEX, %edx
	andb	$~0x02, gdt + 5(%edx)
	ltr	%ax
	ret
native_GetGDT:
	sgdt	(%eax)
	ret
native_GetLDT:
	sldt	%eax
	ret
native_GetIDT:
	sidt	(%eax)
	ret
native_GetTR:
	str	%eax
	ret
native_WriteGDTEntry:
native_WriteLDTEntry:
native_WriteIDTEntry:
	movl	%ecx, (%eax, %edx, 8)
	movl	4(%esp), %ecx
	movl	%ecx, 4(%eax, %edx, 8)
	ret
native_UpdateKernelStack:
	movl	%edx, tss + X86_TSS_ESP0
	ret
native_SetCR0:
	movl	%eax, %cr0
	ret
native_SetCR2:
	movl	%eax, %cr2
	ret
native_SetCR3:
	movl	%eax, %cr3
	ret
native_SetCR4:
	movl	%eax, %cr4
	ret
native_GetCR0:
	movl	%cr0, %eax
	ret
native_GetCR2:
	movl	%cr2, %eax
	ret
native_GetCR3:
	movl	%cr3, %eax
	ret
native_GetCR4:
	movl	%cr4, %eax
	ret
native_WBINVD:
	wbinvd
	ret
native_SetDR:
	cmpl	$7, %eax
	ja	1f
	leal	set_dr(, %eax, DR_SLOT), %eax
	jmp	*%eax
	.balign	DR_SLOT
set_dr:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	movl	%edx, %db\n
	ret
	.balign	DR_SLOT
	.endr
1:	ret
native_GetDR:
	cmpl	$7, %eax
	ja	1f
	leal	get_dr(, %eax, DR_SLOT), %eax
	jmp	*%eax
	.balign	DR_SLOT
get_dr:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7
	movl	%db\n, %eax
	ret
	.balign	DR_SLOT
	.endr
1:	xorl	%eax, %eax
	ret
native_RDPMC:
	rdpmc
	ret
native_RDTSC:
	rdtsc
	ret
native_CLTS:
	clts
	ret
native_EnableInterrupts:
	sti
	nop
	ret
native_DisableInterrupts:
	cli
	ret
native_GetInterruptMask:
	pushfl
	popl	%eax
	andl	$X86_EFLAGS_IF, %eax
	ret
native_SetInterruptMask:
	testl	$X86_EFLAGS_IF, %eax
	jz	native_DisableInterrupts
	jmp	native_EnableInterrupts
native_IRET:
	iret
native_SYSEXIT:
	sti
	sysexit
native_Halt:
	sti
	hlt
	ret
native_SetPxE:
	movl	%eax, (%edx)
	ret
/* High half first while the entry is not present (Linux's set_pte). */
native_SetPxELong:
	movl	%edx, 4(%ecx)
	movl	%eax, (%ecx)
	ret
native_UpdatePxE:
native_UpdatePxELong:
native_AllocatePage:
native_ReleasePage:
native_SetLinearMapping:
native_SetLazyMode:
native_IODelay:
	ret
native_InvalPage:
	invlpg	(%eax)
	ret
native_FlushTLB:
	testl	$2, %eax
	jnz	1f
	movl	%cr3, %eax
	movl	%eax, %cr3
	ret
1:	movl	%cr4, %eax
	movl	%eax, %edx
	xorl	$X86_CR4_PGE, %edx
	movl	%edx, %cr4
	movl	%eax, %cr4
	movl	%cr3, %eax
	movl	%eax, %cr3
	ret
native_INL:
	inl	%dx, %eax
	ret
native_INB:
	inb	%dx, %al
	ret
native_INW:
	inw	%dx, %ax
	ret
native_INSL:
	rep insl
	ret
native_INSB:
	rep insb
	ret
native_INSW:
	rep insw
	ret
native_OUTL:
	outl	%eax, %dx
	ret
native_OUTB:
	outb	%al, %dx
	ret
native_OUTW:
	outw	%ax, %dx
	ret
native_OUTSL:
	rep outsl
	ret
native_OUTSB:
	rep outsb
	ret
native_OUTSW:
	rep outsw
	ret
native_SetIOPLMask:
	pushfl
	andl	$~X86_EFLAGS_IOPL, (%esp)
	andl	$X86_EFLAGS_IOPL, %eax
	orl	%eax, (%esp)
	popfl
	ret
native_APICWrite:
	andl	$APIC_REG_MASK, %eax
	movl	%edx, APIC_VA(%eax)
	ret
native_APICRead:
	andl	$APIC_REG_MASK, %eax
	movl	APIC_VA(%eax), %eax
	ret

/* Nothing native. */
	.irp	name, Reboot, Shutdown, MachineToPhysical, PhysicalToMachine, \
		SetInitialAPState, GetCycleFrequency, GetCycleCounter, SetAlarm, \
		CancelAlarm, GetWallclockTime, WallclockUpdated, SetCallbacks
	.set	native_\name, 0
	.endr

	.section .rodata
	.balign	4
	.globl	native_calls
native_calls:
#define VMI_CALL(nr, name, ...) .long native_##name;
#include "vmi-calls.def"
	.section .note.GNU-stack, "", @progbits

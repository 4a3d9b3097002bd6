/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The calls that C cannot make: those that keep registers, those that do not
 * return; and get_reloc, made from vmi-calls.def.
 */
#include "vmi-abi.h"
#include "x86-defs.h"
#include "reference/rom-header.h"
#include "reference/trace.h"
#ifdef RING1
#include "ring1/ring1.h"
#include "ring1/overrides.h"
#endif

	.text
/* regparm EAX: call; EDX:EAX = struct vmi_reloc. */
	.globl	rom_get_reloc
rom_get_reloc:
	xorl	%edx, %edx
	cmpl	$VMI_NR_CALLS, %eax
	jae	2f
	call	1f
1:	popl	%ecx
	subl	$1b, %ecx
	movb	reloc_kinds(%ecx,%eax), %dl
	testb	$1, %dl			/* VMI_RELOC_CALL, or */
	jz	4f
	cmpb	$VMI_RELOC_CALL, %dl
	jne	2f
3:	cmpb	$0, ROM_OFF_TRACE(%ecx)
	jne	5f
	movzwl	reloc_targets(%ecx,%eax,2), %eax
	addl	%ecx, %eax
	ret
4:	cmpb	$VMI_RELOC_JUMP, %dl
	je	3b
2:	xorl	%eax, %eax
	ret
5:	leal	trace_stubs(%ecx,%eax,TRACE_STUB_SIZE), %eax
	ret

#define TARGET_NOP(nr, name, class)  0
#define TARGET_NONE(nr, name, class) 0
#ifdef RING1
/* Class STD goes through the gate, unless it is an instruction that traps. */
#define ADDRESS_STD(nr, name)	(ring1_gates + (nr) * RING1_GATE_SIZE)
#define ADDRESS_FLAGS(nr, name) RING1_FUNCTION(name)
#define ADDRESS_FRAME(nr, name) RING1_FUNCTION(name)
#define ADDRESS_NORET(nr, name) RING1_FUNCTION(name)
#define ADDRESS_NONE(nr, name)	0
#define TARGET_CALL(nr, name, class) ADDRESS_##class(nr, name)
#define TARGET_JUMP(nr, name, class) ADDRESS_##class(nr, name)
#else
#define TARGET_CALL(nr, name, class) ref_##name
#define TARGET_JUMP(nr, name, class) ref_##name
#endif

	.section .rodata
reloc_kinds:
#define VMI_CALL(nr, name, kind, ...) .byte VMI_RELOC_##kind;
#include "vmi-calls.def"
	.balign	2
	.globl	reloc_targets
	.hidden	reloc_targets
reloc_targets:
#ifdef RING1
#define VMI_CALL(nr, name, kind, class, ...) \
	.if RING1_IS_NATIVE(name); .word ref_##name; \
	.else; .word TARGET_##kind(nr, name, class); .endif;
#include "vmi-calls.def"
#define FUNCTION_CALL(name) RING1_FUNCTION(name)
#define FUNCTION_JUMP(name) RING1_FUNCTION(name)
#define FUNCTION_NOP(name)  0
#define FUNCTION_NONE(name) 0
	.globl	ring1_functions
	.hidden	ring1_functions
ring1_functions:
#define VMI_CALL(nr, name, kind, ...) .word FUNCTION_##kind(name);
#include "vmi-calls.def"
#else
#define VMI_CALL(nr, name, kind, class, ...) .word TARGET_##kind(nr, name, class);
#include "vmi-calls.def"
#endif

	.text
#define CALL(name) .globl ref_##name; .balign 4; ref_##name

/* --- As the instruction -------------------------------------------------------- */
CALL(CPUID):	cpuid; ret
CALL(WRMSR):	wrmsr; ret
CALL(RDMSR):	rdmsr; ret
CALL(RDPMC):	rdpmc; ret
CALL(INL):	inl	%dx, %eax; ret
CALL(INB):	inb	%dx, %al; ret
CALL(INW):	inw	%dx, %ax; ret
CALL(INSL):	rep; insl; ret
CALL(INSB):	rep; insb; ret
CALL(INSW):	rep; insw; ret
CALL(OUTL):	outl	%eax, %dx; ret
CALL(OUTB):	outb	%al, %dx; ret
CALL(OUTW):	outw	%ax, %dx; ret
CALL(OUTSL):	rep; outsl; ret
CALL(OUTSB):	rep; outsb; ret
CALL(OUTSW):	rep; outsw; ret

/* --- The interrupt flag: only flags change -------------------------------------- */
CALL(EnableInterrupts):
	sti
	ret
CALL(DisableInterrupts):
	cli
	ret
CALL(GetInterruptMask):
	pushfl
	popl	%eax
	andl	$X86_EFLAGS_IF, %eax
	ret
CALL(SetInterruptMask):
	testl	$X86_EFLAGS_IF, %eax
	jz	1f
	sti
	ret
1:	cli
	ret

/* --- Those that do not return --------------------------------------------------- */
/*
 * Every interrupt's handler ends here: the place to look after alarms, while
 * there are any.  DS and ES may be the user's.
 */
CALL(IRET):
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
	pushl	%ds
	pushl	%es
	movl	%ss, %eax
	movl	%eax, %ds
	movl	%eax, %es
	cld
	call	time_service
	popl	%es
	popl	%ds
	popl	%edx
	popl	%eax
	popl	%ecx
	iret
CALL(SYSEXIT):
	sti
	sysexit

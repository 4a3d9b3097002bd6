/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The reference ROM's header, PCI and PnP headers and strings; the entry that
 * the BIOS calls.  Lengths and checksums are mkrom's.
 */
#include "vmi-abi.h"
#include "x86-defs.h"
#include "reference/rom-header.h"

#define ROM_VERSION_MAJOR 0
#define ROM_VERSION_MINOR 1
#define CLASS_MEMORY	  0x05
#define CLASS_OTHER	  0x80
#ifdef RING1
#define PRODUCT "ring-1 ROM"
#else
#define PRODUCT "reference ROM"
#endif

	.section .header, "ax"
	.globl	rom_start
	.hidden	rom_start
rom_start:
	.word	VMI_ROM_SIGNATURE
	.byte	0			/* length */
	.code16
	jmp	bios_entry
	.code32
	.org	VMI_ROM_OFF_CHECKSUM
	.byte	0
	.long	VMI_VROM_SIGNATURE
	.byte	VMI_API_MINOR, VMI_API_MAJOR
	.byte	0			/* jump slots */
	.org	VMI_ROM_OFF_VIRTUAL_TOP
	.long	ROM_VIRTUAL_TOP
	.org	VMI_ROM_OFF_LICENSE
	.word	license, pci_header, pnp_header
	.org	ROM_OFF_TRACE
	.byte	0
	.org	ROM_OFF_SELF
	.long	0
	.org	ROM_OFF_DATA
	.long	0
	.org	VMI_ROM_OFF_INIT
#ifdef RING1
	jmp	rom_init_entry
#else
	jmp	rom_init
#endif
	.org	VMI_ROM_OFF_GET_RELOC
	jmp	rom_get_reloc
	.org	VMI_ROM_HEADER_SIZE

	.balign	4
pci_header:
	.long	VMI_PCI_SIGNATURE
	.word	VMI_PCI_VENDOR, VMI_PCI_DEVICE
	.word	0			/* vital product data */
	.word	VMI_PCI_HEADER_SIZE
	.byte	0			/* revision */
	.byte	0, CLASS_OTHER, CLASS_MEMORY
	.word	0			/* image length */
	.byte	ROM_VERSION_MINOR, ROM_VERSION_MAJOR
	.byte	VMI_PCI_CODE_PC, VMI_PCI_LAST_IMAGE
	.word	0

	.balign	16
pnp_header:
	.long	VMI_PNP_SIGNATURE
	.byte	VMI_PNP_REVISION
	.byte	VMI_PNP_HEADER_SIZE / VMI_PNP_UNIT
	.word	0			/* next */
	.byte	0
	.byte	0			/* checksum */
	.long	0			/* device ID */
	.word	manufacturer, product
	.byte	CLASS_MEMORY, CLASS_OTHER, 0
	.byte	0			/* indicators: nothing to boot from */
	.word	0, 0, 0, 0, 0

license:
	.asciz	VMI_LICENSE_GPL_V2
manufacturer:
	.asciz	"vmi-xen"
product:
	.asciz	PRODUCT

/*
 * Called by the BIOS, in real mode, while the ROM's memory can be written:
 * asks the POST memory manager for permanent memory below 1 MB, where every
 * guest maps memory, and enters it in the header.  Without that manager it
 * takes the end of conventional memory, as ROMs did before.
 * Source: POST Memory Manager specification 1.01; Plug and Play BIOS
 * specification 1.0A (AX = 0: no device).
 */
#define PMM_SIGNATURE	  0x4d4d5024	/* "$PMM" */
#define PMM_OFF_LENGTH	  5
#define PMM_OFF_ENTRY	  7
#define PMM_ALLOCATE	  0
#define PMM_CONVENTIONAL  1
#define PMM_PERMANENT	  8
#define PMM_ANONYMOUS	  0xffffffff
#define PMM_ARGS_SIZE	  12
#define PARAGRAPH_SHIFT	  4
#define KB_SHIFT	  10
#define SEGMENT_STEP	  1
/* One page more than we need: what we get is not page aligned. */
#define ASK_SIZE	  ((DATA_PAGES + 1) * PAGE_SIZE)

	.text
	.code16
bios_entry:
	pushf
	cld
	pushal
	pushw	%ds
	pushw	%es
	call	sum_ours
	addb	%al, %cs:VMI_ROM_OFF_CHECKSUM
	xorl	%ebx, %ebx
	movw	%cs, %bx
	shll	$PARAGRAPH_SHIFT, %ebx
	movl	%ebx, %cs:ROM_OFF_SELF
	movw	$(BIOS_AREA_START >> PARAGRAPH_SHIFT), %bx
1:	movw	%bx, %es
	cmpl	$PMM_SIGNATURE, %es:0
	je	3f
2:	addw	$SEGMENT_STEP, %bx
	jnc	1b
	jmp	conventional
3:	xorl	%ecx, %ecx		/* its bytes add up to 0 */
	movb	%es:PMM_OFF_LENGTH, %cl
	xorw	%si, %si
	xorb	%al, %al
4:	addb	%es:(%si), %al
	incw	%si
	loop	4b
	testb	%al, %al
	jnz	2b

	pushw	$(PMM_CONVENTIONAL | PMM_PERMANENT)
	pushl	$PMM_ANONYMOUS
	pushl	$(ASK_SIZE >> PARAGRAPH_SHIFT)
	pushw	$PMM_ALLOCATE
	lcallw	*%es:PMM_OFF_ENTRY
	addw	$PMM_ARGS_SIZE, %sp
	shll	$16, %edx
	movw	%ax, %dx
	leal	-1(%edx), %eax		/* 0: none; -1: no such function */
	cmpl	$(BIOS_AREA_END - ASK_SIZE), %eax
	jb	got_memory
conventional:
	xorw	%ax, %ax
	movw	%ax, %ds
	subw	$(ASK_SIZE >> KB_SHIFT), BDA_BASE_KB
	movzwl	BDA_BASE_KB, %edx
	shll	$KB_SHIFT, %edx
got_memory:
	addl	$(PAGE_SIZE - 1), %edx
	andl	$~(PAGE_SIZE - 1), %edx
	movl	%edx, %cs:ROM_OFF_DATA

	call	sum_ours		/* the checksum covers them */
	subb	%al, %cs:VMI_ROM_OFF_CHECKSUM
	popw	%es
	popw	%ds
	popal
	popf
	xorw	%ax, %ax
	lretw

/* AL: sum of the bytes that are entered here; clobbers CX, SI. */
sum_ours:
	movw	$(ROM_OFF_DATA + 4 - ROM_OFF_SELF), %cx
	movw	$ROM_OFF_SELF, %si
	xorb	%al, %al
1:	addb	%cs:(%si), %al
	incw	%si
	loop	1b
	retw
	.code32

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The real-mode part of the conformance guest's bzImage: the setup header of
 * Linux's boot protocol 2.10 (Documentation/x86/boot.txt), and as little code
 * as a loader that enters in real mode needs (qemu -kernel, GRUB): go to
 * protected mode, flat segments, ESI at this sector as struct boot_params.
 *
 * mkimage fills in syssize.
 */
#include "layout-guest.h"

#define SETUP_SECTS	4
#define PROTOCOL	0x020a
#define LOADED_HIGH	0x01
#define INITRD_MAX	0x37ffffff
#define CMDLINE_MAX	2047
#define SETUP_SEG	0x20	/* the loader enters one sector further */
#define SEGMENT_SHIFT	4

	.code16
	.text
	.globl	_start
_start:
	.org	0x1f1
	.byte	SETUP_SECTS
	.word	1			/* root_flags */
	.long	0			/* syssize */
	.word	0, 0, 0			/* ram_size, vid_mode, root_dev */
	.word	0xaa55
	.byte	0xeb, enter - 1f	/* 0x200: jump over the header */
1:	.ascii	"HdrS"
	.word	PROTOCOL
	.long	0			/* realmode_swtch */
	.word	0x1000			/* start_sys_seg */
	.word	version - 0x200
	.byte	0, LOADED_HIGH		/* type_of_loader, loadflags */
	.word	0			/* setup_move_size */
	.long	LOAD_ADDR		/* code32_start */
	.long	0, 0, 0			/* ramdisk_image, ramdisk_size, kludge */
	.word	0, 0			/* heap_end_ptr, ext_loader */
	.long	0			/* cmd_line_ptr */
	.long	INITRD_MAX
	.long	0x1000			/* kernel_alignment */
	.byte	0, 0			/* relocatable, min_alignment */
	.word	0			/* xloadflags */
	.long	CMDLINE_MAX
	.long	0, 0, 0			/* hardware_subarch, its data */
	.long	0, 0			/* payload */
	.long	0, 0			/* setup_data */
	.long	LOAD_ADDR, 0		/* pref_address */
	.long	INIT_SIZE

enter:
	cli
	movw	%cs, %ax
	subw	$SETUP_SEG, %ax
	movw	%ax, %ds
	movzwl	%ax, %esi
	shll	$SEGMENT_SHIFT, %esi
	leal	gdt(%esi), %eax
	movl	%eax, gdtr + 2
	lgdtl	gdtr
	movl	%cr0, %eax
	orl	$1, %eax
	movl	%eax, %cr0
	ljmpl	$BOOT_CS, $LOAD_ADDR

	.balign	8
gdt:	.quad	0, 0
	.quad	0x00cf9b000000ffff	/* BOOT_CS */
	.quad	0x00cf93000000ffff	/* BOOT_DS */
gdtr:	.word	. - gdt - 1
	.long	0

version:
	.ascii	"conformance-guest-"
	.asciz	GUEST_NAME
	.org	(SETUP_SECTS + 1) * 512
	.section .note.GNU-stack, "", @progbits

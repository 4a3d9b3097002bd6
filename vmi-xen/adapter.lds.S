/* SPDX-License-Identifier: GPL-2.0-only */
/* The adapter's image, at the start of the window (layout.h). */
#include "layout.h"
#include "types.h"

OUTPUT_FORMAT("elf32-i386")
OUTPUT_ARCH(i386)
ENTRY(_start)

PHDRS
{
	text PT_LOAD FLAGS(7);
	note PT_NOTE FLAGS(4);
}

SECTIONS
{
	. = WINDOW_BASE;
	.eyes : {
		*(.eyes)
		*(.eyes.ring)
	} :text
	.text : {
		_text_start = .;
		*(.text .text.*)
		_text_end = .;
	} :text
	. = ALIGN(PAGE_SIZE);
	.rodata : { *(.rodata .rodata.*) } :text
	.note.Xen : { *(.note.Xen) } :text :note
	.ex_table : {
		_ex_table_start = .;
		*(.ex_table)
		_ex_table_end = .;
	} :text
	. = ALIGN(PAGE_SIZE);
	.data : { *(.data .data.*) } :text
	. = ALIGN(PAGE_SIZE);
	.bss : { *(.bss .bss.* COMMON) } :text
	. = ALIGN(PAGE_SIZE);
	_image_end = .;

	/DISCARD/ : { *(.comment) *(.eh_frame) *(.note.GNU-stack) *(.note.gnu.*) }
}
ASSERT(_image_end < BUILDER_END_MAX, "the image leaves no room for the p2m")

/* SPDX-License-Identifier: GPL-2.0-only */
/* The reference ROM: a flat image, linked at 0, running anywhere. */
#include "reference/rom-header.h"

OUTPUT_FORMAT("elf32-i386")
OUTPUT_ARCH(i386)

SECTIONS
{
	. = 0;
	.rom : {
		*(.header)
		*(.text .text.*)
		*(.rodata .rodata.*)
		/* _GLOBAL_OFFSET_TABLE_ is an address to measure from only. */
		*(.got.plt)
	}
	rom_end = .;
	/* Memory under a ROM does not keep what is written to it. */
	.data : { *(.data .data.*) }
	.bss : { *(.bss .bss.* COMMON) }
	.got : { *(.got) }
	.rel : { *(.rel .rel.*) }
	ASSERT(SIZEOF(.data) + SIZEOF(.bss) == 0, "a ROM has no variables")
	ASSERT(ap_end - ap_start <= DATA_VARS, "no room for it before the variables")
	ASSERT(SIZEOF(.got) + SIZEOF(.rel) == 0, "not position-independent")

	/DISCARD/ : { *(.comment) *(.eh_frame) *(.note.*) *(.interp)
		      *(.dyn*) *(.gnu.hash) *(.hash) }
}

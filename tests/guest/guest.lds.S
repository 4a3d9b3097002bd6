/* SPDX-License-Identifier: GPL-2.0-only */
/* The conformance guest: linked at 3 GB, loaded at 1 MB, all in one piece. */
#include "layout-guest.h"

OUTPUT_FORMAT(elf32-i386)
ENTRY(startup)
SECTIONS
{
	. = PAGE_OFFSET + LOAD_ADDR;
	.text : { *(.head.text) *(.text .text.*) }
	.rodata : { *(.rodata .rodata.*) }
	.sites : { sites_start = .; KEEP(*(.sites)) sites_end = .; }
	.tests : { . = ALIGN(4); tests_start = .; KEEP(*(.tests)) tests_end = .; }
	.data : { *(.data .data.*) }
	. = ALIGN(4096);
	.user : { user_start = .; *(.user) . = ALIGN(4096); user_end = .; }
	.bss : { bss_start = .; *(.bss .bss.*) *(COMMON) bss_end = .; }
	ASSERT(bss_end < PAGE_OFFSET + POOL_START, "reaches the pool")
	/DISCARD/ : { *(.note*) *(.comment) *(.eh_frame) }
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Macros for assembly, and the exception table that C and assembly share. */
#ifndef VMI_LIB_ASM_H
#define VMI_LIB_ASM_H

#ifdef __ASSEMBLER__
#define ENTRY(name)                                                            \
	.globl name;                                                           \
	.type name, @function;                                                 \
	name:
#define END(name) .size name, .- name
/* A fault at FROM continues at TO. */
#define EXTABLE(from, to)                                                      \
	.pushsection.ex_table, "a";                                            \
	.long from, to;                                                        \
	.popsection
#else
#include "types.h"

#define EXTABLE_C(from, to)                                                    \
	".pushsection .ex_table, \"a\"\n"                                      \
	".long " from ", " to "\n"                                             \
	".popsection\n"

/** Where to go on after a fault at @eip, 0 when it is not a guarded access. */
uint32_t extable_find(uint32_t eip);
#endif
#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Ports for user code. */
#include "guest.h"
#include "traps.h"
#include "user.h"
#include "vmi.h"
#include "x86-defs.h"

#define LINUX_FLAGS (X86_EFLAGS_FIXED | X86_EFLAGS_IF)
#define PORT_NOBODY 0x390 /* reads as ones */
#define PATTERN	    0x12345678u
#define CODE16_SEL  (SPARE_SEL | 3)
#define CODE16_FLAGS                                                           \
	(X86_DESC_P | X86_DESC_S | X86_DESC_DPL |                              \
	 (X86_TYPE_CODE_RX << X86_DESC_TYPE_SHIFT))

extern union x86_desc gdt[GDT_ENTRIES];

static void write_spare(union x86_desc d)
{
	vmi(VMI_CALL_WriteGDTEntry, (uint32_t)(uintptr_t)gdt, GDT_SPARE, d.lo,
	    d.hi);
}

/* The same bytes, EAX after them. */
static uint32_t in_from(uint32_t cs, uint32_t eip)
{
	const struct user_regs r = { .cs = cs,
				     .eip = eip,
				     .esp = USER_STACK_TOP,
				     .eflags = LINUX_FLAGS | X86_EFLAGS_IOPL,
				     .eax = PATTERN,
				     .edx = PORT_NOBODY };

	user_run(&r, false);
	check_eq(last_trap.frame.vector, SYSCALL_VECTOR);
	return last_trap.frame.eax;
}

TEST("ports", "an operand's size goes by the code segment", AFTER)
{
	user_map();
	write_spare(x86_seg_desc(USER_VA, PAGE_SIZE - 1, CODE16_FLAGS));
	vmi(VMI_CALL_SetIOPLMask, X86_EFLAGS_IOPL);
	check_eq(in_from(USER_CS, USER(user_in_word)), 0xffffffff);
	check_eq(in_from(CODE16_SEL, USER(user_in_word) - USER_VA),
		 PATTERN | 0xffff);
	vmi(VMI_CALL_SetIOPLMask, 0);
	write_spare(x86_desc_make(0, 0));
}

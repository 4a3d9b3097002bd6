/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ports for user code: by the bitmap in the TSS, which is memory that nobody
 * tells of, and by IOPL.
 */
#include "guest.h"
#include "traps.h"
#include "user.h"
#include "vmi.h"
#include "x86-defs.h"

#define LINUX_FLAGS (X86_EFLAGS_FIXED | X86_EFLAGS_IF)
#define PORT_NOBODY 0x390 /* reads as ones */
#define SCRATCH	    (PORT_COM1 + UART_SCR)
#define VALUE	    0x3c
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

static void allow(uint16_t port, bool on)
{
	uint8_t bit = (uint8_t)(1u << port % 8);

	if (on)
		tss.ports[port / 8] &= (uint8_t)~bit;
	else
		tss.ports[port / 8] |= bit;
}

/* The vector that user code at @eip ends with. */
static uint32_t with_port(uint32_t eip, uint16_t port)
{
	user_call(eip, VALUE, 0, 0, port);
	check(last_trap.frame.vector != X86_EXC_GP ||
	      (last_trap.frame.eip == eip && !last_trap.frame.error));
	return last_trap.frame.vector;
}

static void bitmap(void)
{
	user_map();
	memset(tss.ports, 0xff, sizeof(tss.ports));
	tss.hw.iomap = offsetof(struct guest_tss, ports);
}

TEST("ports", "the bitmap in the TSS opens single ports", AFTER)
{
	bitmap();
	outb(SCRATCH, 0);
	check_eq(with_port(USER(user_out), SCRATCH), X86_EXC_GP);
	allow(SCRATCH, true);
	check_eq(with_port(USER(user_out), SCRATCH), SYSCALL_VECTOR);
	check_eq(inb(SCRATCH), VALUE);
	outb(SCRATCH, (uint8_t)~VALUE);
	check_eq(with_port(USER(user_in), SCRATCH), SYSCALL_VECTOR);
	check_eq(last_trap.frame.eax, (uint8_t)~VALUE);
	check_eq(with_port(USER(user_out), SCRATCH - 1), X86_EXC_GP);
	allow(SCRATCH, false);
	check_eq(with_port(USER(user_in), SCRATCH), X86_EXC_GP);
	check_eq(with_port(USER(user_out_delay), 0), X86_EXC_GP);
	allow(PORT_DELAY, true);
	check_eq(with_port(USER(user_out_delay), 0), SYSCALL_VECTOR);
}

/* Three of the four bits are in the byte before the last one. */
TEST("ports", "all ports of an access must be open", AFTER)
{
	const uint16_t first = PORT_NOBODY + 5;

	bitmap();
	for (uint16_t n = 0; n < 4; n++) {
		check_eq(with_port(USER(user_in_word), first), X86_EXC_GP);
		allow(first + n, true);
	}
	check_eq(with_port(USER(user_in_word), first), SYSCALL_VECTOR);
	check_eq(with_port(USER(user_in_word), first + 1), X86_EXC_GP);
}

/* The processor reads two bytes: the last one alone is not enough. */
TEST("ports", "beyond the bitmap all ports are shut", AFTER)
{
	bitmap();
	memset(tss.ports, 0, sizeof(tss.ports));
	check_eq(with_port(USER(user_in), TSS_PORTS - 9), SYSCALL_VECTOR);
	check_eq(with_port(USER(user_in), TSS_PORTS - 8), X86_EXC_GP);
	check_eq(with_port(USER(user_in), TSS_PORTS), X86_EXC_GP);
	check_eq(with_port(USER(user_in), 0xffff), X86_EXC_GP);
	tss.hw.iomap = TSS_NO_PORTS;
	check_eq(with_port(USER(user_in), SCRATCH), X86_EXC_GP);
}

/* IN of user code at @eip with TF set: the trap comes behind it. */
static void step_in(uint32_t eip, uint32_t iopl)
{
	const struct user_regs r = { .eip = eip,
				     .esp = USER_STACK_TOP,
				     .eflags =
					     LINUX_FLAGS | X86_EFLAGS_TF | iopl,
				     .eax = PATTERN,
				     .edx = PORT_NOBODY };

	vmi(VMI_CALL_SetDR, 6, X86_DR6_DEFAULT);
	user_run(&r, false);
	check_eq(last_trap.frame.vector, X86_EXC_DB);
	check_eq(last_trap.frame.eip, eip + 1);
	check_eq(last_trap.frame.eax, PATTERN | 0xff);
	check_eq(last_trap.frame.eflags & X86_EFLAGS_TF, X86_EFLAGS_TF);
	check_eq((uint32_t)vmi(VMI_CALL_GetDR, 6) & X86_DR6_BS, X86_DR6_BS);
	vmi(VMI_CALL_SetDR, 6, X86_DR6_DEFAULT);
}

TEST("ports", "single step over IN, by IOPL and by the bitmap", AFTER)
{
	bitmap();
	vmi(VMI_CALL_SetIOPLMask, X86_EFLAGS_IOPL);
	step_in(USER(user_in), X86_EFLAGS_IOPL);
	vmi(VMI_CALL_SetIOPLMask, 0);
	allow(PORT_NOBODY, true);
	step_in(USER(user_in), 0);
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

/* INS or OUTS of user code at @eip, COUNT bytes at @at. */
#define COUNT	   5u
#define LINE	   "ports"
#define KEPT_FLAGS (X86_EFLAGS_IF | X86_EFLAGS_TF)

static void string_at(uint32_t eip, uint32_t at, uint32_t more_flags)
{
	const struct user_regs r = { .eip = eip,
				     .esp = USER_STACK_TOP,
				     .eflags = LINUX_FLAGS | more_flags,
				     .ecx = COUNT,
				     .edx = SCRATCH,
				     .esi = at,
				     .edi = at };

	user_run(&r, false);
	check_eq(last_trap.frame.eflags & KEPT_FLAGS,
		 X86_EFLAGS_IF | (more_flags & X86_EFLAGS_TF));
	check((last_trap.frame.eflags & X86_EFLAGS_IOPL) != X86_EFLAGS_IOPL);
}

static void is_at(uint32_t vector, uint32_t eip, uint32_t edi, uint32_t esi,
		  uint32_t left)
{
	check_eq(last_trap.frame.vector, vector);
	check_eq(last_trap.frame.eip, eip);
	check_eq(last_trap.frame.edi, edi);
	check_eq(last_trap.frame.esi, esi);
	check_eq(last_trap.frame.ecx, left);
}

TEST("ports", "INS and OUTS by the bitmap", AFTER)
{
	const uint8_t *data = (const uint8_t *)USER_DATA;

	bitmap();
	outb(SCRATCH, VALUE);
	string_at(USER(user_rep_insb), USER_DATA, 0);
	is_at(X86_EXC_GP, USER(user_rep_insb), USER_DATA, USER_DATA, COUNT);
	string_at(USER(user_rep_outsb), USER_DATA, 0);
	is_at(X86_EXC_GP, USER(user_rep_outsb), USER_DATA, USER_DATA, COUNT);
	allow(SCRATCH, true);
	string_at(USER(user_rep_insb), USER_DATA, 0);
	is_at(SYSCALL_VECTOR, USER(user_rep_insb) + 4, USER_DATA + COUNT,
	      USER_DATA, 0);
	for (uint32_t i = 0; i < COUNT; i++)
		check_eq(data[i], VALUE);
	check_eq(data[COUNT], 0);
	memcpy((void *)USER_DATA, LINE, COUNT);
	string_at(USER(user_rep_outsb), USER_DATA, 0);
	is_at(SYSCALL_VECTOR, USER(user_rep_outsb) + 4, USER_DATA,
	      USER_DATA + COUNT, 0);
	check_eq(inb(SCRATCH), LINE[COUNT - 1]);
	string_at(USER(user_outsb_es), USER_DATA, 0);
	is_at(SYSCALL_VECTOR, USER(user_outsb_es) + 4, USER_DATA, USER_DATA + 1,
	      COUNT);
	check_eq(inb(SCRATCH), LINE[0]);
	string_at(USER(user_insw), USER_DATA, 0);
	is_at(X86_EXC_GP, USER(user_insw), USER_DATA, USER_DATA, COUNT);
	check_eq(last_trap.frame.error, 0);
}

/* The port is open, the memory is not the user's. */
static void string_faults(uint32_t eip, uint32_t at, uint32_t error)
{
	string_at(eip, at, 0);
	is_at(X86_EXC_PF, eip, at, at, COUNT);
	check_eq(last_trap.frame.error, error);
	check_eq(last_trap.cr2, at);
}

TEST("ports", "INS and OUTS use the user's rights to memory", AFTER)
{
	const uint32_t user = X86_PFEC_U, write = X86_PFEC_W,
		       present = X86_PFEC_P;
	uint32_t kernel = (uint32_t)(uintptr_t)&tss;
	uint8_t first = *(const uint8_t *)&tss;

	bitmap();
	allow(SCRATCH, true);
	outb(SCRATCH, (uint8_t)~first);
	string_faults(USER(user_rep_insb), kernel, user | write | present);
	check_eq(*(const volatile uint8_t *)&tss, first);
	string_faults(USER(user_rep_outsb), kernel, user | present);
	check_eq(inb(SCRATCH), (uint8_t)~first);
	string_faults(USER(user_rep_insb), USER_VA, user | write | present);
	string_faults(USER(user_rep_insb), USER_DATA + PAGE_SIZE, user | write);
	/* In the middle: what was before it is done. */
	string_at(USER(user_rep_insb), USER_DATA + PAGE_SIZE - 2, 0);
	is_at(X86_EXC_PF, USER(user_rep_insb), USER_DATA + PAGE_SIZE,
	      USER_DATA + PAGE_SIZE - 2, COUNT - 2);
	check_eq(last_trap.cr2, USER_DATA + PAGE_SIZE);
}

TEST("ports", "single step over INS and OUTS, round by round", AFTER)
{
	bitmap();
	allow(SCRATCH, true);
	vmi(VMI_CALL_SetDR, 6, X86_DR6_DEFAULT);
	string_at(USER(user_rep_insb), USER_DATA, X86_EFLAGS_TF);
	is_at(X86_EXC_DB, USER(user_rep_insb), USER_DATA + 1, USER_DATA,
	      COUNT - 1);
	check_eq((uint32_t)vmi(VMI_CALL_GetDR, 6) & X86_DR6_BS, X86_DR6_BS);
	vmi(VMI_CALL_SetDR, 6, X86_DR6_DEFAULT);
	string_at(USER(user_outsb_es), USER_DATA, X86_EFLAGS_TF);
	is_at(X86_EXC_DB, USER(user_outsb_es) + 2, USER_DATA, USER_DATA + 1,
	      COUNT);
	vmi(VMI_CALL_SetDR, 6, X86_DR6_DEFAULT);
}

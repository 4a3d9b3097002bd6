/* SPDX-License-Identifier: GPL-2.0-only */
/* What user code must not be able to do to the kernel below it. */
#include "guest.h"
#include "mm.h"
#include "traps.h"
#include "user.h"
#include "vmi.h"
#include "x86-defs.h"

#define TLS_SEL	     (GDT_TLS << X86_SEL_INDEX_SHIFT | 3)
#define FLAT_LIMIT   0xfffff
#define OPCODE_IRET  0xcf
#define OPCODE_HLT   0xf4
#define OPCODE_UD2   0x0b0f
#define CODE_AROUND  (128u * 1024) /* the ROM's code is not larger */
#define V86_PAGE     0x2000
#define V86_CS	     (KERNEL_CS | 1) /* a segment there, a ring elsewhere */
#define V86_IP	     (V86_PAGE - (V86_CS << 4))
#define V86_EFLAGS   (X86_EFLAGS_FIXED | X86_EFLAGS_IF | X86_EFLAGS_VM)
#define SEGMENT_BITS (X86_DESC_FLAT_CODE & ~X86_DESC_LIMIT_HIGH)

static const struct trap_frame *frame(void)
{
	return &last_trap.frame;
}

static void set_tls(union x86_desc d)
{
	extern union x86_desc gdt[GDT_ENTRIES];

	vmi(VMI_CALL_WriteGDTEntry, (uint32_t)(uintptr_t)gdt, GDT_TLS, d.lo,
	    d.hi);
}

/* User code whose segment makes a HLT of its own stand at @eip. */
static bool faults_as_itself(uint32_t eip)
{
	const struct user_regs r = { .eip = eip,
				     .esp = USER_STACK_TOP,
				     .cs = TLS_SEL };

	set_tls(x86_seg_desc(USER(user_hlt) - eip, FLAT_LIMIT,
			     SEGMENT_BITS | X86_DESC_DPLN(3u)));
	user_run(&r, false);
	return last_trap.user && frame()->vector == X86_EXC_GP &&
	       frame()->error == 0 && frame()->eip == eip &&
	       (frame()->cs & 0xffff) == TLS_SEL && frame()->esp == r.esp;
}

static void read_byte(void *at)
{
	*(volatile uint8_t *)at;
}

/*
 * A handler that asks where a fault came from must not believe the EIP alone:
 * with a segment of its own, user code may stand at any.
 */
TEST("guard", "user code at the ROM's IRETs and HLTs faults as itself", AFTER)
{
	extern const uint8_t trap_iret[];
	uint32_t at = vmi_active ? vmi_target(VMI_CALL_IRET)
				 : (uint32_t)(uintptr_t)trap_iret;
	uint32_t end = at + CODE_AROUND, tried = 0;

	user_map();
	at = (at - CODE_AROUND) & ~(uint32_t)PAGE_MASK;
	for (; at < end; at++) {
		uint8_t *byte = (uint8_t *)(uintptr_t)at;

		if (!(at & PAGE_MASK) && guarded(read_byte, byte) != -1) {
			at |= PAGE_MASK;
			continue;
		}
		if (*byte != OPCODE_IRET && *byte != OPCODE_HLT)
			continue;
		tried++;
		if (!faults_as_itself(at)) {
			fail(__FILE__, __LINE__, "at %#x", at);
			break;
		}
	}
	set_tls(x86_desc_make(0, 0));
	check(tried);
}

/*
 * vm86() of Linux gives user code the choice of CS.  Where there is no such
 * mode, IRET must not take it for a selector.
 */
TEST("guard", "IRET to virtual-8086 mode does not enter a ring of the kernel's",
     AFTER)
{
	const struct user_regs r = { .eip = V86_IP,
				     .esp = 0,
				     .cs = V86_CS,
				     .ss = V86_CS,
				     .eflags = V86_EFLAGS };
	pte_t *p = pte_of(V86_PAGE, false), old = *p;

	*(volatile uint8_t *)va(V86_PAGE) = OPCODE_HLT;
	*(volatile uint16_t *)va(V86_IP) = OPCODE_UD2; /* not to run */
	pte_set(p, old | X86_PTE_US, VMI_PAGE_PT);
	flush_page(V86_PAGE);
	user_run(&r, false);
	pte_set(p, old, VMI_PAGE_PT);
	flush_page(V86_PAGE);
	check(last_trap.user);
	check_eq(frame()->vector, X86_EXC_GP);
	check_eq(frame()->error, 0);
	check_eq(frame()->eip, V86_IP);
	check_eq(frame()->cs & 0xffff, V86_CS);
	check_eq(frame()->eflags & X86_EFLAGS_VM, X86_EFLAGS_VM);
}

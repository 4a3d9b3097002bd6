/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernels that ask for their ring at the 32-bit entry.
 *
 * Linux 2.6.21's startup_32 begins with "mov %cs, %eax; test $3, %eax; jnz":
 * outside ring 0 it takes itself for a guest of something that has set up
 * paging, and pushes to a linear address of later; nobody there wants it, and it
 * ends in a ud2.  No instruction of the test traps.  So the way back is taken
 * where something does, at the push, or at the ud2 when a PC has memory at that
 * address: when what the guest runs is the target of such a test, it goes on
 * behind the test as it would in ring 0.  Up to there only EAX, ESP and flags
 * have changed, which the code behind it does not use.
 *
 * VMI calls: none.  Hypercalls: none.
 * Source: Linux 2.6.21 arch/i386/kernel/head.S.
 */
#include "cpu/machine.h"
#include "lib/log.h"
#include "lib/string.h"
#include "trap/handlers.h"
#include "x86-defs.h"

#define TARGET_TO_UD2 64u	 /* bytes of code before the ud2, at most */
#define SEARCH	      (4u << 20) /* the target lies in the same image */

static const uint8_t cs_test[] = {
	0x8c, 0xc8,		      /* mov %cs, %eax */
	0xa9, 0x03, 0x00, 0x00, 0x00, /* test $3, %eax */
	0x0f, 0x85,		      /* jnz, a dword follows */
};
#define TEST_LEN (sizeof(cs_test) + 4)

/* Does a test at @at lead to where @eip is? */
static bool leads_here(struct vcpu *v, uint32_t at, uint32_t eip)
{
	uint8_t code[TEST_LEN];
	uint32_t distance;

	guest_read_phys(&v->machine->mmu, &v->shadow, code, at, sizeof(code));
	if (memcmp(code, cs_test, sizeof(cs_test)))
		return false;
	memcpy(&distance, code + sizeof(cs_test), sizeof(distance));
	return eip - (at + TEST_LEN + distance) <= TARGET_TO_UD2;
}

bool cs_test_undo(struct vcpu *v, struct cpu_regs *regs)
{
	uint32_t page = regs->eip & ~(uint32_t)PAGE_MASK;

	if (v->mode != CPU_RING2 || (v->cr0 & X86_CR0_PG) || regs_user(regs))
		return false;
	/* A kernel's entry is the start of its image, on a page boundary. */
	for (uint32_t n = 0; n < SEARCH && page - n >= PC_HIGH_START;
	     n += PAGE_SIZE) {
		if (!leads_here(v, page - n, regs->eip))
			continue;
		log_dbg(TRAP, "the kernel at %#x tests CS for its ring",
			page - n);
		regs->eip = page - n + TEST_LEN;
		return true;
	}
	return false;
}

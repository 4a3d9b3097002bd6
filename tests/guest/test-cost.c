/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls that must cost no hypercall, by the adapter's counters page: only on
 * Xen.
 */
#include "eyes.h"
#include "guest.h"
#include "pte.h"
#include "x86-defs.h"

static void costs_none(const char *what, uint32_t before)
{
	uint32_t n = eyes_hypercalls() - before;

	if (n)
		fail(__FILE__, __LINE__, "%s: %u hypercalls", what, n);
}

/* Once for whatever the adapter has to map for it, then counted. */
#define free_of_cost(op)                                                       \
	do {                                                                   \
		uint32_t before_;                                              \
		op;                                                            \
		before_ = eyes_hypercalls();                                   \
		op;                                                            \
		costs_none(#op, before_);                                      \
	} while (0)

static void need_eyes(void)
{
	if (!eyes_find())
		skip("no counters page");
}

TEST("cost", "no hypercall: registers, flags, time, ports", AFTER)
{
	need_eyes();
	free_of_cost(vmi(VMI_CALL_GetInterruptMask));
	free_of_cost(vmi(VMI_CALL_SetInterruptMask, 0));
	free_of_cost(vmi(VMI_CALL_DisableInterrupts));
	free_of_cost(vmi(VMI_CALL_EnableInterrupts));
	irq_off();
	free_of_cost(vmi(VMI_CALL_GetCR0));
	free_of_cost(vmi(VMI_CALL_GetCR2));
	free_of_cost(vmi(VMI_CALL_GetCR3));
	free_of_cost(vmi(VMI_CALL_GetCR4));
	free_of_cost(vmi(VMI_CALL_SetCR2, 0));
	free_of_cost(vmi(VMI_CALL_CPUID));
	free_of_cost(vmi(VMI_CALL_RDTSC));
	free_of_cost(vmi(VMI_CALL_WBINVD));
	free_of_cost(vmi(VMI_CALL_SetIOPLMask, 0));
	free_of_cost(vmi(VMI_CALL_IODelay));
	free_of_cost(vmi(VMI_CALL_INB, 0, PORT_PIC1_DATA));
	free_of_cost(vmi(VMI_CALL_APICRead, APIC_ID));
	free_of_cost(vmi(VMI_CALL_GetCycleFrequency));
	free_of_cost(vmi(VMI_CALL_GetCycleCounter, VMI_CYCLES_REAL));
	free_of_cost(vmi(VMI_CALL_GetCycleCounter, VMI_CYCLES_STOLEN));
	free_of_cost(vmi(VMI_CALL_GetWallclockTime));
	free_of_cost(vmi(VMI_CALL_WallclockUpdated));
}

/* xenconsoled need not be woken for each byte; a pause in a line is seen. */
TEST("cost", "one hypercall: a line on the serial port; none: its first half",
     AFTER)
{
	uint32_t before;

	need_eyes();
	irq_off();
	print("# a line\n");
	before = eyes_hypercalls();
	print("# half of it, ");
	check_eq(eyes_hypercalls() - before, 0);
	print("and the rest\n");
	check_eq(eyes_hypercalls() - before, 1);
	print("# and one who waits for input: ");
	check_eq(eyes_hypercalls() - before, 1);
	inb(PORT_COM1 + UART_LSR);
	inb(PORT_COM1 + UART_LSR);
	check_eq(eyes_hypercalls() - before, 2);
	print("\n");
}

TEST("cost", "no hypercall: tables that are not shadowed, the linear map",
     AFTER)
{
	uint32_t table;

	need_eyes();
	table = frame_take();
	free_of_cost(vmi_allocate(table, VMI_PAGE_PT | VMI_PAGE_ZEROED));
	free_of_cost(vmi_set(va(table), table | KERNEL_PAGE, VMI_PAGE_PT));
	free_of_cost(vmi_update(va(table), VMI_PAGE_PT));
	free_of_cost(vmi_release(table, VMI_PAGE_PT));
	free_of_cost(vmi45(VMI_CALL_SetLinearMapping, 0, PAGE_OFFSET,
			   LOWMEM_SIZE >> PAGE_SHIFT, 0));
}

TEST("cost", "one hypercall: an entry of the kernel's, 32 of them lazily",
     AFTER)
{
	uint32_t frame, before;
	pte_t *p;

	need_eyes();
	frame = frame_take();
	p = pte_of(TEST_VA, true);
	before = eyes_hypercalls();
	vmi_set(p, frame | KERNEL_PAGE, VMI_PAGE_PT);
	check_eq(eyes_hypercalls() - before, 1);
	before = eyes_hypercalls();
	vmi(VMI_CALL_SetLazyMode, VMI_LAZY_MMU);
	for (uint32_t i = 0; i < 32; i++)
		vmi_set(p + i, frame | KERNEL_PAGE, VMI_PAGE_PT);
	check_eq(eyes_hypercalls() - before, 0);
	vmi(VMI_CALL_SetLazyMode, VMI_LAZY_NONE);
	check_eq(eyes_hypercalls() - before, 1);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stack use: kernels with stacks of 4 kB call from deep inside.  What lies
 * below is not mapped, and what lies above is not the ROM's.
 */
#include "guest.h"
#include "irq.h"
#include "pte.h"
#include "vmi.h"
#include "x86-defs.h"

/* Room below the arguments: a return address, and what a small ROM pushes. */
#define ROOM  96
#define FILL  0x5c
#define STACK (TEST_VA + PAGE_SIZE)
#define WORDS 12 /* vmi()'s own: canary, two arguments */

static void small_stack(void)
{
	map_new(STACK, KERNEL_PAGE);
	memset((void *)STACK, FILL, PAGE_SIZE);
	vmi_stack = STACK + ROOM + WORDS;
}

static void check_above(void)
{
	const uint8_t *p = (const uint8_t *)STACK;

	for (uint32_t i = ROOM + WORDS; i < PAGE_SIZE; i++) {
		if (p[i] != FILL) {
			fail(__FILE__, __LINE__, "byte %u above is %#x",
			     i - ROOM, p[i]);
			return;
		}
	}
}

TEST("stack", "calls with 96 bytes of stack left", AFTER)
{
	static const uint8_t calls[] = {
		VMI_CALL_GetCR0,
		VMI_CALL_GetCR2,
		VMI_CALL_GetCR3,
		VMI_CALL_GetCR4,
		VMI_CALL_CLTS,
		VMI_CALL_SetLazyMode,
		VMI_CALL_GetTR,
		VMI_CALL_EnableInterrupts,
		VMI_CALL_GetInterruptMask,
		VMI_CALL_DisableInterrupts,
		VMI_CALL_SetInterruptMask,
		VMI_CALL_WBINVD,
		VMI_CALL_RDTSC,
	};

	pic_mask_all();
	small_stack();
	for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++)
		vmi(calls[i], 0);
	vmi_stack = 0;
	check_above();
}

TEST("stack", "page-table calls with 96 bytes of stack left", AFTER)
{
	pte_t *p = pte_of(TEST_VA + 16 * PAGE_SIZE, true);
	uint32_t frame = marked_frame(1);

	small_stack();
	vmi_set(p, frame | KERNEL_PAGE, VMI_PAGE_PT);
	vmi_update(p, VMI_PAGE_PT);
	vmi_inval(TEST_VA + 16 * PAGE_SIZE);
	vmi_flush(VMI_FLUSH_TLB);
	vmi(VMI_CALL_SetCR3, (uint32_t)vmi(VMI_CALL_GetCR3));
	vmi_stack = 0;
	check_above();
	check_reads(TEST_VA + 16 * PAGE_SIZE, 1);
}

TEST("stack", "descriptor and port calls with 96 bytes of stack left", AFTER)
{
	extern union x86_desc gdt[];

	small_stack();
	vmi(VMI_CALL_WriteGDTEntry, (uint32_t)(uintptr_t)gdt, GDT_SPARE, 0, 0);
	vmi(VMI_CALL_INB, 0, PORT_COM1 + UART_SCR);
	vmi(VMI_CALL_OUTB, 0, PORT_COM1 + UART_SCR);
	vmi(VMI_CALL_CPUID, 0);
	vmi_stack = 0;
	check_above();
}

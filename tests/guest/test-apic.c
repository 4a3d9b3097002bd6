/* SPDX-License-Identifier: GPL-2.0-only */
/* The local APIC, by its calls and as memory. */
#include "guest.h"
#include "irq.h"
#include "traps.h"
#include "vmi.h"
#include "x86-defs.h"

#define IPI_VECTOR  0x51
#define IPI_LOWER   0x41
#define TIMER_COUNT 200000
#define TPR_TRIED   0x20
#define TPR_BLOCK   0x50
#define VERSION_MIN 0x10
#define ABSENT_CPU  200

static uint32_t get(uint32_t reg)
{
	return (uint32_t)vmi(VMI_CALL_APICRead, reg);
}

static void set(uint32_t reg, uint32_t value)
{
	vmi(VMI_CALL_APICWrite, reg, value);
}

static volatile uint32_t *memory(uint32_t reg)
{
	return (volatile uint32_t *)(APIC_VA + reg);
}

static bool eoi(struct trap_frame *f)
{
	(void)f;
	*memory(APIC_EOI) = 0;
	return true;
}

static void setup(void)
{
	set(APIC_TPR, 0);
	set(APIC_SPIV, APIC_SPIV_ENABLE | SPURIOUS_VEC);
	set(APIC_LVTT, APIC_LVT_MASKED | LVTT_VECTOR);
	trap_hook(IPI_VECTOR, eoi);
	trap_hook(IPI_LOWER, eoi);
	trap_hook(LVTT_VECTOR, eoi);
}

TEST("apic", "ID 0 and an integrated version", AFTER)
{
	check_eq(get(APIC_ID) >> APIC_ID_SHIFT, 0);
	check((get(APIC_VERSION) & 0xff) >= VERSION_MIN);
}

TEST("apic", "registers keep what is written", AFTER)
{
	setup();
	set(APIC_TPR, TPR_TRIED);
	check_eq(get(APIC_TPR), TPR_TRIED);
	set(APIC_TPR, 0);
	check_eq(get(APIC_TPR), 0);
	set(APIC_LVTT, APIC_LVT_MASKED | LVTT_VECTOR);
	check_eq(get(APIC_LVTT), APIC_LVT_MASKED | LVTT_VECTOR);
	check_eq(get(APIC_SPIV) & (APIC_SPIV_ENABLE | APIC_VECTOR_MASK),
		 APIC_SPIV_ENABLE | SPURIOUS_VEC);
}

TEST("apic", "read-only registers ignore writes", AFTER)
{
	uint32_t version = get(APIC_VERSION);

	set(APIC_VERSION, ~version);
	check_eq(get(APIC_VERSION), version);
}

TEST("apic", "a register may be named by offset or by address", AFTER)
{
	setup();
	check_eq(get(APIC_VA + APIC_VERSION), get(APIC_VERSION));
	set(APIC_VA + APIC_TPR, TPR_TRIED);
	check_eq(get(APIC_TPR), TPR_TRIED);
	set(APIC_TPR, 0);
}

TEST("apic", "the page in memory shows the same registers", AFTER)
{
	setup();
	check_eq(*memory(APIC_VERSION), get(APIC_VERSION));
	set(APIC_TPR, TPR_TRIED);
	check_eq(*memory(APIC_TPR), TPR_TRIED);
	*memory(APIC_TPR) = 0;
	check_eq(get(APIC_TPR), 0);
}

TEST("apic", "an IPI to itself is delivered, by the calls", AFTER)
{
	setup();
	set(APIC_ICR, APIC_ICR_SELF | APIC_DM_FIXED | IPI_VECTOR);
	check_eq(get(APIC_ICR) & APIC_ICR_BUSY, 0);
	check_eq(trap_count[IPI_VECTOR], 0);
	irq_on();
	check(wait_count(&trap_count[IPI_VECTOR], 1));
	irq_off();
	check_eq(trap_count[IPI_VECTOR], 1);
}

TEST("apic", "an IPI to itself is delivered, by memory", AFTER)
{
	setup();
	irq_on();
	*memory(APIC_ICR) = APIC_ICR_SELF | APIC_DM_FIXED | IPI_VECTOR;
	check(wait_count(&trap_count[IPI_VECTOR], 1));
	irq_off();
	check_eq(trap_count[IPI_VECTOR], 1);
}

static uint32_t request(uint32_t base, unsigned int vector)
{
	return get(base + vector / 32 * APIC_REG_STEP) & BIT(vector % 32);
}

TEST("apic", "what is pending is in IRR", AFTER)
{
	setup();
	check(!request(APIC_IRR, IPI_VECTOR));
	set(APIC_ICR, APIC_ICR_SELF | IPI_VECTOR);
	check(request(APIC_IRR, IPI_VECTOR));
	irq_on();
	check(wait_count(&trap_count[IPI_VECTOR], 1));
	irq_off();
	check(!request(APIC_IRR, IPI_VECTOR));
	check(!request(APIC_ISR, IPI_VECTOR));
}

static unsigned int order[4], nr_order;

static bool note_order(struct trap_frame *f)
{
	if (nr_order < ARRAY_SIZE(order))
		order[nr_order++] = f->vector;
	return eoi(f);
}

TEST("apic", "the higher vector comes first", AFTER)
{
	setup();
	nr_order = 0;
	trap_hook(IPI_VECTOR, note_order);
	trap_hook(IPI_LOWER, note_order);
	set(APIC_ICR, APIC_ICR_SELF | IPI_LOWER);
	set(APIC_ICR, APIC_ICR_SELF | IPI_VECTOR);
	irq_on();
	check(wait_count(&trap_count[IPI_LOWER], 1));
	irq_off();
	check_eq(nr_order, 2);
	check_eq(order[0], IPI_VECTOR);
	check_eq(order[1], IPI_LOWER);
}

TEST("apic", "the task priority holds back what is not above it", AFTER)
{
	setup();
	set(APIC_TPR, TPR_BLOCK);
	set(APIC_ICR, APIC_ICR_SELF | IPI_VECTOR);
	irq_on();
	check_eq(trap_count[IPI_VECTOR], 0);
	set(APIC_TPR, 0);
	check(wait_count(&trap_count[IPI_VECTOR], 1));
	irq_off();
	check_eq(trap_count[IPI_VECTOR], 1);
}

TEST("apic", "its timer, once", AFTER)
{
	setup();
	set(APIC_TDCR, APIC_TDCR_DIV1);
	set(APIC_LVTT, LVTT_VECTOR);
	set(APIC_TMICT, TIMER_COUNT);
	check(get(APIC_TMCCT) <= TIMER_COUNT);
	irq_on();
	check(wait_count(&trap_count[LVTT_VECTOR], 1));
	irq_off();
	check_eq(trap_count[LVTT_VECTOR], 1);
	check_eq(get(APIC_TMCCT), 0);
}

TEST("apic", "its timer, periodic", AFTER)
{
	setup();
	set(APIC_TDCR, APIC_TDCR_DIV1);
	set(APIC_LVTT, LVTT_VECTOR | APIC_LVT_PERIODIC);
	set(APIC_TMICT, TIMER_COUNT);
	irq_on();
	check(wait_count(&trap_count[LVTT_VECTOR], 3));
	irq_off();
	set(APIC_TMICT, 0);
	set(APIC_LVTT, LVTT_VECTOR | APIC_LVT_MASKED);
}

TEST("apic", "the 8259 through LINT0, as its controller", AFTER)
{
	setup();
	set(APIC_LVT0, APIC_DM_EXTINT);
	make_pending();
	irq_on();
	check(wait_count(&irq_count[IRQ_TIMER], 1));
	irq_off();
}

TEST("apic", "SetInitialAPState of a processor that is not there", AFTER)
{
	static uint8_t memory[VMI_AP_SIZE + 1];
	struct vmi_ap_state s = { .cr0 = X86_CR0_PG | X86_CR0_PE,
				  .cs = KERNEL_CS,
				  .ss = KERNEL_DS };

	/* Linux's is on the stack, not aligned. */
	memcpy(memory + 1, &s, sizeof(s));
	vmi(VMI_CALL_SetInitialAPState, (uint32_t)(uintptr_t)memory + 1,
	    ABSENT_CPU);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A second processor: INIT, SetInitialAPState, STARTUP, as Linux's smpboot does
 * it.  It starts with the registers that it was given, in protected mode with
 * paging, and may make calls of its own.
 */
#include "acpi.h"
#include "guest.h"
#include "irq.h"
#include "mm.h"
#include "vmi.h"
#include "x86-defs.h"

#define AP_ID	     1
#define AP_WAIT_US   200000
#define INIT_US	     10000
#define STARTUP_US   300
#define STARTUP_PAGE 6 /* never runs, where there is a ROM */
#define ICR_INIT     (APIC_ICR_LEVEL | APIC_ICR_ASSERT | APIC_DM_INIT)
#define ICR_DEASSERT (APIC_ICR_LEVEL | APIC_DM_INIT)
#define ICR_STARTUP  (APIC_DM_STARTUP | STARTUP_PAGE)
#define CR0_LINUX    0x80050023
#define MADT_ENTRIES 44
#define MADT_LAPIC   0
#define MADT_ENABLED 1
#define NR_REGISTERS 15
#define PATTERN(n)   (0xa9000000u + (n)*0x1111u)

extern const uint8_t ap_entry[];
extern uint8_t boot_pgd[];
extern union x86_desc gdt[GDT_ENTRIES];
extern struct x86_dt_ptr idtr;
void ap_main(void);

uint32_t ap_registers[NR_REGISTERS];
static volatile uint32_t ap_stage, ap_count, ap_go, ap_cr3, ap_flag;
static uint8_t ap_stack[STACK_SIZE] __attribute__((aligned(16)));
static union x86_desc ap_gdt[GDT_ENTRIES] __attribute__((aligned(PAGE_SIZE)));

/* On the second processor. */
void ap_main(void)
{
	ap_cr3 = (uint32_t)vmi_quick(VMI_CALL_GetCR3, 0, 0, 0);
	ap_flag = irq_flag();
	ap_stage = AP_STARTED;
	while (ap_go) {
		ap_count++;
		barrier();
	}
	ap_stage = AP_DONE;
	irq_off();
}

static unsigned int count_processors(void)
{
	const uint8_t *t = acpi_table("APIC");
	unsigned int n = 0;
	uint32_t len;

	if (!t)
		return 1;
	memcpy(&len, t + 4, sizeof(len));
	for (uint32_t i = MADT_ENTRIES; i + 2 <= len && t[i + 1]; i += t[i + 1])
		if (t[i] == MADT_LAPIC && (t[i + 4] & MADT_ENABLED))
			n++;
	return n;
}

static void need_second(void)
{
	if (!vmi_offered(VMI_CALL_SetInitialAPState))
		skip("this platform does not offer the call");
	if (count_processors() < 2)
		skip("one processor: the MADT says so");
}

static void send(uint32_t icr)
{
	vmi(VMI_CALL_APICWrite, APIC_ICR2, AP_ID << APIC_ID_SHIFT);
	vmi(VMI_CALL_APICWrite, APIC_ICR, icr);
}

static void start(const struct vmi_ap_state *s)
{
	vmi(VMI_CALL_APICWrite, APIC_SPIV, APIC_SPIV_ENABLE | SPURIOUS_VEC);
	send(ICR_INIT);
	delay_us(INIT_US);
	send(ICR_DEASSERT);
	if (s)
		vmi(VMI_CALL_SetInitialAPState, (uint32_t)(uintptr_t)s, AP_ID);
	for (unsigned int i = 0; i < 2; i++) {
		send(ICR_STARTUP);
		delay_us(STARTUP_US);
	}
}

static void fill(struct vmi_ap_state *s)
{
	memcpy(ap_gdt, gdt, sizeof(ap_gdt));
	memset(s, 0, sizeof(*s));
	s->cr0 = CR0_LINUX;
	s->cr3 = pa(boot_pgd);
	s->cr4 = (uint32_t)vmi(VMI_CALL_GetCR4);
	s->eip = (uint32_t)(uintptr_t)ap_entry;
	s->eax = PATTERN(0);
	s->ebx = PATTERN(1);
	s->ecx = PATTERN(2);
	s->edx = PATTERN(3);
	s->esi = PATTERN(4);
	s->edi = PATTERN(5);
	s->ebp = PATTERN(6);
	s->esp = (uint32_t)(uintptr_t)ap_stack + STACK_SIZE;
	s->cs = KERNEL_CS;
	s->ss = KERNEL_DS;
	s->ds = USER_DS;
	s->es = USER_DS;
	s->fs = PERCPU_DS;
	s->gdtr_limit = sizeof(ap_gdt) - 1;
	s->gdtr_base = (uint32_t)(uintptr_t)ap_gdt;
	s->idtr_limit = idtr.limit;
	s->idtr_base = idtr.base;
}

static bool wait_stage(uint32_t stage)
{
	for (uint32_t waited = 0; waited < AP_WAIT_US; waited += STARTUP_US) {
		if (ap_stage >= stage)
			return true;
		delay_us(STARTUP_US);
	}
	return false;
}

TEST("smp", "without a state a processor does not start", ONCE)
{
	need_second();
	start(NULL);
	check(!wait_stage(AP_STARTED));
}

TEST("smp", "a state without paging does not start one", ONCE)
{
	struct vmi_ap_state s;

	need_second();
	fill(&s);
	s.cr0 &= ~(uint32_t)X86_CR0_PG;
	start(&s);
	check(!wait_stage(AP_STARTED));
}

TEST("smp", "a processor starts with the registers that it was given", ONCE)
{
	uint32_t ring = read_cs() & 3;
	struct vmi_ap_state s;
	uint32_t seen;

	need_second();
	fill(&s);
	ap_go = 1;
	start(&s);
	check(wait_stage(AP_STARTED));
	if (!ap_stage)
		return;

	for (uint32_t i = 0; i < 7; i++)
		check_eq(ap_registers[i], PATTERN(i));
	check_eq(ap_registers[7], s.esp);
	check_eq(ap_registers[8] & 0xffff, KERNEL_CS | ring);
	check_eq(ap_registers[9] & 0xfffc, KERNEL_DS);
	check_eq(ap_registers[10] & 0xffff, USER_DS);
	check_eq(ap_registers[11] & 0xffff, USER_DS);
	check_eq(ap_registers[12] & 0xfffc, PERCPU_DS);
	check_eq(ap_registers[13] & 0xffff, 0);
	check_eq(ap_registers[14] & (X86_EFLAGS_ARITH | X86_EFLAGS_DF), 0);
	check_eq(ap_cr3, pa(boot_pgd));
	check_eq(ap_flag, 0);

	seen = ap_count;
	/* Both run, if not at the same moment. */
	for (uint32_t t = 0; ap_count == seen && t < AP_WAIT_US;
	     t += STARTUP_US)
		delay_us(STARTUP_US);
	check(ap_count != seen);
	ap_go = 0;
	check(wait_stage(AP_DONE));
}

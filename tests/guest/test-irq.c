/* SPDX-License-Identifier: GPL-2.0-only */
/* Interrupts of devices: through the 8259 pair, and through the IO-APIC. */
#include "acpi.h"
#include "guest.h"
#include "irq.h"
#include "mm.h"
#include "traps.h"
#include "vmi.h"
#include "x86-defs.h"

#define IRQ_UART      4
#define IRQ_RTC	      8
#define IOAPIC_VA     (FIX_VA + PAGE_SIZE)
#define IOAPIC_VECTOR 0x61
#define RTC_RATE_1KHZ 6
#define NR_TICKS      4
#define TICK_US	      2000
#define MAX_TRIES     5
#define MADT_ENTRIES  44
#define MADT_IOAPIC   1
#define MADT_OVERRIDE 2

static uint8_t cmos(uint8_t reg)
{
	outb(PORT_CMOS_INDEX, reg);
	return inb(PORT_CMOS_DATA);
}

static void cmos_set(uint8_t reg, uint8_t value)
{
	outb(PORT_CMOS_INDEX, reg);
	outb(PORT_CMOS_DATA, value);
}

static void slave_unmask(unsigned int irq)
{
	pic_unmask(PIC_CASCADE_IRQ);
	outb(PORT_PIC2_DATA, (uint8_t)~BIT(irq - 8));
}

/* --- 8254 ------------------------------------------------------------------------ */
TEST("irq", "8254: the count goes down", AFTER)
{
	unsigned int tries = 0;
	uint16_t a, b;

	/* Where the host stands still, it begins anew in between. */
	do {
		pit_periodic(50000);
		a = pit_count();
		delay_us(1000);
		b = pit_count();
		pit_stop();
		check(a <= 60000);
	} while (b >= a && ++tries < MAX_TRIES);
	check(b < a);
}

/* --- 8259 pair ---------------------------------------------------------------------- */
static uint32_t order[8], nr_order;

static bool note_order(struct trap_frame *f)
{
	if (nr_order < ARRAY_SIZE(order))
		order[nr_order++] = f->vector;
	return false;
}

/* The transmitter is empty, so its interrupt comes as soon as it may. */
static void uart_interrupt(bool on)
{
	outb(PORT_COM1 + UART_MCR, UART_MCR_DTR | UART_MCR_RTS | UART_MCR_OUT2);
	outb(PORT_COM1 + UART_IER, on ? UART_IER_THRE : 0);
}

static bool uart_handler(struct trap_frame *f)
{
	note_order(f);
	if ((inb(PORT_COM1 + UART_IIR) & 0xf) != UART_IIR_THRE)
		fail(__FILE__, __LINE__, "IIR does not say why");
	uart_interrupt(false);
	return false;
}

TEST("irq", "UART: transmitter empty, IRQ 4", AFTER)
{
	nr_order = 0;
	pic_init();
	pic_unmask(IRQ_UART);
	trap_hook(IRQ_VECTOR + IRQ_UART, uart_handler);
	uart_interrupt(true);
	irq_on();
	check(wait_count(&irq_count[IRQ_UART], 1));
	irq_off();
	uart_interrupt(false);
	check_eq(irq_count[IRQ_UART], 1);
	check_eq(inb(PORT_COM1 + UART_IIR) & UART_IIR_NONE, UART_IIR_NONE);
}

TEST("irq", "a call that raises an interrupt: it comes when the call returns",
     AFTER)
{
	uint32_t came;

	pic_init();
	pic_unmask(IRQ_UART);
	outb(PORT_COM1 + UART_MCR, UART_MCR_OUT2);
	irq_on();
	vmi(VMI_CALL_OUTB, UART_IER_THRE, PORT_COM1 + UART_IER);
	came = irq_count[IRQ_UART];
	irq_off();
	uart_interrupt(false);
	check_eq(came, 1);
}

TEST("irq", "8259: the lower number comes first", AFTER)
{
	nr_order = 0;
	make_pending();
	pic_unmask(IRQ_UART);
	trap_hook(IRQ_VECTOR, note_order);
	trap_hook(IRQ_VECTOR + IRQ_UART, uart_handler);
	uart_interrupt(true);
	irq_on();
	check(wait_count(&irq_count[IRQ_UART], 1));
	irq_off();
	uart_interrupt(false);
	check_eq(nr_order, 2);
	check_eq(order[0], IRQ_VECTOR + IRQ_TIMER);
	check_eq(order[1], IRQ_VECTOR + IRQ_UART);
}

static uint32_t inner;

/* No end of interrupt before the rest of the handler is done. */
static bool slow_handler(struct trap_frame *f)
{
	(void)f;
	uart_interrupt(true);
	irq_on();
	delay_us(TICK_US);
	inner = irq_count[IRQ_UART];
	irq_off();
	return false;
}

TEST("irq", "8259: what is in service holds back what is lower", AFTER)
{
	nr_order = inner = 0;
	make_pending();
	pic_unmask(IRQ_UART);
	trap_hook(IRQ_VECTOR, slow_handler);
	trap_hook(IRQ_VECTOR + IRQ_UART, uart_handler);
	irq_on();
	check(wait_count(&irq_count[IRQ_UART], 1));
	irq_off();
	uart_interrupt(false);
	check_eq(inner, 0);
	check_eq(irq_count[IRQ_TIMER], 1);
}

static bool specific_eoi(struct trap_frame *f)
{
	irq_count[f->vector - IRQ_VECTOR]++;
	outb(PORT_PIC1_CMD,
	     (uint8_t)(PIC_EOI_SPECIFIC | (f->vector - IRQ_VECTOR)));
	return true;
}

TEST("irq", "8259: specific end of interrupt, as Linux does it", AFTER)
{
	pic_init();
	trap_hook(IRQ_VECTOR, specific_eoi);
	pic_unmask(IRQ_TIMER);
	pit_periodic(TICK_US);
	irq_on();
	check(wait_count(&irq_count[IRQ_TIMER], NR_TICKS));
	irq_off();
	pit_stop();
	check(!pic_in_service(IRQ_TIMER));
}

TEST("irq", "8259: the poll command gives the line and takes it", AFTER)
{
	make_pending();
	outb(PORT_PIC1_CMD, PIC_OCW3_POLL);
	check_eq(inb(PORT_PIC1_CMD), 0x80 | IRQ_TIMER);
	check(pic_in_service(IRQ_TIMER));
	outb(PORT_PIC1_CMD, PIC_EOI);
	check(!pic_in_service(IRQ_TIMER));
	irq_on();
	irq_off();
	check_eq(irq_count[IRQ_TIMER], 0);
}

TEST("irq", "RTC: periodic interrupts, IRQ 8 through the second 8259", AFTER)
{
	uint8_t a = cmos(RTC_REG_A), b = cmos(RTC_REG_B);

	pic_init();
	slave_unmask(IRQ_RTC);
	cmos_set(RTC_REG_A, (uint8_t)((a & ~RTC_A_RATE) | RTC_RATE_1KHZ));
	cmos_set(RTC_REG_B, b | RTC_B_PIE);
	cmos(RTC_REG_C);
	irq_on();
	for (uint32_t i = 1; i <= NR_TICKS; i++) {
		check(wait_count(&irq_count[IRQ_RTC], i));
		check_eq(cmos(RTC_REG_C) & (RTC_C_IRQF | RTC_C_PF),
			 RTC_C_IRQF | RTC_C_PF);
	}
	irq_off();
	cmos_set(RTC_REG_B, b);
	cmos_set(RTC_REG_A, a);
	cmos(RTC_REG_C);
	pic_init();
}

/* --- IO-APIC --------------------------------------------------------------------------- */
static struct {
	uint32_t base;
	unsigned int timer_pin;
} ioapic;

static void find_ioapic(void)
{
	const uint8_t *t = acpi_table("APIC");
	uint32_t len;

	ioapic.base = 0;
	ioapic.timer_pin = 0;
	if (!t)
		return;
	memcpy(&len, t + 4, sizeof(len));
	for (uint32_t i = MADT_ENTRIES; i + 2 <= len && t[i + 1];
	     i += t[i + 1]) {
		if (t[i] == MADT_IOAPIC)
			memcpy(&ioapic.base, t + i + 4, 4);
		if (t[i] == MADT_OVERRIDE && t[i + 3] == IRQ_TIMER)
			ioapic.timer_pin = t[i + 4];
	}
}

static uint32_t ioapic_read(uint32_t reg)
{
	*(volatile uint32_t *)(IOAPIC_VA + IOAPIC_REGSEL) = reg;
	return *(volatile uint32_t *)(IOAPIC_VA + IOAPIC_WINDOW);
}

static void ioapic_write(uint32_t reg, uint32_t value)
{
	*(volatile uint32_t *)(IOAPIC_VA + IOAPIC_REGSEL) = reg;
	*(volatile uint32_t *)(IOAPIC_VA + IOAPIC_WINDOW) = value;
}

static void route(unsigned int pin, uint32_t low)
{
	ioapic_write(IOAPIC_REG_RTE + 2 * pin + 1, 0);
	ioapic_write(IOAPIC_REG_RTE + 2 * pin, low);
}

static void ioapic_setup(void)
{
	volatile uint32_t *apic = (volatile uint32_t *)APIC_VA;

	find_ioapic();
	if (!ioapic.base)
		skip("no IO-APIC: the MADT says so");
	pic_init();
	map(IOAPIC_VA, ioapic.base, KERNEL_PAGE | X86_PTE_PCD);
	apic[APIC_SPIV / 4] = APIC_SPIV_ENABLE | SPURIOUS_VEC;
	apic[APIC_TPR / 4] = 0;
}

static bool apic_eoi(struct trap_frame *f)
{
	(void)f;
	*(volatile uint32_t *)(APIC_VA + APIC_EOI) = 0;
	return true;
}

TEST("irq", "IO-APIC: version, pins, entries read back", AFTER)
{
	ioapic_setup();
	check((ioapic_read(IOAPIC_REG_VERSION) & 0xff) >= 0x11);
	check((ioapic_read(IOAPIC_REG_VERSION) >> 16 & 0xff) >= 15);
	route(5, IOAPIC_RTE_MASKED | 0x77);
	check_eq(ioapic_read(IOAPIC_REG_RTE + 10), IOAPIC_RTE_MASKED | 0x77);
	route(5, IOAPIC_RTE_MASKED);
}

TEST("irq", "IO-APIC: the timer, by edges, while its entry is not masked",
     AFTER)
{
	ioapic_setup();
	trap_hook(IOAPIC_VECTOR, apic_eoi);
	route(ioapic.timer_pin, IOAPIC_VECTOR);
	pit_periodic(TICK_US);
	irq_on();
	check(wait_count(&trap_count[IOAPIC_VECTOR], NR_TICKS));
	route(ioapic.timer_pin, IOAPIC_RTE_MASKED | IOAPIC_VECTOR);
	trap_count[IOAPIC_VECTOR] = 0;
	delay_us(3 * TICK_US);
	irq_off();
	pit_stop();
	check_eq(trap_count[IOAPIC_VECTOR], 0);
	check_eq(irq_count[IRQ_TIMER], 0);
}

TEST("irq", "IO-APIC: the clock, IRQ 8", AFTER)
{
	uint8_t b = cmos(RTC_REG_B);

	ioapic_setup();
	trap_hook(IOAPIC_VECTOR, apic_eoi);
	route(IRQ_RTC, IOAPIC_VECTOR);
	cmos_set(RTC_REG_B, b | RTC_B_PIE);
	cmos(RTC_REG_C);
	irq_on();
	check(wait_count(&trap_count[IOAPIC_VECTOR], 1));
	irq_off();
	cmos_set(RTC_REG_B, b);
	cmos(RTC_REG_C);
	route(IRQ_RTC, IOAPIC_RTE_MASKED);
}

/* The first two times the device is not served: no end in sight. */
static bool lazy_driver(struct trap_frame *f)
{
	if (trap_count[f->vector] > 2)
		uart_interrupt(false);
	return apic_eoi(f);
}

TEST("irq", "IO-APIC: a level stays until the device is served", AFTER)
{
	ioapic_setup();
	trap_hook(IOAPIC_VECTOR, lazy_driver);
	route(IRQ_UART, IOAPIC_RTE_LEVEL | IOAPIC_VECTOR);
	uart_interrupt(true);
	irq_on();
	check(wait_count(&trap_count[IOAPIC_VECTOR], 3));
	delay_us(TICK_US);
	irq_off();
	uart_interrupt(false);
	route(IRQ_UART, IOAPIC_RTE_MASKED);
	check_eq(trap_count[IOAPIC_VECTOR], 3);
}

TEST("irq", "unclaimed memory of devices swallows writes", AFTER)
{
	volatile uint32_t *p = (volatile uint32_t *)TEST_VA;
	uint32_t was;

	map(TEST_VA, 0xfd000000, KERNEL_PAGE | X86_PTE_PCD);
	was = *p;
	*p = ~was;
	check_eq(*p, was);
	if (vmi_active && vmi_rom->virtual_top)
		check_eq(was, 0xffffffff);
}

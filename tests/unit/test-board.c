/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The board: what is wired to what.  The timer through the 8259 and through
 * the I/O APIC, the serial port's and the clock's interrupts, shared PCI lines,
 * the ways to reset and to switch off, and ports that nobody has.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "dev/board.h"
#include "dev/firmware.h"

#define MS	   1000000ull
#define PIC_BASE   0x30
#define IOAPIC	   IOAPIC_BASE
#define LAPIC(reg) (LAPIC_BASE + (reg))
#define ICR	   0x300
#define LVT0	   0x350
#define MASKED	   0x10000
#define LEVEL	   0x8000
#define CF8	   0xcf8

static struct board b;
static uint64_t now, passes; /* passes: with each look at the clock */
static unsigned int resets, offs, nr_sent, ipis;
static uint8_t sent;

static uint64_t host_now(void *opaque)
{
	(void)opaque;
	now += passes;
	return now;
}

static uint64_t host_epoch(void *opaque)
{
	(void)opaque;
	return 1000000 * MS;
}

static void host_serial(void *opaque, uint8_t byte)
{
	(void)opaque;
	sent = byte;
	nr_sent++;
}

static void host_power_off(void *opaque)
{
	(void)opaque;
	offs++;
}

static void host_reset(void *opaque)
{
	(void)opaque;
	resets++;
}

static void host_ipi(void *opaque, uint32_t low, uint32_t high)
{
	(void)opaque;
	(void)low;
	(void)high;
	ipis++;
}

static int start(void **state)
{
	const struct board_host host = { host_now,    host_epoch,
					 host_serial, host_power_off,
					 host_reset,  host_ipi,
					 NULL };

	(void)state;
	now = 1000 * MS;
	passes = 0;
	resets = offs = nr_sent = ipis = 0;
	board_init(&b, &host, 31 * 1024);
	return 0;
}

static void out(uint16_t port, uint32_t value)
{
	board_out(&b, port, 1, value);
}

static uint8_t in(uint16_t port)
{
	return (uint8_t)board_in(&b, port, 1);
}

static void mmio(uint64_t gpa, uint32_t value)
{
	board_mmio_write(&b, gpa, 4, value);
}

static void program_pics(void)
{
	static const uint8_t icw[] = { PIC_BASE, 4, 1 };

	out(0x20, 0x11);
	out(0xa0, 0x11);
	for (unsigned int i = 0; i < 3; i++) {
		out(0x21, icw[i]);
		out(0xa1, i ? (i == 1 ? 2 : 1) : PIC_BASE + 8);
	}
	out(0x21, 0);
	out(0xa1, 0);
}

static void program_timer(void)
{
	out(0x43, 0x34);
	out(0x40, 0xa9);
	out(0x40, 0x04); /* 1193: 1 kHz */
	board_tick(&b, now);
}

static void route(unsigned int pin, uint32_t low)
{
	mmio(IOAPIC, 0x10 + 2 * pin);
	mmio(IOAPIC + 0x10, low);
}

/* Virtual wire, as firmware leaves it: nothing of the APICs is touched. */
static void the_timer_comes_by_the_8259(void **state)
{
	(void)state;
	assert_false(board_irq_pending(&b));
	program_pics();
	program_timer();
	while (board_irq_ack(&b) >= 0) /* the mode's own edge */
		out(0x20, 0x20);
	for (int i = 0; i < 10; i++) {
		now = board_tick(&b, now);
		board_tick(&b, now);
		assert_true(board_irq_pending(&b));
		assert_int_equal(board_irq_ack(&b), PIC_BASE);
		assert_false(board_irq_pending(&b));
		out(0x20, 0x20);
	}
	assert_in_range(now, 1009 * MS, 1011 * MS);
	mmio(LAPIC(LVT0), MASKED | 0x700); /* Linux, once the I/O APIC works */
	now = board_tick(&b, now);
	board_tick(&b, now);
	assert_false(board_irq_pending(&b));
	assert_int_equal(board_irq_ack(&b), -1);
}

/* Pin 2, as the tables say; the local APIC goes before the 8259. */
static void the_timer_comes_by_the_io_apic(void **state)
{
	(void)state;
	program_pics();
	program_timer();
	while (board_irq_ack(&b) >= 0)
		out(0x20, 0x20);
	route(2, 0x31);
	now = board_tick(&b, now);
	board_tick(&b, now);
	assert_int_equal(board_irq_ack(&b), 0x31);
	assert_int_equal(board_irq_ack(&b), PIC_BASE);
	mmio(LAPIC(LAPIC_EOI), 0);
	assert_int_equal(board_irq_ack(&b), -1);
}

static void the_local_timer_and_ipis(void **state)
{
	(void)state;
	mmio(LAPIC(LAPIC_LVTT), 0xef);
	mmio(LAPIC(0x380), 1000); /* by 2: 20 us */
	assert_int_equal(board_tick(&b, now), now + 20000);
	now += 20000;
	board_tick(&b, now);
	assert_int_equal(board_irq_ack(&b), 0xef);
	mmio(LAPIC(LAPIC_EOI), 0);
	mmio(LAPIC(ICR), 0x40000 | 0x55);
	assert_int_equal(board_irq_ack(&b), 0x55);
	assert_int_equal(ipis, 0);
	mmio(LAPIC(ICR), 0xc0000 | 0x55);
	assert_int_equal(ipis, 1);
	assert_int_equal(board_mmio_read(&b, LAPIC(0x30), 4), 0x00050014);
	assert_int_equal(board_mmio_read(&b, LAPIC(0x32), 2) & 0xffff, 0x0005);
}

/* IRQ 4 and IRQ 8. */
static void serial_port_and_clock_interrupt(void **state)
{
	(void)state;
	program_pics();
	out(0x3f8, 'x');
	assert_int_equal(sent, 'x');
	assert_int_equal(nr_sent, 1);
	out(0x3f9, 0x01);
	uart_input(&b.uart, 'y');
	assert_int_equal(board_irq_ack(&b), PIC_BASE + 4);
	assert_int_equal(in(0x3f8), 'y');
	out(0x20, 0x64);
	out(0x70, 0x0b);
	out(0x71, 0x12); /* update interrupt */
	out(0x70, 0x0c);
	in(0x71);
	now = board_tick(&b, now);
	assert_int_equal(now, 2000 * MS);
	board_tick(&b, now);
	assert_int_equal(board_irq_ack(&b), PIC_BASE + 8);
}

/* Firmware has made the SCI and the PCI lines levels. */
/* A deadline that moves by the ns between two clocks is set anew each time. */
static void the_clocks_deadline_stands_still(void **state)
{
	uint64_t next;

	(void)state;
	out(0x70, 0x0b);
	out(0x71, 0x12); /* once a second */
	passes = 17;
	now += 300 * MS;
	next = board_tick(&b, now);
	assert_in_range(next, now, now + 1000 * MS);
	for (int i = 0; i < 10; i++) {
		out(0x80, 0);
		now += MS;
		assert_int_equal(board_tick(&b, now), next);
	}
}

static void the_sci_is_a_level(void **state)
{
	(void)state;
	assert_int_equal(in(0x4d1), 1 << 1 | 1 << 2 | 1 << 3);
	assert_int_equal(in(0x4d0), 0);
	program_pics();
	board_out(&b, ACPI_PM1_EVENT + 2, 2, 0x0100);
	acpi_pm_button(&b.pm);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(board_irq_ack(&b), PIC_BASE + 9);
		out(0xa0, 0x20);
		out(0x20, 0x20);
	}
	board_out(&b, ACPI_PM1_EVENT, 2, 0x0100);
	assert_int_equal(board_irq_ack(&b), -1);
}

/* Two cards on one line: it falls when both are content. */
static void pci_slots_share_lines(void **state)
{
	const struct irq_line a = board_pci_irq(&b, 3);
	const struct irq_line c = board_pci_irq(&b, 5);
	const struct irq_line other = board_pci_irq(&b, 4);

	(void)state;
	route(PCI_IRQ(3), LEVEL | 0x61);
	route(PCI_IRQ(4), LEVEL | 0x72);
	irq_line_set(&a, true);
	irq_line_set(&c, true);
	assert_int_equal(board_irq_ack(&b), 0x61);
	irq_line_set(&a, false);
	mmio(LAPIC(LAPIC_EOI), 0);
	assert_int_equal(board_irq_ack(&b), 0x61);
	irq_line_set(&other, true);
	assert_int_equal(board_irq_ack(&b), 0x72);
	mmio(LAPIC(LAPIC_EOI), 0);
	assert_int_equal(board_irq_ack(&b), 0x72);
	irq_line_set(&other, false);
	mmio(LAPIC(LAPIC_EOI), 0);
	irq_line_set(&c, false);
	mmio(LAPIC(LAPIC_EOI), 0);
	assert_int_equal(board_irq_ack(&b), -1);
}

/* Linux's reboot=k, reboot=p and ACPI's register, and the fast gate. */
static void there_are_three_resets(void **state)
{
	(void)state;
	out(0x64, 0xd1);
	assert_int_equal(resets, 0);
	out(0x64, 0xfe);
	assert_int_equal(resets, 1);
	out(0xcf9, 0x02);
	assert_int_equal(resets, 1);
	out(0xcf9, 0x06);
	assert_int_equal(resets, 2);
	out(0x92, 0x02);
	assert_int_equal(resets, 2);
	assert_int_equal(in(0x92), 0x02); /* A20 is open */
	out(0x92, 0x03);
	assert_int_equal(resets, 3);
}

/* Ctrl-Alt-Del comes by the board's clock, on line 1. */
static void the_keyboard_is_on_line_1(void **state)
{
	(void)state;
	route(1, 0x51);
	out(0x64, 0x60);
	out(0x60, 0x41);
	i8042_ctrl_alt_del(&b.kbc, now + MS);
	assert_int_equal(board_tick(&b, now), now + MS);
	assert_int_equal(board_irq_ack(&b), -1);
	board_tick(&b, now + MS);
	assert_int_equal(board_irq_ack(&b), 0x51);
	assert_int_equal(in(0x60), 0x1d);
}

static void s5_is_the_end(void **state)
{
	(void)state;
	board_out(&b, ACPI_PM1_CNT, 2, ACPI_S5_TYPE << 10 | 0x2000);
	assert_int_equal(offs, 1);
	assert_int_equal(resets, 0);
}

static void pci_has_host_isa_and_vmi(void **state)
{
	static const struct {
		uint32_t devfn, id;
	} row[] = { { PCI_DEVFN(0, 0), 0x12378086 },
		    { PCI_DEVFN(1, 0), 0x70008086 },
		    { PCI_DEVFN(2, 0), 0x080115ad } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		board_out(&b, CF8, 4, 0x80000000 | row[i].devfn << 8);
		assert_int_equal(board_in(&b, 0xcfc, 4), row[i].id);
	}
	board_out(&b, CF8, 4, 0x80000000 | PCI_DEVFN(1, 0) << 8 | 0x0c);
	assert_int_equal(board_in(&b, 0xcfe, 1), 0x80); /* IDE follows */
}

static void what_nobody_has_is_all_ones(void **state)
{
	static const uint16_t ports[] = { 0x00,	 0x62,	0x80,  0x2f8, 0x3d4,
					  0x60c, 0xcf7, 0xd00, 0xffff };

	(void)state;
	b.unclaimed = 0;
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		board_out(&b, ports[i], 1, 0);
		assert_int_equal(in(ports[i]), 0xff);
	}
	assert_int_equal(b.unclaimed, 2 * ARRAY_SIZE(ports));
	assert_int_equal(board_mmio_read(&b, 0xfed00000, 4), ~0u);
	assert_int_equal(board_mmio_read(&b, 0x1fec00000ull, 4), ~0u);
	mmio(0xa0000, 0);
}

static uint32_t all_42(void *opaque, uint16_t port, unsigned int size)
{
	(void)opaque;
	(void)port;
	(void)size;
	return 0x42;
}

static void later_claims_win_until_it_is_full(void **state)
{
	struct port_range r = { 0x3ff, 1, all_42, NULL, NULL, false };
	unsigned int n = 0;

	(void)state;
	out(0x3ff, 0x11);
	assert_int_equal(in(0x3ff), 0x11); /* the scratch register */
	while (board_add_ports(&b, &r))
		n++;
	assert_true(n > 8);
	assert_int_equal(b.nr_ports, BOARD_MAX_PORTS);
	assert_int_equal(in(0x3ff), 0x42);
	assert_int_equal(in(0x3fd), 0x60);
}

/* For whoever sets the host's timer: only these may have moved a deadline. */
static void it_says_which_ports_keep_time(void **state)
{
	static const uint16_t timed[] = { 0x40, 0x43, 0x70, 0x60, 0x64 };
	static const uint16_t others[] = {
		0x21, 0xa1, 0x3f8, 0xcf8, 0x92, 0x5
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(timed); i++)
		assert_true(board_out(&b, timed[i], 1, 0));
	for (unsigned int i = 0; i < ARRAY_SIZE(others); i++)
		assert_false(board_out(&b, others[i], 1, 0));
}

#define T(f) cmocka_unit_test_setup(f, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_timer_comes_by_the_8259),
		T(the_timer_comes_by_the_io_apic),
		T(the_local_timer_and_ipis),
		T(serial_port_and_clock_interrupt),
		T(the_clocks_deadline_stands_still),
		T(the_sci_is_a_level),
		T(pci_slots_share_lines),
		T(there_are_three_resets),
		T(the_keyboard_is_on_line_1),
		T(s5_is_the_end),
		T(pci_has_host_isa_and_vmi),
		T(what_nobody_has_is_all_ones),
		T(later_claims_win_until_it_is_full),
		T(it_says_which_ports_keep_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

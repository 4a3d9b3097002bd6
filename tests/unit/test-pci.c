/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PCI configuration by mechanism 1: Linux's probes, the header's fields, and
 * how base address registers are sized.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "dev/pci.h"

#define ADDRESS	  PCI_ADDRESS_PORT
#define DATA	  PCI_DATA_PORT
#define ENABLE	  0x80000000u
#define DEVFN	  PCI_DEVFN(5, 1)
#define COMMAND	  0x04
#define BAR(n)	  (0x10 + 4 * (n))
#define ROM_BAR	  0x30
#define IRQ_LINE  0x3c
#define CLASS_NIC 0x02000010u

static struct pci_bus b;
static struct pci_function *f;
static unsigned int written, written_at;

static void on_write(struct pci_function *fn, unsigned int offset)
{
	assert_ptr_equal(fn, f);
	written++;
	written_at = offset;
}

static void select(unsigned int bus, unsigned int devfn, unsigned int reg)
{
	pci_port_write(&b, ADDRESS, 4, ENABLE | bus << 16 | devfn << 8 | reg);
}

static uint32_t get(unsigned int reg, unsigned int size)
{
	select(0, DEVFN, reg & ~3u);
	return pci_port_read(&b, (uint16_t)(DATA + (reg & 3)), size);
}

static void set(unsigned int reg, unsigned int size, uint32_t value)
{
	select(0, DEVFN, reg & ~3u);
	pci_port_write(&b, (uint16_t)(DATA + (reg & 3)), size, value);
}

static int start(void **state)
{
	(void)state;
	pci_init(&b);
	pci_add(&b, 0, 0x8086, 0x1237, 0x06000002);
	f = pci_add(&b, DEVFN, 0x1022, 0x2000, CLASS_NIC);
	assert_non_null(f);
	f->written = on_write;
	written = 0;
	return 0;
}

/* pci_check_type1(): a byte at CFB, then the address reads back. */
static void linux_finds_mechanism_1(void **state)
{
	(void)state;
	pci_port_write(&b, ADDRESS + 3, 1, 0x01);
	assert_int_equal(pci_port_read(&b, ADDRESS, 4), 0);
	pci_port_write(&b, ADDRESS, 4, ENABLE);
	assert_int_equal(pci_port_read(&b, ADDRESS, 4), ENABLE);
	assert_int_equal(pci_port_read(&b, DATA, 4), 0x12378086);
	pci_port_write(&b, ADDRESS, 4, ~0u);
	assert_int_equal(pci_port_read(&b, ADDRESS, 4), 0x80fffffc);
	pci_port_write(&b, ADDRESS, 2, 0x1234); /* only whole */
	assert_int_equal(pci_port_read(&b, ADDRESS, 4), 0x80fffffc);
	assert_int_equal(pci_port_read(&b, ADDRESS, 2) & 0xffff, 0xffff);
}

static void fields_read_in_any_size(void **state)
{
	(void)state;
	assert_int_equal(get(0, 4), 0x20001022);
	assert_int_equal(get(0, 2), 0x1022);
	assert_int_equal(get(2, 2), 0x2000);
	assert_int_equal(get(1, 1), 0x10);
	assert_int_equal(get(8, 4), CLASS_NIC);
	assert_int_equal(get(11, 1), 0x02);
	assert_int_equal(get(3, 2), ~0u); /* over the edge */
	assert_int_equal(get(0xfc, 4), 0);
}

static void what_is_not_there_is_all_ones(void **state)
{
	(void)state;
	for (unsigned int devfn = 1; devfn < 256; devfn++) {
		if (devfn == DEVFN)
			continue;
		select(0, devfn, 0);
		assert_int_equal(pci_port_read(&b, DATA, 4), ~0u);
		pci_port_write(&b, DATA, 4, 0);
	}
	select(1, DEVFN, 0); /* no second bus */
	assert_int_equal(pci_port_read(&b, DATA, 4), ~0u);
	pci_port_write(&b, ADDRESS, 4, DEVFN << 8); /* not enabled */
	assert_int_equal(pci_port_read(&b, DATA, 4), ~0u);
	pci_port_write(&b, DATA, 4, 0);
	assert_int_equal(written, 0);
}

static void identity_is_read_only(void **state)
{
	static const unsigned int fixed[] = { 0x00, 0x08, 0x28, 0x2c, 0x34 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++) {
		uint32_t before = get(fixed[i], 4);

		set(fixed[i], 4, ~before);
		assert_int_equal(get(fixed[i], 4), before);
	}
	set(0x0e, 1, 0xff);
	assert_int_equal(get(0x0e, 1), 0);
}

static void command_keeps_its_bits(void **state)
{
	(void)state;
	set(COMMAND, 4, ~0u);
	assert_int_equal(get(COMMAND, 4), 0x0547); /* status: nothing */
	set(COMMAND, 2, 0x0005);
	assert_int_equal(get(COMMAND, 2), 0x0005);
	set(COMMAND + 1, 1, 0x04); /* a byte leaves the other */
	assert_int_equal(get(COMMAND, 2), 0x0405);
	assert_int_equal(written_at, COMMAND + 1);
	assert_int_equal(written, 3);
}

/* All ones in, the size out; the type bits stay. */
static void bars_show_their_size(void **state)
{
	(void)state;
	pci_set_bar(f, 0, 0xc020, 32, true);
	pci_set_bar(f, 1, 0xf0000000, 4096, false);
	assert_int_equal(get(COMMAND, 2), 3); /* firmware has switched it on */
	assert_int_equal(get(BAR(0), 4), 0xc021);
	assert_int_equal(get(BAR(1), 4), 0xf0000000);
	set(BAR(0), 4, ~0u);
	set(BAR(1), 4, ~0u);
	assert_int_equal(get(BAR(0), 4), 0xffffffe1);
	assert_int_equal(get(BAR(1), 4), 0xfffff000);
	set(BAR(0), 4, 0xc020);
	set(BAR(1), 4, 0xf0001000);
	assert_int_equal(get(BAR(0), 4), 0xc021);
	assert_int_equal(get(BAR(1), 4), 0xf0001000);
	for (unsigned int n = 2; n < PCI_NR_BARS; n++) {
		set(BAR(n), 4, ~0u);
		assert_int_equal(get(BAR(n), 4), 0);
	}
	set(ROM_BAR, 4, ~0u);
	assert_int_equal(get(ROM_BAR, 4), 0);
}

static void the_interrupt_line_can_be_written(void **state)
{
	(void)state;
	pci_set_irq(f, 1, 10);
	assert_int_equal(get(IRQ_LINE, 2), 0x010a);
	set(IRQ_LINE, 2, 0x0405);
	assert_int_equal(get(IRQ_LINE, 2), 0x0105); /* the pin is wired */
}

static void a_full_bus_takes_no_more(void **state)
{
	(void)state;
	for (unsigned int i = b.n; i < PCI_MAX_FUNCTIONS; i++)
		assert_non_null(pci_add(&b, (uint8_t)(i << 3), 1, 2, 3));
	assert_null(pci_add(&b, 0xff, 1, 2, 3));
	select(0, 0xff, 0);
	assert_int_equal(pci_port_read(&b, DATA, 4), ~0u);
}

#define T(f) cmocka_unit_test_setup(f, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(linux_finds_mechanism_1),
		T(fields_read_in_any_size),
		T(what_is_not_there_is_all_ones),
		T(identity_is_read_only),
		T(command_keeps_its_bits),
		T(bars_show_their_size),
		T(the_interrupt_line_can_be_written),
		T(a_full_bus_takes_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

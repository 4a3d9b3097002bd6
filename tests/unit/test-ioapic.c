/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The I/O APIC against the 82093AA's data sheet and Linux 2.6's io_apic.c:
 * registers, routing of edges and levels, remote IRR, and the way to a local
 * APIC and back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "dev/ioapic.h"
#include "dev/lapic.h"

#define SELECT	0x00
#define WINDOW	0x10
#define ID	0x00
#define VERSION 0x01
#define ARB	0x02
#define RTE(n)	(0x10 + 2 * (n))
#define LOGICAL 0x800
#define LOW	0x2000
#define IRR	0x4000
#define LEVEL	0x8000
#define MASKED	0x10000

static struct ioapic io;
static struct {
	unsigned int n;
	uint8_t dest, mode, vector;
	bool logical, level;
} sent;

static void deliver(void *opaque, uint8_t dest, bool logical, uint8_t mode,
		    uint8_t vector, bool level)
{
	(void)opaque;
	sent.n++;
	sent.dest = dest;
	sent.mode = mode;
	sent.vector = vector;
	sent.logical = logical;
	sent.level = level;
}

static uint32_t get(uint32_t reg)
{
	ioapic_write(&io, SELECT, reg);
	return ioapic_read(&io, WINDOW);
}

static void set(uint32_t reg, uint32_t value)
{
	ioapic_write(&io, SELECT, reg);
	ioapic_write(&io, WINDOW, value);
}

static void route(unsigned int pin, uint32_t low, uint8_t dest)
{
	set(RTE(pin) + 1, (uint32_t)dest << 24);
	set(RTE(pin), low);
}

static int start(void **state)
{
	(void)state;
	ioapic_init(&io, 1);
	io.deliver = deliver;
	io.opaque = NULL;
	sent.n = 0;
	return 0;
}

static void all_pins_are_masked_at_reset(void **state)
{
	(void)state;
	assert_int_equal(get(VERSION), 0x00170011);
	for (unsigned int i = 0; i < IOAPIC_PINS; i++) {
		assert_int_equal(get(RTE(i)), MASKED);
		assert_int_equal(get(RTE(i) + 1), 0);
		ioapic_set(&io, i, true);
	}
	assert_int_equal(sent.n, 0);
}

/* Linux writes the ID and reads it back. */
static void the_id_has_four_bits(void **state)
{
	(void)state;
	assert_int_equal(get(ID), 0x01000000);
	set(ID, 0xf5ffffff);
	assert_int_equal(get(ID), 0x05000000);
	assert_int_equal(get(ARB), 0x05000000);
	assert_int_equal(ioapic_read(&io, SELECT), ARB);
}

/* Delivery status and remote IRR are read only, the middle is reserved. */
static void entries_keep_the_bits_there_are(void **state)
{
	(void)state;
	set(RTE(5), ~0u);
	set(RTE(5) + 1, ~0u);
	assert_int_equal(get(RTE(5)), 0x1afff);
	assert_int_equal(get(RTE(5) + 1), 0xff000000);
	assert_int_equal(get(RTE(4)), MASKED);
	assert_int_equal(get(RTE(6)), MASKED);
}

static void beyond_the_registers_is_nothing(void **state)
{
	(void)state;
	for (uint32_t reg = 3; reg < 0x10; reg++) {
		set(reg, ~0u);
		assert_int_equal(get(reg), 0);
	}
	for (uint32_t reg = RTE(IOAPIC_PINS); reg < 0x100; reg++) {
		set(reg, ~0u);
		assert_int_equal(get(reg), 0);
	}
	ioapic_write(&io, 0x20, ~0u);
	assert_int_equal(ioapic_read(&io, 0x20), 0);
	ioapic_set(&io, IOAPIC_PINS, true);
	ioapic_set(&io, 1000, true);
	assert_int_equal(sent.n, 0);
}

static void an_edge_is_one_message(void **state)
{
	(void)state;
	route(4, LOGICAL | 0x100 | 0x39, 0x01);
	ioapic_set(&io, 4, true);
	assert_int_equal(sent.n, 1);
	assert_int_equal(sent.dest, 1);
	assert_int_equal(sent.mode, 1);
	assert_int_equal(sent.vector, 0x39);
	assert_true(sent.logical);
	assert_false(sent.level);
	ioapic_set(&io, 4, true);
	assert_int_equal(sent.n, 1);
	ioapic_set(&io, 4, false);
	ioapic_set(&io, 4, true); /* no EOI is needed between */
	assert_int_equal(sent.n, 2);
	assert_int_equal(get(RTE(4)) & IRR, 0);
}

/* Linux knows it, and asks the 8259 for what it has missed. */
static void a_masked_edge_is_lost(void **state)
{
	(void)state;
	ioapic_set(&io, 4, true);
	route(4, 0x39, 0);
	assert_int_equal(sent.n, 0);
	ioapic_set(&io, 4, false);
	ioapic_set(&io, 4, true);
	assert_int_equal(sent.n, 1);
}

static void a_level_waits_for_its_eoi(void **state)
{
	(void)state;
	route(10, LEVEL | LOW | 0x51, 3);
	ioapic_set(&io, 10, true);
	assert_int_equal(sent.n, 1);
	assert_true(sent.level);
	assert_int_equal(sent.dest, 3);
	assert_int_equal(get(RTE(10)), LEVEL | LOW | IRR | 0x51);
	ioapic_set(&io, 10, false);
	ioapic_set(&io, 10, true);
	assert_int_equal(sent.n, 1);
	ioapic_eoi(&io, 0x50); /* another's */
	assert_int_equal(sent.n, 1);
	ioapic_eoi(&io, 0x51); /* still on: again */
	assert_int_equal(sent.n, 2);
	ioapic_set(&io, 10, false);
	ioapic_eoi(&io, 0x51);
	assert_int_equal(sent.n, 2);
	assert_int_equal(get(RTE(10)) & IRR, 0);
}

/* Two lines on one vector: one EOI is both of theirs. */
static void a_shared_vector_ends_for_all(void **state)
{
	(void)state;
	route(10, LEVEL | 0x51, 0);
	route(11, LEVEL | 0x51, 0);
	ioapic_set(&io, 10, true);
	ioapic_set(&io, 11, true);
	ioapic_set(&io, 10, false);
	assert_int_equal(sent.n, 2);
	ioapic_eoi(&io, 0x51);
	assert_int_equal(sent.n, 3); /* pin 11 */
	assert_int_equal(get(RTE(10)) & IRR, 0);
	assert_int_equal(get(RTE(11)) & IRR, IRR);
}

static void a_masked_level_comes_when_unmasked(void **state)
{
	(void)state;
	route(10, MASKED | LEVEL | 0x51, 0);
	ioapic_set(&io, 10, true);
	assert_int_equal(sent.n, 0);
	set(RTE(10), LEVEL | 0x51);
	assert_int_equal(sent.n, 1);
	set(RTE(10), MASKED | LEVEL | 0x51);
	set(RTE(10), LEVEL | 0x51); /* being served: not again */
	assert_int_equal(sent.n, 1);
	set(RTE(10), MASKED | LEVEL | 0x51);
	ioapic_eoi(&io, 0x51);
	assert_int_equal(sent.n, 1);
	set(RTE(10), LEVEL | 0x51);
	assert_int_equal(sent.n, 2);
}

/* How Linux gets rid of a remote IRR that hangs. */
static void edge_mode_clears_remote_irr(void **state)
{
	(void)state;
	route(10, LEVEL | 0x51, 0);
	ioapic_set(&io, 10, true);
	assert_int_equal(get(RTE(10)) & IRR, IRR);
	set(RTE(10), MASKED | 0x51);
	assert_int_equal(get(RTE(10)) & IRR, 0);
	set(RTE(10), 0x51); /* high, but not rising */
	assert_int_equal(sent.n, 1);
	ioapic_eoi(&io, 0x51);
	assert_int_equal(sent.n, 1);
}

/* A level that bounced while it was served is no edge afterwards. */
static void old_levels_are_no_edges(void **state)
{
	(void)state;
	route(10, LEVEL | 0x51, 0);
	ioapic_set(&io, 10, true);
	ioapic_set(&io, 10, false);
	ioapic_set(&io, 10, true);
	ioapic_set(&io, 10, false);
	set(RTE(10), 0x51);
	assert_int_equal(sent.n, 1);
}

/* --- With a local APIC --------------------------------------------------------*/
static struct lapic l;

static void to_lapic(void *opaque, uint8_t dest, bool logical, uint8_t mode,
		     uint8_t vector, bool level)
{
	(void)mode;
	if (lapic_is_target(opaque, dest, logical))
		lapic_accept(opaque, vector, level);
}

static void to_ioapic(void *opaque, uint8_t vector)
{
	ioapic_eoi(opaque, vector);
}

static void a_level_goes_round(void **state)
{
	(void)state;
	lapic_init(&l, 0);
	lapic_virtual_wire(&l);
	l.eoi = to_ioapic;
	l.opaque = &io;
	io.deliver = to_lapic;
	io.opaque = &l;
	route(11, LEVEL | 0x61, 0);
	route(12, LEVEL | 0x62, 7); /* somebody else */
	ioapic_set(&io, 11, true);
	ioapic_set(&io, 12, true);
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(lapic_ack(&l), 0x61);
		assert_false(lapic_pending(&l));
		if (i == 2)
			ioapic_set(&io, 11, false);
		lapic_write(&l, LAPIC_EOI, 0, 0);
	}
	assert_int_equal(lapic_ack(&l), -1);
}

#define T(f) cmocka_unit_test_setup(f, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(all_pins_are_masked_at_reset),
		T(the_id_has_four_bits),
		T(entries_keep_the_bits_there_are),
		T(beyond_the_registers_is_nothing),
		T(an_edge_is_one_message),
		T(a_masked_edge_is_lost),
		T(a_level_waits_for_its_eoi),
		T(a_shared_vector_ends_for_all),
		T(a_masked_level_comes_when_unmasked),
		T(edge_mode_clears_remote_irr),
		T(old_levels_are_no_edges),
		T(a_level_goes_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

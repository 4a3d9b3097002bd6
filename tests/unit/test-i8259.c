/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The 8259A pair against its data sheet and against what Linux 2.6's i8259.c
 * does with it: the four ICWs, priorities, the three kinds of EOI, the cascade,
 * spurious IRQ 7, polling and the edge/level registers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "dev/i8259.h"

#define MASTER	   I8259_MASTER_BASE
#define SLAVE	   I8259_SLAVE_BASE
#define BASE	   0x30 /* Linux: master's and slave's first vector */
#define SLAVE_VEC  0x38
#define ICW1_ICW4  0x11
#define EOI	   0x20
#define EOI_OF(n)  (0x60 + (n))
#define ROTATE_EOI 0xa0
#define SET_LOWEST 0xc0
#define READ_IRR   0x0a
#define READ_ISR   0x0b
#define POLL	   0x0c
#define SMM_ON	   0x68
#define SMM_OFF	   0x48

static struct i8259_pair p;

static void out(uint16_t port, uint8_t value)
{
	i8259_write(&p, port, value);
}

static uint8_t in(uint16_t port)
{
	return i8259_read(&p, port);
}

static uint8_t irr(uint16_t chip)
{
	out(chip, READ_IRR);
	return in(chip);
}

static uint8_t isr(uint16_t chip)
{
	out(chip, READ_ISR);
	return in(chip);
}

/* As init_8259A() does, all inputs open afterwards. */
static void program(uint8_t icw4)
{
	out(MASTER + 1, 0xff);
	out(SLAVE + 1, 0xff);
	out(MASTER, ICW1_ICW4);
	out(MASTER + 1, BASE);
	out(MASTER + 1, 1 << I8259_CASCADE);
	out(MASTER + 1, icw4);
	out(SLAVE, ICW1_ICW4);
	out(SLAVE + 1, SLAVE_VEC);
	out(SLAVE + 1, I8259_CASCADE);
	out(SLAVE + 1, 1);
	out(MASTER + 1, 0);
	out(SLAVE + 1, 0);
}

static int start(void **state)
{
	(void)state;
	i8259_init(&p);
	program(1);
	return 0;
}

static void pulse(unsigned int irq)
{
	i8259_set(&p, irq, true);
	i8259_set(&p, irq, false);
}

static void raise(unsigned int irq)
{
	i8259_set(&p, irq, true);
}

static void drop(unsigned int irq)
{
	i8259_set(&p, irq, false);
}

#define assert_acked(vector)                                                   \
	do {                                                                   \
		assert_true(i8259_pending(&p));                                \
		assert_int_equal(i8259_ack(&p), (vector));                     \
	} while (0)

/* ICW1 clears the mask and the order; ICW2 keeps five bits. */
static void icws_set_vectors_and_clear_the_mask(void **state)
{
	(void)state;
	out(MASTER + 1, 0x55);
	assert_int_equal(in(MASTER + 1), 0x55);
	out(MASTER, SET_LOWEST | 3);
	out(MASTER, READ_ISR);
	out(MASTER, ICW1_ICW4);
	out(MASTER + 1, 0x4f);
	out(MASTER + 1, 4);
	out(MASTER + 1, 1);
	assert_int_equal(in(MASTER + 1), 0);
	raise(6);
	raise(1);
	assert_int_equal(in(MASTER), 0x42); /* IRR is what is read */
	assert_acked(0x49);
}

/* Single: no ICW3; no ICW4: the next byte is the mask. */
static void icw3_and_icw4_are_left_out_as_told(void **state)
{
	(void)state;
	out(MASTER, 0x12);
	out(MASTER + 1, 0x40);
	out(MASTER + 1, 0xa5);
	assert_int_equal(in(MASTER + 1), 0xa5);
	out(MASTER, 0x10);
	out(MASTER + 1, 0x40);
	out(MASTER + 1, 4);
	out(MASTER + 1, 0x5a);
	assert_int_equal(in(MASTER + 1), 0x5a);
	out(MASTER, 0x13);
	out(MASTER + 1, 0x40);
	out(MASTER + 1, 1);
	out(MASTER + 1, 0x77);
	assert_int_equal(in(MASTER + 1), 0x77);
}

/* After ICW1 a line must fall and rise again; Linux probes with this. */
static void initialization_wants_a_new_edge(void **state)
{
	(void)state;
	raise(5);
	assert_acked(BASE + 5);
	program(1);
	assert_false(i8259_pending(&p));
	assert_int_equal(isr(MASTER), 0);
	drop(5);
	raise(5);
	assert_acked(BASE + 5);
}

static void lower_inputs_go_first_and_block_the_rest(void **state)
{
	(void)state;
	raise(4);
	raise(3);
	assert_int_equal(irr(MASTER), 0x18);
	assert_acked(BASE + 3);
	assert_int_equal(isr(MASTER), 0x08);
	assert_int_equal(irr(MASTER), 0x10);
	assert_false(i8259_pending(&p));
	raise(0); /* higher: interrupts the handler */
	assert_acked(BASE);
	assert_int_equal(isr(MASTER), 0x09);
	out(MASTER, EOI); /* the highest in service */
	assert_int_equal(isr(MASTER), 0x08);
	assert_false(i8259_pending(&p));
	out(MASTER, EOI);
	assert_acked(BASE + 4);
}

/* Linux EOIs with 0x60 + irq, whatever order. */
static void specific_eoi_clears_just_its_own(void **state)
{
	(void)state;
	raise(6);
	assert_acked(BASE + 6);
	raise(1);
	assert_acked(BASE + 1);
	out(MASTER, EOI_OF(6));
	assert_int_equal(isr(MASTER), 0x02);
	out(MASTER, EOI_OF(1));
	assert_int_equal(isr(MASTER), 0);
}

static void an_edge_is_one_request(void **state)
{
	(void)state;
	raise(1);
	assert_acked(BASE + 1);
	out(MASTER, EOI);
	assert_false(i8259_pending(&p)); /* still high: no second one */
	raise(1);
	assert_false(i8259_pending(&p));
	drop(1);
	raise(1);
	assert_acked(BASE + 1);
}

/* mask_and_ack_8259A() masks before EOI; a masked request is kept. */
static void a_masked_request_waits(void **state)
{
	(void)state;
	out(MASTER + 1, 0x02);
	raise(1);
	assert_false(i8259_pending(&p));
	assert_int_equal(irr(MASTER), 0x02);
	out(MASTER + 1, 0);
	assert_acked(BASE + 1);
}

/* A request that has gone by INTA: input 7, without its ISR bit. */
static void what_has_gone_is_spurious_7(void **state)
{
	(void)state;
	raise(3);
	assert_true(i8259_pending(&p));
	drop(3);
	assert_false(i8259_pending(&p));
	assert_int_equal(i8259_ack(&p), BASE + 7);
	assert_int_equal(isr(MASTER), 0); /* how Linux tells it from a real 7 */
	raise(7);
	assert_acked(BASE + 7);
	assert_int_equal(isr(MASTER), 0x80);
}

static void the_slave_comes_through_input_2(void **state)
{
	(void)state;
	raise(14);
	assert_int_equal(irr(MASTER), 0x04);
	assert_acked(SLAVE_VEC + 6);
	assert_int_equal(isr(MASTER), 0x04);
	assert_int_equal(isr(SLAVE), 0x40);
	raise(3); /* below the slave */
	assert_false(i8259_pending(&p));
	raise(8); /* the master holds the slave back: not fully nested */
	assert_false(i8259_pending(&p));
	out(SLAVE, EOI_OF(6));
	assert_false(i8259_pending(&p));
	out(MASTER, EOI_OF(2));
	assert_acked(SLAVE_VEC + 0);
	out(SLAVE, EOI);
	out(MASTER, EOI);
	assert_acked(BASE + 3);
}

static void masks_of_both_stop_the_slave(void **state)
{
	(void)state;
	out(MASTER + 1, 0x04);
	raise(12);
	assert_false(i8259_pending(&p));
	out(MASTER + 1, 0);
	out(SLAVE + 1, 0x10);
	assert_false(i8259_pending(&p));
	assert_int_equal(irr(MASTER), 0); /* INT of the slave has fallen */
	out(SLAVE + 1, 0);
	assert_acked(SLAVE_VEC + 4);
	drop(12);
	raise(2); /* not a wire on a PC */
	assert_int_equal(irr(MASTER), 0);
}

/* ICW4, SFNM: a higher input of the busy slave does interrupt. */
static void fully_nested_lets_the_slave_in_again(void **state)
{
	(void)state;
	program(0x11);
	raise(14);
	assert_acked(SLAVE_VEC + 6);
	raise(15);
	assert_false(i8259_pending(&p));
	raise(8);
	assert_acked(SLAVE_VEC + 0);
	out(SLAVE, EOI);
	assert_int_equal(isr(SLAVE), 0x40);
	out(SLAVE, EOI);
	out(MASTER, EOI);
	assert_acked(SLAVE_VEC + 7);
}

static void automatic_eoi_leaves_nothing_in_service(void **state)
{
	(void)state;
	program(0x03);
	raise(4);
	raise(5);
	assert_acked(BASE + 4);
	assert_int_equal(isr(MASTER), 0);
	assert_acked(BASE + 5);
	out(MASTER, 0x80); /* rotate with it */
	pulse(0);
	drop(4);
	raise(0);
	raise(4);
	assert_acked(BASE);
	drop(0);
	raise(0); /* now the lowest */
	assert_acked(BASE + 4);
	assert_acked(BASE);
}

static void rotation_makes_the_served_one_lowest(void **state)
{
	(void)state;
	raise(3);
	assert_acked(BASE + 3);
	out(MASTER, ROTATE_EOI);
	drop(3);
	raise(3);
	raise(4);
	raise(1);
	assert_acked(BASE + 4);
	out(MASTER, EOI);
	assert_acked(BASE + 1);
	out(MASTER, 0xe0 | 1); /* rotate on specific EOI */
	raise(2);
	assert_acked(BASE + 3);
	out(MASTER, EOI);
	out(MASTER, SET_LOWEST | 7);
	raise(6);
	drop(0);
	raise(0);
	assert_acked(BASE);
}

/* Special mask: what is masked neither blocks nor is ended by a plain EOI. */
static void special_mask_lets_lower_ones_in(void **state)
{
	(void)state;
	raise(4);
	assert_acked(BASE + 4);
	raise(6);
	out(MASTER + 1, 0x10);
	assert_false(i8259_pending(&p));
	out(MASTER, SMM_ON);
	assert_acked(BASE + 6);
	out(MASTER, EOI);
	assert_int_equal(isr(MASTER), 0x10);
	out(MASTER, EOI);
	assert_int_equal(isr(MASTER), 0x10);
	out(MASTER, SMM_OFF);
	raise(7);
	assert_false(i8259_pending(&p));
	out(MASTER, EOI);
	assert_int_equal(isr(MASTER), 0);
	assert_acked(BASE + 7);
}

static void polling_acknowledges(void **state)
{
	(void)state;
	out(MASTER, POLL);
	assert_int_equal(in(MASTER)&0x80, 0);
	raise(5);
	out(MASTER, POLL);
	assert_int_equal(in(MASTER), 0x85);
	assert_int_equal(isr(MASTER), 0x20);
	raise(9);
	out(SLAVE, POLL);
	assert_int_equal(in(SLAVE), 0x81);
	assert_int_equal(isr(SLAVE), 0x02);
	assert_false(i8259_pending(&p));
}

/* PIIX: ports 4D0, 4D1; inputs 0, 1, 2, 8 and 13 are always edges. */
static void level_inputs_repeat_until_they_fall(void **state)
{
	(void)state;
	out(I8259_ELCR_BASE, 0xff);
	out(I8259_ELCR_BASE + 1, 0xff);
	assert_int_equal(in(I8259_ELCR_BASE), 0xf8);
	assert_int_equal(in(I8259_ELCR_BASE + 1), 0xde);
	raise(11);
	assert_acked(SLAVE_VEC + 3);
	out(SLAVE, EOI);
	out(MASTER, EOI);
	assert_acked(SLAVE_VEC + 3);
	drop(11);
	out(SLAVE, EOI);
	out(MASTER, EOI);
	assert_false(i8259_pending(&p));
	raise(5);
	program(1); /* level survives; the line asks at once */
	assert_acked(BASE + 5);
}

/* Linux makes the SCI a level while it may already be high. */
static void a_high_line_made_level_asks_again(void **state)
{
	(void)state;
	raise(9);
	assert_acked(SLAVE_VEC + 1);
	out(SLAVE, EOI);
	out(MASTER, EOI);
	assert_false(i8259_pending(&p));
	out(I8259_ELCR_BASE + 1, 0x02);
	assert_acked(SLAVE_VEC + 1);
}

/* All are masked before anyone has programmed them. */
static void power_on_is_silent(void **state)
{
	(void)state;
	i8259_init(&p);
	for (unsigned int i = 0; i < 20; i++)
		raise(i);
	assert_false(i8259_pending(&p));
	assert_int_equal(in(MASTER + 1), 0xff);
	assert_int_equal(in(SLAVE + 1), 0xff);
}

#define T(f) cmocka_unit_test_setup(f, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(icws_set_vectors_and_clear_the_mask),
		T(icw3_and_icw4_are_left_out_as_told),
		T(initialization_wants_a_new_edge),
		T(lower_inputs_go_first_and_block_the_rest),
		T(specific_eoi_clears_just_its_own),
		T(an_edge_is_one_request),
		T(a_masked_request_waits),
		T(what_has_gone_is_spurious_7),
		T(the_slave_comes_through_input_2),
		T(masks_of_both_stop_the_slave),
		T(fully_nested_lets_the_slave_in_again),
		T(automatic_eoi_leaves_nothing_in_service),
		T(rotation_makes_the_served_one_lowest),
		T(special_mask_lets_lower_ones_in),
		T(polling_acknowledges),
		T(level_inputs_repeat_until_they_fall),
		T(a_high_line_made_level_asks_again),
		T(power_on_is_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The 16550A against its data sheet and against the probes of Linux 2.6's 8250
 * driver: interrupt causes and their order, the transmitter's interrupt, FIFO
 * bits, divisor latch, loop-back and the modem's lines.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "dev/uart16550.h"
#include "lib/string.h"

#define DATA 0
#define IER  1
#define IIR  2
#define FCR  2
#define LCR  3
#define MCR  4
#define LSR  5
#define MSR  6
#define SCR  7

#define IER_RX	  0x01
#define IER_TX	  0x02
#define IER_LINE  0x04
#define IER_MODEM 0x08
#define NONE	  0x01
#define BY_TX	  0x02
#define BY_RX	  0x04
#define BY_LINE	  0x06
#define BY_MODEM  0x00
#define DLAB	  0x80
#define OUT2	  0x08
#define LOOP	  0x10
#define LSR_DATA  0x01
#define LSR_OVER  0x02
#define LSR_BREAK 0x10
#define LSR_EMPTY 0x60

static struct uart u;
static bool line;
static unsigned int edges;
static char sent[64];
static size_t nr_sent;

static void wire(void *opaque, unsigned int nr, bool on)
{
	(void)opaque;
	assert_int_equal(nr, 4);
	edges += on && !line;
	line = on;
}

static void output(void *opaque, uint8_t byte)
{
	assert_ptr_equal(opaque, sent);
	if (nr_sent < sizeof(sent))
		sent[nr_sent++] = (char)byte;
}

static void out(unsigned int reg, uint8_t value)
{
	uart_write(&u, reg, value);
}

static uint8_t in(unsigned int reg)
{
	return uart_read(&u, reg);
}

static int start(void **state)
{
	const struct irq_line irq = { wire, NULL, 4 };

	(void)state;
	line = false;
	edges = 0;
	nr_sent = 0;
	uart_init(&u, irq, output, sent);
	out(MCR, OUT2);
	in(MSR);
	return 0;
}

static void what_is_written_goes_out(void **state)
{
	(void)state;
	out(DATA, 'a');
	out(DATA, 0xff);
	assert_int_equal(nr_sent, 2);
	assert_memory_equal(sent, "a\377", 2);
	assert_int_equal(in(LSR), LSR_EMPTY);
	assert_false(line);
}

static void input_is_read_in_order(void **state)
{
	(void)state;
	for (unsigned int round = 0; round < 5; round++) {
		for (unsigned int i = 0; i < 100; i++)
			uart_input(&u, (uint8_t)i);
		for (unsigned int i = 0; i < 100; i++) {
			assert_true(in(LSR)&LSR_DATA);
			assert_int_equal(in(DATA), i);
		}
		assert_false(in(LSR)&LSR_DATA);
	}
	assert_int_equal(in(DATA), 0);
}

/* The order of the data sheet: line status, data, transmitter, modem. */
static void causes_come_by_priority(void **state)
{
	(void)state;
	while (uart_room(&u))
		uart_input(&u, 'x');
	uart_input(&u, 'y');
	out(MCR, LOOP);
	out(MCR, OUT2); /* the modem's lines have changed */
	out(IER, 0x0f);
	assert_int_equal(in(IIR), BY_LINE);
	assert_int_equal(in(LSR), LSR_EMPTY | LSR_DATA | LSR_OVER);
	assert_int_equal(in(IIR), BY_RX);
	assert_int_equal(in(LSR), LSR_EMPTY | LSR_DATA);
	while (in(LSR)&LSR_DATA)
		assert_int_equal(in(DATA), 'x');
	assert_int_equal(in(IIR), BY_TX);
	assert_int_equal(in(IIR), BY_MODEM);
	assert_true(line);
	in(MSR);
	assert_int_equal(in(IIR), NONE);
	assert_false(line);
}

static void only_enabled_causes_interrupt(void **state)
{
	(void)state;
	uart_input(&u, 'x');
	assert_int_equal(in(IIR), NONE);
	assert_false(line);
	out(IER, IER_LINE | IER_MODEM);
	assert_false(line);
	out(IER, IER_RX);
	assert_true(line);
	assert_int_equal(in(IIR), BY_RX);
	assert_int_equal(in(IIR), BY_RX); /* until the byte is read */
	in(DATA);
	assert_false(line);
}

/* Reading IIR ends it, enabling brings it back: Linux tests for both. */
static void the_transmitter_interrupts_when_enabled(void **state)
{
	(void)state;
	out(IER, IER_TX);
	assert_true(line);
	assert_int_equal(in(LSR), LSR_EMPTY);
	assert_int_equal(in(IIR), BY_TX);
	assert_false(line);
	assert_int_equal(in(IIR), NONE);
	out(IER, IER_TX); /* no change: nothing */
	assert_int_equal(in(IIR), NONE);
	out(IER, 0);
	out(IER, IER_TX);
	assert_int_equal(in(IIR), BY_TX);
}

static void each_byte_interrupts_anew(void **state)
{
	(void)state;
	out(IER, IER_TX);
	in(IIR);
	edges = 0;
	out(DATA, 'a');
	assert_int_equal(edges, 1);
	out(DATA,
	    'b'); /* IIR not read: the line falls and rises all the same */
	assert_int_equal(edges, 2);
	assert_int_equal(in(IIR), BY_TX);
}

/* A cause of higher rank is shown first and does not eat this one. */
static void data_do_not_hide_the_transmitter(void **state)
{
	(void)state;
	out(IER, IER_TX | IER_RX);
	uart_input(&u, 'x');
	assert_int_equal(in(IIR), BY_RX);
	in(DATA);
	assert_int_equal(in(IIR), BY_TX);
	assert_int_equal(in(IIR), NONE);
}

static void fifo_bits_say_16550a(void **state)
{
	(void)state;
	assert_int_equal(in(IIR), NONE);
	out(FCR, 0x01);
	assert_int_equal(in(IIR), 0xc0 | NONE);
	out(LCR, DLAB);
	out(FCR, 0x21); /* a 16750 would show bit 5 */
	assert_int_equal(in(IIR), 0xc0 | NONE);
	out(LCR, 0xbf); /* a 16650 has another register here */
	assert_int_not_equal(in(IIR), 0);
	out(LCR, 0);
	out(FCR, 0);
	assert_int_equal(in(IIR), NONE);
}

static void the_fifo_can_be_emptied(void **state)
{
	(void)state;
	out(IER, IER_RX);
	uart_input(&u, 'x');
	uart_input(&u, 'y');
	out(FCR, 0x03);
	assert_false(line);
	assert_false(in(LSR)&LSR_DATA);
	assert_int_equal(uart_room(&u), UART_RX);
	uart_input(&u, 'z');
	assert_int_equal(in(DATA), 'z');
}

static void the_divisor_is_behind_dlab(void **state)
{
	(void)state;
	out(IER, IER_RX);
	out(LCR, DLAB | 0x03);
	out(DATA, 0x01);
	out(IER, 0x02);
	assert_int_equal(in(DATA), 0x01);
	assert_int_equal(in(IER), 0x02);
	out(LCR, 0x03);
	assert_int_equal(in(LCR), 0x03);
	assert_int_equal(in(IER), IER_RX);
	assert_int_equal(nr_sent, 0);
}

/* The probe of autoconfig(): four bits of IER, scratch, loop-back's lines. */
static void linux_finds_it(void **state)
{
	(void)state;
	out(IER, 0);
	assert_int_equal(in(IER), 0);
	out(IER, 0x0f);
	assert_int_equal(in(IER), 0x0f);
	out(IER, 0xff); /* no bit 6: not an XScale */
	assert_int_equal(in(IER), 0x0f);
	out(IER, 0);
	out(MCR, LOOP | 0x0a);
	assert_int_equal(in(MSR)&0xf0, 0x90);
	out(MCR, 0xff);
	assert_int_equal(in(MCR), 0x1f);
	out(MCR, OUT2);
	assert_int_equal(in(MSR)&0xf0, 0xb0); /* CTS, DSR, DCD */
	out(SCR, 0xa5);
	assert_int_equal(in(SCR), 0xa5);
}

static void loop_back_stays_inside(void **state)
{
	(void)state;
	out(IER, IER_RX);
	out(MCR, LOOP | OUT2);
	out(DATA, 'l');
	assert_int_equal(nr_sent, 0);
	assert_int_equal(in(IIR), BY_RX);
	assert_false(line); /* OUT2 is off inside */
	assert_int_equal(uart_room(&u), 0);
	uart_input(&u, 'h');
	assert_int_equal(in(DATA), 'l');
	assert_false(in(LSR)&LSR_DATA);
	out(MCR, OUT2);
	assert_int_equal(uart_room(&u), UART_RX);
}

static void loop_back_joins_the_modem_lines(void **state)
{
	static const struct {
		uint8_t mcr, msr;
	} row[] = {
		{ 0, 0 }, { 1, 0x20 }, { 2, 0x10 }, { 4, 0x40 }, { 8, 0x80 }
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		out(MCR, LOOP | row[i].mcr);
		assert_int_equal(in(MSR)&0xf0, row[i].msr);
		assert_int_equal(in(MSR)&0x0f, 0);
	}
	out(MCR, LOOP | 0x0f);
	assert_int_equal(in(MSR)&0x0f, 0x03); /* not DCD: it was there */
	out(MCR, LOOP);
	assert_int_equal(in(MSR), 0x0f);
}

/* The ring indicator tells of its end only. */
static void ringing_counts_when_it_ends(void **state)
{
	(void)state;
	out(MCR, LOOP);
	in(MSR);
	out(MCR, LOOP | 4);
	assert_int_equal(in(MSR), 0x40);
	out(MCR, LOOP);
	assert_int_equal(in(MSR), 0x04);
}

/* On a PC OUT2 connects the interrupt. */
static void out2_gates_the_line(void **state)
{
	(void)state;
	out(IER, IER_RX);
	out(MCR, 0);
	uart_input(&u, 'x');
	assert_false(line);
	assert_int_equal(in(IIR), BY_RX);
	out(MCR, OUT2);
	assert_true(line);
}

#define T(f) cmocka_unit_test_setup(f, start)

/* Linux's SysRq: a break, which is a zero byte with a mark, then the key. */
static void a_break_marks_one_byte(void **state)
{
	(void)state;
	uart_input(&u, 'a');
	uart_break(&u);
	uart_input(&u, 't');
	assert_int_equal(uart_read(&u, LSR), LSR_EMPTY | LSR_DATA);
	assert_int_equal(uart_read(&u, DATA), 'a');
	uart_write(&u, MCR, OUT2);
	uart_write(&u, IER, IER_LINE | IER_RX);
	assert_int_equal(uart_read(&u, IIR), BY_LINE);
	assert_int_equal(uart_read(&u, LSR), LSR_EMPTY | LSR_DATA | LSR_BREAK);
	assert_int_equal(uart_read(&u, IIR), BY_RX);
	assert_int_equal(uart_read(&u, LSR), LSR_EMPTY | LSR_DATA);
	assert_int_equal(uart_read(&u, DATA), 0);
	assert_int_equal(uart_read(&u, LSR), LSR_EMPTY | LSR_DATA);
	assert_int_equal(uart_read(&u, DATA), 't');
	uart_write(&u, MCR, LOOP);
	uart_break(&u); /* the wire is off */
	assert_int_equal(uart_read(&u, LSR), LSR_EMPTY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_is_written_goes_out),
		T(input_is_read_in_order),
		T(causes_come_by_priority),
		T(only_enabled_causes_interrupt),
		T(the_transmitter_interrupts_when_enabled),
		T(each_byte_interrupts_anew),
		T(data_do_not_hide_the_transmitter),
		T(fifo_bits_say_16550a),
		T(the_fifo_can_be_emptied),
		T(the_divisor_is_behind_dlab),
		T(linux_finds_it),
		T(loop_back_stays_inside),
		T(loop_back_joins_the_modem_lines),
		T(ringing_counts_when_it_ends),
		T(out2_gates_the_line),
		T(a_break_marks_one_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* See irq.h.  Time is the 8254's channel 2, which makes no interrupts. */
#include "guest.h"
#include "irq.h"
#include "vmi.h"
#include "x86-defs.h"

#define ALL_MASKED    0xff
#define PIT_MODE_ONCE 0
#define PIT_MODE_RATE 2
#define PIT_CMD(ch, mode)                                                      \
	(((ch) << PIT_SELECT_SHIFT) | PIT_LOW_HIGH | ((mode) << PIT_MODE_SHIFT))
#define US_PER_SECOND 1000000u
#define PIT_MAX	      0xffff
#define POLL_US	      20000
#define PENDING_US    1000

void pic_mask_all(void)
{
	outb(PORT_PIC1_DATA, ALL_MASKED);
	outb(PORT_PIC2_DATA, ALL_MASKED);
}

void pic_init(void)
{
	outb(PORT_PIC1_CMD, PIC_ICW1 | PIC_ICW1_ICW4);
	outb(PORT_PIC1_DATA, IRQ_VECTOR);
	outb(PORT_PIC1_DATA, BIT(PIC_CASCADE_IRQ));
	outb(PORT_PIC1_DATA, PIC_ICW4_8086);
	outb(PORT_PIC2_CMD, PIC_ICW1 | PIC_ICW1_ICW4);
	outb(PORT_PIC2_DATA, IRQ_VECTOR + 8);
	outb(PORT_PIC2_DATA, PIC_CASCADE_IRQ);
	outb(PORT_PIC2_DATA, PIC_ICW4_8086);
	pic_mask_all();
	pit_stop();
}

void pic_unmask(unsigned int irq)
{
	outb(PORT_PIC1_DATA, (uint8_t)(inb(PORT_PIC1_DATA) & ~BIT(irq)));
}

bool pic_requested(unsigned int irq)
{
	outb(PORT_PIC1_CMD, PIC_OCW3_READ_IRR);
	return inb(PORT_PIC1_CMD) & BIT(irq);
}

bool pic_in_service(unsigned int irq)
{
	outb(PORT_PIC1_CMD, PIC_OCW3_READ_ISR);
	return inb(PORT_PIC1_CMD) & BIT(irq);
}

static uint16_t ticks(unsigned int us)
{
	/* us * 1.193182, without 64-bit division */
	uint32_t n = us + us / 5 - us / 150;

	return (uint16_t)(n > PIT_MAX ? PIT_MAX : n < 2 ? 2 : n);
}

static void load(unsigned int channel, unsigned int mode, uint16_t count)
{
	outb(PORT_PIT_MODE, (uint8_t)PIT_CMD(channel, mode));
	outb((uint16_t)(PORT_PIT_CH0 + channel), (uint8_t)count);
	outb((uint16_t)(PORT_PIT_CH0 + channel), (uint8_t)(count >> 8));
}

void pit_once(unsigned int us)
{
	load(0, PIT_MODE_ONCE, ticks(us));
}

void pit_periodic(unsigned int us)
{
	load(0, PIT_MODE_RATE, ticks(us));
}

/* Mode 0 without a count: the output stays low. */
void pit_stop(void)
{
	outb(PORT_PIT_MODE, PIT_CMD(0, PIT_MODE_ONCE));
}

uint16_t pit_count(void)
{
	uint8_t lo;

	outb(PORT_PIT_MODE, PIT_LATCH);
	lo = inb(PORT_PIT_CH0);
	return (uint16_t)(lo | inb(PORT_PIT_CH0) << 8);
}

static void gate2_start(unsigned int us)
{
	outb(PORT_SYSTEM_B, SYSTEM_B_GATE2);
	load(2, PIT_MODE_ONCE, ticks(us));
}

static bool gate2_over(void)
{
	return inb(PORT_SYSTEM_B) & SYSTEM_B_OUT2;
}

void delay_us(unsigned int us)
{
	while (us) {
		unsigned int n = us < POLL_US ? us : POLL_US;

		gate2_start(n);
		while (!gate2_over())
			;
		us -= n;
	}
}

bool poll_second(uint32_t *state)
{
	if (*state == 0 || gate2_over()) {
		if (++*state > US_PER_SECOND / POLL_US)
			return false;
		gate2_start(POLL_US);
	}
	return true;
}

bool wait_count(const volatile uint32_t *count, uint32_t n)
{
	uint32_t state = 0;

	while (*count < n)
		if (!poll_second(&state))
			return false;
	return true;
}

void make_pending(void)
{
	uint32_t state = 0;

	pic_init();
	pic_unmask(IRQ_TIMER);
	pit_once(PENDING_US);
	while (!pic_requested(IRQ_TIMER)) {
		if (!poll_second(&state)) {
			fail(__FILE__, __LINE__, "the PIT makes no IRQ 0");
			test_abort();
		}
	}
}

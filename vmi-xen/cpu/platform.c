/* SPDX-License-Identifier: GPL-2.0-only */
/* Bring-up platform: a PIC without priorities, a UART; dev/ takes its place. */
#include "cpu/platform.h"
#include "cpu/machine.h"
#include "cpu/timer.h"
#include "lib/counters.h"

static struct {
	uint8_t imr[2], base[2], irr[2], isr[2], icw[2], lcr, ier;
} p;

static void timer_event(void *opaque)
{
	(void)opaque;
}

void platform_init(struct machine *m)
{
	(void)m;
	p.imr[0] = p.imr[1] = 0xff;
	evtchn_handle(evtchn_bind_virq(XEN_VIRQ_TIMER, 0), timer_event, NULL);
}

void platform_firmware(struct machine *m)
{
	(void)m;
}

uint32_t platform_in(struct vcpu *v, uint16_t port, unsigned int size)
{
	(void)v;
	(void)size;
	switch (port) {
	case 0x20:
		return p.irr[0];
	case 0x21:
		return p.imr[0];
	case 0xa0:
		return p.irr[1];
	case 0xa1:
		return p.imr[1];
	case 0x3fd:
		return 0x60;
	default:
		return 0xffffffff;
	}
}

static void pic_write(unsigned int n, bool data, uint8_t value)
{
	if (!data) {
		if (value & 0x10)
			p.icw[n] = 2;
		else if (value & 0x20)
			p.isr[n] = 0;
		return;
	}
	if (p.icw[n] == 2)
		p.base[n] = value;
	if (p.icw[n] && p.icw[n]++ < 5) {
		if (p.icw[n] == 5)
			p.icw[n] = 0;
		return;
	}
	p.imr[n] = value;
}

void platform_out(struct vcpu *v, uint16_t port, unsigned int size,
		  uint32_t value)
{
	char c = (char)value;

	(void)v;
	(void)size;
	if (port == 0x20 || port == 0x21)
		pic_write(0, port & 1, (uint8_t)value);
	else if (port == 0xa0 || port == 0xa1)
		pic_write(1, port & 1, (uint8_t)value);
	else if (port == 0x3f8)
		console_write(&c, 1);
	else if (port == 0x999) {
		counters_print(v);
		counters_reset(v);
	} else if (port == 0x64 && (value & 0xff) == 0xfe) {
		counters_print(v);
		xen_shutdown(XEN_REBOOT);
	}
}

uint32_t platform_read(struct vcpu *v, gpa_t gpa, unsigned int size)
{
	(void)v;
	(void)gpa;
	(void)size;
	return 0xffffffff;
}

void platform_write(struct vcpu *v, gpa_t gpa, unsigned int size,
		    uint32_t value)
{
	(void)v;
	(void)gpa;
	(void)size;
	(void)value;
}

uint64_t platform_apic_base(const struct vcpu *v)
{
	(void)v;
	return 0;
}

bool platform_apic_base_set(struct vcpu *v, uint64_t value)
{
	(void)v;
	(void)value;
	return true;
}

uint32_t platform_apic_read(struct vcpu *v, uint32_t reg)
{
	(void)v;
	(void)reg;
	return 0;
}

void platform_apic_write(struct vcpu *v, uint32_t reg, uint32_t value)
{
	(void)v;
	(void)reg;
	(void)value;
}

bool platform_irq_pending(struct vcpu *v)
{
	(void)v;
	return p.irr[0] & ~p.imr[0] && !p.isr[0];
}

int platform_irq_ack(struct vcpu *v)
{
	if (!platform_irq_pending(v))
		return -1;
	p.irr[0] &= 0xfe;
	p.isr[0] |= 1;
	return p.base[0];
}

void platform_alarm(struct vcpu *v, bool lvtt)
{
	(void)v;
	(void)lvtt;
	p.irr[0] |= 1;
}

uint64_t platform_tick(struct vcpu *v, uint64_t now)
{
	(void)v;
	(void)now;
	return UINT64_MAX;
}

void platform_power_button(struct machine *m)
{
	(void)m;
}

void platform_ctrl_alt_del(struct machine *m)
{
	(void)m;
}

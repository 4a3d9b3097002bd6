/* SPDX-License-Identifier: GPL-2.0-only */
#include "cpu/platform.h"
#include "cpu/machine.h"
void platform_init(struct machine *m)
{
	(void)m;
}
void platform_firmware(struct machine *m)
{
	(void)m;
}
uint32_t platform_in(struct vcpu *v, uint16_t port, unsigned int size)
{
	(void)v;
	(void)port;
	(void)size;
	if (port == 0x3fd)
		return 0x60;
	return 0xffffffff;
}
void platform_out(struct vcpu *v, uint16_t port, unsigned int size,
		  uint32_t value)
{
	(void)v;
	(void)size;
	if (port == 0x3f8) {
		char c = (char)value;
		console_write(&c, 1);
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
	return false;
}
int platform_irq_ack(struct vcpu *v)
{
	(void)v;
	return -1;
}
void platform_alarm(struct vcpu *v, bool lvtt)
{
	(void)v;
	(void)lvtt;
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

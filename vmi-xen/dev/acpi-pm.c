/* SPDX-License-Identifier: GPL-2.0-only */
/* ACPI fixed hardware.  Pure. */
#include "dev/acpi-pm.h"
#include "lib/div64.h"
#include "lib/string.h"

#define STS_PWRBTN    0x0100
#define STS_BITS      0x8731 /* those that a write of 1 clears */
#define CNT_SCI_EN    0x0001
#define CNT_GBL_RLS   0x0004
#define CNT_SLP_TYP   10
#define CNT_SLP_EN    0x2000
#define TIMER_HZ      3579545u
#define TIMER_MASK    0x00ffffffu
#define NS_PER_SEC    1000000000u
#define ENABLE_OFFSET 2

void acpi_pm_init(struct acpi_pm *a, struct irq_line sci,
		  void (*power_off)(void *opaque), void *opaque)
{
	memset(a, 0, sizeof(*a));
	a->sci = sci;
	a->power_off = power_off;
	a->opaque = opaque;
	a->control = CNT_SCI_EN; /* there is no SMM to switch from */
}

static void update(struct acpi_pm *a)
{
	irq_line_set(&a->sci, a->status & a->enable & STS_BITS);
}

uint32_t acpi_pm_read(struct acpi_pm *a, uint16_t port, unsigned int size,
		      uint64_t now)
{
	uint32_t event = a->status | (uint32_t)a->enable << 16;
	uint32_t value;

	(void)size;
	if (port >= ACPI_PM_TIMER)
		value = (uint32_t)muldiv64(now, TIMER_HZ, NS_PER_SEC) &
			TIMER_MASK;
	else if (port >= ACPI_PM1_CNT)
		value = a->control;
	else
		value = event;
	return value >> 8 * (port & 3);
}

static void control(struct acpi_pm *a, uint16_t value)
{
	/* Two bits are write-only. */
	a->control =
		(uint16_t)((value & ~(CNT_SLP_EN | CNT_GBL_RLS)) | CNT_SCI_EN);
	if ((value & CNT_SLP_EN) && (value >> CNT_SLP_TYP & 7) == ACPI_S5_TYPE)
		a->power_off(a->opaque);
}

void acpi_pm_write(struct acpi_pm *a, uint16_t port, unsigned int size,
		   uint32_t value)
{
	unsigned int shift = 8 * (port & 1);
	uint32_t mask = (size == 1 ? 0xffu : 0xffffu) << shift;

	value <<= shift;
	switch (port & ~1u) {
	case ACPI_PM1_EVENT:
		a->status &= (uint16_t) ~(value & mask & STS_BITS);
		if (size == 4)
			a->enable = (uint16_t)(value >> 16);
		break;
	case ACPI_PM1_EVENT + ENABLE_OFFSET:
		a->enable = (uint16_t)((a->enable & ~mask) | (value & mask));
		break;
	case ACPI_PM1_CNT:
		control(a, (uint16_t)((a->control & ~mask) | (value & mask)));
		break;
	default:
		break;
	}
	update(a);
}

bool acpi_pm_button_is_heard(const struct acpi_pm *a)
{
	return a->enable & STS_PWRBTN;
}

void acpi_pm_button(struct acpi_pm *a)
{
	a->status |= STS_PWRBTN;
	update(a);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ACPI fixed hardware: PM1 event and control blocks, the PM timer, the power
 * button.  Source: ACPI 2.0, chapter 4.
 */
#ifndef VMI_DEV_ACPI_PM_H
#define VMI_DEV_ACPI_PM_H

#include "dev/irq-line.h"

#define ACPI_PM_BASE   0x600
#define ACPI_PM1_EVENT ACPI_PM_BASE
#define ACPI_PM1_CNT   (ACPI_PM_BASE + 4)
#define ACPI_PM_TIMER  (ACPI_PM_BASE + 8)
#define ACPI_PM_LEN    12
#define ACPI_SCI_IRQ   9
#define ACPI_S5_TYPE   5

struct acpi_pm {
	struct irq_line sci;
	void (*power_off)(void *opaque);
	void *opaque;
	uint16_t status, enable, control;
};

void acpi_pm_init(struct acpi_pm *a, struct irq_line sci,
		  void (*power_off)(void *opaque), void *opaque);
uint32_t acpi_pm_read(struct acpi_pm *a, uint16_t port, unsigned int size,
		      uint64_t now);
void acpi_pm_write(struct acpi_pm *a, uint16_t port, unsigned int size,
		   uint32_t value);
/** The guest wants an interrupt of the power button. */
bool acpi_pm_button_is_heard(const struct acpi_pm *a);
void acpi_pm_button(struct acpi_pm *a);

#endif

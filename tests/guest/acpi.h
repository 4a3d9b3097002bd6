/* SPDX-License-Identifier: GPL-2.0-only */
/* What the firmware's ACPI tables say (ACPI 1.0b). */
#ifndef GUEST_ACPI_H
#define GUEST_ACPI_H

#include "types.h"

/** The table with this signature, copied in whole; NULL if there is none. */
const uint8_t *acpi_table(const char *signature);
/** Enter S5, if the tables say how; returns if that did nothing. */
void acpi_power_off(void);

#endif

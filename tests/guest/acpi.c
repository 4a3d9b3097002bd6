/* SPDX-License-Identifier: GPL-2.0-only */
/* RSDP, RSDT, FADT and the \_S5 package of the DSDT.  See acpi.h. */
#include "acpi.h"
#include "guest.h"
#include "mm.h"
#include "x86-defs.h"

#define RSDP_STEP      16
#define RSDP_SIZE      20
#define RSDP_RSDT      16
#define HEADER_LENGTH  4
#define HEADER_SIZE    36
#define FADT_DSDT      40
#define FADT_PM1A_CNT  64
#define PM_SLP_EN      0x2000
#define PM_SLP_SHIFT   10
#define S5_NAME_SIZE   4
#define AML_PACKAGE    0x12
#define AML_BYTE       0x0a
#define PKG_LEAD_SHIFT 6
#define TABLE_MAX      0x10000

static uint8_t table_copy[TABLE_MAX];

static uint32_t get32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static bool sums_up(const uint8_t *p, uint32_t n)
{
	uint8_t sum = 0;

	while (n--)
		sum = (uint8_t)(sum + *p++);
	return sum == 0;
}

static uint32_t rsdt(void)
{
	for (uint32_t at = BIOS_AREA_START; at < BIOS_AREA_END;
	     at += RSDP_STEP) {
		const uint8_t *p = va(at);

		if (!memcmp(p, "RSD PTR ", 8) && sums_up(p, RSDP_SIZE))
			return get32(p + RSDP_RSDT);
	}
	return 0;
}

static const uint8_t *copy_table(uint32_t at)
{
	uint8_t header[HEADER_SIZE];
	uint32_t len;

	phys_read(header, at, sizeof(header));
	len = get32(header + HEADER_LENGTH);
	if (len < HEADER_SIZE || len > TABLE_MAX)
		return NULL;
	phys_read(table_copy, at, len);
	return sums_up(table_copy, len) ? table_copy : NULL;
}

const uint8_t *acpi_table(const char *signature)
{
	uint32_t at = rsdt(), list[64], n;
	const uint8_t *t = at ? copy_table(at) : NULL;

	if (!t)
		return NULL;
	n = (get32(t + HEADER_LENGTH) - HEADER_SIZE) / 4;
	n = n < ARRAY_SIZE(list) ? n : ARRAY_SIZE(list);
	memcpy(list, t + HEADER_SIZE, n * 4);
	for (uint32_t i = 0; i < n; i++) {
		t = copy_table(list[i]);
		if (t && !memcmp(t, signature, 4))
			return t;
	}
	return NULL;
}

/* Name (_S5, Package () { type, ... }): the first element; -1: not there. */
static int s5_type(const uint8_t *t)
{
	uint32_t len = get32(t + HEADER_LENGTH);

	for (uint32_t i = HEADER_SIZE; i + 16 < len; i++) {
		const uint8_t *p = t + i;

		if (memcmp(p, "_S5_", S5_NAME_SIZE) ||
		    p[S5_NAME_SIZE] != AML_PACKAGE)
			continue;
		p += S5_NAME_SIZE + 1;
		p += 1 + (*p >> PKG_LEAD_SHIFT); /* package length */
		p++;				 /* elements */
		return *p == AML_BYTE ? p[1] : *p;
	}
	return -1;
}

void acpi_power_off(void)
{
	const uint8_t *t = acpi_table("FACP");
	uint32_t port, dsdt;
	int type;

	if (!t)
		return;
	port = get32(t + FADT_PM1A_CNT);
	dsdt = get32(t + FADT_DSDT);
	t = copy_table(dsdt);
	type = t ? s5_type(t) : -1;
	if (!port || type < 0)
		return;
	outw((uint16_t)port, (uint16_t)(PM_SLP_EN | (type << PM_SLP_SHIFT)));
}

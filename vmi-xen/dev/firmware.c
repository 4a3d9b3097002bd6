/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Firmware tables.  Pure.
 *
 * The AML is written by a few functions instead of by a compiler: an S5 sleep
 * state, and the PCI root with its resources and interrupt routing.
 */
#include "dev/firmware.h"
#include "dev/acpi-pm.h"
#include "dev/ioapic.h"
#include "dev/lapic.h"
#include "dev/pci.h"
#include "lib/string.h"

#define RSDP_AT 0x0000
#define MP_AT	0x0040
#define RSDT_AT 0x0100
#define FACS_AT 0x0180
#define FADT_AT 0x0200
#define MADT_AT 0x0300
#define MPC_AT	0x0600
#define DSDT_AT 0x1000

#define HEADER_SIZE 36
#define OEM_ID	    "VMIXEN"
#define OEM_TABLE   "VMI-XEN "

/* --- Writing --------------------------------------------------------------*/
struct out {
	uint8_t *start, *p;
};

static void u8(struct out *o, uint32_t v)
{
	*o->p++ = (uint8_t)v;
}

static void u16(struct out *o, uint32_t v)
{
	u8(o, v);
	u8(o, v >> 8);
}

static void u32(struct out *o, uint32_t v)
{
	u16(o, v);
	u16(o, v >> 16);
}

static void text(struct out *o, const char *s, size_t n)
{
	memcpy(o->p, s, n);
	o->p += n;
}

static uint8_t sum(const uint8_t *p, size_t n)
{
	uint8_t s = 0;

	while (n--)
		s = (uint8_t)(s + *p++);
	return (uint8_t)-s;
}

static void header(struct out *o, uint8_t *at, const char *signature,
		   uint8_t revision)
{
	o->start = o->p = at;
	text(o, signature, 4);
	u32(o, 0); /* length */
	u8(o, revision);
	u8(o, 0); /* checksum */
	text(o, OEM_ID, 6);
	text(o, OEM_TABLE, 8);
	u32(o, 1);
	text(o, "VMIX", 4);
	u32(o, 1);
}

static void finish(struct out *o)
{
	uint32_t len = (uint32_t)(o->p - o->start);

	memcpy(o->start + 4, &len, sizeof(len));
	o->start[9] = sum(o->start, len);
}

/* --- AML (ACPI 2.0 chapter 17) --------------------------------------------*/
#define AML_NAME     0x08
#define AML_BYTE     0x0a
#define AML_WORD     0x0b
#define AML_DWORD    0x0c
#define AML_SCOPE    0x10
#define AML_BUFFER   0x11
#define AML_PACKAGE  0x12
#define AML_EXT	     0x5b
#define AML_DEVICE   0x82
#define EISA_PNP0A03 0x030ad041

/* A package length of two bytes, filled in by end(). */
static uint8_t *begin(struct out *o)
{
	uint8_t *at = o->p;

	u16(o, 0);
	return at;
}

static void end(struct out *o, uint8_t *at)
{
	uint32_t len = (uint32_t)(o->p - at);

	at[0] = (uint8_t)(0x40 | (len & 0xf));
	at[1] = (uint8_t)(len >> 4);
}

static void integer(struct out *o, uint32_t v)
{
	if (v <= 0xff) {
		u8(o, AML_BYTE);
		u8(o, v);
	} else if (v <= 0xffff) {
		u8(o, AML_WORD);
		u16(o, v);
	} else {
		u8(o, AML_DWORD);
		u32(o, v);
	}
}

static void name(struct out *o, const char *n)
{
	u8(o, AML_NAME);
	text(o, n, 4);
}

static void package(struct out *o, const uint32_t *v, unsigned int n)
{
	uint8_t *at;

	u8(o, AML_PACKAGE);
	at = begin(o);
	u8(o, n);
	for (unsigned int i = 0; i < n; i++)
		integer(o, v[i]);
	end(o, at);
}

/* Word address space descriptor (6.4.3.5.3). */
static void word_range(struct out *o, uint8_t type, uint8_t flags,
		       uint32_t first, uint32_t last)
{
	u8(o, 0x88);
	u16(o, 13);
	u8(o, type);
	u8(o, 0x0c); /* fixed limits, positive decode, producer */
	u8(o, flags);
	u16(o, 0);
	u16(o, first);
	u16(o, last);
	u16(o, 0);
	u16(o, last - first + 1);
}

static void memory_range(struct out *o, uint32_t first, uint32_t last)
{
	u8(o, 0x87);
	u16(o, 23);
	u8(o, 0);
	u8(o, 0x0c);
	u8(o, 0x01); /* read-write, not cacheable */
	u32(o, 0);
	u32(o, first);
	u32(o, last);
	u32(o, 0);
	u32(o, last - first + 1);
}

#define RANGE_IO      1
#define RANGE_BUS     2
#define PCI_MEM_FIRST 0xe0000000u
#define PCI_MEM_LAST  0xfebfffffu

static void pci_resources(struct out *o)
{
	uint8_t *at, *size;

	name(o, "_CRS");
	u8(o, AML_BUFFER);
	at = begin(o);
	u8(o, AML_BYTE);
	size = o->p;
	u8(o, 0);
	word_range(o, RANGE_BUS, 0, 0, 0xff);
	u8(o, 0x47); /* I/O port descriptor: the configuration ports */
	u8(o, 0x01);
	u16(o, PCI_ADDRESS_PORT);
	u16(o, PCI_ADDRESS_PORT);
	u8(o, 1);
	u8(o, 8);
	word_range(o, RANGE_IO, 3, 0, PCI_ADDRESS_PORT - 1);
	word_range(o, RANGE_IO, 3, PCI_ADDRESS_PORT + 8, 0xffff);
	memory_range(o, PCI_MEM_FIRST, PCI_MEM_LAST);
	u8(o, 0x79);
	u8(o, 0);
	*size = (uint8_t)(o->p - size - 1);
	end(o, at);
}

static void pci_routing(struct out *o)
{
	uint8_t *at;

	name(o, "_PRT");
	u8(o, AML_PACKAGE);
	at = begin(o);
	u8(o, PCI_SLOTS - 1);
	for (uint32_t d = 1; d < PCI_SLOTS; d++) {
		const uint32_t entry[] = { d << 16 | 0xffff, 0, 0, PCI_IRQ(d) };

		package(o, entry, ARRAY_SIZE(entry));
	}
	end(o, at);
}

static void build_dsdt(uint8_t *at)
{
	const uint32_t s5[] = { ACPI_S5_TYPE, ACPI_S5_TYPE, 0, 0 };
	uint8_t *scope, *device;
	struct out o;

	header(&o, at, "DSDT", 1);
	name(&o, "_S5_");
	package(&o, s5, ARRAY_SIZE(s5));
	u8(&o, AML_SCOPE);
	scope = begin(&o);
	text(&o, "_SB_", 4);
	u8(&o, AML_EXT);
	u8(&o, AML_DEVICE);
	device = begin(&o);
	text(&o, "PCI0", 4);
	name(&o, "_HID");
	integer(&o, EISA_PNP0A03);
	name(&o, "_ADR");
	integer(&o, 0);
	name(&o, "_UID");
	integer(&o, 0);
	pci_resources(&o);
	pci_routing(&o);
	end(&o, device);
	end(&o, scope);
	finish(&o);
}

/* --- Tables ---------------------------------------------------------------*/
#define CENTURY_REGISTER 0x32
#define NO_C2		 0x0fff
#define NO_C3		 0x0fff
#define FADT_FLAGS	 0x65 /* WBINVD, C1, no sleep button, no fixed RTC */

static void build_fadt(uint8_t *at)
{
	struct out o;

	header(&o, at, "FACP", 1);
	u32(&o, FIRMWARE_BASE + FACS_AT);
	u32(&o, FIRMWARE_BASE + DSDT_AT);
	u8(&o, 1); /* multiple APICs */
	u8(&o, 0);
	u16(&o, ACPI_SCI_IRQ);
	u32(&o, 0); /* no SMI command port: ACPI is on */
	u32(&o, 0);
	u32(&o, ACPI_PM1_EVENT);
	u32(&o, 0);
	u32(&o, ACPI_PM1_CNT);
	u32(&o, 0);
	u32(&o, 0);
	u32(&o, ACPI_PM_TIMER);
	u32(&o, 0);
	u32(&o, 0);
	u8(&o, 4); /* bytes of PM1 event, control, PM2, timer */
	u8(&o, 2);
	u8(&o, 0);
	u8(&o, 4);
	u32(&o, 0); /* GPE lengths and base, C states */
	u16(&o, NO_C2);
	u16(&o, NO_C3);
	u32(&o, 0); /* cache flush */
	u16(&o, 0); /* duty cycle */
	u16(&o, 0); /* alarms */
	u8(&o, CENTURY_REGISTER);
	u16(&o, 0);
	u8(&o, 0);
	u32(&o, FADT_FLAGS);
	finish(&o);
}

static void build_facs(uint8_t *at)
{
	struct out o = { at, at };

	text(&o, "FACS", 4);
	u32(&o, 64);
}

#define ISA_BUS		 0
#define TIMER_PIN	 2
#define ISO_LEVEL_HIGH	 0x000d
#define MADT_PCAT_COMPAT 1

static void build_madt(uint8_t *at, const struct firmware_config *c)
{
	struct out o;

	header(&o, at, "APIC", 1);
	u32(&o, LAPIC_BASE);
	u32(&o, MADT_PCAT_COMPAT);
	for (unsigned int i = 0; i < c->nr_cpus; i++) {
		u16(&o, 0x0800); /* type 0, length 8 */
		u8(&o, i);
		u8(&o, i);
		u32(&o, 1);
	}
	u16(&o, 0x0c01);
	u8(&o, c->ioapic_id);
	u8(&o, 0);
	u32(&o, IOAPIC_BASE);
	u32(&o, 0);
	u16(&o, 0x0a02); /* the timer is on pin 2 */
	u8(&o, ISA_BUS);
	u8(&o, 0);
	u32(&o, TIMER_PIN);
	u16(&o, 0);
	u16(&o, 0x0a02);
	u8(&o, ISA_BUS);
	u8(&o, ACPI_SCI_IRQ);
	u32(&o, ACPI_SCI_IRQ);
	u16(&o, ISO_LEVEL_HIGH);
	finish(&o);
}

static void build_rsdt(uint8_t *at)
{
	struct out o;

	header(&o, at, "RSDT", 1);
	u32(&o, FIRMWARE_BASE + FADT_AT);
	u32(&o, FIRMWARE_BASE + MADT_AT);
	finish(&o);
}

#define RSDP_SIZE 20

static void build_rsdp(uint8_t *at)
{
	struct out o = { at, at };

	text(&o, "RSD PTR ", 8);
	u8(&o, 0);
	text(&o, OEM_ID, 6);
	u8(&o, 0);
	u32(&o, FIRMWARE_BASE + RSDT_AT);
	at[8] = sum(at, RSDP_SIZE);
}

/* --- MP table, for kernels without ACPI -----------------------------------*/
#define MP_SIZE		 16
#define MP_BUS_PCI	 0
#define MP_BUS_ISA	 1
#define MP_CPU_ENABLED	 1
#define MP_CPU_BOOT	 2
#define MP_CPU_SIGNATURE 0x600
#define MP_CPU_FEATURES	 0x201
#define MP_INT		 0
#define MP_EXTINT	 3
#define MP_LEVEL_LOW	 0xf
#define ISA_IRQS	 16

static void mp_interrupt(struct out *o, uint8_t kind, uint8_t type,
			 uint16_t flags, uint8_t bus, uint8_t irq, uint8_t dest,
			 uint8_t pin)
{
	u8(o, kind);
	u8(o, type);
	u16(o, flags);
	u8(o, bus);
	u8(o, irq);
	u8(o, dest);
	u8(o, pin);
}

static uint32_t mp_entries(struct out *o, const struct firmware_config *c)
{
	uint32_t n = 0;

	for (unsigned int i = 0; i < c->nr_cpus; i++, n++) {
		u8(o, 0);
		u8(o, i);
		u8(o, 0x14);
		u8(o, MP_CPU_ENABLED | (i ? 0 : MP_CPU_BOOT));
		u32(o, MP_CPU_SIGNATURE);
		u32(o, MP_CPU_FEATURES);
		u32(o, 0);
		u32(o, 0);
	}
	u8(o, 1);
	u8(o, MP_BUS_PCI);
	text(o, "PCI   ", 6);
	u8(o, 1);
	u8(o, MP_BUS_ISA);
	text(o, "ISA   ", 6);
	u8(o, 2);
	u8(o, c->ioapic_id);
	u8(o, 0x11);
	u8(o, 1);
	u32(o, IOAPIC_BASE);
	n += 3;
	for (uint8_t irq = 0; irq < ISA_IRQS; irq++) {
		if (irq == 2 || irq == PCI_IRQ(0) || irq == PCI_IRQ(1))
			continue;
		mp_interrupt(o, 3, MP_INT, 0, MP_BUS_ISA, irq, c->ioapic_id,
			     irq ? irq : TIMER_PIN);
		n++;
	}
	for (uint8_t d = 1; d < PCI_SLOTS; d++, n++)
		mp_interrupt(o, 3, MP_INT, MP_LEVEL_LOW, MP_BUS_PCI,
			     (uint8_t)(d << 2), c->ioapic_id,
			     (uint8_t)PCI_IRQ(d));
	mp_interrupt(o, 4, MP_EXTINT, 0, MP_BUS_ISA, 0, 0xff, 0);
	return n + 1;
}

static void build_mp(uint8_t *buf, const struct firmware_config *c)
{
	struct out o = { buf + MPC_AT, buf + MPC_AT };
	struct out f = { buf + MP_AT, buf + MP_AT };
	uint32_t n, len;

	text(&o, "PCMP", 4);
	u16(&o, 0);
	u8(&o, 4);
	u8(&o, 0);
	text(&o, "VMIXEN  ", 8);
	text(&o, "VMI-XEN     ", 12);
	u32(&o, 0);
	u16(&o, 0);
	u16(&o, 0); /* entries */
	u32(&o, LAPIC_BASE);
	u32(&o, 0);
	n = mp_entries(&o, c);
	len = (uint32_t)(o.p - o.start);
	memcpy(o.start + 4, &len, 2);
	memcpy(o.start + 34, &n, 2);
	o.start[7] = sum(o.start, len);

	text(&f, "_MP_", 4);
	u32(&f, FIRMWARE_BASE + MPC_AT);
	u8(&f, 1);
	u8(&f, 4);
	u8(&f, 0);
	buf[MP_AT + 10] = sum(buf + MP_AT, MP_SIZE);
}

void firmware_build(uint8_t *buf, const struct firmware_config *c)
{
	memset(buf, 0, FIRMWARE_SIZE);
	build_rsdp(buf + RSDP_AT);
	build_rsdt(buf + RSDT_AT);
	build_facs(buf + FACS_AT);
	build_fadt(buf + FADT_AT);
	build_madt(buf + MADT_AT, c);
	build_dsdt(buf + DSDT_AT);
	build_mp(buf, c);
}

/* --- BIOS data area -------------------------------------------------------*/
#define BDA_COM1      0x00
#define BDA_MEMORY_KB 0x13
#define COM1_PORT     0x3f8
#define BASE_KB	      639 /* the last kB is reserved in e820 */

void firmware_bda(uint8_t *bda)
{
	struct out o = { bda, bda + BDA_COM1 };

	memset(bda, 0, BDA_SIZE);
	u16(&o, COM1_PORT);
	o.p = bda + BDA_MEMORY_KB;
	u16(&o, BASE_KB);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Firmware tables, read as a kernel reads them: found by scanning, followed by
 * their pointers, checked by their sums, and their AML parsed to the last byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "dev/acpi-pm.h"
#include "dev/firmware.h"
#include "dev/ioapic.h"
#include "dev/lapic.h"
#include "lib/string.h"

#define HEADER	 36
#define MAX_CPUS 32

static uint8_t fw[FIRMWARE_SIZE];
static unsigned int nr_cpus;

static const uint8_t *at(uint32_t address)
{
	assert_in_range(address, FIRMWARE_BASE,
			FIRMWARE_BASE + FIRMWARE_SIZE - HEADER);
	return fw + (address - FIRMWARE_BASE);
}

static uint32_t get(const uint8_t *p, unsigned int size)
{
	uint32_t v = 0;

	for (unsigned int i = 0; i < size; i++)
		v |= (uint32_t)p[i] << 8 * i;
	return v;
}

static unsigned int sum(const uint8_t *p, size_t n)
{
	unsigned int s = 0;

	while (n--)
		s += *p++;
	return s & 0xff;
}

/* On a 16-byte boundary, as the specifications have it searched. */
static const uint8_t *scan(const char *signature, size_t n)
{
	for (uint32_t i = 0; i < FIRMWARE_SIZE; i += 16)
		if (!memcmp(fw + i, signature, n))
			return fw + i;
	fail_msg("no %s", signature);
	return NULL;
}

/* A table of ACPI's whose header is right; its length. */
static uint32_t checked(const uint8_t *t, const char *signature)
{
	uint32_t len = get(t + 4, 4);

	assert_memory_equal(t, signature, 4);
	assert_in_range(len, HEADER, FIRMWARE_SIZE - (size_t)(t - fw));
	assert_int_equal(sum(t, len), 0);
	return len;
}

static const uint8_t *table(const char *signature)
{
	const uint8_t *rsdt = at(get(scan("RSD PTR ", 8) + 16, 4));
	uint32_t len = checked(rsdt, "RSDT");

	for (uint32_t i = HEADER; i < len; i += 4) {
		const uint8_t *t = at(get(rsdt + i, 4));

		if (!memcmp(t, signature, 4)) {
			checked(t, signature);
			return t;
		}
	}
	fail_msg("no %s", signature);
	return NULL;
}

static int build(unsigned int cpus)
{
	const struct firmware_config c = { cpus, (uint8_t)cpus };

	nr_cpus = cpus;
	memset(fw, 0xcc, sizeof(fw));
	firmware_build(fw, &c);
	return 0;
}

static int one_cpu(void **state)
{
	(void)state;
	return build(1);
}

static int many_cpus(void **state)
{
	(void)state;
	return build(MAX_CPUS);
}

static void the_root_is_where_it_is_looked_for(void **state)
{
	const uint8_t *rsdp = scan("RSD PTR ", 8);

	(void)state;
	assert_int_equal(sum(rsdp, 20), 0);
	assert_int_equal(rsdp[15], 0); /* ACPI 1.0: no XSDT */
	checked(at(get(rsdp + 16, 4)), "RSDT");
}

static void fadt_describes_the_pm_block(void **state)
{
	const uint8_t *f = table("FACP"), *facs;

	(void)state;
	assert_int_equal(get(f + 4, 4), 116); /* revision 1 */
	assert_int_equal(f[8], 1);
	facs = at(get(f + 36, 4));
	assert_memory_equal(facs, "FACS", 4);
	assert_int_equal(get(facs + 4, 4), 64);
	assert_int_equal((uintptr_t)(facs - fw) % 64, 0);
	checked(at(get(f + 40, 4)), "DSDT");
	assert_int_equal(get(f + 46, 2), ACPI_SCI_IRQ);
	assert_int_equal(get(f + 48, 4), 0); /* no SMI: always on */
	assert_int_equal(get(f + 56, 4), ACPI_PM1_EVENT);
	assert_int_equal(get(f + 64, 4), ACPI_PM1_CNT);
	assert_int_equal(get(f + 76, 4), ACPI_PM_TIMER);
	assert_int_equal(f[88], 4);
	assert_int_equal(f[89], 2);
	assert_int_equal(f[91], 4);
	assert_true(get(f + 96, 2) > 100);  /* no C2 */
	assert_true(get(f + 98, 2) > 1000); /* no C3 */
	assert_int_equal(f[108], 0x32);
	/* WBINVD works; the button is fixed hardware; 24 bits of timer */
	assert_int_equal(get(f + 112, 4) & 0x111, 0x001);
}

static void madt_lists_processors_and_lines(void **state)
{
	const uint8_t *m = table("APIC"), *p;
	const uint8_t *end = m + get(m + 4, 4);
	unsigned int cpus = 0, ioapics = 0, overrides = 0;

	(void)state;
	assert_int_equal(get(m + 36, 4), LAPIC_BASE);
	assert_int_equal(get(m + 40, 4), 1);
	for (p = m + 44; p < end; p += p[1]) {
		assert_true(p[1] >= 8);
		if (p[0] == 0) {
			assert_int_equal(p[1], 8);
			assert_int_equal(p[3], cpus);
			assert_int_equal(get(p + 4, 4), 1);
			cpus++;
		} else if (p[0] == 1) {
			assert_int_equal(p[1], 12);
			assert_int_equal(p[2], nr_cpus);
			assert_int_equal(get(p + 4, 4), IOAPIC_BASE);
			assert_int_equal(get(p + 8, 4), 0);
			ioapics++;
		} else if (p[0] == 2) {
			assert_int_equal(p[1], 10);
			if (p[3] == 0)
				assert_int_equal(get(p + 4, 4), 2);
			else
				assert_int_equal(get(p + 4, 4), p[3]);
			overrides++;
		}
	}
	assert_ptr_equal(p, end);
	assert_int_equal(cpus, nr_cpus);
	assert_int_equal(ioapics, 1);
	assert_int_equal(overrides, 2);
}

/* --- AML ------------------------------------------------------------------*/
struct aml {
	const uint8_t *p, *end;
	unsigned int names, s5, prt, crs;
};

static const uint8_t *parse(struct aml *a, const uint8_t *p,
			    const uint8_t *end);

static const uint8_t *package_end(const uint8_t **p, const uint8_t *end)
{
	const uint8_t *start = *p;
	unsigned int more = start[0] >> 6;
	uint32_t len = more ? start[0] & 15 : start[0] & 63;

	for (unsigned int i = 0; i < more; i++)
		len |= (uint32_t)start[1 + i] << (4 + 8 * i);
	*p += 1 + more;
	assert_true(start + len <= end && start + len >= *p);
	return start + len;
}

static const uint8_t *parse_package(struct aml *a, const uint8_t *p,
				    const uint8_t *end)
{
	const uint8_t *stop = package_end(&p, end);
	unsigned int n = *p++;

	for (unsigned int i = 0; i < n; i++)
		p = parse(a, p, stop);
	assert_ptr_equal(p, stop);
	return stop;
}

/* A resource template: descriptors up to the end tag (ACPI 6.4). */
static void parse_resources(const uint8_t *p, const uint8_t *end)
{
	while (*p != 0x79) {
		if (*p & 0x80) {
			unsigned int width = *p == 0x87 ? 4 : 2;
			const uint8_t *v =
				p + 6; /* granularity, min, max ... */
			uint32_t first = get(v + width, width);
			uint32_t last = get(v + 2 * width, width);

			assert_int_equal(get(p + 1, 2), 3 + 5 * width);
			assert_true(last > first);
			assert_int_equal(get(v + 4 * width, width),
					 (last - first + 1) &
						 (width == 2 ? 0xffff : ~0u));
			p += 3 + get(p + 1, 2);
		} else {
			p += 1 + (*p & 7);
		}
		assert_true(p < end);
	}
	assert_ptr_equal(p + 2, end);
}

static const uint8_t *parse_buffer(struct aml *a, const uint8_t *p,
				   const uint8_t *end)
{
	const uint8_t *stop = package_end(&p, end);

	(void)a;
	assert_int_equal(*p, 0x0a);
	assert_int_equal(p[1], stop - (p + 2));
	parse_resources(p + 2, stop);
	return stop;
}

static const uint8_t *parse_name(struct aml *a, const uint8_t *p,
				 const uint8_t *end)
{
	a->names++;
	a->s5 += !memcmp(p, "_S5_", 4);
	a->prt += !memcmp(p, "_PRT", 4);
	a->crs += !memcmp(p, "_CRS", 4);
	return parse(a, p + 4, end);
}

/* Scope or device: a name and what is inside. */
static const uint8_t *parse_inside(struct aml *a, const uint8_t *p,
				   const uint8_t *end)
{
	const uint8_t *stop = package_end(&p, end);

	p += 4;
	while (p < stop)
		p = parse(a, p, stop);
	assert_ptr_equal(p, stop);
	return stop;
}

/* One object. */
static const uint8_t *parse(struct aml *a, const uint8_t *p, const uint8_t *end)
{
	assert_true(p < end);
	switch (*p++) {
	case 0x08:
		return parse_name(a, p, end);
	case 0x0a:
		return p + 1;
	case 0x0b:
		return p + 2;
	case 0x0c:
		return p + 4;
	case 0x10:
		return parse_inside(a, p, end);
	case 0x11:
		return parse_buffer(a, p, end);
	case 0x12:
		return parse_package(a, p, end);
	case 0x5b:
		assert_int_equal(*p, 0x82);
		return parse_inside(a, p + 1, end);
	default:
		fail_msg("opcode %02x at %td", p[-1], p - 1 - fw);
		return NULL;
	}
}

static void dsdt_parses_to_its_last_byte(void **state)
{
	const uint8_t *d = at(get(table("FACP") + 40, 4));
	const uint8_t *p = d + HEADER, *end = d + get(d + 4, 4);
	struct aml a = { 0 };

	(void)state;
	while (p < end)
		p = parse(&a, p, end);
	assert_ptr_equal(p, end);
	assert_int_equal(a.s5, 1);
	assert_int_equal(a.crs, 1);
	assert_int_equal(a.prt, 1);
	assert_true(a.names >= 6);
}

/* Each slot's INTA on its own line, the other pins unused. */
static void prt_says_what_is_wired(void **state)
{
	const uint8_t *d = at(get(table("FACP") + 40, 4));
	const uint8_t *p = d, *end = d + get(d + 4, 4), *stop;

	(void)state;
	while (memcmp(p, "_PRT", 4))
		assert_true(++p < end);
	p += 5;
	stop = package_end(&p, end);
	assert_int_equal(*p++, PCI_SLOTS - 1);
	for (unsigned int slot = 1; slot < PCI_SLOTS; slot++) {
		const uint8_t *e;

		assert_int_equal(*p++, 0x12);
		e = package_end(&p, stop);
		assert_int_equal(p[0], 4);
		assert_int_equal(p[1], 0x0c);
		assert_int_equal(get(p + 2, 4), slot << 16 | 0xffff);
		assert_int_equal(e[-1], PCI_IRQ(slot));
		p = e;
	}
	assert_ptr_equal(p, stop);
}

/* --- MP table -----------------------------------------------------------------*/
static void mp_table_lists_the_same(void **state)
{
	static const uint8_t size[] = { 20, 8, 8, 8, 8 };
	const uint8_t *f = scan("_MP_", 4), *c = at(get(f + 4, 4)), *p, *end;
	unsigned int n[ARRAY_SIZE(size)] = { 0 }, boot = 0;
	uint32_t pins = 0;

	(void)state;
	assert_int_equal(f[8], 1);
	assert_int_equal(f[9], 4);
	assert_int_equal(sum(f, 16), 0);
	assert_int_equal(f[11], 0);	   /* a table, not a default */
	assert_int_equal(f[12] & 0x80, 0); /* virtual wire, no IMCR */
	assert_memory_equal(c, "PCMP", 4);
	end = c + get(c + 4, 2);
	assert_int_equal(sum(c, get(c + 4, 2)), 0);
	assert_int_equal(get(c + 36, 4), LAPIC_BASE);
	for (p = c + 44; p < end; p += size[p[0]]) {
		assert_in_range(p[0], 0, ARRAY_SIZE(size) - 1);
		if (p[0] == 0) {
			assert_int_equal(p[1], n[0]);
			assert_true(p[3] & 1);
			boot += !!(p[3] & 2);
		} else if (p[0] == 2) {
			assert_int_equal(p[1], nr_cpus);
			assert_int_equal(get(p + 4, 4), IOAPIC_BASE);
		} else if (p[0] == 3) {
			assert_int_equal(p[6], nr_cpus);
			assert_in_range(p[7], 0, IOAPIC_PINS - 1);
			pins |= BIT(p[7]);
		} else if (p[0] == 4) {
			assert_int_equal(p[1], 3); /* the 8259, on LINT0 */
			assert_int_equal(p[7], 0);
		}
		n[p[0]]++;
	}
	assert_ptr_equal(p, end);
	assert_int_equal(get(c + 34, 2), n[0] + n[1] + n[2] + n[3] + n[4]);
	assert_int_equal(n[0], nr_cpus);
	assert_int_equal(boot, 1);
	assert_int_equal(n[1], 2);
	assert_int_equal(n[2], 1);
	assert_int_equal(n[3], 16 - 3 + PCI_SLOTS - 1);
	assert_int_equal(n[4], 1);
	assert_int_equal(pins, 0xfffe); /* all ISA lines; 2 is the timer */
}

static void no_table_reaches_into_the_next(void **state)
{
	uint32_t start[8], end[8], n = 0;
	const uint8_t *mp = at(get(scan("_MP_", 4) + 4, 4));
	const uint8_t *tables[] = { at(get(scan("RSD PTR ", 8) + 16, 4)),
				    table("FACP"), table("APIC"),
				    at(get(table("FACP") + 40, 4)) };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		start[n] = (uint32_t)(tables[i] - fw);
		end[n] = start[n] + get(tables[i] + 4, 4);
		n++;
	}
	start[n] = (uint32_t)(mp - fw);
	end[n] = start[n] + get(mp + 4, 2);
	n++;
	for (uint32_t i = 0; i < n; i++) {
		assert_true(end[i] <= FIRMWARE_SIZE);
		for (uint32_t j = 0; j < n; j++)
			if (start[j] > start[i])
				assert_true(end[i] <= start[j]);
	}
}

static void the_bda_has_port_and_memory(void **state)
{
	uint8_t bda[BDA_SIZE];

	(void)state;
	memset(bda, 0xcc, sizeof(bda));
	firmware_bda(bda);
	assert_int_equal(get(bda, 2), 0x3f8);
	assert_int_equal(get(bda + 2, 2), 0);
	assert_int_equal(get(bda + 0x0e, 2), 0); /* no EBDA to be scanned */
	assert_int_equal(get(bda + 0x13, 2), 639);
}

#define T(f)                                                                   \
	cmocka_unit_test_setup(f, one_cpu),                                    \
	{                                                                      \
#f " (many)", f, many_cpus, NULL, NULL                         \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_root_is_where_it_is_looked_for),
		T(fadt_describes_the_pm_block),
		T(madt_lists_processors_and_lines),
		T(dsdt_parses_to_its_last_byte),
		T(prt_says_what_is_wired),
		T(mp_table_lists_the_same),
		T(no_table_reaches_into_the_next),
		cmocka_unit_test(the_bda_has_port_and_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

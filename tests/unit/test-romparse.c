/* SPDX-License-Identifier: GPL-2.0-only */
/* Every fault that a ROM image can have is found, and called by its name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "romparse.h"
#include "xen-rom.h"
#include "lib/string.h"

#define VIRTUAL_TOP 0xf4000000
#define WHERE	    0xf4001000 /* of the code that nobody calls here */

static union {
	uint8_t b[XEN_ROM_SIZE + VMI_ROM_UNIT];
	struct vmi_rom_header h;
} rom;

static struct rom_info info;

static struct vmi_pci_header *pci(void)
{
	return (void *)(rom.b + rom.h.pci_header_offs);
}

static struct vmi_pnp_header *pnp(void)
{
	return (void *)(rom.b + rom.h.pnp_header_offs);
}

/* Make the sums right again after a change. */
static void sum_up(bool pnp_too)
{
	uint8_t sum = 0;

	if (pnp_too) {
		pnp()->checksum = 0;
		for (size_t i = 0; i < sizeof(struct vmi_pnp_header); i++)
			sum = (uint8_t)(sum - rom.b[rom.h.pnp_header_offs + i]);
		pnp()->checksum = sum;
	}
	rom.h.rom_checksum = 0;
	sum = 0;
	for (size_t i = 0; i < XEN_ROM_SIZE; i++)
		sum = (uint8_t)(sum - rom.b[i]);
	rom.h.rom_checksum = sum;
}

static int fresh(void **state)
{
	(void)state;
	memset(&rom, 0, sizeof(rom));
	assert_int_equal(
		xen_rom_build(&rom, sizeof(rom), VIRTUAL_TOP, WHERE, WHERE),
		XEN_ROM_SIZE);
	return 0;
}

/* The image has exactly these problems. */
static void finds(uint32_t problems)
{
	bool errors = false;

	for (unsigned int i = 0; i < ROM_NR_PROBLEMS; i++)
		errors |= (problems & BIT(i)) && rom_problem_is_error(i);
	assert_int_equal(rom_parse(&rom, XEN_ROM_SIZE, &info), !errors);
	assert_int_equal(info.problems, problems);
}

static void good_image_is_read(void **state)
{
	(void)state;
	finds(0);
	assert_int_equal(info.size, XEN_ROM_SIZE);
	assert_int_equal(info.sum, 0);
	assert_true(info.has_pci);
	assert_true(info.has_pnp);
	assert_int_equal(info.header.virtual_top, VIRTUAL_TOP);
	assert_int_equal(info.pci.vendor, VMI_PCI_VENDOR);
	assert_string_equal(info.license.p, VMI_LICENSE_GPL_V2);
	assert_string_equal(info.manufacturer.p, "vmi-xen");
	assert_int_equal(info.product.len, strlen(info.product.p));
}

static void same_image_each_time(void **state)
{
	static uint8_t again[XEN_ROM_SIZE];

	(void)state;
	memset(again, 0xff, sizeof(again));
	assert_int_equal(
		xen_rom_build(again, sizeof(again), VIRTUAL_TOP, WHERE, WHERE),
		XEN_ROM_SIZE);
	assert_memory_equal(again, rom.b, XEN_ROM_SIZE);
	assert_int_equal(xen_rom_build(again, sizeof(again) - 1, 0, 0, 0), 0);
}

static void short_files(void **state)
{
	(void)state;
	for (size_t n = 0; n < VMI_ROM_HEADER_SIZE; n++) {
		assert_false(rom_parse(&rom, n, &info));
		assert_int_equal(info.problems, BIT(ROM_TOO_SHORT));
	}
	for (size_t n = VMI_ROM_HEADER_SIZE; n < XEN_ROM_SIZE; n++) {
		assert_false(rom_parse(&rom, n, &info));
		assert_true(info.problems & BIT(ROM_TRUNCATED));
		assert_false(info.problems & BIT(ROM_TOO_SHORT));
	}
}

static void lengths(void **state)
{
	(void)state;
	assert_true(rom_parse(&rom, sizeof(rom), &info));
	assert_int_equal(info.problems, BIT(ROM_TRAILING));

	rom.h.rom_length = 0;
	pci()->image_length = 0;
	sum_up(false);
	finds(BIT(ROM_LENGTH) | BIT(ROM_TRAILING));

	rom.h.rom_length = 0xff;
	sum_up(false);
	finds(BIT(ROM_TRUNCATED) | BIT(ROM_PCI_LENGTH));
}

/* What follows the image's end must not hide that a string has no end. */
static void strings_end_inside_the_image(void **state)
{
	(void)state;
	rom.h.license_offs = XEN_ROM_SIZE - 3;
	memcpy(rom.b + XEN_ROM_SIZE - 3, "GPL", 4);
	sum_up(false);
	assert_false(rom_parse(&rom, sizeof(rom), &info));
	assert_int_equal(info.problems, BIT(ROM_TRAILING) | BIT(ROM_LICENSE));
	assert_null(info.license.p);
}

static void signatures(void **state)
{
	(void)state;
	rom.b[0] = 0x54;
	sum_up(false);
	finds(BIT(ROM_SIGNATURE));
	fresh(NULL);
	rom.h.vrom_signature ^= 0x20;
	sum_up(false);
	finds(BIT(ROM_VROM_SIGNATURE));
	fresh(NULL);
	rom.b[XEN_ROM_SIZE - 1] ^= 1;
	finds(BIT(ROM_CHECKSUM));
}

static void versions_and_space(void **state)
{
	(void)state;
	rom.h.api_major = 2;
	sum_up(false);
	finds(BIT(ROM_API_MAJOR));
	rom.h.api_major = VMI_API_MAJOR;
	rom.h.api_minor = VMI_API_MINOR + 1;
	sum_up(false);
	finds(BIT(ROM_API_MINOR));
	fresh(NULL);
	rom.h.virtual_top = VIRTUAL_TOP + 1;
	sum_up(false);
	finds(BIT(ROM_TOP_ALIGN));
	rom.h.virtual_top = 0;
	sum_up(false);
	finds(BIT(ROM_TOP_ZERO));
	rom.h.virtual_top = 0xc0000000;
	sum_up(false);
	finds(BIT(ROM_TOP_LOW));
}

static void licenses(void **state)
{
	char *s = (char *)rom.b + rom.h.license_offs;

	(void)state;
	memcpy(s, "GPL", 4);
	sum_up(false);
	finds(0);
	memcpy(s, "GPL v3", 7);
	sum_up(false);
	finds(BIT(ROM_LICENSE_GPL));
	memcpy(s, "", 1);
	sum_up(false);
	finds(BIT(ROM_LICENSE_GPL));
	rom.h.license_offs = 0;
	sum_up(false);
	finds(BIT(ROM_LICENSE));
	rom.h.license_offs = 0xffff;
	sum_up(false);
	finds(BIT(ROM_LICENSE));
}

static void pci_header(void **state)
{
	static const uint16_t bad[] = {
		0, 0xffff, XEN_ROM_SIZE - VMI_PCI_HEADER_SIZE + 1
	};

	(void)state;
	pci()->signature++;
	sum_up(false);
	finds(BIT(ROM_PCI_SIGNATURE));
	fresh(NULL);
	pci()->device++;
	sum_up(false);
	finds(BIT(ROM_PCI_IDS));
	fresh(NULL);
	pci()->image_length++;
	pci()->indicator = 0;
	sum_up(false);
	finds(BIT(ROM_PCI_LENGTH) | BIT(ROM_PCI_LAST));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		fresh(NULL);
		rom.h.pci_header_offs = bad[i];
		sum_up(false);
		finds(BIT(ROM_PCI));
		assert_false(info.has_pci);
	}
}

static void pnp_header(void **state)
{
	(void)state;
	pnp()->signature++;
	sum_up(true);
	finds(BIT(ROM_PNP_SIGNATURE));
	fresh(NULL);
	pnp()->checksum++;
	sum_up(false);
	finds(BIT(ROM_PNP_CHECKSUM));
	fresh(NULL);
	pnp()->length = 0;
	sum_up(true);
	finds(BIT(ROM_PNP_CHECKSUM));
	fresh(NULL);
	pnp()->manufacturer_offs = 0;
	pnp()->product_offs = XEN_ROM_SIZE;
	sum_up(true);
	finds(BIT(ROM_MANUFACTURER) | BIT(ROM_PRODUCT));
	fresh(NULL);
	rom.h.pnp_header_offs = 0;
	sum_up(false);
	finds(BIT(ROM_PNP_NONE));
	rom.h.pnp_header_offs = 0xfff0;
	sum_up(false);
	finds(BIT(ROM_PNP));
}

static void entries(void **state)
{
	(void)state;
	memset(rom.h.rom_entry, 0, sizeof(rom.h.rom_entry));
	sum_up(false);
	finds(BIT(ROM_ENTRY));
	fresh(NULL);
	memset(rom.h.vmi_init, 0xff, sizeof(rom.h.vmi_init));
	sum_up(false);
	finds(BIT(ROM_INIT));
	fresh(NULL);
	memset(rom.h.get_reloc, 0, sizeof(rom.h.get_reloc));
	sum_up(false);
	finds(BIT(ROM_GET_RELOC));
}

/* A string in the header's own bytes cannot be meant. */
static void overlaps(void **state)
{
	(void)state;
	memcpy(rom.h.vmi_init, "GPL", 4);
	rom.h.license_offs = VMI_ROM_OFF_INIT;
	sum_up(false);
	finds(BIT(ROM_OVERLAP));
	fresh(NULL);
	memcpy(rom.h.reserved3, "GPL", 4); /* its maker's own space */
	rom.h.license_offs = offsetof(struct vmi_rom_header, reserved3);
	sum_up(false);
	finds(0);
}

static void names_are_different(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < ROM_NR_PROBLEMS; i++) {
		assert_true(strlen(rom_problem_text(i)) > 0);
		for (unsigned int j = 0; j < i; j++)
			assert_string_not_equal(rom_problem_name(i),
						rom_problem_name(j));
	}
}

#define TEST(f) cmocka_unit_test_setup(f, fresh)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(good_image_is_read),
		TEST(same_image_each_time),
		TEST(short_files),
		TEST(lengths),
		TEST(strings_end_inside_the_image),
		TEST(signatures),
		TEST(versions_and_space),
		TEST(licenses),
		TEST(pci_header),
		TEST(pnp_header),
		TEST(entries),
		TEST(overlaps),
		TEST(names_are_different),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest-physical layout and boot_params.
 * Rules: Linux Documentation/x86/boot.txt and zero-page.txt.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "boot/bootparams.h"
#include "lib/string.h"

#define MB_PAGES(mb) ((uint32_t)(mb) << 8)

static uint64_t e820_ram(const struct memmap *m)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < m->nr_e820; i++)
		if (m->e820[i].type == E820_RAM)
			sum += m->e820[i].size;
	return sum;
}

/* Every page handed out lies in a distinct backed gfn, in rising order. */
static void check_enumeration(uint32_t pages)
{
	struct memmap m;
	uint32_t n, last = 0;

	assert_int_equal(memmap_build(&m, pages), 0);
	n = memmap_backed_pages(&m);
	assert_int_equal(n, pages);
	for (uint32_t i = 0; i < n; i++) {
		gfn_t g = memmap_nth(&m, i);

		assert_true(memmap_backed(&m, g));
		assert_true(i == 0 || gfn_x(g) > last);
		last = gfn_x(g);
	}
	assert_int_equal(last + 1, m.end_gfn);
	assert_false(memmap_backed(&m, gfn(m.end_gfn)));
}

static void memmap_hands_out_each_page_once(void **state)
{
	(void)state;
	check_enumeration(MEMMAP_MIN_PAGES);
	check_enumeration(MB_PAGES(64));
	check_enumeration(MB_PAGES(3500));
	check_enumeration(MB_PAGES(4096));
}

static void memmap_has_the_pc_holes(void **state)
{
	struct memmap m;

	(void)state;
	assert_int_equal(memmap_build(&m, MB_PAGES(4096)), 0);
	assert_true(memmap_backed(&m, gfn(0x9f)));
	assert_false(memmap_backed(&m, gfn(0xa0)));
	assert_false(memmap_backed(&m, gfn(0xbf)));
	assert_true(memmap_backed(&m, gfn(0xc0)));
	assert_true(memmap_backed(&m, gfn(0xe0)));
	assert_true(memmap_backed(&m, gfn(0xf0)));
	assert_false(memmap_backed(&m, gfn(0xe0000)));
	assert_false(memmap_backed(&m, gfn(0xfec00)));
	assert_true(memmap_backed(&m, gfn(0x100000)));
	assert_int_equal(m.e820[m.nr_e820 - 1].addr, 0x100000000ull);
}

static void memmap_e820_loses_little(void **state)
{
	struct memmap m;

	(void)state;
	assert_int_equal(memmap_build(&m, MB_PAGES(256)), 0);
	assert_true(((uint64_t)MB_PAGES(256) << PAGE_SHIFT) - e820_ram(&m) <=
		    264 * 1024);
	assert_int_equal(memmap_build(&m, MEMMAP_MIN_PAGES - 1), -1);
}

static void bootparams_follow_the_protocol(void **state)
{
	uint8_t page[PAGE_SIZE];
	uint8_t setup[0x290 - 0x1f1 + 64];
	struct initrd_place ird = { 0x1000000, 12345 };
	struct memmap m;
	uint32_t value;

	(void)state;
	memset(setup, 0xa5, sizeof(setup));
	assert_int_equal(memmap_build(&m, MB_PAGES(64)), 0);
	bootparams_build(page, setup, sizeof(setup), &m, &ird);
	assert_int_equal(page[0x1f0], 0);
	assert_int_equal(page[0x1f1], 0xa5);
	assert_int_equal(page[0x28f], 0xa5);
	assert_int_equal(page[0x290], 0);
	assert_int_equal(page[0x210], 0xff);
	assert_int_equal(page[0x211] & 0x41, 0x01);
	memcpy(&value, page + 0x218, 4);
	assert_int_equal(value, 0x1000000);
	memcpy(&value, page + 0x228, 4);
	assert_int_equal(value, BOOT_CMDLINE_GPA);
	assert_int_equal(page[0x1e8], m.nr_e820);
	assert_memory_equal(page + 0x2d0, m.e820, m.nr_e820 * 20);
	assert_int_equal(sizeof(struct e820_entry), 20);
}

static void initrd_lies_as_high_as_allowed(void **state)
{
	(void)state;
	assert_int_equal(bootparams_place_initrd(0x1800, 0x37ffffff, 0x4000000,
						 0x1000000),
			 0x3ffe000);
	assert_int_equal(bootparams_place_initrd(0x1800, 0x1ffffff, 0x4000000,
						 0x1000000),
			 0x1ffe000);
	assert_int_equal(bootparams_place_initrd(0x3000001, 0x37ffffff,
						 0x4000000, 0x1000000),
			 0);
	assert_int_equal(bootparams_place_initrd(0xffffffff, 0xffffffff,
						 0x4000000, 0x1000000),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memmap_hands_out_each_page_once),
		cmocka_unit_test(memmap_has_the_pc_holes),
		cmocka_unit_test(memmap_e820_loses_little),
		cmocka_unit_test(bootparams_follow_the_protocol),
		cmocka_unit_test(initrd_lies_as_high_as_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

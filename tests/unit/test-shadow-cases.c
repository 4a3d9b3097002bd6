/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turns in a guest's life that random ones (test-shadow-random) take rarely or
 * never, each written out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../mock/shadow-rig.h"

#define NR_GFNS	  2048u
#define SPLIT	  0xc0000000u
#define CR0_PG_WP 0x80010000u
#define CR4_PAE	  0x20u
#define FRAME(g)  ((uint64_t)(g) << PAGE_SHIFT)

/* Guest frames of the tests' own. */
enum {
	PD_A = 0x400,	   /* 2-level, the kernel's */
	KERNEL_PT = 0x410, /* two, 2-level */
	PAE_PD = 0x418,	   /* four */
	PAE_PT = 0x420,	   /* four */
	PD_B = 0x430,
	PD_C,
	MORE_PT, /* of the kernel, behind the linear map */
	LOW_PT,	 /* of user space */
	DATA = 0x500,
};
#define MORE_VA	   (SPLIT + 0x4000000u)
#define PDE32(va)  ((va) >> 22)
#define PTE32(va)  (((va) >> 12) & 1023)
#define PDE_OF(pt) (FRAME(pt) | G_KERNEL)

static struct rig r;

static void start(uint32_t max_roots)
{
	const struct rig_config c = { .nr_gfns = NR_GFNS,
				      .nr_pool = 100,
				      .max_roots = max_roots,
				      .split = SPLIT };
	uint32_t i;

	rig_start(&r, &c);
	for (i = 0; i < NR_GFNS; i++)
		rig_store(&r, KERNEL_PT + i / 1024, i % 1024,
			  FRAME(i) | G_KERNEL);
	for (i = 0; i < NR_GFNS / 1024; i++)
		rig_store(&r, PD_A, PDE32(SPLIT) + i, PDE_OF(KERNEL_PT + i));
	rig_cr3(&r, PD_A << PAGE_SHIFT);
	shadow_set_cr0(&r.m, &r.v, CR0_PG_WP);
	shadow_vmi_init(&r.m, &r.v, SPLIT);
	shadow_set_linear_mapping(&r.m, &r.v, 0, SPLIT, NR_GFNS, gfn(0));
	rig_allocate(&r, PD_A);
	assert_null(rig_check(&r));
}

static void end(void)
{
	assert_null(rig_check(&r));
	rig_end(&r);
}

static void kernel_copy(uint32_t pd)
{
	uint32_t i;

	for (i = PDE32(SPLIT); i < 1024; i++)
		rig_store(&r, pd, i, rig_entry(&r, PD_A, i));
}

static void load(uint32_t pd)
{
	rig_cr3(&r, pd << PAGE_SHIFT);
}

/*
 * The kernel's own directory is changed while no root shows it, and a table
 * of it is given back and taken again at the same place.
 */
static void directory_without_root(void **state)
{
	const uint32_t spaces[] = { PD_A, PD_B, PD_C };
	uint32_t i, round;

	(void)state;
	start(2);
	for (round = 0; round < 2; round++) {
		rig_store(&r, MORE_PT, 3, FRAME(DATA + round) | G_KERNEL);
		rig_allocate(&r, MORE_PT);
		rig_set(&r, PD_A, PDE32(MORE_VA), PDE_OF(MORE_PT));
		load(PD_A);
		assert_null(rig_touch(&r, MORE_VA + (3 << PAGE_SHIFT), 2));
		for (i = 1; i < ARRAY_SIZE(spaces); i++) {
			kernel_copy(spaces[i]);
			rig_allocate(&r, spaces[i]);
			load(spaces[i]);
			assert_null(
				rig_touch(&r, MORE_VA + (3 << PAGE_SHIFT), 2));
		}
		for (i = 0; i < ARRAY_SIZE(spaces); i++)
			rig_set(&r, spaces[i], PDE32(MORE_VA), 0);
		rig_release(&r, MORE_PT);
		rig_flush(&r, true);
		assert_null(rig_check(&r));
		for (i = 1; i < ARRAY_SIZE(spaces); i++)
			if (spaces[i] != r.v.cr3 >> PAGE_SHIFT)
				rig_release(&r, spaces[i]);
	}
	end();
}

/*
 * A directory that runs lacks part of the linear map, itself included, and
 * gets it without a word; then it is announced.  The pager looks at it while
 * the new links are not sent yet.
 */
static void linear_map_appears(void **state)
{
	const uint32_t at = PDE32(SPLIT) + PD_B / 1024;

	(void)state;
	start(4);
	kernel_copy(PD_B);
	rig_store(&r, PD_B, at, 0);
	rig_store(&r, PD_B, PDE32(MORE_VA), PDE_OF(MORE_PT));
	load(PD_B);
	kernel_copy(PD_B);
	rig_store(&r, PD_B, PDE32(MORE_VA), PDE_OF(MORE_PT));
	rig_allocate(&r, PD_B);
	rig_flush(&r, true);
	assert_null(rig_touch(&r, SPLIT + (PD_B << PAGE_SHIFT), 2));
	end();
}

static void set_long(uint32_t g, uint32_t i, uint64_t val)
{
	rig_set_other(&r, g, 2 * i, val);
}

/* PAE tables, the PDPT in the page of the directory that runs. */
static void build_pae(void)
{
	uint32_t i;

	for (i = 0; i < NR_GFNS; i++)
		set_long(PAE_PT + i / 512, i % 512, FRAME(i) | G_KERNEL);
	for (i = 0; i < NR_GFNS / 512; i++)
		set_long(PAE_PD + 3, i, PDE_OF(PAE_PT + i));
	for (i = 0; i < 4; i++)
		set_long(PD_A, i, FRAME(PAE_PD + i) | G_P);
}

static void enter_pae(void)
{
	r.c.pae = true;
	shadow_set_cr4(&r.m, &r.v, CR4_PAE);
	r.nr_edits = 0;
	r.nr_silent = 0;
}

/*
 * PAE kernels of 2.6.21 and 2.6.24 build their tables in 2-level mode: the
 * PDPT in the page of the directory that they run on.  Each SetPxELong changes
 * two of its entries.
 */
static void pae_after_init(void **state)
{
	const uint64_t low = PDE_OF(LOW_PT) | G_US;
	uint32_t i;

	(void)state;
	start(4);
	rig_store(&r, LOW_PT, 0, FRAME(DATA) | G_USER);
	for (i = 0; i < 8; i++) {
		rig_set(&r, PD_A, i, low);
		assert_null(rig_touch(&r, i << 22, 4));
	}
	build_pae();
	rig_flush(&r, false);
	assert_null(rig_check(&r));
	for (i = 0; i < 8; i++)
		assert_null(rig_touch(&r, i << 22, 4));

	load(PD_A);
	assert_null(rig_touch(&r, SPLIT + (DATA << PAGE_SHIFT), 2));
	enter_pae();
	assert_null(rig_touch(&r, SPLIT + (DATA << PAGE_SHIFT), 2));
	assert_null(rig_touch(&r, 0, 0));
	rig_set(&r, PAE_PD, 0, FRAME(LOW_PT) | G_USER);
	assert_null(rig_touch(&r, 0, 6));
	rig_set(&r, PAE_PT, 5, FRAME(DATA) | G_KERNEL);
	rig_invlpg(&r, SPLIT + (5 << PAGE_SHIFT));
	assert_null(rig_touch(&r, SPLIT + (5 << PAGE_SHIFT), 2));
	end();
}

/*
 * The PDPT of the space that runs is changed, and counts from SetCR3 on, also
 * when the shadows start anew in between, by what the processor had loaded.
 */
static void pdpt_changes(void **state)
{
	uint32_t i;

	(void)state;
	start(4);
	build_pae();
	for (i = 0; i < 4; i++)
		rig_allocate(&r, PAE_PD + i);
	load(PD_A);
	enter_pae();
	rig_allocate(&r, PD_B);
	for (i = 0; i < 2; i++) {
		rig_store(&r, LOW_PT - i, 0, FRAME(DATA + i) | G_USER);
		rig_allocate(&r, LOW_PT - i);
		rig_set(&r, i ? PD_B : PAE_PD, 0, FRAME(LOW_PT - i) | G_USER);
	}
	for (i = 0; i < 4; i++) {
		load(PD_A);
		assert_null(rig_touch(&r, 0, 6));
		rig_set(&r, PD_A, 0, FRAME(i & 1 ? PAE_PD : PD_B) | G_P);
		assert_null(rig_touch(&r, 0, 6));
		if (i & 2)
			shadow_set_nxe(&r.m, &r.v, !r.v.nxe);
		assert_null(rig_touch(&r, 0, 6));
	}
	load(PD_A);
	assert_null(rig_touch(&r, 0, 6));
	end();
}

/*
 * A 64-bit entry that is set in a 2-level table is two entries of it, also
 * when the table was just written by 32-bit ones.
 */
static void entry_of_the_other_size(void **state)
{
	uint32_t round;

	(void)state;
	start(4);
	rig_store(&r, LOW_PT, 0, FRAME(DATA) | G_USER);
	rig_store(&r, LOW_PT, 1, FRAME(DATA + 1) | G_USER);
	rig_allocate(&r, LOW_PT);
	rig_set(&r, PD_A, 0, PDE_OF(LOW_PT) | G_US);
	for (round = 0; round < 2; round++) {
		assert_null(rig_touch(&r, 0, 4));
		assert_null(rig_touch(&r, PAGE_SIZE, 4));
		if (round)
			rig_set(&r, LOW_PT, 7, FRAME(DATA + 7) | G_USER);
		rig_set_other(&r, LOW_PT, 0, FRAME(DATA + 2) | G_USER);
		rig_flush(&r, false);
		assert_null(rig_check(&r));
		assert_null(rig_touch(&r, 0, 4));
		assert_null(rig_touch(&r, PAGE_SIZE, 4));
		rig_set(&r, LOW_PT, 0, FRAME(DATA) | G_USER);
		rig_set(&r, LOW_PT, 1, FRAME(DATA + 1) | G_USER);
		rig_flush(&r, false);
	}
	end();
}

/*
 * A call about a table that has no short way, and that changes nothing, comes
 * between two about one that has.
 */
static void table_without_a_short_way(void **state)
{
	(void)state;
	start(4);
	rig_store(&r, LOW_PT, 0, FRAME(DATA) | G_USER);
	rig_allocate(&r, LOW_PT);
	rig_set(&r, PD_A, 0, PDE_OF(LOW_PT) | G_US);
	assert_null(rig_touch(&r, 0, 4));
	rig_set(&r, KERNEL_PT, DATA, 0);
	rig_flush(&r, true);
	rig_set(&r, LOW_PT, 1, FRAME(DATA + 1) | G_USER);
	rig_set(&r, KERNEL_PT, DATA, 0);
	rig_set(&r, LOW_PT, 0, 0);
	rig_flush(&r, false);
	assert_null(rig_touch(&r, 0, 4));
	end();
}

/*
 * The kernel's table of low memory stands below the split, too, as it does
 * while Linux boots.  What is read there first is writable above it.
 */
static void kernel_table_below_the_split(void **state)
{
	const uint32_t page = 5;

	(void)state;
	start(4);
	rig_set(&r, PD_A, 0, PDE_OF(KERNEL_PT));
	assert_null(rig_touch(&r, 0, 0));
	rig_set(&r, KERNEL_PT, page, 0);
	rig_flush(&r, true);
	rig_store(&r, KERNEL_PT, page, FRAME(DATA) | G_P | G_RW | G_A);
	assert_null(rig_touch(&r, page << PAGE_SHIFT, 0));
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(directory_without_root),
		cmocka_unit_test(linear_map_appears),
		cmocka_unit_test(pae_after_init),
		cmocka_unit_test(pdpt_changes),
		cmocka_unit_test(entry_of_the_other_size),
		cmocka_unit_test(table_without_a_short_way),
		cmocka_unit_test(kernel_table_below_the_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

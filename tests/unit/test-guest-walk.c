/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The walk of the guest's tables against the manual, case by case: each row is
 * a pair of entries, an access, and what the processor does with it.
 * (test-shadow-random compares with an oracle; here the rules are spelt out.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../mock/shadow-rig.h"

#define NR_GFNS 2048u
#define SPLIT	0xc0000000u
#define CR0_PG	0x80000000u
#define CR0_WP	0x00010000u
#define CR4_PSE 0x10u
#define CR4_PAE 0x20u
#define TOP	0x400u /* page directory, or PDPT */
#define PD	0x401u /* PAE */
#define PT	0x405u
#define DATA	0x600u
#define VA	0x00412345u
#define ABOVE	(1ull << 40)

#define R 0u
#define W WALK_WRITE
#define U WALK_USER
#define X WALK_FETCH

/* Error code bits. */
#define F_P    1u
#define F_RSVD 8u
#define OK     0xffffffffu

#define FRAME(g) ((uint64_t)(g) << PAGE_SHIFT)
#define ALL	 (G_P | G_RW | G_US)

struct row {
	uint64_t pde, pte;
	uint32_t access;
	uint32_t error; /* or OK */
	uint32_t frame; /* when OK */
};

static struct rig r;
static bool pae;

static void start(bool is_pae, uint32_t cr0, bool nxe, bool pse)
{
	struct rig_config c = { .nr_gfns = NR_GFNS,
				.nr_pool = 64,
				.max_roots = 3,
				.pae = is_pae,
				.nx = true,
				.split = SPLIT };
	uint64_t *pdpt;
	uint32_t i;

	pae = is_pae;
	rig_start(&r, &c);
	if (pae) {
		pdpt = rig_page(&r, TOP);
		for (i = 0; i < 4; i++)
			pdpt[i] = FRAME(PD + i) | G_P;
		shadow_set_cr4(&r.m, &r.v, CR4_PAE);
	} else if (pse) {
		shadow_set_cr4(&r.m, &r.v, CR4_PSE);
	}
	if (nxe)
		shadow_set_nxe(&r.m, &r.v, true);
	rig_cr3(&r, TOP << PAGE_SHIFT);
	shadow_set_cr0(&r.m, &r.v, CR0_PG | cr0);
}

static void put(uint64_t pde, uint64_t pte)
{
	rig_store(&r, pae ? PD : TOP, pae ? VA >> 21 : VA >> 22, pde);
	rig_store(&r, PT, (VA >> 12) & (pae ? 511 : 1023), pte);
}

static void check(const struct row *rows, size_t n)
{
	struct guest_fault f;
	gpa_t gpa;
	size_t i;
	bool ok;

	for (i = 0; i < n; i++) {
		put(rows[i].pde, rows[i].pte);
		ok = guest_translate(&r.m, &r.v, VA, rows[i].access, &gpa, &f);
		if (ok != (rows[i].error == OK))
			fail_msg("row %zu: %s", i, ok ? "allowed" : "faults");
		if (ok && gpa != (FRAME(rows[i].frame) | (VA & 0xfff)))
			fail_msg("row %zu: at %#llx", i,
				 (unsigned long long)gpa);
		if (!ok && (f.error != rows[i].error || f.va != VA))
			fail_msg("row %zu: error %#x at %#x", i, f.error, f.va);
	}
	rig_end(&r);
}

/* What the U, W and P bits say, the same in both formats. */
static const struct row rights[] = {
	{ 0, 0, R, 0, 0 },
	{ 0, FRAME(DATA) | ALL, W | U, W | U, 0 },
	{ FRAME(PT) | ALL, 0, R, 0, 0 },
	{ FRAME(PT) | ALL, ~G_P & 0xffe, U, U, 0 },
	{ FRAME(PT) | ALL, FRAME(DATA) | ALL, R, OK, DATA },
	{ FRAME(PT) | ALL, FRAME(DATA) | ALL, W | U, OK, DATA },
	{ FRAME(PT) | G_P, FRAME(DATA) | ALL, U, U | F_P, 0 },
	{ FRAME(PT) | ALL, FRAME(DATA) | G_P, U, U | F_P, 0 },
	{ FRAME(PT) | G_P | G_US, FRAME(DATA) | ALL, W | U, W | U | F_P, 0 },
	{ FRAME(PT) | ALL, FRAME(DATA) | G_P | G_US, W | U, W | U | F_P, 0 },
	{ FRAME(PT) | ALL, FRAME(DATA) | G_P, R, OK, DATA },
	/* Bits that mean nothing to a walk. */
	{ FRAME(PT) | ALL | G_G | G_PWT | 0xe00,
	  FRAME(DATA) | ALL | G_PS | G_G | G_PCD | 0xe00, W | U, OK, DATA },
	/* Data in a hole is found; whoever accesses it gets ones. */
	{ FRAME(PT) | ALL, FRAME(RIG_HOLE) | ALL, R, OK, RIG_HOLE },
};

static void rights_pae(void **state)
{
	(void)state;
	start(true, CR0_WP, false, false);
	check(rights, ARRAY_SIZE(rights));
}
static void rights_two_level(void **state)
{
	(void)state;
	start(false, CR0_WP, false, false);
	check(rights, ARRAY_SIZE(rights));
}

/* CR0.WP: the kernel's writes. */
static const struct row wp[] = {
	{ FRAME(PT) | ALL, FRAME(DATA) | G_P | G_US, W, W | F_P, 0 },
	{ FRAME(PT) | G_P | G_US, FRAME(DATA) | ALL, W, W | F_P, 0 },
};
static const struct row no_wp[] = {
	{ FRAME(PT) | ALL, FRAME(DATA) | G_P | G_US, W, OK, DATA },
	{ FRAME(PT) | ALL, FRAME(DATA) | G_P | G_US, W | U, W | U | F_P, 0 },
};

static void write_protection(void **state)
{
	(void)state;
	start(true, CR0_WP, false, false);
	check(wp, ARRAY_SIZE(wp));
	start(false, 0, false, false);
	check(no_wp, ARRAY_SIZE(no_wp));
}

static const struct row nx_on[] = {
	{ FRAME(PT) | ALL, FRAME(DATA) | ALL | G_NX, R, OK, DATA },
	{ FRAME(PT) | ALL, FRAME(DATA) | ALL | G_NX, X, X | F_P, 0 },
	{ FRAME(PT) | ALL | G_NX, FRAME(DATA) | ALL, X | U, X | U | F_P, 0 },
	{ FRAME(PT) | ALL, FRAME(DATA) | ALL, X, OK, DATA },
	{ FRAME(PT) | ALL, 0, X, X, 0 },
};
static const struct row nx_off[] = {
	/* then it is a reserved bit */
	{ FRAME(PT) | ALL, FRAME(DATA) | ALL | G_NX, R, F_P | F_RSVD, 0 },
	{ FRAME(PT) | ALL | G_NX, FRAME(DATA) | ALL, R, F_P | F_RSVD, 0 },
	{ FRAME(PT) | ALL, 0, X, 0, 0 }, /* and no I bit in the code */
};

static void no_execute(void **state)
{
	(void)state;
	start(true, CR0_WP, true, false);
	check(nx_on, ARRAY_SIZE(nx_on));
	start(true, CR0_WP, false, false);
	check(nx_off, ARRAY_SIZE(nx_off));
}

static const struct row reserved_pae[] = {
	{ FRAME(PT) | ALL | ABOVE, FRAME(DATA) | ALL, R, F_P | F_RSVD, 0 },
	{ FRAME(PT) | ALL, FRAME(DATA) | ALL | ABOVE, W | U,
	  W | U | F_P | F_RSVD, 0 },
	/* A table in a hole reads as ones. */
	{ FRAME(RIG_HOLE) | ALL, 0, R, F_P | F_RSVD, 0 },
	/* Not when the entry is not there. */
	{ FRAME(PT) | ALL, ABOVE, R, 0, 0 },
	{ ABOVE, 0, R, 0, 0 },
};

static void reserved_bits(void **state)
{
	(void)state;
	start(true, CR0_WP, true, false);
	check(reserved_pae, ARRAY_SIZE(reserved_pae));
}

#define LARGE_PAE  (0x600u & ~511u)
#define LARGE_2L   (0x400u & ~1023u)
#define OFFSET_PAE ((VA >> 12) & 511)
#define OFFSET_2L  ((VA >> 12) & 1023)

static const struct row large_pae[] = {
	{ FRAME(LARGE_PAE) | ALL | G_PS, 0, W | U, OK, LARGE_PAE + OFFSET_PAE },
	{ FRAME(LARGE_PAE) | G_P | G_PS, 0, U, U | F_P, 0 },
	{ FRAME(LARGE_PAE) | ALL | G_PS | G_NX, 0, X, X | F_P, 0 },
	/* Bits 13 to 20 are reserved, bit 12 is PAT. */
	{ FRAME(LARGE_PAE) | ALL | G_PS | 1u << 12, 0, R, OK,
	  LARGE_PAE + OFFSET_PAE },
	{ FRAME(LARGE_PAE) | ALL | G_PS | 1u << 13, 0, R, F_P | F_RSVD, 0 },
	{ FRAME(LARGE_PAE) | ALL | G_PS | 1u << 20, 0, R, F_P | F_RSVD, 0 },
};
static const struct row large_2l[] = {
	{ FRAME(LARGE_2L) | ALL | G_PS, 0, W | U, OK, LARGE_2L + OFFSET_2L },
	{ FRAME(LARGE_2L) | ALL | G_PS | 1u << 21, 0, R, F_P | F_RSVD, 0 },
	{ FRAME(LARGE_2L) | ALL | G_PS | 1u << 13, 0, R, F_P | F_RSVD, 0 },
};
static const struct row large_off[] = {
	/* without CR4.PSE bit 7 is nothing */
	{ FRAME(PT) | ALL | G_PS, FRAME(DATA) | ALL, R, OK, DATA },
	/* A table in a hole reads as ones: all rights to the last frame. */
	{ FRAME(RIG_HOLE) | ALL, 0, W | U, OK, 0xfffff },
};

static void large_pages(void **state)
{
	(void)state;
	start(true, CR0_WP, true, false);
	check(large_pae, ARRAY_SIZE(large_pae));
	start(false, CR0_WP, false, true);
	check(large_2l, ARRAY_SIZE(large_2l));
	start(false, CR0_WP, false, false);
	check(large_off, ARRAY_SIZE(large_off));
}

/* A and D: set by what is allowed, left alone by what faults. */
static void marks(void **state)
{
	struct guest_fault f;
	gpa_t gpa;

	(void)state;
	start(true, CR0_WP, false, false);
	put(FRAME(PT) | ALL, FRAME(DATA) | G_P | G_US);
	assert_false(guest_translate(&r.m, &r.v, VA, W | U, &gpa, &f));
	assert_int_equal(rig_entry(&r, PD, VA >> 21), FRAME(PT) | ALL);
	assert_int_equal(rig_entry(&r, PT, (VA >> 12) & 511),
			 FRAME(DATA) | G_P | G_US);
	assert_true(guest_translate(&r.m, &r.v, VA, U, &gpa, &f));
	assert_int_equal(rig_entry(&r, PD, VA >> 21), FRAME(PT) | ALL | G_A);
	assert_int_equal(rig_entry(&r, PT, (VA >> 12) & 511),
			 FRAME(DATA) | G_P | G_US | G_A);
	put(FRAME(PT) | ALL, FRAME(DATA) | ALL);
	assert_true(guest_translate(&r.m, &r.v, VA, W, &gpa, &f));
	assert_int_equal(rig_entry(&r, PD, VA >> 21), FRAME(PT) | ALL | G_A);
	assert_int_equal(rig_entry(&r, PT, (VA >> 12) & 511),
			 FRAME(DATA) | ALL | G_A | G_D);
	put(FRAME(LARGE_PAE) | ALL | G_PS, 0);
	assert_true(guest_translate(&r.m, &r.v, VA, W, &gpa, &f));
	assert_int_equal(rig_entry(&r, PD, VA >> 21),
			 FRAME(LARGE_PAE) | ALL | G_PS | G_A | G_D);
	rig_end(&r);
}

/* PDPT: a slot that is not present, and reserved bits, which are #GP. */
static void pdpt(void **state)
{
	struct guest_fault f;
	uint64_t *e;
	gpa_t gpa;

	(void)state;
	start(true, CR0_WP, false, false);
	put(FRAME(PT) | ALL, FRAME(DATA) | ALL);
	e = rig_page(&r, TOP);
	e[0] = 0;
	/* It is read when CR3 is loaded, not before. */
	assert_true(guest_translate(&r.m, &r.v, VA, R, &gpa, &f));
	rig_cr3(&r, TOP << PAGE_SHIFT);
	assert_false(guest_translate(&r.m, &r.v, VA, W, &gpa, &f));
	assert_int_equal(f.error, W);
	e[0] = FRAME(PD) | G_P | G_RW; /* reserved here */
	assert_false(shadow_set_cr3(&r.m, &r.v, TOP << PAGE_SHIFT));
	e[0] = FRAME(PD) | G_P | ABOVE;
	assert_false(shadow_set_cr3(&r.m, &r.v, TOP << PAGE_SHIFT));
	e[0] = FRAME(PD) | G_P | 0xe00 | G_PWT | G_PCD;
	assert_true(shadow_set_cr3(&r.m, &r.v, TOP << PAGE_SHIFT));
	assert_true(guest_translate(&r.m, &r.v, VA, R, &gpa, &f));
	/* Anywhere in its page, at multiples of 32. */
	memcpy((uint8_t *)rig_page(&r, TOP) + 0xfe0, e, 32);
	memset(e, 0, 32);
	assert_true(shadow_set_cr3(&r.m, &r.v, (TOP << PAGE_SHIFT) | 0xfe0));
	assert_true(guest_translate(&r.m, &r.v, VA, R, &gpa, &f));
	rig_end(&r);
}

/* A copy that runs into a fault says where, and keeps what it had. */
static void copies(void **state)
{
	uint8_t buf[0x2000], *data;
	struct guest_fault f;

	(void)state;
	start(false, CR0_WP, false, false);
	put(FRAME(PT) | ALL, FRAME(DATA) | ALL);
	data = rig_page(&r, DATA);
	memset(data, 0x5a, PAGE_SIZE);
	memset(buf, 0, sizeof(buf));
	assert_false(guest_read(&r.m, &r.v, buf, VA, PAGE_SIZE, U, &f));
	assert_int_equal(f.va, (VA | 0xfff) + 1);
	assert_int_equal(f.error, U);
	assert_int_equal(buf[0xfff - (VA & 0xfff)], 0x5a);
	assert_int_equal(buf[0x1000 - (VA & 0xfff)], 0);
	/* A hole reads as ones and swallows writes; so does ROM. */
	put(FRAME(PT) | ALL, FRAME(RIG_HOLE) | ALL);
	rig_flush(&r, true);
	assert_true(guest_write(&r.m, &r.v, VA, buf, 16, 0, &f));
	assert_true(guest_read(&r.m, &r.v, buf, VA, 16, 0, &f));
	assert_int_equal(buf[0], 0xff);
	put(FRAME(PT) | ALL, FRAME(RIG_ROM) | ALL);
	rig_flush(&r, true);
	data = rig_page(&r, RIG_ROM);
	data[VA & 0xfff] = 0x11;
	assert_true(guest_write(&r.m, &r.v, VA, buf, 16, 0, &f));
	assert_int_equal(data[VA & 0xfff], 0x11);
	rig_end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rights_pae),
		cmocka_unit_test(rights_two_level),
		cmocka_unit_test(write_protection),
		cmocka_unit_test(no_execute),
		cmocka_unit_test(reserved_bits),
		cmocka_unit_test(large_pages),
		cmocka_unit_test(marks),
		cmocka_unit_test(pdpt),
		cmocka_unit_test(copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

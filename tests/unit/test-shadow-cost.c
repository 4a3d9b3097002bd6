/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the pager's operations cost: hypercalls, and Xen's instructions by the
 * model's prices.  A change that makes one dearer must say so here.
 *
 * SHADOW_COST=1 prints all and fails none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../mock/shadow-rig.h"

#define NR_GFNS	  2048u
#define SPLIT	  0xc0000000u
#define CR0_PG_WP 0x80010000u
#define CR4_PAE	  0x20u
#define BATCH	  32u

/* Guest frames of the tests' own. */
enum {
	PDPT_A = 0x400, /* PAE: PDPT; 2-level: the directory */
	PD_A = 0x404,	/* PAE: four directories */
	KERNEL_PT = 0x410,
	PDPT_B = 0x420,
	PD_B,
	PT_B,
	UNKNOWN_PT,
	PDPT_C,
	PD_C,
	PT_C,
	USER_DATA = 0x500,
	OTHER_DATA = 0x600
};
#define USER_VA 0x08048000u

struct guest {
	struct rig rig;
	bool pae;
	struct xen_costs at;
};
static struct guest g;

static uint32_t entries(void)
{
	return g.pae ? 512 : 1024;
}
static uint32_t dir_index(gva_t va)
{
	return g.pae ? (va >> 21) & 511 : va >> 22;
}
static uint32_t pt_index(gva_t va)
{
	return (va >> PAGE_SHIFT) & (entries() - 1);
}
/* The directory of space A that maps @va. */
static uint32_t dir_a(gva_t va)
{
	return g.pae ? PD_A + (va >> 30) : PDPT_A;
}
static uint64_t pte(uint32_t frame, uint64_t flags)
{
	return ((uint64_t)frame << PAGE_SHIFT) | flags;
}
/* The kernel's table and index for its linear map of frame @n. */
static uint32_t kernel_pt(uint32_t n)
{
	return KERNEL_PT + n / entries();
}

static void kernel_tables(void)
{
	uint64_t *pdpt = rig_page(&g.rig, PDPT_A);
	uint32_t i;

	for (i = 0; g.pae && i < 4; i++)
		pdpt[i] = pte(PD_A + i, G_P);
	for (i = 0; i < NR_GFNS; i++) {
		gva_t va = SPLIT + (i << PAGE_SHIFT);

		rig_store(&g.rig, dir_a(va), dir_index(va),
			  pte(kernel_pt(i), G_KERNEL));
		rig_store(&g.rig, kernel_pt(i), pt_index(va), pte(i, G_KERNEL));
	}
}

static void start(bool is_pae)
{
	struct rig_config c = { .nr_gfns = NR_GFNS,
				.nr_pool = 100,
				.max_roots = 4,
				.pae = is_pae,
				.split = SPLIT };
	uint32_t i;

	memset(&g, 0, sizeof(g));
	g.pae = is_pae;
	rig_start(&g.rig, &c);
	kernel_tables();
	if (is_pae)
		shadow_set_cr4(&g.rig.m, &g.rig.v, CR4_PAE);
	rig_cr3(&g.rig, PDPT_A << PAGE_SHIFT);
	shadow_set_cr0(&g.rig.m, &g.rig.v, CR0_PG_WP);
	shadow_vmi_init(&g.rig.m, &g.rig.v, SPLIT);
	shadow_set_linear_mapping(&g.rig.m, &g.rig.v, 0, SPLIT, NR_GFNS,
				  gfn(0));
	for (i = 0; i < (is_pae ? 4 : 1); i++)
		rig_allocate(&g.rig, dir_a(i << 30));
	assert_null(rig_check(&g.rig));
}

static void end(void)
{
	assert_null(rig_check(&g.rig));
	rig_end(&g.rig);
}

/* --- Measuring ------------------------------------------------------------*/
static void from_here(void)
{
	g.at = xen.costs;
}

/* At most @calls hypercalls and @insns instructions since from_here(). */
static void cost_at(int line, const char *what, uint32_t calls, uint32_t insns)
{
	uint32_t c = xen.costs.hypercalls - g.at.hypercalls;
	uint64_t n = xen.costs.insns - g.at.insns;

	if (getenv("SHADOW_COST"))
		fprintf(stderr, "%-7s %-28s %3u hypercalls %6llu of Xen\n",
			g.pae ? "PAE" : "2-level", what, c,
			(unsigned long long)n);
	else if (c > calls || n > insns)
		fail_msg(
			"line %d, %s: %u hypercalls, %llu instructions; the limits are %u, %u",
			line, what, c, (unsigned long long)n, calls, insns);
	assert_null(rig_check(&g.rig));
}
#define cost(what, calls, insns) cost_at(__LINE__, what, calls, insns)

static void touch(gva_t va, uint32_t access)
{
	assert_null(rig_touch(&g.rig, va, access));
}

/* A space with one table of user memory, as fork() and exec make it. */
static void space_make(uint32_t pdpt, uint32_t pd, uint32_t pt)
{
	uint64_t *p = rig_page(&g.rig, pdpt);
	uint32_t dir = g.pae ? pd : pdpt, i;

	if (g.pae) {
		p[0] = pte(pd, G_P);
		for (i = 1; i < 4; i++)
			p[i] = pte(PD_A + i, G_P);
	} else {
		for (i = SPLIT >> 22; i < 1024; i++)
			rig_store(&g.rig, dir, i, rig_entry(&g.rig, PDPT_A, i));
	}
	rig_allocate(&g.rig, dir);
	rig_allocate(&g.rig, pt);
	for (i = 0; i < BATCH; i++)
		rig_set(&g.rig, pt, pt_index(USER_VA) + i,
			pte(USER_DATA + i, G_USER));
	rig_set(&g.rig, dir, dir_index(USER_VA), pte(pt, G_USER));
}

static void space_drop(uint32_t pdpt, uint32_t pd, uint32_t pt)
{
	uint32_t dir = g.pae ? pd : pdpt, i;

	for (i = 0; i < BATCH; i++) /* as zap_pte_range: silently */
		rig_store(&g.rig, pt, pt_index(USER_VA) + i, 0);
	rig_set(&g.rig, dir, dir_index(USER_VA), 0);
	rig_release(&g.rig, pt);
	rig_release(&g.rig, dir);
}

static void load(uint32_t pdpt)
{
	rig_cr3(&g.rig, pdpt << PAGE_SHIFT);
}

/* --- The operations -------------------------------------------------------*/
static void single_entries(void)
{
	uint32_t pt = kernel_pt(OTHER_DATA);
	gva_t va = SPLIT + ((gva_t)OTHER_DATA << PAGE_SHIFT);
	uint32_t i = pt_index(va);

	from_here();
	rig_set(&g.rig, UNKNOWN_PT, 5, pte(USER_DATA, G_USER));
	cost("SetPxE, not shadowed", 0, 0);

	from_here();
	rig_set(&g.rig, pt, i, pte(OTHER_DATA, G_KERNEL));
	cost("SetPxE, the same value", 1, 650);

	from_here();
	rig_set(&g.rig, pt, i, 0);
	rig_invlpg(&g.rig, va);
	cost("SetPxE, kernel, clear, InvalPage", 1, 780);

	from_here();
	rig_set(&g.rig, pt, i, pte(OTHER_DATA + 1, G_KERNEL));
	cost("SetPxE, kernel, set", 1, 800);
	touch(va, 2);

	from_here();
	rig_update(&g.rig, pt, i, pte(OTHER_DATA + 2, G_KERNEL));
	cost("UpdatePxE, kernel, replace", 1, 950);

	from_here();
	rig_invlpg(&g.rig, va);
	cost("InvalPage, table unannounced", 2, 1500);
	touch(va, 2);

	rig_allocate(&g.rig, pt);
	from_here();
	rig_invlpg(&g.rig, va);
	cost("InvalPage", 1, 700);

	from_here();
	rig_flush(&g.rig, true);
	cost("FlushTLB", 1, 700);
}

static void user_memory(void)
{
	uint32_t n;

	from_here();
	space_make(PDPT_B, PD_B, PT_B);
	cost("a new space, unused", 0, 0);

	from_here();
	load(PDPT_B);
	cost("SetCR3, first time", 10, 106000);

	from_here();
	touch(USER_VA, 4);
	cost("first touch in a table", 3, 13600);

	from_here();
	for (n = 1; n < BATCH; n++)
		touch(USER_VA + (n << PAGE_SHIFT), 6);
	cost("31 more pages, written", BATCH - 1, (BATCH - 1) * 800);

	from_here();
	rig_set(&g.rig, PT_B, pt_index(USER_VA),
		pte(USER_DATA, G_USER & ~G_RW));
	rig_flush(&g.rig, false);
	cost("SetPxE, user, protect, FlushTLB", 1, 1020);

	/* Copy on write: cleared, flushed, another page. */
	from_here();
	rig_update(&g.rig, PT_B, pt_index(USER_VA), 0);
	rig_invlpg(&g.rig, USER_VA);
	rig_set(&g.rig, PT_B, pt_index(USER_VA), pte(OTHER_DATA, G_USER));
	cost("copy on write", 2, 1600);

	/* What fork() does to its parent. */
	from_here();
	shadow_set_lazy(&g.rig.m, &g.rig.v, true);
	for (n = 0; n < BATCH; n++)
		rig_set(&g.rig, PT_B, pt_index(USER_VA) + n,
			pte(USER_DATA + n, G_USER & ~G_RW));
	assert_int_equal(xen.costs.hypercalls, g.at.hypercalls);
	shadow_set_lazy(&g.rig.m, &g.rig.v, false);
	cost("lazy mode, 32 entries", 1, 400 + BATCH * 660);

	from_here();
	load(PDPT_A);
	load(PDPT_B);
	cost("two switches, roots known", 2, 3800);
}

static void lives(void)
{
	uint32_t round, n;

	space_make(PDPT_B, PD_B, PT_B);
	load(PDPT_B);
	touch(USER_VA, 6);
	for (round = 0; round < 3; round++) {
		from_here();
		space_make(PDPT_C, PD_C, PT_C);
		load(PDPT_C);
		for (n = 0; n < BATCH; n++)
			touch(USER_VA + (n << PAGE_SHIFT), 6);
		load(PDPT_B);
		space_drop(PDPT_C, PD_C, PT_C);
		/* The first one builds what the others find. */
		if (round)
			cost("a process, 32 pages, its end", 35, 45000);
	}
}

static void operations(bool is_pae)
{
	start(is_pae);
	single_entries();
	end();
	start(is_pae);
	user_memory();
	end();
	start(is_pae);
	lives();
	end();
}

static void pae(void **state)
{
	(void)state;
	operations(true);
}
static void two_level(void **state)
{
	(void)state;
	operations(false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pae),
		cmocka_unit_test(two_level),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

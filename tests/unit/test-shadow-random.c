/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random guests on the shadow pager.
 *
 * The rule: after a flush, every access through the shadows does what a plain
 * walk of the guest's tables says: same frame, same fault, same error code,
 * A and D set.  Between flushes only entries that were changed while present
 * may differ, as with a TLB.  Xen (the model) never refuses anything.
 *
 * SHADOW_OPS=N (operations for each guest, default 6000) and SHADOW_SEED=N.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../mock/random-guest.h"

#define CR0_PG_WP 0x80010000u
#define CR0_WP	  0x00010000u
#define CR4_PSE	  0x10u
#define CR4_PAE	  0x20u

/* --- Operations -----------------------------------------------------------*/
static void op_touch(void)
{
	uint32_t n = 1 + rnd(4), access;
	gva_t va;

	while (n--) {
		access = rnd(2) * 2 + rnd(2) * 4;
		if (!(access & 2) && chance(20))
			access |= 16;
		if (chance(80))
			va = region_va(rnd(NR_REGIONS));
		else if (chance(50))
			va = w.rig.c.split + rnd(NR_GFNS << 12);
		else
			va = w.rig.c.split + VMALLOC + rnd(VMALLOC_PTS << 22);
		touch(va, access);
	}
}

static void op_space(void)
{
	uint32_t i = 1 + rnd(MAX_AS - 1);

	if (!w.as[i].used)
		space_new(&w.as[i]);
	else if (chance(30))
		space_end(&w.as[i]);
}

static void op_switch(void)
{
	uint32_t i = rnd(MAX_AS);

	if (w.as[i].used)
		load(i);
	op_touch();
}

static void op_flush(void)
{
	rig_flush(&w.rig, chance(20));
	if (chance(20))
		check();
	op_touch();
}

static void op_invlpg(void)
{
	rig_invlpg(&w.rig, region_va(rnd(NR_REGIONS)));
}

static void op_pte(void)
{
	struct space *s = some_space();
	uint32_t r = rnd(NR_REGIONS), i, n = 1 + rnd(4);
	gva_t va;

	if (!s->pt[r])
		return;
	while (n--) {
		i = random_index();
		change(s->pt[r], i, random_pte(true), s->pt_known[r]);
		va = w.region[r] + (i << 12);
		if (chance(30) && s == &w.as[w.current]) {
			rig_invlpg(&w.rig, va);
			touch(va, rnd(4) * 2);
		}
	}
}

/* Silent clear, as Linux does when a process ends. */
static void op_silent(void)
{
	struct space *s = some_space();
	uint32_t r = rnd(NR_REGIONS);

	if (s->pt[r])
		rig_store(&w.rig, s->pt[r], random_index(), 0);
}

static void op_pt(void)
{
	struct space *s = some_space();
	uint32_t r = rnd(NR_REGIONS), g, i;

	if (s->pt[r]) {
		if (chance(40))
			pt_unlink(s, r, chance(50));
		else /* flags of the directory entry */
			pde_change(s, w.region[r],
				   ((uint64_t)s->pt[r] << 12) |
					   (random_flags(true) & ~G_G));
		return;
	}
	if (pd_of(s, w.region[r]) == INVALID_FRAME)
		return;
	g = s->pt[r] = table_get();
	s->pt_known[r] = chance(85);
	if (s->pt_known[r] && chance(70))
		rig_allocate(&w.rig, g);
	for (i = 0; i < 6; i++)
		rig_store(&w.rig, g, random_index(), random_pte(true));
	if (s->pt_known[r])
		rig_allocate(&w.rig, g);
	pde_change(s, w.region[r], ((uint64_t)g << 12) | G_USER);
}

static void op_large(void)
{
	struct space *s = some_space();
	uint32_t r = rnd(NR_REGIONS), size = pae() ? 512 : 1024;

	if (s->pt[r] || (!pae() && !w.rig.c.pse))
		return;
	if (chance(40)) {
		pde_change(s, w.region[r], 0);
		return;
	}
	pde_change(s, w.region[r],
		   ((uint64_t)(rnd(NR_GFNS / size) * size) << 12) |
			   random_flags(true) | G_PS);
}

/* A directory as a table of itself: its entries are data and links at once. */
static void op_self_map(void)
{
	struct space *s = &w.as[w.current];
	uint32_t r = rnd(NR_REGIONS), pd = pd_of(s, w.region[r]);

	if (s->pt[r] || pd == INVALID_FRAME)
		return;
	pde_change(s, w.region[r],
		   ((uint64_t)pd << 12) | (random_flags(true) & ~G_G));
	rig_flush(&w.rig, false);
	touch(w.region[r] + (pd_index(w.region[r]) << 12), 4);
	touch(w.region[r] + (pd_index(w.region[r]) << 12), 4);
	touch(region_va(r), rnd(4) * 2);
	pde_change(s, w.region[r], 0);
}

/* fork: copy a table into another space, in a lazy section. */
static void op_fork(void)
{
	struct space *from = &w.as[w.current], *to;
	uint32_t r = rnd(NR_REGIONS), i, g;
	uint64_t e;

	to = &w.as[1 + rnd(MAX_AS - 1)];
	if (!to->used || to == from || !from->pt[r] || to->pt[r] ||
	    pd_of(to, w.region[r]) == INVALID_FRAME || !from->pt_known[r])
		return;
	/* There may be a large page in the way. */
	pde_change(to, w.region[r], 0);
	shadow_set_lazy(&w.rig.m, &w.rig.v, true);
	g = to->pt[r] = table_get();
	to->pt_known[r] = true;
	rig_allocate(&w.rig, g);
	pde_change(to, w.region[r], ((uint64_t)g << 12) | G_USER);
	for (i = 0; i < entries(); i++) {
		e = rig_entry(&w.rig, from->pt[r], i);
		if (!(e & G_P))
			continue;
		rig_set(&w.rig, from->pt[r], i, e & ~G_RW);
		rig_set(&w.rig, g, i, e & ~(G_RW | G_D));
	}
	shadow_set_lazy(&w.rig.m, &w.rig.v, false);
	rig_flush(&w.rig, false);
}

static void op_lazy(void)
{
	shadow_set_lazy(&w.rig.m, &w.rig.v, chance(40));
}

/* vmalloc: entries of the kernel's, and a new table now and then. */
static void op_kernel(void)
{
	uint32_t n = rnd(VMALLOC_PTS), i;
	gva_t va = w.rig.c.split + VMALLOC + n * (pae() ? 1u << 21 : 1u << 22);
	uint32_t pd = pae() ? w.kernel_pd[va >> 30] : w.as[0].pd[0];
	struct space *s = some_space();

	if (!w.vmalloc_pt[n]) {
		w.vmalloc_pt[n] = table_get();
		if (chance(80))
			rig_allocate(&w.rig, w.vmalloc_pt[n]);
		rig_set(&w.rig, pd, pd_index(va),
			((uint64_t)w.vmalloc_pt[n] << 12) | G_KERNEL);
		return;
	}
	/* 2-level: other directories learn of it later. */
	if (!pae() && chance(30) && s != &w.as[0])
		change(s->pd[0], pd_index(va),
		       chance(90) ? rig_entry(&w.rig, pd, pd_index(va)) : 0,
		       true);
	rig_set(&w.rig, w.vmalloc_pt[n], random_index(), random_pte(false));
	if (chance(3)) {
		for (i = 0; i < MAX_AS; i++)
			if (w.as[i].used && (!pae() || i == 0))
				change(pd_of(&w.as[i], va), pd_index(va), 0,
				       true);
		rig_release(&w.rig, w.vmalloc_pt[n]);
		table_put(w.vmalloc_pt[n]);
		w.vmalloc_pt[n] = 0;
	}
}

/* A kernel page of the linear map is hidden, write protected, or back. */
static void op_lowmem(void)
{
	uint32_t g = rnd(FIRST_TABLE), i = g % entries();
	gva_t va = w.rig.c.split + (g << 12);
	uint64_t pde = rig_entry(&w.rig, pd_of(&w.as[0], va), pd_index(va));
	uint64_t e = ((uint64_t)g << 12) | G_KERNEL;

	if (pde & G_PS)
		return;
	if (chance(50))
		e = chance(50) ? e & ~G_RW : 0;
	rig_set(&w.rig, (uint32_t)(pde >> 12), i, e);
	if (chance(70))
		rig_invlpg(&w.rig, va);
}

/* PAE: another page directory in the PDPT, read at the next CR3 load. */
static void op_pdpt(void)
{
	struct space *a = &w.as[w.current], *b = some_space();
	uint32_t slot = rnd(w.rig.c.split >> 30);
	uint32_t was = a->pd[slot];

	if (!pae() || a == b || !a->announced || !b->announced)
		return;
	a->pd[slot] = chance(50) ? b->pd[slot] : INVALID_FRAME;
	write_pdpt(a);
	load((uint32_t)w.current);
	op_touch();
	a->pd[slot] = was;
	write_pdpt(a);
	if (chance(50))
		load((uint32_t)w.current);
	else
		w.rig.v.pdpt[slot] = w.rig.v.pdpt[slot];
	rig_cr3(&w.rig, a->cr3);
}

/* The adapter looks at guest memory, as the emulator does. */
static void op_copy(void)
{
	gva_t va = region_va(rnd(NR_REGIONS));
	struct guest_fault f;
	struct oracle o;
	uint8_t byte;
	bool ok;

	rig_oracle(&w.rig, va, 0, &o);
	ok = guest_read(&w.rig.m, &w.rig.v, &byte, va, 1, 0, &f);
	if (ok != o.ok || (!ok && (f.va != va || f.error != o.error)))
		fail_at("guest_read", va, 0);
}

/* Slot 0 covers more of memory, or less. */
static void op_linear(void)
{
	static const uint32_t pages[] = { NR_GFNS, NR_GFNS, FIRST_TABLE + 9,
					  512, 0 };

	shadow_set_linear_mapping(&w.rig.m, &w.rig.v, 0, w.rig.c.split,
				  pages[rnd(ARRAY_SIZE(pages))], gfn(0));
}

/* CR0.WP, EFER.NXE: other rights, by the same tables. */
static void op_modes(void)
{
	if (chance(50))
		shadow_set_cr0(&w.rig.m, &w.rig.v, w.rig.v.cr0 ^ CR0_WP);
	else if (w.rig.c.nx)
		shadow_set_nxe(&w.rig.m, &w.rig.v, !w.rig.v.nxe);
	op_touch();
}

/* A stack for traps from user mode: there at once, or refused. */
static void op_stack(void)
{
	gva_t va = w.rig.c.split + (rnd(NR_GFNS) << 12);
	struct oracle o;
	uint32_t word;
	bool ok;

	if (chance(30))
		va += VMALLOC;
	ok = shadow_ensure_stack(&w.rig.m, &w.rig.v, va + 64, 64);
	rig_oracle(&w.rig, va, 2, &o);
	word = p2m_get(&w.rig.m.p2m, gfn(o.gfn));
	if (p2m_is_hole(word) || (word & P2M_ROM) || !(o.rights & G_RW))
		o.ok = false;
	if (ok && (xen_model_l1e(va) & (G_P | G_RW)) != (G_P | G_RW))
		fail_at("a stack that is not there", va, 2);
	if (ok != o.ok && !w.rig.stats.kernel_unfilled)
		fail_at("shadow_ensure_stack", va, 2);
}

static const struct {
	void (*run)(void);
	uint32_t weight;
} ops[] = {
	{ op_touch, 30 }, { op_space, 5 }, { op_switch, 8 }, { op_flush, 8 },
	{ op_invlpg, 5 }, { op_pte, 25 },  { op_silent, 4 }, { op_pt, 8 },
	{ op_large, 4 },  { op_fork, 3 },  { op_lazy, 4 },   { op_kernel, 5 },
	{ op_lowmem, 3 }, { op_pdpt, 2 },  { op_copy, 4 },   { op_self_map, 2 },
	{ op_linear, 2 }, { op_modes, 1 }, { op_stack, 3 },
};

static void random_op(void)
{
	uint32_t total = 0, i, n;

	for (i = 0; i < ARRAY_SIZE(ops); i++)
		total += ops[i].weight;
	n = rnd(total);
	for (i = 0; n >= ops[i].weight; i++)
		n -= ops[i].weight;
	ops[i].run();
}

/* --- A boot ---------------------------------------------------------------*/
static void boot_tables(void)
{
	struct space *s = &w.as[0];
	uint32_t g, pt = 0, i, per = entries();
	gva_t va;

	s->used = true;
	s->announced = true;
	if (pae()) {
		s->cr3 = table_get() << 12;
		for (i = 0; i < 4; i++) {
			s->pd[i] = table_get();
			if (i >= w.rig.c.split >> 30)
				w.kernel_pd[i] = s->pd[i];
		}
		write_pdpt(s);
	} else {
		s->pd[0] = table_get();
		s->cr3 = s->pd[0] << 12;
	}
	for (g = 0; g < NR_GFNS; g++) {
		va = w.rig.c.split + (g << 12);
		if (g % per == 0) {
			if ((pae() || w.rig.c.pse) && g >= 2048 && chance(50)) {
				rig_store(&w.rig, pd_of(s, va), pd_index(va),
					  ((uint64_t)g << 12) | G_KERNEL |
						  G_PS);
				g += per - 1;
				continue;
			}
			pt = table_get();
			rig_store(&w.rig, pd_of(s, va), pd_index(va),
				  ((uint64_t)pt << 12) | G_KERNEL);
			/* and the identity map of the boot code */
			if (g == 0)
				rig_store(&w.rig, pd_of(s, 0), 0,
					  ((uint64_t)pt << 12) | G_KERNEL);
		}
		rig_store(&w.rig, pt, g % per, ((uint64_t)g << 12) | G_KERNEL);
	}
}

static void unannounced_life(unsigned long n)
{
	struct space *s = &w.as[0];
	uint32_t r, g;
	gva_t va;

	while (n--) {
		op_number++;
		r = rnd(NR_REGIONS);
		va = region_va(r);
		switch (rnd(6)) {
		case 0:
			if (!s->pt[r] && pd_of(s, va) != INVALID_FRAME)
				s->pt[r] = table_get();
			g = s->pt[r];
			if (g)
				rig_store(&w.rig, pd_of(s, va), pd_index(va),
					  ((uint64_t)g << 12) | G_USER);
			break;
		case 1:
			if (s->pt[r])
				rig_store(&w.rig, s->pt[r], random_index(),
					  random_pte(true));
			break;
		case 2:
			rig_invlpg(&w.rig, va);
			break;
		case 3:
			if (chance(30))
				rig_cr3(&w.rig, s->cr3);
			break;
		case 4:
			if (chance(10) && s->pt[r])
				rig_store(&w.rig, pd_of(s, va), pd_index(va),
					  0);
			break;
		default:
			op_touch();
		}
	}
	for (r = 0; r < NR_REGIONS; r++) {
		if (!s->pt[r])
			continue;
		rig_store(&w.rig, pd_of(s, w.region[r]), pd_index(w.region[r]),
			  0);
		table_put(s->pt[r]);
		s->pt[r] = 0;
	}
}

static void regions(gva_t split)
{
	static const gva_t low[] = { 0,		 0x400000,   0x8000000,
				     0x8400000,	 0x3f800000, 0x3fc00000,
				     0x40000000, 0x7fc00000 };
	uint32_t i;

	for (i = 0; i < NR_REGIONS - 1; i++)
		w.region[i] = low[i] < split ? low[i] : 0x10000000 + (i << 22);
	w.region[NR_REGIONS - 1] = split - 0x400000;
	if (w.region[5] == w.region[NR_REGIONS - 1])
		w.region[5] = 0x20000000;
	if (w.region[7] == w.region[NR_REGIONS - 1])
		w.region[7] = 0x21000000;
}

static void life(const struct rig_config *c, unsigned long n, uint64_t seed)
{
	uint32_t i;

	memset(&w, 0, sizeof(w));
	w.seed = seed;
	op_number = 0;
	regions(c->split);
	rig_start(&w.rig, c);
	for (i = 0; i < 20; i++)
		touch(rnd(NR_GFNS << 12), rnd(2) * 2);

	boot_tables();
	if (c->pse)
		shadow_set_cr4(&w.rig.m, &w.rig.v, CR4_PSE);
	if (c->pae)
		shadow_set_cr4(&w.rig.m, &w.rig.v, CR4_PAE);
	if (c->nx)
		shadow_set_nxe(&w.rig.m, &w.rig.v, true);
	rig_cr3(&w.rig, w.as[0].cr3);
	shadow_set_cr0(&w.rig.m, &w.rig.v, CR0_PG_WP);
	w.rig.nr_edits = 0;
	unannounced_life(n / 8);
	check();

	shadow_vmi_init(&w.rig.m, &w.rig.v, c->split);
	w.rig.nr_edits = 0;
	check();
	shadow_set_linear_mapping(&w.rig.m, &w.rig.v, 0, c->split, NR_GFNS,
				  gfn(0));
	for (i = 0; i < (pae() ? 4 : 1); i++)
		rig_allocate(&w.rig, w.as[0].pd[i]);
	check();
	for (; op_number < n; op_number++) {
		random_op();
		if (op_number % 512 == 0) {
			rig_flush(&w.rig, false);
			check();
		}
	}
	check();
	rig_end(&w.rig);
}

static unsigned long env(const char *name, unsigned long value)
{
	const char *s = getenv(name);

	return s ? strtoul(s, NULL, 0) : value;
}

static void random_guests(bool is_pae, bool squeezed)
{
	static const gva_t splits[] = { 0xc0000000, 0x80000000, 0x40000000 };
	struct rig_config c = { .nr_gfns = NR_GFNS, .pae = is_pae };
	unsigned long n = env("SHADOW_OPS", 6000);
	uint64_t seed = env("SHADOW_SEED", 1);
	uint32_t i;

	for (i = 0; i < ARRAY_SIZE(splits); i++) {
		c.split = splits[i];
		c.nx = is_pae && i != 1;
		c.pse = !is_pae && i != 1;
		/* lowmem, vmalloc, two roots and sixteen L1s */
		c.nr_pool = squeezed ? 8 + 2 * VMALLOC_PTS + 2 * 5 + 16 : 200;
		c.max_roots = squeezed ? 2 + i : 8;
		life(&c, n, seed * 16 + i);
	}
}

static void pae_random(void **state)
{
	(void)state;
	random_guests(true, false);
}

static void pae_random_squeezed(void **state)
{
	(void)state;
	random_guests(true, true);
}

static void two_level_random(void **state)
{
	(void)state;
	random_guests(false, false);
}

static void two_level_random_squeezed(void **state)
{
	(void)state;
	random_guests(false, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pae_random),
		cmocka_unit_test(pae_random_squeezed),
		cmocka_unit_test(two_level_random),
		cmocka_unit_test(two_level_random_squeezed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

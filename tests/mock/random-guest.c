/* SPDX-License-Identifier: GPL-2.0-only */
/* See random-guest.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "random-guest.h"

struct world w;
unsigned long op_number;

uint32_t rnd(uint32_t n)
{
	w.seed = w.seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)((w.seed >> 33) % n);
}

bool chance(uint32_t percent)
{
	return rnd(100) < percent;
}

void fail_at(const char *bad, gva_t va, uint32_t access)
{
	struct oracle o;

	rig_oracle(&w.rig, va, access, &o);
	fprintf(stderr,
		"op %lu: %s (va %#x access %u: oracle %s gfn %#x error %u, "
		"shadow %#llx)\n",
		op_number, bad, va, access, o.ok ? "ok" : "fault", o.gfn,
		o.error, (unsigned long long)xen_model_l1e(va));
	fail();
}

void touch(gva_t va, uint32_t access)
{
	const char *bad = rig_touch(&w.rig, va, access);

	if (bad)
		fail_at(bad, va, access);
}

void check(void)
{
	const char *bad = rig_check(&w.rig);

	if (bad)
		fail_at(bad, 0, 0);
}

/* --- The guest's frames ---------------------------------------------------*/
uint32_t table_get(void)
{
	uint32_t g, n;

	for (n = 0; n < 10000; n++) {
		g = FIRST_TABLE + rnd(LAST_TABLE - FIRST_TABLE);
		if (!w.busy[g]) {
			w.busy[g] = true;
			memset(rig_page(&w.rig, g), 0, PAGE_SIZE);
			return g;
		}
	}
	fail_msg("test ran out of table pages");
	return 0;
}

void table_put(uint32_t g)
{
	w.busy[g] = false;
}

bool pae(void)
{
	return w.rig.c.pae;
}

uint32_t entries(void)
{
	return pae() ? 512 : 1024;
}

uint32_t pd_index(gva_t va)
{
	return pae() ? (va >> 21) & 511 : va >> 22;
}

uint32_t pd_of(const struct space *s, gva_t va)
{
	return pae() ? s->pd[va >> 30] : s->pd[0];
}

static bool pd_is_kernel(gva_t va)
{
	return pae() && va >= w.rig.c.split;
}

/* --- Random entries -------------------------------------------------------*/
uint64_t random_flags(bool user)
{
	uint64_t e = G_P;

	e |= chance(80) ? G_RW : 0;
	e |= chance(user ? 85 : 10) ? G_US : 0;
	e |= chance(80) ? G_A : 0;
	e |= chance(70) ? G_D : 0;
	e |= chance(10) ? G_PWT : 0;
	e |= chance(10) ? G_PCD : 0;
	e |= chance(10) ? G_G : 0;
	e |= (uint64_t)rnd(8) << 9;
	if (pae() && chance(20))
		e |= G_NX;
	return e;
}

uint64_t random_pte(bool user)
{
	uint32_t g = rnd(NR_GFNS);

	if (chance(25)) /* not present, with a payload */
		return chance(50) ? 0 : (rnd(1u << 30) & ~1ull);
	if (chance(5))
		g = RIG_HOLE + rnd(0x40); /* hole or ROM */
	if (chance(2))
		g = 0xfee00; /* beyond memory: the LAPIC */
	if (chance(1) && pae())
		return ((uint64_t)g << 12) | random_flags(user) | (1ull << 51);
	return ((uint64_t)g << 12) | random_flags(user) |
	       (chance(5) ? G_PS : 0); /* PAT in a PTE */
}

uint32_t random_index(void)
{
	static const uint16_t some[] = { 0, 1, 7, 31, 32, 255, 511, 510 };
	uint32_t i = some[rnd(8)];

	return !pae() && chance(50) ? i + 512 : i;
}

gva_t region_va(uint32_t region)
{
	return w.region[region] + (random_index() << 12) + rnd(4096);
}

/* --- Address spaces -------------------------------------------------------*/
struct space *some_space(void)
{
	uint32_t i;

	if (chance(60))
		return &w.as[w.current];
	do
		i = rnd(MAX_AS);
	while (!w.as[i].used);
	return &w.as[i];
}

static void kernel_part(struct space *s)
{
	uint32_t i, first = w.rig.c.split >> 22;

	if (pae()) {
		for (i = w.rig.c.split >> 30; i < 4; i++)
			s->pd[i] = w.kernel_pd[i];
		return;
	}
	for (i = first; i < 1024; i++)
		rig_store(&w.rig, s->pd[0], i,
			  rig_entry(&w.rig, w.as[0].pd[0], i));
}

void write_pdpt(struct space *s)
{
	uint64_t *pdpt = (uint64_t *)rig_page(&w.rig, s->cr3 >> 12) +
			 (s->cr3 & 0xfe0) / 8;
	uint32_t i;

	for (i = 0; i < 4; i++)
		pdpt[i] = s->pd[i] == INVALID_FRAME
				  ? 0
				  : ((uint64_t)s->pd[i] << 12) | G_P;
}

void space_new(struct space *s)
{
	uint32_t i;

	memset(s, 0, sizeof(*s));
	s->used = true;
	s->announced = chance(80);
	if (pae()) {
		s->cr3 = (table_get() << 12) | (rnd(128) * 32);
		for (i = 0; i < 4; i++)
			s->pd[i] = INVALID_FRAME;
		for (i = 0; i < w.rig.c.split >> 30; i++)
			if (i == 0 || chance(80))
				s->pd[i] = table_get();
		kernel_part(s);
		write_pdpt(s);
		for (i = 0; i < w.rig.c.split >> 30; i++)
			if (s->announced && s->pd[i] != INVALID_FRAME)
				rig_allocate(&w.rig, s->pd[i]);
		return;
	}
	s->pd[0] = table_get();
	s->cr3 = s->pd[0] << 12;
	if (s->announced && chance(50))
		rig_allocate(&w.rig, s->pd[0]);
	kernel_part(s);
	if (s->announced)
		rig_allocate(&w.rig, s->pd[0]);
}

/* An entry changes, in one of the ways in which kernels do it. */
void change(uint32_t table, uint32_t i, uint64_t val, bool known)
{
	if (!known) {
		rig_store(&w.rig, table, i, val);
		return;
	}
	if (chance(3) && (pae() || !(i & 1))) {
		rig_set_other(&w.rig, table, i, val);
		return;
	}
	switch (rnd(3)) {
	case 0:
		rig_set(&w.rig, table, i, val);
		break;
	case 1:
		rig_update(&w.rig, table, i, val);
		break;
	default: /* HIGHPTE: a mapping slot, used again for another table */
		shadow_set_linear_mapping(&w.rig.m, &w.rig.v, 1 + rnd(2),
					  w.rig.c.split + FIXMAP, 1,
					  gfn(table));
		rig_update(&w.rig, table, i, val);
		break;
	}
}

void pde_change(struct space *s, gva_t va, uint64_t pde)
{
	uint32_t pd = pd_of(s, va);

	if (pd == INVALID_FRAME)
		return;
	change(pd, pd_index(va), pde, s->announced || pd_is_kernel(va));
}

void pt_unlink(struct space *s, uint32_t region, bool clear)
{
	uint32_t g = s->pt[region], i;

	if (!g)
		return;
	for (i = 0; clear && i < entries(); i++)
		if (rig_entry(&w.rig, g, i))
			rig_store(&w.rig, g, i, 0);
	if (chance(90))
		pde_change(s, w.region[region], 0);
	if (s->pt_known[region])
		rig_release(&w.rig, g);
	if (chance(10)) /* never mind: it goes on as an unknown table */
		pde_change(s, w.region[region], 0);
	/* Memory again: what is in it is no business of the walk's. */
	pde_change(s, w.region[region], 0);
	table_put(g);
	s->pt[region] = 0;
}

void space_end(struct space *s)
{
	uint32_t i;
	bool silent = chance(60);

	if (s == &w.as[w.current] || s == &w.as[0])
		return;
	for (i = 0; i < NR_REGIONS; i++)
		pt_unlink(s, i, silent);
	if (s->announced)
		for (i = 0; i < (pae() ? w.rig.c.split >> 30 : 1); i++)
			if (s->pd[i] != INVALID_FRAME)
				rig_release(&w.rig, s->pd[i]);
	for (i = 0; i < (pae() ? w.rig.c.split >> 30 : 1); i++)
		if (s->pd[i] != INVALID_FRAME)
			table_put(s->pd[i]);
	if (pae())
		table_put(s->cr3 >> 12);
	s->used = false;
}

void load(uint32_t i)
{
	w.current = (int)i;
	rig_cr3(&w.rig, w.as[i].cr3);
}

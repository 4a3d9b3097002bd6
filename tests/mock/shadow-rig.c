/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rig of the pager's tests: see shadow-rig.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shadow-rig.h"
#include "mmu/fault-short.h"

#define SLOTS	     64u
#define MAX_RETRIES  6
#define PATH(g, i)   (((uint64_t)(g) << 12) | (i))
#define CR0_PG	     0x80000000u
#define CR0_WP	     0x00010000u
#define CR4_PSE	     0x10u
#define CR4_PAE	     0x20u
#define FRAME_FACTOR 2654435761u

static uint32_t nr_window(void)
{
	return (XEN_HOLE - RIG_WINDOW) >> SHADOW_PIECE_SHIFT;
}

/* Guest frames are scattered over the machine, pool frames between them. */
static void place_frames(struct rig *r, uint32_t first, uint32_t nr)
{
	uint32_t n = r->c.nr_gfns + r->c.nr_pool, i, j, tmp;
	uint32_t *f = malloc(n * sizeof(*f));

	(void)nr;
	for (i = 0; i < n; i++)
		f[i] = first + i;
	for (i = n - 1; i > 0; i--) {
		j = (uint32_t)(((uint64_t)i * FRAME_FACTOR) % (i + 1));
		tmp = f[i];
		f[i] = f[j];
		f[j] = tmp;
	}
	for (i = 0; i < r->c.nr_gfns; i++) {
		r->p2m[i] = f[i];
		if (i >= RIG_HOLE && i < RIG_ROM)
			r->p2m[i] = P2M_HOLE;
		else if (i >= RIG_ROM && i < RIG_ROM + 0x20)
			r->p2m[i] |= P2M_ROM;
	}
	for (i = 0; i < r->c.nr_pool; i++)
		r->pool[i] = mfn(f[r->c.nr_gfns + i]);
	free(f);
}

void rig_start(struct rig *r, const struct rig_config *c)
{
	struct mmu_config mc = { .stats = &r->stats };
	uint32_t first;

	memset(r, 0, sizeof(*r));
	r->exact = 1;
	r->c = *c;
	xen_model_start(c->nr_gfns + c->nr_pool + 64, c->nx);
	first = xen_model_boot(3, RIG_WINDOW, r->window_l1, nr_window());
	r->p2m = malloc(c->nr_gfns * sizeof(*r->p2m));
	r->pool = malloc(c->nr_pool * sizeof(*r->pool));
	place_frames(r, first, 0);

	mc.p2m.low = r->p2m;
	mc.p2m.nr_low = c->nr_gfns;
	mc.pool = r->pool;
	mc.nr_pool = c->nr_pool;
	mc.max_roots = c->max_roots;
	mc.meta_size = shadow_meta_size(c->nr_pool, c->max_roots, SLOTS);
	mc.meta = r->meta = calloc(1, mc.meta_size);
	mc.window_base = RIG_WINDOW;
	mc.window_end = RIG_WINDOW + (nr_window() << SHADOW_PIECE_SHIFT);
	mc.window_l1 = r->window_l1;
	mc.slots_va = RIG_WINDOW + 0x200000;
	mc.nr_slots = SLOTS;
	mc.has_nx = c->nx;
	if (shadow_init(&r->m, &mc))
		abort();
	shadow_vcpu_start(&r->m, &r->v);
}

void rig_end(struct rig *r)
{
	free(r->p2m);
	free(r->pool);
	free(r->meta);
	xen_model_end();
}

void *rig_page(struct rig *r, uint32_t g)
{
	if (g >= r->c.nr_gfns || p2m_is_hole(r->p2m[g]))
		return NULL;
	return xen_page(r->p2m[g] & P2M_MFN_MASK);
}

/* --- What the short ways remember -----------------------------------------*/
static const char *remembered(struct rig *r)
{
	struct mmu *m = &r->m;
	const struct last_table was = m->set;
	const struct linear_memo *memo;
	bool learnt;
	uint32_t i;

	for (i = 0; i < ARRAY_SIZE(m->memo); i++) {
		memo = &m->memo[i];
		if (memo->gfn == MEMO_NONE)
			continue;
		if (!(p2m_get(&m->p2m, gfn(memo->gfn)) & P2M_LIN) ||
		    !linear_holds(m, &r->v, linear_va(m, memo->gfn)) ||
		    memo->at != rig_page(r, memo->gfn))
			return "a frame is remembered elsewhere";
	}
	for (i = 0; i < ARRAY_SIZE(was.key); i++) {
		if (was.key[i] == SET_NONE)
			continue;
		learnt = set_learn(m, &r->v, was.key[i], i);
		if (!learnt || memcmp(&m->set, &was, sizeof(was)))
			return "a table is remembered as another";
	}
	return NULL;
}

static void must_be_true(struct rig *r)
{
	const char *bad = remembered(r);

	if (bad)
		xen_model_refused(bad, 0, r->m.set.key[0], r->m.set.key[1]);
}

/* --- The guest's stores ---------------------------------------------------*/
uint64_t rig_entry(struct rig *r, uint32_t g, uint32_t i)
{
	void *p = rig_page(r, g);

	if (!p)
		return r->c.pae ? ~0ull : ~0u;
	return r->c.pae ? ((uint64_t *)p)[i] : ((uint32_t *)p)[i];
}

static bool listed(const uint64_t *list, uint32_t n, uint64_t x)
{
	while (n--)
		if (list[n] == x)
			return true;
	return false;
}

/*
 * Native rule: what was not present cannot be in the TLB.  But what was
 * cleared silently may still be in the shadow, and so in the TLB.
 */
static void note_edit(struct rig *r, uint32_t g, uint32_t i, uint64_t old)
{
	r->exact = 1;
	if (!(old & G_P) && !listed(r->silent, r->nr_silent, PATH(g, i)))
		return;
	if (listed(r->edits, r->nr_edits, PATH(g, i)))
		return;
	if (r->nr_edits == 4096)
		abort();
	r->edits[r->nr_edits++] = PATH(g, i);
}

static void unlist_silent(struct rig *r, uint32_t g, uint32_t i, bool page)
{
	uint32_t n;

	for (n = 0; n < r->nr_silent;)
		if (r->silent[n] == PATH(g, i) ||
		    (page && r->silent[n] >> 12 == g))
			r->silent[n] = r->silent[--r->nr_silent];
		else
			n++;
}

static void store(struct rig *r, uint32_t g, uint32_t i, uint64_t val)
{
	void *p = rig_page(r, g);

	note_edit(r, g, i, rig_entry(r, g, i));
	if (r->c.pae)
		((uint64_t *)p)[i] = val;
	else
		((uint32_t *)p)[i] = (uint32_t)val;
}

void rig_store(struct rig *r, uint32_t g, uint32_t i, uint64_t val)
{
	if (r->m.vmi && (r->p2m[g] & P2M_KNOWN) && r->nr_silent < 4096 &&
	    !listed(r->silent, r->nr_silent, PATH(g, i)))
		r->silent[r->nr_silent++] = PATH(g, i);
	store(r, g, i, val);
}

gva_t rig_ptep(struct rig *r, uint32_t g, uint32_t i)
{
	return r->c.split + (g << PAGE_SHIFT) + i * (r->c.pae ? 8 : 4);
}

/* As vmi/calls-mmu.c does it. */
static bool knows(struct rig *r, gva_t ptep, bool wide)
{
	return set_known(&r->m, ptep, wide) ||
	       set_learn(&r->m, &r->v, ptep, wide);
}

/* SetPxE, or SetPxELong. */
static void set_pxe(struct rig *r, gva_t ptep, uint64_t val, bool wide)
{
	uint32_t lo = (uint32_t)val, hi = wide ? (uint32_t)(val >> 32) : 0;

	if ((!knows(r, ptep, wide) ||
	     !shadow_set_short(&r->m, &r->v, ptep, lo, hi, wide)) &&
	    !shadow_set_pxe(&r->m, &r->v, ptep, val, 1, wide ? 8 : 4))
		abort();
}

void rig_set(struct rig *r, uint32_t g, uint32_t i, uint64_t val)
{
	note_edit(r, g, i, rig_entry(r, g, i));
	unlist_silent(r, g, i, false);
	set_pxe(r, rig_ptep(r, g, i), val, r->c.pae);
	if (rig_entry(r, g, i) != (r->c.pae ? val : (uint32_t)val))
		abort();
	must_be_true(r);
}

void rig_set_other(struct rig *r, uint32_t g, uint32_t i, uint64_t val)
{
	gva_t ptep = rig_ptep(r, g, i);
	uint32_t n = r->c.pae ? 1 : 2, k;

	for (k = 0; k < n; k++) {
		note_edit(r, g, i + k, rig_entry(r, g, i + k));
		unlist_silent(r, g, i + k, false);
	}
	if (r->c.pae) {
		set_pxe(r, ptep + 4, val >> 32, false);
		set_pxe(r, ptep, (uint32_t)val, false);
	} else {
		set_pxe(r, ptep, val, true);
	}
	must_be_true(r);
}

void rig_update(struct rig *r, uint32_t g, uint32_t i, uint64_t val)
{
	gva_t ptep = rig_ptep(r, g, i);

	store(r, g, i, val);
	unlist_silent(r, g, i, false);
	if (!knows(r, ptep, r->c.pae) ||
	    !shadow_update_short(&r->m, &r->v, ptep, r->c.pae))
		shadow_update_pxe(&r->m, &r->v, ptep, 1);
	must_be_true(r);
}

void rig_allocate(struct rig *r, uint32_t g)
{
	shadow_allocate_page(&r->m, &r->v, gfn(g), 1);
	unlist_silent(r, g, 0, true);
}

void rig_release(struct rig *r, uint32_t g)
{
	shadow_release_page(&r->m, &r->v, gfn(g));
	unlist_silent(r, g, 0, true);
}

/* What the processor has loaded of the PDPT is what stands there. */
static void check_pdpt(struct rig *r)
{
	const uint64_t *e = rig_page(r, r->v.cr3 >> PAGE_SHIFT);
	uint32_t i;

	e += (r->v.cr3 & PDPT_OFFSET) / sizeof(*e);
	for (i = 0; i < ARRAY_SIZE(r->v.pdpt); i++)
		if (r->v.pdpt[i] != (e[i] & G_P ? (uint32_t)(e[i] >> PAGE_SHIFT)
						: INVALID_FRAME))
			xen_model_refused("another PDPT is loaded", 0, i, e[i]);
}

void rig_cr3(struct rig *r, uint32_t cr3)
{
	if (!shadow_set_cr3(&r->m, &r->v, cr3))
		abort();
	if (r->c.pae && (r->v.cr0 & CR0_PG))
		check_pdpt(r);
	r->nr_edits = 0;
}

void rig_flush(struct rig *r, bool global)
{
	shadow_flush_tlb(&r->m, &r->v, global);
	r->nr_edits = 0;
}

void rig_invlpg(struct rig *r, gva_t va)
{
	shadow_invlpg(&r->m, &r->v, va);
	r->exact = va & ~PAGE_MASK;
}

/* --- Oracle ---------------------------------------------------------------*/
static void oracle_fault(struct rig *r, struct oracle *o, uint32_t access,
			 uint32_t why)
{
	o->ok = false;
	o->error = (access & 6) | why;
	if ((access & 16) && r->c.pae && r->v.nxe)
		o->error |= 16;
}

static bool bad_entry(struct rig *r, uint64_t e, bool large)
{
	if (!r->c.pae)
		return large && (e & 0x3fe000);
	if ((e & 0x7fffff0000000000ull) || (!r->v.nxe && (e & G_NX)))
		return true;
	return large && (e & 0x1fe000);
}

static uint64_t step(struct rig *r, struct oracle *o, uint32_t g, uint32_t i)
{
	o->path[o->nr_path++] = PATH(g, i);
	o->leaf = rig_entry(r, g, i);
	return o->leaf;
}

void rig_oracle(struct rig *r, gva_t va, uint32_t access, struct oracle *o)
{
	uint32_t pd = r->c.pae ? r->v.pdpt[va >> 30] : r->v.cr3 >> 12;
	uint32_t shift = r->c.pae ? 21 : 22;
	uint64_t pde, pte, rights;
	bool large;

	memset(o, 0, sizeof(*o));
	o->ok = true;
	if (!(r->v.cr0 & CR0_PG)) {
		o->gfn = va >> 12;
		return;
	}
	if (pd == INVALID_FRAME) {
		oracle_fault(r, o, access, 0);
		return;
	}
	pde = step(r, o, pd, (va >> shift) & (r->c.pae ? 511 : 1023));
	if (!(pde & G_P)) {
		oracle_fault(r, o, access, 0);
		return;
	}
	large = (pde & G_PS) && (r->c.pae || (r->v.cr4 & CR4_PSE));
	if (bad_entry(r, pde, large)) {
		oracle_fault(r, o, access, 9);
		return;
	}
	if (large) {
		uint32_t mask = (1u << (shift - 12)) - 1;

		o->gfn =
			((uint32_t)((pde & 0xffffffffff000ull) >> 12) & ~mask) |
			((va >> 12) & mask);
		pte = pde;
	} else {
		pte = step(r, o, (uint32_t)((pde & 0xffffffffff000ull) >> 12),
			   (va >> 12) & (r->c.pae ? 511 : 1023));
		if (!(pte & G_P)) {
			oracle_fault(r, o, access, 0);
			return;
		}
		if (bad_entry(r, pte, false)) {
			oracle_fault(r, o, access, 9);
			return;
		}
		o->gfn = (uint32_t)((pte & 0xffffffffff000ull) >> 12);
	}
	rights = (pde & pte & (G_RW | G_US)) | ((pde | pte) & G_NX);
	o->rights = rights;
	if (((access & 4) && !(rights & G_US)) ||
	    ((access & 2) && !(rights & G_RW) &&
	     ((access & 4) || (r->v.cr0 & CR0_WP))) ||
	    ((access & 16) && (rights & G_NX)))
		oracle_fault(r, o, access, 1);
}

static bool stale(struct rig *r, gva_t va, const struct oracle *o)
{
	uint32_t i, n = (va & ~PAGE_MASK) == r->exact ? 0 : r->nr_edits;

	for (i = 0; i < o->nr_path; i++)
		if (listed(r->edits, n, o->path[i]) ||
		    listed(r->silent, r->nr_silent, o->path[i]))
			return true;
	return false;
}

/* The access went through: A and D must be as a processor leaves them. */
static const char *check_marks(struct rig *r, gva_t va, uint32_t access,
			       const struct oracle *o)
{
	uint64_t leaf;
	uint32_t g, i;

	if (!o->nr_path || va >= r->c.split)
		return NULL;
	g = (uint32_t)(o->path[o->nr_path - 1] >> 12);
	i = (uint32_t)(o->path[o->nr_path - 1] & 0xfff);
	leaf = rig_entry(r, g, i);
	if (p2m_get(&r->m.p2m, gfn(g)) & P2M_ROM)
		return NULL;
	if (!(leaf & G_A))
		return "A not set by an access";
	if ((access & 2) && !(leaf & G_D))
		return "D not set by a write";
	return NULL;
}

static const char *arrived(struct rig *r, gva_t va, uint32_t access,
			   uint64_t maddr, const struct oracle *o)
{
	uint32_t word;

	if (!o->ok)
		return "access allowed that must fault";
	word = p2m_get(&r->m.p2m, gfn(o->gfn));
	if (p2m_is_hole(word))
		return "a hole is mapped";
	if ((word & P2M_MFN_MASK) != maddr >> 12)
		return "wrong frame";
	if ((access & 2) && (word & P2M_ROM))
		return "ROM was written";
	return check_marks(r, va, access, o);
}

static const char *emulated(const struct pf_info *info, uint32_t access,
			    gva_t va, struct rig *r, const struct oracle *o)
{
	uint32_t word = p2m_get(&r->m.p2m, gfn(o->gfn));

	if (!o->ok)
		return "emulation of what must fault";
	if (info->gpa != (((uint64_t)o->gfn << 12) | (va & PAGE_MASK)))
		return "emulation elsewhere";
	if ((access & 2) && !(o->rights & G_RW)) /* without WP */
		return NULL;
	if (!p2m_is_hole(word) && !((access & 2) && (word & P2M_ROM)) &&
	    va < RIG_WINDOW)
		return "emulation of plain memory";
	return NULL;
}

/*
 * A fault was needed to reach kernel memory.  Xen pushes trap frames there and
 * does not wait for one.  Without announcement TLB behaviour is allowed, and
 * between the lines of a lazy section.
 */
static const char *kernel_missing(struct rig *r, gva_t va, uint32_t access,
				  const struct oracle *o, uint32_t queued)
{
	uint32_t word = p2m_get(&r->m.p2m, gfn(o->gfn));

	if (!r->m.vmi || va < r->c.split || va >= RIG_WINDOW || !o->ok ||
	    queued || r->v.root->loose || r->stats.kernel_unfilled)
		return NULL;
	if (p2m_is_hole(word) ||
	    ((access & 2) && ((word & P2M_ROM) || !(o->rights & G_RW))))
		return NULL;
	return "kernel memory is mapped by a fault only";
}

const char *rig_touch(struct rig *r, gva_t va, uint32_t access)
{
	struct pf_info info = { 0 };
	enum pf_result result;
	struct oracle o;
	const char *bad;
	uint64_t maddr;
	uint32_t error, i, queued = r->m.nr_queued;

	r->nr_touches++;
	must_be_true(r);
	rig_oracle(r, va, access, &o);
	for (i = 0; i < MAX_RETRIES; i++) {
		bad = NULL;
		if (xen_model_access(va, access, &maddr, &error)) {
			bad = arrived(r, va, access, maddr, &o);
			break;
		}
		/* As trap/pagefault.c does it. */
		result = shadow_fault_short(&r->m, &r->v, va, error,
					    &info.error);
		if (result == PF_EMULATE)
			result = shadow_fault(&r->m, &r->v, va, error, &info);
		if (result == PF_FIXED)
			continue;
		if (result == PF_EMULATE)
			bad = emulated(&info, access, va, r, &o);
		else if (o.ok)
			bad = "fault that must not be";
		else if (info.error != o.error)
			bad = "wrong error code";
		break;
	}
	if (i == MAX_RETRIES)
		return "no progress";
	if (i && !bad)
		bad = kernel_missing(r, va, access, &o, queued);
	if (bad && stale(r, va, &o))
		return NULL;
	r->nr_compared++;
	return bad;
}

const char *rig_check(struct rig *r)
{
	struct audit_report a;
	const char *bad = xen_model_check();

	if (bad)
		return bad;
	/* This guest clears nothing of its kernel's without a call. */
	if (shadow_audit(&r->m, &r->v, &a) && !a.kernel_cleared)
		return NULL;
	fprintf(stderr, "audit: %s, va %#x found %#llx expected %#llx\n",
		a.what, a.va, (unsigned long long)a.found,
		(unsigned long long)a.expected);
	return a.what;
}

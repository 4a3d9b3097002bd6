/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shadow GDT and LDT.
 *
 * Xen refuses TSS, LDT and gate descriptors and 64-bit code, and turns DPL 0
 * into 1.  So the processor runs on pages of ours: code and data descriptors
 * are the guest's with their DPL raised to the kernel's real ring, all others
 * are empty.  The pages are mapped read-only (Xen's rule for descriptor
 * pages), which is enough to see what differs.
 *
 * VMI calls: SetGDT, SetLDT, SetTR, WriteGDTEntry, WriteLDTEntry.
 * Hypercalls: set_gdt, update_descriptor, mmuext_op SET_LDT.
 * Source: facts on Xen's check_descriptor; Intel SDM 3A 3.4.5.
 */
#include "cpu/desc.h"
#include "cpu/machine.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "x86-defs.h"

#define SEL_INDEX(sel) ((uint32_t)(sel) >> 3)
#define SEL_TI_LDT     4u
#define CHUNK	       64 /* descriptors read from the guest at once */

static const union x86_desc *shadow_gdt(void)
{
	return (const union x86_desc *)GDT_VA;
}

static const union x86_desc *shadow_ldt(void)
{
	return (const union x86_desc *)LDT_VA;
}

static bool is_segment(union x86_desc d)
{
	return x86_desc_present(d) && (d.hi & X86_DESC_S);
}

/* What Xen gets for the guest's @d. */
static union x86_desc translate(const struct vcpu *v, union x86_desc d)
{
	if (!(d.hi & X86_DESC_S) || (d.hi & X86_DESC_L))
		return x86_desc_make(0, 0);
	if (!x86_desc_present(d))
		return d;
	if (x86_desc_dpl(d) < v->ring)
		d = x86_desc_with_dpl(d, v->ring);
	d.hi |= X86_DESC_ACCESSED; /* Xen and the processor set it anyway */
	return d;
}

/* Entry @index of the table in @frame becomes @d; @now is what it shows. */
static void set(mfn_t frame, uint32_t index, const union x86_desc *now,
		union x86_desc d)
{
	maddr_t where = ((maddr_t)mfn_x(frame) << PAGE_SHIFT) +
			(index % GDT_ENTRIES) * sizeof(d);
	int rc;

	if (now->lo == d.lo && now->hi == d.hi && !xen_descriptor_waits(where))
		return;
	rc = xen_update_descriptor(where, ((uint64_t)d.hi << 32) | d.lo);
	if (rc)
		panic("descriptor %u: %#x %#x refused, rc %d", index, d.lo,
		      d.hi, rc);
}

static void gdt_set(struct vcpu *v, uint32_t index, union x86_desc d)
{
	set(v->machine->gdt_frame, index, &shadow_gdt()[index], d);
}

void desc_init(struct vcpu *v)
{
	int rc = xen_set_gdt(&v->machine->gdt_frame, GDT_ENTRIES);

	if (rc)
		panic("set_gdt: rc %d", rc);
}

/* Entries of the guest's GDT that the shadow has, too. */
static uint32_t gdt_entries(const struct vcpu *v)
{
	uint32_t n = (v->gdtr.limit + 1u) / X86_DESC_SIZE;

	return n < GDT_ENTRIES ? n : GDT_ENTRIES;
}

/* Selectors that are loaded; after VMI_Init Xen loads the kernel's CS and SS. */
#define NR_SEGMENTS 6
#define NR_LIVE	    (NR_SEGMENTS + 2)
struct live {
	uint16_t sel[NR_LIVE];
	unsigned int n;
};

static void live_read(struct live *l, const struct vcpu *v,
		      const struct cpu_regs *regs)
{
	uint32_t fs, gs;

	__asm__ volatile("mov %%fs, %0; mov %%gs, %1" : "=r"(fs), "=r"(gs));
	l->n = v->mode == CPU_VMI ? NR_LIVE : NR_SEGMENTS;
	l->sel[0] = regs->cs;
	l->sel[1] = (uint16_t)regs->ss;
	l->sel[2] = (uint16_t)regs->ds;
	l->sel[3] = (uint16_t)regs->es;
	l->sel[4] = (uint16_t)fs;
	l->sel[5] = (uint16_t)gs;
	l->sel[NR_SEGMENTS] = v->kernel_cs;
	l->sel[NR_SEGMENTS + 1] = (uint16_t)v->kernel_ss;
}

static bool live_has(const struct live *l, uint32_t index)
{
	for (unsigned int i = 0; i < l->n; i++)
		if (!(l->sel[i] & SEL_TI_LDT) && SEL_INDEX(l->sel[i]) == index)
			return true;
	return false;
}

/* May a register that holds @old be reloaded from @new? */
static bool compatible(union x86_desc old, union x86_desc new)
{
	const uint32_t kind = X86_DESC_CODE | X86_DESC_WRITABLE;

	return is_segment(new) && (old.hi & kind) == (new.hi &kind);
}

static void stale_set(struct vcpu *v, uint32_t index, bool stale)
{
	uint32_t *word = &v->gdt_stale_map[index / 32];
	bool was = *word & BIT(index % 32);

	if (stale == was)
		return;
	*word ^= BIT(index % 32);
	v->gdt_stale = (uint16_t)(v->gdt_stale + (stale ? 1 : -1));
	v->short_faults = v->mode == CPU_VMI && !v->gdt_stale;
}

static union x86_desc guest_gdt_read(struct vcpu *v, uint32_t index)
{
	union x86_desc d = x86_desc_make(0, 0);
	struct guest_fault f;

	if (index == 0 || index >= gdt_entries(v) ||
	    !guest_read(&v->machine->mmu, &v->shadow, &d,
			v->gdtr.base + index * X86_DESC_SIZE, sizeof(d), 0, &f))
		return x86_desc_make(0, 0);
	return d;
}

void desc_gdt_load(struct vcpu *v, const struct cpu_regs *regs)
{
	uint32_t n = gdt_entries(v);
	struct live live = { .n = 0 };

	if (regs)
		live_read(&live, v, regs);
	for (uint32_t i = 1; i < GDT_ENTRIES; i++) {
		union x86_desc d = x86_desc_make(0, 0);

		if (i < n)
			d = translate(v, guest_gdt_read(v, i));
		if (live_has(&live, i) && !compatible(shadow_gdt()[i], d)) {
			stale_set(v, i, true);
			continue;
		}
		stale_set(v, i, false);
		gdt_set(v, i, d);
	}
}

void desc_gdt_settle(struct vcpu *v, const struct cpu_regs *regs)
{
	struct live live;

	if (!v->gdt_stale)
		return;
	live_read(&live, v, regs);
	for (uint32_t i = 1; i < GDT_ENTRIES; i++) {
		if (!(v->gdt_stale_map[i / 32] & BIT(i % 32)) ||
		    live_has(&live, i))
			continue;
		stale_set(v, i, false);
		gdt_set(v, i, translate(v, guest_gdt_read(v, i)));
	}
}

bool desc_read(struct vcpu *v, uint16_t selector, uint32_t out[2])
{
	uint32_t offset = selector & ~7u;
	gva_t base = v->gdtr.base;
	uint32_t limit = v->gdtr.limit;
	struct guest_fault f;

	if (selector & SEL_TI_LDT) {
		base = v->ldt_base;
		limit = v->ldtr & ~7u ? v->ldt_limit : 0;
	}
	return offset + X86_DESC_SIZE - 1 <= limit &&
	       guest_read(&v->machine->mmu, &v->shadow, out, base + offset,
			  X86_DESC_SIZE, 0, &f);
}

/* A system descriptor of the guest's GDT, of one of two types. */
static bool system_desc(struct vcpu *v, uint16_t selector, uint32_t types,
			union x86_desc *d)
{
	uint32_t words[2];

	if ((selector & SEL_TI_LDT) || !desc_read(v, selector, words))
		return false;
	*d = x86_desc_make(words[0], words[1]);
	return x86_desc_present(*d) && !(d->hi & X86_DESC_S) &&
	       (BIT(x86_desc_type(*d)) & types);
}

static void ldt_set(struct vcpu *v, uint32_t index, union x86_desc d)
{
	set(v->machine->ldt_frames[index / GDT_ENTRIES], index,
	    &shadow_ldt()[index], translate(v, d));
}

static uint32_t ldt_entries(const struct vcpu *v)
{
	uint32_t n = (v->ldt_limit + 1) / X86_DESC_SIZE;

	if (!(v->ldtr & ~7u))
		return 0;
	return n < LDT_ENTRIES ? n : LDT_ENTRIES;
}

bool desc_ldt_load(struct vcpu *v, uint16_t selector)
{
	union x86_desc chunk[CHUNK], d;
	struct guest_fault f;
	uint32_t n;

	if (selector & ~7u) {
		if (!system_desc(v, selector, BIT(X86_TYPE_LDT), &d))
			return false;
		v->ldt_base = x86_desc_base(d);
		v->ldt_limit = x86_desc_limit(d);
	}
	v->ldtr = selector;
	n = ldt_entries(v);
	for (uint32_t i = 0; i < n; i += CHUNK) {
		uint32_t some = n - i < CHUNK ? n - i : CHUNK;

		memset(chunk, 0, sizeof(chunk));
		guest_read(&v->machine->mmu, &v->shadow, chunk,
			   v->ldt_base + i * X86_DESC_SIZE,
			   some * X86_DESC_SIZE, 0, &f);
		for (uint32_t k = 0; k < some; k++)
			ldt_set(v, i + k, chunk[k]);
	}
	if (xen_set_ldt(n ? LDT_VA : 0, n))
		panic("SET_LDT of %u entries refused", n);
	return true;
}

bool desc_tr_load(struct vcpu *v, uint16_t selector)
{
	const uint32_t types = BIT(X86_TYPE_TSS32) | BIT(X86_TYPE_TSS32_BUSY);
	union x86_desc d;
	struct guest_fault f;

	if (!system_desc(v, selector, types, &d))
		return false;
	v->tr = selector;
	v->tss_base = x86_desc_base(d);
	v->tss_limit = x86_desc_limit(d);
	d.hi |= X86_TYPE_TSS32_BUSY << X86_DESC_TYPE_SHIFT;
	guest_write(&v->machine->mmu, &v->shadow,
		    v->gdtr.base + (selector & ~7u), &d, sizeof(d), 0, &f);
	return true;
}

/* NULL: none of the guest's; Xen's own lie behind, and are flat. */
static const union x86_desc *shadow_of(const struct vcpu *v, uint16_t selector)
{
	uint32_t index = SEL_INDEX(selector);

	if (selector & SEL_TI_LDT)
		return index < ldt_entries(v) ? &shadow_ldt()[index] : NULL;
	return index < GDT_ENTRIES ? &shadow_gdt()[index] : NULL;
}

uint32_t desc_base(const struct vcpu *v, uint16_t selector)
{
	const union x86_desc *d = shadow_of(v, selector);

	return d ? x86_desc_base(*d) : 0;
}

bool desc_is_16bit(const struct vcpu *v, uint16_t selector)
{
	const union x86_desc *d = shadow_of(v, selector);

	return d && (d->hi & (X86_DESC_P | X86_DESC_DB)) == X86_DESC_P;
}

bool desc_same_memory(struct vcpu *v, gva_t a, gva_t b)
{
	struct guest_fault f;
	gpa_t pa, pb;

	return a == b ||
	       (guest_translate(&v->machine->mmu, &v->shadow, a, 0, &pa, &f) &&
		guest_translate(&v->machine->mmu, &v->shadow, b, 0, &pb, &f) &&
		pa == pb);
}

bool desc_write(struct vcpu *v, gva_t table, uint32_t index, uint32_t lo,
		uint32_t hi, bool ldt)
{
	union x86_desc d = x86_desc_make(lo, hi);
	uint32_t offset = index * X86_DESC_SIZE;
	struct guest_fault f;

	if (!guest_write(&v->machine->mmu, &v->shadow, table + offset, &d,
			 sizeof(d), 0, &f))
		return false;
	if (!ldt) {
		if (index && index < gdt_entries(v) &&
		    desc_same_memory(v, table + offset, v->gdtr.base + offset))
			gdt_set(v, index, translate(v, d));
	} else if (index < ldt_entries(v) &&
		   desc_same_memory(v, table + offset, v->ldt_base + offset)) {
		ldt_set(v, index, d);
	}
	return true;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMI calls of the page tables: thin, the work is mmu/'s.
 *
 * VMI calls: SetCR3, SetPxE, SetPxELong, UpdatePxE, UpdatePxELong,
 * AllocatePage, ReleasePage, InvalPage, FlushTLB, SetLinearMapping,
 * SetLazyMode.
 * Hypercalls: mmu_update, update_va_mapping, mmuext_op by mmu/; at the end of a
 * lazy section the processor's state by xen/batch.c.
 */
#include "cpu/machine.h"
#include "lib/panic.h"
#include "mmu/short.h"
#include "vmi-abi.h"
#include "vmi/calls.h"
#include "x86-defs.h"

static struct mmu *mmu_of(struct vcpu *v)
{
	return &v->machine->mmu;
}

/* The guest named an entry that is not memory of its own. */
static void __noreturn bad_entry(struct vcpu *v, const char *call, gva_t entry)
{
	guest_crash(v, NULL, "%s of an entry at %#x, which is not mapped", call,
		    entry);
}

/* DEBUG=1: what is shadowed is what the guest's tables say, after a flush. */
static void audit(struct vcpu *v)
{
#if DEBUG
	struct audit_report r;

	if (!shadow_audit(mmu_of(v), &v->shadow, &r))
		panic("audit: %s, %#x shows %#llx, expected %#llx; %u of %u",
		      r.what, r.va, (unsigned long long)r.found,
		      (unsigned long long)r.expected, r.wrong, r.checked);
#else
	(void)v;
#endif
}

void vmi_set_cr3(uint32_t value)
{
	struct vcpu *v = this_vcpu();

	if (!shadow_set_cr3(mmu_of(v), &v->shadow, value))
		guest_crash(v, NULL,
			    "SetCR3 %#x: a reserved bit is set in a PDPT entry",
			    value);
	v->cr3 = value;
	audit(v);
}

/*
 * Set and update: of an entry of the table that the last one was in, by the
 * short way (mmu/short.h), with few instructions and registers; of another one
 * that it can learn, by it too; else by the long way.
 */
static void __noinline set_long_way(uint32_t lo, uint32_t hi, gva_t entry,
				    unsigned int size)
{
	struct vcpu *v = this_vcpu();

	if (!shadow_set_pxe(mmu_of(v), &v->shadow, entry,
			    (uint64_t)hi << 32 | lo, 0, size))
		bad_entry(v, size == 8 ? "SetPxELong" : "SetPxE", entry);
}

static void __noinline update_long_way(gva_t entry)
{
	struct vcpu *v = this_vcpu();

	shadow_update_pxe(mmu_of(v), &v->shadow, entry, 0);
}

static void __noinline set_other(uint32_t lo, uint32_t hi, gva_t entry,
				 bool pae)
{
	struct vcpu *v = this_vcpu();

	if (!set_learn(mmu_of(v), &v->shadow, entry, pae) ||
	    !shadow_set_short(mmu_of(v), &v->shadow, entry, lo, hi, pae))
		set_long_way(lo, hi, entry, pae ? 8 : 4);
}

static void __noinline update_other(gva_t entry, bool pae)
{
	struct vcpu *v = this_vcpu();

	if (!set_learn(mmu_of(v), &v->shadow, entry, pae) ||
	    !shadow_update_short(mmu_of(v), &v->shadow, entry, pae))
		update_long_way(entry);
}

/* The level bits of the flags are not trusted: mmu/tables.c. */
void vmi_set_pxe(uint32_t value, gva_t entry, uint32_t flags)
{
	(void)flags;
	if (!set_known(&machine0.mmu, entry, false))
		set_other(value, 0, entry, false);
	else if (!shadow_set_short(&machine0.mmu, &this_vcpu()->shadow, entry,
				   value, 0, false))
		set_long_way(value, 0, entry, 4);
}

void vmi_set_pxe_long(uint32_t lo, uint32_t hi, gva_t entry, uint32_t flags)
{
	(void)flags;
	if (!set_known(&machine0.mmu, entry, true))
		set_other(lo, hi, entry, true);
	else if (!shadow_set_short(&machine0.mmu, &this_vcpu()->shadow, entry,
				   lo, hi, true))
		set_long_way(lo, hi, entry, 8);
}

void vmi_update_pxe(gva_t entry, uint32_t flags)
{
	(void)flags;
	if (!set_known(&machine0.mmu, entry, false))
		update_other(entry, false);
	else if (!shadow_update_short(&machine0.mmu, &this_vcpu()->shadow,
				      entry, false))
		update_long_way(entry);
}

void vmi_update_pxe_long(gva_t entry, uint32_t flags)
{
	(void)flags;
	if (!set_known(&machine0.mmu, entry, true))
		update_other(entry, true);
	else if (!shadow_update_short(&machine0.mmu, &this_vcpu()->shadow,
				      entry, true))
		update_long_way(entry);
}

void vmi_allocate_page(uint32_t frame, uint32_t flags, uint32_t from,
		       uint32_t first, uint32_t count)
{
	struct vcpu *v = this_vcpu();

	/* CLONE: guest memory holds the entries, and shadows are read of it. */
	(void)from;
	(void)first;
	(void)count;
	shadow_allocate_page(mmu_of(v), &v->shadow, gfn(frame), flags);
}

void vmi_release_page(uint32_t frame, uint32_t flags)
{
	struct vcpu *v = this_vcpu();

	(void)flags;
	shadow_release_page(mmu_of(v), &v->shadow, gfn(frame));
}

void vmi_inval_page(gva_t va)
{
	struct vcpu *v = this_vcpu();

	shadow_invlpg(mmu_of(v), &v->shadow, va);
}

void vmi_flush_tlb(uint32_t flags)
{
	struct vcpu *v = this_vcpu();

	if (flags & (VMI_FLUSH_TLB | VMI_FLUSH_GLOBAL))
		shadow_flush_tlb(mmu_of(v), &v->shadow,
				 flags & VMI_FLUSH_GLOBAL);
	audit(v);
}

void vmi_set_linear_mapping(uint32_t slot, gva_t va, uint32_t pages,
			    uint32_t frame)
{
	struct vcpu *v = this_vcpu();

	/* Linux's kmap_atomic(), twice in each fault. */
	if (slot - 1 < SHADOW_LINEAR_SLOTS - 1) {
		v->shadow.linear[slot] = (struct slinear){ va, pages, frame };
		return;
	}
	shadow_set_linear_mapping(mmu_of(v), &v->shadow, slot, va, pages,
				  gfn(frame));
}

void vmi_set_lazy_mode(uint32_t mode)
{
	struct vcpu *v = this_vcpu();

	/* What waits of both kinds goes together when there are entries. */
	shadow_set_lazy(mmu_of(v), &v->shadow, mode == VMI_LAZY_MMU);
	xen_lazy(mode != VMI_LAZY_NONE);
}

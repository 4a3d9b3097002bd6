/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMI calls of the page tables: thin, the work is mmu/'s.
 *
 * VMI calls: SetCR3, SetPxE, SetPxELong, UpdatePxE, UpdatePxELong,
 * AllocatePage, ReleasePage, InvalPage, FlushTLB, SetLinearMapping,
 * SetLazyMode.
 * Hypercalls: mmu_update, update_va_mapping, mmuext_op by mmu/.
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

void vmi_set_pxe(uint32_t value, gva_t entry, uint32_t flags)
{
	struct vcpu *v = this_vcpu();

	if (shadow_set_short(&machine0.mmu, &v->shadow, entry, value, 0, false))
		return;
	if (!shadow_set_pxe(mmu_of(v), &v->shadow, entry, value, flags,
			    sizeof(value)))
		bad_entry(v, "SetPxE", entry);
}

void vmi_set_pxe_long(uint32_t lo, uint32_t hi, gva_t entry, uint32_t flags)
{
	struct vcpu *v = this_vcpu();
	uint64_t value = ((uint64_t)hi << 32) | lo;

	if (shadow_set_short(&machine0.mmu, &v->shadow, entry, lo, hi, true))
		return;
	if (!shadow_set_pxe(mmu_of(v), &v->shadow, entry, value, flags,
			    sizeof(value)))
		bad_entry(v, "SetPxELong", entry);
}

void vmi_update_pxe(gva_t entry, uint32_t flags)
{
	struct vcpu *v = this_vcpu();

	if (!shadow_update_short(&machine0.mmu, &v->shadow, entry, false))
		shadow_update_pxe(mmu_of(v), &v->shadow, entry, flags);
}

void vmi_update_pxe_long(gva_t entry, uint32_t flags)
{
	struct vcpu *v = this_vcpu();

	if (!shadow_update_short(&machine0.mmu, &v->shadow, entry, true))
		shadow_update_pxe(mmu_of(v), &v->shadow, entry, flags);
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

	shadow_set_linear_mapping(mmu_of(v), &v->shadow, slot, va, pages,
				  gfn(frame));
}

void vmi_set_lazy_mode(uint32_t mode)
{
	struct vcpu *v = this_vcpu();

	shadow_set_lazy(mmu_of(v), &v->shadow, mode == VMI_LAZY_MMU);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pager's hypercalls (mmu/xen-mmu.h), on real Xen.
 *
 * Hypercalls: mmu_update, update_va_mapping, mmuext_op; multicall by batch.c.
 * Flow: mmu/ -> here.
 */
#include "xen/batch.h"
#include "xen/hypercall.h"
#include "xen/domain.h"
#include "mmu/xen-mmu.h"
#include "layout.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "x86-defs.h"

#define ENTRIES 512

_Static_assert(sizeof(struct xen_mmu_entry) == sizeof(struct mmu_update),
	       "passed to Xen as it is");

int xen_mmu_update(const struct xen_mmu_entry *e, uint32_t n, uint32_t *done)
{
	const uint32_t args[BATCH_ARGS] = { hc_ptr(e), n, hc_ptr(done),
					    DOMID_SELF };

	if (batch_waits())
		return batch_send_behind(__HYPERVISOR_mmu_update, args);
	return hypercall_mmu_update(e, n, done);
}

int xen_update_va(gva_t va, uint64_t val, uint32_t flags)
{
	static const uint8_t uvmf[] = {
		[XEN_VA_NONE] = UVMF_NONE,
		[XEN_VA_TLB_FLUSH] = UVMF_TLB_FLUSH | UVMF_LOCAL,
		[XEN_VA_INVLPG] = UVMF_INVLPG | UVMF_LOCAL,
	};

	return hypercall_update_va_mapping(va, val, uvmf[flags]);
}

int xen_set_va(gva_t va, uint32_t lo, uint32_t hi)
{
	return hypercall_update_va_mapping(va, (uint64_t)hi << 32 | lo,
					   UVMF_NONE);
}

static int mmuext(uint32_t cmd, uint32_t arg)
{
	struct mmuext_op op = { .cmd = cmd };

	op.arg1.mfn = arg; /* linear_addr lies at the same place */
	return hypercall_mmuext_op(&op, 1, NULL);
}

int xen_pin(mfn_t mfn, unsigned int level)
{
	return mmuext(MMUEXT_PIN_L1_TABLE + level - 1, mfn_x(mfn));
}

int xen_unpin(mfn_t mfn)
{
	return mmuext(MMUEXT_UNPIN_TABLE, mfn_x(mfn));
}

int xen_new_baseptr(mfn_t l3)
{
	return mmuext(MMUEXT_NEW_BASEPTR, mfn_x(l3));
}

int xen_flush_tlb(void)
{
	return mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0);
}

int xen_invlpg(gva_t va)
{
	return mmuext(MMUEXT_INVLPG_LOCAL, va);
}

int xen_page_fill(mfn_t mfn, const uint64_t *e)
{
	uint64_t pte = ((uint64_t)mfn_x(mfn) << PAGE_SHIFT) | X86_PTE_P |
		       X86_PTE_RW | X86_PTE_A | X86_PTE_D;
	int rc;

	if (!e)
		return mmuext(MMUEXT_CLEAR_PAGE, mfn_x(mfn));
	rc = xen_update_va(SCRATCH_VA, pte, XEN_VA_INVLPG);
	if (rc)
		return rc;
	memcpy((void *)(uintptr_t)SCRATCH_VA, e, ENTRIES * sizeof(*e));
	return xen_update_va(SCRATCH_VA, 0, XEN_VA_INVLPG);
}

void __noreturn xen_mmu_refused(const char *what, int rc, uint64_t a,
				uint64_t b)
{
	panic("Xen refused %s: rc %d, entry %#llx, value %#llx", what, rc,
	      (unsigned long long)a, (unsigned long long)b);
}

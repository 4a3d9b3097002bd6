/* SPDX-License-Identifier: GPL-2.0-only */
/* Model Xen's processor: it walks the tables, sets A and D, and has a TLB. */
#include "xen-model-private.h"

#define TLB_ENTRIES (1u << 20)

struct tlb_entry {
	uint32_t generation;
	uint32_t frame;
	uint32_t rights; /* E_RW, E_US; E_NX as bit 31 */
};
#define TLB_NX 0x80000000u

static struct tlb_entry tlb[TLB_ENTRIES];
static uint32_t tlb_generation = 1, tlb_clock;

void model_tlb_flush(void)
{
	tlb_generation++;
}

void model_tlb_drop(gva_t va)
{
	tlb[va >> PAGE_SHIFT].generation = 0;
}

static bool rights_ok(uint32_t rights, uint32_t access)
{
	if ((access & 4) && !(rights & E_US))
		return false;
	if ((access & 2) && !(rights & E_RW)) /* WP is always set */
		return false;
	return !(access & 16) || !(rights & TLB_NX);
}

static bool hw_walk(gva_t va, struct tlb_entry *t, uint64_t **leaf)
{
	uint64_t l3 = table(xen.root)[va >> 30], l2, *l1;

	if (!(l3 & E_P))
		return false;
	l2 = table(entry_frame(l3))[(va >> 21) & 511];
	if (!(l2 & E_P))
		return false;
	l1 = &table(entry_frame(l2))[(va >> 12) & 511];
	if (!(*l1 & E_P))
		return false;
	t->generation = tlb_generation;
	t->frame = entry_frame(*l1);
	t->rights = (uint32_t)(*l1 & l2 & (E_RW | E_US));
	if ((*l1 | l2) & E_NX)
		t->rights |= TLB_NX;
	*leaf = l1;
	return true;
}

bool xen_model_access(gva_t va, uint32_t access, uint64_t *maddr,
		      uint32_t *error)
{
	struct tlb_entry *t = &tlb[va >> 12], fresh;
	uint64_t *leaf;

	*error = access & (2 | 4 | 16);
	/* Now and then an entry falls out by itself. */
	if (++tlb_clock % 61 == 0)
		t->generation = 0;
	if (t->generation != tlb_generation) {
		if (!hw_walk(va, &fresh, &leaf))
			return false;
		if (!rights_ok(fresh.rights, access)) {
			*error |= 1;
			return false;
		}
		*leaf |= E_A | (access & 2 ? E_D : 0);
		*t = fresh;
	}
	if (!rights_ok(t->rights, access)) {
		t->generation = 0; /* a fault drops the entry */
		*error |= 1;
		return false;
	}
	*maddr = ((uint64_t)t->frame << PAGE_SHIFT) | (va & PAGE_MASK);
	return true;
}

volatile void *xen_va_ptr(gva_t va, bool write)
{
	uint64_t maddr;
	uint32_t error;

	if (!xen_model_access(va, write ? 2 : 0, &maddr, &error))
		xen_mmu_refused("the adapter faults", 0, va, error);
	return xen.memory + maddr;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entries that Xen has for this vCPU: trap table, upcalls, ring-1 stack,
 * descriptor tables, TS, debug registers, vcpu_info.
 *
 * Hypercalls: set_trap_table, set_callbacks, stack_switch, fpu_taskswitch,
 * set_gdt, update_descriptor, mmuext_op (SET_LDT), set/get_debugreg.
 */
#include "xen/hypercall.h"
#include "xen/domain.h"
#include "lib/panic.h"

#define MAX_GDT_FRAMES 14

_Static_assert(sizeof(struct xen_trap) == sizeof(struct trap_info),
	       "xen_trap is passed to Xen as it is");

extern uint8_t shared_info_page[PAGE_SIZE];

static volatile struct vcpu_info *info(void)
{
	return &((struct shared_info *)(void *)shared_info_page)->vcpu_info[0];
}

void xen_set_traps(const struct xen_trap *t)
{
	int rc = hypercall_set_trap_table(t);

	if (rc)
		panic("set_trap_table: rc %d", rc);
}

void xen_set_upcall(uint16_t cs, uint32_t event, uint32_t failsafe)
{
	int rc = hypercall_set_callbacks(cs, event, cs, failsafe);

	if (rc)
		panic("set_callbacks: rc %d", rc);
}

void xen_stack_switch(uint32_t ss, uint32_t esp)
{
	int rc = hypercall_stack_switch(ss, esp);

	if (rc)
		panic("stack_switch %#x:%#x: rc %d", ss, esp, rc);
}

void xen_fpu_taskswitch(bool ts)
{
	hypercall_fpu_taskswitch(ts);
}

int xen_set_gdt(const mfn_t *frames, uint32_t entries)
{
	uint32_t list[MAX_GDT_FRAMES];
	uint32_t n = (entries * 8 + PAGE_SIZE - 1) / PAGE_SIZE;

	for (uint32_t i = 0; i < n && i < MAX_GDT_FRAMES; i++)
		list[i] = mfn_x(frames[i]);
	return hypercall_set_gdt(list, entries);
}

int xen_update_descriptor(maddr_t where, uint64_t desc)
{
	return hypercall_update_descriptor(where, desc);
}

int xen_set_ldt(gva_t va, uint32_t entries)
{
	struct mmuext_op op = { .cmd = MMUEXT_SET_LDT };

	op.arg1.linear_addr = va;
	op.arg2.nr_ents = entries;
	return hypercall_mmuext_op(&op, 1, NULL);
}

void xen_set_debugreg(uint32_t reg, uint32_t value)
{
	hypercall_set_debugreg(reg, value);
}

uint32_t xen_get_debugreg(uint32_t reg)
{
	return hypercall_get_debugreg(reg);
}

uint32_t xen_cr2(void)
{
	return info()->arch.cr2;
}

bool xen_upcall_masked(void)
{
	return info()->evtchn_upcall_mask;
}

void xen_upcall_mask(bool masked)
{
	info()->evtchn_upcall_mask = masked;
	barrier();
}

void xen_upcall_pend(void)
{
	info()->evtchn_upcall_pending = 1;
}

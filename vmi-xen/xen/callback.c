/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entries that Xen has for this vCPU: trap table, upcalls, ring-1 stack,
 * descriptor tables, TS, debug registers, vcpu_info.
 *
 * Hypercalls: set_trap_table, set_callbacks, stack_switch, fpu_taskswitch,
 * set_gdt, update_descriptor, mmuext_op (SET_LDT), set/get_debugreg, multicall.
 */
#include "xen/batch.h"
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
	const uint32_t args[BATCH_ARGS] = { ss, esp };
	int rc;

	if (batch_add(__HYPERVISOR_stack_switch, args))
		return;
	rc = hypercall_stack_switch(ss, esp);
	if (rc)
		panic("stack_switch %#x:%#x: rc %d", ss, esp, rc);
}

void xen_fpu_taskswitch(bool ts)
{
	const uint32_t args[BATCH_ARGS] = { ts };

	if (!batch_add(__HYPERVISOR_fpu_taskswitch, args))
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
	const uint32_t args[BATCH_ARGS] = { (uint32_t)where,
					    (uint32_t)(where >> 32),
					    (uint32_t)desc,
					    (uint32_t)(desc >> 32) };

	if (batch_add(__HYPERVISOR_update_descriptor, args))
		return 0;
	return hypercall_update_descriptor(where, desc);
}

bool xen_descriptor_waits(maddr_t where)
{
	return batch_has_descriptor(where);
}

int xen_set_ldt(gva_t va, uint32_t entries)
{
	static struct mmuext_op op = { .cmd = MMUEXT_SET_LDT };
	const uint32_t args[BATCH_ARGS] = { hc_ptr(&op), 1, 0, DOMID_SELF };

	op.arg1.linear_addr = va;
	op.arg2.nr_ents = entries;
	if (batch_add(__HYPERVISOR_mmuext_op, args))
		return 0;
	return hypercall_mmuext_op(&op, 1, NULL);
}

/* --- For batch.c ----------------------------------------------------------*/
int batch_call(const struct multicall_entry *e)
{
	return hypercall4(e->op, e->args[0], e->args[1], e->args[2],
			  e->args[3]);
}

int batch_multicall(struct multicall_entry *e, unsigned int n)
{
	return hypercall2(__HYPERVISOR_multicall, hc_ptr(e), n);
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

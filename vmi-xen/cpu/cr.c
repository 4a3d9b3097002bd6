/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Control and debug registers.
 *
 * Xen runs the guest with CR0 and CR4 of its own; of the guest's bits only
 * TS, TSD, DE and OSXSAVE reach the processor, PG, WP, PSE, PAE and NXE the pager.
 *
 * Hypercalls: fpu_taskswitch, set_debugreg, get_debugreg; MOV to CR4 is emulated by Xen.
 */
#include "cpu/cr.h"
#include "cpu/machine.h"
#include "lib/log.h"
#include "x86-defs.h"

#define CR0_PAGER (X86_CR0_PG | X86_CR0_WP)
#define CR4_PAGER (X86_CR4_PAE | X86_CR4_PSE)
#define CR4_REAL  (X86_CR4_TSD | X86_CR4_DE | X86_CR4_OSXSAVE)
/* What a processor of this kind has; others are reserved: #GP. */
#define CR4_KNOWN                                                              \
	(X86_CR4_VME | X86_CR4_PVI | X86_CR4_TSD | X86_CR4_DE | X86_CR4_PSE |  \
	 X86_CR4_PAE | X86_CR4_MCE | X86_CR4_PGE | X86_CR4_PCE |               \
	 X86_CR4_OSFXSR | X86_CR4_OSXMMEXCPT | X86_CR4_OSXSAVE)

static void ts_set(struct vcpu *v, bool ts)
{
	if (v->real_ts == ts)
		return;
	v->real_ts = ts;
	xen_fpu_taskswitch(ts);
}

void cr0_clear_ts(struct vcpu *v)
{
	v->cr0 &= ~(uint32_t)X86_CR0_TS;
	ts_set(v, v->cr0 & X86_CR0_EM);
}

void cr0_xen_cleared_ts(struct vcpu *v)
{
	v->real_ts = 0;
	ts_set(v, v->cr0 & (X86_CR0_TS | X86_CR0_EM));
}

bool cr0_set(struct vcpu *v, uint32_t value)
{
	uint32_t changed = v->cr0 ^ value;

	if (!(value & X86_CR0_PE) && (value & X86_CR0_PG))
		return false;
	/* After VMI_Init paging goes off on the way to real mode only. */
	if (!(value & X86_CR0_PE) ||
	    (v->mode == CPU_VMI && !(value & X86_CR0_PG))) {
		log_info(VMI, "the guest leaves protected mode: reboot");
		machine_end(v->machine, XEN_REBOOT);
	}
	if ((value & X86_CR0_NW) && !(value & X86_CR0_CD))
		return false;
	v->cr0 = value | X86_CR0_ET;
	if (changed & CR0_PAGER)
		shadow_set_cr0(&v->machine->mmu, &v->shadow, value);
	ts_set(v, value & (X86_CR0_TS | X86_CR0_EM));
	return true;
}

bool cr3_set(struct vcpu *v, uint32_t value)
{
	if (!shadow_set_cr3(&v->machine->mmu, &v->shadow, value))
		return false;
	v->cr3 = value;
	return true;
}

static void real_cr4(uint32_t bits)
{
	uint32_t cr4;

	__asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
	cr4 = (cr4 & ~(uint32_t)CR4_REAL) | bits;
	__asm__ volatile("mov %0, %%cr4" : : "r"(cr4));
}

bool cr4_set(struct vcpu *v, uint32_t value)
{
	uint32_t changed = v->cr4 ^ value;

	if (value & ~(uint32_t)CR4_KNOWN)
		return false;
	v->cr4 = value;
	if (changed & CR4_PAGER)
		shadow_set_cr4(&v->machine->mmu, &v->shadow, value);
	else if (changed & X86_CR4_PGE)
		shadow_flush_tlb(&v->machine->mmu, &v->shadow, true);
	if (changed & CR4_REAL)
		real_cr4(value & CR4_REAL);
	return true;
}

/* --- Debug registers ------------------------------------------------------*/
static bool dr_number(const struct vcpu *v, unsigned int *dr)
{
	if (*dr != 4 && *dr != 5)
		return *dr <= 7;
	*dr += 2;
	return !(v->cr4 & X86_CR4_DE);
}

bool dr_read(struct vcpu *v, unsigned int dr, uint32_t *value)
{
	if (!dr_number(v, &dr))
		return false;
	*value = xen_get_debugreg(dr);
	return true;
}

bool dr_write(struct vcpu *v, unsigned int dr, uint32_t value)
{
	if (!dr_number(v, &dr))
		return false;
	xen_set_debugreg(dr, value);
	return true;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Model-specific registers of the virtual processor: one table.
 *
 * In ring 1 Xen answers RDMSR of a few itself (APIC_BASE, EFER, TSC, PAT,
 * MISC_ENABLE); the values here are kept close to those.
 * Source: Intel SDM volume 4.
 */
#include "cpu/cr.h"
#include "cpu/machine.h"
#include "cpu/platform.h"
#include "x86-defs.h"

#define PAT_POWER_ON	  0x0007040600070406ull
#define MTRR_ENABLED	  0x800ull
#define MTRR_WRITE_BACK	  6ull
#define MISC_ENABLE_VALUE 0x1ull /* fast strings */
/* SCE: a 64-bit Xen shows it in what it reads for the guest. */
#define EFER_KNOWN	 (X86_EFER_NX | X86_EFER_SCE)
#define SYSENTER_CS_MASK 0xffffu

struct msr {
	uint32_t nr;
	bool (*read)(struct vcpu *v, uint64_t *value);
	bool (*write)(struct vcpu *v, uint64_t value);
};

static bool read_zero(struct vcpu *v, uint64_t *value)
{
	(void)v;
	*value = 0;
	return true;
}

static bool write_ignore(struct vcpu *v, uint64_t value)
{
	(void)v;
	(void)value;
	return true;
}

static bool read_tsc(struct vcpu *v, uint64_t *value)
{
	(void)v;
	*value = xen_rdtsc();
	return true;
}

static bool read_apic_base(struct vcpu *v, uint64_t *value)
{
	*value = platform_apic_base(v);
	return true;
}

static bool write_apic_base(struct vcpu *v, uint64_t value)
{
	return platform_apic_base_set(v, value);
}

static bool read_efer(struct vcpu *v, uint64_t *value)
{
	*value = v->efer;
	return true;
}

static bool write_efer(struct vcpu *v, uint64_t value)
{
	if (value & ~(uint64_t)EFER_KNOWN)
		return false;
	v->efer = value;
	shadow_set_nxe(&v->machine->mmu, &v->shadow, value & X86_EFER_NX);
	return true;
}

static bool read_sysenter_cs(struct vcpu *v, uint64_t *value)
{
	*value = v->sysenter_cs;
	return true;
}

static bool write_sysenter_cs(struct vcpu *v, uint64_t value)
{
	v->sysenter_cs = (uint32_t)value & SYSENTER_CS_MASK;
	return true;
}

static bool read_sysenter_esp(struct vcpu *v, uint64_t *value)
{
	*value = v->sysenter_esp;
	return true;
}

static bool write_sysenter_esp(struct vcpu *v, uint64_t value)
{
	v->sysenter_esp = (uint32_t)value;
	return true;
}

static bool read_sysenter_eip(struct vcpu *v, uint64_t *value)
{
	*value = v->sysenter_eip;
	return true;
}

static bool write_sysenter_eip(struct vcpu *v, uint64_t value)
{
	v->sysenter_eip = (uint32_t)value;
	return true;
}

static bool read_pat(struct vcpu *v, uint64_t *value)
{
	(void)v;
	*value = PAT_POWER_ON;
	return true;
}

static bool read_misc_enable(struct vcpu *v, uint64_t *value)
{
	(void)v;
	*value = MISC_ENABLE_VALUE;
	return true;
}

/* All memory is write-back, and no range register says otherwise. */
static bool read_mtrr_default(struct vcpu *v, uint64_t *value)
{
	(void)v;
	*value = MTRR_ENABLED | MTRR_WRITE_BACK;
	return true;
}

/*
 * CPUID, which before VMI_Init is the processor's own, announces MTRRs and
 * machine checks: their capability registers are there, and name none.
 */
static const struct msr msrs[] = {
	{ MSR_TSC, read_tsc, write_ignore },
	{ MSR_PLATFORM_ID, read_zero, NULL },
	{ MSR_APIC_BASE, read_apic_base, write_apic_base },
	{ MSR_UCODE_REV, read_zero, write_ignore },
	{ MSR_SYSENTER_CS, read_sysenter_cs, write_sysenter_cs },
	{ MSR_SYSENTER_ESP, read_sysenter_esp, write_sysenter_esp },
	{ MSR_SYSENTER_EIP, read_sysenter_eip, write_sysenter_eip },
	{ MSR_MTRRCAP, read_zero, NULL },
	{ MSR_MTRR_DEFTYPE, read_mtrr_default, write_ignore },
	{ MSR_MCG_CAP, read_zero, NULL },
	{ MSR_MCG_STATUS, read_zero, write_ignore },
	{ MSR_K8_SYSCFG, read_zero, write_ignore },
	{ MSR_K7_HWCR, read_zero, write_ignore },
	{ MSR_K8_INT_PENDING, read_zero, write_ignore },
	{ MSR_MISC_ENABLE, read_misc_enable, write_ignore },
	{ MSR_PAT, read_pat, write_ignore },
	{ MSR_EFER, read_efer, write_efer },
};

static const struct msr *find(uint32_t nr)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(msrs); i++)
		if (msrs[i].nr == nr)
			return &msrs[i];
	return NULL;
}

bool msr_read(struct vcpu *v, uint32_t msr, uint64_t *value)
{
	const struct msr *m = find(msr);

	return m && m->read(v, value);
}

bool msr_write(struct vcpu *v, uint32_t msr, uint64_t value)
{
	const struct msr *m = find(msr);

	return m && m->write && m->write(v, value);
}

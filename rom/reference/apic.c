/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The local APIC, and processors that start in the state that the guest gave.
 */
#include "ref.h"
#include "calls.h"
#include "x86-insn.h"

#define ID_SHIFT 24

struct rom_cpu *rom_cpu(void)
{
	struct x86_cpuid r = x86_cpuid(CPUID_LEAF_FEATURES, 0);

	return &rom_data()->cpus[(r.ebx >> ID_SHIFT) % MAX_CPUS];
}

void apic_init(struct rom_data *d)
{
	struct x86_cpuid r = x86_cpuid(CPUID_LEAF_FEATURES, 0);
	uint64_t base;

	if (!(r.edx & CPUID_1_EDX_APIC))
		return;
	base = x86_rdmsr(MSR_APIC_BASE);
	d->have_apic = base & MSR_APIC_BASE_ENABLE;
	d->apic_base = (uint32_t)base & MSR_APIC_BASE_ADDR;
}

uint32_t ref_APICRead(uint32_t reg)
{
	return apic_access(rom_data(), reg, 0, false);
}

void ref_APICWrite(uint32_t reg, uint32_t value)
{
	apic_access(rom_data(), reg, value, true);
	if ((reg & APIC_REG_MASK) == APIC_EOI)
		time_service();
}

void ref_SetInitialAPState(const struct vmi_ap_state *state, uint32_t id)
{
	(void)state;
	(void)id;
}

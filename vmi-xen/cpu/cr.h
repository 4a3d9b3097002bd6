/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Control registers, MSRs and CPUID as the guest sees them: for VMI calls and
 * the emulator alike.
 */
#ifndef VMI_CPU_CR_H
#define VMI_CPU_CR_H

#include "cpu/vcpu.h"

/**
 * MOV to CR0, CR3, CR4. Return false for what the processor answers with #GP.
 * PE may not be cleared: that is how real-mode reboots begin, and it ends the
 * domain by a reboot.
 */
bool cr0_set(struct vcpu *v, uint32_t value);
bool cr3_set(struct vcpu *v, uint32_t value);
bool cr4_set(struct vcpu *v, uint32_t value);
/**
 * MOV of debug registers: 4 and 5 are 6 and 7, or do not exist while CR4.DE is
 * set (SDM volume 3B, 17.2.2). False: #UD.
 */
bool dr_read(struct vcpu *v, unsigned int dr, uint32_t *value);
bool dr_write(struct vcpu *v, unsigned int dr, uint32_t value);
/** CR0.TS, alone. */
void cr0_clear_ts(struct vcpu *v);
/** Xen clears the processor's TS when it hands out #NM; the guest's stays. */
void cr0_xen_cleared_ts(struct vcpu *v);

/** RDMSR, WRMSR; false: #GP. */
bool msr_read(struct vcpu *v, uint32_t msr, uint64_t *value);
bool msr_write(struct vcpu *v, uint32_t msr, uint64_t value);

/** CPUID without what the platform does not have. @r: EAX EBX ECX EDX. */
void cpuid_guest(const struct vcpu *v, uint32_t leaf, uint32_t subleaf,
		 uint32_t r[4]);

#endif

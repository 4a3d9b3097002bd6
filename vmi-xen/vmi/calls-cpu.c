/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMI calls of the processor: control and debug registers, MSRs, CPUID,
 * halting.
 *
 * VMI calls: CPUID, WRMSR, RDMSR, SetCR0, SetCR2, SetCR4, GetCR*, CLTS, WBINVD,
 * SetDR, GetDR, RDPMC, RDTSC, Halt, Reboot, Shutdown.
 * Hypercalls: fpu_taskswitch, set_debugreg, sched_op.
 */
#include "cpu/cr.h"
#include "cpu/halt.h"
#include "cpu/machine.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "vmi-abi.h"
#include "vmi/calls.h"
#include "x86-defs.h"

void vmi_cpuid(struct vmi_frame *f)
{
	uint32_t r[4];

	cpuid_guest(this_vcpu(), f->eax, f->ecx, r);
	f->eax = r[0];
	f->ebx = r[1];
	f->ecx = r[2];
	f->edx = r[3];
}

/* The exit that looks at upcall_deferred raises it. */
static void call_faults(struct vcpu *v)
{
	v->call_fault = X86_EXC_GP;
	v->upcall_deferred |= DEFERRED_FAULT;
}

void vmi_wrmsr(uint32_t lo, uint32_t hi, uint32_t msr)
{
	struct vcpu *v = this_vcpu();

	if (!msr_write(v, msr, ((uint64_t)hi << 32) | lo))
		call_faults(v);
}

uint64_t vmi_rdmsr(uint32_t eax, uint32_t edx, uint32_t msr)
{
	struct vcpu *v = this_vcpu();
	uint64_t value = ((uint64_t)edx << 32) | eax;

	if (!msr_read(v, msr, &value))
		call_faults(v);
	return value;
}

void vmi_set_cr0(uint32_t value)
{
	struct vcpu *v = this_vcpu();

	if (!cr0_set(v, value))
		guest_crash(v, NULL, "SetCR0 %#x: not a valid value", value);
}

void vmi_set_cr2(uint32_t value)
{
	this_vcpu()->cr2 = value;
}

void vmi_set_cr4(uint32_t value)
{
	struct vcpu *v = this_vcpu();

	if (!cr4_set(v, value))
		guest_crash(v, NULL, "SetCR4 %#x: not a valid value", value);
}

uint32_t vmi_get_cr0(void)
{
	return this_vcpu()->cr0;
}

uint32_t vmi_get_cr2(void)
{
	return this_vcpu()->cr2;
}

uint32_t vmi_get_cr3(void)
{
	return this_vcpu()->cr3;
}

uint32_t vmi_get_cr4(void)
{
	return this_vcpu()->cr4;
}

void vmi_clts(void)
{
	cr0_clear_ts(this_vcpu());
}

/* Memory is coherent, and a domain without devices has nothing to flush. */
void vmi_wbinvd(void)
{
}

/* A register that does not exist: nothing happens, and it reads as 0. */
void vmi_set_dr(uint32_t nr, uint32_t value)
{
	dr_write(this_vcpu(), nr, value);
}

uint32_t vmi_get_dr(uint32_t nr)
{
	uint32_t value = 0;

	dr_read(this_vcpu(), nr, &value);
	return value;
}

uint64_t vmi_rdpmc(void)
{
	call_faults(this_vcpu());
	return 0;
}

uint64_t vmi_rdtsc(void)
{
	return xen_rdtsc();
}

void vmi_halt(void)
{
	struct vcpu *v = this_vcpu();

	v->sti_blocked = 0;
	halt_until_interrupt(v);
}

void vmi_reboot(uint32_t how)
{
	log_info(VMI, "Reboot, %s", how == VMI_REBOOT_HARD ? "hard" : "soft");
	machine_end(this_vcpu()->machine, XEN_REBOOT);
}

void vmi_shutdown(void)
{
	halt_for_good(this_vcpu());
}

void vmi_set_initial_ap_state(gva_t state, uint32_t apic_id)
{
	struct vcpu *v = this_vcpu();
	struct vmi_ap_state s;
	struct guest_fault f;

	if (!guest_read(&v->machine->mmu, &v->shadow, &s, state, sizeof(s), 0,
			&f))
		guest_crash(v, NULL, "SetInitialAPState: %#x is not mapped",
			    state);
	log_warn(VMI, "SetInitialAPState for APIC %u: this domain has one vCPU",
		 apic_id);
}

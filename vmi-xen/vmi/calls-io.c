/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMI calls of ports and the local APIC: devices without a trap.
 *
 * VMI calls: IN*, INS*, OUT*, OUTS*, SetIOPLMask, APICRead, APICWrite.
 * Hypercalls: none, but what the device behind does.
 */
#include "cpu/machine.h"
#include "cpu/platform.h"
#include "lib/panic.h"
#include "vmi-abi.h"
#include "vmi/calls.h"
#include "x86-defs.h"

#define APIC_PAGE_MASK 0xfffu

/* Bytes moved by each call, 0 where it is none of these. */
static const uint8_t call_size[VMI_NR_CALLS] = {
	[VMI_CALL_INB] = 1,   [VMI_CALL_INW] = 2,   [VMI_CALL_INL] = 4,
	[VMI_CALL_INSB] = 1,  [VMI_CALL_INSW] = 2,  [VMI_CALL_INSL] = 4,
	[VMI_CALL_OUTB] = 1,  [VMI_CALL_OUTW] = 2,  [VMI_CALL_OUTL] = 4,
	[VMI_CALL_OUTSB] = 1, [VMI_CALL_OUTSW] = 2, [VMI_CALL_OUTSL] = 4,
};

static uint32_t ones(unsigned int size)
{
	return 0xffffffffu >> (32 - 8 * size);
}

void vmi_in(struct vmi_frame *f, uint32_t nr)
{
	unsigned int size = call_size[nr];
	uint32_t value = platform_in(this_vcpu(), (uint16_t)f->edx, size);

	f->eax = (f->eax & ~ones(size)) | (value & ones(size));
}

void vmi_out(struct vmi_frame *f, uint32_t nr)
{
	unsigned int size = call_size[nr];

	platform_out(this_vcpu(), (uint16_t)f->edx, size, f->eax & ones(size));
}

void vmi_ins(struct vmi_frame *f, uint32_t nr)
{
	struct vcpu *v = this_vcpu();
	unsigned int size = call_size[nr];
	struct guest_fault fault;

	for (; f->ecx; f->ecx--, f->edi += size) {
		uint32_t value = platform_in(v, (uint16_t)f->edx, size);

		if (!guest_write(&v->machine->mmu, &v->shadow, f->edi, &value,
				 size, 0, &fault))
			guest_crash(v, NULL, "INS to %#x: not writable",
				    f->edi);
	}
}

void vmi_outs(struct vmi_frame *f, uint32_t nr)
{
	struct vcpu *v = this_vcpu();
	unsigned int size = call_size[nr];
	struct guest_fault fault;

	for (; f->ecx; f->ecx--, f->esi += size) {
		uint32_t value = 0;

		if (!guest_read(&v->machine->mmu, &v->shadow, &value, f->esi,
				size, 0, &fault))
			guest_crash(v, NULL, "OUTS from %#x: not mapped",
				    f->esi);
		platform_out(v, (uint16_t)f->edx, size, value);
	}
}

/* The emulator asks for it when user code executes IN and OUT. */
void vmi_set_iopl_mask(uint32_t flags)
{
	this_vcpu()->iopl = (flags & X86_EFLAGS_IOPL) >> X86_EFLAGS_IOPL_SHIFT;
}

void vmi_apic_write(uint32_t reg, uint32_t value)
{
	platform_apic_write(this_vcpu(), reg & APIC_PAGE_MASK, value);
}

uint32_t vmi_apic_read(uint32_t reg)
{
	return platform_apic_read(this_vcpu(), reg & APIC_PAGE_MASK);
}

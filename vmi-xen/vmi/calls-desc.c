/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VMI calls of the descriptor tables and the kernel's stack.
 *
 * VMI calls: Set/GetGDT, Set/GetLDT, Set/GetIDT, Set/GetTR, Write*Entry,
 * UpdateKernelStack.
 * Hypercalls: update_descriptor, mmuext_op SET_LDT, set_trap_table,
 * stack_switch.
 */
#include "cpu/desc.h"
#include "cpu/machine.h"
#include "lib/panic.h"
#include "vmi/calls.h"
#include "x86-defs.h"

/* Operand of LGDT, SGDT and their like. */
struct dt_operand {
	uint16_t limit;
	uint32_t base;
} __packed;

/* Bytes that Xen and a handler push before the guest can look. */
#define TRAP_FRAME_BYTES 64
#define SELECTOR_MAX	 0xffffu

static struct dt_reg dt_get(struct vcpu *v, const char *call, gva_t ptr)
{
	struct dt_operand op;
	struct guest_fault f;

	if (!guest_read(&v->machine->mmu, &v->shadow, &op, ptr, sizeof(op), 0,
			&f))
		guest_crash(v, NULL, "%s: its operand at %#x is not mapped",
			    call, ptr);
	return (struct dt_reg){ .base = op.base, .limit = op.limit };
}

static void dt_put(struct vcpu *v, const char *call, gva_t ptr,
		   const struct dt_reg *dt)
{
	struct dt_operand op = { .limit = dt->limit, .base = dt->base };
	struct guest_fault f;

	if (!guest_write(&v->machine->mmu, &v->shadow, ptr, &op, sizeof(op), 0,
			 &f))
		guest_crash(v, NULL, "%s: its operand at %#x is not writable",
			    call, ptr);
}

/* A call changes no segment register: the guest's are loaded. */
static struct cpu_regs segments(void)
{
	uint32_t cs, ss, ds, es;

	__asm__ volatile("mov %%cs, %0; mov %%ss, %1; mov %%ds, %2; "
			 "mov %%es, %3"
			 : "=r"(cs), "=r"(ss), "=r"(ds), "=r"(es));
	return (struct cpu_regs){
		.cs = (uint16_t)cs, .ss = ss, .ds = ds, .es = es
	};
}

void vmi_set_gdt(gva_t ptr)
{
	const struct cpu_regs now = segments();
	struct vcpu *v = this_vcpu();

	v->gdtr = dt_get(v, "SetGDT", ptr);
	desc_gdt_load(v, &now);
}

void vmi_set_idt(gva_t ptr)
{
	struct vcpu *v = this_vcpu();

	v->idtr = dt_get(v, "SetIDT", ptr);
	idt_load(v);
}

void vmi_set_ldt(uint32_t selector)
{
	struct vcpu *v = this_vcpu();

	if (!desc_ldt_load(v, (uint16_t)selector))
		guest_crash(v, NULL, "SetLDT %#x: no LDT descriptor", selector);
}

void vmi_set_tr(uint32_t selector)
{
	struct vcpu *v = this_vcpu();

	if (!desc_tr_load(v, (uint16_t)selector))
		guest_crash(v, NULL, "SetTR %#x: no TSS descriptor", selector);
}

void vmi_get_gdt(gva_t ptr)
{
	struct vcpu *v = this_vcpu();

	dt_put(v, "GetGDT", ptr, &v->gdtr);
}

void vmi_get_idt(gva_t ptr)
{
	struct vcpu *v = this_vcpu();

	dt_put(v, "GetIDT", ptr, &v->idtr);
}

uint32_t vmi_get_ldt(void)
{
	return this_vcpu()->ldtr;
}

uint32_t vmi_get_tr(void)
{
	return this_vcpu()->tr;
}

static void write_entry(const char *call, gva_t table, uint32_t index,
			uint32_t lo, uint32_t hi, bool ldt)
{
	struct vcpu *v = this_vcpu();

	if (!desc_write(v, table, index, lo, hi, ldt))
		guest_crash(v, NULL, "%s: entry %u of %#x is not writable",
			    call, index, table);
}

void vmi_write_gdt_entry(gva_t table, uint32_t index, uint32_t lo, uint32_t hi)
{
	write_entry("WriteGDTEntry", table, index, lo, hi, false);
}

void vmi_write_ldt_entry(gva_t table, uint32_t index, uint32_t lo, uint32_t hi)
{
	write_entry("WriteLDTEntry", table, index, lo, hi, true);
}

void vmi_write_idt_entry(gva_t table, uint32_t index, uint32_t lo, uint32_t hi)
{
	struct vcpu *v = this_vcpu();
	const uint32_t gate[2] = { lo, hi };
	gva_t where = table + index * X86_DESC_SIZE;
	struct guest_fault f;

	if (!guest_write(&v->machine->mmu, &v->shadow, where, gate,
			 sizeof(gate), 0, &f))
		guest_crash(v, NULL,
			    "WriteIDTEntry: gate %u of %#x is not writable",
			    index, table);
	if (index < NR_VECTORS &&
	    desc_same_memory(v, where, v->idtr.base + index * X86_DESC_SIZE))
		idt_entry(v, index);
}

/*
 * The specification passes a TSS, Linux the kernel's data selector: no TSS
 * lies in the first 64 kB.
 */
void vmi_update_kernel_stack(uint32_t ss0, uint32_t esp0)
{
	struct vcpu *v = this_vcpu();

	if (ss0 > 3 && ss0 <= SELECTOR_MAX)
		v->kernel_ss = (ss0 & ~3u) | v->ring;
	if (!shadow_ensure_stack(&v->machine->mmu, &v->shadow, esp0,
				 TRAP_FRAME_BYTES))
		guest_crash(v, NULL,
			    "UpdateKernelStack %#x: not mapped writable", esp0);
	v->kernel_esp = esp0;
	xen_stack_switch(v->kernel_ss, esp0);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Descriptor tables as Xen has them: shadows of the guest's.
 */
#ifndef VMI_CPU_DESC_H
#define VMI_CPU_DESC_H

#include "cpu/vcpu.h"

/** Give Xen the empty shadow GDT.  Once, before the guest runs. */
void desc_init(struct vcpu *v);
/**
 * The guest has set GDTR (v->gdtr) or changed ring: bring the whole shadow
 * up to date.  @regs: what runs next, for selectors that are loaded keep
 * their descriptors when the new table has none for them (as the processor's
 * hidden registers do); NULL: nothing to keep.
 */
void desc_gdt_load(struct vcpu *v, const struct cpu_regs *regs);
/** Let go of kept descriptors whose selectors are no longer loaded. */
void desc_gdt_settle(struct vcpu *v, const struct cpu_regs *regs);
/** LLDT @selector. Returns false when it names no LDT: #GP. */
bool desc_ldt_load(struct vcpu *v, uint16_t selector);
/** LTR @selector. Returns false when it names no TSS: #GP. */
bool desc_tr_load(struct vcpu *v, uint16_t selector);
/**
 * Write descriptor @lo, @hi to @table[@index], and tell the shadow of GDT or
 * LDT when it is that table, by whatever linear address.  @ldt: which of the
 * two it is meant to be.  Returns false when the memory is not writable.
 */
bool desc_write(struct vcpu *v, gva_t table, uint32_t index, uint32_t lo,
		uint32_t hi, bool ldt);
/**
 * Descriptor of @selector in the guest's own tables.
 * Returns false when it lies outside of them.
 */
bool desc_read(struct vcpu *v, uint16_t selector, uint32_t out[2]);

/** Base address that @selector has when it is loaded, as Xen sees it. */
uint32_t desc_base(const struct vcpu *v, uint16_t selector);
/**
 * The same for its D or B bit: code of 16-bit operands and addresses, a stack
 * whose pointer is SP.
 */
bool desc_is_16bit(const struct vcpu *v, uint16_t selector);

/** Do two linear addresses name the same memory? */
bool desc_same_memory(struct vcpu *v, gva_t a, gva_t b);

/* --- IDT ------------------------------------------------------------------*/
/** Decode gate @vector of the guest's IDT as it is in memory now. */
struct gate idt_gate(struct vcpu *v, unsigned int vector);
/** The guest has set IDTR (v->idtr): read all gates, tell Xen (after init). */
void idt_load(struct vcpu *v);
/** The guest has changed gate @vector. */
void idt_entry(struct vcpu *v, unsigned int vector);

#endif

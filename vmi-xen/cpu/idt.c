/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's IDT, and Xen's trap table made from it.
 *
 * Before VMI_Init every exception comes to our stubs, and gates are read from
 * the guest's memory when one is delivered, for nobody tells of changes.
 * After it, most vectors go from Xen straight to the guest's handler; those
 * in LOOKED_AT, exceptions without a handler and handlers at address 0, which
 * is the end of Xen's tables, keep an entry of entry.S.
 *
 * VMI calls: SetIDT, WriteIDTEntry.  Hypercalls: set_trap_table.
 */
#include "cpu/desc.h"
#include "cpu/machine.h"
#include "trap/traps.h"
#include "x86-defs.h"

#define NR_EXCEPTIONS 20
#define CHUNK	      32 /* vectors told to Xen at once */

/* #NM: TS is cleared by Xen.  #TS-#GP: a faulting iret.  #PF: shadows. */
#define LOOKED_AT                                                              \
	(BIT(X86_EXC_NM) | BIT(X86_EXC_TS) | BIT(X86_EXC_NP) |                 \
	 BIT(X86_EXC_SS) | BIT(X86_EXC_GP) | BIT(X86_EXC_PF))

static bool looked_at(const struct vcpu *v, unsigned int vector)
{
	if (vector >= NR_EXCEPTIONS)
		return false;
	return (LOOKED_AT & BIT(vector)) ||
	       !(v->idt[vector].flags & GATE_PRESENT);
}

struct gate idt_gate(struct vcpu *v, unsigned int vector)
{
	uint32_t offset = vector * X86_DESC_SIZE;
	union x86_desc d;
	struct guest_fault f;
	struct gate g = { .eip = 0 };
	unsigned int type;

	if (offset + X86_DESC_SIZE - 1 > v->idtr.limit ||
	    !guest_read(&v->machine->mmu, &v->shadow, &d, v->idtr.base + offset,
			sizeof(d), 0, &f))
		return g;
	type = x86_desc_type(d);
	if (!x86_desc_present(d) || (d.hi & X86_DESC_S) ||
	    (type != X86_TYPE_INT_GATE32 && type != X86_TYPE_TRAP_GATE32))
		return g;
	g.eip = x86_gate_offset(d);
	g.cs = x86_gate_sel(d);
	g.dpl = (uint8_t)x86_desc_dpl(d);
	g.flags = GATE_PRESENT;
	if (type == X86_TYPE_INT_GATE32)
		g.flags |= GATE_INTERRUPT;
	return g;
}

/* What Xen is told of @vector; false: nothing. */
static bool xen_trap_of(const struct vcpu *v, unsigned int vector,
			struct xen_trap *t)
{
	const struct gate *g = &v->idt[vector];

	t->vector = (uint8_t)vector;
	/* Without an entry of its own it is a #GP, which trap/protection.c knows. */
	if (looked_at(v, vector) || !g->eip) {
		t->flags = XEN_TRAP_MASK;
		t->cs = v->kernel_cs;
		t->eip = trap_stub(vector);
		return t->eip != 0;
	}
	/* int n from the kernel's real ring needs a DPL of at least that. */
	t->flags = g->dpl > v->ring ? g->dpl : (uint8_t)v->ring;
	if (g->flags & GATE_INTERRUPT)
		t->flags |= XEN_TRAP_MASK;
	t->cs = (uint16_t)((g->cs & ~3u) | v->ring);
	t->eip = g->eip;
	return g->flags & GATE_PRESENT;
}

void trap_table_load(struct vcpu *v)
{
	struct xen_trap table[CHUNK + 1];
	unsigned int n = 0;

	xen_set_traps(NULL);
	for (unsigned int i = 0; i < NR_VECTORS; i++) {
		if (xen_trap_of(v, i, &table[n]))
			n++;
		if (n && (n == CHUNK || i == NR_VECTORS - 1)) {
			table[n] = (struct xen_trap){ .eip = 0 };
			xen_set_traps(table);
			n = 0;
		}
	}
}

void trap_table_update(struct vcpu *v, unsigned int vector)
{
	struct xen_trap table[2] = { { .eip = 0 } };

	if (xen_trap_of(v, vector, &table[0]))
		xen_set_traps(table);
	else
		trap_table_load(v); /* one vector cannot be taken away */
}

void idt_load(struct vcpu *v)
{
	for (unsigned int i = 0; i < NR_VECTORS; i++)
		v->idt[i] = idt_gate(v, i);
	if (v->mode == CPU_VMI)
		trap_table_load(v);
}

void idt_entry(struct vcpu *v, unsigned int vector)
{
	v->idt[vector] = idt_gate(v, vector);
	if (v->mode == CPU_VMI)
		trap_table_update(v, vector);
}

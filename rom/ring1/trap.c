/* SPDX-License-Identifier: GPL-2.0-only */
/* Protection faults: emulate what ring 0 could do, reflect the rest. */
#include "ring1.h"
#include "x86-insn.h"
#include "lib/string.h"

#define OP_HLT	    0xf4
#define OP_TWO_BYTE 0x0f
#define OP_RET	    0xc3
#define OP_CLTS	    0x06
#define OP_INVD	    0x08
#define OP_WBINVD   0x09
#define OP_MOV_CR   0x20 /* to 23h: CR and DR, both ways */
#define OP_MOV_LAST 0x23
#define OP_WRMSR    0x30
#define OP_RDMSR    0x32
#define OP_RDPMC    0x33
#define PREFIX_DATA 0x66
/* The address's size, repetitions, segments, the operand's size. */
#define PREFIXES                                                               \
	0x67, 0xf2, 0xf3, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, PREFIX_DATA
#define OP_STRING      0x6c /* to 6Fh: INS, OUTS; by DX */
#define OP_STRING_MASK 0xfc
#define OP_PORT	       0xe4 /* to E7h, and EC to EFh: IN, OUT */
#define OP_PORT_MASK   0xf4
#define OP_PORT_WIDE   0x01
#define OP_PORT_DX     0x08 /* else a byte of it follows */
#define MODRM_RM       0x07
#define MODRM_RM_ESP   0x04
#define RING	       1u
#define STEP_FLAGS     (X86_EFLAGS_IOPL | X86_EFLAGS_IF | X86_EFLAGS_TF)

/* --- Delivery ---------------------------------------------------------------------- */
static void push(struct ring1_frame *f, uint32_t value)
{
	f->esp -= sizeof(value);
	*(volatile uint32_t *)x86_ptr(f->esp) = value;
}

void ring1_inject(struct ring1_cpu *c, struct ring1_frame *f, uint32_t vector,
		  bool has_error)
{
	const uint32_t *g = x86_ptr(c->guest_idt.base + vector * X86_DESC_SIZE);
	uint32_t type = (g[1] & X86_DESC_TYPE) >> X86_DESC_TYPE_SHIFT;
	uint32_t ss = f->ss, esp = f->esp;

	if (!(g[1] & X86_DESC_P))
		ring1_panic("ring-1 ROM: the guest has no gate: ", vector);
	if ((f->cs & X86_SEL_RPL) != RING) {
		f->ss = c->tss.ss1;
		f->esp = c->tss.esp1;
		push(f, ss);
		push(f, esp);
	}
	push(f, f->eflags);
	push(f, f->cs);
	push(f, f->eip);
	if (has_error)
		push(f, f->error);
	f->eip = (g[0] & 0xffff) | (g[1] & 0xffff0000);
	f->cs = (g[0] >> 16 & X86_SEL_INDEX) | RING;
	f->eflags &= ~(uint32_t)(X86_EFLAGS_TF | X86_EFLAGS_NT | X86_EFLAGS_RF);
	if (type == X86_TYPE_INT_GATE32)
		f->eflags &= ~(uint32_t)X86_EFLAGS_IF;
}

/* --- Emulation ------------------------------------------------------------------------ */
/* With SYSENTER the user would get into ring 0: its MSRs are only remembered. */
static uint32_t *sysenter_msr(struct ring1_cpu *c, uint32_t msr)
{
	if (msr < MSR_SYSENTER_CS || msr > MSR_SYSENTER_EIP)
		return NULL;
	return &c->sysenter[msr - MSR_SYSENTER_CS];
}

static bool emulate_msr(struct ring1_cpu *c, struct ring1_frame *f, uint8_t op)
{
	uint32_t *msr = sysenter_msr(c, f->ecx);

	if (!msr || (op != OP_WRMSR && op != OP_RDMSR))
		return false;
	if (op == OP_WRMSR) {
		*msr = f->eax;
	} else {
		f->eax = *msr;
		f->edx = 0;
	}
	return true;
}

/* Length of an instruction that has only registers; 0: not one of them. */
static size_t length(const uint8_t *p)
{
	switch (p[1]) {
	case OP_CLTS:
	case OP_INVD:
	case OP_WBINVD:
	case OP_WRMSR:
	case OP_RDMSR:
	case OP_RDPMC:
		return 2;
	}
	if (p[1] >= OP_MOV_CR && p[1] <= OP_MOV_LAST &&
	    (p[2] & MODRM_RM) != MODRM_RM_ESP)
		return 3;
	return 0;
}

static bool emulate(struct ring1_cpu *c, struct ring1_frame *f)
{
	const uint8_t *p = x86_ptr(f->eip);
	size_t n;

	if (p[0] == OP_HLT) {
		f->eip++;
		ring1_wait(c, f);
		return true;
	}
	n = p[0] == OP_TWO_BYTE ? length(p) : 0;
	if (!n)
		return false;
	if (!emulate_msr(c, f, p[1])) {
		memcpy(c->scratch, p, n);
		c->scratch[n] = OP_RET;
		if (ring1_exec(f, c->scratch))
			return false;
	}
	f->eip += n;
	return true;
}

/* --- Ports of user code ---------------------------------------------------------------- */
/* A segment whose base is not 0 has its code elsewhere: it keeps its fault. */
static bool is_flat(const struct ring1_cpu *c, uint32_t sel)
{
	uint32_t i = (sel & X86_SEL_INDEX) / X86_DESC_SIZE;

	return !(sel & X86_SEL_TI) && i < RING1_GUEST_GDT &&
	       !x86_desc_base(c->gdt[i]) && (c->gdt[i].hi & X86_DESC_DB);
}

/* In the guest's TSS, as the processor looks it up (SDM volume 1, 19.5.2). */
static bool in_bitmap(const struct ring1_cpu *c, uint32_t port, uint32_t size)
{
	const struct x86_tss *tss = x86_ptr(c->guest_tss);
	const uint8_t *bits;
	uint32_t at;

	if (c->guest_tss_limit < sizeof(*tss) - 1)
		return false;
	at = tss->iomap + port / 8;
	if (at + 1 > c->guest_tss_limit)
		return false;
	bits = x86_ptr(c->guest_tss + at);
	return !((bits[0] | bits[1] << 8) >> port % 8 & ((1u << size) - 1));
}

static bool is_prefix(uint8_t byte)
{
	static const uint8_t prefixes[] = { PREFIXES };

	for (size_t i = 0; i < sizeof(prefixes); i++)
		if (byte == prefixes[i])
			return true;
	return false;
}

/* What the instruction at EIP, if it is one of these, does with ports. */
static bool find_port(const struct ring1_frame *f, uint32_t *port,
		      uint32_t *size)
{
	const uint8_t *p = x86_ptr(f->eip);
	bool word = false, by_dx = true;

	for (; is_prefix(*p); p++)
		word |= *p == PREFIX_DATA;
	if ((*p & OP_STRING_MASK) != OP_STRING) {
		if ((*p & OP_PORT_MASK) != OP_PORT)
			return false;
		by_dx = *p & OP_PORT_DX;
	}
	*size = !(*p & OP_PORT_WIDE) ? 1 : word ? 2 : 4;
	*port = by_dx ? f->edx & 0xffff : p[1];
	return true;
}

/*
 * The processor does it where it stands, so that its memory is the user's: one
 * step, or one round of a REP, with an IOPL that lets it.  Interrupts are off
 * meanwhile, and all that can end it comes to the monitor.
 */
static bool user_port(struct ring1_cpu *c, struct ring1_frame *f)
{
	uint32_t port, size;

	if ((f->eflags & X86_EFLAGS_VM) || !is_flat(c, f->cs) ||
	    !find_port(f, &port, &size) || !in_bitmap(c, port, size))
		return false;
	c->step_flags = f->eflags;
	c->step_dr6 = x86_read_dr6();
	x86_write_dr6(X86_DR6_DEFAULT);
	f->eflags &= ~(uint32_t)X86_EFLAGS_IF;
	f->eflags |= X86_EFLAGS_IOPL | X86_EFLAGS_TF;
	ring1_load_idt(c->step_idt, X86_EXC_MC + 1);
	return true;
}

void ring1_stepped(struct ring1_frame *f, uint32_t vector)
{
	struct ring1_cpu *c = ring1_cpu();
	uint32_t dr6 = x86_read_dr6() & ~X86_DR6_DEFAULT;

	ring1_load_idt(ring1_idts()->guest, X86_NR_VECTORS);
	f->eflags = (f->eflags & ~(uint32_t)STEP_FLAGS) |
		    (c->step_flags & STEP_FLAGS);
	if (!(c->step_flags & X86_EFLAGS_TF))
		dr6 &= ~(uint32_t)X86_DR6_BS;
	x86_write_dr6(c->step_dr6 | dr6);
	if (vector != X86_EXC_DB || dr6)
		ring1_inject(c, f, vector, x86_exc_has_error(vector));
}

/*
 * A fault in ring 0.  An instruction of the guest's in the scratch buffer has
 * failed; or a segment register of the guest's cannot be loaded again, because
 * it has just changed its table: the register becomes null.  Where the frame
 * would have ESP is what was on the stack.
 */
static void fault_in_ring0(struct ring1_cpu *c, struct ring1_frame *f)
{
	if (f->eip == (uint32_t)(uintptr_t)c->scratch)
		f->eip = (uint32_t)(uintptr_t)ring1_exec_fault;
	else if (f->eip >= (uint32_t)(uintptr_t)ring1_pops &&
		 f->eip < (uint32_t)(uintptr_t)ring1_pops_end)
		f->esp = 0;
	else
		ring1_panic("ring-1 ROM: fault in ring 0 at ", f->eip);
}

/* As the processor does after an instruction of its own. */
static void emulated(struct ring1_cpu *c, struct ring1_frame *f)
{
	f->eflags &= ~(uint32_t)X86_EFLAGS_RF;
	if (!(f->eflags & X86_EFLAGS_TF))
		return;
	x86_write_dr6(x86_read_dr6() | X86_DR6_BS);
	ring1_inject(c, f, X86_EXC_DB, false);
}

void ring1_gp(struct ring1_frame *f)
{
	struct ring1_cpu *c = ring1_cpu();
	uint32_t ring = f->cs & X86_SEL_RPL;

	if (!ring)
		fault_in_ring0(c, f);
	else if (!f->error && ring == RING && emulate(c, f))
		emulated(c, f);
	else if (f->error || ring == RING || !user_port(c, f))
		ring1_inject(c, f, X86_EXC_GP, true);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The instruction emulator (emul/) joined to the virtual processor: what
 * traps before VMI_Init, what a kernel was not patched for, and accesses to
 * memory that is a device.
 *
 * VMI calls: none; shares cpu/ with them.  Hypercalls: those of cpu/.
 */
#include "emul/emul.h"
#include "cpu/cr.h"
#include "cpu/desc.h"
#include "cpu/halt.h"
#include "cpu/irq.h"
#include "cpu/machine.h"
#include "cpu/platform.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "trap/handlers.h"
#include "x86-defs.h"

#define DWORD	  4u
#define DR_STATUS 6 /* DR6 */

/* What an IRET takes from its frame; IOPL and IF are ours. */
#define EFLAGS_FROM_GUEST                                                      \
	(X86_EFLAGS_ARITH | X86_EFLAGS_TF | X86_EFLAGS_DF | X86_EFLAGS_NT |    \
	 X86_EFLAGS_RF | X86_EFLAGS_AC | X86_EFLAGS_ID)

struct context {
	struct vcpu *v;
	struct cpu_regs *regs;
};

static struct vcpu *vcpu_of(const struct emul *e)
{
	return ((struct context *)e->opaque)->v;
}

static struct cpu_regs *frame_of(const struct emul *e)
{
	return ((struct context *)e->opaque)->regs;
}

static bool is_kernel(struct emul *e)
{
	return !regs_user(frame_of(e));
}

/* --- Memory ---------------------------------------------------------------*/
static bool translate(struct emul *e, uint32_t va, uint32_t access, gpa_t *gpa)
{
	struct vcpu *v = vcpu_of(e);
	struct guest_fault f;

	if (!is_kernel(e))
		access |= WALK_USER;
	if (guest_translate(&v->machine->mmu, &v->shadow, va, access, gpa, &f))
		return true;
	e->fault = (struct emul_fault){ X86_EXC_PF, f.error, f.va };
	return false;
}

static bool is_device(const struct vcpu *v, gpa_t gpa)
{
	gfn_t g = gfn((uint32_t)(gpa >> PAGE_SHIFT));

	return p2m_is_hole(p2m_get(&v->machine->mmu.p2m, g));
}

/* The largest access that does not leave its naturally aligned dword. */
static uint32_t piece(uint32_t va, uint32_t len)
{
	uint32_t room = DWORD - (va & (DWORD - 1));
	uint32_t n = len < room ? len : room;

	return n == 3 ? 2 : n;
}

static bool mem_read(struct emul *e, uint32_t va, void *dst, uint32_t len)
{
	struct vcpu *v = vcpu_of(e);
	uint8_t *d = dst;
	gpa_t gpa;

	for (uint32_t n; len; len -= n, va += n, d += n) {
		n = piece(va, len);
		if (!translate(e, va, 0, &gpa))
			return false;
		if (is_device(v, gpa)) {
			uint32_t x = platform_read(v, gpa, n);

			memcpy(d, &x, n);
		} else {
			guest_read_phys(&v->machine->mmu, &v->shadow, d, gpa,
					n);
		}
	}
	return true;
}

/* All of it or nothing: the last byte's page first. */
static bool mem_write(struct emul *e, uint32_t va, const void *src,
		      uint32_t len)
{
	struct vcpu *v = vcpu_of(e);
	const uint8_t *s = src;
	gpa_t gpa;

	if (!translate(e, va, WALK_WRITE, &gpa) ||
	    !translate(e, va + len - 1, WALK_WRITE, &gpa))
		return false;
	for (uint32_t n; len; len -= n, va += n, s += n) {
		uint32_t x = 0;

		n = piece(va, len);
		if (!translate(e, va, WALK_WRITE, &gpa))
			return false;
		memcpy(&x, s, n);
		if (is_device(v, gpa))
			platform_write(v, gpa, n, x);
		else
			guest_write_phys(&v->machine->mmu, &v->shadow, gpa, s,
					 n);
	}
	return true;
}

/* Up to the end of the page, then what the next one has. */
static uint32_t mem_fetch(struct emul *e, uint32_t va, void *dst, uint32_t len)
{
	struct vcpu *v = vcpu_of(e);
	uint32_t room = PAGE_SIZE - (va & PAGE_MASK);
	uint32_t first = len < room ? len : room;
	uint32_t access = is_kernel(e) ? 0 : WALK_USER;
	struct guest_fault f;

	if (!guest_read(&v->machine->mmu, &v->shadow, dst, va, first, access,
			&f))
		return 0;
	if (first < len &&
	    guest_read(&v->machine->mmu, &v->shadow, (uint8_t *)dst + first,
		       va + first, len - first, access, &f))
		return len;
	return first;
}

static uint32_t seg_base(struct emul *e, unsigned int seg)
{
	return desc_base(vcpu_of(e), e->regs.seg[seg]);
}

/* --- Ports ----------------------------------------------------------------*/
/* The bitmap in the guest's TSS, as ioperm() leaves it (SDM volume 1, 19.5). */
static bool in_bitmap(struct vcpu *v, uint16_t port, unsigned int size)
{
	struct guest_fault f;
	uint16_t at, bits;
	uint32_t mask = (1u << size) - 1;

	if (!guest_read(&v->machine->mmu, &v->shadow, &at,
			v->tss_base + X86_TSS_IOMAP, sizeof(at), 0, &f) ||
	    (uint32_t)at + port / 8 + 1 > v->tss_limit ||
	    !guest_read(&v->machine->mmu, &v->shadow, &bits,
			v->tss_base + at + port / 8, sizeof(bits), 0, &f))
		return false;
	return !(bits >> (port % 8) & mask);
}

static bool may_io(struct emul *e, uint16_t port, unsigned int size)
{
	struct vcpu *v = vcpu_of(e);

	return is_kernel(e) || v->iopl == 3 || in_bitmap(v, port, size);
}

static uint32_t port_in(struct emul *e, uint16_t port, unsigned int size)
{
	return platform_in(vcpu_of(e), port, size);
}

static void port_out(struct emul *e, uint16_t port, unsigned int size,
		     uint32_t value)
{
	platform_out(vcpu_of(e), port, size, value);
}

/* --- Interrupt flag -------------------------------------------------------*/
/* User code with IOPL 3 may try; interrupts are not its to stop. */
static bool set_if(struct emul *e, bool on)
{
	struct vcpu *v = vcpu_of(e);

	if (!is_kernel(e))
		return v->iopl == 3;
	if (v->mode == CPU_RING2)
		v->vif_ring2 = on;
	else if (on)
		e->regs.eflags |= X86_EFLAGS_IF;
	else
		e->regs.eflags &= ~(uint32_t)X86_EFLAGS_IF;
	return true;
}

static void hlt(struct emul *e)
{
	struct vcpu *v = vcpu_of(e);
	bool on = v->mode == CPU_RING2 ? v->vif_ring2
				       : e->regs.eflags & X86_EFLAGS_IF;

	if (!on)
		halt_for_good(v);
	halt_until_interrupt(v);
	v->upcall_deferred = 0; /* the way back from a trap looks anyway */
}

/* --- Control, debug and model-specific registers --------------------------*/
static bool cr_read(struct emul *e, unsigned int cr, uint32_t *value)
{
	struct vcpu *v = vcpu_of(e);
	const uint32_t *const crs[] = { &v->cr0, NULL, &v->cr2, &v->cr3,
					&v->cr4 };

	if (cr >= ARRAY_SIZE(crs) || !crs[cr]) {
		e->fault = (struct emul_fault){ .vector = X86_EXC_UD };
		return false;
	}
	*value = *crs[cr];
	return true;
}

static bool cr_write(struct emul *e, unsigned int cr, uint32_t value)
{
	struct vcpu *v = vcpu_of(e);

	switch (cr) {
	case 0:
		return cr0_set(v, value);
	case 2:
		v->cr2 = value;
		return true;
	case 3:
		return cr3_set(v, value);
	case 4:
		return cr4_set(v, value);
	default:
		e->fault = (struct emul_fault){ .vector = X86_EXC_UD };
		return false;
	}
}

static bool emul_dr_read(struct emul *e, unsigned int dr, uint32_t *value)
{
	e->fault.vector = X86_EXC_UD;
	return dr_read(vcpu_of(e), dr, value);
}

static bool emul_dr_write(struct emul *e, unsigned int dr, uint32_t value)
{
	e->fault.vector = X86_EXC_UD;
	return dr_write(vcpu_of(e), dr, value);
}

static bool emul_msr_read(struct emul *e, uint32_t msr, uint64_t *value)
{
	return msr_read(vcpu_of(e), msr, value);
}

static bool emul_msr_write(struct emul *e, uint32_t msr, uint64_t value)
{
	return msr_write(vcpu_of(e), msr, value);
}

static void clts(struct emul *e)
{
	cr0_clear_ts(vcpu_of(e));
}

static void invlpg(struct emul *e, uint32_t va)
{
	struct vcpu *v = vcpu_of(e);

	shadow_invlpg(&v->machine->mmu, &v->shadow, va);
}

/* --- Descriptor tables and segments ---------------------------------------*/
static bool load_gdt(struct emul *e, uint32_t base, uint16_t limit)
{
	struct vcpu *v = vcpu_of(e);

	v->gdtr = (struct dt_reg){ base, limit };
	desc_gdt_load(v, frame_of(e));
	return true;
}

static bool load_idt(struct emul *e, uint32_t base, uint16_t limit)
{
	struct vcpu *v = vcpu_of(e);

	v->idtr = (struct dt_reg){ base, limit };
	idt_load(v);
	return true;
}

static bool load_ldt(struct emul *e, uint16_t selector)
{
	return desc_ldt_load(vcpu_of(e), selector);
}

static bool load_tr(struct emul *e, uint16_t selector)
{
	return desc_tr_load(vcpu_of(e), selector);
}

/*
 * SS traps for its RPL only, before VMI_Init; whatever else traps is a
 * selector that the guest's own tables do not allow.
 */
static bool load_seg(struct emul *e, unsigned int seg, uint16_t selector)
{
	const struct vcpu *v = vcpu_of(e);

	/* On its way to real mode, for a reboot: traps need a stack until then. */
	if (seg == S_SS && v->mode == CPU_VMI && is_kernel(e) && selector > 3 &&
	    (selector & 3) == 0)
		return true;
	if (seg == S_SS && v->mode == CPU_RING2 && is_kernel(e) &&
	    selector > 3) {
		e->regs.seg[S_SS] = (uint16_t)((selector & ~3u) | v->ring);
		return true;
	}
	e->fault.error = selector & ~3u;
	return false;
}

static bool jump(struct emul *e, uint16_t selector, uint32_t eip)
{
	const struct vcpu *v = vcpu_of(e);

	if (!is_kernel(e) || selector <= 3) {
		e->fault.error = selector & ~3u;
		return false;
	}
	e->regs.seg[S_CS] = (uint16_t)((selector & ~3u) | v->ring);
	e->regs.eip = eip;
	return true;
}

/* Before VMI_Init only: after it an IRET is a call, or faults by itself. */
static bool iret(struct emul *e, uint32_t eip, uint32_t cs, uint32_t eflags)
{
	struct vcpu *v = vcpu_of(e);

	if (v->mode != CPU_RING2 || !is_kernel(e)) {
		e->fault.error = frame_of(e)->error;
		return false;
	}
	if ((cs & 3) == 3)
		trap_no_vmi();
	if (!jump(e, (uint16_t)cs, eip))
		return false;
	v->vif_ring2 = eflags & X86_EFLAGS_IF;
	e->regs.eflags =
		(eflags & EFLAGS_FROM_GUEST) | X86_EFLAGS_FIXED | X86_EFLAGS_IF;
	return true;
}

static const struct emul_ops ops = {
	.read = mem_read,
	.write = mem_write,
	.fetch = mem_fetch,
	.seg_base = seg_base,
	.is_kernel = is_kernel,
	.may_io = may_io,
	.in = port_in,
	.out = port_out,
	.cr_read = cr_read,
	.cr_write = cr_write,
	.dr_read = emul_dr_read,
	.dr_write = emul_dr_write,
	.msr_read = emul_msr_read,
	.msr_write = emul_msr_write,
	.load_gdt = load_gdt,
	.load_idt = load_idt,
	.load_ldt = load_ldt,
	.load_tr = load_tr,
	.load_seg = load_seg,
	.jump = jump,
	.iret = iret,
	.set_if = set_if,
	.clts = clts,
	.invlpg = invlpg,
	.hlt = hlt,
};

/* --- Registers in and out -------------------------------------------------*/
static void take_registers(struct emul *e, const struct cpu_regs *r)
{
	uint32_t fs, gs, ss;

	__asm__ volatile("mov %%fs, %0; mov %%gs, %1; mov %%ss, %2"
			 : "=r"(fs), "=r"(gs), "=r"(ss));
	if (regs_have_stack(r)) /* otherwise SS is the guest's own still */
		ss = r->ss;
	e->regs = (struct emul_regs){
		.gpr = { r->eax, r->ecx, r->edx, r->ebx, regs_esp(r), r->ebp,
			 r->esi, r->edi },
		.eip = r->eip,
		.eflags = r->eflags,
		.seg = { (uint16_t)r->es, r->cs, (uint16_t)ss, (uint16_t)r->ds,
			 (uint16_t)fs, (uint16_t)gs },
	};
}

/* False: ESP has changed, and a frame of ring 1 has no place for it. */
static bool give_registers(const struct emul *e, struct cpu_regs *r)
{
	const uint32_t *g = e->regs.gpr;

	if (regs_have_stack(r)) {
		r->esp = g[R_ESP];
		r->ss = e->regs.seg[S_SS];
	} else if (g[R_ESP] != regs_esp(r)) {
		return false;
	}
	r->eax = g[R_EAX];
	r->ecx = g[R_ECX];
	r->edx = g[R_EDX];
	r->ebx = g[R_EBX];
	r->ebp = g[R_EBP];
	r->esi = g[R_ESI];
	r->edi = g[R_EDI];
	r->eip = e->regs.eip;
	r->eflags = e->regs.eflags;
	r->cs = e->regs.seg[S_CS];
	return true;
}

static void __noreturn cannot(struct vcpu *v, const struct cpu_regs *regs,
			      const struct emul *e)
{
	const uint8_t *b = e->bytes;

	guest_crash(
		v, regs,
		"its kernel runs an instruction that vmi-xen does not emulate: %02x %02x %02x %02x %02x %02x %02x %02x",
		b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]);
}

static uint32_t deliver(struct vcpu *v, struct cpu_regs *regs,
			const struct emul_fault *f)
{
	if (f->vector == X86_EXC_PF)
		v->cr2 = f->cr2;
	return trap_to_guest(v, regs, f->vector, f->error);
}

/* The trap of TF, which the processor would have taken after the instruction. */
static uint32_t single_step(struct vcpu *v, struct cpu_regs *regs)
{
	xen_set_debugreg(DR_STATUS, xen_get_debugreg(DR_STATUS) | X86_DR6_BS);
	return trap_to_guest(v, regs, X86_EXC_DB, 0);
}

/*
 * What is not known is the guest's own #GP when a #GP it was; but before
 * VMI_Init its kernel has none with error code 0.
 */
static uint32_t not_known(struct vcpu *v, struct cpu_regs *regs,
			  const struct emul *e)
{
	if (!e->only_system) {
		if (regs_user(regs))
			return trap_to_guest(v, regs, X86_EXC_UD, 0);
		cannot(v, regs, e);
	}
	if (v->mode == CPU_RING2 && !regs_user(regs) && !regs->error)
		cannot(v, regs, e);
	return trap_to_guest(v, regs, X86_EXC_GP, regs->error);
}

static uint32_t emulate(struct vcpu *v, struct cpu_regs *regs, bool only_system)
{
	struct context c = { v, regs };
	struct emul e = { .ops = &ops, .opaque = &c };
	uint32_t action = TRAP_RESUME;

	take_registers(&e, regs);
	e.only_system = only_system;
	e.code16 = desc_is_16bit(v, regs->cs);
	e.stack16 = desc_is_16bit(v, e.regs.seg[S_SS]);
	e.fault = (struct emul_fault){ X86_EXC_GP, regs->error, 0 };
	switch (emul_one(&e)) {
	case EMUL_DONE:
		if (!give_registers(&e, regs))
			cannot(v, regs, &e);
		break;
	case EMUL_STEPPED:
		if (!give_registers(&e, regs))
			cannot(v, regs, &e);
		action = single_step(v, regs);
		break;
	case EMUL_FAULT:
		give_registers(&e, regs); /* steps of a string instruction */
		action = deliver(v, regs, &e.fault);
		break;
	case EMUL_UNKNOWN:
		action = not_known(v, regs, &e);
		break;
	}
	irq_refresh(v);
	return action;
}

uint32_t trap_emulate(struct vcpu *v, struct cpu_regs *regs)
{
	return emulate(v, regs, true);
}

uint32_t trap_device(struct vcpu *v, struct cpu_regs *regs)
{
	return emulate(v, regs, false);
}

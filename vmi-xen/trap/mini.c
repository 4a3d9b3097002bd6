/* SPDX-License-Identifier: GPL-2.0-only */
/* Bring-up emulator: what early Linux needs; emul/ takes its place. */
#include "cpu/machine.h"
#include "cpu/cr.h"
#include "cpu/desc.h"
#include "cpu/halt.h"
#include "cpu/irq.h"
#include "cpu/platform.h"
#include "cpu/timer.h"
#include "lib/panic.h"
#include "lib/log.h"
#include "lib/string.h"
#include "trap/handlers.h"
#include "x86-defs.h"

struct ctx {
	struct vcpu *v;
	struct cpu_regs *r;
	uint8_t b[16];
	unsigned n;
	bool op16;
	uint32_t rep;
	uint32_t *g[8];
};
static uint32_t *reg(struct cpu_regs *r, unsigned i)
{
	switch (i) {
	case 0:
		return &r->eax;
	case 1:
		return &r->ecx;
	case 2:
		return &r->edx;
	case 3:
		return &r->ebx;
	case 5:
		return &r->ebp;
	case 6:
		return &r->esi;
	case 7:
		return &r->edi;
	}
	return regs_have_stack(r) ? &r->esp : &r->_esp;
}
static uint32_t fetch32(struct ctx *c)
{
	uint32_t x;
	memcpy(&x, c->b + c->n, 4);
	c->n += 4;
	return x;
}
static uint32_t mem(struct ctx *c, uint8_t modrm)
{
	unsigned mod = modrm >> 6, rm = modrm & 7;
	uint32_t a = 0;
	if (rm == 4) {
		uint8_t sib = c->b[c->n++];
		unsigned base = sib & 7, idx = (sib >> 3) & 7;
		if (base == 5 && mod == 0)
			a = fetch32(c);
		else
			a = base == 4 ? (regs_have_stack(c->r) ? c->r->esp
							       : regs_esp(c->r))
				      : *reg(c->r, base);
		if (idx != 4)
			a += *reg(c->r, idx) << (sib >> 6);
	} else if (rm == 5 && mod == 0)
		a = fetch32(c);
	else
		a = *reg(c->r, rm);
	if (mod == 1)
		a += (uint32_t)(int32_t)(int8_t)c->b[c->n++];
	if (mod == 2)
		a += fetch32(c);
	return a;
}
static bool rd(struct ctx *c, uint32_t va, void *p, uint32_t n)
{
	struct guest_fault f;
	return guest_read(&c->v->machine->mmu, &c->v->shadow, p, va, n, 0, &f);
}
static uint32_t cr_read(struct vcpu *v, unsigned n)
{
	return n == 0 ? v->cr0 : n == 2 ? v->cr2 : n == 3 ? v->cr3 : v->cr4;
}
static bool cr_write(struct vcpu *v, unsigned n, uint32_t x)
{
	if (n == 0)
		return cr0_set(v, x);
	if (n == 2) {
		v->cr2 = x;
		return true;
	}
	if (n == 3)
		return cr3_set(v, x);
	return cr4_set(v, x);
}
static bool mmio(struct ctx *c, uint8_t op, uint32_t gpa);
static int one(struct ctx *c, bool is_mmio, uint32_t gpa)
{
	struct vcpu *v = c->v;
	struct cpu_regs *r = c->r;
	uint8_t op, m;
	uint32_t a, x;
	uint16_t sel;
	for (;;) {
		op = c->b[c->n++];
		if (op == 0x66)
			c->op16 = true;
		else if (op == 0xf3 || op == 0xf2)
			c->rep = 1;
		else if (op == 0x2e || op == 0x3e || op == 0x26 || op == 0x64 ||
			 op == 0x65 || op == 0x36 || op == 0xf0)
			;
		else
			break;
	}
	if (is_mmio)
		return mmio(c, op, gpa);
	switch (op) {
	case 0xfa:
		if (v->mode == CPU_RING2)
			v->vif_ring2 = false;
		else
			r->eflags &= ~0x200u;
		return 1;
	case 0xfb:
		if (v->mode == CPU_RING2)
			v->vif_ring2 = true;
		else
			r->eflags |= 0x200u;
		return 1;
	case 0xf4:
		if (v->mode == CPU_RING2 ? !v->vif_ring2 : !(r->eflags & 0x200))
			halt_for_good(v);
		halt_until_interrupt(v);
		v->upcall_deferred = 0;
		return 1;
	case 0xcf: {
		uint32_t w[5];
		if (!rd(c, r->esp, w, 12))
			return 0;
		r->eip = w[0];
		c->n = 0;
		r->esp += 12;
		if (v->mode == CPU_RING2)
			v->vif_ring2 = w[2] & 0x200;
		r->eflags = (w[2] & 0x254fd5) | 0x202;
		if ((w[1] & 3) == 3) {
			rd(c, r->esp, w + 3, 8);
			r->esp = w[3];
			r->ss = w[4];
			r->cs = (uint16_t)w[1];
		} else
			r->cs = (uint16_t)((w[1] & ~3u) | v->ring);
		return 1;
	}
	case 0x8e:
		m = c->b[c->n++];
		if (((m >> 3) & 7) != 2)
			return 0;
		if (m >= 0xc0)
			sel = (uint16_t)*reg(r, m & 7);
		else {
			a = mem(c, m);
			if (!rd(c, a, &sel, 2))
				return 0;
		}
		r->ss = (sel & ~3u) | v->ring;
		return 1;
	case 0xea:
		x = fetch32(c);
		memcpy(&sel, c->b + c->n, 2);
		r->cs = (uint16_t)((sel & ~3u) | v->ring);
		r->eip = x;
		c->n = 0;
		return 1;
	case 0xe4:
		r->eax = (r->eax & ~0xffu) |
			 (platform_in(v, c->b[c->n++], 1) & 0xff);
		return 1;
	case 0xe6:
		platform_out(v, c->b[c->n++], 1, r->eax & 0xff);
		return 1;
	case 0xec:
		r->eax = (r->eax & ~0xffu) |
			 (platform_in(v, (uint16_t)r->edx, 1) & 0xff);
		return 1;
	case 0xed:
		if (c->op16)
			r->eax = (r->eax & ~0xffffu) |
				 (platform_in(v, (uint16_t)r->edx, 2) & 0xffff);
		else
			r->eax = platform_in(v, (uint16_t)r->edx, 4);
		return 1;
	case 0xee:
		platform_out(v, (uint16_t)r->edx, 1, r->eax & 0xff);
		return 1;
	case 0xef:
		platform_out(v, (uint16_t)r->edx, c->op16 ? 2 : 4, r->eax);
		return 1;
	case 0x6c:
	case 0x6d: {
		unsigned s = op == 0x6c ? 1 : c->op16 ? 2 : 4;
		struct guest_fault f;
		uint32_t n = c->rep ? r->ecx : 1;
		while (n--) {
			x = platform_in(v, (uint16_t)r->edx, s);
			guest_write(&v->machine->mmu, &v->shadow, r->edi, &x, s,
				    0, &f);
			r->edi += s;
			if (c->rep)
				r->ecx--;
		}
		return 1;
	}
	case 0x6e:
	case 0x6f: {
		unsigned s = op == 0x6e ? 1 : c->op16 ? 2 : 4;
		uint32_t n = c->rep ? r->ecx : 1;
		while (n--) {
			x = 0;
			rd(c, r->esi, &x, s);
			platform_out(v, (uint16_t)r->edx, s, x);
			r->esi += s;
			if (c->rep)
				r->ecx--;
		}
		return 1;
	}
	case 0x0f:
		break;
	default:
		return 0;
	}
	op = c->b[c->n++];
	switch (op) {
	case 0x06:
		cr0_clear_ts(v);
		return 1;
	case 0x08:
	case 0x09:
		return 1;
	case 0x20:
		m = c->b[c->n++];
		*reg(r, m & 7) = cr_read(v, (m >> 3) & 7);
		return 1;
	case 0x22:
		m = c->b[c->n++];
		return cr_write(v, (m >> 3) & 7, *reg(r, m & 7));
	case 0x21:
		m = c->b[c->n++];
		*reg(r, m & 7) = v->dr[(m >> 3) & 7];
		return 1;
	case 0x23:
		m = c->b[c->n++];
		v->dr[(m >> 3) & 7] = *reg(r, m & 7);
		return 1;
	case 0x30:
		return msr_write(v, r->ecx, ((uint64_t)r->edx << 32) | r->eax)
			       ? 1
			       : 2;
	case 0x32: {
		uint64_t q;
		if (!msr_read(v, r->ecx, &q))
			return 2;
		r->eax = (uint32_t)q;
		r->edx = (uint32_t)(q >> 32);
		return 1;
	}
	case 0x31: {
		uint64_t q = xen_rdtsc();
		r->eax = (uint32_t)q;
		r->edx = (uint32_t)(q >> 32);
		return 1;
	}
	case 0xb2:
		m = c->b[c->n++];
		a = mem(c, m);
		if (!rd(c, a, &x, 4) || !rd(c, a + 4, &sel, 2))
			return 0;
		r->esp = x;
		r->ss = (sel & ~3u) | v->ring;
		return 1;
	case 0x00:
		m = c->b[c->n++];
		if (m >= 0xc0)
			sel = (uint16_t)*reg(r, m & 7);
		else {
			a = mem(c, m);
			rd(c, a, &sel, 2);
		}
		if (((m >> 3) & 7) == 2)
			return desc_ldt_load(v, sel);
		if (((m >> 3) & 7) == 3)
			return desc_tr_load(v, sel);
		return 0;
	case 0x01:
		m = c->b[c->n++];
		if (m >= 0xc0) {
			if (((m >> 3) & 7) == 6)
				return cr0_set(v,
					       (v->cr0 & ~0xfu) |
						       (*reg(r, m & 7) & 0xf));
			return 0;
		}
		a = mem(c, m);
		if (((m >> 3) & 7) == 7) {
			shadow_invlpg(&v->machine->mmu, &v->shadow, a);
			return 1;
		}
		{
			struct {
				uint16_t l;
				uint32_t b;
			} __packed dt;
			if (!rd(c, a, &dt, 6))
				return 0;
			if (((m >> 3) & 7) == 2) {
				v->gdtr.base = dt.b;
				v->gdtr.limit = dt.l;
				desc_gdt_load(v, r);
				return 1;
			}
			if (((m >> 3) & 7) == 3) {
				v->idtr.base = dt.b;
				v->idtr.limit = dt.l;
				idt_load(v);
				return 1;
			}
		}
		return 0;
	}
	return 0;
}
static bool mmio(struct ctx *c, uint8_t op, uint32_t gpa)
{
	struct cpu_regs *r = c->r;
	uint8_t m;
	if (op == 0xa1) {
		c->n += 4;
		r->eax = platform_read(c->v, gpa, 4);
		return true;
	}
	if (op == 0xa3) {
		c->n += 4;
		platform_write(c->v, gpa, 4, r->eax);
		return true;
	}
	m = c->b[c->n++];
	mem(c, m);
	if (op == 0x8b) {
		uint32_t x = platform_read(c->v, gpa, 4);
		if (c->op16) {
			*reg(r, (m >> 3) & 7) =
				(*reg(r, (m >> 3) & 7) & ~0xffffu) |
				(x & 0xffff);
		} else
			*reg(r, (m >> 3) & 7) = x;
		return true;
	}
	if (op == 0x8a) {
		*reg(r, (m >> 3) & 3) = (*reg(r, (m >> 3) & 3) & ~0xffu) |
					(platform_read(c->v, gpa, 1) & 0xff);
		return m < 0x20 || true;
	}
	if (op == 0x89) {
		platform_write(c->v, gpa, 4, *reg(r, (m >> 3) & 7));
		return true;
	}
	if (op == 0x88) {
		platform_write(c->v, gpa, 1, *reg(r, (m >> 3) & 3));
		return true;
	}
	if (op == 0x87) {
		uint32_t x = platform_read(c->v, gpa, 4);
		platform_write(c->v, gpa, 4, *reg(r, (m >> 3) & 7));
		*reg(r, (m >> 3) & 7) = x;
		return true;
	}
	if (op == 0xc7) {
		platform_write(c->v, gpa, 4, fetch32(c));
		return true;
	}
	if (op == 0x0f) {
		uint8_t o2 = m;
		uint32_t x = platform_read(c->v, gpa, 1) & 0xff;
		c->n -= 0;
		m = c->b[2];
		c->n = 2;
		m = c->b[c->n++];
		mem(c, m);
		if (o2 == 0xb6) {
			*reg(r, (m >> 3) & 7) = x;
			return true;
		}
		if (o2 == 0xb7) {
			*reg(r, (m >> 3) & 7) =
				platform_read(c->v, gpa, 2) & 0xffff;
			return true;
		}
	}
	return false;
}
static uint32_t go(struct vcpu *v, struct cpu_regs *regs, bool is_mmio,
		   uint32_t gpa)
{
	struct ctx c = { .v = v, .r = regs };
	int rc;
	struct guest_fault f;
	guest_read(&v->machine->mmu, &v->shadow, c.b, regs->eip, 15, 0, &f);
	uint32_t eip = regs->eip;
	if ((regs->vector & 0xff) == X86_EXC_GP && (regs->error & 2)) {
		regs->eip += 2;
		return trap_to_guest(v, regs, regs->error >> 3, 0);
	}
	if (regs_user(regs) && !is_mmio && v->iopl < 3)
		return trap_to_guest(v, regs, X86_EXC_GP, regs->error);
	rc = one(&c, is_mmio, gpa);
	if (rc == 2)
		return trap_to_guest(v, regs, X86_EXC_GP, 0);
	if (!rc) {
		if ((regs->vector & 0xff) == X86_EXC_GP && regs->error)
			return trap_to_guest(v, regs, X86_EXC_GP, regs->error);
		guest_crash(
			v, regs,
			"cannot emulate %02x %02x %02x %02x %02x %02x %02x %02x",
			c.b[0], c.b[1], c.b[2], c.b[3], c.b[4], c.b[5], c.b[6],
			c.b[7]);
	}
	if (regs->eip == eip)
		regs->eip += c.n;
	irq_refresh(v);
	return TRAP_RESUME;
}
uint32_t trap_emulate(struct vcpu *v, struct cpu_regs *regs)
{
	return go(v, regs, false, 0);
}
uint32_t trap_mmio(struct vcpu *v, struct cpu_regs *regs, gpa_t gpa)
{
	return go(v, regs, true, (uint32_t)gpa);
}

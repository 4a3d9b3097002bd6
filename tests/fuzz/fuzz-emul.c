/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any bytes as an instruction, on any registers: memory is only touched
 * through the operations, a fault leaves the registers, EIP moves by the
 * instruction's length.
 */
#include <stdlib.h>
#include "emul/emul.h"
#include "lib/string.h"
#include "x86-defs.h"

struct input {
	const uint8_t *data;
	size_t size;
	unsigned int accesses;
};

static bool pass(struct emul *e, uint32_t va)
{
	struct input *in = e->opaque;

	if (++in->accesses > 1000000)
		abort();
	if ((va >> 12) % 5 != 4)
		return true;
	e->fault = (struct emul_fault){ X86_EXC_PF, 0, va };
	return false;
}

static bool f_read(struct emul *e, uint32_t va, void *dst, uint32_t len)
{
	if (!len || len > 8)
		abort();
	memset(dst, (int)(va & 0xff), len);
	return pass(e, va);
}

static bool f_write(struct emul *e, uint32_t va, const void *src, uint32_t len)
{
	uint8_t copy[8];

	if (!len || len > 8)
		abort();
	memcpy(copy, src, len);
	return pass(e, va);
}

static uint32_t f_fetch(struct emul *e, uint32_t va, void *dst, uint32_t len)
{
	struct input *in = e->opaque;
	uint32_t n = in->size < len ? (uint32_t)in->size : len;

	(void)va;
	if (n)
		memcpy(dst, in->data, n);
	return n;
}

static uint32_t f_base(struct emul *e, unsigned int seg)
{
	(void)e;
	if (seg >= NR_SEG)
		abort();
	return seg << 12;
}

static bool f_yes(struct emul *e)
{
	(void)e;
	return true;
}

static bool f_may_io(struct emul *e, uint16_t port, unsigned int size)
{
	(void)e;
	if (size != 1 && size != 2 && size != 4)
		abort();
	return port & 1;
}

static uint32_t f_in(struct emul *e, uint16_t port, unsigned int size)
{
	(void)e;
	return port * size;
}

static void f_out(struct emul *e, uint16_t port, unsigned int size,
		  uint32_t value)
{
	(void)e;
	(void)port;
	if (size < 4 && value >> 8 * size)
		abort();
}

static bool f_reg_read(struct emul *e, unsigned int n, uint32_t *value)
{
	(void)e;
	if (n > 7)
		abort();
	*value = n;
	return n & 1;
}

static bool f_reg_write(struct emul *e, unsigned int n, uint32_t value)
{
	(void)e;
	(void)value;
	if (n > 7)
		abort();
	return n & 1;
}

static bool f_msr_read(struct emul *e, uint32_t msr, uint64_t *value)
{
	(void)e;
	*value = msr;
	return msr & 1;
}

static bool f_msr_write(struct emul *e, uint32_t msr, uint64_t value)
{
	(void)e;
	return (msr ^ value) & 1;
}

static bool f_table(struct emul *e, uint32_t base, uint16_t limit)
{
	(void)e;
	return (base ^ limit) & 1;
}

static bool f_selector(struct emul *e, uint16_t selector)
{
	(void)e;
	return selector & 1;
}

static bool f_seg(struct emul *e, unsigned int seg, uint16_t selector)
{
	if (seg >= NR_SEG || seg == S_CS)
		abort();
	e->regs.seg[seg] = selector;
	return selector & 1;
}

static bool f_jump(struct emul *e, uint16_t selector, uint32_t eip)
{
	e->regs.eip = eip;
	return selector & 1;
}

static bool f_iret(struct emul *e, uint32_t eip, uint32_t cs, uint32_t eflags)
{
	e->regs.eip = eip;
	e->regs.eflags = eflags;
	return cs & 1;
}

static bool f_if(struct emul *e, bool on)
{
	(void)e;
	return on;
}

static void f_va(struct emul *e, uint32_t va)
{
	(void)e;
	(void)va;
}

static void f_nothing(struct emul *e)
{
	(void)e;
}

static const struct emul_ops ops = {
	.read = f_read,
	.write = f_write,
	.fetch = f_fetch,
	.seg_base = f_base,
	.is_kernel = f_yes,
	.may_io = f_may_io,
	.in = f_in,
	.out = f_out,
	.cr_read = f_reg_read,
	.cr_write = f_reg_write,
	.dr_read = f_reg_read,
	.dr_write = f_reg_write,
	.msr_read = f_msr_read,
	.msr_write = f_msr_write,
	.load_gdt = f_table,
	.load_idt = f_table,
	.load_ldt = f_selector,
	.load_tr = f_selector,
	.load_seg = f_seg,
	.jump = f_jump,
	.iret = f_iret,
	.set_if = f_if,
	.clts = f_nothing,
	.invlpg = f_va,
	.hlt = f_nothing,
};

static bool is_string(const struct emul *e)
{
	for (unsigned int n = 0; n < e->nr_bytes; n++) {
		uint8_t b = e->bytes[n];

		if ((b >= 0x6c && b <= 0x6f) || (b >= 0xa4 && b <= 0xaf))
			return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { .data = data, .size = size };
	struct emul e = { .ops = &ops, .opaque = &in };
	struct emul_regs before;
	enum emul_result r;

	if (size < sizeof(e.regs))
		return 0;
	memcpy(&e.regs, data, sizeof(e.regs));
	in.data += sizeof(e.regs);
	in.size -= sizeof(e.regs);
	/* Any bits of the input will do. */
	e.code16 = e.regs.seg[S_CS] & 1;
	e.stack16 = e.regs.seg[S_SS] & 1;
	before = e.regs;
	r = emul_one(&e);
	if (r == EMUL_STEPPED && !(before.eflags & X86_EFLAGS_TF))
		abort();
	if (r != EMUL_DONE && r != EMUL_STEPPED && !is_string(&e) &&
	    memcmp(&before, &e.regs, sizeof(before)))
		abort();
	if (e.nr_bytes > EMUL_INSN_MAX)
		abort();
	return 0;
}

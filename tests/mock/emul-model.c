/* SPDX-License-Identifier: GPL-2.0-only */
/* See emul-model.h. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "emul-model.h"

static struct model *of(struct emul *e)
{
	return e->opaque;
}

static void __attribute__((format(printf, 2, 3)))
note(struct emul *e, const char *fmt, ...)
{
	struct model *m = of(e);
	size_t n = strlen(m->log);
	va_list args;

	va_start(args, fmt);
	vsnprintf(m->log + n, sizeof(m->log) - n, fmt, args);
	va_end(args);
}

static bool page_fault(struct emul *e, uint32_t va, uint32_t error)
{
	e->fault = (struct emul_fault){ X86_EXC_PF, error, va };
	return false;
}

static bool m_read(struct emul *e, uint32_t va, void *dst, uint32_t len)
{
	if (va >= MEM_SIZE || va + len > MEM_SIZE)
		return page_fault(e, va, 0);
	memcpy(dst, of(e)->mem + va, len);
	return true;
}

static bool m_write(struct emul *e, uint32_t va, const void *src, uint32_t len)
{
	if (va >= MEM_SIZE || va + len > MEM_SIZE)
		return page_fault(e, va, 2);
	memcpy(of(e)->mem + va, src, len);
	return true;
}

static uint32_t m_fetch(struct emul *e, uint32_t va, void *dst, uint32_t len)
{
	uint32_t n = va >= MEM_SIZE	   ? 0
		     : va + len > MEM_SIZE ? MEM_SIZE - va
					   : len;

	memcpy(dst, of(e)->mem + va, n);
	return n;
}

static uint32_t m_base(struct emul *e, unsigned int seg)
{
	(void)e;
	return seg == S_FS ? FS_BASE : 0;
}

static bool m_kernel(struct emul *e)
{
	return !of(e)->user;
}

static bool m_may_io(struct emul *e, uint16_t port, unsigned int size)
{
	(void)port;
	(void)size;
	return !of(e)->io_refused;
}

static uint32_t m_in(struct emul *e, uint16_t port, unsigned int size)
{
	note(e, "in%u %x;", size, port);
	return 0xa1b2c3d4;
}

static void m_out(struct emul *e, uint16_t port, unsigned int size,
		  uint32_t value)
{
	note(e, "out%u %x %x;", size, port, value);
}

#define READER(kind)                                                           \
	static bool m_##kind##_read(struct emul *e, unsigned int n,            \
				    uint32_t *value)                           \
	{                                                                      \
		note(e, #kind "%u?;", n);                                      \
		*value = 0x50 + n;                                             \
		return !of(e)->refuse;                                         \
	}                                                                      \
	static bool m_##kind##_write(struct emul *e, unsigned int n,           \
				     uint32_t value)                           \
	{                                                                      \
		note(e, #kind "%u=%x;", n, value);                             \
		return !of(e)->refuse;                                         \
	}
READER(cr)
READER(dr)

static bool m_msr_read(struct emul *e, uint32_t msr, uint64_t *value)
{
	note(e, "msr %x?;", msr);
	*value = 0x1122334455667788;
	return !of(e)->refuse;
}

static bool m_msr_write(struct emul *e, uint32_t msr, uint64_t value)
{
	note(e, "msr %x=%llx;", msr, (unsigned long long)value);
	return !of(e)->refuse;
}

#define TABLE(name)                                                            \
	static bool m_##name(struct emul *e, uint32_t base, uint16_t limit)    \
	{                                                                      \
		note(e, #name " %x %x;", base, limit);                         \
		return !of(e)->refuse;                                         \
	}
TABLE(gdt)
TABLE(idt)

#define SELECTOR(name)                                                         \
	static bool m_##name(struct emul *e, uint16_t selector)                \
	{                                                                      \
		note(e, #name " %x;", selector);                               \
		return !of(e)->refuse;                                         \
	}
SELECTOR(ldt)
SELECTOR(tr)

static bool m_seg(struct emul *e, unsigned int seg, uint16_t selector)
{
	note(e, "seg%u %x;", seg, selector);
	e->regs.seg[seg] = selector;
	return !of(e)->refuse;
}

static bool m_jump(struct emul *e, uint16_t selector, uint32_t eip)
{
	note(e, "jump %x:%x;", selector, eip);
	e->regs.eip = eip;
	return !of(e)->refuse;
}

static bool m_iret(struct emul *e, uint32_t eip, uint32_t cs, uint32_t eflags)
{
	note(e, "iret %x:%x %x;", cs, eip, eflags);
	e->regs.eip = eip;
	e->regs.eflags = eflags;
	return !of(e)->refuse;
}

static bool m_if(struct emul *e, bool on)
{
	note(e, "if%u;", on);
	return !of(e)->refuse;
}

static void m_clts(struct emul *e)
{
	note(e, "clts;");
}

static void m_invlpg(struct emul *e, uint32_t va)
{
	note(e, "invlpg %x;", va);
}

static void m_hlt(struct emul *e)
{
	note(e, "hlt;");
}

static const struct emul_ops ops = {
	.read = m_read,
	.write = m_write,
	.fetch = m_fetch,
	.seg_base = m_base,
	.is_kernel = m_kernel,
	.may_io = m_may_io,
	.in = m_in,
	.out = m_out,
	.cr_read = m_cr_read,
	.cr_write = m_cr_write,
	.dr_read = m_dr_read,
	.dr_write = m_dr_write,
	.msr_read = m_msr_read,
	.msr_write = m_msr_write,
	.load_gdt = m_gdt,
	.load_idt = m_idt,
	.load_ldt = m_ldt,
	.load_tr = m_tr,
	.load_seg = m_seg,
	.jump = m_jump,
	.iret = m_iret,
	.set_if = m_if,
	.clts = m_clts,
	.invlpg = m_invlpg,
	.hlt = m_hlt,
};

void reset(struct model *m)
{
	memset(m, 0, sizeof(*m));
	m->e.ops = &ops;
	m->e.opaque = m;
	for (unsigned int n = 0; n < NR_GPR; n++)
		m->e.regs.gpr[n] = 0x11111111 * n;
	m->e.regs.gpr[R_ESP] = DATA + 0x100;
	m->e.regs.gpr[R_EDX] = 0x1234;
	m->e.regs.gpr[R_EBX] = DATA;
	m->e.regs.seg[S_CS] = 0x60;
	for (unsigned int n = 0; n < 64; n++)
		m->mem[DATA + n] = (uint8_t)(n + 1);
}

enum emul_result run(struct model *m, const char *code, size_t len)
{
	memcpy(m->mem, code, len);
	return emul_one(&m->e);
}

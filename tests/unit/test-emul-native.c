/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The emulator against the processor itself: random data instructions, run by
 * both from the same state; registers, memory and defined flags must agree.
 * Some run with TF set: what the debug trap behind them sees must agree.
 *
 * The host is in 64-bit mode, where these instructions are the same with an
 * address-size prefix in front.  What is encoded otherwise there is left out
 * (native_differs()) and has cases in test-emul.c.
 */
#define _GNU_SOURCE /* REG_RIP */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "emul/insn.h"

#define DATA_AREA 2048
#define ROUNDS	  500000
#define STEP_EACH 40 /* one of so many runs with TF */
#define ALL	  X86_EFLAGS_ARITH

struct rig {
	uint8_t *code;
	uint8_t *data; /* below 4 GB */
	uint8_t before[DATA_AREA], after[DATA_AREA];
	uint64_t seed;
	unsigned int traps; /* of TF */
	struct emul_regs stepped;
};

static struct rig *traced; /* the only one: a signal handler gets no argument */

static uint32_t rnd(struct rig *r)
{
	r->seed = r->seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(r->seed >> 33);
}

static uint32_t rnd32(struct rig *r)
{
	static const uint32_t edge[] = { 0,	     1,		 0x7f,
					 0x80,	     0xff,	 0x7fff,
					 0x8000,     0xffff,	 0x7fffffff,
					 0x80000000, 0xffffffff, 0x10 };

	return rnd(r) % 3 ? rnd(r) << 16 ^ rnd(r)
			  : edge[rnd(r) % ARRAY_SIZE(edge)];
}

/* --- The processor --------------------------------------------------------*/
/* Everything but ESP; the instruction may use none of r8 to r15. */
static void run_native(struct emul_regs *regs, const uint8_t *code)
{
	register struct emul_regs *r asm("r15") = regs;
	register const uint8_t *c asm("r14") = code;

	asm volatile("push %%rbx\n\tpush %%rbp\n\t"
		     "mov 4(%%r15), %%ecx\n\tmov 8(%%r15), %%edx\n\t"
		     "mov 12(%%r15), %%ebx\n\tmov 20(%%r15), %%ebp\n\t"
		     "mov 24(%%r15), %%esi\n\tmov 28(%%r15), %%edi\n\t"
		     "mov 36(%%r15), %%eax\n\tpush %%rax\n\t"
		     "mov 0(%%r15), %%eax\n\tpopfq\n\t"
		     "call *%%r14\n\t"
		     "mov %%eax, 0(%%r15)\n\tmov %%ecx, 4(%%r15)\n\t"
		     "mov %%edx, 8(%%r15)\n\tmov %%ebx, 12(%%r15)\n\t"
		     "mov %%ebp, 20(%%r15)\n\tmov %%esi, 24(%%r15)\n\t"
		     "mov %%edi, 28(%%r15)\n\t"
		     "pushfq\n\tpop %%rax\n\tmov %%eax, 36(%%r15)\n\tcld\n\t"
		     "pop %%rbp\n\tpop %%rbx"
		     : "+r"(r), "+r"(c)
		     :
		     : "rax", "rcx", "rdx", "rsi", "rdi", "cc", "memory");
}

/*
 * TF is set by a POPF: the first trap comes behind the CALL, the second behind
 * the instruction, or one step of it.
 */
static void on_trap(int signal, siginfo_t *info, void *context)
{
	static const int of[NR_GPR] = { REG_RAX, REG_RCX, REG_RDX, REG_RBX,
					REG_RSP, REG_RBP, REG_RSI, REG_RDI };
	greg_t *g = ((ucontext_t *)context)->uc_mcontext.gregs;
	uint64_t at = (uint64_t)g[REG_RIP] - (uint64_t)(uintptr_t)traced->code;

	(void)signal;
	(void)info;
	if (++traced->traps == 1)
		return;
	for (unsigned int n = 0; n < NR_GPR; n++)
		traced->stepped.gpr[n] = (uint32_t)g[of[n]];
	traced->stepped.gpr[R_ESP] = 0; /* is not looked at */
	traced->stepped.eflags = (uint32_t)g[REG_EFL];
	traced->stepped.eip = at ? (uint32_t)at - 1 : 0; /* our prefix */
	memcpy(traced->after, traced->data, DATA_AREA);
	g[REG_EFL] &= ~X86_EFLAGS_TF;
}

/* --- The emulator ---------------------------------------------------------*/
static bool inside(struct rig *r, uint32_t va, uint32_t len)
{
	uint32_t start = (uint32_t)(uintptr_t)r->data;

	return va - start < DATA_AREA && va + len - start <= DATA_AREA;
}

static bool rig_read(struct emul *e, uint32_t va, void *dst, uint32_t len)
{
	if (!inside(e->opaque, va, len))
		return false;
	memcpy(dst, (void *)(uintptr_t)va, len);
	return true;
}

static bool rig_write(struct emul *e, uint32_t va, const void *src,
		      uint32_t len)
{
	if (!inside(e->opaque, va, len))
		return false;
	memcpy((void *)(uintptr_t)va, src, len);
	return true;
}

/* The native code has a prefix more. */
static uint32_t rig_fetch(struct emul *e, uint32_t va, void *dst, uint32_t len)
{
	struct rig *r = e->opaque;

	memcpy(dst, r->code + 1 + va, len);
	return len;
}

static uint32_t rig_base(struct emul *e, unsigned int seg)
{
	(void)e;
	(void)seg;
	return 0;
}

static const struct emul_ops ops = {
	.read = rig_read,
	.write = rig_write,
	.fetch = rig_fetch,
	.seg_base = rig_base,
};

/* --- Random instructions --------------------------------------------------*/
struct choice {
	const struct opcode *op;
	uint8_t code;
	bool two_byte;
};

/* Moves with absolute addresses, PUSH and POP; SAL as /6 is undocumented. */
static bool native_differs(const struct choice *c, uint8_t modrm)
{
	unsigned int reg = modrm >> 3 & 7;

	if (c->op->flags & (D_SYSTEM | D_MOFFS))
		return true;
	if (!c->two_byte && (c->code == 0x8f || (c->code & 0xfe) == 0xfe))
		return c->code == 0x8f || reg > 1;
	if (c->op->fn == op_group3)
		return reg > 3 || reg == 1;
	if (c->op->fn == op_bit_imm)
		return reg < 4;
	if (c->op->fn == op_mov_rm_imm)
		return reg != 0;
	if (c->op->fn == op_cmpxchg8b)
		return reg != 1 || modrm >= 0xc0;
	return c->op->fn == op_shift_imm || c->op->fn == op_shift_one ||
			       c->op->fn == op_shift_cl
		       ? reg == 6
		       : false;
}

static bool is_shift(const struct choice *c)
{
	return c->op->fn == op_shift_imm || c->op->fn == op_shift_one ||
	       c->op->fn == op_shift_cl;
}

static bool pick(struct rig *r, struct choice *c)
{
	c->two_byte = rnd(r) & 1;
	c->code = (uint8_t)rnd(r);
	c->op = c->two_byte ? &emul_two_byte[c->code] : &emul_one_byte[c->code];
	return c->op->fn;
}

struct made {
	uint8_t bytes[EMUL_INSN_MAX];
	unsigned int len, size;
	uint8_t modrm;
	uint32_t imm;
	bool rep;
};

static void put(struct made *m, uint32_t v, unsigned int n)
{
	memcpy(m->bytes + m->len, &v, n);
	m->len += n;
}

/* A memory operand near @target, with displacement as needed. */
static void put_memory(struct rig *r, struct made *m, struct emul_regs *g,
		       uint32_t target)
{
	uint32_t base, sum;
	uint8_t sib;

	m->modrm = (uint8_t)(0x80 | (m->modrm & 0x3f));
	if ((m->modrm & 7) != R_ESP) {
		put(m, m->modrm, 1);
		put(m, target - g->gpr[m->modrm & 7], 4);
		return;
	}
	do
		sib = (uint8_t)rnd(r);
	while ((sib & 7) == R_ESP);
	base = g->gpr[sib & 7];
	sum = base + ((sib >> 3 & 7) == R_ESP
			      ? 0
			      : g->gpr[sib >> 3 & 7] << (sib >> 6));
	put(m, m->modrm, 1);
	put(m, sib, 1);
	put(m, target - sum, 4);
}

static void put_operands(struct rig *r, const struct choice *c, struct made *m,
			 struct emul_regs *g, uint32_t target)
{
	uint16_t flags = c->op->flags;

	if (flags & D_MODRM) {
		if (m->modrm >= 0xc0)
			put(m, m->modrm, 1);
		else
			put_memory(r, m, g, target);
	}
	m->imm = rnd32(r);
	if (flags & (D_IMM8 | D_IMM8U))
		put(m, m->imm, 1);
	if ((flags & D_IMM) && (!(flags & D_GROUP3) || (m->modrm >> 3 & 7) < 2))
		put(m, m->imm, flags & D_BYTE ? 1 : m->size);
}

/* ESP stays out of it: AH to BH are not it. */
static bool uses_esp(const struct choice *c, const struct made *m)
{
	bool wide_reg = m->size != 1 && c->op->fn != op_setcc;
	bool wide_rm = wide_reg && c->op->fn != op_setcc;

	if (!(c->op->flags & D_MODRM))
		return false;
	if (c->op->fn == op_movx && !(c->code & 1))
		wide_rm = false;
	if (wide_reg && (m->modrm >> 3 & 7) == R_ESP &&
	    !(c->op->flags & (D_IMM8 | D_IMM8U | D_IMM | D_GROUP3)))
		return true;
	return m->modrm >= 0xc0 && wide_rm && (m->modrm & 7) == R_ESP;
}

static void make(struct rig *r, struct choice *c, struct made *m,
		 struct emul_regs *g)
{
	uint32_t middle = (uint32_t)(uintptr_t)r->data + DATA_AREA / 2;

	do {
		while (!pick(r, c))
			;
		memset(m, 0, sizeof(*m));
		m->modrm = (uint8_t)rnd(r);
		m->size = c->op->flags & D_BYTE ? 1 : rnd(r) & 1 ? 4 : 2;
	} while (native_differs(c, m->modrm) || uses_esp(c, m));
	for (unsigned int n = 0; n < NR_GPR; n++)
		g->gpr[n] = rnd32(r);
	g->gpr[R_ESP] = 0;
	g->eflags = X86_EFLAGS_FIXED | X86_EFLAGS_IF |
		    (rnd(r) & (ALL | X86_EFLAGS_DF));
	if (c->op->fn == op_bit_reg) /* not too far */
		g->gpr[m->modrm >> 3 & 7] = rnd(r) % 6000 - 3000;
	if (c->op->flags & D_STRING) {
		m->rep = rnd(r) & 1;
		g->gpr[R_ECX] = rnd(r) % 9;
		g->gpr[R_ESI] = middle + rnd(r) % 64;
		g->gpr[R_EDI] = middle + rnd(r) % 64;
	}
	if (m->size == 2)
		put(m, 0x66, 1);
	if (m->rep)
		put(m, 0xf2 + (rnd(r) & 1), 1);
	if (c->two_byte)
		put(m, 0x0f, 1);
	put(m, c->code, 1);
	put_operands(r, c, m, g, middle + rnd(r) % 64);
}

/* Flags that the manual leaves undefined (SDM volume 2). */
static uint32_t undefined_flags(const struct choice *c, const struct made *m,
				const struct emul_regs *g)
{
	insn_fn fn = c->op->fn;
	unsigned int alu =
		fn == op_group1 ? m->modrm >> 3 & 7 : c->code >> 3 & 7;
	unsigned int count = 1;

	if (is_shift(c)) {
		if (fn == op_shift_imm)
			count = m->imm & 31;
		else if (fn == op_shift_cl)
			count = g->gpr[R_ECX] & 31;
		if (!count)
			return 0;
		return X86_EFLAGS_AF | (count == 1 ? 0 : X86_EFLAGS_OF) |
		       (count >= 8 * m->size ? X86_EFLAGS_CF : 0);
	}
	if (fn == op_bit_reg || fn == op_bit_imm)
		return X86_EFLAGS_OF | X86_EFLAGS_SF | X86_EFLAGS_AF |
		       X86_EFLAGS_PF;
	if (fn == op_test_rm_reg || fn == op_test_acc_imm || fn == op_group3)
		return fn == op_group3 && m->modrm & 0x10 ? 0 : X86_EFLAGS_AF;
	if (fn == op_group1 || (!c->two_byte && c->code < 0x40))
		return alu == 1 || alu == 4 || alu == 6 ? X86_EFLAGS_AF : 0;
	return 0;
}

static void fail_insn(const struct made *m, const struct emul_regs *from,
		      const struct emul_regs *want, const struct emul_regs *got)
{
	print_error("instruction:");
	for (unsigned int n = 0; n < m->len; n++)
		print_error(" %02x", m->bytes[n]);
	for (unsigned int n = 0; n < NR_GPR; n++)
		print_error("\nr%u %08x: processor %08x emulator %08x", n,
			    from->gpr[n], want->gpr[n], got->gpr[n]);
	print_error("\nfl %08x: processor %08x emulator %08x\n", from->eflags,
		    want->eflags, got->eflags);
	fail();
}

static void one_round(struct rig *r)
{
	struct emul e = { .ops = &ops, .opaque = r };
	struct emul_regs from = { .eip = 0 }, want;
	struct choice c;
	struct made m;
	bool step = rnd(r) % STEP_EACH == 0;
	uint32_t mask;

	make(r, &c, &m, &from);
	if (step)
		from.eflags |= X86_EFLAGS_TF;
	r->code[0] = 0x67;
	memcpy(r->code + 1, m.bytes, m.len);
	r->code[1 + m.len] = 0xc3;
	for (unsigned int n = 0; n < 128; n += 4)
		memcpy(r->data + DATA_AREA / 2 + n, &(uint32_t){ rnd32(r) }, 4);
	if (c.op->fn == op_cmpxchg8b && rnd(r) & 1)
		for (unsigned int n = 0; n < 128; n++)
			r->data[DATA_AREA / 2 + n] = 0;
	memcpy(r->before, r->data, DATA_AREA);

	want = from;
	r->traps = 0;
	run_native(&want, r->code);
	want.eip = m.len;
	if (step)
		want = r->stepped;
	else
		memcpy(r->after, r->data, DATA_AREA);
	assert_int_equal(r->traps, step ? 2 : 0);
	memcpy(r->data, r->before, DATA_AREA);
	e.regs = from;
	assert_int_equal(emul_one(&e), step ? EMUL_STEPPED : EMUL_DONE);
	mask = ~undefined_flags(&c, &m, &from);
	if (memcmp(e.regs.gpr, want.gpr, sizeof(want.gpr)) ||
	    (e.regs.eflags & mask) != (want.eflags & mask) ||
	    e.regs.eip != want.eip || memcmp(r->after, r->data, DATA_AREA))
		fail_insn(&m, &from, &want, &e.regs);
}

static void random_instructions(void **state)
{
	struct rig *r = *state;

	for (unsigned int n = 0; n < ROUNDS; n++)
		one_round(r);
}

static int setup(void **state)
{
	struct sigaction act = { .sa_sigaction = on_trap,
				 .sa_flags = SA_SIGINFO };
	struct rig *r = calloc(1, sizeof(*r));

	traced = r;
	sigaction(SIGTRAP, &act, NULL);
	r->seed = 1;
	r->code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	r->data = mmap(NULL, DATA_AREA, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	*state = r;
	return r->code == MAP_FAILED || r->data == MAP_FAILED;
}

static int teardown(void **state)
{
	struct rig *r = *state;

	munmap(r->code, 4096);
	munmap(r->data, DATA_AREA);
	free(r);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(random_instructions, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

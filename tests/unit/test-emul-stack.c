/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The emulator's PUSH and POP against the processor's, on a stack segment with a
 * clear B bit: SP counts alone, and the upper half of ESP stays.
 *
 * The processor does it in 32-bit code, which a 64-bit process enters by a far
 * jump, on a segment of its LDT.  A kernel without 16-bit segments skips this;
 * test-emul.c has cases with the manual's numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <asm/ldt.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "emul/insn.h"

/* Linux's selectors for user code of a 64-bit kernel, and entry 0 of the LDT. */
#define CODE_32	 0x23
#define CODE_64	 0x33
#define DATA_SEL 0x2b
#define STACK_16 0x07

#define STACK_SIZE    0x10000u
#define CODE_AT	      0x000 /* offsets in the page below 4 GB */
#define COMPAT_AT     0x100
#define BACK_AT	      0x200
#define SAVED_RSP     0x800
#define FAR_POINTER   0x810
#define OPERAND	      0x820
#define FOUND_ESP     0x830
#define OPERAND_WORD  0xa1b2c3d4u
#define WRITE_LDT     1
#define SPARED_BY_ABI "128" /* the red zone */

struct rig {
	uint8_t *page, *stack;
	uint8_t before[STACK_SIZE], after[STACK_SIZE];
	unsigned int at; /* where the next byte of code goes */
};

static uint32_t address(const struct rig *r, uint32_t offset)
{
	return (uint32_t)(uintptr_t)r->page + offset;
}

static void put(struct rig *r, const char *bytes, size_t n)
{
	memcpy(r->page + r->at, bytes, n);
	r->at += (unsigned int)n;
}
#define PUT(r, bytes) put(r, bytes, sizeof(bytes) - 1)

static void put32(struct rig *r, uint32_t v)
{
	memcpy(r->page + r->at, &v, sizeof(v));
	r->at += (unsigned int)sizeof(v);
}

static void put_load(struct rig *r, uint32_t selector, const char *mov)
{
	PUT(r, "\xb8"); /* mov $, %eax */
	put32(r, selector);
	put(r, mov, 2);
}

static void put_far(struct rig *r, uint32_t offset, uint16_t selector)
{
	put32(r, offset);
	put(r, (const char *)&selector, sizeof(selector));
}

/* 64-bit code: keep RSP, go to 32-bit code; and what comes back from there. */
static void write_frame(struct rig *r)
{
	r->at = CODE_AT;
	PUT(r, "\x48\x89\x24\x25"); /* mov %rsp, SAVED_RSP */
	put32(r, address(r, SAVED_RSP));
	PUT(r, "\xff\x2c\x25"); /* ljmp *FAR_POINTER */
	put32(r, address(r, FAR_POINTER));
	r->at = FAR_POINTER;
	put_far(r, address(r, COMPAT_AT), CODE_32);
	r->at = BACK_AT;
	PUT(r, "\x48\x8b\x24\x25"); /* mov SAVED_RSP, %rsp */
	put32(r, address(r, SAVED_RSP));
	PUT(r, "\xc3");
}

static void write_compat(struct rig *r, const uint8_t *insn, size_t len,
			 uint32_t esp)
{
	r->at = COMPAT_AT;
	put_load(r, DATA_SEL, "\x8e\xd8");
	put_load(r, STACK_16, "\x8e\xd0");
	PUT(r, "\xbc"); /* mov $, %esp */
	put32(r, esp);
	put(r, (const char *)insn, len);
	PUT(r, "\x89\x25"); /* mov %esp, FOUND_ESP */
	put32(r, address(r, FOUND_ESP));
	put_load(r, DATA_SEL, "\x8e\xd0");
	PUT(r, "\xea"); /* ljmp */
	put_far(r, address(r, BACK_AT), CODE_64);
}

static void run_native(struct rig *r)
{
	__asm__ volatile("sub $" SPARED_BY_ABI ", %%rsp\n\t"
			 "push %%rbx\n\tpush %%rbp\n\tcall *%0\n\t"
			 "pop %%rbp\n\tpop %%rbx\n\t"
			 "add $" SPARED_BY_ABI ", %%rsp"
			 :
			 : "c"(r->page + CODE_AT)
			 : "rax", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11",
			   "r12", "r13", "r14", "r15", "cc", "memory");
}

/* --- The emulator ---------------------------------------------------------*/
static bool in_stack(const struct rig *r, uint32_t va, uint32_t len)
{
	uint32_t offset = va - (uint32_t)(uintptr_t)r->stack;

	return offset < STACK_SIZE && offset + len <= STACK_SIZE;
}

static bool rig_may(const struct rig *r, uint32_t va, uint32_t len)
{
	return in_stack(r, va, len) || va == address(r, OPERAND);
}

static bool rig_read(struct emul *e, uint32_t va, void *dst, uint32_t len)
{
	if (!rig_may(e->opaque, va, len))
		return false;
	memcpy(dst, (void *)(uintptr_t)va, len);
	return true;
}

static bool rig_write(struct emul *e, uint32_t va, const void *src,
		      uint32_t len)
{
	if (!rig_may(e->opaque, va, len))
		return false;
	memcpy((void *)(uintptr_t)va, src, len);
	return true;
}

static uint32_t rig_fetch(struct emul *e, uint32_t va, void *dst, uint32_t len)
{
	(void)e;
	memcpy(dst, (void *)(uintptr_t)va, len);
	return len;
}

static uint32_t rig_base(struct emul *e, unsigned int seg)
{
	const struct rig *r = e->opaque;

	return seg == S_SS ? (uint32_t)(uintptr_t)r->stack : 0;
}

static const struct emul_ops ops = {
	.read = rig_read,
	.write = rig_write,
	.fetch = rig_fetch,
	.seg_base = rig_base,
};

/* --- Cases ----------------------------------------------------------------*/
struct form {
	const char *bytes; /* before the operand's address, if it has one */
	uint8_t len, size;
	bool push, absolute;
};
static const struct form forms[] = {
	{ "\xff\x35", 2, 4, true, true },
	{ "\x66\xff\x35", 3, 2, true, true },
	{ "\x8f\x05", 2, 4, false, true },
	{ "\x66\x8f\x05", 3, 2, false, true },
	{ "\xff\x74\x24\x08", 4, 4, true, false },	/* push 8(%esp) */
	{ "\x8f\x44\x24\x08", 4, 4, false, false },	/* pop 8(%esp) */
	{ "\x66\x8f\x44\x24\x08", 5, 2, false, false }, /* the same, 16 bits */
};
static const uint32_t pointers[] = { 0,	     2,	     4,	     6,	     0x7ffe,
				     0x8000, 0xfff0, 0xfff8, 0xfffc, 0xfffe };
static const uint32_t upper_halves[] = { 0, 0x00010000, 0x12340000,
					 0xffff0000 };

/* No access across the segment's limit: that is a fault. */
static bool fits(const struct form *f, uint32_t sp)
{
	uint32_t at = f->push ? sp - f->size : sp;
	uint32_t memory = (f->push ? sp : sp + f->size) + 8;

	return (at & 0xffff) + f->size <= STACK_SIZE &&
	       (f->absolute ||
		(sp + f->size < STACK_SIZE && memory + f->size <= STACK_SIZE));
}

static void one(struct rig *r, const struct form *f, uint32_t esp)
{
	const uint32_t operand = OPERAND_WORD;
	struct emul e = { .ops = &ops, .opaque = r, .stack16 = true };
	uint8_t insn[EMUL_INSN_MAX];
	uint32_t to = address(r, OPERAND), found_esp, stored;
	size_t len = f->len;

	memcpy(insn, f->bytes, len);
	if (f->absolute) {
		memcpy(insn + len, &to, sizeof(to));
		len += sizeof(to);
	}
	write_compat(r, insn, len, esp);
	memcpy(r->page + OPERAND, &operand, sizeof(operand));
	memcpy(r->before, r->stack, STACK_SIZE);
	run_native(r);
	memcpy(r->after, r->stack, STACK_SIZE);
	memcpy(&found_esp, r->page + FOUND_ESP, sizeof(found_esp));
	memcpy(&stored, r->page + OPERAND, sizeof(stored));

	memcpy(r->stack, r->before, STACK_SIZE);
	memcpy(r->page + OPERAND, &operand, sizeof(operand));
	memcpy(r->page + COMPAT_AT, insn, len);
	e.regs.eip = address(r, COMPAT_AT);
	e.regs.gpr[R_ESP] = esp;
	assert_int_equal(emul_one(&e), EMUL_DONE);
	assert_int_equal(e.regs.gpr[R_ESP], found_esp);
	assert_memory_equal(r->stack, r->after, STACK_SIZE);
	assert_memory_equal(r->page + OPERAND, &stored, sizeof(stored));
}

static void only_sp_changes(void **state)
{
	struct rig *r = *state;
	unsigned int done = 0;

	if (!r->stack)
		skip();
	for (unsigned int f = 0; f < ARRAY_SIZE(forms); f++) {
		for (unsigned int p = 0; p < ARRAY_SIZE(pointers); p++) {
			if (!fits(&forms[f], pointers[p]))
				continue;
			/* ESP in an address is all of ESP. */
			for (unsigned int u = 0;
			     u <
			     (forms[f].absolute ? ARRAY_SIZE(upper_halves) : 1);
			     u++, done++)
				one(r, &forms[f],
				    upper_halves[u] | pointers[p]);
		}
	}
	assert_true(done > 4 * ARRAY_SIZE(pointers));
}

/* r->stack is NULL when the kernel has no such segments. */
static int setup(void **state)
{
	struct rig *r = calloc(1, sizeof(*r));
	struct user_desc d = { .limit = STACK_SIZE - 1 };
	uint8_t *stack;

	*state = r;
	r->page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (r->page == MAP_FAILED || stack == MAP_FAILED)
		return -1;
	d.base_addr = (uint32_t)(uintptr_t)stack;
	if (syscall(SYS_modify_ldt, WRITE_LDT, &d, sizeof(d))) {
		print_message("modify_ldt: %s: no 16-bit segments here\n",
			      strerror(errno));
		return 0;
	}
	for (uint32_t n = 0; n < STACK_SIZE; n++)
		stack[n] = (uint8_t)(n * 7 + (n >> 8));
	write_frame(r);
	r->stack = stack;
	return 0;
}

static int teardown(void **state)
{
	struct rig *r = *state;

	munmap(r->page, 4096);
	if (r->stack)
		munmap(r->stack, STACK_SIZE);
	free(r);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(only_sp_changes, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

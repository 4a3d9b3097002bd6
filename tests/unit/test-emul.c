/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The emulator's other half: what traps outside ring 0, faults, and encodings
 * that the processor of a 64-bit host has no more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "../mock/emul-model.h"

/* --- What the machine is asked for ----------------------------------------*/
struct asked {
	const char *code, *log;
	uint8_t len;
	bool stays; /* EIP is not what follows */
};
#define ASKED(code, log)                                                       \
	{                                                                      \
		code, log, sizeof(code) - 1, false                             \
	}
#define ASKED_STAYS(code, log)                                                 \
	{                                                                      \
		code, log, sizeof(code) - 1, true                              \
	}

static const struct asked asked[] = {
	ASKED("\xe4\x70", "in1 70;"),
	ASKED("\xe5\x70", "in4 70;"),
	ASKED("\x66\xe5\x70", "in2 70;"),
	ASKED("\xe6\x80", "out1 80 0;"),
	ASKED("\xec", "in1 1234;"),
	ASKED("\xed", "in4 1234;"),
	ASKED("\xee", "out1 1234 0;"),
	ASKED("\x66\xef", "out2 1234 0;"),
	ASKED("\xfa", "if0;"),
	ASKED("\xfb", "if1;"),
	ASKED("\xf4", "hlt;"),
	ASKED_STAYS("\xcf", "iret 0:0 0;"),
	ASKED_STAYS("\xea\x78\x56\x34\x12\x10\x00", "jump 10:12345678;"),
	ASKED_STAYS("\xff\x2b", "jump 605:4030201;"),
	ASKED("\x8e\xd0", "seg2 0;"),
	ASKED("\x8e\x13", "seg2 201;"),
	ASKED("\x17", "seg2 0;"),
	ASKED("\x0f\xb2\x23", "seg2 605;"),
	ASKED("\xc4\x03", "seg0 605;"),
	ASKED("\x0f\x00\xd2", "ldt 1234;"),
	ASKED("\x0f\x00\xda", "tr 1234;"),
	ASKED("\x0f\x01\x13", "gdt 6050403 201;"),
	ASKED("\x66\x0f\x01\x13", "gdt 50403 201;"),
	ASKED("\x0f\x01\x1b", "idt 6050403 201;"),
	ASKED("\x0f\x01\x3b", "invlpg 800;"),
	ASKED("\x64\x0f\x01\x3b", "invlpg 900;"),
	ASKED("\x0f\x01\xf2", "cr0?;cr0=54;"),
	ASKED("\x0f\x06", "clts;"),
	ASKED("\x0f\x09", ""),
	ASKED("\x0f\x20\xd8", "cr3?;"),
	ASKED("\x0f\x22\xda", "cr3=1234;"),
	ASKED("\x0f\x21\xf8", "dr7?;"),
	ASKED("\x0f\x23\xfa", "dr7=1234;"),
	ASKED("\x0f\x30", "msr 11111111=123400000000;"),
	ASKED("\x0f\x32", "msr 11111111?;"),
};

static void asks_the_machine(void **state)
{
	struct model m;

	(void)state;
	for (unsigned int n = 0; n < ARRAY_SIZE(asked); n++) {
		const struct asked *a = &asked[n];

		reset(&m);
		assert_int_equal(run(&m, a->code, a->len), EMUL_DONE);
		assert_string_equal(m.log, a->log);
		if (!a->stays)
			assert_int_equal(m.e.regs.eip, a->len);
	}
}

/* The same bytes in a segment with a clear D bit: sizes are exchanged. */
static const struct asked asked16[] = {
	ASKED("\xe4\x70", "in1 70;"),
	ASKED("\xe5\x70", "in2 70;"),
	ASKED("\x66\xe5\x70", "in4 70;"),
	ASKED("\x66\x66\xe5\x70", "in4 70;"), /* twice is not none */
	ASKED("\xef", "out2 1234 0;"),
	ASKED("\x66\xef", "out4 1234 0;"),
	ASKED_STAYS("\xea\x34\x12\x10\x00", "jump 10:1234;"),
	ASKED_STAYS("\x66\xea\x78\x56\x34\x12\x10\x00", "jump 10:12345678;"),
	ASKED_STAYS("\xff\x2f", "jump 403:201;"),     /* ljmp *(%bx) */
	ASKED_STAYS("\x67\xff\x2b", "jump 403:201;"), /* ljmp *(%ebx) */
	ASKED("\xc4\x07", "seg0 403;"),
	ASKED("\x0f\x01\x17", "gdt 50403 201;"),
	ASKED("\x66\x0f\x01\x17", "gdt 6050403 201;"),
	ASKED("\x0f\x01\x3e\x34\x12", "invlpg 1234;"),
	ASKED("\x67\x0f\x01\x3d\x78\x56\x34\x12", "invlpg 12345678;"),
	ASKED("\x0f\x20\xd8", "cr3?;"), /* these are 32 bits wide always */
	ASKED("\x0f\x22\xda", "cr3=1234;"),
};

static void asks_the_machine_from_16_bit_code(void **state)
{
	struct model m;

	(void)state;
	for (unsigned int n = 0; n < ARRAY_SIZE(asked16); n++) {
		const struct asked *a = &asked16[n];

		reset(&m);
		m.e.code16 = true;
		assert_int_equal(run(&m, a->code, a->len), EMUL_DONE);
		assert_string_equal(m.log, a->log);
		if (!a->stays)
			assert_int_equal(m.e.regs.eip, a->len);
	}
}

/* Every one of them is #GP to user code, or what the machine says. */
static void refusals(void **state)
{
	struct model m;

	(void)state;
	for (unsigned int n = 0; n < ARRAY_SIZE(asked); n++) {
		struct emul_regs before;

		if (strstr(asked[n].log, "inv") ||
		    strstr(asked[n].log, "clt") ||
		    strstr(asked[n].log, "hlt") || !asked[n].log[0])
			continue;
		reset(&m);
		m.refuse = m.io_refused = true;
		before = m.e.regs;
		assert_int_equal(run(&m, asked[n].code, asked[n].len),
				 EMUL_FAULT);
		assert_int_equal(m.e.fault.vector, X86_EXC_GP);
		assert_int_equal(m.e.fault.error, 0);
		assert_memory_equal(&m.e.regs, &before, sizeof(before));
	}
}

static void user_code_is_not_ring_0(void **state)
{
	static const char codes[][8] = { "\xf4", "\x0f\x06", "\x0f\x22\xda",
					 "\x0f\x32", "\x0f\x01\x13" };
	struct model m;

	(void)state;
	for (unsigned int n = 0; n < ARRAY_SIZE(codes); n++) {
		reset(&m);
		m.user = true;
		assert_int_equal(run(&m, codes[n], 4), EMUL_FAULT);
		assert_int_equal(m.e.fault.vector, X86_EXC_GP);
		assert_string_equal(m.log, "");
	}
}

/* A #GP brought us: it stands for everything that is no system instruction. */
static void own_faults_stand(void **state)
{
	struct model m;

	(void)state;
	reset(&m);
	m.e.only_system = true;
	m.e.fault = (struct emul_fault){ X86_EXC_GP, 0x18, 0 };
	assert_int_equal(RUN(&m, "\x8b\x03"), EMUL_FAULT);
	assert_int_equal(m.e.fault.error, 0x18);
	assert_int_equal(m.e.regs.gpr[R_EAX], 0);
	reset(&m);
	m.e.only_system = true;
	assert_int_equal(RUN(&m, "\xfa"), EMUL_DONE);
}

/* --- Results --------------------------------------------------------------*/
static void values(void **state)
{
	struct model m;

	(void)state;
	reset(&m);
	RUN(&m, "\xec");
	assert_int_equal(m.e.regs.gpr[R_EAX], 0xd4);
	reset(&m);
	m.e.regs.gpr[R_EAX] = 0x77777777;
	RUN(&m, "\x66\xed");
	assert_int_equal(m.e.regs.gpr[R_EAX], 0x7777c3d4);
	reset(&m);
	RUN(&m, "\x0f\x32");
	assert_int_equal(m.e.regs.gpr[R_EAX], 0x55667788);
	assert_int_equal(m.e.regs.gpr[R_EDX], 0x11223344);
	reset(&m);
	RUN(&m, "\x0f\xb2\x23"); /* lss (%ebx), %esp */
	assert_int_equal(m.e.regs.gpr[R_ESP], 0x04030201);
	reset(&m);
	RUN(&m, "\x0f\x20\xd1"); /* mov %cr2, %ecx */
	assert_int_equal(m.e.regs.gpr[R_ECX], 0x52);
}

/* Absolute and 16-bit addresses, PUSH and POP: not so on the host. */
static void old_encodings(void **state)
{
	struct model m;

	(void)state;
	reset(&m);
	assert_int_equal(RUN(&m, "\xa1\x00\x08\x00\x00"), EMUL_DONE);
	assert_int_equal(m.e.regs.gpr[R_EAX], 0x04030201);
	assert_int_equal(m.e.regs.eip, 5);
	reset(&m);
	assert_int_equal(RUN(&m, "\x67\xa0\x03\x08"), EMUL_DONE);
	assert_int_equal(m.e.regs.gpr[R_EAX], 4);
	reset(&m);
	assert_int_equal(RUN(&m, "\x64\xa3\x00\x07\x00\x00"), EMUL_DONE);
	assert_int_equal(m.mem[DATA], 0);
	reset(&m);
	m.e.regs.gpr[R_ESI] = 2;
	assert_int_equal(RUN(&m, "\x67\x8a\x40\x01"), EMUL_DONE);
	assert_int_equal(m.e.regs.gpr[R_EAX], 4); /* (bx+si+1) */
	reset(&m);
	assert_int_equal(RUN(&m, "\x67\x8a\x06\x05\x08"), EMUL_DONE);
	assert_int_equal(m.e.regs.gpr[R_EAX], 6); /* (0x805) */
	reset(&m);
	assert_int_equal(RUN(&m, "\xff\x33"), EMUL_DONE); /* push (%ebx) */
	assert_int_equal(m.e.regs.gpr[R_ESP], DATA + 0xfc);
	assert_memory_equal(m.mem + DATA + 0xfc, "\1\2\3\4", 4);
	reset(&m);
	m.mem[DATA + 0x100] = 0x5a;
	/* pop 8(%esp): the address is that after the pop */
	assert_int_equal(RUN(&m, "\x8f\x44\x24\x08"), EMUL_DONE);
	assert_int_equal(m.mem[DATA + 0x10c], 0x5a);
}

/* Registers, immediates, counters and pointers of 16 bits. */
static void values_of_16_bit_code(void **state)
{
	struct model m;

	(void)state;
	reset(&m);
	m.e.code16 = true;
	m.e.regs.gpr[R_EAX] = 0x77777777;
	assert_int_equal(RUN(&m, "\xed"), EMUL_DONE);
	assert_int_equal(m.e.regs.gpr[R_EAX], 0x7777c3d4);
	reset(&m);
	m.e.code16 = true;
	assert_int_equal(RUN(&m, "\x81\x07\xff\xff"),
			 EMUL_DONE); /* addw (%bx) */
	assert_int_equal(m.e.regs.eip, 4);
	assert_memory_equal(m.mem + DATA, "\0\2\3\4", 4);
	reset(&m);
	m.e.code16 = true;
	assert_int_equal(RUN(&m, "\xa1\x03\x08"), EMUL_DONE);
	assert_int_equal(m.e.regs.gpr[R_EAX], 0x0504);
	assert_int_equal(m.e.regs.eip, 3);
	reset(&m);
	m.e.code16 = true;
	m.e.regs.gpr[R_ECX] = 0xabcd0002;
	m.e.regs.gpr[R_EDI] = 0xabcd0000 | DATA;
	assert_int_equal(RUN(&m, "\xf3\x6d"), EMUL_DONE);
	assert_string_equal(m.log, "in2 1234;in2 1234;");
	assert_int_equal(m.e.regs.gpr[R_ECX], 0xabcd0000);
	assert_int_equal(m.e.regs.gpr[R_EDI], 0xabcd0004 | DATA);
	reset(&m);
	m.e.code16 = true;
	m.e.regs.gpr[R_ECX] = 2;
	m.e.regs.gpr[R_EDI] = DATA;
	assert_int_equal(RUN(&m, "\x67\xf3\x66\x6d"), EMUL_DONE);
	assert_string_equal(m.log, "in4 1234;in4 1234;");
	assert_int_equal(m.e.regs.gpr[R_EDI], DATA + 8);
}

static void far_calls(void **state)
{
	struct model m;

	(void)state;
	reset(&m);
	assert_int_equal(RUN(&m, "\x9a\x78\x56\x34\x12\x10\x00"), EMUL_DONE);
	assert_string_equal(m.log, "jump 10:12345678;");
	assert_int_equal(m.e.regs.gpr[R_ESP], DATA + 0xf8);
	assert_memory_equal(m.mem + DATA + 0xf8, "\7\0\0\0\x60\0\0\0", 8);
	reset(&m);
	memcpy(m.mem + DATA + 0x100, "\x44\3\0\0\x10\0\0\0", 8);
	assert_int_equal(RUN(&m, "\xca\x0c\x00"), EMUL_DONE);
	assert_string_equal(m.log, "jump 10:344;");
	assert_int_equal(m.e.regs.gpr[R_ESP], DATA + 0x100 + 8 + 12);
}

/* SP goes around at 64 kB, and the upper half of ESP does not count. */
static void stack_of_16_bits(void **state)
{
	struct model m;

	(void)state;
	reset(&m);
	m.e.stack16 = true;
	m.e.regs.gpr[R_ESP] = 0xabcd0000 | (DATA + 4);
	assert_int_equal(RUN(&m, "\x9a\x78\x56\x34\x12\x10\x00"), EMUL_DONE);
	assert_int_equal(m.e.regs.gpr[R_ESP], 0xabcd0000 | (DATA - 4));
	assert_memory_equal(m.mem + DATA - 4, "\7\0\0\0\x60\0\0\0", 8);
	reset(&m);
	m.e.stack16 = true;
	m.e.regs.gpr[R_ESP] = 0xabcd0000 | DATA;
	assert_int_equal(RUN(&m, "\xca\xf8\xff"), EMUL_DONE); /* lret $-8 */
	assert_string_equal(m.log, "jump 605:4030201;");
	assert_int_equal(m.e.regs.gpr[R_ESP], 0xabcd0000 | DATA);
	reset(&m);
	m.e.stack16 = true;
	m.e.regs.gpr[R_ESP] = 0xabcd0000 | DATA;
	assert_int_equal(RUN(&m, "\xcf"), EMUL_DONE);
	assert_string_equal(m.log, "iret 8070605:4030201 c0b0a09;");
	assert_int_equal(m.e.regs.gpr[R_ESP], 0xabcd0000 | (DATA + 12));
	reset(&m);
	m.e.stack16 = true;
	m.e.regs.gpr[R_ESP] = 0xabcd0002; /* push (%ebx): beyond the model */
	assert_int_equal(RUN(&m, "\xff\x33"), EMUL_FAULT);
	assert_int_equal(m.e.fault.cr2, 0xfffe);
	assert_int_equal(m.e.regs.gpr[R_ESP], 0xabcd0002);
}

/* TF and RF as they are before, and after. */
struct flags_case {
	const char *code;
	uint8_t len;
	uint32_t before;
	enum emul_result result;
	uint32_t after, eip;
};
#define TF X86_EFLAGS_TF
#define RF X86_EFLAGS_RF
#define FLAGS(code, before, result, after, eip)                                \
	{                                                                      \
		code, sizeof(code) - 1, before, result, after, eip             \
	}
static const struct flags_case flags_cases[] = {
	FLAGS("\xec", 0, EMUL_DONE, 0, 1),
	FLAGS("\xec", TF, EMUL_STEPPED, TF, 1),
	FLAGS("\xec", TF | RF, EMUL_STEPPED, TF, 1),
	FLAGS("\xec", RF, EMUL_DONE, 0, 1),
	FLAGS("\xfa", TF, EMUL_STEPPED, TF, 1),
	FLAGS("\xea\x78\x56\x34\x12\x10\x00", TF | RF, EMUL_STEPPED, TF,
	      0x12345678),
	FLAGS("\x8e\xd0", TF, EMUL_DONE, TF, 2),	/* mov %ax, %ss */
	FLAGS("\x17", TF, EMUL_DONE, TF, 1),		/* pop %ss */
	FLAGS("\x0f\xb2\x23", TF, EMUL_STEPPED, TF, 3), /* lss */
	FLAGS("\xf3\x6e", TF, EMUL_STEPPED, TF, 0),	/* ECX is not 1 */
	FLAGS("\xf3\x6e", 0, EMUL_DONE, 0, 2),
	FLAGS("\xff\x35\xff\xff\x00\x00", TF | RF, EMUL_FAULT, TF | RF, 0),
};

static void flags_around(void **state)
{
	struct model m;

	(void)state;
	for (unsigned int n = 0; n < ARRAY_SIZE(flags_cases); n++) {
		const struct flags_case *c = &flags_cases[n];

		reset(&m);
		m.e.regs.gpr[R_ECX] = 3;
		m.e.regs.gpr[R_ESI] = DATA;
		m.e.regs.eflags = c->before;
		assert_int_equal(run(&m, c->code, c->len), c->result);
		assert_int_equal(m.e.regs.eflags & (TF | RF), c->after);
		assert_int_equal(m.e.regs.eip, c->eip);
	}
	/* IRET: the flags are the frame's, the trap is of what they were. */
	reset(&m);
	memcpy(m.mem + DATA + 0x100, "\x44\3\0\0\x10\0\0\0\0\0\1\0", 12);
	m.e.regs.eflags = TF;
	assert_int_equal(RUN(&m, "\xcf"), EMUL_STEPPED);
	assert_int_equal(m.e.regs.eflags, RF);
}

static void string_io(void **state)
{
	struct model m;

	(void)state;
	reset(&m);
	m.e.regs.gpr[R_ECX] = 3;
	m.e.regs.gpr[R_EDI] = DATA;
	assert_int_equal(RUN(&m, "\xf3\x66\x6d"), EMUL_DONE);
	assert_string_equal(m.log, "in2 1234;in2 1234;in2 1234;");
	assert_int_equal(m.e.regs.gpr[R_EDI], DATA + 6);
	assert_int_equal(m.e.regs.gpr[R_ECX], 0);
	assert_memory_equal(m.mem + DATA, "\xd4\xc3\xd4\xc3\xd4\xc3\7", 7);
	reset(&m);
	m.e.regs.gpr[R_ECX] = 2;
	m.e.regs.gpr[R_ESI] = DATA;
	assert_int_equal(RUN(&m, "\xf3\x6e"), EMUL_DONE);
	assert_string_equal(m.log, "out1 1234 1;out1 1234 2;");
	assert_int_equal(m.e.regs.eip, 2);
}

/* A fault in the middle: what was done is done, nothing is taken and lost. */
static void string_faults(void **state)
{
	struct model m;

	(void)state;
	reset(&m);
	m.e.regs.gpr[R_ECX] = 4;
	m.e.regs.gpr[R_EDI] = MEM_SIZE - 2;
	assert_int_equal(RUN(&m, "\xf3\x6c"), EMUL_FAULT);
	assert_string_equal(m.log, "in1 1234;in1 1234;");
	assert_int_equal(m.e.regs.gpr[R_ECX], 2);
	assert_int_equal(m.e.regs.gpr[R_EDI], MEM_SIZE);
	assert_int_equal(m.e.regs.eip, 0);
	assert_int_equal(m.e.fault.vector, X86_EXC_PF);
	assert_int_equal(m.e.fault.cr2, MEM_SIZE);
}

/* A long one lets interrupts in. */
static void string_pauses(void **state)
{
	struct model m;
	unsigned int rounds = 0;

	(void)state;
	reset(&m);
	m.e.regs.gpr[R_ECX] = 10000;
	m.e.regs.eflags = X86_EFLAGS_FIXED;
	do { /* lodsb from one page, over and over */
		m.e.regs.gpr[R_ESI] = 0;
		if (m.e.regs.gpr[R_ECX] > 4096)
			m.e.regs.gpr[R_ECX] = 4097;
		assert_int_equal(RUN(&m, "\xf3\xac"), EMUL_DONE);
		rounds++;
	} while (m.e.regs.eip == 0);
	assert_int_equal(rounds, 2);
	assert_int_equal(m.e.regs.gpr[R_ECX], 0);
}

static void faults_change_nothing(void **state)
{
	static const char codes[][8] = {
		"\x01\x05\xff\xff\x00\x00",	/* add %eax, 0xffff */
		"\xa3\xff\xff\x00\x00",		/* mov %eax, 0xffff */
		"\x0f\xc1\x05\xff\xff\x00\x00", /* xadd */
		"\x0f\xb1\x05\xff\xff\x00\x00", /* cmpxchg */
		"\xff\x35\xff\xff\x00\x00",	/* push 0xffff */
		"\x0f\x01\x15\xff\xff\x00\x00", /* lgdt 0xffff */
	};
	struct model m;

	(void)state;
	for (unsigned int n = 0; n < ARRAY_SIZE(codes); n++) {
		struct emul_regs before;

		reset(&m);
		before = m.e.regs;
		assert_int_equal(run(&m, codes[n], 7), EMUL_FAULT);
		assert_int_equal(m.e.fault.vector, X86_EXC_PF);
		assert_int_equal(m.e.fault.cr2, 0xffff);
		assert_memory_equal(&m.e.regs, &before, sizeof(before));
	}
}

static void unknown(void **state)
{
	struct model m;

	(void)state;
	reset(&m);
	assert_int_equal(RUN(&m, "\x0f\xff\x01\x02"), EMUL_UNKNOWN);
	assert_memory_equal(m.e.bytes, "\x0f\xff\x01\x02", 4);
	reset(&m);
	assert_int_equal(RUN(&m, "\xf7\x3b"), EMUL_UNKNOWN); /* idiv (%ebx) */
	/* Fifteen prefixes, and an instruction that ends outside of memory. */
	reset(&m);
	memset(m.mem, 0x66, 32);
	assert_int_equal(emul_one(&m.e), EMUL_UNKNOWN);
	reset(&m);
	m.mem[MEM_SIZE - 1] = 0x8b;
	m.e.regs.eip = MEM_SIZE - 1;
	assert_int_equal(emul_one(&m.e), EMUL_UNKNOWN);
	assert_int_equal(m.e.nr_bytes, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_the_machine),
		cmocka_unit_test(asks_the_machine_from_16_bit_code),
		cmocka_unit_test(refusals),
		cmocka_unit_test(user_code_is_not_ring_0),
		cmocka_unit_test(own_faults_stand),
		cmocka_unit_test(values),
		cmocka_unit_test(old_encodings),
		cmocka_unit_test(values_of_16_bit_code),
		cmocka_unit_test(far_calls),
		cmocka_unit_test(stack_of_16_bits),
		cmocka_unit_test(flags_around),
		cmocka_unit_test(string_io),
		cmocka_unit_test(string_faults),
		cmocka_unit_test(string_pauses),
		cmocka_unit_test(faults_change_nothing),
		cmocka_unit_test(unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The conformance guest: tests and what they are written with.
 *
 * TEST(group, name, how) { ... } defines a test; check() and fail() record,
 * skip() and an unexpected trap leave it.  Everything runs on one processor,
 * with interrupts off unless a test turns them on.
 */
#ifndef GUEST_H
#define GUEST_H

#include "layout-guest.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "types.h"

/* --- Tests ----------------------------------------------------------------- */
enum test_how {
	BEFORE = 1, /* before VMI_Init, with the instructions themselves */
	AFTER = 2,  /* after it, in both forms of calling (vmi.h) */
	ONCE = 4,   /* after it, once */
};

struct test {
	const char *group, *name;
	void (*run)(void);
	unsigned int how;
};
extern const struct test tests_start[], tests_end[];

#define TEST_JOIN2(a, b) a##b
#define TEST_JOIN(a, b)	 TEST_JOIN2(a, b)
#define TEST_FN		 TEST_JOIN(test_, __LINE__)
#define TEST(group_, name_, how_)                                              \
	static void TEST_FN(void);                                             \
	static const struct test TEST_JOIN(entry_, __LINE__) __attribute__((   \
		section(".tests"), used, aligned(4))) = { group_, name_,       \
							  TEST_FN, how_ };     \
	static void TEST_FN(void)

/* Call-saved registers, ESP after the return, EIP (entry.S). */
struct context {
	uint32_t ebx, esi, edi, ebp, esp, eip;
};
int context_save(struct context *c) __attribute__((returns_twice));
void __noreturn context_jump(struct context *c, int value);

/** A line "# ..." of the log. */
void note(const char *fmt, ...) __printf(1, 2);
/** The test has failed, and goes on. */
void fail(const char *file, int line, const char *fmt, ...) __printf(3, 4);
/** The test ends here, as not applicable. */
void __noreturn skip(const char *reason);
/** The test ends here, having failed. */
void __noreturn test_abort(void);
/** Print one result that is not a TEST(): @reason is a skip's, or NULL. */
void result(bool good, const char *reason, const char *fmt, ...) __printf(3, 4);
/** Run all tests of @how, adding @form to their names. */
void run_tests(enum test_how how, const char *form);
/** "1..N". */
void print_plan(void);

#define check(cond)                                                            \
	do {                                                                   \
		if (!(cond))                                                   \
			fail(__FILE__, __LINE__, "%s", #cond);                 \
	} while (0)
/* With both values, as numbers. */
#define check_eq(a, b)                                                         \
	do {                                                                   \
		uint64_t a_ = (a), b_ = (b);                                   \
		if (a_ != b_)                                                  \
			fail(__FILE__, __LINE__, "%s is %#llx, not %#llx", #a, \
			     (unsigned long long)a_, (unsigned long long)b_);  \
	} while (0)

/* --- Console, power ------------------------------------------------------------- */
void console_puts(const char *s);
void print(const char *fmt, ...) __printf(1, 2);
void __noreturn power_off(void);
/** Is @word on the command line?  "name=" finds the rest of such a word. */
const char *option(const char *word);

/* --- Instructions ---------------------------------------------------------------- */
static inline uint8_t inb(uint16_t port)
{
	uint8_t v;

	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}
static inline uint16_t inw(uint16_t port)
{
	uint16_t v;

	__asm__ volatile("inw %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}
static inline uint32_t inl(uint16_t port)
{
	uint32_t v;

	__asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}
static inline void outb(uint16_t port, uint8_t v)
{
	__asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}
static inline void outw(uint16_t port, uint16_t v)
{
	__asm__ volatile("outw %0, %1" : : "a"(v), "Nd"(port));
}
static inline void outl(uint16_t port, uint32_t v)
{
	__asm__ volatile("outl %0, %1" : : "a"(v), "Nd"(port));
}
static inline uint16_t read_cs(void)
{
	uint16_t v;

	__asm__ volatile("mov %%cs, %0" : "=r"(v));
	return v;
}
static inline uint64_t rdtsc(void)
{
	uint64_t v;

	__asm__ volatile("rdtsc" : "=A"(v));
	return v;
}

static inline uint32_t pa(const void *va)
{
	return (uint32_t)(uintptr_t)va - PAGE_OFFSET;
}
static inline void *va(uint32_t pa)
{
	return (void *)(uintptr_t)(pa + PAGE_OFFSET);
}

extern uint8_t boot_params[], boot_stack[];
extern char boot_cmdline[];

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs without a C library, of one or two pages: where they are measured
 * it is the kernel that counts, and an image of them is small.
 *
 * A program defines mini_main(argc, argv); system calls return what the kernel
 * does, a negative error number for failures.
 */
#ifndef MINI_H
#define MINI_H

#include <stdint.h>

#include <asm/unistd.h>

int mini_main(int argc, char **argv);

/* The kernel starts a process with argc at ESP and its arguments above. */
__asm__(".globl _start\n"
	"_start:\n\t"
	"xor %ebp, %ebp\n\t"
	"mov (%esp), %eax\n\t"
	"lea 4(%esp), %edx\n\t"
	"and $-16, %esp\n\t"
	"sub $8, %esp\n\t"
	"push %edx\n\t"
	"push %eax\n\t"
	"call mini_main\n\t"
	"mov %eax, %ebx\n\t"
	"mov $1, %eax\n\t" /* exit */
	"int $0x80");

static inline long sys3(long nr, long a, long b, long c)
{
	long rc;

	__asm__ volatile("int $0x80"
			 : "=a"(rc)
			 : "a"(nr), "b"(a), "c"(b), "d"(c)
			 : "memory");
	return rc;
}

static inline long sys5(long nr, long a, long b, long c, long d, long e)
{
	long rc;

	__asm__ volatile("int $0x80"
			 : "=a"(rc)
			 : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
			 : "memory");
	return rc;
}

#define sys2(nr, a, b) sys3(nr, a, b, 0)
#define sys1(nr, a)    sys3(nr, a, 0, 0)
#define sys0(nr)       sys3(nr, 0, 0, 0)

static inline long ptr(const volatile void *p)
{
	return (long)(uintptr_t)p;
}

static inline unsigned int text_len(const char *s)
{
	unsigned int n = 0;

	while (s[n])
		n++;
	return n;
}

/** Write @s to standard output. */
static inline void say(const char *s)
{
	sys3(__NR_write, 1, ptr(s), (long)text_len(s));
}

#endif

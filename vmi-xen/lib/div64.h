/* SPDX-License-Identifier: GPL-2.0-only */
/* 64-bit arithmetic that the compiler would call libgcc for. */
#ifndef VMI_LIB_DIV64_H
#define VMI_LIB_DIV64_H

#include "types.h"

/** Divide @n by @d (not 0); the remainder goes to @rem unless NULL. */
static inline uint64_t div64_32(uint64_t n, uint32_t d, uint32_t *rem)
{
	uint32_t high = (uint32_t)(n >> 32), low = (uint32_t)n;
	uint32_t qhigh = high / d;
	uint32_t r = high % d;
	uint32_t qlow;

#if defined(__i386__)
	__asm__("divl %4" : "=a"(qlow), "=d"(r) : "0"(low), "1"(r), "rm"(d));
#else
	uint64_t rest = ((uint64_t)r << 32) | low;

	qlow = (uint32_t)(rest / d);
	r = (uint32_t)(rest % d);
#endif
	if (rem)
		*rem = r;
	return ((uint64_t)qhigh << 32) | qlow;
}

/** @n modulo @d (not 0), bit by bit: rare. */
static inline uint64_t mod64(uint64_t n, uint64_t d)
{
	unsigned int shift = 0;

	while (shift < 63 && (d << shift) >> shift == d && d << shift <= n)
		shift++;
	for (; shift; shift--)
		if (n >= d << (shift - 1))
			n -= d << (shift - 1);
	return n;
}

/** (a * b) >> 32 in 96-bit arithmetic, the low 64 bits of it. */
static inline uint64_t mul64_32_shr32(uint64_t a, uint32_t b)
{
	uint64_t low = (uint64_t)(uint32_t)a * b;
	uint64_t high = (uint64_t)(uint32_t)(a >> 32) * b;

	return high + (low >> 32);
}

/** a * b / d without overflow of the product beyond 96 bits. */
static inline uint64_t muldiv64(uint64_t a, uint32_t b, uint32_t d)
{
	uint64_t low = (uint64_t)(uint32_t)a * b;
	uint64_t high = (uint64_t)(uint32_t)(a >> 32) * b + (low >> 32);
	uint32_t rem;
	uint64_t q = div64_32(high, d, &rem);
	uint64_t rest = ((uint64_t)rem << 32) | (uint32_t)low;

	return (q << 32) + div64_32(rest, d, NULL);
}

#endif

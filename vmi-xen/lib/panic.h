/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Three kinds of trouble: a user's error ends the domain by poweroff with one
 * line; guest misuse ends it by crash with the guest's registers; a broken
 * invariant is a panic with ours.
 */
#ifndef VMI_LIB_PANIC_H
#define VMI_LIB_PANIC_H

#include "types.h"

struct cpu_regs;
struct vcpu;

#define panic(...) panic_at(__FILE__, __LINE__, __VA_ARGS__)
void __noreturn panic_at(const char *file, int line, const char *fmt, ...)
	__printf(3, 4);
/** The same for a trap in our own code. */
void __noreturn panic_regs(const struct cpu_regs *regs, const char *fmt, ...)
	__printf(2, 3);

/** The user asked for what cannot be: one line, then poweroff. */
void __noreturn user_error(const char *fmt, ...) __printf(1, 2);

/** The guest did what cannot go on; registers, then crash. */
void __noreturn guest_crash(struct vcpu *v, const struct cpu_regs *regs,
			    const char *fmt, ...) __printf(3, 4);

#define BUG_ON(cond)                                                           \
	do {                                                                   \
		if (__builtin_expect(!!(cond), 0))                             \
			panic("BUG: %s", #cond);                               \
	} while (0)

#if DEBUG
#define ASSERT(cond) BUG_ON(!(cond))
#else
#define ASSERT(cond) ((void)sizeof(!(cond)))
#endif

#endif

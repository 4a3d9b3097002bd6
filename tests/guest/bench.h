/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Benchmarks: the guest's word "bench" runs these instead of the tests.
 *
 * Each prints "bench NAME INSTRUCTIONS HYPERCALLS" for one operation: the
 * median of many, in instructions of QEMU's -icount (the TSC counts 8 for
 * each), the guest's own included, and what the adapter's counters page says.
 */
#ifndef GUEST_BENCH_H
#define GUEST_BENCH_H

#define BENCH_RUNS 31
/* EBX of the system calls of bench-entry.S; anything else leaves user code. */
#define BENCH_RETURN 0 /* back at once */
#define BENCH_TIMED  1 /* TSC in ESI, then back */

#ifndef __ASSEMBLER__
#include "types.h"

/** All of them. */
void bench_run(void);

/** bench-entry.S: TSC cycles of a call of @fn, and of one that does nothing. */
uint32_t bench_time(void (*fn)(void));
void bench_nothing(void);
#endif
#endif

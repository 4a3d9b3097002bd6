/* SPDX-License-Identifier: GPL-2.0-only */
/* Address spaces for benchmarks: as space.h, with as few instructions. */
#ifndef GUEST_BENCH_SPACE_H
#define GUEST_BENCH_SPACE_H

#include "mm.h"
#include "vmi-abi.h"

struct light {
	uint32_t cr3;
	uint32_t directory; /* of user space; non-PAE: cr3 */
	uint32_t table;	    /* of user code, stack, and what a test adds */
	uint32_t stack;
};

/** User code and a stack. */
void light_make(struct light *s);
/** SetCR3; NULL: the kernel's own. */
void light_use(const struct light *s);
/** As at exit, when the entries are 0 already. */
void light_drop(const struct light *s);
/** Entry of @addr in its table. */
pte_t *light_pte(const struct light *s, uint32_t addr);
/** Address of SetPxE or SetPxELong. */
uint32_t light_target(void);
/** An entry by the call at @target, as a patched kernel calls.  @level:
 * VMI_PAGE_*. */
static inline void light_put(uint32_t target, pte_t *p, pte_t value,
			     uint32_t level)
{
#if GUEST_PAE
	void (*call)(uint32_t, uint32_t, pte_t *, uint32_t) =
		(void (*)(uint32_t, uint32_t, pte_t *, uint32_t))target;

	call((uint32_t)value, (uint32_t)(value >> 32), p, level);
#else
	void (*call)(pte_t, pte_t *, uint32_t) =
		(void (*)(pte_t, pte_t *, uint32_t))target;

	call(value, p, level);
#endif
}
/** One of a page table. */
void light_set(pte_t *p, pte_t value);

#endif

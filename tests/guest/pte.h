/* SPDX-License-Identifier: GPL-2.0-only */
/* Page-table entries by checked VMI calls, and accesses that may fault. */
#ifndef GUEST_PTE_H
#define GUEST_PTE_H

#include "mm.h"
#include "vmi.h"

/** SetPxE or SetPxELong; @flags as the calls take them. */
void vmi_set(pte_t *p, pte_t value, uint32_t flags);
/** UpdatePxE or UpdatePxELong. */
void vmi_update(pte_t *p, uint32_t flags);
/** AllocatePage and ReleasePage with the bits that this paging wants. */
void vmi_allocate(uint32_t pa, uint32_t flags);
void vmi_release(uint32_t pa, uint32_t flags);
void vmi_inval(uint32_t addr);
void vmi_flush(uint32_t flags);

/** Read, write: the trap's vector, or -1; its record is last_trap. */
int try_read(uint32_t addr, uint32_t *value);
int try_write(uint32_t addr, uint32_t value);

/** Must be a page fault at @addr with @error. */
#define check_read_faults(addr, code)                                          \
	do {                                                                   \
		uint32_t v_;                                                   \
		check_eq((uint32_t)try_read(addr, &v_), X86_EXC_PF);           \
		check_eq(last_trap.frame.error, code);                         \
		check_eq(last_trap.cr2, addr);                                 \
	} while (0)
#define check_write_faults(addr, code)                                         \
	do {                                                                   \
		check_eq((uint32_t)try_write(addr, 0), X86_EXC_PF);            \
		check_eq(last_trap.frame.error, code);                         \
		check_eq(last_trap.cr2, addr);                                 \
	} while (0)
#define check_reads(addr, value)                                               \
	do {                                                                   \
		uint32_t v_ = 0;                                               \
		check_eq((uint32_t)try_read(addr, &v_), (uint32_t)-1);         \
		check_eq(v_, value);                                           \
	} while (0)
#define check_writes(addr, value)                                              \
	check_eq((uint32_t)try_write(addr, value), (uint32_t)-1)

/** A frame whose first word is @mark. */
uint32_t marked_frame(uint32_t mark);
/** First word of a frame, by low memory. */
uint32_t frame_word(uint32_t pa);

#endif

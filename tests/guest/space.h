/* SPDX-License-Identifier: GPL-2.0-only */
/* Address spaces, built as Linux builds them at fork, torn down as at exit. */
#ifndef GUEST_SPACE_H
#define GUEST_SPACE_H

#include "pte.h"

#define SPACE_DATA 0x08100000 /* by the table of the user code */
#define NR_PMDS	   X86_PDPT_ENTRIES

struct space {
	uint32_t cr3;
	uint32_t table; /* of user code, stack and SPACE_DATA */
	uint32_t frame; /* at SPACE_DATA */
	uint32_t stack;
	uint32_t pmd[NR_PMDS]; /* PAE */
};

/** User code, a stack and one page of data with @mark. */
void space_make(struct space *s, uint32_t mark);
/** SetCR3; NULL: the kernel's own. */
void space_use(const struct space *s);
/** As at exit: entries without a call, then tables, then the root. */
void space_drop(const struct space *s);
/** The directory entry of @addr. */
pte_t *space_pde(const struct space *s, uint32_t addr);
/** What user code reads at @addr, 0 if it faults. */
uint32_t user_sees(uint32_t addr);

#endif

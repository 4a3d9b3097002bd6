/* SPDX-License-Identifier: GPL-2.0-only */
/* What the model's Xen and its processor share: entries, and the TLB. */
#ifndef TESTS_MOCK_XEN_MODEL_PRIVATE_H
#define TESTS_MOCK_XEN_MODEL_PRIVATE_H

#include "xen-model.h"

#define E_P	0x001ull
#define E_RW	0x002ull
#define E_US	0x004ull
#define E_PWT	0x008ull
#define E_PCD	0x010ull
#define E_A	0x020ull
#define E_D	0x040ull
#define E_PSE	0x080ull /* PAT in an L1 */
#define E_G	0x100ull
#define E_NX	(1ull << 63)
#define E_FRAME 0x000ffffffffff000ull
#define E_RSVD	0x000ff00000000000ull /* above 44 address bits */

/** The table in @frame, and the frame that an entry names. */
static inline uint64_t *table(uint32_t frame)
{
	return xen_page(frame);
}

static inline uint32_t entry_frame(uint64_t e)
{
	return (uint32_t)((e & E_FRAME) >> PAGE_SHIFT);
}

/** Forget all translations, or that of one page. */
void model_tlb_flush(void);
void model_tlb_drop(gva_t va);

#endif

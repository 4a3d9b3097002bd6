/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest and its shadow pager on the model Xen, and an oracle for both.
 *
 * The guest is its memory and the tables in it: tests write them as a kernel
 * would.  The oracle walks them by itself, with code of its own, and says what
 * an access must do; rig_touch() lets the model processor do it through the
 * shadows and compares.
 */
#ifndef TESTS_MOCK_SHADOW_RIG_H
#define TESTS_MOCK_SHADOW_RIG_H

#include "mmu/mmu.h"
#include "xen-model.h"

/* Page-table bits, as the guest sees them. */
#define G_P	 0x001ull
#define G_RW	 0x002ull
#define G_US	 0x004ull
#define G_PWT	 0x008ull
#define G_PCD	 0x010ull
#define G_A	 0x020ull
#define G_D	 0x040ull
#define G_PS	 0x080ull
#define G_G	 0x100ull
#define G_NX	 (1ull << 63)
#define G_USER	 (G_P | G_RW | G_US | G_A | G_D) /* Linux: _PAGE_TABLE */
#define G_KERNEL (G_P | G_RW | G_A | G_D)

#define RIG_WINDOW 0xf4000000u
#define RIG_ROM	   0xc0u /* gfns 0xc0-0xdf */
#define RIG_HOLE   0xa0u /* gfns 0xa0-0xbf */

struct rig_config {
	uint32_t nr_gfns; /* guest memory in pages */
	uint32_t nr_pool;
	uint32_t max_roots;
	bool pae, nx, pse;
	gva_t split; /* kernel's base */
};

struct rig {
	struct rig_config c;
	struct mmu m;
	struct shadow_stats stats;
	struct shadow_vcpu v;
	uint32_t *p2m;
	mfn_t *pool, window_l1[32];
	void *meta;
	bool lazy;
	/* Entries changed since the last full flush: the TLB may differ. */
	uint32_t nr_edits;
	uint64_t edits[4096];
	/* Page of the last InvalPage, 1: none; since then nothing was edited. */
	gva_t exact;
	/* Entries cleared behind the pager's back in announced tables. */
	uint32_t nr_silent;
	uint64_t silent[4096];
	uint64_t nr_touches, nr_compared;
};

/** Start: paging off, nothing mapped. */
void rig_start(struct rig *r, const struct rig_config *c);
void rig_end(struct rig *r);

/** Guest page by gfn, for plain stores of the guest's. */
void *rig_page(struct rig *r, uint32_t g);

/** Read or store entry @i of the table in @g, unannounced. */
uint64_t rig_entry(struct rig *r, uint32_t g, uint32_t i);
void rig_store(struct rig *r, uint32_t g, uint32_t i, uint64_t val);

/** Linear address of entry @i of table @g in the kernel's linear map. */
gva_t rig_ptep(struct rig *r, uint32_t g, uint32_t i);
/** SetPxE through the linear map; UpdatePxE after an in-place store. */
void rig_set(struct rig *r, uint32_t g, uint32_t i, uint64_t val);
void rig_update(struct rig *r, uint32_t g, uint32_t i, uint64_t val);

/** SetPxE of the other size: of a PAE entry's halves, of two entries else. */
void rig_set_other(struct rig *r, uint32_t g, uint32_t i, uint64_t val);

/** AllocatePage, ReleasePage. */
void rig_allocate(struct rig *r, uint32_t g);
void rig_release(struct rig *r, uint32_t g);

void rig_cr3(struct rig *r, uint32_t cr3);
void rig_flush(struct rig *r, bool global);
void rig_invlpg(struct rig *r, gva_t va);

struct oracle {
	bool ok;
	uint32_t gfn;
	uint32_t error;	  /* when not ok */
	uint64_t path[2]; /* entries used: gfn << 12 | index */
	uint32_t nr_path;
	uint64_t rights; /* G_RW and G_US of all entries */
	uint64_t leaf;	 /* the last entry's contents */
};
void rig_oracle(struct rig *r, gva_t va, uint32_t access, struct oracle *o);

/**
 * Access @va and compare with the oracle.  @access: W 2, U 4, I 16.
 * Returns NULL, or what is wrong.
 */
const char *rig_touch(struct rig *r, gva_t va, uint32_t access);

/** Audit and the model's books; NULL or what is wrong. */
const char *rig_check(struct rig *r);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest kernel that makes random things of its page tables: its frames, its
 * address spaces, and what must be true of their shadows at any time.
 */
#ifndef TESTS_MOCK_RANDOM_GUEST_H
#define TESTS_MOCK_RANDOM_GUEST_H

#include "shadow-rig.h"

#define NR_GFNS	    4096u
#define FIRST_TABLE 0x400u /* gfns that may become tables: below are data */
#define LAST_TABLE  0x600u
#define MAX_AS	    7
#define NR_REGIONS  9
#define VMALLOC	    0x4000000u /* above the split, 64 MB */
#define VMALLOC_PTS 4
#define FIXMAP	    0x8000000u

struct space {
	bool used;
	bool announced;
	uint32_t cr3;
	uint32_t pd[4];		 /* 2-level: only [0] */
	uint32_t pt[NR_REGIONS]; /* 0: none; else its table */
	bool pt_known[NR_REGIONS];
};

struct world {
	struct rig rig;
	struct space as[MAX_AS];
	int current;
	bool busy[NR_GFNS];
	uint32_t kernel_pd[4]; /* PAE: shared by all spaces */
	uint32_t vmalloc_pt[VMALLOC_PTS];
	uint64_t seed;
	gva_t region[NR_REGIONS];
};

extern struct world w;
extern unsigned long op_number; /* for messages */

/** Below @n; from w.seed, the same each time. */
uint32_t rnd(uint32_t n);
bool chance(uint32_t percent);
/** Fail the test, and say what a plain walk says of @va. */
void fail_at(const char *bad, gva_t va, uint32_t access);
/** Access @va through the shadows: as a plain walk, or fail_at(). */
void touch(gva_t va, uint32_t access);
/** All shadows against the tables. */
void check(void);

/** A frame that becomes a table; and memory again. */
uint32_t table_get(void);
void table_put(uint32_t g);

bool pae(void);
uint32_t entries(void);
uint32_t pd_index(gva_t va);
uint32_t pd_of(const struct space *s, gva_t va);

/** Entries: present or not, of any kind of frame. */
uint64_t random_flags(bool user);
uint64_t random_pte(bool user);
/** Of an entry; few, so that they meet. */
uint32_t random_index(void);
gva_t region_va(uint32_t region);

/** One that is used, mostly the current one. */
struct space *some_space(void);
void write_pdpt(struct space *s);
/** Make @s. */
void space_new(struct space *s);
/** Change entry @i in one of the ways in which kernels do it; @known: announced. */
void change(uint32_t table, uint32_t i, uint64_t val, bool known);
void pde_change(struct space *s, gva_t va, uint64_t pde);
/** Take the table of @region away; @clear: entries first, silently. */
void pt_unlink(struct space *s, uint32_t region, bool clear);
/** End @s, unless it is the first or the current one. */
void space_end(struct space *s);
/** CR3: space @i. */
void load(uint32_t i);

#endif

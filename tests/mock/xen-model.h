/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model of Xen's PV32 memory management for host tests.
 *
 * It implements vmi-xen/mmu/xen-mmu.h over an array of machine frames and
 * refuses what Xen refuses: page types with counts, validation of all entries
 * of a table, no writable mapping of a table or descriptor page, slot 3's L2
 * private to one root and never pinned, entries 428 to 511 of it Xen's.  It
 * walks the tables like the processor, with a TLB that forgets only what is
 * flushed, and adds up what each operation costs on a real Xen
 * (doc: measured costs of the primitives, 4.17 release build).
 */
#ifndef TESTS_MOCK_XEN_MODEL_H
#define TESTS_MOCK_XEN_MODEL_H

#include "mmu/xen-mmu.h"

/* Xen's error numbers. */
#define XEN_EPERM  1
#define XEN_EBUSY  16
#define XEN_EINVAL 22

/* First L2 entry of Xen's own in slot 3, and the address where its hole is. */
#define XEN_L2_FIRST 428
#define XEN_HOLE     0xf5800000u

enum frame_type {
	FT_NONE,
	FT_L1,
	FT_L2,
	FT_L3,
	FT_WRITABLE,
	FT_SEGDESC
};

struct xen_frame {
	uint8_t type; /* enum frame_type, meaningful while count > 0 */
	bool pinned;
	bool xen_l2;	/* in slot 3 of a root */
	bool foreign;	/* not ours: Xen's, or another domain's */
	uint32_t count; /* type references */
	uint32_t refs;	/* read-only mappings */
};

struct xen_costs {
	uint64_t insns; /* Xen's instructions, by costs.md */
	uint32_t hypercalls;
	uint32_t mmu_update, mmu_entries, update_va, pins, unpins, baseptr;
	uint32_t flushes, invlpgs, fills, restarts;
};

struct xen_model {
	uint32_t nr_frames;
	uint8_t *memory;
	struct xen_frame *frame;
	uint32_t root; /* mfn that is loaded */
	struct xen_costs costs;
	bool has_nx;
	int last_error; /* of a validation that failed */
};
extern struct xen_model xen;

/** A machine of @nr_frames frames, all of the domain, all without a type. */
void xen_model_start(uint32_t nr_frames, bool has_nx);
void xen_model_end(void);

/** Contents of a machine frame. */
static inline void *xen_page(uint32_t mfn)
{
	return xen.memory + (size_t)mfn * PAGE_SIZE;
}

/**
 * Tables as the domain builder leaves them: a pinned root whose window
 * [@base, @base + 2 MB * @nr_l1) has L1s, in frames from @first on.
 * @window_l1: receives their frames.  Returns the first frame not used.
 */
uint32_t xen_model_boot(uint32_t first, uint32_t base, mfn_t *window_l1,
			uint32_t nr_l1);

/** The domain makes @mfn a descriptor page (set_gdt), or stops that. */
int xen_model_segdesc(uint32_t mfn, bool on);

/**
 * The processor accesses linear address @va.
 * @access: PFE bits W (2), U (4), I (16).
 * Returns true and @maddr, or false and the page fault's @error.
 */
bool xen_model_access(gva_t va, uint32_t access, uint64_t *maddr,
		      uint32_t *error);

/** The entry that maps @va in the loaded tables, 0 when there is no L1. */
uint64_t xen_model_l1e(gva_t va);

/**
 * Check the model's own books: each type and mapping count is what the
 * tables of pinned and loaded pages say.  Returns NULL or what is wrong.
 */
const char *xen_model_check(void);

/** Where xen_mmu_refused() goes; the default prints and aborts. */
extern void (*xen_model_refused)(const char *what, int rc, uint64_t a,
				 uint64_t b);

#endif

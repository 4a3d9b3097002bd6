/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The shadow pager: what the VMI calls and the fault handlers may call.
 *
 * The guest's page tables are ordinary memory and hold gfns.  Xen sees only
 * the shadows: PAE tables from the adapter's pool.  Before VMI_Init they are
 * filled and dropped like a TLB.  After it, kernel mappings (at and above the
 * kernel's base) are complete, and user mappings exist as far as they were
 * touched; the calls keep both exact.  doc/design.md section 4.
 *
 * Flow: trap/pagefault.c, vmi/calls-mmu.c, emul/ -> here -> xen-mmu.h.
 * Context of everything here: ring 1, upcalls masked, adapter stack.
 */
#ifndef VMI_MMU_MMU_H
#define VMI_MMU_MMU_H

#include "types.h"
#include "mmu/stats.h"
#include "mmu/xen-mmu.h"

/* --- gfn -> mfn ------------------------------------------------------------
 * One word for each guest frame: mfn and flags.  A hole (MMIO, unclaimed
 * space, ballooned out) has P2M_NO_MFN.
 */
#define P2M_MFN_BITS 26
#define P2M_MFN_MASK (BIT(P2M_MFN_BITS) - 1)
#define P2M_NO_MFN   P2M_MFN_MASK
#define P2M_ROM	     BIT(26)	/* guest writes are swallowed */
#define P2M_PT	     BIT(27)	/* shadowed as a page table */
#define P2M_PD	     BIT(28)	/* shadowed as a page directory */
#define P2M_KNOWN    BIT(29)	/* announced by AllocatePage */
#define P2M_LIN	     BIT(30)	/* readable at its linear address */
#define P2M_LINW     BIT(31)	/* writable there */
#define P2M_HOLE     P2M_NO_MFN /* an entry without memory */

/* Two runs of gfns, so that a gap below 4 GB needs no table. */
struct p2m {
	uint32_t *low; /* gfn 0 to nr_low - 1 */
	uint32_t nr_low;
	uint32_t *high; /* gfn high_base to high_base + nr_high - 1 */
	uint32_t high_base;
	uint32_t nr_high;
};

/** Word of gfn @g; P2M_HOLE outside the table. */
static inline uint32_t p2m_get(const struct p2m *p, gfn_t g)
{
	uint32_t n = gfn_x(g);

	if (n < p->nr_low)
		return p->low[n];
	n -= p->high_base;
	return n < p->nr_high ? p->high[n] : P2M_HOLE;
}
static inline bool p2m_is_hole(uint32_t word)
{
	return (word & P2M_MFN_MASK) == P2M_NO_MFN;
}

/* --- Sizes ----------------------------------------------------------------*/
#define SHADOW_PIECE_SHIFT 21	/* one shadow L1 maps 2 MB */
#define SHADOW_PIECES	   2048 /* ... of the 4 GB linear space */
#define SHADOW_L1_ENTRIES  512
#define SHADOW_HASH	   1024
#define SHADOW_QUEUE	   256
#define SHADOW_ROOT_MEMOS  64
#define SHADOW_MAX_PAGES   0xfff0u
#define SHADOW_NO_PAGE	   0u /* page ids start at 1 */

/* --- State (private to mmu/, here so that it can be embedded) --------------*/
/* A pool page. */
struct spage {
	uint32_t mfn;
	uint32_t gfn; /* shadows this table, or the memory from here */
	uint32_t present[SHADOW_L1_ENTRIES / 32];
	uint16_t hash_next;
	uint16_t next, prev; /* of the list that its state says */
	uint16_t nr_present;
	uint16_t nr_links;    /* L2 entries that point here */
	uint16_t root, piece; /* one of them, if still true */
	uint16_t lin_piece;   /* template piece that P2M_LIN is kept for */
	uint8_t state;	      /* enum sp_state */
	uint8_t kind;	      /* enum sp_kind */
	uint8_t flags;	      /* SP_* */
};

/* A root: an L3, four L2s of its own, and what they point to. */
struct sroot {
	uint16_t l3, l2[4];    /* pool pages; l3 = 0: not built */
	uint16_t hash_next[4]; /* views of the page directories below */
	uint32_t pd[4];	       /* guest page directories, INVALID_FRAME: none */
	uint32_t cr3;	       /* key, with pd[] */
	uint32_t stamp;	       /* last loaded */
	uint32_t birth;	       /* counts the address spaces that it served */
	uint32_t kernel_gen;   /* template_gen that its kernel links follow */
	uint16_t users;	       /* vCPUs that run on it */
	uint8_t state;	       /* enum root_state */
	bool loose; /* page directories not announced: TLB behaviour */
	uint32_t linked[SHADOW_PIECES / 32]; /* link[i] is not 0 */
	uint16_t link[SHADOW_PIECES];	     /* pool page of each piece */
	uint8_t rights[SHADOW_PIECES];	     /* RIGHTS_* of the L2 entry */
};

/* The root that ran last for a CR3, and that PDPT (PAE) as the guest has it. */
struct root_memo {
	struct sroot *root; /* NULL: nothing is known */
	uint32_t birth;	    /* of that */
	uint32_t cr3;
	uint32_t pdpt[8];
};

struct slinear {
	gva_t va;
	uint32_t pages;
	uint32_t gfn;
};
#define SHADOW_LINEAR_SLOTS 4

/* Part of the pager's state that each vCPU has: embed in struct vcpu. */
struct shadow_vcpu {
	uint32_t cr0, cr3, cr4;
	bool nxe;	    /* EFER.NXE */
	bool lazy;	    /* between SetLazyMode(1) and (0) */
	uint32_t pdpt[4];   /* page directories, read at SetCR3 */
	struct sroot *root; /* loaded */
	struct slinear linear[SHADOW_LINEAR_SLOTS];
};

/* The table that SetPxE was about last (short.h). */
struct last_table {
	uint32_t key[2];       /* of its entries, [pae] (short.h), SET_NONE */
	struct spage *sp;      /* its shadow, NULL: none */
	uint16_t id;	       /* number of that */
	uint32_t at_lo, at_hi; /* machine address of that */
	const uint8_t *flags;  /* of its shadow's entries, by the guest's */
	uint32_t kernel;       /* it maps the kernel */
	uint32_t bad_high;     /* bits that the upper half may not have */
};
#define SET_NONE 0xffffffffu /* no key */

/* A frame that is read by its linear address; MEMO_NONE: none. */
#define MEMO_NONE 0xfffffffeu
struct linear_memo {
	uint32_t gfn;
	const volatile uint32_t *at;
};

struct mmu_config {
	struct p2m p2m;
	/* Pool frames: own memory, not guest memory, mapped nowhere writable
	 * and of no type yet. */
	const mfn_t *pool;
	uint32_t nr_pool;
	uint32_t max_roots; /* at least 2 */
	/* Zeroed memory for the pager's tables, shadow_meta_size() bytes. */
	void *meta;
	size_t meta_size;
	/* The adapter's window: multiple of 4 MB, up to Xen's hole. */
	gva_t window_base, window_end;
	/* L1 of each 2 MB of the window, INVALID_MFN where there is none. */
	const mfn_t *window_l1;
	/* Page slots of the window for guest frames; a power of two, at least
	 * 16.  Their L1s must be among window_l1. */
	gva_t slots_va;
	uint32_t nr_slots;
	bool has_nx;		    /* the processor has NX */
	struct shadow_stats *stats; /* zeroed */
};

struct mmu {
	struct p2m p2m;
	struct spage *sp; /* [nr_pages + 1], [0] unused */
	uint32_t nr_pages;
	struct sroot *roots;
	uint32_t nr_roots; /* that may exist */
	struct root_memo root_memo[SHADOW_ROOT_MEMOS];
	uint32_t *slot_gfn; /* what each map slot shows */
	gva_t slots_va;
	uint32_t nr_slots;
	gva_t window_base, window_end;
	const mfn_t *window_l1;
	bool has_nx;
	bool pae;	       /* the guest's format */
	uint64_t rsvd;	       /* reserved bits of its entries */
	bool vmi;	       /* VMI_Init was called */
	uint32_t kernel_piece; /* first of the kernel's pieces */
	uint32_t end_piece;    /* first of the window's pieces */
	struct slinear linear; /* slot 0 as P2M_LIN means it */

	/* Kernel template: what a new root gets at the kernel's pieces. */
	uint32_t template_pd[4];
	uint32_t template_gen; /* counts changes */
	uint32_t
		template_pde[1024]; /* 2-level: entries as the guest has them */
	uint16_t template_link[SHADOW_PIECES];
	uint8_t template_rights[SHADOW_PIECES];

	uint16_t hash[SHADOW_HASH];	 /* gfn -> L1 */
	uint16_t view_hash[SHADOW_HASH]; /* gfn -> root and slot */
	uint16_t lists[SHADOW_LISTS];	 /* heads, by enum sp_state */
	uint32_t nr_loose;		 /* user L1s of tables not announced */
	uint32_t clock;			 /* stamp of root loads */

	uint64_t scratch[SHADOW_L1_ENTRIES]; /* a page being prepared */
	uint32_t nr_queued;
	uint16_t last_l1; /* pool page that the last queued entry is of */
	struct last_table set;
	struct linear_memo memo[2]; /* of the last fault's two tables */
	bool queued_kernel;	    /* the linear map may be concerned */
	/* [0] is never sent: an empty queue has an end to look behind, too. */
	struct xen_mmu_entry queue_from_1[1 + SHADOW_QUEUE];
	struct shadow_stats *stats;
};

/* --- Set up ---------------------------------------------------------------*/
/** Bytes of mmu_config.meta for @nr_pool pages, @max_roots, @nr_slots. */
size_t shadow_meta_size(uint32_t nr_pool, uint32_t max_roots,
			uint32_t nr_slots);

/**
 * Take over the pool.  No hypercall is made yet.
 * Returns 0, or -1 when the configuration is unusable (sizes, alignment).
 */
int __must_check shadow_init(struct mmu *m, const struct mmu_config *c);

/**
 * Load the first root for @v, which has paging off: the identity map.
 * From then on the adapter runs on pool tables; the builder's are free.
 */
void shadow_vcpu_start(struct mmu *m, struct shadow_vcpu *v);

/* --- The processor's registers ---------------------------------------------
 * Values as the guest wrote them; reserved bits were checked by the caller.
 */
/** CR0: PG and WP are looked at. */
void shadow_set_cr0(struct mmu *m, struct shadow_vcpu *v, uint32_t cr0);
/**
 * CR3: flushes as hardware does, reads the PDPT (PAE).
 * Returns false when a PDPT entry has a reserved bit: #GP, nothing changed.
 */
bool shadow_set_cr3(struct mmu *m, struct shadow_vcpu *v, uint32_t cr3);
/** CR4: PSE and PAE are looked at; changing PAE with PG set is accepted. */
void shadow_set_cr4(struct mmu *m, struct shadow_vcpu *v, uint32_t cr4);
void shadow_set_nxe(struct mmu *m, struct shadow_vcpu *v, bool nxe);
/** INVLPG, VMI InvalPage. */
void shadow_invlpg(struct mmu *m, struct shadow_vcpu *v, gva_t va);
/** VMI FlushTLB.  @global: kernel tables never announced are read again. */
void shadow_flush_tlb(struct mmu *m, struct shadow_vcpu *v, bool global);

/* --- Faults ---------------------------------------------------------------*/
enum pf_result {
	PF_FIXED,   /* retry the instruction */
	PF_GUEST,   /* deliver to the guest with pf_info.error */
	PF_EMULATE, /* no memory to map there (MMIO, ROM written, WP=0) */
};
struct pf_info {
	uint32_t error; /* error code for the guest */
	gpa_t gpa;	/* PF_EMULATE: what the access goes to */
};
/**
 * Page fault at @va.  @error: the processor's error code; its U bit must say
 * what the guest believes (clear for its kernel).  @info is filled when the
 * result is not PF_FIXED.
 */
enum pf_result shadow_fault(struct mmu *m, struct shadow_vcpu *v, gva_t va,
			    uint32_t error, struct pf_info *info);

/* --- VMI calls ------------------------------------------------------------*/
/**
 * VMI_Init: from now on notifications are exact and kernel mappings complete.
 * @kernel_base: where the kernel's part begins (refined by SetLinearMapping).
 */
void shadow_vmi_init(struct mmu *m, struct shadow_vcpu *v, gva_t kernel_base);

/**
 * SetPxE/SetPxELong: write @val to the entry at @ptep and tell the shadows.
 * @flags: VMI's; level bits are not trusted.  @size: 4 or 8 bytes.
 * Returns false when @ptep is no writable guest memory; @va_fault semantics
 * are the caller's (the guest is broken).
 */
bool shadow_set_pxe(struct mmu *m, struct shadow_vcpu *v, gva_t ptep,
		    uint64_t val, uint32_t flags, unsigned int size);
/** UpdatePxE/UpdatePxELong: the guest has written the entry itself. */
void shadow_update_pxe(struct mmu *m, struct shadow_vcpu *v, gva_t ptep,
		       uint32_t flags);
/** AllocatePage: @g is now a table.  CLONE needs nothing more than that. */
void shadow_allocate_page(struct mmu *m, struct shadow_vcpu *v, gfn_t g,
			  uint32_t flags);
/** ReleasePage: @g is ordinary memory again. */
void shadow_release_page(struct mmu *m, struct shadow_vcpu *v, gfn_t g);
void shadow_set_linear_mapping(struct mmu *m, struct shadow_vcpu *v,
			       unsigned int slot, gva_t va, uint32_t pages,
			       gfn_t g);
/** SetLazyMode: @on for mode 1; false sends what is queued. */
void shadow_set_lazy(struct mmu *m, struct shadow_vcpu *v, bool on);
/** Send what is queued. */
void shadow_sync(struct mmu *m);
/**
 * UpdateKernelStack: make sure that [@va - @len, @va) is mapped writable, for
 * Xen pushes trap frames there.  False: the guest does not map it so.
 */
bool shadow_ensure_stack(struct mmu *m, struct shadow_vcpu *v, gva_t va,
			 uint32_t len);

/* --- Guest memory ---------------------------------------------------------*/
struct guest_fault {
	gva_t va;
	uint32_t error;
};
/* Access rights that a translation is asked for: error code bits. */
#define WALK_WRITE 2u
#define WALK_USER  4u
#define WALK_FETCH 16u
/**
 * Translate @va as the processor would, setting A (and D) in the guest's
 * tables.  @access: WALK_*.  False: @f says the fault.
 */
bool guest_translate(struct mmu *m, struct shadow_vcpu *v, gva_t va,
		     uint32_t access, gpa_t *gpa, struct guest_fault *f);
/**
 * Copy from/to guest-linear memory.  @access: WALK_USER or 0.  Holes read as
 * all ones; writes to holes and ROM are dropped.
 * Returns false and fills @f at the first byte that faults; what lies before
 * it has been copied.
 */
bool guest_read(struct mmu *m, struct shadow_vcpu *v, void *dst, gva_t va,
		uint32_t len, uint32_t access, struct guest_fault *f);
bool guest_write(struct mmu *m, struct shadow_vcpu *v, gva_t va,
		 const void *src, uint32_t len, uint32_t access,
		 struct guest_fault *f);
/** The same by guest-physical address; never faults. */
void guest_read_phys(struct mmu *m, struct shadow_vcpu *v, void *dst, gpa_t gpa,
		     uint32_t len);
void guest_write_phys(struct mmu *m, struct shadow_vcpu *v, gpa_t gpa,
		      const void *src, uint32_t len);

/**
 * Map guest frame @g for the adapter; NULL for a hole, and for ROM when
 * @write.  Valid until the next call of any function here.
 */
volatile void *guest_map(struct mmu *m, struct shadow_vcpu *v, gfn_t g,
			 bool write);

/* --- p2m ------------------------------------------------------------------*/
/**
 * Give gfn @g the frame @mfn (INVALID_MFN: a hole), before anything shadows the
 * old one.
 */
void p2m_set(struct mmu *m, gfn_t g, mfn_t mfn, bool rom);
/** Frame of @g, INVALID_MFN for a hole. */
mfn_t p2m_mfn(const struct mmu *m, gfn_t g);

/* --- Debugging ------------------------------------------------------------*/
struct audit_report {
	uint32_t checked, wrong;
	gva_t va;		  /* first difference */
	uint64_t found, expected; /* shadow entry, entry by a fresh walk */
	const char *what;
	uint32_t kernel_cleared; /* excused: the guest has 0 there */
};
/** Compare every shadow entry with a fresh walk; true: nothing to report. */
bool shadow_audit(struct mmu *m, struct shadow_vcpu *v, struct audit_report *r);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The shadow pager's own header: names, lists and what its files share.
 *
 * Words.  A *piece* is 2 MB of the linear space: what one shadow L1 maps.
 * A *link* is an L2 entry of a root that points to an L1.  An L1 is *live*
 * while it shadows something of the guest (its key), *parked* when that went
 * away and it waits, empty but still linked, for the next at the same place,
 * *free* when it is pinned, empty and linked nowhere, *raw* when Xen has no
 * type for it.  A *view* is one slot of a root that shadows a page directory.
 */
#ifndef VMI_MMU_SHADOW_PRIVATE_H
#define VMI_MMU_SHADOW_PRIVATE_H

#include "mmu/mmu.h"

/* Page-table entries: guest's (32 and 64 bit) and shadow's. */
#define PE_P	  0x001ull
#define PE_RW	  0x002ull
#define PE_US	  0x004ull
#define PE_A	  0x020ull
#define PE_D	  0x040ull
#define PE_PS	  0x080ull
#define PE_NX	  (1ull << 63)
#define PE_FRAME  0x000ffffffffff000ull
#define PE_RSVD	  0x7fffff0000000000ull /* PAE: above 40 address bits */
#define PDPT_RSVD 0xffffff00000001e6ull /* PAE: reserved in the four */

#define GCR0_WP	 0x00010000u
#define GCR0_PG	 0x80000000u
#define GCR4_PSE 0x10u
#define GCR4_PAE 0x20u

/* Page fault error code. */
#define PFE_P	 1u
#define PFE_W	 2u
#define PFE_U	 4u
#define PFE_RSVD 8u
#define PFE_I	 16u

/* Where CR3 says that its PDPT is in the page; its place in mmu.root_memo. */
#define PDPT_OFFSET 0xfe0u
#define CR3_HASH(cr3)                                                          \
	(((cr3) >> 5 ^ (cr3) >> PAGE_SHIFT) & (SHADOW_ROOT_MEMOS - 1))

#define GVA_FRAME(va)	  ((va) >> PAGE_SHIFT)
#define L1_INDEX(va)	  (GVA_FRAME(va) & (SHADOW_L1_ENTRIES - 1))
#define PIECE(va)	  ((va) >> SHADOW_PIECE_SHIFT)
#define PIECES_PER_L2	  512u
#define TWO_LEVEL_ENTRIES 1024u
#define PIECE_PAGES	  512u

enum sp_state {
	SP_RAW,	   /* no type for Xen */
	SP_FREE,   /* pinned L1, empty, no link */
	SP_PARKED, /* pinned L1, empty, one link */
	SP_LIVE,   /* shadows user mappings: may be evicted */
	SP_KERNEL, /* shadows kernel mappings: complete, stays */
	SP_TABLE,  /* L2 or L3 of a root; on no list */
};
_Static_assert(SP_TABLE == SHADOW_LISTS, "each state but the last has a list");

enum sp_kind {
	KIND_NONE,
	KIND_PT,	  /* page table; of a 2-level one, entries 0-511 */
	KIND_PT_HIGH,	  /* 2-level: entries 512-1023 */
	KIND_LARGE,	  /* half or all of a large page; or the identity map */
	KIND_LARGE_CLEAN, /* the same with D clear: nothing writable */
};

/* spage.flags */
#define SP_REF	 1u /* touched since the clock hand came by */
#define SP_LOOSE 2u /* its table was never announced */

enum root_state {
	ROOT_NONE,
	ROOT_FREE,
	ROOT_LIVE
};

/* Rights of a guest page directory entry, in its L2 entry. */
#define RIGHTS_RW 1u
#define RIGHTS_US 2u
#define RIGHTS_NX 4u

/* What an L1 shadows. */
struct key {
	uint32_t gfn;
	uint8_t kind;
	uint8_t rights; /* not part of the identity */
};

/* A walk of the guest's tables. */
struct gwalk {
	uint64_t pde, pte; /* pte also for large pages: as if split */
	uint32_t pd, pt;   /* gfns of the tables, INVALID_FRAME: none */
	uint32_t pd_index, pt_index;
	uint32_t gfn;	 /* result */
	uint32_t rights; /* of both levels */
	uint32_t error;	 /* PFE_P | PFE_RSVD where it ended; 0 */
	struct key key;	 /* L1 that shadows it */
};

static inline struct spage *sp_of(struct mmu *m, uint16_t id)
{
	return &m->sp[id];
}
static inline uint16_t sp_id(const struct mmu *m, const struct spage *sp)
{
	return (uint16_t)(sp - m->sp);
}
static inline uint16_t root_id(const struct mmu *m, const struct sroot *r)
{
	return (uint16_t)(r - m->roots);
}
static inline bool sp_live(const struct spage *sp)
{
	return sp->state == SP_LIVE || sp->state == SP_KERNEL;
}
static inline bool sp_is_table(const struct spage *sp)
{
	return sp->kind == KIND_PT || sp->kind == KIND_PT_HIGH;
}
static inline bool sp_test(const struct spage *sp, uint32_t i)
{
	return sp->present[i / 32] & BIT(i % 32);
}
static inline bool piece_is_kernel(const struct mmu *m, uint32_t piece)
{
	return piece >= m->kernel_piece && piece < m->end_piece;
}
static inline bool paging(const struct shadow_vcpu *v)
{
	return v->cr0 & GCR0_PG;
}
static inline uint64_t frame_addr(uint32_t frame)
{
	return (uint64_t)frame << PAGE_SHIFT;
}

/* What is remembered of tables (mmu.set, mmu.memo) may not be true any more. */
static inline void set_forget(struct mmu *m)
{
	m->set.key[false] = SET_NONE;
	m->set.key[true] = SET_NONE;
	m->memo[0].gfn = MEMO_NONE;
	m->memo[1].gfn = MEMO_NONE;
}

/* queue.c: updates on their way to Xen, in order */
static inline void queue_reset(struct mmu *m)
{
	m->nr_queued = 0;
	m->queued_kernel = false;
}
static inline struct xen_mmu_entry *queue_first(struct mmu *m)
{
	return m->queue_from_1 + 1;
}
static inline struct xen_mmu_entry *queue_end(struct mmu *m)
{
	return queue_first(m) + m->nr_queued;
}
static inline void queue_add(struct mmu *m, uint64_t ptr, uint64_t val)
{
	struct xen_mmu_entry *e = queue_end(m);

	/* Clear and set again, as ptep_modify_prot does: only the last. */
	if (e[-1].ptr == ptr) {
		e[-1].val = val;
		return;
	}
	e->ptr = ptr;
	e->val = val;
	if (++m->nr_queued == SHADOW_QUEUE)
		shadow_sync(m);
}

/* Where the first in the queue most likely is: a piece for queue_send_at(). */
uint32_t queue_piece(struct mmu *m);
/*
 * Send the queue.  One entry of the L1 that the running root has at @piece, the
 * usual case, goes by its linear address, which is cheaper, with @flags; true:
 * it did.
 */
bool queue_send_at(struct mmu *m, const struct shadow_vcpu *v, uint32_t piece,
		   uint32_t flags);

/* p2m.c */
uint32_t *p2m_word(struct mmu *m, uint32_t g);
void p2m_flag(struct mmu *m, uint32_t g, uint32_t flag, bool set);

/* guest-map.c */
static inline gva_t linear_va(const struct mmu *m, uint32_t g)
{
	return m->linear.va + ((g - m->linear.gfn) << PAGE_SHIFT);
}
/* The template's L1 is what the running root has there, too. */
static inline bool linear_holds(const struct mmu *m,
				const struct shadow_vcpu *v, gva_t va)
{
	uint16_t id = m->template_link[va >> SHADOW_PIECE_SHIFT];

	return id && v->root && v->root->link[va >> SHADOW_PIECE_SHIFT] == id;
}
/* Frame @g at its linear address, to be read; NULL: it is not mapped so. */
static inline const volatile uint32_t *
linear_ptr(const struct mmu *m, const struct shadow_vcpu *v, uint32_t g)
{
	gva_t va = linear_va(m, g);

	if (!(p2m_get(&m->p2m, gfn(g)) & P2M_LIN) || !linear_holds(m, v, va))
		return NULL;
	return xen_va_ptr(va, false);
}
/* The same, remembered in memo[@level] until set_forget(). */
static inline const volatile uint32_t *
linear_ptr_memo(struct mmu *m, const struct shadow_vcpu *v, uint32_t g,
		unsigned int level)
{
	struct linear_memo *memo = &m->memo[level];

	if (__builtin_expect(memo->gfn == g, 1))
		return memo->at;
	if (g == INVALID_FRAME || m->queued_kernel || !m->vmi || !paging(v))
		return NULL;
	memo->at = linear_ptr(m, v, g);
	memo->gfn = memo->at ? g : MEMO_NONE;
	return memo->at;
}
/* Page @va of the linear map is there, writable, in the running root. */
static inline bool linear_writable(const struct mmu *m,
				   const struct shadow_vcpu *v, gva_t va)
{
	uint32_t g = GVA_FRAME(va - m->linear.va);

	return g < m->linear.pages && !m->queued_kernel &&
	       (p2m_get(&m->p2m, gfn(m->linear.gfn + g)) & P2M_LINW) &&
	       linear_holds(m, v, va);
}
/* Read-only view of a pool page, for audits and comparisons. */
const volatile uint64_t *map_pool_page(struct mmu *m, const struct spage *sp);
/* P2M_LIN of what L1 @sp maps at entry @i, which now holds @spte. */
void linear_entry(struct mmu *m, struct spage *sp, uint32_t i, bool was,
		  uint64_t spte);
/* The same for a whole template piece: @on, or forget it. */
void linear_piece(struct mmu *m, uint32_t piece, bool on);

/* guest-walk.c */
uint64_t guest_entry(struct mmu *m, struct shadow_vcpu *v, uint32_t table,
		     uint32_t index);
/* False: w->error says where it ended (PFE_P clear: not present). */
bool guest_walk(struct mmu *m, struct shadow_vcpu *v, gva_t va,
		struct gwalk *w);
bool walk_allows(const struct shadow_vcpu *v, const struct gwalk *w,
		 uint32_t access);
/* Set A (and D) in the guest's entries. */
void walk_mark(struct mmu *m, struct shadow_vcpu *v, struct gwalk *w,
	       bool write);
/* What page directory entry @pde means for @piece; KIND_NONE: nothing. */
struct key pde_key(const struct mmu *m, const struct shadow_vcpu *v,
		   uint64_t pde, uint32_t piece);
/* Page directory entry of @piece in directory @pd. */
uint64_t guest_pde(struct mmu *m, struct shadow_vcpu *v, uint32_t pd,
		   uint32_t piece);
bool pdpt_read(struct mmu *m, struct shadow_vcpu *v, uint32_t cr3,
	       uint32_t pdpt[4]);

/* pool.c: pages, lists, L1s by key, links */
void pool_init(struct mmu *m, const mfn_t *pool);
void sp_set_state(struct mmu *m, struct spage *sp, enum sp_state s);
uint16_t pool_get_raw(struct mmu *m);
uint16_t pool_get_l1(struct mmu *m);
void sp_make_raw(struct mmu *m, struct spage *sp);
static inline uint32_t hash_of(uint32_t gfn)
{
	return (gfn ^ (gfn >> 10)) & (SHADOW_HASH - 1);
}
static inline uint16_t l1_lookup(struct mmu *m, uint32_t gfn, uint8_t kind)
{
	uint16_t id = m->hash[hash_of(gfn)];

	while (id && (sp_of(m, id)->gfn != gfn || sp_of(m, id)->kind != kind))
		id = sp_of(m, id)->hash_next;
	return id;
}
void l1_name(struct mmu *m, struct spage *sp, struct key k);
void l1_unname(struct mmu *m, struct spage *sp);
void l1_unlink_all(struct mmu *m, struct spage *sp);
void l1_release(struct mmu *m, struct spage *sp);
/* A link to L1 @id is gone; with the last one the page is free again. */
void l1_unref(struct mmu *m, uint16_t id);

/* shadow-map.c: entries */
uint64_t spte_of(struct mmu *m, uint64_t gpte, bool kernel);
/* Entry @i of @sp by the guest's table as it is now. */
uint64_t spte_now(struct mmu *m, struct shadow_vcpu *v, const struct spage *sp,
		  uint32_t i);
/* Shadow of entry @i of @sp, the guest's being @gpte. */
uint64_t spte_walked(struct mmu *m, const struct spage *sp, uint64_t gpte,
		     uint32_t i);
void l1_set(struct mmu *m, struct spage *sp, uint32_t i, uint64_t spte);
void l1_empty(struct mmu *m, struct spage *sp);
uint16_t kernel_l1(struct mmu *m, struct shadow_vcpu *v, struct key k);
void l1_resync(struct mmu *m, struct shadow_vcpu *v, struct spage *sp);
/*
 * An entry of a table or directory is another now.  True: what is queued cannot
 * wait for the guest's flush.
 */
bool pt_changed(struct mmu *m, struct shadow_vcpu *v, gfn_t g, uint32_t index,
		uint64_t gpte);
bool pd_changed(struct mmu *m, struct shadow_vcpu *v, gfn_t g, uint32_t index,
		uint64_t pde);
uint16_t piece_link(struct mmu *m, struct shadow_vcpu *v, struct sroot *r,
		    uint32_t piece, struct key k);

/* tables.c, shadow.c */
void l1_drop(struct mmu *m, struct spage *sp);
void drop_loose(struct mmu *m);

/* template.c */
void template_set(struct mmu *m, uint32_t piece, uint16_t id, uint8_t rights);
/* Follow page directory @pd? */
bool template_has(const struct mmu *m, uint32_t pd);
/* Follow no directory; the links stay. */
void template_forget(struct mmu *m);
/* Take over the kernel's links of @r, and follow its directories. */
void template_take(struct mmu *m, struct shadow_vcpu *v, struct sroot *r);
/* Make the kernel's pieces of @r what its directories say. */
void root_check_kernel(struct mmu *m, struct shadow_vcpu *v, struct sroot *r);

/* roots.c */
void link_set(struct mmu *m, struct sroot *r, uint32_t piece, uint16_t id,
	      uint8_t rights);
void link_drop(struct mmu *m, struct sroot *r, uint32_t piece);
void piece_drop(struct mmu *m, struct sroot *r, uint32_t piece);
void root_drop_user(struct mmu *m, struct sroot *r);
void root_detach(struct mmu *m, struct sroot *r);
bool root_destroy_one(struct mmu *m);
void root_load(struct mmu *m, struct shadow_vcpu *v);
/*
 * CR3 becomes @cr3 and the root for it runs, if it is the one that did when
 * CR3 was that last; else false, with nothing done.  The queue must be empty.
 */
bool root_load_short(struct mmu *m, struct shadow_vcpu *v, uint32_t cr3);
/*
 * Remember the root that runs, for the next time that CR3 is this.  After
 * SetCR3 only: at other times the PDPT may be another than what was loaded.
 */
void root_remember(struct mmu *m, const struct shadow_vcpu *v);
bool root_is_loose(const struct mmu *m, const struct sroot *r);
void views_released(struct mmu *m, uint32_t gfn);
/* Roots that view directory @gfn: next one after @i (start with -1). */
int view_next(const struct mmu *m, uint32_t gfn, int i);

#endif

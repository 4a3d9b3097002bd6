/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Model Xen: page types, hypercalls.  See xen-model.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen-model-private.h"

#define ENTRIES	   512
#define L3_ENTRIES 4
#define XEN_SLOT   3

/* costs.md, column nospec, in instructions. */
enum {
	C_MMU_UPDATE = 400, /* fixed part */
	C_SET = 560,
	C_REPLACE = 705,
	C_CLEAR = 473,
	C_RW_CHANGE = 655,
	C_SAME = 410,
	C_LINK = 700,
	C_UNLINK = 1000, /* and a restart and a flush: 1,401 in all */
	C_LINK_FLAGS = 500,
	C_UVM_SET = 796,
	C_UVM_REPLACE = 941,
	C_UVM_CLEAR = 700,
	C_UVM_SAME = 650, /* as much less than mmu_update as the others */
	C_UVM_FLUSH = 70,
	C_PIN = 850, /* PIN of a table that is valid already */
	C_UNPIN = 800,
	C_EMPTY_SLOT = 18,
	C_VALIDATE_RW = 185,
	C_VALIDATE_RO = 134,
	C_VALIDATE_LINK = 181,
	C_DEVALIDATE_RW = 145,
	C_DEVALIDATE_RO = 87,
	C_DEVALIDATE_LINK = 111,
	C_L2_FIXED = 10500, /* an L2 costs twice an L1 */
	C_L3_FIXED = 3000,
	C_BASEPTR = 1840,
	C_BASEPTR_SAME = 962,
	C_FLUSH = 615,
	C_INVLPG = 605,
	C_CLEAR_PAGE = 1740,
	C_FILL_PAGE = 2950, /* map, copy 4 KB, unmap */
};

struct xen_model xen;
static void print_and_abort(const char *what, int rc, uint64_t a, uint64_t b)
{
	fprintf(stderr, "refused: %s rc %d %#llx %#llx\n", what, rc,
		(unsigned long long)a, (unsigned long long)b);
	abort();
}
void (*xen_model_refused)(const char *, int, uint64_t,
			  uint64_t) = print_and_abort;

void xen_mmu_refused(const char *what, int rc, uint64_t a, uint64_t b)
{
	xen_model_refused(what, rc, a, b);
	abort();
}

void xen_model_start(uint32_t nr_frames, bool has_nx)
{
	xen_model_end();
	xen.nr_frames = nr_frames;
	xen.has_nx = has_nx;
	xen.memory = aligned_alloc(PAGE_SIZE, (size_t)nr_frames * PAGE_SIZE);
	memset(xen.memory, 0, (size_t)nr_frames * PAGE_SIZE);
	xen.frame = calloc(nr_frames, sizeof(*xen.frame));
	model_tlb_flush();
}

void xen_model_end(void)
{
	free(xen.memory);
	free(xen.frame);
	memset(&xen, 0, sizeof(xen));
}

static void charge(uint64_t n)
{
	xen.costs.insns += n;
}
static void hypercall(void)
{
	xen.costs.hypercalls++;
}
/* --- Types ----------------------------------------------------------------*/
static int get_type(uint32_t frame, enum frame_type type);
static void put_type(uint32_t frame);

static bool frame_ours(uint64_t e)
{
	return (e & E_FRAME) >> PAGE_SHIFT < xen.nr_frames &&
	       !xen.frame[entry_frame(e)].foreign;
}

/* Take the references of entry @e in a table of @type at @i. */
static int get_entry(enum frame_type type, uint64_t e)
{
	uint64_t bad = E_PWT | E_PCD | E_PSE | E_RSVD;

	if (!(e & E_P))
		return 0;
	if (type != FT_L1)
		bad |= E_G;
	if (type == FT_L3 || !xen.has_nx)
		bad |= E_NX;
	if (e & bad)
		return -XEN_EINVAL;
	if (!frame_ours(e))
		return -XEN_EPERM;
	if (type == FT_L2)
		return get_type(entry_frame(e), FT_L1);
	if (type == FT_L3)
		return get_type(entry_frame(e), FT_L2);
	if (e & E_RW)
		return get_type(entry_frame(e), FT_WRITABLE);
	xen.frame[entry_frame(e)].refs++;
	return 0;
}

static void put_entry(enum frame_type type, uint64_t e)
{
	if (!(e & E_P))
		return;
	if (type == FT_L1 && !(e & E_RW))
		xen.frame[entry_frame(e)].refs--;
	else
		put_type(entry_frame(e));
}

static bool entry_is_xens(uint32_t frame, enum frame_type type, uint32_t i)
{
	return type == FT_L2 && xen.frame[frame].xen_l2 && i >= XEN_L2_FIRST;
}

static void charge_entry(enum frame_type type, uint64_t e, bool get)
{
	if (!(e & E_P))
		charge(C_EMPTY_SLOT);
	else if (type != FT_L1)
		charge(get ? C_VALIDATE_LINK : C_DEVALIDATE_LINK);
	else if (e & E_RW)
		charge(get ? C_VALIDATE_RW : C_DEVALIDATE_RW);
	else
		charge(get ? C_VALIDATE_RO : C_DEVALIDATE_RO);
}

/* Slot 3's L2: referenced once, by this root, and not pinned. */
static int check_xen_slot(uint32_t root)
{
	uint64_t e = table(root)[XEN_SLOT];
	struct xen_frame *f;

	if (!(e & E_P))
		return -XEN_EINVAL;
	f = &xen.frame[entry_frame(e)];
	if (f->count != 1 || f->pinned || f->xen_l2)
		return -XEN_EINVAL;
	f->xen_l2 = true;
	memset(table(entry_frame(e)) + XEN_L2_FIRST, 0,
	       (ENTRIES - XEN_L2_FIRST) * 8);
	return 0;
}

static uint32_t nr_entries(enum frame_type type)
{
	return type == FT_L3 ? L3_ENTRIES : ENTRIES;
}

static int validate(uint32_t frame, enum frame_type type)
{
	uint64_t *t = table(frame);
	uint32_t i, n = nr_entries(type);
	int rc = 0;

	charge(type == FT_L2 ? C_L2_FIXED : type == FT_L3 ? C_L3_FIXED : 0);
	for (i = 0; i < n && !rc; i++) {
		/* The slot-3 L2 still holds nothing of Xen's here. */
		charge_entry(type, t[i], true);
		rc = get_entry(type, t[i]);
	}
	if (!rc && type == FT_L3) {
		memset(t + L3_ENTRIES, 0, PAGE_SIZE - L3_ENTRIES * 8);
		rc = check_xen_slot(frame);
		if (rc)
			i = L3_ENTRIES + 1;
	}
	if (!rc)
		return 0;
	for (i--; i--;)
		put_entry(type, t[i]);
	return rc;
}

static void devalidate(uint32_t frame, enum frame_type type)
{
	uint64_t *t = table(frame);
	uint32_t i;

	charge(type == FT_L2 ? C_L2_FIXED : type == FT_L3 ? C_L3_FIXED : 0);
	if (type == FT_L3)
		xen.frame[entry_frame(t[XEN_SLOT])].xen_l2 = false;
	for (i = 0; i < nr_entries(type); i++) {
		charge_entry(type, t[i], false);
		put_entry(type, t[i]);
	}
}

static bool is_table(enum frame_type type)
{
	return type == FT_L1 || type == FT_L2 || type == FT_L3;
}

static int get_type(uint32_t frame, enum frame_type type)
{
	struct xen_frame *f = &xen.frame[frame];
	int rc;

	if (f->count) {
		if (f->type != type)
			return type == FT_WRITABLE ? -XEN_EBUSY : -XEN_EINVAL;
		if (f->xen_l2)
			return -XEN_EINVAL; /* slot 3's is private */
		f->count++;
		return 0;
	}
	/* A stale TLB entry of the old type must not survive. */
	if (f->type != type && f->type != FT_NONE)
		model_tlb_flush();
	f->type = (uint8_t)type;
	f->count = 1;
	if (!is_table(type))
		return 0;
	rc = validate(frame, type);
	if (rc)
		f->count = 0;
	return rc;
}

static void put_type(uint32_t frame)
{
	struct xen_frame *f = &xen.frame[frame];

	if (!f->count) {
		fprintf(stderr, "model: type count of %#x below 0\n", frame);
		abort();
	}
	if (f->count == 1 && is_table(f->type))
		devalidate(frame, f->type);
	f->count--;
}

int xen_model_segdesc(uint32_t mfn, bool on)
{
	if (on)
		return get_type(mfn, FT_SEGDESC);
	put_type(mfn);
	return 0;
}

/* --- Entries --------------------------------------------------------------*/
static void charge_l1(uint64_t old, uint64_t val)
{
	if (!(old & E_P))
		charge(val & E_P ? C_SET : C_SAME);
	else if (!(val & E_P))
		charge(C_CLEAR);
	else if ((old ^ val) & E_FRAME)
		charge(C_REPLACE);
	else
		charge((old ^ val) & E_RW ? C_RW_CHANGE : C_SAME);
}

static int mod_l1(uint32_t frame, uint32_t i, uint64_t val)
{
	uint64_t *e = &table(frame)[i], old = *e;
	int rc = get_entry(FT_L1, val);

	if (rc)
		return rc;
	*e = val;
	put_entry(FT_L1, old);
	return 0;
}

static int mod_upper(uint32_t frame, enum frame_type type, uint32_t i,
		     uint64_t val)
{
	uint64_t *e = &table(frame)[i], old = *e;
	int rc;

	if (entry_is_xens(frame, type, i))
		return -XEN_EPERM;
	if (type == FT_L3 && i >= XEN_SLOT)
		return -XEN_EINVAL;
	rc = get_entry(type, val);
	if (rc)
		return rc;
	*e = val;
	if (old != val)
		model_tlb_flush();
	if ((old & E_P) && ((old ^ val) & (E_FRAME | E_P))) {
		xen.costs.restarts++;
		charge(C_UNLINK);
	} else if (old & E_P) {
		charge(C_LINK_FLAGS);
	} else {
		charge(C_LINK);
	}
	put_entry(type, old);
	return 0;
}

static int mod_plain(uint32_t frame, uint32_t i, uint64_t val)
{
	int rc = get_type(frame, FT_WRITABLE);

	if (rc)
		return rc;
	table(frame)[i] = val;
	put_type(frame);
	charge(C_SAME);
	return 0;
}

static int mod_entry(uint64_t ptr, uint64_t val)
{
	uint32_t frame = (uint32_t)(ptr >> PAGE_SHIFT);
	uint32_t i = (uint32_t)(ptr & PAGE_MASK) / 8;
	struct xen_frame *f;

	if ((ptr & 7) != XEN_MMU_NORMAL)
		return -XEN_EINVAL;
	if (ptr >> PAGE_SHIFT >= xen.nr_frames || xen.frame[frame].foreign)
		return -XEN_EPERM;
	f = &xen.frame[frame];
	if (!f->count || !is_table(f->type))
		return mod_plain(frame, i, val);
	if (f->type == FT_L1) {
		charge_l1(table(frame)[i], val);
		return mod_l1(frame, i, val);
	}
	return mod_upper(frame, f->type, i, val);
}

/* --- Hypercalls -----------------------------------------------------------*/
int xen_mmu_update(const struct xen_mmu_entry *e, uint32_t n, uint32_t *done)
{
	uint32_t i;
	int rc;

	hypercall();
	xen.costs.mmu_update++;
	xen.costs.mmu_entries += n;
	charge(C_MMU_UPDATE);
	for (i = 0; i < n; i++) {
		rc = mod_entry(e[i].ptr, e[i].val);
		if (rc) {
			*done = i;
			return rc;
		}
	}
	*done = n;
	return 0;
}

/* The L1 for @va in the loaded tables; false: there is none. */
static bool find_l1(gva_t va, uint32_t *frame)
{
	uint64_t e = table(xen.root)[va >> 30];

	if (!(e & E_P))
		return false;
	e = table(entry_frame(e))[(va >> 21) & 511];
	if (!(e & E_P))
		return false;
	*frame = entry_frame(e);
	return true;
}

uint64_t xen_model_l1e(gva_t va)
{
	uint32_t frame;

	return find_l1(va, &frame) ? table(frame)[(va >> 12) & 511] : 0;
}

int xen_update_va(gva_t va, uint64_t val, uint32_t flags)
{
	uint64_t old;
	uint32_t frame;

	hypercall();
	xen.costs.update_va++;
	if (va >= XEN_HOLE || !find_l1(va, &frame))
		return -XEN_EINVAL;
	old = table(frame)[(va >> 12) & 511];
	charge(!(old & E_P)			? C_UVM_SET
	       : !(val & E_P)			? C_UVM_CLEAR
	       : (old ^ val) & (E_FRAME | E_RW) ? C_UVM_REPLACE
						: C_UVM_SAME);
	if (flags == XEN_VA_TLB_FLUSH)
		model_tlb_flush();
	else if (flags == XEN_VA_INVLPG)
		model_tlb_drop(va);
	charge(flags ? C_UVM_FLUSH : 0);
	return mod_l1(frame, (va >> 12) & 511, val);
}

int xen_set_va(gva_t va, uint32_t lo, uint32_t hi)
{
	return xen_update_va(va, (uint64_t)hi << 32 | lo, XEN_VA_NONE);
}

static bool frame_valid(mfn_t mfn)
{
	return mfn_x(mfn) < xen.nr_frames && !xen.frame[mfn_x(mfn)].foreign;
}

int xen_pin(mfn_t mfn, unsigned int level)
{
	static const uint8_t types[] = { FT_NONE, FT_L1, FT_L2, FT_L3 };
	int rc;

	hypercall();
	xen.costs.pins++;
	charge(C_PIN);
	if (!frame_valid(mfn) || level < 1 || level > 3)
		return -XEN_EINVAL;
	if (xen.frame[mfn_x(mfn)].pinned || xen.frame[mfn_x(mfn)].xen_l2)
		return -XEN_EINVAL;
	rc = get_type(mfn_x(mfn), types[level]);
	if (!rc)
		xen.frame[mfn_x(mfn)].pinned = true;
	return rc;
}

int xen_unpin(mfn_t mfn)
{
	hypercall();
	xen.costs.unpins++;
	charge(C_UNPIN);
	if (!frame_valid(mfn) || !xen.frame[mfn_x(mfn)].pinned)
		return -XEN_EINVAL;
	xen.frame[mfn_x(mfn)].pinned = false;
	put_type(mfn_x(mfn));
	return 0;
}

int xen_new_baseptr(mfn_t l3)
{
	uint32_t old = xen.root;
	int rc;

	hypercall();
	xen.costs.baseptr++;
	if (!frame_valid(l3))
		return -XEN_EINVAL;
	model_tlb_flush();
	if (mfn_x(l3) == old) {
		charge(C_BASEPTR_SAME);
		return 0;
	}
	charge(C_BASEPTR);
	rc = get_type(mfn_x(l3), FT_L3);
	if (rc)
		return rc;
	xen.root = mfn_x(l3);
	put_type(old);
	return 0;
}

int xen_flush_tlb(void)
{
	hypercall();
	xen.costs.flushes++;
	charge(C_FLUSH);
	model_tlb_flush();
	return 0;
}

int xen_invlpg(gva_t va)
{
	hypercall();
	xen.costs.invlpgs++;
	charge(C_INVLPG);
	model_tlb_drop(va);
	return 0;
}

int xen_page_fill(mfn_t mfn, const uint64_t *e)
{
	int rc;

	hypercall();
	xen.costs.fills++;
	charge(e ? C_FILL_PAGE : C_CLEAR_PAGE);
	if (!frame_valid(mfn))
		return -XEN_EINVAL;
	rc = get_type(mfn_x(mfn), FT_WRITABLE);
	if (rc)
		return -XEN_EINVAL;
	if (e)
		memcpy(xen_page(mfn_x(mfn)), e, PAGE_SIZE);
	else
		memset(xen_page(mfn_x(mfn)), 0, PAGE_SIZE);
	put_type(mfn_x(mfn));
	return 0;
}

/* --- Boot and checks ------------------------------------------------------*/
uint32_t xen_model_boot(uint32_t first, uint32_t base, mfn_t *window_l1,
			uint32_t nr_l1)
{
	uint32_t l3 = first, i;
	uint64_t *l2 = table(first + 4);

	for (i = 0; i < L3_ENTRIES; i++)
		table(l3)[i] = ((uint64_t)(first + 1 + i) << PAGE_SHIFT) | E_P;
	for (i = 0; i < nr_l1; i++) {
		uint32_t frame = first + 5 + i;

		window_l1[i] = mfn(frame);
		l2[((base >> 21) & 511) + i] =
			((uint64_t)frame << PAGE_SHIFT) | E_P | E_RW | E_A;
	}
	if (get_type(l3, FT_L3))
		print_and_abort("boot tables", 0, l3, 0);
	xen.frame[l3].pinned = true; /* PIN_L3 by the builder */
	xen.frame[l3].count++;	     /* and loaded */
	xen.root = l3;
	memset(&xen.costs, 0, sizeof(xen.costs));
	return first + 5 + nr_l1;
}

static void count_frame(uint32_t frame, uint32_t *count, uint32_t *refs)
{
	enum frame_type type = xen.frame[frame].type;
	uint32_t i;

	if (!xen.frame[frame].count || !is_table(type))
		return;
	for (i = 0; i < nr_entries(type); i++) {
		uint64_t e = table(frame)[i];

		if (!(e & E_P) || entry_is_xens(frame, type, i))
			continue;
		if (type == FT_L1 && !(e & E_RW))
			refs[entry_frame(e)]++;
		else
			count[entry_frame(e)]++;
	}
}

const char *xen_model_check(void)
{
	uint32_t *count = calloc(xen.nr_frames, sizeof(*count));
	uint32_t *refs = calloc(xen.nr_frames, sizeof(*refs));
	const char *bad = NULL;
	uint32_t i;

	for (i = 0; i < xen.nr_frames; i++) {
		count[i] += xen.frame[i].pinned + (i == xen.root);
		count_frame(i, count, refs);
	}
	for (i = 0; i < xen.nr_frames && !bad; i++) {
		if (xen.frame[i].type == FT_SEGDESC)
			continue;
		if (xen.frame[i].count != count[i])
			bad = "type count";
		if (xen.frame[i].refs != refs[i])
			bad = "read-only references";
	}
	free(count);
	free(refs);
	return bad;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Several address spaces, and a random walk over page tables against a model. */
#include "guest.h"
#include "pte.h"
#include "space.h"
#include "traps.h"
#include "user.h"
#include "x86-defs.h"

#define PT	    VMI_PAGE_PT
#define PD	    VMI_PAGE_PD
#define DATA	    SPACE_DATA
#define NR_SPACES   6
#define NR_SWITCHES 60
#define MARK(n)	    (0x5ace0000u + (n))
#define MANY_VA	    0x10000000u
#define MANY_SPAN   0x400000u /* a page table of its own each, PAE or not */
#define NR_MANY	    48
#define NR_PLACES   7

TEST("space", "a new address space runs user code", AFTER)
{
	struct space s;

	space_make(&s, MARK(1));
	space_use(&s);
	check_eq((uint32_t)vmi(VMI_CALL_GetCR3), s.cr3);
	check_eq(user_sees(DATA), MARK(1));
	user_call(USER(user_write), MARK(2), DATA, 0, 0);
	check_eq(frame_word(s.frame), MARK(2));
	space_use(NULL);
	space_drop(&s);
}

TEST("space", "several spaces, one address: each sees its own", AFTER)
{
	struct space s[NR_SPACES];

	for (uint32_t i = 0; i < NR_SPACES; i++)
		space_make(&s[i], MARK(i));
	for (uint32_t i = 0; i < NR_SWITCHES; i++) {
		uint32_t n = i * 5 % NR_SPACES;

		space_use(&s[n]);
		check_eq(user_sees(DATA), MARK(n));
	}
	space_use(NULL);
	for (uint32_t i = 0; i < NR_SPACES; i++)
		space_drop(&s[i]);
}

TEST("space", "an entry changes in a space that is not in use", AFTER)
{
	struct space a, b;
	pte_t *t;

	space_make(&a, MARK(1));
	space_make(&b, MARK(2));
	space_use(&a);
	check_eq(user_sees(DATA), MARK(1));
	space_use(&b);
	check_eq(user_sees(DATA), MARK(2));
	t = (pte_t *)va(a.table) + (DATA >> PAGE_SHIFT) % PTE_PER_TAB;
	vmi_set(t, marked_frame(MARK(3)) | USER_PAGE, PT);
	check_eq(user_sees(DATA), MARK(2));
	space_use(&a);
	check_eq(user_sees(DATA), MARK(3));
	vmi_set(t, 0, PT);
	space_use(&b);
	check_eq(user_sees(DATA), MARK(2));
	space_use(&a);
	check_eq(user_sees(DATA), 0);
	check_eq(last_trap.cr2, DATA);
	space_use(NULL);
	space_drop(&a);
	space_drop(&b);
}

#if GUEST_PAE
TEST("space", "a PDPT that is changed counts from SetCR3 on", AFTER)
{
	struct space a, b;
	pte_t *pdpte;

	space_make(&a, MARK(1));
	space_make(&b, MARK(2));
	pdpte = (pte_t *)va(a.cr3) + (DATA >> X86_PDPT_SHIFT);
	for (uint32_t i = 0; i < 4; i++) {
		space_use(&a);
		check_eq(user_sees(DATA), MARK(1 + (i & 1)));
		vmi_set(pdpte, (i & 1 ? a : b).pmd[0] | X86_PTE_P,
			VMI_PAGE_PDP);
	}
	space_use(&a);
	check_eq(user_sees(DATA), MARK(1));
	space_use(NULL);
	space_drop(&a);
	space_drop(&b);
}
#endif

TEST("space", "a new mapping of the kernel is seen in all spaces that share it",
     AFTER)
{
	struct space s;

	pte_of(TEST_VA, true); /* the table exists before the copy */
	space_make(&s, MARK(1));
	space_use(&s);
	vmi_set(pte_of(TEST_VA, false), marked_frame(MARK(9)) | KERNEL_PAGE,
		PT);
	check_reads(TEST_VA, MARK(9));
	space_use(NULL);
	check_reads(TEST_VA, MARK(9));
	vmi_set(pte_of(TEST_VA, false), 0, PT);
	vmi_inval(TEST_VA);
	check_read_faults(TEST_VA, 0);
	space_use(&s);
	check_read_faults(TEST_VA, 0);
	space_use(NULL);
	space_drop(&s);
}

/* Linux's vmalloc_fault: the missing directory entry is copied at the fault. */
static const struct space *faulting;

static bool vmalloc_fault(struct trap_frame *f)
{
	uint32_t at = last_trap.cr2;

	if (at < PAGE_OFFSET || (f->error & X86_PFEC_P))
		return false;
	pte_set(space_pde(faulting, at), *pde_of(at), PD);
	return true;
}

TEST("space", "a directory entry of the kernel that comes later, by its fault",
     AFTER)
{
	struct space s;

	space_make(&s, MARK(1));
	mm_reset_tables();
	vmi_set(pte_of(TEST_VA, true), marked_frame(MARK(7)) | KERNEL_PAGE, PT);
	space_use(&s);
	faulting = &s;
	trap_hook(X86_EXC_PF, vmalloc_fault);
	check_reads(TEST_VA, MARK(7));
	check(trap_count[X86_EXC_PF] <= 1);
	space_use(NULL);
	space_drop(&s);
}

TEST("space", "spaces come and go, frames are used again", AFTER)
{
	struct space s;

	for (uint32_t i = 0; i < NR_SWITCHES / 2; i++) {
		mm_rewind();
		space_make(&s, MARK(i));
		space_use(&s);
		check_eq(user_sees(DATA), MARK(i));
		space_use(NULL);
		space_drop(&s);
	}
}

TEST("space", "a process switch as Linux does it, in lazy mode", AFTER)
{
	struct space s[2];

	space_make(&s[0], MARK(0));
	space_make(&s[1], MARK(1));
	for (uint32_t i = 0; i < NR_SWITCHES; i++) {
		vmi(VMI_CALL_SetLazyMode, VMI_LAZY_CPU);
		space_use(&s[i & 1]);
		vmi(VMI_CALL_UpdateKernelStack, KERNEL_DS, tss.hw.esp0);
		vmi(VMI_CALL_SetLazyMode, VMI_LAZY_NONE);
		check_eq(user_sees(DATA), MARK(i & 1));
	}
	space_use(NULL);
	space_drop(&s[0]);
	space_drop(&s[1]);
}

/* --- A random walk ----------------------------------------------------------------- */
#define WALK_PAGES  96
#define WALK_FRAMES 24
#define WALK_STEPS  3000
#define NOT_MAPPED  0xffu

static struct {
	uint8_t frame[WALK_PAGES]; /* index, or NOT_MAPPED */
	bool writable[WALK_PAGES];
	uint32_t frames[WALK_FRAMES];
	uint32_t words[WALK_FRAMES];
	uint32_t seed;
} walk;

static uint32_t draw(uint32_t n)
{
	walk.seed = walk.seed * 1664525 + 1013904223;
	return (walk.seed >> 8) % n;
}

static uint32_t walk_addr(uint32_t page)
{
	/* Three tables, with gaps. */
	return TEST_VA + (page % 3) * PT_SPAN + page / 3 * 2 * PAGE_SIZE;
}

static void walk_change(uint32_t page)
{
	uint32_t addr = walk_addr(page), how = draw(4), n = draw(WALK_FRAMES);
	pte_t *p = pte_of(addr, true), v = 0;

	walk.frame[page] = NOT_MAPPED;
	if (draw(4)) {
		walk.frame[page] = (uint8_t)n;
		walk.writable[page] = draw(2);
		v = walk.frames[n] |
		    (walk.writable[page] ? USER_PAGE : USER_RO);
	}
	if (how == 0) {
		*(volatile pte_t *)p = v;
		vmi_update(p, PT);
	} else if (how == 1) {
		vmi_set(p, v, PT | VMI_PAGE_DEFER | VMI_PAGE_CURRENT_AS | addr);
	} else {
		vmi_set(p, v, PT);
	}
	if (draw(2))
		vmi_inval(addr);
	else
		vmi_flush(VMI_FLUSH_TLB);
}

static bool walk_look(uint32_t page)
{
	uint32_t addr = walk_addr(page), value = 0, n = walk.frame[page];
	int vector = try_read(addr, &value);

	if (n == NOT_MAPPED)
		return vector == X86_EXC_PF;
	if (vector != -1 || value != walk.words[n])
		return false;
	vector = try_write(addr, ++value);
	if (!walk.writable[page])
		return vector == X86_EXC_PF;
	walk.words[n] = value;
	return vector == -1 && frame_word(walk.frames[n]) == value;
}

TEST("space", "a random walk over three tables", AFTER)
{
	walk.seed = 1 + vmi_form;
	memset(walk.frame, NOT_MAPPED, sizeof(walk.frame));
	for (uint32_t i = 0; i < WALK_FRAMES; i++) {
		walk.words[i] = MARK(i * 256);
		walk.frames[i] = marked_frame(walk.words[i]);
	}
	for (uint32_t i = 0; i < WALK_PAGES; i++)
		pte_of(walk_addr(i), true);
	for (uint32_t step = 0; step < WALK_STEPS; step++) {
		uint32_t page = draw(WALK_PAGES);

		if (draw(2))
			walk_change(page);
		if (!walk_look(page)) {
			fail(__FILE__, __LINE__, "step %u, address %#x", step,
			     walk_addr(page));
			return;
		}
	}
	for (uint32_t i = 0; i < WALK_PAGES; i++)
		check(walk_look(i));
}

/* One page of each table is there, another one than in its neighbours. */
static uint32_t many_va(uint32_t i, uint32_t place)
{
	return MANY_VA + i * MANY_SPAN + (i + place) % NR_PLACES * PAGE_SIZE;
}

TEST("space", "more page tables than fit a small pool: each shows its own",
     AFTER)
{
	for (uint32_t i = 0; i < NR_MANY; i++)
		map(many_va(i, 0), marked_frame(MARK(i)), USER_PAGE);
	for (uint32_t i = 0; i < 2 * NR_MANY; i++) {
		uint32_t n = i % NR_MANY;

		check_reads(many_va(n, 0), MARK(n));
		for (uint32_t place = 1; place < NR_PLACES; place++)
			check_read_faults(many_va(n, place), 0);
	}
}

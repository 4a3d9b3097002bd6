/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random lives of processes: address spaces are made, forked, used and dropped,
 * their pages mapped, protected, shared and taken away in every way that Linux
 * has, with a model that knows what each must see.  "seed=N" on the command
 * line draws another life, "steps=N" a longer one.
 */
#include "guest.h"
#include "space.h"
#include "traps.h"
#include "user.h"
#include "x86-defs.h"

#define PT	   VMI_PAGE_PT
#define NR_SPACES  5
#define NR_PAGES   10
#define NR_FRAMES  20
#define STEPS	   1500
#define NONE	   0xffu
#define MARK(n)	   (0x11fe0000u + (n)*256)
#define FIRST_PAGE (SPACE_DATA + 2 * PAGE_SIZE)
#define DECIMAL	   10

struct life {
	bool alive;
	struct space space;
	uint8_t frame[NR_PAGES]; /* index, or NONE */
	bool writable[NR_PAGES];
};

static struct {
	struct life lives[NR_SPACES];
	struct life *now; /* NULL: the kernel's own tables */
	uint32_t frames[NR_FRAMES], words[NR_FRAMES];
	uint32_t seed, step;
	bool broken;
} w;

static uint32_t draw(uint32_t n)
{
	w.seed = w.seed * 1664525 + 1013904223;
	return (w.seed >> 8) % n;
}

static uint32_t number(const char *word, uint32_t otherwise)
{
	const char *s = option(word);
	uint32_t n = 0;

	if (!s)
		return otherwise;
	for (; *s >= '0' && *s <= '9'; s++)
		n = n * DECIMAL + (uint32_t)(*s - '0');
	return n;
}

static void wrong(const struct life *l, const char *what, uint32_t page)
{
	fail(__FILE__, __LINE__, "step %u, space %u, page %u: %s", w.step,
	     (uint32_t)(l - w.lives), page, what);
	w.broken = true;
}

static uint32_t page_addr(uint32_t page)
{
	return FIRST_PAGE + page * PAGE_SIZE;
}

static pte_t *entry(const struct life *l, uint32_t page)
{
	return (pte_t *)va(l->space.table) +
	       (page_addr(page) >> PAGE_SHIFT) % PTE_PER_TAB;
}

static void use(struct life *l)
{
	bool lazy = draw(2);

	if (lazy)
		vmi(VMI_CALL_SetLazyMode, VMI_LAZY_CPU);
	space_use(l ? &l->space : NULL);
	if (lazy)
		vmi(VMI_CALL_SetLazyMode, VMI_LAZY_NONE);
	w.now = l;
}

static struct life *pick(bool alive)
{
	uint32_t first = draw(NR_SPACES);

	for (uint32_t i = 0; i < NR_SPACES; i++) {
		struct life *l = &w.lives[(first + i) % NR_SPACES];

		if (l->alive == alive)
			return l;
	}
	return NULL;
}

/* --- What happens --------------------------------------------------------------- */
static void birth(void)
{
	struct life *l = pick(false);

	if (!l)
		return;
	space_make(&l->space, MARK(0));
	memset(l->frame, NONE, sizeof(l->frame));
	l->alive = true;
}

static void death(void)
{
	struct life *l = pick(true);

	if (!l)
		return;
	if (w.now == l)
		use(NULL);
	space_drop(&l->space);
	l->alive = false;
}

static void flush(const struct life *l, uint32_t page)
{
	if (l != w.now)
		return; /* SetCR3 will */
	if (draw(2))
		vmi_inval(page_addr(page));
	else
		vmi_flush(VMI_FLUSH_TLB);
}

static void put(const struct life *l, uint32_t page, pte_t v)
{
	pte_t *p = entry(l, page);
	uint32_t flags = PT;

	if (l == w.now && draw(2))
		flags |= VMI_PAGE_CURRENT_AS | page_addr(page);
	if (draw(3)) {
		vmi_set(p, v, flags | (draw(2) ? VMI_PAGE_DEFER : 0));
	} else {
		*(volatile pte_t *)p = v;
		vmi_update(p, flags);
	}
}

static pte_t value(const struct life *l, uint32_t page)
{
	uint32_t n = l->frame[page];

	if (n == NONE)
		return draw(2) ? 0 : 0x1230; /* nothing, or swapped out */
	return w.frames[n] | (l->writable[page] ? USER_PAGE : USER_RO) |
	       (draw(2) ? X86_PTE_A | X86_PTE_D : 0);
}

static void change(void)
{
	struct life *l = pick(true);
	uint32_t n = 1 + draw(4);
	bool lazy = draw(2);

	if (!l)
		return;
	if (lazy)
		vmi(VMI_CALL_SetLazyMode, VMI_LAZY_MMU);
	while (n--) {
		uint32_t page = draw(NR_PAGES);

		l->frame[page] = (uint8_t)(draw(4) ? draw(NR_FRAMES) : NONE);
		l->writable[page] = draw(2);
		put(l, page, value(l, page));
		if (!lazy)
			flush(l, page);
	}
	if (lazy) {
		vmi(VMI_CALL_SetLazyMode, VMI_LAZY_NONE);
		if (l == w.now)
			vmi_flush(VMI_FLUSH_TLB);
	}
}

/* All pages of the parent become read-only in both. */
static void fork(void)
{
	struct life *parent = pick(true), *child = pick(false);

	if (!parent || !child)
		return;
	space_make(&child->space, MARK(0));
	child->alive = true;
	vmi(VMI_CALL_SetLazyMode, VMI_LAZY_MMU);
	for (uint32_t i = 0; i < NR_PAGES; i++) {
		pte_t *p = entry(parent, i);

		parent->writable[i] = child->writable[i] = false;
		child->frame[i] = parent->frame[i];
		if (*p & X86_PTE_P) {
			*(volatile pte_t *)p = *p & ~(pte_t)X86_PTE_RW;
			vmi_update(p, PT);
		}
		vmi_set(entry(child, i), *p, PT);
	}
	vmi(VMI_CALL_SetLazyMode, VMI_LAZY_NONE);
	if (parent == w.now)
		vmi_flush(VMI_FLUSH_TLB);
}

static void switch_space(void)
{
	use(draw(8) ? pick(true) : NULL);
}

/* User code reads and writes one page, and the kernel too. */
static void look(void)
{
	struct life *l = w.now;
	uint32_t page = draw(NR_PAGES), addr = page_addr(page), n;

	if (!l)
		return;
	n = l->frame[page];
	if (draw(2)) {
		user_call(USER(user_read), 0, addr, 0, 0);
		if ((last_trap.frame.vector == SYSCALL_VECTOR) != (n != NONE))
			wrong(l, "reading", page);
		else if (n != NONE && last_trap.frame.eax != w.words[n])
			wrong(l, "another page is read", page);
		return;
	}
	user_call(USER(user_write), w.words[n % NR_FRAMES] + 1, addr, 0, 0);
	if (n == NONE || !l->writable[page]) {
		if (last_trap.frame.vector != X86_EXC_PF)
			wrong(l, "writing", page);
		return;
	}
	w.words[n]++;
	if (last_trap.frame.vector != SYSCALL_VECTOR)
		wrong(l, "a write faults", page);
	else if (frame_word(w.frames[n]) != w.words[n])
		wrong(l, "another page is written", page);
	else if ((*entry(l, page) & X86_PTE_D) == 0)
		wrong(l, "no dirty bit", page);
}

static void kernel_change(void)
{
	pte_t *p = pte_of(TEST_VA, false);
	uint32_t n = draw(NR_FRAMES);

	vmi_set(p, w.frames[n] | KERNEL_PAGE, PT);
	vmi_inval(TEST_VA);
	if (*(volatile uint32_t *)TEST_VA != w.words[n])
		wrong(&w.lives[0], "the kernel reads another page", n);
	vmi_set(p, 0, PT);
	vmi_inval(TEST_VA);
}

static void (*const events[])(void) = {
	birth,	death,	fork, switch_space, switch_space,
	change, change, look, change,	    kernel_change,
	look,	look,	look, look,
};

TEST("life", "random lives of processes", ONCE)
{
	uint32_t steps = number("steps=", STEPS);

	memset(&w, 0, sizeof(w));
	w.seed = number("seed=", 1);
	for (uint32_t i = 0; i < NR_FRAMES; i++) {
		w.words[i] = MARK(i + 1);
		w.frames[i] = marked_frame(w.words[i]);
	}
	pte_of(TEST_VA, true); /* before any space copies the directory */
	for (w.step = 0; w.step < steps && !w.broken; w.step++)
		events[draw(ARRAY_SIZE(events))]();
	use(NULL);
	for (uint32_t i = 0; i < NR_SPACES; i++)
		if (w.lives[i].alive)
			space_drop(&w.lives[i].space);
}

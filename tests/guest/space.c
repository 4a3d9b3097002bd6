/* SPDX-License-Identifier: GPL-2.0-only */
/* See space.h. */
#include "guest.h"
#include "space.h"
#include "traps.h"
#include "user.h"
#include "x86-defs.h"

#define PT	    VMI_PAGE_PT
#define PD	    VMI_PAGE_PD
#define KERNEL_PDE  (PAGE_OFFSET >> PD_SHIFT)
#define NR_PDES	    (0x100000000ull >> PD_SHIFT)
#define TABLE_FLAGS USER_PAGE

extern pte_t boot_pgd[];
#if GUEST_PAE
extern pte_t boot_pmd[];
#endif

#if GUEST_PAE
/* Four directories; the kernel's are copies, as in 2.6 without sharing. */
static void space_roots(struct space *s)
{
	uint32_t pdpt = frame_take();

	for (uint32_t i = 0; i < NR_PMDS; i++) {
		pte_t *from = boot_pmd + i * PTE_PER_TAB;

		s->pmd[i] = frame_take();
		if (i >= GUEST_SPLIT) {
			memcpy(va(s->pmd[i]), from, PAGE_SIZE);
			vmi(VMI_CALL_AllocatePage, s->pmd[i] >> PAGE_SHIFT,
			    PD | VMI_PAGE_PAE | VMI_PAGE_CLONE |
				    VMI_PAGE_ZEROED,
			    pa(from) >> PAGE_SHIFT, 0, PTE_PER_TAB);
		} else {
			vmi_allocate(s->pmd[i], PD | VMI_PAGE_ZEROED);
		}
		vmi_set((pte_t *)va(pdpt) + i, s->pmd[i] | X86_PTE_P,
			VMI_PAGE_PDP);
	}
	s->cr3 = pdpt;
}

pte_t *space_pde(const struct space *s, uint32_t addr)
{
	return (pte_t *)va(s->pmd[addr >> X86_PDPT_SHIFT]) +
	       (addr >> PD_SHIFT) % PTE_PER_TAB;
}

static void space_drop_roots(const struct space *s)
{
	for (uint32_t i = 0; i < NR_PMDS; i++)
		vmi_release(s->pmd[i], PD);
}
#else
static void space_roots(struct space *s)
{
	uint32_t pgd = frame_take();

	memcpy((pte_t *)va(pgd) + KERNEL_PDE, boot_pgd + KERNEL_PDE,
	       (NR_PDES - KERNEL_PDE) * PTE_BYTES);
	vmi(VMI_CALL_AllocatePage, pgd >> PAGE_SHIFT,
	    PD | VMI_PAGE_CLONE | VMI_PAGE_ZEROED, pa(boot_pgd) >> PAGE_SHIFT,
	    KERNEL_PDE, NR_PDES - KERNEL_PDE);
	s->cr3 = pgd;
}

pte_t *space_pde(const struct space *s, uint32_t addr)
{
	return (pte_t *)va(s->cr3) + (addr >> PD_SHIFT);
}

static void space_drop_roots(const struct space *s)
{
	vmi_release(s->cr3, PD);
}
#endif

void space_make(struct space *s, uint32_t mark)
{
	extern uint8_t user_start[];
	pte_t *t;

	memset(s, 0, sizeof(*s));
	space_roots(s);
	s->table = frame_take();
	s->frame = marked_frame(mark);
	s->stack = frame_take();
	t = va(s->table);
	vmi_allocate(s->table, PT | VMI_PAGE_ZEROED);
	vmi_set(space_pde(s, USER_VA), s->table | TABLE_FLAGS, PD);
	vmi_set(t + (USER_VA >> PAGE_SHIFT) % PTE_PER_TAB,
		pa(user_start) | USER_RO, PT);
	vmi_set(t + (USER_STACK >> PAGE_SHIFT) % PTE_PER_TAB,
		s->stack | USER_PAGE, PT);
	vmi_set(t + (SPACE_DATA >> PAGE_SHIFT) % PTE_PER_TAB,
		s->frame | USER_PAGE, PT);
}

void space_use(const struct space *s)
{
	vmi(VMI_CALL_SetCR3, s ? s->cr3 : pa(boot_pgd));
}

/* Whoever gets these frames next writes other things there. */
static void space_give(const struct space *s)
{
	frame_give(s->cr3);
	for (uint32_t i = 0; GUEST_PAE && i < NR_PMDS; i++)
		frame_give(s->pmd[i]);
	frame_give(s->table);
	frame_give(s->frame);
	frame_give(s->stack);
}

void space_drop(const struct space *s)
{
	pte_t *t = va(s->table);

	for (uint32_t i = 0; i < PTE_PER_TAB; i++)
		*(volatile pte_t *)&t[i] = 0;
	vmi_flush(VMI_FLUSH_TLB);
	vmi_release(s->table, PT);
	vmi_set(space_pde(s, USER_VA), 0, PD);
	space_drop_roots(s);
	space_give(s);
}

uint32_t user_sees(uint32_t addr)
{
	user_call(USER(user_read), 0, addr, 0, 0);
	return last_trap.frame.vector == SYSCALL_VECTOR ? last_trap.frame.eax
							: 0;
}

_Static_assert(SPACE_DATA >> PD_SHIFT == USER_VA >> PD_SHIFT, "one table");

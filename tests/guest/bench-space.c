/* SPDX-License-Identifier: GPL-2.0-only */
/* See bench-space.h. */
#include "bench-space.h"
#include "guest.h"
#include "user.h"
#include "vmi.h"

#define PT	   VMI_PAGE_PT
#define PD	   VMI_PAGE_PD
#define PAE	   (GUEST_PAE ? VMI_PAGE_PAE : 0)
#define KERNEL_PDE (PAGE_OFFSET >> PD_SHIFT)
#define NR_PDES	   (0x100000000ull >> PD_SHIFT)

extern uint8_t user_start[];
extern pte_t boot_pgd[];
#if GUEST_PAE
extern pte_t boot_pmd[];
#endif

uint32_t light_target(void)
{
	return vmi_target(GUEST_PAE ? VMI_CALL_SetPxELong : VMI_CALL_SetPxE);
}

void light_set(pte_t *p, pte_t value)
{
	light_put(light_target(), p, value, PT);
}

static void allocate(uint32_t at, uint32_t level)
{
	vmi_quick(VMI_CALL_AllocatePage, at >> PAGE_SHIFT,
		  level | VMI_PAGE_ZEROED | PAE, 0);
}

static void release(uint32_t at, uint32_t level)
{
	vmi_quick(VMI_CALL_ReleasePage, at >> PAGE_SHIFT, level | PAE, 0);
	frame_give(at);
}

/* PAE: the kernel's directories are shared, as Linux does with 3 GB of user
 * space; else its entries are copied. */
static void roots(struct light *s)
{
	s->cr3 = frame_take();
#if GUEST_PAE
	pte_t *pdpt = va(s->cr3);

	for (uint32_t i = 0; i < X86_PDPT_ENTRIES; i++)
		pdpt[i] = pa(boot_pmd + i * PTE_PER_TAB) | X86_PTE_P;
	s->directory = frame_take();
	pdpt[0] = s->directory | X86_PTE_P;
#else
	s->directory = s->cr3;
	memcpy((pte_t *)va(s->cr3) + KERNEL_PDE, boot_pgd + KERNEL_PDE,
	       (NR_PDES - KERNEL_PDE) * PTE_BYTES);
#endif
	allocate(s->directory, PD);
}

pte_t *light_pte(const struct light *s, uint32_t addr)
{
	return (pte_t *)va(s->table) + (addr >> PAGE_SHIFT) % PTE_PER_TAB;
}

static pte_t *user_pde(const struct light *s)
{
	return (pte_t *)va(s->directory) + (USER_VA >> PD_SHIFT);
}

void light_make(struct light *s)
{
	roots(s);
	s->table = frame_take();
	s->stack = frame_take();
	allocate(s->table, PT);
	light_put(light_target(), user_pde(s), s->table | USER_PAGE, PD);
	light_set(light_pte(s, USER_VA), pa(user_start) | USER_RO);
	light_set(light_pte(s, USER_STACK), s->stack | USER_PAGE);
}

void light_use(const struct light *s)
{
	uint32_t cr3 = s ? s->cr3 : pa(boot_pgd);

	vmi_quick(VMI_CALL_SetCR3, cr3, 0, 0);
}

void light_drop(const struct light *s)
{
	*(volatile pte_t *)light_pte(s, USER_VA) = 0;
	*(volatile pte_t *)light_pte(s, USER_STACK) = 0;
	frame_give(s->stack);
	light_put(light_target(), user_pde(s), 0, PD);
	release(s->table, PT);
	if (s->directory != s->cr3)
		frame_give(s->cr3);
	release(s->directory, PD);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* See pte.h. */
#include "guest.h"
#include "pte.h"
#include "traps.h"

static uint32_t address(const pte_t *p)
{
	return (uint32_t)(uintptr_t)p;
}

void vmi_set(pte_t *p, pte_t value, uint32_t flags)
{
#if GUEST_PAE
	vmi(VMI_CALL_SetPxELong, (uint32_t)value, (uint32_t)(value >> 32),
	    address(p), flags);
#else
	vmi(VMI_CALL_SetPxE, value, address(p), flags);
#endif
}

void vmi_update(pte_t *p, uint32_t flags)
{
	vmi(GUEST_PAE ? VMI_CALL_UpdatePxELong : VMI_CALL_UpdatePxE, address(p),
	    flags);
}

void vmi_allocate(uint32_t at, uint32_t flags)
{
	vmi(VMI_CALL_AllocatePage, at >> PAGE_SHIFT,
	    flags | (GUEST_PAE ? VMI_PAGE_PAE : 0));
}

void vmi_release(uint32_t at, uint32_t flags)
{
	vmi(VMI_CALL_ReleasePage, at >> PAGE_SHIFT,
	    flags | (GUEST_PAE ? VMI_PAGE_PAE : 0));
}

void vmi_inval(uint32_t addr)
{
	vmi(VMI_CALL_InvalPage, addr);
}

void vmi_flush(uint32_t flags)
{
	vmi(VMI_CALL_FlushTLB, flags);
}

struct access {
	uint32_t addr, value;
};

static void do_read(void *arg)
{
	struct access *a = arg;

	a->value = *(volatile uint32_t *)a->addr;
}

static void do_write(void *arg)
{
	const struct access *a = arg;

	*(volatile uint32_t *)a->addr = a->value;
}

int try_read(uint32_t addr, uint32_t *value)
{
	struct access a = { addr, 0 };
	int vector = guarded(do_read, &a);

	*value = a.value;
	return vector;
}

int try_write(uint32_t addr, uint32_t value)
{
	struct access a = { addr, value };

	return guarded(do_write, &a);
}

uint32_t marked_frame(uint32_t mark)
{
	uint32_t at = frame_take();

	*(volatile uint32_t *)va(at) = mark;
	return at;
}

uint32_t frame_word(uint32_t at)
{
	return *(volatile uint32_t *)va(at);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copies between the adapter and guest memory, linear or physical.
 *
 * They follow the guest's tables, never the shadows, so they work for what is
 * not mapped yet and fault exactly where the guest would.
 */
#include "lib/string.h"
#include "mmu/shadow-private.h"

#define OPEN_BUS 0xff

/* Aligned words go in one piece: page-table entries and mailboxes need it. */
static void copy_from(void *dst, const volatile uint8_t *src, uint32_t len)
{
	if (len == 4 && !((uintptr_t)src & 3)) {
		uint32_t x =
			*(const volatile uint32_t *)(const volatile void *)src;

		memcpy(dst, &x, 4);
		return;
	}
	memcpy(dst, (const void *)(uintptr_t)src, len);
}

static void copy_to(volatile uint8_t *dst, const void *src, uint32_t len)
{
	if (len == 4 && !((uintptr_t)dst & 3)) {
		uint32_t x;

		memcpy(&x, src, 4);
		*(volatile uint32_t *)(volatile void *)dst = x;
		return;
	}
	memcpy((void *)(uintptr_t)dst, src, len);
}

/* A stretch inside one page. */
static void phys_read(struct mmu *m, struct shadow_vcpu *v, void *dst,
		      gpa_t gpa, uint32_t len)
{
	const volatile uint8_t *p =
		guest_map(m, v, gfn((uint32_t)(gpa >> PAGE_SHIFT)), false);

	if (p)
		copy_from(dst, p + (gpa & PAGE_MASK), len);
	else
		memset(dst, OPEN_BUS, len);
}

static void phys_write(struct mmu *m, struct shadow_vcpu *v, gpa_t gpa,
		       const void *src, uint32_t len)
{
	volatile uint8_t *p =
		guest_map(m, v, gfn((uint32_t)(gpa >> PAGE_SHIFT)), true);

	if (p)
		copy_to(p + (gpa & PAGE_MASK), src, len);
}

static uint32_t in_page(uint32_t offset, uint32_t len)
{
	uint32_t room = PAGE_SIZE - offset;

	return len < room ? len : room;
}

bool guest_read(struct mmu *m, struct shadow_vcpu *v, void *dst, gva_t va,
		uint32_t len, uint32_t access, struct guest_fault *f)
{
	uint8_t *d = dst;
	gpa_t gpa;
	uint32_t n;

	for (; len; len -= n, va += n, d += n) {
		n = in_page(va & PAGE_MASK, len);
		if (!guest_translate(m, v, va, access, &gpa, f))
			return false;
		phys_read(m, v, d, gpa, n);
	}
	return true;
}

bool guest_write(struct mmu *m, struct shadow_vcpu *v, gva_t va,
		 const void *src, uint32_t len, uint32_t access,
		 struct guest_fault *f)
{
	const uint8_t *s = src;
	gpa_t gpa;
	uint32_t n;

	for (; len; len -= n, va += n, s += n) {
		n = in_page(va & PAGE_MASK, len);
		if (!guest_translate(m, v, va, access | WALK_WRITE, &gpa, f))
			return false;
		phys_write(m, v, gpa, s, n);
	}
	return true;
}

void guest_read_phys(struct mmu *m, struct shadow_vcpu *v, void *dst, gpa_t gpa,
		     uint32_t len)
{
	uint8_t *d = dst;
	uint32_t n;

	for (; len; len -= n, gpa += n, d += n) {
		n = in_page(gpa & PAGE_MASK, len);
		phys_read(m, v, d, gpa, n);
	}
}

void guest_write_phys(struct mmu *m, struct shadow_vcpu *v, gpa_t gpa,
		      const void *src, uint32_t len)
{
	const uint8_t *s = src;
	uint32_t n;

	for (; len; len -= n, gpa += n, s += n) {
		n = in_page(gpa & PAGE_MASK, len);
		phys_write(m, v, gpa, s, n);
	}
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The model Xen refuses what Xen refuses: each rule of the page types broken
 * on purpose.  Without this the pager's tests would prove nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../mock/xen-model.h"

#define P   0x001ull
#define RW  0x002ull
#define US  0x004ull
#define PWT 0x008ull
#define PCD 0x010ull
#define PSE 0x080ull
#define G   0x100ull
#define NX  (1ull << 63)

#define NR_FRAMES 128u
#define WINDOW	  0xf4000000u
#define NR_WINDOW 2u

/* Where xen_model_boot() puts things. */
#define BOOT	  3u
#define BOOT_L2_3 (BOOT + 4)
#define BOOT_L1	  (BOOT + 5)

/* Frames of the tests' own. */
enum {
	DATA = 40,
	DATA2,
	L1_A,
	L1_B,
	L2_A,
	L2_B, /* with room for Xen, for slot 3 */
	ROOT,
	FOREIGN,
	EMPTY
};

static uint64_t *page(uint32_t frame)
{
	return xen_page(frame);
}
static uint64_t entry(uint32_t frame, uint64_t flags)
{
	return ((uint64_t)frame << PAGE_SHIFT) | flags;
}
static int set(uint32_t table, uint32_t i, uint64_t val)
{
	struct xen_mmu_entry e = { ((uint64_t)table << PAGE_SHIFT) + i * 8,
				   val };
	uint32_t done;

	return xen_mmu_update(&e, 1, &done);
}

/* Refused with @rc, and nothing is left of it. */
static void refused_at(int line, int got, int rc)
{
	if (got != -rc)
		fail_msg("line %d: %d, not %d", line, got, -rc);
	if (xen_model_check())
		fail_msg("line %d: %s", line, xen_model_check());
}
#define refused(call, rc) refused_at(__LINE__, call, rc)
#define works(call)	  refused_at(__LINE__, call, 0)

static int start_with(bool has_nx)
{
	mfn_t window[NR_WINDOW];

	xen_model_start(NR_FRAMES, has_nx);
	xen_model_boot(BOOT, WINDOW, window, NR_WINDOW);
	assert_int_equal(mfn_x(window[0]), BOOT_L1);
	xen.frame[FOREIGN].foreign = true;
	return 0;
}
static int start(void **state)
{
	(void)state;
	return start_with(true);
}
static int end(void **state)
{
	(void)state;
	xen_model_end();
	return 0;
}

static void bits_that_no_entry_may_have(void **state)
{
	(void)state;
	works(set(BOOT_L1, 0, entry(DATA, P | RW | US | G | NX)));
	refused(set(BOOT_L1, 1, entry(DATA, P | PWT)), XEN_EINVAL);
	refused(set(BOOT_L1, 1, entry(DATA, P | PCD)), XEN_EINVAL);
	refused(set(BOOT_L1, 1, entry(DATA, P | PSE)), XEN_EINVAL);
	refused(set(BOOT_L1, 1, entry(DATA, P) | 1ull << 50), XEN_EINVAL);
	refused(set(BOOT + 1, 0, entry(L1_A, P | RW | G)), XEN_EINVAL);
	refused(set(BOOT + 1, 0, entry(L1_A, P | RW | PSE)), XEN_EINVAL);
	works(set(BOOT + 1, 0, entry(L1_A, P | RW | NX)));
	refused(set(BOOT, 0, entry(L2_A, P | NX)), XEN_EINVAL);
	/* What is not present may be anything. */
	works(set(BOOT_L1, 1, ~0ull & ~P));
}

static void no_nx_without_nx(void **state)
{
	(void)state;
	start_with(false);
	refused(set(BOOT_L1, 0, entry(DATA, P | NX)), XEN_EINVAL);
	works(set(BOOT_L1, 0, entry(DATA, P)));
}

static void frames_of_others(void **state)
{
	(void)state;
	refused(set(BOOT_L1, 0, entry(FOREIGN, P)), XEN_EPERM);
	refused(set(BOOT_L1, 0, entry(NR_FRAMES, P)), XEN_EPERM);
	refused(set(FOREIGN, 0, 0), XEN_EPERM);
	refused(set(NR_FRAMES, 0, 0), XEN_EPERM);
	refused(xen_pin(mfn(FOREIGN), 1), XEN_EINVAL);
	refused(xen_new_baseptr(mfn(FOREIGN)), XEN_EINVAL);
	refused(xen_page_fill(mfn(FOREIGN), NULL), XEN_EINVAL);
}

static void no_writable_mapping_of_a_table(void **state)
{
	(void)state;
	works(xen_pin(mfn(L1_A), 1));
	refused(set(BOOT_L1, 0, entry(L1_A, P | RW)), XEN_EBUSY);
	refused(set(BOOT_L1, 0, entry(BOOT, P | RW)), XEN_EBUSY);
	refused(set(BOOT_L1, 0, entry(BOOT_L2_3, P | RW)), XEN_EBUSY);
	works(set(BOOT_L1, 0, entry(L1_A, P)));
	/* Not even by making a read-only one writable. */
	refused(set(BOOT_L1, 0, entry(L1_A, P | RW)), XEN_EBUSY);
	refused(xen_update_va(WINDOW, entry(L1_A, P | RW), XEN_VA_NONE),
		XEN_EBUSY);
	refused(xen_page_fill(mfn(L1_A), NULL), XEN_EINVAL);
	/* An ordinary page again: now it may. */
	works(xen_unpin(mfn(L1_A)));
	works(set(BOOT_L1, 0, entry(L1_A, P | RW)));
}

static void no_table_while_it_is_writable(void **state)
{
	(void)state;
	works(set(BOOT_L1, 0, entry(L1_A, P | RW)));
	refused(xen_pin(mfn(L1_A), 1), XEN_EINVAL);
	refused(set(BOOT + 1, 0, entry(L1_A, P)), XEN_EINVAL);
	works(set(BOOT_L1, 0, 0));
	works(xen_pin(mfn(L1_A), 1));
}

static void descriptor_pages(void **state)
{
	(void)state;
	works(set(BOOT_L1, 0, entry(DATA, P | RW)));
	refused(xen_model_segdesc(DATA, true), XEN_EINVAL);
	works(set(BOOT_L1, 0, entry(DATA, P)));
	assert_int_equal(xen_model_segdesc(DATA, true), 0);
	refused(set(BOOT_L1, 1, entry(DATA, P | RW)), XEN_EBUSY);
	refused(xen_pin(mfn(DATA), 1), XEN_EINVAL);
	assert_int_equal(xen_model_segdesc(DATA, false), 0);
	works(set(BOOT_L1, 1, entry(DATA, P | RW)));
}

static void levels_do_not_mix(void **state)
{
	(void)state;
	works(xen_pin(mfn(L1_A), 1));
	works(xen_pin(mfn(L2_A), 2));
	refused(set(BOOT + 1, 0, entry(L2_A, P)), XEN_EINVAL);
	refused(set(L2_A, 0, entry(L2_A, P)), XEN_EINVAL);
	refused(set(BOOT, 0, entry(L1_A, P)), XEN_EINVAL);
	refused(xen_pin(mfn(L1_B), 0), XEN_EINVAL);
	refused(xen_pin(mfn(L1_B), 4), XEN_EINVAL);
	refused(xen_new_baseptr(mfn(L2_A)), XEN_EINVAL);
	works(set(L2_A, 0, entry(L1_A, P | RW)));
}

static void pins(void **state)
{
	(void)state;
	works(xen_pin(mfn(L1_A), 1));
	refused(xen_pin(mfn(L1_A), 1), XEN_EINVAL);
	refused(xen_pin(mfn(L1_A), 2), XEN_EINVAL);
	works(xen_unpin(mfn(L1_A)));
	refused(xen_unpin(mfn(L1_A)), XEN_EINVAL);
	refused(xen_unpin(mfn(DATA)), XEN_EINVAL);
}

/* A table with one bad entry among good ones is refused as a whole. */
static void validation_looks_at_every_entry(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < 512; i += 73) {
		memset(page(L1_A), 0, PAGE_SIZE);
		page(L1_A)[0] = entry(DATA, P | RW);
		page(L1_A)[511] = entry(DATA2, P);
		page(L1_A)[i] = entry(DATA, P | PWT);
		refused(xen_pin(mfn(L1_A), 1), XEN_EINVAL);
		page(L1_A)[i] = entry(FOREIGN, P);
		refused(xen_pin(mfn(L1_A), 1), XEN_EPERM);
		page(L1_A)[i] = entry(BOOT, P | RW);
		refused(xen_pin(mfn(L1_A), 1), XEN_EBUSY);
	}
	memset(page(L1_A), 0, PAGE_SIZE);
	works(xen_pin(mfn(L1_A), 1));
}

/* A root is valid with its own slot 3 only. */
static void slot_3_is_private(void **state)
{
	uint32_t i;

	(void)state;
	refused(xen_pin(mfn(ROOT), 3), XEN_EINVAL); /* none */
	for (i = 0; i < 3; i++)
		page(ROOT)[i] = entry(EMPTY + i, P);
	page(ROOT)[3] = entry(BOOT_L2_3, P);
	refused(xen_pin(mfn(ROOT), 3), XEN_EINVAL); /* shared with the boot's */
	page(ROOT)[3] = entry(L2_B, P);
	works(xen_pin(mfn(L2_B), 2));
	refused(xen_pin(mfn(ROOT), 3), XEN_EINVAL); /* pinned */
	works(xen_unpin(mfn(L2_B)));
	page(ROOT)[0] = entry(L2_B, P);
	refused(xen_pin(mfn(ROOT), 3), XEN_EINVAL); /* in two slots */
	page(ROOT)[0] = entry(EMPTY, P);
	works(xen_pin(mfn(ROOT), 3));
	refused(xen_pin(mfn(L2_B), 2), XEN_EINVAL);
	refused(set(ROOT, 3, entry(L2_A, P)), XEN_EINVAL);
	refused(set(ROOT, 0, entry(L2_B, P)), XEN_EINVAL);
	refused(set(L2_B, XEN_L2_FIRST, 0), XEN_EPERM);
	refused(set(L2_B, 511, entry(L1_A, P)), XEN_EPERM);
	works(set(L2_B, XEN_L2_FIRST - 1, entry(L1_A, P)));
	works(set(EMPTY, XEN_L2_FIRST, entry(L1_B, P))); /* not slot 3's */
	works(xen_new_baseptr(mfn(ROOT)));
	works(xen_unpin(mfn(BOOT)));
}

static void a_batch_ends_at_the_first_refusal(void **state)
{
	struct xen_mmu_entry e[4];
	uint32_t done = 99, i;

	(void)state;
	for (i = 0; i < 4; i++)
		e[i] = (struct xen_mmu_entry){
			((uint64_t)BOOT_L1 << PAGE_SHIFT) + i * 8,
			entry(DATA, P | RW)
		};
	e[2].val |= PCD;
	refused(xen_mmu_update(e, 4, &done), XEN_EINVAL);
	assert_int_equal(done, 2);
	assert_true(page(BOOT_L1)[1] & P);
	assert_false(page(BOOT_L1)[2] & P);
	assert_false(page(BOOT_L1)[3] & P);
	e[2].ptr |= 4; /* a command that does not exist here */
	refused(xen_mmu_update(e, 4, &done), XEN_EINVAL);
	assert_int_equal(done, 2);
}

static void update_va_needs_an_l1(void **state)
{
	(void)state;
	refused(xen_update_va(0x1000, entry(DATA, P), XEN_VA_NONE), XEN_EINVAL);
	refused(xen_update_va(XEN_HOLE, entry(DATA, P), XEN_VA_NONE),
		XEN_EINVAL);
	works(xen_update_va(WINDOW, entry(DATA, P | RW), XEN_VA_NONE));
	assert_int_equal(xen_model_l1e(WINDOW), entry(DATA, P | RW));
}

static uint32_t seen(gva_t va)
{
	uint64_t maddr;
	uint32_t error;

	if (!xen_model_access(va, 0, &maddr, &error))
		return 0;
	return (uint32_t)(maddr >> PAGE_SHIFT);
}

static void the_tlb_remembers(void **state)
{
	(void)state;
	works(set(BOOT_L1, 0, entry(DATA, P | RW)));
	assert_int_equal(seen(WINDOW), DATA);
	works(set(BOOT_L1, 0, entry(DATA2, P | RW)));
	assert_int_equal(seen(WINDOW), DATA);
	works(xen_invlpg(WINDOW));
	assert_int_equal(seen(WINDOW), DATA2);
	works(set(BOOT_L1, 0, 0));
	assert_int_equal(seen(WINDOW), DATA2);
	works(xen_flush_tlb());
	assert_int_equal(seen(WINDOW), 0);
	works(set(BOOT_L1, 0, entry(DATA, P)));
	assert_int_equal(seen(WINDOW), DATA);
	works(xen_update_va(WINDOW, entry(DATA2, P), XEN_VA_INVLPG));
	assert_int_equal(seen(WINDOW), DATA2);
}

static void rights_of_an_access(void **state)
{
	uint64_t maddr;
	uint32_t error;

	(void)state;
	works(set(BOOT_L1, 0, entry(DATA, P | NX)));
	assert_true(xen_model_access(WINDOW, 0, &maddr, &error));
	assert_false(xen_model_access(WINDOW, 2, &maddr, &error));
	assert_int_equal(error, 3);
	assert_false(xen_model_access(WINDOW, 4, &maddr, &error));
	assert_int_equal(error, 5);
	assert_false(xen_model_access(WINDOW, 16, &maddr, &error));
	assert_int_equal(error, 17);
	assert_false(xen_model_access(WINDOW + PAGE_SIZE, 2, &maddr, &error));
	assert_int_equal(error, 2);
}

/* The check of the books is a check. */
static void wrong_books_are_noticed(void **state)
{
	(void)state;
	works(set(BOOT_L1, 0, entry(DATA, P | RW)));
	works(set(BOOT_L1, 1, entry(DATA2, P)));
	xen.frame[DATA].count++;
	assert_non_null(xen_model_check());
	xen.frame[DATA].count--;
	xen.frame[DATA2].refs--;
	assert_non_null(xen_model_check());
	xen.frame[DATA2].refs++;
	assert_null(xen_model_check());
	page(BOOT_L1)[2] = entry(DATA, P | RW); /* behind Xen's back */
	assert_non_null(xen_model_check());
}

#define T(f) cmocka_unit_test_setup_teardown(f, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(bits_that_no_entry_may_have),
		T(no_nx_without_nx),
		T(frames_of_others),
		T(no_writable_mapping_of_a_table),
		T(no_table_while_it_is_writable),
		T(descriptor_pages),
		T(levels_do_not_mix),
		T(pins),
		T(validation_looks_at_every_entry),
		T(slot_3_is_private),
		T(a_batch_ends_at_the_first_refusal),
		T(update_va_needs_an_l1),
		T(the_tlb_remembers),
		T(rights_of_an_access),
		T(wrong_books_are_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* What a lazy section sends to Xen, how often and in which order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "lib/panic.h"
#include "xen/batch.h"
#include "xen/domain.h"

#define STACK	   __HYPERVISOR_stack_switch
#define TS	   __HYPERVISOR_fpu_taskswitch
#define DESCRIPTOR __HYPERVISOR_update_descriptor
#define MMU	   __HYPERVISOR_mmu_update
#define MAX_SENT   64

/* Each call that reached Xen, and how many hypercalls that took. */
static struct multicall_entry sent[MAX_SENT];
static unsigned int nr_sent, hypercalls;
static unsigned long refuse; /* this operation, with -22 */
static jmp_buf panicked;

static int result_of(const struct multicall_entry *e)
{
	assert_true(nr_sent < MAX_SENT);
	sent[nr_sent++] = *e;
	return refuse && e->op == refuse ? -22 : 0;
}

int batch_call(const struct multicall_entry *e)
{
	hypercalls++;
	return result_of(e);
}

int batch_multicall(struct multicall_entry *e, unsigned int n)
{
	hypercalls++;
	for (unsigned int i = 0; i < n; i++)
		e[i].result = result_of(&e[i]);
	return 0;
}

void panic_at(const char *file, int line, const char *fmt, ...)
{
	(void)file;
	(void)line;
	(void)fmt;
	longjmp(panicked, 1);
}

static bool add(uint32_t op, uint32_t a, uint32_t b, uint32_t c)
{
	const uint32_t args[BATCH_ARGS] = { a, b, c };

	return batch_add(op, args);
}

static int start(void **state)
{
	(void)state;
	xen_lazy(false);
	nr_sent = hypercalls = 0;
	refuse = 0;
	return 0;
}

static void outside_of_a_section(void **state)
{
	(void)state;
	assert_false(add(STACK, 1, 2, 0));
	xen_lazy(true);
	xen_lazy(false);
	xen_lazy_flush();
	assert_int_equal(hypercalls, 0);
}

static void one_goes_alone(void **state)
{
	(void)state;
	xen_lazy(true);
	assert_true(add(STACK, 0x69, 0xc1002000, 0));
	assert_int_equal(hypercalls, 0);
	xen_lazy(false);
	assert_int_equal(hypercalls, 1);
	assert_int_equal(nr_sent, 1);
	assert_int_equal(sent[0].args[1], 0xc1002000);
}

static void several_are_one_multicall(void **state)
{
	(void)state;
	xen_lazy(true);
	add(STACK, 0x69, 1, 0);
	add(DESCRIPTOR, 0x1030, 0, 7);
	add(DESCRIPTOR, 0x1038, 0, 8);
	add(TS, 1, 0, 0);
	xen_lazy(false);
	assert_int_equal(hypercalls, 1);
	assert_int_equal(nr_sent, 4);
}

static void the_last_of_a_kind_counts(void **state)
{
	(void)state;
	xen_lazy(true);
	add(STACK, 0x69, 1, 0);
	add(DESCRIPTOR, 0x1030, 0, 7);
	add(TS, 1, 0, 0);
	add(STACK, 0x69, 2, 0);
	add(DESCRIPTOR, 0x1030, 0, 9);
	add(DESCRIPTOR, 0x1030, 1, 5); /* above 4 GB: another */
	add(TS, 0, 0, 0);
	assert_true(batch_has_descriptor(0x1030));
	assert_true(batch_has_descriptor(0x100001030));
	assert_false(batch_has_descriptor(0x1038));
	xen_lazy(false);
	assert_int_equal(nr_sent, 4);
	assert_int_equal(sent[0].args[1], 2);
	assert_int_equal(sent[1].args[2], 9);
	assert_int_equal(sent[2].args[0], 0);
	assert_int_equal(sent[3].args[2], 5);
	assert_false(batch_has_descriptor(0x1030));
}

static void more_than_fit_lose_nothing(void **state)
{
	(void)state;
	xen_lazy(true);
	for (uint32_t i = 0; i < 30; i++)
		add(DESCRIPTOR, i * 8, 0, i);
	xen_lazy(false);
	assert_int_equal(nr_sent, 30);
	for (uint32_t i = 0; i < 30; i++)
		assert_int_equal(sent[i].args[2], i);
}

static void page_tables_go_first(void **state)
{
	const uint32_t args[BATCH_ARGS] = { 0x1000, 3, 0x2000, DOMID_SELF };

	(void)state;
	xen_lazy(true);
	add(STACK, 0x69, 1, 0);
	assert_true(batch_waits());
	assert_int_equal(batch_send_behind(MMU, args), 0);
	assert_int_equal(hypercalls, 1);
	assert_int_equal(nr_sent, 2);
	assert_int_equal(sent[0].op, MMU);
	assert_int_equal(sent[0].args[1], 3);
	assert_int_equal(sent[0].args[3], DOMID_SELF);
	assert_int_equal(sent[1].op, STACK);
	xen_lazy(false);
	assert_int_equal(hypercalls, 1);
	/* Its refusal is the pager's to tell. */
	refuse = MMU;
	xen_lazy(true);
	add(TS, 0, 0, 0);
	assert_int_equal(batch_send_behind(MMU, args), -22);
}

static void a_flush_keeps_the_section(void **state)
{
	(void)state;
	xen_lazy(true);
	add(TS, 0, 0, 0);
	xen_lazy_flush();
	assert_int_equal(hypercalls, 1);
	assert_false(batch_waits());
	assert_true(add(TS, 1, 0, 0));
	xen_lazy(false);
	assert_int_equal(hypercalls, 2);
}

static void what_xen_refuses_is_a_panic(void **state)
{
	volatile unsigned int panics = 0;

	(void)state;
	refuse = STACK;
	for (volatile int more = 0; more < 2; more++) {
		xen_lazy(true);
		add(STACK, 0, 0, 0);
		if (more)
			add(TS, 1, 0, 0);
		if (setjmp(panicked))
			panics++;
		else
			xen_lazy(false);
	}
	assert_int_equal(panics, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(outside_of_a_section, start),
		cmocka_unit_test_setup(one_goes_alone, start),
		cmocka_unit_test_setup(several_are_one_multicall, start),
		cmocka_unit_test_setup(the_last_of_a_kind_counts, start),
		cmocka_unit_test_setup(more_than_fit_lose_nothing, start),
		cmocka_unit_test_setup(page_tables_go_first, start),
		cmocka_unit_test_setup(a_flush_keeps_the_section, start),
		cmocka_unit_test_setup(what_xen_refuses_is_a_panic, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

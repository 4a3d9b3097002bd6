/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest is told of this machine's own processor: what the adapter does
 * not have is hidden, whatever the processor is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "cpu/cr.h"
#include "x86-defs.h"

#define APIC_ID_SHIFT 24
#define TOPOLOGY_SUBS 3
#define NR_PARTS      4

enum {
	EAX,
	EBX,
	ECX,
	EDX
};

static struct vcpu v;

static const uint32_t *leaf(uint32_t n, uint32_t sub)
{
	static uint32_t r[NR_PARTS];

	cpuid_guest(&v, n, sub, r);
	return r;
}

static void the_processor_is_alone(void **state)
{
	(void)state;
	for (v.id = 0; v.id < 2; v.id++) {
		assert_int_equal(leaf(CPUID_LEAF_FEATURES, 0)[EBX] >> 16,
				 v.id << (APIC_ID_SHIFT - 16));
		assert_int_equal(
			leaf(CPUID_LEAF_FEATURES, 0)[EDX] & CPUID_1_EDX_HTT, 0);
	}
	v.id = 0;
	for (uint32_t i = 0; i < TOPOLOGY_SUBS; i++)
		for (unsigned int k = 0; k < NR_PARTS; k++)
			assert_int_equal(leaf(CPUID_LEAF_TOPOLOGY, i)[k], 0);
	assert_int_equal(leaf(CPUID_LEAF_CACHE_PARAM, 0)[EAX] >> 14, 0);
	assert_int_equal(leaf(CPUID_LEAF_EXT_SIZES, 0)[ECX], 0);
}

static void hypervisors_below_are_hidden(void **state)
{
	(void)state;
	for (uint32_t n = CPUID_LEAF_HYPERVISOR;
	     n < CPUID_LEAF_HYPERVISOR + 0x400; n += 0x100)
		for (unsigned int k = 0; k < NR_PARTS; k++)
			assert_int_equal(leaf(n, 0)[k], 0);
}

static void features_are_those_that_work(void **state)
{
	const uint32_t hidden = CPUID_1_EDX_VME | CPUID_1_EDX_MCE |
				CPUID_1_EDX_MCA | CPUID_1_EDX_SEP |
				CPUID_1_EDX_PGE | CPUID_1_EDX_DS |
				CPUID_1_EDX_ACPI;

	(void)state;
	assert_int_equal(leaf(CPUID_LEAF_FEATURES, 0)[EDX] & hidden, 0);
	assert_true(leaf(CPUID_LEAF_FEATURES, 0)[EDX] & CPUID_1_EDX_FPU);
	assert_int_equal(leaf(CPUID_LEAF_FEATURES, 0)[ECX] &
				 (CPUID_1_ECX_MONITOR | CPUID_1_ECX_VMX |
				  CPUID_1_ECX_OSXSAVE),
			 0);
	assert_int_equal(leaf(CPUID_LEAF_FEATURES7, 0)[EBX], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_processor_is_alone),
		cmocka_unit_test(hypervisors_below_are_hidden),
		cmocka_unit_test(features_are_those_that_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

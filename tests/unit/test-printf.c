/* SPDX-License-Identifier: GPL-2.0-only */
/* vmi_snprintf against the C library's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>
#include "lib/div64.h"
#include "lib/printf.h"

#define SAME(...)                                                              \
	do {                                                                   \
		char ours[80], theirs[80];                                     \
		int n = vmi_snprintf(ours, sizeof(ours), __VA_ARGS__);         \
		assert_int_equal(                                              \
			n, snprintf(theirs, sizeof(theirs), __VA_ARGS__));     \
		assert_string_equal(ours, theirs);                             \
	} while (0)

static void formats_agree_with_libc(void **state)
{
	(void)state;
	SAME("%d %d %u", 0, -2147483647 - 1, 4294967295u);
	SAME("%x %#x %08x %X", 0xbeefu, 0xbeefu, 0xbeefu, 0xbeefu);
	SAME("[%5d][%-5d][%05d]", 42, 42, -42);
	SAME("[%s][%8s][%-8s][%.2s]", "abc", "abc", "abc", "abc");
	SAME("%llx %llu %lld", 0x123456789abcdefull, ~0ull, -5ll);
	SAME("%c%%%c", 'x', 'y');
	SAME("%*d %.*s", 6, 7, 2, "wxyz");
	SAME("%hhu %hx %hhd", (unsigned char)200, (unsigned short)65535,
	     (signed char)-3);
	SAME("%zu", sizeof(long));
}

static void output_is_cut_and_terminated(void **state)
{
	char buf[4] = "zzz";

	(void)state;
	assert_int_equal(vmi_snprintf(buf, 4, "%s", "abcdef"), 6);
	assert_string_equal(buf, "abc");
	assert_int_equal(vmi_snprintf(buf, 0, "%s", "abcdef"), 6);
	assert_string_equal(buf, "abc");
}

static void division_is_exact(void **state)
{
	uint64_t n = 0x123456789abcdefull;
	uint32_t rem;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint32_t d = (uint32_t)(n >> 17) | 1;

		n = n * 6364136223846793005ull + 1442695040888963407ull;
		assert_true(div64_32(n, d, &rem) == n / d);
		assert_int_equal(rem, n % d);
		assert_true(
			muldiv64(n >> 20, d, 1000003) ==
			(uint64_t)((unsigned __int128)(n >> 20) * d / 1000003));
		assert_true(mul64_32_shr32(n, d) ==
			    (uint64_t)((unsigned __int128)n * d >> 32));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_agree_with_libc),
		cmocka_unit_test(output_is_cut_and_terminated),
		cmocka_unit_test(division_is_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Where checksums are found, where not, and what they come to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "dev/csum.h"
#include "lib/string.h"

#define LEN	 60u
#define ETH	 14u
#define FRAGMENT (ETH + 6)
#define PROTOCOL (ETH + 9)
#define TCP	 6
#define UDP	 17
#define ICMP	 1

static uint8_t frame[LEN];

static int set_up(void **state)
{
	(void)state;
	memset(frame, 0, LEN);
	frame[12] = 8;
	frame[ETH] = 0x45;
	frame[FRAGMENT] = 0x40; /* not to be cut */
	frame[PROTOCOL] = TCP;
	return 0;
}

static void test_found(void **state)
{
	struct csum_place p;

	(void)state;
	assert_true(csum_find(frame, LEN, &p));
	assert_int_equal(p.start, 34);
	assert_int_equal(p.offset, CSUM_TCP);
	frame[PROTOCOL] = UDP;
	frame[ETH] = 0x46; /* a word of options */
	assert_true(csum_find(frame, LEN, &p));
	assert_int_equal(p.start, 38);
	assert_int_equal(p.offset, CSUM_UDP);
	assert_true(csum_find(frame, 46, &p));
	assert_false(csum_find(frame, 45, &p));
}

static void test_not_found(void **state)
{
	static const struct {
		uint8_t at, value;
	} bad[] = {
		{ 12, 0x81 },	     { 13, 6 },		 { ETH, 0x65 },
		{ ETH, 0x44 },	     { ETH, 0x4f },	 { FRAGMENT, 0x20 },
		{ FRAGMENT + 1, 1 }, { PROTOCOL, ICMP },
	};
	struct csum_place p;

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		set_up(state);
		frame[bad[i].at] = bad[i].value;
		assert_false(csum_find(frame, LEN, &p));
	}
	set_up(state);
	for (uint32_t len = 0; len < 54; len++)
		assert_false(csum_find(frame, len, &p));
}

/* RFC 1071's example: 00 01 f2 03 f4 f5 f6 f7 sum up to ddf2. */
static void test_filled(void **state)
{
	const struct csum_place p = { 1, 8 };
	uint8_t data[] = { 9, 0, 1, 0xf2, 3, 0xf4, 0xf5, 0xf6, 0xf7, 0, 0 };

	(void)state;
	assert_true(csum_fill(data, sizeof(data), &p));
	assert_int_equal(data[9], 0x22);
	assert_int_equal(data[10], 0x0d);
	/* together they are all ones: what a receiver looks at */
	assert_true(csum_fill(data, sizeof(data), &p));
	assert_int_equal(data[9], 0xff);
	assert_int_equal(data[10], 0xff);
}

static void test_odd_and_outside(void **state)
{
	struct csum_place p = { 0, 0 };
	uint8_t data[] = { 0, 0, 0x12 };

	(void)state;
	assert_true(csum_fill(data, sizeof(data), &p));
	assert_int_equal(data[0], 0xed);
	assert_int_equal(data[1], 0xff);
	p.offset = 2;
	assert_false(csum_fill(data, sizeof(data), &p));
	p = (struct csum_place){ 0xffff, 0xffff };
	assert_false(csum_fill(data, sizeof(data), &p));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_found, set_up),
		cmocka_unit_test_setup(test_not_found, set_up),
		cmocka_unit_test_setup(test_filled, set_up),
		cmocka_unit_test_setup(test_odd_and_outside, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bundle's parser: Linux Documentation/x86/boot.txt.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include "boot/bzimage.h"
#include "lib/string.h"

#define SETUP_SECTS 4
#define SETUP_BYTES ((SETUP_SECTS + 1) * 512u)
#define TEXT_BYTES  4096u
#define INITRD_AT   (SETUP_BYTES + TEXT_BYTES)
#define TOTAL	    (INITRD_AT + 3 + 100)

struct bundle {
	uint8_t *data;
	uint32_t size;
};

static void put(uint8_t *p, uint32_t at, uint32_t value, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		p[at + i] = (uint8_t)(value >> (8 * i));
}

/* Fails the test when the parser reaches outside of what it was given. */
static void bundle_read(void *opaque, uint32_t offset, void *buf, uint32_t len)
{
	const struct bundle *b = opaque;

	assert_true(offset <= b->size && len <= b->size - offset);
	memcpy(buf, b->data + offset, len);
}

static void make_good(uint8_t *p)
{
	memset(p, 0, TOTAL);
	p[0x1f1] = SETUP_SECTS;
	put(p, 0x1f4, TEXT_BYTES / 16, 4);
	put(p, 0x1fe, 0xaa55, 2);
	p[0x200] = 0xeb;
	p[0x201] = 0x66;
	memcpy(p + 0x202, "HdrS", 4);
	put(p, 0x206, 0x20a, 2);
	put(p, 0x20e, 0x100, 2);
	memcpy(p + 0x300, "2.6.32 (me@here) #1", 20);
	p[0x211] = 1;
	put(p, 0x214, 0x100000, 4);
	put(p, 0x22c, 0x37ffffff, 4);
	put(p, 0x230, 0x1000000, 4);
	put(p, 0x238, 2047, 4);
	put(p, 0x260, 0x800000, 4);
	memset(p + SETUP_BYTES, 0xcc, TEXT_BYTES);
	memset(p + INITRD_AT + 3, 'i', 100);
}

static enum bzimage_error parse(struct bzimage *b, const uint8_t *p,
				uint32_t size)
{
	/* An exact copy, so that ASan sees a read behind its end. */
	struct bundle bundle = { malloc(size ? size : 1), size };
	enum bzimage_error e;

	memcpy(bundle.data, p, size);
	e = bzimage_parse(b, bundle_read, &bundle, size);
	free(bundle.data);
	return e;
}

static void good_image_is_described(void **state)
{
	uint8_t p[TOTAL];
	struct bzimage b;

	(void)state;
	make_good(p);
	assert_int_equal(parse(&b, p, TOTAL), BZIMAGE_OK);
	assert_int_equal(b.protocol, 0x20a);
	assert_string_equal(b.version, "2.6.32 (me@here) #1");
	assert_int_equal(b.entry, 0x100000);
	assert_int_equal(b.kernel_offset, SETUP_BYTES);
	assert_int_equal(b.kernel_size, TEXT_BYTES);
	assert_int_equal(b.initrd_offset, INITRD_AT + 3);
	assert_int_equal(b.initrd_size, 100);
	assert_int_equal(b.cmdline_max, 2047);
	assert_int_equal(b.init_size, 0x800000);
	assert_int_equal(b.header_len, 0x202 + 0x66 - 0x1f1);
}

static void pad_bytes_are_skipped_up_to_three(void **state)
{
	uint8_t p[TOTAL];
	struct bzimage b;

	(void)state;
	for (uint32_t pad = 0; pad <= 3; pad++) {
		make_good(p);
		memset(p + INITRD_AT + pad, 'i', 4);
		assert_int_equal(parse(&b, p, TOTAL), BZIMAGE_OK);
		assert_int_equal(b.initrd_offset, INITRD_AT + pad);
	}
	assert_int_equal(parse(&b, p, INITRD_AT), BZIMAGE_OK);
	assert_int_equal(b.initrd_size, 0);
}

static void every_truncation_is_noticed(void **state)
{
	uint8_t p[TOTAL], padded[TOTAL];
	struct bzimage b;

	(void)state;
	make_good(p);
	for (uint32_t n = 0; n < INITRD_AT; n++) {
		assert_int_not_equal(parse(&b, p, n), BZIMAGE_OK);
		/* Padded with zeros, as direct PV does. */
		memset(padded, 0, sizeof(padded));
		memcpy(padded, p, n);
		if (n < INITRD_AT - 3)
			assert_int_not_equal(parse(&b, padded, TOTAL),
					     BZIMAGE_OK);
	}
}

static void bad_fields_are_named(void **state)
{
	static const struct {
		uint32_t at, value;
		unsigned int bytes;
		enum bzimage_error error;
	} cases[] = {
		{ 0x1fe, 0, 2, BZIMAGE_NO_MAGIC },
		{ 0x202, 0, 4, BZIMAGE_NO_MAGIC },
		{ 0x206, 0x203, 2, BZIMAGE_OLD_PROTOCOL },
		{ 0x206, 0, 2, BZIMAGE_OLD_PROTOCOL },
		{ 0x211, 0, 1, BZIMAGE_NOT_BIG },
		{ 0x1f4, 0, 4, BZIMAGE_TRUNCATED },
		{ 0x1f4, 0xffffffff, 4, BZIMAGE_TRUNCATED },
		{ 0x1f4, 0x10000000, 4, BZIMAGE_TRUNCATED },
		{ 0x1f1, 0xff, 1, BZIMAGE_TRUNCATED },
		{ 0x214, 0, 4, BZIMAGE_BAD_ENTRY },
		{ 0x214, 0xfffff, 4, BZIMAGE_BAD_ENTRY },
		{ 0x214, 0xc0100000, 4, BZIMAGE_BAD_ENTRY },
	};
	uint8_t p[TOTAL];
	struct bzimage b;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		make_good(p);
		put(p, cases[i].at, cases[i].value, cases[i].bytes);
		assert_int_equal(parse(&b, p, TOTAL), cases[i].error);
	}
	make_good(p);
	put(p, 0x206, 0x20c, 2);
	p[0x236] = 1;
	assert_int_equal(parse(&b, p, TOTAL), BZIMAGE_64BIT_ONLY);
	for (int e = 0; e < BZIMAGE_NR_ERRORS; e++)
		assert_non_null(bzimage_error_text((enum bzimage_error)e));
}

static void old_protocols_get_their_defaults(void **state)
{
	uint8_t p[TOTAL];
	struct bzimage b;

	(void)state;
	make_good(p);
	put(p, 0x206, 0x204, 2);
	p[0x1f1] = 0;
	assert_int_equal(parse(&b, p, TOTAL), BZIMAGE_OK);
	assert_int_equal(b.setup_bytes, 5 * 512);
	assert_int_equal(b.cmdline_max, 255);
	assert_int_equal(b.unpacked, 0x100000);
}

static void where_it_unpacks(void **state)
{
	uint8_t p[TOTAL];
	struct bzimage b;

	(void)state;
	make_good(p); /* linked at 1 MB or not said, not relocatable */
	assert_int_equal(parse(&b, p, TOTAL), BZIMAGE_OK);
	assert_int_equal(b.unpacked, 0x100000);
	p[0x234] = 1;
	assert_int_equal(parse(&b, p, TOTAL), BZIMAGE_OK);
	assert_int_equal(b.unpacked, 0x1000000); /* its alignment */
	put(p, 0x230, 0x2000, 4);
	put(p, 0x258, 0x400000, 4);
	assert_int_equal(parse(&b, p, TOTAL), BZIMAGE_OK);
	assert_int_equal(b.unpacked, 0x400000);
	put(p, 0x230, 0x3000, 4); /* no alignment */
	put(p, 0x206, 0x209, 2);
	assert_int_equal(parse(&b, p, TOTAL), BZIMAGE_OK);
	assert_int_equal(b.unpacked, 0x100000);
	put(p, 0x230, 0x80000000, 4);
	assert_int_equal(parse(&b, p, TOTAL), BZIMAGE_OK);
	assert_int_equal(b.unpacked, 0x80000000);
}

/* Before 2.08 the file may end, or the initrd begin, up to 15 bytes early. */
static void old_images_end_inside_a_paragraph(void **state)
{
	uint8_t p[TOTAL];
	struct bzimage b;

	(void)state;
	for (uint32_t early = 0; early < 16; early++) {
		make_good(p);
		put(p, 0x206, 0x207, 2);
		assert_int_equal(parse(&b, p, INITRD_AT - early), BZIMAGE_OK);
		assert_int_equal(b.kernel_size, TEXT_BYTES - early);
		assert_int_equal(b.initrd_size, 0);
		memcpy(p + INITRD_AT - early,
		       early & 1 ? "070701" : "\x1f\x8b\x08...", 6);
		assert_int_equal(parse(&b, p, TOTAL), BZIMAGE_OK);
		assert_int_equal(b.initrd_offset, INITRD_AT - early);
		assert_int_equal(b.kernel_size, TEXT_BYTES - early);
		put(p, 0x206, 0x208, 2);
		assert_int_equal(parse(&b, p, TOTAL), BZIMAGE_OK);
		assert_int_equal(b.kernel_size, TEXT_BYTES);
	}
	make_good(p);
	put(p, 0x206, 0x207, 2);
	assert_int_equal(parse(&b, p, INITRD_AT - 16), BZIMAGE_TRUNCATED);
}

static void strange_version_strings_are_harmless(void **state)
{
	uint8_t p[TOTAL];
	struct bzimage b;

	(void)state;
	make_good(p);
	memset(p + 0x300, 'A', SETUP_BYTES - 0x300);
	assert_int_equal(parse(&b, p, TOTAL), BZIMAGE_OK);
	assert_int_equal(strlen(b.version), BZIMAGE_VERSION_MAX - 1);
	make_good(p);
	p[0x302] = '\033';
	assert_int_equal(parse(&b, p, TOTAL), BZIMAGE_OK);
	assert_int_equal(b.version[2], '?');
	make_good(p);
	put(p, 0x20e, 0xfff0, 2);
	assert_int_equal(parse(&b, p, TOTAL), BZIMAGE_OK);
	assert_string_equal(b.version, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_image_is_described),
		cmocka_unit_test(pad_bytes_are_skipped_up_to_three),
		cmocka_unit_test(every_truncation_is_noticed),
		cmocka_unit_test(bad_fields_are_named),
		cmocka_unit_test(where_it_unpacks),
		cmocka_unit_test(old_protocols_get_their_defaults),
		cmocka_unit_test(old_images_end_inside_a_paragraph),
		cmocka_unit_test(strange_version_strings_are_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

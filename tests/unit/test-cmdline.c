/* SPDX-License-Identifier: GPL-2.0-only */
/* Whose words are whose on the command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "boot/cmdline.h"
#include "lib/string.h"

static struct cmdline_options o;
static char guest[64];

static const char *split(const char *line)
{
	return cmdline_split(line, guest, sizeof(guest), &o);
}

static void words_are_sorted(void **state)
{
	(void)state;
	assert_null(split("root=/dev/sda1  vmi_log=dbg,mmu quiet vmi_pool=32"));
	assert_string_equal(guest, "root=/dev/sda1 quiet");
	assert_int_equal(o.log_len, 7);
	assert_memory_equal(o.log, "dbg,mmu", 7);
	assert_int_equal(o.pool, 32);
	assert_int_equal(o.roots, 0);
	assert_false(o.panic);
	assert_null(split(""));
	assert_string_equal(guest, "");
	assert_null(split("   "));
	assert_null(split("vmi_panic vmi_stats"));
	assert_true(o.stats);
	assert_true(o.panic);
	assert_false(o.virtio_disk);
	assert_null(split("vmi_disk=virtio vmi_net=pcnet"));
	assert_true(o.virtio_disk);
	assert_false(o.virtio_net);
	assert_null(split("vmi_net=virtio vmi_disk=ide"));
	assert_false(o.virtio_disk);
	assert_true(o.virtio_net);
}

static void quotes_keep_spaces(void **state)
{
	(void)state;
	assert_null(split("init=\"/bin/sh vmi_x\" a"));
	assert_string_equal(guest, "init=\"/bin/sh vmi_x\" a");
	assert_null(split("a=\"open"));
	assert_string_equal(guest, "a=\"open");
}

static void unknown_words_are_named(void **state)
{
	static const char *const bad[] = {
		"vmi_lgo=dbg",
		"vmi_pool=",
		"vmi_pool=12x",
		"vmi_pool",
		"vmi_pool=1234567890",
		"vmi_panics",
		"vmi_",
		"vmi_disk=",
		"vmi_disk=scsi",
		"vmi_net=ide",
		"vmi_disk",
		"vmi_net=virtio2",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_string_equal(split(bad[i]), bad[i]);
	assert_string_equal(split("a vmi_no b"), "vmi_no b");
}

static void what_does_not_fit_is_named(void **state)
{
	static const char line[] = "0123456789012345678901234567890123456789 "
				   "0123456789012345678901 x";

	(void)state;
	/* 40 + 1 + 22 characters and the NUL fit exactly. */
	assert_ptr_equal(split(line), line + 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_sorted),
		cmocka_unit_test(quotes_keep_spaces),
		cmocka_unit_test(unknown_words_are_named),
		cmocka_unit_test(what_does_not_fit_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

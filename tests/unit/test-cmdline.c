/* SPDX-License-Identifier: GPL-2.0-only */
/* Whose words are whose on the command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "boot/cmdline.h"
#include "lib/printf.h"
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
	assert_false(o.panic_stack);
	assert_null(split("vmi_panic=stack"));
	assert_false(o.panic);
	assert_true(o.panic_stack);
	assert_false(o.panic_guard);
	assert_null(split("vmi_panic=guard"));
	assert_true(o.panic_guard);
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
		"vmi_lgo=dbg",	       "vmi_pool=",
		"vmi_pool=12x",	       "vmi_pool",
		"vmi_pool=1234567890", "vmi_panics",
		"vmi_panic=no",	       "vmi_",
		"vmi_disk=",	       "vmi_disk=scsi",
		"vmi_net=ide",	       "vmi_disk",
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

static void kernels_that_lay_out_first(void **state)
{
	static const char *const first[] = { "2.6.21.5 (a@b) #1", "2.6.24",
					     "2.6.26-2-686" };
	static const char *const others[] = { "2.6.27",	   "2.6.32.69 (a@b)",
					      "2.6.x",	   "6.1.0",
					      "2.4.21",	   "",
					      "2.6.100-1", "2.6." };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(first); i++)
		assert_true(cmdline_layout_first(first[i]));
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_false(cmdline_layout_first(others[i]));
}

static void vmalloc_gets_larger(void **state)
{
	static const struct {
		const char *before, *word;
	} t[] = {
		{ "", "vmalloc=320M" },
		{ "quiet", "vmalloc=320M" },
		{ "a vmalloc=256M b", "vmalloc=448M" },
		{ "vmalloc=256M vmalloc=1g", "vmalloc=1216M" },
		{ "vmalloc=65536k", "vmalloc=256M" },
		{ "vmalloc=67108864", "vmalloc=256M" },
		{ "novmalloc=1G b=vmalloc=1G", "vmalloc=320M" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		char want[64];

		assert_null(split(t[i].before));
		assert_string_equal(
			cmdline_more_vmalloc(guest, sizeof(guest), 192),
			t[i].word);
		vmi_snprintf(want, sizeof(want), "%s%s%s", t[i].before,
			     *t[i].before ? " " : "", t[i].word);
		assert_string_equal(guest, want);
	}
}

static void vmalloc_without_room(void **state)
{
	static const char line[] =
		"012345678901234567890123456789012345678901234567890";

	(void)state;
	assert_null(split(line));
	assert_null(cmdline_more_vmalloc(guest, sizeof(guest), 192));
	assert_string_equal(guest, line);
	assert_null(split(line + 1));
	assert_non_null(cmdline_more_vmalloc(guest, sizeof(guest), 192));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_sorted),
		cmocka_unit_test(quotes_keep_spaces),
		cmocka_unit_test(unknown_words_are_named),
		cmocka_unit_test(what_does_not_fit_is_named),
		cmocka_unit_test(kernels_that_lay_out_first),
		cmocka_unit_test(vmalloc_gets_larger),
		cmocka_unit_test(vmalloc_without_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

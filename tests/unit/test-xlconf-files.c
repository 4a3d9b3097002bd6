/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernels, initrds and bundles; the arguments of xl; what check says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../../xl-config/args.h"
#include "../../xl-config/findings.h"
#include "../../xl-config/json.h"
#include "../mock/scratch-folder.h"
#include "../mock/vmi-image.h"

static struct report r;

static void facts_are_read(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		unsigned int protocol;
		size_t (*pack)(uint8_t *, size_t, const char *, size_t);
		bool vmi, pae, is_64bit;
		const char *error; /* NULL: passes */
	} cases[] = {
		{ INSIDE(LINUX VMI PAE), 0x20a, gzip, true, true, false, NULL },
		{ INSIDE(LINUX VMI), 0x20a, gzip, true, false, false, NULL },
		{ INSIDE(LINUX VMI PAE), 0x20a, xz, true, true, false, NULL },
		{ INSIDE(LINUX VMI PAE), 0x206, gzip, true, true, false, NULL },
		{ INSIDE(LINUX PAE), 0x20a, gzip, false, true, false,
		  "has no VMI support" },
		{ INSIDE(LINUX), 0x204, gzip, false, false, false,
		  "CONFIG_VMI=y" },
		{ INSIDE("\177ELF\2" LINUX VMI), 0x20a, gzip, true, false, true,
		  "is 64-bit" },
		{ INSIDE("something else"), 0x20a, gzip, false, false, false,
		  NULL },
	};
	static struct image m;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t packed[1024] = { 0 };
		struct bundle b;
		bool good;

		make_image(&m, cases[i].protocol, packed,
			   cases[i].pack(packed, sizeof(packed), cases[i].text,
					 cases[i].n));
		memset(&r, 0, sizeof(r));
		good = bundle_check(&b, put("k", m.bytes, m.size), NULL, &r);
		assert_true(b.facts.unpacked);
		assert_int_equal(b.facts.vmi, cases[i].vmi);
		assert_int_equal(b.facts.pae, cases[i].pae);
		assert_int_equal(b.facts.is_64bit, cases[i].is_64bit);
		assert_int_equal(good, !cases[i].error);
		if (cases[i].error)
			assert_non_null(strstr(r.text, cases[i].error));
	}
}

/* A kernel that cannot be looked into passes: the adapter will see. */
static void damaged_payloads_pass(void **state)
{
	static const char payloads[][16] = {
		"\x1f\x8b\x08 nonsense",
		"\x89LZO",
		"\xfd\x37zXZ\0no",
		"]\0\0\0no",
		"BZh9no",
		"nothing known",
	};
	static struct image m;
	struct bundle b;

	(void)state;
	for (size_t i = 0; i < sizeof(payloads) / sizeof(*payloads); i++) {
		memset(&r, 0, sizeof(r));
		make_image(&m, 0x20a, payloads[i], 12);
		assert_true(
			bundle_check(&b, put("k", m.bytes, m.size), NULL, &r));
		assert_false(b.facts.is_linux);
	}
	make_image(&m, 0x20a, "x", 1);
	put32(m.bytes + 0x248, 0xfffffff0); /* a payload outside */
	assert_true(bundle_check(&b, put("k", m.bytes, m.size), NULL, &r));
}

static void wrong_files_are_named(void **state)
{
	static struct image m;
	struct bundle b;

	(void)state;
	vmi_image(&m);
	put("good", m.bytes, m.size);
	put("cut", m.bytes, m.size - 20);
	put("head", m.bytes, 0x100);
	put("empty", m.bytes, 0);
	put("text",
	    "#!/bin/sh\necho a bzImage this is not, though it is long"
	    "................................................"
	    "................................................",
	    120);
	m.bytes[0x206] = 3;
	put("old", m.bytes, m.size);
	m.bytes[0x206] = 0x0c;
	m.bytes[0x236] = 1;
	put("new64", m.bytes, m.size);

	const struct {
		const char *kernel, *initrd, *error;
	} cases[] = {
		{ "none", NULL, "none\": No such file" },
		{ ".", NULL, "is not a file" },
		{ "empty", NULL, "is empty" },
		{ "head", NULL, "too short" },
		{ "text", NULL, "is not a bzImage" },
		{ "cut", NULL, "was cut off" },
		{ "old", NULL, "older than 2.04" },
		{ "new64", NULL, "is 64-bit" },
		{ "good", "none", "ramdisk \"" },
		{ "good", "empty", "is empty" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		memset(&r, 0, sizeof(r));
		assert_false(bundle_make(
			&b, path_of(cases[i].kernel),
			cases[i].initrd ? path_of(cases[i].initrd) : NULL,
			path_of("bundle"), &r));
		if (!strstr(r.text, cases[i].error))
			fail_msg("%s: %s", cases[i].kernel, r.text);
		assert_int_not_equal(access(path_of("bundle"), F_OK), 0);
	}
	memset(&r, 0, sizeof(r));
	assert_false(bundle_make(&b, path_of("good"), NULL,
				 path_of("no/folder"), &r));
	assert_non_null(strstr(r.text, "cannot write"));
}

/* For every length of the initrd: kernel, zeros to a multiple of 4, initrd. */
static void bundles_are_kernel_and_initrd(void **state)
{
	static const char initrd[] = "070701 an archive";
	static struct image m;

	(void)state;
	vmi_image(&m);
	for (size_t extra = 0; extra < 4; extra++) {
		/* A signature behind the kernel is not taken along. */
		const char *kernel = put("k", m.bytes, m.size + extra);
		const char *ird = put("i", initrd, sizeof(initrd) - extra);
		struct bundle b;
		struct map map;

		memset(&r, 0, sizeof(r));
		assert_true(bundle_make(&b, kernel, ird, path_of("b"), &r));
		assert_true(map_file(&map, path_of("b"), "bundle", &r));
		assert_int_equal(map.size, b.size);
		assert_int_equal(map.size,
				 (m.size + 3) / 4 * 4 + sizeof(initrd) - extra);
		assert_memory_equal(map.data, m.bytes, m.size);
		assert_memory_equal(map.data + map.size -
					    (sizeof(initrd) - extra),
				    initrd, sizeof(initrd) - extra);
		unmap_file(&map);
		/* Again, over the old one: the same bytes. */
		assert_true(bundle_make(&b, kernel, ird, path_of("b"), &r));
	}
}

/* Between the look at a kernel and the bundle it may be exchanged. */
static void bundles_are_of_the_kernel_of_now(void **state)
{
	static struct image m;
	struct bundle b;
	uint8_t packed[1024] = { 0 };

	(void)state;
	memset(&r, 0, sizeof(r));
	vmi_image(&m);
	assert_true(bundle_check(&b, put("k", m.bytes, m.size), NULL, &r));
	assert_true(
		bundle_make_checked(&b, path_of("k"), NULL, path_of("b"), &r));
	make_image(&m, 0x20a, packed,
		   gzip(packed, sizeof(packed), INSIDE(LINUX PAE)));
	put("other", m.bytes, m.size);
	assert_int_equal(rename(path_of("other"), path_of("k")), 0);
	assert_false(
		bundle_make_checked(&b, path_of("k"), NULL, path_of("b"), &r));
	assert_non_null(strstr(r.text, "has no VMI support"));
}

static void arguments_as_xl_takes_them(void **state)
{
	static const struct {
		const char *line;
		bool good;
		const char *file, *options, *overrides;
	} cases[] = {
		{ "a.cfg", true, "a.cfg", "", "" },
		{ "a.cfg vmi=1 memory=3", true, "a.cfg", "", "vmi=1 memory=3" },
		{ "-c a.cfg -p", true, "a.cfg", "-c -p", "" },
		{ "-f a.cfg", true, "a.cfg", "", "" },
		{ "-fa.cfg", true, "a.cfg", "", "" },
		{ "-qf a.cfg -n", true, "a.cfg", "-q -n", "" },
		{ "--quiet --defconfig a.cfg", true, "a.cfg", "--quiet", "" },
		{ "--defconfig=a.cfg", true, "a.cfg", "", "" },
		{ "name=1", true, NULL, "", "name=1" },
		{ "-- -a.cfg", true, "-a.cfg", "", "" },
		{ "a.cfg b.cfg", false, NULL, NULL, NULL },
		{ "-f a.cfg b.cfg", false, NULL, NULL, NULL },
		{ "-f", false, NULL, NULL, NULL },
		{ "--defconfig", false, NULL, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char line[80], options[80] = "", overrides[80] = "", *argv[8];
		int argc = 0;
		struct create_args a;

		strcpy(line, cases[i].line);
		for (char *w = strtok(line, " "); w; w = strtok(NULL, " "))
			argv[argc++] = w;
		if (args_parse(&a, argc, argv) != cases[i].good)
			fail_msg("%s", cases[i].line);
		for (int n = 0; n < a.nr_options; n++)
			sprintf(options + strlen(options), "%s%s", n ? " " : "",
				a.options[n]);
		for (int n = 0; n < a.nr_overrides; n++)
			sprintf(overrides + strlen(overrides), "%s%s",
				n ? " " : "", a.overrides[n]);
		if (cases[i].good) {
			if (cases[i].file)
				assert_string_equal(a.file, cases[i].file);
			else
				assert_null(a.file);
			assert_string_equal(options, cases[i].options);
			assert_string_equal(overrides, cases[i].overrides);
		}
		args_free(&a);
	}
}

static const struct finding *find(const struct findings *f, const char *id)
{
	for (int i = 0; i < f->n; i++)
		if (!strcmp(f->all[i].id, id))
			return &f->all[i];
	fail_msg("no finding %s", id);
	return NULL;
}

static void hosts_are_judged(void **state)
{
	static const struct {
		struct host host;
		enum finding_level worst;
		const char *id, *says;
	} cases[] = {
		{ { .known = false }, LEVEL_FAIL, "host.xen", "not answer" },
		{ { .known = true,
		    .hvm = true,
		    .hap = true,
		    .shim = true,
		    .free_mb = 999 },
		  LEVEL_OK,
		  "host.route",
		  "in the PV shim" },
		{ { .known = true, .pv32 = true, .free_mb = 999 },
		  LEVEL_NOTE,
		  "host.route",
		  "directly" },
		{ { .known = true, .hvm = true, .hap = true },
		  LEVEL_FAIL,
		  "host.shim",
		  "missing" },
		{ { .known = true, .hvm = true, .shim = true },
		  LEVEL_FAIL,
		  "host.hap",
		  "missing" },
		{ { .known = true, .shim = true, .hap = true },
		  LEVEL_FAIL,
		  "host.hvm",
		  "no hardware" },
		{ { .known = true,
		    .hvm = true,
		    .hap = true,
		    .shim = true,
		    .free_mb = 9 },
		  LEVEL_NOTE,
		  "host.memory",
		  "9 MB" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct findings f = { .n = 0 };

		findings_host(&f, &cases[i].host);
		assert_int_equal(findings_worst(&f), cases[i].worst);
		assert_non_null(
			strstr(find(&f, cases[i].id)->text, cases[i].says));
		/* Whatever fails says what to do. */
		for (int n = 0; n < f.n; n++)
			if (f.all[n].level == LEVEL_FAIL)
				assert_non_null(f.all[n].todo);
	}
}

static void json_is_json(void **state)
{
	char *text = NULL;
	size_t size;
	struct json j = { .out = open_memstream(&text, &size) };

	(void)state;
	json_open(&j, NULL, '{');
	json_string(&j, "a", "q\"b\\c\n");
	json_string(&j, "n", NULL);
	json_open(&j, "l", '[');
	json_number(&j, NULL, -5);
	json_open(&j, NULL, '[');
	json_close(&j, ']');
	json_close(&j, ']');
	json_bool(&j, "t", true);
	json_close(&j, '}');
	fclose(j.out);
	assert_string_equal(text, "{\n    \"a\": \"q\\\"b\\\\c\\u000a\",\n"
				  "    \"n\": null,\n    \"l\": [\n"
				  "        -5,\n        []\n    ],\n"
				  "    \"t\": true\n}\n");
	free(text);
}

static void kernels_are_described(void **state)
{
	static struct image m;
	struct findings f = { .n = 0 };
	struct bundle b;
	const char *path;

	(void)state;
	memset(&r, 0, sizeof(r));
	vmi_image(&m);
	path = put("k", m.bytes, m.size);
	assert_true(bundle_check(&b, path, NULL, &r));
	findings_kernel(&f, path, &b, &r);
	assert_non_null(strstr(find(&f, "kernel.file")->text, "protocol 2.10"));
	assert_non_null(strstr(find(&f, "kernel.file")->text, "with gzip"));
	assert_non_null(strstr(find(&f, "kernel.pae")->text, "PAE"));
	f.n = 0;
	report_error(&r, "it is broken");
	findings_kernel(&f, path, &b, &r);
	assert_int_equal(findings_worst(&f), LEVEL_FAIL);
	f.n = 0;
	findings_adapter(&f, "/a", "gone");
	assert_int_equal(findings_worst(&f), LEVEL_FAIL);
}

/* Only root may read what a guest's kernel and initrd are. */
static void bundles_are_private(void **state)
{
	static struct image m;
	struct bundle b;
	struct stat st;
	const mode_t old = umask(0);

	(void)state;
	memset(&r, 0, sizeof(r));
	vmi_image(&m);
	assert_true(bundle_make(&b, put("a k", m.bytes, m.size), NULL,
				path_of("a b"), &r));
	umask(old);
	assert_int_equal(stat(path_of("a b"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_are_read),
		cmocka_unit_test(damaged_payloads_pass),
		cmocka_unit_test(wrong_files_are_named),
		cmocka_unit_test(bundles_are_kernel_and_initrd),
		cmocka_unit_test(bundles_are_of_the_kernel_of_now),
		cmocka_unit_test(arguments_as_xl_takes_them),
		cmocka_unit_test(hosts_are_judged),
		cmocka_unit_test(json_is_json),
		cmocka_unit_test(kernels_are_described),
		cmocka_unit_test(bundles_are_private),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

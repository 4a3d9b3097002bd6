/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernels, initrds and bundles; xl's arguments; what check says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include "../../xl-config/args.h"
#include "../../xl-config/bootloader.h"
#include "../../xl-config/commands.h"
#include "../../xl-config/file.h"
#include "../../xl-config/findings.h"
#include "../../xl-config/conf.h"
#include "../../xl-config/counters.h"
#include "lib/counters.h"
#include "../../xl-config/json.h"
#include "../../xl-config/leave.h"
#include "../../xl-config/state.h"
#include "../../xl-config/watch.h"

#define SETUP_BYTES 1024u
#define IMAGE_MAX   8192u
#define PAYLOAD_AT  64u /* in the protected-mode part */

static char dir[] = "/tmp/test-xlconf.XXXXXX";
static struct report r;

static const char *path_of(const char *name)
{
	static char paths[4][80];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

static const char *put(const char *name, const void *data, size_t n)
{
	const char *path = path_of(name);
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	assert_int_equal(fwrite(data, 1, n, out), n);
	fclose(out);
	return path;
}

struct image {
	uint8_t bytes[IMAGE_MAX];
	size_t size;
};

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* A bzImage of boot protocol @protocol with @payload. */
static void make_image(struct image *m, unsigned int protocol,
		       const void *payload, size_t n)
{
	size_t paragraphs = (PAYLOAD_AT + n + 15 + 4) / 16;

	memset(m, 0, sizeof(*m));
	m->bytes[0x1f1] = 1; /* setup sectors */
	put32(m->bytes + 0x1f4, (uint32_t)paragraphs);
	m->bytes[0x1fe] = 0x55;
	m->bytes[0x1ff] = 0xaa;
	m->bytes[0x200] = 0xeb;
	m->bytes[0x201] = 0x62;
	memcpy(m->bytes + 0x202, "HdrS", 4);
	m->bytes[0x206] = (uint8_t)protocol;
	m->bytes[0x207] = (uint8_t)(protocol >> 8);
	m->bytes[0x211] = 1; /* loaded high */
	put32(m->bytes + 0x214, 0x100000);
	put32(m->bytes + 0x248, PAYLOAD_AT);
	put32(m->bytes + 0x24c, (uint32_t)n);
	memcpy(m->bytes + SETUP_BYTES + PAYLOAD_AT, payload, n);
	m->size = SETUP_BYTES + paragraphs * 16;
	put32(m->bytes + m->size - 4, 0x12345678); /* the CRC */
}

static size_t gzip(uint8_t *out, size_t size, const char *text, size_t n)
{
	z_stream z = { .next_in = (uint8_t *)(uintptr_t)text,
		       .avail_in = (unsigned int)n,
		       .next_out = out,
		       .avail_out = (unsigned int)size };

	assert_int_equal(
		deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY),
		Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return size - z.avail_out;
}

static size_t xz(uint8_t *out, size_t size, const char *text, size_t n)
{
	size_t at = 0;

	assert_int_equal(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, NULL,
						 (const uint8_t *)text, n, out,
						 &at, size),
			 LZMA_OK);
	return at;
}

#define LINUX	  "Linux version 2.6.32 (test)\0"
#define VMI	  "<6>VMI: Found %s %s\0"
#define PAE	  "*pdpt = %016Lx \0"
#define INSIDE(s) s, sizeof(s)

static void vmi_image(struct image *m)
{
	uint8_t packed[1024] = { 0 };

	make_image(m, 0x20a, packed,
		   gzip(packed, sizeof(packed), INSIDE(LINUX VMI PAE)));
}

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

static bool parse_call(struct bootloader_args *a, const char *text)
{
	static char line[200];
	static char *argv[12];
	int argc = 0;

	memset(&r, 0, sizeof(r));
	strcpy(line, text);
	for (char *w = strtok(line, " "); w; w = strtok(NULL, " "))
		argv[argc++] = w;
	return bootloader_parse(a, argc, argv, &r);
}

#define CALL "--output=/o --output-directory=/d "

static void libxls_arguments_are_taken_apart(void **state)
{
	struct bootloader_args a;

	(void)state;
	assert_true(parse_call(&a,
			       CALL "--kernel=/k --args=a=b --wrap=pygrub "
				    "--output-format=simple0 --entry=1 /s"));
	assert_string_equal(a.kernel, "/k");
	assert_null(a.ramdisk);
	assert_string_equal(a.args, "a=b");
	assert_string_equal(a.wrap, "pygrub");
	assert_string_equal(a.output, "/o");
	assert_string_equal(a.directory, "/d");
	assert_int_equal(a.nr_others, 2);
	assert_string_equal(a.others[1], "/s");
	bootloader_free(&a);
	assert_false(parse_call(&a, CALL "--output-format=sxp /s"));
	assert_non_null(strstr(r.text, "\"sxp\" is not known"));
	bootloader_free(&a);
	assert_false(parse_call(&a, CALL)); /* and no disk */
	bootloader_free(&a);
	assert_false(parse_call(&a, "--output=/o /s"));
	bootloader_free(&a);
}

static void answers_are_taken_apart(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		const char *kernel, *ramdisk, *args;
	} cases[] = {
		{ INSIDE("kernel /k\0ramdisk /r\0args a b"), "/k", "/r",
		  "a b" },
		{ INSIDE("kernel /k\nargs x\n"), "/k", NULL, "x" },
		{ INSIDE("unknown /k\0kernel"), NULL, NULL, NULL },
		{ "kernel /k", 9, "/k", NULL, NULL },
		{ "", 0, NULL, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *text = calloc(1, cases[i].n + 1);
		struct simple0 s;
		memcpy(text, cases[i].text, cases[i].n);
		simple0_parse(&s, text, cases[i].n);
#define SAME(x) assert_true(cases[i].x ? s.x && !strcmp(s.x, cases[i].x) : !s.x)
		SAME(kernel);
		SAME(ramdisk);
		SAME(args);
		free(text);
	}
}

/* A bootloader of our own around one kernel, as libxl would call it. */
static int boot(const char *script, const char *args)
{
	static char format[] = "--output-format=simple0", disk[] = "/disk";
	static char output[80], directory[80], wrap[80], words[1200];
	char *argv[] = { format, output, directory, wrap, words, disk };
	char body[600];
	FILE *out;

	snprintf(body, sizeof(body),
		 "#!/bin/sh\nfor a; do case $a in\n"
		 "--output=*) o=${a#*=} ;;\n--args=*) w=${a#*=} ;;\n"
		 "esac; done\nd=%s\n%s\n",
		 dir, script);
	out = fopen(path_of("loader"), "w");
	fputs(body, out);
	fclose(out);
	chmod(path_of("loader"), 0700);
	snprintf(output, sizeof(output), "--output=%s", path_of("answer"));
	snprintf(directory, sizeof(directory), "--output-directory=%s", dir);
	snprintf(wrap, sizeof(wrap), "--wrap=%s", path_of("loader"));
	snprintf(words, sizeof(words), "--args=%s", args);
	return cmd_bootloader(6, argv);
}

static void a_bootloader_is_run(void **state)
{
	static const char good[] =
		"cp $d/good $d/k; printf 'kernel %s\\0args %s\\0' $d/k \"$w\" >$o";
	static struct image m;
	static char long_line[1100];
	char expected[200];
	struct map map;
	int n;

	(void)state;
	vmi_image(&m);
	put("good", m.bytes, m.size);
	put("adapter", "adapter", 7);
	setenv("VMI_XEN_ADAPTER", path_of("adapter"), 1);
	memset(&r, 0, sizeof(r));

	assert_int_equal(boot(good, "ro quiet"), STATUS_OK);
	n = snprintf(
		expected, sizeof(expected),
		"kernel %s/vmi-xen.kernel%cramdisk %s/vmi-xen.bundle%cargs ro quiet%c",
		dir, 0, dir, 0, 0);
	assert_true(map_file(&map, path_of("answer"), "answer", &r));
	assert_int_equal(map.size, n);
	assert_memory_equal(map.data, expected, n);
	unmap_file(&map);
	/* libxl removes these; the other one's files are gone already. */
	assert_int_equal(unlink(path_of("vmi-xen.kernel")), 0);
	assert_int_equal(unlink(path_of("vmi-xen.bundle")), 0);
	assert_int_not_equal(access(path_of("k"), F_OK), 0);
	assert_int_not_equal(access(path_of("vmi-xen.answer"), F_OK), 0);

	assert_int_equal(boot("exit 1", ""), STATUS_FAILED);
	assert_int_equal(boot(": >$o", ""), STATUS_FAILED);
	assert_int_equal(boot("printf 'kernel /none' >$o", ""), STATUS_FAILED);
	memset(long_line, 'x', 1024);
	assert_int_equal(boot(good, long_line), STATUS_FAILED);
	long_line[1023] = '\0';
	assert_int_equal(boot(good, long_line), STATUS_OK);
	setenv("VMI_XEN_ADAPTER", path_of("none"), 1);
	assert_int_equal(boot(good, ""), STATUS_FAILED);
}

static void the_last_lines_are_shown(void **state)
{
	static const struct {
		const char *text, *tail;
	} cases[] = {
		{ "", "" },
		{ "\r\n  \n(XEN) \n(XEN) ****\n", "" },
		{ "a", "  a\n" },
		{ "a\r\nb b\n\n(XEN) c\r\n", "  a\n  b b\n  (XEN) c\n" },
		{ "1\n2\n3\n4\n5\n6\n7\n8\n9\nA\nB\nC\nD\n",
		  "  2\n  3\n  4\n  5\n  6\n  7\n  8\n  9\n  A\n  B\n"
		  "  C\n  D\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *text = NULL;
		size_t size;
		FILE *out = open_memstream(&text, &size);

		print_tail(cases[i].text, out);
		fclose(out);
		assert_string_equal(text, cases[i].tail);
		free(text);
	}
}

static bool is_there(const char *path)
{
	return !access(path, F_OK);
}

/* Folders of domains.  Without a Xen nobody knows what runs: all are kept. */
static void folders_are_locked(void **state)
{
	static const char uuid[] = "01234567-89AB-cdef-0123-456789abcdef";
	struct state a, b;
	struct stat st;

	(void)state;
	setenv("VMI_XEN_STATE_DIR", path_of("state/of xen"), 1);
	memset(&r, 0, sizeof(r));
	assert_true(state_open(&a, uuid, &r));
	assert_string_equal(a.uuid, "01234567-89ab-cdef-0123-456789abcdef");
	assert_int_equal(stat(a.dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(stat(a.lock, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_false(state_open(&b, uuid, &r));
	assert_non_null(strstr(r.text, "belongs to another xl"));
	state_close(&b);
	state_sweep();
	assert_true(is_there(a.dir));
	put("state/of xen/01234567-89ab-cdef-0123-456789abcdef/saved", "", 0);
	state_close(&a);

	/* Let go of: the next one may have it; it is saved no more. */
	memset(&r, 0, sizeof(r));
	assert_true(state_open(&a, uuid, &r));
	assert_false(is_there(a.saved));
	state_remove(&a);
	assert_false(is_there(a.dir));

	/* Removed under a lock that is still held: made anew. */
	assert_true(state_open(&b, uuid, &r));
	assert_true(is_there(b.lock));
	state_remove(&b);
	state_close(&b);
	state_close(&a);
	assert_false(state_open(&a, "../../etc", &r));
	state_close(&a);
}

static void configurations_are_read(void **state)
{
	static char one[] = "vmi=1", two[] = "extra=\"a b\"";
	char *const words[] = { one, two };
	size_t length;
	char *text, *large = calloc(1, 3 << 20);

	(void)state;
	memset(&r, 0, sizeof(r));
	text = conf_read(put("a b.cfg", "name=\"x\"", 8), words, 2, &length,
			 &r);
	assert_non_null(text);
	assert_string_equal(text, "name=\"x\"\nvmi=1\nextra=\"a b\"\n");
	free(text);
	text = conf_read(NULL, words, 1, &length, &r);
	assert_string_equal(text, "\nvmi=1\n");
	free(text);
	assert_null(conf_read(path_of("none"), words, 2, &length, &r));
	assert_non_null(strstr(r.text, "No such file"));
	memset(&r, 0, sizeof(r));
	assert_null(conf_read(dir, words, 2, &length, &r));
	assert_non_null(strstr(r.text, "Is a directory"));
	memset(&r, 0, sizeof(r));
	assert_non_null(large);
	assert_null(
		conf_read(put("large", large, 3 << 20), words, 2, &length, &r));
	assert_non_null(strstr(r.text, "larger than 1 MB"));
	free(large);
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

/* Which domain an xl command line would suspend, if any. */
static void leaving_commands_are_known(void **state)
{
	static const struct {
		const char *words[8];
		const char *domain;
	} cases[] = {
		{ { "save", "guest", "/tmp/file" }, "guest" },
		{ { "sa", "-c", "-p", "guest", "file" }, "guest" },
		{ { "migrate", "-s", "ssh", "-C", "c", "guest", "to" },
		  "guest" },
		{ { "migrate", "--debug", "guest", "to" }, "guest" },
		{ { "rem", "-i", "50", "-b", "guest", "to" }, "guest" },
		{ { "migrate-receive", "guest" }, NULL },
		{ { "s", "guest" }, NULL },
		{ { "saved", "guest" }, NULL },
		{ { "save", "-c" }, NULL },
		{ { "migrate", "-s" }, NULL },
		{ { "list", "save" }, NULL },
		{ { NULL }, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *found;
		int n = 0;

		while (cases[i].words[n])
			n++;
		found = leave_domain(n, (char **)(uintptr_t)cases[i].words);
		if (!cases[i].domain)
			assert_null(found);
		else
			assert_string_equal(found, cases[i].domain);
	}
}

/* The domain writes the page: only what is one counts, and no more of it. */
static void counters_are_summed(void **state)
{
	static struct counters c;
	struct sums s;

	(void)state;
	memcpy(c.magic, COUNTERS_MAGIC, COUNTERS_MAGIC_SIZE);
	c.version = COUNTERS_VERSION;
	c.bytes = sizeof(c);
	c.calls[0] = c.calls[COUNTERS_CALLS - 1] = UINT32_MAX;
	c.traps[COUNTERS_TRAPS - 1] = 2;
	c.hypercalls[COUNTERS_HYPERCALLS - 1] = 3;
	c.interrupts = 4;
	assert_true(counters_sum(&s, &c, sizeof(c)));
	assert_true(s.known);
	assert_true(s.calls == 2ull * UINT32_MAX);
	assert_int_equal(s.traps, 2);
	assert_int_equal(s.hypercalls, 3);
	assert_int_equal(s.interrupts, 4);
	assert_false(counters_sum(&s, &c, sizeof(c) - 1));
	c.bytes++;
	assert_false(counters_sum(&s, &c, sizeof(c)));
	c.bytes--;
	c.version++;
	assert_false(counters_sum(&s, &c, sizeof(c)));
	c.version--;
	c.magic[0]++;
	assert_false(counters_sum(&s, &c, sizeof(c)));
	assert_false(s.known);
	/* Without Xen, and with what is no number. */
	counters_read(&s, 1, NULL);
	assert_false(s.known);
	counters_read(&s, 1, "-1");
	assert_false(s.known);
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
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
		cmocka_unit_test(libxls_arguments_are_taken_apart),
		cmocka_unit_test(answers_are_taken_apart),
		cmocka_unit_test(a_bootloader_is_run),
		cmocka_unit_test(the_last_lines_are_shown),
		cmocka_unit_test(folders_are_locked),
		cmocka_unit_test(configurations_are_read),
		cmocka_unit_test(bundles_are_private),
		cmocka_unit_test(counters_are_summed),
		cmocka_unit_test(leaving_commands_are_known),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}

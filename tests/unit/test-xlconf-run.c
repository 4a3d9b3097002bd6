/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What runs beside a domain: bootloaders, folders, configurations, counters,
 * commands by which one leaves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../../xl-config/bootloader.h"
#include "../../xl-config/commands.h"
#include "../../xl-config/findings.h"
#include "../../xl-config/conf.h"
#include "../../xl-config/counters.h"
#include "lib/counters.h"
#include "../../xl-config/leave.h"
#include "../../xl-config/state.h"
#include "../../xl-config/watch.h"
#include "../mock/scratch-folder.h"
#include "../mock/vmi-image.h"

static struct report r;

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
		 scratch, script);
	out = fopen(path_of("loader"), "w");
	fputs(body, out);
	fclose(out);
	chmod(path_of("loader"), 0700);
	snprintf(output, sizeof(output), "--output=%s", path_of("answer"));
	snprintf(directory, sizeof(directory), "--output-directory=%s",
		 scratch);
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
		scratch, 0, scratch, 0, 0);
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
	assert_null(conf_read(scratch, words, 2, &length, &r));
	assert_non_null(strstr(r.text, "Is a directory"));
	memset(&r, 0, sizeof(r));
	assert_non_null(large);
	assert_null(
		conf_read(put("large", large, 3 << 20), words, 2, &length, &r));
	assert_non_null(strstr(r.text, "larger than 1 MB"));
	free(large);
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(libxls_arguments_are_taken_apart),
		cmocka_unit_test(answers_are_taken_apart),
		cmocka_unit_test(a_bootloader_is_run),
		cmocka_unit_test(the_last_lines_are_shown),
		cmocka_unit_test(folders_are_locked),
		cmocka_unit_test(configurations_are_read),
		cmocka_unit_test(counters_are_summed),
		cmocka_unit_test(leaving_commands_are_known),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}

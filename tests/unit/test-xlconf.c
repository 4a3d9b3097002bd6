/* SPDX-License-Identifier: GPL-2.0-only */
/* Configurations with vmi=1: what is read, what is refused, what comes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <libxlutil.h>
#include <stdlib.h>
#include <string.h>
#include "../../xl-config/rewrite.h"
#include "../../xl-config/text.h"

#define KERNEL "name=\"g\"\nvmi=1\nkernel=\"/k\"\n"

static const struct host both = {
	.known = true, .pv32 = true, .hvm = true, .hap = true, .shim = true
};
static const struct host only_pv = { .known = true, .pv32 = true };
static const struct host only_shim = {
	.known = true, .hvm = true, .hap = true, .shim = true
};
static const struct host no_hap = { .known = true, .hvm = true, .shim = true };
static const struct host no_shim = {
	.known = true, .hvm = true, .hap = true, .shim_path = "/boot/xen-shim"
};
static const struct host nothing = { .known = true };
static const struct host unknown;

static struct report r;
static char *out_text;
static size_t out_size;

/* What xl would be given, or NULL with r set. */
static const char *run(const char *text, const struct host *h)
{
	struct guest_conf c;
	struct plan p = { 0 };
	FILE *messages = tmpfile(), *out;

	memset(&r, 0, sizeof(r));
	free(out_text);
	out_text = NULL;
	if (conf_parse(&c, text, strlen(text), "guest.cfg", messages, &r) &&
	    c.vmi && plan_make(&p, &c, h, &r)) {
		out = open_memstream(&out_text, &out_size);
		rewrite(out, text, strlen(text), &p, &c, "/B",
			"11111111-2222-3333-4444-555555555555");
		fclose(out);
	}
	plan_free(&p);
	conf_free(&c);
	fclose(messages);
	return out_text;
}

/* The value that xl reads for @key in the text that run() made. */
static const char *value(const char *key)
{
	static char copy[2048];
	const char *s;
	XLU_Config *cfg = xlu_cfg_init(stderr, "out");

	assert_non_null(out_text);
	assert_int_equal(xlu_cfg_readdata(cfg, out_text, (int)out_size), 0);
	if (xlu_cfg_get_string(cfg, key, &s, 1))
		s = NULL;
	else
		s = strncpy(copy, s, sizeof(copy) - 1);
	xlu_cfg_destroy(cfg);
	return s;
}

static void number_is(const char *key, long expected)
{
	const char *s = value(key);

	assert_non_null(s);
	assert_int_equal(strtol(s, NULL, 0), expected);
}

static void a_plain_guest_gets_the_shim(void **state)
{
	(void)state;
	assert_non_null(
		run("name=\"g\"\nmemory=256\nmaxmem=512\nvmi=1\n"
		    "kernel=\"/k\"\nramdisk=\"/r\"\nroot=\"/dev/hda1\"\n"
		    "extra=\"ro quiet\"\n",
		    &both));
	assert_string_equal(value("type"), "pvh");
	number_is("pvshim", 1);
	assert_string_equal(value("pvshim_extra"), SHIM_OPTIONS);
	assert_string_equal(value("kernel"), ADAPTER_DEFAULT);
	assert_string_equal(value("ramdisk"), "/B");
	assert_string_equal(value("cmdline"), "root=/dev/hda1 ro quiet");
	assert_null(value("extra"));
	assert_null(value("root"));
	assert_null(value("vmi"));
	number_is("memory", 256 + 24);
	number_is("maxmem", 512 + 24);
	assert_string_equal(value("uuid"),
			    "11111111-2222-3333-4444-555555555555");
}

static void the_type_follows_user_and_host(void **state)
{
	static const struct {
		const char *lines;
		const struct host *host;
		const char *type; /* NULL: refused ... */
		const char *error;
	} cases[] = {
		{ "", &both, "pvh", NULL },
		{ "", &only_pv, "pv", NULL },
		{ "", &only_shim, "pvh", NULL },
		{ "", &no_hap, NULL, "no nested paging" },
		{ "", &no_shim, NULL, "no PV shim is installed" },
		{ "", &nothing, NULL, "no pvh domains" },
		{ "", &unknown, "pvh", NULL },
		{ "type=\"pv\"", &both, "pv", NULL },
		{ "type=\"p\"", &both, "pv", NULL },
		{ "type=\"pv\"", &only_shim, NULL, "xen-3.0-x86_32p" },
		{ "type=\"pv\"", &unknown, "pv", NULL },
		{ "type=\"pv\"\npvshim=1", &both, "pv", NULL },
		{ "type=\"pvh\"", &both, "pvh", NULL },
		{ "type=\"pvh\"", &only_pv, NULL, "cannot run pvh domains" },
		{ "type=\"pvh\"", &no_hap, NULL, "no nested paging" },
		{ "type=\"pvh\"", &no_shim, NULL, "missing at /boot/xen-shim" },
		{ "type=\"pvh\"\npvshim=0", &both, NULL, "remove pvshim=0" },
		{ "pvshim=0", &both, "pvh", NULL },
		{ "type=\"hvm\"", &both, NULL, "exclude each other" },
		{ "builder=\"hvm\"", &both, NULL, "exclude each other" },
		{ "type=\"xen\"", &both, NULL, "is none" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[256];
		const char *out;

		snprintf(text, sizeof(text), KERNEL "%s\n", cases[i].lines);
		out = run(text, cases[i].host);
		if (cases[i].type) {
			if (!out)
				fail_msg("%s: %s", text, r.text);
			assert_string_equal(value("type"), cases[i].type);
		} else {
			assert_null(out);
			if (!strstr(r.text, cases[i].error))
				fail_msg("%s: %s", text, r.text);
		}
	}
}

static void what_is_wrong_is_said(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "vmi=1\nname=\"g\"\n", "there is no kernel=" },
		{ KERNEL "vmi_disk=\"scsi\"\n",
		  "vmi_disk=\"scsi\": set it to \"ide\" or \"virtio\"" },
		{ KERNEL "vmi_net=\"e1000\"\n", "\"pcnet\" or \"virtio\"" },
		{ KERNEL "vmi_memroy=3\n", "\"vmi_memroy\": vmi-xen.cfg(5)" },
		{ KERNEL "vmi2=3\n", "\"vmi2\"" },
		{ KERNEL "vmi_pool=\"many\"\n", "vmi_pool= must be a number" },
		{ KERNEL "vmi_stats=2\n",
		  "vmi_stats= must be a number from 0 to 1" },
		{ KERNEL "extra=[\"a\"]\n", "extra= must be a string" },
		{ KERNEL "memory=-5\n", "does not parse" },
		{ KERNEL "memory=\"-5\"\n", "memory= must be a number" },
		{ KERNEL "bootloader=\"pygrub\"\n", "needs a disk" },
		{ "vmi=1\nkernel=\"\"\n", "there is no kernel=" },
		{ KERNEL "uuid=\"../../etc\"\n", "is not a UUID" },
		{ "vmi=2\n", "vmi= must be a number from 0 to 1" },
		{ "vmi=\n", "does not parse" },
		{ "vmi=1\nkernel=\"/k\n", "does not parse" },
		{ KERNEL "extra=\"a\\nb\"\n", "newline" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_null(run(cases[i].text, &both));
		if (!strstr(r.text, cases[i].error))
			fail_msg("%s: %s", cases[i].text, r.text);
	}
}

static void command_lines_of_every_length(void **state)
{
	static char text[2200];

	(void)state;
	for (int n = CMDLINE_MAX - 1; n <= CMDLINE_MAX + 1; n++) {
		int at = sprintf(text, KERNEL "root=\"/dev/a\"\nextra=\"");

		memset(text + at, 'x', 1100);
		strcpy(text + at + n - (int)strlen("root=/dev/a "), "\"\n");
		if (n <= CMDLINE_MAX) {
			assert_non_null(run(text, &both));
			assert_int_equal(strlen(value("cmdline")), n);
		} else {
			assert_null(run(text, &both));
			assert_non_null(strstr(r.text, "has 1024 characters"));
		}
	}
}

static void the_last_assignment_counts(void **state)
{
	(void)state;
	assert_null(run("vmi=1\nkernel=\"/k\"\n\nvmi=0\n", &both));
	assert_string_equal(r.text, "");
	assert_non_null(run("vmi=0\nkernel=\"/k\"\n\nvmi=1\n"
			    "extra='a'\nextra='b'\n",
			    &both));
	assert_string_equal(value("cmdline"), "b");
	assert_non_null(
		run(KERNEL "cmdline=\"c\"\nextra=\"e\"\nroot=\"r\"\n", &both));
	assert_string_equal(value("cmdline"), "c");
	assert_non_null(run(KERNEL "extra=\"a\"\nextra+=\" b\"\n", &both));
	assert_string_equal(value("cmdline"), "a b");
}

/* Quotes, backslashes, '#', ';' and brackets where they mean nothing. */
static void strings_survive(void **state)
{
	(void)state;
	assert_non_null(run(
		KERNEL "extra='a=\"b c\" # ; [ \\\\ x' ; memory=64\n", &both));
	assert_string_equal(value("cmdline"), "a=\"b c\" # ; [ \\ x");
	number_is("memory", 64 + 23);
	assert_non_null(run("# vmi=0 \"\nvmi=1;kernel=\"/k\" # extra=\"no\"\n"
			    "disk=[ 'a', # type=\n 'b' ]; name='x]'\n",
			    &both));
	assert_null(value("cmdline"));
	assert_string_equal(value("name"), "x]");
	assert_non_null(strstr(out_text, "# type=\n 'b' ]"));
}

/* What xl's parser takes for a number, a key, a list. */
static void syntax_is_xls(void **state)
{
	static const char *const ones[] = {
		"vmi=1",
		"vmi = \"1\"",
		"vmi='1' # yes",
		"\tvmi\t=\t1 ; a=2",
		"vmi=0x1",
		"vmi = 01",
		"a=[ [1,2], ['x',] ]\nvmi=1",
		"vmi=0\nvmi=1",
		"# vmi=0\nvmi=1",
		"a='vmi=0'\nvmi=1",
	};
	static const char *const zeros[] = {
		"vmi=0",	 "vmi=\"0\"", "#vmi=1",	     "a=\"vmi=1\"",
		"vmi_=1\nvmi=0", "xvmi=1",    "a=['vmi=1']", "vmi=1\nvmi=0",
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ones); i++) {
		snprintf(text, sizeof(text), "%s\nkernel='/a b/k'\n", ones[i]);
		if (!run(text, &both))
			fail_msg("%s: %s", text, r.text);
		assert_null(value("vmi"));
		assert_string_equal(value("kernel"), ADAPTER_DEFAULT);
	}
	for (size_t i = 0; i < ARRAY_SIZE(zeros); i++) {
		snprintf(text, sizeof(text), "%s\nkernel='/k'\n", zeros[i]);
		assert_null(run(text, &both));
		assert_string_equal(r.text, "");
	}
}

/* Not 0 and not 1: ours to refuse, for xl would start something else. */
static void a_wrong_vmi_is_ours(void **state)
{
	static const char *const texts[] = {
		"vmi=\"yes\"\n", "vmi=2\n",  "vmi=[1]\n",
		"vmi='-1'\n",	 "vmi=''\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct guest_conf c;

		memset(&r, 0, sizeof(r));
		assert_false(conf_parse(&c, texts[i], strlen(texts[i]), "t",
					stderr, &r));
		if (!c.vmi || !strstr(r.text, "vmi= must be a number"))
			fail_msg("%s: %s", texts[i], r.text);
		conf_free(&c);
	}
}

static void long_lines_are_read(void **state)
{
	enum {
		LONG = 200000
	};
	char *text = malloc(3 * LONG);
	int at = sprintf(text, KERNEL "# ");

	(void)state;
	assert_non_null(text);
	memset(text + at, 'c', LONG);
	at += LONG;
	at += sprintf(text + at, "\nlist=[ ");
	for (int i = 0; i < LONG / 8; i++)
		at += sprintf(text + at, "'abc', ");
	at += sprintf(text + at, "'z' ]\nmemory=64\n");
	assert_non_null(run(text, &both));
	number_is("memory", 64 + 23);
	assert_int_equal(strlen(out_text), out_size);
	at += sprintf(text + at, "extra='");
	memset(text + at, 'x', LONG);
	strcpy(text + at + LONG, "'\n");
	assert_null(run(text, &both));
	assert_non_null(strstr(r.text, "has 200000 characters"));
	free(text);
}

static void lines_keep_their_numbers(void **state)
{
	(void)state;
	assert_non_null(
		run("vmi=1\nbootloader_args=[\n'a',\n'b' ]\nkernel='/k'\n"
		    "zz=1\n",
		    &both));
	assert_memory_equal(out_text, "\n\n\n\n\nzz=1\n", 10);
}

static void a_bootloader_is_wrapped(void **state)
{
	(void)state;
	assert_non_null(
		run("vmi=1\nbootloader=\"pygrub\"\ndisk=['d,raw,hda,w']\n"
		    "bootloader_args=[ '--entry=1', '-q' ]\n"
		    "kernel='/boot/k'\nextra='ro'\n",
		    &both));
	assert_string_equal(value("bootloader"), "vmi-xen");
	assert_non_null(strstr(
		out_text,
		"bootloader_args = [ \"--wrap=pygrub\", \"--entry=1\", \"-q\" ]"));
	assert_string_equal(value("kernel"), "/boot/k");
	assert_string_equal(value("cmdline"), "ro");

	assert_non_null(run("vmi=1\nbootloader=\"/usr/bin/vmi-xen\"\n"
			    "disk=['d,raw,hda,w']\nbootloader_args=['x']\n",
			    &both));
	assert_string_equal(value("bootloader"), "/usr/bin/vmi-xen");
	assert_string_equal(value("type"), "pvh");

	assert_non_null(run(KERNEL "bootloader=\"\"\n", &both));
	assert_null(value("bootloader"));
}

static void vmi_keys_become_words(void **state)
{
	(void)state;
	assert_non_null(run(KERNEL "extra=\"quiet\"\nvmi_log=\"dbg,mmu\"\n"
				   "vmi_pool=900\nvmi_roots=8\nvmi_stats=1\n"
				   "vmi_trace=\"cr3\"\nvmi_adapter=\"/a\"\n"
				   "vmi_disk=\"virtio\"\nvmi_net=\"pcnet\"\n",
			    &both));
	assert_string_equal(
		value("cmdline"),
		"quiet vmi_log=dbg,mmu vmi_trace=cr3 vmi_disk=virtio"
		" vmi_net=pcnet vmi_pool=900"
		" vmi_roots=8 vmi_stats");
	assert_string_equal(value("kernel"), "/a");
	assert_non_null(run(KERNEL "vmi_stats=1\n", &both));
	assert_string_equal(value("cmdline"), "vmi_stats");
}

static void debug_keeps_the_end(void **state)
{
	(void)state;
	assert_non_null(run(KERNEL "vmi_debug=1\non_crash=\"restart\"\n"
				   "pvshim_extra=\"spec-ctrl=no\"\n",
			    &both));
	assert_string_equal(value("on_crash"), "preserve");
	assert_string_equal(value("pvshim_extra"),
			    SHIM_OPTIONS " " SHIM_DEBUG " spec-ctrl=no");
}

static void the_shims_memory_can_be_chosen(void **state)
{
	(void)state;
	assert_non_null(run(KERNEL "memory=100\nvmi_shim_memory=0\n", &both));
	number_is("memory", 100);
	assert_non_null(run(KERNEL "memory=100\nvmi_shim_memory=50\n", &both));
	number_is("memory", 150);
	assert_non_null(run(KERNEL "memory=100\ntype=\"pv\"\n", &both));
	number_is("memory", 100);
	assert_non_null(run(KERNEL, &both));
	number_is("memory", 128 + 23);
	assert_non_null(run(
		KERNEL "uuid=\"0123456789ABCDEF0123456789abcdef\"\n", &both));
	assert_string_equal(value("uuid"), "0123456789ABCDEF0123456789abcdef");
}

static bool fits(const char *memory, struct bundle b)
{
	char text[256];
	struct guest_conf c;
	struct plan p;
	bool good;

	memset(&r, 0, sizeof(r));
	snprintf(text, sizeof(text), KERNEL "extra='0123456789'\n%s\n", memory);
	assert_true(conf_parse(&c, text, strlen(text), "t", stderr, &r));
	assert_true(plan_make(&p, &c, &both, &r));
	if (!b.kernel.cmdline_max)
		b.kernel.cmdline_max = 255;
	good = plan_check_bundle(&p, &c, &b, &r);
	plan_free(&p);
	conf_free(&c);
	return good;
}

/* The notes of a configuration's plan, one a line; NULL: it was refused. */
static char *notes_of(const char *lines)
{
	char text[400], *notes = NULL;
	struct guest_conf c;
	struct plan p;
	size_t size;
	FILE *out;

	memset(&r, 0, sizeof(r));
	snprintf(text, sizeof(text), KERNEL "name='n'\n%s\n", lines);
	assert_true(conf_parse(&c, text, strlen(text), "t", stderr, &r));
	if (plan_make(&p, &c, &both, &r)) {
		out = open_memstream(&notes, &size);
		assert_non_null(out);
		plan_print_notes(&p, c.name, out);
		fclose(out);
	}
	plan_free(&p);
	conf_free(&c);
	return notes;
}

static void what_a_guest_cannot_use_is_said(void **state)
{
	static const struct {
		const char *lines;
		const char *notes[4]; /* parts; none of them: no notes */
	} cases[] = {
		{ "", { NULL } },
		{ "memory=6144\nvcpus=1", { NULL } },
		{ "memory=6145", { "n has more memory than the 6144 MB" } },
		{ "memory=11264", { "than the 6144 MB" } },
		{ "vcpus=2", { "n has more vcpus than the one" } },
		{ "type='pv'\nmemory=8000\nvcpus=4",
		  { "without the shim", "6144 MB", "vcpus" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *notes = notes_of(cases[i].lines);

		assert_non_null(notes);
		assert_int_equal(!*notes, !cases[i].notes[0]);
		for (int n = 0; cases[i].notes[n]; n++)
			assert_non_null(strstr(notes, cases[i].notes[n]));
		free(notes);
	}
	assert_null(notes_of("memory=11265"));
	assert_non_null(strstr(r.text, "memory=11265 is too much"));
}

static void a_bundle_must_fit(void **state)
{
	const size_t mb = 1 << 20;
	struct bundle small = { .kernel_size = 2 * mb,
				.size = 2 * mb,
				.kernel.init_size = 6 * mb };
	struct bundle big = small;

	(void)state;
	big.initrd_size = 40 * mb;
	big.size += big.initrd_size;
	assert_true(fits("memory=16", small));
	assert_false(fits("memory=15", small));
	assert_non_null(strstr(r.text, "memory=15 is too small"));
	assert_non_null(strstr(r.text, "at least memory=16"));
	assert_true(fits("memory=96", big));
	assert_false(fits("memory=95", big));
	assert_non_null(strstr(r.text, "ramdisk of 40 MB is too big"));
	/* Nothing is added for the shim: it takes its part of this. */
	assert_false(fits("memory=32\nvmi_shim_memory=0", small));
	small.kernel.cmdline_max = 10;
	assert_true(fits("vmi_stats=1", small));
	small.kernel.cmdline_max = 9;
	assert_false(fits("", small));
	assert_non_null(strstr(r.text, "this kernel takes 9"));
}

/* The same table as a property: whatever is read out is what went in. */
static void any_string_round_trips(void **state)
{
	(void)state;
	for (int c = 1; c < 256; c++) {
		char *text = NULL, s[4] = { 'a', (char)c, 'z', 0 };
		size_t size;
		const char *got;
		FILE *out = open_memstream(&text, &size);
		XLU_Config *cfg = xlu_cfg_init(stderr, "s");

		text_put_string(out, "k", s);
		fclose(out);
		assert_int_equal(xlu_cfg_readdata(cfg, text, (int)size), 0);
		assert_int_equal(xlu_cfg_get_string(cfg, "k", &got, 0), 0);
		assert_string_equal(got, s);
		xlu_cfg_destroy(cfg);
		free(text);
	}
}

static int clean_up(void **state)
{
	(void)state;
	free(out_text);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_guest_gets_the_shim),
		cmocka_unit_test(the_type_follows_user_and_host),
		cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(command_lines_of_every_length),
		cmocka_unit_test(the_last_assignment_counts),
		cmocka_unit_test(strings_survive),
		cmocka_unit_test(syntax_is_xls),
		cmocka_unit_test(a_wrong_vmi_is_ours),
		cmocka_unit_test(long_lines_are_read),
		cmocka_unit_test(lines_keep_their_numbers),
		cmocka_unit_test(a_bootloader_is_wrapped),
		cmocka_unit_test(vmi_keys_become_words),
		cmocka_unit_test(debug_keeps_the_end),
		cmocka_unit_test(the_shims_memory_can_be_chosen),
		cmocka_unit_test(what_a_guest_cannot_use_is_said),
		cmocka_unit_test(a_bundle_must_fit),
		cmocka_unit_test(any_string_round_trips),
	};

	return cmocka_run_group_tests(tests, NULL, clean_up);
}

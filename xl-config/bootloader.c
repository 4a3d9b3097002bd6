/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See bootloader.h.  libxl removes the files that it is given, so the adapter
 * is a copy; and it aborts when there is no kernel, so there is one or a status.
 */
#define _GNU_SOURCE
#include "bootloader.h"
#include "bundle.h"
#include "commands.h"
#include "file.h"
#include "host.h"
#include "rewrite.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WRAP_DEFAULT "pygrub"
#define ANSWER_MAX   65536 /* bytes of a bootloader's answer */

static bool value_of(const char *arg, const char *name, const char **value)
{
	size_t n = strlen(name);

	if (strncmp(arg, name, n) || arg[n] != '=')
		return false;
	*value = arg + n + 1;
	return true;
}

bool bootloader_parse(struct bootloader_args *a, int argc, char **argv,
		      struct report *r)
{
	const char *format = "simple0";

	memset(a, 0, sizeof(*a));
	a->others = calloc((size_t)argc + 1, sizeof(char *));
	if (!a->others)
		return report_error(r, "out of memory");
	for (int i = 0; i < argc; i++) {
		char *arg = argv[i];

		if (!(value_of(arg, "--kernel", &a->kernel) ||
		      value_of(arg, "--ramdisk", &a->ramdisk) ||
		      value_of(arg, "--args", &a->args) ||
		      value_of(arg, "--output", &a->output) ||
		      value_of(arg, "--output-format", &format) ||
		      value_of(arg, "--output-directory", &a->directory) ||
		      value_of(arg, "--wrap", &a->wrap) ||
		      value_of(arg, "--runas", &a->runas)))
			a->others[a->nr_others++] = arg;
	}
	if (!a->output || !a->directory || !a->nr_others)
		return report_error(
			r,
			"this is for libxl to call: write bootloader=\"vmi-xen\" into the configuration");
	if (strcmp(format, "simple0"))
		return report_error(r, "output format \"%s\" is not known",
				    format);
	return true;
}

void bootloader_free(struct bootloader_args *a)
{
	free(a->others);
	a->others = NULL;
}

bool bootloader_called(int argc, char **argv)
{
	const char *value;

	for (int i = 1; i < argc; i++)
		if (value_of(argv[i], "--output-directory", &value))
			return argv[1][0] == '-';
	return false;
}

void simple0_parse(struct simple0 *s, char *text, size_t size)
{
	char *end = text + size;

	memset(s, 0, sizeof(*s));
	for (char *item = text, *next; item < end; item = next + 1) {
		next = item;
		while (next < end && *next && *next != '\n')
			next++;
		*next = '\0';
		if (!strncmp(item, "kernel ", 7))
			s->kernel = item + 7;
		else if (!strncmp(item, "ramdisk ", 8))
			s->ramdisk = item + 8;
		else if (!strncmp(item, "args ", 5))
			s->args = item + 5;
	}
}

/* Where libxl would look for it: Xen's own folder, then PATH. */
static void exec_other(const char *name, char **argv)
{
	char path[HOST_PATH_MAX];
	int major, minor;

	if (!strchr(name, '/') && host_version(&major, &minor)) {
		snprintf(path, sizeof(path), "/usr/lib/xen-%d.%d/bin/%s", major,
			 minor, name);
		execv(path, argv);
	}
	execvp(name, argv);
	fprintf(stderr, "vmi-xen: error: bootloader \"%s\": %s\n", name,
		strerror(errno));
	_exit(STATUS_NO_EXEC);
}

static char *option(const char *name, const char *value)
{
	char *text = NULL;

	if (value && asprintf(&text, "--%s=%s", name, value) < 0)
		return NULL;
	return text;
}

static bool run_other(const struct bootloader_args *a, const char *output,
		      struct report *r)
{
	const char *name = a->wrap ? a->wrap : WRAP_DEFAULT;
	char *given[] = {
		strdup(name),
		option("kernel", a->kernel),
		option("ramdisk", a->ramdisk),
		option("args", a->args),
		option("runas", a->runas),
		option("output", output),
		option("output-format", "simple0"),
		option("output-directory", a->directory),
	};
	char **argv = calloc((size_t)a->nr_others + ARRAY_SIZE(given) + 1,
			     sizeof(char *));
	int n = 0, status = -1;
	pid_t pid;

	if (!argv)
		return report_error(r, "out of memory");
	for (size_t i = 0; i < ARRAY_SIZE(given); i++)
		if (given[i])
			argv[n++] = given[i];
	for (int i = 0; i < a->nr_others; i++)
		argv[n++] = a->others[i];
	pid = fork();
	if (!pid)
		exec_other(name, argv);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	for (size_t i = 0; i < ARRAY_SIZE(given); i++)
		free(given[i]);
	free(argv);
	if (pid < 0 || !WIFEXITED(status) || WEXITSTATUS(status))
		return report_error(
			r,
			"bootloader \"%s\" failed: its own words are in the lines above",
			name);
	return true;
}

/* Its answer, with a NUL behind it; the caller frees it. */
static char *read_answer(const char *path, size_t *size, struct report *r)
{
	FILE *in = fopen(path, "re");
	char *text = in ? calloc(1, ANSWER_MAX + 1) : NULL;

	if (text)
		*size = fread(text, 1, ANSWER_MAX, in);
	else
		report_error(r, "the bootloader's answer: %s", strerror(errno));
	if (in)
		fclose(in);
	return text;
}

/* From here on nothing of the guest is looked at as root. */
static bool drop_rights(const char *runas, struct report *r)
{
	char *end;
	unsigned long uid;

	if (!runas)
		return true;
	uid = strtoul(runas, &end, 10);
	if (*end || end == runas || uid > 0xfffffffful)
		return report_error(r, "--runas=%s is not a user id", runas);
	if (setgroups(0, NULL) || setgid((gid_t)uid) || setuid((uid_t)uid))
		return report_error(r, "cannot run as user %lu: %s", uid,
				    strerror(errno));
	return true;
}

/* Kernel and ramdisk for libxl, then what they are. */
static bool hand_over(const struct bootloader_args *a,
		      const struct simple0 *given, FILE *out, struct report *r)
{
	char *kernel = NULL, *bundle = NULL, adapter[HOST_PATH_MAX];
	const char *args = given->args ? given->args : "";
	struct map map = { 0 };
	struct bundle b;
	bool good;

	if (!given->kernel)
		return report_error(
			r,
			"the bootloader found no kernel: look at the boot menu of the guest's disk");
	if (strlen(args) > CMDLINE_MAX)
		return report_error(
			r,
			"the command line has %zu characters: at most %d reach the domain, shorten it in the guest's boot menu",
			strlen(args), CMDLINE_MAX);
	host_adapter(adapter);
	good = asprintf(&kernel, "%s/vmi-xen.kernel", a->directory) > 0 &&
	       asprintf(&bundle, "%s/vmi-xen.bundle", a->directory) > 0 &&
	       map_file(&map, adapter, "adapter", r) &&
	       bundle_make(&b, given->kernel, given->ramdisk, bundle, r) &&
	       write_file(kernel, &map, 1, r);
	if (good) {
		fprintf(out, "kernel %s%cramdisk %s%cargs %s%c", kernel, 0,
			bundle, 0, args, 0);
		good = !fflush(out) ||
		       report_error(r, "%s: %s", a->output, strerror(errno));
	}
	unmap_file(&map);
	free(kernel);
	free(bundle);
	return good;
}

static bool with_other(const struct bootloader_args *a, FILE *out,
		       struct report *r)
{
	char *path = NULL, *text = NULL;
	struct simple0 given;
	size_t size = 0;
	bool good = asprintf(&path, "%s/vmi-xen.answer", a->directory) > 0;

	/* pygrub wants it to be there. */
	if (good) {
		FILE *empty = fopen(path, "we");

		if (empty)
			fclose(empty);
	}
	good = good && run_other(a, path, r);
	if (good)
		text = read_answer(path, &size, r);
	if (path)
		unlink(path);
	if (text) {
		simple0_parse(&given, text, size);
		good = drop_rights(a->runas, r) && hand_over(a, &given, out, r);
		if (given.kernel)
			unlink(given.kernel);
		if (given.ramdisk)
			unlink(given.ramdisk);
	}
	free(path);
	free(text);
	return good && text;
}

int cmd_bootloader(int argc, char **argv)
{
	struct report r = { "" };
	struct bootloader_args a;
	FILE *out = NULL;
	bool good = bootloader_parse(&a, argc, argv, &r);

	if (good) {
		out = fopen(a.output, "we");
		good = out ||
		       report_error(&r, "%s: %s", a.output, strerror(errno));
	}
	if (good && a.runas &&
	    chown(a.directory, (uid_t)strtoul(a.runas, NULL, 10), (gid_t)-1))
		good = report_error(&r, "%s: %s", a.directory, strerror(errno));
	if (good && a.kernel && !a.wrap) {
		/* Both are files of dom0. */
		struct simple0 given = { a.kernel, a.ramdisk, a.args };

		good = hand_over(&a, &given, out, &r);
	} else if (good) {
		good = with_other(&a, out, &r);
	}
	if (out)
		fclose(out);
	bootloader_free(&a);
	return good ? STATUS_OK : say_error(&r, STATUS_FAILED);
}

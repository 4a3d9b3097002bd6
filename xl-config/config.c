/* SPDX-License-Identifier: GPL-2.0-only */
/* vmi-xen config and vmi-xen bundle: what other toolstacks can use. */
#define _GNU_SOURCE
#include "commands.h"
#include "args.h"
#include "file.h"
#include "prepare.h"
#include "state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct config_args {
	const char *out, *bundle, *file;
	bool no_bundle;
	char **overrides;
	int nr_overrides;
};

static bool config_args(struct config_args *a, int argc, char **argv)
{
	memset(a, 0, sizeof(*a));
	a->overrides = calloc((size_t)argc + 1, sizeof(char *));
	for (int i = 0; a->overrides && i < argc; i++) {
		bool more = i + 1 < argc;

		if (!strcmp(argv[i], "-o") && more)
			a->out = argv[++i];
		else if (!strcmp(argv[i], "-b") && more)
			a->bundle = argv[++i];
		else if (!strcmp(argv[i], "-n"))
			a->no_bundle = true;
		else if (argv[i][0] == '-' && argv[i][1])
			return false;
		else if (strchr(argv[i], '='))
			a->overrides[a->nr_overrides++] = argv[i];
		else if (!a->file)
			a->file = strcmp(argv[i], "-") ? argv[i] : "/dev/stdin";
		else
			return false;
	}
	return a->overrides && a->file;
}

/* Where the bundle of a configuration for keeps is, unless the user says. */
static char *bundle_of(const struct guest_conf *c, struct report *r)
{
	char *path = NULL;

	if (!c->name || !*c->name || strchr(c->name, '/') ||
	    c->name[0] == '.') {
		report_error(r, "name= is missing or no file name: set it");
		return NULL;
	}
	if (asprintf(&path, "%s/%s.bundle", state_dir(), c->name) < 0)
		return NULL;
	return path;
}

static bool make_bundle(struct prepared *p, const struct config_args *a,
			const char *path, struct report *r)
{
	if (p->plan.bootloader || a->no_bundle)
		return true;
	if (!a->bundle && !make_dirs(state_dir(), r))
		return false;
	return prepare_bundle(p, path, r);
}

static bool print_config(const struct prepared *p, const struct config_args *a,
			 const char *bundle, struct report *r)
{
	FILE *out = a->out ? fopen(a->out, "we") : stdout;
	bool good = out;

	if (good && p->conf.vmi)
		rewrite(out, p->text, p->length, &p->plan, &p->conf, bundle,
			NULL);
	else if (good)
		fwrite(p->text, 1, p->length, out);
	if (good)
		good = !fflush(out) && !ferror(out);
	if (out && a->out)
		good = !fclose(out) && good;
	return good || report_error(r, "%s: %s", a->out ? a->out : "output",
				    strerror(errno));
}

static int config(const struct config_args *a)
{
	struct report r = { "" };
	struct prepared p;
	char *own = NULL;
	const char *bundle = a->bundle;
	bool good =
		prepare(&p, a->file, a->overrides, a->nr_overrides, stderr, &r);

	if (good && p.conf.vmi) {
		if (!bundle)
			bundle = own = bundle_of(&p.conf, &r);
		good = bundle && make_bundle(&p, a, bundle, &r);
		if (good)
			plan_print_notes(&p.plan, p.conf.name, stderr);
	}
	good = good && print_config(&p, a, bundle, &r);
	free(own);
	prepared_free(&p);
	return good ? STATUS_OK : say_error(&r, STATUS_FAILED);
}

int cmd_config(int argc, char **argv)
{
	struct config_args a;
	int status = config_args(&a, argc, argv) ? config(&a)
						 : usage_error("config");

	free(a.overrides);
	return status;
}

int cmd_bundle(int argc, char **argv)
{
	struct report r = { "" };
	struct bundle b;

	if (argc < 3 || argc > 4 || strcmp(argv[0], "-o") || argv[2][0] == '-')
		return usage_error("bundle");
	if (!bundle_make(&b, argv[2], argc == 4 ? argv[3] : NULL, argv[1], &r))
		return say_error(&r, STATUS_FAILED);
	return STATUS_OK;
}

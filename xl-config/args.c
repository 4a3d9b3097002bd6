/* SPDX-License-Identifier: GPL-2.0-only */
/* See args.h. */
#include "args.h"

#include <stdlib.h>
#include <string.h>

/* "-f FILE", "-fFILE", "-qf FILE", "--defconfig FILE", "--defconfig=FILE". */
static bool take_file(struct create_args *a, const char *file)
{
	if (!file || a->file)
		return false;
	a->file = file;
	return true;
}

static void note_letter(struct create_args *a, char letter)
{
	const struct {
		char letter;
		bool *flag;
	} flags[] = {
		{ 'n', &a->dry_run }, { 'p', &a->paused },
		{ 'c', &a->console }, { 'F', &a->foreground },
		{ 'q', &a->quiet },   { 'h', &a->help },
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (flags[i].letter == letter)
			*flags[i].flag = true;
}

static void keep(struct create_args *a, char *option)
{
	a->options[a->nr_options++] = option;
}

/* Returns how many of @argv were used; 0: wrong. */
static int take_long(struct create_args *a, char **argv, int argc)
{
	static const char defconfig[] = "--defconfig";
	const size_t n = sizeof(defconfig) - 1;

	if (!strncmp(argv[0], defconfig, n) && argv[0][n] == '=')
		return take_file(a, argv[0] + n + 1) ? 1 : 0;
	if (!strcmp(argv[0], defconfig))
		return argc > 1 && take_file(a, argv[1]) ? 2 : 0;
	if (!strcmp(argv[0], "--dryrun"))
		a->dry_run = true;
	if (!strcmp(argv[0], "--quiet"))
		a->quiet = true;
	if (!strcmp(argv[0], "--help"))
		a->help = true;
	keep(a, argv[0]);
	return 1;
}

static int take_short(struct create_args *a, char **argv, int argc)
{
	char *f = strchr(argv[0], 'f');

	for (char *p = argv[0] + 1; *p && p != f; p++)
		note_letter(a, *p);
	if (!f) {
		keep(a, argv[0]);
		return 1;
	}
	if (f[1] ? !take_file(a, f + 1) : argc < 2 || !take_file(a, argv[1]))
		return 0;
	/* What stood before the f of "-qf FILE". */
	if (f > argv[0] + 1) {
		int n = f[1] ? 1 : 2;

		*f = '\0';
		keep(a, argv[0]);
		return n;
	}
	return f[1] ? 1 : 2;
}

bool args_parse(struct create_args *a, int argc, char **argv)
{
	bool options = true;

	memset(a, 0, sizeof(*a));
	a->overrides = calloc((size_t)argc + 1, sizeof(char *));
	a->options = calloc((size_t)argc + 1, sizeof(char *));
	if (!a->overrides || !a->options)
		return false;
	for (int i = 0, used; i < argc; i += used) {
		used = 1;
		if (options && !strcmp(argv[i], "--"))
			options = false;
		else if (options && !strncmp(argv[i], "--", 2))
			used = take_long(a, argv + i, argc - i);
		else if (options && argv[i][0] == '-' && argv[i][1])
			used = take_short(a, argv + i, argc - i);
		else if (strchr(argv[i], '='))
			a->overrides[a->nr_overrides++] = argv[i];
		else
			used = take_file(a, argv[i]) ? 1 : 0;
		if (!used)
			return false;
	}
	return true;
}

void args_free(struct create_args *a)
{
	free(a->overrides);
	free(a->options);
	memset(a, 0, sizeof(*a));
}

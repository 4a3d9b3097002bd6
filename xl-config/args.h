/* SPDX-License-Identifier: GPL-2.0-only */
/* The arguments of "create", as xl takes them (xl(1)). */
#ifndef XL_CONFIG_ARGS_H
#define XL_CONFIG_ARGS_H

#include "report.h"

struct create_args {
	const char *file; /* the configuration; NULL: only overrides */
	char **overrides; /* the arguments KEY=VALUE; point into argv */
	int nr_overrides;
	char **options; /* all others, in their order; point into argv */
	int nr_options;
	bool dry_run, paused, console, foreground, quiet, help;
};

/**
 * Take @argv apart, from behind the word "create" on.  False when xl would
 * refuse it (two file names, an option without its value).
 */
bool args_parse(struct create_args *a, int argc, char **argv);
void args_free(struct create_args *a);

#endif

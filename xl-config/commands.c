/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of subcommands.  Under the name xl the program is a front end for
 * xl; called as libxl calls a bootloader it is one.
 */
#include "bootloader.h"
#include "commands.h"

#include <stdio.h>
#include <string.h>

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *arguments;
	const char *help;
} commands[] = {
	{ "create", cmd_create, "[OPTIONS] FILE [KEY=VALUE...]",
	  "start a guest, as xl create does" },
	{ "config", cmd_config,
	  "[-o FILE] [-b BUNDLE] [-n] FILE [KEY=VALUE...]",
	  "print the configuration that a stock xl needs" },
	{ "bundle", cmd_bundle, "-o FILE KERNEL [INITRD]",
	  "make the file that ramdisk= takes" },
	{ "check", cmd_check, "[--json] [KERNEL [INITRD]]",
	  "say whether this host, and a kernel, fit" },
	{ "watch", cmd_watch, "[-b BUNDLE] FILE",
	  "see that a domain's adapter has started, or say why not" },
	{ "list", cmd_list, "[-v] [--json] [DOMAIN]", "show the VMI domains" },
	{ "bootloader", cmd_bootloader, "[--wrap=PROGRAM] ...",
	  "for libxl to call: bootloader=\"vmi-xen\"" },
};

#define NR_COMMANDS (sizeof(commands) / sizeof(*commands))

int usage_error(const char *name)
{
	for (size_t i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			fprintf(stderr, "usage: vmi-xen %s %s\n", name,
				commands[i].arguments);
	return STATUS_USAGE;
}

static int help(FILE *out, int status)
{
	fputs("usage: vmi-xen COMMAND ...\n", out);
	for (size_t i = 0; i < NR_COMMANDS; i++)
		fprintf(out, "  %-10s %s\n             %s\n", commands[i].name,
			commands[i].arguments, commands[i].help);
	fputs("See vmi-xen(8).\n", out);
	return status;
}

int vmi_xen(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash ? slash + 1 : argv[0];

	if (!strcmp(name, "xl") || !strcmp(name, "xl-vmi"))
		return frontend(argc, argv);
	if (bootloader_called(argc, argv))
		return cmd_bootloader(argc - 1, argv + 1);
	if (argc < 2)
		return help(stderr, STATUS_USAGE);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
	    !strcmp(argv[1], "help"))
		return help(stdout, STATUS_OK);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		printf("vmi-xen %s\n", VMI_XEN_VERSION);
		return STATUS_OK;
	}
	for (size_t i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(commands[i].name, argv[1]))
			return commands[i].run(argc - 2, argv + 2);
	fprintf(stderr,
		"vmi-xen: error: there is no command \"%s\": vmi-xen help lists them\n",
		argv[1]);
	return STATUS_USAGE;
}

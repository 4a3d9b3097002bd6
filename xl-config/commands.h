/* SPDX-License-Identifier: GPL-2.0-only */
/* The subcommands: each gets its arguments from behind its name on. */
#ifndef XL_CONFIG_COMMANDS_H
#define XL_CONFIG_COMMANDS_H

#include "report.h"

/* Exit statuses, as xl has them. */
enum {
	STATUS_OK,
	STATUS_FAILED,	/* 1: what was asked for cannot be */
	STATUS_USAGE,	/* 2: the arguments */
	STATUS_REFUSED, /* 3: the domain could not be made */
	STATUS_NO_EXEC = 127,
};

/** The program: its exit status. */
int vmi_xen(int argc, char **argv);

int cmd_create(int argc, char **argv);
int cmd_config(int argc, char **argv);
int cmd_bundle(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_watch(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_bootloader(int argc, char **argv);

/** The front end for xl: @argv is all that xl was called with. */
int frontend(int argc, char **argv);

/** Print how @command is used; STATUS_USAGE. */
int usage_error(const char *command);

#endif

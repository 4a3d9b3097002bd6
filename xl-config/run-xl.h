/* SPDX-License-Identifier: GPL-2.0-only */
/* The real xl, as a program to run, and the configuration that it is given. */
#ifndef XL_CONFIG_RUN_XL_H
#define XL_CONFIG_RUN_XL_H

#include "prepare.h"

#include <sys/types.h>

/** Become xl with the arguments @argv ([0] is set); a status when there is none. */
int xl_exec(char **argv);

/** The status of the child @pid when it has ended, as a shell gives it. */
int xl_wait(pid_t pid);

/** Run xl with nobody listening; its status. */
int xl_silently(char **argv);

/**
 * The rewritten configuration as a file that only xl sees: it wants a regular
 * file, and what is left behind by nobody cannot be forgotten.  @bundle, @uuid:
 * as rewrite() has them; @more: lines for its end.  A file descriptor that
 * children inherit, or -1.
 */
int xl_text(const struct prepared *p, const char *bundle, const char *uuid,
	    const char *more);

#endif

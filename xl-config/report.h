/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One line that says what is wrong, why, and what to do.  Functions that can
 * fail write it and return false; only main() prints it.
 */
#ifndef XL_CONFIG_REPORT_H
#define XL_CONFIG_REPORT_H

#include <stdbool.h>

#define REPORT_MAX 512

struct report {
	char text[REPORT_MAX]; /* no newline; "" means none */
};

/** Keep the first error; the cause comes before what follows.  False. */
bool report_error(struct report *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** Print @r as an error of this program; @status. */
int say_error(const struct report *r, int status);

#endif

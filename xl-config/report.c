/* SPDX-License-Identifier: GPL-2.0-only */
/* See report.h. */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>

bool report_error(struct report *r, const char *fmt, ...)
{
	va_list args;

	if (r->text[0])
		return false;
	va_start(args, fmt);
	vsnprintf(r->text, sizeof(r->text), fmt, args);
	va_end(args);
	return false;
}

int say_error(const struct report *r, int status)
{
	fprintf(stderr, "vmi-xen: error: %s\n", r->text);
	return status;
}

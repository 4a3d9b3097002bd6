/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The first moments of a domain.  What goes wrong in the shim happens after xl
 * has said that all is well, and the domain and its console are gone before
 * anyone has read it.
 */
#ifndef XL_CONFIG_WATCH_H
#define XL_CONFIG_WATCH_H

#include "domain.h"

#include <stdio.h>

enum start {
	START_GOOD, /* the adapter has spoken, or nothing is known */
	START_GONE, /* the domain ended before that, and is gone */
	START_KEPT, /* the same, but its configuration wants it to stay */
};

/** Wait for a sign of life of the domain @uuid, a few seconds at most. */
enum start watch_start(const char *uuid);

/**
 * Wait until the domain @uuid has ended, then print the last lines of its
 * console to @out.  Returns how many those were; its id is in @domid (0: it
 * never was).
 */
int watch_tail(const char *uuid, uint32_t *domid, FILE *out);

/**
 * The last lines of @text that say something, each behind "  ", to @out; the
 * carriage returns of a console are left out.  Returns how many.
 */
int print_tail(const char *text, FILE *out);

#endif

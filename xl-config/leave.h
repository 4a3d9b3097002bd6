/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xl save, xl migrate and xl remus of a VMI guest.  The adapter cannot be
 * suspended, and libxl waits a minute for it before it says "guest didn't
 * acknowledge suspend"; so the front end says it at once.
 */
#ifndef XL_CONFIG_LEAVE_H
#define XL_CONFIG_LEAVE_H

#include "report.h"

/**
 * The domain that xl called with @argv (from the command's name on) would
 * suspend; NULL: this is another command, or it has no domain.
 */
const char *leave_domain(int argc, char **argv);

/** Whether the domain named @name (or with that id) may be suspended. */
bool leave_check(const char *name, struct report *r);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why a domain ended before its kernel was started.  xl has said that all is
 * well by then; here its last lines are found after all.
 */
#ifndef XL_CONFIG_TELL_H
#define XL_CONFIG_TELL_H

#include "prepare.h"
#include "watch.h"

/**
 * Print the last lines of the domain @uuid that was started from @p and ended
 * (@start: START_GONE or START_KEPT).  One that is gone is started once more
 * for that, from @bundle; without one (NULL) it is not.  STATUS_REFUSED.
 */
int tell_why(struct prepared *p, const char *bundle, const char *uuid,
	     enum start start);

#endif

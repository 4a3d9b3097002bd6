/* SPDX-License-Identifier: GPL-2.0-only */
/* The adapter's counters page, on Xen (vmi-xen/lib/counters.h). */
#ifndef GUEST_EYES_H
#define GUEST_EYES_H

#include "types.h"

/** Is there one? */
bool eyes_find(void);
/** Hypercalls so far, 0 without the page. */
uint32_t eyes_hypercalls(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* What the toolstack asks of the domain, and what it may read of it. */
#ifndef VMI_CPU_CONTROL_H
#define VMI_CPU_CONTROL_H

#include "cpu/machine.h"

/** Watch control/shutdown, say in xenstore what we are. */
void control_init(struct machine *m);
/** data/vmi/state: "starting", "guest", "vmi". */
void control_state(const char *state);

#endif

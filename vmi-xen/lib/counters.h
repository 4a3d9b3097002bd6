/* SPDX-License-Identifier: GPL-2.0-only */
/* Counters in words. */
#ifndef VMI_LIB_COUNTERS_H
#define VMI_LIB_COUNTERS_H

#include "cpu/vcpu.h"

/** Print every counter that is not 0. */
void counters_print(const struct vcpu *v);
/** Start counting anew. */
void counters_reset(struct vcpu *v);

#endif

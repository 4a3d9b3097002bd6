/* SPDX-License-Identifier: GPL-2.0-only */
/* Waiting for an interrupt, and the end of waiting. */
#ifndef VMI_CPU_HALT_H
#define VMI_CPU_HALT_H

#include "cpu/vcpu.h"

/**
 * HLT with the interrupt flag set: block until a virtual interrupt can be
 * delivered.  It is delivered when the call or the instruction returns.
 */
void halt_until_interrupt(struct vcpu *v);
/** HLT with the flag clear: no interrupt will ever wake it: power-off. */
void __noreturn halt_for_good(struct vcpu *v);

#endif

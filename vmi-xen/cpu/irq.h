/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual interrupts: from event channels and devices to the guest's vectors.
 */
#ifndef VMI_CPU_IRQ_H
#define VMI_CPU_IRQ_H

#include "cpu/vcpu.h"

/** An event upcall: run the handlers of what is pending. */
void irq_upcall(struct vcpu *v);
/** Take the most urgent vector, -1 when there is none. */
int irq_take(struct vcpu *v);
/**
 * Devices may have raised or dropped a line: after VMI_Init leave a note that
 * makes "enable interrupts" look.
 */
void irq_refresh(struct vcpu *v);

#endif

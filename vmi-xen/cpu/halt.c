/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waiting for an interrupt.
 *
 * VMI calls: Halt, Shutdown.  Hypercalls: sched_op block, shutdown.
 */
#include "cpu/halt.h"
#include "cpu/irq.h"
#include "cpu/machine.h"
#include "cpu/platform.h"
#include "lib/log.h"

/*
 * Called on our stack, where an upcall only leaves a note.  Mask before
 * looking, so that block sees an event that comes in between; block unmasks.
 */
void halt_until_interrupt(struct vcpu *v)
{
	for (;;) {
		xen_upcall_mask(true);
		v->upcall_deferred = 0;
		irq_upcall(v);
		if (platform_irq_pending(v))
			break;
		xen_block();
	}
	v->upcall_deferred = DEFERRED_UPCALL;
	irq_refresh(v);
}

void halt_for_good(struct vcpu *v)
{
	log_info(VMI, "the guest halts with interrupts off: power-off");
	machine_end(v->machine, XEN_POWEROFF);
}

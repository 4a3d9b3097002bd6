/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual interrupts.
 *
 * After VMI_Init the guest's interrupt flag is Xen's upcall mask, and its
 * "enable" looks at evtchn_upcall_pending.  So while the PIC or the LAPIC has
 * a vector to deliver, that byte is kept set.  Before VMI_Init real events are
 * always on and the virtual flag is ours (vif_ring2).
 */
#include "cpu/irq.h"
#include "cpu/platform.h"
#include "cpu/timer.h"
#include "xen/domain.h"

void irq_upcall(struct vcpu *v)
{
	evtchn_scan();
	timer_run(v);
	irq_refresh(v);
	console_flush();
}

void irq_refresh(struct vcpu *v)
{
	if (v->mode != CPU_VMI || !platform_irq_pending(v))
		return;
	xen_upcall_pend();
	/* A VMI call with interrupts on: it comes when the call returns. */
	if (!xen_upcall_masked())
		v->upcall_deferred |= DEFERRED_UPCALL;
}

int irq_take(struct vcpu *v)
{
	int vector = platform_irq_ack(v);

	irq_refresh(v);
	return vector;
}

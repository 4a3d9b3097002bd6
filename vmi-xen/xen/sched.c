/* SPDX-License-Identifier: GPL-2.0-only */
/* Giving the processor away, for a while or for good.  Hypercall: sched_op. */
#include "xen/hypercall.h"
#include "xen/domain.h"
#include <xen/sched.h>

void __noreturn xen_shutdown(enum xen_shutdown reason)
{
	struct sched_shutdown op = { .reason = reason };

	console_flush();
	for (;;)
		hypercall_sched_op(SCHEDOP_shutdown, &op);
}

void xen_block(void)
{
	hypercall_sched_op(SCHEDOP_block, NULL);
}

void xen_yield(void)
{
	hypercall_sched_op(SCHEDOP_yield, NULL);
}

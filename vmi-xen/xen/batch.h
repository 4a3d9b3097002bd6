/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a lazy section collects of the processor's state, for one multicall.
 *
 * Only files in xen/ include this: the rest of the adapter calls
 * xen_stack_switch() and its like (domain.h), and need not know whether a
 * section is on.
 */
#ifndef VMI_XEN_BATCH_H
#define VMI_XEN_BATCH_H

#include "types.h"
#include <xen/xen.h>

#define BATCH_ARGS 4

/**
 * Let hypercall @op with @args wait for the end of the section.  It replaces
 * one that waits for the same: of update_descriptor, the same descriptor.
 * False: no section is on, make it now.
 */
bool batch_add(uint32_t op, const uint32_t args[BATCH_ARGS]);

/** The update_descriptor for machine address @where that waits. */
bool batch_has_descriptor(uint64_t where);

/** Something waits. */
bool batch_waits(void);

/**
 * Make hypercall @op, and behind it the calls that wait, of which there must be
 * one.  Its result; panics when Xen refuses another.
 */
int batch_send_behind(uint32_t op, const uint32_t args[BATCH_ARGS]);

/* What the batch is sent with (callback.c). */
int batch_call(const struct multicall_entry *e);
int batch_multicall(struct multicall_entry *e, unsigned int n);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory barriers as Xen's ring macros want them.  Stores are seen in order on
 * x86; only a load may pass an earlier store.
 */
#ifndef VMI_XEN_BARRIER_H
#define VMI_XEN_BARRIER_H

#include "types.h"

#define xen_mb()  __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define xen_rmb() barrier()
#define xen_wmb() barrier()

#endif

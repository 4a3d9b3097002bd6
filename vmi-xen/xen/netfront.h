/* SPDX-License-Identifier: GPL-2.0-only */
/* Network interfaces of the configuration, through dom0's netback. */
#ifndef VMI_XEN_NETFRONT_H
#define VMI_XEN_NETFRONT_H

#include "dev/nic.h"

struct machine;

#define NETFRONT_MAX 4

/** Take pages for the interfaces; before the guest's memory is laid out. */
void netfront_scan(struct machine *m);
/** Shake hands with the backends; waits for each at most some seconds. */
void netfront_connect(struct machine *m);
/** Interface @n; NULL when there are fewer. */
struct nic *netfront_nic(unsigned int n);

#endif

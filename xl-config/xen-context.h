/* SPDX-License-Identifier: GPL-2.0-only */
/* libxl, without what it has to say when there is no Xen. */
#ifndef XL_CONFIG_XEN_CONTEXT_H
#define XL_CONFIG_XEN_CONTEXT_H

#include <libxl.h>
#include <libxl_utils.h>
#include <stdbool.h>

struct xen_context {
	libxl_ctx *ctx;
	xentoollog_logger *log;
};

/** False, and nothing to close, when this is not a dom0. */
bool xen_context_open(struct xen_context *x);
void xen_context_close(struct xen_context *x);

#endif

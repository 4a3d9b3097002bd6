/* SPDX-License-Identifier: GPL-2.0-only */
/* See xen-context.h. */
#include "xen-context.h"

#include <stdio.h>
#include <unistd.h>
#include <xentoollog.h>

bool xen_context_open(struct xen_context *x)
{
	x->ctx = NULL;
	x->log = NULL;
	if (access("/proc/xen/capabilities", R_OK))
		return false;
	x->log = (xentoollog_logger *)xtl_createlogger_stdiostream(
		stderr, XTL_CRITICAL, XTL_STDIOSTREAM_HIDE_PROGRESS);
	if (x->log && !libxl_ctx_alloc(&x->ctx, LIBXL_VERSION, 0, x->log))
		return true;
	xen_context_close(x);
	return false;
}

void xen_context_close(struct xen_context *x)
{
	if (x->ctx)
		libxl_ctx_free(x->ctx);
	if (x->log)
		xtl_logger_destroy(x->log);
	x->ctx = NULL;
	x->log = NULL;
}

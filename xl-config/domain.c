/* SPDX-License-Identifier: GPL-2.0-only */
/* See domain.h. */
#include "domain.h"
#include "xen-context.h"

static enum domain_end end_of(const libxl_dominfo *info)
{
	if (info->dying)
		return END_DYING;
	if (!info->shutdown)
		return END_NONE;
	switch (info->shutdown_reason) {
	case LIBXL_SHUTDOWN_REASON_SUSPEND:
		return END_SUSPEND;
	case LIBXL_SHUTDOWN_REASON_CRASH:
		return END_CRASH;
	default:
		return END_OTHER;
	}
}

enum domain_found domain_find(struct domain *d, const char *uuid)
{
	enum domain_found found = DOMAIN_UNKNOWN;
	struct xen_context x;
	libxl_dominfo *list;
	libxl_uuid wanted;
	int n = 0;

	if (libxl_uuid_from_string(&wanted, uuid) || !xen_context_open(&x))
		return DOMAIN_UNKNOWN;
	list = libxl_list_domain(x.ctx, &n);
	if (list)
		found = DOMAIN_NONE;
	for (int i = 0; list && i < n && found != DOMAIN_FOUND; i++) {
		if (libxl_uuid_compare(&list[i].uuid, &wanted))
			continue;
		d->id = list[i].domid;
		d->end = end_of(&list[i]);
		found = DOMAIN_FOUND;
	}
	if (list)
		libxl_dominfo_list_free(list, n);
	xen_context_close(&x);
	return found;
}

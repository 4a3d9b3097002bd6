/* SPDX-License-Identifier: GPL-2.0-only */
/* What the hypervisor and dom0 can do, as far as a VMI domain needs it. */
#ifndef XL_CONFIG_HOST_H
#define XL_CONFIG_HOST_H

#include <stdbool.h>

#define HOST_PATH_MAX 256

struct host {
	bool known; /* false: not under Xen, or not allowed to ask */
	int major, minor;
	char extra[64]; /* behind the version, as "7-debian" */
	bool pv32;	/* runs 32-bit PV domains itself */
	bool hvm, hap;	/* can run PVH domains; with nested paging */
	bool shim;	/* the PV shim is installed */
	char shim_path[HOST_PATH_MAX]; /* where it is or ought to be */
	unsigned long free_mb;
};

/** Ask Xen; @shim_path: the configuration's own shim, or NULL. */
void host_ask(struct host *h, const char *shim_path);

/** The hypervisor's version without a library; false when not under Xen. */
bool host_version(int *major, int *minor);

/**
 * The adapter's file into @path (HOST_PATH_MAX bytes): VMI_XEN_ADAPTER, else
 * lib/vmi-xen/vmi.elf beside the folder that this program was installed to.
 */
void host_adapter(char *path);

/** The real xl into @path (HOST_PATH_MAX bytes); false when there is none. */
bool host_find_xl(char *path);

#endif

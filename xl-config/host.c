/* SPDX-License-Identifier: GPL-2.0-only */
/* See host.h. */
#include "host.h"
#include "xen-context.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef XEN_FIRMWARE_DIR /* pkg-config --variable=xenfirmwaredir xenlight */
#define XEN_FIRMWARE_DIR ""
#endif

static bool read_number(const char *path, int *value)
{
	FILE *in = fopen(path, "re");
	bool good = in && fscanf(in, "%d", value) == 1;

	if (in)
		fclose(in);
	return good;
}

bool host_version(int *major, int *minor)
{
	return read_number("/sys/hypervisor/version/major", major) &&
	       read_number("/sys/hypervisor/version/minor", minor);
}

void host_adapter(char *path)
{
	static const char tail[] = "/lib/vmi-xen/vmi.elf";
	const char *given = getenv("VMI_XEN_ADAPTER");
	char exe[HOST_PATH_MAX - sizeof(tail)];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (given && *given) {
		snprintf(path, HOST_PATH_MAX, "%s", given);
		return;
	}
	exe[n > 0 ? n : 0] = '\0';
	for (int i = 0; i < 2; i++) { /* the name, then sbin */
		char *slash = strrchr(exe, '/');

		if (slash)
			*slash = '\0';
	}
	snprintf(path, HOST_PATH_MAX, "%s%s", exe, tail);
	if (access(path, R_OK))
		snprintf(path, HOST_PATH_MAX, "/usr%s", tail);
}

/* Whether it may be run, and is not this program again under xl's name. */
static bool is_other_xl(const char *path)
{
	struct stat own, other;

	return !access(path, X_OK) && !stat("/proc/self/exe", &own) &&
	       !stat(path, &other) &&
	       (own.st_ino != other.st_ino || own.st_dev != other.st_dev);
}

bool host_find_xl(char *path)
{
	const char *given = getenv("VMI_XEN_XL");
	int major, minor;

	path[0] = '\0';
	if (given && *given) {
		snprintf(path, HOST_PATH_MAX, "%s", given);
		return is_other_xl(path);
	}
	if (host_version(&major, &minor)) {
		snprintf(path, HOST_PATH_MAX, "/usr/lib/xen-%d.%d/bin/xl",
			 major, minor);
		if (is_other_xl(path))
			return true;
	}
	static const char *const names[] = {
		"/usr/sbin/xl.distrib",
		"/usr/sbin/xl",
		"/usr/local/sbin/xl",
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, HOST_PATH_MAX, "%s", names[i]);
		if (is_other_xl(path))
			return true;
	}
	return false;
}

static void find_shim(struct host *h)
{
	static const char *const dirs[] = {
		XEN_FIRMWARE_DIR,
		"/usr/lib/xen/boot",
		"/usr/libexec/xen/boot",
		"/usr/local/lib/xen/boot",
	};
	char *path = h->shim_path;

	/* Debian has one folder for each version: the running one's. */
	snprintf(path, HOST_PATH_MAX, "/usr/lib/xen-%d.%d/boot/xen-shim",
		 h->major, h->minor);
	h->shim = !access(path, R_OK);
	for (size_t i = 0; !h->shim && i < sizeof(dirs) / sizeof(*dirs); i++) {
		char other[HOST_PATH_MAX];

		snprintf(other, sizeof(other), "%s/xen-shim", dirs[i]);
		if (*dirs[i] && !access(other, R_OK)) {
			snprintf(path, HOST_PATH_MAX, "%s", other);
			h->shim = true;
		}
	}
}

static void ask(struct host *h, libxl_ctx *ctx)
{
	const libxl_version_info *version = libxl_get_version_info(ctx);
	libxl_physinfo phys;

	libxl_physinfo_init(&phys);
	if (version && !libxl_get_physinfo(ctx, &phys)) {
		h->known = true;
		h->major = version->xen_version_major;
		h->minor = version->xen_version_minor;
		snprintf(h->extra, sizeof(h->extra), "%s",
			 version->xen_version_extra);
		h->pv32 = strstr(version->capabilities, "xen-3.0-x86_32p");
		h->hvm = phys.cap_hvm;
		h->hap = phys.cap_hap;
		h->free_mb = (unsigned long)(phys.free_pages >> 8);
	}
	libxl_physinfo_dispose(&phys);
}

void host_ask(struct host *h, const char *shim_path)
{
	struct xen_context x;

	memset(h, 0, sizeof(*h));
	if (xen_context_open(&x)) {
		ask(h, x.ctx);
		xen_context_close(&x);
	}
	if (shim_path) {
		snprintf(h->shim_path, sizeof(h->shim_path), "%s", shim_path);
		h->shim = !access(shim_path, R_OK);
	} else {
		find_shim(h);
	}
}

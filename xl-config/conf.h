/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's configuration as its user wrote it: what vmi-xen has to know of
 * xl.cfg(5), and the vmi keys (vmi-xen.cfg(5)).
 */
#ifndef XL_CONFIG_CONF_H
#define XL_CONFIG_CONF_H

#include "report.h"

#include <stdio.h>

enum guest_type {
	TYPE_UNSET,
	TYPE_PV,
	TYPE_PVH,
	TYPE_HVM,
};

enum {
	CONF_UNSET = -1
}; /* of a number or a truth value */

struct guest_conf {
	bool vmi;
	enum guest_type type;
	long pvshim; /* 0, 1 or CONF_UNSET */
	char *name, *uuid;
	char *kernel, *ramdisk;
	char *cmdline; /* cmdline=, or root= and extra= as xl joins them */
	char *bootloader;
	char **bootloader_args; /* ends with NULL; NULL when there are none */
	char *pvshim_path, *pvshim_extra;
	long memory, maxmem; /* MB, or CONF_UNSET */
	long vcpus;
	int nr_disks;

	/* vmi-xen.cfg(5) */
	char *adapter;
	char *log, *trace;
	char *disk, *net; /* which devices show them, or NULL */
	long pool, roots;
	long shim_memory; /* MB to add for the shim; CONF_UNSET: as measured */
	bool stats;
	bool debug;
};

/**
 * Parse @text (of @length bytes; the overrides, one a line, at its end).
 * @source is its name in messages.  xl's parser writes what it finds wrong to
 * @messages, as FILE:LINE.  False with an error in @r; conf_free() is needed
 * in any case.
 */
bool conf_parse(struct guest_conf *c, const char *text, size_t length,
		const char *source, FILE *messages, struct report *r);

/** Free what conf_parse() allocated. */
void conf_free(struct guest_conf *c);

/**
 * The file @path (NULL: none) and then the @n lines of @overrides, in memory
 * that the caller frees; NULL with an error in @r.
 */
char *conf_read(const char *path, char *const *overrides, int n, size_t *length,
		struct report *r);

#endif

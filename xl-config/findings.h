/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What "vmi-xen check" finds: facts of a host and of a kernel turned into
 * lines that say what to do.  Pure.
 */
#ifndef XL_CONFIG_FINDINGS_H
#define XL_CONFIG_FINDINGS_H

#include "bundle.h"
#include "host.h"

#include <stdio.h>

#define FINDINGS_MAX 24

enum finding_level {
	LEVEL_OK,
	LEVEL_NOTE, /* worth to know; VMI guests run */
	LEVEL_FAIL, /* they do not, or this one does not */
};

struct finding {
	const char *id; /* for programs: "host.hvm", "kernel.vmi" ... */
	enum finding_level level;
	char text[REPORT_MAX];
	const char *todo; /* NULL: nothing */
};

struct findings {
	struct finding all[FINDINGS_MAX];
	int n;
};

/** Add one; @fmt is its text. */
void finding_add(struct findings *f, const char *id, enum finding_level level,
		 const char *todo, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/** The hypervisor, its shim and what of it a VMI domain needs. */
void findings_host(struct findings *f, const struct host *h);

/** The files that this project installs; @error: why not, or NULL. */
void findings_adapter(struct findings *f, const char *path, const char *error);

/** A kernel and its initrd; @r has the error when @b is not complete. */
void findings_kernel(struct findings *f, const char *path,
		     const struct bundle *b, const struct report *r);

/** The worst level of all. */
enum finding_level findings_worst(const struct findings *f);

/** One line for each. */
void findings_print(const struct findings *f, FILE *out);
void findings_json(const struct findings *f, FILE *out);

#endif

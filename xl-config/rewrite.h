/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a configuration with vmi=1 to one that a stock xl understands: which
 * way the domain runs, what is checked before it starts, and the new text.
 * Pure: no Xen, no files.
 */
#ifndef XL_CONFIG_REWRITE_H
#define XL_CONFIG_REWRITE_H

#include "bundle.h"
#include "conf.h"
#include "host.h"

#define ADAPTER_DEFAULT	   "/usr/lib/vmi-xen/vmi.elf"
#define BOOTLOADER_NAME	   "vmi-xen"
#define CMDLINE_MAX	   1023 /* xl aborts at one more, under the shim */
#define SHIM_MEMORY_BASE   22	/* MB that the shim takes of a small domain */
#define SHIM_MEMORY_FACTOR 128	/* and one more for each of these */
#define ADAPTER_MEMORY	   8	/* MB; its own, and its page tables */
#define MEMORY_USED	   6144 /* MB that a guest can be told of */
/* MB whose list of frames and page tables have room in the adapter's window. */
#define MEMORY_MAX   11264
#define NOTES_MAX    3
#define SHIM_OPTIONS "smep=0 smap=0"
#define SHIM_DEBUG   "loglvl=all guest_loglvl=all"

struct plan {
	bool shim;	 /* type="pvh" with pvshim; else type="pv" */
	bool bootloader; /* kernel and bundle are made at each boot */
	bool wrap;	 /* the user's own bootloader, by ours */
	bool add_memory; /* memory= and maxmem= get shim_memory more */
	long shim_memory;
	char *cmdline; /* with the adapter's words; never NULL */
	const char *notes[NOTES_MAX + 1]; /* what the user should know; NULL */
};

/**
 * Decide how the domain runs, and refuse what cannot work.  @h->known false:
 * this is not the host, nothing is refused because of it.
 */
bool plan_make(struct plan *p, const struct guest_conf *c, const struct host *h,
	       struct report *r);
void plan_free(struct plan *p);

/** Print what the user of domain @name should know. */
void plan_print_notes(const struct plan *p, const char *name, FILE *out);

/** Refuse a kernel and initrd that the domain cannot hold. */
bool plan_check_bundle(const struct plan *p, const struct guest_conf *c,
		       const struct bundle *b, struct report *r);

/** MB that the shim takes of a domain with @memory MB. */
long shim_memory(long memory);

/**
 * Write the new configuration.  @bundle: its path; @uuid: one for a domain
 * that has none, or NULL.
 */
void rewrite(FILE *out, const char *text, size_t length, const struct plan *p,
	     const struct guest_conf *c, const char *bundle, const char *uuid);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libxl's bootloader protocol, for guests whose kernel lies on their own disk:
 * another bootloader, pygrub for one, takes the kernel from the disk, and what
 * libxl gets is the adapter and a bundle.
 *
 * Source: libxl_bootloader.c of Xen 4.17.
 */
#ifndef XL_CONFIG_BOOTLOADER_H
#define XL_CONFIG_BOOTLOADER_H

#include "report.h"

#include <stddef.h>

struct bootloader_args {
	const char *kernel, *ramdisk, *args; /* of the configuration, or NULL */
	const char *output;		     /* the file that libxl reads */
	const char *directory; /* where kernel and ramdisk are put */
	const char *wrap;      /* the other bootloader, or NULL */
	const char *runas;     /* a uid to run as, or NULL */
	char **others;	       /* for the other one; the disk is the last */
	int nr_others;
};

/** Take libxl's arguments apart; false with an error in @r. */
bool bootloader_parse(struct bootloader_args *a, int argc, char **argv,
		      struct report *r);
void bootloader_free(struct bootloader_args *a);

/** What a bootloader hands over, as "simple0"; points into the text. */
struct simple0 {
	const char *kernel, *ramdisk, *args; /* NULL: none */
};

/**
 * Take apart @size bytes at @text, behind which a NUL must be; items end with
 * NUL or newline.
 */
void simple0_parse(struct simple0 *s, char *text, size_t size);

/** Whether @argv (all of it) is a call by libxl under our name. */
bool bootloader_called(int argc, char **argv);

#endif

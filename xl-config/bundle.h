/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bundle: the guest's bzImage, 0-3 zero bytes, and its initrd or nothing,
 * in one file.  It is what the adapter takes as its ramdisk; the same input
 * gives the same bytes.
 */
#ifndef XL_CONFIG_BUNDLE_H
#define XL_CONFIG_BUNDLE_H

#include "boot/bzimage.h"
#include "file.h"
#include "kernel.h"
#include "report.h"

struct bundle {
	struct bzimage kernel;
	struct kernel_facts facts;
	struct stat inspected;		 /* the file that they are of */
	size_t kernel_size, initrd_size; /* of the files */
	size_t size;			 /* of the bundle */
};

/**
 * Look at @kernel and @initrd (NULL: none), both paths, without writing.
 * False with an error in @r; a kernel without VMI support is one.
 */
bool bundle_check(struct bundle *b, const char *kernel, const char *initrd,
		  struct report *r);

/** bundle_check(), then write the bundle to @path: all of it or nothing. */
bool bundle_make(struct bundle *b, const char *kernel, const char *initrd,
		 const char *path, struct report *r);

/**
 * bundle_make() after bundle_check() of the same @b: a kernel that is still the
 * same file is not unpacked again, which is most of the work.
 */
bool bundle_make_checked(struct bundle *b, const char *kernel,
			 const char *initrd, const char *path,
			 struct report *r);

#endif

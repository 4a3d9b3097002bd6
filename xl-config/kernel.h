/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a bzImage has inside: whether it has VMI support, and which pages.
 * There is no note of either in a kernel; its own messages tell.
 */
#ifndef XL_CONFIG_KERNEL_H
#define XL_CONFIG_KERNEL_H

#include "boot/bzimage.h"
#include "report.h"

enum kernel_packing {
	PACKED_UNKNOWN, /* none that is known, or damaged */
	PACKED_GZIP,
	PACKED_BZIP2,
	PACKED_LZMA,
	PACKED_XZ,
	PACKED_LZO, /* known, and not unpacked here */
	PACKED_NOT, /* an ELF as it is */
};

struct kernel_facts {
	enum kernel_packing packing;
	bool unpacked; /* only then the others mean something */
	bool is_linux, is_64bit, vmi, pae;
};

/** Look into the bzImage @data of @size bytes that @b describes. */
void kernel_inspect(struct kernel_facts *f, const uint8_t *data, size_t size,
		    const struct bzimage *b);

/** The same for what is unpacked already. */
void kernel_inspect_raw(struct kernel_facts *f, const uint8_t *data,
			size_t size);

/** "gzip", "bzip2" ... */
const char *kernel_packing_name(enum kernel_packing p);

/**
 * Refuse a kernel that is surely none for VMI; one that cannot be looked into
 * passes.  @path names it in the error.
 */
bool kernel_check(const struct kernel_facts *f, const char *path,
		  struct report *r);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Whole files in memory, and files that appear whole or not at all. */
#ifndef XL_CONFIG_FILE_H
#define XL_CONFIG_FILE_H

#include "report.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define FILE_SIZE_MAX (1ul << 30) /* libxenguest's limit for a module */

struct map {
	const uint8_t *data; /* NULL when empty */
	size_t size;
	struct stat stat; /* of map_file() */
};

/** Map a file for reading; @what names it in errors ("kernel"). */
bool map_file(struct map *m, const char *path, const char *what,
	      struct report *r);
void unmap_file(struct map *m);

/** Whether both are of the same file, which was not written in between. */
bool same_file(const struct stat *a, const struct stat *b);

/** Make the folder @path, mode 0700, and those above it. */
bool make_dirs(const char *path, struct report *r);

/**
 * Write the @n parts one after the other into the new file @path, through a
 * temporary one beside it.
 */
bool write_file(const char *path, const struct map *parts, int n,
		struct report *r);

#endif

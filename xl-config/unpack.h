/* SPDX-License-Identifier: GPL-2.0-only */
/* Unpacking in memory; damaged input gives what was unpacked until there. */
#ifndef XL_CONFIG_UNPACK_H
#define XL_CONFIG_UNPACK_H

#include <stddef.h>
#include <stdint.h>

#define UNPACK_MAX (64u << 20) /* bytes; no 32-bit kernel is larger */

struct unpacked {
	uint8_t *data; /* to be freed by the caller; NULL: nothing came out */
	size_t size;
};

/** Unpack @in of @n bytes; what follows the packed data is no matter. */
struct unpacked unpack_gzip(const uint8_t *in, size_t n);
struct unpacked unpack_bzip2(const uint8_t *in, size_t n);
/** lzma and xz. */
struct unpacked unpack_lzma(const uint8_t *in, size_t n);

#endif

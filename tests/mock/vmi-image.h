/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that look like a bzImage, for those who look into kernels. */
#ifndef VMI_TESTS_VMI_IMAGE_H
#define VMI_TESTS_VMI_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#define SETUP_BYTES 1024u
#define IMAGE_MAX   8192u
#define PAYLOAD_AT  64u /* in the protected-mode part */

/* What kernels contain, packed. */
#define LINUX	  "Linux version 2.6.32 (test)\0"
#define VMI	  "<6>VMI: Found %s %s\0"
#define PAE	  "*pdpt = %016Lx \0"
#define INSIDE(s) s, sizeof(s)

struct image {
	uint8_t bytes[IMAGE_MAX];
	size_t size;
};

/** Write @v at @p, little-endian. */
void put32(uint8_t *p, uint32_t v);
/** A bzImage of boot protocol @protocol with @payload. */
void make_image(struct image *m, unsigned int protocol, const void *payload,
		size_t n);
/** Pack @n bytes of @text; the packed size. */
size_t gzip(uint8_t *out, size_t size, const char *text, size_t n);
size_t xz(uint8_t *out, size_t size, const char *text, size_t n);
/** A kernel with VMI and PAE. */
void vmi_image(struct image *m);

#endif

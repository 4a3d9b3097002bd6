/* SPDX-License-Identifier: GPL-2.0-only */
/* See vmi-image.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <lzma.h>
#include <string.h>
#include <zlib.h>
#include "vmi-image.h"

void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

void make_image(struct image *m, unsigned int protocol, const void *payload,
		size_t n)
{
	size_t paragraphs = (PAYLOAD_AT + n + 15 + 4) / 16;

	memset(m, 0, sizeof(*m));
	m->bytes[0x1f1] = 1; /* setup sectors */
	put32(m->bytes + 0x1f4, (uint32_t)paragraphs);
	m->bytes[0x1fe] = 0x55;
	m->bytes[0x1ff] = 0xaa;
	m->bytes[0x200] = 0xeb;
	m->bytes[0x201] = 0x62;
	memcpy(m->bytes + 0x202, "HdrS", 4);
	m->bytes[0x206] = (uint8_t)protocol;
	m->bytes[0x207] = (uint8_t)(protocol >> 8);
	m->bytes[0x211] = 1; /* loaded high */
	put32(m->bytes + 0x214, 0x100000);
	put32(m->bytes + 0x248, PAYLOAD_AT);
	put32(m->bytes + 0x24c, (uint32_t)n);
	memcpy(m->bytes + SETUP_BYTES + PAYLOAD_AT, payload, n);
	m->size = SETUP_BYTES + paragraphs * 16;
	put32(m->bytes + m->size - 4, 0x12345678); /* the CRC */
}

size_t gzip(uint8_t *out, size_t size, const char *text, size_t n)
{
	z_stream z = { .next_in = (uint8_t *)(uintptr_t)text,
		       .avail_in = (unsigned int)n,
		       .next_out = out,
		       .avail_out = (unsigned int)size };

	assert_int_equal(
		deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY),
		Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return size - z.avail_out;
}

size_t xz(uint8_t *out, size_t size, const char *text, size_t n)
{
	size_t at = 0;

	assert_int_equal(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, NULL,
						 (const uint8_t *)text, n, out,
						 &at, size),
			 LZMA_OK);
	return at;
}

void vmi_image(struct image *m)
{
	uint8_t packed[1024] = { 0 };

	make_image(m, 0x20a, packed,
		   gzip(packed, sizeof(packed), INSIDE(LINUX VMI PAE)));
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* See unpack.h. */
#include "unpack.h"

#include <bzlib.h>
#include <dlfcn.h>
#include <lzma.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define FIRST_SIZE	 (4u << 20)
#define LZMA_MEMORY	 (128u << 20)
#define GZIP_WINDOW_BITS (15 + 16) /* zlib's way of saying gzip, not zlib */

/* Room for more output; false at the limit. */
static bool grow(struct unpacked *u, size_t used)
{
	size_t size = u->size ? u->size * 2 : FIRST_SIZE;
	uint8_t *data;

	if (used < u->size)
		return true;
	if (size > UNPACK_MAX)
		return false;
	data = realloc(u->data, size);
	if (!data)
		return false;
	u->data = data;
	u->size = size;
	return true;
}

static struct unpacked finish(struct unpacked u, size_t used)
{
	u.size = used;
	if (!used) {
		free(u.data);
		u.data = NULL;
	}
	return u;
}

struct unpacked unpack_gzip(const uint8_t *in, size_t n)
{
	struct unpacked u = { 0 };
	z_stream z = { .next_in = (uint8_t *)(uintptr_t)in,
		       .avail_in = (unsigned int)n };
	size_t used = 0;
	int rc = Z_OK;

	if (inflateInit2(&z, GZIP_WINDOW_BITS) != Z_OK)
		return u;
	while (rc == Z_OK && grow(&u, used)) {
		z.next_out = u.data + used;
		z.avail_out = (unsigned int)(u.size - used);
		rc = inflate(&z, Z_NO_FLUSH);
		used = u.size - z.avail_out;
	}
	inflateEnd(&z);
	return finish(u, used);
}

struct unpacked unpack_lzma(const uint8_t *in, size_t n)
{
	struct unpacked u = { 0 };
	lzma_stream z = LZMA_STREAM_INIT;
	lzma_ret rc = lzma_auto_decoder(&z, LZMA_MEMORY, 0);
	size_t used = 0;

	z.next_in = in;
	z.avail_in = n;
	while (rc == LZMA_OK && grow(&u, used)) {
		z.next_out = u.data + used;
		z.avail_out = u.size - used;
		rc = lzma_code(&z, LZMA_RUN);
		used = u.size - z.avail_out;
	}
	lzma_end(&z);
	return finish(u, used);
}

/* Few kernels are packed so: the library is asked for only when one is. */
struct bzip2 {
	void *library;
	int (*init)(bz_stream *, int, int);
	int (*go_on)(bz_stream *);
	int (*end)(bz_stream *);
};

static bool load_bzip2(struct bzip2 *b)
{
	b->library = dlopen("libbz2.so.1.0", RTLD_NOW);
	if (!b->library)
		return false;
	*(void **)&b->init = dlsym(b->library, "BZ2_bzDecompressInit");
	*(void **)&b->go_on = dlsym(b->library, "BZ2_bzDecompress");
	*(void **)&b->end = dlsym(b->library, "BZ2_bzDecompressEnd");
	return b->init && b->go_on && b->end;
}

struct unpacked unpack_bzip2(const uint8_t *in, size_t n)
{
	struct unpacked u = { 0 };
	bz_stream z = { .next_in = (char *)(uintptr_t)in,
			.avail_in = (unsigned int)n };
	struct bzip2 lib;
	size_t used = 0;
	int rc = BZ_OK;

	if (!load_bzip2(&lib))
		return u;
	if (lib.init(&z, 0, 0) == BZ_OK) {
		while (rc == BZ_OK && grow(&u, used)) {
			size_t before = used;

			z.next_out = (char *)u.data + used;
			z.avail_out = (unsigned int)(u.size - used);
			rc = lib.go_on(&z);
			used = u.size - z.avail_out;
			if (used == before && !z.avail_in)
				break;
		}
		lib.end(&z);
	}
	dlclose(lib.library);
	return finish(u, used);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* No bundle makes its parser read outside of it or describe what is not there. */
#include <stdlib.h>
#include "boot/bzimage.h"
#include "lib/string.h"

struct bundle {
	const uint8_t *data;
	size_t size;
};

static void bundle_read(void *opaque, uint32_t offset, void *buf, uint32_t len)
{
	const struct bundle *b = opaque;

	if (offset > b->size || len > b->size - offset)
		abort();
	memcpy(buf, b->data + offset, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bundle bundle = { data, size };
	struct bzimage b;

	if (bzimage_parse(&b, bundle_read, &bundle, (uint32_t)size))
		return 0;
	if ((uint64_t)b.kernel_offset + b.kernel_size > size ||
	    (uint64_t)b.initrd_offset + b.initrd_size != size ||
	    b.initrd_offset < b.kernel_offset + b.kernel_size ||
	    strnlen(b.version, BZIMAGE_VERSION_MAX) == BZIMAGE_VERSION_MAX)
		abort();
	return 0;
}

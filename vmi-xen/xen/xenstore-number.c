/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers in xenstore: decimal, nothing else in the node.  See xenstore.h. */
#include "xen/xenstore.h"

#define DECIMAL_DIGITS 19 /* of what surely fits 64 bits */

int xs_read_number64(const char *path, uint64_t *value)
{
	char text[DECIMAL_DIGITS + 2];
	uint64_t n = 0;
	int rc = xs_read(path, text, sizeof(text));

	if (rc < 0)
		return rc;
	if (rc == 0 || rc > DECIMAL_DIGITS)
		return XS_EINVAL;
	for (const char *s = text; *s; s++) {
		if (*s < '0' || *s > '9')
			return XS_EINVAL;
		n = n * 10 + (uint32_t)(*s - '0');
	}
	*value = n;
	return 0;
}

int xs_read_number(const char *path, uint32_t *value)
{
	uint64_t n;
	int rc = xs_read_number64(path, &n);

	if (rc || n > UINT32_MAX)
		return rc ? rc : XS_EINVAL;
	*value = (uint32_t)n;
	return 0;
}

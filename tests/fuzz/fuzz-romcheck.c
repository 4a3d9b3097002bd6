/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * No image makes romcheck read outside of it, or take a bad one for good.
 * Half of the inputs are changes to a good image: random bytes seldom get
 * past its signatures.
 */
#include <stdlib.h>
#include "romparse.h"
#include "xen-rom.h"
#include "lib/string.h"

#define VIRTUAL_TOP 0xf4000000

/* One byte of the good image, changed. */
struct change {
	uint8_t where[2], value;
};

/* A string that is reported lies, with its end, inside the image. */
static void check_string(const struct rom_string *s, const uint8_t *data,
			 size_t size)
{
	const uint8_t *p = (const uint8_t *)s->p;

	if (!p)
		return;
	if (p < data || p + s->len >= data + size || p[s->len] ||
	    memchr(p, 0, s->len))
		abort();
}

static void check(const uint8_t *data, size_t size)
{
	struct rom_info info;
	bool good = rom_parse(data, size, &info);

	check_string(&info.license, data, size);
	check_string(&info.manufacturer, data, size);
	check_string(&info.product, data, size);
	if (good && (!info.has_pci || !info.license.p || info.sum ||
		     info.header.api_major != VMI_API_MAJOR ||
		     info.size > size || size < VMI_ROM_HEADER_SIZE))
		abort();
}

static void check_changed(const uint8_t *data, size_t size)
{
	uint8_t *rom = malloc(XEN_ROM_SIZE);
	uint8_t sum = 0;

	if (!rom || !xen_rom_build(rom, XEN_ROM_SIZE, VIRTUAL_TOP, 0, 0))
		abort();
	for (; size >= sizeof(struct change); size -= sizeof(struct change)) {
		rom[(data[0] << 8 | data[1]) % XEN_ROM_SIZE] = data[2];
		data += sizeof(struct change);
	}
	for (size_t i = 0; i < XEN_ROM_SIZE; i++)
		sum = (uint8_t)(sum - rom[i]);
	rom[VMI_ROM_OFF_CHECKSUM] = (uint8_t)(rom[VMI_ROM_OFF_CHECKSUM] + sum);
	check(rom, XEN_ROM_SIZE);
	free(rom);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size && (data[0] & 1))
		check_changed(data + 1, size - 1);
	else
		check(data, size);
	return 0;
}

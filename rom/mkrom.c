/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mkrom IN OUT [--trace]: makes a ROM image of what the linker wrote.
 *
 * Pads to whole 512-byte units, enters the length (ROM and PCI header), and
 * the checksums of PnP header and image.  --trace sets the byte that makes a
 * reference ROM trace its calls.  The same input gives the same bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include "reference/rom-header.h"
#include "romparse.h"
#include "lib/string.h"

#define MAX_UNITS 255
#define MAX_SIZE  (MAX_UNITS * VMI_ROM_UNIT)

static uint8_t image[MAX_SIZE + 1];

static void die(const char *file, const char *why)
{
	fprintf(stderr, "mkrom: %s: %s\n", file, why);
	exit(1);
}

static uint8_t sum(const uint8_t *p, size_t n)
{
	uint32_t s = 0;

	for (size_t i = 0; i < n; i++)
		s += p[i];
	return (uint8_t)s;
}

static size_t load(const char *file)
{
	FILE *f = fopen(file, "rb");
	size_t n;

	if (!f)
		die(file, "cannot be read");
	n = fread(image, 1, sizeof(image), f);
	fclose(f);
	if (n < VMI_ROM_HEADER_SIZE)
		die(file, "shorter than a ROM header");
	if (n > MAX_SIZE)
		die(file, "larger than an option ROM can be");
	return n;
}

static void store(const char *file, size_t n)
{
	FILE *f = fopen(file, "wb");

	if (!f || fwrite(image, 1, n, f) != n || fclose(f))
		die(file, "cannot be written");
}

/* A header that must lie inside @n bytes. */
static void *at(const char *file, size_t off, size_t size, size_t n)
{
	if (off == 0 || off > n || size > n - off)
		die(file, "PCI or PnP header outside the image");
	return image + off;
}

static void finish(const char *file, size_t n)
{
	struct vmi_rom_header *h = (void *)image;
	struct vmi_pci_header *pci;
	struct vmi_pnp_header *pnp;

	pci = at(file, h->pci_header_offs, sizeof(*pci), n);
	pnp = at(file, h->pnp_header_offs, sizeof(*pnp), n);
	h->rom_length = (uint8_t)(n / VMI_ROM_UNIT);
	pci->image_length = h->rom_length;
	pnp->checksum = 0;
	pnp->checksum = (uint8_t)(0 - sum((uint8_t *)pnp, sizeof(*pnp)));
	h->rom_checksum = 0;
	h->rom_checksum = (uint8_t)(0 - sum(image, n));
}

int main(int argc, char **argv)
{
	bool trace = argc == 4 && !strcmp(argv[3], "--trace");
	struct rom_info info;
	size_t n;

	if (argc != 3 + trace) {
		fprintf(stderr, "usage: mkrom IN OUT [--trace]\n");
		return 2;
	}
	n = load(argv[1]);
	n = (n + VMI_ROM_UNIT - 1) / VMI_ROM_UNIT * VMI_ROM_UNIT;
	if (trace)
		image[ROM_OFF_TRACE] = 1;
	finish(argv[1], n);
	if (!rom_parse(image, n, &info) || info.problems)
		die(argv[1], "romcheck finds fault with it");
	store(argv[2], n);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads and checks a VMI ROM image.  Pure: no I/O, no allocation.
 *
 * Sources: VMI specification, ROM detection; Linux 2.6.32 vmi_32.c
 * check_vmi_rom() and probe_vmi_rom(); SeaBIOS' rules for option ROMs.
 */
#include "romparse.h"
#include "lib/string.h"

/* A kernel at 3 GB needs some linear space for itself. */
#define TOP_LOWEST 0xd0000000u

enum severity {
	WARNING,
	ERROR
};

static const struct {
	const char *name, *text;
	enum severity severity;
} problems[ROM_NR_PROBLEMS] = {
#define ROM_PROBLEM(id, name, severity, sentence)                              \
	[ROM_##id] = { name, sentence, severity },
	ROM_PROBLEMS
#undef ROM_PROBLEM
};

const char *rom_problem_name(enum rom_problem p)
{
	return problems[p].name;
}

const char *rom_problem_text(enum rom_problem p)
{
	return problems[p].text;
}

bool rom_problem_is_error(enum rom_problem p)
{
	return problems[p].severity == ERROR;
}

/* The image's bytes that are really there. */
struct image {
	const uint8_t *p;
	size_t len;
};

static void problem(struct rom_info *r, enum rom_problem p, bool is)
{
	if (is)
		r->problems |= BIT(p);
}

static uint8_t sum(const uint8_t *p, size_t n)
{
	uint32_t s = 0;

	for (size_t i = 0; i < n; i++)
		s += p[i];
	return (uint8_t)s;
}

/* All zeros or all ones: memory that nobody has written. */
static bool blank(const uint8_t *p, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (p[i] != p[0])
			return false;
	return p[0] == 0 || p[0] == 0xff;
}

static bool inside(const struct image *im, size_t off, size_t n)
{
	return off <= im->len && n <= im->len - off;
}

/* The header's reserved space between the two may be used by its maker. */
static void check_overlap(struct rom_info *r, size_t off)
{
	problem(r, ROM_OVERLAP,
		off < offsetof(struct vmi_rom_header, reserved3) ||
			(off >= VMI_ROM_OFF_INIT && off < VMI_ROM_HEADER_SIZE));
}

static struct rom_string get_string(struct rom_info *r, const struct image *im,
				    size_t off)
{
	struct rom_string s = { NULL, 0 };

	if (off == 0 || off >= im->len)
		return s;
	if (!memchr(im->p + off, '\0', im->len - off))
		return s;
	s.p = (const char *)im->p + off;
	s.len = strlen(s.p);
	check_overlap(r, off);
	return s;
}

static bool string_is(const struct rom_string *s, const char *what)
{
	return s->len == strlen(what) && memcmp(s->p, what, s->len) == 0;
}

static void parse_license(struct rom_info *r, const struct image *im)
{
	r->license = get_string(r, im, r->header.license_offs);
	if (!r->license.p)
		r->problems |= BIT(ROM_LICENSE);
	else if (!string_is(&r->license, VMI_LICENSE_GPL) &&
		 !string_is(&r->license, VMI_LICENSE_GPL_V2))
		r->problems |= BIT(ROM_LICENSE_GPL);
}

static void parse_pci(struct rom_info *r, const struct image *im)
{
	size_t off = r->header.pci_header_offs;

	if (off == 0 || !inside(im, off, sizeof(r->pci))) {
		r->problems |= BIT(ROM_PCI);
		return;
	}
	check_overlap(r, off);
	memcpy(&r->pci, im->p + off, sizeof(r->pci));
	r->has_pci = true;
	problem(r, ROM_PCI_SIGNATURE, r->pci.signature != VMI_PCI_SIGNATURE);
	problem(r, ROM_PCI_IDS,
		r->pci.vendor != VMI_PCI_VENDOR ||
			r->pci.device != VMI_PCI_DEVICE);
	problem(r, ROM_PCI_LENGTH, r->pci.image_length != r->header.rom_length);
	problem(r, ROM_PCI_LAST, !(r->pci.indicator & VMI_PCI_LAST_IMAGE));
}

static void parse_pnp(struct rom_info *r, const struct image *im)
{
	size_t off = r->header.pnp_header_offs;
	size_t n;

	if (off == 0) {
		r->problems |= BIT(ROM_PNP_NONE);
		return;
	}
	if (!inside(im, off, sizeof(r->pnp))) {
		r->problems |= BIT(ROM_PNP);
		return;
	}
	check_overlap(r, off);
	memcpy(&r->pnp, im->p + off, sizeof(r->pnp));
	r->has_pnp = true;
	n = (size_t)r->pnp.length * VMI_PNP_UNIT;
	problem(r, ROM_PNP_SIGNATURE, r->pnp.signature != VMI_PNP_SIGNATURE);
	problem(r, ROM_PNP_CHECKSUM,
		!inside(im, off, n) || n == 0 || sum(im->p + off, n) != 0);
	r->manufacturer = get_string(r, im, r->pnp.manufacturer_offs);
	r->product = get_string(r, im, r->pnp.product_offs);
	problem(r, ROM_MANUFACTURER, !r->manufacturer.p);
	problem(r, ROM_PRODUCT, !r->product.p);
}

static void check_sizes(struct rom_info *r, size_t len)
{
	problem(r, ROM_LENGTH, r->size < VMI_ROM_HEADER_SIZE);
	problem(r, ROM_TRUNCATED, r->size > len);
	problem(r, ROM_TRAILING, r->size < len);
	problem(r, ROM_TOO_LARGE, r->size > VMI_SCAN_END - VMI_SCAN_START);
}

static void check_header(struct rom_info *r)
{
	const struct vmi_rom_header *h = &r->header;

	problem(r, ROM_SIGNATURE, h->rom_signature != VMI_ROM_SIGNATURE);
	problem(r, ROM_VROM_SIGNATURE, h->vrom_signature != VMI_VROM_SIGNATURE);
	problem(r, ROM_ENTRY, blank(h->rom_entry, sizeof(h->rom_entry)));
	problem(r, ROM_API_MAJOR, h->api_major != VMI_API_MAJOR);
	problem(r, ROM_API_MINOR, h->api_minor > VMI_API_MINOR);
	problem(r, ROM_TOP_ALIGN, h->virtual_top & PAGE_MASK);
	problem(r, ROM_TOP_ZERO, h->virtual_top == 0);
	problem(r, ROM_TOP_LOW, h->virtual_top && h->virtual_top < TOP_LOWEST);
	problem(r, ROM_INIT, blank(h->vmi_init, sizeof(h->vmi_init)));
	problem(r, ROM_GET_RELOC, blank(h->get_reloc, sizeof(h->get_reloc)));
}

bool rom_parse(const void *buf, size_t len, struct rom_info *info)
{
	struct rom_info *r = info;
	struct image im = { buf, len };

	memset(r, 0, sizeof(*r));
	if (len < sizeof(r->header)) {
		if (len)
			memcpy(&r->header, buf, len);
		r->problems = BIT(ROM_TOO_SHORT);
		return false;
	}
	memcpy(&r->header, buf, sizeof(r->header));
	r->size = r->header.rom_length * (uint32_t)VMI_ROM_UNIT;
	check_sizes(r, len);
	check_header(r);
	if (im.len > r->size && r->size >= VMI_ROM_HEADER_SIZE)
		im.len = r->size; /* what follows is not of this image */
	r->sum = sum(im.p, im.len);
	problem(r, ROM_CHECKSUM, r->sum != 0);
	parse_license(r, &im);
	parse_pci(r, &im);
	parse_pnp(r, &im);

	for (unsigned int i = 0; i < ROM_NR_PROBLEMS; i++)
		if ((r->problems & BIT(i)) && rom_problem_is_error(i))
			return false;
	return true;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * romcheck [--json] FILE: reads a VMI ROM image as a person would want to see
 * it, and says what is wrong with it.
 *
 * Exit status: 0 good (warnings allowed), 1 errors, 2 not readable.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "romparse.h"
#include "lib/string.h"

#define EXIT_BAD   1
#define EXIT_USAGE 2
/* More than any ROM; enough to say "trailing". */
#define MAX_FILE	(1u << 20)
#define PRINTABLE_FIRST 0x20
#define PRINTABLE_LAST	0x7e

/* A string of a file may hold anything: print it so that it is harmless. */
static void put_string(const struct rom_string *s, bool json)
{
	if (!s->p) {
		fputs(json ? "null" : "(none)", stdout);
		return;
	}
	putchar('"');
	for (size_t i = 0; i < s->len; i++) {
		unsigned char c = (unsigned char)s->p[i];

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c >= PRINTABLE_FIRST && c <= PRINTABLE_LAST)
			putchar(c);
		else
			printf(json ? "\\u%04x" : "\\x%02x", c);
	}
	putchar('"');
}

static void text_row(const char *label, const struct rom_string *s)
{
	printf("  %-14s ", label);
	put_string(s, false);
	putchar('\n');
}

static void print_bytes(const char *label, const uint8_t *p, size_t n)
{
	printf("  %-14s", label);
	for (size_t i = 0; i < n; i++)
		printf(" %02x", p[i]);
	putchar('\n');
}

static void print_text(const char *file, const struct rom_info *r)
{
	const struct vmi_rom_header *h = &r->header;

	printf("%s:\n", file);
	text_row("manufacturer", &r->manufacturer);
	text_row("product", &r->product);
	text_row("license", &r->license);
	printf("  %-14s %u.%u\n", "API version", h->api_major, h->api_minor);
	if (r->has_pci) {
		printf("  %-14s %u.%u\n", "ROM version", r->pci.rom_version_maj,
		       r->pci.rom_version_min);
		printf("  %-14s %04x:%04x\n", "PCI device", r->pci.vendor,
		       r->pci.device);
	}
	printf("  %-14s %u bytes (%u x %d), sum %02xh\n", "size", r->size,
	       h->rom_length, VMI_ROM_UNIT, r->sum);
	printf("  %-14s 0x%08x, %u MB are the hypervisor's\n", "virtual_top",
	       h->virtual_top, (0u - h->virtual_top) >> 20);
	printf("  %-14s %u\n", "jump slots", h->jump_slots);
	printf("  %-14s license %03xh, PCI %03xh, PnP %03xh\n", "offsets",
	       h->license_offs, h->pci_header_offs, h->pnp_header_offs);
	print_bytes("BIOS entry", h->rom_entry, sizeof(h->rom_entry));
	print_bytes("VMI_Init", h->vmi_init, sizeof(h->vmi_init));
	print_bytes("get_reloc", h->get_reloc, sizeof(h->get_reloc));
	for (unsigned int i = 0; i < ROM_NR_PROBLEMS; i++)
		if (r->problems & BIT(i))
			printf("%s: %s: %s\n",
			       rom_problem_is_error(i) ? "ERROR" : "warning",
			       rom_problem_name(i), rom_problem_text(i));
}

static void json_problems(const struct rom_info *r, bool errors)
{
	const char *comma = "";

	printf("[");
	for (unsigned int i = 0; i < ROM_NR_PROBLEMS; i++) {
		if (!(r->problems & BIT(i)) ||
		    rom_problem_is_error(i) != errors)
			continue;
		printf("%s\"%s\"", comma, rom_problem_name(i));
		comma = ", ";
	}
	printf("]");
}

static void print_json(const struct rom_info *r, bool good)
{
	const struct vmi_rom_header *h = &r->header;

	printf("{\n  \"good\": %s,\n", good ? "true" : "false");
	printf("  \"errors\": ");
	json_problems(r, true);
	printf(",\n  \"warnings\": ");
	json_problems(r, false);
	printf(",\n  \"manufacturer\": ");
	put_string(&r->manufacturer, true);
	printf(",\n  \"product\": ");
	put_string(&r->product, true);
	printf(",\n  \"license\": ");
	put_string(&r->license, true);
	printf(",\n  \"api_version\": \"%u.%u\",\n", h->api_major,
	       h->api_minor);
	if (r->has_pci) {
		printf("  \"rom_version\": \"%u.%u\",\n",
		       r->pci.rom_version_maj, r->pci.rom_version_min);
		printf("  \"pci_device\": \"%04x:%04x\",\n", r->pci.vendor,
		       r->pci.device);
	}
	printf("  \"size\": %u,\n  \"sum\": %u,\n", r->size, r->sum);
	printf("  \"jump_slots\": %u,\n", h->jump_slots);
	printf("  \"virtual_top\": %u\n}\n", h->virtual_top);
}

static size_t read_file(const char *name, uint8_t *buf)
{
	FILE *f = strcmp(name, "-") ? fopen(name, "rb") : stdin;
	size_t n;

	if (!f) {
		perror(name);
		exit(EXIT_USAGE);
	}
	n = fread(buf, 1, MAX_FILE, f);
	if (ferror(f)) {
		perror(name);
		exit(EXIT_USAGE);
	}
	fclose(f);
	return n;
}

int main(int argc, char **argv)
{
	bool json = argc == 3 && !strcmp(argv[1], "--json");
	struct rom_info info;
	uint8_t *buf;
	size_t len;
	bool good;

	if (argc != 2 + json || (!json && argv[1][0] == '-' && argv[1][1])) {
		fprintf(stderr, "usage: romcheck [--json] FILE\n");
		return EXIT_USAGE;
	}
	buf = malloc(MAX_FILE);
	if (!buf)
		return EXIT_USAGE;
	len = read_file(argv[argc - 1], buf);
	good = rom_parse(buf, len, &info);
	if (json)
		print_json(&info, good);
	else
		print_text(argv[argc - 1], &info);
	free(buf);
	return good ? 0 : EXIT_BAD;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* See kernel.h. */
#define _GNU_SOURCE
#include "kernel.h"
#include "unpack.h"

#include <stdlib.h>
#include <string.h>

/* Linux Documentation/x86/boot.txt; from protocol 2.08 on. */
#define OFF_PAYLOAD	   0x248
#define OFF_PAYLOAD_LENGTH 0x24c
#define PROTOCOL_PAYLOAD   0x208
#define ELF_CLASS	   4 /* offset in the file; 2: 64 bit */
#define ELF_CLASS_64	   2
#define TRIES_MAX	   16 /* chance matches of a magic number */

static const struct packing {
	enum kernel_packing packing;
	const char *name;
	uint8_t magic[6];
	size_t magic_len;
	struct unpacked (*unpack)(const uint8_t *in, size_t n);
} packings[] = {
	{ PACKED_GZIP, "gzip", { 0x1f, 0x8b, 8 }, 3, unpack_gzip },
	{ PACKED_BZIP2, "bzip2", { 'B', 'Z', 'h' }, 3, unpack_bzip2 },
	{ PACKED_XZ, "xz", { 0xfd, '7', 'z', 'X', 'Z', 0 }, 6, unpack_lzma },
	{ PACKED_LZMA, "lzma", { 0x5d, 0, 0 }, 3, unpack_lzma },
	{ PACKED_LZO, "lzo", { 0x89, 'L', 'Z', 'O' }, 4, NULL },
};

#define NR_PACKINGS (sizeof(packings) / sizeof(*packings))

const char *kernel_packing_name(enum kernel_packing p)
{
	for (size_t i = 0; i < NR_PACKINGS; i++)
		if (packings[i].packing == p)
			return packings[i].name;
	return p == PACKED_NOT ? "nothing" : "something unknown";
}

static bool has(const uint8_t *data, size_t size, const char *text)
{
	return memmem(data, size, text, strlen(text));
}

static bool is_elf(const uint8_t *data, size_t size)
{
	return size > ELF_CLASS && !memcmp(data, "\177ELF", 4);
}

void kernel_inspect_raw(struct kernel_facts *f, const uint8_t *data,
			size_t size)
{
	f->unpacked = true;
	f->is_64bit = is_elf(data, size) && data[ELF_CLASS] == ELF_CLASS_64;
	f->is_linux = has(data, size, "Linux version ");
	/* vmi_32.c: what it prints when it finds the ROM. */
	f->vmi = has(data, size, "VMI: Found ");
	/* fault.c prints the third level; init.c of 2.6.21 the state of NX. */
	f->pae = has(data, size, "*pdpt = ") ||
		 (has(data, size, "Linux version 2.6.21") &&
		  has(data, size, "NX (Execute Disable) protection: active"));
}

static uint32_t get32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static bool try_packing(struct kernel_facts *f, const struct packing *p,
			const uint8_t *data, size_t size)
{
	struct unpacked u;

	if (size < p->magic_len || memcmp(data, p->magic, p->magic_len))
		return false;
	f->packing = p->packing;
	if (!p->unpack)
		return true;
	u = p->unpack(data, size);
	if (u.data)
		kernel_inspect_raw(f, u.data, u.size);
	free(u.data);
	return f->is_linux;
}

static void inspect_payload(struct kernel_facts *f, const uint8_t *data,
			    size_t size)
{
	if (is_elf(data, size)) {
		f->packing = PACKED_NOT;
		kernel_inspect_raw(f, data, size);
		return;
	}
	for (size_t i = 0; i < NR_PACKINGS; i++)
		if (try_packing(f, &packings[i], data, size))
			return;
}

/* Before 2.08 only gzip was there, and the header did not say where. */
static void search_gzip(struct kernel_facts *f, const uint8_t *data,
			size_t size)
{
	const struct packing *gzip = &packings[0];
	const uint8_t *at = data, *end = data + size;

	for (int i = 0; i < TRIES_MAX; i++, at++) {
		at = memmem(at, (size_t)(end - at), gzip->magic,
			    gzip->magic_len);
		if (!at || try_packing(f, gzip, at, (size_t)(end - at)))
			return;
	}
}

void kernel_inspect(struct kernel_facts *f, const uint8_t *data, size_t size,
		    const struct bzimage *b)
{
	const uint8_t *part = data + b->kernel_offset;
	size_t n = b->kernel_size;
	uint32_t at, length;

	memset(f, 0, sizeof(*f));
	if (b->kernel_offset + n > size)
		return;
	if (b->protocol < PROTOCOL_PAYLOAD) {
		search_gzip(f, part, n);
		return;
	}
	at = get32(data + OFF_PAYLOAD);
	length = get32(data + OFF_PAYLOAD_LENGTH);
	if (at < n && length <= n - at)
		inspect_payload(f, part + at, length ? length : n - at);
}

bool kernel_check(const struct kernel_facts *f, const char *path,
		  struct report *r)
{
	if (!f->unpacked || !f->is_linux)
		return true;
	if (f->is_64bit)
		return report_error(
			r,
			"kernel \"%s\" is 64-bit: VMI is for 32-bit kernels; remove vmi=1",
			path);
	if (!f->vmi)
		return report_error(
			r,
			"kernel \"%s\" has no VMI support: build Linux 2.6.21 to 2.6.36 with CONFIG_VMI=y, or remove vmi=1",
			path);
	return true;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Parser of the bundle.  See bzimage.h. */
#include "boot/bzimage.h"
#include "lib/string.h"

/* Offsets of the real-mode kernel header (boot.txt). */
#define OFF_SETUP_SECTS	 0x1f1
#define OFF_SYSSIZE	 0x1f4
#define OFF_BOOT_FLAG	 0x1fe
#define OFF_JUMP	 0x200 /* its displacement ends the header */
#define OFF_MAGIC	 0x202
#define OFF_PROTOCOL	 0x206
#define OFF_VERSION	 0x20e
#define OFF_LOADFLAGS	 0x211
#define OFF_CODE32	 0x214
#define OFF_INITRD_MAX	 0x22c
#define OFF_ALIGNMENT	 0x230
#define OFF_RELOCATABLE	 0x234
#define OFF_XLOADFLAGS	 0x236
#define OFF_CMDLINE_SIZE 0x238
#define OFF_PREFERRED	 0x258 /* 64 bits */
#define OFF_INIT_SIZE	 0x260
#define HEADER_MIN	 0x230 /* all of protocol 2.04's fields */

#define BOOT_FLAG	    0xaa55
#define HDRS		    0x53726448u /* "HdrS" */
#define LOADED_HIGH	    0x01
#define XLF_KERNEL_64	    0x01
#define SECTOR		    512u
#define DEFAULT_SETUP	    4u
#define PARAGRAPH	    16u
#define OLD_INITRD_MAX	    0x37ffffffu
#define OLD_CMDLINE_SIZE    255u
#define ENTRY_MIN	    0x100000u
#define ENTRY_MAX	    0x38000000u
#define UNPACK_FACTOR_SHIFT 3 /* an old kernel unpacks to below 8 times */
#define PAD_MAX		    3u
#define CRC_BYTES	    4u
#define PROTOCOL_CRC	    0x208
#define PROTOCOL_INIT_SIZE  0x20a
#define MAGIC_MAX	    6u

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t get32(const uint8_t *p)
{
	return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static void read_version(struct bzimage *b, const uint8_t *head,
			 bzimage_read_t read, void *opaque)
{
	uint32_t at = get16(head + OFF_VERSION), n;

	b->version[0] = '\0';
	if (!at || at + SECTOR >= b->setup_bytes)
		return;
	n = b->setup_bytes - (at + SECTOR);
	if (n > BZIMAGE_VERSION_MAX - 1)
		n = BZIMAGE_VERSION_MAX - 1;
	read(opaque, at + SECTOR, b->version, n);
	b->version[n] = '\0';
	for (char *c = b->version; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
}

/* What begins an initrd that kernels before protocol 2.08 can unpack. */
static bool is_initrd(const uint8_t *p)
{
	return (p[0] == 0x1f && p[1] == 0x8b && p[2] == 8) ||
	       !memcmp(p, "070701", MAGIC_MAX) ||
	       !memcmp(p, "070702", MAGIC_MAX);
}

/*
 * Before 2.08 syssize was rounded up and the file was not: what follows the
 * image may lie in its last paragraph.
 */
static bool initrd_in_last_paragraph(struct bzimage *b, bzimage_read_t read,
				     void *opaque, uint32_t size)
{
	uint8_t bytes[PARAGRAPH - 1 + MAGIC_MAX];
	uint32_t at = b->kernel_offset + b->kernel_size - (PARAGRAPH - 1);

	if (b->protocol >= PROTOCOL_CRC || size - at < sizeof(bytes))
		return false;
	read(opaque, at, bytes, sizeof(bytes));
	for (uint32_t i = 0; i < PARAGRAPH - 1; i++) {
		if (!is_initrd(bytes + i))
			continue;
		b->initrd_offset = at + i;
		b->initrd_size = size - (at + i);
		b->kernel_size = at + i - b->kernel_offset;
		return true;
	}
	return false;
}

/*
 * Pad bytes are zero; an initrd never begins with a zero byte (gzip, xz, lz4,
 * "0707" ...), so the first non-zero of up to three is its start.
 */
static void find_initrd(struct bzimage *b, bzimage_read_t read, void *opaque,
			uint32_t size)
{
	uint32_t at = b->kernel_offset + b->kernel_size;
	uint8_t bytes[PAD_MAX];
	uint32_t n = size - at;

	if (initrd_in_last_paragraph(b, read, opaque, size))
		return;
	if (n > PAD_MAX)
		n = PAD_MAX;
	read(opaque, at, bytes, n);
	for (uint32_t i = 0; i < n && bytes[i] == 0; i++)
		at++;
	b->initrd_offset = at;
	b->initrd_size = size - at;
}

/* The image's size as its header has it; 0 when the bundle is shorter. */
static uint32_t image_size(const struct bzimage *b, const uint8_t *head,
			   uint32_t size)
{
	uint64_t bytes = (uint64_t)get32(head + OFF_SYSSIZE) * PARAGRAPH;
	uint32_t slack = b->protocol < PROTOCOL_CRC ? PARAGRAPH - 1 : 0;

	if (!bytes || b->setup_bytes + bytes > (uint64_t)size + slack)
		return 0;
	return b->setup_bytes + bytes > size ? size - b->setup_bytes
					     : (uint32_t)bytes;
}

/*
 * From 2.08 on the image ends with a CRC.  A ramdisk of direct PV is padded
 * with zeros to whole pages, which hides that its last page was cut: the CRC
 * is then zero, as it is for one intact image in 2^32.
 */
static bool crc_cut_off(const struct bzimage *b, bzimage_read_t read,
			void *opaque)
{
	uint8_t crc[CRC_BYTES];

	if (b->protocol < PROTOCOL_CRC)
		return false;
	read(opaque, b->kernel_offset + b->kernel_size - CRC_BYTES, crc,
	     sizeof(crc));
	return get32(crc) == 0;
}

/*
 * A relocatable kernel unpacks itself to the next multiple of its alignment,
 * any other to where it was linked, and the newer relocatable ones not below
 * that: so take the higher one.
 */
static uint32_t unpacked_at(const struct bzimage *b, const uint8_t *head)
{
	uint32_t at = b->entry, align = 0, linked = 0;

	if (b->relocatable)
		align = get32(head + OFF_ALIGNMENT);
	if (align && !(align & (align - 1)))
		at = (at + align - 1) & ~(align - 1);
	if (b->protocol >= PROTOCOL_INIT_SIZE &&
	    !get32(head + OFF_PREFERRED + 4))
		linked = get32(head + OFF_PREFERRED);
	return linked > at ? linked : at;
}

static void read_newer_fields(struct bzimage *b, const uint8_t *head)
{
	b->initrd_max = get32(head + OFF_INITRD_MAX);
	if (!b->initrd_max)
		b->initrd_max = OLD_INITRD_MAX;
	b->cmdline_max = OLD_CMDLINE_SIZE;
	b->relocatable = b->protocol >= 0x205 && head[OFF_RELOCATABLE];
	b->unpacked = unpacked_at(b, head);
	b->init_size = b->kernel_size > UINT32_MAX >> UNPACK_FACTOR_SHIFT
			       ? UINT32_MAX
			       : b->kernel_size << UNPACK_FACTOR_SHIFT;
	if (b->protocol >= 0x206 && get32(head + OFF_CMDLINE_SIZE))
		b->cmdline_max = get32(head + OFF_CMDLINE_SIZE);
	if (b->protocol >= PROTOCOL_INIT_SIZE && get32(head + OFF_INIT_SIZE))
		b->init_size = get32(head + OFF_INIT_SIZE);
}

enum bzimage_error bzimage_parse(struct bzimage *b, bzimage_read_t read,
				 void *opaque, uint32_t size)
{
	uint8_t head[BZIMAGE_HEADER_MAX];
	uint32_t n = size < sizeof(head) ? size : (uint32_t)sizeof(head);
	uint32_t sectors, end;

	memset(b, 0, sizeof(*b));
	memset(head, 0, sizeof(head));
	if (!size)
		return BZIMAGE_EMPTY;
	if (size < HEADER_MIN)
		return BZIMAGE_TOO_SHORT;
	read(opaque, 0, head, n);
	if (get16(head + OFF_BOOT_FLAG) != BOOT_FLAG ||
	    get32(head + OFF_MAGIC) != HDRS)
		return BZIMAGE_NO_MAGIC;
	b->protocol = get16(head + OFF_PROTOCOL);
	if (b->protocol < BZIMAGE_PROTOCOL_MIN)
		return BZIMAGE_OLD_PROTOCOL;
	b->loadflags = head[OFF_LOADFLAGS];
	if (!(b->loadflags & LOADED_HIGH))
		return BZIMAGE_NOT_BIG;

	sectors = head[OFF_SETUP_SECTS] ? head[OFF_SETUP_SECTS] : DEFAULT_SETUP;
	b->setup_bytes = (sectors + 1) * SECTOR;
	end = OFF_MAGIC + head[OFF_JUMP + 1];
	if (end > b->setup_bytes)
		return BZIMAGE_BAD_SETUP;
	if (end > BZIMAGE_HEADER_MAX)
		end = BZIMAGE_HEADER_MAX;
	b->header_len = end > OFF_SETUP_SECTS ? end - OFF_SETUP_SECTS : 0;

	b->kernel_offset = b->setup_bytes;
	if (b->setup_bytes >= size)
		return BZIMAGE_TRUNCATED;
	b->kernel_size = image_size(b, head, size);
	if (!b->kernel_size)
		return BZIMAGE_TRUNCATED;
	if (crc_cut_off(b, read, opaque))
		return BZIMAGE_TRUNCATED;
	b->entry = get32(head + OFF_CODE32);
	if (b->entry < ENTRY_MIN || b->entry > ENTRY_MAX)
		return BZIMAGE_BAD_ENTRY;
	if (b->protocol >= 0x20c && (head[OFF_XLOADFLAGS] & XLF_KERNEL_64))
		return BZIMAGE_64BIT_ONLY;
	read_newer_fields(b, head);
	read_version(b, head, read, opaque);
	find_initrd(b, read, opaque, size);
	return BZIMAGE_OK;
}

const char *bzimage_error_text(enum bzimage_error e)
{
	static const char *const texts[BZIMAGE_NR_ERRORS] = {
		[BZIMAGE_OK] = "no error",
		[BZIMAGE_EMPTY] =
			"there is no kernel: give ramdisk= a bundle, a bzImage with the initrd behind it",
		[BZIMAGE_TOO_SHORT] =
			"the bundle is too short for a bzImage: make it anew (bzImage, then initrd)",
		[BZIMAGE_NO_MAGIC] =
			"the bundle does not begin with a Linux bzImage: put the kernel first, uncompressed, then the initrd",
		[BZIMAGE_OLD_PROTOCOL] =
			"the kernel's boot protocol is older than 2.04: use Linux 2.6.21 or later",
		[BZIMAGE_NOT_BIG] = "the kernel is a zImage: build a bzImage",
		[BZIMAGE_TRUNCATED] =
			"the bundle ends before the kernel does: the file was cut off, copy it again",
		[BZIMAGE_BAD_SETUP] =
			"the kernel's setup header is damaged: copy the file again",
		[BZIMAGE_BAD_ENTRY] =
			"the kernel wants to be loaded outside of 1 MB to 896 MB: its header is damaged, copy the file again",
		[BZIMAGE_64BIT_ONLY] =
			"the kernel is a 64-bit one: VMI is for 32-bit kernels",
	};

	return texts[e];
}

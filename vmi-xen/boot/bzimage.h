/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the toolstack hands over as the ramdisk: a bzImage, 0-3 pad bytes, and
 * an initrd or nothing.
 *
 * Source: Linux Documentation/x86/boot.txt.  Pure: tested and fuzzed.
 */
#ifndef VMI_BOOT_BZIMAGE_H
#define VMI_BOOT_BZIMAGE_H

#include "types.h"

/* Bytes at the start of a bundle that the parser may look at. */
#define BZIMAGE_HEADER_MAX  0x290
#define BZIMAGE_VERSION_MAX 80
/* 2.04 made syssize 32 bits: the length of the image is known from it on. */
#define BZIMAGE_PROTOCOL_MIN 0x204

enum bzimage_error {
	BZIMAGE_OK,
	BZIMAGE_EMPTY,
	BZIMAGE_TOO_SHORT, /* no room for a setup header */
	BZIMAGE_NO_MAGIC,
	BZIMAGE_OLD_PROTOCOL,
	BZIMAGE_NOT_BIG,   /* a zImage: loads below 640 kB */
	BZIMAGE_TRUNCATED, /* the file ends before the kernel does */
	BZIMAGE_BAD_SETUP, /* setup header past the setup sectors */
	BZIMAGE_BAD_ENTRY, /* code32_start outside memory that can be RAM */
	BZIMAGE_64BIT_ONLY,
	BZIMAGE_NR_ERRORS
};

struct bzimage {
	uint16_t protocol;
	uint32_t setup_bytes; /* real-mode part, with the boot sector */
	uint32_t kernel_offset, kernel_size; /* protected-mode part */
	uint32_t entry;	      /* code32_start: where it is loaded and entered */
	uint32_t header_len;  /* of the setup header, from 0x1f1 */
	uint32_t initrd_max;  /* highest byte an initrd may have */
	uint32_t cmdline_max; /* bytes without NUL that the kernel takes */
	uint32_t unpacked;    /* where it unpacks itself to */
	uint32_t init_size;   /* bytes from there that it needs for that */
	uint8_t loadflags;
	bool relocatable;
	uint32_t initrd_offset, initrd_size;
	char version[BZIMAGE_VERSION_MAX]; /* "" when there is none */
};

/** Reads @len bytes of the bundle at @offset; both lie inside it. */
typedef void (*bzimage_read_t)(void *opaque, uint32_t offset, void *buf,
			       uint32_t len);

/**
 * Check a bundle of @size bytes and describe it.
 * Returns BZIMAGE_OK or what is wrong; @b is complete only then (but protocol
 * is set from BZIMAGE_OLD_PROTOCOL on).
 */
enum bzimage_error bzimage_parse(struct bzimage *b, bzimage_read_t read,
				 void *opaque, uint32_t size);

/** One sentence: what is wrong and what to do. */
const char *bzimage_error_text(enum bzimage_error e);

#endif

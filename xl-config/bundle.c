/* SPDX-License-Identifier: GPL-2.0-only */
/* See bundle.h. */
#include "bundle.h"

#include <string.h>

#define PAD 4u /* the initrd begins at a multiple of this, as with GRUB */

static void read_kernel(void *opaque, uint32_t offset, void *buf, uint32_t len)
{
	memcpy(buf, (const uint8_t *)opaque + offset, len);
}

/* What the adapter would say of the bundle, said of the kernel's file. */
static const char *const errors[BZIMAGE_NR_ERRORS] = {
	[BZIMAGE_EMPTY] = "is empty: copy the file again",
	[BZIMAGE_TOO_SHORT] =
		"is not a bzImage: it is too short; give the guest's vmlinuz",
	[BZIMAGE_NO_MAGIC] =
		"is not a bzImage: give the guest's vmlinuz as it is, neither vmlinux nor packed again",
	[BZIMAGE_OLD_PROTOCOL] =
		"has a boot protocol older than 2.04: use Linux 2.6.21 or later",
	[BZIMAGE_NOT_BIG] = "is a zImage: build a bzImage",
	[BZIMAGE_TRUNCATED] =
		"ends before its kernel does: the file was cut off, copy it again",
	[BZIMAGE_BAD_SETUP] = "has a damaged setup header: copy the file again",
	[BZIMAGE_BAD_ENTRY] =
		"wants to be loaded outside of 1 MB to 896 MB: its header is damaged, copy the file again",
	[BZIMAGE_64BIT_ONLY] =
		"is 64-bit: VMI is for 32-bit kernels; remove vmi=1",
};

static bool check_kernel(struct bundle *b, const struct map *kernel,
			 const char *path, struct report *r)
{
	/* What lies past the kernel, a signature perhaps, is left out. */
	enum bzimage_error e = bzimage_parse(&b->kernel, read_kernel,
					     (void *)(uintptr_t)kernel->data,
					     (uint32_t)kernel->size);

	if (e != BZIMAGE_OK)
		return report_error(r, "kernel \"%s\" %s", path, errors[e]);
	b->kernel_size = b->kernel.kernel_offset + b->kernel.kernel_size;
	if (!same_file(&b->inspected, &kernel->stat))
		kernel_inspect(&b->facts, kernel->data, kernel->size,
			       &b->kernel);
	b->inspected = kernel->stat;
	return kernel_check(&b->facts, path, r);
}

struct files {
	struct map kernel, initrd;
};

static void close_files(struct files *f)
{
	unmap_file(&f->kernel);
	unmap_file(&f->initrd);
}

static bool open_files(struct files *f, struct bundle *b, const char *kernel,
		       const char *initrd, struct report *r)
{
	memset(f, 0, sizeof(*f));
	if (!map_file(&f->kernel, kernel, "kernel", r) ||
	    !check_kernel(b, &f->kernel, kernel, r))
		return false;
	if (initrd && *initrd && !map_file(&f->initrd, initrd, "ramdisk", r))
		return false;
	b->initrd_size = f->initrd.size;
	b->size = b->kernel_size;
	if (b->initrd_size)
		b->size = (b->size + PAD - 1) / PAD * PAD + b->initrd_size;
	if (b->size > FILE_SIZE_MAX)
		return report_error(
			r, "ramdisk \"%s\" and the kernel are larger than 1 GB",
			initrd);
	return true;
}

bool bundle_check(struct bundle *b, const char *kernel, const char *initrd,
		  struct report *r)
{
	struct files f;
	bool good;

	memset(b, 0, sizeof(*b));
	good = open_files(&f, b, kernel, initrd, r);
	close_files(&f);
	return good;
}

bool bundle_make(struct bundle *b, const char *kernel, const char *initrd,
		 const char *path, struct report *r)
{
	memset(b, 0, sizeof(*b));
	return bundle_make_checked(b, kernel, initrd, path, r);
}

bool bundle_make_checked(struct bundle *b, const char *kernel,
			 const char *initrd, const char *path, struct report *r)
{
	static const uint8_t zeros[PAD];
	struct files f;
	bool good = open_files(&f, b, kernel, initrd, r);

	if (good) {
		const struct map parts[] = {
			{ .data = f.kernel.data, .size = b->kernel_size },
			{ .data = zeros,
			  .size = b->initrd_size ? -b->kernel_size % PAD : 0 },
			f.initrd,
		};

		good = write_file(path, parts, 3, r);
	}
	close_files(&f);
	return good;
}

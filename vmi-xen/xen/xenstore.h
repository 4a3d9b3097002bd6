/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The xenstore client: requests are synchronous, watches are told from the
 * upcall.
 *
 * Paths without a leading slash are relative to the domain's own home.
 * Values are checked for nothing but length: whatever reads them must.
 */
#ifndef VMI_XEN_XENSTORE_H
#define VMI_XEN_XENSTORE_H

#include "types.h"

/* Negative results; others are Xen's errno values, negated. */
#define XS_ENOENT (-2)
#define XS_EIO	  (-5) /* also: xenstored does not answer as it must */
#define XS_E2BIG  (-7)
#define XS_EAGAIN (-11)
#define XS_EACCES (-13)
#define XS_EINVAL (-22)

#define XS_PATH_MAX  256
#define XS_VALUE_MAX 1024
#define XS_MAX_WATCH 16

struct xen_info;

/** Take over the ring; what a loader left in it is thrown away. */
void xs_init(const struct xen_info *x);

/**
 * Read @path into @buf, NUL-terminated.  Returns the length without NUL, or
 * a negative error; XS_E2BIG when it does not fit.
 */
int xs_read(const char *path, char *buf, size_t size);
/** Read an unsigned decimal number. */
int xs_read_number(const char *path, uint32_t *value);
int xs_read_number64(const char *path, uint64_t *value);
int xs_write(const char *path, const char *value);
/** Write by format. */
int xs_printf(const char *path, const char *fmt, ...) __printf(2, 3);
int xs_remove(const char *path);
/** Names below @path, each NUL-terminated; returns the bytes of all. */
int xs_list(const char *path, char *buf, size_t size);

typedef void (*xs_watch_fn)(void *opaque, const char *path);
/**
 * Call @fn from the upcall when @path or something below changes; at once, too.
 * Inside @fn requests may be made.
 */
int xs_watch(const char *path, xs_watch_fn fn, void *opaque);
void xs_unwatch(xs_watch_fn fn, void *opaque);

#endif

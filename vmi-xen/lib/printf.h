/* SPDX-License-Identifier: GPL-2.0-only */
/* Formatted text into a buffer. */
#ifndef VMI_LIB_PRINTF_H
#define VMI_LIB_PRINTF_H

#include <stdarg.h>
#include "types.h"

/**
 * As C99: always terminated when @size > 0, returns the length that the whole
 * text has.  Knows %d %i %u %x %X %p %s %c %%, width, 0, -, #, precision of
 * strings, * and the lengths h hh l ll z.
 */
int vmi_vsnprintf(char *buf, size_t size, const char *fmt, va_list args);
int vmi_snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);

#endif

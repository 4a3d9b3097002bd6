/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The adapter's log: one line an event, "vmi-xen: area: text", to the console
 * ring.
 *
 * Level and areas come from the command line's vmi_log=LEVEL[,AREA...].
 */
#ifndef VMI_LIB_LOG_H
#define VMI_LIB_LOG_H

#include <stdarg.h>
#include "types.h"

enum log_level {
	LOG_ERR,
	LOG_WARN,
	LOG_INFO,
	LOG_DBG
};
enum log_area {
	LOG_BOOT,
	LOG_TRAP,
	LOG_VMI,
	LOG_MMU,
	LOG_IRQ,
	LOG_TIME,
	LOG_DEV,
	LOG_BLK,
	LOG_NET,
	LOG_NR_AREAS
};

void log_print(enum log_level level, enum log_area area, const char *fmt, ...)
	__printf(3, 4);
void log_vprint(enum log_level level, enum log_area area, const char *fmt,
		va_list args);
/** A line without prefix, always shown. */
void log_raw(const char *fmt, ...) __printf(1, 2);
/**
 * Choose by the words of vmi_log=: err warn info dbg, and area names; without
 * areas all are meant.  Returns false at an unknown word.
 */
bool log_configure(const char *words, size_t len);

#define log_err(area, ...)  log_print(LOG_ERR, LOG_##area, __VA_ARGS__)
#define log_warn(area, ...) log_print(LOG_WARN, LOG_##area, __VA_ARGS__)
#define log_info(area, ...) log_print(LOG_INFO, LOG_##area, __VA_ARGS__)
#define log_dbg(area, ...)  log_print(LOG_DBG, LOG_##area, __VA_ARGS__)

#endif

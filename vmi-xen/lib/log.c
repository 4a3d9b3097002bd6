/* SPDX-License-Identifier: GPL-2.0-only */
/* The adapter's log.  See log.h. */
#include "lib/log.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "xen/domain.h"

#define LINE_MAX 256

static const char *const area_names[LOG_NR_AREAS] = {
	"boot", "trap", "vmi", "mmu", "irq", "time", "dev", "blk", "net",
};
static const char *const level_names[] = { "err", "warn", "info", "dbg" };

/* Written once, while the command line is read. */
static enum log_level max_level = LOG_INFO;
static uint32_t areas = ~0u;

static void put_line(const char *line, int len)
{
	if (len >= LINE_MAX)
		len = LINE_MAX - 1;
	console_write(line, (size_t)len);
	console_write("\r\n", 2);
}

void log_vprint(enum log_level level, enum log_area area, const char *fmt,
		va_list args)
{
	char line[LINE_MAX];
	int n;

	if (level > max_level || (level == LOG_DBG && !(areas & BIT(area))))
		return;
	n = vmi_snprintf(line, sizeof(line), "vmi-xen: %s: ", area_names[area]);
	n += vmi_vsnprintf(line + n, sizeof(line) - (size_t)n, fmt, args);
	put_line(line, n);
}

void log_print(enum log_level level, enum log_area area, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_vprint(level, area, fmt, args);
	va_end(args);
}

void log_raw(const char *fmt, ...)
{
	char line[LINE_MAX];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vmi_vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	put_line(line, n);
}

static int find(const char *const *names, unsigned int n, const char *word,
		size_t len)
{
	for (unsigned int i = 0; i < n; i++)
		if (strlen(names[i]) == len && !strncmp(names[i], word, len))
			return (int)i;
	return -1;
}

bool log_configure(const char *words, size_t len)
{
	uint32_t chosen = 0;

	while (len) {
		size_t n = 0;
		int i;

		while (n < len && words[n] != ',')
			n++;
		i = find(level_names, ARRAY_SIZE(level_names), words, n);
		if (i >= 0) {
			max_level = (enum log_level)i;
		} else {
			i = find(area_names, LOG_NR_AREAS, words, n);
			if (i < 0)
				return false;
			chosen |= BIT(i);
		}
		words += n;
		len -= n;
		if (len) {
			words++;
			len--;
		}
	}
	if (chosen)
		areas = chosen;
	return true;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line taken apart.  Pure. */
#include "boot/cmdline.h"
#include "lib/printf.h"
#include "lib/string.h"

#define LAYOUT_AFTER_INIT  27 /* 2.6.x, the first that calls VMI_Init before */
#define VMALLOC_DEFAULT_MB 128
#define MB_SHIFT	   20
#define KB_SHIFT	   10
#define GB_SHIFT	   30

static const char prefix[] = "vmi_";

/* Length of the word at @s; a double quote keeps spaces, as in Linux. */
static size_t word_len(const char *s)
{
	bool quoted = false;
	size_t n = 0;

	for (; s[n] && (quoted || s[n] != ' '); n++)
		if (s[n] == '"')
			quoted = !quoted;
	return n;
}

/* The value of "name=value"; false when the word is something else. */
static bool value_of(const char *word, size_t len, const char *name,
		     const char **value, size_t *value_len)
{
	size_t n = strlen(name);

	if (len <= n || strncmp(word, name, n) != 0 || word[n] != '=')
		return false;
	*value = word + n + 1;
	*value_len = len - n - 1;
	return true;
}

static bool number_of(const char *word, size_t len, const char *name,
		      uint32_t *out)
{
	const char *s;
	size_t n;
	uint32_t value = 0;

	if (!value_of(word, len, name, &s, &n) || n == 0 || n > 9)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		value = value * 10 + (uint32_t)(s[i] - '0');
	}
	*out = value;
	return true;
}

static bool flag_of(const char *word, size_t len, const char *name, bool *out)
{
	if (len != strlen(name) || strncmp(word, name, len) != 0)
		return false;
	*out = true;
	return true;
}

/* "name=first" or "name=second"; @out: it is the second. */
static bool choice_of(const char *word, size_t len, const char *name,
		      const char *first, const char *second, bool *out)
{
	const char *s;
	size_t n;

	if (!value_of(word, len, name, &s, &n))
		return false;
	*out = n == strlen(second) && !strncmp(s, second, n);
	return *out || (n == strlen(first) && !strncmp(s, first, n));
}

static bool take(const char *word, size_t len, struct cmdline_options *o)
{
	return value_of(word, len, "vmi_log", &o->log, &o->log_len) ||
	       value_of(word, len, "vmi_trace", &o->trace, &o->trace_len) ||
	       number_of(word, len, "vmi_pool", &o->pool) ||
	       number_of(word, len, "vmi_roots", &o->roots) ||
	       choice_of(word, len, "vmi_disk", "ide", "virtio",
			 &o->virtio_disk) ||
	       choice_of(word, len, "vmi_net", "pcnet", "virtio",
			 &o->virtio_net) ||
	       flag_of(word, len, "vmi_stats", &o->stats) ||
	       flag_of(word, len, "vmi_panic", &o->panic) ||
	       flag_of(word, len, "vmi_panic=stack", &o->panic_stack) ||
	       flag_of(word, len, "vmi_panic=guard", &o->panic_guard);
}

const char *cmdline_split(const char *line, char *guest, size_t size,
			  struct cmdline_options *o)
{
	size_t used = 0, len;

	memset(o, 0, sizeof(*o));
	for (; *line; line += len) {
		while (*line == ' ')
			line++;
		len = word_len(line);
		if (!len)
			break;
		if (!strncmp(line, prefix, strlen(prefix))) {
			if (!take(line, len, o))
				return line;
			continue;
		}
		if (used + len + 2 > size)
			return line;
		if (used)
			guest[used++] = ' ';
		memcpy(guest + used, line, len);
		used += len;
	}
	guest[used] = '\0';
	return NULL;
}

/* --- The vmalloc area of old kernels --------------------------------------*/
static const char *decimal(const char *s, uint32_t *value)
{
	for (*value = 0; *s >= '0' && *s <= '9'; s++)
		*value = *value * 10 + (uint32_t)(*s - '0');
	return s;
}

bool cmdline_layout_first(const char *version)
{
	static const char series[] = "2.6.";
	uint32_t n;

	if (strncmp(version, series, strlen(series)) != 0)
		return false;
	version += strlen(series);
	return decimal(version, &n) != version && n < LAYOUT_AFTER_INIT;
}

/* "384M" and the like, in MB. */
static uint32_t size_mb(const char *s)
{
	uint32_t n;

	switch (*decimal(s, &n)) {
	case 'G':
	case 'g':
		return n << (GB_SHIFT - MB_SHIFT);
	case 'M':
	case 'm':
		return n;
	case 'K':
	case 'k':
		return n >> (MB_SHIFT - KB_SHIFT);
	default:
		return n >> MB_SHIFT;
	}
}

const char *cmdline_more_vmalloc(char *guest, size_t size, uint32_t mb)
{
	uint32_t now = VMALLOC_DEFAULT_MB;
	const char *value, *word = guest;
	char *end = guest + strlen(guest);
	size_t len, n;

	for (; *word; word += len) {
		while (*word == ' ')
			word++;
		len = word_len(word);
		if (value_of(word, len, "vmalloc", &value, &n))
			now = size_mb(value);
	}
	n = size - (size_t)(end - guest);
	len = (size_t)vmi_snprintf(end, n, "%svmalloc=%uM",
				   end == guest ? "" : " ", now + mb);
	if (len < n)
		return end == guest ? end : end + 1;
	*end = '\0';
	return NULL;
}

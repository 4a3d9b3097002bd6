/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line taken apart.  Pure. */
#include "boot/cmdline.h"
#include "lib/string.h"

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
	       flag_of(word, len, "vmi_panic", &o->panic);
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

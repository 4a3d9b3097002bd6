/* SPDX-License-Identifier: GPL-2.0-only */
/* See text.h.  The grammar is that of libxlutil's lexer. */
#include "text.h"

#include <ctype.h>
#include <string.h>

/* Behind the string that begins at @p; its quote may be missing. */
static const char *skip_string(const char *p, const char *end)
{
	char quote = *p++;

	for (; p < end && *p != quote && *p != '\n'; p++)
		if (*p == '\\' && p + 1 < end)
			p++;
	return p < end && *p == quote ? p + 1 : p;
}

static const char *skip_comment(const char *p, const char *end)
{
	const char *newline = memchr(p, '\n', (size_t)(end - p));

	return newline ? newline : end;
}

static bool in_key(char c)
{
	return c == '_' || isalnum((unsigned char)c);
}

/* Behind the value: lists may contain newlines and comments. */
static const char *skip_value(const char *p, const char *end)
{
	int depth = 0;

	while (p < end) {
		if (*p == '"' || *p == '\'') {
			p = skip_string(p, end);
			continue;
		}
		if (*p == '#') {
			if (!depth)
				return p;
			p = skip_comment(p, end);
			continue;
		}
		if (!depth && (*p == '\n' || *p == ';'))
			return p;
		depth += (*p == '[') - (*p == ']');
		p++;
	}
	return p;
}

bool text_next(const char **at, const char *end, struct assignment *a)
{
	const char *p = *at;

	while (p < end && !in_key(*p))
		p = *p == '#' ? skip_comment(p, end) : p + 1;
	a->key = p;
	while (p < end && in_key(*p))
		p++;
	a->key_len = (size_t)(p - a->key);
	a->end = *at = skip_value(p, end);
	return a->key_len > 0;
}

bool text_is(const struct assignment *a, const char *key)
{
	return a->key_len == strlen(key) && !memcmp(a->key, key, a->key_len);
}

static bool is_one_of(const struct assignment *a, const char *const *keys)
{
	for (; *keys; keys++)
		if (text_is(a, *keys))
			return true;
	return false;
}

static void put(FILE *out, const char *from, const char *to)
{
	fwrite(from, 1, (size_t)(to - from), out);
}

void text_without(FILE *out, const char *text, size_t length,
		  const char *const *keys)
{
	const char *at = text, *end = text + length, *done = text;
	struct assignment a;

	while (text_next(&at, end, &a)) {
		if (!is_one_of(&a, keys))
			continue;
		put(out, done, a.key);
		for (const char *p = a.key; p < a.end; p++)
			if (*p == '\n')
				putc('\n', out);
		done = a.end;
	}
	put(out, done, end);
	if (length && end[-1] != '\n')
		putc('\n', out);
}

static void put_quoted(FILE *out, const char *value)
{
	putc('"', out);
	/* Numeric escapes are broken in libxlutil 4.17; no other byte needs one. */
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			putc('\\', out);
		if (*value == '\n')
			fputs("\\n", out);
		else
			putc(*value, out);
	}
	putc('"', out);
}

void text_put_string(FILE *out, const char *key, const char *value)
{
	fprintf(out, "%s = ", key);
	put_quoted(out, value);
	putc('\n', out);
}

void text_put_list(FILE *out, const char *key, char *const *values)
{
	fprintf(out, "%s = [", key);
	for (int i = 0; values[i]; i++) {
		fputs(i ? ", " : " ", out);
		put_quoted(out, values[i]);
	}
	fputs(" ]\n", out);
}

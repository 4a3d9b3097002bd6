/* SPDX-License-Identifier: GPL-2.0-only */
/* See json.h. */
#include "json.h"

#define INDENT 4

static void put_quoted(FILE *out, const char *text)
{
	putc('"', out);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < ' ')
			fprintf(out, "\\u%04x", c);
		else
			putc(c, out);
	}
	putc('"', out);
}

static void begin(struct json *j, const char *key)
{
	if (j->more)
		putc(',', j->out);
	if (j->depth)
		fprintf(j->out, "\n%*s", j->depth * INDENT, "");
	if (key) {
		put_quoted(j->out, key);
		fputs(": ", j->out);
	}
	j->more = true;
}

void json_open(struct json *j, const char *key, char bracket)
{
	begin(j, key);
	putc(bracket, j->out);
	j->depth++;
	j->more = false;
}

void json_close(struct json *j, char bracket)
{
	j->depth--;
	if (j->more)
		fprintf(j->out, "\n%*s", j->depth * INDENT, "");
	putc(bracket, j->out);
	if (!j->depth)
		putc('\n', j->out);
	j->more = true;
}

void json_string(struct json *j, const char *key, const char *value)
{
	begin(j, key);
	if (value)
		put_quoted(j->out, value);
	else
		fputs("null", j->out);
}

void json_number(struct json *j, const char *key, long long value)
{
	begin(j, key);
	fprintf(j->out, "%lld", value);
}

void json_bool(struct json *j, const char *key, bool value)
{
	begin(j, key);
	fputs(value ? "true" : "false", j->out);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Printing JSON, four spaces a level as xl does. */
#ifndef XL_CONFIG_JSON_H
#define XL_CONFIG_JSON_H

#include <stdbool.h>
#include <stdio.h>

struct json {
	FILE *out;
	int depth;
	bool more; /* something is before, on this level */
};

/** Begin an object '{' or a list '['; @key NULL in lists and at the top. */
void json_open(struct json *j, const char *key, char bracket);
/** End it, with '}' or ']'; at the top a newline follows. */
void json_close(struct json *j, char bracket);
/** @value NULL: null.  Bytes that are no ASCII are written as they are. */
void json_string(struct json *j, const char *key, const char *value);
void json_number(struct json *j, const char *key, long long value);
void json_bool(struct json *j, const char *key, bool value);

#endif

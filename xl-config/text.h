/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The text of a configuration, assignment by assignment.  libxlutil gives
 * values but neither the list of keys nor their place, and a key such as
 * bootloader= cannot be unset by a later line: it has to be cut out.
 */
#ifndef XL_CONFIG_TEXT_H
#define XL_CONFIG_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct assignment {
	const char *key; /* not terminated */
	size_t key_len;
	const char *end; /* behind the value; at newline, ';' or the end */
};

/**
 * The next assignment at or behind *@at, which moves behind it.  False at the
 * end (@end).  The text must be one that libxlutil accepts.
 */
bool text_next(const char **at, const char *end, struct assignment *a);

/** Whether @a assigns to @key. */
bool text_is(const struct assignment *a, const char *key);

/**
 * Write @text without the assignments to @keys (ends with NULL).  Comments,
 * newlines and all else stay, so that line numbers do not change.
 */
void text_without(FILE *out, const char *text, size_t length,
		  const char *const *keys);

/** Write key="value" in xl.cfg's quoting, and a newline. */
void text_put_string(FILE *out, const char *key, const char *value);

/** Write key=["value", ...]; @values ends with NULL. */
void text_put_list(FILE *out, const char *key, char *const *values);

#endif

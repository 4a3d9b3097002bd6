/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A xenstore of a few nodes that can fail, instead of xen/xenstore.c: watches
 * are fired by the test.
 */
#ifndef TESTS_MOCK_FAKE_STORE_H
#define TESTS_MOCK_FAKE_STORE_H

#include "xen/xenstore.h"

/** What each read fails with; 0: none does. */
extern int store_broken;
/** Called after each write of the frontend's; NULL: nobody. */
extern void (*store_written)(const char *path, const char *value);

/** Forget all nodes and watches. */
void store_reset(void);
void store_put(const char *path, const char *value);
void store_forget(const char *path);
/** NULL: no such node. */
const char *store_get(const char *path);
/** What xs_list() says, of any path: @len bytes, each name NUL-terminated. */
void store_names(const char *names, size_t len);
/** Has anybody a watch on @path? */
bool store_watched(const char *path);
/** Fire the watches on @path; there must be one. */
void store_fire(const char *path);

#endif

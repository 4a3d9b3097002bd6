/* SPDX-License-Identifier: GPL-2.0-only */
/* A folder of its own for a test program, and files in it. */
#ifndef VMI_TESTS_SCRATCH_FOLDER_H
#define VMI_TESTS_SCRATCH_FOLDER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

extern char scratch[];

/** Path of @name in the folder, good until the fourth call from now. */
const char *path_of(const char *name);
/** Write a file; its path, as from path_of(). */
const char *put(const char *name, const void *data, size_t n);
/** Set-up and tear-down of a group of tests. */
int scratch_make(void **state);
int scratch_remove(void **state);

#endif

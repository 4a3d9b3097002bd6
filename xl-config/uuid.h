/* SPDX-License-Identifier: GPL-2.0-only */
/* UUIDs as text, in the one form that files are named by. */
#ifndef XL_CONFIG_UUID_H
#define XL_CONFIG_UUID_H

#include <stdbool.h>

#define UUID_SIZE 37 /* with the NUL */

/** Whether @text is a UUID; @uuid gets it in lower case with its dashes. */
bool uuid_normal(char *uuid, const char *text);

/** A random one. */
bool uuid_random(char *uuid);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* See uuid.h. */
#include "uuid.h"

#include <ctype.h>
#include <stdio.h>

bool uuid_normal(char *uuid, const char *text)
{
	static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	for (size_t i = 0; i < UUID_SIZE; i++) {
		if (shape[i] != 'x') {
			if (*text == '-' && shape[i] == '-')
				text++;
			uuid[i] = shape[i];
		} else if (isxdigit((unsigned char)*text)) {
			uuid[i] = (char)tolower((unsigned char)*text++);
		} else {
			return false;
		}
	}
	return !*text;
}

bool uuid_random(char *uuid)
{
	char text[64] = "";
	FILE *in = fopen("/proc/sys/kernel/random/uuid", "re");
	bool good = in && fscanf(in, "%63s", text) == 1;

	if (in)
		fclose(in);
	return good && uuid_normal(uuid, text);
}

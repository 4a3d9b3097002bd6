/* SPDX-License-Identifier: GPL-2.0-only */
/* See scratch-folder.h. */
#include "scratch-folder.h"

char scratch[] = "/tmp/test-xlconf.XXXXXX";

const char *path_of(const char *name)
{
	static char paths[4][80];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", scratch, name);
	return path;
}

const char *put(const char *name, const void *data, size_t n)
{
	const char *path = path_of(name);
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	assert_int_equal(fwrite(data, 1, n, out), n);
	fclose(out);
	return path;
}

int scratch_make(void **state)
{
	(void)state;
	return mkdtemp(scratch) ? 0 : -1;
}

int scratch_remove(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", scratch);
	return system(command);
}

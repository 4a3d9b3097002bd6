/* SPDX-License-Identifier: GPL-2.0-only */
/* See file.h. */
#define _GNU_SOURCE
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

bool map_file(struct map *m, const char *path, const char *what,
	      struct report *r)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *at = NULL;

	m->data = NULL;
	m->size = 0;
	if (fd < 0 || fstat(fd, &st))
		report_error(r, "%s \"%s\": %s", what, path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		report_error(r, "%s \"%s\" is not a file", what, path);
	else if ((uint64_t)st.st_size > FILE_SIZE_MAX)
		report_error(r, "%s \"%s\" is larger than 1 GB", what, path);
	else if (!st.st_size)
		report_error(r, "%s \"%s\" is empty: copy the file again", what,
			     path);
	else
		at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd,
			  0);
	if (at == MAP_FAILED)
		report_error(r, "%s \"%s\": %s", what, path, strerror(errno));
	else if (at) {
		m->data = at;
		m->size = (size_t)st.st_size;
		m->stat = st;
	}
	if (fd >= 0)
		close(fd);
	return m->data;
}

void unmap_file(struct map *m)
{
	if (m->data)
		munmap((void *)(uintptr_t)m->data, m->size);
	m->data = NULL;
}

bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

bool make_dirs(const char *path, struct report *r)
{
	char *copy = strdup(path);
	bool good = copy;

	for (char *p = copy; good && p;) {
		p = strchr(p + 1, '/');
		if (p)
			*p = '\0';
		good = !mkdir(copy, 0700) || errno == EEXIST;
		if (p)
			*p = '/';
	}
	if (!good)
		report_error(r, "cannot make the folder %s: %s", path,
			     strerror(errno));
	free(copy);
	return good;
}

static bool write_all(int fd, const uint8_t *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data += n;
		size -= (size_t)n;
	}
	return true;
}

bool write_file(const char *path, const struct map *parts, int n,
		struct report *r)
{
	char *temporary;
	int fd;
	bool good;

	if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
		return report_error(r, "out of memory");
	fd = mkostemp(temporary, O_CLOEXEC);
	good = fd >= 0;
	for (int i = 0; good && i < n; i++)
		good = write_all(fd, parts[i].data, parts[i].size);
	if (good)
		good = !fsync(fd) && !rename(temporary, path);
	if (!good) {
		report_error(r, "cannot write %s: %s", path, strerror(errno));
		if (fd >= 0)
			unlink(temporary);
	}
	if (fd >= 0)
		close(fd);
	free(temporary);
	return good;
}

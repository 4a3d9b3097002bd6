/* SPDX-License-Identifier: GPL-2.0-only */
/* See state.h. */
#define _GNU_SOURCE
#include "state.h"
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xenstore.h>

#define POLL_MS	     500 /* between a domain's two lives */
#define LOCK_TRIES   10	 /* remove_free() holds it for a moment */
#define LOCK_WAIT_US 20000

const char *state_dir(void)
{
	const char *dir = getenv("VMI_XEN_STATE_DIR");

	return dir && *dir ? dir : STATE_DIR;
}

static char *join(const char *dir, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : path;
}

bool state_names(struct state *s, const char *uuid)
{
	memset(s, 0, sizeof(*s));
	s->lock_fd = -1;
	if (!uuid_normal(s->uuid, uuid))
		return false;
	s->dir = join(state_dir(), s->uuid);
	if (s->dir) {
		s->bundle = join(s->dir, "bundle");
		s->lock = join(s->dir, "lock");
		s->saved = join(s->dir, "saved");
	}
	return s->bundle && s->lock && s->saved;
}

/* The lock's file, locked; -1 with errno EWOULDBLOCK when another has it. */
static int lock_file(const struct state *s, int flags)
{
	struct stat ours, named;
	int fd = open(s->lock, O_RDWR | flags, 0600), e;

	if (fd < 0)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB))
		goto out;
	/* Who held it before us may have removed it, and others made a new one. */
	if (!fstat(fd, &ours) && !stat(s->lock, &named) &&
	    ours.st_ino == named.st_ino)
		return fd;
	errno = EWOULDBLOCK;
out:
	e = errno;
	close(fd);
	errno = e;
	return -1;
}

bool state_open(struct state *s, const char *uuid, struct report *r)
{
	struct domain d;

	if (!state_names(s, uuid))
		return report_error(r, "uuid=\"%s\" is not a UUID", uuid);
	if (domain_find(&d, s->uuid) == DOMAIN_FOUND)
		return report_error(
			r,
			"the domain with uuid=\"%s\" is already there, its id is %u",
			s->uuid, d.id);
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (!make_dirs(s->dir, r))
			return false;
		/* Not O_CLOEXEC: xl and its daemon are to have it. */
		s->lock_fd = lock_file(s, O_CREAT);
		if (s->lock_fd >= 0) {
			unlink(s->saved);
			return true;
		}
		if (errno != EWOULDBLOCK && errno != ENOENT)
			return report_error(r, "%s: %s", s->lock,
					    strerror(errno));
		usleep(LOCK_WAIT_US);
	}
	return report_error(
		r,
		"the domain with uuid=\"%s\" belongs to another xl: wait for its end",
		s->uuid);
}

void state_remove(const struct state *s)
{
	DIR *dir = opendir(s->dir);
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (e->d_name[0] != '.')
			unlinkat(dirfd(dir), e->d_name, 0);
	if (dir)
		closedir(dir);
	rmdir(s->dir);
}

void state_close(struct state *s)
{
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	free(s->dir);
	free(s->bundle);
	free(s->lock);
	free(s->saved);
	memset(s, 0, sizeof(*s));
	s->lock_fd = -1;
}

/* Remove it, unless an xl holds it; whether it is gone. */
static bool remove_free(const struct state *s)
{
	int fd = lock_file(s, O_CLOEXEC);

	if (fd < 0 && errno != ENOENT)
		return false;
	state_remove(s);
	if (fd >= 0)
		close(fd);
	return true;
}

static void note_end(const struct state *s, const struct domain *d)
{
	if (d->end == END_SUSPEND) {
		int fd = open(s->saved, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

		if (fd >= 0)
			close(fd);
	} else if (d->end != END_DYING) {
		unlink(s->saved);
	}
}

/*
 * Until the domain is gone for good.  One that was saved comes back, perhaps
 * much later: the folder is there until then, or until somebody removes it.
 */
static void guard(const struct state *s)
{
	struct xs_handle *xs = xs_open(0);
	struct pollfd pfd = { .events = POLLIN };
	struct domain d;
	unsigned int n;

	if (!xs || !xs_watch(xs, "@releaseDomain", "guard") ||
	    !xs_watch(xs, "@introduceDomain", "guard"))
		return; /* the next sweep will do it */
	pfd.fd = xs_fileno(xs);
	for (;;) {
		enum domain_found found = domain_find(&d, s->uuid);
		bool lives = found == DOMAIN_FOUND && d.end != END_DYING;
		bool saved;

		if (found == DOMAIN_FOUND)
			note_end(s, &d);
		saved = !access(s->saved, F_OK);
		if (found == DOMAIN_NONE && !saved && remove_free(s))
			break;
		if (poll(&pfd, 1, lives || saved ? -1 : POLL_MS) > 0)
			free(xs_read_watch(xs, &n));
	}
	xs_close(xs);
}

void state_guard(const struct state *s)
{
	pid_t pid = fork();
	int null;

	if (pid > 0)
		return;
	if (pid < 0 || setsid() < 0)
		goto out;
	close_range(3, ~0u, 0);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	if (chdir("/"))
		goto out;
	guard(s);
out:
	if (!pid)
		_exit(0);
}

void state_sweep(void)
{
	DIR *dir = opendir(state_dir());
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		struct domain d;
		struct state s;

		if (state_names(&s, e->d_name) && !strcmp(s.uuid, e->d_name)) {
			switch (domain_find(&d, s.uuid)) {
			case DOMAIN_FOUND: /* perhaps it was restored */
				note_end(&s, &d);
				break;
			case DOMAIN_NONE:
				if (access(s.saved, F_OK))
					remove_free(&s);
				break;
			case DOMAIN_UNKNOWN:
				break;
			}
		}
		state_close(&s);
	}
	if (dir)
		closedir(dir);
}

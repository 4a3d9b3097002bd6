/* SPDX-License-Identifier: GPL-2.0-only */
/* See run-xl.h. */
#define _GNU_SOURCE
#include "run-xl.h"
#include "commands.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIGNAL_STATUS 128 /* and the signal's number, as a shell says */

int xl_exec(char **argv)
{
	char path[HOST_PATH_MAX];
	char name[] = "xl";

	if (!host_find_xl(path)) {
		fprintf(stderr,
			"vmi-xen: error: there is no xl: install xen-utils, or set VMI_XEN_XL\n");
		return STATUS_NO_EXEC;
	}
	argv[0] = name;
	execv(path, argv);
	fprintf(stderr, "vmi-xen: error: %s: %s\n", path, strerror(errno));
	return STATUS_NO_EXEC;
}

int xl_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return STATUS_FAILED;
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : SIGNAL_STATUS + WTERMSIG(status);
}

int xl_silently(char **argv)
{
	pid_t pid = fork();

	if (!pid) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		for (int fd = 0; fd < 3; fd++)
			dup2(null, fd);
		_exit(xl_exec(argv));
	}
	return pid < 0 ? STATUS_FAILED : xl_wait(pid);
}

int xl_text(const struct prepared *p, const char *bundle, const char *uuid,
	    const char *more)
{
	int fd = memfd_create("vmi-xen", 0), copy = dup(fd);
	FILE *out = copy < 0 ? NULL : fdopen(copy, "w");

	if (!out)
		return -1;
	rewrite(out, p->text, p->length, &p->plan, &p->conf, bundle, uuid);
	fputs(more, out);
	if (fclose(out)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* vmi-xen create, and the front end that does the same for "xl create". */
#define _GNU_SOURCE
#include "commands.h"
#include "args.h"
#include "leave.h"
#include "prepare.h"
#include "state.h"
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIGNAL_STATUS 128 /* and the signal's number, as a shell says */

/* How xl was called: its global options and the arguments of create. */
struct call {
	char **globals;
	int nr_globals;
	int argc;
	char **argv;
};

static int exec_xl(char **argv)
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

/* xl with nothing changed. */
static int exec_untouched(const struct call *call)
{
	char **argv = calloc((size_t)(call->nr_globals + call->argc + 3),
			     sizeof(char *));
	char create[] = "create";
	int n = 1;

	if (!argv)
		return STATUS_FAILED;
	for (int i = 0; i < call->nr_globals; i++)
		argv[n++] = call->globals[i];
	argv[n++] = create;
	for (int i = 0; i < call->argc; i++)
		argv[n++] = call->argv[i];
	return exec_xl(argv);
}

/*
 * The new configuration as a file that only xl sees: it wants a regular file,
 * and what is left behind by nobody cannot be forgotten.  @more: lines for its
 * end.
 */
static int memory_file(const struct prepared *p, const struct state *s,
		       const char *more)
{
	int fd = memfd_create("vmi-xen", 0), copy = dup(fd);
	FILE *out = copy < 0 ? NULL : fdopen(copy, "w");

	if (!out)
		return -1;
	rewrite(out, p->text, p->length, &p->plan, &p->conf, s->bundle,
		s->uuid);
	fputs(more, out);
	if (fclose(out)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return STATUS_FAILED;
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : SIGNAL_STATUS + WTERMSIG(status);
}

/* Run xl create on the rewritten text; its status. */
static int run_xl(const struct call *call, const struct create_args *a,
		  int config_fd)
{
	char **argv = calloc((size_t)(call->nr_globals + a->nr_options + 5),
			     sizeof(char *));
	char create[] = "create", quiet[] = "-q", file[40];
	int n = 1;
	pid_t pid;

	if (!argv)
		return STATUS_FAILED;
	snprintf(file, sizeof(file), "/proc/self/fd/%d", config_fd);
	for (int i = 0; i < call->nr_globals; i++)
		argv[n++] = call->globals[i];
	argv[n++] = create;
	for (int i = 0; i < a->nr_options; i++)
		argv[n++] = a->options[i];
	/* Its message would name the file in memory. */
	if (!a->quiet)
		fprintf(stderr, "Parsing config from %s\n",
			a->file ? a->file : "the command line");
	fflush(stdout);
	argv[n++] = quiet;
	argv[n++] = file;
	pid = fork();
	if (!pid)
		_exit(exec_xl(argv));
	free(argv);
	return pid < 0 ? STATUS_FAILED : wait_for(pid);
}

/* Run xl with nobody listening. */
static int run_silently(char **argv)
{
	pid_t pid = fork();

	if (!pid) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		for (int fd = 0; fd < 3; fd++)
			dup2(null, fd);
		_exit(exec_xl(argv));
	}
	return pid < 0 ? STATUS_FAILED : wait_for(pid);
}

/*
 * The domain died in the shim or in the adapter, and Xen has forgotten why.
 * Once more, so that it stays when it has ended, without its disks and
 * networks, and with a shim that says everything.
 */
static int tell_why(struct prepared *p, const struct state *s, bool kept)
{
	static const char more[] = "on_crash = \"preserve\"\n"
				   "on_poweroff = \"preserve\"\n"
				   "on_reboot = \"preserve\"\n"
				   "disk = [ ]\nvif = [ ]\n";
	char xl[] = "xl", create[] = "create", options[] = "-qe";
	char destroy[] = "destroy", file[40], id[16];
	char *start[] = { xl, create, options, file, NULL };
	char *stop[] = { xl, destroy, id, NULL };
	struct report r = { "" };
	uint32_t domid = 0;
	int fd = -1;

	report_error(
		&r,
		"domain \"%s\" ended before its kernel was started: these are its last lines",
		p->conf.name ? p->conf.name : s->uuid);
	say_error(&r, STATUS_REFUSED);
	p->conf.debug = true;
	if (!kept && !p->plan.bootloader)
		fd = memory_file(p, s, more);
	snprintf(file, sizeof(file), "/proc/self/fd/%d", fd);
	if ((fd < 0 && !kept) || (fd >= 0 && run_silently(start)) ||
	    !watch_tail(s->uuid, &domid, stderr))
		fputs("  (none: look into /var/log/xen, and use vmi_debug=1)\n",
		      stderr);
	if (domid && !kept) {
		snprintf(id, sizeof(id), "%u", domid);
		run_silently(stop);
	}
	if (fd >= 0)
		close(fd);
	return STATUS_REFUSED;
}

static bool take_state(struct state *s, const struct prepared *p, bool dry_run,
		       struct report *r)
{
	char uuid[UUID_SIZE];

	if (p->conf.uuid)
		snprintf(uuid, sizeof(uuid), "%s", p->conf.uuid);
	else if (!uuid_random(uuid))
		return report_error(r, "/proc is not mounted");
	if (dry_run || p->plan.bootloader)
		return state_names(s, uuid) || report_error(r, "out of memory");
	state_sweep();
	return state_open(s, uuid, r);
}

static int start(const struct call *call, const struct create_args *a,
		 struct prepared *p)
{
	struct report r = { "" };
	struct state s = { .lock_fd = -1 };
	enum start start = START_GOOD;
	int status, fd = -1;
	bool good = take_state(&s, p, a->dry_run, &r);
	bool owner = s.lock_fd >= 0;

	if (good && owner) {
		good = prepare_bundle(p, s.bundle, &r);
		if (good)
			state_guard(&s);
	}
	if (good)
		fd = memory_file(p, &s, "");
	if (good && fd < 0)
		good = report_error(&r, "out of memory");
	status = good ? run_xl(call, a, fd) : say_error(&r, STATUS_REFUSED);
	if (!status && !a->dry_run && !a->paused && !a->console &&
	    (start = watch_start(s.uuid)) != START_GOOD)
		status = tell_why(p, &s, start == START_KEPT);
	if (status && owner && start != START_KEPT)
		state_remove(&s);
	if (fd >= 0)
		close(fd);
	state_close(&s);
	return status;
}

static int create(const struct call *call, bool front_end)
{
	struct report r = { "" };
	struct create_args a;
	struct prepared p = { 0 };
	/* What does not parse is passed on: xl says so itself. */
	FILE *messages = fopen("/dev/null", "we");
	int status;
	bool good = args_parse(&a, call->argc, call->argv) && !a.help &&
		    messages && (a.file || a.nr_overrides);

	if (!good) {
		status = front_end || a.help ? exec_untouched(call)
					     : usage_error("create");
	} else if (!prepare(&p, a.file, a.overrides, a.nr_overrides, messages,
			    &r) &&
		   (p.conf.vmi || (!front_end && !p.text))) {
		status = say_error(&r, STATUS_REFUSED);
	} else if (!p.conf.vmi) {
		/* Not ours, or not ours to judge: in xl's own words. */
		status = exec_untouched(call);
	} else {
		if (!a.quiet)
			plan_print_notes(&p.plan, p.conf.name, stderr);
		status = start(call, &a, &p);
	}
	prepared_free(&p);
	args_free(&a);
	return status;
}

int cmd_create(int argc, char **argv)
{
	const struct call call = { .argc = argc, .argv = argv };

	return create(&call, false);
}

/* xl takes any beginning of a command's name that only it has. */
static bool is_create(const char *word)
{
	return strlen(word) >= 2 && !strncmp("create", word, strlen(word));
}

int frontend(int argc, char **argv)
{
	struct report r = { "" };
	const char *leaves;
	int n = 1;

	while (n < argc && argv[n][0] == '-')
		n++;
	leaves = leave_domain(argc - n, argv + n);
	if (leaves && !leave_check(leaves, &r))
		return say_error(&r, STATUS_FAILED);
	if (n < argc && is_create(argv[n])) {
		const struct call call = {
			.globals = argv + 1,
			.nr_globals = n - 1,
			.argc = argc - n - 1,
			.argv = argv + n + 1,
		};

		return create(&call, true);
	}
	return exec_xl(argv);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* vmi-xen create, and the front end that does the same for "xl create". */
#define _GNU_SOURCE
#include "commands.h"
#include "args.h"
#include "leave.h"
#include "prepare.h"
#include "run-xl.h"
#include "state.h"
#include "tell.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How xl was called: its global options and the arguments of create. */
struct call {
	char **globals;
	int nr_globals;
	int argc;
	char **argv;
};

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
	return xl_exec(argv);
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
		_exit(xl_exec(argv));
	free(argv);
	return pid < 0 ? STATUS_FAILED : xl_wait(pid);
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
		fd = xl_text(p, s.bundle, s.uuid, "");
	if (good && fd < 0)
		good = report_error(&r, "out of memory");
	status = good ? run_xl(call, a, fd) : say_error(&r, STATUS_REFUSED);
	/* Paused it has not started, and a user has seen its end. */
	if (!status && !a->dry_run && !a->paused && !a->console &&
	    !a->foreground && (start = watch_start(s.uuid)) != START_GOOD)
		status = tell_why(p, s.bundle, s.uuid, start);
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
	return xl_exec(argv);
}

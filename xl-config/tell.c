/* SPDX-License-Identifier: GPL-2.0-only */
/* See tell.h; and vmi-xen watch, the same for those who start domains themselves. */
#include "tell.h"
#include "commands.h"
#include "run-xl.h"
#include "state.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * The domain died in the shim or in the adapter, and Xen has forgotten why.
 * Once more, so that it stays when it has ended, without its disks and
 * networks, and with a shim that says everything.  False: xl did not start it.
 */
static bool start_again(struct prepared *p, const char *bundle,
			const char *uuid)
{
	static const char more[] = "on_crash = \"preserve\"\n"
				   "on_poweroff = \"preserve\"\n"
				   "on_reboot = \"preserve\"\n"
				   "disk = [ ]\nvif = [ ]\n";
	char xl[] = "xl", create[] = "create", options[] = "-qe", file[40];
	char *argv[] = { xl, create, options, file, NULL };
	bool good;
	int fd;

	p->conf.debug = true;
	fd = xl_text(p, bundle, uuid, more);
	if (fd < 0)
		return false;
	snprintf(file, sizeof(file), "/proc/self/fd/%d", fd);
	good = !xl_silently(argv);
	close(fd);
	return good;
}

int tell_why(struct prepared *p, const char *bundle, const char *uuid,
	     enum start start)
{
	char xl[] = "xl", destroy[] = "destroy", id[16];
	char *stop[] = { xl, destroy, id, NULL };
	struct report r = { "" };
	uint32_t domid = 0;
	bool there = start == START_KEPT;

	report_error(
		&r,
		"domain \"%s\" ended before its kernel was started: these are its last lines",
		p->conf.name ? p->conf.name : uuid);
	say_error(&r, STATUS_REFUSED);
	if (!there && bundle && !p->plan.bootloader)
		there = start_again(p, bundle, uuid);
	if (!there || !watch_tail(uuid, &domid, stderr))
		fputs("  (none: look into /var/log/xen, and use vmi_debug=1)\n",
		      stderr);
	if (domid && start != START_KEPT) {
		snprintf(id, sizeof(id), "%u", domid);
		xl_silently(stop);
	}
	return STATUS_REFUSED;
}

int cmd_watch(int argc, char **argv)
{
	struct report r = { "" };
	struct prepared p;
	const char *bundle = NULL;
	enum start start;
	int status = STATUS_OK;
	bool good;

	if (argc == 3 && !strcmp(argv[0], "-b")) {
		bundle = argv[1];
		argv += 2;
		argc -= 2;
	}
	if (argc != 1 || (argv[0][0] == '-' && argv[0][1]))
		return usage_error("watch");
	good = prepare(&p, strcmp(argv[0], "-") ? argv[0] : "/dev/stdin", NULL,
		       0, stderr, &r);
	if (good && !p.conf.vmi)
		good = report_error(&r, "vmi=1 is not set: nothing to watch");
	else if (good && !p.conf.uuid)
		good = report_error(
			&r,
			"uuid= is missing: set it, the domain is found by it");
	if (!good) {
		status = say_error(&r, STATUS_FAILED);
	} else {
		start = watch_start(p.conf.uuid);
		if (start != START_GOOD)
			status = tell_why(&p, bundle, p.conf.uuid, start);
	}
	prepared_free(&p);
	return status;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* vmi-xen check: whether this host and this kernel fit. */
#include "commands.h"
#include "findings.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int cmd_check(int argc, char **argv)
{
	struct findings f = { .n = 0 };
	struct report r = { "" };
	struct bundle b;
	struct host h;
	const char *files[2] = { NULL, NULL };
	char adapter[HOST_PATH_MAX];
	int n = 0;
	bool json = false;

	for (int i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "--json") || !strcmp(argv[i], "-j"))
			json = true;
		else if (argv[i][0] == '-' || n == 2)
			return usage_error("check");
		else
			files[n++] = argv[i];
	}
	host_ask(&h, NULL);
	findings_host(&f, &h);
	host_adapter(adapter);
	findings_adapter(&f, adapter,
			 access(adapter, R_OK) ? strerror(errno) : NULL);
	if (files[0]) {
		bundle_check(&b, files[0], files[1], &r);
		findings_kernel(&f, files[0], &b, &r);
	}
	(json ? findings_json : findings_print)(&f, stdout);
	return findings_worst(&f) == LEVEL_FAIL ? STATUS_FAILED : STATUS_OK;
}

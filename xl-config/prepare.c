/* SPDX-License-Identifier: GPL-2.0-only */
/* See prepare.h. */
#include "prepare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool check_adapter(struct guest_conf *c, struct report *r)
{
	if (!c->adapter) {
		char path[HOST_PATH_MAX];

		host_adapter(path);
		c->adapter = strdup(path);
	}
	if (!c->adapter)
		return report_error(r, "out of memory");
	if (!access(c->adapter, R_OK))
		return true;
	return report_error(
		r, "the adapter %s: %s; install vmi-xen, or set vmi_adapter=",
		c->adapter, strerror(errno));
}

static bool check_files(struct prepared *p, struct report *r)
{
	struct bundle *b = &p->bundle;

	if (!check_adapter(&p->conf, r))
		return false;
	if (p->plan.bootloader)
		return true;
	return bundle_check(b, p->conf.kernel, p->conf.ramdisk, r) &&
	       plan_check_bundle(&p->plan, &p->conf, b, r);
}

bool prepare(struct prepared *p, const char *file, char *const *overrides,
	     int n, FILE *messages, struct report *r)
{
	memset(p, 0, sizeof(*p));
	p->text = conf_read(file, overrides, n, &p->length, r);
	if (!p->text)
		return false;
	if (!conf_parse(&p->conf, p->text, p->length,
			file ? file : "command line", messages, r))
		return false;
	if (!p->conf.vmi)
		return true;
	host_ask(&p->host, p->conf.pvshim_path);
	return plan_make(&p->plan, &p->conf, &p->host, r) && check_files(p, r);
}

void prepared_free(struct prepared *p)
{
	plan_free(&p->plan);
	conf_free(&p->conf);
	free(p->text);
	p->text = NULL;
}

bool prepare_bundle(struct prepared *p, const char *path, struct report *r)
{
	struct bundle *b = &p->bundle;

	if (p->plan.bootloader)
		return true;
	/* Both files may have changed since they were looked at. */
	return bundle_make_checked(b, p->conf.kernel, p->conf.ramdisk, path,
				   r) &&
	       plan_check_bundle(&p->plan, &p->conf, b, r);
}
